"""Looks at the number of a Value: what Python does by one, a program freezes, so `compile` tells of it."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from autograd._graph.context import SWITCHES, Inside, State
from autograd._graph.node import Node
from autograd._support.callers import users_frame

__all__ = ["look", "look_at", "looked_at", "looks", "note"]

NOTES = State("noted")


@contextmanager
def looks() -> Iterator[list[Node]]:
    """The Values whose numbers are asked for in this block: as by an ``if``.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with looks() as seen:
    ...     y = x * x if x > 0 else -x
    >>> seen
    [Value(3.0)]
    """
    with Inside(NOTES) as mark:
        yield mark.nodes_looked_at


def note(node: Node) -> None:
    """Add a node, whose number was asked for, to the lists of the `looks` blocks around."""
    for mark in NOTES.active():
        mark.nodes_looked_at.append(node)


# By the node's id: the node, the line that asked for its number, and whether it asked as an ``if`` does.
_looked_at: dict[int, tuple[weakref.ref[Node], str, bool]] = {}


def look(node: Node, chooses: bool = True) -> None:
    """Keep in mind that the number of a node was asked for, and tell `looks`.

    Args:
        chooses: whether it was asked for by an ``if`` or the like; else as a plain number, by ``float``.
    """
    if SWITCHES["noted"]:
        note(node)
    if id(node) not in _looked_at:
        frame = users_frame()
        place = f"{os.path.basename(frame.f_code.co_filename)}, line {frame.f_lineno}"
        _remember(node, place, chooses, [weakref.ref(other) for other in _nearest(node)])


def _remember(node: Node, place: str, chooses: bool, nearest: list[weakref.ref[Node]]) -> None:
    def forget(_: object, key: int = id(node)) -> None:
        _looked_at.pop(key, None)
        # ``if x * 2 > 1`` looks at a node that nobody keeps: it was a look at x.
        for reference in nearest:
            if (other := reference()) is not None and id(other) not in _looked_at:
                _remember(other, place, chooses, [])

    _looked_at[id(node)] = weakref.ref(node, forget), place, chooses


def _nearest(node: Node) -> list[Node]:
    """What a node was made from, in one operation or two."""
    parents = [parent for parent in node._links() if parent is not None]
    return parents + [p for parent in parents for p in parent._links() if p is not None]


def look_at(node: Node) -> tuple[str, bool] | None:
    """Where the number of a node was first asked for, and whether by an ``if`` or the like; None if never.

    >>> from autograd import Value
    >>> look_at(Value(1.0)) is None
    True
    """
    entry = _looked_at.get(id(node))
    return None if entry is None else entry[1:]


def looked_at() -> list[Node]:
    """Every node whose number was asked for, as far as they are still there."""
    return [node for gone, _, _ in list(_looked_at.values()) if (node := gone()) is not None]


def listed(places: list[str]) -> str:
    """The first three of some places, and how many more there are.

    >>> listed(["x (a.py, line 1)", "y (a.py, line 2)", "z (a.py, line 3)", "w (a.py, line 4)"])
    'x (a.py, line 1), y (a.py, line 2), z (a.py, line 3), and 1 more'
    """
    more = f", and {len(places) - 3} more" if len(places) > 3 else ""
    return ", ".join(places[:3]) + more
