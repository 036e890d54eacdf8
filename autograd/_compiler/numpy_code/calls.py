"""Symbols as lines: a NumPy call each, into a buffer that is given back after its last use."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from typing import Any

import numpy as np

from autograd._compiler.numpy_code.names import NAMED_OUT
from autograd._compiler.numpy_code.source import Array, Origin, Shape, Source
from autograd._compiler.row_calls import Kernel, Symbol
from autograd._table.rows import Row

__all__ = ["Calls", "contributions_of", "count_calls", "order_calls", "shape_of", "shared"]


class Calls:
    """Writes the symbols of one step as calls, each into an array that is free for it.

    Args:
        arrays: of symbols that are computed already; the others follow.
        kept: symbols whose arrays the backward pass reads.
    """

    def __init__(self, source: Source, arrays: dict[Symbol, Array], kept: Container[Symbol]) -> None:
        self.source, self.arrays, self.kept = source, arrays, kept
        self._temporary: dict[Symbol, None] = {}

    def compute(self, targets: list[tuple[Any, Array | None]]) -> None:
        """Write the calls that put symbols into arrays; None for any array."""
        targets = [(symbol, into) for symbol, into in targets if isinstance(symbol, Symbol)]
        into = {symbol: array for symbol, array in reversed(targets) if array is not None}
        ends = dict.fromkeys(symbol for symbol, _ in targets)  # no set: its order differs from run to run
        order = order_calls(ends, self.arrays)
        uses = Counter(a for symbol in order for a in set(symbol.args) if isinstance(a, Symbol))
        for symbol in order:
            spent = []
            for a in dict.fromkeys(a for a in symbol.args if isinstance(a, Symbol)):
                uses[a] -= 1
                if not uses[a] and a in self._temporary and a not in ends and a not in self.kept:
                    spent.append(a)
            self._call(symbol, into.get(symbol), spent)

    def _call(self, symbol: Symbol, into: Array | None, spent: list[Symbol]) -> None:
        source, shape = self.source, shape_of(symbol, self.arrays)
        args = ", ".join(map(self._argument, symbol.args))
        function = source.function(symbol.call)
        has_out = isinstance(symbol.call, np.ufunc) and symbol.call.nout == 1 and not symbol.is_truth
        if not has_out:
            name = source.fresh("u1")
            source.write(f"{name} = {function}({args})")
            if into is not None:
                source.write(f"{into}[:] = {name}")
            self.arrays[symbol] = Array(name, Origin.BUFFER, *shape) if into is None else into
        else:
            if into is None:
                # In place, if an argument of that shape is not needed any more.
                same = next((a for a in spent if self.arrays[a].shape == shape), None)
                if same is None:
                    into = source.scratch(shape)
                else:
                    into = self.arrays[same]
                    spent = [a for a in spent if a is not same]
                    del self._temporary[same]
                self._temporary[symbol] = None
            out = f"out={into}" if symbol.call in NAMED_OUT else into
            source.write(f"{function}({args}, {out})")
            self.arrays[symbol] = into
        for a in spent:
            source.release(self.arrays[a])
            del self._temporary[a]

    def _argument(self, a: Any) -> str:
        if isinstance(a, Symbol):
            return self.arrays[a].text
        return repr(a) if isinstance(a, bool) else self.source.number(a).text

    def release(self) -> None:
        """Give back the scratches of the step."""
        for symbol in self._temporary:
            self.source.release(self.arrays[symbol])
        self._temporary.clear()


def order_calls(ends: Iterable[Symbol], known: Mapping[Symbol, Any]) -> list[Symbol]:
    """Symbols that are not known yet, arguments first."""
    order: dict[Symbol, None] = {}
    for end in ends:
        _visit(end, known, order)
    return list(order)


def _visit(symbol: Symbol, known: Mapping[Symbol, Any], order: dict[Symbol, None]) -> None:
    # Not inside `order_calls`: a function that calls itself by a name of the enclosing one is a circle.
    if symbol in known or symbol in order:
        return
    for a in symbol.args:
        if isinstance(a, Symbol):
            _visit(a, known, order)
    order[symbol] = None


def shape_of(symbol: Any, arrays: dict[Symbol, Array]) -> Shape:
    """The shape that the arguments of a symbol give together."""
    if symbol in arrays:
        return arrays[symbol].shape
    shapes = [shape_of(a, arrays) for a in symbol.args if isinstance(a, Symbol)]
    return max(rows for rows, _ in shapes), any(batched for _, batched in shapes)


def shared(out: Any, contributions: Iterable[Any], cheap: Container[Any] = frozenset()) -> dict[Symbol, None]:
    """The symbols of the forward pass that the backward pass reads.

    Args:
        out: the result.
        contributions: of the backward pass.
        cheap: calls that the backward pass repeats; only the result itself is read.
    """
    forward = set(order_calls([out], {})) if isinstance(out, Symbol) else set()
    needed: dict[Symbol, None] = {}
    seen: set[Symbol] = set()
    todo = [contribution for contribution in contributions if isinstance(contribution, Symbol)]
    while todo:
        symbol = todo.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        if symbol in forward and (symbol is out or symbol.call not in cheap):
            needed[symbol] = None
        else:
            todo += [a for a in symbol.args if isinstance(a, Symbol)]
    return needed


def contributions_of(
    kernel: Kernel, applied: list[tuple[Row, list[Any], Any]], out: Any, g: Symbol, wanted: Iterable[Symbol]
) -> dict[Symbol, Any]:
    """The gradient contributions to symbols, from the adjoint g of the result of rows applied in turn."""
    adjoints: dict[Any, Any] = {out: g}
    for row, args, result in reversed(applied):
        if result not in adjoints or not isinstance(result, Symbol):
            continue
        own = adjoints.pop(result)  # also where it is one of the arguments, as for x * 1
        for a, contribution in zip(args, kernel.pulled(row, own, args, result), strict=True):
            if isinstance(a, Symbol) and contribution is not None:
                adjoints[a] = adjoints[a] + contribution if a in adjoints else contribution
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
    forward = order_calls([out], dict.fromkeys(args))
    contributions = contributions_of(kernel, [(row, args, out)], out, g, args).values()
    ends = [contribution for contribution in contributions if isinstance(contribution, Symbol)]
    backward = order_calls(ends, dict.fromkeys([*args, g, *forward]))
    return len(forward), len(backward) + row.arity / 2
