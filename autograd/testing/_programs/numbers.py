"""Numbers for programs: simple ones, and hard places of operations."""

from __future__ import annotations

import math
from functools import cache

from autograd._table.rows import Row

__all__ = ["FAR", "NICE", "SATURATING", "ends", "plainness"]

NICE = (1.0, 2.0, 0.5, -1.0, 0.0, 3.0, -2.0, -0.5, 1.5, 0.25, 10.0)
"""Simple numbers, the simplest first; among them the kinks at 0, halves and whole numbers."""

SATURATING = (30.0, -30.0, 100.0, -100.0, 25.0, 50.0)
"""Numbers at which exponentials are huge, and sigmoids flat."""

FAR = (1e-3, 1e3, -1e3, 1e-8, -1e-8, 1e8, 710.0, -745.0, 1e-17, 1e16, 1e-160, 1e160, -1e160, 1e-300, 1e300,
       -1e300, 5e-324, 1.7976931348623157e308)  # fmt: skip
"""Numbers far from 1: where exponentials overflow, where squares do, the ends of floats."""


@cache
def ends(row: Row, position: int) -> tuple[float, ...]:
    """The ends of the domain of an input, and their neighbours among the floats, where they belong to it.

    >>> from autograd import log, sqrt
    >>> ends(sqrt, 0), ends(log, 0)
    ((0.0, 5e-324), (5e-324,))
    """
    intervals = row.domain[position]
    places = [
        x
        for interval in intervals
        for end, inside in ((interval.low, math.inf), (interval.high, -math.inf))
        if math.isfinite(end)
        for x in (end, math.nextafter(end, inside))
    ]
    return tuple(dict.fromkeys(x for x in places if any(x in interval for interval in intervals)))


def plainness(x: float) -> tuple[float, ...]:
    """The rank of a number by how hard it is to read: simple ones, whole numbers, short decimals.

    >>> sorted([0.1, 7.0, 2.0, 0.123, -7.0, 1.0, 1e300], key=plainness)
    [1.0, 2.0, 7.0, -7.0, 1e+300, 0.1, 0.123]
    """
    sign = math.copysign(1.0, x) < 0
    if x in NICE and not (x == 0 and sign):
        return (0, NICE.index(x))
    if not math.isfinite(x):
        return (3, math.isnan(x), sign)
    kind = 1 if x.is_integer() else 2
    digits = len(repr(abs(x)).partition("e")[0])
    return (kind, 0 if kind == 1 else digits, abs(x) if kind == 1 else abs(math.log10(abs(x))), sign)
