"""Arguments of drawings other than numbers, checked before any work is done with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._graph.node import Node

__all__ = ["a_bool", "a_node"]


def a_bool(argument: Any, what: str) -> bool:
    """True or False.

    >>> a_bool("no", "grad")
    Traceback (most recent call last):
        ...
    TypeError: grad is True or False, not 'no'
    """
    if not isinstance(argument, (bool, np.bool_)):
        raise TypeError(f"{what} is True or False, not {argument!r:.80}")
    return bool(argument)


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
