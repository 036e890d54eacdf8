"""The array program: blocks of scalars, and the steps that compute them.

It is all that the rooms of the compiler share: `find` makes one from a recorded graph, `describe` prints
it, `numpy_code` writes it as NumPy calls, `export` performs it step by step and translates it.

Glossary:

    scalar       a number of the recorded calculation: a leaf, a constant, the result of an operation
    batched      it depends on an input, so that each example has its own
    active       it depends on a parameter, so that it has an adjoint
    block        scalars side by side, computed by one step, or leaves of one kind; an array of shape
                 (rows, examples), or (rows, 1) where it is not batched
    row          the place of a scalar in its block; elsewhere also a row of the table, which is a `Row`
    address      the place of a scalar among those of all blocks; ONE is the address of the number 1
    piece        the rows of one block among several addresses
    operand      an argument of an elementwise step: a number, a column of numbers, a gather of scalars
    step         computes one block: a row of the table, a sum of few terms, a matrix product, ragged sums
    term         of a sum: a scalar, its factor and its sign
    window       one of several vectors that a matrix is multiplied by
    tape         the recorded graph as a table, an operation a line: see `find.tape`
"""

from __future__ import annotations

import bisect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd._graph.primitive import lookup
from autograd._table.rows import Row

__all__ = [
    "ONE", "ArrayProgram", "Block", "Column", "Gather", "MatrixProduct", "Number", "Operand", "Piece",
    "RaggedSums", "RowStep", "Step", "Sum", "Term", "in_order", "number_or_column", "without_zeros",
]  # fmt: skip

Array = NDArray[Any]
T = TypeVar("T")

ONE = 0  # the first constant of every program, the factor of terms that have none
ALL = slice(None)


@dataclass(eq=False)
class Block:
    """Scalars side by side, one row each.

    Attributes:
        start, size: the address of the first, and how many there are.
        batched, active: whether any of them is, see the glossary.
        lines: of the tape; -1 for a scalar that is no line there.
    """

    start: int
    size: int
    batched: bool
    active: bool
    lines: Array

    @property
    def addresses(self) -> Array:
        return np.arange(self.start, self.start + self.size)


@dataclass(frozen=True)
class Piece:
    """Some rows of one block, and their places in the array that they are gathered in."""

    block: Block
    rows: Array
    places: Array

    @property
    def is_whole(self) -> bool:
        """Whether it is the block, in order."""
        return len(self.rows) == self.block.size and in_order(self.rows)


# -- operands -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """One number for all rows."""

    value: float

    def at(self, rows: Any) -> Number:
        return self


@dataclass(frozen=True, eq=False)
class Column:
    """A number for each row."""

    numbers: Array

    def at(self, rows: Any) -> Number | Column:
        return number_or_column(self.numbers[rows])


@dataclass(eq=False, slots=True)  # not frozen: thousands are made, and its __init__ is slow
class Gather:
    """A scalar for each row, by its address."""

    addresses: Array

    def at(self, rows: Any) -> Gather:
        return Gather(self.addresses[rows])


Operand = Number | Column | Gather


def number_or_column(numbers: Array) -> Number | Column:
    """Numbers of rows as an operand.

    >>> number_or_column(np.array([2.0, 2.0]))
    Number(value=2.0)
    """
    return Number(float(numbers[0])) if (numbers == numbers[0]).all() else Column(numbers)


# -- steps ----------------------------------------------------------------------------------------
#
# Each has the `block` that it computes, the `operands` that it combines row by row, and
#     reads(rows)   the addresses that the rows of a mask are computed from, by default all, in arrays
#     operations    how many operations on single scalars it takes
#     scalar(row)   the elementwise step of one row alone
# A `RowStep` or a `Sum` is elementwise, and has ``evaluate(operand, apply)``: its value, from the value of an
# operand and that of a row of the table on values, ``apply(row, *values)``.


@dataclass(frozen=True, eq=False)
class RowStep:
    """A row of the table, applied to operands."""

    block: Block
    row: Row
    operands: tuple[Operand, ...]

    def reads(self, rows: Any = ALL) -> Iterator[Array]:
        return _addresses(self.operands, rows)

    @property
    def operations(self) -> int:
        return self.block.size

    def scalar(self, row: int) -> RowStep:
        return RowStep(self.block, self.row, tuple(o.at([row]) for o in self.operands))

    def evaluate(self, operand: Callable[[Operand], T], apply: Callable[..., T]) -> T:
        return apply(self.row, *map(operand, self.operands))


@dataclass(eq=False, slots=True)
class Term:
    """A term of a `Sum`: sign * factor * quantity; no factor is 1."""

    factor: Gather | None
    sign: float
    quantity: Operand


@dataclass(frozen=True, eq=False)
class Sum:
    """A sum of few terms."""

    block: Block
    terms: tuple[Term, ...]

    @property
    def operands(self) -> tuple[Operand, ...]:
        return tuple(o for term in self.terms for o in (term.quantity, term.factor) if o is not None)

    def reads(self, rows: Any = ALL) -> Iterator[Array]:
        return _addresses(self.operands, rows)

    @property
    def operations(self) -> int:
        products = sum(term.factor is not None for term in self.terms)
        return self.block.size * (products + max(len(self.terms) - 1, 1))

    def scalar(self, row: int) -> Sum:
        terms = (Term(t.factor and t.factor.at([row]), t.sign, t.quantity.at([row])) for t in self.terms)
        return Sum(self.block, tuple(terms))

    def evaluate(self, operand: Callable[[Operand], T], apply: Callable[..., T]) -> T:
        mul, add, sub, neg = map(lookup, ("mul", "add", "sub", "neg"))

        def value(term: Term) -> T:
            quantity = operand(term.quantity)
            return quantity if term.factor is None else apply(mul, operand(term.factor), quantity)

        first, *others = sorted(self.terms, key=lambda term: -term.sign)
        total = value(first) if first.sign > 0 else apply(neg, value(first))
        for term in others:
            total = apply(add if term.sign > 0 else sub, total, value(term))
        return total


@dataclass(frozen=True, eq=False)
class _Products(ABC):
    """Sums of products of weights and quantities, both addresses; the weight of a plain term is ONE."""

    block: Block
    weights: Array
    signs: Array | None  # of the weights, in their shape; None if all are +
    quantities: Array

    operands = ()

    @property
    def windows(self) -> int:
        return int(self.quantities[0].size)

    @property
    def operations(self) -> int:
        present = np.ones(self.weights.shape, bool) if self.signs is None else self.signs != 0
        count = int(present.sum()) + int((present & (self.weights != ONE)).sum())
        return count * self.windows - self.block.size

    def _sum(self, terms: Any, quantities: Array) -> Sum:
        weights = self.weights[terms]
        signs = np.ones(len(weights)) if self.signs is None else self.signs[terms]
        columns = (column[signs != 0, np.newaxis] for column in (weights, quantities))
        rows = zip(*columns, signs[signs != 0].tolist(), strict=True)
        return Sum(self.block, tuple(Term(None if w == ONE else Gather(w), s, Gather(q)) for w, q, s in rows))

    def reads(self, rows: Any = ALL) -> Iterable[Array]:
        return (self.weights, self.quantities) if rows is ALL else self._read_by(rows)

    @abstractmethod
    def _read_by(self, mask: Array) -> tuple[Array, Array]:
        """The weights and quantities of the sums in a mask."""


class MatrixProduct(_Products):
    """W @ X: sums over the same scalars, or over several windows of them.

    Attributes:
        weights: shape (sums, terms). A sign of 0 fills the matrix where a sum has no term.
        quantities: shape (terms, windows).
        block: its rows are sum by sum, each window by window.
    """

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many sums, terms and windows."""
        return (*self.weights.shape, self.windows)

    def _read_by(self, mask: Array) -> tuple[Array, Array]:
        used = mask.reshape(-1, self.windows)
        return self.weights[used.any(axis=1)], self.quantities[:, used.any(axis=0)]

    def scalar(self, row: int) -> Sum:
        place, window = divmod(row, self.windows)
        return self._sum(place, self.quantities[:, window])

    def without_zeros(self) -> MatrixProduct | RaggedSums:
        """The same sums without the zeros that fill the matrix; itself if it has none."""
        if self.signs is None or self.signs.all():
            return self
        assert self.windows == 1, "a filled matrix has one window"
        row, term = at = np.nonzero(self.signs)
        starts = np.searchsorted(row, np.arange(self.block.size))
        return RaggedSums(self.block, self.weights[at], self.signs[at], self.quantities[term, 0], starts)


@dataclass(frozen=True, eq=False)
class RaggedSums(_Products):
    """Sums over scalars that have little in common: products side by side, added up sum by sum.

    Attributes:
        weights, quantities: of all terms of all sums, one after another.
        starts: the first term of each sum.
    """

    starts: Array

    @property
    def sizes(self) -> Array:
        """How many terms each sum has."""
        return np.diff(self.starts, append=len(self.weights))

    def padded(self) -> tuple[Array, Array]:
        """The places of the terms, shape (sums, most terms), and a mask of the terms that are present."""
        column = np.arange(self.sizes.max())
        present = column < self.sizes[:, np.newaxis]
        return np.where(present, self.starts[:, np.newaxis] + column, 0), present

    def _read_by(self, mask: Array) -> tuple[Array, Array]:
        terms = np.repeat(mask, self.sizes)
        return self.weights[terms], self.quantities[terms]

    def scalar(self, row: int) -> Sum:
        terms = slice(*np.append(self.starts, len(self.weights))[row : row + 2].tolist())
        return self._sum(terms, self.quantities[terms])


Step = RowStep | Sum | MatrixProduct | RaggedSums


def _addresses(operands: Iterable[Operand], rows: Any) -> Iterator[Array]:
    return (operand.addresses[rows] for operand in operands if isinstance(operand, Gather))


# -- programs -------------------------------------------------------------------------------------


@dataclass(eq=False)
class ArrayProgram:
    """A calculation on blocks, for any kind of array.

    Attributes:
        constants, inputs, parameters: the blocks of leaves, in the order of their addresses.
        numbers: the constants; the first is 1.
        blocks: all blocks, in the order of their addresses.
        steps: in order.
        outputs, columns: addresses of the results, and of the columns of X.
        wrt: addresses of the numbers of theta; of a parameter that is an input too, among the inputs.
        labels: of lines of the tape; last None, for scalars that are no line there.
        shapes: of the arrays whose scalars all have one label, by that label; none of a graph of Values.
    """

    constants: Block
    inputs: Block
    parameters: Block
    numbers: Array
    blocks: Sequence[Block]
    steps: Sequence[Step]
    outputs: Array
    columns: Array
    wrt: Array
    labels: Sequence[str | None]
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._starts = [block.start for block in self.blocks]
        self._start_array = np.array(self._starts)

    def pieces(self, addresses: Array) -> list[Piece]:
        """The blocks that addresses are in, each once."""
        flat = addresses.ravel()
        if not len(flat):
            return []
        ends = np.minimum.reduce(flat), np.maximum.reduce(flat)
        first, last = (bisect.bisect(self._starts, address) for address in ends)
        if first == last:  # several times as fast, and the commonest
            block = self.blocks[first - 1]
            return [Piece(block, flat - block.start, np.arange(len(flat)))]
        owner = np.searchsorted(self._start_array, flat, "right") - 1
        order = np.argsort(owner, kind="stable")  # one sort: a mask for each block would be quadratic
        owners, cuts = np.unique(owner[order], return_index=True)
        parts = zip(owners.tolist(), np.split(order, cuts[1:]), strict=True)
        return [Piece(b := self.blocks[i], flat[places] - b.start, places) for i, places in parts]

    def dependencies(self, addresses: Array) -> dict[Block, Array]:
        """For each block a mask of its rows that some scalars are computed from; only if any are."""
        masks: dict[Block, Array] = {}

        def mark(addresses: Array) -> None:
            for piece in self.pieces(addresses):
                masks.setdefault(piece.block, np.zeros(piece.block.size, bool))[piece.rows] = True

        mark(addresses)
        for step in reversed(self.steps):
            if step.block in masks:
                for read in step.reads(masks[step.block]):
                    mark(read)
        return masks

    def all_numbers(self) -> Array:
        """The constants, and the numbers that are operands."""
        operands = (o for step in self.steps for o in step.operands if not isinstance(o, Gather))
        numbers = (np.ravel(o.value if isinstance(o, Number) else o.numbers) for o in operands)
        return np.concatenate([self.numbers, *numbers])


def in_order(rows: Array) -> bool:
    """Whether rows lie one after another.

    >>> in_order(np.array([3, 4, 5])), in_order(np.array([3, 5]))
    (True, False)
    """
    return len(rows) > 0 and bool(rows[-1] - rows[0] == len(rows) - 1 and (rows[1:] - rows[:-1] == 1).all())


def without_zeros(program: ArrayProgram) -> ArrayProgram:
    """A program whose matrices have no zeros to fill them; the same program where none has.

    0 times a scalar adds nothing to a sum, unless the scalar is infinite or nan.
    """
    steps = [step.without_zeros() if isinstance(step, MatrixProduct) else step for step in program.steps]
    return program if steps == program.steps else replace(program, steps=steps)
