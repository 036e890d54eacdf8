"""The pytest plugin: failing programs become scripts that run, the engine's state is guarded, and a run
without the engine does not import it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.testing import Program
from autograd.testing._plugin import programs, sections

ROOT = Path(__file__).parents[3]

ABOUT_PROGRAMS = """
import pytest
from hypothesis import given, settings, strategies as st
from autograd.testing import Program

@settings(max_examples=20, database=None)
@given(st.integers(1, 9))
def test_drawn(n):
    program = Program.parse(f"x = {n}.0; a = exp(x)")
    assert n < 4

def test_raised():
    error = ValueError("wrong")
    error.program = Program.parse("u = 3.0; v = u * u")
    raise error

def test_without():
    assert False
"""
STATE = """
import pytest
from autograd import Value, no_grad, detect_anomaly
from autograd.extend import Row, define
import autograd
blocks = []

def test_leaves_on(engine_state):
    blocks.extend([no_grad(), detect_anomaly()])
    for block in blocks:
        block.__enter__()
    define(Row("tripled", lambda x: 3 * x, partials="3"))

def test_records_again(engine_state):
    x = Value(2.0)
    (x * x).backward()
    assert x.grad == 4
    assert not hasattr(autograd, "tripled")

def test_in_a_block_of_its_own(engine_state):
    with no_grad():
        assert (Value(1.0) * 2).is_leaf
"""
WITHOUT = """
import sys

def test_nothing_is_imported():
    assert "autograd" not in sys.modules and "numpy" not in sys.modules
    assert "chainrule._pytest_plugin" in sys.modules

def test_fails():
    assert 1 == 2
"""


def python(*arguments):
    """A Python with no plugins of pytest but the one that is asked for, whatever is installed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def run(folder, **files):
    """The output of pytest on files, with the plugin alone: installed or not, it is loaded by its name."""
    for name, code in files.items():
        (folder / f"test_{name}.py").write_text(code, encoding="utf-8")
    done = python(
        "-m", "pytest", "-p", "chainrule._pytest_plugin", "-p", "no:cacheprovider", "-q", str(folder)
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """Of a run with the engine: Python, pytest and Hypothesis start once."""
    return run(tmp_path_factory.mktemp("with_the_engine"), programs=ABOUT_PROGRAMS, state=STATE)


def test_a_failing_program_is_a_script_that_runs(output, tmp_path, monkeypatch, capsys):
    assert "3 failed, 3 passed, 1 error" in output
    shown = re.findall(r"-+ program of the failing example -+\n(.*?)\n(?=[-_=]{9})", output, re.DOTALL)
    assert len(shown) == 2, output
    assert "x = Value(4.0)\na = exp(x)" in shown[0]
    assert "v = u * u" in shown[1]
    assert 'viz.draw(v), "program.svg"' in shown[1]
    monkeypatch.chdir(tmp_path)
    exec(shown[1], {"__name__": "__main__"})
    assert capsys.readouterr().out.split("\n")[:2] == ["v = 9.0", "u.grad = 6.0"]


def test_state_that_a_test_leaves_behind_is_an_error_and_undone(output):
    assert "3 failed, 3 passed, 1 error" in output, output
    assert "the test leaves no_grad() and detect_anomaly() on, for the tests after it" in output


def test_runs_without_the_engine_do_not_import_it(tmp_path):
    out = run(tmp_path, without=WITHOUT)
    assert "1 failed, 1 passed" in out, out


def test_programs_of_groups_and_causes_are_found():
    def failing(text):
        program = Program.parse(text)
        raise AssertionError(program.size)

    errors = []
    for text in ("x = 1.0; a = x * x", "x = 2.0; a = exp(x)"):
        with pytest.raises(AssertionError) as caught:
            failing(text)
        errors.append(caught.value)
    assert [str(p) for p in programs(ExceptionGroup("two", errors))] == [
        "x = 1.0\na = x * x",
        "x = 2.0\na = exp(x)",
    ]
    with pytest.raises(ValueError, match="outer") as caught:
        raise ValueError("outer") from errors[0]
    assert len(sections(caught.value)) == 1
    assert sections(ValueError()) == []
