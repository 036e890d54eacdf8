"""The command without its clock: contenders agree, targets read right, and a mismatch is loud."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]


@pytest.mark.parametrize("workload", ["scalars", "nets", "moons", "example", "random", "few"])
def test_gradients_agree_with_those_by_hand(run: Run, workload: str, tmp_path: Path) -> None:
    done = run("-m", "benchmarks", workload, "--check", "--peers", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "MISMATCH" not in done.stderr
    assert "failed" not in done.stderr
    assert "the peers are not installed" in done.stderr


ONE_CASE = """
import sys
from dataclasses import replace
from pathlib import Path
from benchmarks.runner import Runner
from benchmarks.workloads import workloads

runner = Runner(python={None: Path(sys.executable)}, installed=[], rounds=1, quick=True, threads=1)
name, case = sys.argv[1:]
outcome = runner.run(replace(workloads()[name], cases=(int(case),)), check_only=True)
print(outcome.mismatches, *sorted(set(outcome.left_out.values())), sep="; ")
"""


@pytest.mark.parametrize(
    ("workload", "case", "peers"),
    [
        ("training", 32, ["jax", "torch"]),  # the last batch of an epoch is smaller
        ("compiled", 32, ["autograd", "jax", "torch"]),
        ("recording", 1_000, ["casadi"]),
        ("drawings", 10, []),
    ],
)
def test_what_is_too_long_for_a_test_agrees_in_one_case(
    run: Run, workload: str, case: int, peers: list[str]
) -> None:
    done = run("-c", ONE_CASE, workload, str(case))
    expected = "; ".join(["[]", *(f"{peer} is not among the peers" for peer in peers)])
    assert done.stdout.strip() == expected, done.stderr


def test_unknown_names_are_refused(run: Run, tmp_path: Path) -> None:
    done = run("-m", "benchmarks", "scalers", "--peers", str(tmp_path))
    assert done.returncode == 2
    assert "no workloads are called ['scalers']" in done.stderr


def test_drawn_programs_find_a_mistake_and_the_right_engine_is_right(run: Run) -> None:
    done = run("-m", "benchmarks", "programs", "--bug", "square", "--seeds", "1", "--right", "100")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" | 1/1 | 1/1 | ") == 2
    assert "0 false alarms on the right engine in 100 programs" in done.stdout
    done = run("-m", "benchmarks", "programs", "--bug", "no such mistake")
    assert done.returncode == 2
    assert "no mistake has ['no such mistake'] in its name" in done.stderr


EXAMPLES = """
import doctest
from benchmarks import measure, plot, runner, scalar_nets, workload
from benchmarks.programs import command, comparison
from benchmarks.workloads import random

for room in (measure, plot, runner, scalar_nets, workload, random, command, comparison):
    found = doctest.testmod(room)
    assert found.attempted > 0 and found.failed == 0, room
"""


def test_examples_in_docstrings(run: Run) -> None:
    done = run("-c", EXAMPLES)
    assert done.returncode == 0, done.stdout + done.stderr


THREADS = """
import os
from benchmarks.runner import Runner
from benchmarks.workload import Contender

os.environ["OPENBLAS_NUM_THREADS"] = "7"
for threads in (0, 1):
    runner = Runner(python={}, installed=[], rounds=1, quick=True, threads=threads)
    for default in (False, True):
        environment = runner.environment(Contender(list, default_threads=default))
        print(threads, default, environment.get("OPENBLAS_NUM_THREADS"))
"""


def test_one_thread_for_all_but_those_who_are_measured_without_being_told(run: Run) -> None:
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
outcome.left_out["torch"] = "torch is not among the peers"
print(report([outcome], {}, {}))
"""


OF_ANOTHER = """
from benchmarks.report import report
from benchmarks.runner import Outcome
from benchmarks.workloads import workloads

outcome = Outcome(workloads()["training"])
outcome.runs[10, "chainrule"] = [{"epoch": 50.0}, {"epoch": 100.0}]
outcome.runs[10, "chainrule, default threads"] = [{"epoch": 60.0}, {"epoch": 120.0}]
print(report([outcome], {}, {}))
"""


def test_a_target_may_be_another_contenders(run: Run) -> None:
    done = run("-c", OF_ANOTHER)
    assert "| chainrule, default threads ≤ 1.3 × chainrule | 1.2: reached |" in done.stdout, done.stderr


def test_report_takes_ratios_within_rounds_and_says_what_was_missed(run: Run) -> None:
    done = run("-c", REPORT)
    assert done.returncode == 0, done.stderr
    assert "| 1,000 operations | total (ns) | ≥ 1.11 × faster than XAD | 1 / 1.33: reached |" in done.stdout
    assert "≥ 5 × faster than micrograd | 1 / 2.5: **missed** |" in done.stdout
    assert "| 100,000 operations | total (ns) | ≤ 1.5 × XAD | not measured |" in done.stdout
    assert "**MISMATCH: scalars 1,000: the gradients of XAD" in done.stdout
    assert "Left out: torch, torch is not among the peers." in done.stdout


ALONE = """
from benchmarks.report import report
from benchmarks.runner import Outcome
from benchmarks.workloads import workloads

outcome = Outcome(workloads()["drawings"])
outcome.runs[10, "viz.lecture_page"] = [{"first": 1200.0, "again": 20.0, "size": 72.3}]
print(report([outcome], {}, {"drawings": "drawings.png"}))
"""


def test_a_workload_without_peers_has_no_ratios_and_no_targets(run: Run) -> None:
    done = run("-c", ALONE)
    assert "| 10 nodes | viz.lecture_page | 1,200 | 20.0 | 72.3 |\n" in done.stdout, done.stderr
    assert "ours / theirs |" not in done.stdout
    assert "target for" not in done.stdout
    assert "![Drawings: a line for each contender](drawings.png)" in done.stdout


PLOT = """
import sys
from pathlib import Path
from benchmarks.plot import figure, plot
from benchmarks.runner import Outcome
from benchmarks.workloads import workloads

outcome = Outcome(workloads()["compiled"])
for case, ms in ((10, 30.0), (100, 12.0)):
    outcome.runs[case, "chainrule"] = [{"epoch": ms}]
    outcome.runs[case, "chainrule, default threads"] = [{"epoch": ms}]
    outcome.runs[case, "HIPS autograd"] = [{"epoch": 20 * ms}]
(axes,) = figure(outcome).axes
print(axes.get_xscale(), axes.get_yscale())
for line, text in zip(axes.get_lines(), axes.texts, strict=True):
    print(text.get_text(), line.get_xdata().tolist(), line.get_ydata().tolist())
plot(outcome, Path(sys.argv[1]))
"""


def test_the_picture_has_a_named_line_for_each_contender(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "results.png"
    done = run("-c", PLOT, str(picture))
    assert done.stdout.splitlines() == [
        "log log",
        "chainrule [10, 100] [30.0, 12.0]",
        "HIPS autograd [10, 100] [600.0, 240.0]",
    ], done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")


WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None
from benchmarks.__main__ import main

main(["scalars", "--write"])
"""


def test_a_missing_matplotlib_is_told_before_anything_is_measured(run: Run) -> None:
    done = run("-c", WITHOUT_MATPLOTLIB)
    assert done.returncode == 2
    assert 'needs matplotlib: pip install "chainrule[plots]"' in done.stderr
    assert "gradients compared" not in done.stderr


MEMORY = """
from types import SimpleNamespace
import numpy as np
from benchmarks.workloads.compiled import held

block = SimpleNamespace
leaves = [block(size=1_000, batched=batched) for batched in (True, False, False)]
arrays = SimpleNamespace(
    inputs=leaves[0], parameters=leaves[1], constants=leaves[2],
    blocks=[*leaves, block(size=40, batched=True), block(size=7, batched=False)],
)
kept = {}

def made():
    return SimpleNamespace(_array_program=arrays, parameters=1_000, dtype=np.dtype("float32"))

def call(program, n):  # three numbers where two are needed
    kept[n] = np.empty(3 * (40 * n + 7) * (n > 1) + 1_000 * (n > 1), np.float32)

print(held(made, call, 10_000)["buffers"])
"""


def test_memory_is_what_a_batch_adds_over_a_value_and_an_adjoint_of_each_quantity(run: Run) -> None:
    done = run("-c", MEMORY)
    assert float(done.stdout) == pytest.approx(1.5, rel=0.01), done.stderr


CLOCK = """
from benchmarks import measure

now, calls = [0.0], [0]
measure.perf_counter = lambda: now[0]

def call():
    calls[0] += 1
    now[0] += 0.004

print(round(measure.ms_a_call(call, 3), 9), calls[0])
"""


def test_short_calls_are_timed_together(run: Run) -> None:
    done = run("-c", CLOCK)
    assert done.stdout.strip() == f"4.0 {1 + 1 + 3 * 5}", done.stderr
