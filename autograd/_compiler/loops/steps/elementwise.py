"""Elementwise steps as loops: the traced calls of a row or of a sum of few terms, and their derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import Column, Gather, Number, Operand, RowStep, Sum
from autograd._compiler.loops.statements import (
    COUNT,
    LANES,
    Assign,
    At,
    E,
    Expression,
    Loop,
    Name,
    Statement,
)
from autograd._compiler.loops.steps.adjoints import Adjoints
from autograd._compiler.loops.steps.operations import Expressions
from autograd._compiler.loops.steps.places import Places, Rows
from autograd._compiler.numpy_code.calls import contributions_of
from autograd._compiler.row_calls import Kernel, Symbol
from autograd._table.rows import Row

__all__ = ["Elementwise"]

ROW = Name("i")

# Calls that take less time than reading their result.
CHEAP = {
    np.add, np.subtract, np.multiply, np.negative, np.absolute, np.maximum, np.minimum, np.where, np.copysign,
    np.square, np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal,
}  # fmt: skip


class Elementwise:
    """Writes an elementwise step.

    Args:
        step: the step.
        places: where scalars lie.
    """

    def __init__(self, step: RowStep | Sum, places: Places) -> None:
        self.step, self.places = step, places
        self.batched, self.size = step.block.batched, step.block.size
        self.i: Expression = ROW if self.size > 1 else 0
        self.kernel = Kernel(places.dtype)
        self.operands: dict[Symbol, Rows] = {}
        self.active: dict[Symbol, Any] = {}
        self.applied: list[tuple[Row, list[Any], Any]] = []
        self.out = out = step.evaluate(self._operand, self._apply)
        self.g = self.kernel.symbol("g")
        contributions: dict[Symbol, Any] = {}
        if self.active:
            contributions = contributions_of(self.kernel, self.applied, out, self.g, self.active)
        self.contributions = {s: c for s, c in contributions.items() if c is not None}
        block = places.block(step.block)
        self.kept = {
            symbol: places.scratch(
                places.identifier(f"{block.array.name}_{symbol.call.__name__}"), self.size, self.batched
            )
            for symbol in self._worth_keeping()
        }
        expressions = Expressions(self._known_operands(), places.number)
        targets = [*self.kept, out]
        values = expressions.write(targets)
        lanes = (E,) if self.batched else ()
        results = [*(At(array, (self.i, *lanes)) for array in self.kept.values()), block.target(self.i)]
        body = [Assign(target, value) for target, value in zip(results, values, strict=True)]
        padding = [Assign(target, At(target.array, (target.indices[0], 0))) for target in results]
        places.statements(self.batched).extend(
            self._loops([*expressions.statements, *body], expressions, padding)
        )

    def _loops(
        self, body: Sequence[Statement], expressions: Expressions, padding: Sequence[Statement]
    ) -> Sequence[Statement]:
        """The loop over rows and examples; where each example takes a call, padding takes none."""
        loops: Sequence[Statement] = body
        if self.batched and expressions.is_vector:
            loops = [Loop(E, 0, LANES, body)]
        elif self.batched:
            loops = [Loop(E, 0, COUNT, body), *([Loop(E, COUNT, LANES, padding)] if padding else [])]
        return [Loop(ROW, 0, self.size, loops)] if self.size > 1 else loops

    @property
    def is_active(self) -> bool:
        return bool(self.contributions)

    def _operand(self, operand: Operand) -> Any:
        match operand:
            case Number(value):
                return value
            case Column(numbers):
                rows, key = self.places.constants(numbers), ("numbers", numbers.tobytes())
            case Gather(addresses):
                rows, key = self.places.rows(addresses), ("scalars", addresses.tobytes())
        if rows.number is not None:
            return rows.number
        symbol = self.kernel.symbol(key)
        self.operands[symbol] = rows
        if isinstance(operand, Gather) and self.places.is_active(operand.addresses):
            self.active[symbol] = operand.addresses
        return symbol

    def _apply(self, row: Row, *args: Any) -> Any:
        out = self.kernel.applied(row, args)
        self.applied.append((row, list(args), out))
        return out

    def _worth_keeping(self) -> Iterable[Symbol]:
        """The costly symbols of the forward pass that the backward pass reads."""
        forward: dict[Symbol, None] = {}
        _visit(self.out, forward)
        kept: dict[Symbol, None] = {}
        seen: set[Symbol] = set()
        todo = list(self.contributions.values())
        while todo:
            symbol = todo.pop()
            if not isinstance(symbol, Symbol) or symbol in seen:
                continue
            seen.add(symbol)
            if symbol in self.operands or symbol is self.out or symbol is self.g:
                continue
            if symbol in forward and symbol.call not in CHEAP:
                kept[symbol] = None
            else:
                todo += symbol.args
        return kept

    def _known_operands(self) -> dict[Symbol, Expression]:
        return {symbol: rows.at(self.i) for symbol, rows in self.operands.items()}

    def backward(self, adjoints: Adjoints, adjoint: Rows) -> None:
        """Write the gradient contributions of the step."""
        lanes = (E,) if self.batched else ()
        known = self._known_operands()
        known |= {symbol: At(array, (self.i, *lanes)) for symbol, array in self.kept.items()}
        if isinstance(self.out, Symbol):
            known[self.out] = self.places.block(self.step.block).at(self.i)
        known[self.g] = adjoint.at(self.i)
        expressions = Expressions(known, self.places.number)
        values = expressions.write(self.contributions.values())
        contributions: list[tuple[Any, Callable[[Expression], Expression]]] = [
            (self.active[symbol], functools.partial(_same, value))
            for symbol, value in zip(self.contributions, values, strict=True)
        ]
        adders = adjoints.add(contributions, self.batched)
        added = [adder(self.i) for adder in adders]
        padding = [Assign(each.target, 0.0) for each in added if isinstance(each, Assign)]
        statements = adjoints.statements(self.batched)
        statements.extend(self._loops([*expressions.statements, *added], expressions, padding))
        adjoints.flush()


def _visit(symbol: Any, forward: dict[Symbol, None]) -> None:
    if isinstance(symbol, Symbol) and symbol not in forward:
        forward[symbol] = None
        for a in symbol.args:
            _visit(a, forward)


def _same(value: Expression, index: Expression) -> Expression:
    return value
