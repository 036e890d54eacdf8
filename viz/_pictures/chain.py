r"""The lecture's picture: labelled quantities only, the local derivative on every edge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import DomainError, Node, topological_order
from autograd._nodes.value import Value
from viz._formulas.chain_rule import Path
from viz._formulas.derivatives import depending, expression, partials, step_below
from viz._formulas.expressions import FormulaTooBig
from viz._formulas.names import symbols_of
from viz._formulas.setting import typeset
from viz._mathematics.latex import layer, literal
from viz._mathematics.shortening import LONGEST_NAME, readable
from viz._mathematics.signs import ELLIPSIS, derivative
from viz._mathematics.typeset import Math, Symbol, to_text
from viz._pictures.folding import Fold
from viz._pictures.numbers import gradients, values, without_rounding
from viz._pictures.picture import (
    Box,
    Link,
    Picture,
    check_size,
    first_letter,
    is_parameter,
    layers_of,
    own_leaves,
    results,
)
from viz._pictures.worked import worked

__all__ = ["chain_picture", "main_line"]


def chain_picture(
    C: Any,
    *,
    highlight: Node | Path | None = None,
    fold: Fold | None = None,
    grad: bool = True,
    derivatives: bool = True,
    total: bool = False,
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
    symbols = symbols_of(order, {*outputs, *(node for node in order if node.is_leaf)})
    highlighted = _highlighted(order, highlight)
    groups = _grouped([node for node in order if node in symbols], symbols, fold, highlighted.nodes)
    check_size(
        len(groups),
        limit,
        "labelled quantities",
        "draw a smaller part, such as one neuron, or fold it, in draw_chain, with "
        "fold=viz.by_neuron or fold=viz.by_layer",
    )
    tips = [group.tip for group in groups if group.tip is not None]
    members = {node: group for group in groups for node in group.nodes}
    chain = _Chain(symbols, members, highlighted, derivatives, total)
    numbers, slopes = values(order), gradients(outputs, tips) if grad and derivatives else {}
    boxes = tuple(chain.box(group, numbers, slopes) for group in groups)
    links = tuple(link for group in groups for link in chain.links(group))
    cleared = without_rounding(
        {box.id: box.gradient for box in boxes}, [(link.source, link.target, link.number) for link in links]
    )
    boxes = tuple(replace(box, gradient=cleared[box.id]) for box in boxes)
    spine = main_line(chain.groups[outputs[0]].id, boxes, links)
    nodes = {group.id: tuple(group.nodes) for group in groups}
    tips_of = {group.id: group.tip for group in groups if group.tip is not None}
    rule = None
    if highlight is not None and derivatives and len(outputs) == 1:
        ids = {node: group.id for node, group in members.items()}
        rule = worked(outputs[0], highlight, ids, links, total)
    picture = Picture("chain", boxes, links, layers_of(boxes), spine, nodes=nodes, tips=tips_of, worked=rule)
    return _with_leaves(picture)


@dataclass(eq=False)
class _Group:
    """Nodes drawn as one box: usually one."""

    id: str
    title: str
    nodes: list[Node]
    tip: Node | None  # the only node of them that others use

    @property
    def folded(self) -> bool:
        return len(self.nodes) > 1


@dataclass(frozen=True)
class _Highlighted:
    """The nodes that are highlighted; without any, nothing is faded."""

    nodes: frozenset[Node]
    steps: frozenset[tuple[Node, Node]] = frozenset()  # empty: every step between the nodes

    def fades(self, nodes: Iterable[Node]) -> bool:
        return bool(self.nodes) and self.nodes.isdisjoint(nodes)

    def fades_step(self, sources: Iterable[Node], target: Node) -> bool:
        if self.steps:
            return not any((source, target) in self.steps for source in sources)
        return self.fades([target]) or self.fades(sources)


def _highlighted(order: list[Node], highlight: Node | Path | None) -> _Highlighted:
    if highlight is None:
        return _Highlighted(frozenset())
    if isinstance(highlight, Path):
        if not set(order).issuperset(f.result for f in highlight.factors):
            raise ValueError("highlight is a path of another graph; take one of chain_rule(C, w) for this C")
        steps = frozenset((f.argument, f.result) for f in highlight.factors)
        return _Highlighted(frozenset(node for step in steps for node in step), steps)
    if not isinstance(highlight, Node):
        raise TypeError(
            f"highlight is a node, or a path such as viz.chain_rule(C, w).paths[0], "
            f"not {type(highlight).__name__} ({highlight!r:.80})"
        )
    if highlight not in set(order):  # a list would compare numbers
        raise ValueError(f"highlight={highlight!r:.80} is not in this graph")
    return _Highlighted(frozenset(depending([highlight], order)))


def _grouped(
    shown: list[Node], symbols: dict[Node, Symbol], fold: Fold | None, unfolded: frozenset[Node]
) -> list[_Group]:
    """The groups that are drawn as boxes, in the order of their last nodes."""
    titles = {n: None if fold is None or n in unfolded else _title(fold, symbols[n]) for n in shown}
    keys: list[object] = [node if titles[node] is None else titles[node] for node in shown]
    last = {key: i for i, key in enumerate(keys)}
    members: dict[object, list[Node]] = {key: [] for key in sorted(last, key=last.__getitem__)}
    for key, node in zip(keys, shown, strict=True):
        members[key].append(node)
    groups = [
        _Group(f"n{i}", titles[nodes[0]] or "", nodes, nodes[0]) for i, nodes in enumerate(members.values())
    ]
    if fold is not None:
        _find_tips(shown, symbols, groups)
    return groups


def _title(fold: Fold, symbol: Symbol) -> str | None:
    title = fold(symbol)
    if title is not None and not isinstance(title, str):
        raise TypeError(
            f"fold gives the title of a symbol's box as text, or None; "
            f"of {to_text(symbol)} it gave {type(title).__name__} ({title!r:.80})"
        )
    return title and " ".join(title.split())  # as a label is cleared; a blank title is an empty one


def _find_tips(shown: list[Node], symbols: dict[Node, Symbol], groups: list[_Group]) -> None:
    """Find the node of each group that others use; a group with several has none."""
    of = {node: group for group in groups for node in group.nodes}
    used: dict[_Group, set[Node]] = {group: set() for group in groups}
    arguments = {node: {use.argument for use in step_below(node, symbols.get).uses} for node in shown}
    for node in shown:
        for argument in arguments[node]:
            if of[argument] is not of[node]:
                used[of[argument]].add(argument)
    for result in {*shown}.difference(*arguments.values()):
        used[of[result]].add(result)
    for group in groups:
        (group.tip,) = used[group] if len(used[group]) == 1 else (None,)


@dataclass(frozen=True)
class _Chain:
    """The boxes and links of groups, from the symbol and the group of each node."""

    symbols: dict[Node, Symbol]
    groups: dict[Node, _Group]
    highlighted: _Highlighted
    derivatives: bool
    total: bool

    def box(self, group: _Group, numbers: dict[Node, float | str], slopes: dict[Node, float | str]) -> Box:
        node, first = group.tip, self.symbols[group.nodes[0]]
        box = Box(
            group.id, "group", literal(group.title), None, None, None, layer(first), group.title,
            faded=self.highlighted.fades(group.nodes),
        )  # fmt: skip
        if node is not None:
            symbol = self.symbols[node]
            box = replace(box, symbol=symbol, value=numbers[node], gradient=slopes.get(node))
        if group.folded:
            return replace(box, note=self.contents(group), title="" if node is None else group.title)
        assert node is not None
        kind = "result" if not node.is_leaf else "parameter" if is_parameter(first) else "data"
        formula = None if node.is_leaf else self.formula(node)
        return replace(box, kind=kind, formula=formula, full_name=node.label or "")

    def formula(self, node: Node) -> Math:
        try:
            return typeset(expression(node, self.symbols.get))
        except FormulaTooBig:
            return ELLIPSIS

    def contents(self, group: _Group) -> str:
        computed = sum(not node.is_leaf for node in group.nodes)
        parameters = sum(node.is_leaf and is_parameter(self.symbols[node]) for node in group.nodes)
        counts = {
            ("quantity", "quantities"): computed,
            ("parameter", "parameters"): parameters,
            ("input", "inputs"): len(group.nodes) - computed - parameters,
        }
        return ", ".join(f"{n:,} {words[n != 1]}" for words, n in counts.items() if n)

    def links(self, group: _Group) -> Iterator[Link]:
        """The uses that a group makes of others."""
        if not group.folded:
            (node,) = group.nodes
            links = [] if node.is_leaf else list(self.links_of_node(node))
            yield from links if self.derivatives else _plain(links)
            return
        steps: dict[_Group, list[tuple[Node, Node]]] = {}
        for node in group.nodes:
            for argument in dict.fromkeys(use.argument for use in step_below(node, self.symbols.get).uses):
                if self.groups[argument] is not group:
                    steps.setdefault(self.groups[argument], []).append((argument, node))
        slopes: dict[Node, Any] = {}
        if isinstance(group.tip, Value) and self.derivatives:
            outside = {argument for pairs in steps.values() for argument, _ in pairs}
            with suppress(DomainError):
                slopes = adjoints(group.tip, 1.0, wrt=outside)
        for source, pairs in steps.items():
            number = None if source.tip is None or not slopes else float(slopes.get(source.tip, 0.0))
            faded = all(self.highlighted.fades_step([argument], node) for argument, node in pairs)
            yield self.link(group, source, faded, number)

    def links_of_node(self, node: Node) -> Iterator[Link]:
        """A link for each use of a single quantity, and one for all uses of a folded group."""
        target, slopes = self.groups[node], partials(node, self.symbols.get, total=self.total)
        folded: dict[_Group, list[float | None]] = {}
        for p in slopes:
            source = self.groups[p.argument]
            if source.folded:
                folded.setdefault(source, []).append(p.number)
                continue
            faded = self.highlighted.fades_step([p.argument], node)
            link = self.link(target, source, faded, p.number, p.use)
            yield replace(link, derivative=self.derivative(target, source, p.use), symbol=p.symbol)
        for source, numbers in folded.items():
            defined = [number for number in numbers if number is not None]
            total = sum(defined) if source.tip is not None and len(defined) == len(numbers) else None
            yield self.link(target, source, self.highlighted.fades_step(source.nodes, node), total)

    def link(self, target: _Group, source: _Group, faded: bool, number: float | None, use: int = 0) -> Link:
        """A link that shows its derivative if that has a number."""
        slope = None if number is None else self.derivative(target, source, use)
        return Link(source.id, target.id, use, slope, None, number, faded)

    def derivative(self, target: _Group, source: _Group, use: int) -> Math:
        """∂target/∂source, of the nodes that others use."""
        assert target.tip is not None
        assert source.tip is not None
        above, below = (readable(self.symbols[tip], LONGEST_NAME) for tip in (target.tip, source.tip))
        return derivative(above, below, use)


def _plain(links: list[Link]) -> Iterator[Link]:
    """One link for all uses of a source, without their derivatives.

    The formula of a single use remains: from it follows which leaf of z = w a + b is the weight of a.
    """
    uses = Counter(link.source for link in links)
    for link in {link.source: link for link in links}.values():
        symbol = link.symbol if uses[link.source] == 1 else None
        yield Link(link.source, link.target, symbol=symbol, faded=link.faded)


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


def _with_leaves(picture: Picture) -> Picture:
    """The picture with the leaf over and the leaf under each box of its spine, which no other box uses."""
    leaves = own_leaves(picture.links, (*picture.spine, *picture.inputs))
    kinds = {box.id: box.kind for box in picture.boxes}
    letters = {box.id: first_letter(box.symbol) for box in picture.boxes}
    above: dict[str, str] = {}
    below: dict[str, str] = {}
    for target in picture.spine:
        leaves_of_target = [picture.links[i].source for i in leaves.get(target, ())]
        leaves_of_target.sort(key=lambda source: kinds[source] != "parameter")
        if len(leaves_of_target) == 1:
            above[target] = leaves_of_target[0]
        elif len(leaves_of_target) == 2:
            below[target], above[target] = leaves_of_target
            if letters[below[target]] == letters[above[target]]:  # y₀ stands over y₁
                above[target], below[target] = leaves_of_target
    return replace(picture, above=above, below=below)
