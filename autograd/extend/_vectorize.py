"""A function of numbers, as Python code, made into the two functions of a row: of floats and of arrays."""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
from collections.abc import Callable
from types import BuiltinFunctionType
from typing import Any

import numpy as np

from autograd._compiler.row_calls import Kernel, Symbol
from autograd._graph.node import Node
from autograd._support.callers import warn
from autograd._table.rows import ARITHMETIC

__all__ = ["to_float", "vectorize"]

_WHOLE = (math.floor, math.ceil, math.trunc)  # of `math` these alone give an int


def to_float(function: Callable[..., Any], arity: int) -> Callable[..., float]:
    """The function with a float as its result; it raises where it gives no number, as `math` does.

    >>> to_float(lambda x: max(x, 0), 1)(-2.0)
    0.0
    """
    if isinstance(function, BuiltinFunctionType) and function.__module__ == "math" and function not in _WHOLE:
        return function

    # NumPy's functions warn where those of `math` raise; code that asks for the number is not made of them.
    quiet = np.errstate(all="ignore")(function) if takes_arrays(function, arity) else function

    def on_floats(*inputs: float) -> float:
        out = quiet(*inputs)
        if type(out) is not float:
            if isinstance(out, Node):
                raise TypeError(
                    f"the result is {out!r:.60}, and not a number: the derivative by the node that the code "
                    "computes with would be lost; make it an input"
                )
            out = _number(function, out)
        if not math.isfinite(out) and all(map(math.isfinite, inputs)):
            raise ValueError(f"the result is {out}")
        return out

    with contextlib.suppress(TypeError, ValueError):  # a function written in C may not say
        on_floats.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return on_floats


def _number(function: Callable[..., Any], out: Any) -> float:
    """The result of a function as a float; a power of a negative number is complex, and undefined here."""
    if isinstance(out, complex) and out.imag:
        raise ValueError(f"the result is {out}")
    try:
        return float(out)
    except (TypeError, ValueError):
        name = getattr(function, "__name__", "the function")
        raise TypeError(f"{name} gives {out!r:.60}, not a number") from None


def vectorize(function: Callable[..., Any], name: str, arity: int) -> Callable[..., Any]:
    """The function on arrays, element by element; float32 stays float32, and nan stands where it raises.

    Arithmetic and NumPy's functions are called with the arrays themselves. Code that asks for the number, as
    by an `if` or a function of `math`, is called once for each element.

    >>> square = vectorize(lambda x: x * x, "square", 1)
    >>> step = vectorize(lambda x: 1.0 if x > 0 else 0.0, "step", 1)
    >>> square(np.float32([2, 3])), step(np.float32([-2, 3]))
    (array([4., 9.], dtype=float32), array([0., 1.], dtype=float32))
    """
    apply = _whole if takes_arrays(function, arity) else functools.partial(_by_element, name)

    def on_arrays(*inputs: Any) -> Any:
        return apply(function, inputs)

    on_arrays.__name__ = on_arrays.__qualname__ = name
    return on_arrays


def takes_arrays(function: Callable[..., Any], arity: int) -> bool:
    """Whether a function of numbers asks for none: then it computes the same with arrays in their place.

    >>> takes_arrays(lambda x: x / (1 + np.exp(x)), 1), takes_arrays(math.exp, 1)
    (True, False)
    """
    kernel = Kernel(np.dtype(float))
    try:
        return isinstance(function(*map(kernel.symbol, range(arity))), Symbol)
    except Exception:  # whatever a user's code raises for a thing that is no number
        return False


def _whole(function: Callable[..., Any], inputs: tuple[Any, ...]) -> Any:
    out = function(*map(_floating, inputs))
    if isinstance(out, Symbol):
        return out.astype(out.dtype)
    shape = np.broadcast_shapes(*map(np.shape, inputs))
    dtype = _result_type(inputs)
    # A result of the code's own is used as it is; one that may be an argument, or a part of it, is copied.
    is_fresh = type(out) is np.ndarray and out.base is None and not any(out is x for x in inputs)
    if is_fresh and out.shape == shape and out.dtype == dtype:
        return out
    return np.array(np.broadcast_to(out, shape), dtype)


def _by_element(name: str, function: Callable[..., Any], inputs: tuple[Any, ...]) -> Any:
    arrays = [np.asarray(x) for x in inputs]  # of a `Symbol` this raises: the call is one step of a program
    with np.errstate(all="ignore"):  # an invalid value is reported once, by the name of the row
        out = np.frompyfunc(functools.partial(_or_nan, function), len(arrays), 1)(*arrays)
    result = np.asarray(out, dtype=_result_type(inputs))
    if np.isnan(result).any() and not any(np.isnan(a).any() for a in arrays):
        _report_nan(name)
    return result


def _report_nan(name: str) -> None:
    """Warn or raise, as NumPy's functions do by `numpy.errstate`."""
    policy = np.geterr()["invalid"]
    if policy == "raise":
        raise FloatingPointError(f"invalid value encountered in {name}")
    if policy != "ignore":
        warn(f"invalid value encountered in {name}", RuntimeWarning)


def _or_nan(function: Callable[..., Any], *inputs: Any) -> float:
    try:
        return _number(function, function(*map(float, inputs)))
    except ARITHMETIC:
        return math.nan


def _floating(x: Any) -> Any:
    """An argument as floats: whole numbers would divide and raise to powers in another way."""
    if isinstance(x, (Symbol, float)) or (isinstance(x, np.ndarray) and x.dtype.kind == "f"):
        return x
    return float(x) if np.ndim(x) == 0 and not isinstance(x, np.ndarray) else np.asarray(x, dtype=float)


def _result_type(inputs: tuple[Any, ...]) -> np.dtype[Any]:
    dtype = np.result_type(*(x if isinstance(x, (int, float)) else np.asarray(x).dtype for x in inputs))
    return dtype if dtype.kind == "f" else np.dtype(float)
