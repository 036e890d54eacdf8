"""Numbers in other places: functions that only move, repeat or leave out the numbers of an array.

NumPy itself moves them: its function rearranges the places, numbered from 0, and the result is an index. So
every argument of NumPy's has NumPy's meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._functions.dispatch import counterpart
from autograd._graph.concretization import concrete
from autograd._graph.node import Node, plain
from autograd._graph.primitive import lookup
from autograd._nodes.tensor import Tensor
from autograd._table.array_rules import linear as rows
from autograd._table.array_rules.axes import along, axis_of

__all__ = [
    "array_split", "delete", "diagonal", "dsplit", "flip", "fliplr", "flipud", "hsplit", "pad", "partition",
    "repeat", "resize", "roll", "rot90", "sort", "split", "take", "take_along_axis", "tile", "tril", "triu",
    "unique", "vsplit",
]  # fmt: skip


def _rearrange(x: Tensor, numpy_function: Callable[..., Any], *args: Any, **arguments: Any) -> Any:
    """x with its elements where a function of NumPy's puts them; a list of Tensors if NumPy gives a list."""
    places = np.arange(x.size).reshape(x.shape)
    rearranged = numpy_function(places, *args, **arguments)
    if isinstance(rearranged, (list, tuple)):
        return type(rearranged)(_gather(x, places, part) for part in rearranged)
    return _gather(x, places, rearranged)


def _gather(x: Tensor, places: Any, flat_places: Any) -> Any:
    """The elements of x at flat positions; of a box of them a view, as by slices."""
    slices = _slices(places, flat_places)
    if slices is not None:
        return rows.getitem(x, index=slices)
    return rows.getitem(x if x.ndim == 1 else rows.reshape(x, shape=(x.size,)), index=flat_places)


def _slices(places: Any, region: Any) -> tuple[slice, ...] | None:
    """The region as slices, or None if it is not a box of evenly spaced elements."""
    if region.ndim != places.ndim or not region.size or not np.may_share_memory(region, places):
        return None
    starts = map(int, np.unravel_index(int(region.flat[0]), places.shape))
    slices = []
    for axis, (start, length) in enumerate(zip(starts, region.shape, strict=True)):
        step = -1 if length > 1 and region.strides[axis] < 0 else 1
        stop = start + step * length
        along = length <= 1 or region.strides[axis] == step * places.strides[axis]
        if not along or not -1 <= stop <= places.shape[axis]:
            return None
        slices.append(slice(start, None if stop < 0 else stop, step))
    return tuple(slices)


@counterpart(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """The order of the numbers turned round, along one axis, several or all.

    >>> flip(Tensor([1.0, 2.0, 3.0]))
    Tensor([3., 2., 1.])
    """
    return _rearrange(m, np.flip, axis)


@counterpart(np.fliplr)
def fliplr(m: Any) -> Any:
    """`flip` along the second axis.

    >>> fliplr(Tensor([[1.0, 2.0]]))
    Tensor([[2., 1.]])
    """
    return _rearrange(m, np.fliplr)


@counterpart(np.flipud)
def flipud(m: Any) -> Any:
    """`flip` along the first axis.

    >>> flipud(Tensor([1.0, 2.0]))
    Tensor([2., 1.])
    """
    return _rearrange(m, np.flipud)


@counterpart(np.rot90)
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Turned by k right angles, from the first of two axes towards the second.

    >>> rot90(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([[2., 4.],
           [1., 3.]])
    """
    return _rearrange(m, np.rot90, k, axes)


@counterpart(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Shifted along an axis; a number that leaves at the end comes in at the start.

    >>> roll(Tensor([1.0, 2.0, 3.0]), 1)
    Tensor([3., 1., 2.])
    """
    return _rearrange(a, np.roll, shift, axis)


@counterpart(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Each number several times, or each part along an axis.

    >>> repeat(Tensor([1.0, 2.0]), [2, 1])
    Tensor([1., 1., 2.])
    """
    return _rearrange(a, np.repeat, repeats, axis)


@counterpart(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """The whole array several times along each axis.

    >>> tile(Tensor([1.0, 2.0]), 2)
    Tensor([1., 2., 1., 2.])
    """
    return _rearrange(A, np.tile, reps)


@counterpart(np.resize, method=False)
def resize(a: Any, new_shape: Any) -> Any:
    """The numbers in a row, again from the first where they do not suffice, in another shape.

    >>> resize(Tensor([1.0, 2.0]), 3)
    Tensor([1., 2., 1.])
    """
    return _rearrange(a, np.resize, new_shape) if a.size else Tensor(np.resize(plain(a), new_shape))


@counterpart(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The numbers whose places along two axes differ by the offset.

    >>> diagonal(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([1., 4.])
    """
    return _rearrange(a, np.diagonal, offset, axis1, axis2)


@counterpart(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """Without the numbers at some places, or without parts along an axis.

    >>> delete(Tensor([1.0, 2.0, 3.0]), 1)
    Tensor([1., 3.])
    """
    return _rearrange(arr, np.delete, obj, axis)


@counterpart(np.take)
def take(a: Any, indices: Any, axis: Any = None, *, mode: str = "raise") -> Any:
    """The numbers at some places, or the parts along an axis.

    >>> take(Tensor([1.0, 2.0, 3.0]), [2, 0, 2])
    Tensor([3., 1., 3.])
    """
    if axis is None or a.ndim == 0:
        a, axis = rows.reshape(a, shape=(-1,)), axis or 0
    axis = axis_of(axis, a.ndim)
    places = np.take(np.arange(a.shape[axis]), _whole_numbers(indices), mode=mode)  # type: ignore[call-overload]
    return rows.getitem(a, index=along(axis, places))


def _whole_numbers(indices: Any) -> Any:
    if isinstance(indices, Node):
        raise TypeError(f"an index is made of whole numbers, not of {indices!r:.80}")
    return indices


@counterpart(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """The numbers at places along an axis that differ from row to row, as `numpy.argsort` gives them.

    >>> take_along_axis(Tensor([[1.0, 2.0], [3.0, 4.0]]), np.array([[1], [0]]), axis=1)
    Tensor([[2.],
           [3.]])
    """
    return _rearrange(arr, np.take_along_axis, _whole_numbers(indices), axis)


@counterpart(np.sort, method=False)
def sort(a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
    """The numbers in their order, along an axis or all in a row.

    Each keeps its own derivative. Of numbers that tie, the one that stood first goes first.

    >>> x = Tensor([3.0, 1.0, 2.0])
    >>> (sort(x) * [1.0, 10.0, 100.0]).sum().backward()
    >>> x.grad
    array([100.,   1.,  10.])
    """
    np.sort(np.empty(0), kind=kind, stable=stable)  # NumPy's errors
    return _reorder(a, axis, lambda x, axis: np.argsort(x, axis, kind="stable"))


@counterpart(np.partition, method=False)
def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect") -> Any:
    """The k-th in its place, the smaller ones before it and the larger ones behind it.

    >>> partition(Tensor([3.0, 1.0, 2.0]), 0)[0]
    Tensor(1.)
    """
    return _reorder(a, axis, lambda x, axis: np.argpartition(x, kth, axis, kind))


def _reorder(x: Any, axis: Any, order: Callable[..., Any]) -> Any:
    if axis is None:
        x, axis = rows.reshape(x, shape=(-1,)), 0
    axis = axis_of(axis, x.ndim)
    return _rearrange(x, np.take_along_axis, order(concrete(x), axis), axis)


@counterpart(np.unique)
def unique(ar: Any) -> Any:
    """Each number once, in their order; of numbers that tie, the first has the derivative.

    >>> unique(Tensor([3.0, 1.0, 3.0]))
    Tensor([1., 3.])
    """
    first = np.unique(concrete(ar), return_index=True)[1]
    return rows.getitem(rows.reshape(ar, shape=(ar.size,)), index=first)


# -- in parts ---------------------------------------------------------------------------------------


@counterpart(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """A list of the parts along an axis: so many of equal length, or cut at some places.

    >>> split(Tensor([1.0, 2.0, 3.0]), [1])
    [Tensor([1.]), Tensor([2., 3.])]
    """
    return _rearrange(ary, np.split, indices_or_sections, axis)


@counterpart(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """`split` into parts that need not be of equal length.

    >>> array_split(Tensor([1.0, 2.0, 3.0]), 2)
    [Tensor([1., 2.]), Tensor([3.])]
    """
    return _rearrange(ary, np.array_split, indices_or_sections, axis)


@counterpart(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`split` along the second axis, of a vector along its only one.

    >>> hsplit(Tensor([1.0, 2.0]), 2)
    [Tensor([1.]), Tensor([2.])]
    """
    return _rearrange(ary, np.hsplit, indices_or_sections)


@counterpart(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`split` along the first axis.

    >>> vsplit(Tensor([[1.0], [2.0]]), 2)
    [Tensor([[1.]]), Tensor([[2.]])]
    """
    return _rearrange(ary, np.vsplit, indices_or_sections)


@counterpart(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """`split` along the third axis.

    >>> [part.shape for part in dsplit(Tensor(np.ones((1, 2, 2))), 2)]
    [(1, 2, 1), (1, 2, 1)]
    """
    return _rearrange(ary, np.dsplit, indices_or_sections)


# -- with numbers that are no element ---------------------------------------------------------------


@counterpart(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """The upper triangle of each matrix: 0 below the k-th diagonal.

    >>> triu(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([[1., 2.],
           [0., 4.]])
    """
    return lookup("where")(_triangle(m, k - 1), 0.0, m)


@counterpart(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """The lower triangle of each matrix: 0 above the k-th diagonal.

    >>> tril(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([[1., 0.],
           [3., 4.]])
    """
    return lookup("where")(_triangle(m, k), m, 0.0)


def _triangle(m: Any, k: int) -> Any:
    tri: Any = np.tri
    return tri(*m.shape[-2:], k=k, dtype=bool)


# The modes of np.pad that repeat numbers of the array.
REPEATING = ("edge", "reflect", "symmetric", "wrap")


@counterpart(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **arguments: Any) -> Any:
    """With a border: of constants, or of its own numbers.

    Args:
        array: a Tensor, an array, or a list or array of Values.
        pad_width: how many before and after, as in NumPy.
        mode: of a Tensor, ``constant``, ``edge``, ``reflect``, ``symmetric`` or ``wrap``.
        arguments: as in NumPy: ``constant_values``.

    >>> pad(Tensor([1.0, 2.0]), 1)
    Tensor([0., 1., 2., 0.])
    >>> pad(Tensor([1.0, 2.0]), (0, 1), "edge")
    Tensor([1., 2., 2.])
    """
    if mode in REPEATING and arguments.get("reflect_type", "even") == "even":
        return _rearrange(array, np.pad, pad_width, mode, **arguments)
    if mode != "constant":
        raise TypeError(
            f"pad of a Tensor takes mode='constant', {', '.join(map(repr, REPEATING))}, not {mode!r}"
            + ("" if not arguments else f" with {arguments}")
        )
    border = np.pad(np.zeros(array.shape, array.dtype), pad_width, **arguments)
    index = _block(np.pad(np.ones(array.shape, bool), pad_width, constant_values=False), array.shape)
    padded = rows.put(array, index=index, shape=border.shape)
    return padded + border if border.any() else padded


def _block(inside: Any, shape: tuple[int, ...]) -> tuple[slice, ...]:
    """The slices of a block of a shape, whose elements alone are True."""
    starts: Any = np.unravel_index(int(inside.argmax()), inside.shape) if inside.any() else (0,) * len(shape)
    return tuple(slice(int(start), int(start) + n) for start, n in zip(starts, shape, strict=True))
