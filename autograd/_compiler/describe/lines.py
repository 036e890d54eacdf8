"""A program line by line, as formulas: `describe.text` writes them as text, `viz.draw` as mathematics."""

from __future__ import annotations

import itertools
import re
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

__all__ = ["Lines", "short"]

DEPTH = 40  # of nested formulas; a deeper one gets a line of its own
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
        lines = np.concatenate([block.lines for block in program.blocks]).tolist()
        self._labels = list(map(program.labels.get, lines))
        letters, sizes = zip(*_runs(self._labels), strict=True)
        numbers = {letter: number for number, letter in enumerate(dict.fromkeys(letters))}
        self._letters = list(numbers)
        self._letter = np.repeat(
            [numbers[letter] for letter in letters], sizes
        )  # of each address, its number
        leaves = np.concatenate([program.inputs.addresses, program.parameters.addresses])
        self._families = {
            letter: leaves[own]
            for letter, number in numbers.items()
            if letter and (own := self._letter[leaves] == number).any()
        }
        used = {re.sub(r"\d", "", letter).lower() for letter in self._letters if letter}
        own = next(letter for letter in "vusrqpnmg" if letter not in used or letter == "g")
        self._names = (f"{own}{i}" for i in itertools.count(1))  # of blocks without labels
        self._taken = set(self._families)
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
            operations = sum(inlined.operations for inlined in self._inlined_in([outputs]))
            labels = [self._labels[i] for i in outputs.tolist()]
            self.result = Named(
                self._unused_name(), labels, (len(outputs),), formula=self.outputs, operations=operations
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
        used_once = self._used_once()
        for step in self._program.steps:
            block, inlined = step.block, self._inlined_in(step.reads())
            formula = self._step_formula(step)
            operations = step.operations + sum(inner.operations for inner in inlined)
            depth = 1 + max((inner.depth for inner in inlined), default=0)
            letter = self._common_letter(block.addresses)
            if letter is None and block in used_once and depth < DEPTH:
                self._inlined[block] = _Inlined(formula, operations, depth)
                continue
            name = self._unused_name() if letter is None or letter in self._taken else letter
            self._taken.add(name)
            labels = self._labels[block.start : block.start + block.size]
            shape = self._shape.get(block, (block.size,))
            self._line[block] = Named(
                name, labels, shape, formula=formula, operations=operations, block=block
            )
            yield self._line[block]

    def _used_once(self) -> set[Block]:
        """Blocks that are read as a whole, by one operand."""
        uses: dict[Block, int] = {}
        reads = (addresses for step in self._program.steps for addresses in step.reads())
        for addresses in (self._program.outputs, *reads):
            pieces = self._program.pieces(addresses)
            for piece in pieces:
                whole = len(pieces) == 1 and piece.is_whole
                uses[piece.block] = uses.get(piece.block, 0) + (1 if whole else 2)
        return {block for block, count in uses.items() if count == 1}

    def _inlined_in(self, reads: Iterable[Any]) -> set[_Inlined]:
        blocks = (piece.block for addresses in reads for piece in self._program.pieces(addresses))
        return {self._inlined[block] for block in blocks if block in self._inlined}

    def _unused_name(self) -> str:
        return next(name for name in self._names if name not in self._taken)

    def _common_letter(self, addresses: Any) -> str | None:
        """The letter and layer that the labels of all these scalars share."""
        letters = self._letter[addresses]
        return self._letters[letters[0]] if (letters == letters[0]).all() else None

    # -- formulas -------------------------------------------------------------------------------

    def _leaf_parts(self, block: Block, rows: Any) -> list[Part]:
        """Leaves by their letters, one group after another; if there are many groups, as one part."""
        letters = self._letter[rows + block.start]
        unlabelled = None in self._letters and (letters == self._letters.index(None)).any()
        if unlabelled or (letters == letters[0]).all():
            return [self._leaf_part(block, rows)]
        cuts = np.flatnonzero((np.diff(rows) != 1) | (np.diff(letters) != 0)) + 1
        groups = np.split(rows, cuts) if len(cuts) < LISTED else [rows]
        return [self._leaf_part(block, group) for group in groups]

    def _leaf_part(self, block: Block, rows: Any) -> Part:
        """Leaves by their letter, and their places among all of that letter; or else in theta or x."""
        letter = self._common_letter(rows + block.start)
        parameter = block is self._program.parameters
        name = letter or ("theta" if parameter else "X" if "x" in self._families else "x")
        family = self._families[letter] if letter else block.addresses
        key = letter or f"{name}[]"  # distinct from every letter
        if key not in self._leaves:
            labels = [self._labels[i] for i in family.tolist()]
            self._leaves[key] = Named(name, labels, (len(labels),), parameter, letter is not None)
        return Part(self._leaves[key], np.searchsorted(family, rows + block.start))

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
    """A formula that is part of another: with its operations on single scalars, and how deep it nests."""

    formula: Formula
    operations: int
    depth: int


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


def short(label: str | None) -> str | None:
    r"""A label without its indices: `w_{jk}^{(1)}` is w1.

    >>> short(r"w_{12}^{(1)}"), short("y_3"), short(r"\beta"), short(None)
    ('w1', 'y', 'beta', None)
    """
    if not label:
        return None
    layer = re.search(r"\^\{?\(?(\w+)\)?\}?", label)
    letter = re.match(r"\\?([^\W\d_]+)", label)
    return f"{letter[1]}{layer[1] if layer else ''}" if letter else None


def _runs(labels: list[str | None]) -> Iterator[tuple[str | None, int]]:
    """Labels without their indices, and how many neighbours differ by their indices alone."""
    start = 0
    while start < len(labels):
        size = 1
        while start + 2 * size <= len(labels) and _are_alike(labels[start : start + 2 * size]):
            size *= 2
        yield short(labels[start]), size
        start += size


def _are_alike(labels: list[Any]) -> bool:
    """Whether labels start alike up to their index, and end alike from their power on."""
    if labels[0] is None or None in labels:
        return labels.count(None) == len(labels)
    start, index, rest = labels[0].partition("_")
    if not index:
        return labels.count(labels[0]) == len(labels)
    _, sign, power = rest.partition("^")
    text, others = "\n".join(labels) + "\n", len(labels) - 1
    return (
        "^" not in start
        and text.count("\n") == others + 1
        and text.count(f"\n{start}{index}") == others
        and text.count(f"{sign}{power}\n") == others + 1
        and text.count("^") == (others + 1) * (sign + power).count("^")
    )
