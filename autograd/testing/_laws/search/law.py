"""A law: a statement about derivatives, and the search for a program that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from unittest import SkipTest

import numpy as np

from autograd.testing._engines.engine import Engine
from autograd.testing._laws.search.trial import Draws, Form, Trial
from autograd.testing._laws.search.violation import LawBroken, Violation

__all__ = ["Law", "LawSkipped"]

CAPABILITIES = {
    "tape": "nodes that are swept backward",
    "jvp": "a forward mode",
    "hessian": "second derivatives",
    "mean_gradient": "batches",
}
EXAMPLES = 60  # random programs of each kind


class LawSkipped(SkipTest):
    """The law does not apply: the engine lacks the capability that it is about. pytest skips the test.

    >>> from autograd.testing import laws, autograd_engine
    >>> laws["batch = mean of examples"](autograd_engine())
    Traceback (most recent call last):
        ...
    autograd.testing.LawSkipped: batch = mean of examples: autograd needs batches
    """

    __module__ = "autograd.testing"  # where users find it


@dataclass(frozen=True, repr=False)
class Law:
    """A statement about derivatives that holds for any engine.

    Calling a law tests an engine: nothing happens where it holds.

    Attributes:
        name: by which `laws` has it.
        statement: the law in one sentence, with its formula.
        search: the violations of a trial: one at most, or one of each form of each operation for the laws
            about single operations.
        needs: attributes of `Engine` that must not be None.
        operations: of the table, in which the law is stated.
        follows: names of laws whose violation explains a violation of this one.
        is_about_operations: whether each violation is about one operation, which is wrong by itself.

    >>> from autograd.testing import laws, autograd_engine
    >>> laws["linearity"](autograd_engine())
    >>> print(laws["linearity"])
    linearity: ∇(2 f + 3 g) = 2 ∇f + 3 ∇g
    """

    name: str
    statement: str
    search: Callable[[Trial], Iterable[Violation]] = field(compare=False, repr=False)
    needs: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    is_about_operations: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.statement}"

    def __repr__(self) -> str:
        return f"<law {self}>"

    def reason_to_skip(self, engine: Engine, without: Collection[Form] = ()) -> str:
        """The missing capability, as "needs a forward mode"; empty where the law applies.

        Args:
            engine: the adapter of the engine.
            without: operations with mistakes; a law that is stated in them does not apply.
        """
        if not isinstance(engine, Engine):
            raise TypeError(
                f"a law takes an Engine, not {engine!r:.60}: Engine.of_tape makes one, and grade takes "
                "classes and files"
            )
        available = set(engine.operations) - {name for name, _ in without}
        missing = [CAPABILITIES[need] for need in self.needs if getattr(engine, need) is None]
        missing += [f"a correct {name}" for name in self.operations if name not in available]
        return f"needs {' and '.join(missing)}" if missing else ""

    def violations(
        self,
        engine: Engine,
        *,
        rng: int | np.random.Generator = 0,
        examples: int = EXAMPLES,
        without: Collection[Form] = (),
    ) -> tuple[Violation, ...]:
        """The examples by which an engine breaks the law; none where it holds.

        Args:
            engine: the adapter of the engine.
            rng: a seed or a generator; one seed gives the same violations each time.
            examples: the number of programs drawn at random.
            without: operations to leave out, each with the places of its constants:
                ``("sub", (False, False))`` is x - y, ``("sub", (False, True))`` is x - 2.

        Raises:
            LawSkipped: where the engine lacks the capability that the law is about.
        """
        if reason := self.reason_to_skip(engine):
            raise LawSkipped(f"{self.name}: {engine.name} {reason}")
        draws = Draws(np.random.default_rng(rng), examples)
        return self.violations_of(Trial(self.name, engine, draws, frozenset(without)))

    def violations_of(self, trial: Trial) -> tuple[Violation, ...]:
        """The violations of a trial, without NumPy's warnings from the engine."""
        with np.errstate(all="ignore"):
            return tuple(self.search(trial))

    def violation(self, engine: Engine, **options: object) -> Violation | None:
        """The first of `violations`, which takes the same arguments; None where the law holds."""
        return next(iter(self.violations(engine, **options)), None)  # type: ignore[arg-type]

    def __call__(self, engine: Engine, **options: object) -> None:
        """Raise `LawBroken` where the engine breaks the law; the arguments are those of `violations`."""
        if violation := self.violation(engine, **options):
            raise LawBroken(self.statement, violation) from None
