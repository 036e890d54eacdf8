"""The verdicts as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.checkers.answering import CRASHED
from benchmarks.checkers.cases import KINDS, Check
from benchmarks.checkers.contenders import AGREES, CANNOT_TELL, DISAGREES
from benchmarks.checkers.judging import TOO_SLOW, Answer
from benchmarks.report import table
from benchmarks.workload import OURS

__all__ = ["Verdicts", "confusion"]


@dataclass(frozen=True)
class Verdicts:
    """All answers.

    Attributes:
        checks: what was asked.
        answers: of each checker, in the order of the checks.
        left_out: the reasons of the checkers without answers.
    """

    checks: Sequence[Check]
    answers: Mapping[str, Sequence[Answer]]
    left_out: Mapping[str, str]


def confusion(verdicts: Verdicts) -> str:
    """The errors of each checker, in all and by kind, and this project's one by one."""
    right = sum(check.right for check in verdicts.checks)
    wrong = len(verdicts.checks) - right
    lines = [
        f"Each checker, with its defaults, judges the same {len(verdicts.checks)} derivatives of first and "
        f"second order, {right} right and {wrong} wrong. Wrong ones are off by 1, 1e-1, 1e-3, 1e-5 or 1e-7 "
        "of themselves, zero, of the wrong sign, or nan; right ones are mpmath's, rounded to a float, and at "
        "a kink each subgradient. numdifftools and scipy.differentiate estimate the error of a difference: "
        "there a derivative passes within 10 times the error. All compute in float64, JAX too.",
        "",
        "## Right and wrong",
        "",
        *_totals(verdicts, right, wrong),
        "",
        *(f"Left out: {name}, {reason}.\n" for name, reason in verdicts.left_out.items()),
        "## By kind",
        "",
        "Right ones refused / wrong ones passed / neither (cannot tell, crashed or too slow).",
        "",
        *_by_kind(verdicts),
        "",
        *_ours(verdicts),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _counts(verdicts: Verdicts, name: str, kind: str | None = None) -> Counter[tuple[bool, str]]:
    """How often each verdict was given on right and on wrong derivatives."""
    pairs = zip(verdicts.checks, verdicts.answers[name], strict=True)
    return Counter((check.right, answer.verdict) for check, answer in pairs if kind in (None, check.kind))


def _totals(verdicts: Verdicts, right: int, wrong: int) -> Iterator[str]:
    rows = []
    for name, answers in verdicts.answers.items():
        counts = _counts(verdicts, name)
        undecided = counts[True, CANNOT_TELL], counts[False, CANNOT_TELL]
        failed = sum(counts[truth, verdict] for truth in (True, False) for verdict in (CRASHED, TOO_SLOW))
        rows.append(
            [
                f"**{name}**" if name == OURS else name,
                str(counts[True, DISAGREES]),
                str(counts[False, AGREES]),
                f"{sum(undecided)} ({undecided[0]} right, {undecided[1]} wrong)" if sum(undecided) else "0",
                str(failed),
                f"{sum(answer.seconds for answer in answers):.1f}",
            ]
        )
    heading = ["", f"right refused, of {right}", f"wrong passed, of {wrong}", "cannot tell"]
    return table([*heading, "crashed or too slow", "CPU seconds"], rows)


def _by_kind(verdicts: Verdicts) -> Iterator[str]:
    rows = []
    for kind in dict.fromkeys(check.kind for check in verdicts.checks):
        truths = Counter(check.right for check in verdicts.checks if check.kind == kind)
        row = [f"{KINDS[kind].title}: {truths[True]} right, {truths[False]} wrong"]
        for name in verdicts.answers:
            counts = _counts(verdicts, name, kind)
            refused, passed = counts[True, DISAGREES], counts[False, AGREES]
            decided = refused + passed + counts[True, AGREES] + counts[False, DISAGREES]
            cell = f"{refused} / {passed} / {sum(counts.values()) - decided}"
            row.append("–" if cell == "0 / 0 / 0" else cell)
        rows.append(row)
    return table(["", *verdicts.answers], rows)


def _ours(verdicts: Verdicts) -> Iterator[str]:
    """Each verdict of this project that is wrong or left open."""
    pairs = list(zip(verdicts.checks, verdicts.answers.get(OURS, []), strict=False))
    for title, truth, unwelcome in (
        (f"Right derivatives that {OURS} refuses", True, (DISAGREES,)),
        (f"Wrong derivatives that {OURS} passes", False, (AGREES,)),
        (f"Derivatives on which {OURS} gives no verdict", None, (CANNOT_TELL, CRASHED, TOO_SLOW)),
    ):
        lines = [
            f"- {check}" + (f" ({answer.remark})" if answer.remark else "")
            for check, answer in pairs
            if truth in (None, check.right) and answer.verdict in unwelcome
        ]
        yield from (f"## {title}", "", *(lines or ["None."]), "")
