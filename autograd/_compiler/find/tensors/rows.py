"""The rows of Tensors in scalars: each a function of arrays of lines."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._compiler.find.matrices import UNROLLED
from autograd._compiler.find.tensors.scalars import Lines, Scalars
from autograd._graph.primitive import Primitive, lookup
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules import linear
from autograd._table.array_rules.axes import axes_of, other_axes, reduced_shape
from autograd._table.rows import Row

__all__ = ["CannotLower", "lowered"]


class CannotLower(Exception):
    """The reason why a graph of Tensors is not read as scalars."""


def lowered(scalars: Scalars, row: Primitive, args: list[Lines], params: dict[str, Any]) -> Lines:
    """The lines of a row's result.

    Raises:
        CannotLower: for a row without a form in scalars.
    """
    if isinstance(row, Row):
        if row.reverse_only:
            raise CannotLower(f"{row} changes a gradient by its size, and a program has that of a mean")
        return scalars.apply(row, *args)
    if row in FORMS:
        return FORMS[row](scalars, *args, **params)
    if isinstance(row, ArrayRow) and (moved := _moved(scalars, row, args, params)) is not None:
        return moved
    raise CannotLower(f"{row} of arrays has no form in scalars")


# -- numbers in other places ----------------------------------------------------------------------


def _moved(scalars: Scalars, row: ArrayRow, args: list[Lines], params: dict[str, Any]) -> Lines | None:
    """The result of a row that moves, repeats or leaves out numbers, with 0 at free places; None of another.

    It is a row that is linear, and whose results are all among its arguments or 0, for arguments at random.
    """
    if row.local_tangent is not None or (len(args) > 1 and not row.joint):
        return None
    sizes = [a.size for a in args]
    numbers = np.arange(1.0, sum(sizes) + 1)
    places = row.on_arrays(*_split(numbers, args), **params)
    if (places != np.rint(places)).any() or (places < 0).any() or (places > len(numbers)).any():
        return None
    places = places.astype(int)
    random = np.random.default_rng(0).uniform(1, 2, len(numbers))
    expected = np.append(0.0, random)[places]
    if not np.allclose(row.on_arrays(*_split(random, args), **params), expected, rtol=1e-6, atol=0):
        return None
    zero = scalars.constant(np.zeros(1)) if (places == 0).any() else np.zeros(1, int)
    return np.concatenate([zero, *(a.ravel() for a in args)])[places]


def _split(numbers: Any, args: list[Lines]) -> list[Any]:
    """Numbers in the shapes of the arguments, one after another."""
    cuts = np.cumsum([a.size for a in args])[:-1]
    return [part.reshape(a.shape) for part, a in zip(np.split(numbers, cuts), args, strict=True)]


# -- sums -----------------------------------------------------------------------------------------


def _total(scalars: Scalars, terms: Lines) -> Lines:
    """The sums over the first axis."""
    n, shape = len(terms), terms.shape[1:]
    if n == 0 or terms.size == 0:
        return scalars.constant(np.zeros(shape))
    if n <= UNROLLED:
        return functools.reduce(functools.partial(scalars.apply, lookup("add")), terms)
    ones = np.repeat(scalars.constant(np.ones((1, 1))), n, axis=1)
    return scalars.product(ones, terms.reshape(n, -1)).reshape(shape)


def _along_first(x: Lines, axes: tuple[int, ...]) -> Lines:
    """x with some axes joined to its first."""
    others = other_axes(axes, x.ndim)
    return x.transpose(*axes, *others).reshape(
        math.prod(x.shape[a] for a in axes), *(x.shape[a] for a in others)
    )


def _sum(scalars: Scalars, x: Lines, axis: Any = None, keepdims: Any = False) -> Lines:
    axes = axes_of(axis, x.ndim)
    return _total(scalars, _along_first(x, axes)).reshape(reduced_shape(x.shape, axes, keepdims))


def _sum_to(scalars: Scalars, x: Lines, shape: tuple[int, ...]) -> Lines:
    lead = x.ndim - len(shape)
    axes = (*range(lead), *(lead + i for i, n in enumerate(shape) if n == 1 and x.shape[lead + i] != 1))
    return _total(scalars, _along_first(x, axes)).reshape(shape)


# -- products -------------------------------------------------------------------------------------


def _matmul(scalars: Scalars, a: Lines, b: Lines) -> Lines:
    left, right = a[np.newaxis] if a.ndim == 1 else a, b[:, np.newaxis] if b.ndim == 1 else b
    stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    shape = (*stack, *(left.shape[-2:-1] if a.ndim > 1 else ()), *(right.shape[-1:] if b.ndim > 1 else ()))
    if right.ndim == 2:
        return _product(scalars, left.reshape(-1, left.shape[-1]), right).reshape(shape)
    if left.ndim == 2:
        columns = np.moveaxis(right, -2, 0)
        product = _product(scalars, left, columns.reshape(len(columns), -1))
        return np.moveaxis(product.reshape(-1, *columns.shape[1:]), 0, -2).reshape(shape)
    if scalars.batched(left).any() and scalars.batched(right).any():
        return _sum_of_products(scalars, left, right).reshape(shape)
    left, right = (np.broadcast_to(x, (*stack, *x.shape[-2:])) for x in (left, right))
    results = [_product(scalars, left[index], right[index]) for index in np.ndindex(*stack)]
    return np.array(results, int).reshape(shape)


def _product(scalars: Scalars, a: Lines, b: Lines) -> Lines:
    """The product of two matrices. The matrix of weights is one that all examples share."""
    if not a.size or not b.size:
        return scalars.constant(np.zeros((len(a), b.shape[1])))
    ranks = scalars.rank(a), scalars.rank(b)
    if ranks == (3, 3):
        return _sum_of_products(scalars, a, b)
    return scalars.product(a, b) if ranks[0] <= ranks[1] else scalars.product(b.T, a.T).T


def _sum_of_products(scalars: Scalars, a: Lines, b: Lines) -> Lines:
    """The product of two matrices, or of stacks of them, that both differ from example to example."""
    terms = scalars.apply(lookup("mul"), a[..., :, :, np.newaxis], b[..., np.newaxis, :, :])
    return _total(scalars, np.moveaxis(terms, -2, 0))


def _affine(scalars: Scalars, W: Lines, a: Lines, b: Lines) -> Lines:
    return scalars.apply(lookup("add"), _matmul(scalars, a, W.T), b)


FORMS: dict[Primitive, Callable[..., Lines]] = {
    linear.sum: _sum,
    linear.sum_to: _sum_to,
    linear.matmul: _matmul,
    linear.affine: _affine,
}
