"""The command without its clock: contenders agree, targets read right, and a mismatch is loud."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workload", ["scalars", "nets"])
def test_gradients_agree_with_those_by_hand(workload: str, tmp_path: Path) -> None:
    done = run("-m", "benchmarks", workload, "--check", "--peers", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "MISMATCH" not in done.stderr
    assert "failed" not in done.stderr
    assert "the peers are not installed" in done.stderr


TRAINING = """
import sys
from dataclasses import replace
from pathlib import Path
from benchmarks.runner import Runner
from benchmarks.workloads import workloads

runner = Runner(python={None: Path(sys.executable)}, found=[], rounds=1, quick=True, threads=1)
outcome = runner.run(replace(workloads()["training"], cases=(32,)), check_only=True)
print(outcome.mismatches, sorted(set(outcome.left_out.values())))
"""


def test_all_ways_to_train_go_the_same_steps() -> None:
    done = run("-c", TRAINING)  # in batches of 32: the last one is smaller
    assert done.stdout.strip() == "[] ['jax is not among the peers', 'torch is not among the peers']", (
        done.stderr
    )


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    done = run("-m", "benchmarks", "scalers", "--peers", str(tmp_path))
    assert done.returncode == 2
    assert "no workloads are called ['scalers']" in done.stderr


EXAMPLES = """
import doctest
from benchmarks import measure, runner, workload

assert sum(doctest.testmod(room).failed for room in (measure, runner, workload)) == 0
"""


def test_examples_in_docstrings() -> None:
    done = run("-c", EXAMPLES)
    assert done.returncode == 0, done.stdout + done.stderr


THREADS = """
import os
from benchmarks.runner import Runner
from benchmarks.workload import Contender

os.environ["OPENBLAS_NUM_THREADS"] = "7"
for threads in (0, 1):
    runner = Runner(python={}, found=[], rounds=1, quick=True, threads=threads)
    for default in (False, True):
        environment = runner._environment(Contender(list, default_threads=default))
        print(threads, default, environment.get("OPENBLAS_NUM_THREADS"))
"""


def test_one_thread_for_all_but_those_who_are_measured_without_being_told() -> None:
    done = run("-c", THREADS)
    assert done.stdout.splitlines() == ["0 False 7", "0 True None", "1 False 1", "1 True None"], done.stderr


REPORT = """
from benchmarks.report import report
from benchmarks.runner import Outcome
from benchmarks.workloads import workloads

outcome = Outcome(workloads()["scalars"])
outcome.runs[1000, "chainrule"] = [{"total": 300.0}, {"total": 600.0}, {"total": 360.0}]
outcome.runs[1000, "XAD"] = [{"total": 400.0}, {"total": 800.0}, {"total": 400.0}]
outcome.runs[1000, "micrograd"] = [{"total": 900.0}] * 3
outcome.mismatches.append("scalars 1,000: the gradients of XAD differ by 1 of the largest")
print(report([outcome], {}))
"""


OF_ANOTHER = """
from benchmarks.report import report
from benchmarks.runner import Outcome
from benchmarks.workloads import workloads

outcome = Outcome(workloads()["training"])
outcome.runs[10, "chainrule"] = [{"epoch": 50.0}, {"epoch": 100.0}]
outcome.runs[10, "chainrule, default threads"] = [{"epoch": 60.0}, {"epoch": 120.0}]
print(report([outcome], {}))
"""


def test_a_target_may_be_another_contenders() -> None:
    done = run("-X", "utf8", "-c", OF_ANOTHER)
    assert "| chainrule, default threads ≤ 1.3 × chainrule | 1.2: reached |" in done.stdout, done.stderr


def test_report_takes_ratios_within_rounds_and_says_what_was_missed() -> None:
    done = run("-X", "utf8", "-c", REPORT)
    assert done.returncode == 0, done.stderr
    assert "| 1,000 operations | total (ns) | ≤ 1 × XAD | 0.75: reached |" in done.stdout
    assert "≥ 5 × faster than micrograd | 1 / 2.5: **missed** |" in done.stdout
    assert "| 100,000 operations | total (ns) | ≤ 2 × XAD | not measured |" in done.stdout
    assert "**MISMATCH: scalars 1,000: the gradients of XAD" in done.stdout
