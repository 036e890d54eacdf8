"""A block as shapes with their places."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

from viz._layout.scene import Inked, Scene, Shape, scaled, smallest_type
from viz._layout.themes import Theme
from viz._mathematics.outlines import mathematics, words
from viz._mathematics.typeset import Atom, Math
from viz._slides.parts.blocks import Block, Drawn, Fenced, Formula, Row, Table, Words, is_sign_between
from viz._slides.parts.fences import fence

__all__ = ["EM", "Placed", "place"]

EM = 100.0  # the size of the type in which blocks are placed
AXIS = 0.258 * EM  # of the fractions and minus signs of STIX Two Math, above the base line
TALL, DEEP = 0.72 * EM, 0.22 * EM  # a line of letters
NEAR, APART, ASIDE = 0.18 * EM, 0.28 * EM, 0.7 * EM
PADDING, OVER = 0.14 * EM, 0.1 * EM  # inside a fence: at the sides, above and below
DOTS = "⋮⋱⋯"


@dataclass(frozen=True)
class Placed:
    """Shapes from the left end of their base line, and the room they take."""

    width: float
    ascent: float
    descent: float
    shapes: tuple[Shape, ...]

    @property
    def height(self) -> float:
        return self.ascent + self.descent

    @property
    def smallest_type(self) -> float:
        """The size of the smallest line of type."""
        return smallest_type(Scene(1, 1, "", "", "", self.shapes), (1, 1))

    def at(self, x: float, y: float) -> tuple[Shape, ...]:
        """The shapes with the left end of the base line at a point."""
        return scaled(self.shapes, 1.0, x, y)


def place(block: Block, theme: Theme) -> Placed:
    """The shapes of a block, in the colours of a theme.

    >>> from viz._layout.themes import LIGHT
    >>> from viz._mathematics.latex import parse
    >>> place(Formula(parse("w + a")), LIGHT).height
    94.0
    """
    match block:
        case Formula(math, colour, scale):
            ink = mathematics(math, EM * scale)
            shape = Inked(ink, 0.0, 0.0, getattr(theme, colour), "number" if _is_number(math) else "formula")
            return Placed(ink.width, max(ink.ascent, TALL * scale), max(ink.descent, DEEP * scale), (shape,))
        case Words(text, colour, scale):
            ink = words(text, EM * scale)
            shapes = (Inked(ink, 0.0, 0.0, getattr(theme, colour), "note"),) if text else ()
            return Placed(ink.width, TALL * scale, DEEP * scale, shapes)
        case Drawn(width, height, draw, _):
            top = -AXIS - height * EM / 2
            drawn = scaled(draw(theme), EM, 0.0, top)
            return Placed(width * EM, -top, height * EM + top, drawn)
        case Row(blocks):
            return _row(blocks, theme)
        case Table():
            return _table(block, theme)
        case Fenced(left, body, right):
            return _fenced(left, place(body, theme), right, theme)


def _is_number(m: Math) -> bool:
    return isinstance(m, Atom) and m.kind == "number"


def _row(blocks: tuple[Block, ...], theme: Theme) -> Placed:
    placed = [place(b, theme) for b in blocks]
    gaps = [_gap(*pair) for pair in pairwise(blocks)]
    lefts = [0.0, *accumulate(p.width + gap for p, gap in zip(placed, gaps, strict=False))]
    shapes = tuple(shape for p, x in zip(placed, lefts, strict=True) for shape in p.at(x, 0.0))
    ascent, descent = max(p.ascent for p in placed), max(p.descent for p in placed)
    return Placed(lefts[-1] + placed[-1].width, ascent, descent, shapes)


def _gap(before: Block, after: Block) -> float:
    if is_sign_between(before, after) or (isinstance(before, Fenced) and isinstance(after, Fenced)):
        return APART
    return NEAR if all(isinstance(block, (Formula, Fenced, Row)) for block in (before, after)) else ASIDE


def _table(table: Table, theme: Theme) -> Placed:
    """Rows on base lines of their own, the whole around the axis."""
    cells = [[place(cell, theme) for cell in row] for row in table.rows]
    widths = [max(cell.width for cell in column) for column in zip(*cells, strict=True)]
    gap = table.gap * EM
    lefts = [0.0, *accumulate(width + gap for width in widths[:-1])]
    heights = [_row_height(row, table.least * EM) for row in cells]
    leading = table.leading * EM
    total = sum(high + low for high, low in heights) + leading * (len(cells) - 1)
    top = y = -AXIS - total / 2
    shapes: list[Shape] = []
    for i, (row, (high, low)) in enumerate(zip(cells, heights, strict=True)):
        for j, cell in enumerate(row):
            free = widths[j] - cell.width
            centred = _is_dots(table.rows[i][j])
            share = 0.5 if centred else {"l": 0.0, "c": 0.5, "r": 1.0}[table.columns[j]]
            shapes += cell.at(lefts[j] + share * free, y + high)
        y += high + low + leading
    return Placed(lefts[-1] + widths[-1], -top, total + top, tuple(shapes))


def _row_height(row: list[Placed], least: float) -> tuple[float, float]:
    """The room above and below the base line, at least so much in all."""
    high, low = max(cell.ascent for cell in row), max(cell.descent for cell in row)
    more = max(0.0, least - high - low)
    return high + more / 2, low + more / 2


def _is_dots(block: Block) -> bool:
    return isinstance(block, Formula) and isinstance(block.math, Atom) and block.math.text in DOTS


def _fenced(left: str, body: Placed, right: str, theme: Theme) -> Placed:
    ascent, descent = body.ascent + OVER, body.descent + OVER
    shapes: list[Shape] = []
    x = 0.0
    for sign in (left, right):
        if sign:
            ink = fence(sign, ascent, descent, EM)
            x += PADDING * (sign == right)
            shapes.append(Inked(ink, x, 0.0, theme.ink, "formula"))
            x += ink.width + PADDING * (sign == left)
        if sign == left and len(shapes) <= 1:
            shapes += body.at(x, 0.0)
            x += body.width
    return Placed(x, ascent, descent, tuple(shapes))
