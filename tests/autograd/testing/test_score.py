"""The share of mistakes that a run of tests notices, however the run ends."""

import importlib
import importlib.util
import math
import os
import sys
from types import FunctionType

import numpy as np
import pytest

import autograd as ag
from autograd import grad
from autograd.testing import Mutant, mutants, mutants_of, mutation_score
from autograd.testing._engines import homework
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS
from autograd.testing._mutants import score as score_module
from autograd.testing._mutants.mutant import Mutants

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="Python cannot fork here")
S = np.exp([0.1, 0.2]) / np.sum(np.exp([0.1, 0.2]))


def good_tests():
    """The tests that a lecturer would write for a student's engine."""
    functions = {
        "exp": (21.0, math.exp(21)), "log": (2.0, 0.5), "relu": (-2.0, 0.0),
        "tanh": (1.0, 1 - math.tanh(1) ** 2), "sigmoid": (0.5, 0.2350037122015945),
    }  # fmt: skip
    for name, (x, right) in functions.items():
        leaf = homework.Value(x)
        getattr(leaf, name)().backward()
        assert (leaf.grad, leaf.data) == (pytest.approx(right, rel=1e-9), x), name
    x, y = homework.Value(3.0), homework.Value(2.0)
    (x / y + (x - y) + x * x * x + y**3 + (1.0 + x)).backward()
    assert (x.grad, y.grad) == (0.5 + 1 + 27 + 1, -0.75 - 1 + 12)
    leaf = homework.Value(1.0)
    u = leaf * 1.0
    (u + u.exp().log() + (u * 3.0).exp().log()).backward()
    assert leaf.grad == pytest.approx(5.0)
    several = [homework.Value(x) for x in (1.0, 2.0, 3.0)]
    homework.stack(several).mean().backward()
    assert [node.grad for node in several] == pytest.approx([1 / 3] * 3)
    several = [homework.Value(x) for x in (0.1, 0.2)]
    homework.stack(several).softmax()[0].backward()
    assert [node.grad for node in several] == pytest.approx([S[0] * S[1], -S[0] * S[1]])
    one = homework.Value(2.0)
    (one + homework.stack(several)).sum().backward()
    assert one.grad == 2.0
    total = leaf = homework.Value(1.0)
    for _ in range(2000):
        total = total + 0.5
    total.backward()
    assert leaf.grad == 1.0


def weak_tests():
    leaf = homework.Value(2.0)
    (leaf * 3.0).backward()
    assert leaf.grad == 3.0


@needs_fork
def test_good_tests_kill_all_of_a_students_mistakes_and_weak_ones_few():
    students = Mutants(Mutant(b.name, homework.__name__, b.text, b.replacement) for b in HOMEWORK_BUGS)
    assert len(students) == 19
    before = {name: f.__code__ for name, f in vars(homework.Value).items() if isinstance(f, FunctionType)}
    good = mutation_score(good_tests, students, timeout=20.0)
    weak = mutation_score(weak_tests, [*students.values()][:3], timeout=20.0)
    assert good.survived == []
    assert good.score == 1.0
    assert (weak.score, len(weak.survived)) == (0.0, 3)
    assert {
        name: f.__code__ for name, f in vars(homework.Value).items() if isinstance(f, FunctionType)
    } == before
    table = str(weak).splitlines()
    assert len(table) == 5
    assert table[0].split() == ["mutant", "verdict", "seconds", "noticed", "by"]
    assert table[-1].startswith(f"killed {len(weak.killed)} of 3 (")


ENDINGS = {
    "it hangs": ("import time; time.sleep(60)", "timeout", "not at an end after 1 s"),
    "it dies": ("import os; os.kill(os.getpid(), 9)", "killed", "the process ended with signal SIGKILL"),
    "it ends Python": ("import os; os._exit(3)", "killed", "the process ended with exit status 3"),
    "it exits": ("raise SystemExit('no')", "killed", "exit status 1"),
    "it exits well": ("raise SystemExit", "survived", ""),
    "it answers False": ("return False", "killed", "False"),
    "it answers a status": ("return pytest.ExitCode.TESTS_FAILED", "killed", "exit status 1"),
    "it answers no status": ("return pytest.ExitCode.OK", "survived", ""),
    "it answers nothing": ("print('all well'); return None", "survived", ""),
    "it raises": ("pytest.fail('too bad')", "killed", "Failed: too bad"),
}


@needs_fork
def test_how_a_run_may_end(tmp_path, monkeypatch):
    (tmp_path / "student_end.py").write_text("import pytest\ndef end():\n    return True\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("student_end")
    try:
        slips = [Mutant(name, "student_end", "return True", end) for name, (end, _, _) in ENDINGS.items()]
        score = mutation_score(module.end, slips, timeout=1.0)
    finally:
        del sys.modules["student_end"]
    assert {t.mutant.name: (t.verdict, t.reason) for t in score.trials} == {
        name: (verdict, reason) for name, (_, verdict, reason) in ENDINGS.items()
    }
    assert score.score == 0.7
    (trial,) = (t for t in score.trials if t.mutant.name == "it answers nothing")
    assert trial.output == "all well\n"


@needs_fork
def test_a_mutant_that_cannot_be_planted_does_not_count(student):
    module, _ = student
    slips = [
        Mutant("too much", "student_net", "x: float = 1.0", "x: float = 2.0"),
        Mutant("a slip", "student_net", "SCALE * x", "SCALE + x"),
    ]
    score = mutation_score(lambda: module.double(5.0) == 10.0, slips)
    assert [t.verdict for t in score.trials] == ["not planted", "killed"]
    assert score.score == 1.0
    assert "its decorator has read" in str(score)


@needs_fork
def test_a_run_may_plant_mutants_itself(student):
    module, _ = student
    inner = Mutant("inner", "student_net", "double(x) + 1", "double(x) - 1")

    def run():
        before = module.double(1.0)
        with inner:
            assert module.cached(1.0) == before - 1.0
        assert module.cached(1.0) == module.double(1.0) + 1 == before + 1
        return before == 2.0

    score = mutation_score(run, Mutant("outer", "student_net", "SCALE * x", "SCALE + x"))
    assert [(t.verdict, t.reason) for t in score.trials] == [("killed", "False")]


@needs_fork
def test_a_file_that_the_run_imports_itself(tmp_path, monkeypatch):
    (tmp_path / "student_file.py").write_text("def double(x):\n    return 2 * x\n")
    monkeypatch.syspath_prepend(tmp_path)

    def run():
        assert importlib.import_module("student_file").double(3) == 6

    score = mutation_score(run, mutants_of(tmp_path / "student_file.py"))
    assert score.survived == []
    assert len(score.killed) == 5
    assert "student_file" not in sys.modules


def test_a_score_is_refused_where_it_would_say_nothing():
    slip = mutants["sin: minus cos"]
    for run in (lambda: False, lambda: 1 / 0, lambda: 2):
        with pytest.raises(ValueError, match="the run fails without a mutant"):
            mutation_score(run, slip)
    with pytest.raises(TypeError, match="takes a function that runs tests, not bool"):
        mutation_score(True, slip)
    with pytest.raises(TypeError, match=r"such as mutants_of\(module\).*not 'sin'"):
        mutation_score(lambda: None, ["sin"])
    with pytest.raises(ValueError, match="needs one mutant or more"):
        mutation_score(lambda: None, [])
    with pytest.raises(ValueError, match="greater than 0, not -1"):
        mutation_score(lambda: None, slip, timeout=-1)


def test_without_forks_the_runs_are_in_this_process(monkeypatch):
    monkeypatch.setattr(score_module, "CAN_FORK", False)
    runs = []

    def run():
        runs.append(grad(ag.sin)(0.0))
        return runs[-1] == 1.0

    score = mutation_score(run, [mutants["sin: minus cos"], mutants["cos: the minus is lost"]])
    assert (score.killed, score.survived) == (["sin: minus cos"], ["cos: the minus is lost"])
    assert runs == [1.0, -1.0, 1.0]
    assert grad(ag.sin)(0.0) == 1.0
