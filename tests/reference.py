"""The outside reference: every primitive and its derivatives in mpmath, and distances in ulp.

Derivatives are differences of mpmath's own functions: see `autograd.testing._rules.reference`.
"""

import functools
from collections.abc import Callable
from functools import cache
from typing import Any

from mpmath import mp, mpf

from autograd.testing._rules.reference import exact as derivative
from autograd.testing._rules.reference import overflows, ulps

__all__ = ["FUNCTIONS", "exact", "ordinary", "overflows", "ulps"]

FUNCTIONS: dict[str, Callable[..., mpf]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "truediv": lambda x, y: x / y,
    "pow": lambda x, y: mp.power(x, y) if x or y else mpf(1),
    "neg": lambda x: -x,
    "abs": abs,
    "exp": mp.exp,
    "expm1": lambda x: mp.exp(x) - 1,
    "log": mp.log,
    "log1p": lambda x: mp.log(1 + x),
    "sqrt": mp.sqrt,
    "square": lambda x: x * x,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": lambda x: 1 - 2 / (mp.exp(2 * x) + 1),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "relu": lambda x: max(x, mpf(0)),
    "erf": mp.erf,
    "maximum": max,
    "minimum": min,
    "exp2": lambda x: mp.power(2, x),
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": mp.log10,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "reciprocal": lambda x: 1 / x,
    "asinh": mp.asinh,
    "acosh": mp.acosh,
    "atanh": mp.atanh,
    "degrees": mp.degrees,
    "radians": mp.radians,
    "hypot": mp.hypot,
    "atan2": mp.atan2,
    "mod": lambda x, y: x - y * mp.floor(x / y),
    "fmod": lambda x, y: x - y * mp.sign(x / y) * mp.floor(abs(x / y)),
    "floordiv": lambda x, y: mp.floor(x / y),
    "floor": mp.floor,
    "ceil": mp.ceil,
    "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
    "rint": mp.nint,
    "sign": mp.sign,
    "fmax": max,
    "fmin": min,
    "log_sigmoid": lambda x: -mp.log(1 + mp.exp(-x)),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2 if abs(x) < 60 else max(x, mpf(0)),
    "leaky_relu": lambda x, y: x if x > 0 else y * x,
    "elu": lambda x, y: x if x > 0 else y * (mp.exp(x) - 1 if x > -FAR else -1),
    "where": lambda c, x, y: x if c else y,
}
"""Every public row of the table, by mpmath's functions. A row that is missing here fails a test."""

FAR = 1e4  # exp(-FAR) is less than the digits reach; mpmath takes long for exp(-1e300)


def ordinary(row: Any, *numbers: float) -> tuple[float, ...]:
    """Numbers, each where its input of a row is defined: moved there from the low end if it is not."""
    pairs = zip(numbers, row.domain, strict=False)
    return tuple(x if any(x in i for i in parts) else parts[0].low + x for x, parts in pairs)


@cache
def exact(name: str, args: tuple[float, ...], orders: tuple[int, ...]) -> mpf:
    """∂^orders of a row's function at args, right to far more digits than a float has."""
    return derivative(functools.partial(_value, name), args, orders)


def _value(name: str, *args: mpf) -> mpf:
    return _value_at(name, args, mp.dps)


@cache
def _value_at(name: str, args: tuple[mpf, ...], digits: int) -> mpf:
    """The function at args. A first and a second difference share their points."""
    return FUNCTIONS[name](*args)
