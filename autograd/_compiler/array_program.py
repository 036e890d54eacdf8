"""The array program: blocks of scalars, and the steps that compute them.

It is all that the rooms of the compiler share: `find` makes one from a recorded graph, `describe` prints
it, `numpy_code` writes it as NumPy calls, `interpret` performs it step by step, `export` translates it.

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
from collections.abc import Callable, Iterator, Mapping, Sequence
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
        start: the address of the first.
        size: how many.
        batched: whether they differ from example to example.
        active: whether any depends on a parameter.
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

    def part(self, row: int) -> Block:
        """One row as a block."""
        return replace(self, start=self.start + row, size=1, lines=self.lines[row : row + 1])


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


@dataclass(frozen=True, eq=False)
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


class _Elementwise:
    """A step that computes each row from the same row of its operands."""

    @property
    def operands(self) -> tuple[Operand, ...]:
        raise NotImplementedError

    def reads(self, rows: Any = ALL) -> Iterator[Array]:
        """The addresses that some rows are computed from, an array for each operand."""
        return (operand.addresses[rows] for operand in self.operands if isinstance(operand, Gather))

    def evaluate(self, operand: Callable[[Operand], T], apply: Callable[..., T]) -> T:
        """The result of the step, with operands and rows of the table given a meaning.

        Args:
            operand: the value of an operand.
            apply: the value of a row on values: ``apply(row, *args)``.
        """
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class RowStep(_Elementwise):
    """A row of the table, applied to operands."""

    block: Block
    row: Row
    args: tuple[Operand, ...]

    @property
    def operands(self) -> tuple[Operand, ...]:
        return self.args

    @property
    def operations(self) -> int:
        """How many operations on single scalars it takes."""
        return self.block.size

    def evaluate(self, operand: Callable[[Operand], T], apply: Callable[..., T]) -> T:
        return apply(self.row, *map(operand, self.args))

    def scalar(self, row: int) -> RowStep:
        """The step of one row alone."""
        return RowStep(self.block.part(row), self.row, tuple(a.at([row]) for a in self.args))


@dataclass(frozen=True)
class Term:
    """A term of a `Sum`: sign * factor * quantity; no factor is 1."""

    factor: Gather | None
    sign: float
    quantity: Operand


@dataclass(frozen=True, eq=False)
class Sum(_Elementwise):
    """A sum of few terms."""

    block: Block
    terms: tuple[Term, ...]

    @property
    def operands(self) -> tuple[Operand, ...]:
        return tuple(o for term in self.terms for o in (term.quantity, term.factor) if o is not None)

    @property
    def operations(self) -> int:
        products = sum(term.factor is not None for term in self.terms)
        return self.block.size * (products + max(len(self.terms) - 1, 1))

    def evaluate(self, operand: Callable[[Operand], T], apply: Callable[..., T]) -> T:
        mul, add, sub, neg = map(lookup, ("mul", "add", "sub", "neg"))
        total: T | None = None
        for term in sorted(self.terms, key=lambda term: -term.sign):
            value = operand(term.quantity)
            if term.factor is not None:
                value = apply(mul, operand(term.factor), value)
            if total is None:
                total = value if term.sign > 0 else apply(neg, value)
            else:
                total = apply(add if term.sign > 0 else sub, total, value)
        assert total is not None
        return total

    def scalar(self, row: int) -> Sum:
        terms = (Term(t.factor and t.factor.at([row]), t.sign, t.quantity.at([row])) for t in self.terms)
        return Sum(self.block.part(row), tuple(terms))


@dataclass(frozen=True, eq=False)
class MatrixProduct:
    """W @ X: sums over the same scalars, or over several windows of them.

    Attributes:
        weights: addresses, shape (sums, terms).
        signs: of the weights, in that shape; None if all are +. A 0 fills a matrix where a sum has no term.
        quantities: addresses, shape (terms, windows).
        block: its rows are sum by sum, each window by window.
    """

    block: Block
    weights: Array
    signs: Array | None
    quantities: Array

    operands = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many sums, terms and windows."""
        return (*self.weights.shape, self.quantities.shape[1])

    def reads(self, rows: Any = ALL) -> Iterator[Array]:
        mask = np.zeros(self.block.size, bool)
        mask[rows] = True
        used = mask.reshape(len(self.weights), -1)
        yield self.weights[used.any(axis=1)]
        yield self.quantities[:, used.any(axis=0)]

    @property
    def operations(self) -> int:
        windows = self.shape[2]
        return _multiply_adds(self.weights, self.signs) * windows - self.block.size

    def scalar(self, row: int) -> Sum:
        at, window = divmod(row, self.quantities.shape[1])
        signs = None if self.signs is None else self.signs[at]
        return _sum(self.block.part(row), self.weights[at], signs, self.quantities[:, window])

    def without_zeros(self) -> MatrixProduct | RaggedSums:
        """The same sums without the zeros that fill the matrix; itself where there are none."""
        if self.signs is None or self.signs.all():
            return self
        assert self.quantities.shape[1] == 1, "a filled matrix has one window"
        row, term = np.nonzero(self.signs)
        starts = np.searchsorted(row, np.arange(self.block.size))
        weights, signs = self.weights[row, term], self.signs[row, term]
        return RaggedSums(self.block, weights, signs, self.quantities[term, 0], starts)


@dataclass(frozen=True, eq=False)
class RaggedSums:
    """Sums over scalars that have little in common: products side by side, added up sum by sum.

    Attributes:
        weights, signs, quantities: of all terms of all sums, one after another.
        starts: the first term of each sum.
    """

    block: Block
    weights: Array
    signs: Array | None
    quantities: Array
    starts: Array

    operands = ()

    @property
    def sizes(self) -> Array:
        """How many terms each sum has."""
        return np.diff(self.starts, append=len(self.weights))

    def padded(self) -> tuple[Array, Array]:
        """The places of the terms, shape (sums, most terms), and a mask of the terms that are present."""
        column = np.arange(self.sizes.max())
        present = column < self.sizes[:, np.newaxis]
        return np.where(present, self.starts[:, np.newaxis] + column, 0), present

    def reads(self, rows: Any = ALL) -> Iterator[Array]:
        mask = np.zeros(self.block.size, bool)
        mask[rows] = True
        terms = np.repeat(mask, self.sizes)
        yield self.weights[terms]
        yield self.quantities[terms]

    @property
    def operations(self) -> int:
        return _multiply_adds(self.weights, self.signs) - self.block.size

    def scalar(self, row: int) -> Sum:
        start = int(self.starts[row])
        terms = slice(start, start + int(self.sizes[row]))
        signs = None if self.signs is None else self.signs[terms]
        return _sum(self.block.part(row), self.weights[terms], signs, self.quantities[terms])


Step = RowStep | Sum | MatrixProduct | RaggedSums


def _multiply_adds(weights: Array, signs: Array | None) -> int:
    present = np.ones(weights.shape, bool) if signs is None else signs != 0
    return int(present.sum()) + int((present & (weights != ONE)).sum())


def _sum(block: Block, weights: Array, signs: Array | None, quantities: Array) -> Sum:
    """The sum of one row; the zeros of a matrix are no terms."""
    signs = np.ones(len(weights)) if signs is None else signs
    return Sum(block, tuple(
        Term(None if weights[i] == ONE else Gather(weights[[i]]), float(signs[i]), Gather(quantities[[i]]))
        for i in np.flatnonzero(signs).tolist()
    ))  # fmt: skip


# -- programs -------------------------------------------------------------------------------------


@dataclass(eq=False)
class ArrayProgram:
    """A calculation on blocks, for any kind of array.

    Attributes:
        constants, inputs, parameters: the blocks of leaves, in the order of their addresses.
        numbers: the constants; the first is 1.
        blocks: all blocks, in the order of their addresses.
        steps: in order.
        outputs: addresses of the results.
        columns: addresses of the columns of X.
        wrt: addresses of the numbers of theta; of a parameter that is an input too, among the inputs.
        labels: of lines of the tape.
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
    labels: Mapping[int, str]
    _first: list[int] = field(init=False, repr=False)
    _starts: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._first = [block.start for block in self.blocks]
        self._starts = np.array(self._first)

    def pieces(self, addresses: Array) -> list[Piece]:
        """The blocks that addresses are in, each once."""
        flat = addresses.ravel()
        if not len(flat):
            return []
        if len(flat) == 1:  # the commonest of a program of scalars, ten times as fast
            block = self.blocks[bisect.bisect(self._first, flat.item()) - 1]
            return [Piece(block, flat - block.start, np.zeros(1, int))]
        first, last = np.searchsorted(self._starts, (flat.min(), flat.max()), "right").tolist()
        if first == last:
            block = self.blocks[first - 1]
            return [Piece(block, flat - block.start, np.arange(len(flat)))]
        owner = np.searchsorted(self._starts, flat, "right") - 1
        order = np.argsort(owner, kind="stable")  # one sort: a mask for each block would be quadratic
        owners, cuts = np.unique(owner[order], return_index=True)
        blocks = [self.blocks[i] for i in owners.tolist()]
        parts = np.split(order, cuts[1:])
        return [Piece(b, flat[places] - b.start, places) for b, places in zip(blocks, parts, strict=True)]

    def dependencies(self, addresses: Array) -> dict[Block, Array]:
        """For each block a mask of its rows that some scalars are computed from; only where there are any."""
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
        numbers = [self.numbers]
        for step in self.steps:
            for operand in step.operands:
                match operand:
                    case Number(value):
                        numbers.append(np.array([value]))
                    case Column(column):
                        numbers.append(column)
        return np.concatenate(numbers)


def in_order(rows: Array) -> bool:
    """Whether rows lie one after another.

    >>> in_order(np.array([3, 4, 5])), in_order(np.array([3, 5]))
    (True, False)
    """
    return len(rows) > 0 and bool(rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all())


def without_zeros(program: ArrayProgram) -> ArrayProgram:
    """A program whose matrices have no zeros to fill them; the same program where none has.

    0 times a scalar adds nothing to a sum, unless the scalar is infinite or nan.
    """
    steps = [step.without_zeros() if isinstance(step, MatrixProduct) else step for step in program.steps]
    return program if steps == program.steps else replace(program, steps=steps)
