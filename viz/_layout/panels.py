"""The contents of a box and the label of an edge: rows of typeset mathematics, each in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from viz._layout.routes import Area
from viz._layout.scene import Inked
from viz._layout.themes import Theme
from viz._mathematics.numerals import number
from viz._mathematics.outlines import Ink, mathematics, words
from viz._mathematics.shortening import in_lines, readable
from viz._mathematics.signs import EQUALS, TIMES, integer
from viz._mathematics.typeset import Atom, Math, Script, line
from viz._pictures.picture import Box, Link

__all__ = ["LAYER_TITLE", "Panel", "box_panel", "label_panel"]

# Sizes of type in points. Raised and lowered signs are smaller, as everywhere in print.
TITLE, FORMULA, NUMBER, SLOPE, WORD, LAYER_TITLE = 21.0, 19.0, 20.0, 18.0, 18.0, 18.0
WIDEST_TITLE, WIDEST_FORMULA = 300.0, 420.0
SIDE, TOP, LEADING, GAP = 8.0, 7.0, 6.0, 10.0  # room at the sides, above and below, between rows, columns


@dataclass(frozen=True)
class Panel:
    """Typeset things in a rectangle, placed from its upper left corner."""

    width: float
    height: float
    things: tuple[Inked, ...]

    def placed(self, at: Area, hidden: Collection[str] = ()) -> Iterator[Inked]:
        """The things where the rectangle stands. A word before a number of a hidden role is hidden too."""
        for thing, after in zip(self.things, [*self.things[1:], None], strict=True):
            role = after.role if thing.role == "word" and after is not None else thing.role
            if role not in hidden:
                yield replace(thing, x=thing.x + at.left, y=thing.y + at.top)


def box_panel(box: Box, theme: Theme) -> Panel:
    """symbol = formula, then the value and the gradient, their decimal points under one another.

    >>> from viz._mathematics.latex import label
    >>> from viz._layout.themes import LIGHT
    >>> panel = box_panel(Box("n0", "data", label("x"), None, 0.5, -2.0), LIGHT)
    >>> [(thing.role, thing.ink.text) for thing in panel.things]
    [('formula', 'x'), ('word', 'value'), ('value', '0.50'), ('word', 'grad'), ('gradient', '−2.00')]
    """
    ink, quiet = (theme.quiet, theme.quiet) if box.faded else (theme.ink, theme.quiet)
    rows = [(part, ink, "formula") for part in _title(box)]
    if box.note:
        rows += [(words(text, WORD), quiet, "note") for text in _broken(box.note)]
    table: list[tuple[Inked, Inked]] = []
    for entry in box.entries():
        text = words(entry.text, WORD) if isinstance(entry.number, str) else figure(entry.text, NUMBER)
        colour = ink if box.faded or entry.sign is None else theme.sign(entry.sign)
        word = Inked(words(entry.word, WORD), 0, 0, quiet, "word")
        table.append((word, Inked(text, 0, 0, colour, "gradient" if entry.signed else "value")))
    return _stacked(rows, table)


def label_panel(link: Link, theme: Theme, formula: bool = True) -> Panel:
    """∂z/∂w = its formula, and the number beneath it; without the formula, the number alone.

    >>> from viz._mathematics.latex import label
    >>> from viz._layout.themes import LIGHT
    >>> from viz._mathematics.signs import derivative
    >>> link = Link("n0", "n1", 0, derivative(label("z"), label("w")), label("a"), 0.5)
    >>> [thing.ink.text for thing in label_panel(link, LIGHT).things]
    ['∂z/∂w = a', '= +0.50']
    """
    rows: list[tuple[Ink, str, str]] = []
    if formula:
        slope = mathematics(link.equation(typeset=True), SLOPE)
        rows.append((slope, theme.quiet if link.faded else theme.ink, "derivative"))
    if link.number is not None:
        text = number(link.number, signed=True)
        value = figure(f"= {text}" if formula else text, NUMBER if formula else WORD)
        colour = theme.quiet if link.faded or not link.number else theme.sign(link.number)
        rows.append((value, colour, "number"))
    panel = _stacked(rows, [], leading=5.0)
    # Without the room of a box between its border and its contents.
    things = tuple(replace(thing, x=thing.x + 4 - SIDE, y=thing.y + 1 - TOP) for thing in panel.things)
    return Panel(panel.width - 2 * SIDE + 8, panel.height - 2 * TOP + 2, things)


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
    rows: list[tuple[Ink, str, str]], table: list[tuple[Inked, Inked]], leading: float = LEADING
) -> Panel:
    """Rows centred under one another, then a table of words and numbers, as narrow as possible."""
    points = _points([value for _, value in table])
    before = max(points, default=0.0)
    after = max((n.ink.width - point for (_, n), point in zip(table, points, strict=True)), default=0.0)
    longest = max((word.ink.width for word, _ in table), default=0.0)
    wide = longest + GAP + before + after if table else 0.0
    width = max([wide, *(ink.width for ink, _, _ in rows)]) + 2 * SIDE
    things: list[Inked] = []
    y = TOP
    for ink, colour, role in rows:
        high, low = _line_height(ink, role)
        things.append(Inked(ink, (width - ink.width) / 2, y + high, colour, role))
        y += high + low + leading
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


def _title(box: Box) -> list[Ink]:
    """heading = formula on one line if there is room, else on as few as possible."""
    name = readable(box.heading)
    if box.formula is None:
        return [mathematics(name, TITLE)]
    lines = in_lines(line(name, EQUALS), box.formula, _wide, WIDEST_TITLE, WIDEST_FORMULA)
    return [mathematics(part, FORMULA) for part in lines]


def _wide(formula: Math) -> float:
    return mathematics(formula, FORMULA).width


def _broken(note: str) -> list[str]:
    """A note in lines: the contents of a folded box are a list."""
    return [part for part in re.split(r"\n|(?<=,) ", note) if part]
