"""Functions that share a name with one of Python's: after ``from autograd import *`` they answer as it does.

``max(1.0, 2.0)``, ``sum(range(3), 10)``, ``max(words, key=len)`` and ``abs(-3)`` are Python's forms, and so
are a list of plain numbers and every other iterable: whole numbers stay whole. Arrays, Tensors, nested lists
and calls with an `axis` are NumPy's form. Nodes are recorded in either: nodes that tie in a maximum or
minimum share the derivative.
"""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd._functions.reducing import reductions
from autograd._graph.conditions import Condition
from autograd._graph.node import Node, plain
from autograd._graph.primitive import lookup

__all__ = ["abs", "max", "min", "pow", "sum"]


def _is_alone(x: Any) -> bool:
    """Whether x is one thing: neither iterated over nor with an axis."""
    if isinstance(x, (Node, np.ndarray)):
        return np.ndim(plain(x)) == 0
    return not isinstance(x, Iterable)


def _is_axis(x: Any) -> bool:
    return (
        x is None
        or isinstance(x, (int, np.integer))
        or (isinstance(x, tuple) and len(x) > 0 and all(map(_is_axis, x)))
    )


def _of_python(x: Any) -> bool:
    """Whether a list is Python's alone: plain numbers, or other things than numbers; no rows of an array."""
    return not any(isinstance(e, (Node, Condition, np.ndarray, list, tuple)) for e in x)


def _chosen(ours: Callable[..., Any], pythons: Callable[..., Any], pair: str) -> Callable[..., Any]:
    """The largest or smallest, in NumPy's form and in Python's.

    Args:
        pair: the row that chooses among two nodes.
    """

    @functools.wraps(ours)
    def function(*args: Any, **named: Any) -> Any:
        if named.keys() & {"key", "default"}:
            return pythons(*args, **named)
        if not args:
            return ours(**named)
        x, *others = args
        tuples = isinstance(x, tuple) and bool(others) and isinstance(others[0], tuple)
        if others and not named and (_is_alone(x) or tuples or not _is_axis(others[0])):
            if any(isinstance(each, Node) for each in (x, *others)):
                if any(np.ndim(each) for each in (x, *others)):
                    return functools.reduce(lookup(pair), others, x)
                return ours([x, *others])
            return _without_nan(pythons, [x, *others])
        if others or named or not isinstance(x, Iterable) or isinstance(x, (Node, np.ndarray)):
            return ours(x, *others, **named)
        several = list(x)
        return _without_nan(pythons, several) if _of_python(several) else ours(several)

    return function


def _without_nan(pythons: Callable[..., Any], several: list[Any]) -> Any:
    """Python's result, but nan if any number is nan, as in NumPy: Python's then depends on their order."""
    nan = [each for each in several if isinstance(each, float) and each != each]
    return nan[0] if nan else pythons(several)


max = _chosen(reductions.max, builtins.max, "maximum")
min = _chosen(reductions.min, builtins.min, "minimum")


@functools.wraps(reductions.sum)
def sum(*args: Any, **named: Any) -> Any:
    if "start" in named:
        return builtins.sum(*args, **named)
    if not args:
        return reductions.sum(**named)
    x, *others = args
    if not isinstance(x, Iterable) or isinstance(x, (Node, np.ndarray)) or named:
        return reductions.sum(x, *others, **named)
    is_list = isinstance(x, (list, tuple))  # else a generator, a range, a set, the values of a dict
    if not is_list or (others and not _is_axis(others[0])) or (not others and _of_python(x)):
        return builtins.sum(x, *others)
    if len(others) == 1 and not any(map(np.ndim, x)) and others[0] not in (None, 0, -1):  # no axis of a list
        return builtins.sum(x, *others)
    return reductions.sum(x, *others)


@functools.wraps(lookup("pow"))
def pow(x: Any, y: Any, *modulus: Any) -> Any:
    if modulus or all(isinstance(each, int) for each in (x, y)):
        return builtins.pow(x, y, *modulus)
    return lookup("pow")(x, y)


@functools.wraps(lookup("abs"))
def abs(x: Any) -> Any:
    if isinstance(x, (Node, Condition, np.ndarray, list, tuple)) or type(x) is float:
        return lookup("abs")(x)
    return builtins.abs(x)
