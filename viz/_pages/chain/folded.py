"""The recording of a folded picture: the same program, with the numbers of its own boxes and links.

A folded box has the value and the gradient of the quantity in it that others use. The derivative on a link
between two boxes is the sum over the paths through the inside of its target.
"""

from __future__ import annotations

from autograd._graph.node import Node
from viz._pages.chain.recording import Cells, InnerLeaf, Recording
from viz._pictures.picture import Link, Picture

__all__ = ["folded"]


def folded(whole: Recording, picture: Picture) -> Recording:
    """The recording of the folded picture of a graph, from that of the whole one.

    >>> import viz
    >>> from autograd import Value
    >>> from viz._pages.chain.recording import record
    >>> from viz._pictures.chain import chain_picture
    >>> w, x = Value(2.0, label="w^{(1)}"), Value(3.0, label="x")
    >>> C = ((w * x).with_label("a^{(1)}") ** 2).with_label("C")
    >>> recording = folded(record(C, 60), chain_picture(C, fold=viz.by_layer))
    >>> [box.id for box in recording.picture.boxes], len(recording.value), len(recording.inside["n1"])
    (['n0', 'n1', 'n2'], 3, 1)
    """
    boxes = {whole.picture.nodes[box.id][0]: box for box in whole.picture.boxes}
    recording = Recording(picture, whole.program, ones=whole.ones)
    for box in picture.boxes:
        nodes = picture.nodes[box.id]
        if box.id in picture.tips:
            tip = boxes[picture.tips[box.id]].id
            recording.value[box.id], recording.gradient[box.id] = whole.value[tip], whole.gradient[tip]
        if len(nodes) == 1 and (own := boxes[nodes[0]].id) in whole.formulas:
            recording.formulas[box.id] = whole.formulas[own]
        elif len(nodes) > 1:
            recording.inside[box.id] = [
                InnerLeaf(leaf, whole.value[leaf.id], whole.gradient[leaf.id])
                for leaf in (boxes[node] for node in nodes if node.is_leaf)
            ]
    links = {(link.source, link.target, link.use): i for i, link in enumerate(whole.picture.links)}
    for place, link in enumerate(picture.links):
        source, target = picture.nodes[link.source], picture.nodes[link.target]
        if link.derivative is None:
            recording.slope.append(None)
            recording.slopes.append(None)
        elif len(source) == len(target) == 1:
            i = links[boxes[source[0]].id, boxes[target[0]].id, link.use]
            recording.slope.append(whole.slope[i])
            recording.slopes.append(whole.slopes[i])
            if i in whole.general:
                recording.general[place] = whole.general[i]
        else:
            recording.slope.append(
                _slope(whole, picture, link, {node: box.id for node, box in boxes.items()})
            )
            recording.slopes.append(None)
    _add_up(recording)
    return recording


def _slope(whole: Recording, picture: Picture, link: Link, ids: dict[Node, str]) -> int:
    """The slot of the derivative of one box by another: the sweep through the inside of the target."""
    program = whole.program
    inside = {ids[node] for node in picture.nodes[link.target]}
    tip, source = (ids[picture.tips[box]] for box in (link.target, link.source))
    adjoints = {tip: program.constant(1.0)}
    for i in whole.picture.backward_order():
        inner, slope = whole.picture.links[i], whole.slope[i]
        if inner.target in inside and inner.target in adjoints and slope is not None:
            product = program.operation("mul", (adjoints[inner.target], slope))
            adjoints[inner.source] = _plus(program, adjoints.get(inner.source), product)
    return program.derivative(adjoints[source], whole.value[tip])


def _add_up(recording: Recording) -> None:
    """The contributions of the links to the gradients of their sources, and their sums."""
    program, picture = recording.program, recording.picture
    sums: dict[str, int | None] = {}
    for i in picture.backward_order():
        link, slope = picture.links[i], recording.slope[i]
        if slope is None or link.target not in recording.gradient:
            continue
        product = program.operation("mul", (recording.gradient[link.target], slope))
        sums[link.source] = total = _plus(program, sums.get(link.source), product)
        recording.product[i], recording.total[i] = product, total


def _plus(program: Cells, before: int | None, product: int) -> int:
    return product if before is None else program.operation("add", (before, product))
