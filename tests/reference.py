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
    # Far out, a result may be 1e-900 of its parts (atan's second derivative); near 0 the step must
    # be small beside the argument. Hence many digits there, and for exp(-2x) or exp(-x²) beside 1.
    sizes = [abs(a) for a in args if a]
    squares = [a * a if a < 60 else a for a in sizes]
    more = max([7 * abs(math.log10(a)) for a in sizes] + [1.3 * min(a, 750) for a in squares], default=0)
    with mp.workdps(150 + int(more)):
        exactly = [mpf(a) for a in args]
        result = _difference(FUNCTIONS[name], exactly, list(orders))
        noise = mpf(10) ** (-mp.dps * 11 // 20) if any(orders) else mpf(0)  # of a second difference that is 0
        scale = mpf(1) if 0 in args or not any(orders) else abs(exact(name, args, (0,) * len(args)))
        return result if abs(result) > noise * scale else mpf(0)


def _difference(f: Callable[..., mpf], args: list[mpf], orders: list[int]) -> mpf:
    for i, order in enumerate(orders):
        if order:
            h = mpf(10) ** (-mp.dps // 5)
            fewer = [*orders[:i], order - 1, *orders[i + 1 :]]
            up = [*args[:i], args[i] + h, *args[i + 1 :]]
            down = [*args[:i], args[i] - h, *args[i + 1 :]]
            return (_difference(f, up, fewer) - _difference(f, down, fewer)) / (2 * h)
    return f(*args)


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
