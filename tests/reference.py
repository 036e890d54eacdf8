"""The outside reference: every primitive and its derivatives in mpmath, and distances in ulp.

Derivatives are differences of mpmath's own functions at hundreds of digits, so no formula of a
derivative is written here.
"""

import math
from functools import cache
from typing import Any

import mpmath
from mpmath import mp, mpf

from autograd.testing._judge.functions import reference_functions

FUNCTIONS = reference_functions()
"""Every public row of the table, by mpmath's functions. A row that is missing there fails a test."""

LARGEST = mpf(2) ** 1024 * (1 - mpf(2) ** -54)


def ordinary(row: Any, *numbers: float) -> tuple[float, ...]:
    """Numbers, each where its input of a row is defined: moved there from the low end if it is not."""
    pairs = zip(numbers, row.domain, strict=False)
    return tuple(x if any(x in i for i in parts) else parts[0].low + x for x, parts in pairs)


@cache
def exact(name: str, args: tuple[float, ...], orders: tuple[int, ...]) -> mpf:
    """∂^orders of a function at args, right to far more digits than a float has.

    `orders` counts the derivatives in each argument: (1, 1) is the mixed second one.
    """
    # Far out, a result may be 1e-900 of its parts (atan's second derivative), and near 0 the step must be
    # small beside the argument. Elsewhere a second difference that is 0 has to be below the smallest float:
    # 450 digits less twice the step's 45.
    far = any(abs(a) > 300 or 0 < abs(a) < 1e-30 for a in args)
    with mp.workdps(2200 if far else 450):
        step = mpf(2) ** (-mp.prec // (5 if far else 10))  # a power of two: x + step is exact
        return _difference(name, tuple(mpf(a) for a in args), orders, step)


def _difference(name: str, args: tuple[mpf, ...], orders: tuple[int, ...], step: mpf) -> mpf:
    """A central difference of three points for each pair of derivatives, and of two for an odd one."""
    i = next((i for i, order in enumerate(orders) if order), None)
    if i is None:
        return _value(name, args, mp.dps)
    twice = orders[i] > 1
    fewer = (*orders[:i], orders[i] - (2 if twice else 1), *orders[i + 1 :])
    up, down = (
        _difference(name, (*args[:i], args[i] + s, *args[i + 1 :]), fewer, step) for s in (step, -step)
    )
    if not twice:
        return (up - down) / (2 * step)
    return (up - 2 * _difference(name, args, fewer, step) + down) / step**2


@cache
def _value(name: str, args: tuple[mpf, ...], digits: int) -> mpf:
    """The function at args. A first and a second difference share their points."""
    return FUNCTIONS[name](*args)


def overflows(reference: mpf) -> bool:
    """Whether the number is beyond the largest float."""
    return abs(reference) > LARGEST


def ulps(computed: float, reference: mpf) -> float:
    """How many units in the last place of the reference lie between the two."""
    if math.isnan(computed) or math.isinf(computed):
        return math.inf
    with mp.workdps(60):
        unit = math.ulp(float(mpmath.mpf(reference)))
        return float(abs(mpf(computed) - reference) / mpf(unit))
