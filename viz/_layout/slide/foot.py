"""The foot of a slide: a line of arithmetic, the chain rule of a highlighted quantity, or a legend."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from viz._layout.compose import Plan
from viz._layout.panels import badge, badge_width
from viz._layout.scene import READABLE, Flat, Inked, Shape
from viz._layout.slide.items import Detail
from viz._layout.themes import Theme
from viz._mathematics.outlines import Ink, mathematics, words
from viz._mathematics.shortening import readable, typeset_length
from viz._mathematics.signs import COMMA, EQUALS, TIMES
from viz._mathematics.typeset import Atom, Fence, Frac, Math, is_several, line, rebuilt, to_text
from viz._pictures.picture import Picture, Worked

__all__ = ["LARGEST", "Block", "caption_lines", "centred", "legend_lines", "legend_of", "worked_block"]

LONGEST_PIECE = 30.0  # signs of a formula in a caption of two lines
SLASH = Atom("/", "/", "letter")
LARGEST = 30.0  # type of a chain rule, of a slide 1080 high
MOST_LINES = 5
AXIS = 0.26  # of a minus sign over its base line, of the type


@dataclass(frozen=True)
class Block:
    """Shapes from their upper left corner, and the room that they take."""

    width: float
    height: float
    shapes: tuple[Flat, ...]


# -- the chain rule ---------------------------------------------------------------------------


def worked_block(
    worked: Worked,
    theme: Theme,
    room: float,
    unit: float,
    largest: float = LARGEST,
    tallest: float = math.inf,
) -> Block:
    """The chain rule in the largest type that fits into the width and the height.

    A single path is a table: under each derivative its formula and its number, in the colour of its edge and
    with the number that its edge has.

    Args:
        worked: the calculation.
        theme: the colours.
        room: the width of the slide.
        unit: a thousand-and-eightieth of its height.
        largest: the type, where it fits, in such units.
        tallest: the height that there is.
    """
    size = largest
    while True:
        em = size * unit
        block = _table(worked, theme, em) if worked.factors else _lines(worked, theme, room, em)
        if (block.width <= room and block.height <= tallest) or size <= READABLE:
            break
        size = max(READABLE, size - 2.0)
    if block.width <= room:
        return block
    pieces = [f"the product of the {len(worked.factors)} numbered derivatives"] if worked.factors else []
    ends = [mathematics(line(*([worked.whole] if worked.whole else []), EQUALS, worked.result), size * unit)]
    return _under(ends + [words(piece, size * unit) for piece in pieces], theme)


def _table(worked: Worked, theme: Theme, size: float) -> Block:
    """The factors as columns."""
    columns = [[mathematics(m, size) for m in factor.rows] for factor in worked.factors]
    count = min(map(len, columns))
    dot, equals = mathematics(TIMES, size), mathematics(EQUALS, size)
    gap = 0.25 * size
    whole = None if worked.whole is None else mathematics(worked.whole, size)
    result = mathematics(line(EQUALS, worked.result), size)
    heights = [(max(c[r].ascent for c in columns), max(c[r].descent for c in columns)) for r in range(count)]
    if whole is not None:
        heights[0] = max(heights[0][0], whole.ascent), max(heights[0][1], whole.descent)
    leading = 0.25 * size
    bases: list[float] = []
    y = BADGE * size + leading if len(columns) > 1 else 0.0
    for ascent, descent in heights:
        bases.append(y + ascent)
        y += ascent + descent + leading
    shapes: list[Flat] = []
    x = 0.0
    if whole is not None:
        shapes.append(Inked(whole, 0.0, bases[0], theme.ink, "caption"))
        x = whole.width + gap
    for r, base in enumerate(bases):
        if whole is not None or r:
            shapes.append(Inked(equals, x, base, theme.ink, "caption"))
    x += equals.width + gap
    for n, (factor, column) in enumerate(zip(worked.factors, columns, strict=True)):
        wide = max(badge_width(n + 1, BADGE * size), *(ink.width for ink in column))
        colour = theme.sign(factor.number) if factor.number else theme.ink
        if n:
            shapes += [Inked(dot, x, base, theme.ink, "caption") for base in bases]
            x += dot.width + gap
        if factor.link is not None and len(columns) > 1:
            shapes += badge(n + 1, x + wide / 2, BADGE * size / 2, BADGE * size, colour, theme)
        shapes += [
            Inked(ink, x + (wide - ink.width) / 2, base, colour, "caption")
            for ink, base in zip(column, bases, strict=False)
        ]
        x += wide + gap
    if len(columns) > 1:
        shapes.append(Inked(result, x, bases[-1], theme.ink, "caption"))
        x += result.width
    return Block(x, y - leading, tuple(shapes))


BADGE = 0.95  # of the type


def _lines(worked: Worked, theme: Theme, room: float, size: float) -> Block:
    """Equations under one another; the last is never left out."""
    lines = [one for pieces in worked.lines for one in _broken([pieces], room, size)]
    while len(lines) > MOST_LINES:
        del lines[-2]
    return _under(lines, theme)


def _under(lines: Sequence[Ink], theme: Theme) -> Block:
    """Lines in the middle under one another."""
    width = max(ink.width for ink in lines)
    shapes: list[Flat] = []
    y = 0.0
    for ink in lines:
        shapes.append(Inked(ink, (width - ink.width) / 2, y + ink.ascent, theme.ink, "caption"))
        y += ink.ascent + ink.descent + 6.0
    return Block(width, y - 6.0, tuple(shapes))


# -- arithmetic -------------------------------------------------------------------------------


def centred(lines: list[Inked], width: float, top: float, room: float) -> Iterator[Shape]:
    """Lines under one another in the middle of the foot."""
    high = sum(one.ink.ascent + one.ink.descent for one in lines)
    gap = max(0.0, min(10.0, (room - high) / (len(lines) + 1)))
    y = top + (room - high - gap * (len(lines) - 1)) / 2
    for one in lines:
        yield replace(one, x=(width - one.ink.width) / 2, y=y + one.ink.ascent)
        y += one.ink.ascent + one.ink.descent + gap


def caption_lines(equations: Sequence[Sequence[Math]], room: float, size: float) -> list[Ink]:
    """Equations in type of that size, on one line or on two.

    Two lines have fractions with slashes, and long formulas in them are shortened; of equations that are too
    long even so, only the left side and the result are there.
    """
    lines = _broken(equations, room, size)
    if len(lines) <= 1:
        return lines
    short = [
        [_inline(readable(piece, LONGEST_PIECE, typeset_length)) for piece in pieces] for pieces in equations
    ]
    lines = _broken(short, room, size)
    if len(lines) <= 2:
        return lines
    ends = [[pieces[0], *pieces[-1:]] if len(pieces) > 2 else pieces for pieces in short]
    return _broken(ends, room, size)


def _broken(equations: Sequence[Sequence[Math]], room: float, size: float) -> list[Ink]:
    """Equations with commas between them, in lines that are broken between their pieces."""
    pieces: list[Math] = []
    for n, equation in enumerate(equations):
        pieces += equation
        if n + 1 < len(equations):
            pieces[-1] = line(pieces[-1], COMMA)
    whole = [mathematics(line(*pieces), size)] if pieces else []
    if not whole or whole[0].width <= room:
        return whole
    lines: list[Math] = []
    for piece in pieces:
        if lines and mathematics(line(lines[-1], piece), size).width <= room:
            lines[-1] = line(lines[-1], piece)
        else:
            lines.append(piece)
    return [mathematics(one, size) for one in lines]


def _inline(m: Math) -> Math:
    """Fractions with slashes.

    >>> from viz._mathematics.latex import parse
    >>> to_text(_inline(parse(r"\\frac{a}{b + c}")))
    'a/(b + c)'
    """
    if isinstance(m, Frac):
        over, under = (
            Fence("(", part, ")") if is_several(part) else part for part in map(_inline, (m.over, m.under))
        )
        return line(over, SLASH, under)
    return rebuilt(m, _inline)


# -- legends ----------------------------------------------------------------------------------


def legend_of(picture: Picture, detail: Detail, plan: Plan) -> Iterator[str]:
    """How the drawing is to be read."""
    if any(box.gradient is not None for box in picture.boxes) and picture.worked is None:
        used = {link.source for link in picture.links}
        ends = [to_text(box.symbol) for box in picture.boxes if box.id not in used]
        whole = ends[0] if len(ends) == 1 else "the sum of the results"
        yield f"grad: the derivative of {whole} by the quantity"
    if detail.formulas == "none":
        yield "without formulas"
    if detail.numbers == "bare":
        yield "in a box: the value, and grad in colour"
    if any(thing.ink.text == "local" for panel in plan.boxes.values() for thing in panel.things):
        yield "local: the derivative by it of the quantity that it goes into"
    if detail.label != "equation" and any(plan.labels):
        slope = "the derivative of its end by its beginning"
        if not plan.weights:
            yield f"on an edge: {slope}"
        elif not any(link.derivative for link in picture.links):
            yield "on an edge: a weight"
        else:
            shown = "a weight and its grad" if detail.numbers == "bare" else "a weight"
            yield f"on an edge: {shown}; {slope} is the weight, by the weight its beginning"
    pairs = zip(picture.links, plan.labels, plan.layout.routes, strict=True)
    if any(link.derivative is not None and label is None and route.pieces for link, label, route in pairs):
        yield "an edge without a number: the derivative as colour and width"


def legend_lines(legend: Sequence[str], room: float, size: float) -> Iterator[Ink]:
    """A legend in as few lines as possible, in smaller type where a part of it is wider than a line."""
    widest = max((words(part, size).width for part in legend), default=0.0)
    size *= min(1.0, room / widest) if widest else 1.0
    text = ""
    for part in legend:
        longer = f"{text} · {part}" if text else part
        if text and words(longer, size).width > room:
            yield words(text, size)
            longer = part
        text = longer
    if text:
        yield words(text, size)
