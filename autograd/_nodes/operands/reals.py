"""Plain numbers as operands: real numbers within the range of a float, as floats."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from autograd._graph.conditions import Condition
from autograd._graph.node import DomainError, Node
from autograd._support.entering import is_number, unboxed

__all__ = ["NO_REALS", "constant", "no_operand", "real"]

# Types that are no operands: Python's floats do not take them either, or lose digits silently.
NO_REALS = (str, bytes, complex, np.complexfloating, Decimal, type(None))


def real(x: Any, what: str) -> float:
    """x as a float: an int, float, bool or fraction, a NumPy scalar, or an array of no dimension.

    Args:
        what: begins an error, as "the data of a Value".

    Raises:
        TypeError: for anything else.
        DomainError: for a number beyond the largest float.

    >>> real(np.array(2), "x"), real(True, "x")
    (2.0, 1.0)
    """
    if type(x) is float:
        return x
    x = unboxed(x)
    if is_number(x) or isinstance(x, Condition):
        try:
            number = float(x)
        except OverflowError:
            number = math.inf
        if math.isinf(number) and not isinstance(x, float) and number != x:
            raise DomainError(f"{what} takes a number a float can hold, not one of that size")
        return number
    if isinstance(x, Node):
        raise TypeError(f"{what} takes a plain number, not {x!r}; use it as it is, or its .data")
    description = f" of shape {x.shape}" if isinstance(x, np.ndarray) else f" ({x!r:.80})"
    hint = ""
    if isinstance(x, (np.ndarray, list, tuple)):
        hint = "; a Tensor holds an array"
    elif isinstance(x, (str, Decimal)):
        hint = "; float(x) reads a number from text or a Decimal"
    raise TypeError(f"{what} takes one real number, not {type(x).__name__}{description}{hint}")


def constant(x: Any, what: str) -> Any:
    """A number or a Condition as a constant of an operation on arrays; the types of NumPy and Python stay.

    Raises:
        DomainError: for a whole number beyond the largest float.

    >>> constant(2, "x"), constant(Fraction(1, 2), "x")
    (2, 0.5)
    """
    if isinstance(x, (float, np.generic)):
        return x
    number = real(x, what)
    return number if isinstance(x, (Fraction, Condition)) else x


def no_operand(x: Any, what: str) -> TypeError:
    """The error for an operand that is no real number."""
    hint = "; float(x) of it is one" if isinstance(x, Decimal) else ""
    return TypeError(f"{what} takes real numbers and Values, not {type(x).__name__} ({x!r:.80}){hint}")
