"""Calls of functions of numbers, as trees: which ones are known, and the results where all arguments are."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from autograd._compiler.loops.functions import standins
from autograd._compiler.loops.functions.tree import (
    Arithmetic,
    Call,
    Expression,
    Negative,
    Number,
    Power,
    Untranslatable,
)
from autograd._table.readings import NUMPY
from autograd._table.rows import Row

__all__ = ["apply", "arithmetic", "arity_of", "is_math", "negative", "power", "resolve"]

OPERATORS: dict[Any, str] = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/",
}  # fmt: skip
COMPUTED = {sign: function for function, sign in OPERATORS.items()}
FOLDED = {standins.mod, standins.floordiv}


def apply(function: Any, arguments: Sequence[Expression], name: str = "f") -> Expression:
    """A call: a sign where Python has one, and a number where all arguments are known.

    Args:
        name: of a lambda.
    """
    if isinstance(function, Row):
        defaults = [*map(Number, getattr(function, "defaults", {}).values())]
        missing = min(function.arity - len(arguments), len(defaults))
        filled = [*arguments, *defaults[len(defaults) - missing :]]
        return apply(resolve(function), filled, function.name.strip("_"))
    function = resolve(function)
    if function is math.log and len(arguments) == 2:
        logarithm, of_base = (apply(math.log, [argument]) for argument in arguments)
        return arithmetic("/", logarithm, of_base)
    count = arity_of(function)
    if count is None:
        name = getattr(function, "__name__", repr(function))
        raise Untranslatable(f"{name} is neither a function of math nor written in Python")
    if isinstance(function, FunctionType) and len(arguments) < count:
        left_out = (function.__defaults__ or ())[len(arguments) - count :]
        if all(isinstance(default, (int, float)) for default in left_out):
            arguments = [*arguments, *(Number(float(default)) for default in left_out)]
    if len(arguments) != count:
        raise Untranslatable(f"{function.__name__} takes {count} argument(s) here, not {len(arguments)}")
    if function in OPERATORS:
        return arithmetic(OPERATORS[function], *arguments)
    if function is operator.neg:
        return negative(*arguments)
    if function is operator.pow:
        return power(*arguments)
    call = Call(function, tuple(arguments), name)
    return _fold(call, function, arguments) if is_math(function) or function in FOLDED else call


def resolve(function: Any) -> Any:
    """The function of numbers that a row computes, or a function of Python or NumPy that stands for one.

    >>> import numpy as np
    >>> resolve(np.exp)
    <built-in function exp>
    """
    function = standins.BUILTINS.get(function, function)
    row = NUMPY.get(function, function)
    return resolve(row.source) if isinstance(row, Row) else function


def arity_of(function: Any) -> int | None:
    """How many numbers a function takes; None for one that has no meaning here."""
    if isinstance(function, FunctionType):
        return function.__code__.co_argcount
    if function in standins.STAND_INS:
        return standins.STAND_INS[function].__code__.co_argcount
    two = ("atan2", "copysign", "fmod", "hypot", "pow", "remainder")
    one = (
        "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "erfc", "exp",
        "expm1", "fabs", "floor", "gamma", "lgamma", "log", "log10", "log1p", "log2", "sin", "sinh", "sqrt",
        "tan", "tanh", "trunc",
    )  # fmt: skip
    name = getattr(function, "__name__", "")
    return (2 if name in two else 1 if name in one else None) if is_math(function) else None


def is_math(function: Any) -> bool:
    """Whether a function is one of Python's `math`."""
    return getattr(math, getattr(function, "__name__", ""), None) is function


def _fold(e: Expression, function: Callable[..., Any], arguments: Sequence[Expression]) -> Expression:
    """The number that an expression of known numbers is; itself otherwise, and where Python raises."""
    numbers = [argument.value for argument in arguments if isinstance(argument, Number)]
    if len(numbers) < len(arguments):
        return e
    try:
        result = function(*numbers)
    except (ArithmeticError, ValueError):
        return e
    return e if isinstance(result, complex) else Number(float(result))


def arithmetic(sign: str, left: Expression, right: Expression) -> Expression:
    return _fold(Arithmetic(sign, left, right), COMPUTED[sign], (left, right))


def negative(operand: Expression) -> Expression:
    return _fold(Negative(operand), operator.neg, (operand,))


def power(base: Expression, exponent: Expression) -> Expression:
    return _fold(Power(base, exponent), operator.pow, (base, exponent))
