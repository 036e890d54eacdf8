"""What a program computes, line by line: `listing` writes it as text, `viz.draw` as mathematics."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from autograd._compiler.array_program import (
    Block,
    Lifted,
    Map,
    Product,
    Segments,
    Step,
    addresses_of,
    in_order,
)
from autograd._compiler.describe.formulas import (
    Addend,
    Applied,
    Formula,
    Joined,
    Matrix,
    Named,
    Number,
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

    def __init__(self, lifted: Lifted, labels: Mapping[int, str], outputs: Any) -> None:
        self._lifted, self._addresses = lifted, outputs
        self._labels = [labels.get(line) for block in lifted.blocks for line in block.lines.tolist()]
        family: dict[str, list[int]] = {}
        for i in range(lifted.constants.start):
            if letter := short(self._labels[i]):
                family.setdefault(letter, []).append(i)
        self._family = {letter: np.array(places) for letter, places in family.items()}  # also of one layer
        used = {re.sub(r"\d", "", letter).lower() for label in self._labels if (letter := short(label))}
        self._letter = next(letter for letter in "vusrqpnmg" if letter not in used or letter == "g")
        self._names = (f"{self._letter}{i}" for i in itertools.count(1))
        self._step = {step.block: step for step in lifted.steps}
        self._leaves: dict[str, Named] = {}
        self._line: dict[Block, Named] = {}
        self._inside: dict[Block, _Inside] = {}  # what stands where it is used
        self._shape: dict[Block, tuple[int, ...]] = {}
        self._reshaped: set[Named] = set()  # weights that are matrices of several shapes
        self._uses: dict[Block, int] = {}
        for addresses in (outputs, *(a for step in lifted.steps for a in addresses_of(step))):
            pieces = list(lifted.pieces(addresses))
            for piece in pieces:
                once = len(pieces) == 1 and _is_whole(piece.block, piece.rows)
                self._uses[piece.block] = self._uses.get(piece.block, 0) + (1 if once else 2)
        taken = set(self._family)
        self.lines = list(self._found(taken))
        self.outputs = self._of(outputs)
        self.result: Named | None = None
        named = self.outputs.parts if isinstance(self.outputs, Joined) else (self.outputs,)
        if not all(isinstance(part, Part) for part in named):
            count = sum(self._inside[b].operations for b in self._read([outputs]))
            said = [self._labels[i] if i >= 0 else None for i in outputs.tolist()]
            self.result = Named(
                self._free(taken), said, (len(outputs),), formula=self.outputs, operations=count
            )

    def _found(self, taken: set[str]) -> Iterator[Named]:
        for step in self._lifted.steps:
            block, read = step.block, self._read(addresses_of(step))
            made = _Inside(
                self._made(step),
                _operations(step) + sum(self._inside[b].operations for b in read),
                1 + max((self._inside[b].depth for b in read), default=0),
            )
            letter = self._common(block.start + np.arange(block.size))
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
            return self._single(int(self._addresses[row]))
        return self._single_made(self._step[line.block], row)

    def _free(self, taken: set[str]) -> str:
        """A name for what has no label, with a letter that no label has."""
        return next(name for name in self._names if name not in taken)

    # -- arrays ---------------------------------------------------------------------------------

    def _read(self, several: Any) -> set[Block]:
        """The blocks among what is read that stand where they are used."""
        return {p.block for a in several for p in self._lifted.pieces(a) if p.block in self._inside}

    def _common(self, addresses: Any) -> str | None:
        """What the labels of some quantities have in common: a letter and a layer."""
        found = {short(self._labels[i]) for i in addresses.ravel().tolist() if i >= 0}
        return found.pop() if len(found) == 1 else None

    def _of(self, addresses: Any) -> Formula:
        """Quantities by their names."""
        flat = addresses.ravel()
        flat = flat[:1] if (flat == flat[0]).all() else flat  # one for all
        found: list[Formula] = []
        for piece in sorted(self._lifted.pieces(flat), key=lambda piece: int(piece.places[0])):
            block, rows = piece.block, piece.rows
            if block is self._lifted.constants:
                found.append(_numbers(self._lifted.numbers[rows]))
            elif block in self._inside:
                found.append(self._inside[block].formula)
            elif block in self._line:
                found.append(Part(self._line[block], rows))
            else:
                found += self._leaves_of(block, rows)
        if (flat < 0).any():
            found.append(Number(1.0))
        return found[0] if len(found) == 1 else Joined(tuple(found))

    def _leaves_of(self, block: Block, rows: Any) -> list[Part]:
        """Leaves by their letters, one after another; all by their places where that would be many."""
        letters = [short(self._labels[i]) for i in (rows + block.start).tolist()]
        cuts = (rows[1:] != rows[:-1] + 1) | np.array([a != b for a, b in pairwise(letters)], bool)
        starts = [0, *(np.flatnonzero(cuts) + 1).tolist()]
        if len(set(letters)) == 1 or None in letters or len(starts) > LISTED:
            return [self._leaf(block, rows)]
        return [self._leaf(block, part) for part in np.split(rows, starts[1:])]

    def _leaf(self, block: Block, rows: Any) -> Part:
        """Leaves by their letter, and their places among those of that letter; or in theta, in x."""
        name = self._common(rows + block.start)
        own = block is self._lifted.parameters
        if name is None:
            family = np.arange(block.start, block.start + block.size)
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
            case Map(row=None):
                self._like(step.block, step.terms[0].quantity)
                return Total(
                    tuple(
                        Addend(
                            term.sign,
                            None if term.factor is None else self._of(term.factor),
                            _numbers(term.quantity)
                            if term.quantity.dtype.kind == "f"
                            else self._of(term.quantity),
                        )
                        for term in step.terms
                    )
                )
            case Map():
                assert step.row is not None
                self._like(step.block, step.args[0])
                return Applied(
                    step.row, tuple(Number(a) if isinstance(a, float) else self._of(a) for a in step.args)
                )
            case Product():
                (sums, terms), windows = step.weights.shape, step.quantities.shape[1]
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
            case Segments():
                quantity, shape = self._of(step.quantities), (step.block.size, len(step.weights))
                return Ragged(self._weights(step), step.signs is not None, quantity, shape)

    def _weights(self, step: Product | Segments) -> Formula | None:
        return None if (step.weights < 0).all() else self._of(step.weights)

    def _like(self, block: Block, addresses: Any) -> None:
        """A step that goes quantity by quantity leaves their shape as it is."""
        if isinstance(addresses, float) or addresses.dtype.kind == "f":
            return
        pieces = list(self._lifted.pieces(addresses))
        if len(pieces) == 1 and _is_whole(pieces[0].block, pieces[0].rows):
            shape = self._shape.get(pieces[0].block)
            if shape is not None and pieces[0].block.size == block.size:
                self._shape[block] = shape

    # -- single quantities ------------------------------------------------------------------------

    def _single(self, address: int) -> Formula:
        if address < 0:
            return Number(1.0)
        (piece,) = self._lifted.pieces(np.array([address]))
        if piece.block in self._inside:
            return self._single_made(self._step[piece.block], int(piece.rows[0]))
        return self._of(np.array([address]))

    def _single_made(self, step: Step, row: int) -> Formula:
        match step:
            case Map(row=None):
                return Total(
                    tuple(
                        Addend(
                            term.sign,
                            None if term.factor is None else self._single(int(term.factor[row])),
                            Number(float(term.quantity[row]))
                            if term.quantity.dtype.kind == "f"
                            else self._single(int(term.quantity[row])),
                        )
                        for term in step.terms
                    )
                )
            case Map():
                assert step.row is not None
                args = (Number(a) if isinstance(a, float) else self._single(int(a[row])) for a in step.args)
                return Applied(step.row, tuple(args))
            case Product():
                at, window = divmod(row, step.quantities.shape[1])
                signs = None if step.signs is None else step.signs[at]
                return self._single_sum(step.weights[at], signs, step.quantities[:, window])
            case Segments():
                ends = [*step.starts.tolist()[1:], len(step.weights)]
                here = slice(int(step.starts[row]), ends[row])
                signs = None if step.signs is None else step.signs[here]
                return self._single_sum(step.weights[here], signs, step.quantities[here])

    def _single_sum(self, weights: Any, signs: Any, quantities: Any) -> Formula:
        signs = np.ones(len(weights)) if signs is None else signs
        return Total(
            tuple(
                Addend(
                    float(sign),
                    None if weight < 0 else self._single(int(weight)),
                    self._single(int(quantity)),
                )
                for weight, sign, quantity in zip(weights, signs, quantities, strict=True)
                if sign  # a zero of a matrix is none of the terms
            )
        )


@dataclass(frozen=True)
class _Inside:
    """What stands where it is used: its formula, how many operations that takes, how deep it nests."""

    formula: Formula
    operations: int
    depth: int


def _is_whole(block: Block, rows: Any) -> bool:
    return len(rows) == block.size and in_order(rows)


def _numbers(x: Any) -> Formula:
    return Number(float(x[0])) if (x == x[0]).all() else Numbers(len(x))


def _operations(step: Step) -> int:
    """How many operations on single quantities a step does: its products, and its sums of two."""
    match step:
        case Map(row=None):
            factors = sum(term.factor is not None for term in step.terms)
            return step.block.size * (factors + max(len(step.terms) - 1, 1))
        case Map():
            return step.block.size
    terms = np.ones(step.weights.shape) if step.signs is None else step.signs
    windows = step.quantities.shape[1] if isinstance(step, Product) else 1
    products = int(((step.weights >= 0) & (terms != 0)).sum())
    return products * windows + int((terms != 0).sum()) * windows - step.block.size


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
