"""Numbers from users, checked before any work is done with them."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from autograd._support.entering import unboxed

__all__ = ["above", "between", "count"]


def count(argument: Any, name: str, least: int = 1, most: int | None = None, unit: str = "") -> int:
    """A whole number.

    Args:
        argument: the number; an array of no dimension stands for the number in it.
        name: the parameter's, which begins the error.
        least, most: the smallest and the largest allowed.
        unit: of the number, with a space before it.

    Raises:
        ValueError: for anything else, also for True and for a float.

    >>> count("a", "limit"), count(5, "width", 100, 10_000, " of pixels")
    Traceback (most recent call last):
        ...
    ValueError: limit is a whole number from 1, not 'a'
    """
    number = unboxed(argument)
    whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    if not whole or number < least or (most is not None and number > most):
        end = "" if most is None else f" to {most}"
        raise ValueError(f"{name} is a whole number{unit} from {least}{end}, not {number!r:.80}")
    return int(number)


def between(argument: Any, name: str, low: float, high: float = math.inf, unit: str = "") -> float:
    """A finite number from `low` to `high`.

    Args:
        argument, name, unit: as of `count`.
        low, high: the smallest and the largest allowed.

    Raises:
        ValueError: for anything else, also for True and nan.

    >>> between(219, "seconds_per_frame", 0.02, 200, " of seconds")
    Traceback (most recent call last):
        ...
    ValueError: seconds_per_frame is a number of seconds from 0.02 to 200, not 219
    >>> between(-0.5, "noise", 0)
    Traceback (most recent call last):
        ...
    ValueError: noise is a number from 0 up, not -0.5
    """
    number = _as_float(argument)
    if not low <= number <= high or number == math.inf:
        end = " up" if high == math.inf else f" to {high:g}"
        raise ValueError(f"{name} is a number{unit} from {low:g}{end}, not {unboxed(argument)!r:.80}")
    return number


def above(argument: Any, name: str, low: float = 0.0) -> float:
    """A finite number above `low`.

    Raises:
        ValueError: for anything else, also for True and nan.

    >>> above(0, "epsilon")
    Traceback (most recent call last):
        ...
    ValueError: epsilon is a number above 0, not 0
    """
    number = _as_float(argument)
    if not low < number < math.inf:
        raise ValueError(f"{name} is a number above {low:g}, not {unboxed(argument)!r:.80}")
    return number


def _as_float(argument: Any) -> float:
    """A real number as a float; nan for anything else, also for a bool."""
    number = unboxed(argument)
    if not isinstance(number, Real) or isinstance(number, bool):
        return math.nan
    try:
        return float(number)
    except OverflowError:  # a whole number or a fraction beyond the largest float
        return math.inf if argument > 0 else -math.inf
