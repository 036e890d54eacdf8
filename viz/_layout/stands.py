"""A box with leaves that it alone uses: one node for Graphviz, with the leaves in rows over and under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from viz._layout.routes import Area, Route, Size, vertical
from viz._pictures.picture import Picture, first_letter, own_leaves

__all__ = ["Stand", "rows_of"]

STUB, ARROW, BETWEEN = 12.0, 24.0, 14.0  # points: an edge's end without and with an arrow; between leaves
MOST_LEAVES = 6  # in a row


def rows_of(picture: Picture) -> dict[str, tuple[list[int], list[int]]]:
    """For each box with leaves of its own: the links from leaves over it, and from leaves under it."""
    if not picture.spine:
        return {}
    layers = {i: layer.id for layer in picture.layers for i in layer.boxes}
    letters = {box.id: first_letter(box.symbol) for box in picture.boxes}
    rows: dict[str, tuple[list[int], list[int]]] = {}
    for target, leaves in own_leaves(picture.links, (*picture.spine, *picture.inputs)).items():
        links = [i for i in leaves if layers.get(picture.links[i].source) == layers.get(target)]
        if not 0 < len(links) <= MOST_LEAVES:
            continue
        over = picture.above.get(target)
        # The last is the bias, as in w a + b.
        top = [i for i in links if picture.links[i].source == over] or links[-1:]
        if len(links) != 2 and len({letters[picture.links[i].source] for i in links}) == 1:
            top = links  # siblings, in their order
        rows[target] = top, [i for i in links if i not in top]
    return rows


@dataclass
class Stand:
    """A box with leaves over and under it, and the room they need together."""

    picture: Picture
    target: str
    rows: tuple[list[int], list[int]]
    boxes: dict[str, Size]
    labels: list[Size | None]

    def __post_init__(self) -> None:
        width, height = self.boxes[self.target]
        self.gaps = [self._gap(row, width) for row in self.rows]
        pairs = zip(self.gaps, self.rows, strict=True)
        reach = max(gap + self._leaf_height(row) for gap, row in pairs)
        # As far up as down, so that the box stands in the middle, where edges meet it.
        self.size = max(width, *(sum(map(self._cell, row)) for row in self.rows)), height + 2 * reach

    @property
    def reach(self) -> tuple[float, float]:
        """How far it goes up and down from the middle of its box."""
        half = self.boxes[self.target][1] / 2
        up, down = (
            half + (gap + self._leaf_height(row) if row else 0.0)
            for gap, row in zip(self.gaps, self.rows, strict=True)
        )
        return up, down

    def _cell(self, i: int) -> float:
        label = self.labels[i]
        return max(self.boxes[self.picture.links[i].source][0], label[0] if label else 0.0) + BETWEEN

    def _leaf_height(self, row: list[int]) -> float:
        return max((self.boxes[self.picture.links[i].source][1] for i in row), default=0.0)

    def _gap(self, row: list[int], width: float) -> float:
        """The space between the box and a row, for labels and arrows, and for bends beside a narrow box."""
        label = max((size[1] for i in row if (size := self.labels[i])), default=0.0)
        return STUB + label + (ARROW if sum(map(self._cell, row)) <= width + 2 * BETWEEN else 1.7 * ARROW)

    def leaves(self, middle: Area, shift: float = 0.0) -> Iterator[tuple[int, Area, Route]]:
        """Each link with the place of its leaf, and its route.

        Args:
            middle: the place of the box.
            shift: how far right of its middle the middles of the rows stand.
        """
        for sign, row, gap in zip((-1, 1), self.rows, self.gaps, strict=True):
            left = middle.x + shift - sum(map(self._cell, row)) / 2
            for n, i in enumerate(row):
                width, height = self.boxes[self.picture.links[i].source]
                away = middle.height / 2 + gap + height / 2
                leaf = Area(left + self._cell(i) / 2, middle.y + sign * away, width, height)
                left += self._cell(i)
                # Straight where the box is wide enough, else spread over its side.
                spread = middle.left + middle.width * (n + 0.5) / len(row)
                end = leaf.x if abs(leaf.x - middle.x) < middle.width / 2 - 14 else spread
                edge = middle.y + sign * middle.height / 2
                yield i, leaf, vertical(leaf, self.labels[i], (end, edge), STUB)
