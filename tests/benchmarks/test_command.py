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


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    done = run("-m", "benchmarks", "scalers", "--peers", str(tmp_path))
    assert done.returncode == 2
    assert "no workloads are called ['scalers']" in done.stderr


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


def test_report_takes_ratios_within_rounds_and_says_what_was_missed() -> None:
    done = run("-X", "utf8", "-c", REPORT)
    assert done.returncode == 0, done.stderr
    assert "| 1,000 operations | total (ns) | ≤ 1 × XAD | 0.75: reached |" in done.stdout
    assert "≥ 5 × faster than micrograd | 1 / 2.5: **missed** |" in done.stdout
    assert "| 100,000 operations | total (ns) | ≤ 2 × XAD | not measured |" in done.stdout
    assert "**MISMATCH: scalars 1,000: the gradients of XAD" in done.stdout
