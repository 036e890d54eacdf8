"""The outside reference: the rows of the table as functions of mpmath."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from autograd._support.extras import extra

__all__ = ["Functions", "reference_functions"]

Functions = Mapping[str, Callable[..., Any]]

FAR = 1e4  # exp(-FAR) is less than the digits reach; mpmath takes long for exp(-1e300)


@functools.cache
def reference_functions() -> Functions:
    """Every public row of the table, by mpmath's functions. A row that is missing here fails a test.

    Raises:
        ImportError: where mpmath is not installed, with the command that installs it.

    >>> reference_functions()["log1p"](0)
    mpf('0.0')
    """
    mp = extra("mpmath", "testing", "the right value of a program").mp
    zero, one = mp.mpf(0), mp.mpf(1)
    return {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "truediv": lambda x, y: x / y,
        "pow": lambda x, y: mp.power(x, y) if x or y else one,
        "neg": lambda x: -x,
        "abs": abs,
        "exp": mp.exp,
        "expm1": mp.expm1,
        "log": mp.log,
        "log1p": mp.log1p,
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
        "tanh": mp.tanh,
        "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
        "softplus": lambda x: mp.log1p(mp.exp(x)),
        "relu": lambda x: max(x, zero),
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
        "log_sigmoid": lambda x: -mp.log1p(mp.exp(-x)),
        "silu": lambda x: x / (1 + mp.exp(-x)),
        "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2 if abs(x) < 60 else max(x, zero),
        "leaky_relu": lambda x, y: x if x > 0 else y * x,
        "elu": lambda x, y: x if x > 0 else y * (mp.expm1(x) if x > -FAR else -1),
        "where": lambda c, x, y: x if c else y,
    }
