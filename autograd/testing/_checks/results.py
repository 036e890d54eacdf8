"""The result of a check of a rule, aspect by aspect."""

from __future__ import annotations

from dataclasses import dataclass

from autograd._derivatives.differences.judging import AGREES, DISAGREES, UNDECIDED
from autograd._support.notebooks import Table

__all__ = ["Aspect", "RuleReport"]

SHOWN = 3  # problems of an aspect in the text of a report


@dataclass(frozen=True)
class Aspect:
    """One side of a rule.

    Attributes:
        name: such as ``value`` or ``first derivative``.
        checked: at how many points.
        undecided: at how many of them differences could not tell.
        problems: a sentence for each disagreement, with the point.
    """

    name: str
    checked: int
    undecided: int = 0
    problems: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """``agrees``, ``disagrees``, or ``cannot tell`` where no point was decided."""
        if self.problems:
            return DISAGREES
        return UNDECIDED if 0 < self.checked == self.undecided else AGREES


@dataclass(frozen=True, repr=False)
class RuleReport:
    """The report of `check_rule`; true where all aspects agree.

    Attributes:
        name: of the rule.
        aspects: its sides, in the order in which they were checked.
        points: at how many points of its domain.
        seconds: the time it took.

    >>> print(RuleReport("cubed", (Aspect("value", 20), Aspect("first derivative", 20, 1)), 20, 0.25))
    cubed: agrees (20 points, 0.25 s)
      value             agrees (20 checked)
      first derivative  agrees (20 checked, 1 cannot be told)
    """

    name: str
    aspects: tuple[Aspect, ...]
    points: int
    seconds: float

    @property
    def verdict(self) -> str:
        """``disagrees`` if any aspect does, else ``cannot tell`` if any cannot be told, else ``agrees``."""
        verdicts = [aspect.verdict for aspect in self.aspects]
        return next((v for v in (DISAGREES, UNDECIDED) if v in verdicts), AGREES)

    def __bool__(self) -> bool:
        return self.verdict == AGREES

    def __repr__(self) -> str:
        wrong = "; ".join(problem for aspect in self.aspects for problem in aspect.problems[:1])
        return f"<rule {self.name}: {self.verdict} ({self.points} points){': ' if wrong else ''}{wrong}>"

    def __str__(self) -> str:
        width = max((len(aspect.name) for aspect in self.aspects), default=0)
        lines = [f"{self.name}: {self.verdict} ({self.points} points, {self.seconds:.2f} s)"]
        for aspect in self.aspects:
            undecided = f", {aspect.undecided} cannot be told" if aspect.undecided else ""
            lines.append(
                f"  {aspect.name.ljust(width)}  {aspect.verdict} ({aspect.checked} checked{undecided})"
            )
            lines += [f"    {problem}" for problem in aspect.problems[:SHOWN]]
            if len(aspect.problems) > SHOWN:
                lines.append(f"    and {len(aspect.problems) - SHOWN} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = [[a.name, a.verdict, str(a.checked), str(a.undecided)] for a in self.aspects]
        problems = [f"{a.name}: {problem}" for a in self.aspects for problem in a.problems[:SHOWN]]
        title = str(self).partition("\n")[0]
        return Table(["aspect", "verdict", "checked", "cannot be told"], rows, (0, 1), title, problems).html()

    def raise_if_wrong(self) -> None:
        """Raise the report as an error, if any aspect disagrees.

        Raises:
            AssertionError: with the text of the report.
        """
        __tracebackhide__ = True
        if self.verdict == DISAGREES:
            raise AssertionError(str(self))
