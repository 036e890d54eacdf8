r"""A block of a slide as lines of Unicode, for a terminal.

>>> from viz._mathematics.latex import parse
>>> from viz._slides.parts.blocks import Fenced, Formula, Row, Table
>>> column = Fenced("[", Table(((Formula(parse("1")),), (Formula(parse("2")),)), "r"), "]")
>>> print(to_text(Row((Formula(parse("a")), Formula(parse("=")), column))))
a = ⎡1⎤
    ⎣2⎦
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from viz._mathematics import typeset
from viz._slides.parts.blocks import (
    Block,
    Drawn,
    Fenced,
    Formula,
    Row,
    Table,
    Words,
    is_sign_between,
    without_empty_columns,
)

__all__ = ["to_text"]

# The delimiters of one line, and the pieces of taller ones: top, straight, middle, bottom.
FENCES = {
    "(": "⎛⎜⎜⎝", ")": "⎞⎟⎟⎠", "[": "⎡⎢⎢⎣", "]": "⎤⎥⎥⎦", "{": "⎧⎪⎨⎩", "}": "⎫⎪⎬⎭",
}  # fmt: skip
CLOSE = 0.5  # gaps between columns up to this are one space
BRACES_OF_TWO = {"{": "⎰⎱", "}": "⎱⎰"}


@dataclass(frozen=True)
class _Box:
    """Lines of equal width; `axis` is the line that a neighbour's only line stands beside."""

    lines: tuple[str, ...]
    axis: int

    @property
    def width(self) -> int:
        return _width(self.lines[0])

    def within(self, above: int, below: int) -> _Box:
        """The same with so many lines before its axis and after."""
        blank = " " * self.width
        before, after = above - self.axis, below - (len(self.lines) - 1 - self.axis)
        return _Box((*[blank] * before, *self.lines, *[blank] * after), above)


def to_text(block: Block) -> str:
    """Write as lines of Unicode."""
    return "\n".join(line.rstrip() for line in _box(block).lines)


def _width(text: str) -> int:
    return sum(not unicodedata.combining(c) for c in text)


def _box(block: Block) -> _Box:
    match block:
        case Formula(math):
            return _Box((typeset.to_text(math),), 0)
        case Words(text) | Drawn(_, _, _, text):
            return _Box((text,), 0)
        case Row(blocks):
            boxes = [_box(b) for b in blocks]
            gaps = [_gap(*pair) for pair in pairwise(blocks)]
            return _joined(
                [b for box, gap in zip(boxes, [*gaps, ""], strict=True) for b in (box, _Box((gap,), 0))]
            )
        case Table():
            return _table(block)
        case Fenced(left, body, right):
            inner = _box(body)
            height = len(inner.lines)
            if "{" in (left, right):
                inner = _joined([_box(Words(" ")), inner])
            return _joined(
                [_Box(_fence(left, height), inner.axis), inner, _Box(_fence(right, height), inner.axis)]
            )


def _gap(before: Block, after: Block) -> str:
    is_product = isinstance(before, (Formula, Fenced)) and isinstance(after, Fenced)
    return "" if is_product and not is_sign_between(before, after) else " "


def _joined(boxes: list[_Box]) -> _Box:
    """Boxes side by side, their axes on one line."""
    above = max(box.axis for box in boxes)
    below = max(len(box.lines) - 1 - box.axis for box in boxes)
    high = [box.within(above, below) for box in boxes]
    return _Box(tuple(map("".join, zip(*(box.lines for box in high), strict=True))), above)


def _table(table: Table) -> _Box:
    table = without_empty_columns(table, lambda cell: _box(cell).width == 0)
    cells = [[_box(cell) for cell in row] for row in table.rows]
    widths = [max(cell.width for cell in column) for column in zip(*cells, strict=True)]
    air = _Box(("  " if table.gap > CLOSE else " ",), 0)
    lines: list[str] = []
    for row in cells:
        aligned = [_aligned(cell, w, how) for cell, w, how in zip(row, widths, table.columns, strict=True)]
        lines += _joined([part for cell in aligned for part in (air, cell)][1:]).lines
    return _Box(tuple(lines), (len(lines) - 1) // 2)


def _aligned(cell: _Box, width: int, how: str) -> _Box:
    free = width - cell.width
    before = {"l": 0, "r": free, "c": free // 2}[how]
    return _Box(tuple(" " * before + line + " " * (free - before) for line in cell.lines), cell.axis)


def _fence(sign: str, height: int) -> tuple[str, ...]:
    if not sign or height == 1:
        return (sign,) * height
    if height == 2 and sign in BRACES_OF_TWO:
        return tuple(BRACES_OF_TWO[sign])
    top, straight, middle, bottom = tuple(FENCES[sign])
    return tuple(
        top if i == 0 else bottom if i == height - 1 else middle if i == (height - 1) // 2 else straight
        for i in range(height)
    )
