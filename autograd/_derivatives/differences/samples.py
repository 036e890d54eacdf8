"""A function beside one number: its values at x + k·h for k = -4 … 4, at many steps h.

All steps are powers of two, so that x + k·h is exact wherever h is not below the spacing of floats there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["REACH", "Array", "Line", "ladder", "step_below"]

Array = NDArray[Any]

REACH = 4  # the samples of one step lie at x - 4h, …, x + 4h
RATIO = 4  # from one step of the ladder to the next, as a power of two
DENSE = -60  # below 2**-60, and above |x|, the ladder is sparse
SPARSE = 8  # steps of the sparse part


def step_below(size: float) -> int:
    """The exponent of the greatest power of two that is not above a size.

    >>> step_below(1.0), step_below(0.3)
    (0, -2)
    """
    return math.frexp(size)[1] - 1


def ladder(x: float) -> list[float]:
    """Steps to look at x with, descending: from a quarter of max(|x|, 1) to the spacing of floats.

    >>> ladder(1.0)[:2], ladder(1.0)[-1] == 2**-52
    ([0.25, 0.015625], True)
    """
    top, bottom = step_below(max(abs(x), 1.0)) - 2, step_below(math.ulp(x))
    near = step_below(abs(x)) - 2 if x else bottom
    exponents = {*range(top, max(bottom, DENSE) - 1, -RATIO), *range(near, bottom - 1, -RATIO), bottom}
    if near < DENSE:
        gap = (DENSE - near) / SPARSE
        exponents.update(round(DENSE - i * gap) for i in range(1, SPARSE))
    return [math.ldexp(1.0, e) for e in sorted(exponents, reverse=True) if e >= -1074]


class Line:
    """A function of one number, and all its values so far.

    Args:
        f: gives numbers, or None outside of its domain.
        x: where the derivative is asked for.
        center: f(x).
    """

    def __init__(self, f: Callable[[float], Array | None], x: float, center: Array) -> None:
        self.x = x
        self.center = np.ravel(center)
        self._f = f
        self._values: dict[float, Array] = {x: self.center}
        self._outside = np.full(self.center.shape, np.nan)

    def at(self, point: float) -> Array:
        """The values at a point; nan outside of the domain."""
        values = self._values.get(point)
        if values is None:
            out = self._f(point) if math.isfinite(point) else None
            values = self._outside if out is None else np.ravel(out)
            if values.shape != self.center.shape:  # f has another result there
                values = self._outside
            self._values[point] = values
        return values

    def around(self, step: float) -> Array:
        """The values at x - 4·step, …, x + 4·step, one row for each."""
        return np.array([self.at(self.x + k * step) for k in range(-REACH, REACH + 1)])

    def slip(self, step: float) -> float:
        """How far, at most, rounding moves the places of the samples."""
        x = self.x
        return max(abs(((x + k * step) - x) - k * step) for k in range(-REACH, REACH + 1))

    def columns(self, outputs: list[int]) -> Line:
        """The line of some of the outputs."""
        if len(outputs) == self.center.size:
            return self
        line = Line(lambda point: self.at(point)[outputs], self.x, self.center[outputs])
        return line
