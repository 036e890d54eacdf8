r"""The lecture's picture: labelled quantities only, the local derivative on every edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import DomainError, Node, topological_order
from autograd._nodes.value import Value
from viz._formulas.chain_rule import Path
from viz._formulas.derivatives import depending, partials, step_below
from viz._formulas.expressions import FormulaTooBig, build
from viz._formulas.names import Names
from viz._formulas.setting import typeset
from viz._mathematics.latex import layer, literal
from viz._mathematics.shortening import LONGEST_NAME, readable
from viz._mathematics.signs import ELLIPSIS, derivative
from viz._mathematics.typeset import Math, Symbol, to_text
from viz._pictures.folding import Fold
from viz._pictures.picture import (
    Box,
    Layer,
    Link,
    Picture,
    check_size,
    gradients,
    is_parameter,
    own_leaves,
    results,
    values,
)

__all__ = ["chain_picture", "main_line"]


def chain_picture(
    C: Any,
    *,
    highlight: Node | Path | None = None,
    fold: Fold | None = None,
    grad: bool = True,
    limit: int = 150,
) -> Picture:
    """The neutral picture that `draw_chain` draws: its boxes, links, layers and main line.

    >>> x = Value(3.0, label="x")
    >>> [(link.source, link.target, link.use, link.number) for link in chain_picture(x * x).links]
    [('n0', 'n1', 1, 3.0), ('n0', 'n1', 2, 3.0)]
    """
    outputs = results("draw_chain", C)
    if fold is not None and not callable(fold):
        raise TypeError(f"fold is a function such as viz.by_layer, not {fold!r}")
    order = topological_order(*outputs)
    names = Names(order, {*outputs, *(node for node in order if node.is_leaf)})
    shown = [node for node in order if names(node) is not None]
    marked = _marked(order, highlight)
    groups = _grouped(shown, names, fold, marked.nodes)
    check_size(
        len(groups),
        limit,
        "labelled quantities",
        "draw a smaller part, such as one neuron, or fold it, in draw_chain, with "
        "fold=viz.by_neuron or fold=viz.by_layer",
    )
    numbers = values(order)
    slopes = gradients(outputs, [group.tip for group in groups if group.tip is not None]) if grad else {}
    boxes = tuple(_box(group, names, numbers, slopes, marked) for group in groups)
    of = {node: group for group in groups for node in group.nodes}
    links = tuple(link for group in groups for link in _links(group, of, names, marked))
    spine = main_line(of[outputs[0]].id, boxes, links)
    above, below = _beside(spine, links, {box.id: box.kind for box in boxes})
    nodes = {group.id: tuple(group.nodes) for group in groups}
    return Picture("chain", boxes, links, _layers(boxes), spine, above, below, nodes)


@dataclass(eq=False)
class _Group:
    """Nodes drawn as one box: usually one."""

    id: str
    title: str
    nodes: list[Node]
    tip: Node | None = None  # the only one of them that others use

    @property
    def folded(self) -> bool:
        return len(self.nodes) > 1


@dataclass(frozen=True)
class _Marked:
    """The nodes that are highlighted; without any, nothing is faded."""

    nodes: frozenset[Node]
    steps: frozenset[tuple[Node, Node]] | None = None  # None: every step between the nodes

    def fades(self, nodes: Iterable[Node]) -> bool:
        return bool(self.nodes) and self.nodes.isdisjoint(nodes)

    def fades_step(self, sources: Iterable[Node], target: Node) -> bool:
        if not self.nodes:
            return False
        if self.steps is not None:
            return not any((source, target) in self.steps for source in sources)
        return target not in self.nodes or self.nodes.isdisjoint(sources)


def _marked(order: list[Node], highlight: Node | Path | None) -> _Marked:
    if highlight is None:
        return _Marked(frozenset())
    if isinstance(highlight, Path):
        if not set(order).issuperset(f.result for f in highlight.factors):
            raise ValueError("highlight is a path of another graph; take one of chain_rule(C, w) for this C")
        steps = frozenset((f.argument, f.result) for f in highlight.factors)
        return _Marked(frozenset(node for step in steps for node in step), steps)
    if not isinstance(highlight, Node):
        raise TypeError(
            f"highlight is a node, or a path such as viz.chain_rule(C, w).paths[0], "
            f"not {type(highlight).__name__} ({highlight!r:.80})"
        )
    if highlight not in set(order):  # a list would compare numbers
        raise ValueError(f"highlight={highlight!r:.80} is not in this graph")
    return _Marked(frozenset(depending([highlight], order)))


def _grouped(shown: list[Node], names: Names, fold: Fold | None, unfolded: frozenset[Node]) -> list[_Group]:
    """The groups that are drawn as boxes, in the order of their last nodes."""
    members: dict[object, list[Node]] = {}
    titles: dict[object, str] = {}
    last: dict[object, int] = {}
    for i, node in enumerate(shown):
        title = None if fold is None or node in unfolded else _title(fold, names.symbols[node])
        key: object = node if title is None else title
        members.setdefault(key, []).append(node)
        titles[key], last[key] = title or "", i
    order = sorted(members, key=last.__getitem__)
    groups = [_Group(f"n{i}", titles[key], members[key], members[key][0]) for i, key in enumerate(order)]
    if fold is not None:
        _find_tips(shown, names, groups)
    return groups


def _title(fold: Fold, symbol: Symbol) -> str | None:
    title = fold(symbol)
    if title is not None and not isinstance(title, str):
        raise TypeError(
            f"fold gives the title of a symbol's box as text, or None; "
            f"of {to_text(symbol)} it gave {type(title).__name__} ({title!r:.80})"
        )
    return title


def _find_tips(shown: list[Node], names: Names, groups: list[_Group]) -> None:
    """The one node of each group that others use; a group with several has none."""
    of = {node: group for group in groups for node in group.nodes}
    used: dict[_Group, set[Node]] = {group: set() for group in groups}
    inside: set[Node] = set()
    for node in shown:
        for argument in {argument for _, _, argument in step_below(node, names).uses}:
            inside.add(argument)
            if of[argument] is not of[node]:
                used[of[argument]].add(argument)
    for node in shown:
        if node not in inside:  # a result
            used[of[node]].add(node)
    for group in groups:
        (group.tip,) = used[group] if len(used[group]) == 1 else (None,)


def _box(
    group: _Group,
    names: Names,
    numbers: dict[Node, float | str],
    slopes: dict[Node, float | str],
    marked: _Marked,
) -> Box:
    faded = marked.fades(group.nodes)
    node = group.tip
    if group.folded:
        computed = sum(not n.is_leaf for n in group.nodes)
        parameters = sum(n.is_leaf and is_parameter(names.symbols[n]) for n in group.nodes)
        data = len(group.nodes) - computed - parameters
        counted = [(computed, "quantity", "quantities"), (parameters, "parameter", "parameters")]
        counted.append((data, "input", "inputs"))
        note = ", ".join(f"{n:,} {one if n == 1 else more}" for n, one, more in counted if n)
        place = layer(names.symbols[group.nodes[0]])
        box = Box(group.id, "group", literal(group.title), None, None, None, place, group.title, note, faded)
        if node is None:
            return box
        symbol = names.symbols[node]
        return replace(box, symbol=symbol, value=numbers[node], gradient=slopes.get(node), title=group.title)
    assert node is not None
    symbol = names.symbols[node]
    kind = "result" if not node.is_leaf else "parameter" if is_parameter(symbol) else "data"
    formula: Math | None = None
    if not node.is_leaf:
        try:
            formula = typeset(build(node, names))
        except FormulaTooBig:
            formula = ELLIPSIS
    return Box(
        group.id,
        kind,
        symbol,
        formula,
        numbers[node],
        slopes.get(node),
        layer(symbol),
        node.label or "",
        faded=faded,
    )


def _links(group: _Group, of: dict[Node, _Group], names: Names, marked: _Marked) -> Iterator[Link]:
    """The uses that a group makes of others."""
    if not group.folded:
        (node,) = group.nodes
        yield from () if node.is_leaf else _links_of_one(node, of, names, marked)
        return
    sources: dict[_Group, list[tuple[Node, Node]]] = {}
    for node in group.nodes:
        for argument in dict.fromkeys(argument for _, _, argument in step_below(node, names).uses):
            if of[argument] is not group:
                sources.setdefault(of[argument], []).append((argument, node))
    outside = {argument for steps in sources.values() for argument, _ in steps}
    slopes: dict[Node, Any] = {}
    if isinstance(group.tip, Value):
        with suppress(DomainError):
            slopes = adjoints(group.tip, 1.0, wrt=outside)
    for source, steps in sources.items():
        number = None if source.tip is None or not slopes else float(slopes.get(source.tip, 0.0))
        faded = all(marked.fades_step([argument], node) for argument, node in steps)
        slope = None if number is None else _derivative(group, source, names)
        yield Link(source.id, group.id, 0, slope, None, number, faded)


def _links_of_one(node: Node, of: dict[Node, _Group], names: Names, marked: _Marked) -> Iterator[Link]:
    """A link for each use of a single quantity, and one for all uses of a folded group."""
    target, slopes = of[node], partials(node, names)
    folded = dict.fromkeys(of[p.argument] for p in slopes if of[p.argument].folded)
    for p in slopes:
        source = of[p.argument]
        if not source.folded:
            slope = _derivative(target, source, names, p.use)
            faded = marked.fades_step([p.argument], node)
            yield Link(source.id, target.id, p.use, slope, p.symbol, p.number, faded)
    for source in folded:
        numbers = [p.number for p in slopes if of[p.argument] is source]
        known = [n for n in numbers if n is not None]
        number = sum(known) if source.tip is not None and len(known) == len(numbers) else None
        total = None if number is None else _derivative(target, source, names)
        yield Link(source.id, target.id, 0, total, None, number, marked.fades_step(source.nodes, node))


def _derivative(target: _Group, source: _Group, names: Names, use: int = 0) -> Math:
    """∂target/∂source, of the nodes that others use."""
    assert target.tip is not None
    assert source.tip is not None
    above, below = (readable(names.symbols[tip], LONGEST_NAME) for tip in (target.tip, source.tip))
    return derivative(above, below, use)


def main_line(root: str, boxes: tuple[Box, ...], links: tuple[Link, ...]) -> tuple[str, ...]:
    """The longest path from an input to the result; of equally long paths, one from data."""
    into: dict[str, list[str]] = {box.id: [] for box in boxes}
    for link in links:
        into[link.target].append(link.source)
    rank: dict[str, tuple[int, bool]] = {}
    best: dict[str, str] = {}
    for box in boxes:  # sources come before targets
        rank[box.id] = (0, box.kind == "data")
        for source in into[box.id]:
            length, from_data = rank.get(source, (-1, False))  # a fold may make a circle
            if (length + 1, from_data) > rank[box.id]:
                rank[box.id], best[box.id] = (length + 1, from_data), source
    path = [root]
    while path[-1] in best:
        path.append(best[path[-1]])
    return tuple(reversed(path))


def _beside(
    spine: tuple[str, ...], links: tuple[Link, ...], kinds: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The one or two leaves that a box of the spine alone uses are drawn over and under it."""
    leaves = own_leaves(links, spine)
    above: dict[str, str] = {}
    below: dict[str, str] = {}
    for target in spine:
        own = [links[i].source for i in leaves.get(target, ())]
        own.sort(key=lambda source: kinds[source] != "parameter")
        if len(own) == 1:
            above[target] = own[0]
        elif len(own) == 2:
            below[target], above[target] = own
    return above, below


def _layers(boxes: tuple[Box, ...]) -> tuple[Layer, ...]:
    """Boxes whose labels name the same layer, where something is computed in it and nothing is folded.

    A folded box says its own layer, and often stands columns away from what is shown of it.
    """
    members: dict[str, list[Box]] = {}
    for box in boxes:
        if box.layer is not None:
            members.setdefault(box.layer, []).append(box)
    kinds = {k: {box.kind for box in boxes} for k, boxes in members.items()}
    computed = [k for k in members if "result" in kinds[k] and "group" not in kinds[k]]
    return tuple(
        Layer(f"layer{i}", f"layer {k}", tuple(box.id for box in members[k])) for i, k in enumerate(computed)
    )
