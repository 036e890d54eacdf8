"""Functions that are flat between jumps, and the shares of fmax; exact as `numerics.elementary`.

NumPy's own functions do the same to arrays; nan and the infinities pass.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any

WHOLE = 4503599627370496.0  # 2**52: from here on every float is a whole number


def floor(x: float) -> float:
    return float(math.floor(x)) if math.isfinite(x) else x


def ceil(x: float) -> float:
    return float(math.ceil(x)) if math.isfinite(x) else x


def trunc(x: float) -> float:
    return float(math.trunc(x)) if math.isfinite(x) else x


def rint(x: float) -> float:
    """To the nearest whole number, to an even one from half way: a sum with 2**52 is rounded so."""
    if x >= WHOLE or x <= -WHOLE:
        return x
    return x + WHOLE - WHOLE if x >= 0 else x - WHOLE + WHOLE


def fmax(x: float, y: float) -> float:
    if x != x:
        return y
    return y if y > x else x


def fmin(x: float, y: float) -> float:
    if x != x:
        return y
    return y if y < x else x


def prefers(x: float, y: float) -> float:
    """The part of the derivative that goes to x in fmax: all where y is nan."""
    return 1.0 if x > y or y != y else 0.5 if x == y else 0.0


def prefers_array(x: Array, y: Array) -> Array:
    kind = np.result_type(x, y)
    above = 0.5 * (np.greater(x, y).astype(kind) + np.greater_equal(x, y).astype(kind))
    return np.where(np.not_equal(y, y), 1, above)
