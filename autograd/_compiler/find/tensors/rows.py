"""The rows of Tensors in scalars: each a function of arrays of lines."""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from autograd._compiler.find.tensors.products import TooLarge, affine, einsum, matmul, total
from autograd._compiler.find.tensors.replay import replayed
from autograd._compiler.find.tensors.scalars import Lines, Scalars
from autograd._functions.matrices import minors, norms
from autograd._functions.reducing import exponentials, reductions
from autograd._graph.node import Node
from autograd._graph.primitive import Primitive, lookup
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules import linear, matrices, products
from autograd._table.array_rules.axes import axes_of, other_axes, reduced_shape
from autograd._table.rows import Row

__all__ = ["CannotLower", "lowered"]

FEW = 8  # numbers whose largest is found one after another
ENTRIES = 2**20  # of the matrix of a linear map, which is computed column by column


class CannotLower(Exception):
    """The reason why a graph of Tensors is not read as scalars."""


def lowered(scalars: Scalars, row: Any, args: list[Lines], params: dict[str, Any]) -> Lines:
    """The lines of a row's result.

    Raises:
        CannotLower: for a row without a form in scalars.
    """
    if isinstance(row, Row):
        if row.reverse_only:
            raise CannotLower(f"{row} changes a gradient by its size, and a program has that of a mean")
        return scalars.apply(row, *args)
    try:
        if row in FORMS:
            return FORMS[row](scalars, *args, **params)
    except (TooLarge, LinAlgError) as error:
        raise CannotLower(f"{row} of {args[0].shape}: {error}") from None
    is_linear = isinstance(row, ArrayRow) and row.local_tangent is None and (row.joint or len(args) == 1)
    if is_linear:
        moved = _moved(scalars, row, args, params)
        return _mapped(scalars, row, args, params) if moved is None else moved
    raise CannotLower(f"{row} has no form in scalars")


class LineArray(Node):
    """An array of lines as a node, on which the functions that are written in rows of the table run."""

    __slots__ = ("lines", "scalars")

    def __init__(self, scalars: Scalars, lines: Lines) -> None:
        self.scalars, self.lines = scalars, lines

    @classmethod  # as any type: a node that is part of no sweep lacks methods of nodes
    def of(cls, scalars: Scalars, lines: Lines) -> Any:
        return cls(scalars, lines)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.lines.shape

    def __getitem__(self, index: Any) -> Any:
        return LineArray.of(self.scalars, self.lines[index])

    def __add__(self, other: Any) -> Any:
        return LineArray._apply(lookup("add"), (self, other))

    def __sub__(self, other: Any) -> Any:
        return LineArray._apply(lookup("sub"), (self, other))

    def __truediv__(self, other: Any) -> Any:
        return LineArray._apply(lookup("truediv"), (self, other))

    @staticmethod
    def _apply(row: Any, args: tuple[Any, ...], params: Any = None) -> Any:
        scalars = next(a.scalars for a in args if isinstance(a, LineArray))
        lines = [a.lines if isinstance(a, LineArray) else scalars.constant(a) for a in args]
        return LineArray.of(scalars, lowered(scalars, row, lines, params or {}))


# -- linear maps ----------------------------------------------------------------------------------


def _moved(scalars: Scalars, row: ArrayRow, args: list[Lines], params: dict[str, Any]) -> Lines | None:
    """The result of a linear row that moves, repeats or leaves out numbers; None of another.

    Of such a row all results are numbers of its arguments, or 0: of the numbers 1, 2, 3, ..., which tell the
    places, and of numbers at random, of which no sum is another.
    """
    numbers = np.arange(1.0, sum(a.size for a in args) + 1)
    places = row.on_arrays(*_split(numbers, args), **params)
    if (places != np.rint(places)).any() or (places < 0).any() or (places > len(numbers)).any():
        return None
    places = places.astype(int)
    random = np.random.default_rng(0).uniform(1, 2, len(numbers))
    expected = np.append(0.0, random)[places]
    if not np.allclose(row.on_arrays(*_split(random, args), **params), expected, rtol=1e-6, atol=0):
        return None
    zero = scalars.constant(np.zeros(1)) if (places == 0).any() else np.zeros(1, int)
    lines: Lines = np.concatenate([zero, *(a.ravel() for a in args)])[places]
    return lines


def _split(numbers: Any, args: list[Lines]) -> list[Any]:
    """Numbers in the shapes of the arguments, one after another."""
    cuts = np.cumsum([a.size for a in args])[:-1]
    return [part.reshape(a.shape) for part, a in zip(np.split(numbers, cuts), args, strict=True)]


def _mapped(scalars: Scalars, row: ArrayRow, args: list[Lines], params: dict[str, Any]) -> Lines:
    """The result of any linear row: sums by its matrix, whose columns are the results of unit vectors."""
    flat = np.concatenate([a.ravel() for a in args])
    size = np.size(row.on_arrays(*_split(np.zeros(len(flat)), args), **params))
    if len(flat) * size > ENTRIES:
        raise CannotLower(f"{row} of {len(flat):,} numbers gives {size:,} sums of them")
    images = [np.asarray(row.on_arrays(*_split(unit, args), **params)) for unit in np.eye(len(flat))]
    matrix = np.stack([image.ravel() for image in images], axis=1)
    result = np.empty(len(matrix), int)
    alike: dict[bytes, list[int]] = defaultdict(list)  # sums by the scalars that they are over
    for i, coefficients in enumerate(matrix):
        alike[(coefficients != 0).tobytes()].append(i)
    for sums in alike.values():
        terms = np.flatnonzero(matrix[sums[0]])
        weights = matrix[sums][:, terms]
        if len(sums) > 1 and len(terms) > 1:
            quantities = flat[terms][:, np.newaxis]
            result[sums] = scalars.product(scalars.constant(weights), quantities).ravel()
        else:
            scaled = scalars.mul(scalars.constant(weights.T), flat[terms][:, np.newaxis])
            result[sums] = total(scalars, scaled)
    return result.reshape(images[0].shape)


# -- along axes -----------------------------------------------------------------------------------


def _along_first(x: Lines, axes: tuple[int, ...]) -> Lines:
    """x with some axes joined to its first."""
    others = other_axes(axes, x.ndim)
    length, shape = math.prod(x.shape[a] for a in axes), [x.shape[a] for a in others]
    return x.transpose((*axes, *others)).reshape((length, *shape))


def _sum(scalars: Scalars, x: Lines, axis: Any = None, keepdims: Any = False) -> Lines:
    axes = axes_of(axis, x.ndim)
    return total(scalars, _along_first(x, axes)).reshape(reduced_shape(x.shape, axes, keepdims))


def _sum_to(scalars: Scalars, x: Lines, shape: tuple[int, ...]) -> Lines:
    lead = x.ndim - len(shape)
    axes = (*range(lead), *(lead + i for i, n in enumerate(shape) if n == 1 and x.shape[lead + i] != 1))
    return total(scalars, _along_first(x, axes)).reshape(shape)


def _cumsum(scalars: Scalars, x: Lines, axis: int) -> Lines:
    x, step = np.moveaxis(x, axis, 0), 1
    while step < len(x):  # of each the sum of so many up to it; then of twice as many
        x = np.concatenate([x[:step], scalars.add(x[step:], x[:-step])])
        step *= 2
    return np.moveaxis(x, 0, axis)


def _reduction(function: Callable[[Any], Any]) -> Callable[..., Lines]:
    """A reduction over some axes, from the function of a vector of Values."""

    def form(scalars: Scalars, x: Lines, axis: Any = None, keepdims: Any = False) -> Lines:
        axes = axes_of(axis, x.ndim)
        result = replayed(scalars, function, _along_first(x, axes), core=1)
        return result.reshape(reduced_shape(x.shape, axes, keepdims))

    return form


def _extreme(function: Callable[[Any], Any], sign: float) -> Callable[..., Lines]:
    """The largest over some axes, or for the sign -1 the smallest; numbers that tie share the derivative."""
    of_few = _reduction(function)

    def form(scalars: Scalars, x: Lines, axis: Any = None, keepdims: Any = False) -> Lines:
        axes = axes_of(axis, x.ndim)
        joined = _along_first(x, axes)
        if len(joined) <= FEW:
            return of_few(scalars, x, axis, keepdims)
        signed = joined if sign > 0 else scalars.apply(lookup("neg"), joined)
        result = _largest(LineArray.of(scalars, signed)).lines
        result = result if sign > 0 else scalars.apply(lookup("neg"), result)
        return result.reshape(reduced_shape(x.shape, axes, keepdims))

    return form


def _largest(x: Any) -> Any:
    """The largest along the first axis, plus 0: the mean difference to it of those that tie."""
    top = exponentials.largest(x)
    ties = lookup("_equal")(x, top)
    off = linear.sum(lookup("where")(ties, x, top) - top, axis=0, keepdims=True)
    return lookup("_on_top")(off / linear.sum(ties, axis=0, keepdims=True), top)


def _logsumexp(scalars: Scalars, x: Lines, axis: Any = None, keepdims: Any = False) -> Lines:
    axes = axes_of(axis, x.ndim)
    result: Lines = exponentials.log_of_sum(LineArray.of(scalars, _along_first(x, axes))).lines
    return result.reshape(reduced_shape(x.shape, axes, keepdims))


def _below_largest(scalars: Scalars, x: Lines, axis: Any) -> Lines:
    axes = axes_of(axis, x.ndim)
    order = (*axes, *other_axes(axes, x.ndim))
    joined = LineArray.of(scalars, _along_first(x, axes))
    result: Lines = exponentials.below_largest(joined).lines
    return result.reshape([x.shape[a] for a in order]).transpose(np.argsort(order))


def _norm(scalars: Scalars, x: Lines, order: float, axes: tuple[int, ...], keepdims: bool = False) -> Lines:
    return _reduction(functools.partial(norms.norm, ord=order))(scalars, x, axes, keepdims)


# -- matrices -------------------------------------------------------------------------------------


def _of_matrices(function: Callable[..., Any], result: int) -> Callable[..., Lines]:
    """A function of matrices, the last two axes, from that of matrices of Values.

    Args:
        function: of one matrix.
        result: how many axes its result has.
    """

    def form(scalars: Scalars, *args: Lines) -> Lines:
        front = [np.moveaxis(a, (-2, -1), (0, 1)) for a in args]
        lines = replayed(scalars, function, *front, core=2)
        return np.moveaxis(lines, range(result), range(-result, 0))

    return form


def _solve(scalars: Scalars, a: Lines, b: Lines) -> Lines:
    solve = _of_matrices(minors.solve, 2)
    return solve(scalars, a, b[:, np.newaxis])[..., 0] if b.ndim == 1 else solve(scalars, a, b)


FORMS: dict[Primitive, Callable[..., Lines]] = {
    linear.sum: _sum,
    linear.sum_to: _sum_to,
    linear.cumsum: _cumsum,
    linear.matmul: matmul,
    linear.affine: affine,
    products.einsum: einsum,
    linear.max: _extreme(reductions.max, 1.0),
    linear.min: _extreme(reductions.min, -1.0),
    linear.logsumexp: _logsumexp,
    linear.below_largest: _below_largest,
    matrices.norm: _norm,
    matrices.det: _of_matrices(minors.det, 0),
    matrices.inv: _of_matrices(minors.inv, 2),
    matrices.solve: _solve,
}
