"""The command without its clock: contenders agree, targets read right, and a mismatch is loud."""

import doctest
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace as Block
from typing import Any

import numpy as np
import pytest

from autograd._compiler.loops.native import libraries
from autograd._support.process.threads import few_threads
from benchmarks import child, measure, plot, runner, scalar_gpt, scalar_nets, workload
from benchmarks.__main__ import main
from benchmarks.programs import command, comparison
from benchmarks.report import report
from benchmarks.runner import Outcome, Runner
from benchmarks.workload import Contender
from benchmarks.workloads import random, workloads
from benchmarks.workloads.compiled import held
from nn._training.steps import native as steps

Captured = pytest.CaptureFixture[str]


def in_this_process(self: Runner, action: str, outcome: Outcome, cases: list[int], name: str) -> Any:
    """What `Runner._child` gives, without a process for each contender, which takes longer than its check."""
    with few_threads(1), pytest.MonkeyPatch.context() as patch:  # one thread, as such a process has
        patch.setattr(sys, "path", [*sys.path])
        patch.setattr(
            steps, "repays", steps.repays
        )  # the workloads set it, and look which libraries there are
        patch.setattr(libraries, "_libraries", {})
        patch.setattr(child, "gc", Block(collect=lambda: None))  # which is for the clock
        return child._run(action, outcome.workload.name, cases, name, self.quick)


@pytest.mark.parametrize("name", ["scalars", "nets", "moons", "random", "few"])
def test_gradients_agree_with_those_by_hand(name: str, tmp_path: Path, capsys: Captured, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")  # without a compiler, which takes seconds for the random programs
    monkeypatch.setattr(random, "PROGRAMS", 2)
    if name != "scalars":
        monkeypatch.setattr(Runner, "_child", in_this_process)
    assert main([name, "--check", "--peers", str(tmp_path)]) == 0
    told = capsys.readouterr().err
    assert "MISMATCH" not in told
    assert "failed" not in told
    assert "the peers are not installed" in told


OURS, BY_HAND = "chainrule", "NumPy by hand, preallocated"


def in_quick_cases(name: str, *names: str, **changes: Any) -> Outcome:
    """A check of this project's contenders of a workload, or of some of them."""
    here = Runner(python={None: Path(sys.executable)}, installed=[], rounds=1, quick=True, threads=1)
    of = workloads()[name]
    ours = {name: c for name, c in of.contenders.items() if c.peer is None}
    contenders = {name: ours[name] for name in names} if names else ours
    return here.run(replace(of, contenders=contenders, **changes), check_only=True)


@pytest.mark.parametrize(
    ("name", "case", "contenders"),
    [
        # The last batch of an epoch is smaller.
        ("training", 32, [OURS, "chainrule, NumPy programs, net of Values", "expert C", BY_HAND]),
        ("compiled", 32, ["chainrule, native", "expert C", BY_HAND]),
        ("custom", 100, [OURS, "chainrule, eager loop"]),
        ("physics", 32, [OURS, "chainrule, a compiled function"]),
        ("gpt", 36_815, [OURS, "chainrule, eager"]),
        ("functions", 10, [OURS, "NumPy by hand"]),
        ("example", 1_000, [OURS, "NumPy by hand"]),
        ("recording", 1_000, []),
        ("drawings", 10, []),
    ],
)
def test_what_is_too_long_for_a_test_agrees_in_one_case(
    name: str, case: int, contenders: list[str], monkeypatch
) -> None:
    monkeypatch.setattr(Runner, "_child", in_this_process)
    outcome = in_quick_cases(name, *contenders, cases=(case,))
    assert outcome.mismatches == []
    assert {*outcome.left_out.values()} <= {"no C compiler is there"}


def test_a_contender_with_an_obstacle_is_left_out_with_the_reason(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("MNIST", str(tmp_path))
    monkeypatch.setitem(sys.modules, "ziglang", None)
    native = in_quick_cases("physics", OURS, "chainrule, native").left_out
    assert native == {"chainrule, native": "no C compiler is there"}
    images = in_quick_cases("mnist").left_out
    assert images[OURS] == "there are no images of MNIST; MNIST in the environment names their folder"


def test_unknown_names_are_refused(tmp_path: Path, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["scalers", "--peers", str(tmp_path)])
    assert ended.value.code == 2
    assert "no workloads are called ['scalers']" in capsys.readouterr().err


def test_drawn_programs_find_a_mistake_and_the_right_engine_is_right(capsys: Captured) -> None:
    assert main(["programs", "--bug", "square", "--seeds", "1", "--right", "100"]) == 0
    printed = capsys.readouterr().out
    assert printed.count(" | 1/1 | 1/1 | ") == 2
    assert "0 false alarms on the right engine in 100 programs" in printed
    with pytest.raises(SystemExit) as ended:
        main(["programs", "--bug", "no such mistake"])
    assert ended.value.code == 2
    assert "no mistake has ['no such mistake'] in its name" in capsys.readouterr().err


@pytest.mark.parametrize(
    "room",
    [measure, plot, runner, scalar_gpt, scalar_nets, workload, random, command, comparison],
    ids=lambda r: r.__name__,
)
def test_examples_in_docstrings(room) -> None:
    examples = doctest.testmod(room)
    assert examples.attempted > 0
    assert examples.failed == 0


def test_one_thread_for_all_but_those_who_are_measured_without_being_told(monkeypatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    threads = {
        (limit, default): Runner(python={}, installed=[], rounds=1, quick=True, threads=limit)
        .environment(Contender(list, default_threads=default))
        .get("OPENBLAS_NUM_THREADS")
        for limit in (0, 1)
        for default in (False, True)
    }
    assert threads == {(0, False): "7", (0, True): None, (1, False): "1", (1, True): None}


def test_a_target_may_be_another_contenders() -> None:
    outcome = Outcome(workloads()["training"])
    outcome.runs[10, "chainrule, NumPy programs"] = [{"epoch": 50.0}, {"epoch": 100.0}]
    outcome.runs[10, "chainrule, default threads"] = [{"epoch": 60.0}, {"epoch": 120.0}]
    assert "| chainrule, default threads ≤ 1.3 × chainrule, NumPy programs | 1.2: reached |" in report(
        [outcome], {}, {}
    )


def test_report_takes_ratios_within_rounds_and_says_what_was_missed() -> None:
    outcome = Outcome(workloads()["scalars"])
    outcome.runs[1000, "chainrule"] = [{"total": 300.0}, {"total": 600.0}, {"total": 360.0}]
    outcome.runs[1000, "XAD"] = [{"total": 400.0}, {"total": 800.0}, {"total": 400.0}]
    outcome.runs[1000, "micrograd"] = [{"total": 900.0}] * 3
    outcome.mismatches.append("scalars 1,000: the gradients of XAD differ by 1 of the largest")
    outcome.left_out["torch"] = "torch is not among the peers"
    text = report([outcome], {}, {})
    assert "| 1,000 operations | total (ns) | ≤ 0.9 × XAD | 0.75: reached |" in text
    assert "≥ 5 × faster than micrograd | 1 / 2.5: **missed** |" in text
    assert "| 100,000 operations | total (ns) | ≤ 1.5 × XAD | not measured |" in text
    assert "**MISMATCH: scalars 1,000: the gradients of XAD" in text
    assert "Left out: torch, torch is not among the peers." in text


def test_a_workload_without_peers_has_no_ratios_and_no_targets() -> None:
    outcome = Outcome(workloads()["drawings"])
    outcome.runs[10, "viz.lecture_page"] = [{"first": 1200.0, "again": 20.0, "size": 72.3}]
    text = report([outcome], {}, {"drawings": "drawings.png"})
    assert "| 10 nodes | viz.lecture_page | 1,200 | 20.0 | 72.3 |\n" in text
    assert "ours / theirs |" not in text
    assert "target for" not in text
    assert "![Drawings: a line for each contender](drawings.png)" in text


def test_the_picture_has_a_named_line_for_each_contender(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    outcome = Outcome(workloads()["compiled"])
    for case, ms in ((10, 30.0), (100, 12.0)):
        outcome.runs[case, "chainrule"] = [{"epoch": ms}]
        outcome.runs[case, "chainrule, default threads"] = [{"epoch": ms}]
        outcome.runs[case, "HIPS autograd"] = [{"epoch": 20 * ms}]
    (axes,) = plot.figure(outcome).axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    lines = zip(axes.get_lines(), axes.texts, strict=True)
    assert {text.get_text(): (*line.get_xdata(), *line.get_ydata()) for line, text in lines} == {
        "chainrule": (10, 100, 30.0, 12.0),
        "HIPS autograd": (10, 100, 600.0, 240.0),
    }
    plot.plot(outcome, picture := tmp_path / "results.png")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_missing_matplotlib_is_told_before_anything_is_measured(monkeypatch, capsys: Captured) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SystemExit) as ended:
        main(["scalars", "--write"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert 'needs matplotlib: pip install "chainrule[plots]"' in told
    assert "gradients compared" not in told


def test_memory_is_what_a_batch_adds_over_a_value_and_an_adjoint_of_each_quantity() -> None:
    leaves = [Block(size=1_000, batched=batched) for batched in (True, False, False)]
    arrays = Block(
        inputs=leaves[0], parameters=leaves[1], constants=leaves[2],
        blocks=[*leaves, Block(size=40, batched=True), Block(size=7, batched=False)],
    )  # fmt: skip
    buffers = {}

    def make():
        return Block(_array_program=arrays, parameters=1_000, dtype=np.dtype("float32"))

    def call(program, n):  # three numbers where two are needed
        buffers[n] = np.empty(3 * (40 * n + 7) * (n > 1) + 1_000 * (n > 1), np.float32)

    assert held(make, call, 10_000)["buffers"] == pytest.approx(1.5, rel=0.01)


def test_short_calls_are_timed_together(monkeypatch) -> None:
    now, calls = [0.0], [0]
    monkeypatch.setattr(measure, "perf_counter", lambda: now[0])

    def call():
        calls[0] += 1
        now[0] += 0.004

    assert round(measure.ms_a_call(call, 3), 9) == 4.0
    assert calls == [1 + 1 + 3 * 5]
