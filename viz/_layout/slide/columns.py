"""A net in columns: each quantity right of those that it is made from, siblings in their order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from viz._layout.places import Layout
from viz._layout.routes import Area, Point, Route, Size, bend, fan, line, polyline
from viz._layout.slide.graph import Graph, Piece, Slot
from viz._layout.stands import Stand

__all__ = ["Spacing", "in_columns"]

APART, PASSAGE = 9.0, 10.0  # points: between things of a column; the height of a long edge's passage
LABEL_GAP = 5.0  # between labels
ROOM, MOST_ROOM = 28.0, 120.0  # beside the labels of a gap, for curves
LEVEL = 16.0  # an arrow meets its box straight on


@dataclass(frozen=True)
class Spacing:
    """Room beyond the least there must be, where the slide has it.

    Attributes:
        wider: points, for each room between columns.
        taller: a factor of the distances of things in a column.
        by_labels: whether a thing has the height of the labels of the edges into it, so that these are not
            steep.
    """

    wider: float = 0.0
    taller: float = 1.0
    by_labels: bool = False


NATURAL = Spacing()


def in_columns(
    graph: Graph,
    sizes: Mapping[str, Size],
    labels: list[Size | None],
    stands: Mapping[str, Stand],
    spacing: Spacing = NATURAL,
) -> tuple[Layout, int]:
    """Lay a graph out, and say how many rooms between columns there are.

    Args:
        sizes: of the items.
        labels: of the links.
        stands: items with leaves over and under them.
    """
    columns, gaps = graph.columns
    whole = {**sizes, **{item: stand.size for item, stand in stands.items()}}
    high = {slot: whole[slot.item][1] if slot.item else PASSAGE for column in columns for slot in column}
    if spacing.by_labels:
        for slot, room in _label_heights(gaps, labels).items():
            high[slot] = max(high[slot], room)
    heights = _heights(columns, gaps, high)
    heights = {slot: y * spacing.taller for slot, y in heights.items()}
    layout = Layout(0.0, 0.0)
    x, rooms = 0.0, 0
    areas: dict[Slot, Area] = {}
    pending: list[tuple[list[Piece], dict[int, Area]]] = []
    for c, column in enumerate(columns):
        wide = max((whole[slot.item][0] for slot in column if slot.item), default=0.0)
        if c:
            pieces = gaps[c - 1]
            spots = _spots(pieces, columns[c], columns[c - 1], labels, heights)
            label_wide = max((labels[i][0] for i in spots if labels[i]), default=0.0)  # type: ignore[index]
            drop = max((abs(heights[u] - heights[v]) for u, v, _ in pieces), default=0.0)
            has_labels = label_wide > 0
            room = (
                min(MOST_ROOM, max(ROOM, drop / 6) if has_labels else max(2 * ROOM, drop / 3)) + spacing.wider
            )
            rooms += 2 if has_labels else 1
            middle = x + room + label_wide / 2
            placed = {
                i: Area(middle, y, *(labels[i] if is_label else (label_wide, PASSAGE)))  # type: ignore[misc]
                for i, (y, is_label) in spots.items()
            }
            pending.append((pieces, placed if has_labels else {}))
            x += room + (label_wide + room if has_labels else 0.0)
        for slot in column:
            size = whole[slot.item] if slot.item else (wide, PASSAGE)
            areas[slot] = Area(x + wide / 2, heights[slot], *size)
        x += wide
    for slot, area in areas.items():
        if slot.item:
            layout.boxes[slot.item] = Area(area.x, area.y, *sizes[slot.item])
    routes: dict[int, Route] = {}
    for item, stand in stands.items():
        for i, leaf, route in stand.leaves(layout.boxes[item]):
            layout.boxes[graph.picture.links[i].source], routes[i] = leaf, route
    ends = _trace(graph, areas, layout, pending, labels, routes)
    routes |= _back(graph, layout, labels, ends)
    layout.routes = [routes.get(i, Route((), None)) for i in range(len(graph.picture.links))]
    return layout, rooms


def _label_heights(gaps: list[list[Piece]], labels: list[Size | None]) -> dict[Slot, float]:
    """The height of the labels into each thing, under one another."""
    heights: dict[Slot, float] = {}
    for pieces in gaps:
        for _, v, i in pieces:
            if v.item and (label := labels[i]) is not None:
                heights[v] = heights.get(v, -APART) + label[1] + LABEL_GAP
    return heights


def _heights(
    columns: list[list[Slot]], gaps: list[list[Piece]], high: Mapping[Slot, float]
) -> dict[Slot, float]:
    """The middle of each thing: as near to the mean of its neighbours as the others of its column admit."""
    near: dict[Slot, list[Slot]] = {slot: [] for slot in high}
    for pieces in gaps:
        for u, v, _ in pieces:
            near[u].append(v)
            near[v].append(u)
    y: dict[Slot, float] = {}
    for column in columns:
        y |= dict(zip(column, _stacked([0.0] * len(column), [high[s] for s in column], APART), strict=True))
    for _ in range(8):
        for order in (columns, columns[::-1]):
            for column in order:
                wanted = [sum(y[o] for o in near[s]) / len(near[s]) if near[s] else y[s] for s in column]
                places = _stacked(wanted, [high[s] for s in column], APART)
                y |= dict(zip(column, places, strict=True))
    return y


def _stacked(wanted: list[float], heights: list[float], apart: float) -> list[float]:
    """Middles in their order, without overlap, with the least sum of squared distances from the wanted ones.

    >>> _stacked([0.0, 0.0], [10.0, 10.0], 2.0), _stacked([0.0, 50.0], [10.0, 10.0], 2.0)
    ([-6.0, 6.0], [0.0, 50.0])
    """
    offsets = [0.0]
    for above, below in pairwise(heights):
        offsets.append(offsets[-1] + (above + below) / 2 + apart)
    blocks: list[tuple[float, int]] = []  # mean and count; neighbours that are out of order become one
    for want, offset in zip(wanted, offsets, strict=False):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, n = blocks.pop()
            mean, count = (mean * count + other * n) / (count + n), count + n
        blocks.append((mean, count))
    starts = [mean for mean, count in blocks for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=False)]


def _spots(
    pieces: list[Piece],
    right: list[Slot],
    left: list[Slot],
    labels: list[Size | None],
    heights: Mapping[Slot, float],
) -> dict[int, tuple[float, bool]]:
    """For each link through a gap, the height of its label or of its passage, and whether it is a label."""
    to, at = ({slot: n for n, slot in enumerate(column)} for column in (right, left))
    ordered = sorted(pieces, key=lambda piece: (to[piece[1]], at[piece[0]], piece[2]))
    is_label = [bool(v.item) and labels[i] is not None for _, v, i in ordered]
    high = [labels[i][1] if own else PASSAGE for own, (_, _, i) in zip(is_label, ordered, strict=True)]  # type: ignore[index]
    wanted = [0.4 * heights[u] + 0.6 * heights[v] for u, v, _ in ordered]
    places = _stacked(wanted, high, LABEL_GAP)
    return {i: (y, own) for (_, _, i), y, own in zip(ordered, places, is_label, strict=True)}


def _trace(
    graph: Graph,
    areas: Mapping[Slot, Area],
    layout: Layout,
    gaps: list[tuple[list[Piece], dict[int, Area]]],
    labels: list[Size | None],
    routes: dict[int, Route],
) -> dict[int, Point]:
    """Trace the edges through the gaps from left to right, and say where all edges end."""
    ends: dict[int, Point] = {}
    for item in graph.items:
        # Those from the right come from under the drawing.
        into = {i: math.inf for i, (_, target) in graph.backward.items() if target == item}
        for pieces, spots in gaps:
            for u, v, i in pieces:
                if v.item == item:
                    into[i] = spots[i].y if i in spots else areas[u].y
        ends |= fan(layout.boxes[item], into)
    tails: dict[int, tuple[Point, ...]] = {}
    slim = _slimness(graph, ends)
    for pieces, spots in gaps:
        # Bends stand beside the labels of a gap, of which each has its own width.
        left = min((spot.left for spot in spots.values()), default=0.0)
        right = max((spot.right for spot in spots.values()), default=0.0)
        for u, v, i in pieces:
            way = tails.get(i) or ((layout.boxes[u.item].right, layout.boxes[u.item].y),)
            if not u.item:  # through the column
                way += line(way[-1], (areas[u].right, areas[u].y))
            elif way[-1][0] < areas[u].right:
                way += line(way[-1], (areas[u].right, way[-1][1]))
            goal = ends[i] if v.item else (areas[v].left, areas[v].y)
            spot = spots.get(i)
            if spot is None:
                tails[i] = _arriving(way, goal, bool(v.item), areas[v].left)
            elif v.item and labels[i] is not None:
                tail = (*way, *bend(way[-1], (left, spot.y)))
                tail += line(tail[-1], (spot.left, spot.y)) if left < spot.left else ()
                start = (spot.right, spot.y)
                head = (start, *line(start, (right, spot.y))) if spot.right < right else (start,)
                head = _arriving(head, goal, True, areas[v].left)
                routes[i] = Route((tail, head), spot, slim[i])
                continue
            else:
                way += bend(way[-1], (spot.left, spot.y))
                way += line(way[-1], (spot.right, spot.y))
                tails[i] = _arriving(way, goal, bool(v.item), areas[v].left)
            if v.item:
                routes[i] = Route((tails[i],), None, slim[i])
    return ends


def _back(
    graph: Graph, layout: Layout, labels: list[Size | None], ends: Mapping[int, Point]
) -> dict[int, Route]:
    """The ways of edges from right to left: under everything, each with its label there."""
    routes: dict[int, Route] = {}
    y = max(area.bottom for area in layout.boxes.values()) + ROOM
    for n, (i, (source, _)) in enumerate(graph.backward.items()):
        label = labels[i]
        high = label[1] if label else PASSAGE
        y += high / 2
        start, (left, end) = layout.boxes[source], ends[i]
        out, into = start.right + LEVEL + PASSAGE * n, left - 2 * LEVEL - PASSAGE * n
        way = [(start.right, start.y), (out, start.y), (out, y)]
        back = [(into, y), (into, end), (left, end)]
        if label is None:
            routes[i] = Route((polyline([*way, *back], PASSAGE),), None)
        else:
            spot = Area((out + into) / 2, y, *label)
            tail = polyline([*way, (spot.right, y)], PASSAGE)
            routes[i] = Route((tail, polyline([(spot.left, y), *back], PASSAGE)), spot)
        y += high / 2 + APART
    return routes


def _arriving(way: tuple[Point, ...], goal: Point, is_box: bool, column: float) -> tuple[Point, ...]:
    """On to the beginning of a column by a curve, and level to the goal."""
    if not is_box:
        return way + bend(way[-1], goal)
    until = min(column, goal[0]) - LEVEL
    way += bend(way[-1], (until, goal[1]))
    return way + line(way[-1], goal)


def _slimness(graph: Graph, ends: Mapping[int, Point]) -> dict[int, float]:
    """Where many edges meet a box they are thinner."""
    heights: dict[str, list[float]] = {}
    for i, (_, target) in graph.edges.items():
        heights.setdefault(target, []).append(ends[i][1])
    apart = {
        target: min((b - a for a, b in pairwise(sorted(ys))), default=16.0) for target, ys in heights.items()
    }
    return {i: min(1.0, apart[target] / 16) for i, (_, target) in graph.edges.items()}
