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
        column: the place of the column that it passes through.
    """

    item: str
    link: int = -1
    column: int = -1


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

    @cached_property
    def backward(self) -> dict[int, tuple[str, str]]:
        """The edges from an item to an earlier one: of folded boxes that use one another."""
        place = {item: n for n, item in enumerate(self.items)}
        return {i: pair for i, pair in self.edges.items() if place[pair[0]] > place[pair[1]]}

    @cached_property
    def forward(self) -> dict[int, tuple[str, str]]:
        """The other edges, which go from left to right."""
        return {i: pair for i, pair in self.edges.items() if i not in self.backward}

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
    def ranks(self) -> dict[str, int]:
        """The column of each item: a source right before its first use."""
        rank: dict[str, int] = {}
        for item in self.items:
            sources = [source for source, target in self.forward.values() if target == item]
            rank[item] = max((rank[source] + 1 for source in sources), default=0)
        for item in reversed(self.items):
            targets = [rank[target] for source, target in self.forward.values() if source == item]
            if targets and not any(target == item for _, target in self.edges.values()):
                rank[item] = min(targets) - 1
        return rank

    @cached_property
    def columns(self) -> tuple[list[list[Slot]], list[list[Piece]]]:
        """The columns, each in the order from top to bottom, and the pieces of edges between neighbours."""
        columns: list[list[Slot]] = [[] for _ in range(max(self.ranks.values()) + 1)]
        gaps: list[list[Piece]] = [[] for _ in columns[1:]]
        for item in self._siblings_together:
            columns[self.ranks[item]].append(Slot(item))
        for i, (source, target) in self.forward.items():
            before = Slot(source)
            for column in range(self.ranks[source] + 1, self.ranks[target] + 1):
                last = column == self.ranks[target]
                after = Slot(target) if last else Slot("", i, column)
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

    @cached_property
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
        return self._switched([self._by_index(column) for column in best], gaps)

    def _by_index(self, column: list[Slot]) -> list[Slot]:
        """The column with siblings in their order, in the places that siblings have."""
        place = {item: n for n, item in enumerate(self._siblings_together)}
        kinds = [self._kinds.get(slot.item) for slot in column]
        siblings: dict[object, list[Slot]] = {kind: [] for kind in kinds if kind is not None}
        for slot, kind in zip(column, kinds, strict=True):
            if kind is not None:
                siblings[kind].append(slot)
        waiting = {kind: iter(sorted(slots, key=lambda s: place[s.item])) for kind, slots in siblings.items()}
        return [
            slot if kind is None else next(waiting[kind]) for slot, kind in zip(column, kinds, strict=True)
        ]

    def _switched(self, columns: list[list[Slot]], gaps: list[list[Piece]]) -> list[list[Slot]]:
        """The columns after switches of neighbours that save crossings, or bring equally good ones in order.

        Siblings keep their order; a_1 stands over y_1 where a_0 stands over y_0.
        """
        firsts = {self._kinds[item]: n for n, item in reversed([*enumerate(self._siblings_together)])}
        first = {item: firsts[kind] for item, kind in self._kinds.items()}
        before: dict[Slot, list[Slot]] = {slot: [] for column in columns for slot in column}
        after: dict[Slot, list[Slot]] = {slot: [] for column in columns for slot in column}
        for pieces in gaps:
            for u, v, _ in pieces:
                after[u].append(v)
                before[v].append(u)
        place = {slot: n for column in columns for n, slot in enumerate(column)}

        def crossings(above: Slot, beneath: Slot) -> int:
            return sum(
                place[a] > place[b] for side in (before, after) for a in side[above] for b in side[beneath]
            )

        for _ in range(2 * max(map(len, columns))):
            is_calm = True
            for column in columns:
                for n in range(len(column) - 1):
                    u, v = column[n], column[n + 1]
                    kinds = self._kinds.get(u.item), self._kinds.get(v.item)
                    if kinds[0] == kinds[1] and kinds[0] is not None:
                        continue
                    saved = crossings(u, v) - crossings(v, u)
                    together = u.item and v.item and after[u] == after[v]
                    if saved > 0 or (not saved and together and first[u.item] > first[v.item]):
                        column[n], column[n + 1] = v, u
                        place[u], place[v] = n + 1, n
                        is_calm = False
            if is_calm:
                break
        return columns

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
