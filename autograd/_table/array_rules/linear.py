"""The second half of the table, the rows of arrays: each a linear map and its transpose.

Read a row as: the map, then for each argument the transpose of the map, written in rows of the
table, so that they work on arrays and on Tensors, for every order. ``g`` is the adjoint of the
result, the other names are the arguments and parameters of the map.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.node import Node
from autograd._graph.primitive import lookup
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules.axes import along, axes_of, axis_of, other_axes, reduced_shape
from autograd._table.define import define_arrays

Array = NDArray[Any]
Axis = Any  # int, tuple of ints or None: NumPy's stubs know fewer


def _sum(x: Any, axis: Axis = None, keepdims: Any = False) -> Any:
    return np.add.reduce(x, axis=axis, keepdims=keepdims)


def _max(x: Any, axis: Axis = None, keepdims: Any = False) -> Any:
    return np.maximum.reduce(x, axis=axis, keepdims=keepdims)


def _min(x: Any, axis: Axis = None, keepdims: Any = False) -> Any:
    return np.minimum.reduce(x, axis=axis, keepdims=keepdims)


def _spread(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """g, the adjoint of a reduction over `axis`, in the shape of x."""
    shape = x.shape
    if shape and not keepdims and axis is not None:
        g = reshape(g, shape=reduced_shape(shape, axes_of(axis, len(shape))))
    return broadcast_to(g, shape=shape) if isinstance(g, Node) else _broadcast_to(g, shape)


def _broadcast_to(x: Any, shape: tuple[int, ...]) -> Array:
    # Filled out: np.broadcast_to itself takes ten times as long on small arrays.
    out = np.empty(shape, x.dtype)
    out[...] = x
    return out


def _summed(g: Any, shape: tuple[int, ...]) -> Any:
    """g, an array or a Tensor, summed to the shape of the array that was broadcast."""
    return sum_to(g, shape=shape) if isinstance(g, Node) else _sum_to(g, shape)


def _logsumexp(x: Array, axis: Axis = None, keepdims: Any = False) -> Any:
    """ln Σ exp(x): without the largest term, the sum is small enough for log1p."""
    axes = axes_of(axis, x.ndim)
    rows = x.transpose(*other_axes(axes, x.ndim), *axes).reshape(*reduced_shape(x.shape, axes, False), -1)
    top = np.maximum.reduce(rows, axis=-1, keepdims=True)
    e = np.exp(rows - np.where(np.isfinite(top), top, 0))
    np.put_along_axis(e, np.argmax(rows, axis=-1, keepdims=True), 0, axis=-1)
    top = top[..., 0]
    total = np.where(np.isfinite(top), np.log1p(np.add.reduce(e, axis=-1)) + top, top)
    return np.expand_dims(total, axes) if keepdims else total


def _below_largest(x: Array, axis: Axis) -> Any:
    """x minus its largest along some axes, which may not be finite; the choice changes nothing in a ratio."""
    top = np.maximum.reduce(x, axis=axis, keepdims=True)
    return x - np.where(np.isfinite(top), top, 0).astype(top.dtype)


def softmax(x: Any, axis: Axis) -> Any:
    """exp(x) / Σ exp(x), the slope of logsumexp, in the engine's operations."""
    e = lookup("exp")(below_largest(x, axis=axis))
    return e / sum(e, axis=axis, keepdims=True)


def _shares(x: Array, axis: Axis, extreme: np.ufunc) -> Array:
    """Each element's share in the maximum over `axis`, or the minimum: ties share equally."""
    ties = x == extreme.reduce(x, axis=axis, keepdims=True)
    shares: Array = ties / np.add.reduce(ties, axis=axis, keepdims=True)
    return shares.astype(x.dtype)


def _zeros(tangents: Any, x: Any, **params: Any) -> Array:
    return np.zeros(x.shape, x.dtype)


def _sum_to(x: Array, shape: tuple[int, ...]) -> Any:
    """x summed over the axes along which `shape` was broadcast."""
    lead = x.ndim - len(shape)
    if lead == 1 == len(shape) and x.shape[0] <= _FEW and x.shape[1:] == shape:
        # A bias over a batch, and the batch small: a product with ones takes 350 ns, np.add.reduce 1,050.
        return _ones(x.dtype)[: x.shape[0]].dot(x)
    axes = tuple(range(lead)) + tuple(
        lead + i for i, n in enumerate(shape) if n == 1 and x.shape[lead + i] != 1
    )
    return np.add.reduce(x, axis=axes, keepdims=True).reshape(shape) if axes else x.reshape(shape)


_FEW = 1024


@functools.cache
def _ones(dtype: Any) -> Array:
    return np.ones(_FEW, dtype)


def _cumsum_back(g: Any, axis: int) -> Any:
    """The sums from the other end."""
    index = along(axis_of(axis, g.ndim), slice(None, None, -1))
    return getitem(cumsum(getitem(g, index=index), axis=axis), index=index)


def _matmul(a: Array, b: Array) -> Any:
    # Of two small matrices dot takes 350 ns, matmul 900.
    if type(a) is np.ndarray is type(b) and a.ndim == 2 == b.ndim:
        return a.dot(b)
    return np.matmul(a, b)


def _product(a: Any, b: Any) -> Any:
    """The product of two matrices, arrays or Tensors."""
    return a.dot(b) if type(a) is np.ndarray is type(b) else matmul(a, b)


def swapped(x: Any) -> Any:
    """Each matrix, the last two axes, transposed."""
    if type(x) is np.ndarray:
        return x.swapaxes(-1, -2)
    n = np.ndim(x)
    return transpose(x, axes=(*range(n - 2), n - 1, n - 2))


def column(x: Any) -> Any:
    """Vectors as matrices of one column."""
    return reshape(x, shape=(*np.shape(x), 1))


def row(x: Any) -> Any:
    """Vectors as matrices of one row."""
    return reshape(x, shape=(*np.shape(x)[:-1], 1, np.shape(x)[-1]))


def _matmul_first(g: Any, a: Any, b: Any) -> Any:
    """g bᵀ, with the axis restored that matmul drops from a vector."""
    if a.ndim == 2 == b.ndim:
        return _product(g, b.T)
    if b.ndim == 1:
        return g * b if a.ndim == 1 else matmul(column(g), row(b))
    if a.ndim == 1:
        g = row(g)
    return sum_to(matmul(g, swapped(b)), shape=np.shape(a))


def _matmul_second(g: Any, a: Any, b: Any) -> Any:
    """aᵀ g, with the axis restored that matmul drops from a vector."""
    if a.ndim == 2 == b.ndim:
        # In the memory order of b, so that the gradient of W in x @ W.T has that of W.
        if isinstance(b, np.ndarray) and not b.flags.c_contiguous:
            return _product(g.T, a).T
        return _product(a.T, g)
    if a.ndim == 1:
        return g * a if b.ndim == 1 else sum_to(matmul(column(a), row(g)), shape=np.shape(b))
    if b.ndim == 1:
        product = matmul(swapped(a), column(g))
        return sum_to(reshape(product, shape=np.shape(product)[:-1]), shape=np.shape(b))
    return sum_to(matmul(swapped(a), g), shape=np.shape(b))


def _affine(W: Array, a: Array, b: Array) -> Any:
    """W a + b for one a, and for each row of a matrix a: a layer in one operation in place of three."""
    product = _matmul(a, W.T)
    z = product + b
    if z.shape != product.shape or W.ndim > 2 or a.ndim > 2:
        raise ValueError("W and a have one axis or two, and b no more than their product")
    return z


def _affine_tangent(tangents: Any, W: Any, a: Any, b: Any) -> Any:
    dW, da, db = tangents
    terms = [] if dW is None else [matmul(a, dW.T)]
    terms += [] if da is None else [matmul(da, W.T)]
    terms += [] if db is None else [broadcast_to(db, shape=(*a.shape[:-1], *W.shape[:-1]))]
    return functools.reduce(operator.add, terms)


def _is_basic(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return not any(isinstance(p, np.ndarray) and p.dtype != bool for p in parts)


def _put(g: Array, index: Any, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` with g added at `index`; an index that repeats adds each time."""
    out = np.zeros(shape, g.dtype)
    if _is_basic(index):
        out[index] = g
    else:
        np.add.at(out, index, g)
    return out


def add_at(out: Array, index: Any, g: Array) -> None:
    """Add g to `out` at `index`, in place."""
    if _is_basic(index):
        out[index] += g
    else:
        np.add.at(out, index, g)


def _puts(*arrays: Array, indices: Sequence[Any], shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` with each array added at its index: the adjoint of an array from those of its parts."""
    out = np.zeros(shape, np.result_type(*arrays))
    for index, g in zip(indices, arrays, strict=True):
        add_at(out, index, g)
    return out


def _puts_parts(g: Any, *arrays: Any, indices: Sequence[Any], shape: tuple[int, ...]) -> Callable[[int], Any]:
    return lambda i: getitem(g, index=indices[i])


def _pieces(g: Any, *arrays: Any, axis: int) -> Callable[[int], Any]:
    ends = [0, *itertools.accumulate(np.shape(a)[axis] for a in arrays)]
    axis = axis_of(axis, np.ndim(g))
    return lambda i: getitem(g, index=along(axis, slice(ends[i], ends[i + 1])))


def _layers(g: Any, *arrays: Any, axis: int) -> Callable[[int], Any]:
    axis = axis_of(axis, np.ndim(g))
    return lambda i: getitem(g, index=along(axis, i))


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    n = len(axes)
    return tuple(sorted(range(n), key=lambda i: axes[i] % n))


def _reduction(name: str, on_arrays: Callable[..., Any], slope: Callable[[Any, Axis], Any]) -> ArrayRow:
    """A row that reduces x over some axes, from its slope ∂out/∂x in the shape of x."""
    return ArrayRow(
        name,
        on_arrays,
        lambda g, x, axis=None, keepdims=False: _spread(g, x, axis, keepdims) * slope(x, axis),
        tangent=lambda tangents, x, axis=None, keepdims=False: sum(
            tangents[0] * slope(x, axis), axis=axis, keepdims=keepdims
        ),
    )


# fmt: off
sum:          ArrayRow = ArrayRow("sum",          _sum,                                            lambda g, x, axis=None, keepdims=False: _spread(g, x, axis, keepdims))
max:          ArrayRow = _reduction("max",        _max,                                            lambda x, axis: shares_max(x, axis=axis))
min:          ArrayRow = _reduction("min",        _min,                                            lambda x, axis: shares_min(x, axis=axis))
shares_max:   ArrayRow = ArrayRow("_shares_max",  lambda x, axis: _shares(x, axis, np.maximum),    None, tangent=_zeros)
shares_min:   ArrayRow = ArrayRow("_shares_min",  lambda x, axis: _shares(x, axis, np.minimum),    None, tangent=_zeros)
below_largest: ArrayRow = ArrayRow("_below_largest", _below_largest,                              lambda g, x, axis: g, tangent=lambda tangents, x, axis: tangents[0], latex=r"{x} - \max({x})")
logsumexp:    ArrayRow = _reduction("logsumexp",  _logsumexp,                                      softmax)
cumsum:       ArrayRow = ArrayRow("cumsum",       lambda x, axis: np.add.accumulate(x, axis=axis), lambda g, x, axis: _cumsum_back(g, axis))
astype:       ArrayRow = ArrayRow("astype",       lambda x, dtype: x.astype(dtype),                lambda g, x, dtype: astype(g, dtype=x.dtype))
sum_to:       ArrayRow = ArrayRow("sum_to",       _sum_to,                                         lambda g, x, shape: broadcast_to(g, shape=np.shape(x)))
broadcast_to: ArrayRow = ArrayRow("broadcast_to", _broadcast_to,                                   lambda g, x, shape: sum_to(g, shape=np.shape(x)))
reshape:      ArrayRow = ArrayRow("reshape",      lambda x, shape: x.reshape(shape),               lambda g, x, shape: reshape(g, shape=np.shape(x)))
transpose:    ArrayRow = ArrayRow("transpose",    lambda x, axes: x.transpose(axes),               lambda g, x, axes: transpose(g, axes=_inverse(axes)))
getitem:      ArrayRow = ArrayRow("getitem",      lambda x, index: x[index],                       lambda g, x, index: put(g, index=index, shape=np.shape(x)))
put:          ArrayRow = ArrayRow("put",          _put,                                            lambda g, x, index, shape: getitem(g, index=index))
matmul:       ArrayRow = ArrayRow("matmul",       _matmul,                                         _matmul_first, _matmul_second, latex="{x} {y}")
affine:       ArrayRow = ArrayRow("affine",       _affine,                                         lambda g, W, a, b: _matmul_first(g.T, W, a.T), lambda g, W, a, b: _matmul_first(g, a, W.T), lambda g, W, a, b: _summed(g, b.shape),
                                  tangent=_affine_tangent, latex="{x} {y} + {z}")
concatenate:  ArrayRow = ArrayRow("concatenate",  lambda *xs, axis: np.concatenate(xs, axis),      _pieces, joint=True)
stack:        ArrayRow = ArrayRow("stack",        lambda *xs, axis: np.stack(xs, axis),            _layers, joint=True)
puts:         ArrayRow = ArrayRow("puts",         _puts,                                           _puts_parts, joint=True)
# fmt: on

define_arrays(
    sum, max, min, shares_max, shares_min, below_largest, cumsum, astype, logsumexp, sum_to, broadcast_to, reshape, transpose, getitem, put, matmul, affine, concatenate, stack, puts
)  # fmt: skip
