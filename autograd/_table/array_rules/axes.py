"""Axes of an array, counted from 0 with NumPy's errors, and the shapes and indices that belong to them."""

from __future__ import annotations

import operator
from collections.abc import Collection
from typing import Any

from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

__all__ = ["along", "axes_of", "axis_of", "other_axes", "reduced_shape", "whole_axis"]

Shape = tuple[int, ...]


def whole_axis(axis: Any) -> int:
    """An axis as a Python int, which may be negative.

    >>> whole_axis(0.5)
    Traceback (most recent call last):
        ...
    TypeError: axis is a whole number, not 0.5
    """
    try:
        return operator.index(axis)
    except TypeError:
        raise TypeError(f"axis is a whole number, not {axis!r:.80}") from None


def axis_of(axis: Any, ndim: int) -> int:
    """One axis of an array of `ndim` axes, counted from 0; errors as of `axes_of`."""
    return normalize_axis_index(whole_axis(axis), ndim)


def axes_of(axis: Any, ndim: int, name: str | None = None) -> Shape:
    """The axes that a reduction is over, counted from 0: all of them for None.

    A single number may be reduced along axis 0 or -1, as in NumPy, though it has no axis. An error begins
    with `name`.

    Raises:
        numpy.exceptions.AxisError: for an axis that the array lacks.
        ValueError: for an axis that is named twice.
        TypeError: for anything but whole numbers.

    >>> axes_of((-1, 0), 3), axes_of(None, 2), axes_of(0, 0)
    ((2, 0), (0, 1), ())
    """
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, tuple):
        axes: Shape = normalize_axis_tuple(tuple(map(whole_axis, axis)), ndim, name)
        return axes
    one = whole_axis(axis)
    return (normalize_axis_index(one, ndim, name),) if ndim or one not in (0, -1) else ()


def other_axes(axes: Collection[int], ndim: int) -> Shape:
    """The other axes, in their order."""
    return tuple(a for a in range(ndim) if a not in axes)


def reduced_shape(shape: Shape, axes: Collection[int], keepdims: Any = True) -> Shape:
    """A shape after a reduction over some axes: these 1 long, or left out.

    >>> reduced_shape((2, 3, 4), (0, 2)), reduced_shape((2, 3, 4), (0, 2), keepdims=False)
    ((1, 3, 1), (3,))
    """
    if keepdims:
        return tuple(1 if a in axes else n for a, n in enumerate(shape))
    return tuple(n for a, n in enumerate(shape) if a not in axes)


def along(axis: int, part: Any) -> tuple[Any, ...]:
    """The index of a part along an axis, whole along the axes before it.

    >>> along(1, slice(2))
    (slice(None, None, None), slice(None, 2, None))
    """
    return (*(slice(None),) * axis, part)
