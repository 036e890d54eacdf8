"""The teeth of a function whose intermediate numbers are rounded.

Near 1e-7 the computed values of (1 + x)**2 - 1 - 2*x lie on short lines of slope -2, the teeth of a saw:
1 + x is rounded. Steps within one tooth see its slope, and only steps over many teeth see that of f.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

__all__ = ["first_jump"]

ROUNDED = 64.0  # units in the last place of f: lower teeth are its own rounding
NEARLY = 0.25  # part of the way to the other slope that f has to go at least
START = 0.1  # part of the distance from the line at which the first tooth is looked for
ABRUPT = 0.25  # part of that distance which f crosses between neighbouring floats at a tooth
HALVINGS = 100  # of the way to a tooth, at most: from any step down to neighbouring floats


def first_jump(
    f: Callable[[float], float], x: float, slope: float, other: float, steps: Sequence[float]
) -> tuple[float, float] | None:
    """The jump with which f leaves its line through x: its height, and a step over it; None without a jump.

    Args:
        f: gives nan outside of its domain.
        slope: of the line.
        other: the slope that f may have over many teeth; the same one if it is unknown.
        steps: at which f may have left the line, ascending.

    >>> height, step = first_jump(lambda x: round(x * x, 6), 1.0, 0.0, 2.0, [1e-9, 1e-6, 1e-3])
    >>> round(height, 9), step
    (1e-06, 1e-06)
    >>> first_jump(abs, 1e-3, 1.0, 0.0, [1e-6, 1e-3, 1e-1])
    """
    center = f(x)

    def distance(point: float) -> float:
        return abs(f(point) - center - slope * (point - x))

    for step in steps:
        for side in (x + step, x - step):
            size = max(abs(f(side)), abs(center), abs(slope * step))
            if distance(side) > max(ROUNDED * math.ulp(size), NEARLY * abs(other - slope) * step):
                height = _crossing(distance, x, side)
                if height:
                    return height, step
    return None


def _crossing(distance: Callable[[float], float], near: float, far: float) -> float:
    """The jump of a distance where it passes a part of its value at the far end; 0 without a jump."""
    threshold = START * distance(far)
    for _ in range(HALVINGS):
        middle = near + (far - near) / 2
        if middle in (near, far):
            break
        if distance(middle) > threshold:
            far = middle
        else:
            near = middle
    jump = abs(distance(far) - distance(near))
    return jump if jump >= ABRUPT * threshold else 0.0
