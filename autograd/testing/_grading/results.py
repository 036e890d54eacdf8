"""The grade of one engine, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["BROKEN", "CANNOT_RUN", "HELD", "Example", "Grade", "LawResult"]

HELD, BROKEN, CANNOT_RUN = 0, 1, 2


@dataclass(frozen=True)
class Example:
    """A program that breaks a law.

    Attributes:
        code: lines to paste, in the engine's own words.
        outcome: the number of the engine, and the right one; or the exception.
        cause: the likely mistake; empty where none fits.
        operation: of a law about single operations.
    """

    code: str
    outcome: str
    cause: str = ""
    operation: str = ""


@dataclass(frozen=True)
class LawResult:
    """One law, on one engine.

    Attributes:
        law: its name.
        statement: the law in one sentence.
        verdict: "held", "broken" or "skipped".
        weight: its part of the mark.
        share: the part of the weight that the engine gets: of a law about single operations 1/(1 + the wrong
            ones).
        examples: the smallest program that breaks the law; of a law about single operations one for each wrong one.
        follows: the name of an earlier law that is broken for the same reason.
        reason: why the law was skipped.
    """

    law: str
    statement: str
    verdict: str
    weight: float = 1.0
    share: float = 1.0
    examples: tuple[Example, ...] = ()
    follows: str = ""
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The result for JSON."""
        return asdict(self)

    @classmethod
    def of_dict(cls, data: Mapping[str, Any]) -> LawResult:
        """The result that `to_dict` wrote."""
        return cls(**{**data, "examples": tuple(Example(**example) for example in data["examples"])})


@dataclass(frozen=True)
class Grade:
    """All laws on one engine; true where all hold.

    Attributes:
        name: of the file, or of the engine.
        engine: the name of the class of nodes; empty where there is none.
        laws: the results, in the order of blame.
        problem: why the file cannot be run; empty where it can.
        notes: on parts of the file that did not run.
        out_of: the best mark.

    >>> held = LawResult("chain rule", "(f ∘ g)′ = (f′ ∘ g) g′", "held")
    >>> broken = LawResult("inputs", "no input changes", "broken", weight=3.0, share=0.0)
    >>> Grade("student.py", "Value", (held, broken))
    <grade of student.py: 5 of 20; broken: inputs>
    """

    name: str
    engine: str = ""
    laws: tuple[LawResult, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    out_of: float = 20.0

    @property
    def broken(self) -> tuple[LawResult, ...]:
        """The laws that do not hold."""
        return tuple(law for law in self.laws if law.verdict == "broken")

    @property
    def status(self) -> int:
        """0 where all laws hold, 1 where one is broken, 2 where the file cannot be run."""
        return CANNOT_RUN if self.problem else BROKEN if self.broken else HELD

    @property
    def mark(self) -> float:
        """The shares of all laws that apply, by their weights, scaled to `out_of`; to a tenth, 0 where the file cannot be run.

        The best mark is for engines that break nothing: rounding does not give it away.
        """
        got = sum(self.points(law)[0] for law in self.laws)
        return round(got, 1) if not self.broken else min(round(got, 1), self.out_of - 0.1)

    def points(self, law: LawResult) -> tuple[float, float]:
        """The points of a law, and the most that it can have; both are 0 where it was skipped."""
        total = sum(each.weight for each in self.laws if each.verdict != "skipped")
        most = 0.0 if law.verdict == "skipped" or self.problem else self.out_of * law.weight / total
        return most * law.share, most

    def __bool__(self) -> bool:
        return self.status == HELD

    def __repr__(self) -> str:
        if self.problem:
            return f"<grade of {self.name}: cannot be run: {self.problem.splitlines()[0]}>"
        if not self.broken:
            return f"<grade of {self.name}: {self.mark:g} of {self.out_of:g}; all laws hold>"
        names = ", ".join(law.law for law in self.broken)
        causes = (example.cause for law in self.broken for example in law.examples if example.cause)
        cause = next((f": {cause}" for cause in causes), "")
        return f"<grade of {self.name}: {self.mark:g} of {self.out_of:g}; broken: {names}{cause}>"

    def to_dict(self) -> dict[str, Any]:
        """The grade for JSON."""
        return asdict(self) | {"status": self.status, "mark": self.mark}
