"""The tape: a recorded graph of Tensors as lines without nodes, each with its row, arguments and shape.

A node that depends on no leaf of the program is a constant, with the array that it was recorded with: a
leaf may have changed since.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.node import Node, topological_order
from autograd._graph.primitive import Primitive
from autograd._nodes.operands.counts import Count

__all__ = ["Line", "Tape", "read"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Line:
    """An array of the program: that of a leaf, a constant, or the result of a row.

    Attributes:
        row: the operation; None for a leaf and for a constant.
        args: the lines of the arguments.
        params: of the row.
        constant: the array, or the number that takes the dtype of the other argument; None for other lines.
        shape, dtype: as recorded.
        label: of the node.
        count: of a constant that counts the numbers of an array; None of others.
    """

    row: Primitive | None
    args: tuple[int, ...]
    params: dict[str, Any]
    constant: Any
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    label: str | None
    count: Count | None = None

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def is_leaf(self) -> bool:
        return self.row is None and self.constant is None


@dataclass(frozen=True)
class Tape:
    """Lines in topological order: first the leaves, in their order.

    Attributes:
        lines: the leaves, then constants and operations, arguments before results.
        leaves: the number of leaves.
        outputs: the lines of the results.
    """

    lines: list[Line]
    leaves: int
    outputs: list[int]

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """The one dtype of all arrays of floats; None where there are two, or whole numbers widen it."""
        kinds = {
            line.dtype
            for line in self.lines
            if isinstance(line.constant, np.ndarray) or line.constant is None
        }
        floats = {kind for kind in kinds if kind.kind == "f"}
        if len(floats) != 1:
            return None
        (dtype,) = floats
        return dtype if all(np.result_type(dtype, kind) == dtype for kind in kinds) else None

    def cast(self, dtype: np.dtype[Any]) -> Tape:
        """The tape with every leaf, constant and result in one dtype."""
        return replace(self, lines=[_cast(line, dtype) for line in self.lines])

    def run(self, arrays: Sequence[Array]) -> list[Any]:
        """Each line's array, computed row by row as Tensors do."""
        values: list[Any] = list(arrays)
        for line in self.lines[self.leaves :]:
            if line.row is None:
                values.append(line.constant)
            else:
                args = (values[a] for a in line.args)
                values.append(np.asarray(line.row.on_arrays(*args, **line.params)))  # type: ignore[attr-defined]
        return values


def _cast(line: Line, dtype: np.dtype[Any]) -> Line:
    if line.row is not None and line.row.name == "astype":
        return replace(line, dtype=dtype, params={"dtype": dtype})
    if isinstance(line.constant, np.ndarray):
        return replace(line, dtype=dtype, constant=line.constant.astype(dtype, copy=False))
    return replace(line, dtype=dtype)


def read(outputs: Sequence[Node], leaves: Sequence[Node]) -> tuple[Tape, dict[Node, int]]:
    """The graph of the outputs as a tape, and the line of each node that depends on the leaves.

    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 2.0])
    >>> tape, _ = read([x * Tensor(2.0) + 1], [x])
    >>> [str(line.row or line.constant) for line in tape.lines]
    ['None', '2.0', 'mul', '1', 'add']
    """
    places: dict[Node, int] = {}
    lines: list[Line] = []
    constants: dict[int, int] = {}
    for leaf in leaves:
        places.setdefault(leaf, len(lines))
        lines.append(Line(None, (), {}, None, leaf.shape, leaf.dtype, leaf.label))  # type: ignore[attr-defined]

    def constant(x: Any) -> int:
        place = constants.get(id(x))
        if place is None:
            dtype = x.dtype if isinstance(x, np.ndarray) else np.dtype(float)
            place = constants[id(x)] = len(lines)
            count = x if isinstance(x, Count) else None  # not weak, as floats are in NumPy's promotion
            lines.append(
                Line(None, (), {}, x if count is None else float(x), np.shape(x), dtype, None, count)
            )
        return place

    for node in topological_order(*outputs):
        links = node._links()
        if node in places or not any(parent in places for parent in links):
            continue
        inputs = node._inputs  # type: ignore[attr-defined]
        args = tuple([places[p] if p in places else constant(x) for p, x in zip(links, inputs, strict=True)])
        params, out = node._params, node._primal  # type: ignore[attr-defined]
        places[node] = len(lines)
        lines.append(Line(node.op, args, params, None, out.shape, out.dtype, node.label))
    results = [
        places[out] if out in places else constant(out._array())  # type: ignore[attr-defined]
        for out in outputs
    ]
    return Tape(lines, len(leaves), results), places
