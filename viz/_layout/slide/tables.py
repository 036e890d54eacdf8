"""A box with a table in it: each row a quantity, its value, its local derivative and its gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from viz._layout.panels import (
    BADGE,
    FORMULA,
    GAP,
    LEADING,
    NUMBER,
    SIDE,
    SLOPE,
    TOP,
    WORD,
    Panel,
    badge,
    badge_width,
    figure,
    heading_lines,
    short_equation,
)  # fmt: skip
from viz._layout.scene import Inked, Rectangle
from viz._layout.themes import Theme
from viz._mathematics.numerals import number
from viz._mathematics.outlines import mathematics, words
from viz._mathematics.shortening import readable, typeset_length
from viz._mathematics.signs import EQUALS
from viz._mathematics.typeset import line
from viz._pictures.picture import Box, Link
from viz._pictures.steps import has_names

__all__ = ["Row", "table_panel", "weight_panel"]

LONGEST_SLOPE = 12.0  # signs
WIDEST_IN_TABLE = 390.0  # points
HEADS = {"value": "value", "derivative": "local", "gradient": "grad"}


@dataclass(frozen=True)
class Row:
    """A quantity in a table.

    Attributes:
        box: the quantity.
        use: the place of its use by another quantity of the table, and that use; None for the first row.
        factor: which factor of the chain rule this use is; 0 for none.
    """

    box: Box
    use: tuple[int, Link] | None = None
    factor: int = 0


@dataclass(frozen=True)
class _Cell:
    """A thing in a column.

    Attributes:
        owner: as in `Panel`.
        point: the distance from its left end to the line that the cells of a column stand on.
    """

    shape: Inked
    owner: str = ""
    point: float = 0.0

    @property
    def after(self) -> float:
        return self.shape.ink.width - self.point


def table_panel(rows: list[Row], theme: Theme, formulas: str = "whole", slopes: str = "formula") -> Panel:
    """A table of quantities under their formulas.

    Args:
        formulas: whole or short, over the table; inside, for shortened ones in its rows; or none.
        slopes: formula, for the formula of a local derivative and its number; or number, for it alone.

    >>> from viz._mathematics.latex import label
    >>> from viz._mathematics.signs import derivative
    >>> from viz._layout.themes import LIGHT
    >>> z, w = label("z"), label("w")
    >>> link = Link("n0", "n1", 0, derivative(z, w), label("a"), 0.5)
    >>> rows = [Row(Box("n1", "result", z, None, 0.5, 1.0))]
    >>> rows.append(Row(Box("n0", "data", w, None, 1.0, 0.5), (0, link)))
    >>> [thing.ink.text for thing in table_panel(rows, LIGHT).things]
    ['value', 'local', 'grad', 'z', '0.50', '+1.00', 'w', '1.00', 'a =', '+0.50', '+0.50']
    """
    titles = [
        box_line
        for row in rows
        if row.box.formula is not None
        for box_line in _titles(row.box, theme, formulas)
    ]
    lines = [_cells(row, theme, formulas == "inside", slopes) for row in rows]
    for column in ("value", "derivative", "gradient"):  # beside a power of ten numbers end at one line
        cells_of_column = [cells[column] for cells in lines if column in cells]
        if any("e" in cell.shape.ink.text for cell in cells_of_column):
            for cells in lines:
                if column in cells:
                    cells[column] = replace(cells[column], point=cells[column].shape.ink.width)
    columns = [
        name
        for name in ("name", "value", "badge", "symbol", "derivative", "gradient")
        if any(name in c for c in lines)
    ]
    heads = {name: words(text, WORD) for name, text in HEADS.items() if name in columns}
    before = {c: max((cells[c].point for cells in lines if c in cells), default=0.0) for c in columns}
    after = {c: max((cells[c].after for cells in lines if c in cells), default=0.0) for c in columns}
    for name, head in heads.items():  # a heading ends where its column ends
        before[name] = max(before[name], head.width - after[name])
    gap = 0.8 * GAP if formulas == "none" else 1.4 * GAP
    before_it = dict(zip(columns[1:], columns, strict=False))
    gaps = {
        c: 0.0 if c == "name" else 4.0 if before_it.get(c) in ("badge", "symbol") else gap for c in columns
    }
    wide = sum(before[c] + after[c] + gaps[c] for c in columns)
    titles = [] if formulas in ("inside", "none") else titles
    width = max([wide, *(title.ink.width for title in titles)]) + 2 * SIDE
    things: list[tuple[Inked, str]] = []
    y = TOP
    for title in titles:
        y += max(title.ink.ascent, 0.9 * FORMULA)
        things.append((replace(title, x=SIDE, y=y), ""))
        y += max(title.ink.descent, 0.25 * FORMULA) + LEADING / 2
    ends: dict[str, float] = {}
    x = SIDE
    for c in columns:
        x += gaps[c] + before[c]
        ends[c] = x
        x += after[c]
    if heads:
        y += 0.76 * WORD
        for name, head in heads.items():
            things.append((Inked(head, ends[name] + after[name] - head.width, y, theme.quiet, "head"), ""))
        y += 0.24 * WORD + LEADING / 2
    grounds: list[Rectangle] = []
    for row, cells in zip(rows, lines, strict=True):
        top = y
        y += max(0.78 * NUMBER, *(cell.shape.ink.ascent for cell in cells.values()))
        discs: list[Rectangle] = []
        for c in columns:
            if c == "badge" and c in cells:
                colour = cells[c].shape.colour
                disc, digit = badge(
                    row.factor, ends[c] - cells[c].point / 2, y - 0.35 * NUMBER, BADGE, colour, theme
                )
                discs.append(disc)
                things.append((digit, cells[c].owner))
            elif c in cells:
                shape = replace(cells[c].shape, x=ends[c] - cells[c].point, y=y)
                things.append((shape, cells[c].owner))
        y += max(0.22 * NUMBER, *(cell.shape.ink.descent for cell in cells.values())) + LEADING / 2
        if row.box.formula is None and not row.box.faded:
            fill = theme.fill(row.box.kind)
            grounds.append(Rectangle(4, top - 1, width - 8, y - top, 2, fill, fill, 0))
        grounds += discs
    shapes, owners = zip(*things, strict=True)
    return Panel(width, y - LEADING / 2 + TOP, shapes, owners, tuple(grounds))


def _titles(box: Box, theme: Theme, formulas: str) -> Iterator[Inked]:
    lines = (
        heading_lines(box, WIDEST_IN_TABLE)
        if formulas == "whole"
        else [mathematics(short_equation(box), FORMULA)]
    )
    for ink in lines:
        yield Inked(ink, 0, 0, theme.quiet if box.faded else theme.ink, "formula")


def _cells(row: Row, theme: Theme, inside: bool, slopes: str) -> dict[str, _Cell]:
    """The cells of a row, by their columns."""
    box, owner = row.box, "" if row.use is None else row.box.id
    ink = theme.quiet if box.faded else theme.ink
    name = short_equation(box) if inside else readable(box.heading)
    cells = {"name": _Cell(Inked(mathematics(name, FORMULA), 0, 0, ink, "formula"), owner)}
    for entry in box.entries():
        column = "gradient" if entry.signed else "value"
        colour = ink if box.faded or entry.sign is None else theme.sign(entry.sign)
        cells[column] = _figure(entry.text, colour, column, owner)
    if row.use is not None and row.use[1].derivative is not None:
        i, link = row.use
        quiet = theme.quiet if link.faded else theme.ink
        if slopes == "formula" and link.symbol is not None and has_names(link.symbol):
            symbol = readable(link.symbol, LONGEST_SLOPE, typeset_length)
            formula = mathematics(line(symbol, EQUALS) if link.number is not None else symbol, SLOPE)
            cells["symbol"] = _Cell(Inked(formula, 0, 0, quiet, "derivative"), f"e{i}", formula.width)
        if link.number is not None:
            colour = quiet if link.faded or not link.number else theme.sign(link.number)
            cells["derivative"] = _figure(number(link.number, signed=True), colour, "number", f"e{i}")
            if row.factor:
                wide = badge_width(row.factor)
                room = replace(words("", WORD), width=wide)
                cells["badge"] = _Cell(Inked(room, 0, 0, colour, "badge"), f"e{i}", wide)
    return cells


def _figure(text: str, colour: str, role: str, owner: str) -> _Cell:
    ink = figure(text, NUMBER)
    start = text.partition(".")[0]
    point = figure(start, NUMBER).width if start != text and "e" not in text else ink.width
    return _Cell(Inked(ink, 0, 0, colour, role), owner, point)


def weight_panel(box: Box, link: Link, theme: Theme, use: Link | None = None, is_bare: bool = False) -> Panel:
    """w = 0.50 on an edge whose derivative is w, and under it the gradient of w.

    Args:
        box: the weight.
        link: the edge.
        theme: the colours.
        use: of the weight, where its local derivative is a factor of a chain rule.
        is_bare: whether the gradient stands beside the value, without a word.
    """
    quiet = theme.quiet if box.faded and link.faded else theme.ink
    name = mathematics(line(readable(box.symbol), EQUALS), SLOPE)
    y = max(name.ascent, 0.70 * NUMBER) + 1
    things: list[tuple[Inked, str]] = [(Inked(name, 4, y, quiet, "formula"), box.id)]
    low, wide = max(name.descent, 0.10 * NUMBER), name.width
    entries = {entry.word: entry for entry in box.entries()}
    x = 4 + name.width + 0.28 * SLOPE
    for word, role in (("value", "value"), ("grad", "gradient")):
        if word not in entries:
            continue
        entry = entries[word]
        if role == "gradient" and is_bare:
            x = 4 + wide + GAP
        elif role == "gradient":
            y += low + LEADING + 0.70 * NUMBER
            low = 0.10 * NUMBER
            head = words(word, WORD)
            things.append((Inked(head, 4, y, theme.quiet, "word"), box.id))
            x = 4 + head.width + 0.6 * GAP
        sign = entry.sign if role == "gradient" else entry.number
        ink_colour = theme.quiet if role == "gradient" and box.faded else quiet
        is_grey = ink_colour == theme.quiet
        colour = theme.sign(sign) if isinstance(sign, float) and sign and not is_grey else ink_colour
        ink = figure(entry.text, NUMBER)
        things.append((Inked(ink, x, y, colour, role), box.id))
        wide = max(wide, x + ink.width - 4)
    if use is not None and use.number is not None:
        y += low + LEADING + 0.70 * NUMBER
        head, ink = words("local", WORD), figure(number(use.number, signed=True), NUMBER)
        x = 4 + head.width + 0.6 * GAP
        things.append((Inked(head, 4, y, theme.quiet, "word"), box.id))
        things.append((Inked(ink, x, y, theme.sign(use.number), "number"), box.id))
        wide = max(wide, x + ink.width - 4)
    shapes, owners = zip(*things, strict=True)
    return Panel(wide + 8, y + low + 1, shapes, owners)
