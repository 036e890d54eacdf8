"""The weighted sums of neurons and layers: `dot`, and the formula of a layer.

They take Tensors and plain arrays alike, and lists and object arrays of Values, which they turn into ordinary
scalar arithmetic.
"""

from __future__ import annotations

import functools
import math
import operator
from typing import Any

import numpy as np

from autograd._functions.dispatch import array_of, counterpart, register
from autograd._graph.primitive import lookup
from autograd._nodes.tensor import Tensor
from autograd._table.array_rules import linear as rows

__all__ = ["dot"]


@counterpart(np.dot, values=lambda a, b: _dot_of_values(a, array_of(b)), method=False)
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
    b = array_of(b)
    if not a.ndim or not b.ndim:
        return lookup("mul")(a, b)
    return rows.matmul(a, b) if a.ndim == 1 or b.ndim < 3 else _dot_of_many(a, b)


def _dot_of_values(a: Any, b: Any) -> Any:
    if a.ndim != 1 or b.ndim != 1:
        return np.dot(a, b)
    if len(a) != len(b):
        raise ValueError(f"dot: the vectors have lengths {len(a)} and {len(b)}")
    products = [x * y for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    return functools.reduce(operator.add, products) if products else 0.0


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
    W, a = (x if isinstance(x, np.ndarray) else array_of(x) for x in (W, a))
    weighted = W @ a if a.ndim == 1 else (W @ a.T).T
    return weighted if b is None else weighted + b


register(np.matmul)(rows.matmul)  # the row's own is quicker for small matrices
