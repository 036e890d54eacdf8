"""Functions of one number: in floats for the checkers, exactly for their derivatives.

A formula is written once, over a namespace of elementary functions. With NumPy's it is a function of
floats, nan outside of its domain. With mpmath's it gives the derivatives, as differences at many digits, so
no formula of a derivative is written here.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from mpmath import mp

__all__ = ["EXACT", "FLOATS", "Formula", "Function"]

Formula = Callable[[Any, Any], Any]  # (elementary functions, x) -> f(x)
Scalar = Callable[[float], float]

DIGITS, STEP = (
    120,
    -100,
)  # 2**-100 is 1e-30; its square times exp(-40) leaves 40 digits of a second difference
FAR = 1e5  # exp(FAR) is beyond the floats; mpmath takes long for exp(1e300)


def _sigmoid_of_floats(x: Any) -> Any:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def _exact_exp(x: Any) -> Any:
    return mp.exp(x) if abs(x) < FAR else mp.inf if x > 0 else mp.zero


FLOATS = SimpleNamespace(
    sin=np.sin, cos=np.cos, exp=np.exp, log=np.log, sqrt=np.sqrt, asin=np.arcsin, tanh=np.tanh,
    abs=np.abs, maximum=np.maximum, floor=np.floor, sigmoid=_sigmoid_of_floats,
    single=lambda x: np.float64(np.float32(x)),
    noisy=lambda y, x, size: y + size * np.sin(1e17 * x),
)  # fmt: skip
EXACT = SimpleNamespace(
    sin=mp.sin, cos=mp.cos, exp=_exact_exp, log=mp.log, sqrt=mp.sqrt, asin=mp.asin, tanh=mp.tanh,
    abs=abs, maximum=max, floor=mp.floor, sigmoid=lambda x: 1 / (1 + _exact_exp(-x)),
    single=lambda x: x,
    noisy=lambda y, x, size: y,
)  # fmt: skip
"""The same names; rounding to float32 and noise are errors of the floats, and absent here."""


@dataclass(frozen=True)
class Function:
    """A function of a float, with exact derivatives.

    >>> f = Function("x³", lambda m, x: x**3)
    >>> f(2.0), f.derivative(1)(2.0), f.derivative(2)(2.0)
    (8.0, 12.0, 12.0)
    """

    name: str
    formula: Formula

    def __call__(self, x: float) -> float:
        with np.errstate(all="ignore"):
            return float(self.formula(FLOATS, np.float64(x)))

    def derivative(self, order: int) -> Scalar:
        """The derivative of order 1 or 2, rounded to a float; nan outside of the domain."""

        @functools.cache  # the checks of a case, and the steps of a checker, share their points
        def at(x: float) -> float:
            if not math.isfinite(x):
                return math.nan
            magnitude = mp.mag(x) if x else 0
            with mp.workdps(
                DIGITS + abs(magnitude)
            ):  # bits as digits, so three times as many as the step takes
                step = mp.ldexp(1, STEP + magnitude)
                try:
                    value = self._difference(mp.mpf(x), step, order)
                except (ZeroDivisionError, TypeError):  # a pole; the greater of complex numbers
                    return math.nan
                return float(value) if isinstance(value, mp.mpf) else math.nan

        return at

    def _difference(self, x: Any, step: Any, order: int) -> Any:
        """Central differences, extrapolated from two steps, so that the slope of x³ at 0 is exactly 0."""
        coarse, fine = (self._quotient(x, h, order) for h in (step, step / 2))
        return (4 * fine - coarse) / 3

    def _quotient(self, x: Any, step: Any, order: int) -> Any:
        up, down = (self.formula(EXACT, x + h) for h in (step, -step))
        if order == 1:
            return (up - down) / (2 * step)
        return (up - 2 * self.formula(EXACT, x) + down) / step**2
