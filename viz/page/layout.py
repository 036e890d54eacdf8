"""Where everything stands: Graphviz places boxes and labels of known sizes, and the page draws them.

A box of the main line and the leaves drawn over and under it are one node for Graphviz, so that
the main line comes out straight and its leaves stand exactly above and below. An edge's label is
a node on its way, so that nothing overlaps it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from viz.page.mathml import derivative
from viz.page.metrics import size
from viz.picture import Box, Link, Picture
from viz.programs import graphviz_output
from viz.shortening import readable

__all__ = ["NAME", "PROPERTIES", "Layout", "Place", "Route", "place"]

# Sizes of type and of space, in px.
NAME, FORMULA, SLOPE = 22, 17, 16
ROW, TITLE, NUMBER_LINE, PADDING = 25, 34, 26, 12
NARROWEST = 144  # the widest number beside its word
SLOPE_NUMBER, ARROW, STUB, MARGIN = 24, 13, 20, 14
# Those that picture.css needs too, as its custom properties.
PROPERTIES = {
    "--name": f"{NAME}px", "--formula": f"{FORMULA / NAME:.3f}em", "--slope": f"{SLOPE}px",
    "--row": f"{ROW}px", "--number-line": f"{NUMBER_LINE}px", "--slope-number": f"{SLOPE_NUMBER}px",
}  # fmt: skip
MOST_INTO_COLUMN = 4  # edges into a box; with more of them, its upper and lower sides are needed for those


@dataclass(frozen=True)
class Place:
    """A rectangle, by its middle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Route:
    """A link's line and arrowhead as SVG, and its label's place: at its side, or in its way if `upright`."""

    path: str
    arrow: str
    label: Place
    upright: bool


@dataclass
class Layout:
    """The whole picture, in px from its upper left corner."""

    width: float
    height: float
    boxes: dict[str, Place] = field(default_factory=dict)
    layers: dict[str, Place] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)


Point = tuple[float, float]
Size = tuple[float, float]


@dataclass(frozen=True)
class _Sizes:
    """The rooms that boxes, labels and columns need; `columns` are boxes with a leaf over or under them."""

    boxes: dict[str, Size]
    labels: list[Size]
    columns: dict[str, tuple[str | None, str | None]]
    aside: float  # the height of a column over and under its box
    gaps: dict[str, float]  # the space between a leaf of a column and its box


def place(picture: Picture) -> Layout:
    """Lay a picture out.

    Raises:
        RuntimeError: when no Graphviz is installed.

    >>> from autograd import Value
    >>> from viz.chain import chain_picture
    >>> x, w = Value(3.0, label="x"), Value(2.0, label="w")
    >>> layout = place(chain_picture((w * x).with_label("z")))
    >>> layout.boxes["n0"].x == layout.boxes["n2"].x or layout.boxes["n1"].y == layout.boxes["n2"].y
    True
    """
    sizes = _sizes(picture)
    answer = graphviz_output("\n".join(_dot(picture, sizes)), "json")
    return _read(picture, sizes, json.loads(answer))


# -- how much room ----------------------------------------------------------------------------


def _sizes(picture: Picture) -> _Sizes:
    symbols = {box.id: readable(box.symbol) for box in picture.boxes}
    labels = [_label_size(link, symbols) for link in picture.links]
    boxes = {box.id: _box_size(box) for box in picture.boxes}
    layers = {i: layer.id for layer in picture.layers for i in layer.boxes}
    columns: dict[str, tuple[str | None, str | None]] = {}
    gaps: dict[str, float] = {}
    degree = Counter(link.target for link in picture.links)
    for target in picture.spine:
        if degree[target] > MOST_INTO_COLUMN:
            continue
        pair = [picture.above.get(target), picture.below.get(target)]
        above, below = (i if i is not None and layers.get(i) == layers.get(target) else None for i in pair)
        if above or below:
            columns[target] = above, below
    widest = dict(boxes)
    for i, link in enumerate(picture.links):
        if link.source in columns.get(link.target, ()):
            gaps[link.source] = labels[i][1] + 2 * STUB
            own = max(widest[link.target][0], boxes[link.source][0], labels[i][0])
            widest[link.target] = own, boxes[link.target][1]
    aside = max((gaps[i] + boxes[i][1] for i in gaps), default=0.0)
    return _Sizes(widest, labels, columns, aside, gaps)


def _box_size(box: Box) -> Size:
    width, height = size(readable(box.symbol))
    width, height = width * NAME, height * NAME
    if box.formula is not None:
        wide, high = size(readable(box.formula))
        width, height = width + (wide + 1.3) * FORMULA, max(height, high * FORMULA)
    rows = 2 * ROW + (NUMBER_LINE if box.kind != "result" else 0)
    return max(NARROWEST, width + 2 * PADDING), max(TITLE, height + 8) + rows + PADDING


def _label_size(link: Link, symbols: dict[str, Any]) -> Size:
    width, height = size(derivative(symbols[link.target], symbols[link.source], link.use))
    if link.symbol is not None:
        wide, high = size(readable(link.symbol))
        width, height = width + wide + 1.3, max(height, high)
    return max(76.0, width * SLOPE + 6), height * SLOPE + 6 + SLOPE_NUMBER


# -- to Graphviz ------------------------------------------------------------------------------


def _dot(picture: Picture, sizes: _Sizes) -> list[str]:
    inside = {i for pair in sizes.columns.values() for i in pair if i}
    layers = {i: layer.id for layer in picture.layers for i in layer.boxes}
    spine = set(zip(picture.spine, picture.spine[1:], strict=False))
    nodes: dict[str | None, list[str]] = {None: []}
    edges = []
    for box in picture.boxes:
        if box.id not in inside:
            group = ' group="spine"' if box.id in picture.spine else ""
            nodes.setdefault(layers.get(box.id), []).append(_dot_box(box.id, sizes, group))
    for i, link in enumerate(picture.links):
        if link.source in inside:
            continue
        straight = (link.source, link.target) in spine
        spine.discard((link.source, link.target))
        width, height = sizes.labels[i]
        formula = height - SLOPE_NUMBER
        shared = layers.get(link.source) if layers.get(link.source) == layers.get(link.target) else None
        mark = ' group="spine"' if straight else ""
        nodes.setdefault(shared, []).append(_dot_node(f"e{i}", (width + ARROW, 2 * formula + 4), mark))
        tail, head = (f"{box}:m" if box in sizes.columns else box for box in (link.source, link.target))
        east, west, weight = (":e", ":w", 100) if straight else ("", "", 2)
        edges.append(f'{tail}{east} -> e{i}:w [id="t{i}" weight={weight}]')
        edges.append(f'e{i}:e -> {head}{west} [id="h{i}" weight={weight}]')
    clusters = []
    for layer in picture.layers:
        title = _cell(20, 24)
        clusters += [
            f"subgraph cluster_{layer.id} {{ margin={MARGIN}; label=<{_table(title)}>;",
            *nodes.get(layer.id, []),
            "}",
        ]
    head_lines = [
        "digraph page {",
        "graph [rankdir=LR nodesep=0.3 ranksep=0.14 newrank=true]",
        'node [shape=box fixedsize=true label=""]',
        "edge [arrowhead=none]",
    ]
    return [*head_lines, *clusters, *nodes[None], *edges, "}"]


def _dot_box(box: str, sizes: _Sizes, attributes: str) -> str:
    width, height = sizes.boxes[box]
    if box not in sizes.columns:
        return _dot_node(box, (width, height), attributes)
    aside = _cell(width, sizes.aside)
    table = _table(aside, _cell(width, height, "m"), aside)
    return f"{box} [shape=plain fixedsize=false{attributes} label=<{table}>]"


def _dot_node(name: str, room: Size, attributes: str) -> str:
    return f"{name} [width={room[0] / 72:.4f} height={room[1] / 72:.4f}{attributes}]"


def _cell(width: float, height: float, port: str = "") -> str:
    named = f' PORT="{port}"' if port else ""
    return f'<TD{named} FIXEDSIZE="TRUE" WIDTH="{round(width)}" HEIGHT="{round(height)}"></TD>'


def _table(*cells: str) -> str:
    rows = "".join(f"<TR>{cell}</TR>" for cell in cells)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>'


# -- and back ---------------------------------------------------------------------------------


def _read(picture: Picture, sizes: _Sizes, answer: dict[str, Any]) -> Layout:
    x0, y0, x1, y1 = map(float, answer["bb"].split(","))

    def point(text: str) -> Point:
        x, y = map(float, text.split(",")[-2:])
        return x - x0 + MARGIN, y1 - y + MARGIN

    layout = Layout(x1 - x0 + 2 * MARGIN, y1 - y0 + 2 * MARGIN)
    spots = {found["name"]: point(found["pos"]) for found in answer["objects"] if "pos" in found}
    curves = {edge["id"]: [point(p) for p in edge["pos"].split()] for edge in answer.get("edges", [])}
    for box in picture.boxes:
        if box.id in spots:
            layout.boxes[box.id] = Place(*spots[box.id], *sizes.boxes[box.id])
    for target, (above, below) in sizes.columns.items():
        middle = layout.boxes[target]
        for leaf, sign in ((above, -1), (below, 1)):
            if leaf is not None:
                away = middle.height / 2 + sizes.gaps[leaf] + sizes.boxes[leaf][1] / 2
                layout.boxes[leaf] = Place(middle.x, middle.y + sign * away, *sizes.boxes[leaf])
    for layer in picture.layers:
        found = next(o for o in answer["objects"] if o["name"] == f"cluster_{layer.id}")
        left, low, right, high = found["bb"].split(",")
        (x, y), (x2, y2) = point(f"{left},{high}"), point(f"{right},{low}")
        layout.layers[layer.id] = Place((x + x2) / 2, (y + y2) / 2, x2 - x, y2 - y)
    for i, link in enumerate(picture.links):
        if link.source in sizes.gaps:
            layout.routes.append(
                _upright(layout.boxes[link.source], layout.boxes[link.target], sizes.labels[i])
            )
        else:
            spot = Place(*spots[f"e{i}"], *sizes.labels[i])
            layout.routes.append(_through(curves[f"t{i}"], spot, curves[f"h{i}"]))
    return layout


def _upright(leaf: Place, target: Place, label: Size) -> Route:
    sign = 1 if leaf.y < target.y else -1
    start, end = leaf.y + sign * leaf.height / 2, target.y - sign * target.height / 2
    x, middle = target.x, (start + end) / 2
    path = f"M{x:.1f} {start:.1f}V{end - sign * (ARROW - 2):.1f}"
    return Route(path, _arrow((x, middle), (x, end)), Place(x, middle, *label), True)


def _through(tail: list[Point], label: Place, head: list[Point]) -> Route:
    """The curve to the label, along it, and the curve from there, up to the arrowhead."""
    before, end = head[-2], head[-1]
    unit = _unit(before, end)
    short = end[0] - unit[0] * (ARROW - 2), end[1] - unit[1] * (ARROW - 2)
    path = f"M{_points(tail[:1])}C{_points(tail[1:])}L{_points(head[:1])}C{_points([*head[1:-1], short])}"
    return Route(path, _arrow(before, end), label, False)


def _arrow(before: Point, tip: Point) -> str:
    (ux, uy), (x, y) = _unit(before, tip), tip
    back, side = (x - ARROW * ux, y - ARROW * uy), ARROW * 0.45
    return _points(
        [tip, (back[0] - side * uy, back[1] + side * ux), (back[0] + side * uy, back[1] - side * ux)]
    )


def _unit(start: Point, end: Point) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    return (dx / length, dy / length) if length else (1.0, 0.0)


def _points(points: list[Point]) -> str:
    return " ".join(f"{x:.1f} {y:.1f}" for x, y in points)
