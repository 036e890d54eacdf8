"""A chain in rows, read as lines of text are: as large on a slide as it can be.

Over each quantity of the main line stand the leaves that it alone uses, or over and under it. From the end of
a row a line leads to the beginning of the next one. A row ends between two layers where that costs no room.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from viz._layout.blank import INSET, TITLE_ROOM
from viz._layout.places import MARGIN, Layout
from viz._layout.routes import Area, Point, Route, Size, line, polyline
from viz._layout.stands import Stand
from viz._mathematics.latex import letter_of
from viz._mathematics.typeset import Math, Symbol
from viz._pictures.picture import Picture, own_leaves

__all__ = ["in_rows"]

STUB, ARROW, APART = 14.0, 34.0, 16.0  # a line's end without and with an arrow; between neighbours
MOST_LEAVES = 8  # of one quantity
BEND = 26.0  # an arrow's end over a box
TURN, CORNER = 30.0, 14.0  # the room for a line that turns back, and the radius of its corners
WORTH = 1.12  # how much larger a drawing must be for rows that end inside a layer


@dataclass(frozen=True)
class _Column:
    """A quantity of the main line, its own leaves, and the link from the quantity before it."""

    box: str
    size: Size
    stand: Stand | None
    link: int | None
    label: Size

    @property
    def half(self) -> float:
        """Half of its width."""
        return max(self.size[0], self.stand.size[0] if self.stand else 0.0) / 2

    def reach(self, side: int) -> float:
        """Its height over its middle (side 0) or under it (side 1)."""
        height = self.size[1] / 2
        if self.stand is None or not (row := self.stand.rows[side]):
            return height
        leaves = max(self.stand.boxes[self.stand.picture.links[i].source][1] for i in row)
        return height + self.stand.gaps[side] + leaves


def in_rows(
    picture: Picture, boxes: dict[str, Size], labels: list[Size | None], beside: list[Size | None], room: Size
) -> Layout | None:
    """Lay a chain out in rows; None for a picture that is no chain.

    Args:
        boxes: the size of each box, by its id.
        labels: the size of each link's label on the main line.
        beside: the size of each link's label between a leaf and the main line.
        room: the size of the slide, of which the drawing uses as much as it can.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> x = Value(0.5, label="x")
    >>> for k in range(6):
    ...     x = x.sin().with_label(f"y_{k}")
    >>> picture = chain_picture(x)
    >>> sizes = {box.id: (100.0, 50.0) for box in picture.boxes}
    >>> layout = in_rows(picture, sizes, [(60.0, 30.0)] * 6, [], (800, 450))
    >>> len({area.y for area in layout.boxes.values()})
    3
    """
    links = _main_links(picture)
    if links is None:
        return None

    def merit(layout: Layout) -> float:
        scale = min(room[0] / layout.width, room[1] / layout.height)
        return scale * (WORTH if len(layout.layers) == len(picture.layers) else 1.0)

    ways = (
        _placed(picture, rows)
        for both_sides in (False, True)
        for rows in _ways(picture, _columns(picture, boxes, labels, beside, links, both_sides))
    )
    return max(ways, key=merit)


def _spine(picture: Picture) -> tuple[str, ...]:
    """The main line, but for a leaf that has siblings, as a₀ of softmax has: it stands beside these."""
    spine = picture.spine
    links = own_leaves(picture.links, spine[1:]).get(spine[1], []) if len(spine) > 1 else []
    symbols = {box.id: box.symbol for box in picture.boxes if box.is_leaf}
    letters = [_letter(symbols[picture.links[i].source]) for i in links]
    has_siblings = spine[0] in symbols and letters.count(_letter(symbols[spine[0]])) > 1
    return spine[1:] if has_siblings else spine


def _letter(symbol: Math) -> str:
    return letter_of(symbol) if isinstance(symbol, Symbol) else ""


def _main_links(picture: Picture) -> list[int] | None:
    """The links of the main line, if the picture is that line and leaves beside it, and nothing else."""
    places = {(link.source, link.target): i for i, link in enumerate(picture.links)}
    spine = _spine(picture)
    steps = list(itertools.pairwise(spine))
    leaves = own_leaves(picture.links, spine)
    beside = sum(map(len, leaves.values()))
    if any(len(own) > MOST_LEAVES for own in leaves.values()):
        return None
    if len(steps) + beside != len(picture.links) or len(spine) + beside != len(picture.boxes):
        return None
    return [places[step] for step in steps] if places.keys() >= {*steps} else None


def _columns(
    picture: Picture,
    boxes: dict[str, Size],
    labels: list[Size | None],
    beside: list[Size | None],
    links: list[int],
    both_sides: bool,
) -> list[_Column]:
    spine = _spine(picture)
    leaves = own_leaves(picture.links, spine)
    columns = []
    for box, link in zip(spine, [None, *links], strict=True):
        over, under = _sides(picture, leaves.get(box, []), both_sides)
        stand = _stand(picture, box, (over, under), boxes, beside) if over else None
        label = None if link is None else labels[link]
        columns.append(_Column(box, boxes[box], stand, link, label or (0.0, 0.0)))
    return columns


def _sides(picture: Picture, links: list[int], both_sides: bool) -> tuple[list[int], list[int]]:
    """The leaves over a quantity and under it: leaves of one letter, as y₀ and y₁, on one side."""
    symbols = {box.id: box.symbol for box in picture.boxes}
    letters: dict[str, list[int]] = {}
    for i in links:
        letters.setdefault(_letter(symbols[picture.links[i].source]), []).append(i)
    rows = list(letters.values())
    if not both_sides or len(links) < 2:
        return [i for row in rows for i in row], []
    if len(rows) == 1:
        return links[len(links) // 2 :], links[: len(links) // 2]
    # The last letter is under it, as the desired outputs are.
    return [i for row in rows[:-1] for i in row], rows[-1]


def _stand(
    picture: Picture,
    box: str,
    rows: tuple[list[int], list[int]],
    boxes: dict[str, Size],
    labels: list[Size | None],
) -> Stand:
    """A box with its leaves, as near to it as their labels let them be."""
    stand = Stand(picture, box, rows, boxes, labels)
    highest = [max((label[1] for i in row if (label := labels[i])), default=0.0) for row in rows]
    stand.gaps = [STUB + height + BEND for height in highest]
    return stand


def _ways(picture: Picture, columns: list[_Column]) -> Iterator[list[list[_Column]]]:
    """The main line in rows of every length; and in rows that end between layers."""
    layers = {box: layer.id for layer in picture.layers for box in layer.boxes}
    groups = [list(group) for _, group in itertools.groupby(columns, lambda c: layers.get(c.box, c.box))]
    seen = set[tuple[int, ...]]()
    for pieces in ([[column] for column in columns], groups):
        widths = [sum(2 * column.half + column.label[0] for column in piece) for piece in pieces]
        runs = itertools.combinations(range(len(widths) + 1), 2)
        for limit in sorted({sum(widths[i:j]) for i, j in runs}):
            rows, used = list[list[_Column]](), limit
            for piece, width in zip(pieces, widths, strict=True):
                if used + width > limit * (1 + 1e-9):
                    rows.append([])
                    used = 0.0
                rows[-1] += piece
                used += width
            if (lengths := tuple(map(len, rows))) not in seen:
                seen.add(lengths)
                yield rows


def _placed(picture: Picture, rows: list[list[_Column]]) -> Layout:
    layout = Layout(0.0, 0.0)
    routes: dict[int, Route] = {}
    foot = INSET if picture.layers else 0.0
    bottom, before = MARGIN - foot, cast("_Column | None", None)
    for row in rows:
        channel = bottom + foot + TURN / 2
        top = (bottom + foot + TURN if before else MARGIN) + foot
        y = top + max(column.reach(0) + _title_room(picture, column, row) for column in row)
        x = edge = MARGIN + foot  # the right ends of the main line, and of everything in this row
        for column in row:
            starts = column is row[0] and before is not None
            start = x + (TURN / 2 if starts else 0.0)  # of the line before its label
            way = STUB + column.label[0] + ARROW if column.link is not None else 0.0
            nearest = edge + (APART if column is not row[0] else 0.0) + column.half
            middle = max(start + way + column.size[0] / 2, nearest)
            area = Area(middle, y, *column.size)
            if column.stand is not None:
                for i, leaf, route in column.stand.leaves(area):
                    layout.boxes[picture.links[i].source], routes[i] = leaf, route
            layout.boxes[column.box] = area
            if column.link is not None and before is not None:
                source = layout.boxes[before.box]
                if starts:
                    out = source.x + before.half + TURN / 2
                    turns = [(out, source.y), (out, channel), (start, channel), (start, y)]
                    layout.width = max(layout.width, out)
                else:
                    turns = []
                routes[column.link] = _route(source, turns, area, column.label)
            x, edge, before = area.right, area.x + column.half, column
            layout.width = max(layout.width, edge + foot)
        bottom = y + max(column.reach(1) for column in row)
    layout.width, layout.height = layout.width + MARGIN, bottom + foot + MARGIN
    layout.routes = [routes[i] for i in range(len(picture.links))]
    row_of = {column.box: n for n, row in enumerate(rows) for column in row}
    for layer in picture.layers:
        if len({row_of[box] for box in layer.boxes if box in row_of}) == 1:
            last = max((box for box in layer.boxes if box in row_of), key=lambda box: layout.boxes[box].x)
            ground = _ground([layout.boxes[box] for box in layer.boxes], layout.boxes[last])
            into = [
                routes[c.link].label for row in rows for c in row if c.box in layer.boxes and c.link in routes
            ]
            layout.layers[layer.id] = _around(ground, [label for label in into if label is not None])
    return layout


def _title_room(picture: Picture, column: _Column, row: list[_Column]) -> float:
    """The room over the last column of a layer, where its title stands."""
    for layer in picture.layers:
        if column.box in layer.boxes:
            return TITLE_ROOM if [other for other in row if other.box in layer.boxes][-1] is column else 0.0
    return 0.0


def _route(source: Area, turns: list[Point], target: Area, label: Size) -> Route:
    """From one box to the next, its label in the middle of the last stretch."""
    last = turns[-1][0] if turns else source.right
    spare = target.left - last - STUB - label[0] - ARROW
    near = last + STUB + spare / 2
    y = target.y
    head = ((near + label[0], y), *line((near + label[0], y), (target.left, y)))
    tail = polyline([(source.right, source.y), *turns, (near, y)], CORNER)
    return (
        Route((tail, head), Area(near + label[0] / 2, y, *label))
        if label[0]
        else Route((tail + head[1:],), None)
    )


def _ground(spots: Sequence[Area], last: Area) -> Area:
    """The ground of a layer, with room for its title over the last column."""
    over_last = min(s.top for s in spots if abs(s.x - last.x) < last.width / 2 + s.width / 2)
    left, right = min(s.left for s in spots) - INSET, max(s.right for s in spots) + INSET
    top, bottom = (
        min(over_last - TITLE_ROOM, *(s.top for s in spots)) - INSET,
        max(s.bottom for s in spots) + INSET,
    )
    return Area((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


def _around(ground: Area, labels: list[Area]) -> Area:
    """A ground without labels across its left border: it begins before them."""
    left = min([ground.left, *(label.left for label in labels if label.overlaps(ground))])
    return Area((left + ground.right) / 2, ground.y, ground.right - left, ground.height)
