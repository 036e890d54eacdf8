"""The places of boxes, labels and edges: Graphviz lays out blank boxes of their sizes.

A box and the leaves that it alone uses are one node for Graphviz: the leaves stand in rows over and
under their box, and the main line is straight. The label of an edge is a node on its way, so that
the edge runs into it and out of it, and through no other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from viz._layout.blank import INSET, TITLE_ROOM, blank_dot, is_chain
from viz._layout.graphviz_programs import graphviz_output
from viz._layout.routes import Area, Point, Route, Size, across, fan, line
from viz._layout.stands import Stand, rows_of
from viz._pictures.picture import Picture

__all__ = ["MARGIN", "Layout", "cropped", "ground_of", "layers_apart", "place"]

MARGIN = 12.0  # points, around the drawing
LEVEL = 16.0  # an arrow meets its box straight on


@dataclass
class Layout:
    """The whole drawing, in points from its upper left corner; the routes in the order of the links."""

    width: float
    height: float
    boxes: dict[str, Area] = field(default_factory=dict)
    layers: dict[str, Area] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)


def place(picture: Picture, boxes: dict[str, Size], labels: list[Size | None]) -> Layout:
    """Lay a picture out.

    Args:
        boxes: the size of each box, by its id.
        labels: the size of each link's label, in their order; None for a link without one.

    Raises:
        NoGraphviz: when there is no Graphviz.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> picture = chain_picture((Value(3.0, label="w") * Value(2.0, label="x")).with_label("z"))
    >>> layout = place(picture, {box.id: (40.0, 30.0) for box in picture.boxes}, [(20.0, 10.0), (20.0, 10.0)])
    >>> layout.boxes["n0"].x == layout.boxes["n2"].x  # one above the other
    True
    """
    rows = rows_of(picture)
    stands = {target: Stand(picture, target, pair, boxes, labels) for target, pair in rows.items()}
    whole = {**boxes, **{target: stand.size for target, stand in stands.items()}}
    inside = {i for pair in rows.values() for row in pair for i in row}
    chain = is_chain(picture, inside)

    def laid_out(clusters: bool) -> Layout:
        source = "\n".join(blank_dot(picture, whole, labels, inside, chain, clusters))
        return _read(picture, boxes, labels, stands, _Answer(source))

    if not chain:
        # Graphviz keeps the order of neurons only outside its clusters; layers in columns need none.
        layout = laid_out(clusters=False)
        if layers_apart(picture, layout):
            return layout
    return laid_out(clusters=True)


# -- Graphviz's answer --------------------------------------------------------------------------


class _Answer:
    """The places of nodes and clusters and the curves of edges, in points, y downwards."""

    def __init__(self, source: str) -> None:
        answer: dict[str, Any] = json.loads(graphviz_output(source, "json0"))
        self.nodes = {o["name"]: self.point(o["pos"]) for o in answer["objects"] if "pos" in o}
        self.clusters = {o["name"]: self.rectangle(o["bb"]) for o in answer["objects"] if "bb" in o}
        edges = (edge for edge in answer.get("edges", []) if "id" in edge)
        self.curves = {edge["id"]: tuple(map(self.point, edge["pos"].split())) for edge in edges}

    def point(self, text: str) -> Point:
        x, y = map(float, text.split(",")[-2:])
        return x, -y  # upside down

    def rectangle(self, text: str) -> Area:
        left, low, right, high = text.split(",")
        (x, y), (x2, y2) = self.point(f"{left},{high}"), self.point(f"{right},{low}")
        return Area((x + x2) / 2, (y + y2) / 2, x2 - x, y2 - y)


def _read(
    picture: Picture,
    boxes: dict[str, Size],
    labels: list[Size | None],
    stands: dict[str, Stand],
    answer: _Answer,
) -> Layout:
    layout = Layout(0.0, 0.0)
    layout.boxes = {i: Area(*answer.nodes[i], *size) for i, size in boxes.items() if i in answer.nodes}
    whole = layout.boxes | {i: Area(*answer.nodes[i], *stand.size) for i, stand in stands.items()}
    upright: dict[int, Route] = {}
    for box, stand in stands.items():
        for i, leaf, route in stand.leaves(layout.boxes[box]):
            layout.boxes[picture.links[i].source], upright[i] = leaf, route
    spots = {
        i: Area(*answer.nodes[f"e{i}"], *size) for i, size in enumerate(labels) if size and i not in upright
    }
    ends: dict[int, Point] = {}
    for box in whole:
        into = {
            i: spots[i].y if i in spots else layout.boxes[link.source].y
            for i, link in enumerate(picture.links)
            if link.target == box and i not in upright
        }
        ends.update(fan(layout.boxes[box], into))
    things = whole | {f"e{i}": spot for i, spot in spots.items()}
    for i, link in enumerate(picture.links):
        source, target = layout.boxes[link.source], layout.boxes[link.target]
        start, curve = (source.right, source.y), answer.curves.get(f"t{i}", ())
        if i in upright:
            layout.routes.append(upright[i])
        elif i not in spots:
            way = _extended(start, curve, ends[i]) if picture.spine else curve
            layout.routes.append(Route((way,), None))
        else:
            spot = spots[i]
            around = [
                thing for name, thing in things.items() if name not in (f"e{i}", link.source, link.target)
            ]
            free, _ = _column(whole[link.source], things.values())
            _, until = _column(whole[link.target], things.values())
            right, left = _column(spot, things.values())
            near, far = (spot.left, spot.y), (spot.right, spot.y)
            tail = across(start, free, left, near, around) or _extended(start, curve, near)
            if ends[i][1] != spot.y:
                until = min(until, target.left - LEVEL)
            head = across(far, right, until, ends[i], around)
            head = head or _extended(far, answer.curves[f"h{i}"], ends[i])
            heights = sorted(y for n, (_, y) in ends.items() if picture.links[n].target == link.target)
            apart = heights[1] - heights[0] if len(heights) > 1 else 16.0
            layout.routes.append(Route((tail, head), spot, slim=min(1.0, apart / 16)))
    for layer in picture.layers:
        layout.layers[layer.id] = answer.clusters.get(f"cluster_{layer.id}") or ground_of(layer.boxes, whole)
    return cropped(layout)


def cropped(layout: Layout, margin: float = MARGIN) -> Layout:
    """Without empty room at the sides, such as that under a box with leaves only over it."""
    things = [*layout.boxes.values(), *layout.layers.values(), *(r.label for r in layout.routes if r.label)]
    points = [point for route in layout.routes for piece in route.pieces for point in piece]
    points += [corner for p in things for corner in ((p.left, p.top), (p.right, p.bottom))]
    xs, ys = zip(*points, strict=True)
    left, top = min(xs) - margin, min(ys) - margin
    # Whole points: each program rounds a page of 107.2 points in its own way, which blurs the drawing.
    return Layout(
        math.ceil(max(xs) + margin - left),
        math.ceil(max(ys) + margin - top),
        {i: place.moved(-left, -top) for i, place in layout.boxes.items()},
        {i: place.moved(-left, -top) for i, place in layout.layers.items()},
        [route.moved(-left, -top) for route in layout.routes],
    )


def _column(place: Area, things: Iterable[Area]) -> tuple[float, float]:
    """The right and left ends of the column of a place: edges run up and down beside it."""
    near = [p for p in things if abs(p.x - place.x) < (p.width + place.width) / 4]
    return max(p.right for p in near), min(p.left for p in near)


def ground_of(boxes: tuple[str, ...], whole: dict[str, Area]) -> Area:
    """The ground of a layer, with room for its title."""
    places = [whole[i] for i in boxes if i in whole]
    left, right = min(p.left for p in places) - INSET, max(p.right for p in places) + INSET
    top, bottom = min(p.top for p in places) - INSET - TITLE_ROOM, max(p.bottom for p in places) + INSET
    return Area((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


def layers_apart(picture: Picture, layout: Layout) -> bool:
    """Whether each layer's ground holds its own boxes and no others."""
    grounds = [(layer, layout.layers[layer.id]) for layer in picture.layers]
    labels = [
        (link, route.label) for link, route in zip(picture.links, layout.routes, strict=True) if route.label
    ]
    return not any(
        any(ground.overlaps(other) for layer2, other in grounds if layer2 is not layer)
        or any(ground.overlaps(at) for i, at in layout.boxes.items() if i not in layer.boxes)
        or any(ground.overlaps(p) for k, p in labels if not {k.source, k.target} <= {*layer.boxes})
        for layer, ground in grounds
    )


def _extended(start: Point, curve: tuple[Point, ...], end: Point) -> tuple[Point, ...]:
    """Graphviz's curve on to the ends of the edge: it stops at the leaves of a box, or at its middle."""
    first, *inner, last = curve
    if first[0] - start[0] > 3:
        inner = [*line(start, first), *inner]
    if end[0] - last[0] > 3:
        inner = [*inner, last, *line(last, end)[:-1]]
    else:  # the last piece ends level, at the height of the end
        inner[-1] = inner[-1][0], end[1]
    return (start, *inner, end)
