"""A drawing composed for a slide: the arrangement that shows all in the largest type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd._support.checks import count
from viz._layout.compose import Moment, Plan, scene
from viz._layout.panels import Panel, badged, label_panel
from viz._layout.places import Layout, cropped, ground_of, layers_apart
from viz._layout.routes import Size
from viz._layout.scene import READABLE, SLIDE, Group, Inked, Scene, scaled
from viz._layout.slide.columns import Spacing, in_columns
from viz._layout.slide.foot import (
    LARGEST,
    Block,
    caption_lines,
    centred,
    legend_lines,
    legend_of,
    worked_block,
)
from viz._layout.slide.graph import Graph
from viz._layout.slide.items import Detail, Items, items_of
from viz._layout.slide.rows import in_rows
from viz._layout.slide.tables import weight_panel
from viz._layout.stands import Stand, rows_of
from viz._layout.themes import LIGHT, Theme
from viz._mathematics.typeset import Math
from viz._pictures.picture import Picture, first_letter

__all__ = ["Composition", "a_size", "compose_slide", "composed", "slide_scene", "with_grounds"]

POINT = 0.75  # points in a pixel: 96 pixels are an inch
LEGIBLE = READABLE / SLIDE[1]  # the smallest type, of the slide's height
TYPE = 18.0  # points: the smallest type before a layout is fitted into a slide
EDGE, FOOT = 12 / 1080, 96 / 1080  # the margin, and the foot for a line of arithmetic or a legend
GAP = 8.0  # points, over a chain rule
CAPTION, LEGEND = 36 / 1080, 22 / 1080  # the type of these
MOST_ROWS, MOST_LABELS_ALIKE = 6, 18
MANY_EDGES, PER_EDGE = 4, 15.0  # into a box, which is that high for each
NEARLY = 0.95  # of the largest type: for calmer edges
TALLER, WIDER = 1.7, 150.0  # how far a layout may be spread where there is room

# Links with formulas in a form of a drawing, and of single boxes, these counted too.
MOST_FORMULAS = {"nothing": 44, "leaves": 24, "weights": 40, "neurons": 40}

# The first that can be read is taken: each has shorter texts than the one before.
DETAILS = (
    Detail(),
    Detail(label="formula"),
    Detail("leaves"),
    Detail("leaves", label="formula"),
    Detail("leaves", formulas="short", label="formula"),
    Detail("weights", label="formula"),
    Detail("weights", formulas="short", label="formula"),
    Detail("neurons"),
    Detail("neurons", label="formula"),
    Detail("neurons", formulas="inside", label="formula"),
    Detail("weights", label="number"),
    Detail("weights", formulas="short", label="number"),
    Detail("weights", "bare", formulas="short", label="number"),
    Detail("weights", "bare", formulas="none", label="number"),
    Detail("neurons", label="number"),
    Detail("neurons", formulas="short", label="number"),
    Detail("neurons", formulas="inside", label="number"),
    Detail("neurons", "bare", formulas="short", label="number"),
    Detail("neurons", label="line"),
    Detail("neurons", formulas="short", label="line"),
    Detail("neurons", "bare", formulas="short", label="line"),
    Detail("neurons", formulas="none", label="line"),
)  # fmt: skip


@dataclass(frozen=True)
class Composition:
    """A plan for a slide, the same for all frames of an animation.

    Attributes:
        size: of the slide, or of the part of it that the drawing has, in pixels.
        whole: the height of the slide, which type goes by.
        scale: pixels in a point of the layout.
        detail: how much room its parts take.
        legend: how to read the drawing.
        foot: the height of the foot, in pixels.
        worked: the chain rule of what is highlighted.
    """

    plan: Plan
    size: tuple[int, int]
    whole: int
    scale: float
    detail: Detail
    legend: tuple[str, ...]
    foot: float
    worked: Block | None = None


def a_size(size: Any) -> tuple[int, int]:
    """The size of a slide from a user: width and height in pixels.

    >>> a_size((1920, 1080)), a_size([1280, 720])
    ((1920, 1080), (1280, 720))
    >>> a_size(1920)
    Traceback (most recent call last):
        ...
    ValueError: size is the width and the height of a slide in pixels, such as (1920, 1080), not 1920
    """
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        raise ValueError(
            f"size is the width and the height of a slide in pixels, such as (1920, 1080), not {size!r:.80}"
        )
    width, height = (
        count(n, f"the {name} of size", 100, 10_000, " of pixels")
        for n, name in zip(size, ("width", "height"), strict=True)
    )
    return width, height


def compose_slide(
    picture: Picture, theme: Theme = LIGHT, size: tuple[int, int] = SLIDE, whole: int | None = None
) -> Scene:
    """The whole drawing on a slide, or on a part of that size of a slide that is so high in the whole.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> drawn = compose_slide(chain_picture((2 * Value(3.0, label="x")).with_label("y")), size=(1280, 720))
    >>> drawn.width / 0.75, drawn.height / 0.75
    (1280.0, 720.0)
    """
    return slide_scene(composed(picture, theme, size, whole))


def composed(
    picture: Picture, theme: Theme = LIGHT, size: tuple[int, int] = SLIDE, whole: int | None = None
) -> Composition:
    """The first form of a drawing with legible type, or the one with the largest, arranged for a slide.

    Formulas are shortened, leaves become rows in the box of the quantity that uses them, and weighted sums
    rows in the box of their activation, as far as it takes.
    """
    width, height = size
    whole = height if whole is None else whole
    edge, foot, block = EDGE * whole, FOOT * whole, None
    wide = width - 2 * edge
    if picture.worked is not None:
        block = worked_block(picture.worked, theme, POINT * wide, POINT * whole / 1080)
        foot = (block.height + GAP) / POINT + 2 * LEGEND * whole
    room = wide, height - 2 * edge - foot
    best: tuple[float, Detail, Plan] | None = None
    labelled = sum(link.derivative is not None for link in picture.links)
    for detail in DETAILS:
        if detail.merging != "nothing" and not picture.spine:
            continue
        # Typesetting takes most of the time, and formulas would be far too small here.
        boxes = len(picture.boxes) if detail.merging == "nothing" else 0
        if detail.label in ("equation", "formula") and labelled + boxes > MOST_FORMULAS[detail.merging]:
            continue
        options = [
            option
            for form in ([detail] if detail.numbers == "bare" else [detail, replace(detail, numbers="row")])
            for option in _plans(picture, theme, form, room)
        ]
        if not options:  # the items use one another
            continue
        scale, plan = _calmest(options, LEGIBLE * whole / TYPE)
        if best is None or scale > best[0]:
            best = scale, detail, plan
        if scale * TYPE >= LEGIBLE * whole:
            break
    assert best is not None
    scale, detail, plan = best
    if picture.worked is not None and block is not None:  # in the drawing's type where that fits
        unit, spare = POINT * whole / 1080, POINT * (room[1] - scale * plan.layout.height)
        largest = max(LARGEST, scale * TYPE * 1080 / whole)
        block = worked_block(picture.worked, theme, POINT * wide, unit, largest, block.height + spare)
        foot = (block.height + GAP) / POINT + 2 * LEGEND * whole
    legend = tuple(legend_of(picture, detail, plan))
    return Composition(plan, size, whole, scale, detail, legend, foot, block)


def _calmest(options: list[tuple[float, Plan]], legible: float) -> tuple[float, Plan]:
    """The first arrangement whose type is nearly the largest: edges are less steep in earlier ones."""
    largest = max(scale for scale, _ in options)
    least = max(NEARLY * largest, min(largest, legible))
    return next(option for option in options if option[0] >= least)


def _plans(
    picture: Picture, theme: Theme, detail: Detail, room: tuple[float, float]
) -> Iterator[tuple[float, Plan]]:
    """The arrangements of one form, each with the pixels in a point of it."""
    parts = items_of(picture, detail, theme)
    items = parts.by_id
    labels = tuple(_labels(picture, theme, detail, parts))
    sizes: list[Size | None] = [(label.width, label.height) if label else None for label in labels]
    host = {box.id: i for i, item in items.items() for box in item.members}
    into = Counter(
        host.get(link.target) for link in picture.links if host.get(link.source) != host.get(link.target)
    )
    crowded = sum(into[i] > MANY_EDGES for i in items) > 2
    boxes = {
        i: (
            item.panel.width,
            max(item.panel.height, PER_EDGE * into[i] if into[i] > MANY_EDGES and not crowded else 0.0),
        )
        for i, item in items.items()
    }
    for stands in _stands(picture, detail, boxes, sizes):
        leaves = {picture.links[i].source for stand in stands.values() for row in stand.rows for i in row}
        host = {box.id: i for i, item in items.items() if i not in leaves for box in item.members}
        graph = Graph(picture, tuple(i for i in items if i not in leaves), host)
        if graph.backward and detail.merging != "nothing":
            continue
        for layout in _layouts(graph, boxes, sizes, stands, room):
            finished = with_grounds(picture, layout)
            panels = {i: item.panel for i, item in items.items()}
            weights = {i: box.id for i, box in parts.weights.items()}
            members = {i: tuple(box.id for box in item.members) for i, item in items.items()}
            yield _scale(finished, room), Plan(picture, theme, panels, labels, finished, members, weights)


def _stands(
    picture: Picture, detail: Detail, boxes: dict[str, Size], labels: list[Size | None]
) -> Iterator[dict[str, Stand]]:
    """Leaves over and under their boxes, all of them over their boxes, or in columns of their own."""
    rows = rows_of(picture) if detail.merging == "nothing" else {}
    if rows:
        yield {i: Stand(picture, i, pair, boxes, labels) for i, pair in rows.items()}
        over: dict[str, tuple[list[int], list[int]]] = {
            i: ([*under, *top], []) for i, (top, under) in rows.items()
        }
        yield {i: Stand(picture, i, pair, boxes, labels) for i, pair in over.items()}
    yield {}


def _layouts(
    graph: Graph,
    boxes: dict[str, Size],
    labels: list[Size | None],
    stands: dict[str, Stand],
    room: tuple[float, float],
) -> Iterator[Layout]:
    if graph.chain is not None:
        for rows in range(1, min(MOST_ROWS, len(graph.chain[0])) + 1):
            layout = in_rows(graph, boxes, labels, stands, rows)
            if layout is not None:
                yield layout
        return
    for by_labels in (True, False):
        yield from _in_columns(graph, boxes, labels, stands, room, by_labels)


def _in_columns(
    graph: Graph,
    boxes: dict[str, Size],
    labels: list[Size | None],
    stands: dict[str, Stand],
    room: tuple[float, float],
    by_labels: bool,
) -> Iterator[Layout]:
    """As narrow as possible, and spread where the slide has room."""
    layout, rooms = in_columns(graph, boxes, labels, stands, Spacing(by_labels=by_labels))
    yield layout
    finished = with_grounds(graph.picture, layout)
    scale = _scale(finished, room)
    wide, high = room[0] / scale, room[1] / scale
    tallest = max(area.height for area in layout.boxes.values())
    taller = (high - tallest - 40) / max(1.0, finished.height - tallest)
    spacing = Spacing(
        wider=max(0.0, min(WIDER, (wide - finished.width) / max(1, rooms))),
        taller=max(1.0, min(TALLER, taller)),
        by_labels=by_labels,
    )
    yield in_columns(graph, boxes, labels, stands, spacing)[0]


def with_grounds(picture: Picture, layout: Layout) -> Layout:
    """With the grounds of layers where they hold their own boxes and no others, and cropped."""
    layers = {}
    for layer in picture.layers:
        if any(i in layout.boxes for i in layer.boxes):
            layers[layer.id] = ground_of(layer.boxes, layout.boxes)
    with_layers = replace(layout, layers=layers)
    if len(layers) < len(picture.layers) or not layers_apart(picture, with_layers):
        with_layers = replace(layout, layers={})
    return cropped(with_layers, 3.0)


def _scale(layout: Layout, room: tuple[float, float]) -> float:
    return min(room[0] / layout.width, room[1] / layout.height)


def _labels(picture: Picture, theme: Theme, detail: Detail, parts: Items) -> Iterator[Panel | None]:
    host = {box.id: i for i, item in parts.by_id.items() for box in item.members}
    kinds = {box.id: (first_letter(box.symbol), box.layer) for box in picture.boxes}
    alike = Counter((kinds[link.source], kinds[link.target]) for link in picture.links)
    factors = picture.worked.badges if picture.worked is not None else {}
    uses = {picture.links[i].source: i for i in factors}  # of a weight, which has one
    for i, link in enumerate(picture.links):
        panel, factor = None, i
        is_dense = alike[kinds[link.source], kinds[link.target]] > MOST_LABELS_ALIKE
        if i in parts.weights:
            factor = uses.get(parts.weights[i].id, i)
            use = picture.links[factor] if factor != i else None
            panel = weight_panel(parts.weights[i], link, theme, use, detail.numbers == "bare")
        elif link.derivative is not None and host.get(link.source, host[link.target]) != host[link.target]:
            form = "number" if detail.label == "line" else detail.label
            panel = None if detail.label == "line" and is_dense else label_panel(link, theme, form)
        if panel is not None and panel.things and factor in factors:
            slope = picture.links[factor].number
            colour = theme.sign(slope) if slope else theme.ink
            panel = badged(panel, factors[factor], colour, theme)
        yield panel if panel is not None and panel.things else None


# -- the slide ----------------------------------------------------------------------------------


def slide_scene(
    composition: Composition, moment: Moment | None = None, caption: Sequence[Sequence[Math]] = ()
) -> Scene:
    """The slide, or its visible part at one moment.

    Args:
        caption: equations for the foot of the slide, in pieces that a line may be broken between; without any
            stands the legend there.
    """
    drawn = scene(composition.plan, moment)
    (width, height), whole = composition.size, composition.whole
    edge = EDGE * whole
    worked = composition.worked if moment is None else None
    high = height - edge - composition.foot
    scale = composition.scale
    dx = (width - scale * drawn.width) / 2
    dy = edge + (high - edge - scale * drawn.height) / 2
    shapes = scaled(drawn.shapes, POINT * scale, POINT * dx, POINT * dy)
    theme = composition.plan.theme
    room, top, rest = POINT * (width - 2 * edge), POINT * high, POINT * composition.foot
    if worked is not None:
        calculation = composition.plan.picture.worked
        says = "" if calculation is None else calculation.text
        rule = Group("rule", "chain-rule", says, worked.shapes)
        shapes += scaled([rule], 1.0, (POINT * width - worked.width) / 2, top + GAP)
        top, rest = top + worked.height + GAP, rest - worked.height - GAP
    if moment is not None:
        lines = caption_lines(caption, room, POINT * CAPTION * whole)
        foot = [Inked(ink, 0, 0, theme.ink, "caption") for ink in lines]
    else:
        lines = list(legend_lines(composition.legend, room, POINT * LEGEND * whole))
        lines = lines if worked is None else lines[-1:]  # a chain rule leaves room for one line
        foot = [Inked(ink, 0, 0, theme.quiet, "legend") for ink in lines]
    feet = centred(foot, POINT * width, top, rest)
    return replace(drawn, width=POINT * width, height=POINT * height, shapes=(*shapes, *feet))
