"""Elementwise steps: the calls of a row of the table, or of a sum of few terms, and of their derivatives."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from autograd._compiler.array_program import Column, Gather, RowStep, Sum
from autograd._compiler.numpy_code.calls import Calls, order_calls, shape_of, shared
from autograd._compiler.numpy_code.gather import Gathers
from autograd._compiler.numpy_code.scatter import Adjoints
from autograd._compiler.numpy_code.source import Array, Origin
from autograd._compiler.numpy_code.tracing import TracedStep
from autograd._compiler.row_calls import Kernel, Symbol

__all__ = ["ElementwiseCode"]


class ElementwiseCode:
    """Writes an elementwise step.

    Args:
        gathers: what the step reads.
        gradient: whether a backward pass follows.
        quick: use the row's quick function.
    """

    def __init__(self, step: RowStep | Sum, gathers: Gathers, gradient: bool, quick: bool) -> None:
        self.step, self.gathers, self.source = step, gathers, gathers.source
        self.kernel = Kernel(self.source.dtype, quick)
        self.traced = TracedStep(step, self.kernel, self._read, gathers.is_active, gradient)
        out, self.arrays = self.traced.out, self.traced.operands
        block = gathers.block(step.block)
        kept = shared(out, self.traced.contributions.values())
        self.calls = Calls(self.source, self.arrays, kept)
        if isinstance(out, Symbol) and out not in self.arrays:
            self.calls.compute([(out, block)])
        else:  # a step that does nothing: x + 0
            value = self.arrays[out] if isinstance(out, Symbol) else self.source.number(out)
            self.source.write(f"{block}[:] = {value}")

    @property
    def is_active(self) -> bool:
        return bool(self.traced.contributions)

    def _read(self, operand: Column | Gather) -> tuple[str, Array]:
        if isinstance(operand, Gather):
            array = self.gathers.array(operand.addresses)
        else:
            numbers = operand.numbers.astype(self.source.dtype).reshape(-1, 1)
            name = self.source.constant(numbers, "numbers")
            array = Array(name.text, Origin.CONSTANT, len(numbers), False)
        return array.text, array

    def backward(self, adjoints: Adjoints, adjoint: Array) -> None:
        """Write the gradient contributions of the step."""
        self.arrays[self.traced.g] = adjoint
        contributions = self.traced.contributions
        if adjoint.text in adjoints.static:
            contributions = {a: self._hoisted(full) for a, full in contributions.items()}
            if all(self._is_static(adjoints, *each) for each in contributions.items()):
                lines, self.source.lines = self.source.lines, self.source.setup
                self._write(adjoints, contributions)
                self.source.lines = lines
                adjoints.mark_static(self.traced.active[symbol] for symbol in contributions)
                return
        self._write(adjoints, contributions)

    def _is_static(self, adjoints: Adjoints, symbol: Symbol, contribution: Any) -> bool:
        """Whether a contribution to an operand is the same in every call, as the step's adjoint is."""
        if not isinstance(contribution, Symbol) or not adjoints.is_sole_contribution(
            self.traced.active[symbol]
        ):
            return False
        ends = [a for a in order_calls([contribution], {}) if a.call is None]
        return all(a is self.traced.g or self.arrays[a].origin is Origin.CONSTANT for a in ends)

    def _write(self, adjoints: Adjoints, contributions: dict[Symbol, Any]) -> None:
        """Write contributions, the calls that they share once."""
        times = Counter(contributions.values())
        targets = []
        for symbol, contribution in contributions.items():
            addresses = self.traced.active[symbol]
            # An array that is there already, such as the adjoint itself, need not be written anywhere.
            # And a contribution to several arguments is not written into the adjoint of one: others may
            # add to that before all of them have it.
            free = contribution not in self.arrays and times[contribution] == 1
            into = adjoints.target(addresses, shape_of(contribution, self.arrays)) if free else None
            targets.append((contribution, into, addresses))
        fresh = dict.fromkeys(each for each, _, _ in targets if each not in self.arrays)
        self.calls.compute([(contribution, into) for contribution, into, _ in targets])
        for contribution in fresh:
            adjoints.clear_others(self.arrays[contribution], self.step.block)
        for contribution, into, addresses in targets:
            if into is None:
                adjoints.add(addresses, self.arrays[contribution])
            elif self.arrays[contribution] != into:
                self.source.write(f"{into}[:] = {self.arrays[contribution]}")
        self.calls.release()

    def _hoisted(self, contribution: Any) -> Any:
        """(c g) x for g (c x), where the adjoint g is the same in every call, c a number.

        One call less, since c g is computed with the buffers.
        """
        match contribution:
            case Symbol(call=np.multiply, args=(g, Symbol(call=np.multiply, args=(float(number), x)))):
                if g is self.traced.g:
                    adjoint, factor = self.arrays[g], self.source.number(number)
                    name = self.source.static(f"{adjoint} * {factor}", f"{adjoint}_times{factor}")
                    scaled = self.kernel.symbol(name.text)
                    self.arrays[scaled] = Array(name.text, Origin.BUFFER, *adjoint.shape)
                    return self.kernel.called(np.multiply, (scaled, x))
        return contribution
