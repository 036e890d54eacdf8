"""grade on engines of other mistakes: a cause is true or not told, and a mark is for laws that were tried."""

import itertools
import random
import sys

import pytest
from engines import CLOSURES

from autograd import Value
from autograd.testing import Engine, Tape, grade, laws
from autograd.testing._grading.files.recognition import recognize
from autograd.testing._grading.files.sources import read_cells, run_cells
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.running.examination import LACKING, examine

TAPE = Tape(Value, lambda x: x.data, lambda out: out.backward(), lambda x: x.grad)
PLUS = {"add": lambda x, y: x + y}


def results(engine, *names):
    return {result.law: result for result in examine(engine, Spelling(), names or None)}


@pytest.fixture
def load(tmp_path, monkeypatch):
    """A source with changes as the engine of this process."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def run(source, *changes):
        for text, replacement in changes:
            assert text in source
            source = source.replace(text, replacement)
        path = tmp_path / "student.py"
        path.write_text(source, encoding="utf-8")
        return recognize(run_cells(read_cells(path), path)[0])

    return run


def test_a_law_without_a_program_of_its_own_is_skipped():
    engine = Engine.of_tape("Value", PLUS, TAPE)
    tried = results(engine, "kinks", "deep chains", "functions of several numbers")
    assert {name: (r.verdict, r.reason) for name, r in tried.items()} == {
        "kinks": ("skipped", LACKING),
        "deep chains": ("held", ""),
        "functions of several numbers": ("skipped", LACKING),
    }


def test_a_law_that_mistakes_leave_nothing_to_try_is_not_held():
    def alone(x, y):
        if isinstance(x, Value) and isinstance(y, Value):
            raise KeyError
        return x + y

    names = ["operations run", "a leaf used several times", "linearity", "chain rule"]
    engine = Engine.of_tape("Value", {"add": alone, "sin": lambda x: x.sin()}, TAPE)
    tried = results(engine, *names)
    assert (tried["chain rule"].verdict, tried["linearity"].verdict) == ("held", "skipped")
    assert (tried["a leaf used several times"].verdict, tried["a leaf used several times"].follows) == (
        "broken",
        "operations run",
    )


def test_more_mistakes_never_give_a_better_mark():
    """Single operations that are wrong in turn: the mark falls with each one."""
    right = {"add": lambda x, y: x + y, "mul": lambda x, y: x * y, "exp": lambda x: x.exp(), "sin": Value.sin}
    wrong = {
        "exp": lambda x: x.exp() + x - x.data,
        "sin": lambda x: x.sin() + x - x.data,
        "mul": lambda x, y: x * y + x - getattr(x, "data", x),
        "add": lambda x, y: x + y + x - getattr(x, "data", x),
    }
    names = ["values", "derivatives of operations", "chain rule", "a leaf used several times", "product rule"]
    marks = []
    for count in range(len(wrong) + 1):
        engine = Engine.of_tape("Value", right | dict(list(wrong.items())[:count]), TAPE)
        marks.append(Grade("engine", laws=tuple(results(engine, *names).values())).mark)
    assert marks[0] == 20
    assert all(later < earlier for earlier, later in itertools.pairwise(marks)), marks


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        (lambda f, point: (1.0,), "the gradient has 1 entries for 2 variables"),
        (lambda f, point: [[1.0], [2.0]], "TypeError: float"),
        (lambda f, point: None, "NoneType"),
    ],
)
def test_gradients_that_are_no_gradients(gradient, words):
    engine = Engine("f", {"mul": lambda x, y: x * y}, lambda f, point: f(*point), gradient)
    (result,) = examine(engine, Spelling(), ["operations run"])
    assert words in result.examples[0].outcome


def test_operations_without_a_law_are_told():
    result = grade(Engine.of_tape("Value", PLUS | {"wobble": lambda x: x}, TAPE), laws=["values"])
    assert result.notes == ("no law is about wobble: the kit has other operations",)
    with pytest.raises(
        TypeError, match=r"a law takes an Engine, not .*Value.*: Engine.of_tape makes one, and grade"
    ):
        laws["values"](Value)
    with pytest.raises(KeyError, match="no law is called 'gravity'; there are operations run"):
        laws["gravity"]


def test_an_engine_that_is_wrong_by_chance_breaks_a_law():
    rng = random.Random(0)
    engine = Engine.of_tape(
        "Value",
        PLUS,
        Tape(
            *(getattr(TAPE, n) for n in ("variable", "value", "backward")),
            lambda x: (x.grad or 0.0) * rng.choice((1.0, 2.0)),
        ),
    )
    assert any(outcome.violations for outcome in laws.outcomes(engine))


AVERAGED = """
        count = {}
        for node in order:
            for parent in node.parents:
                count[parent] = count.get(parent, 0) + 1
        for node in count:
            node.grad /= count[node]
"""

# Changes of a right engine, a law, and words of an example; then the cause, empty where none is known.
CAUSES = {
    "a difference by a wrong product": (
        [("self.grad += other.data * out.grad", "self.grad += out.grad")],
        "derivatives of operations",
        "out = x - y",
        "x - y is computed by x * y, whose derivative is wrong (__mul__, line",
    ),
    "a quotient by a wrong power": (
        [("n * self.data ** (n - 1)", "n * self.data ** n")],
        "derivatives of operations",
        "out = x / y",
        "x / y is computed by x ** n, whose derivative is wrong (__pow__, line",
    ),
    "a sweep that begins at the leaves": (
        [
            (
                "node in order:\n            if node.pass_on",
                "node in reversed(order):\n            if node.pass_on",
            )
        ],
        "derivatives of operations",
        "out = x - y",
        "The sweep ends at the last operation: it must go on to the nodes",
    ),
    "a difference quotient": (
        [("unary(y, 1 - y * y)", "unary(y, (math.tanh(self.data + 1e-6) - y) / 1e-6)")],
        "derivatives of operations",
        "x.tanh()",
        "x.grad is right to 6 digits alone, as by a difference quotient",
    ),
    "a sweep that begins with 2": (
        [("self.grad = 1.0", "self.grad = 2.0")],
        "derivatives of operations",
        "out = x + y",
        "The sweep begins with 2 as the gradient of the result by itself, which is 1: set out.grad = 1.0",
    ),
    "a second sweep with another seed": (
        [
            (
                "self.grad = 1.0\n",
                "self.grad = 5.0 if hasattr(self, 'swept') else 1.0\n        self.swept = True\n",
            )
        ],
        "a second backward",
        "out = ",
        "",
    ),
    "uses that are averaged": (
        [("                node.pass_on()\n", "                node.pass_on()" + AVERAGED)],
        "a leaf used several times",
        "out = ",
        "",
    ),
}


@pytest.mark.parametrize("name", CAUSES)
def test_a_cause_is_true_or_not_told(name, load):
    changes, law, words, cause = CAUSES[name]
    (result,) = examine(*load(CLOSURES, *changes), [law])
    assert result.verdict == "broken"
    told = [example.cause for example in result.examples if words in example.code]
    assert told
    assert told[0].startswith(cause) if cause else told[0] == "", told
