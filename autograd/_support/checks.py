"""Numbers, arrays of numbers, truths and texts from users, checked before any work is done with them."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograd._support.entering import unboxed

if TYPE_CHECKING:
    from typing_extensions import TypeIs

__all__ = [
    "a_bool", "a_text", "above", "between", "count", "finite_number", "holds_reals", "holds_whole_numbers",
    "is_whole", "number_of", "real_array",
]  # fmt: skip


def is_whole(x: Any) -> TypeIs[int | np.integer]:
    """Whether x is one whole number, of Python or NumPy, and no bool.

    >>> is_whole(3), is_whole(np.int8(3)), is_whole(True), is_whole(3.0)
    (True, True, False, False)
    """
    return isinstance(x, (int, np.integer)) and not isinstance(x, bool)


def number_of(x: Any) -> float | None:
    """A real number as a float, also one in an array of no dimension; None for anything else, also a bool.

    >>> number_of(2), number_of(np.array(0.1)), number_of(10**400), number_of(True), number_of("fast")
    (2.0, 0.1, inf, None, None)
    """
    number = unboxed(x)
    if not isinstance(number, Real) or isinstance(number, bool):
        return None
    try:
        return float(number)
    except OverflowError:  # a whole number or a fraction beyond the largest float
        return math.inf if unboxed(x) > 0 else -math.inf


def holds_reals(array: Any) -> bool:
    """Whether an array holds real numbers: floats, whole numbers or bools."""
    return array.dtype.kind in "fiub"


def holds_whole_numbers(array: Any) -> bool:
    """Whether an array holds whole numbers, and no bools."""
    return array.dtype.kind in "iu"


def real_array(x: Any, name: str) -> NDArray[Any]:
    """x as an array of real numbers, in its own dtype.

    Raises:
        TypeError: for anything else.

    >>> real_array(["a"], "theta")
    Traceback (most recent call last):
        ...
    TypeError: theta is an array of real numbers, not list of <U1
    """
    array = np.asarray(x)
    if not holds_reals(array):
        raise TypeError(f"{name} is an array of real numbers, not {type(x).__name__} of {array.dtype}")
    return array


def a_bool(argument: Any, name: str) -> bool:
    """True or False.

    >>> a_bool("no", "grad")
    Traceback (most recent call last):
        ...
    TypeError: grad is True or False, not 'no'
    """
    if not isinstance(argument, (bool, np.bool_)):
        raise TypeError(f"{name} is True or False, not {argument!r:.80}")
    return bool(argument)


def a_text(argument: Any, name: str) -> str:
    """A text.

    >>> a_text(3, "a title")
    Traceback (most recent call last):
        ...
    TypeError: a title is text, not int (3)
    """
    if not isinstance(argument, str):
        raise TypeError(f"{name} is text, not {type(argument).__name__} ({argument!r:.80})")
    return argument


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
    if not is_whole(number) or number < least or (most is not None and number > most):
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
    number = number_of(argument)
    if number is None or not low <= number <= high or number == math.inf:
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
    number = number_of(argument)
    if number is None or not low < number < math.inf:
        raise ValueError(f"{name} is a number above {low:g}, not {unboxed(argument)!r:.80}")
    return number


def finite_number(argument: Any, name: str) -> float:
    """A finite number.

    Raises:
        ValueError: for anything else, also for True and nan.

    >>> finite_number("a", "the threshold")
    Traceback (most recent call last):
        ...
    ValueError: the threshold is a finite number, not 'a'
    """
    number = number_of(argument)
    if number is None or not math.isfinite(number):
        raise ValueError(f"{name} is a finite number, not {unboxed(argument)!r:.80}")
    return number
