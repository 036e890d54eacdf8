"""Grades of files and of engines here: their reports, and files for other programs."""

import html
import json
import re
from xml.etree import ElementTree

import pytest
from engines import mistaken_engines
from student_files import write

from autograd import Value
from autograd.testing import Engine, Tape, grade, graded
from autograd.testing.__main__ import main
from autograd.testing._grading import pytest_hooks
from autograd.testing._grading.reports.formats import csv_text, gradescope_text, json_text, junit_text
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.reports.text import COLORS, report
from autograd.testing._grading.results import Example, LawResult

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
    plugins = ["-p", "no:cacheprovider", "-p", "chainrule._pytest_plugin"]
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


def test_a_notebook_shows_the_report_as_it_stands():
    broken = LawResult("chain rule", "f < g", "broken", share=0.0, examples=(Example("a <b>", "x"),))
    shown = Grade("student.py", "Value", (broken,))
    assert html.unescape(re.sub("</?pre.*?>", "", shown._repr_html_())) == str(shown)
    assert "<b>" not in shown._repr_html_()
