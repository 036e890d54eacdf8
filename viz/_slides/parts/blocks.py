r"""A slide as a tree of blocks: formulas, words, tables, fences around them; and the tree as LaTeX.

>>> from viz._mathematics.latex import parse
>>> entries = ((Formula(parse("1")), Formula(parse("2"))), (Formula(parse("3")), Formula(parse("4"))))
>>> to_latex(Fenced("[", Table(entries, "rr"), "]"))
'\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from viz._layout.scene import Flat
from viz._layout.themes import Theme
from viz._mathematics import typeset
from viz._mathematics.latex import literal
from viz._mathematics.typeset import Math, is_sign, leading, trailing

__all__ = [
    "EMPTY",
    "Block",
    "Drawn",
    "Fenced",
    "Formula",
    "Row",
    "Table",
    "Words",
    "is_sign_between",
    "to_latex",
    "without_empty_columns",
]


@dataclass(frozen=True)
class Formula:
    """Mathematics in one line.

    Attributes:
        colour: an attribute of `Theme`.
        scale: the size of its type, relative to the slide's.
    """

    math: Math
    colour: str = "ink"
    scale: float = 1.0


@dataclass(frozen=True)
class Words:
    """Words beside the mathematics; attributes as of `Formula`."""

    text: str
    colour: str = "quiet"
    scale: float = 0.7


@dataclass(frozen=True)
class Drawn:
    """Shapes of their own, such as a picture, in units of the type's size.

    Attributes:
        width, height: the room that it takes; its middle is at the height of a minus sign.
        draw: the shapes in a theme's colours, from the upper left corner.
        text: the same in words.
    """

    width: float
    height: float
    draw: Callable[[Theme], tuple[Flat, ...]]
    text: str


@dataclass(frozen=True)
class Row:
    """Blocks side by side, on one base line."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Table:
    """Blocks in rows and columns.

    Attributes:
        rows: equally long.
        columns: as in LaTeX: l, c or r for each column.
        gap, leading: the room between columns and between rows, in units of the type's size.
        least: the least height of a row; tables of the same rows side by side have it large enough for all.
    """

    rows: tuple[tuple[Block, ...], ...]
    columns: str
    gap: float = 0.8
    leading: float = 0.3
    least: float = 1.0


@dataclass(frozen=True)
class Fenced:
    """A block between delimiters as high as itself: ( [ { and their closing forms, or none on a side."""

    left: str
    body: Block
    right: str


Block = Formula | Words | Drawn | Row | Table | Fenced
EMPTY = Words("")


def is_sign_between(before: Block, after: Block) -> bool:
    """Whether one of two neighbours ends in a sign of operation or relation towards the other."""
    first = isinstance(before, Formula) and is_sign(trailing(before.math))
    return first or (isinstance(after, Formula) and is_sign(leading(after.math)))


def without_empty_columns(table: Table, is_empty: Callable[[Block], bool]) -> Table:
    """The table without columns of empty cells: pictures are empty where only text is written."""
    filled = [k for k, column in enumerate(zip(*table.rows, strict=True)) if not all(map(is_empty, column))]
    rows = tuple(tuple(row[k] for k in filled) for row in table.rows)
    return replace(table, rows=rows, columns="".join(table.columns[k] for k in filled))


MATRICES = {"[]": "bmatrix", "()": "pmatrix"}
DELIMITERS = {"": ".", "{": r"\{", "}": r"\}"}


def to_latex(block: Block) -> str:
    """Write as LaTeX for math mode."""
    match block:
        case Formula(math):
            return typeset.to_latex(math)
        case Words(text) | Drawn(_, _, _, text):
            return literal(text).latex if text else ""
        case Row(blocks):
            parts = [rf"\;{to_latex(b)}\;" if isinstance(b, Words) else to_latex(b) for b in blocks]
            return " ".join(filter(None, parts))
        case Table():
            table = without_empty_columns(block, lambda cell: not to_latex(cell))
            return rf"\begin{{array}}{{{table.columns}}} {_rows(table)} \end{{array}}"
        case Fenced(left, Table() as table, right) if left + right in MATRICES and "l" not in table.columns:
            name = MATRICES[left + right]
            return rf"\begin{{{name}}} {_rows(table)} \end{{{name}}}"
        case Fenced(left, body, right):
            begin, end = DELIMITERS.get(left, left), DELIMITERS.get(right, right)
            return rf"\left{begin} {to_latex(body)} \right{end}"


def _rows(table: Table) -> str:
    return r" \\ ".join(" & ".join(map(to_latex, row)) for row in table.rows)
