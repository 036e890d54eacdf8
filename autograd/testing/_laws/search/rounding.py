"""The right value and gradient of a program, with the errors that rounding may cause in any engine.

Each operation gets a relative error of 2⁻²⁶ in its value and in its derivatives; the spread over a few runs,
scaled to the engine's own rounding, is what a right engine may be off. A function that is not arithmetic gets
an absolute error too, since its textbook form cancels: 1 - tanh(x)² is right to 2⁻⁵³ and no better.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from autograd._graph.node import DomainError
from autograd._table.define import rows
from autograd._table.rows import Row
from autograd.testing._programs.operations import Operation, operation
from autograd.testing._programs.program import Program

__all__ = ["Reference", "reference"]

NOISE = 2.0**-26
RUNS = 5
FACTOR = 64.0  # roundings that add up, and engines whose functions are a few ulp off
FLOOR = 4096.0  # ulp that are forgiven in any case
ARITHMETIC = ("add", "sub", "mul", "truediv", "neg", "pow")


@dataclass(frozen=True)
class Reference:
    """The right numbers of a program.

    Attributes:
        value: of its output.
        gradient: by its variables.
        spreads: of the value and of the gradient's entries, for one unit of relative error in each operation.
        bounds: the sums of the terms' sizes: an entry of the gradient is a sum over paths, whose terms may
            cancel early in one engine and late in another.
        is_smooth: whether no operation is at a kink.
    """

    value: float
    gradient: tuple[float, ...]
    spreads: tuple[float, ...]
    bounds: tuple[float, ...]
    is_smooth: bool

    def tolerances(self, epsilon: float) -> tuple[float, ...]:
        """The errors that an engine may make whose numbers have the relative spacing epsilon."""
        numbers = zip(self.spreads, self.bounds, (self.value, *self.gradient), strict=True)
        return tuple(epsilon * (FACTOR * (spread + bound) + FLOOR * abs(x)) for spread, bound, x in numbers)


def reference(program: Program) -> Reference | None:
    """The right numbers of a program of one output; None where one of them is not finite.

    >>> from autograd.testing import Line
    >>> right = reference(Program(("x",), (3.0,), (Line("a", "mul", ("x", "x")),)))
    >>> right.value, right.gradient, max(right.tolerances(2**-52)) < 1e-11
    (9.0, (6.0,), True)
    """
    return _reference(program, tuple(map(operation, sorted(program.operations))))


@functools.lru_cache(4096)
def _reference(program: Program, operations: tuple[Operation, ...]) -> Reference | None:
    """The reference of a program with operations as the table has them now."""
    table = {row.name: row for row in rows()}
    run = _Run(table, len(program.variables), None)
    exact = run.of(program)
    if exact is None:
        return None
    rng = np.random.default_rng(0)
    noisy = [_Run(table, len(program.variables), rng).of(program) for _ in range(RUNS)]
    spreads = [math.inf] * len(exact)
    if None not in noisy:
        columns = zip(exact, *(n for n in noisy if n is not None), strict=True)
        spreads = [max(abs(x - column[0]) for x in column) / NOISE for column in columns]
    return Reference(exact[0], exact[1:], tuple(spreads), run.bounds, run.is_smooth)


@dataclass(frozen=True, slots=True)
class _Dual:
    """A number and its derivatives by the variables, with the sums of the sizes of their terms."""

    value: float
    gradient: tuple[float, ...]
    bounds: tuple[float, ...]


class _Run:
    """One evaluation, with errors from rng."""

    def __init__(self, table: Mapping[str, Row], count: int, rng: np.random.Generator | None) -> None:
        self.table = table
        self.rng = rng
        self.zeros = (0.0,) * count
        self.is_smooth = True
        self.bounds: tuple[float, ...] = ()

    def of(self, program: Program) -> tuple[float, ...] | None:
        """The value, and the gradient after it."""
        count = len(program.variables)
        units = [tuple(float(i == j) for j in range(count)) for i in range(count)]
        variables = [_Dual(x, unit, unit) for x, unit in zip(program.point, units, strict=True)]
        try:
            out = program.function(self)(*variables)  # type: ignore[arg-type]
        except (DomainError, ArithmeticError, ValueError):
            return None
        numbers = (out.value, *out.gradient)
        self.bounds = (abs(out.value), *out.bounds)
        return numbers if all(map(math.isfinite, numbers)) else None

    def get(self, name: str) -> Callable[..., _Dual] | None:
        row = self.table.get(name)
        return row and functools.partial(self.apply, row)

    def __getitem__(self, name: str) -> Callable[..., _Dual]:
        return functools.partial(self.apply, self.table[name])

    def apply(self, row: Row, *args: _Dual | float) -> _Dual:
        values = [a.value if isinstance(a, _Dual) else a for a in args]
        out = row.on_floats(*values)
        if row.kink is not None and row.distance_to_kink(*values) < 1e-6:
            self.is_smooth = False
        least = 0.0 if row.name in ARITHMETIC else 1.0
        gradient = bounds = self.zeros
        for i, a in enumerate(args):
            if isinstance(a, _Dual):
                partial = self.blur(_partial(row, i, values, out), least)
                gradient = tuple(g + partial * d for g, d in zip(gradient, a.gradient, strict=True))
                bounds = tuple(b + abs(partial) * d for b, d in zip(bounds, a.bounds, strict=True))
        return _Dual(self.blur(out, least), gradient, bounds)

    def blur(self, x: float, least: float) -> float:
        if self.rng is None:
            return x
        return x + float(self.rng.uniform(-1, 1)) * NOISE * max(abs(x), least)


def _partial(row: Row, i: int, values: list[float], out: float) -> float:
    if row.reverse_only:
        pull = row.float_pulls[i]
        return 0.0 if pull is None else float(pull(1.0, tuple(values), out, {}))
    return float(row.float_partials[i](*values, out))
