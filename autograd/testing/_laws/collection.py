"""All laws by their names, in the order in which blame is given."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from autograd.testing._engines.engine import Engine
from autograd.testing._laws.calculus import BATCH, FORWARD, HESSIAN, LINEARITY, PRODUCT_RULE
from autograd.testing._laws.depth import DEEP, ONCE
from autograd.testing._laws.operations import DERIVATIVES, INPUTS, KINKS, RUNS, SEVERAL, VALUES
from autograd.testing._laws.paths import CHAIN_RULE, EQUAL_NUMBERS, LEAF, PATHS, RESULT
from autograd.testing._laws.search.law import EXAMPLES, Law, LawSkipped
from autograd.testing._laws.search.trial import Draws, Form, Trial, form_of
from autograd.testing._laws.search.violation import Violation
from autograd.testing._laws.state import ALIASING, FAILURE, SECOND, STATE
from autograd.testing._laws.variables import ORDER, PERMUTATION, UNUSED

__all__ = ["Outcome", "laws"]


@dataclass(frozen=True, repr=False)
class Outcome:
    """The result of one law on one engine.

    Attributes:
        law: the law.
        violations: the examples by which it is broken; none where it holds.
        skipped: why it does not apply, as "needs a forward mode"; empty where it does.
        follows_from: the names of broken laws that explain the violations.
    """

    law: Law
    violations: tuple[Violation, ...] = ()
    skipped: str = ""
    follows_from: tuple[str, ...] = ()

    def __repr__(self) -> str:
        if self.skipped:
            return f"<{self.law.name}: skipped, {self.skipped}>"
        broken = f"broken: {self.violations[0].message}" if self.violations else ""
        return f"<{self.law.name}: {broken or 'holds'}>"

    @property
    def holds(self) -> bool:
        """Whether the law applies and no example breaks it."""
        return not self.violations and not self.skipped


class Laws(Mapping[str, Law]):
    """The laws by their names, in the order of blame; `outcomes` tests an engine by all of them.

    ``print(laws)`` lists them with their formulas.

    >>> from autograd.testing import mutants, autograd_engine
    >>> with mutants["value sweep: = for +="]:
    ...     print(laws["a leaf used several times"].violation(autograd_engine()))
    x = Value(1.0); out = x * x; out.backward()
    x.grad is 1.0, the sum over its uses is 2.0
    """

    def __init__(self, *laws: Law) -> None:
        self._laws = {law.name: law for law in laws}

    def __getitem__(self, name: str) -> Law:
        if name not in self._laws:
            raise KeyError(f"no law is called {name!r}; there are {', '.join(self)}")
        return self._laws[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._laws)

    def __len__(self) -> int:
        return len(self._laws)

    def __str__(self) -> str:
        return "\n".join(map(str, self.values()))

    __repr__ = __str__

    def outcomes(
        self,
        engine: Engine,
        *,
        rng: int | np.random.Generator = 0,
        examples: int = EXAMPLES,
        without: Collection[Form] = (),
    ) -> Iterator[Outcome]:
        """Test an engine by all laws, in order; an operation that is wrong by itself is left out later.

        Args:
            engine: the adapter of the engine.
            rng: a seed or a generator.
            examples: the number of programs drawn at random.
            without: operations to leave out from the beginning: see `Law.violations`.

        >>> from autograd.testing import autograd_engine
        >>> all(outcome.holds or outcome.skipped for outcome in laws.outcomes(autograd_engine()))
        True
        """
        draws = Draws(np.random.default_rng(rng), examples)
        broken: set[str] = set()
        wrong = set(without)
        for law in self._laws.values():
            if reason := law.reason_to_skip(engine, wrong):
                yield Outcome(law, skipped=reason)
                continue
            try:
                violations = law.violations_of(Trial(law.name, engine, draws, frozenset(wrong)))
            except LawSkipped as skipped:
                yield Outcome(law, skipped=str(skipped))
                continue
            follows_from = tuple(name for name in law.follows if name in broken)
            if violations:
                broken.add(law.name)
            if law.is_about_operations:
                wrong.update(form_of(line) for v in violations for line in v.program.lines)
            yield Outcome(law, violations, follows_from=follows_from if violations else ())


laws = Laws(
    RUNS,
    INPUTS,
    VALUES,
    DERIVATIVES,
    KINKS,
    EQUAL_NUMBERS,
    CHAIN_RULE,
    LEAF,
    RESULT,
    PATHS,
    SEVERAL,
    ONCE,
    DEEP,
    ORDER,
    UNUSED,
    PERMUTATION,
    LINEARITY,
    PRODUCT_RULE,
    FORWARD,
    HESSIAN,
    BATCH,
    SECOND,
    ALIASING,
    STATE,
    FAILURE,
)
"""The laws by their names: ``laws["chain rule"](engine)`` raises `LawBroken` where it is broken."""
