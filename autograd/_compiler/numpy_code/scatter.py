"""Adjoints of blocks: the gradient contributions of their uses, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Block, Piece, in_order
from autograd._compiler.numpy_code.gather import Gathers
from autograd._compiler.numpy_code.source import GRADIENT, Array, Origin, Shape, Variable

__all__ = ["Adjoints", "Filled"]


class Filled(Enum):
    """Whether rows of an adjoint hold contributions already, at some line of the generated code."""

    UNWRITTEN = "none of them"
    PARTLY = "some of them"
    WRITTEN = "all of them"


class Adjoints:
    """Writes what adds to adjoints. Which rows are written, and from which line on, is known beforehand.

    Args:
        dependencies: for each block a mask of the rows that the first output depends on; empty if 0 may
            stand for the contributions of all others.

    Attributes:
        static: the names of adjoints that are the same in every call.
    """

    def __init__(self, program: ArrayProgram, gathers: Gathers, dependencies: dict[Block, Any]) -> None:
        self.program, self.gathers, self.source = program, gathers, gathers.source
        self.dependencies = dependencies
        self.static: set[str] = set()
        self._arrays: dict[Block, Array] = {}
        self._written: dict[Block, Any] = {block: np.zeros(block.size, bool) for block in program.blocks}
        self._uses = {block: len(uses) for block, uses in gathers.names.known.uses.items()}

    def begin(self) -> None:
        """The gradient is the adjoint of the parameters, and all of the inputs' adjoints are kept."""
        parameters, inputs = self.program.parameters, self.program.inputs
        name = self.gathers.names.of(parameters.addresses) if parameters.size else "theta"
        column = self.source.view(GRADIENT, ".reshape(-1, 1)", f"d_{name}")
        self._arrays[parameters] = Array(column.text, Origin.GRADIENT, parameters.size, False)
        if inputs.active:
            self.buffer(inputs)

    def end(self) -> None:
        """Parameters that no contribution came to have the derivative 0."""
        written = self._written[self.program.parameters]
        if not written.all():
            rest = self.source.index(np.flatnonzero(~written))
            self.source.write(f"{self._arrays[self.program.parameters]}[{rest}] = 0")

    @property
    def of_inputs(self) -> Array | None:
        """The adjoints of the inputs, example by example; None where the gradient is by none of them."""
        return self._arrays.get(self.program.inputs)

    def of(self, block: Block) -> Array | None:
        """The adjoint of a block, complete; None if there is no contribution."""
        return None if self.dependencies and block not in self.dependencies else self._arrays.get(block)

    def buffer(self, block: Block) -> Array:
        """The adjoint of a block, to be written."""
        if block not in self._arrays:
            name = f"d_{self.gathers.names.of(block.addresses)}"
            self._arrays[block] = self.source.buffer((block.size, block.batched), name, np.zeros)
        return self._arrays[block]

    def filled(self, block: Block, rows: Any) -> Filled:
        """Whether rows of an adjoint hold contributions already."""
        written = self._written[block][rows]
        if written.all():
            return Filled.WRITTEN
        return Filled.PARTLY if written.any() else Filled.UNWRITTEN

    def is_only_use(self, addresses: Any) -> bool:
        """Whether these are all the scalars of one block, and nothing else uses it."""
        pieces = self.program.pieces(addresses)
        block = pieces[0].block
        return len(pieces) == 1 and len(pieces[0].rows) == block.size and self._uses[block] == 1

    def is_sole_contribution(self, addresses: Any) -> bool:
        """Whether a contribution to these scalars is the adjoint of a block that a step computes."""
        block = self.program.pieces(addresses)[0].block
        leaves = self.program.parameters, self.program.inputs
        return self.is_only_use(addresses) and block not in leaves and block not in self._arrays

    def mark_static(self, several: Iterable[Any]) -> None:
        """Note that the adjoints of whole blocks are the same in every call."""
        for addresses in several:
            (piece,) = self.program.pieces(addresses)
            self.static.add(self._arrays[piece.block].text)

    def target(self, addresses: Any, shape: Shape) -> Array | None:
        """The place for a contribution of this shape: unwritten rows in order; None if it is to be added."""
        pieces = [piece for piece in self.program.pieces(addresses) if piece.block.active]
        if len(pieces) != 1 or len(pieces[0].rows) != addresses.size:
            return None
        (piece,) = pieces
        fits = shape == (len(piece.rows), piece.block.batched) and in_order(piece.rows)
        if not fits or self.filled(piece.block, piece.rows) is not Filled.UNWRITTEN:
            return None
        self._written[piece.block][piece.rows] = True
        name = self._rows(piece.block, piece.rows)
        return Array(name.text, name.origin, *shape)

    def _rows(self, block: Block, rows: Any) -> Variable:
        """A view of consecutive rows of an adjoint."""
        array, low, high = self.buffer(block), int(rows[0]), int(rows[-1]) + 1
        if (low, high) == (0, block.size):
            return array
        name = f"d_{self.gathers.names.of(rows + block.start)}"
        return self.source.rows(array, low, high, name)

    def add(self, addresses: Any, contribution: Array) -> None:
        """Add a contribution, of shape (rows, …), or (1, …) for all of the rows together, to the adjoints."""
        for piece in self.program.pieces(addresses):
            block = piece.block
            if not block.active:
                continue
            whole = piece.is_whole and block.size == addresses.size == contribution.rows
            alone = block not in self._arrays and self._uses[block] == 1
            if whole and alone and contribution.batched == block.batched and not contribution.temporary:
                self._arrays[block] = contribution  # nothing else will be added
                self._written[block][:] = True
            else:
                self._add_piece(piece, contribution, addresses.size)

    def _add_piece(self, piece: Piece, contribution: Array, size: int) -> None:
        scratches: list[Array] = []
        block, rows = piece.block, piece.rows
        if contribution.rows == size and len(rows) != size:
            contribution = self._part(contribution, piece.places, scratches)
        if contribution.batched and not block.batched:
            direct = len(rows) == contribution.rows and in_order(rows)
            if direct and self.filled(block, rows) is Filled.UNWRITTEN:
                self._written[block][rows] = True
                self._sum_examples(contribution, self._rows(block, rows))
                rows = rows[:0]
            else:
                total = self._scratch((contribution.rows, False), scratches)
                self._sum_examples(contribution, total)
                contribution = total
        if contribution.rows == 1:
            rows = rows[:1]
        elif len(unique := np.unique(rows)) < len(rows):
            contribution = self._sum_rows(contribution, rows, block, scratches)
            rows = unique
        if len(rows):
            self._put(block, rows, contribution)
        for scratch in scratches:
            self.source.release(scratch)

    def _scratch(self, shape: Shape, scratches: list[Array]) -> Array:
        scratches.append(self.source.scratch(shape))
        return scratches[-1]

    def _part(self, contribution: Array, places: Any, scratches: list[Array]) -> Array:
        """Some rows of a contribution."""
        source, shape = self.source, (len(places), contribution.batched)
        if in_order(places):
            low, high = int(places[0]), int(places[-1]) + 1
            name = source.rows(contribution, low, high, f"{contribution}_{low}_{high}")
            return Array(name.text, name.origin, *shape)
        part = self._scratch(shape, scratches)
        source.write(f'{contribution}.take({source.constant(places, "rows")}, 0, {part}, "clip")')
        return part

    def _sum_examples(self, contribution: Array, total: Variable) -> None:
        ones = self.source.static("{ones}((batch, 1), {dtype})", "ones_of_batch", ones=np.ones)
        self.source.write(f"{self.source.function(np.dot)}({contribution}, {ones}, {total})")

    def _sum_rows(self, contribution: Array, rows: Any, block: Block, scratches: list[Array]) -> Array:
        """The sums of the contributions to each row, in the order of the rows."""
        source, order = self.source, np.argsort(rows, kind="stable")
        unique, starts = np.unique(rows[order], return_index=True)
        total = self._scratch((len(unique), block.batched), scratches)
        ordered = contribution.text
        if not in_order(order):
            ordered += f".take({source.constant(order, 'rows')}, 0)"
        source.add_up(ordered, source.constant(starts, "starts"), total)
        return total

    def _put(self, block: Block, rows: Any, contribution: Array) -> None:
        """Write to rows of an adjoint, or add to what they hold; each row once."""
        source, adjoint, filled = self.source, self.buffer(block), self.filled(block, rows)
        if filled is Filled.PARTLY:
            rest = rows[~self._written[block][rows]]
            source.write(f"{adjoint}[{source.index(rest)}] = 0")
        self._written[block][rows] = True
        if filled is Filled.UNWRITTEN:
            source.write(f"{adjoint}[{source.index(rows)}] = {contribution}")
        elif in_order(rows):
            own = self._rows(block, rows)
            source.write(f"{source.function(np.add)}({own}, {contribution}, {own})")
        else:
            source.write(f"{adjoint}[{source.index(rows)}] += {contribution}")

    def clear_others(
        self, contribution: Variable, block: Block, of: Callable[[Any], Any] = lambda rows: rows
    ) -> None:
        """Clear the contributions of scalars that the first output does not depend on: 0 times inf is nan.

        Args:
            contribution: an array.
            block: the scalars that it comes from.
            of: turns a mask of their rows into one of the array's.
        """
        mask = self.dependencies.get(block)
        if mask is not None and not (kept := of(mask)).all():
            self.source.write(f"{contribution}[{self.source.index(np.flatnonzero(~kept))}] = 0")
