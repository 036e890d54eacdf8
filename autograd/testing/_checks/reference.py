"""A function in mpmath and its derivatives, to far more digits than a float has, and distances in ulp.

Derivatives are differences of the function at hundreds of digits: no formula of a derivative is written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autograd._support.extras import extra

__all__ = ["exact", "overflows", "ulps"]

Function = Callable[..., Any]


def exact(function: Function, args: tuple[float, ...], orders: tuple[int, ...]) -> Any:
    """∂^orders of a function of mpmath's numbers at args.

    `orders` counts the derivatives by each argument: (1, 1) is the mixed second one.

    >>> from mpmath import mp
    >>> float(exact(mp.sin, (0.0,), (1,)))
    1.0
    """
    mp = extra("mpmath", "testing", "a reference").mp
    # The step is small beside an argument near 0, and beside 1 / y for x^y with a large y. A second
    # difference that is 0 has to be below the smallest float where values are as large as the largest one:
    # the digits are so many more than twice those of the step, 45 or 350.
    several = len(args) > 1
    small = any(0 < abs(a) < 1e-30 or (several and abs(a) > 1e30) for a in args)
    far = any(abs(a) > 300 for a in args)
    with mp.workdps(1450 if small else 850 if far else 450):
        step = mp.mpf(2) ** (-1163 if small else -149)  # a power of two: x + step is exact
        return _difference(function, tuple(map(mp.mpf, args)), orders, step)


def _difference(function: Function, args: tuple[Any, ...], orders: tuple[int, ...], step: Any) -> Any:
    """A central difference of three points for each pair of derivatives, and of two for an odd one."""
    i = next((i for i, order in enumerate(orders) if order), None)
    if i is None:
        return function(*args)
    twice = orders[i] > 1
    fewer = (*orders[:i], orders[i] - (2 if twice else 1), *orders[i + 1 :])
    up, down = (
        _difference(function, (*args[:i], args[i] + s, *args[i + 1 :]), fewer, step) for s in (step, -step)
    )
    if not twice:
        return (up - down) / (2 * step)
    return (up - 2 * _difference(function, args, fewer, step) + down) / step**2


def overflows(reference: Any) -> bool:
    """Whether the number is beyond the largest float."""
    return math.isinf(float(abs(reference)))


def ulps(computed: float, reference: Any) -> float:
    """How many units in the last place of the reference lie between the two."""
    if math.isnan(computed) or math.isinf(computed):
        return math.inf
    mp = extra("mpmath", "testing", "a reference").mp
    with mp.workdps(60):
        unit = math.ulp(float(mp.mpf(reference)))
        return float(abs(mp.mpf(computed) - reference) / mp.mpf(unit))
