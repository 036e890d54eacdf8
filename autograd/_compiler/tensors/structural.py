"""Rows that arrange, add up or multiply arrays, as calls of traced arrays: each with the shape of its result.

A reshape of a reshape, and a transpose of a transpose, are one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._graph.primitive import lookup
from autograd._table.array_rules import linear as rows
from autograd._table.array_rules.axes import axes_of, reduced_shape

__all__ = ["RULES", "ArrayCall", "Shape"]

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ArrayCall:
    """A function of whole arrays with its parameters.

    Attributes:
        name: of a row with a call of its own in the generated code; "" for another function.
        function: computes it from arrays.
        params: of the row.
    """

    name: str
    function: Callable[..., Any]
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def __name__(self) -> str:
        return self.name or getattr(self.function, "__name__", "function")

    def __call__(self, *args: Any) -> Any:
        return self.function(*args, **self.params)


def _reshape(trace: Any, x: Any, shape: Any) -> Any:
    target = np.broadcast_to(np.empty(()), x.shape).reshape(shape).shape
    if target == x.shape:
        return x
    if isinstance(x._symbol, float):
        return trace.array(x._symbol, target)
    x = trace.filled(x)
    before = x._symbol
    while isinstance(before.call, ArrayCall) and before.call.name == "reshape":
        before = before.args[0]
    if trace.shapes[before] == target:
        return trace.array(before, target, x.dtype)
    source = trace.array(before, trace.shapes[before], x.dtype)
    return trace.call("reshape", rows.reshape.on_arrays, [source], {"shape": target}, target)


def _transpose(trace: Any, x: Any, axes: Shape) -> Any:
    axes = tuple(a % x.ndim for a in axes)
    shape = tuple(x.shape[a] for a in axes)
    if axes == tuple(range(x.ndim)):
        return x
    if isinstance(x._symbol, float):
        return trace.array(x._symbol, shape)
    x = trace.filled(x)
    call = x._symbol.call
    if isinstance(call, ArrayCall) and call.name == "transpose":
        inner = x._symbol.args[0]
        before = trace.array(inner, trace.shapes[inner], x.dtype)
        return _transpose(trace, before, tuple(call.params["axes"][a] for a in axes))
    return trace.call("transpose", rows.transpose.on_arrays, [x], {"axes": axes}, shape)


def _broadcast_to(trace: Any, x: Any, shape: Shape) -> Any:
    np.broadcast_shapes(x.shape, shape)
    return trace.array(x._symbol, tuple(shape), x.dtype)


def _sum(trace: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    axes = tuple(sorted(axes_of(axis, x.ndim)))
    shape = reduced_shape(x.shape, axes, keepdims)
    if not axes:
        return x
    params = {"axis": axes, "keepdims": bool(keepdims)}
    return trace.call("sum", rows.sum.on_arrays, [trace.filled(x)], params, shape)


def _sum_to(trace: Any, x: Any, shape: Shape) -> Any:
    shape = tuple(shape)
    if x.shape == shape:
        return x
    lead = x.ndim - len(shape)
    kept = tuple(lead + i for i, n in enumerate(shape) if n == 1 and x.shape[lead + i] != 1)
    return _reshape(trace, _sum(trace, x, (*range(lead), *kept), keepdims=bool(kept)), shape)


def _getitem(trace: Any, x: Any, index: Any) -> Any:
    name = "take"
    if not _has_array(index):
        name, parts = "getitem", index if isinstance(index, tuple) else (index,)
        # With an ellipsis the result is a view also where it is one number.
        index = parts if any(part is Ellipsis for part in parts) else (*parts, Ellipsis)
    probe = np.broadcast_to(np.empty(()), x.shape)[index]
    return trace.call(name, rows.getitem.on_arrays, [trace.filled(x)], {"index": index}, np.shape(probe))


def _has_array(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, (np.ndarray, list, bool, np.bool_)) for part in parts)


def _put(trace: Any, x: Any, index: Any, shape: Shape) -> Any:
    return _puts(trace, x, indices=(index,), shape=shape)


def _puts(trace: Any, *xs: Any, indices: Any, shape: Shape) -> Any:
    params = {"indices": tuple(indices), "shape": tuple(shape)}
    return trace.call("puts", rows.puts.on_arrays, [trace.filled(x) for x in xs], params, tuple(shape))


def _matmul(trace: Any, a: Any, b: Any) -> Any:
    if a.ndim == 0 or b.ndim == 0 or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(f"matmul: the shapes {a.shape} and {b.shape} do not fit")
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    shape = (*lead, *a.shape[-2:-1], *(b.shape[-1:] if b.ndim > 1 else ()))
    name = "dot" if a.ndim <= 2 and b.ndim <= 2 else "matmul"
    return trace.call(name, rows.matmul.on_arrays, [trace.filled(a), trace.filled(b)], {}, shape)


def _affine(trace: Any, W: Any, a: Any, b: Any) -> Any:
    return trace.apply(lookup("add"), (_matmul(trace, a, W.T), b), {})


def _concatenate(trace: Any, *xs: Any, axis: int) -> Any:
    axis = axis % xs[0].ndim
    shape = list(xs[0].shape)
    shape[axis] = sum(x.shape[axis] for x in xs)
    xs = tuple(trace.filled(x) for x in xs)
    return trace.call("concatenate", rows.concatenate.on_arrays, xs, {"axis": axis}, tuple(shape))


def _stack(trace: Any, *xs: Any, axis: int) -> Any:
    axis = axis % (xs[0].ndim + 1)
    shape = (*xs[0].shape[:axis], len(xs), *xs[0].shape[axis:])
    return trace.call("stack", rows.stack.on_arrays, [trace.filled(x) for x in xs], {"axis": axis}, shape)


def _cumsum(trace: Any, x: Any, axis: int) -> Any:
    params = {"axis": axis % x.ndim}
    return trace.call("cumsum", rows.cumsum.on_arrays, [trace.filled(x)], params, x.shape)


def _astype(trace: Any, x: Any, dtype: Any) -> Any:
    if np.dtype(dtype) != trace.dtype:
        return None
    return x


RULES: dict[str, Callable[..., Any]] = {
    "reshape": _reshape, "transpose": _transpose, "broadcast_to": _broadcast_to, "sum": _sum,
    "sum_to": _sum_to, "getitem": _getitem, "put": _put, "puts": _puts, "matmul": _matmul, "affine": _affine,
    "astype": _astype, "concatenate": _concatenate, "stack": _stack, "cumsum": _cumsum,
}  # fmt: skip
