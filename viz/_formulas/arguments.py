"""The nodes that a drawing is asked for, checked before any work is done with them."""

from __future__ import annotations

from typing import Any

from autograd._graph.node import Node

__all__ = ["a_node"]


def a_node(argument: Any, function: str) -> Node:
    """A node of a recorded graph.

    >>> a_node(3, "formula")
    Traceback (most recent call last):
        ...
    TypeError: formula takes a Value or a Tensor, not int (3)
    """
    if not isinstance(argument, Node):
        kind = type(argument).__name__
        raise TypeError(f"{function} takes a Value or a Tensor, not {kind} ({argument!r:.80})")
    return argument
