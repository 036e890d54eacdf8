"""The table's rows of eigenvalues, singular values and the pseudo-inverse.

The vectors of two values that are equal are any two in their plane: their derivatives are infinite, those of
the values are not. Hence values and vectors are rows of their own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from autograd._graph.concretization import look_at
from autograd._graph.node import plain
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules.linear import (
    column,
    concatenate,
    getitem,
    matmul,
    reshape,
    row,
    sum,
    swapped,
)
from autograd._table.array_rules.matrices import attempted, product, symmetric, symmetric_transpose, unit
from autograd._table.define import define_arrays

Array = NDArray[Any]


def _eigvalsh(x: Array, upper: bool) -> Any:
    return attempted(np.linalg.eigvalsh, x, "Eigenvalues did not converge", "U" if upper else "L")


def _eigenvectors(x: Array, upper: bool) -> Any:
    return attempted(np.linalg.eigh, x, "Eigenvalues did not converge", "U" if upper else "L")[1]


def _triangle(x: Any, upper: bool) -> Any:
    """The tangent of the symmetric matrices, for the tangent x of the arrays of which one triangle is read."""
    return symmetric(swapped(x) if upper else x)


def _triangle_transpose(g: Any, upper: bool) -> Any:
    return swapped(symmetric_transpose(g)) if upper else symmetric_transpose(g)


def _eigvalsh_pull(g: Any, x: Any, upper: bool) -> Any:
    V = eigenvectors(x, upper=upper)
    return _triangle_transpose(matmul(V * row(g), swapped(V)), upper)


def _eigvalsh_tangent(tangents: Sequence[Any], x: Any, upper: bool) -> Any:
    V = eigenvectors(x, upper=upper)
    return sum(V * matmul(_triangle(tangents[0], upper), V), axis=-2)


def _gaps(sizes: Any, of: Callable[[Any, Any], Any]) -> Any:
    """1/of(sⱼ, sᵢ), and 0 on the diagonal; infinite for equal sizes, whose vectors are not unique."""
    one = unit(sizes)
    return (1 - one) / (of(row(sizes), column(sizes)) + one)


def _eigenvectors_pull(g: Any, x: Any, upper: bool) -> Any:
    V, gaps = eigenvectors(x, upper=upper), _gaps(eigvalsh(x, upper=upper), operator.sub)
    Vt = swapped(V)
    return _triangle_transpose(product(V, gaps * matmul(Vt, g), Vt), upper)


def _eigenvectors_tangent(tangents: Sequence[Any], x: Any, upper: bool) -> Any:
    V, gaps = eigenvectors(x, upper=upper), _gaps(eigvalsh(x, upper=upper), operator.sub)
    return matmul(V, gaps * product(swapped(V), _triangle(tangents[0], upper), V))


# -- singular values ---------------------------------------------------------------------------------


def _svd(x: Array, compute_uv: bool) -> Any:
    return attempted(np.linalg.svd, x, "SVD did not converge", False, compute_uv)


def _svdvals(x: Array) -> Any:
    return _svd(x, False)


def _singular_vectors(x: Array) -> Array:
    """U and Vᵀ of x = U diag(s) Vᵀ, one after the other in one row of numbers."""
    U, _, Vt = _svd(x, True)
    lead = x.shape[:-2]
    return np.concatenate([U.reshape(*lead, -1), Vt.reshape(*lead, -1)], axis=-1)


def unpack_vectors(packed: Any, m: int, n: int) -> tuple[Any, Any]:
    """U and Vᵀ of `singular_vectors`, for matrices of m rows and n columns."""
    k, lead = min(m, n), np.shape(packed)[:-1]
    U, Vt = (getitem(packed, index=(Ellipsis, part)) for part in (slice(m * k), slice(m * k, None)))
    return reshape(U, shape=(*lead, m, k)), reshape(Vt, shape=(*lead, k, n))


def _parts_of(x: Any) -> tuple[Any, Any]:
    """U and V, from U and Vᵀ in one row."""
    U, Vt = unpack_vectors(singular_vectors(x), *x.shape[-2:])
    return U, swapped(Vt)


def _svdvals_pull(g: Any, x: Any) -> Any:
    U, V = _parts_of(x)
    return matmul(U * row(g), swapped(V))


def _svdvals_tangent(tangents: Sequence[Any], x: Any) -> Any:
    U, V = _parts_of(x)
    return sum(U * matmul(tangents[0], V), axis=-2)


def _singular_gaps(x: Any) -> tuple[Any, Any]:
    """The singular values as a row of each matrix, and 1/(sⱼ² - sᵢ²)."""
    s = svdvals(x)
    return row(s), _gaps(s, lambda a, b: (a - b) * (a + b))


def _outside(U: Any, x: Any) -> Any:
    """The part of the columns of x that is perpendicular to those of U; 0 for a square U, which spans all."""
    return x - product(U, swapped(U), x) if U.shape[-2] > U.shape[-1] else x * 0.0


def _singular_vectors_pull(g: Any, x: Any) -> Any:
    (U, V), (s, gaps) = _parts_of(x), _singular_gaps(x)
    gU, gVt = unpack_vectors(g, *x.shape[-2:])
    gV = swapped(gVt)
    J, K = gaps * matmul(swapped(U), gU), gaps * matmul(swapped(V), gV)
    inside = (J + swapped(J)) * s + swapped((K + swapped(K)) * s)
    g_x = product(U, inside, swapped(V))
    if U.shape[-2] > U.shape[-1]:
        g_x = g_x + matmul(_outside(U, gU) / s, swapped(V))
    if V.shape[-2] > V.shape[-1]:
        g_x = g_x + matmul(U, swapped(_outside(V, gV) / s))
    return g_x


def _singular_vectors_tangent(tangents: Sequence[Any], x: Any) -> Any:
    (U, V), (s, gaps), dx = _parts_of(x), _singular_gaps(x), tangents[0]
    P = product(swapped(U), dx, V)
    left, right = P * s, swapped(swapped(P) * s)
    dU = matmul(U, gaps * (left + swapped(left)))
    dV = matmul(V, gaps * (right + swapped(right)))
    if U.shape[-2] > U.shape[-1]:
        dU = dU + _outside(U, matmul(dx, V)) / s
    if V.shape[-2] > V.shape[-1]:
        dV = dV + _outside(V, matmul(swapped(dx), U)) / s
    lead = x.shape[:-2]
    flat = [reshape(d, shape=(*lead, d.shape[-2] * d.shape[-1])) for d in (dU, swapped(dV))]
    return concatenate(*flat, axis=-1)


def _pinv(x: Array, rcond: Any) -> Any:
    return attempted(np.linalg.pinv, x, "SVD did not converge", rcond)


def _pinv_pull(g: Any, x: Any, rcond: Any) -> Any:
    """At constant rank (Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973)."""
    P = _pinv_with_derivative(x, rcond)
    Pt, gt = swapped(P), swapped(g)
    g_x = -product(Pt, g, Pt)
    if _misses(x, P):
        g_x = g_x + _missed(x, P, product(gt, P, Pt))
    if _misses(P, x):
        g_x = g_x + swapped(_missed(P, x, swapped(product(Pt, P, gt))))
    return g_x


def _pinv_tangent(tangents: Sequence[Any], x: Any, rcond: Any) -> Any:
    P, dx = _pinv_with_derivative(x, rcond), tangents[0]
    Pt, dt = swapped(P), swapped(dx)
    dP = -product(P, dx, P)
    if _misses(x, P):
        dP = dP + swapped(_missed(x, P, swapped(product(P, Pt, dt))))
    if _misses(P, x):
        dP = dP + _missed(P, x, product(dt, Pt, P))
    return dP


def _pinv_with_derivative(x: Any, rcond: Any) -> Any:
    """The pseudo-inverse; an error if it cuts singular values above 0, which the derivative leaves out."""
    P = pinv(x, rcond=rcond)
    ranks = _ranks(x, P)
    if (ranks < min(x.shape[-2:])).any():
        s, places = _svdvals(plain(x)), np.arange(min(x.shape[-2:]))
        smallest = np.where(places < ranks[..., None], s, np.inf).min(axis=-1)
        largest_cut = np.where(places < ranks[..., None], 0, s).max(axis=-1)
        if (largest_cut > smallest * np.finfo(x.dtype).eps ** (1 / 3)).any():
            raise LinAlgError(
                f"the derivative of pinv with rcond={rcond} leaves out singular values that are not 0: compute "
                "it with a smaller rcond, or from svd"
            )
    return P


def _ranks(A: Any, B: Any) -> Array:
    """The rank of each A: A B is the projection onto the range of A, whose dimension is the trace."""
    trace = lambda array: np.rint(np.trace(array, axis1=-2, axis2=-1))  # noqa: E731
    ranks: Array = look_at(matmul(A, B), trace, is_told=False)
    return ranks


def _misses(A: Any, B: Any) -> bool:
    """Whether the range of A is not the whole space. If it is, 1 - A B is rounding, to be left out."""
    return bool((_ranks(A, B) < A.shape[-2]).any())


def _missed(A: Any, B: Any, x: Any) -> Any:
    """(1 - A B) x"""
    return x - product(A, B, x)


# fmt: off
eigvalsh:     ArrayRow = ArrayRow("eigvalsh",     _eigvalsh,     _eigvalsh_pull, tangent=_eigvalsh_tangent)
eigenvectors: ArrayRow = ArrayRow("eigenvectors", _eigenvectors, _eigenvectors_pull, tangent=_eigenvectors_tangent)
svdvals:      ArrayRow = ArrayRow("svdvals",      _svdvals,      _svdvals_pull, tangent=_svdvals_tangent)
singular_vectors: ArrayRow = ArrayRow("singular_vectors", _singular_vectors, _singular_vectors_pull, tangent=_singular_vectors_tangent)
pinv:         ArrayRow = ArrayRow("pinv",         _pinv,         _pinv_pull, tangent=_pinv_tangent, latex="{x}^{{+}}")
# fmt: on

define_arrays(eigvalsh, eigenvectors, svdvals, singular_vectors, pinv)
