"""Solving, inverses, determinants, factors and spectra of matrices, for `autograd.linalg`.

A matrix is the last two axes of an array, and the axes before them count matrices.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.linalg import LinAlgError

from autograd._functions.arranging import places
from autograd._functions.dispatch import array_of, counterpart
from autograd._functions.matrices import minors, products
from autograd._functions.matrices.dot import dot
from autograd._functions.matrices.minors import check_square
from autograd._graph.concretization import look_at
from autograd._nodes.tensor import Tensor
from autograd._support.numpy_functions import NOTHING
from autograd._table.array_rules import matrices, spectra
from autograd._table.array_rules.linear import swapped

__all__ = [
    "cholesky", "det", "eigh", "eigvalsh", "inv", "lstsq", "matrix_power", "matrix_rank", "pinv", "slogdet",
    "solve", "svd", "svdvals",
]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])


class SlogdetResult(NamedTuple):
    """The result of `slogdet`, as NumPy's.

    Attributes:
        sign: 1 or -1, or 0 for a singular matrix; shape (...), plain numbers in the dtype of a, since the
            derivative is 0.
        logabsdet: ln|det a|, a Tensor of the same shape and dtype.
    """

    sign: Any
    logabsdet: Any


class EighResult(NamedTuple):
    """The result of `eigh` of matrices of shape (..., n, n), as NumPy's: Tensors of their dtype.

    Attributes:
        eigenvalues: shape (..., n), the smallest first.
        eigenvectors: shape (..., n, n), a column for each eigenvalue.
    """

    eigenvalues: Any
    eigenvectors: Any


class SVDResult(NamedTuple):
    """The result of `svd` of matrices of shape (..., m, n), as NumPy's: Tensors of their dtype.

    Attributes:
        U: shape (..., m, k) with k = min(m, n), and orthonormal columns.
        S: the singular values, shape (..., k), the largest first.
        Vh: shape (..., k, n), with orthonormal rows.
    """

    U: Any
    S: Any
    Vh: Any


def _of_tensors(numpy_function: Callable[..., Any]) -> Callable[[F], F]:
    """Declare, as `counterpart`, a function that refuses Values."""
    return counterpart(numpy_function, values=functools.partial(_refuse_values, numpy_function.__name__))


def _refuse_values(name: str, *args: Any, **arguments: Any) -> Any:
    raise TypeError(f"{name} takes a Tensor, not Values one at a time: write the calculation with Tensors")


# -- inverses and determinants -----------------------------------------------------------------------


@counterpart(np.linalg.inv, values=minors.inv)
def inv(a: Any) -> Any:
    """a⁻¹, the matrix with a a⁻¹ = 1. Of Values up to 8 × 8.

    Raises:
        LinAlgError: for a singular matrix, or one that is not square.
        DomainError: for a singular matrix of Values.

    >>> inv(Tensor([[2.0, 0.0], [0.0, 4.0]]))
    Tensor([[0.5 , 0.  ],
            [0.  , 0.25]])
    """
    check_square("inv", a)
    return matrices.inv(a)


@counterpart(np.linalg.solve, values=lambda a, b: minors.solve(a, array_of(b)))
def solve(a: Any, b: Any) -> Any:
    """The x of a x = b. Of Values up to 8 × 8.

    Args:
        a: square matrices.
        b: one vector, or matrices, for as many columns x.

    Raises:
        LinAlgError: for a singular matrix, or one that is not square.
        DomainError: for a singular matrix of Values.

    >>> solve(Tensor([[2.0, 0.0], [0.0, 4.0]]), np.array([1.0, 2.0]))
    Tensor([0.5, 0.5])
    """
    a, b = array_of(a), array_of(b)
    check_square("solve", a)
    return matrices.solve(a, b)


@counterpart(np.linalg.det, values=minors.det)
def det(a: Any) -> Any:
    """The determinant. Its derivative, the cofactors, is right for a singular matrix too; the second there
    takes n⁵ operations. Of Values up to 8 × 8.

    Raises:
        LinAlgError: for a matrix that is not square.

    >>> a = Tensor([[1.0, 2.0], [2.0, 4.0]])
    >>> det(a).backward()
    >>> a.grad
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    check_square("det", a)
    return matrices.det(a)


@_of_tensors(np.linalg.slogdet)
def slogdet(a: Any) -> SlogdetResult:
    """The sign of the determinant and ln|det a|, also where the determinant leaves the range of floats.

    The sign is plain numbers. At a singular matrix the derivative is an error.

    Raises:
        LinAlgError: for a matrix that is not square.

    >>> slogdet(Tensor([[1.0, 0.0], [0.0, -1e200]])).logabsdet
    Tensor(460.5170186)
    """
    check_square("slogdet", a)
    return SlogdetResult(look_at(a, lambda array: np.linalg.slogdet(array).sign), matrices.logabsdet(a))


# -- symmetric matrices ------------------------------------------------------------------------------


@_of_tensors(np.linalg.cholesky)
def cholesky(a: Any, *, upper: bool = False) -> Any:
    """The lower triangular L of a = L Lᵀ, for a positive definite symmetric matrix a.

    As in NumPy only the lower triangle of a is read, so the derivative lies in it; with upper=True, for the
    upper triangular Lᵀ, the upper one. The symmetric derivative of textbooks is that of
    ``cholesky((a + a.T) / 2)``.

    Raises:
        LinAlgError: for a matrix that is not positive definite, or not square.

    >>> cholesky(Tensor([[4.0, 2.0], [2.0, 5.0]]))
    Tensor([[2., 0.],
            [1., 2.]])
    """
    check_square("cholesky", a)
    return swapped(matrices.cholesky(swapped(a))) if upper else matrices.cholesky(a)


def _is_upper(name: str, a: Any, UPLO: str) -> bool:
    """Whether the upper triangle of square matrices is meant."""
    check_square(name, a)
    if UPLO.upper() not in ("L", "U"):
        raise ValueError(f"{name}: UPLO is 'L' or 'U', the triangle that is read, not {UPLO!r}")
    return UPLO.upper() == "U"


@_of_tensors(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> EighResult:
    """The eigenvalues of a symmetric matrix, the smallest first, and its eigenvectors, as columns.

    As in NumPy only the lower triangle of a is read, so the derivative lies in it; with UPLO="U" the upper
    one. The symmetric derivative of textbooks is that of ``eigh((a + a.T) / 2)``. Where two eigenvalues are
    equal, the derivative of their vectors is infinite or nan.

    Raises:
        LinAlgError: for a matrix that is not square, or nan in it.

    >>> eigh(Tensor([[2.0, 0.0], [0.0, 3.0]])).eigenvalues
    Tensor([2., 3.])
    """
    upper = _is_upper("eigh", a, UPLO)
    return EighResult(spectra.eigvalsh(a, upper=upper), spectra.eigenvectors(a, upper=upper))


@_of_tensors(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """The eigenvalues of symmetric matrices, shape (..., n) of (..., n, n), the smallest first; as `eigh`.

    Raises:
        LinAlgError: for a matrix that is not square, or nan in it.

    >>> eigvalsh(Tensor([[2.0, 1.0], [1.0, 2.0]]))
    Tensor([1., 3.])
    """
    return spectra.eigvalsh(a, upper=_is_upper("eigvalsh", a, UPLO))


# -- singular values ---------------------------------------------------------------------------------


def _general(name: str, a: Any, hermitian: bool) -> Any:
    """An array of matrices of any shape."""
    if a.ndim < 2:
        raise LinAlgError(f"{name} takes matrices, not an array of shape {a.shape}")
    if hermitian:
        raise TypeError(f"{name} of a Tensor takes no hermitian=True: leave it out, or use eigh")
    return a


@_of_tensors(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """U, S and Vh of a = U diag(S) Vh, where S are the singular values, the largest first.

    Args:
        a: matrices, m × n.
        full_matrices: must be False where m and n differ: the rest of a square U or Vh is any basis.
        compute_uv: False for the singular values alone.

    Where two singular values are equal, the derivative of their vectors is infinite or nan.

    Raises:
        TypeError: for full matrices that are not determined.

    >>> svd(Tensor([[3.0, 0.0], [0.0, 4.0]])).S
    Tensor([4., 3.])
    """
    a = _general("svd", a, hermitian)
    m, n = a.shape[-2:]
    values = spectra.svdvals(a)
    if not compute_uv:
        return values
    if full_matrices and m != n:
        raise TypeError(
            f"svd of a Tensor of shape {a.shape} takes no full_matrices=True: the vectors that belong to no "
            "singular value are any, and have no derivative; write full_matrices=False"
        )
    U, Vh = spectra.unpack_vectors(spectra.singular_vectors(a), m, n)
    return SVDResult(U, values, Vh)


@_of_tensors(np.linalg.svdvals)
def svdvals(x: Any) -> Any:
    """The singular values, the largest first: shape (..., min(m, n)) of (..., m, n); as `svd`.

    Raises:
        LinAlgError: for an array of fewer than two axes, or nan in it.

    >>> svdvals(Tensor([[0.0, 2.0], [1.0, 0.0]]))
    Tensor([2., 1.])
    """
    return spectra.svdvals(_general("svdvals", x, False))


@_of_tensors(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = NOTHING) -> Any:
    """The pseudo-inverse, shape (..., n, m).

    Of a x = b with too many rows, ``pinv(a) @ b`` is the x of the least squares.

    Args:
        a: matrices, m × n.
        rcond, rtol: singular values of this part of the largest, and smaller ones, are 0; as in NumPy.

    The derivative is that of matrices of the same rank.

    Raises:
        LinAlgError: for an array of fewer than two axes; in a sweep, if singular values above 0 were cut.

    >>> pinv(Tensor([[1.0], [1.0]]))
    Tensor([[0.5, 0.5]])
    """
    a = _general("pinv", a, hermitian)
    if rtol is not NOTHING:
        if rcond is not None:
            raise ValueError("pinv: rcond and rtol are the same; give one of them")
        rcond = np.finfo(a.dtype).eps * max(a.shape[-2:]) if rtol is None else rtol
    return spectra.pinv(a, rcond=rcond)


@_of_tensors(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> tuple[Any, Any, Any, Any]:
    """The x with the least Σ(a x - b)², that sum, the rank of a as a plain number, its singular values.

    Args:
        a: one matrix, m × n.
        b: m numbers, or a matrix of m rows.
        rcond: as in `pinv`; by default the rounding of the larger of m and n.

    Raises:
        LinAlgError: for a and b whose shapes do not fit.

    >>> lstsq(Tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 5.0]))[0].data.round(6)
    array([1., 2.])
    """
    a, b = _general("lstsq", array_of(a), False), array_of(b)
    if a.ndim != 2 or b.ndim not in (1, 2) or b.shape[0] != a.shape[0]:
        raise LinAlgError(f"lstsq: the shapes {a.shape} and {b.shape} do not fit")
    m, n = a.shape
    rcond = np.finfo(a.dtype).eps * max(m, n) if rcond is None else rcond
    s = spectra.svdvals(a)
    rank = look_at(s, lambda values: int((values > rcond * values[:1]).sum()))
    x = dot(spectra.pinv(a, rcond=rcond), b)
    rest = dot(a, x) - b
    squares = (rest * rest).sum(0, keepdims=b.ndim == 1)
    return x, squares if rank == n < m else squares[:0], rank, s


@_of_tensors(np.linalg.matrix_rank)
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """How many singular values are not 0, but for rounding: plain whole numbers, shape (...) of (..., m, n).

    Args:
        tol, rtol: singular values up to this, or this part of the largest, count as 0; as in NumPy.

    >>> int(matrix_rank(Tensor([[1.0, 2.0], [2.0, 4.0]])))
    1
    """
    return look_at(A, lambda array: np.linalg.matrix_rank(array, tol, hermitian, rtol=rtol))


# -- powers ------------------------------------------------------------------------------------------


@counterpart(np.linalg.matrix_power, generic=True)
def matrix_power(a: Any, n: int) -> Any:
    """aⁿ for a whole number n, by repeated squaring; of the inverse for a negative n.

    >>> matrix_power(Tensor([[1.0, 1.0], [0.0, 1.0]]), 10)
    Tensor([[ 1., 10.],
            [ 0.,  1.]])
    """
    n = operator.index(n)
    check_square("matrix_power", a)
    if n == 0:
        one = np.broadcast_to(np.eye(a.shape[-1], dtype=float if a.dtype == object else a.dtype), a.shape)
        return Tensor(one) if isinstance(a, Tensor) else one.copy()
    power = a if n > 0 else inv(a)
    result, n = None, abs(n)
    while n:
        if n % 2:
            result = power if result is None else result @ power
        n //= 2
        power = power @ power if n else power
    return result


# -- other names ---------------------------------------------------------------------------

counterpart(np.linalg.cross)(lambda x1, x2, *, axis=-1: products.cross(x1, x2, axis=axis))
counterpart(np.linalg.diagonal)(lambda x, *, offset=0: places.diagonal(x, offset, -2, -1))
counterpart(np.linalg.matmul)(lambda x1, x2: array_of(x1) @ array_of(x2))
counterpart(np.linalg.matrix_transpose)(swapped)
counterpart(np.linalg.tensordot)(lambda x1, x2, *, axes=2: products.tensordot(x1, x2, axes))
counterpart(np.linalg.trace)(lambda x, *, offset=0: products.trace(x, offset, -2, -1))
