"""The array program performed step by step, on any kind of array.

It keeps every array and is slower than generated code, but of an array library it needs no more than
products, gathers of rows, and the functions that rows of the table call: the Array API standard.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import (
    ArrayProgram,
    Block,
    Column,
    Gather,
    MatrixProduct,
    Number,
    Operand,
    RaggedSums,
    RowStep,
    Step,
    Sum,
    in_order,
)
from autograd._compiler.export.libraries import NUMPY, Array, Library
from autograd._table.rows import Row

__all__ = ["Interpreter"]


class Interpreter:
    """The arrays of all blocks of a program.

    Args:
        program: the program to perform.
        theta: the numbers of its block of parameters, shape (parameters,).
        X: the numbers of its block of inputs, shape (examples, inputs).
        library: of theta and X; of object arrays, NumPy.
        apply: a row on arrays.

    Attributes:
        arrays: of each block, shape (rows, examples) or (rows, 1).
    """

    def __init__(
        self,
        program: ArrayProgram,
        theta: Array,
        X: Array,
        library: Library = NUMPY,
        apply: Callable[[Row, Sequence[Any]], Array] = lambda row, args: row(*args),
    ) -> None:
        self._program, self._library, self._xp, self._apply = program, library, library.xp, apply
        self._theta, self._examples = theta, X.shape[0]
        self.arrays: dict[Block, Array] = {
            program.constants: self._array(program.numbers.reshape(-1, 1)),
            program.inputs: X.T,
            program.parameters: self._xp.reshape(theta, (-1, 1)),
        }
        for step in program.steps:
            self.arrays[step.block] = self._step(step)

    def rows(self, addresses: Any) -> Array:
        """The scalars at these addresses, one a row."""
        flat = addresses.ravel()
        pieces = self._program.pieces(flat)
        parts = [self._rows_of(self.arrays[piece.block], piece.rows) for piece in pieces]
        if any(piece.block.batched for piece in pieces):
            parts = [self._broadcast(part, part.shape[0], True) for part in parts]
        return self._concatenate(parts, [piece.places for piece in pieces])

    # -- steps ----------------------------------------------------------------------------------

    def _step(self, step: Step) -> Array:
        match step:
            case RowStep():
                return self._row_step(step)
            case Sum():
                total = step.evaluate(self._operand, _operator)
                return self._broadcast(total, step.block.size, step.block.batched)
            case MatrixProduct():
                sums, terms, _ = step.shape
                X = self._xp.reshape(self.rows(step.quantities), (terms, -1))
                return self._xp.reshape(self._weights(step, (sums, terms)) @ X, (step.block.size, -1))
            case RaggedSums():
                return self._ragged_sums(step)

    def _row_step(self, step: RowStep) -> Array:
        """A row of the table, apart for rows whose operands depend on different kinds of leaves.

        With x**3 and x**w in one array, a library would be asked for the derivative by both exponents,
        and the derivative by 3 is nan for a negative x.
        """
        depends = np.stack([np.broadcast_to(self._depends(a), step.block.size) for a in step.operands])
        kind = np.unique(depends, axis=1, return_inverse=True)[1].ravel()
        places = [np.flatnonzero(kind == k) for k in range(kind.max() + 1)]
        parts = []
        for rows in places:
            part = self._apply(step.row, [self._operand(a.at(rows)) for a in step.operands])
            parts.append(self._broadcast(part, len(rows), step.block.batched))
        return self._concatenate(parts, places)

    def _depends(self, operand: Operand) -> Any:
        """0 for an operand of constants; 1 if it depends on inputs, 2 on parameters, 3 on both."""
        if not isinstance(operand, Gather):
            return 0
        depends = np.empty(len(operand.addresses), int)
        for piece in self._program.pieces(operand.addresses):
            depends[piece.places] = piece.block.batched + 2 * piece.block.active
        return depends

    def _ragged_sums(self, step: RaggedSums) -> Array:
        """Sums filled up to the length of the longest with a row of zeros."""
        products = self._weights(step, (-1, 1)) * self.rows(step.quantities)
        zeros = self._xp.broadcast_to(self._array(np.zeros((1, 1))), (1, products.shape[1]))
        filled = self._xp.concat([products, zeros])
        places, present = step.padded()
        columns = np.where(present, places, len(step.weights)).T
        total = self._rows_of(filled, columns[0])
        for column in columns[1:]:
            total = total + self._rows_of(filled, column)
        return total

    def _operand(self, operand: Operand) -> Array:
        match operand:
            case Number(value):
                return value
            case Column(numbers):
                return self._array(numbers.reshape(-1, 1))
            case Gather(addresses):
                return self.rows(addresses)

    def _weights(self, step: MatrixProduct | RaggedSums, shape: tuple[int, ...]) -> Array:
        W = self._xp.reshape(self.rows(step.weights), shape)
        return W if step.signs is None else W * self._array(step.signs.reshape(shape))

    # -- arrays ---------------------------------------------------------------------------------

    def _array(self, numbers: Any) -> Array:
        """Numbers as an array of the kind and type of theta."""
        return self._library.array(numbers, self._theta)

    def _rows_of(self, array: Array, rows: Any) -> Array:
        if in_order(rows):
            return array[int(rows[0]) : int(rows[-1]) + 1, ...]
        return self._xp.take(array, self._library.places(rows, self._theta), axis=0)

    def _broadcast(self, array: Array, rows: int, batched: bool) -> Array:
        shape = (rows, self._examples if batched else 1)
        return array if getattr(array, "shape", None) == shape else self._xp.broadcast_to(array, shape)

    def _concatenate(self, parts: list[Array], places: list[Any]) -> Array:
        """Parts of equal width as one array, each row in its place."""
        if len(parts) == 1:
            return parts[0]
        order = np.argsort(np.concatenate(places), kind="stable")
        return self._rows_of(self._xp.concat(parts), order)


def _operator(row: Row, *args: Array) -> Array:
    """mul, add, sub or neg: every library knows the derivatives of these."""
    return getattr(operator, row.name)(*args)
