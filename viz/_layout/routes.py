"""The ways of edges: Bézier curves that leave and meet boxes and labels straight on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from viz._layout.scene import Point

__all__ = ["Area", "Point", "Route", "Size", "across", "arrow", "bend", "fan", "line", "polyline", "vertical"]

Size = tuple[float, float]


@dataclass(frozen=True)
class Area:
    """A rectangle, by its middle.

    >>> Area(50, 50, 20, 10).right
    60.0
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2

    def moved(self, dx: float, dy: float) -> Area:
        """The same elsewhere."""
        return Area(self.x + dx, self.y + dy, self.width, self.height)

    def overlaps(self, other: Area, room: float = 0.0) -> bool:
        """Whether they share a point, or are nearer than `room`."""
        wide, high = (self.width + other.width) / 2 + room, (self.height + other.height) / 2 + room
        return abs(self.x - other.x) < wide and abs(self.y - other.y) < high


@dataclass(frozen=True)
class Route:
    """An edge: Bézier points from box to label and from label to box; without a label, one curve.

    Attributes:
        slim: how much of its width it may have where many meet a box.
    """

    pieces: tuple[tuple[Point, ...], ...]
    label: Area | None
    slim: float = 1.0

    def moved(self, dx: float, dy: float) -> Route:
        """The same elsewhere."""
        pieces = tuple(tuple((x + dx, y + dy) for x, y in piece) for piece in self.pieces)
        return replace(self, pieces=pieces, label=self.label and self.label.moved(dx, dy))


def line(start: Point, end: Point) -> tuple[Point, ...]:
    """A straight piece, without its start."""
    (x, y), (x2, y2) = start, end
    return (x + (x2 - x) / 3, y + (y2 - y) / 3), (x2 - (x2 - x) / 3, y2 - (y2 - y) / 3), end


def bend(start: Point, end: Point) -> tuple[Point, ...]:
    """A curve that leaves and ends level, without its start.

    >>> bend((0, 0), (10, 4))
    ((5.0, 0), (5.0, 4), (10, 4))
    """
    middle = (start[0] + end[0]) / 2
    return (middle, start[1]), (middle, end[1]), end


def polyline(points: Sequence[Point], radius: float) -> tuple[Point, ...]:
    """Level and upright lines through points, with round corners.

    >>> polyline([(0, 0), (30, 0)], 5)
    ((0, 0), (10.0, 0.0), (20.0, 0.0), (30, 0))
    """
    path: tuple[Point, ...] = (points[0],)
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        near, far = _towards(corner, before, radius), _towards(corner, after, radius)
        controls = _towards(corner, near, 0.45 * radius), _towards(corner, far, 0.45 * radius)
        path = (*path, *line(path[-1], near), *controls, far)
    return path + line(path[-1], points[-1])


def _towards(start: Point, end: Point, distance: float) -> Point:
    """A point at most that far on the way, and at most at its middle."""
    length = math.dist(start, end)
    part = min(distance / length, 0.5) if length else 0.0
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])


def across(
    start: Point, free: float, until: float, end: Point, around: Iterable[Area] = ()
) -> tuple[Point, ...]:
    """Level to x = `free`, a bend that ends at x = `until`, level to the end; empty if an obstacle is near.

    >>> across((0, 0), 10, 40, (50, 20))[3:7]
    ((10, 0), (25.0, 0), (25.0, 20), (40, 20))
    >>> across((0, 0), 10, 40, (50, 20), [Area(20, 10, 8, 8)])
    ()
    """
    (x, y), (x2, y2) = start, end
    room = Area((free + until) / 2, (y + y2) / 2, until - free - 1, abs(y2 - y))
    if until <= free or any(room.overlaps(thing) for thing in around):
        return ()
    points: tuple[Point, ...] = (start,)
    if free > x:
        points += line(start, (free, y))
    middle = (free + until) / 2
    points += ((middle, y), (middle, y2), (until, y2))
    return points + line((until, y2), end) if x2 > until else points


def fan(box: Area, heights: Mapping[int, float]) -> dict[int, Point]:
    """Where edges from the left meet a box: spread over its side in the order in which they come.

    >>> fan(Area(0, 0, 10, 40), {0: 99.0, 1: -99.0})
    {1: (-5.0, -8.0), 0: (-5.0, 8.0)}
    """
    order = sorted(heights, key=lambda i: (heights[i], i))
    apart = min(26.0, 0.8 * box.height / max(1, len(order)))
    return {i: (box.left, box.y + (n - (len(order) - 1) / 2) * apart) for n, i in enumerate(order)}


def vertical(leaf: Area, label: tuple[float, float] | None, end: Point, stub: float) -> Route:
    """From a leaf down or up to its box: straight through the label, then to the end."""
    sign = 1 if leaf.y < end[1] else -1
    start = (leaf.x, leaf.y + sign * leaf.height / 2)
    if label is None:
        return Route(((start, *_bent(start, end)),), None)
    near, far = (leaf.x, start[1] + sign * stub), (leaf.x, start[1] + sign * (stub + label[1]))
    spot = Area(leaf.x, (near[1] + far[1]) / 2, *label)
    return Route(((start, *line(start, near)), (far, *_bent(far, end))), spot)


def arrow(way: tuple[Point, ...], length: float, half: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """A way that ends inside of its arrowhead, and the head's corners, its tip first.

    >>> arrow(((0, 0), (10, 0), (20, 0), (30, 0)), length=10, half=4)
    (((0, 0), (10, 0), (20, 0), (22.0, 0.0)), ((30, 0), (20.0, 4.0), (20.0, -4.0)))
    """
    (x, y), (x2, y2) = way[-2:]
    distance = math.hypot(x2 - x, y2 - y)
    ux, uy = ((x2 - x) / distance, (y2 - y) / distance) if distance else (1.0, 0.0)
    neck = x2 - 0.8 * length * ux, y2 - 0.8 * length * uy
    bx, by = x2 - length * ux, y2 - length * uy
    return (*way[:-1], neck), ((x2, y2), (bx - half * uy, by + half * ux), (bx + half * uy, by - half * ux))


def _bent(start: Point, end: Point) -> tuple[Point, ...]:
    middle = (start[1] + end[1]) / 2
    return (start[0], middle), (end[0], middle), end
