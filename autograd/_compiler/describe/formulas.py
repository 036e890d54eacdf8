"""What a program computes, as formulas: small trees of named quantities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._compiler.array_program import Block, Number, in_order
from autograd._table.rows import Row

__all__ = [
    "Addend", "Applied", "Formula", "Joined", "Matrix", "Named", "Number", "Numbers", "Part", "Ragged",
    "Total", "parts",
]  # fmt: skip


@dataclass(eq=False)
class Named:
    """Quantities side by side under one name: a line of the program, or leaves.

    Attributes:
        name: a letter and a layer, z1; v1 for a line without labels; theta or x for leaves without.
        labels: of each quantity; None where it has none.
        shape: of a matrix of weights, or of sums in several windows; else how many there are.
        parameter: whether it is leaves that are the same for all examples.
        lettered: whether it is one of its own: not so for theta and x.
        formula: what a line computes; None for leaves.
        operations: how many on single quantities that takes.
        block: where a line is.
    """

    name: str
    labels: list[str | None]
    shape: tuple[int, ...]
    parameter: bool = False
    lettered: bool = True
    formula: Formula | None = None
    operations: int = 0
    block: Block | None = None

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the quantities of one name, or all: `rows` are their places among them."""

    of: Named
    rows: Any

    @property
    def whole(self) -> bool:
        """Whether it is all of them, in their order."""
        return len(self.rows) == len(self.of) and in_order(self.rows)


@dataclass(frozen=True)
class Numbers:
    """Numbers that differ."""

    count: int


@dataclass(frozen=True)
class Applied:
    """A row of the table, quantity by quantity."""

    row: Row
    args: tuple[Formula, ...]


@dataclass(frozen=True)
class Addend:
    """One term of a `Total`: its sign, what it is multiplied by (None for 1), and what it is."""

    sign: float
    factor: Formula | None
    quantity: Formula


@dataclass(frozen=True)
class Total:
    """A sum of terms, quantity by quantity."""

    terms: tuple[Addend, ...]


@dataclass(frozen=True)
class Matrix:
    """W @ X: a product of a matrix with quantities, or with several windows of them.

    Attributes:
        weights: None where all are 1.
        signed: whether some of them count negative, or not at all.
        shape: (sums, terms, windows).
    """

    weights: Formula | None
    signed: bool
    quantity: Formula
    shape: tuple[int, int, int]

    @property
    def matrix(self) -> Named | None:
        """What W is, if it is all quantities of one name row by row, its columns in the order of X."""
        (sums, terms, _), part = self.shape, self.weights
        if not isinstance(part, Part) or not sums * terms == len(part.rows) == len(part.of):
            return None
        rows = part.rows.reshape(sums, terms)
        columns = np.arange(sums)[:, np.newaxis] * terms + rows[0]
        return part.of if (rows == columns).all() else None


@dataclass(frozen=True)
class Ragged:
    """Several sums of products with little in common. Attributes as `Matrix`; shape: (sums, terms of all)."""

    weights: Formula | None
    signed: bool
    quantity: Formula
    shape: tuple[int, int]


@dataclass(frozen=True)
class Joined:
    """Quantities of several kinds, one after another."""

    parts: tuple[Formula, ...]


Formula = Part | Number | Numbers | Applied | Total | Matrix | Ragged | Joined


def parts(formula: Formula) -> Iterator[Part]:
    """All that a formula names, from left to right."""
    match formula:
        case Part():
            yield formula
        case Applied(_, inner) | Joined(inner):
            for one in inner:
                yield from parts(one)
        case Total(terms):
            for term in terms:
                yield from parts(term.factor) if term.factor is not None else ()
                yield from parts(term.quantity)
        case Matrix(weights, _, quantity) | Ragged(weights, _, quantity):
            yield from parts(weights) if weights is not None else ()
            yield from parts(quantity)
