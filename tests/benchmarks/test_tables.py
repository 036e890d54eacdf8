"""Verdicts are counted, and this project's errors named."""

import pytest

from benchmarks.checkers.answering import CRASHED
from benchmarks.checkers.cases import Check, checks
from benchmarks.checkers.contenders import AGREES, CANNOT_TELL, DISAGREES
from benchmarks.checkers.judging import TOO_SLOW, Answer
from benchmarks.checkers.tables import Verdicts, confusion
from benchmarks.workload import OURS


def verdict(check: Check) -> str:
    """The verdict of a bad checker."""
    by_change = {"exact": DISAGREES, "zero": AGREES, "nan": CANNOT_TELL}
    if check.change in by_change and check.order == 1:
        return by_change[check.change]
    return {"of the wrong sign": CRASHED, "off by 1 of itself": TOO_SLOW}.get(
        check.change, AGREES if check.right else DISAGREES
    )


@pytest.fixture(scope="module")
def text() -> str:
    asked = [check for check in checks(["ordinary", "zero"]) if check.case in ("sin(x) at 1.1", "x² at 0.0")]
    mine = [Answer(verdict(check), 0.25) for check in asked]
    theirs = [Answer(AGREES if check.right else DISAGREES, 0.0) for check in asked]
    return confusion(Verdicts(asked, {OURS: mine, "other": theirs}, {"torch": "it failed: no luck"}))


def test_totals(text: str) -> None:
    assert "the same 25 derivatives of first and second order, 4 right and 21 wrong" in text
    assert f"| **{OURS}** | 2 | 1 | 2 (0 right, 2 wrong) | 4 | 6.2 |" in text
    assert "| other | 0 | 0 | 0 | 0 | 0.0 |" in text
    assert "Left out: torch, it failed: no luck." in text


def test_kinds(text: str) -> None:
    assert "| ordinary points: 2 right, 12 wrong | 1 / 1 / 4 | – |" in text
    assert "| a derivative of 0: 2 right, 9 wrong | 1 / 0 / 2 | – |" in text


def test_errors_of_this_project_are_listed(text: str) -> None:
    refused, passed, undecided = (part.split("\n\n")[1] for part in text.split("## ")[3:])
    assert refused.splitlines() == ["- sin(x) at 1.1, derivative exact", "- x² at 0.0, derivative exact"]
    assert passed == "- sin(x) at 1.1, derivative zero"
    assert "- sin(x) at 1.1, derivative nan" in undecided
