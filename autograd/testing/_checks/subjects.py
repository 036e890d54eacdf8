"""The rule that is checked: a row of the table or from outside, or a function with its derivative."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from autograd._graph.primitive import PRIMITIVES
from autograd._table import define as table
from autograd._table.intervals import Interval
from autograd._table.readings import FLOATS, NUMPY
from autograd._table.rows import ARITHMETIC, Row
from autograd.extend._define import keys_of
from autograd.extend._registry import new_key
from autograd.extend._rows import OwnRow
from autograd.extend._rows import Row as Description
from autograd.testing._strategies.domains import Domain, Point, domain_of, is_overflow
from autograd.testing._strategies.numbers import intervals

__all__ = ["Subject", "subject"]


@dataclass(frozen=True)
class Subject:
    """A rule on numbers.

    Attributes:
        name: for the report.
        call: the function, on floats and, without `derivative`, on nodes.
        domain: where it is defined.
        row: its row; None for a function with a derivative of its own.
        derivative: of such a function: of its inputs, as one number or a tuple.
    """

    name: str
    call: Callable[..., Any]
    domain: Domain
    row: Row | None = None
    derivative: Callable[..., Any] | None = None

    @property
    def orders(self) -> int:
        """Up to which order it has derivatives: a derivative that is code has none of its own."""
        if self.row is None or self.row.reverse_only:
            return 1
        refusals = (name for name in self.row.names if "__" in name)
        return 1 if any(_is_code(PRIMITIVES.get(name)) for name in refusals) else 2

    def partials(self, point: Point, out: float) -> list[float]:
        """The first derivatives at a point; infinite ones where they overflow.

        Raises:
            ValueError: where one is undefined.
        """
        if self.derivative is not None:
            gradient = self.derivative(*point)
            return [float(g) for g in (gradient if isinstance(gradient, (tuple, list)) else (gradient,))]
        return [_or_infinite(partial, (*point, out)) for partial in self.domain.partials]

    def is_at_an_end(self, point: Point) -> bool:
        """Whether an input is at the end of an interval, where a derivative may be infinite."""
        return any(
            x in (i.low, i.high) for x, parts in zip(point, self.domain.parts, strict=True) for i in parts
        )


def _is_code(row: Any) -> bool:
    return isinstance(row, OwnRow) and row.entry.startswith("function ")


def _or_infinite(partial: Callable[..., Any], arguments: Sequence[float]) -> float:
    try:
        return float(partial(*arguments))
    except NotImplementedError:  # code says that there is none
        return math.nan
    except ARITHMETIC as error:
        if is_overflow(error):
            return math.inf
        raise ValueError(str(error)) from None


@contextmanager
def subject(
    rule: Any, derivative: Callable[..., Any] | None, domain: str | Sequence[str] | None
) -> Iterator[Subject]:
    """The subject that a user's argument stands for. A row that is not defined is in the table meanwhile."""
    if isinstance(rule, str):
        rule = _named(rule)
    elif not isinstance(rule, Description):
        rule = _row_of(rule)
    if isinstance(rule, (Row, Description)):
        if derivative is not None:
            raise TypeError(f"the row {rule.name!r} has its derivative already: leave out derivative=")
        with _defined(rule) as row:
            yield Subject(row.name, row, _narrowed(domain_of(row), domain), row)
        return
    if not callable(rule) or derivative is None:
        raise TypeError(
            "check_rule takes a primitive, its name, a Row, or a function with derivative=, not "
            f"{rule!r:.60}; for a function of autograd's own operations there is check_gradient"
        )
    name = getattr(rule, "__name__", "function")
    where = domain_of(rule) if domain is None else Domain(rule, _parts(domain), in_words=False)
    yield Subject(name, rule, where, derivative=derivative)


def _named(name: str) -> Any:
    if name not in PRIMITIVES:
        raise ValueError(f"the table has no primitive called {name!r}")
    return PRIMITIVES[name]


def _row_of(rule: Any) -> Any:
    try:
        return NUMPY.get(rule, rule)
    except TypeError:  # not hashable, so no function of NumPy's
        return rule


def _parts(domain: str | Sequence[str]) -> tuple[Sequence[Interval], ...]:
    return tuple(map(intervals, [domain] if isinstance(domain, str) else domain))


def _narrowed(domain: Domain, texts: str | Sequence[str] | None) -> Domain:
    """The domain of a row, or the part of it that is asked for."""
    if texts is None:
        return domain
    parts = _parts(texts)
    if len(parts) != domain.arity:
        raise ValueError(f"{domain.arity} input(s), but {len(parts)} domain(s) given")
    return replace(domain, parts=parts, in_words=False)


@contextmanager
def _defined(rule: Row | Description) -> Iterator[Row]:
    """The row itself, or a private one for a description, until the check ends."""
    if isinstance(rule, Row):
        yield rule
        return
    row = OwnRow(rule, __name__, new_key(rule.name), keys_of(rule))
    row.public = False
    table.define(row)
    try:
        row.float_pulls = row.read_pulls(FLOATS)
        row.describe()
        yield row
    finally:
        table.withdraw(row)
