"""Where f is constant to its last digit: whether it levels off there, as tanh does at 30, or is constant."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["levels_off", "unit_beside"]

HALVINGS = 44  # of the way to a place where f is another
HEIGHTS = (2.0**4, 2.0**14, 2.0**24)  # units in the last place of f
BENDS = (
    4.0  # from one height to the next, the way grows by 1024 at a kink, by 32 at a parabola, by 1 at a tail
)


def levels_off(f: Callable[[float], float], x: float) -> bool:
    """Whether f leaves its value at x gradually, as an exponential does, on one of the sides.

    Then a slope that is lost in its rounding is not 0. At a kink, at a jump or at a parabola f is constant up
    to a place.

    Args:
        f: gives nan outside of its domain.

    >>> levels_off(math.tanh, 30.0), levels_off(lambda x: min(x, 1.0), 5.0), levels_off(math.floor, 2.5)
    (True, False, False)
    >>> levels_off(lambda x: math.tanh(x) - 1.0, 30.0), levels_off(lambda x: min(x, 1.0) - 1.0, 5.0)
    (True, False)
    """
    size = max(abs(x), 1.0)
    for far in (x - size, x + size):
        unit = unit_beside(f, x, far)
        places = [_leave(f, x, far, height * unit) for height in HEIGHTS]
        if places[-1] is None or places[0] is None or places[1] is None:
            continue
        first, second = abs(places[1] - places[0]), abs(places[2] - places[1])  # type: ignore[operator]
        if first > size * 2.0 ** (6 - HALVINGS) and second < BENDS * first:
            return True
    return False


def unit_beside(f: Callable[[float], float], x: float, far: float) -> float:
    """The unit in the last place of f at x; where f is 0, of the numbers that cancel there: the first other
    value on the way to a place.

    >>> unit_beside(lambda x: math.tanh(x) - 1.0, 30.0, 0.0) == math.ulp(0.5)
    True
    """
    value = f(x)
    place = _leave(f, x, far, 0.0) if value == 0 else None
    return math.ulp(value) if place is None else abs(f(place))


def _leave(f: Callable[[float], float], x: float, far: float, height: float) -> float | None:
    """The place, on the way from x, where f is farther from f(x) than a height; None if it is nowhere."""
    value = f(x)
    near = x
    if not abs(f(far) - value) > height:
        return None
    for _ in range(HALVINGS):
        middle = near + (far - near) / 2
        if abs(f(middle) - value) > height:
            far = middle
        else:
            near = middle
    return far
