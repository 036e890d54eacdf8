"""Addresses as arrays of the generated function: views where scalars lie in order, copies elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Block, MatrixProduct, Piece, RaggedSums, in_order
from autograd._compiler.numpy_code.names import Names, matrix_name
from autograd._compiler.numpy_code.source import THETA, Array, Origin, Source, Variable, X

__all__ = ["Gathers", "is_transposed"]


class Gathers:
    """Writes what reads blocks, each choice of scalars once.

    Attributes:
        upright: blocks that are stored example by example.
    """

    def __init__(self, program: ArrayProgram, source: Source, names: Names) -> None:
        self.program, self.source, self.names = program, source, names
        self.upright: set[Block] = set()
        self._blocks = {
            step.block: Array(
                source.fresh(names.of(step.block.addresses)),
                Origin.BUFFER,
                step.block.size,
                step.block.batched,
            )
            for step in program.steps
        }
        self._gathered: dict[bytes, Array] = {}

    def block(self, block: Block) -> Array:
        """The buffer that a step fills."""
        return self._blocks[block]

    def allocations(self) -> list[str]:
        """The lines that make the buffers of blocks."""
        return [
            f"{array} = {self.source.allocation(array.shape, upright=block in self.upright)}"
            for block, array in self._blocks.items()
        ]

    def array(self, addresses: Any) -> Array:
        """The scalars at some addresses; one row for an address over and over."""
        flat = addresses.ravel()
        pieces = self.program.pieces(flat)
        if len(flat) > 1 and len(pieces) == 1 and (flat == flat[0]).all():
            flat, pieces = flat[:1], [Piece(pieces[0].block, pieces[0].rows[:1], np.zeros(1, int))]
        key = flat.tobytes()
        if key not in self._gathered:
            if len(pieces) == 1 and in_order(pieces[0].rows):
                name = self.rows(pieces[0])
                batched = pieces[0].block.batched
                self._gathered[key] = Array(name.text, name.origin, len(flat), batched)
            else:
                self._gathered[key] = self._copied(flat, pieces)
        return self._gathered[key]

    def rows(self, piece: Piece) -> Variable:
        """A view of consecutive rows."""
        block, low, high = piece.block, int(piece.rows[0]), int(piece.rows[-1]) + 1
        if block is self.program.constants:
            return self.source.constant(self._numbers(piece.rows).reshape(-1, 1), "numbers")
        if piece.is_whole and block in self._blocks:
            return self._blocks[block]
        name = self.names.of(piece.rows + block.start)
        if block is self.program.inputs:
            return self.source.view(X, f"[:, {low}:{high}].T", name)
        if block is self.program.parameters:
            return self.source.view(THETA, f"[{low}:{high}].reshape(-1, 1)", name)
        return self.source.rows(self._blocks[block], low, high, name)

    def _numbers(self, rows: Any) -> Any:
        return self.program.numbers[rows].astype(self.source.dtype)

    def _copied(self, addresses: Any, pieces: list[Piece]) -> Array:
        """A buffer into which rows from several places are copied."""
        source = self.source
        batched = any(piece.block.batched for piece in pieces)
        array = source.buffer((len(addresses), batched), self.names.of(addresses))
        for piece in pieces:
            whole = len(piece.places) == len(addresses)
            place = f"{array}[{source.index(piece.places)}]"
            if piece.block is self.program.constants:
                numbers = self._numbers(piece.rows)
                if (numbers == numbers[0]).all():  # nothing else is written so early
                    source.setup.append(f"{array}[:] = {source.number(numbers[0])}")
                else:
                    numbers = source.constant(numbers.reshape(-1, 1), "numbers")
                    source.setup.append(f"{place} = {numbers}")
                continue
            if in_order(piece.rows):
                source.write(f"{place} = {self.rows(piece)}")
                continue
            index = source.constant(piece.rows, "rows")
            if piece.block is self.program.inputs:
                source.write(f"{place} = {X}.take({index}, 1).T")
            elif piece.block is self.program.parameters:
                theta = source.view(THETA, "", "theta")
                if whole:
                    source.write(f'{theta}.take({index}, 0, {source.flat(array)}, "clip")')
                else:
                    source.write(f"{place} = {theta}.take({index}).reshape(-1, 1)")
            elif whole and piece.block.batched == batched:
                source.write(f'{self._blocks[piece.block]}.take({index}, 0, {array}, "clip")')
            else:
                source.write(f"{place} = {self._blocks[piece.block]}[{index}]")
        return array

    def is_active(self, addresses: Any) -> bool:
        """Whether any of these scalars has an adjoint."""
        return any(piece.block.active for piece in self.program.pieces(addresses))

    # -- matrices -----------------------------------------------------------------------------

    def weights(self, step: MatrixProduct | RaggedSums, shape: tuple[int, int]) -> tuple[Variable, bool]:
        """A matrix of weights, and whether any of them depends on a parameter."""
        source, weights, signs = self.source, step.weights, step.signs
        pieces = self.program.pieces(weights)
        if all(piece.block is self.program.constants for piece in pieces):
            numbers = self.program.numbers[pieces[0].rows].reshape(weights.shape)
            numbers = numbers * (1 if signs is None else signs)
            return source.constant(numbers.astype(source.dtype).reshape(shape), "weights"), False
        if is_transposed(step):
            upright = self.array(weights.T)
            view = source.view(
                upright, f".reshape({shape[1]}, {shape[0]})", matrix_name(upright.text, shape[1])
            )
            return source.transposed(view), any(piece.block.active for piece in pieces)
        consecutive = len(pieces) == 1 and in_order(pieces[0].rows)
        flat = self.rows(pieces[0]) if consecutive else self._copied(weights.ravel(), pieces)
        matrix = source.view(flat, f".reshape({shape[0]}, {shape[1]})", matrix_name(flat.text, shape[0]))
        if signs is not None:
            signed = source.matrix(shape, f"signed_{matrix}")
            k = source.constant(signs.astype(source.dtype).reshape(shape), "signs")
            source.write(f"{source.function(np.multiply)}({matrix}, {k}, {signed})")
            matrix = signed
        return matrix, any(piece.block.active for piece in pieces)

    def columns(self, quantities: Any) -> tuple[Variable, Variable, Array]:
        """The scalars of a product as a matrix, its transpose, and the array that both are views of."""
        source = self.source
        terms, windows = quantities.shape
        array = self.array(quantities)
        if array.rows != quantities.size:  # one scalar over and over
            array = self._copy(array, quantities.size)
        if windows == 1:
            return array, source.transposed(array), array
        by_window = self.program.pieces(quantities.T)
        if not array.batched and len(by_window) == 1 and in_order(by_window[0].rows):
            rows = self.rows(by_window[0])
            transposed = source.view(rows, f".reshape({windows}, {terms})", f"{rows}_windows")
            return source.transposed(transposed), transposed, array
        if array.origin is Origin.X:
            array = self._copy(array, quantities.size)
        columns = f"{windows} * batch" if array.batched else str(windows)
        matrix = source.view(array, f".reshape({terms}, {columns})", f"{array}_columns")
        return matrix, source.transposed(matrix), array

    def _copy(self, array: Array, rows: int) -> Array:
        copy = self.source.buffer((rows, array.batched), f"{array}_copy")
        self.source.write(f"{copy}[:] = {array}")
        return copy

    def result(self, addresses: Any) -> Array:
        """Scalars in a buffer, with a row for each: a copy of leaves, which are the caller's."""
        array = self.array(addresses)
        given = array.origin in (Origin.THETA, Origin.X)
        return self._copy(array, len(addresses)) if given or array.rows != len(addresses) else array


def is_transposed(step: MatrixProduct | RaggedSums) -> bool:
    """Whether the weights lie column by column: those of x @ W."""
    weights = step.weights
    return step.signs is None and weights.ndim == 2 and min(weights.shape) > 1 and in_order(weights.T.ravel())
