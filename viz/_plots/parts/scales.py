"""Ranges of axes, and numbers as brightness."""

from __future__ import annotations

from typing import Any

from viz._pictures.arrays import Array, numbers

__all__ = ["Range", "brightness", "levels", "span"]

Range = tuple[float, float]


def span(ends: Any, name: str) -> Range:
    """The two ends of an axis, the lower one first.

    >>> span((-1, 2), "x")
    (-1.0, 2.0)
    """
    limits = numbers(ends, name)
    if limits.shape != (2,) or not limits[0] < limits[1]:
        raise ValueError(f"{name} is a range (from, to) with from < to, not {ends!r}")
    return float(limits[0]), float(limits[1])


def brightness(array: Array) -> Range:
    """The numbers that are drawn black and white: 0 and 1, or further apart where the numbers are.

    >>> import numpy as np
    >>> brightness(np.array([0.2, 0.9])), brightness(np.array([-1.5, 0.5]))
    ((0.0, 1.0), (-1.5, 1.0))
    """
    return min(0.0, float(array.min())), max(1.0, float(array.max()))


def levels(array: Array) -> Array:
    """Numbers as brightness from 0, black, to 1, white: as they are, where none lies outside of these.

    >>> import numpy as np
    >>> levels(np.array([0.25, 1.0])), levels(np.array([-1.0, 1.0]))
    (array([0.25, 1.  ]), array([0., 1.]))
    """
    black, white = brightness(array)
    return (array - black) / (white - black)
