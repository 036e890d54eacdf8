"""Statements of a small language of loops, which a printer writes in C or another language.

A program computes tiles of LANES examples side by side: an array of the scratch memory has a row for each
scalar and a lane for each example, so that the innermost loop is a vector.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from autograd._compiler.describe.text import sizes
from autograd._table.rows import Row

__all__ = [
    "COUNT",
    "IS_FIRST",
    "LANES",
    "Add",
    "Array",
    "Assign",
    "At",
    "Call",
    "Comment",
    "Declare",
    "E",
    "Expression",
    "Heading",
    "Kernel",
    "Local",
    "Loop",
    "Memory",
    "Name",
    "Section",
    "Statement",
    "Unit",
    "arrays_in",
    "expressions_in",
    "filled",
    "names_in",
    "parts_of",
    "places_in",
    "plus",
    "times",
]  # fmt: skip


class Memory(Enum):
    """The place of an array."""

    SCRATCH = "arrays of the program's own"
    LOCAL = "an array inside a loop"
    THETA = "the parameters"
    GRADIENT = "their gradient"
    X = "the rows of the examples of a tile: a pointer for each lane"
    NUMBERS = "numbers that never change"
    PLACES = "whole numbers that never change: rows of other arrays"


@dataclass(frozen=True)
class Name:
    """A variable: an index of a loop, a declared number, a constant of the unit."""

    text: str


LANES = Name("LANES")  # examples in a tile
COUNT = Name("count")  # of these, the examples that are not padding
IS_FIRST = Name("is_first")  # whether a tile is the first
E = Name("e")  # the index of an example in its tile


@dataclass(frozen=True, eq=False)
class Array:
    """An array, or a view of one.

    Attributes:
        name: an identifier.
        shape: of the view; of `Memory.X` the number of columns.
        memory: where its numbers are.
        offset: of a view of theta, the gradient, or columns of an example: its first number.
        base: the scratch array that a view is part of; None for theta and the gradient themselves.
        values: the numbers of a constant array.
    """

    name: str
    shape: tuple[int | Name, ...]
    memory: Memory
    offset: int = 0
    base: Array | None = None
    values: Any = None


@dataclass(frozen=True)
class At:
    """A number of an array."""

    array: Array
    indices: tuple[Expression, ...]


@dataclass(frozen=True)
class Call:
    """An operation on numbers: a NumPy function by its name, or a row of the table."""

    function: str | Row
    args: tuple[Expression, ...]


Expression = bool | int | float | Name | At | Call


def plus(x: Expression, y: Expression) -> Expression:
    """x + y for indices.

    >>> plus(1, 2), plus(Name("i"), 0)
    (3, Name(text='i'))
    """
    if isinstance(x, int) and isinstance(y, int):
        return x + y
    return y if x == 0 else x if y == 0 else Call("add", (x, y))


def times(x: Expression, y: Expression) -> Expression:
    """x * y for indices.

    >>> times(3, 2), times(Name("i"), 1)
    (6, Name(text='i'))
    """
    if isinstance(x, int) and isinstance(y, int):
        return x * y
    if 0 in (x, y):
        return 0
    return y if x == 1 else x if y == 1 else Call("multiply", (x, y))


# -- statements -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comment:
    """A line for the reader."""

    text: str


@dataclass(frozen=True)
class Declare:
    """A number with a name, in the loop around it."""

    name: Name
    value: Expression
    is_truth: bool = False


@dataclass(frozen=True)
class Local:
    """An array inside a loop, of zeros."""

    array: Array


@dataclass(frozen=True)
class Assign:
    """target = value"""

    target: At
    value: Expression


@dataclass(frozen=True)
class Add:
    """target += value"""

    target: At
    value: Expression


@dataclass(frozen=True)
class Loop:
    """The body for an index from start to stop."""

    index: Name
    start: Expression
    stop: Expression
    body: Sequence[Statement]
    step: int | Name = 1


@dataclass(frozen=True, eq=False)
class Kernel:
    """Loops that a printer may replace by a call of a faster function.

    Attributes:
        name: ``dots``, the products of a matrix with rows of examples: ``z[i][e] = sum_k W[i][k] X[e][k]``;
            ``outer``, the sums of outer products: ``G[i][k] += sum_e d[i][e] X[e][k]``;
            ``add_lanes``, sums over the lanes: ``z[i][0] = sum_e z[i][e]``;
            ``clear``, zeros before the first tile, for an ``outer`` that writes there in it.
        arrays: z, W and X; or G, d and X; or z.
        first: the column of X at which the row of an example begins.
        sums, terms: how many i and k there are.
        loops: the same as statements.
        clears: whether an ``outer`` is the first that writes to its array.
    """

    name: str
    arrays: tuple[Array, ...]
    first: int
    sums: int
    terms: int
    loops: Sequence[Statement]
    clears: bool = False


Statement = Comment | Declare | Local | Assign | Add | Loop | Kernel


def expressions_in(statements: Iterable[Statement]) -> Iterator[Expression]:
    """The expressions of statements, targets of assignments among them."""
    for statement in statements:
        match statement:
            case Declare(value=value):
                yield value
            case Assign(target, value) | Add(target, value):
                yield target
                yield value
            case Kernel(name, arrays):
                if name != "add_lanes":
                    yield COUNT
                if statement.clears:
                    yield IS_FIRST
                for array in arrays:
                    yield At(array, ())
            case Loop(_, start, stop, body):
                yield start
                yield stop
                yield from expressions_in(body)


def parts_of(expression: Expression) -> Iterator[Expression]:
    """An expression and all in it."""
    yield expression
    match expression:
        case At(_, several) | Call(_, several):
            for each in several:
                yield from parts_of(each)


def places_in(statements: Iterable[Statement]) -> Iterator[At]:
    """The numbers of arrays that statements read and write."""
    return (e for x in expressions_in(statements) for e in parts_of(x) if isinstance(e, At))


def arrays_in(statements: Iterable[Statement]) -> Iterator[Array]:
    """The arrays that statements read and write, each as often as they do."""
    return (at.array for at in places_in(statements))


def names_in(statements: Iterable[Statement]) -> set[Expression]:
    """The variables that statements read."""
    return {e for x in expressions_in(statements) for e in parts_of(x) if isinstance(e, Name)}


@dataclass
class Section:
    """Statements that are performed together.

    Attributes:
        name: of the function that they become.
        title: the comment above it.
    """

    name: str
    title: str
    statements: list[Statement] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What a source says of a program, and of its arguments.

    Attributes:
        listing: the lines of the program, for a comment.
        order: names and sizes of the parameters in theta, and of the inputs in a row of X.
        inputs, outputs, parameters: the numbers of columns of X, columns of the result, numbers of theta.
        pieces: the columns of each array that an example's inputs lie in.
        overflows: whether a constant is beyond the largest number of the dtype.
    """

    listing: str
    order: tuple[str, str]
    inputs: int
    outputs: int
    parameters: int
    pieces: tuple[int, ...]
    overflows: bool

    @property
    def counts(self) -> str:
        """The numbers of inputs, parameters and outputs, in words."""
        *first, last = sizes(self)
        return f"{', '.join(first)} and {last}"

    def arguments(self, examples: str, none: str) -> list[str]:
        """A line on the order of theta and one on that of X, for a comment.

        Args:
            examples: a sentence on the examples in X.
            none: a sentence on X where there are no inputs.
        """
        of_theta, of_X = self.order
        theta = f"theta: {of_theta}." if of_theta else "There are no parameters: theta is empty."
        X = f"X: {of_X}. {examples}" if of_X else none
        return [theta, X]


@dataclass(frozen=True, kw_only=True)
class Unit(Heading):
    """A program as sections of statements.

    Attributes:
        arrays: of the scratch memory.
        tables: constant arrays.
        prepare: once in a call: scalars that all examples share.
        forward: for a tile of examples.
        begin: once before the backward passes of the tiles: sums over examples are 0.
        backward: for a tile, after its forward section.
        end: once after all tiles: the gradient from the sums over examples.
        result: the outputs of a tile: an expression in the index of the output, and E.
        first: the first output, in E.
        share: the array of the adjoint of the first output: 1 / n, and 0 for padding.
    """

    arrays: tuple[Array, ...]
    tables: tuple[Array, ...]
    prepare: Section
    forward: Section
    begin: Section
    backward: Section
    end: Section
    result: tuple[Name, Expression]
    first: Expression
    share: Array

    @property
    def sections(self) -> Iterator[Section]:
        yield from (self.prepare, self.forward, self.begin, self.backward, self.end)


def filled(lines: Iterable[str], width: int) -> list[str]:
    """Lines of text in lines no longer than a width; indented ones stay as they are."""
    return [
        part
        for line in lines
        for part in ([line] if line[:1] in ("", " ") else textwrap.wrap(line, width, break_long_words=False))
    ]
