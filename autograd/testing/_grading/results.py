"""The results of laws on one engine, and its mark, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["BROKEN", "CANNOT_RUN", "HELD", "Example", "LawResult", "Marks"]

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
        share: the part of the weight that counts: all of it where the law holds, none where it is broken;
            of a law about single operations 1/2 with one wrong operation, 1/3 with two.
        examples: the smallest program that breaks the law; of a law about single operations one for each form
            that is wrong.
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

    @property
    def distinct(self) -> tuple[Example, ...]:
        """The examples of different operations and causes, the first of each."""
        told: set[str] = set()
        examples = []
        for example in self.examples:
            parts = {example.cause, example.operation} - {""}
            if not parts & told:
                told |= parts
                examples.append(example)
        return tuple(examples)

    def to_dict(self) -> dict[str, Any]:
        """The result for JSON."""
        return asdict(self)

    @classmethod
    def of_dict(cls, data: Mapping[str, Any]) -> LawResult:
        """The result that `to_dict` wrote."""
        return cls(**{**data, "examples": tuple(Example(**example) for example in data["examples"])})


@dataclass(frozen=True)
class Marks:
    """All laws on one engine.

    Attributes:
        name: of the file, or of the engine.
        engine: the name of the class of nodes; empty where there is none.
        laws: the results, in the order of blame.
        problem: why the file cannot be run; empty where it can.
        notes: on parts of the file that did not run.
        out_of: the best mark.

    >>> held = LawResult("chain rule", "(f ∘ g)′ = (f′ ∘ g) g′", "held")
    >>> broken = LawResult("inputs", "no input changes", "broken", weight=3.0, share=0.0)
    >>> Marks("student.py", "Value", (held, broken)).mark
    5.0
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
        """0 where all laws hold, 1 where one is broken, 2 where the file cannot be run, or no law applies."""
        if self.broken and not self.problem:
            return BROKEN
        return HELD if any(law.verdict == "held" for law in self.laws) and not self.problem else CANNOT_RUN

    @property
    def mark(self) -> float:
        """The weights of the laws that hold, of all that apply, scaled to `out_of`, to a tenth.

        It is 0 where the file cannot be run. The best mark is for engines that break nothing: rounding does
        not give it away.
        """
        got = sum((self.points(law)[0] for law in self.laws), 0.0)
        return round(got, 1) if not self.broken else min(round(got, 1), self.out_of - 0.1)

    def points(self, law: LawResult) -> tuple[float, float]:
        """The points of a law, and the most that it can have; both are 0 where it was skipped."""
        total = sum(each.weight for each in self.laws if each.verdict != "skipped")
        most = 0.0 if law.verdict == "skipped" or self.problem else self.out_of * law.weight / total
        return most * law.share, most
