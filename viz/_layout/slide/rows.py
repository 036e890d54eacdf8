"""A chain in rows, as lines of text: from left to right, and an arrow from the end of a row to the next."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from viz._layout.blank import INSET, TITLE_ROOM
from viz._layout.places import Layout
from viz._layout.routes import Area, Route, Size, line, polyline
from viz._layout.slide.graph import Graph
from viz._layout.stands import Stand

__all__ = ["in_rows", "row_breaks"]

STUB, ARROW, ALONE = 14.0, 26.0, 48.0  # points: an edge's ends beside its label; an edge without a label
BETWEEN, TURN, RADIUS = 12.0, 30.0, 12.0  # between rows; how far a turning edge goes beside them


def row_breaks(widths: tuple[float, ...], count: int, allowed: frozenset[int]) -> tuple[int, ...] | None:
    """Where rows begin, so that the widest is as narrow as possible; None where there are not so many places.

    Args:
        widths: of the things in the order of the chain.
        allowed: the things that may begin a row.

    >>> row_breaks((3, 1, 1, 3), 2, frozenset({1, 2, 3}))
    (0, 2)
    """

    @lru_cache(None)
    def best(start: int, rows: int) -> tuple[float, tuple[int, ...]] | None:
        if rows == 1:
            return sum(widths[start:]), (start,)
        options = []
        for end in sorted(allowed):
            if end > start and (rest := best(end, rows - 1)) is not None:
                options.append((max(sum(widths[start:end]), rest[0]), (start, *rest[1])))
        return min(options) if options else None

    answer = best(0, count)
    return None if answer is None else answer[1]


def in_rows(
    graph: Graph,
    sizes: Mapping[str, Size],
    labels: list[Size | None],
    stands: Mapping[str, Stand],
    count: int,
) -> Layout | None:
    """Lay a chain out in that many rows; None where it has no place for so many.

    Args:
        sizes: of the items.
        labels: of the links.
        stands: items with leaves over and under them.
    """
    if graph.chain is None:
        return None
    items, steps = graph.chain
    wide = [sizes[i][0] for i in items]
    gaps = [STUB + label[0] + ARROW if (label := labels[step]) else ALONE for step in steps]
    # Leaves begin over the beginning of their box, and reach over the edge after it.
    leaves = [stands[i].size[0] + BETWEEN if i in stands else 0.0 for i in items]
    spans = tuple(max(w + gap, over) for w, gap, over in zip(wide, [*gaps, 0.0], leaves, strict=True))
    layers = [graph.layer(item) for item in items]
    changes = frozenset(i for i in range(1, len(items)) if not layers[i] or layers[i] != layers[i - 1])
    starts = row_breaks(spans, count, changes if any(layers) else frozenset(range(1, len(items))))
    if starts is None:
        return None
    reaches = [stands[i].reach if i in stands else (sizes[i][1] / 2, sizes[i][1] / 2) for i in items]
    inset, title = (INSET, INSET + TITLE_ROOM) if graph.picture.layers else (0.0, 0.0)
    layout = Layout(0.0, 0.0)
    routes: dict[int, Route] = {}
    y = 0.0
    for start, end in zip(starts, [*starts[1:], len(items)], strict=True):
        row = range(start, end)
        if start:  # the edge from the row above
            step = steps[start - 1]
            label = labels[step]
            y += inset + BETWEEN
            channel = y + (label[1] / 2 if label else 4.0)
            y += (label[1] if label else 8.0) + BETWEEN + title
            middle = y + max(reaches[i][0] for i in row)
            above = layout.boxes[items[start - 1]]
            right = max(above.right, above.left + leaves[start - 1] - BETWEEN) + TURN
            routes[step] = _turn((above.right, above.y), (0.0, middle), right, channel, label)
        y += max(reaches[i][0] for i in row)
        x = 0.0
        for i in row:
            layout.boxes[items[i]] = Area(x + wide[i] / 2, y, *sizes[items[i]])
            x += spans[i]
        for i in row[:-1]:
            label = labels[steps[i]]
            source, target = layout.boxes[items[i]], layout.boxes[items[i + 1]]
            spot = None
            if label:
                spot = Area(source.right + STUB + label[0] / 2, y, *label)
            routes[steps[i]] = _level(source, target, spot)
        y += max(reaches[i][1] for i in row)
    for item, stand in stands.items():
        for link, leaf, route in stand.leaves(layout.boxes[item], (stand.size[0] - sizes[item][0]) / 2):
            layout.boxes[graph.picture.links[link].source], routes[link] = leaf, route
    layout.routes = [routes.get(i, Route((), None)) for i in range(len(graph.picture.links))]
    return layout


def _level(source: Area, target: Area, label: Area | None) -> Route:
    start, end = (source.right, source.y), (target.left, target.y)
    if label is None:
        return Route(((start, *line(start, end)),), None)
    near, far = (label.left, label.y), (label.right, label.y)
    return Route(((start, *line(start, near)), (far, *line(far, end))), label)


def _turn(
    start: tuple[float, float], end: tuple[float, float], right: float, channel: float, label: Size | None
) -> Route:
    """Down beside the end of a row, back between the rows, and into the beginning of the next."""
    left = -TURN
    way = [start, (right, start[1]), (right, channel)]
    back = [(left, channel), (left, end[1]), end]
    if label is None:
        return Route((polyline([*way, *back], RADIUS),), None)
    spot = Area((left + right) / 2, channel, *label)
    tail = polyline([*way, (spot.right, channel)], RADIUS)
    return Route((tail, polyline([(spot.left, channel), *back], RADIUS)), spot)
