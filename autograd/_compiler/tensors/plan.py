"""The order in which a generated function computes, and the life of each result."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd._compiler.row_calls import Symbol
from autograd._compiler.tensors.structural import ArrayCall, Shape
from autograd._compiler.tensors.traced import Trace, Traced

__all__ = ["Plan", "has_out", "is_view", "view_of"]

VIEWS = {"reshape", "transpose", "getitem", "broadcast_to"}


class Plan:
    """The symbols that results need, and the life of the memory that they are computed into.

    Args:
        trace: holds the operations.
        arguments: the arguments of the function.
        results: what it returns.
        owned: the results that the caller gets as arrays.
        as_views: whether a result may be a view of the array that it was computed into.

    Attributes:
        order: the symbols to compute, arguments first.
        static: those that never change.
        copied: those of a reshape that cannot be a view.
        roots: for each symbol those into whose memory it was computed, or whose memory it may share.
        direct: roots that are computed into a new array for the caller, not into a buffer.
        last: the place in the order at which each root is used for the last time.
    """

    def __init__(
        self,
        trace: Trace,
        arguments: Sequence[Traced],
        results: Sequence[Traced],
        owned: Sequence[Traced],
        as_views: bool,
    ) -> None:
        self.trace = trace
        self.order = _order(trace, [a._symbol for a in arguments], [r._symbol for r in results])
        self.static: set[Symbol] = set()
        self.copied: set[Symbol] = set()
        self.roots: dict[Symbol, frozenset[Symbol]] = {}
        sizes = [1, *(a.size for a in arguments), *(math.prod(trace.shape_of(s)) for s in self.order)]
        self._memory = np.empty(8 * max(sizes), np.uint8)
        layouts: dict[Symbol, Any] = {}
        for argument in arguments:
            self.roots[argument._symbol] = frozenset()
            layouts[argument._symbol] = self.stand_in(argument.shape, argument.dtype)
        for symbol in self.order:
            self._follow(symbol, layouts)
        self.last: dict[Symbol, int] = {}
        for place, symbol in enumerate(self.order):
            for used in (symbol, *_symbols(symbol.args)):
                self.last.update(dict.fromkeys(self.roots[used], place))
        for result in results:
            self.last.update(dict.fromkeys(self.roots[result._symbol], len(self.order)))
        self.direct = self._direct([result._symbol for result in owned], as_views)
        self.ends: dict[int, list[Symbol]] = {}
        for root, place in self.last.items():
            self.ends.setdefault(place, []).append(root)

    def stand_in(self, shape: Shape, dtype: Any) -> Any:
        """An array to ask for its memory order: all are in one memory, whose numbers mean nothing."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        return self._memory[:size].view(dtype).reshape(shape)

    def _follow(self, symbol: Symbol, layouts: dict[Symbol, Any]) -> None:
        """Note whose memory a symbol has."""
        args = _symbols(symbol.args)
        layouts[symbol] = self.stand_in(self.trace.shape_of(symbol), self.trace.dtype_of(symbol))
        if symbol.call is None or all(a in self.static for a in args):
            self.static.add(symbol)
            self.roots[symbol] = frozenset()
            return
        shared = frozenset[Symbol]().union(*(self.roots[a] for a in args))
        if is_view(symbol):
            view = view_of(layouts[args[0]], symbol.call)
            if not np.may_share_memory(view, layouts[args[0]]) and view.size:
                self.copied.add(symbol)  # an argument is reshaped in each call, which copies it if need be
                self.roots[symbol] = frozenset({symbol}) if shared else shared
            else:
                layouts[symbol], self.roots[symbol] = view, shared
        elif has_out(symbol):
            self.roots[symbol] = frozenset({symbol})
        else:  # the result of another function may be a view of its arguments
            self.roots[symbol] = shared

    def _direct(self, owned: list[Symbol], as_views: bool) -> set[Symbol]:
        times = Counter(root for symbol in owned for root in self.roots[symbol])
        direct = set()
        for symbol in owned:
            roots = self.roots[symbol]
            if len(roots) != 1 or not (has_out(symbol) or is_view(symbol)):
                continue
            (root,) = roots
            # Not of a part of an array, which would keep the whole alive.
            is_whole = math.prod(self.trace.shape_of(root)) == math.prod(self.trace.shape_of(symbol))
            if has_out(root) and times[root] == 1 and (root is symbol or (as_views and is_whole)):
                direct.add(root)
        return direct


def _order(trace: Trace, arguments: Iterable[Symbol], results: Iterable[Symbol]) -> list[Symbol]:
    needed = dict.fromkeys(results)
    for symbol in (todo := list(needed)):
        new = [a for a in _symbols(symbol.args) if a not in needed]
        needed.update(dict.fromkeys(new))
        todo += new
    known = set(arguments)
    return [symbol for symbol in trace.kernel.symbols if symbol in needed and symbol not in known]


def _symbols(args: Iterable[Any]) -> list[Symbol]:
    return [a for a in args if isinstance(a, Symbol)]


def is_view(symbol: Symbol) -> bool:
    return isinstance(symbol.call, ArrayCall) and symbol.call.name in VIEWS


def view_of(array: Any, call: ArrayCall) -> Any:
    """A view of an array; of a reshape without a memory order for it, a copy."""
    if call.name == "broadcast_to":
        return np.broadcast_to(array, call.params["shape"])
    return call(array)


def has_out(symbol: Symbol) -> bool:
    """Whether its call takes the array to write to."""
    call = symbol.call
    if isinstance(call, ArrayCall):
        return bool(call.name) and call.name not in VIEWS
    return isinstance(call, np.ufunc) and call.nout == 1
