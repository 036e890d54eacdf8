"""Formulas: small trees of named scalars, which the lines of a program compute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._compiler.array_program import Block, Number, in_order
from autograd._table.rows import Row

__all__ = [
    "Addend", "Applied", "Formula", "Joined", "Matrix", "Named", "Number", "Numbers", "Part", "Ragged",
    "Total", "operands", "parts",
]  # fmt: skip


@dataclass(eq=False)
class Named:
    """Scalars side by side under one name: a line of the program, or leaves.

    Attributes:
        name: a letter and a layer, z1; v1 for a line without labels; theta or x for leaves without.
        labels: of the scalars; None for a scalar without a label.
        shape: of a matrix of weights, or of sums in several windows; else (scalars,).
        parameter: whether they are parameters.
        has_own_name: False for the catch-all names theta and x.
        array: the shape of the array of which they are the entries, if one label names it; else None.
        formula: of a line; None for leaves.
        operations: on single scalars, that the formula takes.
        block: of a line.
    """

    name: str
    labels: list[str | None]
    shape: tuple[int, ...]
    parameter: bool = False
    has_own_name: bool = True
    formula: Formula | None = None
    operations: int = 0
    block: Block | None = None
    array: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the scalars of one name, or all: `rows` are their places among them."""

    of: Named
    rows: Any

    @property
    def whole(self) -> bool:
        """Whether it is all of them, in order."""
        return len(self.rows) == len(self.of) and in_order(self.rows)


@dataclass(frozen=True)
class Numbers:
    """Different numbers."""

    count: int


@dataclass(frozen=True)
class Applied:
    """A row of the table, elementwise."""

    row: Row
    args: tuple[Formula, ...]


@dataclass(frozen=True)
class Addend:
    """A term of a `Total`: sign * factor * quantity; no factor is 1."""

    sign: float
    factor: Formula | None
    quantity: Formula


@dataclass(frozen=True)
class Total:
    """A sum of terms, elementwise."""

    terms: tuple[Addend, ...]


@dataclass(frozen=True)
class Matrix:
    """W @ X: a matrix times a vector of scalars, or several windows of them.

    Attributes:
        weights: None if all are 1.
        signed: whether some of them are negated, or are zeros that fill the matrix.
        shape: (sums, terms, windows).
    """

    weights: Formula | None
    signed: bool
    quantity: Formula
    shape: tuple[int, int, int]

    @property
    def matrix(self) -> Named | None:
        """The name that is W, if W is all of its scalars row by row, with columns in the order of X."""
        return self._name_of(transposed=False)

    @property
    def transposed(self) -> Named | None:
        """The name that is the transpose of W, as of x @ W."""
        return self._name_of(transposed=True)

    def _name_of(self, transposed: bool) -> Named | None:
        (sums, terms, _), part = self.shape, self.weights
        if not isinstance(part, Part) or not sums * terms == len(part.rows) == len(part.of):
            return None
        rows = part.rows.reshape(sums, terms)
        if transposed:
            return part.of if (rows == np.arange(sums * terms).reshape(terms, sums).T).all() else None
        columns = np.arange(sums)[:, np.newaxis] * terms + rows[0]
        return part.of if (rows == columns).all() else None


@dataclass(frozen=True)
class Ragged:
    """Ragged sums of products. Attributes as of `Matrix`; shape: (sums, terms of all sums)."""

    weights: Formula | None
    signed: bool
    quantity: Formula
    shape: tuple[int, int]


@dataclass(frozen=True)
class Joined:
    """Scalars of several names, one after another."""

    parts: tuple[Formula, ...]


Formula = Part | Number | Numbers | Applied | Total | Matrix | Ragged | Joined


def operands(formula: Formula) -> Iterator[Formula]:
    """The formulas that a formula is directly made of, from left to right."""
    match formula:
        case Applied(_, inner) | Joined(inner):
            yield from inner
        case Total(terms):
            for term in terms:
                yield from (term.quantity,) if term.factor is None else (term.factor, term.quantity)
        case Matrix(weights, _, quantity) | Ragged(weights, _, quantity):
            yield from (quantity,) if weights is None else (weights, quantity)


def parts(formula: Formula) -> Iterator[Part]:
    """The named scalars in a formula, from left to right."""
    if isinstance(formula, Part):
        yield formula
    for inner in operands(formula):
        yield from parts(inner)
