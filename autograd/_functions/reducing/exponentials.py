"""Sums of exponentials, their logarithms and shares, without overflow: of Tensors, arrays and Values.

The largest is taken out of a sum first. Of Values that is a recorded choice with derivative 0, since a sum
comes to the same whichever number is taken out: so every derivative is right where several tie, and a
compiled program takes out the largest of each example. Where the largest is infinite, so is the sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._functions.dispatch import array_of, in_class_of, register
from autograd._functions.reducing.reductions import join_axes
from autograd._graph.primitive import lookup
from autograd._support.entering import floats
from autograd._table.array_rules import linear as rows
from autograd._table.array_rules.axes import axis_of, reduced_shape

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
    argument, x = x, array_of(x)
    if x.dtype == object:
        if x.ndim == 1 and not keepdims and axis in (None, 0):
            return log_of_sum(x)[0]
        joined, axes = join_axes(x, axis)
        shape = reduced_shape(x.shape, axes, keepdims)
        return in_class_of([argument], log_of_sum(joined).reshape(shape)[()])
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
    argument, x = x, array_of(x)
    if x.dtype == object:
        return in_class_of([argument], _apply_along(_softmax, x, axis))
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
    argument, x = x, array_of(x)
    if x.dtype == object:
        return in_class_of([argument], _apply_along(_log_softmax, x, axis))
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
    rest = softplus(-difference * scale) / scale
    by_y = lookup("where")(lookup("_equal")(x, y), lookup("_on_top")(rest, y), lookup("add")(y, rest))
    return lookup("where")(lookup("_less")(y, x), by_x, by_y)


# -- along the first axis -----------------------------------------------------------------------------
#
# Of arrays of Values, and of whatever else the rows of the table take; a result that is one number along the
# axis keeps it.


def largest(x: Any) -> Any:
    """The largest."""
    top = x
    while (n := top.shape[0]) > 1:  # in pairs, so that a program has few steps one after the other
        half = n // 2
        pairs = lookup("_top")(top[:half], top[half : 2 * half])
        top = rows.concatenate(pairs, top[2 * half :], axis=0) if n % 2 else pairs
    return top


def below_largest(x: Any) -> Any:
    """Each minus the largest; x itself where that is infinity."""
    return lookup("_below")(x, largest(x))


def log_of_sum(x: Any) -> Any:
    """ln Σ exp(xᵢ)."""
    if not x.shape[0]:
        raise ValueError("logsumexp of no numbers")
    if x.shape[0] == 1:
        return x
    top = largest(x)
    return lookup("_on_top")(lookup("log1p")(_rest_of_sum(x - top)), top)


def _rest_of_sum(below: Any) -> Any:
    """Σ exp(xᵢ) - 1 of numbers whose largest is 0.

    The largest each contribute exp(0) = 1; one of them is subtracted.
    """
    ties = _sum(lookup("_equal")(below, 0.0)) - 1.0
    return _sum(lookup("_smaller")(below)) + ties


def _sum(x: Any) -> Any:
    return rows.sum(x, axis=0, keepdims=True)


def _softmax(x: Any) -> Any:
    e = lookup("exp")(below_largest(x))
    return e / _sum(e)


def _log_softmax(x: Any) -> Any:
    below = x - largest(x)
    return lookup("_on_top")(-lookup("log1p")(_rest_of_sum(below)), below)


def _apply_along(function: Callable[[Any], Any], x: Any, axis: int) -> Any:
    """Apply a function along the first axis along another one; the shape stays."""
    axis = axis_of(axis, x.ndim)
    return np.moveaxis(function(np.moveaxis(x, axis, 0)), 0, axis)
