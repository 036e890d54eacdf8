"""Nodes whose concrete numbers were asked for, as by an ``if``: a program freezes the choice, and says so."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograd._graph.context import SWITCHES, Inside, State
from autograd._graph.node import Node
from autograd._support.callers import users_frame

__all__ = [
    "concrete",
    "concretized",
    "note_concretized",
    "tell_watchers",
    "watching_concretization",
    "where_concretized",
]

WATCHED = State("noted")


@contextmanager
def watching_concretization() -> Iterator[list[Node]]:
    """The Values whose numbers are asked for in this block: as by an ``if``.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with watching_concretization() as nodes:
    ...     y = x * x if x > 0 else -x
    >>> nodes
    [Value(3.0)]
    """
    with Inside(WATCHED) as mark:
        yield mark.concretized


def tell_watchers(node: Node) -> None:
    """Add a node to the lists of the `watching_concretization` blocks around."""
    for mark in WATCHED.active():
        mark.concretized.append(node)


# By the node's id: the node, the line that asked for its number, and whether it asked as an ``if`` does.
_places: dict[int, tuple[weakref.ref[Node], str, bool]] = {}


def note_concretized(node: Node, chooses: bool = True) -> None:
    """Remember the line that asks for the number of a node, and tell the watchers.

    Args:
        chooses: whether an ``if`` or the like asks; else the number itself is asked for, by ``float``.
    """
    if SWITCHES["noted"]:
        tell_watchers(node)
    if id(node) not in _places:
        frame = users_frame()
        place = f"{os.path.basename(frame.f_code.co_filename)}, line {frame.f_lineno}"
        _remember(node, place, chooses, [weakref.ref(other) for other in _nearest(node)])


def concrete(x: Any) -> Any:
    """The numbers of a node, for a choice that depends on them, such as an order; anything else as it is.

    >>> from autograd import Tensor
    >>> x = Tensor([3.0, 1.0])
    >>> concrete(x).argsort(), where_concretized(x) is None
    (array([1, 0]), False)
    """
    if isinstance(x, Node):
        note_concretized(x)
        return x._primal
    return x


def _remember(node: Node, place: str, chooses: bool, nearest: list[weakref.ref[Node]]) -> None:
    def forget(_: object, key: int = id(node)) -> None:
        _places.pop(key, None)
        # ``if x * 2 > 1`` asks a node that nobody keeps: the number of x decides.
        for reference in nearest:
            if (other := reference()) is not None and id(other) not in _places:
                _remember(other, place, chooses, [])

    _places[id(node)] = weakref.ref(node, forget), place, chooses


def _nearest(node: Node) -> list[Node]:
    """The parents of a node and theirs."""
    parents = [parent for parent in node._links() if parent is not None]
    return parents + [p for parent in parents for p in parent._links() if p is not None]


def where_concretized(node: Node) -> tuple[str, bool] | None:
    """The first line that asked for a node's number, and whether by an ``if`` or the like; None if none did.

    >>> from autograd import Value
    >>> where_concretized(Value(1.0)) is None
    True
    """
    entry = _places.get(id(node))
    return None if entry is None else entry[1:]


def concretized() -> list[Node]:
    """Every node alive whose number was asked for."""
    return [node for reference, _, _ in list(_places.values()) if (node := reference()) is not None]


def listed(places: list[str]) -> str:
    """The first three of some places, and how many more there are.

    >>> listed(["x (a.py, line 1)", "y (a.py, line 2)", "z (a.py, line 3)", "w (a.py, line 4)"])
    'x (a.py, line 1), y (a.py, line 2), z (a.py, line 3), and 1 more'
    """
    more = f", and {len(places) - 3} more" if len(places) > 3 else ""
    return ", ".join(places[:3]) + more
