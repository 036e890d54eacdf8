"""A program line by line, as formulas: `describe.text` writes them as text, `viz.draw` as mathematics."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._compiler.array_program import (
    ONE,
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
    number_or_column,
)
from autograd._compiler.describe.formulas import (
    Addend,
    Applied,
    Formula,
    Joined,
    Matrix,
    Named,
    Numbers,
    Part,
    Ragged,
    Total,
)
from autograd._compiler.describe.line_names import LineNames

__all__ = ["Lines"]

LISTED = 6  # groups of leaves that are listed by their letters; more are named by their places in theta or x


class Lines:
    """The lines of a program, and the leaves that they are computed from.

    A block without labels that is used once has no line: its formula is part of the formula that uses it.

    Attributes:
        lines: in order.
        outputs: the results of the program.
        width: how many results there are.
        result: the results as a last line, if they are more than scalars of lines and leaves; else None.

    >>> from autograd import Value, compile, sigmoid
    >>> w = [[Value(1.0, label=f"w_{j}{k}") for k in range(2)] for j in range(3)]
    >>> x = [Value(0.0, label=f"x_{k}") for k in range(2)]
    >>> z = [(row[0] * x[0] + row[1] * x[1]).with_label(f"z_{j}") for j, row in enumerate(w)]
    >>> program = compile([sigmoid(z_j) for z_j in z], x, [v for row in w for v in row]).lines
    >>> [(line.name, line.shape, line.operations) for line in (*program.lines, program.result)]
    [('z', (3,), 9), ('v1', (3,), 3)]
    >>> z = program.lines[0].formula
    >>> z.weights.of.name, z.weights.of.shape, z.quantity.of.name, z.shape
    ('w', (3, 2), 'x', (3, 2, 1))
    """

    def __init__(self, program: ArrayProgram) -> None:
        self._program, outputs, self.width = program, program.outputs, len(program.outputs)
        self._names = names = LineNames(program)
        self._labels = names.labels
        self._step = {step.block: step for step in program.steps}
        self._leaves: dict[str, Named] = {}
        self._line: dict[Block, Named] = {}
        self._inlined: dict[Block, _Inlined] = {}
        self._shape: dict[Block, tuple[int, ...]] = {}
        self._reshaped: set[Named] = set()  # weights that are matrices of several shapes
        self.lines = list(self._steps_with_names())
        self.outputs = self.named(outputs)
        self.result: Named | None = None
        several = self.outputs.parts if isinstance(self.outputs, Joined) else (self.outputs,)
        if not all(isinstance(part, Part) for part in several):
            operations = self._operations(piece.block for piece in program.pieces(outputs))
            labels = [self._labels[i] for i in outputs.tolist()]
            self.result = Named(
                names.unused_name(), labels, (len(outputs),), formula=self.outputs, operations=operations
            )

    def single(self, line: Named, row: int = 0) -> Formula:
        """The formula of one scalar of a line, in the single scalars that it was recorded with."""
        if line.block is None:
            return self._single(self._program.outputs[[row]])
        return _elementwise(self._step[line.block].scalar(row), self._single)

    def named(self, addresses: Any) -> Formula:
        """Scalars by their names; the formula of inlined scalars."""
        flat = addresses.ravel()
        flat = flat[:1] if (flat == flat[0]).all() else flat
        formulas: list[Formula] = []
        for piece in sorted(self._program.pieces(flat), key=lambda piece: int(piece.places[0])):
            block, rows = piece.block, piece.rows
            if block is self._program.constants:
                formulas.append(_operand(number_or_column(self._program.numbers[rows]), self.named))
            elif block in self._inlined:
                formulas.append(self._inlined[block].formula)
            elif block in self._line:
                formulas.append(Part(self._line[block], rows))
            else:
                formulas += self._leaf_parts(block, rows)
        return formulas[0] if len(formulas) == 1 else Joined(tuple(formulas))

    def _single(self, address: Any) -> Formula:
        (piece,) = self._program.pieces(address)
        if piece.block in self._inlined:
            return _elementwise(self._step[piece.block].scalar(int(piece.rows[0])), self._single)
        return self.named(address)

    # -- lines ----------------------------------------------------------------------------------

    def _steps_with_names(self) -> Iterator[Named]:
        for step in self._program.steps:
            block, formula = step.block, self._step_formula(step)
            operations = step.operations + self._operations(self._names.reads[block])
            if block not in self._names.names:
                self._inlined[block] = _Inlined(formula, operations)
                continue
            name, labels = self._names.names[block], self._labels[block.start : block.start + block.size]
            shape = self._shape.get(block, (block.size,))
            array = self._names.shape_of(labels) if in_order(block.lines) else None
            self._line[block] = Named(
                name, labels, shape, formula=formula, operations=operations, block=block, array=array
            )
            yield self._line[block]

    def _operations(self, reads: Iterable[Block]) -> int:
        """The operations of the blocks among these that are inlined."""
        return sum(
            self._inlined[block].operations for block in dict.fromkeys(reads) if block in self._inlined
        )

    # -- formulas -------------------------------------------------------------------------------

    def _leaf_parts(self, block: Block, rows: Any) -> list[Part]:
        """Leaves by their letters, one group after another; if there are many groups, as one part."""
        names = self._names
        letters = names.letter[rows + block.start]
        unlabelled = None in names.letters and (letters == names.letters.index(None)).any()
        if unlabelled or (letters == letters[0]).all():
            return [self._leaf_part(block, rows)]
        cuts = np.flatnonzero((np.diff(rows) != 1) | (np.diff(letters) != 0)) + 1
        groups = np.split(rows, cuts) if len(cuts) < LISTED else [rows]
        return [self._leaf_part(block, group) for group in groups]

    def _leaf_part(self, block: Block, rows: Any) -> Part:
        """Leaves by their letter, and their places among all of that letter; or else in theta or x."""
        letter = self._names.common_letter(rows + block.start)
        parameter, families = block is self._program.parameters, self._names.families
        name = letter or ("theta" if parameter else "X" if "x" in families else "x")
        family = families[letter] if letter else block.addresses
        key = letter or f"{name}[]"  # distinct from every letter
        start, consecutive = int(family[0]), in_order(family)
        if key not in self._leaves:
            addresses = slice(start, start + len(family))
            labels = self._labels[addresses] if consecutive else [self._labels[i] for i in family.tolist()]
            array = self._names.shape_of(labels)
            self._leaves[key] = Named(
                name, labels, (len(labels),), parameter, letter is not None, array=array
            )
        places = rows + (block.start - start) if consecutive else np.searchsorted(family, rows + block.start)
        return Part(self._leaves[key], places)

    def _step_formula(self, step: Step) -> Formula:
        match step:
            case RowStep() | Sum():
                self._keep_shape(step.block, step.operands[0])
                return _elementwise(step, self.named)
            case MatrixProduct():
                sums, terms, windows = step.shape
                weights, quantity = self._weights(step), self.named(step.quantities)
                formula = Matrix(weights, step.signs is not None, quantity, step.shape)
                if (matrix := formula.matrix) is not None and sums > 1:
                    flat = len(matrix.shape) == 1 and matrix not in self._reshaped
                    alike = flat or matrix.shape == (sums, terms)
                    matrix.shape = (sums, terms) if alike else (len(matrix),)
                    if not alike:
                        self._reshaped.add(matrix)
                if windows > 1:
                    self._shape[step.block] = (sums, windows)
                    if isinstance(quantity, Part) and quantity.whole:
                        quantity.of.shape = (terms, windows)
                return formula
            case RaggedSums():
                quantity, shape = self.named(step.quantities), (step.block.size, len(step.weights))
                return Ragged(self._weights(step), step.signs is not None, quantity, shape)

    def _weights(self, step: MatrixProduct | RaggedSums) -> Formula | None:
        return None if (step.weights == ONE).all() else self.named(step.weights)

    def _keep_shape(self, block: Block, operand: Operand) -> None:
        """Give the block of an elementwise step the shape of its first operand."""
        pieces = self._program.pieces(operand.addresses) if isinstance(operand, Gather) else []
        if len(pieces) == 1 and pieces[0].is_whole:
            shape = self._shape.get(pieces[0].block)
            if shape is not None and pieces[0].block.size == block.size:
                self._shape[block] = shape


@dataclass(frozen=True, eq=False)
class _Inlined:
    """A formula that is part of another, with its operations on single scalars."""

    formula: Formula
    operations: int


def _elementwise(step: RowStep | Sum, of: Callable[[Any], Formula]) -> Formula:
    if isinstance(step, RowStep):
        return Applied(step.row, tuple(_operand(a, of) for a in step.operands))
    terms = ((t.sign, t.factor and of(t.factor.addresses), _operand(t.quantity, of)) for t in step.terms)
    return Total(tuple(itertools.starmap(Addend, terms)))


def _operand(operand: Operand, of: Callable[[Any], Formula]) -> Formula:
    match operand:
        case Gather(addresses):
            return of(addresses)
        case Column(numbers):
            return Numbers(len(numbers))
        case Number():
            return operand
