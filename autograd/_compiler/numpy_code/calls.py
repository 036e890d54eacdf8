"""Symbols as lines: one NumPy call each, into a buffer that is free again as soon as can be."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd._compiler.numpy_code.source import Array, Buffers, Shape
from autograd._compiler.row_calls import Kernel, Symbol
from autograd._table.rows import Row

__all__ = ["Work", "count_calls", "gains_of", "shape_of", "shared"]

# These take a third array for one more to compare.
NAMED_OUT = {np.maximum, np.minimum}


class Work:
    """Symbols of one step on their way to calls: which array each is in, and when that is free again."""

    def __init__(self, writer: Buffers, arrays: dict[Symbol, Array], kept: set[Symbol]) -> None:
        self.writer, self.arrays, self.kept = writer, arrays, kept
        self.temporary: dict[Symbol, None] = {}

    def compute(self, wanted: list[tuple[Any, Array | None]]) -> None:
        """Write the calls that put symbols into arrays; None for any array."""
        wanted = [(symbol, into) for symbol, into in wanted if isinstance(symbol, Symbol)]
        into = {symbol: array for symbol, array in reversed(wanted) if array is not None}
        ends = dict.fromkeys(symbol for symbol, _ in wanted)  # no set: its order differs from run to run
        waiting: dict[Symbol, int] = {}
        order = _order(ends, self.arrays)
        for symbol in order:
            for a in set(symbol.args):
                if isinstance(a, Symbol):
                    waiting[a] = waiting.get(a, 0) + 1
        for symbol in order:
            shape = shape_of(symbol, self.arrays)
            spent = []
            for a in dict.fromkeys(a for a in symbol.args if isinstance(a, Symbol)):
                waiting[a] -= 1
                if not waiting[a] and a in self.temporary and a not in ends and a not in self.kept:
                    spent.append(a)
            self.call(symbol, shape, into.get(symbol), spent)

    def call(self, symbol: Symbol, shape: Shape, into: Array | None, spent: list[Symbol]) -> None:
        writer = self.writer
        args = [
            self.arrays[a].name
            if isinstance(a, Symbol)
            else (repr(a) if isinstance(a, bool) else writer.number(a))
            for a in symbol.args
        ]
        function = writer.function(symbol.call)
        fills = isinstance(symbol.call, np.ufunc) and symbol.call.nout == 1 and not symbol.is_truth
        if not fills:
            name = writer.fresh("f")
            writer.say(f"{name} = {function}({', '.join(args)})")
            if into is not None:
                writer.say(f"{into.name}[:] = {name}")
            self.arrays[symbol] = Array(name, *shape) if into is None else into
        else:
            if into is None:
                # In place, if an argument of that shape is not needed any more.
                same = next(
                    (a for a in spent if (self.arrays[a].rows, self.arrays[a].batched) == shape), None
                )
                if same is not None:
                    into = self.arrays[same]
                    spent = [a for a in spent if a is not same]
                    del self.temporary[same]
                else:
                    into = writer.scratch(shape)
                self.temporary[symbol] = None
            out = f"out={into.name}" if symbol.call in NAMED_OUT else into.name
            writer.say(f"{function}({', '.join([*args, out])})")
            self.arrays[symbol] = into
        for a in spent:
            writer.release(self.arrays[a])
            del self.temporary[a]

    def done(self) -> None:
        """Give back what a step used."""
        for symbol in self.temporary:
            self.writer.release(self.arrays[symbol])
        self.temporary.clear()


def _order(ends: Iterable[Symbol], known: Mapping[Symbol, Any]) -> list[Symbol]:
    """Symbols that are not known yet, arguments first."""
    order: dict[Symbol, None] = {}
    for end in ends:
        _visit(end, known, order)
    return list(order)


def _visit(symbol: Symbol, known: Mapping[Symbol, Any], order: dict[Symbol, None]) -> None:
    # Not inside `_order`: a function that calls itself by a name of the enclosing one is a reference cycle.
    if symbol in known or symbol in order:
        return
    for a in symbol.args:
        if isinstance(a, Symbol):
            _visit(a, known, order)
    order[symbol] = None


def shape_of(symbol: Any, arrays: dict[Symbol, Array]) -> Shape:
    """The shape that the arguments of a symbol give together."""
    if symbol in arrays:
        return arrays[symbol].rows, arrays[symbol].batched
    shapes = [shape_of(a, arrays) for a in symbol.args if isinstance(a, Symbol)]
    return max(rows for rows, _ in shapes), any(batched for _, batched in shapes)


def shared(out: Any, gains: Iterable[Any]) -> set[Symbol]:
    """The symbols of the way forward that the way back starts from."""
    forward = set(_order([out], {})) if isinstance(out, Symbol) else set()
    needed: set[Symbol] = set()
    seen: set[Symbol] = set()
    todo = [gain for gain in gains if isinstance(gain, Symbol)]
    while todo:
        symbol = todo.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        if symbol in forward:
            needed.add(symbol)
        else:
            todo += [a for a in symbol.args if isinstance(a, Symbol)]
    return needed


def gains_of(
    kernel: Kernel, applied: list[tuple[Row, list[Any], Any]], out: Any, g: Symbol, wanted: Iterable[Symbol]
) -> dict[Symbol, Any]:
    """The gains of arguments from the adjoint of what rows made of them, one after another."""
    adjoints: dict[Any, Any] = {out: g}
    for row, args, result in reversed(applied):
        if result not in adjoints or not isinstance(result, Symbol):
            continue
        mine = adjoints.pop(result)  # also where it is one of the arguments, as for x * 1
        for a, gain in zip(args, kernel.gains(row, mine, args, result), strict=True):
            if isinstance(a, Symbol) and gain is not None:
                adjoints[a] = adjoints[a] + gain if a in adjoints else gain
    return {symbol: adjoints.get(symbol) for symbol in wanted}


@functools.cache
def count_calls(row: Row) -> tuple[int, float]:
    """The calls of NumPy's functions for a row; and for its derivative, with half an addition an argument.

    >>> from autograd._graph.primitive import lookup
    >>> count_calls(lookup("sin"))
    (1, 2.5)
    """
    kernel = Kernel(np.dtype(float), quick=True)
    args = [kernel.symbol(name) for name in row.inputs]
    out, g = kernel.applied(row, args), kernel.symbol("g")
    forward = _order([out], dict.fromkeys(args))
    gains = gains_of(kernel, [(row, args, out)], out, g, args).values()
    known = dict.fromkeys([*args, g, *forward])
    backward = _order([gain for gain in gains if isinstance(gain, Symbol)], known)
    return len(forward), len(backward) + row.arity / 2
