"""The grade of one engine, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

__all__ = ["BROKEN", "CANNOT_RUN", "HELD", "Grade", "LawResult"]

HELD, BROKEN, CANNOT_RUN = 0, 1, 2


@dataclass(frozen=True)
class LawResult:
    """One law, on one engine.

    Attributes:
        law: its name.
        statement: the law in one sentence.
        verdict: "held", "broken" or "skipped".
        weight: its part of the mark.
        example: the smallest program that breaks the law, as lines to paste, in the engine's own words.
        outcome: the number of the engine, and the right one.
        cause: the likely mistake; empty where none fits.
        follows: the name of an earlier law whose violation explains this one.
        reason: why the law was skipped.
    """

    law: str
    statement: str
    verdict: str
    weight: float = 1.0
    example: str = ""
    outcome: str = ""
    cause: str = ""
    follows: str = ""
    reason: str = ""


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
    >>> broken = LawResult("inputs", "no input changes", "broken", weight=3.0)
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
        """The weights of the laws that hold, of all that apply, scaled to `out_of`; to a tenth, 0 where it cannot be run."""
        best = sum(law.weight for law in self.laws if law.verdict != "skipped")
        held = sum(law.weight for law in self.laws if law.verdict == "held")
        if self.problem or not best:
            return 0.0
        # The best mark is for engines that break nothing: rounding does not give it away.
        mark = round(self.out_of * held / best, 1)
        return mark if held == best else min(mark, self.out_of - 0.1)

    def points(self, law: LawResult) -> tuple[float, float]:
        """What a law adds to the mark, and what it could add."""
        total = sum(each.weight for each in self.laws if each.verdict != "skipped")
        most = 0.0 if law.verdict == "skipped" else self.out_of * law.weight / total
        return (most if law.verdict == "held" else 0.0), most

    def __bool__(self) -> bool:
        return self.status == HELD

    def __repr__(self) -> str:
        if self.problem:
            return f"<grade of {self.name}: cannot be run: {self.problem.splitlines()[0]}>"
        if not self.broken:
            return f"<grade of {self.name}: {self.mark:g} of {self.out_of:g}; all laws hold>"
        names = ", ".join(law.law for law in self.broken)
        first = next((law.cause for law in self.broken if law.cause), "")
        return (
            f"<grade of {self.name}: {self.mark:g} of {self.out_of:g}; broken: {names}"
            + (f": {first}" if first else "")
            + ">"
        )

    def to_dict(self) -> dict[str, Any]:
        """The grade for JSON."""
        return {"name": self.name, "status": self.status, "mark": self.mark} | asdict(self)

    @classmethod
    def of_dict(cls, data: Mapping[str, Any]) -> Grade:
        """The grade that `to_dict` wrote."""
        laws = tuple(LawResult(**law) for law in data["laws"])
        fields = {k: data[k] for k in ("name", "engine", "problem", "out_of")}
        return cls(**fields, laws=laws, notes=tuple(data["notes"]))

    def called(self, name: str) -> Grade:
        """The same grade under another name."""
        return replace(self, name=name)
