"""Products of arrays beside `dot` and ``@``: outer, inner, einsum; and diagonals.

Each takes Tensors, arrays of numbers, and lists or arrays of Values, with NumPy's arguments.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from autograd._functions.arranging.places import diagonal
from autograd._functions.arranging.shapes import moveaxis
from autograd._functions.dispatch import array_of, counterpart, register
from autograd._functions.matrices.dot import dot
from autograd._graph.node import first_node
from autograd._nodes.tensor import Tensor
from autograd._support.numpy_functions import refuse
from autograd._table.array_rules import linear, products
from autograd._table.array_rules.axes import axes_of, other_axes, reduced_shape
from autograd._table.array_rules.subscripts import described, explicit, unpacked

# fmt: off
__all__ = [  # noqa: RUF022 - in reading order
    "outer", "inner", "vdot", "tensordot", "einsum", "kron", "cross",
    "trace", "diag", "diagflat",
]
# fmt: on


@counterpart(np.outer)
def outer(a: Any, b: Any) -> Any:
    """aᵢ bⱼ: every element of one by every element of the other, as a matrix.

    >>> outer(Tensor([1.0, 2.0]), np.array([10.0, 20.0]))
    Tensor([[10., 20.],
            [20., 40.]])
    """
    return array_of(a).reshape(-1, 1) * array_of(b).reshape(1, -1)


@counterpart(np.inner, generic=True)
def inner(a: Any, b: Any) -> Any:
    """Σₖ a…ₖ b…ₖ over the last axis of both; the other axes of a stand before the other axes of b.

    Raises:
        ValueError: when the last axes are not equally long.

    >>> inner(Tensor([1.0, 2.0]), np.array([[3.0, 4.0], [5.0, 6.0]]))
    Tensor([11., 17.])
    """
    a, b = array_of(a), array_of(b)
    return a * b if not a.ndim or not b.ndim else _contract("inner", a, b, [-1], [-1])


@counterpart(np.vdot, generic=True)
def vdot(a: Any, b: Any) -> Any:
    """Σ aᵢ bᵢ over all elements of two arrays.

    >>> vdot(Tensor([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    Tensor(5.)
    """
    return dot(array_of(a).reshape(-1), array_of(b).reshape(-1))


@counterpart(np.tensordot, generic=True)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The sum of products over some axes of a and as many of b; the other axes stand in the order of a, b.

    Args:
        a, b: of any shapes.
        axes: how many: the last of a and the first of b; or which, as a pair of whole numbers or lists.

    Raises:
        ValueError: when the axes are not equally long, or not equally many.

    >>> tensordot(Tensor(np.ones((2, 3, 4))), np.ones((4, 3, 5)), axes=([1, 2], [1, 0])).shape
    (2, 5)
    """
    a, b = array_of(a), array_of(b)
    if np.ndim(axes) or isinstance(axes, (list, tuple)):
        of_a, of_b = (list(x) if isinstance(x, (list, tuple, np.ndarray)) else [x] for x in axes)
    else:
        of_a, of_b = list(range(-axes, 0)), list(range(axes))
    return _contract("tensordot", a, b, of_a, of_b)


def _contract(name: str, a: Any, b: Any, of_a: Sequence[Any], of_b: Sequence[Any]) -> Any:
    """The sum over these axes as one product of two matrices."""
    shown = f"{name}: axes {of_a} of {described(a)} and {of_b} of {described(b)}"
    of_a, of_b = (axes_of(tuple(axes), x.ndim, shown) for x, axes in ((a, of_a), (b, of_b)))
    if [a.shape[i] for i in of_a] != [b.shape[i] for i in of_b]:
        raise ValueError(f"{shown} are not equally many, or not equally long")
    rows, columns = other_axes(of_a, a.ndim), other_axes(of_b, b.ndim)
    shape_a, shape_b = (reduced_shape(x.shape, axes, keepdims=False) for x, axes in ((a, of_a), (b, of_b)))
    length = math.prod(a.shape[i] for i in of_a)
    left = a.transpose([*rows, *of_a]).reshape((math.prod(shape_a), length))
    right = b.transpose([*of_b, *columns]).reshape((length, math.prod(shape_b)))
    product = (left @ right).reshape((*shape_a, *shape_b))
    return product[()] if isinstance(product, np.ndarray) else product


@register(np.einsum)
def einsum(*operands: Any, out: None = None, optimize: Any = False, **others: Any) -> Any:
    """Sums of products, in Einstein's notation: ``einsum("ij,j->i", W, x)`` is W x.

    Args:
        operands: subscripts, and an array for each of their terms: a letter names an axis. A letter that the
            result, after the arrow, lacks is summed over; one that stands twice in a term takes a diagonal;
            ``...`` stands for all other axes. Without an arrow the result has the letters that stand there
            once, sorted. Or each array and then its list of whole numbers, and at last the result's:
            ``einsum(W, [0, 1], x, [1], [0])``.
        optimize: as in NumPy: whether a product of three or more arrays is computed in the best order.

    Raises:
        ValueError: when the subscripts do not fit the shapes, with the letter and both lengths.

    >>> einsum("ij,j->i", Tensor([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 10.0]))
    Tensor([21., 43.])
    >>> einsum("ii", Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor(5.)
    """
    text, arrays = unpacked(operands)
    arrays = list(map(array_of, arrays))
    if not isinstance(first_node(arrays), Tensor):
        return np.einsum(*operands, out=out, optimize=optimize, **others)
    refuse("einsum", out=out)
    for argument, value in others.items():
        if value != {"order": "K", "casting": "safe"}.get(argument):
            refuse("einsum", **{argument: value})
    path = list(optimize) if isinstance(optimize, (list, tuple)) else optimize
    return products.einsum(*arrays, subscripts=explicit(text, arrays), optimize=path)


@counterpart(np.kron)
def kron(a: Any, b: Any) -> Any:
    """The Kronecker product: a with each element aᵢⱼ replaced by the block aᵢⱼ b.

    >>> kron(Tensor([1.0, 10.0]), np.array([1.0, 2.0]))
    Tensor([ 1.,  2., 10., 20.])
    """
    a, b = array_of(a), array_of(b)
    n = max(a.ndim, b.ndim)
    of_a, of_b = ((1,) * (n - x.ndim) + x.shape for x in (a, b))
    blocks = a.reshape(_interleave(of_a, (1,) * n)) * b.reshape(_interleave((1,) * n, of_b))
    return blocks.reshape(tuple(i * j for i, j in zip(of_a, of_b, strict=True)))


def _interleave(first: Sequence[int], second: Sequence[int]) -> tuple[int, ...]:
    return tuple(n for pair in zip(first, second, strict=True) for n in pair)


@counterpart(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """a × b, perpendicular to both: of vectors of three numbers, along one axis of each array.

    Args:
        a, b: broadcast against each other.
        axisa, axisb, axisc: the axis of a, of b and of the result that holds the vectors.
        axis: all three.

    Raises:
        ValueError: for vectors that do not have three numbers.

    >>> cross(Tensor([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    Tensor([0., 0., 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = moveaxis(array_of(a), axisa, -1), moveaxis(array_of(b), axisb, -1)
    if a.shape[-1:] != (3,) or b.shape[-1:] != (3,):
        raise ValueError(f"cross takes vectors of 3 numbers, not of shapes {a.shape} and {b.shape}")
    next_, last = [1, 2, 0], [2, 0, 1]
    return moveaxis(a[..., next_] * b[..., last] - a[..., last] * b[..., next_], -1, axisc)


@counterpart(np.linalg.multi_dot, generic=True, joins=True)
def multi_dot(arrays: Sequence[Any]) -> Any:
    """The product of two or more matrices in the order that takes the fewest multiplications.

    The first and the last may be vectors.

    >>> multi_dot([Tensor(np.ones((2, 100))), np.ones((100, 3)), np.ones(3)])
    Tensor([300., 300.])
    """
    several = list(map(array_of, arrays))
    if len(several) < 2:
        raise ValueError(f"multi_dot takes at least two arrays, not {len(several)}")
    for i, x in enumerate(several):
        if x.ndim != 2 and not (x.ndim == 1 and i in (0, len(several) - 1)):
            raise LinAlgError(f"multi_dot takes matrices, and at its ends vectors, not shape {x.shape}")
    first, last = several[0], several[-1]
    # The length of each axis along the chain; a vector at an end is a matrix of one row or column.
    ends = [first.shape[0] if first.ndim == 2 else 1], [last.shape[1] if last.ndim == 2 else 1]
    lengths = [*ends[0], *(x.shape[0] for x in several[1:]), *ends[1]]

    @functools.cache
    def cheapest(i: int, j: int) -> tuple[int, int]:
        """How many multiplications the product of i to j takes at least, and after which to split it."""
        if i == j:
            return 0, i
        return min(
            (cheapest(i, k)[0] + cheapest(k + 1, j)[0] + lengths[i] * lengths[k + 1] * lengths[j + 1], k)
            for k in range(i, j)
        )

    def product(i: int, j: int) -> Any:
        k = cheapest(i, j)[1]
        return several[i] if i == j else product(i, k) @ product(k + 1, j)

    return product(0, len(several) - 1)


# -- diagonals ---------------------------------------------------------------------------------------


def _places(rows: int, columns: int, offset: int) -> tuple[Any, Any]:
    """The rows and columns of a diagonal."""
    first = np.arange(max(0, min(rows + min(offset, 0), columns - max(offset, 0))))
    return first - min(offset, 0), first + max(offset, 0)


@counterpart(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The sum of a diagonal.

    Raises:
        ValueError: for fewer than two axes, or twice the same.

    >>> trace(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor(5.)
    """
    return diagonal(a, offset, axis1, axis2).sum(-1)


@counterpart(np.diag, generic=True)
def diag(v: Any, k: int = 0) -> Any:
    """The matrix with a vector on its diagonal, or the vector on the diagonal of a matrix.

    Args:
        v: one axis or two.
        k: which diagonal: 1 is the one above the main one, -1 the one below.

    >>> diag(Tensor([1.0, 2.0]))
    Tensor([[1., 0.],
            [0., 2.]])
    >>> diag(Tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    Tensor([2.])
    """
    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        raise ValueError(f"diag takes a vector, or a matrix, not an array of shape {v.shape}")
    n = v.shape[0] + abs(k)
    return linear.put(v, index=_places(n, n, k), shape=(n, n))


@counterpart(np.diagflat, generic=True)
def diagflat(v: Any, k: int = 0) -> Any:
    """The matrix with all elements of an array on the diagonal.

    >>> diagflat(Tensor([[1.0], [2.0]]))
    Tensor([[1., 0.],
            [0., 2.]])
    """
    return diag(v.reshape(-1), k)
