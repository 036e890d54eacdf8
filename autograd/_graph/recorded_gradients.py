"""Gradients that are nodes, kept without reference cycles.

After ``c.backward(create_graph=True)`` the gradient of a node is itself a node, whose graph leads back to the
first. If a node held such a gradient, the two would hold each other, and only the garbage collector could
free them. So a node holds a `RecordedGradient`: a place in a flat `GradientGraph` of all the gradients of a
sweep, which keeps weak references to the nodes and their states, to record them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd._graph.node import LabelledReference, Node, topological_order
from autograd._support.process.locks import Lock

__all__ = ["RecordedGradient", "recorded"]

# How many times its own length a recording restores before it holds its nodes. Each reading of a gradient
# that nobody holds restores its graph: without a limit, n leaves read one by one would take n².
PATIENCE = 8

_restoring = Lock()  # one for all recordings: nodes of one may be made from those of another


class GradientGraph:
    """A graph, by weak references and states: a node that is gone is restored from its state and parents."""

    def __init__(self, order: Sequence[Node], place: Mapping[Node, int]) -> None:
        self._nodes = [LabelledReference(node) for node in order]
        self._types = [type(node) for node in order]
        self._states = [node._bare_state() for node in order]
        self._links = [tuple([None if p is None else place[p] for p in node._links()]) for node in order]
        self._again = 0
        self._held: list[Node] = []

    def node(self, i: int) -> Node:
        """The node at a place, restored if it is gone."""
        with _restoring.current:
            alive: dict[int, Node] = {}
            gone: set[int] = set()
            todo = [i]
            while todo:
                j = todo.pop()
                if j in alive or j in gone:
                    continue
                node = self._nodes[j]()
                if node is not None:
                    alive[j] = node
                else:
                    gone.add(j)
                    todo += [k for k in self._links[j] if k is not None]
            for j in sorted(gone):  # arguments before results
                parents = [None if k is None else alive[k] for k in self._links[j]]
                alive[j] = node = self._types[j]._restore(self._states[j], parents)
                reference = LabelledReference(node)
                if hasattr(self._nodes[j], "label"):  # set after the recording
                    node.label = reference.label = self._nodes[j].label
                self._nodes[j] = reference
            self._again += len(gone)
            if self._again > PATIENCE * len(self._nodes):
                self._held += [alive[j] for j in gone]
            return alive[i]


class RecordedGradient:
    """The place of a node's gradient that is a node itself."""

    __slots__ = ("_place", "_recording")

    def __init__(self, recording: GradientGraph, place: int) -> None:
        self._recording, self._place = recording, place

    @property
    def node(self) -> Any:
        """The gradient; the same object for as long as anybody holds it."""
        return self._recording.node(self._place)


def recorded(gradients: Mapping[Any, Any]) -> dict[Any, Any]:
    """The gradients of nodes in the form in which nodes hold them: those that are nodes in one recording.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> kept = recorded({x: x * x})[x]
    >>> kept.node
    Value(9.0)
    >>> kept.node.parents[0] is x
    True
    """
    order = topological_order(*(g for g in gradients.values() if isinstance(g, Node)))
    place = {node: i for i, node in enumerate(order)}
    recording = GradientGraph(order, place)
    return {
        node: RecordedGradient(recording, place[g]) if isinstance(g, Node) else g
        for node, g in gradients.items()
    }
