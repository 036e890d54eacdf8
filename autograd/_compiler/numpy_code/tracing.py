"""An elementwise step as calls of NumPy's functions on symbols, with its gradient contributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from autograd._compiler.array_program import Column, Gather, Number, Operand, RowStep, Sum
from autograd._compiler.numpy_code.calls import contributions_of
from autograd._compiler.row_calls import Kernel, Symbol
from autograd._table.rows import Row

__all__ = ["TracedStep"]

Place = TypeVar("Place")


class TracedStep(Generic[Place]):
    """The rows of an elementwise step on symbols.

    Args:
        step: the step.
        kernel: of its symbols.
        read: the place of an operand, and a name that only this operand has; or the number that it is.
        is_active: whether scalars have an adjoint.
        gradient: whether contributions are asked for.

    Attributes:
        out: the result: a symbol or a number.
        g: the adjoint of the result.
        operands: the places of operands.
        active: the addresses of those that have an adjoint.
        contributions: to the adjoints of active operands, those that are not 0.
    """

    def __init__(
        self,
        step: RowStep | Sum,
        kernel: Kernel,
        read: Callable[[Column | Gather], tuple[Any, Place] | float],
        is_active: Callable[[Any], bool],
        gradient: bool = True,
    ) -> None:
        self.operands: dict[Symbol, Place] = {}
        self.active: dict[Symbol, Any] = {}
        applied: list[tuple[Row, list[Any], Any]] = []

        def operand(operand: Operand) -> Any:
            place = operand.value if isinstance(operand, Number) else read(operand)
            if not isinstance(place, tuple):
                return place
            symbol = kernel.symbol(place[0])
            self.operands[symbol] = place[1]
            if isinstance(operand, Gather) and is_active(operand.addresses):
                self.active[symbol] = operand.addresses
            return symbol

        def apply(row: Row, *args: Any) -> Any:
            applied.append((row, list(args), kernel.applied(row, args)))
            return applied[-1][2]

        self.out = step.evaluate(operand, apply)
        self.g = kernel.symbol("g")
        self.contributions: dict[Symbol, Any] = {}
        if gradient and self.active:
            contributions = contributions_of(kernel, applied, self.out, self.g, self.active)
            self.contributions = {arg: each for arg, each in contributions.items() if each is not None}
