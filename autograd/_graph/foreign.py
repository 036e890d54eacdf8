"""Attributes that nodes have in other libraries: here an error that names ours."""

from __future__ import annotations

from typing import Any

from autograd._graph.node import Node

__all__ = ["FOREIGN"]

_ALWAYS = "every Value and Tensor is differentiated by; a constant is a plain number or array, as x.data"

FOREIGN = {
    # micrograd
    "_prev": "the nodes that it was made from are x.parents, in order; x.args has the constants too",
    "_backward": (
        "a node keeps no step of its own. x.backward() goes through the whole graph and fills in every "
        ".grad; viz.draw(x) shows it"
    ),
    # PyTorch
    "requires_grad": _ALWAYS,
    "requires_grad_": _ALWAYS,
    "grad_fn": "the operation that made it is x.op, None for a leaf",
    "detach": "its number, out of the graph, is x.data; a new leaf of it is Value(x.data) or Tensor(x.data)",
    "numpy": "its array, out of the graph, is x.data",
    "cpu": "it is computed by NumPy, on the processor; its array is x.data",
    "zero_grad": "clear a gradient by x.grad = None, or those of all parameters by optimizer.zero_grad()",
    "retain_grad": "after backward() every node has its .grad",
}


class _Foreign:
    """A missing attribute, also for `hasattr`; its error names ours, and a subclass may set it."""

    def __init__(self, name: str, instead: str) -> None:
        self._name, self._instead = name, instead

    def __get__(self, node: Any, owner: type) -> Any:
        own = getattr(node, "__dict__", {})
        if self._name in own:
            return own[self._name]
        raise AttributeError(f"a {owner.__name__} has no {self._name!r}: {self._instead}")

    def __set__(self, node: Any, value: Any) -> None:
        if not hasattr(node, "__dict__"):
            raise AttributeError(f"a {type(node).__name__} has no {self._name!r}: {self._instead}")
        vars(node)[self._name] = value


for _name, _instead in FOREIGN.items():
    setattr(Node, _name, _Foreign(_name, _instead))
