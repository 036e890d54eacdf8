"""Operations of programs: the rows of the table, and a few functions of several numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from autograd._graph.primitive import PRIMITIVES
from autograd._table.define import rows
from autograd._table.rows import Row

__all__ = ["Operation", "Operations", "operation", "operations", "row_named"]

Operations = Mapping[str, Callable[..., Any]]
"""The operations of an engine by their names, as functions of its nodes and of numbers."""


@dataclass(frozen=True)
class Operation:
    """An operation that a line of a program performs.

    Attributes:
        name: as in the table.
        row: its row; None for a function of several numbers.
        definition: what it computes, from the operations of an engine and the arguments.
        least, most: the number of arguments; most is None where any larger number goes.
    """

    name: str
    row: Row | None
    definition: Callable[..., Any]
    least: int
    most: int | None

    def takes(self, count: int) -> bool:
        """Whether it can be applied to so many arguments."""
        return self.least <= count and (self.most is None or count <= self.most)


@cache  # one object a row; rows are told apart by identity
def _row(row: Row) -> Operation:
    return Operation(row.name, row, lambda engine, *xs: engine[row.name](*xs), row.arity, row.arity)


def _sum(engine: Operations, *xs: Any) -> Any:
    total = xs[0]
    for x in xs[1:]:
        total = engine["add"](total, x)
    return total


def _mean(engine: Operations, *xs: Any) -> Any:
    """mean(x₁, …, xₙ) = (x₁ + … + xₙ) / n"""
    return engine["truediv"](_sum(engine, *xs), float(len(xs)))


def _softmax(engine: Operations, *xs: Any) -> Any:
    """The first number of softmax: 1 / (1 + Σ exp(xᵢ - x₁))"""
    others = [engine["exp"](engine["sub"](x, xs[0])) for x in xs[1:]]
    return engine["truediv"](1.0, _sum(engine, 1.0, *others))


def _spread(engine: Operations, x: Any, y: Any) -> Any:
    """Σ (x + y c) for c = 1, 2, 3, where arrays repeat x: 3 x + 6 y"""
    return _sum(engine, *(engine["add"](x, engine["mul"](y, c)) for c in (1.0, 2.0, 3.0)))


_SEVERAL = {
    "mean": Operation("mean", None, _mean, 2, None),
    "softmax": Operation("softmax", None, _softmax, 2, None),
    "spread": Operation("spread", None, _spread, 2, 2),
}


def operation(name: str) -> Operation:
    """The operation of that name.

    Raises:
        ValueError: where neither the table nor the functions of several numbers have it.

    >>> operation("mul").row
    <primitive mul>
    >>> operation("mean").takes(5)
    True
    """
    row = row_named(name)
    if row is not None:
        return _row(row)
    if name in _SEVERAL:
        return _SEVERAL[name]
    raise ValueError(f"no operation is called {name!r}; there are {', '.join(operations())}")


def row_named(name: str) -> Row | None:
    """The public row of that name: of several from outside, the one that was defined last."""
    row = PRIMITIVES.get(name)
    if row is None:  # a row from outside has another key
        row = next((r for r in reversed([*rows()]) if r.name == name), None)
    return row if isinstance(row, Row) and row.public else None


def operations() -> dict[str, Operation]:
    """All operations by their names: the public rows of the table, and `mean`, `softmax`, `spread`."""
    return {row.name: _row(row) for row in rows() if row.public} | _SEVERAL
