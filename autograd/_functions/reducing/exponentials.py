"""Sums of exponentials, their logarithms and shares, without overflow: of Tensors, arrays and Values.

The largest is taken out of a sum first. Of Values that is a recorded choice with derivative 0, since a sum
comes to the same whichever number is taken out: so every derivative is right where several tie, and a
compiled program takes out the largest of each example.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._functions.dispatch import array_of, register
from autograd._functions.value_arrays import reduced
from autograd._graph.primitive import lookup
from autograd._support.entering import floats
from autograd._table.array_rules import linear as rows
from autograd._table.array_rules.axes import axis_of

__all__ = ["log_softmax", "logaddexp", "logaddexp2", "logsumexp", "softmax"]


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """ln Σ exp(xᵢ) over one axis, several or all, without overflow.

    The largest is taken out: ln(1 + Σ' exp(xᵢ - max)) + max, the sum over the others.

    Args:
        x: a Tensor, an array, or a list or array of Values.
        axis, keepdims: as for `numpy.sum`.

    >>> from autograd import Tensor, Value
    >>> logsumexp(Tensor([1000.0, 1000.0]))
    Tensor(1000.69314718)
    >>> logsumexp([Value(1000.0), Value(1000.0)])
    Value(1000.6931471805599)
    """
    x = array_of(x)
    if x.dtype == object:
        return reduced(_logsumexp, x, axis, keepdims)
    return rows.logsumexp(floats(x, x), axis=axis, keepdims=keepdims)


def softmax(x: Any, axis: int = -1) -> Any:
    """sᵢ = exp(xᵢ) / Σⱼ exp(xⱼ) along an axis, without overflow (deck D).

    Args:
        x: a Tensor, an array, or a list or array of Values.

    >>> from autograd import Tensor, Value
    >>> softmax(Tensor([0.0, 0.0]))
    Tensor([0.5, 0.5])
    >>> softmax([Value(0.0), 1000.0])
    array([Value(0.0), Value(1.0)], dtype=object)
    """
    x = array_of(x)
    if x.dtype == object:
        return _apply_along(_softmax, x, axis)
    return rows.softmax(floats(x, x), axis)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """ln sᵢ = xᵢ - ln Σⱼ exp(xⱼ) along an axis: the logarithm of `softmax`, also where that is 0 or 1.

    Args:
        x: a Tensor, an array, or a list or array of Values.

    >>> from autograd import Tensor, Value
    >>> log_softmax(Tensor([0.0, 1000.0]))
    Tensor([-1000.,     0.])
    >>> log_softmax([Value(0.0), Value(-50.0)])[0]
    Value(-1.9287498479639178e-22)
    """
    x = array_of(x)
    if x.dtype == object:
        return _apply_along(_log_softmax, x, axis)
    below = rows.below_largest(floats(x, x), axis=axis)
    return below - rows.logsumexp(below, axis=axis, keepdims=True)


@register(np.logaddexp)
def logaddexp(x: Any, y: Any) -> Any:
    """ln(exp(x) + exp(y)), element by element, without overflow.

    >>> logaddexp(1000.0, 1000.0)
    1000.6931471805599
    """
    return _log_of_sum(x, y, 1.0)


@register(np.logaddexp2)
def logaddexp2(x: Any, y: Any) -> Any:
    """log₂(2**x + 2**y), element by element, without overflow.

    >>> logaddexp2(2000.0, 2000.0)
    2001.0
    """
    return _log_of_sum(x, y, math.log(2))


def _log_of_sum(x: Any, y: Any, scale: float) -> Any:
    # Where they tie, both forms are right in every derivative.
    difference, softplus = lookup("sub")(y, x), lookup("softplus")
    by_x = lookup("add")(x, softplus(difference * scale) / scale)
    by_y = lookup("add")(y, softplus(-difference * scale) / scale)
    return lookup("where")(lookup("_less")(y, x), by_x, by_y)


# -- of Values ------------------------------------------------------------------------------------

Values = list[Any]


def _reduce_in_pairs(row: Any, values: Values) -> Any:
    """A row of two inputs over several, in pairs, so that a program has few steps one after the other."""
    while len(values) > 1:
        pairs = [row(*values[i : i + 2]) for i in range(0, len(values) - 1, 2)]
        values = pairs + values[2 * len(pairs) :]
    return values[0]


def _minus_largest(values: Values) -> tuple[Values, Any]:
    """Each minus the largest, and the largest."""
    top = _reduce_in_pairs(lookup("_top"), values)
    return [x - top for x in values], top


def _rest_of_sum(below: Values) -> Any:
    """Σ exp(xᵢ) - 1 of numbers whose largest is 0.

    The largest each contribute exp(0) = 1; one of them is subtracted.
    """
    ties = _sum([lookup("_equal")(x, 0.0) for x in below]) - 1.0
    return _sum([lookup("_smaller")(x) for x in below]) + ties


def _sum(values: Values) -> Any:
    return functools.reduce(operator.add, values)


def _logsumexp(values: Values) -> Any:
    if not values:
        raise ValueError("logsumexp of no numbers")
    if len(values) == 1:
        return values[0]
    below, top = _minus_largest(values)
    return lookup("log1p")(_rest_of_sum(below)) + top


def _softmax(values: Values) -> Values:
    e = [lookup("exp")(x) for x in _minus_largest(values)[0]]
    total = _sum(e)
    return [x / total for x in e]


def _log_softmax(values: Values) -> Values:
    below, _ = _minus_largest(values)
    total = lookup("log1p")(_rest_of_sum(below))
    return [x - total for x in below]


def _apply_along(function: Callable[[Values], Values], x: Any, axis: int) -> Any:
    """Apply a function of lists to each line along an axis of an array of Values; the shape stays."""
    results = np.empty(x.shape, object)
    lines, places = (np.moveaxis(array, axis_of(axis, x.ndim), -1) for array in (x, results))
    for index in np.ndindex(lines.shape[:-1]):
        places[index] = function(lines[index].tolist())
    return results
