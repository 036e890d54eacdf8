"""Grades as text, for their author and for a lecturer."""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Iterator, Sequence

from autograd.testing._grading.results import Example, LawResult, Marks

__all__ = ["PLAIN", "Style", "marks_table", "report"]

WIDEST = 100
INDENT = " " * 6
VERDICT = 9  # letters
MOST_FOLLOWERS = 6
MOST_REPORTED = 4  # examples of a law
LONGEST_PROBLEM = 80

Style = dict[str, str]
"""Escape sequences by the names of parts: held, broken, skipped, code, bold, end."""

PLAIN: Style = dict.fromkeys(("held", "broken", "skipped", "code", "bold", "end"), "")
# Blue and orange, which few people confuse; the words say the same.
COLORS: Style = {
    "held": "\x1b[34m", "broken": "\x1b[38;5;166m", "skipped": "\x1b[2m", "code": "\x1b[36m",
    "bold": "\x1b[1m", "end": "\x1b[0m",
}  # fmt: skip


def report(marks: Marks, width: int = 88, style: Style = PLAIN) -> str:
    """The grade of one engine: a line for each law, and what is wrong in those that are broken.

    >>> from autograd.testing._grading.results import LawResult
    >>> print(report(Marks("student.py", "Value", (LawResult("chain rule", "", "held"),))))
    student.py  class Value
    <BLANKLINE>
      held     chain rule                                                         20.0 / 20.0
    <BLANKLINE>
    20 of 20: all laws hold.
    """
    return "\n".join(_lines(marks, min(width, WIDEST), style))


def _lines(marks: Marks, width: int, style: Style) -> Iterator[str]:
    engine = f"  class {marks.engine}" if marks.engine and marks.engine != marks.name else ""
    yield f"{style['bold']}{marks.name}{style['end']}{engine}"
    for note in marks.notes:
        yield from _wrapped(f"note: {note}", width, "  ")
    if marks.problem:
        yield f"  {style['broken']}cannot be run{style['end']}"
        yield ""
        yield from _problem(marks.problem, width)
        yield ""
        yield f"0 of {marks.out_of:g}: the file cannot be run."
        return
    yield ""
    yield from _rows(marks, width, style)
    yield from _skipped(marks.laws, width, style)
    for law in marks.broken:
        if not law.follows:
            yield ""
            yield from _details(law, width, style)
    yield ""
    yield _summary(marks)


def _rows(marks: Marks, width: int, style: Style) -> Iterator[str]:
    """A line for each law; laws that follow from another one are one line where they are many."""
    followers: dict[str, list[LawResult]] = {}
    for law in marks.broken:
        followers.setdefault(law.follows, []).append(law)
    many = {name: laws for name, laws in followers.items() if name and len(laws) > MOST_FOLLOWERS}
    for law in marks.laws:
        if law.verdict != "skipped" and law.follows not in many:
            name = law.law + (f', follows from "{law.follows}"' if law.follows else "")
            yield _row(marks, [law], name, width, style)
        if law.law in many:
            name = f'{len(many[law.law])} more, follow from "{law.law}"'
            yield _row(marks, many[law.law], name, width, style)


def _row(marks: Marks, laws: Sequence[LawResult], name: str, width: int, style: Style) -> str:
    got, most = (sum(numbers) for numbers in zip(*map(marks.points, laws), strict=True))
    points = f"{got:.1f} / {most:.1f}"
    room = width - VERDICT - 2 - len(points)
    if len(name) >= room:
        name = f"{laws[0].law}, for the same reason"
    verdict = laws[0].verdict
    return f"  {style[verdict]}{verdict:<{VERDICT}}{style['end']}{name:<{room}}{points}"


def _details(law: LawResult, width: int, style: Style) -> Iterator[str]:
    """The examples of a broken law, one for each operation and cause."""
    yield f"{style['bold']}{law.law}{style['end']}"
    yield from _wrapped(law.statement, width, "  ")
    for example in law.distinct[:MOST_REPORTED]:
        yield from _example(example, width, style)
    if more := [example.operation for example in law.distinct[MOST_REPORTED:]]:
        yield ""
        yield from _wrapped(f"{len(more)} more operations break it: {', '.join(more)}.", width, "  ")


def _example(example: Example, width: int, style: Style) -> Iterator[str]:
    yield ""
    for line in example.code.splitlines():
        yield f"{INDENT}{style['code']}{line}{style['end']}"
    yield from _wrapped(example.outcome, width, INDENT)
    if example.cause:
        yield ""
        yield from _wrapped(example.cause, width, "  ")


def _skipped(laws: Sequence[LawResult], width: int, style: Style) -> Iterator[str]:
    """The laws that do not apply, by the reason."""
    reasons: dict[str, list[str]] = {}
    for law in laws:
        if law.verdict == "skipped":
            reasons.setdefault(law.reason, []).append(law.law)
    for reason, names in reasons.items():
        text = f"{', '.join(names)}: {reason}"
        lines = textwrap.wrap(text, width - VERDICT - 2)
        yield f"  {style['skipped']}{'skipped':<{VERDICT}}{lines[0]}{style['end']}"
        for line in lines[1:]:
            yield f"  {style['skipped']}{'':<{VERDICT}}{line}{style['end']}"


def _summary(marks: Marks) -> str:
    applied = [law for law in marks.laws if law.verdict != "skipped"]
    broken = len(marks.broken)
    if not applied:
        return "No law applies to this engine."
    if not broken:
        return f"{marks.mark:g} of {marks.out_of:g}: all laws hold."
    return (
        f"{marks.mark:g} of {marks.out_of:g}: {broken} of {len(applied)} laws "
        f"{'is' if broken == 1 else 'are'} broken."
    )


def _problem(text: str, width: int) -> Iterator[str]:
    """A message whose last part may be code."""
    words, _, code = text.partition("\n\n")
    yield from _wrapped(words, width, "  ")
    if code:
        yield ""
        yield from (f"      {line}".rstrip() for line in code.splitlines())


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def marks_table(grades: Sequence[Marks], style: Style = PLAIN) -> str:
    """The marks of several engines, one a line."""
    longest = max(len(each.name) for each in grades)
    lines = []
    for each in grades:
        outcome = "all laws hold"
        if each.problem:
            outcome = f"cannot be run: {textwrap.shorten(each.problem, LONGEST_PROBLEM, placeholder=' …')}"
        elif each.broken:
            outcome = ", ".join(law.law for law in each.broken if not law.follows)
        part = "broken" if each.status else "held"
        lines.append(f"{each.name:<{longest}}  {each.mark:>5.1f}  {style[part]}{outcome}{style['end']}")
    middle = statistics.median(each.mark for each in grades)
    lines.append(f"{len(grades)} files; median {middle:.1f} of {grades[0].out_of:g}")
    return "\n".join(lines)
