"""The table's rows of linear algebra: each map, and its transpose or tangent written in rows.

A matrix is the last two axes of an array; the axes before them count matrices. ``g`` is the adjoint of the
result. A map of symmetric matrices reads their lower triangle alone, so its adjoint lies there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from autograd._graph.concretization import look_at
from autograd._graph.node import Node
from autograd._graph.primitive import lookup
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules.axes import reduced_shape
from autograd._table.array_rules.linear import column, getitem, matmul, reshape, sum, sum_to, swapped
from autograd._table.define import define_arrays

Array = NDArray[Any]
Axes = tuple[int, ...]  # counted from the first


def _spread(g: Any) -> Any:
    """A number for each matrix, in the shape of matrices."""
    return reshape(g, shape=(*np.shape(g), 1, 1))


def product(*matrices: Any) -> Any:
    return functools.reduce(matmul, matrices)


def unit(x: Any) -> Array:
    """The matrix 1 that fits x."""
    return np.eye(x.shape[-1], dtype=x.dtype)


def attempted(function: Callable[..., Any], x: Array, problem: str, *args: Any) -> Any:
    """Call a function of LAPACK's; its error names the problem of the matrix."""
    try:
        return function(x, *args)
    except LinAlgError:
        raise LinAlgError(problem) from None


# -- norms -------------------------------------------------------------------------------------------


def _norm(x: Array, order: float, axes: Axes, keepdims: bool = False) -> Any:
    """(Σ|x|ᵖ)^(1/p); where that leaves the range of floats, of x divided by its largest element."""
    sizes = _sizes(x, order, axes)
    return sizes.reshape(reduced_shape(x.shape, axes, keepdims))


def _sizes(x: Array, order: float, axes: Axes) -> Any:
    size = np.abs(x)
    smallest = np.finfo(size.dtype).tiny ** (1 / abs(order)) / np.finfo(size.dtype).eps
    with np.errstate(over="ignore", under="ignore"):
        out = _root_of_powers(size, order, axes)
        if ((smallest < out) & np.isfinite(out)).all():
            return out
        top = np.maximum.reduce(size, axis=axes, keepdims=True, initial=0)
        top = np.where((top > 0) & np.isfinite(top), top, 1).astype(size.dtype)
        return top * _root_of_powers(size / top, order, axes)


def _root_of_powers(size: Array, order: float, axes: Axes) -> Any:
    if order == 2:
        return np.sqrt(np.add.reduce(size * size, axis=axes, keepdims=True))
    return np.add.reduce(size**order, axis=axes, keepdims=True) ** size.dtype.type(1 / order)


def _norm_pull(g: Any, x: Any, order: float, axes: Axes, keepdims: bool = False) -> Any:
    return reshape(g, shape=reduced_shape(np.shape(x), axes)) * _direction(x, order, axes)


def _direction(x: Any, order: float, axes: Axes) -> Any:
    """The slope of the norm: x/‖x‖ for the usual one, and 0 where the norm is 0."""
    size = norm(x, order=order, axes=axes, keepdims=True)
    nonzero = lookup("_holds")(size)
    part = x * nonzero / (size + (1 - nonzero))
    if order == 2:
        return part
    return lookup("abs")(part + (1 - nonzero)) ** (order - 1) * (lookup("sign")(x) * nonzero)


# -- inverses and determinants -----------------------------------------------------------------------


def _inv(x: Array) -> Any:
    return attempted(np.linalg.inv, x, "Singular matrix: it has no inverse")


def _inv_tangent(dx: Any, inverse: Any) -> Any:
    return -product(inverse, dx, inverse)


def _solve(a: Array, b: Array) -> Any:
    problem = "Singular matrix: a x = b has no solution, or more than one"
    return attempted(np.linalg.solve, a, problem, b)


def _solve_parts(g: Any, a: Any, b: Any) -> Callable[[int], Any]:
    columns = column if np.ndim(b) == 1 else lambda x: x
    of_b = solve(swapped(a), columns(g))

    def part(i: int) -> Any:
        if i == 0:
            return sum_to(-matmul(of_b, swapped(columns(solve(a, b)))), shape=np.shape(a))
        return reshape(sum_to(of_b, shape=np.shape(columns(b))), shape=np.shape(b))

    return part


def _solve_tangent(tangents: Sequence[Any], a: Any, b: Any) -> Any:
    da, db = tangents
    if da is None:
        return solve(a, db)
    columns = column if np.ndim(b) == 1 else lambda x: x
    x = solve(a, b)
    change = -matmul(da, columns(x))
    return reshape(solve(a, change if db is None else change + columns(db)), shape=np.shape(x))


def _cofactors(x: Any) -> Any:
    """∂(det x)/∂x, also where x is singular: there det(x)·x⁻ᵀ would be 0 times infinity."""
    if not isinstance(x, Node):
        return _cofactors_from_svd(x)
    if look_at(x, _is_nearly_singular, is_told=False):
        return _minors(x)
    numbers = x._primal
    # A determinant that overflows or underflows would take its derivatives with it: of x times a power of two it
    # is about 1, and the cofactors are that power's (n - 1)th times too large.
    n = numbers.shape[-1]
    scale = _spread(np.exp2(np.rint(-_logabsdet(numbers) / (max(n, 1) * np.log(2))))).astype(numbers.dtype)
    near_one = x * scale
    return _spread(det(near_one)) * swapped(inv(near_one)) * scale ** (1 - n)


def _is_nearly_singular(x: Array) -> bool:
    """Whether an inverse would lose more than half of the digits."""
    if not np.isfinite(x).all():
        return False
    s = np.linalg.svd(x, compute_uv=False)
    return not (s[..., -1:] > s[..., :1] * np.sqrt(np.finfo(x.dtype).eps)).all()


def _cofactors_from_svd(x: Array) -> Array:
    """x = U diag(s) Vᵀ has the cofactors det(U) det(V) U diag(Π s / s) Vᵀ, products without a division."""
    finite = np.isfinite(x).all(axis=(-2, -1), keepdims=True)
    U, s, Vt = np.linalg.svd(np.where(finite, x, 0), full_matrices=False)
    before, after = np.ones_like(s), np.ones_like(s)
    before[..., 1:] = np.cumprod(s[..., :-1], axis=-1)
    after[..., :-1] = np.cumprod(s[..., :0:-1], axis=-1)[..., ::-1]
    sign = np.rint(np.linalg.det(U) * np.linalg.det(Vt))
    cofactors: Array = (U * (before * after * sign[..., None])[..., None, :]) @ Vt
    return np.where(finite, cofactors, np.nan).astype(x.dtype)


def _minors(x: Any) -> Any:
    """The cofactors, each the determinant of a smaller matrix: of every order, and n⁵ operations."""
    n = x.shape[-1]
    rest = np.array([[k for k in range(n) if k != i] for i in range(n)], np.intp).reshape(n, -1)
    smaller = getitem(x, index=(Ellipsis, rest[:, None, :, None], rest[None, :, None, :]))
    signs = (-1.0) ** np.add.outer(np.arange(n), np.arange(n))
    return det(smaller) * signs.astype(x.dtype)


def _logabsdet(x: Array) -> Any:
    return np.linalg.slogdet(x).logabsdet


# -- symmetric matrices ------------------------------------------------------------------------------


def _half(x: Any) -> Array:
    """1 below the diagonal, ½ on it: the lower triangle is half of a symmetric matrix."""
    return np.tri(x.shape[-1], dtype=x.dtype) - unit(x) / 2


def symmetric(x: Any) -> Any:
    """The symmetric matrix of which x holds the lower triangle."""
    lower = x * _half(x)
    return lower + swapped(lower)


def symmetric_transpose(g: Any) -> Any:
    return (g + swapped(g)) * _half(g)


def _cholesky(x: Array) -> Any:
    return attempted(np.linalg.cholesky, x, "Matrix is not positive definite: it is no L Lᵀ")


def _cholesky_pull(g: Any, x: Any) -> Any:
    L = cholesky(x)
    Lt = swapped(L)
    part = matmul(Lt, g) * _half(g)
    return symmetric_transpose(solve(Lt, swapped(solve(Lt, swapped(part)))))


def _cholesky_tangent(tangents: Sequence[Any], x: Any) -> Any:
    L = cholesky(x)
    part = solve(L, swapped(solve(L, symmetric(tangents[0]))))
    return matmul(L, part * _half(part))


# fmt: off
norm:         ArrayRow = ArrayRow("norm",         _norm,         _norm_pull, latex=r"\left|\left|{x}\right|\right|",
                                  tangent=lambda tangents, x, order, axes, keepdims=False: sum(tangents[0] * _direction(x, order, axes), axis=axes, keepdims=keepdims))
inv:          ArrayRow = ArrayRow("inv",          _inv,          lambda g, x: _inv_tangent(g, swapped(inv(x))),
                                  tangent=lambda tangents, x: _inv_tangent(tangents[0], inv(x)), latex="{x}^{{-1}}")
solve:        ArrayRow = ArrayRow("solve",        _solve,        _solve_parts, joint=True, tangent=_solve_tangent, latex="{x}^{{-1}} {y}")
det:          ArrayRow = ArrayRow("det",          np.linalg.det, lambda g, x: _spread(g) * _cofactors(x),
                                  tangent=lambda tangents, x: sum(tangents[0] * _cofactors(x), axis=(-2, -1)))
logabsdet:    ArrayRow = ArrayRow("logabsdet",    _logabsdet,    lambda g, x: _spread(g) * swapped(inv(x)),
                                  tangent=lambda tangents, x: sum(tangents[0] * swapped(inv(x)), axis=(-2, -1)))
cholesky:     ArrayRow = ArrayRow("cholesky",     _cholesky,     _cholesky_pull, tangent=_cholesky_tangent)
# fmt: on

define_arrays(norm, inv, solve, det, logabsdet, cholesky)
