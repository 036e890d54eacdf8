"""The items of a slide and the links between them, without places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from viz._pictures.picture import Picture, first_letter

__all__ = ["Graph", "Piece", "Slot"]


@dataclass(frozen=True)
class Slot:
    """A place in a column: an item, or the passage of a long edge.

    Attributes:
        item: the id of an item; empty for a passage.
        link: the place of the link that passes.
    """

    item: str
    link: int = -1


Piece = tuple[Slot, Slot, int]  # of an edge, from column to column, and the place of its link


@dataclass(frozen=True)
class Graph:
    """Items in reading order, and the links between different ones.

    Attributes:
        host: the item in which each box of the picture stands; leaves over and under an item have none.
    """

    picture: Picture
    items: tuple[str, ...]
    host: Mapping[str, str]

    @cached_property
    def edges(self) -> dict[int, tuple[str, str]]:
        """For each link between items, its ends."""
        ends = {
            i: (self.host[link.source], self.host[link.target])
            for i, link in enumerate(self.picture.links)
            if link.source in self.host and link.target in self.host
        }
        return {i: pair for i, pair in ends.items() if pair[0] != pair[1]}

    def layer(self, item: str) -> str | None:
        """The layer of an item: of its first box."""
        return next((layer.id for layer in self.picture.layers if item in layer.boxes), None)

    @cached_property
    def chain(self) -> tuple[list[str], list[int]] | None:
        """The items of the main line and the links between them, if nothing else is there."""
        items = list(dict.fromkeys(self.host[i] for i in self.picture.spine))
        links = {ends: i for i, ends in self.edges.items()}
        pairs = list(pairwise(items))
        if len(items) != len(self.items) or len(self.edges) != len(pairs) or not links.keys() >= {*pairs}:
            return None
        return items, [links[pair] for pair in pairs]

    @cached_property
    def ranks(self) -> dict[str, int] | None:
        """The column of each item: a source right before its first use; None where items use one another."""
        rank: dict[str, int] = {}
        for item in self.items:
            sources = [source for source, target in self.edges.values() if target == item]
            if any(source not in rank for source in sources):
                return None
            rank[item] = max((rank[source] + 1 for source in sources), default=0)
        for item in reversed(self.items):
            targets = [rank[target] for source, target in self.edges.values() if source == item]
            if targets and not any(target == item for _, target in self.edges.values()):
                rank[item] = min(targets) - 1
        return rank

    @cached_property
    def columns(self) -> tuple[list[list[Slot]], list[list[Piece]]] | None:
        """The columns, each in the order from top to bottom, and the pieces of edges between neighbours."""
        if self.ranks is None:
            return None
        columns: list[list[Slot]] = [[] for _ in range(max(self.ranks.values()) + 1)]
        gaps: list[list[Piece]] = [[] for _ in columns[1:]]
        for item in self._siblings_together():
            columns[self.ranks[item]].append(Slot(item))
        for i, (source, target) in self.edges.items():
            before = Slot(source)
            for column in range(self.ranks[source] + 1, self.ranks[target] + 1):
                last = column == self.ranks[target]
                after = Slot(target) if last else Slot("", i)
                if not last:
                    columns[column].append(after)
                gaps[column - 1].append((before, after, i))
                before = after
        return self._untangled(columns, gaps), gaps

    @cached_property
    def _kinds(self) -> dict[str, tuple[str, str | None]]:
        """The letter and the layer of each item: those of one kind are siblings."""
        boxes = {box.id: box for box in self.picture.boxes}
        return {item: (first_letter(boxes[item].symbol), boxes[item].layer) for item in self.items}

    def _siblings_together(self) -> list[str]:
        """The items in reading order, siblings after the first of them, by the numbers in their labels."""
        names = {box.id: box.full_name for box in self.picture.boxes}
        first: dict[tuple[str, str | None], int] = {}
        keys = {}
        for n, item in enumerate(self.items):
            indices = tuple(map(int, re.findall(r"\d{1,9}", names[item])))
            keys[item] = first.setdefault(self._kinds[item], n), indices, n
        return sorted(self.items, key=keys.__getitem__)

    def _untangled(self, columns: list[list[Slot]], gaps: list[list[Piece]]) -> list[list[Slot]]:
        """The order of each column with few crossings; of equally good ones that of reading."""
        best, fewest = columns, _crossings(columns, gaps)
        for together in (True, False):
            columns = best
            for forward in (True, False) * 3:
                columns = self._swept(columns, gaps, forward, together)
                crossings = _crossings(columns, gaps)
                if crossings < fewest:
                    best, fewest = columns, crossings
        return best

    def _swept(
        self, columns: list[list[Slot]], gaps: list[list[Piece]], forward: bool, together: bool
    ) -> list[list[Slot]]:
        """Each column in the order of the means of its neighbours in the column before, or after.

        Args:
            together: whether siblings stay together.
        """
        columns = [list(column) for column in columns]
        for c in range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1):
            pairs = [(v, u) for u, v, _ in gaps[c - 1]] if forward else [(u, v) for u, v, _ in gaps[c]]
            fixed = columns[c - 1] if forward else columns[c + 1]
            place = {slot: n / max(1, len(fixed) - 1) for n, slot in enumerate(fixed)}
            near: dict[Slot, list[float]] = {slot: [] for slot in columns[c]}
            for own, other in pairs:
                near[own].append(place[other])
            means = {
                slot: round(sum(near[slot]) / len(near[slot]) if near[slot] else n / len(columns[c]), 6)
                for n, slot in enumerate(columns[c])
            }
            groups: dict[object, list[float]] = {}
            kinds = {slot: self._kinds.get(slot.item, slot) if together else slot for slot in means}
            for slot, mean in means.items():
                groups.setdefault(kinds[slot], []).append(mean)
            places = {
                kind: (round(sum(group) / len(group), 6), n) for n, (kind, group) in enumerate(groups.items())
            }
            keys = {slot: (places[kinds[slot]], mean) for slot, mean in means.items()}
            columns[c].sort(key=keys.__getitem__)
        return columns


def _crossings(columns: list[list[Slot]], gaps: list[list[Piece]]) -> int:
    crossings = 0
    for left, right, pieces in zip(columns, columns[1:], gaps, strict=False):
        at, to = ({slot: n for n, slot in enumerate(column)} for column in (left, right))
        ends = sorted((at[u], to[v]) for u, v, _ in pieces)
        above: list[int] = []  # the right ends of the pieces so far, sorted
        for _, end in ends:
            place = bisect_right(above, end)
            crossings += len(above) - place
            above.insert(place, end)
    return crossings
