"""What the compiler finds in a graph: blocks of quantities, and the steps that compute them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograd._table.rows import Row

__all__ = [
    "Block",
    "Lifted",
    "Map",
    "Piece",
    "Product",
    "Segments",
    "Step",
    "Term",
    "addresses_of",
    "in_order",
    "reached",
    "without_zeros",
]


@dataclass(eq=False)
class Block:
    """Quantities side by side, one row each.

    Attributes:
        start: the address of the first.
        size: how many.
        batched: whether they differ from example to example.
        moves: whether any depends on a parameter.
        lines: of the tape; -1 for what has none there.
    """

    start: int
    size: int
    batched: bool
    moves: bool
    lines: Any

    def is_at(self, addresses: Any) -> bool:
        """Whether these are the addresses of all its quantities, in order."""
        return np.array_equal(addresses, np.arange(self.start, self.start + self.size))


@dataclass(frozen=True)
class Term:
    """One term of a sum, in each of the sums of a `Map`."""

    factor: Any | None  # addresses of what its quantity is multiplied by; None for 1
    sign: float
    quantity: Any  # addresses


@dataclass(frozen=True, eq=False)
class Map:
    """A row of the table on whole blocks; or, without a row, a sum of few terms.

    Attributes:
        row: what is done, row by row.
        args: for each argument the addresses, or a number that all rows share.
        terms: of the sum.
    """

    block: Block
    row: Row | None
    args: tuple[Any, ...] = ()
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, eq=False)
class Product:
    """W @ X: the sums over the same quantities, or over several windows of them.

    Attributes:
        weights: addresses, shape (sums, terms).
        signs: of the weights, in that shape; None if all are +.
        quantities: addresses, shape (terms, windows).
        block: its rows are sum by sum, each window by window.
    """

    block: Block
    weights: Any
    signs: Any | None
    quantities: Any


@dataclass(frozen=True, eq=False)
class Segments:
    """Sums over quantities that have little in common: products side by side, added up piece by piece.

    Attributes:
        weights, signs, quantities: of all terms of all sums, one after another.
        starts: where each sum begins.
    """

    block: Block
    weights: Any
    signs: Any | None
    quantities: Any
    starts: Any


Step = Map | Product | Segments


@dataclass(frozen=True)
class Piece:
    """Some rows of one block, and the places they are wanted in."""

    block: Block
    rows: Any
    places: Any


@dataclass
class Lifted:
    """The array program before it is written for any kind of array.

    Attributes:
        inputs, parameters, constants: the blocks of leaves.
        numbers: the constants.
        address: of each line; -1 for lines that became parts of sums.
        blocks: all blocks, in the order of their addresses.
        steps: in order.
    """

    inputs: Block
    parameters: Block
    constants: Block
    numbers: Any
    address: Any
    blocks: list[Block] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def all_numbers(self) -> Any:
        """The constants, and the numbers that stand in steps."""
        found = [self.numbers]
        for step in self.steps:
            if isinstance(step, Map):
                terms = [part for term in step.terms for part in (term.factor, term.quantity)]
                found += [np.atleast_1d(x) for x in (*step.args, *terms) if np.asarray(x).dtype.kind == "f"]
        return np.concatenate(found)

    def pieces(self, addresses: Any) -> Iterator[Piece]:
        """The blocks that addresses are in; nothing for -1, which stands for a 1."""
        flat = addresses.ravel()
        if len(self._starts) < len(self.blocks):
            self._starts = np.array([block.start for block in self.blocks])
        if not len(flat):
            return
        first, last = np.searchsorted(self._starts, (flat.min(), flat.max()), "right").tolist()
        if first == last > 0:
            yield Piece(self.blocks[first - 1], flat - self.blocks[first - 1].start, np.arange(len(flat)))
            return
        places = np.flatnonzero(flat >= 0)
        which = np.searchsorted(self._starts, flat[places], "right") - 1
        if not len(places):
            return
        order = np.argsort(which, kind="stable")  # not a look at all for each block: there may be as many
        blocks, starts = np.unique(which[order], return_index=True)
        for i, chosen in zip(blocks.tolist(), np.split(places[order], starts[1:]), strict=True):
            block = self.blocks[i]
            yield Piece(block, flat[chosen] - block.start, chosen)

    _starts: Any = ()


def reached(lifted: Lifted, outputs: Any) -> dict[Block, Any]:
    """For each block, which of its quantities some outputs were made from; not for blocks of which none."""
    found: dict[Block, Any] = {}

    def mark(addresses: Any) -> None:
        if addresses.dtype.kind != "f":
            for piece in lifted.pieces(addresses):
                found.setdefault(piece.block, np.zeros(piece.block.size, bool))[piece.rows] = True

    mark(outputs)
    for step in reversed(lifted.steps):
        mine = found.get(step.block)
        if mine is None:
            continue
        match step:
            case Map(args=args, terms=terms):
                read = [a for a in args if not isinstance(a, float)]
                read += [a for term in terms for a in (term.factor, term.quantity) if a is not None]
                for addresses in read:
                    mark(addresses[mine])
            case Product():
                sums = mine.reshape(len(step.weights), -1)
                mark(step.weights[sums.any(axis=1)])
                mark(step.quantities[:, sums.any(axis=0)])
            case Segments():
                terms_of_mine = np.repeat(mine, np.diff(step.starts, append=len(step.weights)))
                mark(step.weights[terms_of_mine])
                mark(step.quantities[terms_of_mine])
    return found


def in_order(rows: Any) -> bool:
    """Whether rows lie one after another.

    >>> in_order(np.array([3, 4, 5])), in_order(np.array([3, 5]))
    (True, False)
    """
    return len(rows) > 0 and bool(rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all())


def without_zeros(lifted: Lifted) -> Lifted:
    """A program whose sums have no terms with a 0 to fill a matrix; the same where there are none.

    0 times a quantity is nothing to a sum, unless the quantity is infinite or no number.
    """
    steps = [_apart(step) if isinstance(step, Product) else step for step in lifted.steps]
    return lifted if steps == lifted.steps else replace(lifted, steps=steps)


def _apart(step: Product) -> Step:
    """The sums of a product with zeros piece by piece; a product without as it is."""
    signs = step.signs
    if signs is None or signs.all():
        return step
    row, term = np.nonzero(signs)
    starts = np.searchsorted(row, np.arange(step.block.size))
    quantities = step.quantities[term, 0]  # a matrix with zeros has one window
    return Segments(step.block, step.weights[row, term], signs[row, term], quantities, starts)


def addresses_of(step: Step) -> Iterator[Any]:
    """All that a step reads, as arrays of addresses."""
    match step:
        case Map(args=args, terms=terms):
            yield from (a for a in args if not isinstance(a, float))
            for term in terms:
                if term.quantity.dtype.kind != "f":
                    yield term.quantity
                if term.factor is not None:
                    yield term.factor
        case Product() | Segments():
            yield from (step.weights, step.quantities)
