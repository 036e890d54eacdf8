"""Traced operations as the source of a Python function: one NumPy call a line, into buffers made once.

Buffers are reused after the last use of what they hold. A reshape, a transpose or a basic index is a view: of a
buffer it is made with the buffer, of an argument at each call. Results are new arrays, written directly where a
call computes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from autograd._compiler.numpy_code.names import Namespace, identifier
from autograd._compiler.row_calls import Symbol
from autograd._compiler.tensors.traced import ArrayCall, Shape, Trace, Traced

__all__ = ["Generated", "generate"]

# These take a third array for one more to compare.
NAMED_OUT = {np.maximum, np.minimum}
VIEWS = {"reshape", "transpose", "getitem", "broadcast_to"}
RESERVED = {"run", "array", "results"}
FEW = 1024  # numbers to add up by a product with ones: 1 µs, and 1.6 by np.add.reduce
WRITTEN = 8  # numbers of a constant that is written out


class Origin(Enum):
    """Where the memory of an array comes from."""

    CONSTANT = "numbers that never change"
    ARGUMENT = "an array of the caller's"
    BUFFER = "an array of the function's own"
    RESULT = "an array made in each call, for the caller"
    CALL = "the result of a function that makes its own array"


@dataclass(frozen=True)
class Place:
    """An array in the generated code.

    Attributes:
        text: its name.
        array: one of the same shape, dtype and memory order; of a constant the array itself.
        origin: of its memory.
        roots: the symbols that were computed into the memory, or into memory that it may share.
    """

    text: str
    array: Any
    origin: Origin
    roots: frozenset[Symbol] = frozenset()


@dataclass(frozen=True)
class Generated:
    """The source of a module with a function ``run``.

    Attributes:
        source: its text; executed, it makes the buffers and defines the function.
        namespace: the names that the text does not define.
        multiplications: in the largest product of two matrices.
    """

    source: str
    namespace: dict[str, Any]
    multiplications: int


def generate(
    trace: Trace,
    arguments: Sequence[Traced],
    results: Sequence[Traced],
    names: dict[Symbol, str],
    value: bool,
) -> Generated:
    """The source that computes results from arguments.

    Args:
        trace: holds the operations.
        arguments: the arguments of the function, in order.
        results: what it returns, as a tuple.
        names: preferred names of symbols.
        value: whether the first result is returned as a Python float.
    """
    return _Writer(trace, arguments, names).write(results, value)


class _Writer:
    def __init__(self, trace: Trace, arguments: Sequence[Traced], names: dict[Symbol, str]) -> None:
        self.trace, self.names = trace, names
        self.namespace: dict[str, Any] = {}
        self.fresh = Namespace(RESERVED).fresh
        self.places: dict[Symbol, Place] = {}
        self.setup: list[str] = []
        self.body: list[str] = []
        self.multiplications = 0
        self._functions: dict[Any, str] = {}
        self._imported: list[str] = []
        self._constants: dict[Any, str] = {}
        self._free: dict[tuple[Shape, Any], list[Place]] = {}
        self._buffers: dict[Symbol, Place] = {}
        self._count = 0
        self.arguments = []
        for argument in arguments:
            symbol = argument.symbol
            text = self.fresh(identifier(names.get(symbol, "x")))
            self.arguments.append(text)
            array = np.empty(argument.shape, argument.dtype)
            self.places[symbol] = Place(text, array, Origin.ARGUMENT)

    def write(self, results: Sequence[Traced], value: bool) -> Generated:
        results = [self.trace.filled(result) for result in results]
        order = self._order(results)
        self._plan(order, results, value)
        for position, symbol in enumerate(order):
            self._compute(symbol, position)
            self._release(position)
        texts = [self._result(i, result.symbol, value and not i) for i, result in enumerate(results)]
        definitions = [f"from numpy import {', '.join(sorted({'array', *self._imported}))}", ""]
        lines = [
            *definitions,
            *self.setup,
            "",
            f"def run({', '.join(self.arguments)}):",
            *(f"    {line}" for line in self.body),
            f"    return {', '.join(texts)}{',' if len(texts) == 1 else ''}",
        ]
        return Generated("\n".join([*lines, ""]), self.namespace, self.multiplications)

    # -- what is computed, and for how long it is needed -----------------------------------------

    def _order(self, results: Sequence[Traced]) -> list[Symbol]:
        """The symbols that the results need, arguments first."""
        needed = {result.symbol for result in results}
        todo = list(needed)
        while todo:
            for a in todo.pop().args:
                if isinstance(a, Symbol) and a not in needed:
                    needed.add(a)
                    todo.append(a)
        return [
            symbol for symbol in self.trace.kernel.symbols if symbol in needed and symbol not in self.places
        ]

    def _plan(self, order: list[Symbol], results: Sequence[Traced], value: bool) -> None:
        self._static: set[Symbol] = set()
        self._copied: set[Symbol] = set()
        self._roots: dict[Symbol, frozenset[Symbol]] = {symbol: frozenset() for symbol in self.places}
        layouts = {symbol: place.array for symbol, place in self.places.items()}
        for symbol in order:
            args = [a for a in symbol.args if isinstance(a, Symbol)]
            if symbol.call is None or all(a in self._static for a in args):
                self._static.add(symbol)
                self._roots[symbol] = frozenset()
                layouts[symbol] = np.empty(self.trace.shape_of(symbol), bool)
                continue
            shared = frozenset[Symbol]().union(*(self._roots[a] for a in args))
            layouts[symbol] = np.empty(self.trace.shape_of(symbol), bool)
            if isinstance(symbol.call, ArrayCall) and symbol.call.name in VIEWS:
                layouts[symbol] = view = _view_of(layouts[args[0]], symbol.call)
                if view.size and not np.may_share_memory(view, layouts[args[0]]):
                    self._copied.add(symbol)
                is_copy = symbol in self._copied and bool(shared)
                self._roots[symbol] = frozenset({symbol}) if is_copy else shared
            elif _has_out(symbol):
                self._roots[symbol] = frozenset({symbol})
            else:  # another function's result may be a view of its arguments
                self._roots[symbol] = shared | {symbol}
        self._last: dict[Symbol, int] = {}
        for position, symbol in enumerate(order):
            for used in (symbol, *(a for a in symbol.args if isinstance(a, Symbol))):
                for root in self._roots[used]:
                    self._last[root] = position
        ends: dict[Symbol, int] = {}
        for result in results:
            ends[result.symbol] = ends.get(result.symbol, 0) + 1
            for root in self._roots[result.symbol]:
                self._last[root] = len(order)
        # Computed directly into an array for the caller, and not into a buffer that is copied.
        shown = [r.symbol for r in results[int(value) :]]
        self._direct = {s for s in shown if ends[s] == 1 and self._is_computed(s)}
        self._direct |= {
            root
            for s in shown
            if not self._is_computed(s) and s not in self._static
            for root in self._roots[s]
            if len(self._roots[s]) == 1 and self._only_view_of(root, s, shown)
        }
        self._ends_at: dict[int, list[Symbol]] = {}
        for root, position in self._last.items():
            self._ends_at.setdefault(position, []).append(root)

    def _is_computed(self, symbol: Symbol) -> bool:
        return symbol not in self._static and self._roots[symbol] == {symbol} and _has_out(symbol)

    def _only_view_of(self, root: Symbol, symbol: Symbol, shown: list[Symbol]) -> bool:
        """Whether the root's memory goes to the caller as this view alone."""
        views = [s for s in shown if root in self._roots[s]]
        sizes = {math.prod(self.trace.shape_of(s)) for s in (root, symbol)}
        return views == [symbol] and len(sizes) == 1 and _has_out(root) and symbol.call.name != "broadcast_to"

    def _release(self, position: int) -> None:
        for root in self._ends_at.get(position, ()):
            if (buffer := self._buffers.pop(root, None)) is not None:
                self._free.setdefault((buffer.array.shape, buffer.array.dtype), []).append(buffer)

    # -- names --------------------------------------------------------------------------------

    def function(self, call: Callable[..., Any]) -> str:
        if call not in self._functions:
            name = getattr(call, "__name__", "function")
            text = self._functions[call] = self.fresh(identifier(name))
            if getattr(np, name, None) is call:
                self._imported.append(name if text == name else f"{name} as {text}")
            else:
                self.namespace[text] = call
        return self._functions[call]

    def constant(self, x: Any, preferred: str) -> str:
        x = np.asarray(x)
        key: Any = (x.shape, x.dtype.str, x.tobytes()) if x.size <= WRITTEN else id(x)
        if key not in self._constants:
            text = self._constants[key] = self.fresh(preferred)
            if x.size <= WRITTEN and np.isfinite(x).all():
                self.setup.append(f"{text} = array({x.tolist()}, {self.function(x.dtype.type)})")
            else:
                self.setup.append(f"# {text}: {x.dtype}, shape {x.shape}")
                self.namespace[text] = x
        return self._constants[key]

    def number(self, x: Any) -> str:
        if isinstance(x, bool):
            return repr(x)
        if self.trace.dtype is None:
            return repr(x) if math.isfinite(x) else f"{self.function(float)}('{x}')"
        with np.errstate(all="ignore"):
            return self.constant(np.asarray(x, self.trace.dtype), identifier(f"{x:g}"))

    def argument(self, a: Any) -> str:
        return self.places[a].text if isinstance(a, Symbol) else self.number(a)

    def _preferred(self, symbol: Symbol) -> str:
        if symbol in self.names:
            return identifier(self.names[symbol])
        self._count += 1
        return f"t{self._count}"

    # -- arrays -------------------------------------------------------------------------------

    def _compute(self, symbol: Symbol, position: int) -> None:
        call = symbol.call
        if symbol in self._static:
            self._evaluate(symbol)
        elif isinstance(call, ArrayCall) and call.name in VIEWS:
            self._view(symbol, call)
        elif _has_out(symbol):
            self._call_into(symbol, self._target(symbol, position))
        else:
            self._call_opaque(symbol)

    def _evaluate(self, symbol: Symbol) -> None:
        """A constant, computed with the code."""
        if symbol.call is None:
            x = self.trace.constants[symbol]
        else:
            with np.errstate(all="ignore"):
                args = [
                    self.places[a].array if isinstance(a, Symbol) else self._plain(a) for a in symbol.args
                ]
                x = np.asarray(symbol.call(*args), self.trace.dtype_of(symbol))
        self.places[symbol] = _Later(self, x, self.names.get(symbol, "constant"))  # type: ignore[assignment]

    def _plain(self, a: Any) -> Any:
        return a if self.trace.dtype is None or isinstance(a, bool) else np.asarray(a, self.trace.dtype)

    def _view(self, symbol: Symbol, call: ArrayCall) -> None:
        of = self.places[symbol.args[0]]
        params, name = call.params, call.name
        array = _view_of(of.array, call)
        if name == "reshape":
            suffix = f".reshape({params['shape']})"
            if symbol in self._copied and of.roots:
                self._copy(symbol, of)
                return
        elif name == "transpose":
            plain = params["axes"] == tuple(range(of.array.ndim))[::-1]
            suffix = ".T" if plain else f".transpose({params['axes']})"
        elif name == "getitem":
            suffix = f"[{_index_text(params['index'])}]"
        text = self.fresh(self._view_name(of.text, name, symbol))
        if name == "broadcast_to":
            line = f"{text} = {self.function(np.broadcast_to)}({of.text}, {params['shape']})"
        else:
            line = f"{text} = {of.text}{suffix}"
        in_setup = of.origin is Origin.BUFFER
        (self.setup if in_setup else self.body).append(line)
        self.places[symbol] = Place(text, array, of.origin, of.roots)

    def _view_name(self, of: str, name: str, symbol: Symbol) -> str:
        if symbol in self.names:
            return identifier(self.names[symbol])
        return identifier(f"{of}_{'T' if name == 'transpose' else 'view' if name != 'reshape' else 'flat'}")

    def _copy(self, symbol: Symbol, of: Place) -> None:
        """A reshape of an array that has no memory order for it."""
        into = self._target(symbol, None)
        view = self.fresh(f"{into.text}_view")
        line = f"{view} = {into.text}.reshape({of.array.shape})"
        (self.setup if into.origin is Origin.BUFFER else self.body).append(line)
        self.body.append(f"{view}[...] = {of.text}")
        self.places[symbol] = into

    def _target(self, symbol: Symbol, position: int | None) -> Place:
        """An array for the result of a call: a free buffer, or a new array for the caller."""
        shape, dtype = self.trace.shape_of(symbol), self.trace.dtype_of(symbol)
        empty = f"{self.function(np.empty)}({shape}, {self.function(np.dtype(dtype).type)})"
        roots = frozenset({symbol})
        if symbol in self._direct:
            text = self.fresh(self._preferred(symbol))
            self.body.append(f"{text} = {empty}")
            return Place(text, np.empty(shape, dtype), Origin.RESULT, roots)
        if position is not None and isinstance(symbol.call, np.ufunc):
            for a in symbol.args:  # in place, over an argument that nothing needs any more
                root = a if a in self._buffers else None
                if (
                    root is not None
                    and self._last[root] == position
                    and self._buffers[root] == self.places[root]
                ):
                    buffer = self._buffers[root]
                    if buffer.array.shape == shape and buffer.array.dtype == dtype:
                        del self._buffers[root]
                        return self._hold(symbol, buffer.text, buffer.array)
        free = self._free.get((shape, np.dtype(dtype)))
        if free:
            buffer = free.pop()
            return self._hold(symbol, buffer.text, buffer.array)
        text = self.fresh(self._preferred(symbol))
        self.setup.append(f"{text} = {empty}")
        return self._hold(symbol, text, np.empty(shape, dtype))

    def _hold(self, symbol: Symbol, text: str, array: Any) -> Place:
        self._buffers[symbol] = place = Place(text, array, Origin.BUFFER, frozenset({symbol}))
        return place

    # -- calls --------------------------------------------------------------------------------

    def _call_into(self, symbol: Symbol, into: Place) -> None:
        call, args = symbol.call, [self.argument(a) for a in symbol.args]
        if isinstance(call, np.ufunc):
            out = f"out={into.text}" if call in NAMED_OUT else into.text
            self.body.append(f"{self.function(call)}({', '.join(args)}, {out})")
        else:
            getattr(self, f"_{call.name}")(symbol, args, into)
        self.places[symbol] = into

    def _call_opaque(self, symbol: Symbol) -> None:
        call = symbol.call
        function = call.function if isinstance(call, ArrayCall) else call
        params = call.params if isinstance(call, ArrayCall) else {}
        args = [self.argument(a) for a in symbol.args]
        args += [f"{name}={self._parameter(x)}" for name, x in params.items()]
        shape, dtype = self.trace.shape_of(symbol), self.trace.dtype_of(symbol)
        text = self.fresh(self._preferred(symbol))
        line = f"{self.function(function)}({', '.join(args)})"
        self.body.append(
            f"{text} = {self.function(np.asarray)}({line}, {self.function(np.dtype(dtype).type)})"
        )
        self.places[symbol] = Place(text, np.empty(shape, dtype), Origin.CALL, self._roots[symbol])

    def _parameter(self, x: Any) -> str:
        if x is None or isinstance(x, (bool, int, str)):
            return repr(x)
        if isinstance(x, tuple) and all(isinstance(part, int) for part in x):
            return repr(x)
        text = self.fresh("parameter")
        self.namespace[text] = x
        return text

    def _dot(self, symbol: Symbol, args: list[str], into: Place) -> None:
        a, b = (self.places[a].array for a in symbol.args)
        self.multiplications = max(self.multiplications, a.size * (b.shape[1] if b.ndim > 1 else 1))
        self.body.append(f"{self.function(np.dot)}({args[0]}, {args[1]}, {into.text})")

    def _matmul(self, symbol: Symbol, args: list[str], into: Place) -> None:
        self.body.append(f"{self.function(np.matmul)}({args[0]}, {args[1]}, {into.text})")

    def _sum(self, symbol: Symbol, args: list[str], into: Place) -> None:
        x, params = self.places[symbol.args[0]], symbol.call.params
        axes, n = params["axis"], x.array.ndim
        ones = math.prod(x.array.shape[a] for a in axes)
        target = into.text
        if n == 2 and axes in ((0,), (1,)) and 0 < ones <= FEW:
            one = self._ones(ones, x.array.dtype)
            if params["keepdims"]:
                target = self._reshaped(into, (x.array.shape[1 - axes[0]],))
            pair = (one, x.text) if axes == (0,) else (x.text, one)
            self.body.append(f"{self.function(np.dot)}({pair[0]}, {pair[1]}, {target})")
            return
        axis = "None" if len(axes) == n else repr(axes[0] if len(axes) == 1 else axes)
        self.body.append(
            f"{self._reduce(np.add, 'reduce')}({x.text}, {axis}, None, {target}, {params['keepdims']})"
        )

    def _ones(self, count: int, dtype: Any) -> str:
        key = ("ones", count, dtype)
        if key not in self._functions:
            text = self._functions[key] = self.fresh(f"ones_{count}")
            self.setup.append(f"{text} = {self.function(np.ones)}({count}, {self.function(dtype.type)})")
        return self._functions[key]

    def _reduce(self, ufunc: np.ufunc, method: str) -> str:
        function = getattr(ufunc, method)
        key = (ufunc, method)
        if key not in self._functions:
            self._functions[key] = self.fresh(f"{ufunc.__name__}_{method}")
            self.setup.append(f"{self._functions[key]} = {self.function(ufunc)}.{function.__name__}")
        return self._functions[key]

    def _reshaped(self, into: Place, shape: Shape) -> str:
        text = self.fresh(f"{into.text}_flat")
        lines = self.setup if into.origin is Origin.BUFFER else self.body
        lines.append(f"{text} = {into.text}.reshape({shape})")
        return text

    def _cumsum(self, symbol: Symbol, args: list[str], into: Place) -> None:
        axis = symbol.call.params["axis"]
        self.body.append(f"{self._reduce(np.add, 'accumulate')}({args[0]}, {axis}, None, {into.text})")

    def _concatenate(self, symbol: Symbol, args: list[str], into: Place) -> None:
        function, axis = self.function(np.concatenate), symbol.call.params["axis"]
        self.body.append(f"{function}(({', '.join(args)},), {axis}, {into.text})")

    def _stack(self, symbol: Symbol, args: list[str], into: Place) -> None:
        function, axis = self.function(np.stack), symbol.call.params["axis"]
        self.body.append(f"{function}(({', '.join(args)},), {axis}, {into.text})")

    def _take(self, symbol: Symbol, args: list[str], into: Place) -> None:
        self.body.append(f"{into.text}[...] = {args[0]}[{self._index(symbol.call.params['index'])}]")

    def _puts(self, symbol: Symbol, args: list[str], into: Place) -> None:
        self.body.append(f"{into.text}.fill(0)")
        for text, index in zip(args, symbol.call.params["indices"], strict=True):
            parts = index if isinstance(index, tuple) else (index,)
            at = self._index(index)
            if any(isinstance(part, np.ndarray) and part.dtype != bool for part in parts):
                function = self._functions.setdefault((np.add, "at"), self.fresh("add_at"))
                if f"{function} = {self.function(np.add)}.at" not in self.setup:
                    self.setup.append(f"{function} = {self.function(np.add)}.at")
                self.body.append(f"{function}({into.text}, ({at}), {text})")
            elif len(args) == 1:
                self.body.append(f"{into.text}[{at}] = {text}")
            else:
                self.body.append(f"{into.text}[{at}] += {text}")

    def _index(self, index: Any) -> str:
        if isinstance(index, tuple):
            return f"{', '.join(map(self._index_part, index))}," if index else "()"
        return self._index_part(index)

    def _index_part(self, part: Any) -> str:
        if isinstance(part, (np.ndarray, list)):
            text = self.fresh("places")
            self.namespace[text] = np.asarray(part)
            return text
        return _part_text(part)

    # -- results ------------------------------------------------------------------------------

    def _result(self, i: int, symbol: Symbol, as_float: bool) -> str:
        place = self.places[symbol]
        if as_float:
            return f"{place.text}.item()"
        if place.origin is Origin.RESULT and (symbol in self._direct or self._roots[symbol] <= self._direct):
            return place.text
        return f"{self.function(np.array)}({place.text})"


class _Later:
    """A constant that is named when a line uses it."""

    origin = Origin.CONSTANT
    roots: frozenset[Symbol] = frozenset()

    def __init__(self, writer: _Writer, array: Any, preferred: str) -> None:
        self.writer, self.array, self.preferred = writer, array, preferred

    @property
    def text(self) -> str:
        return self.writer.constant(self.array, identifier(self.preferred))


def _view_of(array: Any, call: ArrayCall) -> Any:
    if call.name == "broadcast_to":
        return np.broadcast_to(array, call.params["shape"])
    return call(array)


def _has_out(symbol: Symbol) -> bool:
    """Whether its call takes the array to write to."""
    call = symbol.call
    if isinstance(call, ArrayCall):
        return bool(call.name) and call.name not in VIEWS
    return isinstance(call, np.ufunc) and call.nout == 1


def _index_text(index: Iterable[Any]) -> str:
    return ", ".join(map(_part_text, index))


def _part_text(part: Any) -> str:
    if isinstance(part, slice):
        start, stop, step = ("" if x is None else str(int(x)) for x in (part.start, part.stop, part.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if part is Ellipsis:
        return "..."
    return "None" if part is None else str(int(part))
