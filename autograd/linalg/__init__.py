"""Linear algebra, under the names of `numpy.linalg`: norm, solve, inv, det, eigh, svd, ….

NumPy's own functions do the same with Tensors: ``np.linalg.solve(W, b)``. A matrix is the last two axes of
an array, and the axes before them count matrices. One without an inverse raises `numpy.linalg.LinAlgError`.
Norms, `det`, `inv` and `solve` also take lists and arrays of Values.

>>> import numpy as np
>>> from autograd import Tensor, linalg
>>> A, b = Tensor([[2.0, 1.0], [0.0, 4.0]], label="A"), np.array([4.0, 8.0])
>>> linalg.solve(A, b).sum().backward()
>>> A.grad
array([[-0.5  , -1.   ],
       [-0.125, -0.25 ]])
"""

from autograd._functions.matrices.linear_algebra import (  # noqa: F401 - results, beside the functions
    EighResult,
    SlogdetResult,
    SVDResult,
    cholesky,
    det,
    eigh,
    eigvalsh,
    inv,
    lstsq,
    matrix_power,
    matrix_rank,
    pinv,
    slogdet,
    solve,
    svd,
    svdvals,
)
from autograd._functions.matrices.norms import matrix_norm, norm, vector_norm
from autograd._functions.matrices.products import multi_dot

# fmt: off
__all__ = [  # noqa: RUF022 - in reading order
    "norm", "vector_norm", "matrix_norm",
    "solve", "inv", "det", "slogdet", "cholesky", "eigh", "eigvalsh",
    "svd", "svdvals", "pinv", "lstsq", "matrix_rank", "matrix_power", "multi_dot",
]
# fmt: on
