"""From a neutral picture to a drawing: typeset panels, laid out by Graphviz, with edges and colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from viz._layout.panels import LAYER_TITLE, Panel, box_panel, label_panel
from viz._layout.places import Layout, place
from viz._layout.routes import Area, Route, arrow
from viz._layout.scene import Curve, Flat, Group, Inked, Polygon, Rectangle, Scene
from viz._layout.themes import LIGHT, Theme, stroke
from viz._mathematics.outlines import words
from viz._mathematics.shortening import short_text
from viz._mathematics.typeset import to_text
from viz._pictures.picture import Box, Link, Picture

__all__ = ["MOST_FORMULAS", "Moment", "Plan", "compose", "plan", "scene"]

MOST_FORMULAS, MOST_LABELS = 30, 120  # links with a formula beside them; links with any label
RADIUS, BORDER = 9.0, 3.0


@dataclass(frozen=True)
class Plan:
    """A picture with its typeset panels and their places: the same for all frames of an animation.

    Attributes:
        members: for each box with a table in it, the boxes of the picture that are rows there, itself first.
        weights: for a link with a weight beside it, the box of the weight.
    """

    picture: Picture
    theme: Theme
    boxes: dict[str, Panel]
    labels: tuple[Panel | None, ...]
    layout: Layout
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    weights: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """The visible part of a picture in one frame of an animation.

    Attributes:
        values, gradients: the boxes whose value and gradient are known.
        links: the links whose derivative is known, by their places in the picture.
        boxes_now, links_now: the subjects of this frame.
    """

    values: frozenset[str] = frozenset()
    gradients: frozenset[str] = frozenset()
    links: frozenset[int] = frozenset()
    boxes_now: frozenset[str] = frozenset()
    links_now: frozenset[int] = frozenset()


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
    boxes = {box.id: box_panel(box, theme) for box in picture.boxes}
    count = sum(link.derivative is not None for link in picture.links)
    labels: list[Panel | None] = []
    for link in picture.links:
        has_label = link.derivative is not None and count <= MOST_LABELS
        panel = (
            label_panel(link, theme, "equation" if count <= MOST_FORMULAS else "number")
            if has_label
            else None
        )
        labels.append(panel if panel is not None and panel.things else None)
    sizes = {i: (panel.width, panel.height) for i, panel in boxes.items()}
    layout = place(picture, sizes, [(label.width, label.height) if label else None for label in labels])
    return Plan(picture, theme, boxes, tuple(labels), layout)


def scene(fixed: Plan, moment: Moment | None = None) -> Scene:
    """The drawing of a plan, or its visible part at one moment."""
    picture, theme, layout = fixed.picture, fixed.theme, fixed.layout
    ids = frozenset(box.id for box in picture.boxes)
    moment = moment or Moment(ids, ids, frozenset(range(len(picture.links))))
    names = {box.id: to_text(box.symbol) for box in picture.boxes}
    boxes = {box.id: _visible(box, moment) for box in picture.boxes}
    edges = []
    # Faded links first: where many edges meet, they do not cover the other arrows.
    for i, link in sorted(enumerate(picture.links), key=lambda pair: not pair[1].faded):
        if not layout.routes[i].pieces:  # a row of a table
            continue
        known, weight = i in moment.links, fixed.weights.get(i)
        label = fixed.labels[i] if known or weight is not None else None
        at = layout.routes[i].label
        things = () if label is None or at is None else label.placed(at, _hidden(boxes, (weight,)))
        is_subject = i in moment.links_now or weight in moment.boxes_now
        shapes = _edge(link, layout.routes[i], tuple(things), theme, known, is_subject)
        says = [_box_in_words(boxes[weight])] if weight is not None else []
        says += [_link_in_words(link, names)] if known else []
        edges.append(Group(f"e{i}", "edge", "\n".join(says), tuple(shapes)))
    drawn = [
        *(
            _layer(layer.id, layer.title, layout.layers[layer.id], theme)
            for layer in picture.layers
            if layer.id in layout.layers
        ),
        *edges,
        *(_box(i, boxes, fixed, moment) for i in fixed.boxes),
    ]
    known_links = [link for i, link in enumerate(picture.links) if i in moment.links and link.derivative]
    lines = [*map(_box_in_words, boxes.values()), *(_link_in_words(link, names) for link in known_links)]
    title = f"The computation of {names[picture.boxes[-1].id]}"
    return Scene(layout.width, layout.height, title, "\n".join(lines), theme.paper, tuple(drawn))


# -- parts ------------------------------------------------------------------------------------


def _layer(id: str, title: str, at: Area, theme: Theme) -> Group:
    ink = words(short_text(title), LAYER_TITLE)
    if ink.width > at.width - 2 * RADIUS:
        ink = words(short_text(title), LAYER_TITLE * (at.width - 2 * RADIUS) / ink.width)
    ground = Rectangle(at.left, at.top, at.width, at.height, RADIUS, theme.layer, theme.layer_line, 1.0)
    name = Inked(ink, at.x - ink.width / 2, at.top + 24, theme.quiet, "title")
    return Group(id, "layer", title, (ground, name))


def _visible(box: Box, moment: Moment) -> Box:
    value = box.value if box.id in moment.values else None
    return replace(box, value=value, gradient=box.gradient if box.id in moment.gradients else None)


def _box(id: str, boxes: dict[str, Box], fixed: Plan, moment: Moment) -> Group:
    box, at, theme = boxes[id], fixed.layout.boxes[id], fixed.theme
    members = fixed.members.get(id, (id,))
    thickness = 1.0 if box.kind == "constant" else 1.2 if box.faded else BORDER
    border, fill = (theme.faded, theme.computed) if box.faded else (theme.line, theme.fill(box.kind))
    if isinstance(box.gradient, float) and not box.faded:
        border = theme.sign(box.gradient)
    shapes = [_frame(at, 5, RADIUS + 4, theme, 2.0)] if moment.boxes_now.intersection(members) else []
    dashed = box.kind == "group"
    shapes.append(Rectangle(at.left, at.top, at.width, at.height, RADIUS, fill, border, thickness, dashed))
    hidden = _hidden(boxes, members[1:]) | {("", role) for _, role in _hidden(boxes, (id,))}
    for i in set(range(len(fixed.picture.links))) - moment.links if len(members) > 1 else ():
        hidden |= {(f"e{i}", "derivative"), (f"e{i}", "number")}
    says = "\n".join(_box_in_words(boxes[member]) for member in members)
    return Group(id, f"box {box.kind}", says, (*shapes, *fixed.boxes[id].placed(at, hidden)))


def _hidden(boxes: dict[str, Box], members: Iterable[str | None]) -> set[tuple[str, str]]:
    """The numbers of boxes that are not known yet, as owners and roles."""
    return {
        (member, role)
        for member in members
        if member is not None
        for role in ("value", "gradient")
        if getattr(boxes[member], role) is None
    }


def _edge(
    link: Link,
    route: Route,
    label: tuple[Rectangle | Inked, ...],
    theme: Theme,
    is_known: bool,
    is_subject: bool,
) -> Iterator[Flat]:
    colour, thickness = stroke(link, theme) if is_known else (theme.line, 1.5)
    thickness *= route.slim
    pieces = list(route.pieces)
    if not label and len(pieces) == 2:  # nothing stands between them yet
        start, end = pieces[0][-1], pieces[1][0]
        pieces.insert(1, (start, start, end, end))
    pieces[-1], corners = arrow(pieces[-1], 9.0 + 1.7 * thickness, 4.2 + 1.0 * thickness)
    for piece in pieces:
        yield Curve(piece, colour, thickness)
    yield Polygon(corners, colour)
    if is_subject and label and route.label is not None:
        yield _frame(route.label, 2, 4, theme, 1.5)
    yield from label


def _frame(at: Area, room: float, radius: float, theme: Theme, thickness: float) -> Rectangle:
    """A frame around the subject of a moment."""
    left, top, width, height = at.left - room, at.top - room, at.width + 2 * room, at.height + 2 * room
    return Rectangle(left, top, width, height, radius, theme.paper, theme.ink, thickness)


# -- in words ---------------------------------------------------------------------------------


def _box_in_words(box: Box) -> str:
    """A box as a sentence.

    >>> from viz._mathematics.latex import label
    >>> _box_in_words(Box("n0", "data", label("x^2"), None, 0.5, -2.0))
    'x²: value 0.50, gradient −2.00.'
    """
    facts = [box.note] if box.note else []
    facts += [f"{'gradient' if entry.signed else entry.word} {entry.text}" for entry in box.entries()]
    equation = to_text(box.equation(longest=None))
    return f"{equation}: {', '.join(facts)}." if facts else f"{equation}."


def _link_in_words(link: Link, names: dict[str, str]) -> str:
    return f"{link.text(longest=None) or f'{names[link.source]} goes into {names[link.target]}'}."
