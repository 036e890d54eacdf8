r"""The lecture's picture: labelled quantities only, the local derivative on every edge."""

from __future__ import annotations

from autograd.graph import Node, topological_order
from viz.derivatives import Partial, partials
from viz.dot import Drawing, to_dot
from viz.expressions import FormulaTooBig, build, typeset
from viz.latex import layer
from viz.picture import (
    Box,
    Layer,
    Link,
    Names,
    Picture,
    check_size,
    gradient,
    is_parameter,
    values,
)
from viz.typeset import Atom, Math

__all__ = ["chain_picture", "draw_chain"]

DOTS = Atom("…", r"\dots", "letter")


def draw_chain(C: Node, *, limit: int = 150) -> Drawing:
    r"""Draw a computation as the lecture does: labelled quantities, local derivatives on the edges.

    Each box shows symbol = formula, the value of the recorded pass, and the gradient if
    ``backward()`` has run. Arithmetic between two labels is one step. Each edge shows
    ∂z/∂w = its formula, read from the derivative's own recorded graph, and its number; a quantity
    used several times has an edge for each use, numbered, and the contributions add up. Blue is
    positive, red is negative, and a thicker line is a larger derivative. Labels that end in
    ``^{(k)}`` put their quantity into layer k; leaves called w, b, W, θ, … are parameters (yellow),
    other leaves data (grey). The result and leaves without a label are called v₁, v₂, …

    Args:
        C: the result, a `Value` or a `Tensor` (arrays show their shapes, and no formula of the
            derivative, which is not one number).
        limit: the most quantities to draw.

    Returns:
        A `graphviz.Digraph` that shows itself in a notebook; see `viz.render` for files.

    Raises:
        TypeError: for anything that is not a node.
        ValueError: when there are more quantities than `limit`.

    Source: lecture section 3, the chain of one neuron per layer.

    >>> from autograd import Value
    >>> w, a = Value(1.2, label="w"), Value(0.5, label="a")
    >>> z = (w * a).with_label("z")
    >>> z.backward()
    >>> print(draw_chain(z).source.split("{")[0])
    digraph chain
    """
    return to_dot(chain_picture(C, limit=limit))


def chain_picture(C: Node, *, limit: int = 150) -> Picture:
    """The neutral picture that `draw_chain` draws: its boxes, links, layers and main line.

    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> [(link.source, link.target, link.use, link.number) for link in chain_picture(x * x).links]
    [('n0', 'n1', 1, 3.0), ('n0', 'n1', 2, 3.0)]
    """
    if not isinstance(C, Node):
        raise TypeError(f"draw_chain takes a Value or a Tensor, not {type(C).__name__} ({C!r:.80})")
    order = topological_order(C)
    names = Names(order, {node for node in order if node is C or node.is_leaf})
    shown = [node for node in order if names(node) is not None]
    check_size(len(shown), limit, "labelled quantities", "draw a smaller part, such as one neuron")
    ids = {node: f"n{i}" for i, node in enumerate(shown)}
    numbers = values(order)
    steps: dict[Node, list[Partial]] = {node: partials(node, names) for node in shown if not node.is_leaf}
    boxes = tuple(_box(node, ids, names, numbers) for node in shown)
    links = tuple(
        Link(ids[p.argument], ids[node], p.use, True, p.symbol, p.number)
        for node, step in steps.items()
        for p in step
    )
    kinds = {box.id: box.kind for box in boxes}
    spine = _spine(ids[C], boxes, links, kinds)
    above, below = _beside(spine, links, kinds)
    return Picture("chain", boxes, links, _layers(boxes), spine, above, below)


def _box(node: Node, ids: dict[Node, str], names: Names, numbers: dict[Node, float | str]) -> Box:
    symbol = names.symbols[node]
    kind = "result" if not node.is_leaf else "parameter" if is_parameter(symbol) else "data"
    formula: Math | None = None
    if not node.is_leaf:
        try:
            formula = typeset(build(node, names))
        except FormulaTooBig:
            formula = DOTS
    return Box(
        ids[node], kind, symbol, formula, numbers[node], gradient(node), layer(symbol), node.label or ""
    )


def _spine(
    root: str, boxes: tuple[Box, ...], links: tuple[Link, ...], kinds: dict[str, str]
) -> tuple[str, ...]:
    """The longest way from an input to the result; of equally long ones, the one from data."""
    into: dict[str, list[str]] = {box.id: [] for box in boxes}
    for link in links:
        into[link.target].append(link.source)
    rank: dict[str, tuple[int, bool]] = {}
    best: dict[str, str] = {}
    for box in boxes:  # sources come before targets
        rank[box.id] = (0, kinds[box.id] == "data")
        for source in into[box.id]:
            length, from_data = rank[source]
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
    uses: dict[str, int] = {}
    for link in links:
        uses[link.source] = uses.get(link.source, 0) + 1
    above: dict[str, str] = {}
    below: dict[str, str] = {}
    for target in spine:
        into = [link.source for link in links if link.target == target]
        own = [i for i in into if uses[i] == 1 and kinds[i] != "result" and i not in spine]
        own.sort(key=lambda source: kinds[source] != "parameter")
        if len(own) == 1:
            above[target] = own[0]
        elif len(own) == 2:
            below[target], above[target] = own
    return above, below


def _layers(boxes: tuple[Box, ...]) -> tuple[Layer, ...]:
    """Boxes whose labels name the same layer, where something is computed in it."""
    members: dict[str, list[Box]] = {}
    for box in boxes:
        if box.layer is not None:
            members.setdefault(box.layer, []).append(box)
    computed = {k: found for k, found in members.items() if any(box.kind == "result" for box in found)}
    return tuple(
        Layer(f"layer{i}", f"layer {k}", tuple(box.id for box in found))
        for i, (k, found) in enumerate(computed.items())
    )
