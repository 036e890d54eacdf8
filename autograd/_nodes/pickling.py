"""Pickles of graphs: each node by itself, its parents first.

A pickler reduces each object once, and later refers to it. So nodes that are pickled together, in one object
or one after another by one pickler, stay one graph, and the size grows with the number of nodes. But a
pickler recurses: a node with a million ancestors would be a million levels deep. Therefore all unwritten
ancestors of a node precede it, arguments before results.

Only the pickler knows the written objects, and has no interface to ask it. `_Written` guesses: it lives as
long as the pickler, which keeps all objects it has written, and notes the nodes that were reduced. A second
reduction of a node is by another pickler, and a new `_Written` begins. A wrong guess costs a few bytes or a
level of recursion; the graph that is read back is right all the same.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

from autograd._graph.node import Node
from autograd._nodes.copying import attributes

__all__ = ["reduce"]


class _Written:
    """The interior nodes that one pickler has reduced; pickled with the first of them, as an empty tuple."""

    def __init__(self) -> None:
        self.nodes: set[Node] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, ()


class _Ahead:
    """Nodes to write before another; pickled as a list."""

    def __init__(self, written: _Written, nodes: list[Node]) -> None:
        self.written, self.nodes = written, nodes

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, iter(self.nodes)


# By thread, and weakly: the pickler keeps it alive.
_now = threading.local()


def _latest_without(node: Node) -> _Written:
    reference: Any = getattr(_now, "written", None)
    written: _Written | None = reference() if reference is not None else None
    if written is None or node in written.nodes:
        written = _Written()
        _now.written = weakref.ref(written)
    return written


def reduce(node: Node) -> tuple[Any, ...]:
    """The reduction of a node, as of `object.__reduce__`."""
    if node._op is None:
        return _restored, (None, type(node), node._state()), attributes(node)
    written = _latest_without(node)
    nodes = _unwritten_ancestors(node, written.nodes)
    written.nodes.add(node)
    before = _Ahead(written, nodes) if nodes else written
    return _restored, (before, type(node), node._state(), *node._links())


def _restored(before: Any, kind: type[Node], state: Any, *parents: Node | None) -> Node:
    return kind._restore(state, parents)


def _unwritten_ancestors(node: Node, written: set[Node]) -> list[Node]:
    """The interior ancestors that are neither written nor ancestors of written ones, arguments first."""
    order: list[Node] = []
    seen = {node}
    path = [(node, iter(node._links()))]
    while path:
        result, rest = path[-1]
        for parent in rest:
            if parent is None or parent._op is None or parent in written or parent in seen:
                continue
            seen.add(parent)
            path.append((parent, iter(parent._links())))
            break
        else:
            order.append(result)
            path.pop()
    return order[:-1]


# `_graph` is a floor below, and cannot import this.
Node.__reduce__ = reduce  # type: ignore[assignment, method-assign]
