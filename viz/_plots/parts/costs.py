"""A recorded cost as a function of two of the numbers that it was computed from."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import DomainError, Tensor, compile
from autograd._derivatives.sweeps import adjoints
from autograd._graph.leaving import plain_array
from autograd._graph.node import Node, reach
from autograd._nodes.value import Value
from viz._pictures.arrays import LARGEST, Array, numbers
from viz._plots.parts.named import NamedNodes
from viz._plots.parts.scales import Range
from viz._plots.parts.words import typeset_label

__all__ = ["CostOfTwo"]

AROUND = 2.0  # on both sides of a present number, by default


class CostOfTwo:
    """A cost C of two of its leaves, all others as they are recorded.

    Args:
        C: the recorded cost, one number.
        of: two leaves: Values, or pairs of a Tensor and an index.

    Attributes:
        name, names: of the cost and of the two numbers, for matplotlib.
        point: the two numbers as they are.
        gradient: of the cost, there.

    Raises:
        TypeError: for anything but nodes.
        ValueError: for a cost that is not one number or does not depend on one of them, for another number of
            leaves than two, and for an index that a Tensor has not.

    >>> w, b = Value(1.0, label="w"), Value(2.0, label="b")
    >>> cost = CostOfTwo((3 * w + b) ** 2, [w, b])
    >>> cost.names, cost.point, cost.gradient
    (['$w$', '$b$'], array([1., 2.]), array([30., 10.]))
    >>> cost.heights(np.array([0.0, 1.0]), np.array([0.0, 1.0, 2.0]))
    array([[ 0.,  9.],
           [ 1., 16.],
           [ 4., 25.]])
    """

    def __init__(self, C: Node, of: Any) -> None:
        if np.shape(C.data) not in ((), (1,)):
            raise ValueError(
                f"surface draws a cost that is one number, not an array of shape {np.shape(C.data)}"
            )
        entries = list(of) if isinstance(of, (list, tuple)) else []
        if len(entries) != 2:
            raise ValueError(
                "surface draws a recorded cost over two of its leaves: of=[w, b] for Values, or "
                "of=[(W, (0, 1)), (W, (0, 2))] for numbers in Tensors"
            )
        places = [_leaf_and_index(entry) for entry in entries]
        self._cost, self._nodes, self._indices = C, [node for node, _ in places], [i for _, i in places]
        for node in self._nodes:
            if {node}.isdisjoint(reach([C])):
                raise ValueError(f"surface: the cost does not depend on {node.label or 'a node of'} `of`")
        named, start = NamedNodes(self._nodes, "surface"), 0
        self.names: list[str] = []
        for node, index in places:
            shape = np.shape(node.data)
            self.names.append(named(start + (int(np.ravel_multi_index(index, shape)) if shape else 0)))
            start += int(np.size(node.data))
        self.name = typeset_label(C.label or "C")
        self.point = np.array([float(plain_array(node)[i]) for node, i in places])
        slopes = adjoints(C, np.ones(C.shape, C.dtype) if isinstance(C, Tensor) else 1.0, wrt=self._nodes)
        self.gradient = numbers(
            [float(np.asarray(slopes[node])[i]) for node, i in places], "the gradient of the cost"
        )

    @property
    def ranges(self) -> tuple[Range, Range]:
        """Around the two numbers as they are."""
        x, y = self.point.tolist()
        return (x - AROUND, x + AROUND), (y - AROUND, y + AROUND)

    def heights(self, across: Array, up: Array) -> Array:
        """The cost at every point of a grid, shape (up, across); nan where it is undefined."""
        points = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        values = self._of_values(points) if isinstance(self._nodes[0], Value) else self._of_tensors(points)
        return np.where(abs(values) <= LARGEST, values, np.nan).reshape(len(up), len(across))

    def _program(self, leaves: list[Node]) -> Any:
        """The cost for other numbers in these leaves."""
        cost: Any = self._cost
        return compile(cost, inputs=leaves, wrt=[])

    def _of_values(self, points: Array) -> Array:
        program = self._program(self._nodes)
        try:
            return np.ravel(program([], points))
        except DomainError:  # at one point of the grid or more
            return np.array([_number_or_nan(program, point[None]) for point in points])

    def _of_tensors(self, points: Array) -> Array:
        leaves = list(dict.fromkeys(self._nodes))
        program = self._program(leaves)
        arrays = {leaf: np.array(leaf.data) for leaf in leaves}
        values = []
        with np.errstate(all="ignore"):
            for point in points.tolist():
                for node, index, x in zip(self._nodes, self._indices, point, strict=True):
                    arrays[node][index] = x
                values.append(float(np.ravel(program([], list(arrays.values())))[0]))
        return np.array(values)


def _number_or_nan(program: Any, point: Array) -> float:
    try:
        return float(np.ravel(program([], point))[0])
    except DomainError:
        return float("nan")


def _leaf_and_index(entry: Any) -> tuple[Node, tuple[int, ...]]:
    """A leaf, and the place of one of its numbers."""
    node, index = entry if isinstance(entry, tuple) and len(entry) == 2 else (entry, ())
    if not isinstance(node, Node):
        raise TypeError(
            f"`of` has Values, or pairs of a Tensor and an index, such as (W, (0, 1)); given {entry!r:.80}"
        )
    if not node.is_leaf:
        raise ValueError(
            f"surface draws a cost over leaves, and {node.label or 'a node of `of`'} is computed"
        )
    place = tuple(index) if isinstance(index, (list, tuple)) else (index,)
    try:
        single = np.shape(np.asarray(node.data)[place]) == ()
    except (IndexError, TypeError):
        single = False
    if not single:
        raise ValueError(
            f"{node.label or 'a Tensor of `of`'} has shape {np.shape(node.data)}; its index {index!r} does "
            "not name one number"
        )
    return node, tuple(int(i) % n for i, n in zip(place, np.shape(node.data), strict=True))
