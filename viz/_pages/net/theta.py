"""The parameters of a net in one vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd._graph.node import Node
from viz._pictures.arrays import Array

__all__ = ["Theta", "theta_of"]


class Theta:
    """Parameters in a row: of each layer the weights row by row, and after them the biases.

    Attributes:
        nodes: the leaves, each once, also where layers share them.
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self._places: dict[int, int] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of a net of Tensors; float64 for Values."""
        return np.result_type(*(getattr(node, "dtype", np.float64) for node in self.nodes))

    def numbers(self) -> Array:
        """The numbers of all parameters."""
        return np.concatenate([np.ravel(np.asarray(node.data, np.float64)) for node in self.nodes])

    def place(self, part: Any) -> int:
        """The place of the first number of a W or b."""
        return self._places[id(_nodes(part)[0])]

    def add(self, part: Any, name: str) -> None:
        """Add a W or b, whose numbers are to lie together.

        Raises:
            TypeError: for plain numbers.
            ValueError: for the result of an operation, and for a part that shares some of its numbers.
        """
        nodes = _nodes(part)
        if not all(isinstance(node, Node) for node in nodes):
            raise TypeError(
                f"{name} holds plain numbers, and the page turns parameters: make it of Tensors or Values, "
                "as nn.Layer does"
            )
        if not all(node.is_leaf for node in nodes):
            raise ValueError(
                f"{name} is the result of an operation, and the page turns leaves; make one of its numbers, "
                "layer.W = layer.W.data"
            )
        known = [self._places.get(id(node)) for node in nodes]
        first = known[0]
        if first is None and not any(place is not None for place in known):
            self.add_all(nodes)
        elif first is None or known != list(range(first, first + len(nodes))):
            raise ValueError(
                f"{name} shares some of its numbers with another layer; it may share all or none"
            )

    def add_all(self, nodes: Iterable[Any]) -> None:
        """Add the leaves that are not there yet."""
        for node in nodes:
            if id(node) not in self._places:
                self._places[id(node)] = self._size
                self.nodes.append(node)
                self._size += int(np.size(node.data))


def theta_of(layers: list[Any]) -> Theta:
    """The weights and biases of the layers of a net.

    >>> import nn
    >>> net = nn.MLP([3, 2, 1], rng=0)
    >>> theta = theta_of(net.layers)
    >>> len(theta), theta.place(net.layers[1].W)
    (11, 8)
    """
    theta = Theta()
    for k, layer in enumerate(layers):
        if hasattr(layer, "W"):
            theta.add(layer.W, f"layers[{k}].W")
            if layer.b is not None:
                theta.add(layer.b, f"layers[{k}].b")
    kinds = {type(node).__name__ for node in theta.nodes}
    if len(kinds) > 1:
        raise TypeError(
            f"the layers of this net hold {' and '.join(sorted(kinds))}s; the page takes one kind"
        )
    return theta


def _nodes(part: Any) -> list[Any]:
    return [part] if isinstance(part, Node) else np.ravel(np.asarray(part, dtype=object)).tolist()
