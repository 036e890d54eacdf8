"""Operations of the table on arrays that are not there yet: written down as calls of NumPy's functions.

A `Traced` array is a node, so the transposes of array rows, which take nodes, can be traced like the rows
themselves. Elementwise rows become the calls of `row_calls`; rows that arrange, add up or multiply arrays become
`ArrayCall`s. Any other row, and a derivative that looks at numbers, is one call of the row's own function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._compiler.row_calls import Kernel, Symbol
from autograd._graph.node import Node
from autograd._graph.primitive import Primitive, lookup
from autograd._table.array_rules import linear as rows
from autograd._table.array_rules.axes import axes_of, reduced_shape
from autograd._table.rows import Row

__all__ = ["ArrayCall", "NeedsNumbers", "Shape", "Trace", "Traced"]

Shape = tuple[int, ...]


class NeedsNumbers(Exception):
    """A derivative looks at numbers, or uses a row whose shape is not known without them."""


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


class Traced(Node):
    """An array to be computed: a symbol, or a number, that stands for an array of this shape.

    A smaller array is broadcast where it is used, so `broadcast_to` computes nothing.
    """

    __slots__ = ("dtype", "shape", "symbol", "trace")

    __array_ufunc__ = None  # so that an array times this is its __rmul__

    def __init__(self, trace: Trace, symbol: Any, shape: Shape, dtype: Any) -> None:
        self.trace, self.symbol, self.shape, self.dtype = trace, symbol, shape, dtype
        self._op = None

    @property
    def _primal(self) -> Any:  # type: ignore[override]
        raise NeedsNumbers

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def T(self) -> Any:
        return self._apply(rows.transpose, (self,), {"axes": tuple(range(self.ndim))[::-1]})

    def _links(self) -> Sequence[Node | None]:
        return ()

    def _apply(self, row: Any, args: Sequence[Any], params: Any = None) -> Any:  # type: ignore[override]
        return self.trace.apply(row, args, params or {})

    def __getitem__(self, index: Any) -> Any:
        return self._apply(rows.getitem, (self,), {"index": index})

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise NeedsNumbers

    def __bool__(self) -> bool:
        raise NeedsNumbers


def _operator(name: str, method: str) -> None:
    def forth(self: Traced, *other: Any) -> Any:
        return self._apply(lookup(name), (self, *other))

    def back(self: Traced, other: Any) -> Any:
        return self._apply(lookup(name), (other, self))

    setattr(Traced, f"__{method}__", forth)
    if name not in ("neg", "abs"):
        setattr(Traced, f"__r{method}__", back)


for _name in ("add", "sub", "mul", "truediv", "pow", "neg", "abs", "mod", "floordiv", "matmul"):
    _operator(_name, _name)


class Trace:
    """Writes down operations.

    Args:
        dtype: of all arrays of floats; None where there are several, and every row is then a call of its own.
        quick: use the quick functions of rows.

    >>> trace = Trace(np.dtype(float), quick=False)
    >>> x = trace.argument("x", (2, 3), np.dtype(float))
    >>> (2.0 * x.T).shape, (x * 1.0).symbol is x.symbol
    ((3, 2), True)
    """

    def __init__(self, dtype: Any, quick: bool) -> None:
        self.dtype = dtype
        self.kernel = Kernel(dtype, quick)
        self.shapes: dict[Symbol, Shape] = {}
        self.dtypes: dict[Symbol, Any] = {}
        self.constants: dict[Symbol, Any] = {}
        self._calls: dict[Any, ArrayCall] = {}
        self._kept: list[Any] = []  # what an id in a key stands for

    # -- arrays -------------------------------------------------------------------------------

    def argument(self, name: str, shape: Shape, dtype: Any) -> Traced:
        return self._named(("argument", name), shape, dtype)

    def constant(self, x: Any) -> Traced:
        """A number or an array that never changes."""
        if not isinstance(x, np.ndarray):
            return Traced(self, float(x), (), self.dtype)
        if self.dtype is not None:
            if not x.ndim:
                return Traced(self, float(x), (), self.dtype)
            x = x.astype(self.dtype, copy=False)
        self._kept.append(x)
        traced = self._named(("constant", id(x)), x.shape, x.dtype)
        self.constants[traced.symbol] = x
        return traced

    def _named(self, name: Any, shape: Shape, dtype: Any) -> Traced:
        symbol = self.kernel.symbol(name)
        self.shapes[symbol], self.dtypes[symbol] = shape, dtype
        return Traced(self, symbol, shape, dtype)

    def traced(self, x: Any) -> Traced:
        return x if isinstance(x, Traced) else self.constant(x)

    def shape_of(self, a: Any) -> Shape:
        """The shape of a symbol itself, before it is broadcast."""
        if not isinstance(a, Symbol):
            return ()
        if a not in self.shapes:
            todo = [a]
            while todo:
                missing = [b for b in todo[-1].args if isinstance(b, Symbol) and b not in self.shapes]
                if missing:
                    todo += missing
                    continue
                symbol = todo.pop()
                self.shapes[symbol] = np.broadcast_shapes(*map(self.shape_of, symbol.args))
        return self.shapes[a]

    def dtype_of(self, symbol: Symbol) -> Any:
        return self.dtypes.get(symbol) or (np.dtype(bool) if symbol.is_truth else self.dtype)

    def filled(self, x: Traced) -> Traced:
        """An array that has its shape itself, in place of one that is broadcast where it is used."""
        if isinstance(x.symbol, Symbol) and self.shape_of(x.symbol) == x.shape:
            return x
        source = Traced(self, x.symbol, self.shape_of(x.symbol), x.dtype)
        if not isinstance(x.symbol, Symbol):
            source = self._named(("number", repr(x.symbol), str(x.dtype)), (), x.dtype)
            self.constants[source.symbol] = np.asarray(x.symbol, x.dtype)
            if x.shape == ():
                return source
        return self.call("broadcast_to", rows.broadcast_to.on_arrays, [source], {"shape": x.shape}, x.shape)

    # -- operations ---------------------------------------------------------------------------

    def apply(self, row: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Traced:
        """A row of known shape.

        Raises:
            NeedsNumbers: for a row whose shape is not known without numbers.
        """
        arrays = [self.traced(a) for a in args]
        if self.dtype is None:
            raise NeedsNumbers
        if isinstance(row, Row):
            shape = np.broadcast_shapes(*(a.shape for a in arrays))
            return self.fit(self.kernel.applied(row, [a.symbol for a in arrays]), shape)
        rule = RULES.get(row.key)
        if rule is None:
            raise NeedsNumbers
        traced: Traced = rule(self, *arrays, **params)
        return traced

    def fit(self, symbol: Any, shape: Shape) -> Traced:
        return Traced(self, symbol, shape, self.dtype)

    def opaque(
        self,
        function: Callable[..., Any],
        key: Any,
        args: Sequence[Traced],
        params: dict[str, Any],
        shape: Shape,
        dtype: Any,
    ) -> Traced:
        """A call of a function that is not looked into, with a result of known shape."""
        return self.call("", function, args, params, shape, dtype, key)

    def call(
        self,
        name: str,
        function: Callable[..., Any],
        args: Sequence[Traced],
        params: dict[str, Any],
        shape: Shape,
        dtype: Any = None,
        key: Any = None,
    ) -> Traced:
        symbols = [a.symbol if a.shape == () else self.filled(a).symbol for a in args]
        if not any(isinstance(s, Symbol) for s in symbols):
            symbols = [self.filled(a).symbol for a in args]
        key = (name, key, dtype, *self.frozen(params))
        call = self._calls.setdefault(key, ArrayCall(name, function, params))
        symbol = self.kernel.called(call, symbols)
        self.shapes[symbol], self.dtypes[symbol] = shape, dtype or self.dtype
        return Traced(self, symbol, shape, dtype or self.dtype)

    def frozen(self, params: Any) -> tuple[Any, ...]:
        """A key for parameters: equal for equal ones."""
        return _frozen(params, self._kept)

    def add(self, a: Traced, b: Traced) -> Traced:
        """The sum of two contributions to one adjoint."""
        symbol = self.kernel.called(np.add, [a.symbol, b.symbol])
        if isinstance(symbol, Symbol) and self.dtype is None:
            self.dtypes[symbol] = a.dtype
        return Traced(self, symbol, a.shape, a.dtype)


def _frozen(x: Any, kept: list[Any]) -> tuple[Any, ...]:
    if isinstance(x, dict):
        return tuple((name, _frozen(part, kept)) for name, part in sorted(x.items()))
    if isinstance(x, (tuple, list)):
        return (type(x), *(_frozen(part, kept) for part in x))
    if isinstance(x, slice):
        return ("slice", x.start, x.stop, x.step)
    if isinstance(x, np.ndarray):
        return (x.shape, x.dtype.str, x.tobytes())
    try:
        hash(x)
    except TypeError:
        kept.append(x)
        return ("object", id(x))
    return (type(x), x)


# -- rows that have calls of their own ---------------------------------------------------------------


def _reshape(trace: Trace, x: Traced, shape: Any) -> Traced:
    target = np.broadcast_to(np.empty(()), x.shape).reshape(shape).shape
    if target == x.shape:
        return x
    if isinstance(x.symbol, float):
        return trace.fit(x.symbol, target)
    x = trace.filled(x)
    before = x.symbol
    while isinstance(before.call, ArrayCall) and before.call.name == "reshape":
        before = before.args[0]
    if trace.shapes[before] == target:
        return Traced(trace, before, target, x.dtype)
    source = Traced(trace, before, trace.shapes[before], x.dtype)
    return trace.call("reshape", rows.reshape.on_arrays, [source], {"shape": target}, target)


def _transpose(trace: Trace, x: Traced, axes: Shape) -> Traced:
    axes = tuple(a % x.ndim for a in axes)
    shape = tuple(x.shape[a] for a in axes)
    if axes == tuple(range(x.ndim)):
        return x
    if isinstance(x.symbol, float):
        return trace.fit(x.symbol, shape)
    x = trace.filled(x)
    call = x.symbol.call
    if isinstance(call, ArrayCall) and call.name == "transpose":
        inner = x.symbol.args[0]
        before = Traced(trace, inner, trace.shapes[inner], x.dtype)
        return _transpose(trace, before, tuple(call.params["axes"][a] for a in axes))
    return trace.call("transpose", rows.transpose.on_arrays, [x], {"axes": axes}, shape)


def _broadcast_to(trace: Trace, x: Traced, shape: Shape) -> Traced:
    np.broadcast_shapes(x.shape, shape)
    return Traced(trace, x.symbol, tuple(shape), x.dtype)


def _sum(trace: Trace, x: Traced, axis: Any = None, keepdims: Any = False) -> Traced:
    axes = tuple(sorted(axes_of(axis, x.ndim)))
    shape = reduced_shape(x.shape, axes, keepdims)
    if not axes:
        return x
    params = {"axis": axes, "keepdims": bool(keepdims)}
    return trace.call("sum", rows.sum.on_arrays, [trace.filled(x)], params, shape)


def _sum_to(trace: Trace, x: Traced, shape: Shape) -> Traced:
    shape = tuple(shape)
    if x.shape == shape:
        return x
    lead = x.ndim - len(shape)
    kept = tuple(lead + i for i, n in enumerate(shape) if n == 1 and x.shape[lead + i] != 1)
    return _reshape(trace, _sum(trace, x, (*range(lead), *kept), keepdims=bool(kept)), shape)


def _getitem(trace: Trace, x: Traced, index: Any) -> Traced:
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


def _put(trace: Trace, x: Traced, index: Any, shape: Shape) -> Traced:
    return _puts(trace, x, indices=(index,), shape=shape)


def _puts(trace: Trace, *xs: Traced, indices: Any, shape: Shape) -> Traced:
    params = {"indices": tuple(indices), "shape": tuple(shape)}
    return trace.call("puts", rows.puts.on_arrays, [trace.filled(x) for x in xs], params, tuple(shape))


def _matmul(trace: Trace, a: Traced, b: Traced) -> Traced:
    if a.ndim == 0 or b.ndim == 0 or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(f"matmul: the shapes {a.shape} and {b.shape} do not fit")
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    shape = (*lead, *a.shape[-2:-1], *(b.shape[-1:] if b.ndim > 1 else ()))
    name = "dot" if a.ndim <= 2 and b.ndim <= 2 else "matmul"
    return trace.call(name, rows.matmul.on_arrays, [trace.filled(a), trace.filled(b)], {}, shape)


def _affine(trace: Trace, W: Traced, a: Traced, b: Traced) -> Traced:
    return trace.apply(lookup("add"), (_matmul(trace, a, W.T), b), {})


def _concatenate(trace: Trace, *xs: Traced, axis: int) -> Traced:
    axis = axis % xs[0].ndim
    shape = list(xs[0].shape)
    shape[axis] = sum(x.shape[axis] for x in xs)
    xs = tuple(trace.filled(x) for x in xs)
    return trace.call("concatenate", rows.concatenate.on_arrays, xs, {"axis": axis}, tuple(shape))


def _stack(trace: Trace, *xs: Traced, axis: int) -> Traced:
    axis = axis % (xs[0].ndim + 1)
    shape = (*xs[0].shape[:axis], len(xs), *xs[0].shape[axis:])
    return trace.call("stack", rows.stack.on_arrays, [trace.filled(x) for x in xs], {"axis": axis}, shape)


def _cumsum(trace: Trace, x: Traced, axis: int) -> Traced:
    params = {"axis": axis % x.ndim}
    return trace.call("cumsum", rows.cumsum.on_arrays, [trace.filled(x)], params, x.shape)


def _astype(trace: Trace, x: Traced, dtype: Any) -> Traced:
    if np.dtype(dtype) != trace.dtype:
        raise NeedsNumbers
    return x


RULES: dict[str, Callable[..., Traced]] = {
    "reshape": _reshape, "transpose": _transpose, "broadcast_to": _broadcast_to, "sum": _sum, "sum_to": _sum_to,
    "getitem": _getitem, "put": _put, "puts": _puts, "matmul": _matmul, "affine": _affine, "astype": _astype,
    "concatenate": _concatenate, "stack": _stack, "cumsum": _cumsum,
}  # fmt: skip
