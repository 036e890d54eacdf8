"""Functions that languages lack, in Python, which is translated as the table's own functions are.

They are in Python and not in another language, so that a test can compare each with its original. Python's
operators are here for the same reason: `operator.add` has no source to translate.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._table.numerics import elementary, powers, steps

__all__ = ["BUILTINS", "STAND_INS", "floordiv", "mod", "radians"]


def add(x: float, y: float) -> float:
    return x + y


def sub(x: float, y: float) -> float:
    return x - y


def mul(x: float, y: float) -> float:
    return x * y


def truediv(x: float, y: float) -> float:
    return x / y


def neg(x: float) -> float:
    return -x


def power(x: float, y: float) -> float:
    return math.pow(x, y)


def mod(x: float, y: float) -> float:
    """x - y floor(x / y), with the sign of y; as Python computes it."""
    rest = math.fmod(x, y)
    if rest == 0:
        return math.copysign(0.0, y)
    return rest + y if (y < 0) != (rest < 0) else rest


def floordiv(x: float, y: float) -> float:
    rest = math.fmod(x, y)
    ratio = (x - rest) / y
    if rest != 0 and (y < 0) != (rest < 0):
        ratio = ratio - 1
    if ratio == 0:
        return math.copysign(0.0, x / y)
    whole = math.floor(ratio)
    return whole + 1 if ratio - whole > 0.5 else whole


def least(x: float, y: float) -> float:
    """Python's min: of two numbers that do not compare, the first."""
    return y if y < x else x


def greatest(x: float, y: float) -> float:
    return y if y > x else x


def clip(x: float, low: float, high: float) -> float:
    return least(greatest(x, low), high)


def exp2(x: float) -> float:
    return math.pow(2.0, x)


def degrees(x: float) -> float:
    return x * (180 / math.pi)


def radians(x: float) -> float:
    return x * (math.pi / 180)


def erf(x: float) -> float:
    """2/√π times the integral of exp(-t²) from 0 to x."""
    size = abs(x)
    if size > 6:
        return 1.0 if x > 0 else -1.0
    if size < 1.5:
        # x exp(-x²) (1 + 2x²/3 (1 + 2x²/5 (1 + …))): all terms have one sign, so nothing cancels.
        total = 1.0
        for n in range(30, 0, -1):
            total = 1 + total * (2 * x * x) / (2 * n + 1)
        return x * total * elementary.gauss(x) * (2 / math.sqrt(math.pi))
    # Further out the difference to 1, as a continued fraction. It is small, so its rounding does not show.
    rest = size
    for n in range(120, 0, -1):
        rest = size + n / 2 / rest
    missing = elementary.gauss(x) / (rest * math.sqrt(math.pi))
    return 1 - missing if x > 0 else missing - 1


def powmix(x: float, y: float) -> float:
    """x**(y - 1) * (1 + y ln x) with the digits that floats have.

    Along the curve y ln x = -1 the sum loses relative digits. It is a second derivative: only the graph of a
    derivative of x**y by both has it.
    """
    if x == 0 and y > 1:
        return 0.0
    if y >= 0.5:
        half = math.pow(x, (y - 1) / 2)
        return half * (1 + y * math.log(x)) * half
    half = math.pow(x, y / 2)
    return half * (1 + y * math.log(x)) * half / x


STAND_INS: dict[Callable[..., float], Callable[..., float]] = {
    operator.add: add,
    operator.sub: sub,
    operator.mul: mul,
    operator.truediv: truediv,
    operator.neg: neg,
    operator.pow: power,
    operator.mod: mod,
    operator.floordiv: floordiv,
    math.exp2: exp2,
    math.degrees: degrees,
    math.radians: radians,
    math.erf: erf,
    powers.powmix: powmix,
}

# Functions of Python and of NumPy that are no rows, by functions of the same meaning on numbers.
BUILTINS: dict[Any, Callable[..., Any]] = {
    abs: math.fabs,
    int: math.trunc,
    round: steps.rint,
    min: least,
    max: greatest,
    np.around: steps.rint,
    np.round: steps.rint,
    np.where: elementary.where,
    np.clip: clip,
}
