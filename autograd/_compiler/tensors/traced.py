"""Operations of the table on arrays that are not there yet: written down as calls of NumPy's functions.

A `Traced` array is a node, so the transposes of array rows, which take nodes, can be traced like the rows
themselves. Elementwise rows become the calls of `row_calls`; rows that arrange, add up or multiply arrays
become `ArrayCall`s. Any other row, and a derivative that looks at numbers, is one call of the row's own
function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd._compiler.row_calls import Kernel, Symbol
from autograd._compiler.tensors.structural import RULES, ArrayCall, Shape
from autograd._graph.node import Node
from autograd._graph.primitive import Primitive, lookup
from autograd._table.array_rules import linear as rows
from autograd._table.rows import Row

__all__ = ["NeedsNumbers", "Trace", "Traced"]


class NeedsNumbers(Exception):
    """A derivative looks at numbers, or uses a row whose shape is not known without them."""


class Traced(Node):
    """An array to be computed: a symbol, or a number, that stands for an array of this shape.

    A smaller array is broadcast where it is used, so `broadcast_to` computes nothing.
    """

    __slots__ = ("_symbol", "_trace", "dtype", "shape")

    __array_ufunc__ = None  # so that an array times this is its __rmul__

    def __init__(self, trace: Trace, symbol: Any, shape: Shape, dtype: Any) -> None:
        self._trace, self._symbol, self.shape, self.dtype = trace, symbol, shape, dtype
        self._op = None

    @property
    def _primal(self) -> Any:
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
        return self._trace.apply(row, args, params or {})

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
    >>> x = trace.argument(0, (2, 3), np.dtype(float))
    >>> (2.0 * x.T).shape, (x * 1.0)._symbol is x._symbol
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

    def argument(self, place: int, shape: Shape, dtype: Any) -> Traced:
        """An argument of the function, by its place."""
        return self._named(("argument", place), shape, dtype)

    def constant(self, x: Any) -> Traced:
        """A number or an array that never changes."""
        if not isinstance(x, np.ndarray):
            return self.array(float(x), (), self.dtype)
        if self.dtype is not None:
            if not x.ndim:
                return self.array(float(x), (), self.dtype)
            x = x.astype(self.dtype, copy=False)
        self._kept.append(x)
        traced = self._named(("constant", id(x)), x.shape, x.dtype)
        self.constants[traced._symbol] = x
        return traced

    def _named(self, name: Any, shape: Shape, dtype: Any) -> Traced:
        symbol = self.kernel.symbol(name)
        self.shapes[symbol], self.dtypes[symbol] = shape, dtype
        return self.array(symbol, shape, dtype)

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
        if isinstance(x._symbol, Symbol) and self.shape_of(x._symbol) == x.shape:
            return x
        source = self.array(x._symbol, self.shape_of(x._symbol), x.dtype)
        if not isinstance(x._symbol, Symbol):
            source = self._named(("number", repr(x._symbol), str(x.dtype)), (), x.dtype)
            self.constants[source._symbol] = np.asarray(x._symbol, x.dtype)
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
            return self.array(self.kernel.applied(row, [a._symbol for a in arrays]), shape)
        rule = RULES.get(row.key)
        traced: Traced | None = rule(self, *arrays, **params) if rule else None
        if traced is None:
            raise NeedsNumbers
        return traced

    def array(self, symbol: Any, shape: Shape, dtype: Any = None) -> Traced:
        """A symbol or a number as an array of a shape, to which it is broadcast."""
        return Traced(self, symbol, shape, dtype or self.dtype)  # type: ignore[abstract] # used for its rows alone

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
        symbols = [a._symbol if a.shape == () else self.filled(a)._symbol for a in args]
        if not any(isinstance(s, Symbol) for s in symbols):
            symbols = [self.filled(a)._symbol for a in args]
        key = (name, key, dtype, *self.frozen(params))
        call = self._calls.setdefault(key, ArrayCall(name, function, params))
        symbol = self.kernel.called(call, symbols)
        self.shapes[symbol], self.dtypes[symbol] = shape, dtype or self.dtype
        return self.array(symbol, shape, dtype or self.dtype)

    def frozen(self, params: Any) -> tuple[Any, ...]:
        """A key for parameters: equal for equal ones."""
        return _frozen(params, self._kept)

    def add(self, a: Traced, b: Traced) -> Traced:
        """The sum of two contributions to one adjoint."""
        symbol = self.kernel.called(np.add, [a._symbol, b._symbol])
        if isinstance(symbol, Symbol) and self.dtype is None:
            self.dtypes[symbol] = a.dtype
        return self.array(symbol, a.shape, a.dtype)


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
