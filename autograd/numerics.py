"""Careful floating-point forms of the functions whose textbook form overflows or cancels.

Each function comes as a pair: for one float, and for a NumPy array. Both are right to 4 units
in the last place over the whole domain; the tests hold them to that against mpmath.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def sigmoid(x: float) -> float:
    # 1 / (1 + exp(-x)) overflows at x = -710, so the exponent is never positive.
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    e = math.exp(x)
    return e / (1 + e)


def sigmoid_array(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def dsigmoid(x: float) -> float:
    # The textbook's s * (1 - s) cancels for large x and is 0 from x = 37 on.
    e = math.exp(-abs(x))
    return e / ((1 + e) * (1 + e))


def dsigmoid_array(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return e / np.square(1 + e)


def softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x


def softplus_array(x: Array) -> Array:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def dtanh(x: float) -> float:
    # sech(x)**2: the textbook's 1 - tanh(x)**2 cancels for large x, and cosh(x) overflows at 711.
    e = math.exp(-2 * abs(x))
    return 4 * e / ((1 + e) * (1 + e))


def dtanh_array(x: Array) -> Array:
    e = np.exp(-2 * np.abs(x))
    return 4 * e / np.square(1 + e)


def datan(x: float) -> float:
    # x * x overflows at 1e155, where 1 / (1 + x * x) is still a number; from 2**27 on the 1 is lost.
    return (1 / x) * (1 / x) if abs(x) > 2**27 else 1 / (1 + x * x)


def datan_array(x: Array) -> Array:
    large = np.abs(x) > 2**27
    r = 1 / np.where(large, x, 1)
    z = np.where(large, 0, x)
    return np.where(large, r * r, 1 / (1 + z * z))


# exp(-x * x) as it stands is wrong by x * x units in the last place: the rounding of the square
# is multiplied by the slope of exp. So x is cut into h, a multiple of 1/256 whose square is
# exact, and a rest so small that its rounding does not show. Beyond 28 the result is 0.


def gauss(x: float) -> float:
    if x != x:
        return x
    x = min(abs(x), 28.0)
    h = math.trunc(x * 256) / 256
    return math.exp(-h * h) * math.exp(-(x - h) * (x + h))


def gauss_array(x: Array) -> Array:
    x = np.minimum(np.abs(x), 28)
    h = np.trunc(x * 256) / 256
    return np.exp(-h * h) * np.exp(-(x - h) * (x + h))


_erf_elements = np.frompyfunc(math.erf, 1, 1)


def erf_array(x: Array) -> Array:
    # NumPy has no erf, and SciPy is not worth a hard dependency for one function.
    return np.asarray(_erf_elements(x), dtype=x.dtype)


def relu(x: float) -> float:
    return 0.0 if x <= 0 else x  # this way round nan stays nan


def relu_array(x: Array) -> Array:
    return np.maximum(x, 0)


def sign(x: float) -> float:
    return float((x > 0) - (x < 0)) if x == x else x


def maximum(x: float, y: float) -> float:
    if x != x or y != y:
        return math.nan
    return x if x >= y else y


def minimum(x: float, y: float) -> float:
    if x != x or y != y:
        return math.nan
    return x if x <= y else y


def where(condition: float, x: float, y: float) -> float:
    return x if condition else y


def square(x: float) -> float:
    return x * x


def identity(x: float) -> float:
    return x


def identity_array(x: Array) -> Array:
    return x.copy()


def cosquare(x: Any) -> Any:
    # 1 - x * x loses what is left of x near 1; both factors here are exact there.
    return (1 - x) * (1 + x)
