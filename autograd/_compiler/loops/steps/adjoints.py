"""Adjoints of blocks in loops: contributions added up, over the examples of a tile and over all tiles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Block, Piece, in_order
from autograd._compiler.find.addresses import last_places
from autograd._compiler.loops.statements import (
    LANES,
    Add,
    Array,
    Assign,
    At,
    Call,
    E,
    Expression,
    Kernel,
    Loop,
    Memory,
    Name,
    Statement,
)
from autograd._compiler.loops.steps.places import Places, Rows, over_lanes

__all__ = ["Adjoints"]

ROW = Name("i")


class Adjoints:
    """Writes where contributions go.

    Attributes:
        begin: statements before the tiles.
        backward: for a tile.
        end: after the tiles.
    """

    def __init__(self, program: ArrayProgram, places: Places) -> None:
        self.program, self.places = program, places
        self.begin: list[Statement] = []
        self.backward: list[Statement] = []
        self.sums: list[Statement] = []
        self.end: list[Statement] = []
        self.later: list[Statement] = []
        self._later: list[tuple[Array, Piece, bool]] = []
        self._arrays: dict[Block, Array] = {}
        self._written: set[Block] = set()
        self._over_examples: dict[Any, Array] = {}
        self._sums: list[Array] = []  # over the tiles, without lanes
        self._cleared: list[tuple[Array, int, int]] = []  # parts that the first tile writes
        parameters = program.parameters
        self._in_order = last_places(program.wrt, parameters.start, parameters.size) is None
        if self._in_order:
            self.gradient = Array("gradient", (parameters.size,), Memory.GRADIENT)
        elif parameters.size:
            self.gradient = places.scratch(places.fresh("d_parameters"), parameters.size, False)
        if parameters.size:
            self._arrays[parameters] = self.gradient
            self._sums.append(self.gradient)

    def statements(self, batched: bool) -> list[Statement]:
        """The place for statements that compute adjoints."""
        return self.backward if batched else self.end

    def of(self, block: Block) -> Rows | None:
        """The adjoint of a block; None if there is no contribution."""
        if block not in self._arrays:
            return None
        return Rows(self._arrays[block], lambda i: i, block.size, block.batched)

    def _array(self, block: Block) -> Array:
        if block not in self._arrays:
            name = self.places.identifier(f"d_{self.places.names.of(block.addresses)}")
            self._arrays[block] = self.places.scratch(name, block.size, block.batched)
            if not block.batched:
                self._sums.append(self._arrays[block])
        return self._arrays[block]

    def clear_in_first_tile(self, view: Array) -> bool:
        """Whether a product for all of a view can write in the first tile, since none before it does."""
        of, low = view.base or self.gradient, view.offset
        high = low + math.prod(cast(tuple[int, ...], view.shape))
        for array, start, stop in self._cleared:
            if array is of and low < stop and start < high:
                return False
        self._cleared.append((of, low, high))
        return True

    def _clear_sums(self) -> None:
        for array in self._sums:
            parts = sorted((low, high) for of, low, high in self._cleared if of is array)
            start, size = 0, cast(int, array.shape[0])
            for low, high in [*parts, (size, size)]:
                for a, b, later in ((start, low, False), (low, high, True)):
                    if a < b:
                        loop = Loop(ROW, a, b, [Assign(At(array, (ROW if b > a + 1 else a,)), 0.0)])
                        self.begin.append(Kernel("clear", (), 0, b - a, 0, [loop]) if later else loop)
                start = high

    def _clear(self, array: Array, statements: list[Statement]) -> None:
        size, lanes = cast(int, array.shape[0]), array.shape[-1] is LANES
        i: Expression = ROW if size > 1 else 0
        zero: list[Statement] = [Assign(At(array, (i, E) if lanes else (i,)), 0.0)]
        statements.append(over_lanes(ROW, size, zero, lanes))

    def add(
        self,
        contributions: list[tuple[Any, Callable[[Expression], Expression]]],
        batched: bool,
        in_parts: bool = False,
    ) -> list[Callable[[Expression], Assign | Add]]:
        """Statements that add contributions, from their addresses and expressions, in the body of one loop.

        Where the addresses are of several blocks, the contribution goes to an array of its own, from which
        loops after that one add it: `flush` writes these.

        Args:
            contributions: addresses, and expressions by the place among them.
            batched: whether they come from examples.
            in_parts: whether a contribution is the sum of the results of several statements.
        """
        blocks = [piece.block for addresses, _ in contributions for piece in self.program.pieces(addresses)]
        return [
            self._adder(addresses, value, batched, blocks, in_parts) for addresses, value in contributions
        ]

    def _adder(
        self,
        addresses: Any,
        value: Callable[[Expression], Expression],
        batched: bool,
        blocks: list[Block],
        in_parts: bool,
    ) -> Callable[[Expression], Assign | Add]:
        pieces = self.program.pieces(addresses)
        if len(pieces) == 1:
            target, fresh = self._target(
                pieces[0], batched, alone=not in_parts and blocks.count(pieces[0].block) == 1
            )
            kind = Assign if fresh else Add
            return lambda i: kind(target.target(i), value(i))
        name = self.places.fresh("contribution")
        array = self.places.scratch(name, addresses.size, batched)
        lanes = (E,) if batched else ()
        for piece in pieces:
            if piece.block.active:
                self._later.append((array, piece, batched))
        if in_parts:
            self._clear(array, self.statements(batched))
        own = Add if in_parts else Assign
        return lambda i: own(At(array, (i, *lanes)), value(i))

    def flush(self) -> None:
        """Add contributions to several blocks, and sums of contributions."""
        self.end += self.later
        self.later.clear()
        for array, piece, batched in self._later:
            target, fresh = self._target(piece, batched, alone=True)
            of = self.places.index(piece.places)
            lanes = (E,) if batched else ()
            kind = Assign if fresh else Add
            body: list[Statement] = [kind(target.target(ROW), At(array, (of(ROW), *lanes)))]
            self.statements(batched).append(over_lanes(ROW, len(piece.rows), body, batched))
        self._later.clear()

    def _target(self, piece: Piece, batched: bool, alone: bool) -> tuple[Rows, bool]:
        """Where a contribution to rows of a block goes, and whether nothing is there yet."""
        block, rows = piece.block, piece.rows
        if batched and not block.batched:
            array = self.over_examples(rows + block.start, lanes=True)
            return Rows(array, lambda i: i, len(rows), True), False
        fresh = False
        array = self._array(block)
        if block.batched and block not in self._written:
            fresh = alone and piece.is_whole
            if not fresh:
                self._clear(array, self.backward)
            self._written.add(block)
        return Rows(array, self.places.index(rows), len(rows), block.batched), fresh

    def over_examples(self, addresses: Any, lanes: bool, signs: Any = None, batched: bool = True) -> Array:
        """An array for the contributions to scalars that all examples share, summed over the tiles.

        Args:
            addresses: of the scalars.
            lanes: whether there is a sum for each lane; else the sums are over the examples already.
            signs: factors of the contributions.
            batched: whether they come from examples; else from scalars that all examples share.
        """
        key = addresses.tobytes(), lanes, None if signs is None else signs.tobytes()
        if batched and key in self._over_examples:
            return self._over_examples[key]
        places = self.places
        name = places.identifier(f"d_{places.names.of(addresses)}_{'lanes' if lanes else 'sums'}")
        array = self._over_examples[key] = places.scratch(name, addresses.size, lanes)
        if lanes:
            self._clear(array, self.begin)
        else:
            self._sums.append(array)
        statements = self.sums if batched else self.later
        if lanes:
            statements.append(self._add_lanes(array))
        sign = None if signs is None else places.numbers(signs.ravel(), "signs")
        for piece in self.program.pieces(addresses):
            if not piece.block.active:
                continue
            target, to, of = self._array(piece.block), places.index(piece.rows), places.index(piece.places)
            value: Expression = At(array, (of(ROW), 0) if lanes else (of(ROW),))
            if sign is not None:
                value = Call("multiply", (At(sign, (of(ROW),)), value))
            add: list[Statement] = [Add(At(target, (to(ROW),)), value)]
            statements.append(Loop(ROW, 0, len(piece.rows), add))
        return array

    def _add_lanes(self, array: Array) -> Statement:
        """The sum over the lanes of each row, in its first lane."""
        rows = cast(int, array.shape[0])
        first = At(array, (ROW, 0))
        loops = Loop(ROW, 0, rows, [Loop(E, 1, LANES, [Add(first, At(array, (ROW, E)))])])
        return Kernel("add_lanes", (array,), 0, rows, 0, [loops])

    def direct(self, addresses: Any, shape: tuple[int, ...], name: str) -> Array | None:
        """The adjoints of scalars that lie in order; None for others."""
        pieces = self.program.pieces(addresses)
        if len(pieces) != 1 or not in_order(pieces[0].rows):
            return None
        return self.places.view(self._array(pieces[0].block), int(pieces[0].rows[0]), shape, name)

    def finish(self) -> None:
        """Write the gradient in the order of wrt, if it is not that of the parameters; and zeros for sums."""
        self._clear_sums()
        program, places = self.program, self.places
        if self._in_order:
            return
        gradient = Array("gradient", (len(program.wrt),), Memory.GRADIENT)
        block = program.parameters
        own = program.wrt >= block.start
        for which in (True, False):
            at = np.flatnonzero(own == which)
            if not len(at):
                continue
            to, rows = places.index(at), program.wrt[at]
            target = At(gradient, (to(ROW),))
            if which:
                value = At(self.gradient, (places.index(rows - block.start)(ROW),))
                self.end.append(Loop(ROW, 0, len(at), [Assign(target, value)]))
                continue
            inputs = program.inputs
            if inputs in self._arrays:
                name = places.fresh("d_inputs")
                array = places.scratch(name, inputs.size, True)
                self._clear(array, self.begin)
                to_sum: list[Statement] = [Add(At(array, (ROW, E)), At(self._arrays[inputs], (ROW, E)))]
                self.backward.append(over_lanes(ROW, inputs.size, to_sum))
                row = places.index(rows - inputs.start)
                self.end.append(self._add_lanes(array))
                self.end.append(Loop(ROW, 0, len(at), [Assign(target, At(array, (row(ROW), 0)))]))
            else:
                self.end.append(Loop(ROW, 0, len(at), [Assign(target, 0.0)]))
