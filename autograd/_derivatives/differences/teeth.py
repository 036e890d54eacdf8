"""The teeth of a function whose intermediate numbers are rounded.

Near 1e-7 the computed values of (1 + x)**2 - 1 - 2*x lie on short lines of slope -2, the teeth of a saw: 1 + x is
rounded. Steps within one tooth see its slope, and only steps over many teeth see that of f.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

__all__ = ["tooth_height"]

ROUNDED = 64.0  # units in the last place of f: lower teeth are its own rounding
SMALL = 2.0**-6  # part of f up to which a jump is a tooth; higher ones, as those of x % 1, belong to f
START = 0.1  # part of the distance from the line at which the first tooth is looked for
ABRUPT = 0.25  # part of that distance which f crosses between neighbouring floats at a tooth
HALVINGS = 100  # of the way to a tooth, at most: from any step down to neighbouring floats


def tooth_height(
    f: Callable[[float], float], x: float, slope: float, steps: Sequence[float], largest: float
) -> float:
    """The height of the jump with which f leaves its line through x; 0 where it leaves it smoothly, or not.

    Args:
        f: gives nan outside of its domain.
        slope: of the line.
        steps: at which f may have left it, ascending; the line is known up to the first.
        largest: the size of f.

    >>> round(tooth_height(lambda x: round(x * x, 6), 1.0, 0.0, [1e-9, 1e-6, 1e-3], 1.0), 9)
    1e-06
    >>> tooth_height(abs, 1e-3, 1.0, [1e-6, 1e-3, 1e-1], 1.0)
    0.0
    """
    center = f(x)

    def distance(point: float) -> float:
        return abs(f(point) - center - slope * (point - x))

    for step in steps:
        for side in (x + step, x - step):
            size = max(abs(f(side)), abs(center), abs(slope * step))
            if distance(side) > ROUNDED * math.ulp(size):
                height = _crossing(distance, x, side)
                return height if height <= SMALL * largest else 0.0
    return 0.0


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
