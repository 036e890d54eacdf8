"""grade: the likely mistake of each planted bug, files of every kind, reports, and files for others."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from engines import CLOSURES, RENAMED, mistaken_engines

from autograd import Value
from autograd.testing import Engine, Tape, autograd_engine, grade, graded
from autograd.testing.__main__ import _submissions, main
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._grading import pytest_hooks
from autograd.testing._grading.files.adapters import spelling_of
from autograd.testing._grading.files.recognition import recognize
from autograd.testing._grading.files.sources import SubmissionError, read_cells, run_cells
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._grading.limits import TimeIsUp, time_limit
from autograd.testing._grading.reports.formats import csv_text, gradescope_text, json_text, junit_text
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.reports.text import COLORS, report
from autograd.testing._grading.results import Example, LawResult
from autograd.testing._grading.running.examination import examine
from autograd.testing._grading.running.worker import _load as load_engine

SMALL = """
class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def step():
            self.grad += out.grad
            other.grad += out.grad

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def step():
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data

        out.step = step
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        order, visited, pending = [], set(), [(self, False)]
        while pending:
            node, is_done = pending.pop()
            if is_done:
                order.append(node)
            elif node not in visited:
                visited.add(node)
                pending.append((node, True))
                pending += [(parent, False) for parent in node.parents]
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node.step()
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    """A source, as a file, as a module of this process."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def run(source, name="student.py"):
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return run_cells(read_cells(path), path)

    return run


def write(folder, **sources):
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")


def with_changes(source, *changes):
    for text, replacement in changes:
        assert text in source
        source = source.replace(text, replacement)
    return source


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


# -- files --------------------------------------------------------------------------------------------

METHOD = "    def grad(self):\n        return self.slope\n\n    def backward"
NEURON = "class Neuron:\n    def __init__(self, n):\n        self.w = [Value(0.5)] * n\n\n\nclass Value"
SHAPES = {
    "another name": [("Value", "Größe")],
    "gradient": [("grad", "gradient")],
    "val": [("data", "val")],
    "any attribute with the number": [("data", "zahl")],
    "a gradient that is a method": [("grad", "slope"), ("    def backward", METHOD)],
    "a sweep that asks for a gradient": [("backward(self)", "backward(self, g)"), ("grad = 1.0", "grad = g")],
    "a constructor with more arguments": [
        ("data, parents=()", "data, parents, op, label"),
        ("(self, other))", "(self, other), '+', '')"),
        ("Value(other)", "Value(other, (), '', '')"),
    ],
    "arrays of no dimension": [("self.data = data", "self.data = __import__('numpy').array(data, float)")],
    "arrays of one number": [
        ("self.data = data", "self.data = __import__('numpy').array([data], float).ravel()")
    ],
    "backprop": [("backward", "backprop")],
    "a second class": [("class Value", NEURON)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_class_of_a_file_is_recognized(shape, load):
    module, _ = load(with_changes(SMALL, *SHAPES[shape]))
    engine, spelling = recognize(module)
    laws = ["derivatives of operations", "a leaf used several times"]
    assert [law.verdict for law in examine(engine, spelling, laws)] == ["held", "held"]


def test_an_example_is_in_the_words_of_the_student(load):
    source = with_changes(
        SMALL,
        ("Value", "Node"),
        ("grad", "gradient"),
        ("self.gradient += out.gradient\n", "self.gradient = out.gradient\n"),
    )
    module, _ = load(source)
    (result,) = examine(*recognize(module), ["a leaf used several times"])
    names: dict = {"Node": module.Node}
    exec(result.examples[0].code, names)
    quantity, got, right = re.match(r"(\S+) is (\S+); right is (\S+)", result.examples[0].outcome).groups()
    assert eval(quantity, names) == float(got) != float(right)


RELU = """

def ReLU(x):
    out = Value(max(0, x.data), (x,))

    def step():
        x.grad += out.grad

    out.step = step
    return out
"""


def test_functions_of_the_module_are_operations(load):
    source = SMALL + (
        "\n\ndef ReLU(x):\n    out = Value(max(0, x.data), (x,))\n    def step():\n        "
        "x.grad += out.grad\n    out.step = step\n    return out\n"
    )
    module, _ = load(source)
    (result,) = examine(*recognize(module), ["derivatives of operations"])
    assert result.examples[0].code == "x = Value(-1.0); out = ReLU(x); out.backward()"
    assert "ReLU, line" in result.examples[0].cause


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\n", "the file defines no class"),
        (SMALL.replace("backward", "go"), r"no class has a method backward\(\); the file defines Value"),
        (SMALL + SMALL.replace("Value", "Tensor"), "Value and Tensor both have a backward .* --class Value"),
        (SMALL.replace("data, parents", "data, frob, parents"), "missing .*'frob'.* An adapter tells other"),
        (SMALL.replace("grad", "schub"), "has no gradient called grad, gradient; it has data, schub"),
    ],
    ids=["no class", "no sweep", "two classes", "arguments", "no gradient"],
)  # fmt: skip
def test_a_file_without_an_engine_says_what_is_there(source, words, load):
    module, _ = load(source)
    with pytest.raises(SubmissionError, match=words):
        recognize(module)


def test_a_class_is_chosen_by_its_name(load):
    module, _ = load(SMALL + SMALL.replace("Value", "Tensor"))
    assert recognize(module, name="Tensor")[0].name == "Tensor"
    with pytest.raises(SubmissionError, match="no class Matrix; the file defines Value, Tensor"):
        recognize(module, name="Matrix")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("def f(:\n", "line 3: invalid syntax: def f[(]:"),
        ("1 / 0\n", "line 3 raises ZeroDivisionError: division by zero; put the code .* under `if __name__"),
        ("def f():\n    f()\nf()\n", "line 4 raises RecursionError"),
        (
            "import a_module_that_is_missing\n",
            "line 3 imports a_module_that_is_missing, which is not installed",
        ),
        ("x = '\0'\n", "null byte"),
    ],
    ids=["syntax", "crash", "recursion", "import", "null"],
)
def test_a_file_that_cannot_be_run_says_where(end, words, load):
    with pytest.raises(SubmissionError, match=words):
        load(f"x = 1\n\n{end}")


def test_a_file_that_never_ends_says_where(load):
    with (
        pytest.raises(SubmissionError, match=r"line \d is still running when the time is up"),
        time_limit(0.1),
    ):
        load("x = 1\nwhile True:\n    pass\n")


@pytest.mark.parametrize(
    ("end", "note"),
    [
        ("\nimport sys\nsys.exit(1)\n", "line 52 ends Python; the code above it is graded"),
        ("\nn = int(input('n? '))\n", "line 51 asks for input; the code above it is graded"),
        ("\nprint('x' * 10)\n", None),
        ("\nif __name__ == '__main__':\n    1 / 0\n", None),
    ],
    ids=["exit", "input", "print", "guard"],
)
def test_code_that_tries_the_class_out_does_not_disturb(end, note, load):
    module, notes = load(SMALL + end)
    assert notes == ([note] if note else [])
    assert recognize(module)[0].name == "Value"


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": cell.splitlines(True)} for cell in cells]})


def test_a_notebook_is_its_code_cells(load):
    cells = "%matplotlib inline\n!pip install micrograd\nimport math", SMALL, "1 / 0", "%%bash\nls", "Value?"
    module, notes = load(notebook(*cells), "student.ipynb")
    assert recognize(module)[0].name == "Value"
    assert notes == ["cell 3, line 1 raises ZeroDivisionError: division by zero"]
    with pytest.raises(SubmissionError, match="no notebook of Jupyter: export it as Python"):
        load("[]", "student.ipynb")


def test_files_in_other_encodings(tmp_path, load):
    source = "# größer\n" + SMALL
    for name, data in (
        ("bom", b"\xef\xbb\xbf" + source.encode()),
        ("latin", b"# coding: latin-1\n" + source.encode("latin-1")),
    ):
        path = tmp_path / f"{name}.py"
        path.write_bytes(data)
        assert recognize(run_cells(read_cells(path), path)[0])[0].name == "Value"
    for data in (source.encode("utf-16"), source.encode("latin-1"), bytes(range(256))):
        path.write_bytes(data)
        with pytest.raises(SubmissionError, match="is not text in UTF-8: save it as UTF-8"):
            read_cells(path)
    with pytest.raises(SubmissionError, match=r"is a folder: give the files in it, as in .*\*\.py"):
        read_cells(tmp_path)
    with pytest.raises(SubmissionError, match="there is no file"):
        read_cells(tmp_path / "none.py")


def test_limits_of_time_nest_and_are_undone():
    with time_limit(5.0):
        with pytest.raises(TimeIsUp, match=r"within 0\.05 s"), time_limit(0.05):
            time.sleep(1)
        with time_limit(10.0):
            pass
    with pytest.raises(TimeIsUp, match=r"within 0\.1 s"), time_limit(0.1), time_limit(5.0):
        time.sleep(1)


def test_the_advice_on_an_adapter_works(tmp_path, load, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module, _ = load(RENAMED)
    with pytest.raises(SubmissionError) as error:
        recognize(module)
    advice = str(error.value).partition("\n\n")[2]
    changes = ("x.data", "x.number"), ("out.backward()", "out.sweep()"), ("x.grad", "x.slope")
    write(tmp_path, adapter=with_changes(advice, *changes))
    task = {"path": str(tmp_path / "student.py"), "adapter": "adapter.py", "class": None}
    engine, spelling = load_engine(task, lambda **_: None)
    assert engine.name == "Scalar"
    assert [law.law for law in examine(engine, spelling) if law.verdict == "broken"] == []
    write(tmp_path, adapter="engine = 3\n")
    with pytest.raises(SubmissionError, match=r"adapter\.py defines no `engine`: an Engine, or a function"):
        load_engine(task, lambda **_: None)
    write(tmp_path, adapter="def engine(student):\n    return student.Other\n")
    with pytest.raises(
        SubmissionError, match=r"the adapter .*adapter\.py does not fit the file: AttributeErr"
    ):
        load_engine(task, lambda **_: None)


def test_an_engine_that_a_file_brings_along_is_not_believed(tmp_path, load, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = "\nfrom autograd.testing import autograd_engine\nengine = autograd_engine()\n"
    load(SMALL + own)
    write(tmp_path, adapter=own)
    path = tmp_path / "student.py"
    task = {"path": str(path), "adapter": None, "class": None}
    sent = {}
    assert load_engine(task, lambda **message: sent.update(message))[0].name == "Value"
    assert sent["notes"] == [
        f"the Engine in {tmp_path / 'adapter.py'} is not used: choose it with --adapter",
        f"the Engine in {path} itself is not used: choose it with --adapter",
    ]
    assert load_engine(task | {"adapter": str(path)}, lambda **_: None)[0].name == "autograd"


# -- grade, in processes ------------------------------------------------------------------------------


def test_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = SMALL.replace("self.grad += out.grad * other", "self.grad = out.grad * other")
    write(tmp_path, wrong=wrong, none="1 +\n")
    files = ["--csv", "marks.csv", "--junit", "junit.xml"]
    laws = ["--laws", "operations run,a leaf used several times"]
    assert main(["grade", "--json", *files, *laws, "*.py"]) == 2
    none, graded = json.loads(capsys.readouterr().out)
    assert (none["name"], none["status"], none["mark"]) == ("none.py", 2, 0)
    assert (graded["name"], graded["status"], graded["mark"]) == ("wrong.py", 1, 8)  # 2 of 2 + 3 points
    assert (tmp_path / "marks.csv").read_text().splitlines()[2] == "wrong.py,8.0,20.0,1,,held,broken"
    suites = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert [(suite.get("failures"), suite.get("errors")) for suite in suites] == [("0", "1"), ("1", "0")]
    assert "assigned, not added" in suites[1][1][0].text


def test_a_right_file_has_status_0(tmp_path, capsys):
    write(tmp_path, student=homework_source())
    results = tmp_path / "results.json"
    options = ["--out-of", "10", "--gradescope", str(results), "--laws", "operations run,values,chain rule"]
    assert main(["grade", *options, str(tmp_path / "student.py")]) == 0
    assert capsys.readouterr().out.endswith("10 of 10: all laws hold.\n")
    uploaded = json.loads(results.read_text())
    assert uploaded["score"] == 10
    assert sum(test["max_score"] for test in uploaded["tests"]) == pytest.approx(10, abs=0.1)
    assert {test["status"] for test in uploaded["tests"]} == {"passed"}


SWEEP = "    def backward(self):\n"
CRASH = """
        if self.parents and self.parents[0] is self.parents[-1]:
            os._exit(7)
"""
FORK = """
import os
import time

pid = os.fork()
if not pid:
    time.sleep(1000)
with open({pids!r}, "a") as file:
    file.write(str(pid) + " ")
"""


def test_a_file_that_ends_python_costs_its_law_and_leaves_nothing_behind(tmp_path):
    pids = tmp_path / "pids"
    fork = (
        "\nimport os, time\npid = os.fork()\nif not pid:\n    "
        f"time.sleep(1000)\nopen({str(pids)!r}, 'a').write(f'{{pid}} ')\n"
    )
    crash = (
        "        if self.data == 0.7 or self.parents and self.parents[0] is "
        "self.parents[-1]:\n            os._exit(7)\n"
    )
    write(
        tmp_path,
        student=with_changes(SMALL, ("    def backward(self):\n", "    def backward(self):\n" + crash))
        + fork,
    )
    result = grade(
        tmp_path / "student.py", laws=["derivatives of operations", "a leaf used several times", "chain rule"]
    )
    assert {law.law: law.verdict for law in result.laws} == {
        "derivatives of operations": "held",
        "chain rule": "held",
        "a leaf used several times": "broken",
    }
    assert result.broken[0].examples[0].outcome == "it ends Python itself"
    for pid in pids.read_text().split():
        assert has_ended(int(pid))


def has_ended(pid):
    """Whether a process ends soon, as one that was sent a signal."""
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_file_ends_with_the_process_that_grades_it(tmp_path):
    mark = tmp_path / "pid"
    write(
        tmp_path,
        student=f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)\n",
    )
    command = [sys.executable, "-m", "autograd.testing", "grade", str(tmp_path / "student.py")]
    own = os.environ | {"TMPDIR": str(tmp_path)}  # it cannot tidy up
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=own) as grading:
        while not mark.exists() or not mark.read_text():
            time.sleep(0.02)
        grading.kill()
    assert has_ended(int(mark.read_text()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--laws", "gravity", "a.py"], "no law is called 'gravity'; there are operations run,"),
        (["--laws", "chain", "a.py"], "no law is called 'chain'; did you mean 'chain rule'? --help"),
        (["--jsn", "a.py"], "there is no option --jsn; --help lists them"),
        (["--csv", "none/m.csv", "a.py"], "m.csv cannot be written: there is no folder none"),
        (["--out-of", "0", "a.py"], "--out-of is the best mark, a number above 0, not 0"),
        (["--gradescope", "r.json", "a.py", "b.py"], "--gradescope takes one file"),
        (["--adapter", "nowhere.py", "a.py"], "there is no adapter nowhere.py"),
        (["--seed", "-1", "a.py"], "--seed is a whole number from 0, not -1"),
        (["--out-of", "inf", "a.py"], "--out-of is the best mark, a number above 0, not inf"),
    ],
)
def test_wrong_options_say_what_is_right(arguments, words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["grade", *arguments])
    assert stop.value.code == 2
    assert words in capsys.readouterr().err


def test_an_adapter_is_no_submission(tmp_path):
    write(tmp_path, a="", adapter="", ours="", b="")
    files = _submissions([tmp_path / "*.py"], tmp_path / "ours.py")
    assert [file.name for file in files] == ["a.py", "b.py"]


# -- grade, in this process ---------------------------------------------------------------------------


def test_a_class_and_an_engine_are_graded_here():
    assert grade(Value, laws=["chain rule"])
    engine = mistaken_engines()["forward = reverse"]
    result = grade(engine, laws=["forward = reverse"])
    assert not result
    assert "1 of 1 laws is broken" in str(result)
    assert "cannot be run" in repr(grade(int))
    tape = Tape(Value, lambda x: x.data, lambda out: out.backward(), lambda x: x.grad)
    skipped = grade(Engine.of_tape("Value", {"add": lambda x, y: x + y}, tape), laws=["Hessian symmetry"])
    assert "skipped  Hessian symmetry: needs second derivatives" in str(skipped)
    with pytest.raises(TypeError, match="a path, a class of nodes or an Engine, not int"):
        grade(3)
    with pytest.raises(ValueError, match="no law is called 'gravity'; there are operations run"):
        grade(Value, laws=["gravity"])
    assert not skipped  # nothing was tested


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"out_of": 0}, ValueError, "out_of is the best mark, a number above 0, not 0"),
        ({"out_of": "20"}, ValueError, "out_of is the best mark, a number above 0, not '20'"),
        ({"seed": -1}, ValueError, "seed is a whole number from 0, not -1"),
        ({"laws": "values"}, TypeError, r"laws is a collection of names, such as \['values'\]"),
        ({"laws": []}, ValueError, "laws names no law"),
        (
            {"adapter": "a.py"},
            TypeError,
            "adapter and class_name are for files: give an Engine, or the class",
        ),
    ],
)
def test_options_without_meaning(options, error, words):
    with pytest.raises(error, match=words):
        grade(Value, **options)


def test_an_adapter_that_is_not_there_is_no_mistake_of_the_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no adapter nowhere"):
        grade(tmp_path / "student.py", adapter="nowhere.py")


EXAMPLE = Example("x = Value(1.0); out = x + x", "out.data is 1; right is 2", "A <cause> & more.")
GRADE = Grade(
    "student.py",
    "Value",
    (
        LawResult("chain rule", "(f ∘ g)' = f'(g) g'", "held", 3.0),
        LawResult("values", "v", "broken", 2.0, 0.5, (EXAMPLE,)),
        LawResult("sum over paths", "s", "broken", 1.0, 0.0, (Example("y", "z"),), "values"),
        LawResult("Hessian symmetry", "h", "skipped", reason="needs second derivatives"),
    ),
    out_of=12.0,
)  # fmt: skip


def test_the_report():
    assert report(GRADE, 60).splitlines() == [
        "student.py  class Value",
        "",
        "  held     chain rule                              6.0 / 6.0",
        "  broken   values                                  2.0 / 4.0",
        '  broken   sum over paths, follows from "values"   0.0 / 2.0',
        "  skipped  Hessian symmetry: needs second derivatives",
        "",
        "values",
        "  v",
        "",
        "      x = Value(1.0); out = x + x",
        "      out.data is 1; right is 2",
        "",
        "  A <cause> & more.",
        "",
        "8 of 12: 2 of 3 laws are broken.",
    ]
    colored = report(GRADE, 60, COLORS)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == report(GRADE, 60)
    assert repr(GRADE) == "<grade of student.py: 8 of 12; broken: values: A <cause> & more.>"


def test_a_report_is_short_where_one_mistake_breaks_all():
    example = Example(
        "x = Value(1.0)", "raises TypeError: no", "A number is kept as a text: make it a float."
    )
    first = LawResult("operations run", "s", "broken", 1.0, 0.0, (example,))
    others = (LawResult(f"law {i}", "s", "broken", 1.0, 0.0, (), "operations run") for i in range(9))
    lines = report(Grade("student.py", "Value", (first, *others)), 60).splitlines()
    assert lines[3] == '  broken   9 more, follow from "operations run"   0.0 / 18.0'
    assert len(lines) == 14
    forms = (Example(f"code {i}", "wrong", f"cause {i}", f"op{i}") for i in range(7))
    lines = report(Grade("student.py", laws=(LawResult("values", "s", "broken", 1.0, 0.0, tuple(forms)),)))
    assert "  3 more operations break it: op4, op5, op6." in lines.splitlines()


def test_the_best_mark_is_for_engines_that_break_nothing():
    laws = LawResult("a", "", "held", 1e6), LawResult("b", "", "broken", 1.0, 0.0)
    assert Grade("s", laws=laws).mark == 19.9


def test_one_mistake_is_told_once_in_every_format():
    forms = tuple(Example(f"code {i}", "wrong", "one cause", f"op{i}") for i in range(3))
    law = LawResult("values", "s", "broken", 1.0, 0.0, forms)
    assert law.distinct == forms[:1]
    assert junit_text([Grade("s", laws=(law,))]).count("one cause") == 1
    assert report(Grade("s", laws=(law,))).count("one cause") == 1


def test_files_for_other_programs():
    read = json.loads(json_text([GRADE]))[0]
    assert (read["status"], read["mark"]) == (1, 8.0)
    assert read["laws"][1]["examples"][0]["cause"] == "A <cause> & more."
    suite = ElementTree.fromstring(junit_text([GRADE]).encode())[0]
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "4",
        "failures": "2",
        "skipped": "1",
    }
    uploaded = json.loads(gradescope_text(GRADE))
    assert [(test["name"], test["score"], test["max_score"]) for test in uploaded["tests"]] == [
        ("chain rule", 6.0, 6.0),
        ("values", 2.0, 4.0),
        ("sum over paths", 0.0, 2.0),
    ]
    assert csv_text([GRADE, Grade("=1+1", problem="no")]).splitlines() == [
        "file,mark,out of,status,problem,chain rule,values,sum over paths,Hessian symmetry",
        "student.py,8.0,12.0,1,,held,broken,broken,skipped",
        "'=1+1,0.0,20.0,2,no,,,,",
    ]
    strange = Grade("s\x00", problem="a\x1b[31m")
    assert ElementTree.fromstring(junit_text([strange]).encode()) is not None


test_each_law = graded(Value, laws=["chain rule", "values"])


def test_pytest_has_an_item_for_each_law(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(pytest_hooks, "grade", lambda path: GRADE)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, student="raise SystemExit  # it is not imported here\n")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the plugin may be installed, or not
    plugins = ["-p", "no:cacheprovider", "-p", "_chainrule.pytest_plugin"]
    assert pytest.main([*plugins, "-rfs", "--grade", "student.py"]) == 1
    out = capsys.readouterr().out
    assert "FAILED student.py::values" in out
    assert "FAILED student.py::sum over paths" in out
    assert "A <cause> & more." in out
    assert "needs second derivatives" in out
    assert "2 failed" in out


def test_the_command_alone_shows_its_help_and_a_file_alone_the_command(capsys):
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    with pytest.raises(SystemExit):
        main(["student one.py", "--json"])
    text = capsys.readouterr().err
    assert "test a student's engine by the laws" in text
    assert text.endswith("python -m autograd.testing grade 'student one.py' --json\n")


# -- an adapter's own words ---------------------------------------------------------------------------

OF_FUNCTIONS = """
class Node:
    def __init__(self, x):
        self.x, self.slope, self.parents = x, [0.0], []

def plus(a, b):
    out = Node(a.x + b.x)
    out.parents = [(a, 1.0), (b, 1.0)]
    return out

def times(a, b):
    out = Node(a.x * b.x)
    out.parents = [(a, b.x), (b, a.x)]
    return out

def sweep(out):
    out.slope = [1.0]
    todo = [out]
    while todo:
        node = todo.pop()
        for parent, local in node.parents:
            parent.slope = [node.slope[0] * local]
            todo.append(parent)
"""
ADAPTED = """
from autograd.testing import Engine, Tape

def engine(student):
    number, gradient = lambda node: float(node.x), lambda x: x.slope[0]
    tape = Tape(student.Node, number, lambda out: student.sweep(out), gradient)
    return Engine.of_tape("Node", {"add": student.plus, "mul": lambda a, b: student.times(a, b)}, tape)
"""


def test_a_report_has_the_names_of_an_adapter(tmp_path, load, monkeypatch):
    monkeypatch.chdir(tmp_path)
    load(OF_FUNCTIONS)
    write(tmp_path, adapter=ADAPTED)
    task = {"path": str(tmp_path / "student.py"), "adapter": str(tmp_path / "adapter.py"), "class": None}
    engine, spelling = load_engine(task, lambda **_: None)
    chosen = ["operations run", "a leaf used several times"]
    numbers, uses = [law for law in examine(engine, spelling, chosen) if law.verdict == "broken"]
    assert numbers.examples[0].code == "x = Node(1.0); out = plus(x, 2.0); sweep(out)"
    assert numbers.examples[0].cause.startswith("A plain number, as in plus(x, 2), is no Node and has no x:")
    assert uses.examples[0].code.endswith("sweep(out)")
    assert uses.examples[0].outcome.startswith("x.slope[0] is ")
    assert "write self.slope[0] += …, not self.slope[0] = …" in uses.examples[0].cause


def test_functions_that_are_no_call_have_the_names_of_this_project():
    tape = Tape(lambda x: {}, lambda x: x.data if x else 0.0, lambda out: None, lambda x: -x.slope)
    spelling = spelling_of(Engine.of_tape("other", {"add": lambda *xs: sum(xs)}, tape))
    assert spelling == Spelling()
    own = spelling_of(autograd_engine())
    assert (own.number, own.gradient, own.backward) == ("{}.data", "{}.grad", "{}.backward()")
