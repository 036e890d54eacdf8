"""Differences of neighbours along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._functions.arranging.joining import concatenate
from autograd._functions.dispatch import array_of, counterpart, free_counterpart
from autograd._functions.reducing.reductions import sum
from autograd._graph.node import first_node
from autograd._graph.primitive import lookup
from autograd._support.checks import count
from autograd._support.numpy_functions import NOTHING
from autograd._table.array_rules import linear as rows
from autograd._table.array_rules.axes import along, axes_of, axis_of, other_axes, reduced_shape

__all__ = ["diff", "gradient", "trapezoid"]

_numpys_gradient: Any = np.gradient


@counterpart(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = NOTHING, append: Any = NOTHING) -> Any:
    """xᵢ₊₁ - xᵢ along an axis, n times.

    Args:
        a: a Tensor, an array, or a list or array of Values.
        n, axis: as in NumPy.
        prepend, append: numbers to put before and after along the axis first.

    >>> from autograd import Tensor
    >>> diff(Tensor([1.0, 4.0, 9.0]))
    Tensor([3., 5.])
    """
    n = count(n, "diff: n", 0)
    if not a.ndim:
        raise ValueError("diff needs an array of one axis at least")
    axis = axis_of(axis, a.ndim)
    if n == 0:
        return lookup("_identity")(a)
    thin = reduced_shape(a.shape, (axis,))
    ends = [None if part is NOTHING else _with_axes(array_of(part), thin) for part in (prepend, append)]
    parts = [part for part in (ends[0], a, ends[1]) if part is not None]
    if len(parts) > 1:
        a = concatenate(parts, axis)
    for _ in range(n):
        a = a[along(axis, slice(1, None))] - a[along(axis, slice(-1))]
    return a


def _with_axes(part: Any, shape: tuple[int, ...]) -> Any:
    return part if part.ndim else rows.broadcast_to(part, shape=shape)


@free_counterpart(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The slopes of a function known at the points of a grid, along each axis, by differences of neighbours.

    Args:
        f: a Tensor, or an array of numbers: the function at the points.
        varargs: the distance of the points, or their coordinates along each axis: numbers.
        axis: along which axis, or which ones; along all by default.
        edge_order: how many differences the first and the last slope are made from, 1 or 2.

    Returns:
        An array in the shape of f; a tuple of arrays for several axes.

    >>> from autograd import Tensor
    >>> gradient(Tensor([1.0, 4.0, 9.0, 16.0]))
    Tensor([3., 4., 6., 7.])
    """
    f = array_of(f)
    if first_node(varargs) is not None:
        raise TypeError("gradient of a function at points takes the points as numbers, not as nodes")
    _numpys_gradient(np.zeros(f.shape), *varargs, axis=axis, edge_order=edge_order)  # NumPy's errors
    axes = axes_of(tuple(axis) if isinstance(axis, list) else axis, f.ndim)
    spacings = list(varargs) if len(varargs) == len(axes) else list(varargs or (1.0,)) * len(axes)
    slopes = tuple(_slopes(f, a, spacing, edge_order) for a, spacing in zip(axes, spacings, strict=True))
    return slopes[0] if len(slopes) == 1 else slopes


@counterpart(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral of a function known at points, by the trapezoids between neighbours.

    Args:
        y: a Tensor, an array, or a list or array of Values: the function at the points.
        x: the points, nodes too; by default so far apart as dx says.
        dx: the distance of the points.
        axis: along which axis.

    >>> from autograd import Tensor
    >>> trapezoid(Tensor([1.0, 2.0, 3.0]), dx=0.5)
    Tensor(2.)
    """
    axis = axis_of(axis, y.ndim)
    if x is not None:
        dx = diff(array_of(x), axis=axis if np.ndim(x) > 1 else -1)
        if dx.ndim == 1:
            dx = rows.reshape(dx, shape=(-1, *(1,) * (y.ndim - 1 - axis)))
    heights = y[along(axis, slice(1, None))] + y[along(axis, slice(-1))]
    return sum(dx * heights / 2.0, axis)


def _slopes(f: Any, axis: int, spacing: Any, edge_order: int) -> Any:
    """Each slope is a sum of two differences among three points, the first of them at `first`.

    NumPy itself gives the weights of the points: the slopes of ones at every third point, of which each slope
    meets one.
    """
    n = f.shape[axis]
    first = np.clip(np.arange(n) - 1, 0, max(n - 3, 0))
    combs = [
        _numpys_gradient((np.arange(n) % 3 == k) * 1.0, spacing, edge_order=edge_order) for k in range(3)
    ]
    shape = reduced_shape(f.shape, other_axes((axis,), f.ndim))
    weights = [
        np.choose((first + k) % 3, combs).astype(f.dtype if f.dtype != object else float).reshape(shape)
        for k in range(3)
    ]
    steps = diff(f, axis=axis)
    before = rows.getitem(steps, index=along(axis, first))
    after = rows.getitem(steps, index=along(axis, np.minimum(first + 1, n - 2)))
    return after * weights[2] - before * weights[0]
