"""Over one axis, several or all: sums, extremes, products, spreads, running sums and products."""

from __future__ import annotations

import functools
import math
import operator
from typing import Any

import numpy as np

from autograd._functions.arranging.places import sort
from autograd._functions.dispatch import array_of, attach, counterpart, register
from autograd._graph.concretization import look_at
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain
from autograd._graph.primitive import lookup
from autograd._nodes.operands.counts import Count
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.numpy_functions import NOTHING
from autograd._table.array_rules import linear as rows
from autograd._table.array_rules.axes import along, axes_of, axis_of, other_axes, reduced_shape

__all__ = ["average", "cumprod", "cumsum", "mean", "median", "prod", "ptp", "std", "var"]


def _sum_of_values(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if axis is None and not keepdims:
        return functools.reduce(operator.add, x.flat) if x.size else 0.0
    return rows.sum(x, axis=axis, keepdims=keepdims)


@counterpart(np.sum, values=_sum_of_values)
def sum(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Σ xᵢ over one axis, several or all.

    Args:
        x: a Tensor, an array, or a list or array of Values.
        axis, keepdims: as in NumPy.

    >>> sum(Tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0)
    Tensor([4., 6.])
    >>> from autograd import Value
    >>> sum([Value(1.0), Value(2.0)])
    Value(3.0)
    """
    return Tensor.sum(x, axis, keepdims=keepdims)


@counterpart(np.mean)
def mean(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """(1/n) Σ xᵢ over one axis, several or all.

    >>> mean(Tensor([1.0, 2.0, 6.0]))
    Tensor(3.)
    """
    return Tensor.mean(x, axis, keepdims=keepdims)


@counterpart(np.max)
def max(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The largest over one axis, several or all; elements that tie share the derivative equally.

    >>> x = Tensor([1.0, 3.0, 3.0])
    >>> max(x).backward()
    >>> x.grad
    array([0. , 0.5, 0.5])
    """
    return Tensor.max(x, axis, keepdims=keepdims)


@counterpart(np.min)
def min(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The smallest over one axis, several or all; elements that tie share the derivative equally.

    >>> x = Tensor([1.0, 1.0, 3.0])
    >>> min(x).backward()
    >>> x.grad
    array([0.5, 0.5, 0. ])
    """
    return rows.min(x, axis=axis, keepdims=keepdims)


@counterpart(np.ptp)
def ptp(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """max - min, over one axis, several or all.

    >>> ptp(Tensor([1.0, 5.0, 3.0]))
    Tensor(4.)
    """
    return rows.max(x, axis=axis, keepdims=keepdims) - rows.min(x, axis=axis, keepdims=keepdims)


@counterpart(np.prod)
def prod(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Π xᵢ over one axis, several or all; its derivatives are right where factors are 0.

    >>> x = Tensor([2.0, 0.0, 5.0])
    >>> prod(x).backward()
    >>> x.grad
    array([ 0., 10.,  0.])
    """
    flat, axes = join_axes(x, axis)
    # A product of two has a derivative without a division, so a product of many is one of its halves.
    while (n := flat.shape[0]) > 1:
        half = n // 2
        pairs = flat[:half] * flat[half : 2 * half]
        flat = rows.concatenate(pairs, flat[2 * half :], axis=0) if n % 2 else pairs
    product = flat[0] if flat.shape[0] else rows.sum(flat, axis=0) + 1.0
    return rows.reshape(product, shape=reduced_shape(x.shape, axes, keepdims))


def join_axes(x: Any, axis: Any) -> tuple[Any, tuple[int, ...]]:
    """x with the axes of a reduction joined to its first one, and these axes."""
    axes = axes_of(axis, x.ndim)
    flat = rows.transpose(x, axes=(*axes, *other_axes(axes, x.ndim))) if x.ndim > 1 else x
    length = math.prod(x.shape[a] for a in axes)
    return rows.reshape(flat, shape=(length, *reduced_shape(x.shape, axes, keepdims=False))), axes


@counterpart(np.var, generic=True)
def var(
    x: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False, correction: Any = NOTHING
) -> Any:
    """Σ (xᵢ - mean)² / (n - ddof) over one axis, several or all.

    >>> var(Tensor([1.0, 3.0])), var(Tensor([1.0, 3.0]), ddof=1)
    (Tensor(1.), Tensor(2.))
    """
    if correction is not NOTHING:
        if ddof != 0:
            raise ValueError("var and std take ddof or correction, not both")
        ddof = correction
    off = x - mean(x, axis, keepdims=True)
    total = sum(lookup("square")(off), axis, keepdims=keepdims)
    # Of too few numbers a Tensor's is nan or infinite, as NumPy's, and of Values there is none.
    count = float(Count.along(x.shape, axis, ddof))
    return total._over(count, axis, ddof) if isinstance(total, Tensor) else total / count


@counterpart(np.std, generic=True)
def std(
    x: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False, correction: Any = NOTHING
) -> Any:
    """√var; where all numbers are equal, the derivative is taken as 0, as that of |x| at 0.

    >>> std(Tensor([1.0, 3.0]))
    Tensor(1.)
    >>> x = Tensor([2.0, 2.0])
    >>> std(x).backward()
    >>> x.grad
    array([0., 0.])
    """
    return lookup("_length")(var(x, axis, ddof=ddof, keepdims=keepdims, correction=correction))


@register(np.conjugate, np.positive)
def _itself(x: Any) -> Any:
    return x


# For one Value, NumPy's var and std ask for its own; for a list of them they multiply by conjugates.
attach("var", var, Value)
attach("std", std, Value)
attach("conjugate", _itself, Value)


def _align_weights(weights: Any, x: Any, axis: Any) -> Any:
    """Weights of the places along some axes, in a shape that broadcasts with x."""
    if weights.shape == x.shape:
        return weights
    if axis is None:
        raise TypeError(
            f"average: weights of shape {weights.shape} for an array of shape {x.shape} need an axis"
        )
    axes = axes_of(axis, x.ndim)
    shape = tuple(x.shape[a] for a in axes)
    if weights.shape != shape:
        raise ValueError(
            f"average: along axes {axes} the shape is {shape}, and {weights.shape} of the weights"
        )
    ordered = rows.transpose(weights, axes=tuple(np.argsort(axes).tolist()))
    return rows.reshape(ordered, shape=reduced_shape(x.shape, other_axes(axes, x.ndim)))


@counterpart(np.average, generic=True)
def average(
    x: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False
) -> Any:
    """Σ wᵢ xᵢ / Σ wᵢ over one axis, several or all; differentiable by the weights too.

    Args:
        x: a Tensor, an array, or a list or array of Values.
        axis, keepdims: as in NumPy.
        weights: of the shape of x, or of its shape along the axis; by default all alike.
        returned: whether the sum of the weights is given beside the average.

    Raises:
        ZeroDivisionError: when the weights sum to 0.

    >>> average(Tensor([1.0, 4.0]), weights=[3.0, 1.0])
    Tensor(1.75)
    """
    axis = tuple(axis) if isinstance(axis, list) else axis
    if weights is None:
        middle = mean(x, axis, keepdims=keepdims)
        total: Any = np.asarray(x.size / np.size(plain(middle)), getattr(middle, "dtype", float))
    else:
        weights = _align_weights(array_of(weights), x, axis)
        total = sum(weights * np.ones(x.shape, x.dtype), axis, keepdims=keepdims)
        if np.any(plain_array(total) == 0.0):
            raise ZeroDivisionError("the weights of an average sum to zero")
        middle = sum(x * weights, axis, keepdims=keepdims) / total
    if not returned:
        return middle
    return middle, rows.broadcast_to(total, shape=np.shape(plain(middle)))


@counterpart(np.median)
def median(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The middle of the sorted numbers; of an even count, the mean of the two in the middle.

    nan where a number is nan. At a tie the derivative goes to one of the equal numbers.

    >>> x = Tensor([5.0, 1.0, 2.0, 4.0])
    >>> median(x).backward()
    >>> median(x), x.grad
    (Tensor(3.), array([0. , 0. , 0.5, 0.5]))
    """
    flat, axes = join_axes(x, tuple(axis) if isinstance(axis, list) else axis)
    ordered = sort(flat, axis=0)
    n = flat.shape[0]
    middle = mean(ordered[(n - 1) // 2 : n // 2 + 1] if n else ordered, axis=0)
    is_nan = look_at(ordered, lambda array: np.isnan(array[-1:]), is_told=False)  # nan is sorted to the end
    if is_nan.any():
        middle = lookup("where")(is_nan[0], np.nan, middle)
    return rows.reshape(middle, shape=reduced_shape(x.shape, axes, keepdims))


def _array_and_axis(x: Any, axis: Any) -> tuple[Any, int]:
    """The array and the axis to accumulate along; with axis=None, the flattened array."""
    if axis is None or (x.ndim == 0 and axis in (0, -1)):
        return rows.reshape(x, shape=(-1,)), 0
    return x, axis_of(axis, x.ndim)


@counterpart(np.cumsum)
def cumsum(x: Any, axis: int | None = None) -> Any:
    """The running sums x₀ + … + xᵢ along an axis, or of the flattened array.

    >>> cumsum(Tensor([1.0, 2.0, 3.0]))
    Tensor([1., 3., 6.])
    """
    x, axis = _array_and_axis(x, axis)
    return rows.cumsum(x, axis=axis)


@counterpart(np.cumprod)
def cumprod(x: Any, axis: int | None = None) -> Any:
    """The running products x₀ · … · xᵢ along an axis, or of the flattened array.

    The derivatives are right where factors are 0.

    >>> x = Tensor([2.0, 0.0, 4.0])
    >>> cumprod(x).sum().backward()
    >>> cumprod(x), x.grad
    (Tensor([2., 0., 0.]), array([ 1., 10.,  0.]))
    """
    x, axis = _array_and_axis(x, axis)
    step = 1
    # Of each, the product of so many up to it; then of twice as many.
    while step < x.shape[axis]:
        longer = x[along(axis, slice(step, None))] * x[along(axis, slice(None, -step))]
        x = rows.concatenate(x[along(axis, slice(step))], longer, axis=axis)
        step *= 2
    return x if step > 1 else lookup("_identity")(x)
