"""The contents of a box and the label of an edge: rows of typeset mathematics, each in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from viz._layout.routes import Area
from viz._layout.scene import Inked, Rectangle
from viz._layout.themes import Theme
from viz._mathematics.numerals import number
from viz._mathematics.outlines import Ink, mathematics, words
from viz._mathematics.shortening import LONGEST_FORMULA, in_lines, readable, typeset_length
from viz._mathematics.signs import EQUALS, TIMES, integer
from viz._mathematics.typeset import Atom, Math, Script, line
from viz._pictures.picture import Box, Link
from viz._pictures.steps import has_names

__all__ = [
    "BADGE", "FORMULA", "GAP", "LAYER_TITLE", "LEADING", "NUMBER", "SIDE", "SLOPE", "TOP", "WORD", "Panel",
    "badge", "badge_width", "badged", "box_panel", "figure", "heading_lines", "label_panel", "short_equation",
]  # fmt: skip

# Sizes of type in points. Raised and lowered signs are smaller, as everywhere in print.
TITLE, FORMULA, NUMBER, SLOPE, WORD, LAYER_TITLE = 21.0, 19.0, 20.0, 18.0, 18.0, 18.0
WIDEST_TITLE, WIDEST_FORMULA = 300.0, 420.0
SHORT = 20.0  # signs of a shortened formula
SIDE, TOP, LEADING, GAP = 8.0, 7.0, 6.0, 10.0  # room at the sides, above and below, between rows, columns


@dataclass(frozen=True)
class Panel:
    """Typeset things in a rectangle, placed from its upper left corner.

    Attributes:
        owners: for each thing of a table, the box or the edge that it tells of; empty for the box itself.
        grounds: of rows of a table.
    """

    width: float
    height: float
    things: tuple[Inked, ...]
    owners: tuple[str, ...] = ()
    grounds: tuple[Rectangle, ...] = ()

    def placed(self, at: Area, hidden: Collection[tuple[str, str]] = ()) -> Iterator[Rectangle | Inked]:
        """The grounds and the things where the rectangle stands.

        Args:
            hidden: owners and roles; a word before a number of a hidden role is hidden too.
        """
        top = at.y - self.height / 2  # a box may be higher than its contents
        for ground in self.grounds:
            yield replace(ground, x=ground.x + at.left, y=ground.y + top)
        owners = self.owners or ("",) * len(self.things)
        for thing, owner, after in zip(self.things, owners, [*self.things[1:], None], strict=True):
            role = after.role if thing.role == "word" and after is not None else thing.role
            if (owner, role) not in hidden:
                yield replace(thing, x=thing.x + at.left, y=thing.y + top)


def box_panel(box: Box, theme: Theme, numbers: str = "column", formulas: str = "whole") -> Panel:
    """symbol = formula, then the value and the gradient, their decimal points under one another.

    Args:
        numbers: column, for the value and the gradient under one another; row, for both on one line; or bare,
            for that without words.
        formulas: whole, for one on as many lines as it takes; none; or another word, for a shortened one.

    >>> from viz._mathematics.latex import label
    >>> from viz._layout.themes import LIGHT
    >>> panel = box_panel(Box("n0", "data", label("x"), None, 0.5, -2.0), LIGHT)
    >>> [(thing.role, thing.ink.text) for thing in panel.things]
    [('formula', 'x'), ('word', 'value'), ('value', '0.50'), ('word', 'grad'), ('gradient', '−2.00')]
    """
    ink, quiet = (theme.quiet, theme.quiet) if box.faded else (theme.ink, theme.quiet)
    lines = heading_lines(box)
    if formulas != "whole":
        heading = readable(box.heading) if formulas == "none" else short_equation(box)
        lines = [mathematics(heading, FORMULA)]
    rows = [(part, ink, "formula") for part in lines]
    if box.note:
        rows += [(words(text, WORD), quiet, "note") for text in _broken(box.note)]
    table: list[tuple[Inked, Inked]] = []
    for entry in box.entries():
        text = words(entry.text, WORD) if isinstance(entry.number, str) else figure(entry.text, NUMBER)
        colour = ink if box.faded or entry.sign is None else theme.sign(entry.sign)
        word = Inked(words("" if numbers == "bare" else entry.word, WORD), 0, 0, quiet, "word")
        table.append((word, Inked(text, 0, 0, colour, "gradient" if entry.signed else "value")))
    return _stacked(rows, table, flat=numbers != "column")


def label_panel(link: Link, theme: Theme, form: str = "equation") -> Panel:
    """∂z/∂w = its formula, and the number beneath it.

    Args:
        form: equation; formula, for the formula and the number on one line; or number, for it alone.

    >>> from viz._mathematics.latex import label
    >>> from viz._layout.themes import LIGHT
    >>> from viz._mathematics.signs import derivative
    >>> link = Link("n0", "n1", 0, derivative(label("z"), label("w")), label("a"), 0.5)
    >>> [thing.ink.text for thing in label_panel(link, LIGHT).things]
    ['∂z/∂w = a', '= +0.50']
    """
    rows: list[tuple[Ink, str, str]] = []
    if form == "formula" and (pair := _one_line(link, theme)):
        return pair
    if form == "equation":
        slope = mathematics(link.equation(typeset=True), SLOPE)
        rows.append((slope, theme.quiet if link.faded else theme.ink, "derivative"))
    if link.number is not None:
        text = number(link.number, signed=True)
        value = figure(f"= {text}" if form == "equation" else text, NUMBER if form == "equation" else WORD)
        colour = theme.quiet if link.faded or not link.number else theme.sign(link.number)
        rows.append((value, colour, "number"))
    return _bare(_stacked(rows, [], leading=5.0))


def _one_line(link: Link, theme: Theme) -> Panel | None:
    """a = +0.50; None for a derivative without names in its formula."""
    if link.symbol is None or link.number is None or not has_names(link.symbol):
        return None
    formula = mathematics(line(readable(link.symbol, LONGEST_FORMULA / 2, typeset_length), EQUALS), SLOPE)
    value = figure(number(link.number, signed=True), NUMBER)
    ink, colour = theme.ink, theme.sign(link.number) if link.number else theme.ink
    if link.faded:
        ink = colour = theme.quiet
    base, after = TOP + max(formula.ascent, 0.70 * NUMBER), SIDE + formula.width + 0.28 * SLOPE
    low = max(formula.descent, 0.10 * NUMBER)
    things = Inked(formula, SIDE, base, ink, "derivative"), Inked(value, after, base, colour, "number")
    return _bare(Panel(after + value.width + SIDE, base + low + TOP, things))


def _bare(panel: Panel) -> Panel:
    """A panel without the room of a box between its border and its contents."""
    things = tuple(replace(thing, x=thing.x + 4 - SIDE, y=thing.y + 1 - TOP) for thing in panel.things)
    return Panel(panel.width - 2 * SIDE + 8, panel.height - 2 * TOP + 2, things)


BADGE = 23.0  # points


def badge_width(n: int, size: float = BADGE) -> float:
    """The width of a badge: of a number of two digits it is longer than high."""
    return max(size, words(str(n), 0.78 * size).width + 0.3 * size)


def badge(n: int, x: float, y: float, size: float, colour: str, theme: Theme) -> tuple[Rectangle, Inked]:
    """A number in a disc around a point: of an edge, and of its factor in the chain rule."""
    ink, wide = words(str(n), 0.78 * size), badge_width(n, size)
    disc = Rectangle(x - wide / 2, y - size / 2, wide, size, size / 2, colour, colour, 0)
    return disc, Inked(ink, x - ink.width / 2, y + (ink.ascent - ink.descent) / 2, theme.paper, "badge")


def badged(panel: Panel, n: int, colour: str, theme: Theme) -> Panel:
    """The label of an edge with a badge before it."""
    wide = badge_width(n)
    height = max(panel.height, BADGE + 2)
    right, down = wide + 3, (height - panel.height) / 2
    things = tuple(replace(thing, x=thing.x + right, y=thing.y + down) for thing in panel.things)
    disc, digit = badge(n, 4 + wide / 2, height / 2, BADGE, colour, theme)
    owners = (*panel.owners, panel.owners[0]) if panel.owners else ()
    return Panel(panel.width + right, height, (*things, digit), owners, (*panel.grounds, disc))


def figure(text: str, size: float) -> Ink:
    """A number as it is printed, powers of ten as such; its text for screen readers stays as it is.

    >>> figure("−1.2e−05", 20.0).text, figure("= +0.50", 20.0).text
    ('−1.2e−05', '= +0.50')
    """
    equals, digits = ("= ", text[2:]) if text.startswith("= ") else ("", text)
    mantissa, _, exponent = digits.partition("e")
    items: list[Math] = [EQUALS] if equals else []
    items.append(Atom(mantissa, mantissa, "number"))
    if exponent:
        power = exponent.replace("−0", "−").lstrip("0")
        items += [TIMES, Script(integer(10), Atom(power, power, "number"))]
    return replace(mathematics(line(*items), size), text=text, latex="")


# -- rows -------------------------------------------------------------------------------------


def _stacked(
    rows: list[tuple[Ink, str, str]],
    table: list[tuple[Inked, Inked]],
    leading: float = LEADING,
    flat: bool = False,
) -> Panel:
    """Rows centred under one another, then a table of words and numbers, as narrow as possible.

    Args:
        flat: whether the table is one line.
    """
    points = _points([value for _, value in table])
    before = max(points, default=0.0)
    after = max((n.ink.width - point for (_, n), point in zip(table, points, strict=True)), default=0.0)
    longest = max((word.ink.width for word, _ in table), default=0.0)
    wide = longest + GAP + before + after if table else 0.0
    if flat:
        wide = sum(word.ink.width + value.ink.width + 0.6 * GAP for word, value in table)
        wide += 1.4 * GAP * max(0, len(table) - 1)
    width = max([wide, *(ink.width for ink, _, _ in rows)]) + 2 * SIDE
    things: list[Inked] = []
    y = TOP
    for ink, colour, role in rows:
        high, low = _line_height(ink, role)
        things.append(Inked(ink, (width - ink.width) / 2, y + high, colour, role))
        y += high + low + leading
    if flat and table:
        x, y = (width - wide) / 2, y + 0.70 * NUMBER
        for word, value in table:
            things += [replace(word, x=x, y=y), replace(value, x=x + word.ink.width + 0.6 * GAP, y=y)]
            x += word.ink.width + value.ink.width + 2 * GAP
        table, points, y = [], [], y + 0.10 * NUMBER + leading
    for (word, value), point in zip(table, points, strict=True):
        start, base = (width - wide) / 2, y + 0.70 * NUMBER
        things.append(replace(word, x=start, y=base))
        things.append(replace(value, x=start + longest + GAP + before - point, y=base))
        y = base + 0.10 * NUMBER + leading
    return Panel(width, y - leading + TOP, tuple(things))


def _line_height(ink: Ink, role: str) -> tuple[float, float]:
    """Rows of the same kind are equally high, whatever letters stand in them."""
    if role == "formula":
        return max(ink.ascent, 0.95 * TITLE), max(ink.descent, 0.25 * TITLE)
    if role == "number":
        return 0.70 * NUMBER, 0.10 * NUMBER
    return ink.ascent, ink.descent


def _points(numbers: list[Inked]) -> list[float]:
    """The distance of each decimal point from the left end; of the right end, if one has a power of ten."""
    texts = [thing.ink.text for thing in numbers]
    if all(re.fullmatch(r"[+−]?\d+\.\d+", text) for text in texts):
        return [figure(text.partition(".")[0], NUMBER).width for text in texts]
    return [thing.ink.width for thing in numbers]


# -- titles -----------------------------------------------------------------------------------


def heading_lines(box: Box, widest: float = WIDEST_TITLE) -> list[Ink]:
    """heading = formula on one line if there is room, else on as few as possible."""
    name = readable(box.heading)
    if box.formula is None:
        return [mathematics(name, TITLE)]
    lines = in_lines(line(name, EQUALS), box.formula, _wide, widest, WIDEST_FORMULA)
    return [mathematics(part, FORMULA) for part in lines]


def short_equation(box: Box) -> Math:
    """heading = formula, shortened to one line.

    >>> from viz._mathematics.latex import label, parse
    >>> from viz._mathematics.typeset import to_text
    >>> box = Box("n0", "result", label("z"), parse("w_0 a_0 + w_1 a_1 + w_2 a_2 + w_3 a_3 + b"), 0.5, 1.0)
    >>> to_text(short_equation(box))
    'z = Σⱼ wⱼaⱼ + b'
    """
    name = readable(box.heading)
    if box.formula is None:
        return name
    return line(name, EQUALS, readable(box.formula, SHORT, typeset_length))


def _wide(formula: Math) -> float:
    return mathematics(formula, FORMULA).width


def _broken(note: str) -> list[str]:
    """A note in lines: the contents of a folded box are a list."""
    return [part for part in re.split(r"\n|(?<=,) ", note) if part]
