"""Parameters as numbers in one row, each with a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd._graph.leaving import plain_array
from autograd._graph.node import Node
from viz._mathematics.latex import label
from viz._mathematics.typeset import Atom, Script, to_latex
from viz._plots.parts.arrays import Array
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
        place = int(np.searchsorted(self._ends, i, side="right"))
        shape = np.shape(self.nodes[place].data)
        if not shape:
            return typeset_label(self._names[place])
        start = int(self._ends[place]) - int(np.prod(shape))
        index = tuple(map(int, np.unravel_index(i - start, shape)))
        return _element(self._names[place], index, shape)


def _element(name: str, index: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """The lectures' name of one number of an array: of W^{(1)}, w_{12}^{(1)}."""
    body = label(name).body
    base, sup, sub = (body.base, body.sup, body.sub) if isinstance(body, Script) else (body, None, None)
    if not isinstance(base, Atom) or base.kind != "letter" or sub is not None:
        return typeset_label(name) + f"[{', '.join(map(str, index))}]"
    # w_{123} could be 1 and 23 or 12 and 3
    indices = ("" if max(shape) <= 10 else ",").join(map(str, index))
    letter = base.latex.lower() if len(base.latex) == 1 else base.latex  # not \Theta
    return typeset_label(f"{letter}_{{{indices}}}" + ("" if sup is None else f"^{{{to_latex(sup)}}}"))
