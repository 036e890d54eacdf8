"""Adjoints of blocks: what each gains from its uses, added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Block, Piece, in_order
from autograd._compiler.numpy_code.gather import Reader
from autograd._compiler.numpy_code.source import Array, Shape

__all__ = ["Adjoints"]


class Adjoints(Reader):
    """Writes what adds to adjoints. It is known beforehand which rows hold something, and from when on."""

    def __init__(self, program: ArrayProgram, dtype: Any) -> None:
        super().__init__(program, dtype)
        self.adjoint: dict[Block, str] = {}
        self.uses: dict[Block, int] = dict.fromkeys(program.blocks, 0)
        self._reached: dict[Block, Any] = {}  # which rows hold something

    def taken(self, block: Block) -> Array | None:
        """The adjoint of a block, complete; None if nothing came."""
        if block not in self.adjoint:
            return None
        return Array(self.adjoint[block], block.size, block.batched)

    def buffer_of(self, block: Block) -> str:
        if block not in self.adjoint:
            name = f"d{block.start}"
            self.made.append(f"{name} = zeros(({block.size}, {'batch' if block.batched else 1}), dtype)")
            self.adjoint[block] = name
        return self.adjoint[block]

    def fresh_rows(self, piece: Piece) -> bool | None:
        """Whether nothing has come to these rows of an adjoint yet; None if it has to some."""
        reached = self._reached.setdefault(piece.block, np.zeros(piece.block.size, bool))
        found = reached[piece.rows]
        return None if found.any() and not found.all() else not found.any()

    def single_use(self, addresses: Any) -> bool:
        """Whether these are all of one block, and nothing else uses it."""
        pieces = self.program.pieces(addresses)
        block = pieces[0].block
        return len(pieces) == 1 and len(pieces[0].rows) == block.size and self.uses[block] == 1

    def target(self, addresses: Any, shape: Shape) -> Array | None:
        """Where a gain of that shape may be written directly: rows in order, to which nothing came yet."""
        pieces = [p for p in self.program.pieces(addresses) if p.block.active]
        if len(pieces) != 1 or len(pieces[0].rows) != addresses.size:
            return None
        (piece,) = pieces
        fits = shape == (len(piece.rows), piece.block.batched)
        if not fits or not in_order(piece.rows) or not self.fresh_rows(piece):
            return None
        name = self.buffer_of(piece.block)
        self._reached[piece.block][piece.rows] = True
        low, high = int(piece.rows[0]), int(piece.rows[-1]) + 1
        if (low, high) != (0, piece.block.size):
            name = self.view(f"{name}[{low}:{high}]")
        return Array(name, *shape)

    def give(self, addresses: Any, gain: Array) -> None:
        """Add a gain, of shape (rows, …), or (1, …) for all of the rows together, to the adjoints."""
        for piece in self.program.pieces(addresses):
            if not piece.block.active:
                continue
            block = piece.block
            whole = len(piece.rows) == block.size == addresses.size == gain.rows and in_order(piece.rows)
            first = block not in self.adjoint and self.uses[block] == 1
            if whole and first and gain.batched == block.batched and not gain.temporary:
                # Nothing else will be added: the adjoint is the gain itself.
                self.adjoint[block] = gain.name
                self._reached[block] = np.ones(block.size, bool)
                continue
            self.give_piece(piece, gain, addresses.size)

    def give_piece(self, piece: Piece, gain: Array, size: int) -> None:
        used: list[Array] = []
        rows, source = piece.rows, gain
        if gain.rows == size and len(rows) != size:  # the part for this block
            if in_order(piece.places):
                name = self.view(f"{gain.name}[{self.index(piece.places)}]")
            else:
                name = self.scratch((len(rows), gain.batched)).name
                used.append(Array(name, len(rows), gain.batched, True))
                self.say(f'{gain.name}.take({self.constant(piece.places)}, 0, {name}, "clip")')
            source = Array(name, len(rows), gain.batched)
        if gain.batched and not piece.block.batched:
            ones = self.view("np.ones((batch, 1), dtype)")
            if len(rows) == source.rows and in_order(rows) and self.fresh_rows(piece):
                self._reached[piece.block][rows] = True
                into = self.view(f"{self.buffer_of(piece.block)}[{self.index(rows)}]")
                self.say(f"dot({source.name}, {ones}, {into})")
                for array in used:
                    self.release(array)
                return
            total = self.scratch((source.rows, False))
            used.append(total)
            self.say(f"dot({source.name}, {ones}, {total.name})")
            source = total
        if source.rows > 1 and len(unique := np.unique(rows)) < len(rows):
            order = np.argsort(rows, kind="stable")
            starts = np.searchsorted(rows[order], unique)
            total = self.scratch((len(unique), piece.block.batched))
            used.append(total)
            sorted_ = source.name if in_order(order) else f"{source.name}.take({self.constant(order)}, 0)"
            self.say(f"add_up({sorted_}, {self.constant(starts)}, 0, None, {total.name})")
            source, rows = total, unique
        elif source.rows == 1:
            rows = rows[:1]
        self.put(Piece(piece.block, rows, rows), source)
        for array in used:
            self.release(array)

    def put(self, piece: Piece, source: Array) -> None:
        """Write to rows of an adjoint, or add to what is there; each row once."""
        adjoint, empty = self.buffer_of(piece.block), self.fresh_rows(piece)
        index = self.index(piece.rows)
        if empty is None:
            rest = piece.rows[~self._reached[piece.block][piece.rows]]
            self.say(f"{adjoint}[{self.index(rest)}] = 0")
        self._reached[piece.block][piece.rows] = True
        if empty:
            self.say(f"{adjoint}[{index}] = {source.name}")
        elif ":" in index:
            name = self.view(f"{adjoint}[{index}]")
            self.say(f"{self.function(np.add)}({name}, {source.name}, {name})")
        else:
            self.say(f"{adjoint}[{index}] += {source.name}")
