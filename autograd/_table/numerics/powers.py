"""The derivatives of x**y, to 4 units in the last place: for one float and for an array, as in `elementary`.

The rounding of y - 1 is multiplied by ln x, up to 745, so y - 1 is an exponent only where it is exact, for
y >= 0.5. Where x**y is subnormal, a factor of it would multiply its rounding, so the power is taken in halves.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np


def dpow(x: float, y: float) -> float:
    """y * x**(y - 1), and 0 for y = 0."""
    if y >= 0.5:
        return y * math.pow(x, y - 1)
    return y * math.pow(x, y) / x if y or x else 0.0


def dpow_array(x: Any, y: Any) -> Any:
    exact = y >= 0.5
    return y * x ** np.where(exact, y - 1, y) / np.where(exact | (x == 0) & (y == 0), 1, x)


def d2pow(x: float, y: float) -> float:
    """y (y - 1) x**(y - 2), and 0 for y = 0 and y = 1; y - 2 is exact for y >= 1."""
    if y in (0, 1):
        return 0.0
    # In this order: y * (y - 1) may overflow where the power is 0.
    return y * math.pow(x, y - 2) * (y - 1) if y >= 1 else y * math.pow(x, y) * (y - 1) / x / x


def d2pow_array(x: Any, y: Any) -> Any:
    exact, flat = y >= 1, (y == 0) | (y == 1)
    divisor = np.where(exact | flat, 1, x)
    return y * x ** np.where(exact & ~flat, y - 2, y) * (y - 1) / divisor / divisor


def logpow(x: float, y: float) -> float:
    """x**y * ln x, and 0 for x = 0 with y > 0."""
    if x == 0 and y > 0:
        return 0.0
    half = math.pow(x, y / 2) if x > 0 else 0.0
    return half * math.log(x) * half


def logpow_array(x: Any, y: Any) -> Any:
    half = x ** (y / 2)
    return half * np.log(np.where((x == 0) & (y > 0), 1, x)) * half


_FIFTY_DIGITS = Context(prec=50)


def powmix(x: float, y: float) -> float:
    """x**(y - 1) * (1 + y ln x), where the sum cancels along a curve: hence the fifty digits."""
    if x == 0 and y > 1:
        return 0.0
    if not (x > 0 and math.isfinite(x) and math.isfinite(y)):
        raise ValueError("the mixed derivative of x**y needs x > 0")
    with localcontext(_FIFTY_DIGITS):
        factor = float(1 + Decimal(y) * Decimal(x).ln())
    exponent, divisor = (y - 1, 1.0) if y >= 0.5 else (y, x)
    half = math.pow(x, exponent / 2)
    return half * factor * half / divisor if half else 0.0  # the factor may overflow where the power is 0


def _powmix_or_nan(x: float, y: float) -> float:
    try:
        return powmix(float(x), float(y))
    except (ValueError, OverflowError):
        return math.nan


_powmix_elements = np.frompyfunc(_powmix_or_nan, 2, 1)


def powmix_array(x: Any, y: Any) -> Any:
    out = np.asarray(_powmix_elements(x, y), dtype=np.result_type(x, y))
    undefined = np.isnan(out) & ~np.isnan(x) & ~np.isnan(y)
    # √(-1) warns, or raises, as the caller's NumPy error state says.
    return np.sqrt(np.where(undefined, -1.0, 0.0)).astype(out.dtype) + out if undefined.any() else out
