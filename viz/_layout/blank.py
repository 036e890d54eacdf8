"""The DOT of blank boxes, from which Graphviz lays out a drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from viz._layout.routes import Size
from viz._pictures.picture import Picture

__all__ = ["INSET", "TITLE_ROOM", "blank_dot", "is_chain"]

TITLE_ROOM, INSET = 26, 12  # points: over the contents of a layer, and around them


def is_chain(picture: Picture, inside: set[int]) -> bool:
    """Whether the main line is nearly all there is: it is drawn straight, which would push others aside."""
    return len(picture.links) - len(inside) < max(1, len(picture.spine)) + 3


def blank_dot(
    picture: Picture,
    sizes: dict[str, Size],
    labels: list[Size | None],
    inside: set[int],
    chain: bool,
    clusters: bool,
) -> Iterator[str]:
    layers = {i: layer.id for layer in picture.layers for i in layer.boxes} if clusters else {}
    leaves = {picture.links[i].source for i in inside}
    outside = [i for i in range(len(picture.links)) if i not in inside]
    steps = list(zip(picture.spine, picture.spine[1:], strict=False))
    goals = Counter(picture.links[i].target for i in outside)
    starts = Counter(picture.links[i].source for i in outside)
    # Where the main line stops and begins again, one graph stands over another: more room between them.
    row_gap = 0.2 if {*steps} <= {(link.source, link.target) for link in picture.links} else 0.5
    nodes: dict[str | None, list[str]] = {None: []}
    edges: list[str] = []
    for box in picture.boxes:
        if box.id not in leaves:
            group = ' group="spine"' if chain and box.id in picture.spine else ""
            nodes.setdefault(layers.get(box.id), []).append(_node(box.id, sizes[box.id], group))
    for i in outside:
        link, label = picture.links[i], labels[i]
        straight = chain and (link.source, link.target) in steps
        if straight:
            steps.remove((link.source, link.target))
        only = goals[link.target] == starts[link.source] == 1
        weight = f"weight={100 if straight else 20 if only else 1}"
        if label is None:
            out, into = (":e", ":w") if picture.spine else ("", "")
            edges.append(f'{link.source}{out} -> {link.target}{into} [id="t{i}" {weight}]')
            continue
        shared = layers.get(link.source)
        home = shared if shared == layers.get(link.target) else None
        nodes.setdefault(home, []).append(_node(f"e{i}", label, ' group="spine"' if straight else ""))
        edges.append(f'{link.source}:e -> e{i}:w [id="t{i}" {weight}]')
        edges.append(f'e{i}:e -> {link.target}:w [id="h{i}" {weight}]')
    yield "digraph blank {"
    column_gap = 0.36 if any(labels) and chain and max(goals.values(), default=0) < 2 else 0.6
    yield f"graph [rankdir=LR nodesep={row_gap} ranksep={column_gap} newrank=true]"
    yield 'node [shape=box fixedsize=true label=""]\nedge [arrowhead=none]'
    cell = f'<TD FIXEDSIZE="TRUE" WIDTH="20" HEIGHT="{TITLE_ROOM}"></TD>'
    title = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cell}</TR></TABLE>'
    for layer in picture.layers if clusters else ():
        yield f"subgraph cluster_{layer.id} {{ margin={INSET}; label=<{title}>;"
        yield from nodes.get(layer.id, [])
        yield "}"
    yield from nodes[None]
    yield from edges
    if not chain and picture.spine:
        yield from _in_order(picture, leaves)
    yield "}"


def _in_order(picture: Picture, leaves: set[str]) -> Iterator[str]:
    """Neurons of a layer under one another in reading order, which Graphviz would choose freely."""
    depth = _depths(picture, leaves)
    ranks: dict[int, list[str]] = {}
    for box in picture.boxes:
        if box.id in depth:
            ranks.setdefault(depth[box.id], []).append(box.id)
    for column in ranks.values():
        if len(column) > 1:
            yield f"{{ rank=same; edge [style=invis]; {' -> '.join(column)} }}"


def _depths(picture: Picture, leaves: set[str]) -> dict[str, int]:
    """How many links lead to each box at the most; nothing where a fold makes a circle of them."""
    depth: dict[str, int] = {}
    for _ in picture.boxes:
        before = dict(depth)
        for link in picture.links:
            if link.source not in leaves:
                depth[link.target] = max(depth.get(link.target, 0), depth.setdefault(link.source, 0) + 1)
        if depth == before:  # after one round, unless a folded box uses a later one
            return depth
    return {}


def _node(name: str, room: Size, attributes: str) -> str:
    return f"{name} [width={room[0] / 72:.4f} height={room[1] / 72:.4f}{attributes}]"
