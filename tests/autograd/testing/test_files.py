"""A student's file: the engine in it is found, in whatever form, and its own words are kept."""

import json
import re
import time

import pytest
from engines import RENAMED
from student_files import SMALL, with_changes, write

from autograd.testing import Engine, Tape, autograd_engine
from autograd.testing._grading.files.adapters import spelling_of
from autograd.testing._grading.files.recognition import recognize
from autograd.testing._grading.files.sources import SubmissionError, read_cells, run_cells
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._grading.limits import TimeIsUp, time_limit
from autograd.testing._grading.running.examination import examine
from autograd.testing._grading.running.worker import _load as load_engine

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
