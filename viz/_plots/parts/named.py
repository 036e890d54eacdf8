"""Parameters as numbers in one row, each with a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd._graph.leaving import plain_array
from autograd._graph.node import Node
from viz._formulas.names import element_label
from viz._pictures.arrays import Array
from viz._plots.parts.words import typeset_label

__all__ = ["NamedNodes", "Parameters"]

Parameters = Mapping[str, Node] | Iterable[Node]


class NamedNodes:
    """Nodes with names; each number in a Tensor has its own.

    Args:
        parameters: nodes, or a dict from names to nodes. A node's label counts more than that name; one
            without either is θ with its place in the list.
        plot: the name of the plot, which begins an error.
        kind: the word for a node in an error.

    Raises:
        TypeError: for anything but nodes.
        ValueError: for no nodes.

    >>> from autograd import Tensor, Value
    >>> nodes = Value(1.0, label="w"), Tensor([[1.0, 2.0]], label="W^{(2)}"), Value(0.5)
    >>> named = NamedNodes(nodes, "nudges")
    >>> [named(i) for i in range(named.size)]
    ['$w$', '$w_{00}^{(2)}$', '$w_{01}^{(2)}$', '$\\\\theta_{2}$']
    """

    def __init__(self, parameters: Parameters, plot: str, kind: str = "parameter") -> None:
        if isinstance(parameters, Node) or not isinstance(parameters, Iterable):
            raise TypeError(
                f"{plot} takes {kind}s as a list of Values or Tensors, or a dict of them; given "
                f"{type(parameters).__name__}"
            )
        pairs = (
            parameters.items() if isinstance(parameters, Mapping) else [(None, node) for node in parameters]
        )
        self.nodes: list[Node] = []
        self._names: list[str] = []
        for i, (name, node) in enumerate(pairs):
            if not isinstance(node, Node):
                raise TypeError(f"{plot} takes Values and Tensors; {kind} {i} is {type(node).__name__}")
            self.nodes.append(node)
            self._names.append(node.label or name or rf"\theta_{{{i}}}")
        if not self.nodes:
            raise ValueError(f"{plot}: there are no {kind}s")
        self._ends = np.cumsum([np.size(node.data) for node in self.nodes])

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return int(self._ends[-1])

    def row(self, arrays: Iterable[Any]) -> Array:
        """An array or number for each node, as one row."""
        return np.concatenate([np.ravel(plain_array(array, np.float64)) for array in arrays])

    def __call__(self, i: int) -> str:
        """The name of number i, for matplotlib."""
        name, index, shape = self.place_of(i)
        label = element_label(name, index, shape) if shape else name
        if label.startswith(f"{name}["):  # the name in its own type, as where it stands alone
            return typeset_label(name) + label.removeprefix(name)
        return typeset_label(label)

    def place_of(self, i: int) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
        """The name of the node that holds number i, its place in it, and the node's shape."""
        place = int(np.searchsorted(self._ends, i, side="right"))
        shape = np.shape(self.nodes[place].data)
        start = int(self._ends[place]) - int(np.prod(shape))
        return self._names[place], tuple(map(int, np.unravel_index(i - start, shape))) if shape else (), shape
