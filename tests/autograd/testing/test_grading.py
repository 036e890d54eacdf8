"""grade: the likely mistake of each planted bug."""

import gc
import re

import pytest
from engines import CLOSURES, mistaken_engines
from student_files import SMALL, with_changes

from autograd import Value
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._grading.files.recognition import recognize
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.reports.text import report
from autograd.testing._grading.running.examination import examine

# -- causes -----------------------------------------------------------------------------------------

# For each planted bug: a law that it breaks, and words of the likely mistake.
CAUSES = {
    "a gradient that is assigned, not added": (
        "a leaf used several times",
        r"assigned, not added: write self.grad \+=",
    ),
    "nodes in the order of a depth-first search from the output": (
        "a result used several times",
        "before all uses have added to it: .* reverse topological order",
    ),
    "a sigmoid without its derivative": (
        "derivatives of operations",
        r"x.sigmoid\(\) by x is missing: .*σ\(x\)",
    ),
    "a difference with the sign of a sum": (
        "derivatives of operations",
        "x - y by y has the wrong sign: it is −1",
    ),
    "a power whose exponent stays": (
        "derivatives of operations",
        r"n·x\*\*\(n − 1\); here the exponent stays",
    ),
    "no __radd__": ("operations run", "A number on the left, as in 2 [+] x, needs the method __radd__"),
    "a quotient that is detached from its denominator": (
        "derivatives of operations",
        "x / y hands no gradient to y: it must add −x/y² times",
    ),
    "a relu that changes its input": (
        "inputs are left alone",
        r"x.relu\(\) changes the number of x.* leave self.data",
    ),
    "a quotient without the square": (
        "derivatives of operations",
        "is −x/y²; here the square of y is missing",
    ),
    "parents in a dict, which keeps one of two": (
        "a leaf used several times",
        "as in x [*] x, gets one of its two",
    ),
    "the tanh of the output in its derivative": ("derivatives of operations", "here tanh is taken twice"),
    "a recursive search, which deep graphs break": (
        "deep chains",
        "calls itself for each parent.* Use a loop",
    ),
    "nodes compared by their numbers": ("nodes of equal numbers", "with the same number are taken for one"),
    "a third use that is lost": ("a leaf used several times", "no gradient from its third use on"),
    "no set of the visited nodes": (
        "a result used several times",
        "handed on once for each use.* visited ones in a set",
    ),
    "an exponential that is wrong beyond 20": (
        "derivatives of operations",
        "right near 0, and wrong beyond x = 20",
    ),
    "a mean that is divided by one less": (
        "functions of several numbers",
        "divided by 1; it must be divided by 2",
    ),
    "the diagonal alone of softmax's Jacobian": ("functions of several numbers", "besides the diagonal"),
    "a repeated number that gets the mean of its gradients": (
        "functions of several numbers",
        "repeated in each entry: its gradient is the sum",
    ),
}


@pytest.mark.parametrize("bug", HOMEWORK_BUGS, ids=lambda bug: bug.name)
def test_the_cause_of_each_planted_bug(bug, load):
    module, _ = load(homework_source(bug))
    law, words = CAUSES[bug.name]
    gc.collect()  # finalizers of earlier tests' garbage would meet the end of the stack in a deep recursion
    (result,) = examine(*recognize(module), [law])
    assert result.verdict == "broken"
    assert re.search(words, result.examples[0].cause)


# Bugs of the same kinds that are not among those: an engine, changes of it, a law, and words.
OTHERS = {
    "a product of its own numbers": (
        SMALL,
        [
            ("out.grad * other.data", "out.grad * self.data"),
            ("other.grad += out.grad * self.data", "other.grad += out.grad * other.data"),
        ],
        "derivatives of operations",
        "each number gets its own value, not the other's",
    ),
    "a gradient of the result left out": (
        SMALL,
        [("out.grad * other.data", "other.data"), ("out.grad * self.data", "self.data")],
        "chain rule",
        "The gradient of the result is left out",
    ),
    "a sweep that does nothing": (
        SMALL,
        [("            node.step()", "            pass")],
        "derivatives of operations",
        "adds nothing to any gradient",
    ),
    "numbers that are not wrapped": (
        SMALL,
        [("other if isinstance(other, Value) else Value(other)", "other")],
        "operations run",
        r"plain number, as in x \+ 2, is no Value .* isinstance\(other, Value\) else Value\(other\)",
    ),
    "no return": (
        SMALL,
        [
            (
                "        out.step = step\n        return out\n\n    __radd__",
                "        out.step = step\n\n    __radd__",
            )
        ],
        "operations run",
        r"x \* y gives None: its last line must be `return out`",
    ),
    "a gradient that begins as None": (
        SMALL,
        [("        self.grad = 0.0", "        self.grad = None")],
        "operations run",
        "grad must begin as 0.0",
    ),
    "= in one operation alone": (
        CLOSURES,
        [
            ("self.grad += other.data", "self.grad = other.data"),
            ("other.grad += self.data", "other.grad = self.data"),
        ],
        "a leaf used several times",
        "assigned, not added",
    ),
    "a logarithm by its result": (
        CLOSURES,
        [("1 / self.data)", "1 / math.log(self.data))")],
        "derivatives of operations",
        "1/x; here it takes the result for x",
    ),
    "a relu that hands on its result": (
        CLOSURES,
        [("float(self.data > 0)", "max(self.data, 0.0)")],
        "derivatives of operations",
        "here it gives the result, not 1",
    ),
    "a logarithm with a factor": (
        CLOSURES,
        [("1 / self.data)", "2 / self.data)")],
        "derivatives of operations",
        "is 1/x; here it is twice the right one",
    ),
    "operands in the wrong order": (
        CLOSURES,
        [("return Value.of(other) - self", "return self - Value.of(other)")],
        "values",
        "2 - x gives x - 2: the two are exchanged",
    ),
    "gradients of results that are left over": (
        CLOSURES,
        [("                node.grad = 0.0", "                pass")],
        "a second backward",
        "left over from the first sweep",
    ),
    "0 ** -1": (CLOSURES, [(" if n else 0.0", "")], "operations run", "treat n = 0 apart"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_cause_of_a_bug_of_the_same_kind(name, load):
    source, changes, law, words = OTHERS[name]
    module, _ = load(with_changes(source, *changes))
    (result,) = examine(*recognize(module), [law])
    assert result.verdict == "broken"
    assert any(re.search(words, example.cause) for example in result.examples), result.examples


def test_no_cause_is_better_than_a_wrong_one():
    engine = mistaken_engines()["chain rule"]  # clips the gradients that are handed on
    (result,) = examine(engine, recognize(None, Value)[1], ["chain rule"])
    assert result.verdict == "broken"
    assert result.examples[0].cause == ""


def test_one_cause_is_told_once(load):
    module, _ = load(homework_source(HOMEWORK_BUGS[0]))
    laws = ["a leaf used several times", "a result used several times", "sum over paths"]
    first, *others = examine(*recognize(module), laws)
    assert first.follows == ""
    assert [law.follows for law in others] == [first.law, first.law]
    text = report(Grade("s", laws=(first, *others)))
    assert text.count("assigned, not added") == 1


SETS = CLOSURES.replace("self.parents = parents", "self.parents = set(parents)")  # their order varies


def test_a_right_engine_breaks_nothing(load):
    module, _ = load(SETS)
    assert [law.law for law in examine(*recognize(module)) if law.verdict == "broken"] == []


def test_an_engine_that_can_do_nothing_gets_nothing_for_what_follows(load):
    module, _ = load(with_changes(SMALL, ("            node.step()", "            pass")))
    results = {
        law.law: law for law in examine(*recognize(module), ["derivatives of operations", "chain rule"])
    }
    assert results["derivatives of operations"].share == 0
    assert results["chain rule"].verdict == "broken"
    assert results["chain rule"].follows == "derivatives of operations"
