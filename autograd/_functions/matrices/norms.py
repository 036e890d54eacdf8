"""The sizes of vectors and matrices, under NumPy's names."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd._functions.arranging.shapes import moveaxis
from autograd._functions.dispatch import counterpart
from autograd._functions.reducing import reductions
from autograd._graph.primitive import lookup
from autograd._nodes.tensor import Tensor
from autograd._table.array_rules import matrices, spectra
from autograd._table.array_rules.axes import axes_of, reduced_shape

__all__ = ["matrix_norm", "norm", "vector_norm"]

Axes = tuple[int, ...]


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    axes = axes_of(axis, x.ndim)
    if axis is not None or ord is not None:
        if len(axes) not in (1, 2):
            raise ValueError(
                f"norm: a vector has one axis and a matrix two, not {len(axes)} as here, of shape {x.shape}: "
                "say which, with axis="
            )
        if len(axes) == 2:
            return _matrix_norm(x, ord, axes, keepdims)
    return _vector_norm(x, ord, axes, keepdims)


def _vector_norm(x: Any, ord: Any, axes: Axes, keepdims: bool) -> Any:
    if ord is not None and (isinstance(ord, str) or not isinstance(ord, (int, float, np.number))):
        raise ValueError(f"norm: ord is a number for vectors, not {ord!r}; 'fro' and 'nuc' are for matrices")
    if ord == 0:
        raise TypeError("norm: ord=0 counts elements, and has no derivative: write np.count_nonzero(x.data)")
    if ord is not None and abs(ord) == math.inf:
        return _extreme(abs(x), ord, axes, keepdims)
    if ord == 1:
        return abs(x).sum(axis=axes, keepdims=keepdims)
    order = 2.0 if ord is None else float(ord)
    if isinstance(x, Tensor):
        return matrices.norm(x, order=order, axes=axes, keepdims=bool(keepdims))
    total = (lookup("square")(x) if order == 2 else abs(x) ** order).sum(axis=axes, keepdims=keepdims)
    return np.frompyfunc(functools.partial(_root, order), 1, 1)(np.asarray(total))


def _root(order: float, x: Any) -> Any:
    """x^(1/p), with the slope 0 at 0, where that of the root is infinite."""
    return lookup("_length")(x) if order == 2 else lookup("where")(x > 0, x ** (1 / order), 0.0)


def _extreme(x: Any, ord: Any, axes: Axes, keepdims: bool = False) -> Any:
    """The largest over some axes for a positive ord, the smallest for a negative one."""
    return (reductions.max if ord > 0 else reductions.min)(x, axis=axes, keepdims=keepdims)


def _matrix_norm(x: Any, ord: Any, axes: Axes, keepdims: bool) -> Any:
    if ord in (None, "fro", "f"):
        return _vector_norm(x, None, axes, keepdims)
    if ord in (1, -1, math.inf, -math.inf):
        rows, columns = axes if abs(ord) == 1 else axes[::-1]
        norms = _extreme(abs(x).sum(axis=rows, keepdims=True), ord, (columns,), True)
    elif ord in (2, -2, "nuc"):
        if not isinstance(x, Tensor):
            raise TypeError(f"norm with ord={ord!r} takes a Tensor, not Values one at a time")
        s = spectra.svdvals(moveaxis(x, axes, (-2, -1)))
        norms = s.sum(axis=-1) if ord == "nuc" else _extreme(s, ord, (s.ndim - 1,))
    else:
        raise ValueError(f"norm: ord of a matrix is 1, 2, inf, -1, -2, -inf, 'fro' or 'nuc', not {ord!r}")
    return norms.reshape(reduced_shape(x.shape, axes, keepdims))


def _of_values(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    norms = _norm(x if x.ndim else x.reshape(1), ord, axis, keepdims and x.ndim > 0)
    return norms[()] if isinstance(norms, np.ndarray) else norms


@counterpart(np.linalg.norm, values=_of_values)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The size of vectors or matrices: by default √(Σ xᵢ²) over all elements.

    Args:
        x: a Tensor, an array, or a list or array of Values.
        ord: of vectors a number p, for (Σ|xᵢ|ᵖ)^(1/p), or ±inf, for the largest or smallest |xᵢ|; of matrices
            "fro", 1 and inf (the largest sum of a column, of a row), 2 (the largest singular value), their
            negatives (the smallest), or "nuc" (the sum of the singular values).
        axis: one axis for vectors, two for matrices.
        keepdims: as in NumPy.

    The derivative of a norm that is 0 is 0 here. Squares that leave the range of floats do no harm, where
    NumPy gives infinity or 0.

    Raises:
        ValueError: for an ord that neither has.

    >>> x = Tensor([3.0, 4.0])
    >>> norm(x).backward()
    >>> x.grad
    array([0.6, 0.8])
    >>> norm(Tensor([3e200, 4e200]))
    Tensor(5.e+200)
    """
    return _norm(x, ord, axis, keepdims)


@counterpart(np.linalg.vector_norm)
def vector_norm(x: Any, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """The `norm` of vectors: along one axis, or of all elements along several.

    >>> vector_norm(Tensor([[3.0], [4.0]]))
    Tensor(5.)
    """
    return _vector_norm(x, ord, axes_of(axis, x.ndim), keepdims)


@counterpart(np.linalg.matrix_norm)
def matrix_norm(x: Any, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """The `norm` of matrices, each the last two axes.

    >>> matrix_norm(Tensor([[3.0], [4.0]]), ord=1)
    Tensor(7.)
    """
    return _matrix_norm(x, ord, axes_of((-2, -1), x.ndim), keepdims)
