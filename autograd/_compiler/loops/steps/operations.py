"""Traced calls of NumPy's functions as expressions of loops."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from autograd._compiler.loops.statements import Call, Declare, Expression, Name, Statement
from autograd._compiler.numpy_code.calls import shared
from autograd._compiler.row_calls import Symbol
from autograd._table.define import on_define
from autograd._table.rows import Row

__all__ = ["Expressions", "worth_keeping"]

# NumPy's functions that are vector instructions, or that printers write with those.
VECTORS = frozenset(
    re.findall(
        r"\w+",
        """add subtract multiply divide negative positive absolute fabs square reciprocal maximum
        minimum where sign copysign sqrt exp tanh greater greater_equal less less_equal equal
        not_equal logical_and logical_or logical_xor logical_not bitwise_and bitwise_or
        bitwise_xor invert degrees radians rad2deg deg2rad""",
    )
)
# Calls that take less time than reading their result.
CHEAP = {
    np.add, np.subtract, np.multiply, np.negative, np.absolute, np.maximum, np.minimum, np.where, np.copysign,
    np.square, np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal,
}  # fmt: skip
ROWS: dict[Any, Row] = {}  # by their functions on arrays, where these cannot be traced


def _add(row: Row) -> None:
    ROWS.update({row.on_arrays: row, row.quick: row})


on_define(_add)


class Expressions:
    """Writes symbols as expressions in the body of a loop.

    Args:
        known: expressions of symbols that are computed already.
        number: numbers for the names of results that are used several times.

    Attributes:
        statements: declarations that the expressions need.
        is_vector: whether all of them can be vector instructions; else each example takes a call.
    """

    def __init__(self, known: Mapping[Symbol, Expression], number: Iterator[int]) -> None:
        self.known: dict[Symbol, Expression] = dict(known)
        self.statements: list[Statement] = []
        self.is_vector = True
        self._number = number
        self._uses: Counter[Symbol] = Counter()

    def write(self, targets: Iterable[Any]) -> list[Expression]:
        """The expressions of some symbols; what several of them share is declared first."""
        targets = list(targets)
        seen: set[Symbol] = set()
        for target in targets:
            self._count(target, seen)
        return [self._expression(target) for target in targets]

    def _count(self, symbol: Any, seen: set[Symbol]) -> None:
        if not isinstance(symbol, Symbol) or symbol in self.known:
            return
        self._uses[symbol] += 1
        if symbol not in seen:
            seen.add(symbol)
            for a in symbol.args:
                self._count(a, seen)

    def _expression(self, symbol: Any) -> Expression:
        if not isinstance(symbol, Symbol):
            return symbol if isinstance(symbol, bool) else float(symbol)
        if symbol not in self.known:
            call = self._call(symbol)
            if self._uses[symbol] < 2:
                return call
            name = Name(f"t{next(self._number)}")
            self.statements.append(Declare(name, call, symbol.is_truth))
            self.known[symbol] = name
        return self.known[symbol]

    def _call(self, symbol: Symbol) -> Expression:
        call, args = symbol.call, tuple(map(self._expression, symbol.args))
        truths = [isinstance(a, bool) or (isinstance(a, Symbol) and a.is_truth) for a in symbol.args]
        self.is_vector &= _is_numpys(call) and call.__name__ in VECTORS
        if not _is_numpys(call):
            return Call(ROWS[call], tuple(map(_number, args, truths)))
        name = call.__name__
        if call is np.where:
            condition = args[0] if truths[0] else Call("not_equal", (args[0], 0.0))
            return Call(name, (condition, *map(_number, args[1:], truths[1:])))
        if call is np.multiply and truths[0] and args[1] == 1.0:
            return _number(args[0], True)
        if name.startswith(("logical", "bitwise", "invert")):
            return Call(name, args)
        return Call(name, tuple(map(_number, args, truths)))


def worth_keeping(out: Any, contributions: Iterable[Any], known: Container[Symbol]) -> list[Symbol]:
    """The costly results of the forward pass that the backward pass reads.

    Args:
        out: the result of a step.
        contributions: of its backward pass.
        known: symbols that are there in both.
    """
    return [each for each in shared(out, contributions, CHEAP) if each is not out and each not in known]


def _number(expression: Expression, is_truth: bool) -> Expression:
    """1 for a truth, and 0 for its opposite."""
    return Call("where", (expression, 1.0, 0.0)) if is_truth else expression


def _is_numpys(call: Any) -> bool:
    """Whether a function is one of NumPy, which each language knows by its name."""
    return getattr(np, getattr(call, "__name__", ""), None) is call
