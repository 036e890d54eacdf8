"""A few points of a row's domain, always the same: where a row is checked, and by which it is known again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from autograd._table.intervals import Interval
from autograd._table.rows import ARITHMETIC, Row

__all__ = ["Point", "fingerprint", "points"]

POINTS = 6

Point = tuple[float, ...]


def points(row: Row, defaults: Sequence[float] = ()) -> Iterator[Point]:
    """Points of a row's domain: of each input inner points of its intervals, and its default.

    >>> from autograd._graph.primitive import lookup
    >>> list(points(lookup("asin")))[:3]
    [(-0.74,), (-0.26,), (0.22,)]
    """
    columns = [[x for part in parts for x in _inner(part)] for parts in row.domain]
    for column, default in zip(reversed(columns), reversed(list(defaults)), strict=False):
        column.insert(1, default)
    for k in range(max(POINTS, *map(len, columns)) if len(columns) > 1 else len(columns[0])):
        # Steps of different lengths, so that the columns do not move together.
        yield tuple(column[(k * (2 * i + 1) + i) % len(column)] for i, column in enumerate(columns))


def _inner(part: Interval) -> list[float]:
    low, high = part.low, part.high
    if math.isfinite(low) and math.isfinite(high):
        return [round(low + (high - low) * share, 12) for share in (0.13, 0.37, 0.61, 0.89)]
    if math.isfinite(low):
        return [low + step for step in (0.17, 0.71, 1.9, 6.3)]
    if math.isfinite(high):
        return [high - step for step in (0.17, 0.71, 1.9, 6.3)]
    return [-5.3, -1.7, -0.43, 0.29, 1.3, 4.1]


def fingerprint(row: Row) -> tuple[float | None, ...]:
    """The results and the partials of a row at its points; None where there is none.

    >>> from autograd._graph.primitive import lookup
    >>> [round(x, 2) for x in fingerprint(lookup("asin"))[:2]]
    [-0.83, 1.49]
    """
    return tuple(number for point in points(row) for number in _numbers(row, point))


def _numbers(row: Row, point: Point) -> Iterator[float | None]:
    try:
        out = row.on_floats(*point)
    except ARITHMETIC:
        return
    yield out
    for partial in row.float_partials:
        try:
            yield float(partial(*point, out))
        except (*ARITHMETIC, NotImplementedError):
            yield None
