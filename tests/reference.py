"""The outside reference: every primitive and its derivatives in mpmath, and distances in ulp.

Derivatives are differences of mpmath's own functions at hundreds of digits, so no formula of a
derivative is written here.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import mpmath
from mpmath import mp, mpf

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
LARGEST = mpf(2) ** 1024 * (1 - mpf(2) ** -54)


def ordinary(row: Any, *numbers: float) -> tuple[float, ...]:
    """Numbers, each where its input of a row is defined: moved there from the low end if it is not."""
    pairs = zip(numbers, row.domain, strict=False)
    return tuple(x if any(x in i for i in parts) else parts[0].low + x for x, parts in pairs)


@cache
def exact(name: str, args: tuple[float, ...], orders: tuple[int, ...]) -> mpf:
    """∂^orders of a function at args, right to far more digits than a float has.

    `orders` counts the derivatives in each argument: (1, 1) is the mixed second one.
    """
    # Far out, a result may be 1e-900 of its parts (atan's second derivative), and near 0 the step must be
    # small beside the argument. Elsewhere a second difference that is 0 has to be below the smallest float:
    # 450 digits less twice the step's 45.
    far = any(abs(a) > 300 or 0 < abs(a) < 1e-30 for a in args)
    with mp.workdps(2200 if far else 450):
        step = mpf(2) ** (-mp.prec // (5 if far else 10))  # a power of two: x + step is exact
        return _difference(name, tuple(mpf(a) for a in args), orders, step)


def _difference(name: str, args: tuple[mpf, ...], orders: tuple[int, ...], step: mpf) -> mpf:
    """A central difference of three points for each pair of derivatives, and of two for an odd one."""
    i = next((i for i, order in enumerate(orders) if order), None)
    if i is None:
        return _value(name, args, mp.dps)
    twice = orders[i] > 1
    fewer = (*orders[:i], orders[i] - (2 if twice else 1), *orders[i + 1 :])
    up, down = (
        _difference(name, (*args[:i], args[i] + s, *args[i + 1 :]), fewer, step) for s in (step, -step)
    )
    if not twice:
        return (up - down) / (2 * step)
    return (up - 2 * _difference(name, args, fewer, step) + down) / step**2


@cache
def _value(name: str, args: tuple[mpf, ...], digits: int) -> mpf:
    """The function at args. A first and a second difference share their points."""
    return FUNCTIONS[name](*args)


def overflows(reference: mpf) -> bool:
    """Whether the number is beyond the largest float."""
    return abs(reference) > LARGEST


def ulps(computed: float, reference: mpf) -> float:
    """How many units in the last place of the reference lie between the two."""
    if math.isnan(computed) or math.isinf(computed):
        return math.inf
    with mp.workdps(60):
        unit = math.ulp(float(mpmath.mpf(reference)))
        return float(abs(mpf(computed) - reference) / mpf(unit))
