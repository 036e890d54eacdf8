"""Copies of nodes, with the attributes of a user's subclass."""

from __future__ import annotations

import copy
from typing import Any

from autograd._graph.node import Node, topological_order

__all__ = ["attributes", "set_attributes"]


def attributes(node: Node) -> Any:
    """The attributes of an instance of a subclass, as `object.__getstate__` gives them; None without any."""
    kind = type(node)
    if kind.__module__.startswith("autograd."):
        return None
    ours = next(base for base in kind.__mro__ if base.__module__.startswith("autograd."))
    state: Any = object.__getstate__(node)
    if not isinstance(state, tuple):
        return state
    instance, slots = state
    own = {name: value for name, value in slots.items() if not hasattr(ours, name)}
    return (instance, own) if own else instance


def set_attributes(node: Node, state: Any) -> None:
    """Set on a copy the `attributes` of its original."""
    instance, slots = state if isinstance(state, tuple) else (state, None)
    if instance:
        vars(node).update(instance)
    for name, value in (slots or {}).items():
        setattr(node, name, value)


def _copy(node: Node) -> Node:
    copied = node._restore(node._state(), node._links())
    set_attributes(copied, attributes(node))
    return copied


def _deepcopy(root: Node, memo: dict[int, Any]) -> Node:
    for node in topological_order(root):
        if id(node) not in memo:
            links = [None if p is None else memo[id(p)] for p in node._links()]
            memo[id(node)] = copied = node._restore(node._state(), links)
            if (own := attributes(node)) is not None:
                set_attributes(copied, copy.deepcopy(own, memo))
    copied_root: Node = memo[id(root)]
    return copied_root


# `_graph` is a floor below, and cannot import this.
setattr(Node, "__copy__", _copy)  # noqa: B010 - for a type checker these are no attributes of it
setattr(Node, "__deepcopy__", _deepcopy)  # noqa: B010
