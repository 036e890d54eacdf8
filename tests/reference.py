"""The outside reference: every primitive and its derivatives in mpmath, and distances in ulp.

Derivatives are differences of mpmath's own functions: see `autograd.testing._checks.reference`.
"""

import functools
from functools import cache
from typing import Any

from mpmath import mp, mpf

from autograd.testing._checks.reference import exact as derivative
from autograd.testing._checks.reference import ulps
from autograd.testing._judge.functions import reference_functions

__all__ = ["FUNCTIONS", "exact", "nearest", "ordinary", "ulps"]

FUNCTIONS = reference_functions()
"""Every public row of the table, by mpmath's functions. A row that is missing there fails a test."""


def ordinary(row: Any, *numbers: float) -> tuple[float, ...]:
    """Numbers, each where its input of a row is defined: moved there from the low end if it is not."""
    pairs = zip(numbers, row.domain, strict=False)
    return tuple(x if any(x in i for i in parts) else parts[0].low + x for x, parts in pairs)


@cache
def exact(name: str, args: tuple[float, ...], orders: tuple[int, ...]) -> mpf:
    """∂^orders of a row's function at args, right to far more digits than a float has."""
    return derivative(functools.partial(_value, name), args, orders)


@cache
def nearest(name: str, args: tuple[float, ...], orders: tuple[int, ...]) -> float:
    """The float next to `exact`: infinite where that is beyond the largest one."""
    return float(exact(name, args, orders))


def _value(name: str, *args: mpf) -> mpf:
    return _value_at(name, args, mp.dps)


@cache
def _value_at(name: str, args: tuple[mpf, ...], digits: int) -> mpf:
    """The function at args. A first and a second difference share their points."""
    return FUNCTIONS[name](*args)
