"""The things on a slide: single boxes, and boxes with tables of quantities that belong together.

A leaf that one quantity alone uses may be a row in the box of that quantity, and a weighted sum a row in the
box of its activation. Nothing is left out by that: a row has the value, the derivative of the quantity that
it goes into, and the gradient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from viz._layout.panels import Panel, box_panel
from viz._layout.slide.tables import Row, table_panel
from viz._layout.themes import Theme
from viz._mathematics.typeset import to_latex
from viz._pictures.picture import Box, Link, Picture, first_letter, own_leaves

__all__ = ["Detail", "Item", "Items", "items_of"]

LabelForm = Literal["equation", "formula", "number", "line"]
Numbers = Literal["column", "row", "bare"]
Formulas = Literal["whole", "short", "inside", "none"]
Merging = Literal["nothing", "leaves", "neurons", "weights"]


@dataclass(frozen=True)
class Detail:
    """How much room the parts of a drawing take.

    Attributes:
        merging: which boxes become rows of others: none; leaves; leaves and weighted sums; or these without
            weights, which stand on their edges.
        numbers: the value and the gradient of a box under one another, beside one another, or so and without
            the words for them.
        formulas: whole; shortened to a line, and left out of faded tables; in the rows of a table, too; or
            none.
        label: the label of an edge: ∂z/∂w = a and its number; a = 0.50; the number; or none.
    """

    merging: Merging = "nothing"
    numbers: Numbers = "column"
    formulas: Formulas = "whole"
    label: LabelForm = "equation"


@dataclass(frozen=True)
class Item:
    """A box of the slide: its panel, and the boxes of the picture in it; the first gives its colours."""

    members: tuple[Box, ...]
    panel: Panel

    @property
    def id(self) -> str:
        return self.members[0].id


@dataclass(frozen=True)
class Items:
    """The items of a slide, by the ids of their first members, in reading order.

    Attributes:
        weights: for a link whose derivative is a leaf of its target alone, as w in z = w a + b: that leaf.
    """

    by_id: dict[str, Item]
    weights: dict[int, Box]


def items_of(picture: Picture, detail: Detail, theme: Theme) -> Items:
    """The items of a slide."""
    hosts = _hosts(picture, detail.merging)
    boxes = {box.id: box for box in picture.boxes}
    weights = _weights(picture, hosts) if detail.merging == "weights" else {}
    elsewhere = {box.id for box in weights.values()}
    inner: dict[str, list[tuple[int, Link]]] = {box.id: [] for box in picture.boxes}
    for i, link in enumerate(picture.links):
        if hosts.get(link.source) == link.target and link.source not in elsewhere:
            inner[link.target].append((i, link))
    factors = picture.worked.badges if picture.worked is not None else {}
    slopes = "number" if detail.label in ("number", "line") else "formula"
    items: dict[str, Item] = {}
    for box in picture.boxes:
        if box.id in hosts:
            continue
        uses = _uses(box.id, inner)
        rows = [Row(box), *(Row(boxes[use[1].source], use, factors.get(use[0], 0)) for use in uses)]
        if len(rows) > 1:
            is_beside = all(row.box.faded for row in rows) and detail.formulas == "short"
            panel = table_panel(rows, theme, "none" if is_beside else detail.formulas, slopes)
        else:
            panel = box_panel(box, theme, detail.numbers, formulas=detail.formulas)
        items[box.id] = Item(tuple(row.box for row in rows), panel)
    return Items(items, weights)


def _weights(picture: Picture, hosts: dict[str, str]) -> dict[int, Box]:
    leaves = {
        (hosts[box.id], to_latex(box.symbol)): box
        for box in picture.boxes
        if box.formula is None and box.id in hosts
    }
    weights: dict[int, Box] = {}
    for i, link in enumerate(picture.links):
        if link.symbol is not None and hosts.get(link.source) != link.target:
            leaf = leaves.pop((link.target, to_latex(link.symbol)), None)
            weights |= {} if leaf is None else {i: leaf}
    return weights


def _uses(host: str, inner: dict[str, list[tuple[int, Link]]]) -> Iterator[tuple[int, Link]]:
    """The links inside of a box, each before those into its source."""
    for i, link in inner[host]:
        yield i, link
        yield from _uses(link.source, inner)


def _hosts(picture: Picture, merging: Merging) -> dict[str, str]:
    """For each box that is a row of another: that other."""
    if merging == "nothing":
        return {}
    kinds = {box.id: box.kind for box in picture.boxes}
    uses = Counter(link.source for link in picture.links)
    into = Counter(link.target for link in picture.links)
    kind_of = {box.id: (box.kind, first_letter(box.symbol), box.layer) for box in picture.boxes}
    hosts: dict[str, str] = {}
    for target, leaves in own_leaves(picture.links, (*picture.spine, *picture.inputs)).items():
        sources = [picture.links[i].source for i in leaves]
        if kinds[target] != "group":
            hosts |= {source: target for source in sources if kinds[source] != "group"}
    # Equal siblings stand alike: a leaf has a box of its own where a sibling must have one.
    leaves_apart = {kind_of[box.id] for box in picture.boxes if not into[box.id] and box.id not in hosts}
    hosts = {source: target for source, target in hosts.items() if kind_of[source] not in leaves_apart}
    if merging in ("neurons", "weights"):
        for link in picture.links:
            is_sum = into[link.source] > 1 and uses[link.source] == 1 and into[link.target] == 1
            if is_sum and kinds[link.source] == kinds[link.target] == "result":
                hosts[link.source] = link.target
    return hosts
