"""The array program performed step by step, on any kind of array.

Nothing is kept or reused between steps, so this is not the quick way: it is the one that needs no more of
an array library than a product, a choice of rows, and the functions that the rows of the table call:
what the Array API standard has.
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
from autograd._compiler.interpret.libraries import NUMPY, Array, Library
from autograd._table.rows import Row

__all__ = ["perform"]

Apply = Callable[[Row, Sequence[Any]], Array]


def perform(
    program: ArrayProgram,
    theta: Array,
    X: Array,
    library: Library = NUMPY,
    apply: Apply = lambda row, args: row(*args),
    after: Callable[[Block, Array], None] = lambda block, array: None,
) -> Callable[[Any], Array]:
    """Perform the steps of a program.

    Args:
        program: what to perform.
        theta: the parameters of its block, shape (parameters,).
        X: the inputs of its block, shape (examples, inputs).
        library: of theta and X; of object arrays, NumPy.
        apply: a row on arrays.
        after: called with every block and its array, of shape (rows, examples) or (rows, 1).

    Returns:
        A function from addresses to the array of their quantities, as rows.
    """
    return _Performance(program, theta, X, library, apply, after).rows


class _Performance:
    def __init__(
        self,
        program: ArrayProgram,
        theta: Array,
        X: Array,
        library: Library,
        apply: Apply,
        after: Callable[[Block, Array], None],
    ) -> None:
        self.program, self.library, self.xp, self.apply = program, library, library.xp, apply
        self.batch = X.shape[0]
        self.like = theta
        self.arrays: dict[Block, Array] = {
            program.inputs: X.T,
            program.parameters: self.xp.reshape(theta, (-1, 1)),
            program.constants: self.made(program.numbers.reshape(-1, 1)),
        }
        for step in program.steps:
            self.arrays[step.block] = self.step(step)
            after(step.block, self.arrays[step.block])

    def made(self, numbers: Any) -> Array:
        """Numbers as an array of the kind and type that theta is."""
        return self.library.array(numbers, self.like)

    def taken(self, array: Array, places: Any) -> Array:
        return self.xp.take(array, self.library.places(places, self.like), axis=0)

    def rows(self, addresses: Any) -> Array:
        """The quantities at these addresses, as rows."""
        flat = addresses.ravel()
        parts, places = [], []
        batched = False
        for piece in self.program.pieces(flat):
            array = self.arrays[piece.block]
            low, high = int(piece.rows[0]), int(piece.rows[-1]) + 1
            part = array[low:high, ...] if in_order(piece.rows) else self.taken(array, piece.rows)
            parts.append(part)
            places.append(piece.places)
            batched = batched or piece.block.batched
        if len(parts) == 1:
            return parts[0]
        if batched:
            parts = [self.xp.broadcast_to(part, (part.shape[0], self.batch)) for part in parts]
        return self.joined(parts, places)

    def step(self, step: Step) -> Array:
        match step:
            case RowStep():
                return self.mapped(step)
            case Sum():
                return self.whole(step.block, step.evaluate(self.operand, _plain), step.block.size)
            case MatrixProduct():
                terms = step.weights.shape[1]
                X = self.rows(step.quantities)
                columns = X.shape[1]
                result = self.weights(step, step.weights.shape) @ self.xp.reshape(X, (terms, -1))
                return self.xp.reshape(result, (step.block.size, columns))
            case RaggedSums():
                products = self.weights(step, (-1, 1)) * self.rows(step.quantities)
                return self.added(products, step.starts)

    def mapped(self, step: RowStep) -> Array:
        """A row, in parts whose arguments depend on the same.

        With x**3 and x**w in one array, a library would be asked for the derivative by both exponents,
        and that by 3 is nan for a negative x.
        """
        depends = np.stack([np.broadcast_to(self.depends(a), step.block.size) for a in step.args])
        kind = np.unique(depends, axis=1, return_inverse=True)[1].ravel()
        places = [np.flatnonzero(kind == k) for k in range(kind.max() + 1)]
        parts = []
        for chosen in places:
            args = [self.operand(a.at(chosen)) for a in step.args]
            parts.append(self.whole(step.block, self.apply(step.row, args), len(chosen)))
        return parts[0] if len(parts) == 1 else self.joined(parts, places)

    def depends(self, operand: Operand) -> Any:
        """What an operand depends on: 0 for nothing, 1 for inputs, 2 for parameters, 3 for both."""
        if not isinstance(operand, Gather):
            return 0
        found = np.zeros(len(operand.addresses), int)
        for piece in self.program.pieces(operand.addresses):
            found[piece.places] = piece.block.batched + 2 * piece.block.active
        return found

    def joined(self, parts: list[Array], places: list[Any]) -> Array:
        """Parts that are as wide, each row in its place."""
        joined = self.xp.concat(parts)
        order = np.argsort(np.concatenate(places), kind="stable")
        return joined if in_order(order) else self.taken(joined, order)

    def operand(self, operand: Operand) -> Array:
        match operand:
            case Number(value):
                return value
            case Column(numbers):
                return self.made(numbers.reshape(-1, 1))
            case Gather(addresses):
                return self.rows(addresses)

    def whole(self, block: Block, array: Array, rows: int) -> Array:
        """An array of the width of its block, where all that it was made of was smaller."""
        shape = (rows, self.batch if block.batched else 1)
        return array if getattr(array, "shape", None) == shape else self.xp.broadcast_to(array, shape)

    def weights(self, step: MatrixProduct | RaggedSums, shape: tuple[int, ...]) -> Array:
        W = self.xp.reshape(self.rows(step.weights), shape)
        return W if step.signs is None else W * self.made(step.signs.reshape(shape))

    def added(self, products: Array, starts: Any) -> Array:
        """Sums of consecutive rows; each is filled up with a row of zeros to the size of the largest."""
        count = products.shape[0]
        ends = np.append(starts[1:], count)
        places = starts[:, np.newaxis] + np.arange((ends - starts).max())
        places = np.where(places < ends[:, np.newaxis], places, count)
        zeros = self.xp.broadcast_to(self.made(np.zeros((1, 1))), (1, products.shape[1]))
        filled = self.xp.concat([products, zeros])
        total: Any = self.taken(filled, places[:, 0])
        for column in places.T[1:]:
            total = total + self.taken(filled, column)
        return total


def _plain(row: Row, *args: Array) -> Array:
    """mul, add, sub or neg as an operator, of which every library knows the derivative."""
    return getattr(operator, row.name)(*args)
