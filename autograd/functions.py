"""The public functions of whole arrays: sums, products, and what is made of them.

They take Tensors and plain arrays alike; `dot` and `sum` also take lists and object arrays of
Values, which they turn into ordinary scalar arithmetic.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import array_rules as rows
from autograd.given import numbers_of as _numbers
from autograd.given import shaped as _array
from autograd.graph import Node
from autograd.primitives import NUMPY, lookup
from autograd.tensor import NOTHING, Tensor, refuse, stacked

__all__ = ["concatenate", "dot", "max", "mean", "stack", "sum"]


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
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
    x = _array(x)
    if isinstance(x, np.ndarray) and x.dtype == object and axis is None and not keepdims:
        return functools.reduce(operator.add, x.flat) if x.size else 0.0
    return rows.sum(x, axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """(1/n) Σ xᵢ over one axis, several or all.

    >>> mean(Tensor([1.0, 2.0, 6.0]))
    Tensor(3.)
    """
    x = _array(x)
    if isinstance(x, Tensor):
        return x.mean(axis, keepdims=keepdims)
    return np.mean(x, axis=axis, keepdims=keepdims)


def max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest over one axis, several or all; elements that tie share the derivative equally.

    >>> x = Tensor([1.0, 3.0, 3.0])
    >>> max(x).backward()
    >>> x.grad
    array([0. , 0.5, 0.5])
    """
    x = _array(x)
    if x.dtype == object and axis is None and not keepdims:
        return _largest(x.ravel().tolist())
    return rows.max(_numbers(x, "max"), axis=axis, keepdims=keepdims)


def _largest(values: list[Any]) -> Any:
    """The largest of Values. All that tie share the derivative; a row of maxima gives three ¼, ¼ and ½."""
    top, *others = values
    if len(others) < 2:
        return functools.reduce(lookup("maximum"), values)
    ties: Any = 1.0  # of those so far, how many are as large as the largest
    for x in others:
        top, ties = lookup("_larger")(top, x, ties), lookup("_ties")(top, x, ties)
    return top


def dot(a: Any, b: Any) -> Any:
    """Σₖ aₖ bₖ of two vectors, or the matrix product; the weighted sum of a neuron.

    Args:
        a, b: Tensors, arrays, or lists or arrays of Values, of any shapes, as for `numpy.dot`: the sum is
            over the last axis of a and the last but one of b, or its only one; the other axes of a stand
            before the other axes of b. A number is a factor.

    Raises:
        ValueError: when the lengths differ.

    >>> from autograd import Value
    >>> dot([Value(1.0), Value(2.0)], [3.0, 4.0])
    Value(11.0)
    """
    a, b = _array(a), _array(b)
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        if not a.ndim or not b.ndim:
            return lookup("mul")(a, b)
        return rows.matmul(a, b) if a.ndim == 1 or b.ndim < 3 else _dot_of_many(a, b)
    if a.ndim == b.ndim == 1 and object in (a.dtype, b.dtype):
        if len(a) != len(b):
            raise ValueError(f"dot: the vectors have lengths {len(a)} and {len(b)}")
        return sum([x * y for x, y in zip(a.tolist(), b.tolist(), strict=True)])
    return np.dot(a, b)


def _dot_of_many(a: Any, b: Any) -> Any:
    """All of a by each of the matrices in b, where matmul would pair them: as one product of matrices."""
    inner, columns = b.shape[-2:]
    if a.shape[-1] != inner:
        raise ValueError(
            f"dot: the shapes {a.shape} and {b.shape} do not fit: the last axis of a is {a.shape[-1]} long, "
            f"the last but one of b {inner}"
        )
    others = b.shape[:-2]
    front = rows.transpose(b, axes=(b.ndim - 2, *range(b.ndim - 2), b.ndim - 1))
    product = rows.matmul(
        rows.reshape(a, shape=(math.prod(a.shape[:-1]), inner)),
        rows.reshape(front, shape=(inner, math.prod(others) * columns)),
    )
    return rows.reshape(product, shape=(*a.shape[:-1], *others, columns))


def affine(W: Any, a: Any, b: Any = None) -> Any:
    """W a + b, the weighted sums of a layer; of a batch, one row for each row of a.

    Args:
        W: shape (outputs, inputs), or (inputs,) for one neuron.
        a: shape (inputs,), or (n, inputs).
        b: shape (outputs,) or (); or None for no bias.

    Of Tensors it is one operation. Of arrays of Values every product and sum is recorded.

    >>> affine(Tensor([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 10.0]), Tensor([0.5, 0.25]))
    Tensor([21.5 , 43.25])
    """
    if b is not None and (isinstance(W, Tensor) or isinstance(a, Tensor) or isinstance(b, Tensor)):
        return rows.affine(W, a, b)
    W, a = (x if isinstance(x, np.ndarray) else _array(x) for x in (W, a))
    weighted = W @ a if a.ndim == 1 else (W @ a.T).T
    return weighted if b is None else weighted + b


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Arrays joined along an axis that they have; with axis=None all their numbers in one row.

    >>> concatenate([Tensor([1.0]), Tensor([2.0, 3.0])])
    Tensor([1., 2., 3.])
    """
    several = _several(arrays, "concatenate")
    if axis is None:
        several, axis = (
            [rows.reshape(a if isinstance(a, Tensor) else np.asarray(a), shape=(-1,)) for a in several],
            0,
        )
    return rows.concatenate(*several, axis=_whole(axis, "concatenate"))


def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Arrays of one shape joined along a new axis.

    >>> stack([Tensor(1.0), Tensor(2.0)])
    Tensor([1., 2.])
    """
    return rows.stack(*_several(arrays, "stack"), axis=_whole(axis, "stack"))


def _whole(axis: Any, name: str) -> int:
    try:
        return operator.index(axis)
    except TypeError:
        raise TypeError(f"{name}: axis is a whole number, not {axis!r}") from None


def _several(arrays: Sequence[Any], name: str) -> list[Any]:
    if isinstance(arrays, Node) and not isinstance(arrays, Tensor):
        raise TypeError(f"{name} takes a list of Tensors or arrays, not {arrays!r}")
    several = list(map(stacked, arrays))
    if not several:
        raise ValueError(f"{name} needs at least one array")
    return several


# -- NumPy's functions of whole arrays, on Tensors: with NumPy's arguments, in NumPy's order ---------


def _by(method: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy's by a method of the same arguments."""

    @functools.wraps(method)
    def function(a: Any, *args: Any, **arguments: Any) -> Any:
        if arguments.get("keepdims") is NOTHING:
            arguments["keepdims"] = False
        return method(a, *args, **arguments)

    return function


def _numpy_reshape(a: Any, /, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    return Tensor.reshape(a, shape, order=order, copy=copy)


def _numpy_transpose(a: Any, axes: Any = None) -> Any:
    return Tensor.transpose(a, axes)


def _numpy_dot(a: Any, b: Any, out: Any = None) -> Any:
    refuse("dot", out=out)
    return dot(a, b)


def _joining(ours: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy's function of a list of arrays."""

    @functools.wraps(ours)
    def function(
        arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
    ) -> Any:
        refuse(ours.__name__, out=out, dtype=dtype, casting=None if casting == "same_kind" else casting)
        return ours(arrays, axis)

    return function


NUMPY.update(
    {
        np.concatenate: _joining(concatenate),
        np.dot: _numpy_dot,
        np.matmul: rows.matmul,  # the row's own is quicker for small matrices
        np.max: _by(Tensor.max),
        np.mean: _by(Tensor.mean),
        np.reshape: _numpy_reshape,
        np.stack: _joining(stack),
        np.sum: _by(Tensor.sum),
        np.transpose: _numpy_transpose,
    }
)
