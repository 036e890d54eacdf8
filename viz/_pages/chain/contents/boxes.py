"""The boxes of the page as HTML, their numbers left out: the script fills them in."""

from __future__ import annotations

import html
from dataclasses import replace

from viz._layout.routes import Area
from viz._mathematics.latex import literal
from viz._mathematics.shortening import readable
from viz._mathematics.signs import GIVES
from viz._mathematics.typeset import Math, to_text
from viz._pages.chain.layout import box_formula, field_width, notes_of
from viz._pages.chain.live import to_mathml
from viz._pages.chain.recording import InnerLeaf, Recording
from viz._pictures.picture import Box

__all__ = ["box_html", "inner_id", "movable", "style"]

MOST_INSIDE = 48  # leaves of a folded box that can be moved; the others keep their numbers

GRADIENT = '<div class="row"><span class="word"></span><span class="number gradient"></span></div>'
ROWS = f'<div class="row"><span class="word"></span><span class="number value"></span></div>{GRADIENT}'
TRACK = '<div class="track"></div>'
# On the track: where the quantity was, where it is, and the ends of the line.
MARKS = '<i class="ghost"></i><i class="dot"></i><span class="end"></span><span class="end"></span>'
AXIS = f'<div class="axis">{TRACK}{MARKS}</div>'


def box_html(box: Box, at: Area, recording: Recording) -> str:
    """A box in its place: its name or its formula, its value, its gradient, and its number line.

    >>> from autograd import Value
    >>> from viz._pages.chain.recording import record
    >>> recording = record((Value(3.0, label="x") * 2).with_label("y"), 60)
    >>> box_html(recording.picture.boxes[1], Area(50, 50, 20, 10), recording)[:46]
    '<div class="box result" id="n1" role="group" s'
    """
    symbol = _symbol(readable(box.symbol))
    if box.is_leaf:
        return _panel(box, f"leaf {box.kind}", [symbol], _leaf(box), style(at))
    if box.kind == "group":
        title = to_mathml(literal(box.title)) + to_mathml(GIVES) if box.title else ""
        return _panel(box, box.kind, [title + symbol], _group(box, recording), style(at))
    first, *others = (f'<mrow class="formula">{to_mathml(part)}</mrow>' for part in box_formula(box))
    return _panel(box, box.kind, [symbol + first, *others], ROWS + AXIS, style(at))


def style(at: Area) -> str:
    """A place as a style attribute."""
    sizes = f"left:{at.left:.1f}px;top:{at.top:.1f}px;width:{at.width:.1f}px;height:{at.height:.1f}px"
    return f' style="{sizes}"'


def movable(recording: Recording, box: Box) -> list[InnerLeaf]:
    """The leaves inside a folded box that can be moved."""
    return recording.inside.get(box.id, [])[:MOST_INSIDE]


def inner_id(box: Box, i: int) -> str:
    """The id of a leaf inside a folded box."""
    return f"{box.id}leaf{i}"


def _panel(box: Box, kind: str, lines: list[str], contents: str, place: str) -> str:
    full = html.escape(" ".join(to_text(box.symbol).split()))
    heading = "<br>".join(f'<math displaystyle="true">{part}</math>' for part in lines)
    return (
        f'<div class="box {kind}" id="{box.id}" role="group"{place}>'
        f'<div class="name fit" title="{full}"><span>{heading}</span></div>{contents}</div>'
    )


def _symbol(symbol: Math) -> str:
    return f'<mrow class="symbol">{to_mathml(symbol)}</mrow>'


def _leaf(box: Box) -> str:
    name = html.escape(to_text(readable(box.symbol)))
    field = (
        '<input class="number value" type="text" inputmode="decimal" autocomplete="off" '
        f'aria-label="value of {name}">'
    )
    slider = f'<input class="line" type="range" step="any" aria-label="move {name}">'
    width = f"width:{field_width(box):.0f}px"
    return (
        f'<div class="row" style="{width}"><span class="word"></span>{field}</div>{GRADIENT}'
        f'<div class="axis">{TRACK}{slider}{MARKS}</div>'
    )


def _group(box: Box, recording: Recording) -> str:
    """The contents of a folded box; a button opens a drawer with its leaves."""
    numbers = ROWS + AXIS if box.id in recording.value else ""
    notes = [html.escape(note) for note in notes_of(box)]
    leaves = movable(recording, box)
    if not leaves:
        return "".join(f'<span class="note">{note}</span>' for note in notes) + numbers
    drawer = f"{box.id}drawer"
    panels = "".join(
        _panel(
            replace(leaf.box, id=inner_id(box, i)), f"leaf {leaf.box.kind}",
            [_symbol(readable(leaf.box.symbol))], _leaf(leaf.box), "",
        )
        for i, leaf in enumerate(leaves)
    )  # fmt: skip
    *others, last = notes
    lines = "".join(f'<span class="note">{note}</span>' for note in others)
    button = (
        f'<button type="button" class="open" aria-expanded="false" aria-controls="{drawer}">{last}</button>'
    )
    return f'{lines}{button}{numbers}<div class="drawer" id="{drawer}" hidden>{panels}</div>'
