"""The outside reference: every primitive and its derivatives in mpmath, and distances in ulp.

Derivatives are differences of mpmath's own functions at hundreds of digits, so no formula of a
derivative is written here.
"""

import math
from collections.abc import Callable
from functools import cache

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
    "where": lambda c, x, y: x if c else y,
}
"""Every public row of the table, by mpmath's functions. A row that is missing here fails a test."""

LARGEST = mpf(2) ** 1024 * (1 - mpf(2) ** -54)


@cache
def exact(name: str, args: tuple[float, ...], orders: tuple[int, ...]) -> mpf:
    """∂^orders of a function at args, right to far more digits than a float has.

    `orders` counts the derivatives in each argument: (1, 1) is the mixed second one.
    """
    # Far out, a result may be 1e-900 of its parts (atan's second derivative); near 0 the step must
    # be small beside the argument. Hence the many digits.
    far = any(abs(a) > 300 or 0 < abs(a) < 1e-30 for a in args)
    with mp.workdps(2200 if far else 700):
        return _difference(FUNCTIONS[name], [mpf(a) for a in args], list(orders))


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
