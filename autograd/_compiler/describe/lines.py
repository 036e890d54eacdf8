"""What a program computes, line by line: `listing` writes it as text, `viz.draw` as mathematics."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator
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

DEPTH = 40  # of a formula: what lies deeper gets a line of its own
LISTED = 6  # leaves with different letters that are named one after another, and not by their places


class Lines:
    """The lines of a program, and the leaves that they are computed from.

    What has no label and is used once stands where it is used.

    Attributes:
        lines: in order.
        outputs: what the program returns.
        result: that, if it is more than quantities of the lines and leaves.
        width: how many numbers that is.

    >>> from autograd import Value, compile, sigmoid
    >>> w = [[Value(1.0, label=f"w_{j}{k}") for k in range(2)] for j in range(3)]
    >>> x = [Value(0.0, label=f"x_{k}") for k in range(2)]
    >>> z = [(row[0] * x[0] + row[1] * x[1]).with_label(f"z_{j}") for j, row in enumerate(w)]
    >>> found = compile([sigmoid(one) for one in z], x, [v for row in w for v in row]).lines
    >>> [(line.name, line.shape, line.operations) for line in (*found.lines, found.result)]
    [('z', (3,), 9), ('v1', (3,), 3)]
    >>> z = found.lines[0].formula
    >>> z.weights.of.name, z.weights.of.shape, z.quantity.of.name, z.shape
    ('w', (3, 2), 'x', (3, 2, 1))
    """

    def __init__(self, program: ArrayProgram) -> None:
        self._program, outputs = program, program.outputs
        self.width = len(outputs)
        lines = np.concatenate([block.lines for block in program.blocks]).tolist()
        self._labels = list(map(program.labels.get, lines))
        letters = list(map(short, self._labels))
        self._letters = list(dict.fromkeys(letters))
        places = {letter: place for place, letter in enumerate(self._letters)}
        self._letter_of = np.array([places[letter] for letter in letters])
        first, end = program.inputs.start, program.parameters.start + program.parameters.size
        own = self._letter_of[first:end]
        self._family = {  # also of one layer
            letter: first + np.flatnonzero(own == place)
            for letter, place in places.items()
            if letter and place in own
        }
        used = {re.sub(r"\d", "", letter).lower() for letter in self._letters if letter}
        self._letter = next(letter for letter in "vusrqpnmg" if letter not in used or letter == "g")
        self._names = (f"{self._letter}{i}" for i in itertools.count(1))
        self._step = {step.block: step for step in program.steps}
        self._leaves: dict[str, Named] = {}
        self._line: dict[Block, Named] = {}
        self._inside: dict[Block, _Inside] = {}  # what stands where it is used
        self._shape: dict[Block, tuple[int, ...]] = {}
        self._reshaped: set[Named] = set()  # weights that are matrices of several shapes
        self._uses: dict[Block, int] = {}
        for addresses in (outputs, *(a for step in program.steps for a in step.reads())):
            pieces = program.pieces(addresses)
            for piece in pieces:
                once = len(pieces) == 1 and piece.is_whole
                self._uses[piece.block] = self._uses.get(piece.block, 0) + (1 if once else 2)
        taken = set(self._family)
        self.lines = list(self._found(taken))
        self.outputs = self._of(outputs)
        self.result: Named | None = None
        named = self.outputs.parts if isinstance(self.outputs, Joined) else (self.outputs,)
        if not all(isinstance(part, Part) for part in named):
            count = sum(self._inside[b].operations for b in self._read([outputs]))
            said = [self._labels[i] for i in outputs.tolist()]
            self.result = Named(
                self._free(taken), said, (len(outputs),), formula=self.outputs, operations=count
            )

    def _found(self, taken: set[str]) -> Iterator[Named]:
        for step in self._program.steps:
            block, read = step.block, self._read(step.reads())
            made = _Inside(
                self._made(step),
                step.operations + sum(self._inside[b].operations for b in read),
                1 + max((self._inside[b].depth for b in read), default=0),
            )
            letter = self._common(block.addresses)
            if letter is None and self._uses.get(block) == 1 and made.depth < DEPTH:
                self._inside[block] = made
                continue
            name = letter
            if name is None or name in taken:
                name = self._free(taken)
            taken.add(name)
            labels = self._labels[block.start : block.start + block.size]
            shape = self._shape.get(block, (block.size,))
            self._line[block] = Named(
                name, labels, shape, formula=made.formula, operations=made.operations, block=block
            )
            yield self._line[block]

    # -- for a reader ---------------------------------------------------------------------------

    def single(self, line: Named, row: int = 0) -> Formula:
        """The formula of one quantity of a line, as it was written in single quantities."""
        if line.block is None:
            return self._single(self._program.outputs[[row]])
        return _elementwise(self._step[line.block].scalar(row), self._single)

    def named(self, addresses: Any) -> Formula:
        """Scalars by their names in the listing; their formula, where they have none."""
        return self._of(addresses)

    def _free(self, taken: set[str]) -> str:
        """A name for what has no label, with a letter that no label has."""
        return next(name for name in self._names if name not in taken)

    # -- arrays ---------------------------------------------------------------------------------

    def _read(self, several: Any) -> set[Block]:
        """The blocks among what is read that stand where they are used."""
        return {p.block for a in several for p in self._program.pieces(a) if p.block in self._inside}

    def _common(self, addresses: Any) -> str | None:
        """What the labels of some quantities have in common: a letter and a layer."""
        letters = self._letter_of[addresses.ravel()]
        return self._letters[letters[0]] if (letters == letters[0]).all() else None

    def _of(self, addresses: Any) -> Formula:
        """Quantities by their names."""
        flat = addresses.ravel()
        flat = flat[:1] if (flat == flat[0]).all() else flat  # one for all
        found: list[Formula] = []
        for piece in sorted(self._program.pieces(flat), key=lambda piece: int(piece.places[0])):
            block, rows = piece.block, piece.rows
            if block is self._program.constants:
                found.append(_operand(number_or_column(self._program.numbers[rows]), self._of))
            elif block in self._inside:
                found.append(self._inside[block].formula)
            elif block in self._line:
                found.append(Part(self._line[block], rows))
            else:
                found += self._leaves_of(block, rows)
        return found[0] if len(found) == 1 else Joined(tuple(found))

    def _leaves_of(self, block: Block, rows: Any) -> list[Part]:
        """Leaves by their letters, one after another; all by their places where that would be many."""
        letters = self._letter_of[rows + block.start]
        cuts = (np.diff(rows) != 1) | (np.diff(letters) != 0)
        starts = [0, *(np.flatnonzero(cuts) + 1).tolist()]
        named = all(self._letters[letter] for letter in np.unique(letters).tolist())
        if (letters == letters[0]).all() or not named or len(starts) > LISTED:
            return [self._leaf(block, rows)]
        return [self._leaf(block, part) for part in np.split(rows, starts[1:])]

    def _leaf(self, block: Block, rows: Any) -> Part:
        """Leaves by their letter, and their places among those of that letter; or in theta, in x."""
        name = self._common(rows + block.start)
        own = block is self._program.parameters
        if name is None:
            family = block.addresses
            name = "theta" if own else "X" if "x" in self._family else "x"
            key = f"{name}[]"  # no letter is so called
        else:
            family = self._family[name]
            key = name
        if key not in self._leaves:
            labels = [self._labels[i] for i in family.tolist()]
            self._leaves[key] = Named(name, labels, (len(labels),), own, key == name)
        return Part(self._leaves[key], np.searchsorted(family, rows + block.start))

    def _made(self, step: Step) -> Formula:
        """What a step does."""
        match step:
            case RowStep() | Sum():
                self._like(step.block, step.operands[0])
                return _elementwise(step, self._of)
            case MatrixProduct():
                sums, terms, windows = step.shape
                weights, quantity = self._weights(step), self._of(step.quantities)
                made = Matrix(weights, step.signs is not None, quantity, (sums, terms, windows))
                if (matrix := made.matrix) is not None and sums > 1:
                    flat = len(matrix.shape) == 1 and matrix not in self._reshaped
                    alike = flat or matrix.shape == (sums, terms)
                    matrix.shape = (sums, terms) if alike else (len(matrix),)
                    if not alike:
                        self._reshaped.add(matrix)
                if windows > 1:
                    self._shape[step.block] = (sums, windows)
                    if isinstance(quantity, Part) and quantity.whole:
                        quantity.of.shape = (terms, windows)
                return made
            case RaggedSums():
                quantity, shape = self._of(step.quantities), (step.block.size, len(step.weights))
                return Ragged(self._weights(step), step.signs is not None, quantity, shape)

    def _weights(self, step: MatrixProduct | RaggedSums) -> Formula | None:
        return None if (step.weights == ONE).all() else self._of(step.weights)

    def _like(self, block: Block, operand: Operand) -> None:
        """A step that goes quantity by quantity leaves their shape as it is."""
        pieces = self._program.pieces(operand.addresses) if isinstance(operand, Gather) else []
        if len(pieces) == 1 and pieces[0].is_whole:
            shape = self._shape.get(pieces[0].block)
            if shape is not None and pieces[0].block.size == block.size:
                self._shape[block] = shape

    # -- single quantities ------------------------------------------------------------------------

    def _single(self, address: Any) -> Formula:
        (piece,) = self._program.pieces(address)
        if piece.block in self._inside:
            return _elementwise(self._step[piece.block].scalar(int(piece.rows[0])), self._single)
        return self._of(address)


@dataclass(frozen=True)
class _Inside:
    """What stands where it is used: its formula, how many operations that takes, how deep it nests."""

    formula: Formula
    operations: int
    depth: int


def _elementwise(step: RowStep | Sum, of: Callable[[Any], Formula]) -> Formula:
    if isinstance(step, RowStep):
        return Applied(step.row, tuple(_operand(a, of) for a in step.args))
    terms = ((t.sign, t.factor and of(t.factor.addresses), _operand(t.quantity, of)) for t in step.terms)
    return Total(tuple(itertools.starmap(Addend, terms)))


def _operand(operand: Operand, of: Callable[[Any], Formula]) -> Formula:
    match operand:
        case Gather(addresses):
            return of(addresses)
        case Column(numbers):
            return Numbers(len(numbers))
        case number:
            return number


def short(label: str | None) -> str | None:
    r"""A label without its indices: `w_{jk}^{(1)}` is w1.

    >>> short(r"w_{12}^{(1)}"), short("y_3"), short(r"\beta"), short(None)
    ('w1', 'y', 'beta', None)
    """
    if not label:
        return None
    _, power, layer = label.partition("^")
    return _short(label.partition("_")[0], power + layer)


@functools.lru_cache(1024)
def _short(start: str, power: str) -> str | None:
    layer = re.search(r"\^\{?\(?(\w+)\)?\}?", power)
    letter = re.match(r"\\?([^\W\d_]+)", start)
    return f"{letter[1]}{layer[1] if layer else ''}" if letter else None
