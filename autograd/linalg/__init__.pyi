"""The public names of linear algebra, as type checkers and editors read them."""

from collections.abc import Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeVar, overload

from autograd._nodes.declared import Array, Arrays
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value

# <public names of linear algebra>
__all__ = [
    "norm", "vector_norm", "matrix_norm", "solve", "inv", "det", "slogdet", "cholesky", "eigh", "eigvalsh",
    "svd", "svdvals", "pinv", "lstsq", "matrix_rank", "matrix_power", "multi_dot",
]
# </public names of linear algebra>

_A = TypeVar("_A", Tensor, Array)
_Tensors = Tensor | Sequence[Tensor]

class SlogdetResult(NamedTuple, Generic[_A]):
    """The result of `slogdet`, as NumPy's."""

    sign: Any
    logabsdet: _A

class EighResult(NamedTuple, Generic[_A]):
    """The result of `eigh` of matrices of shape (..., n, n), as NumPy's: Tensors of their dtype."""

    eigenvalues: _A
    eigenvectors: _A

class SVDResult(NamedTuple, Generic[_A]):
    """The result of `svd` of matrices of shape (..., m, n), as NumPy's: Tensors of their dtype."""

    U: _A
    S: _A
    Vh: _A

@overload
def norm(x: _Tensors, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The size of vectors or matrices: by default √(Σ xᵢ²) over all elements."""

@overload
def norm(x: Sequence[Value], ord: Any = None, axis: None = None, keepdims: Literal[False] = False) -> Value: ...
@overload
def norm(x: Arrays, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any: ...
@overload
def vector_norm(x: _Tensors, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Tensor:
    """The `norm` of vectors: along one axis, or of all elements along several."""

@overload
def vector_norm(x: Sequence[Value], *, axis: None = None, keepdims: Literal[False] = False, ord: Any = 2) -> Value: ...
@overload
def vector_norm(x: Arrays, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any: ...
@overload
def matrix_norm(x: _Tensors, *, keepdims: bool = False, ord: Any = "fro") -> Tensor:
    """The `norm` of matrices, each the last two axes."""

@overload
def matrix_norm(
    x: Sequence[Sequence[Value]], *, keepdims: Literal[False] = False, ord: Any = "fro"
) -> Value: ...
@overload
def matrix_norm(x: Arrays, *, keepdims: bool = False, ord: Any = "fro") -> Any: ...
@overload
def solve(a: Tensor, b: Tensor | Arrays) -> Tensor:
    """The x of a x = b."""

@overload
def solve(a: Arrays, b: Tensor) -> Tensor: ...
@overload
def solve(a: Arrays, b: Arrays) -> Array: ...
@overload
def inv(a: _Tensors) -> Tensor:
    """a⁻¹, the matrix with a a⁻¹ = 1."""

@overload
def inv(a: Arrays) -> Array: ...
@overload
def det(a: _Tensors) -> Tensor:
    """The determinant."""

@overload
def det(a: Sequence[Sequence[Value]]) -> Value: ...
@overload
def det(a: Arrays) -> Any: ...
@overload
def slogdet(a: Tensor) -> SlogdetResult[Tensor]:
    """The sign of the determinant and ln|det a|, also where the determinant leaves the range of floats."""

@overload
def slogdet(a: Arrays) -> SlogdetResult[Array]: ...
@overload
def cholesky(a: _Tensors, *, upper: bool = False) -> Tensor:
    """The lower triangular L of a = L Lᵀ, for a positive definite symmetric matrix a."""

@overload
def cholesky(a: Arrays, *, upper: bool = False) -> Array: ...
@overload
def eigh(a: Tensor, UPLO: str = "L") -> EighResult[Tensor]:
    """The eigenvalues of a symmetric matrix, the smallest first, and its eigenvectors, as columns."""

@overload
def eigh(a: Arrays, UPLO: str = "L") -> EighResult[Array]: ...
@overload
def eigvalsh(a: _Tensors, UPLO: str = "L") -> Tensor:
    """The eigenvalues of symmetric matrices, shape (..., n) of (..., n, n), the smallest first; as `eigh`."""

@overload
def eigvalsh(a: Arrays, UPLO: str = "L") -> Array: ...
@overload
def svd(
    a: Tensor, full_matrices: bool = True, compute_uv: Literal[True] = True, hermitian: bool = False
) -> SVDResult[Tensor]:
    """U, S and Vh of a = U diag(S) Vh, where S are the singular values, the largest first."""

@overload
def svd(
    a: Arrays, full_matrices: bool = True, compute_uv: Literal[True] = True, hermitian: bool = False
) -> SVDResult[Array]: ...
@overload
def svd(a: Tensor, full_matrices: bool = True, *, compute_uv: Literal[False], hermitian: bool = False) -> Tensor: ...
@overload
def svd(a: Arrays, full_matrices: bool = True, *, compute_uv: Literal[False], hermitian: bool = False) -> Array: ...
@overload
def svdvals(x: _Tensors) -> Tensor:
    """The singular values, the largest first: shape (..., min(m, n)) of (..., m, n); as `svd`."""

@overload
def svdvals(x: Arrays) -> Array: ...
@overload
def pinv(a: _Tensors, rcond: Any = None, hermitian: bool = False, *, rtol: Any = ...) -> Tensor:
    """The pseudo-inverse, shape (..., n, m)."""

@overload
def pinv(a: Arrays, rcond: Any = None, hermitian: bool = False, *, rtol: Any = ...) -> Array: ...
@overload
def lstsq(a: Tensor, b: Tensor | Arrays, rcond: Any = None) -> tuple[Tensor, Tensor, int, Tensor]:
    """The x with the least Σ(a x - b)², that sum, the rank of a as a plain number, its singular values."""

@overload
def lstsq(a: Arrays, b: Tensor, rcond: Any = None) -> tuple[Tensor, Tensor, int, Tensor]: ...
@overload
def lstsq(a: Arrays, b: Arrays, rcond: Any = None) -> tuple[Array, Array, int, Array]: ...
def matrix_rank(A: Tensor | Arrays, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """How many singular values are not 0, but for rounding: plain whole numbers, shape (...) of (..., m, n)."""

@overload
def matrix_power(a: _Tensors, n: int) -> Tensor:
    """aⁿ for a whole number n, by repeated squaring; of the inverse for a negative n."""

@overload
def matrix_power(a: Arrays, n: int) -> Array: ...
@overload
def multi_dot(arrays: _Tensors) -> Tensor:
    """The product of two or more matrices in the order that takes the fewest multiplications."""

@overload
def multi_dot(arrays: Sequence[Any]) -> Any: ...
