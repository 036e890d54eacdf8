"""Reverse and forward accumulation over a recorded graph.

`reverse` is the chain rule in a loop. `adjoints` chooses the nodes for it: any type of node, numbers or nodes
as adjoints, and only the part of the graph that depends on the targets; nothing is written to the graph.
`backward` writes the gradients; on Values it takes the fast walk of `value_sweep`, on Tensors that of
`tensor_sweep`. Tests hold them equal to the general one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any

from autograd._derivatives import tensor_sweep, value_sweep
from autograd._graph.concretization import forget_errors, note_concretized, refuse_effects
from autograd._graph.context import SWITCHES, UNRECORDED, resumed, watching
from autograd._graph.growing import count_sweep
from autograd._graph.node import DomainError, Node, name, plain, topological_order
from autograd._graph.primitive import lookup
from autograd._graph.recorded_gradients import recorded
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.collector import spared
from autograd._table.array_rules.linear import getitem, puts

__all__ = ["adjoints", "backward", "reverse", "tangents"]

# From a node and the gradients so far: the node's contributions to its parents.
Pulling = Callable[[Node, dict[Node, Any]], Sequence[tuple[Any, Any]]]


def backward(root: Node, gradient: Any, create_graph: bool) -> None:
    """Accumulate ∂root/∂node into every node's ``.grad``: see `Value.backward`."""
    if SWITCHES["noted"]:
        refuse_effects("backward()", "differentiate by grad or value_and_grad, and compile that")
    root._check_finite()
    if root._op is None:
        _check_recorded(root)
    count_sweep()
    if isinstance(gradient, Node) and not create_graph:
        gradient = plain(gradient)
    seed = root._seed(gradient, "the gradient of backward()")
    if isinstance(root, Value) and not create_graph and value_sweep.is_free():
        if value_sweep.sweep(root, seed):
            return
        # A derivative is undefined: the general walk names the node, or leaves it out in a branch not taken.
        _write(root, adjoints(root, seed))
        return
    if isinstance(root, Tensor) and not create_graph and not watching():
        tensor_sweep.sweep(root, seed)
        return
    with ExitStack() as stack:
        if create_graph:
            stack.enter_context(resumed())
            stack.enter_context(spared())
        gradients = adjoints(root, seed, create_graph=create_graph)
        if create_graph:
            gradients = {node: node._as_node(adjoint) for node, adjoint in gradients.items()}
        _write(root, gradients)


Node._sweep = backward


def _check_recorded(leaf: Node) -> None:
    if getattr(leaf, "_b" if isinstance(leaf, Value) else "_inputs", None) is UNRECORDED:
        raise RuntimeError(
            f"{name(leaf)} was computed inside no_grad(), where nothing is recorded, so backward() has "
            "nothing to go back through: compute it outside of the block"
        )


def _write(root: Node, gradients: dict[Node, Any]) -> None:
    """Write the adjoints of a sweep to the nodes, adding to the leaves'."""
    with value_sweep.sweeping.current:  # threads that share leaves add to them one after the other
        totals = {node: node._total(adjoint) for node, adjoint in gradients.items()}
        if root._is_strict() and not all(node._is_finite(total) for node, total in totals.items()):
            raise DomainError(f"the gradients of {name(root)} add up to more than the largest float")
        for node, total in recorded(totals).items():
            node._adjoint = total


def adjoints(
    root: Node, seed: Any, wrt: Iterable[Node] | None = None, create_graph: bool = False
) -> dict[Node, Any]:
    """∂root/∂node · seed for the nodes the root was made from; nothing is written to the graph.

    Args:
        root: the result to differentiate.
        seed: the adjoint of the root.
        wrt: sweep only the nodes that depend on these, and do not go behind them.
        create_graph: compute with nodes, so that the adjoints can be differentiated.

    >>> x = Value(3.0)
    >>> adjoints(x * x, 1.0)[x]
    6.0
    """
    whole = topological_order(root)
    targets = set(wrt or ())
    order = whole if wrt is None else _depending(whole, targets)
    if not order or order[-1] is not root:
        return {}
    try:
        return _swept(order, seed, targets, create_graph, among=None if wrt is None else set(order))
    except DomainError:
        carrying = _carrying(whole, [root], create_graph)
        if carrying.issuperset(order):
            raise
        forget_errors()
    relevant = [node for node in order if node in carrying]
    gradients = _swept(relevant, seed, targets, create_graph, among=set(relevant))
    # A node that leads to the root only through a branch not taken has the derivative 0.
    return gradients if create_graph else {**dict.fromkeys(order, 0.0), **gradients}


def _swept(
    order: list[Node], seed: Any, targets: set[Node], create_graph: bool, among: set[Node] | None
) -> dict[Node, Any]:
    root = order[-1]
    interior = [node for node in order if node._op is not None and node not in targets]
    gradients = reverse(root, seed, interior, _pulling(interior, create_graph, among))
    if root._is_strict():
        _check_finite(order, gradients, targets)
    return gradients


def reverse(root: Node, seed: Any, order: list[Node], pull: Pulling) -> dict[Node, Any]:
    """The chain rule, from the root down: the gradient of a node is the sum of the contributions to it."""
    gradients = {root: seed}
    for node in reversed(order):
        for parent, contribution in pull(node, gradients):
            gradients[parent] = gradients[parent] + contribution if parent in gradients else contribution
    return gradients


def _pulling(order: list[Node], create_graph: bool, among: set[Node] | None) -> Pulling:
    """The function that gives a node's contributions to its parents, as pairs of parent and contribution.

    The indexed parts of an array contribute together, at the turn of the last: a loop over the rows of an
    array would otherwise make, and record, zeros of its whole size for each row.
    """
    parts: dict[Node | None, list[Any]] = {}
    for node in order:
        if node._op is getitem:
            parts.setdefault(node._links()[0], []).append(node)

    def pull(node: Node, gradients: dict[Node, Any]) -> Sequence[tuple[Any, Any]]:
        if node._op is not getitem:
            return node._pull(gradients[node], create_graph, among) if node in gradients else ()
        group = parts[array := node._links()[0]]
        if node is not group[0]:  # a turn of another part is still to come
            return ()
        reached = [part for part in group if part in gradients]
        if len(reached) > 1:
            return [(array, _joined(array, reached, gradients, create_graph))]
        return [pair for part in reached for pair in part._pull(gradients[part], create_graph, among)]

    return pull


def _joined(array: Any, parts: list[Any], gradients: dict[Node, Any], create_graph: bool) -> Any:
    """The contribution of several indexed parts of an array, in one operation."""
    if create_graph:
        for part in parts:
            part._check_fresh()
    indices = tuple(part._params["index"] for part in parts)
    joined = puts(*(gradients[part] for part in parts), indices=indices, shape=array.shape)
    return joined if isinstance(joined, Node) else joined.astype(array.dtype, copy=False)


def _check_finite(order: list[Node], gradients: dict[Node, Any], targets: set[Node]) -> None:
    """Refuse a derivative that is no finite number, and name the first node in the sweep that has one.

    An infinite adjoint of an interior node alone is no error: no derivative that was asked for depends on it.
    """
    ends = (node for node in gradients if node._op is None or node in targets)
    if all(node._is_finite(gradients[node]) for node in ends):
        return
    first = next(n for n in reversed(order) if n in gradients and not n._is_finite(gradients[n]))
    raise DomainError(
        f"the derivative of {name(order[-1])} with respect to {name(first)} is {gradients[first]}: "
        "the first in the sweep that is not finite"
    )


def tangents(roots: Iterable[Node], seeds: dict[Node, Any], create_graph: bool = False) -> dict[Node, Any]:
    """Forward accumulation: d(node) for every node, from the seeds' d(leaf).

    >>> x = Value(3.0)
    >>> y = x * x
    >>> tangents([y], {x: 1.0})[y]
    6.0
    """
    roots = list(roots)
    order = topological_order(*roots)
    try:
        return _pushed(order, seeds, create_graph)
    except DomainError:
        carrying = _carrying(order, roots, create_graph)
        if len(carrying) == len(order):
            raise
        forget_errors()
    return _pushed([node for node in order if node in carrying], seeds, create_graph)


def _pushed(order: list[Node], seeds: dict[Node, Any], create_graph: bool) -> dict[Node, Any]:
    tangent_of: dict[Node, Any] = dict(seeds)
    for node in order:
        if node in tangent_of or not any(p in tangent_of for p in node._links()):
            continue
        tangent_of[node] = node._push(tangent_of, create_graph)
    return tangent_of


def _carrying(order: list[Node], roots: list[Node], create_graph: bool) -> set[Node]:
    """The nodes that the derivative of the roots goes by: no condition, no branch not taken.

    0 times an infinite derivative of such a branch would be nan. In a recorded sweep this freezes the choice,
    so the condition counts as concretized.
    """
    times = lookup("mul")
    # Zeros that an earlier sweep recorded for a branch not taken, and their products.
    zeros: set[Node] = set()
    for node in order:
        # A Tensor's `where` takes both branches, each for some elements.
        selects = isinstance(node, Value) and node._op is not None and node._op.selects  # type: ignore[attr-defined]
        if selects and not node._primal:
            is_zero = all(p is None or p in zeros for p in node._carriers())
        else:
            is_zero = node._op is times and any(p in zeros for p in node._links())
        if is_zero:
            zeros.add(node)
        if selects and create_graph and (condition := node._links()[0]) is not None:
            note_concretized(condition)
    needed = set(roots)
    for node in reversed(order):
        if node in needed and node._op is not None and node not in zeros:
            needed.update(p for p in node._carriers() if p is not None)
    return needed


def _depending(order: list[Node], targets: set[Node]) -> list[Node]:
    """The nodes whose derivative by some target is not 0 by itself, as by a condition."""
    depending: set[Node] = set()
    for node in order:
        links = node._links()
        if node not in targets:
            if not any(p in depending for p in links):
                continue
            inert = getattr(node._op, "inert", None)
            if inert and not any(p in depending for i, p in enumerate(links) if i not in inert):
                continue
        depending.add(node)
    return [node for node in order if node in depending]
