"""Elementwise steps as loops: the traced calls of a row or of a sum of few terms, and their derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from autograd._compiler.array_program import Column, Gather, RowStep, Sum
from autograd._compiler.loops.statements import COUNT, LANES, Assign, At, E, Expression, Loop, Name, Statement
from autograd._compiler.loops.steps.adjoints import Adjoints
from autograd._compiler.loops.steps.operations import Expressions, worth_keeping
from autograd._compiler.loops.steps.places import Places, Rows
from autograd._compiler.numpy_code.tracing import TracedStep
from autograd._compiler.row_calls import Kernel, Symbol

__all__ = ["Elementwise"]

ROW = Name("i")


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
        self.traced = traced = TracedStep(step, Kernel(places.dtype), self._read, places.is_active)
        block = places.block(step.block)
        known = {*traced.operands, traced.g}
        self.kept = {
            symbol: places.scratch(
                places.identifier(f"{block.array.name}_{symbol.call.__name__}"), self.size, self.batched
            )
            for symbol in worth_keeping(traced.out, traced.contributions.values(), known)
        }
        expressions = Expressions(self._known_operands(), places.number)
        values = expressions.write([*self.kept, traced.out])
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
        return bool(self.traced.contributions)

    def _read(self, operand: Column | Gather) -> tuple[Any, Rows] | float:
        match operand:
            case Column(numbers):
                rows, key = self.places.constants(numbers), ("numbers", numbers.tobytes())
            case Gather(addresses):
                rows, key = self.places.rows(addresses), ("scalars", addresses.tobytes())
        return (key, rows) if rows.number is None else rows.number

    def _known_operands(self) -> dict[Symbol, Expression]:
        return {symbol: rows.at(self.i) for symbol, rows in self.traced.operands.items()}

    def backward(self, adjoints: Adjoints, adjoint: Rows) -> None:
        """Write the gradient contributions of the step."""
        lanes, traced = (E,) if self.batched else (), self.traced
        known = self._known_operands()
        known |= {symbol: At(array, (self.i, *lanes)) for symbol, array in self.kept.items()}
        if isinstance(traced.out, Symbol):
            known[traced.out] = self.places.block(self.step.block).at(self.i)
        known[traced.g] = adjoint.at(self.i)
        expressions = Expressions(known, self.places.number)
        values = expressions.write(traced.contributions.values())
        contributions: list[tuple[Any, Callable[[Expression], Expression]]] = [
            (traced.active[symbol], functools.partial(_same, value))
            for symbol, value in zip(traced.contributions, values, strict=True)
        ]
        adders = adjoints.add(contributions, self.batched)
        added = [adder(self.i) for adder in adders]
        padding = [Assign(each.target, 0.0) for each in added if isinstance(each, Assign)]
        statements = adjoints.statements(self.batched)
        statements.extend(self._loops([*expressions.statements, *added], expressions, padding))
        adjoints.flush()


def _same(value: Expression, index: Expression) -> Expression:
    return value
