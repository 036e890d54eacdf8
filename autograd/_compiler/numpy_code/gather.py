"""Addresses as arrays of the generated function: views where quantities lie in order, copies elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, MatrixProduct, Piece, RaggedSums, in_order
from autograd._compiler.numpy_code.source import Array, Buffers

__all__ = ["Reader"]


class Reader(Buffers):
    """Writes what reads blocks, each choice of rows once."""

    def __init__(self, program: ArrayProgram, dtype: Any) -> None:
        super().__init__(program, dtype)
        self._gathered: dict[Any, Array] = {}

    def array(self, addresses: Any) -> Array:
        """An array of the quantities at these addresses: a view where they lie in order."""
        flat = addresses.ravel()
        pieces = self.program.pieces(flat)
        batched = any(p.block.batched for p in pieces)
        if len(flat) > 1 and len(pieces) == 1 and (flat == flat[0]).all():
            flat, pieces = flat[:1], [Piece(pieces[0].block, pieces[0].rows[:1], np.zeros(1, int))]
        key = flat.tobytes()
        if key not in self._gathered:
            if len(pieces) == 1 and in_order(pieces[0].rows):
                name = self.rows(pieces[0])
            else:
                name = self.collected(len(flat), batched, pieces)
            self._gathered[key] = Array(name, len(flat), batched)
        return self._gathered[key]

    def rows(self, piece: Piece) -> str:
        """A view of consecutive rows."""
        block, low, high = piece.block, int(piece.rows[0]), int(piece.rows[-1]) + 1
        if block is self.program.constants:
            return self.constant(self.numbers_at(piece.rows).reshape(-1, 1))
        if block is self.program.inputs:
            return self.view(f"X[:, {low}:{high}].T")
        if block is self.program.parameters:
            return self.view(f"theta[{low}:{high}].reshape(-1, 1)")
        name = f"b{block.start}"
        return name if (low, high) == (0, block.size) else self.view(f"{name}[{low}:{high}]")

    def numbers_at(self, rows: Any) -> Any:
        return self.program.numbers[rows].astype(self.dtype)

    def collected(self, rows: int, batched: bool, pieces: list[Piece]) -> str:
        """A buffer into which rows from here and there are copied."""
        name = self.buffer((rows, batched), "g")
        for piece in pieces:
            index = self.constant(piece.rows)
            whole = len(piece.places) == rows
            place = f"[{self.index(piece.places)}]"
            if piece.block is self.program.constants:
                numbers = self.numbers_at(piece.rows)
                if (numbers == numbers[0]).all():  # nothing else is written so early
                    self.made.append(f"{name}[:] = {self.constant(numbers[0])}")
                else:
                    self.made.append(f"{name}{place} = {self.constant(numbers.reshape(-1, 1))}")
                continue
            if piece.block is self.program.inputs:
                source = self.view("X")
                found = f"{source}.take({index}, 1).T"
            elif piece.block is self.program.parameters:
                source = self.view("theta")
                if whole:
                    flat = self.view(f"{name}.reshape(-1)")
                    self.say(f'{source}.take({index}, 0, {flat}, "clip")')
                    continue
                found = f"{source}.take({index}).reshape(-1, 1)"
            else:
                source = f"b{piece.block.start}"
                if whole and piece.block.batched == batched:
                    self.say(f'{source}.take({index}, 0, {name}, "clip")')
                    continue
                found = f"{source}[{index}]"
            self.say(f"{name}{place} = {found}")
        return name

    def index(self, places: Any) -> str:
        """Text of an index: a slice where it is one."""
        if in_order(places):
            return f"{int(places[0])}:{int(places[-1]) + 1}"
        return self.constant(places)

    # -- matrices -----------------------------------------------------------------------------

    def weights(self, step: MatrixProduct | RaggedSums, shape: tuple[int, ...]) -> tuple[str, bool]:
        """A matrix of weights, and whether any can move."""
        weights, signs = step.weights, step.signs
        pieces = self.program.pieces(weights)
        if all(p.block is self.program.constants for p in pieces):
            numbers = self.program.numbers[pieces[0].rows].reshape(weights.shape)
            numbers = numbers * (1 if signs is None else signs)
            return self.constant(numbers.astype(self.dtype).reshape(shape)), False
        moves = any(p.block.active for p in pieces)
        flat, size = weights.ravel(), ", ".join(map(str, shape))
        consecutive = len(pieces) == 1 and in_order(pieces[0].rows)
        found = self.rows(pieces[0]) if consecutive else self.collected(len(flat), False, pieces)
        name = self.view(f"{found}.reshape({size})")
        if signs is not None:
            signed = self.fresh("t")
            self.made.append(f"{signed} = empty(({size},), dtype)")
            k = self.constant(signs.astype(self.dtype).reshape(shape))
            self.say(f"{self.function(np.multiply)}({name}, {k}, {signed})")
            name = signed
        return name, moves

    def transposed(self, W: str) -> str:
        return self.constant(self.names[W].T) if W[0] == "k" else self.view(f"{W}.T")

    def columns(self, quantities: Any) -> tuple[str, str, Array]:
        """The quantities of a product as a matrix, its transpose, and the array they came from."""
        terms, windows = quantities.shape
        source = self.array(quantities)
        if source.rows != quantities.size:  # one quantity over and over
            name = self.buffer((quantities.size, source.batched), "g")
            self.say(f"{name}[:] = {source.name}")
            source = Array(name, quantities.size, source.batched)
        if windows == 1:
            return source.name, self.transposed(source.name), source
        by_window = self.program.pieces(quantities.T)
        if not source.batched and len(by_window) == 1 and in_order(by_window[0].rows):
            rows = self.view(f"{self.rows(by_window[0])}.reshape({windows}, {terms})")
            return self.transposed(rows), rows, source
        columns = f"{windows} * batch" if source.batched else str(windows)
        if source.name[0] == "x":
            copied = self.buffer((quantities.size, True), "g")
            self.say(f"{copied}[:] = {source.name}")
            source = Array(copied, quantities.size, True)
        name = self.view(f"{source.name}.reshape({terms}, {columns})")
        return name, self.transposed(name), source
