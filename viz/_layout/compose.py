"""From a neutral picture to a drawing: typeset blocks, laid out by Graphviz, with edges and colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from viz._layout.blocks import LAYER_TITLE, Block, box_block, label_block
from viz._layout.places import MARGIN, Layout, place
from viz._layout.routes import Place, Route, arrow
from viz._layout.scene import Curve, Group, Inked, Polygon, Rectangle, Scene, Shape
from viz._layout.themes import LIGHT, Theme, stroke
from viz._mathematics.numerals import number
from viz._mathematics.outlines import Ink, words
from viz._mathematics.shortening import short_text
from viz._mathematics.signs import derivative
from viz._mathematics.typeset import Math, to_text
from viz._pictures.picture import Box, Link, Picture

__all__ = ["MOST_FORMULAS", "Moment", "Plan", "compose", "plan", "scene"]

MOST_FORMULAS, MOST_LABELS = 30, 120  # links with a formula beside them; links with any label
CAPTION_ROOM = 76.0
RADIUS, BORDER = 9.0, 3.0


@dataclass(frozen=True)
class Plan:
    """A picture with its typeset blocks and their places: what stays the same from frame to frame."""

    picture: Picture
    theme: Theme
    boxes: dict[str, Block]
    labels: tuple[Block | None, ...]
    layout: Layout


@dataclass(frozen=True)
class Moment:
    """What can be seen in one frame of an animation.

    Attributes:
        values, gradients: the boxes whose value and gradient are known.
        links: the links whose derivative is known, by their places in the picture.
        boxes_now, links_now: what this frame is about.
        caption: a line under the drawing.
    """

    values: frozenset[str] = frozenset()
    gradients: frozenset[str] = frozenset()
    links: frozenset[int] = frozenset()
    boxes_now: frozenset[str] = frozenset()
    links_now: frozenset[int] = frozenset()
    caption: Ink | None = None


def compose(picture: Picture, theme: Theme = LIGHT) -> Scene:
    """The whole drawing.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> drawn = compose(chain_picture((2 * Value(3.0, label="x")).with_label("y")))
    >>> print(drawn.description)
    x: value 3.00, gradient +2.00.
    y = 2x: value 6.00, gradient +1.00.
    ∂y/∂x = 2 = +2.00.
    """
    return scene(plan(picture, theme))


def plan(picture: Picture, theme: Theme = LIGHT) -> Plan:
    """Typeset a picture and lay it out.

    Formulas stand beside up to 30 links, numbers alone beside up to 120: in a drawing with more,
    they would be too small to read.
    """
    symbols = {box.id: box.symbol for box in picture.boxes}
    boxes = {box.id: box_block(box, theme) for box in picture.boxes}
    count = sum(link.derivative for link in picture.links)
    labels: list[Block | None] = []
    for link in picture.links:
        shown = link.derivative and count <= MOST_LABELS
        block = label_block(link, symbols, theme, formula=count <= MOST_FORMULAS) if shown else None
        labels.append(block if block is not None and block.things else None)
    sizes = {i: (block.width, block.height) for i, block in boxes.items()}
    layout = place(picture, sizes, [(label.width, label.height) if label else None for label in labels])
    return Plan(picture, theme, boxes, tuple(labels), layout)


def scene(fixed: Plan, moment: Moment | None = None) -> Scene:
    """The drawing of a plan, or what can be seen of it at one moment."""
    picture, theme, layout = fixed.picture, fixed.theme, fixed.layout
    symbols = {box.id: box.symbol for box in picture.boxes}
    shapes: list[Shape] = [
        _layer(layer.id, layer.title, layout.layers[layer.id], theme) for layer in picture.layers
    ]
    # What is faded is drawn first: where many edges meet, the arrows that matter stay whole.
    for i, link in sorted(enumerate(picture.links), key=lambda pair: not pair[1].faded):
        known = moment is None or i in moment.links
        now = moment is not None and i in moment.links_now
        says = _says_link(link, symbols) if known else ""
        route, label = layout.routes[i], fixed.labels[i] if known else None
        shapes.append(Group(f"e{i}", "edge", says, tuple(_edge(link, route, label, theme, known, now))))
    for box in picture.boxes:
        seen = box if moment is None else _seen(box, moment)
        now = moment is not None and box.id in moment.boxes_now
        drawn = _box(seen, layout.boxes[box.id], fixed.boxes[box.id], theme, now)
        shapes.append(Group(box.id, f"box {box.kind}", _says_box(seen), tuple(drawn)))
    height = layout.height
    if moment is not None:
        height += CAPTION_ROOM
        if moment.caption is not None:
            x = max(MARGIN, (layout.width - moment.caption.width) / 2)
            shapes.append(Inked(moment.caption, x, height - 30, theme.ink, "caption"))
    known_links = [link for i, link in enumerate(picture.links) if moment is None or i in moment.links]
    lines = [_says_box(box if moment is None else _seen(box, moment)) for box in picture.boxes]
    lines += [_says_link(link, symbols) for link in known_links if link.derivative]
    result = to_text(picture.boxes[-1].symbol)
    title = f"The computation of {result}"
    return Scene(layout.width, height, title, "\n".join(lines), theme.paper, tuple(shapes))


# -- parts ------------------------------------------------------------------------------------


def _layer(id: str, title: str, at: Place, theme: Theme) -> Group:
    ink = words(short_text(title), LAYER_TITLE)
    if ink.width > at.width - 2 * RADIUS:
        ink = words(short_text(title), LAYER_TITLE * (at.width - 2 * RADIUS) / ink.width)
    left, top = at.x - at.width / 2, at.y - at.height / 2
    return Group(
        id,
        "layer",
        title,
        (
            Rectangle(left, top, at.width, at.height, RADIUS, theme.layer, theme.layer_line, 1.0),
            Inked(ink, at.x - ink.width / 2, top + 24, theme.quiet, "title"),
        ),
    )


def _seen(box: Box, moment: Moment) -> Box:
    value = box.value if box.id in moment.values else None
    return replace(box, value=value, gradient=box.gradient if box.id in moment.gradients else None)


def _box(box: Box, at: Place, block: Block, theme: Theme, now: bool) -> Iterator[Rectangle | Inked]:
    left, top = at.x - at.width / 2, at.y - at.height / 2
    thickness = 1.0 if box.kind == "constant" else 1.2 if box.faded else BORDER
    stroke = theme.faded if box.faded else theme.line
    if isinstance(box.gradient, float) and not box.faded:
        stroke = theme.sign(box.gradient)
    if now:
        yield Rectangle(
            left - 5, top - 5, at.width + 10, at.height + 10, RADIUS + 4, theme.paper, theme.ink, 2.0
        )
    fill = theme.computed if box.faded else theme.fill(box.kind)
    yield Rectangle(left, top, at.width, at.height, RADIUS, fill, stroke, thickness, box.kind == "group")
    hidden = {role for role in ("value", "gradient") if getattr(box, role) is None}
    for thing in _things(block, hidden):
        yield replace(thing, x=thing.x + left, y=thing.y + top)


def _things(block: Block, hidden: set[str]) -> Iterator[Inked]:
    """A block's things without rows that are not known yet: a number goes with the word before it."""
    for thing, after in zip(block.things, [*block.things[1:], None], strict=True):
        role = after.role if thing.role == "word" and after is not None else thing.role
        if role not in hidden:
            yield thing


def _edge(
    link: Link, route: Route, label: Block | None, theme: Theme, known: bool, now: bool
) -> Iterator[Curve | Polygon | Inked | Rectangle]:
    colour, thickness = stroke(link, theme) if known else (theme.line, 1.5)
    thickness *= route.slim
    pieces = list(route.pieces)
    if label is None and len(pieces) == 2:  # nothing stands between them yet
        start, end = pieces[0][-1], pieces[1][0]
        pieces.insert(1, (start, start, end, end))
    pieces[-1], corners = arrow(pieces[-1], 9.0 + 1.7 * thickness, 4.2 + 1.0 * thickness)
    for piece in pieces:
        yield Curve(piece, colour, thickness)
    yield Polygon(corners, colour)
    if label is not None and route.label is not None:
        at = route.label
        left, top = at.x - at.width / 2, at.y - at.height / 2
        if now:
            yield Rectangle(left - 2, top - 2, at.width + 4, at.height + 4, 4, theme.paper, theme.ink, 1.5)
        for thing in label.things:
            yield replace(thing, x=thing.x + left, y=thing.y + top)


# -- in words ---------------------------------------------------------------------------------


def _says_box(box: Box) -> str:
    """A box in words.

    >>> from viz._mathematics.latex import label
    >>> _says_box(Box("n0", "data", label("x^2"), None, 0.5, -2.0))
    'x²: value 0.50, gradient −2.00.'
    """
    name = to_text(box.heading)
    if box.formula is not None:
        name += f" = {to_text(box.formula)}"
    facts = [box.note] if box.note else []
    facts += [f"{'gradient' if row.signed else row.word} {row.text}" for row in box.rows()]
    return f"{name}: {', '.join(facts)}." if facts else f"{name}."


def _says_link(link: Link, symbols: dict[str, Math]) -> str:
    above, below = symbols[link.target], symbols[link.source]
    if not link.derivative:
        return f"{to_text(below)} goes into {to_text(above)}."
    name = to_text(derivative(above, below)) + (f", use {link.use}" if link.use else "")
    if link.symbol is not None:
        name += f" = {to_text(link.symbol)}"
    return f"{name} = {number(link.number, signed=True)}." if link.number is not None else f"{name}."
