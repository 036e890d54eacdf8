"""The same numbers in another shape.

NumPy itself computes the shape: from the array, or from an array whose axis k is k long, so that the shape
of the result is the order of the axes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._functions.dispatch import array_of, attach, counterpart, free_counterpart
from autograd._graph.node import plain
from autograd._graph.primitive import lookup
from autograd._nodes.tensor import Tensor
from autograd._table.array_rules import linear as rows

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "broadcast_to", "expand_dims",
    "matrix_transpose", "meshgrid", "moveaxis", "ravel", "reshape", "rollaxis", "squeeze", "swapaxes",
    "transpose",
]  # fmt: skip


def _reshape(x: Any, numpy_function: Callable[..., Any], *args: Any) -> Any:
    return rows.reshape(x, shape=numpy_function(plain(x), *args).shape)


def _permute(x: Any, numpy_function: Callable[..., Any], *args: Any) -> Any:
    return rows.transpose(x, axes=numpy_function(np.empty(tuple(range(x.ndim))), *args).shape)


@counterpart(np.reshape)
def reshape(a: Any, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    """The same numbers in another shape.

    >>> reshape(Tensor([1.0, 2.0, 3.0, 4.0]), (2, -1))
    Tensor([[1., 2.],
           [3., 4.]])
    """
    return Tensor.reshape(a, shape, order=order, copy=copy)


@counterpart(np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    """The axes in another order, reversed by default.

    >>> transpose(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([[1., 3.],
           [2., 4.]])
    """
    return Tensor.transpose(a, axes)


@counterpart(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """All numbers in a row.

    >>> ravel(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([1., 2., 3., 4.])
    """
    return Tensor.reshape(a, -1, order=order)


def flatten(a: Any, order: str = "C") -> Any:
    """`ravel`, under the name of the method.

    >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).flatten("F")
    Tensor([1., 3., 2., 4.])
    """
    return ravel(a, order)


attach("flatten", flatten)


@counterpart(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """Without the axes that are 1 long, or without some of them.

    >>> squeeze(Tensor([[1.0, 2.0]]))
    Tensor([1., 2.])
    """
    return _reshape(a, np.squeeze, axis)


@counterpart(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """With an axis more that is 1 long, or with several.

    >>> expand_dims(Tensor([1.0, 2.0]), 0)
    Tensor([[1., 2.]])
    """
    return _reshape(a, np.expand_dims, axis)


@counterpart(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Two axes exchanged.

    >>> swapaxes(Tensor([[1.0, 2.0]]), 0, 1)
    Tensor([[1.],
           [2.]])
    """
    return _permute(a, np.swapaxes, axis1, axis2)


@counterpart(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Some axes in other places, the others in their order.

    >>> moveaxis(Tensor(np.ones((2, 3, 4))), 0, -1).shape
    (3, 4, 2)
    """
    return _permute(a, np.moveaxis, source, destination)


@counterpart(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """One axis moved back to stand before another.

    >>> rollaxis(Tensor(np.ones((2, 3, 4))), 2).shape
    (4, 2, 3)
    """
    return _permute(a, np.rollaxis, axis, start)


@counterpart(np.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    """The last two axes exchanged.

    >>> matrix_transpose(Tensor(np.ones((2, 3, 4)))).shape
    (2, 4, 3)
    """
    return _permute(x, np.matrix_transpose)


def _reshape_each(numpy_function: Callable[..., Any], arrays: tuple[Any, ...]) -> Any:
    """One array reshaped, or a tuple of several."""
    reshaped = tuple(_reshape(array_of(a), numpy_function) for a in arrays)
    return reshaped[0] if len(reshaped) == 1 else reshaped


@free_counterpart(np.atleast_1d)
def atleast_1d(*arrays: Any) -> Any:
    """Each array with one axis at least; of several, a tuple.

    >>> atleast_1d(Tensor(1.0))
    Tensor([1.])
    """
    return _reshape_each(np.atleast_1d, arrays)


@free_counterpart(np.atleast_2d)
def atleast_2d(*arrays: Any) -> Any:
    """Each array with two axes at least, new ones in front; of several, a tuple.

    >>> atleast_2d(Tensor([1.0, 2.0]))
    Tensor([[1., 2.]])
    """
    return _reshape_each(np.atleast_2d, arrays)


@free_counterpart(np.atleast_3d)
def atleast_3d(*arrays: Any) -> Any:
    """Each array with three axes at least; of several, a tuple.

    >>> atleast_3d(Tensor([1.0, 2.0])).shape
    (1, 2, 1)
    """
    return _reshape_each(np.atleast_3d, arrays)


@counterpart(np.broadcast_to)
def broadcast_to(array: Any, shape: Any) -> Any:
    """Repeated along new axes, and along those that are 1 long.

    >>> broadcast_to(Tensor([1.0, 2.0]), (2, 2))
    Tensor([[1., 2.],
           [1., 2.]])
    """
    return rows.broadcast_to(array, shape=np.broadcast_to(plain(array), shape).shape)


@free_counterpart(np.broadcast_arrays)
def broadcast_arrays(*arrays: Any, subok: bool = False) -> Any:
    """A tuple of the arrays, each in the shape that they have together.

    >>> [a.shape for a in broadcast_arrays(Tensor([1.0, 2.0]), Tensor([[1.0], [2.0]]))]
    [(2, 2), (2, 2)]
    """
    several = list(map(array_of, arrays))
    shape = np.broadcast_shapes(*(a.shape for a in several))
    return tuple(rows.broadcast_to(a, shape=shape) for a in several)


@free_counterpart(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: Any = "xy") -> Any:
    """The coordinates of the points of a grid: of each axis, an array in the shape of the grid.

    >>> meshgrid(Tensor([1.0, 2.0]), [3.0, 4.0])[0]
    Tensor([[1., 2.],
           [1., 2.]])
    """
    axes = list(map(array_of, xi))
    places = np.meshgrid(*(np.arange(a.size) for a in axes), sparse=sparse, indexing=indexing)
    flat = (rows.reshape(a, shape=(a.size,)) for a in axes)
    return tuple(rows.getitem(a, index=where) for a, where in zip(flat, places, strict=True))


# -- copies -----------------------------------------------------------------------------------------


@counterpart(np.copy)
def copy(a: Any, order: str = "K") -> Any:
    """The same numbers as a node of its own, whatever the order in memory.

    >>> copy(Tensor([1.0]))
    Tensor([1.])
    """
    return lookup("_identity")(a)


def _astype(
    self: Tensor, dtype: Any, order: str = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
) -> Any:
    """The same numbers in float32 or float64, recorded; the derivative comes back in the dtype of this one.

    Raises:
        TypeError: for any other dtype. Numbers of another kind have no derivative: convert ``.data``.

    >>> Tensor([1.5]).astype(np.float32)
    Tensor([1.5], dtype=float32)
    """
    new = np.dtype(dtype)
    if new not in (np.float32, np.float64):
        raise TypeError(
            f"astype of a Tensor takes float32 and float64, not {new}, which has no derivative: "
            f"x.data.astype({new.name!r}) gives an array of it"
        )
    if casting not in ("unsafe", "same_kind"):
        self._primal.astype(new, casting=casting)  # NumPy's own error
    return lookup("_identity")(self) if new == self.dtype else rows.astype(self, dtype=new)


attach("astype", _astype)
