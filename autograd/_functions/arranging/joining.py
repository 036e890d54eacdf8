"""Several arrays as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._functions.arranging.shapes import atleast_1d, atleast_2d, atleast_3d
from autograd._functions.dispatch import array_of, counterpart
from autograd._graph.node import Node
from autograd._nodes.tensor import Tensor, stacked
from autograd._table.array_rules import linear as rows
from autograd._table.array_rules.axes import whole_axis

__all__ = ["append", "column_stack", "concatenate", "dstack", "hstack", "stack", "vstack"]


@counterpart(np.concatenate, joins=True)
def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Arrays joined along an axis that they have; with axis=None all their numbers in one row.

    >>> concatenate([Tensor([1.0]), Tensor([2.0, 3.0])])
    Tensor([1., 2., 3.])
    """
    several = _several(arrays, "concatenate")
    if axis is None:
        several, axis = [rows.reshape(array_of(a), shape=(-1,)) for a in several], 0
    return rows.concatenate(*several, axis=whole_axis(axis))


@counterpart(np.stack, joins=True)
def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Arrays of one shape joined along a new axis.

    >>> stack([Tensor(1.0), Tensor(2.0)])
    Tensor([1., 2.])
    """
    return rows.stack(*_several(arrays, "stack"), axis=whole_axis(axis))


def _several(arrays: Sequence[Any], name: str) -> list[Any]:
    if isinstance(arrays, Node) and not isinstance(arrays, Tensor):
        raise TypeError(f"{name} takes a list of Tensors or arrays, not {arrays!r}")
    several = list(map(stacked, arrays))
    if not several:
        raise ValueError(f"{name} needs at least one array")
    return several


@counterpart(np.vstack, joins=True)
def vstack(tup: Sequence[Any]) -> Any:
    """Arrays joined along the first axis; a vector is a row.

    >>> vstack([Tensor([1.0, 2.0]), [3.0, 4.0]])
    Tensor([[1., 2.],
           [3., 4.]])
    """
    return concatenate(list(map(atleast_2d, _several(tup, "vstack"))), 0)


@counterpart(np.hstack, joins=True)
def hstack(tup: Sequence[Any]) -> Any:
    """Arrays joined along the second axis; vectors along their only one.

    >>> hstack([Tensor([1.0]), 2.0])
    Tensor([1., 2.])
    """
    several = list(map(atleast_1d, _several(tup, "hstack")))
    return concatenate(several, 0 if several[0].ndim == 1 else 1)


@counterpart(np.dstack, joins=True)
def dstack(tup: Sequence[Any]) -> Any:
    """Arrays joined along the third axis, which arrays of fewer axes get.

    >>> dstack([Tensor([1.0, 2.0]), [3.0, 4.0]]).shape
    (1, 2, 2)
    """
    return concatenate(list(map(atleast_3d, _several(tup, "dstack"))), 2)


@counterpart(np.column_stack, joins=True)
def column_stack(tup: Sequence[Any]) -> Any:
    """Arrays joined along the second axis; a vector is a column.

    >>> column_stack([Tensor([1.0, 2.0]), [3.0, 4.0]])
    Tensor([[1., 3.],
           [2., 4.]])
    """
    several = [array_of(a) for a in _several(tup, "column_stack")]
    return concatenate([a if a.ndim >= 2 else rows.reshape(a, shape=(-1, 1)) for a in several], 1)


@counterpart(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """One array behind another, along an axis or all numbers in a row.

    >>> append(Tensor([1.0]), [2.0, 3.0])
    Tensor([1., 2., 3.])
    """
    return concatenate([arr, array_of(values)], axis)
