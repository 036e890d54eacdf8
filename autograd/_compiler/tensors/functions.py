"""A recorded graph of Tensors as a function of arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.node import Node, topological_order

__all__ = ["array_function"]

Array = NDArray[Any]


def array_function(
    outputs: Sequence[Node], leaves: Sequence[Node]
) -> Callable[[Sequence[Array]], list[Array]]:
    """The outputs of a recorded graph as a function of the arrays of some leaves.

    Args:
        outputs: the Tensors to compute; one that depends on no leaf among `leaves` is constant.
        leaves: the Tensors whose arrays the function takes; the other leaves are constants, with the arrays
            that they have now.

    Returns:
        A function of a list of arrays, of the shapes and dtypes of the leaves, which gives a list of arrays:
        none shares memory with an argument, with the record or with another.

    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 2.0])
    >>> array_function([(x * x).sum(), x], [x])([np.array([3.0, 4.0])])
    [array(25.), array([3., 4.])]
    """
    places = {leaf: place for place, leaf in enumerate(leaves)}
    steps: list[tuple[Any, list[int], list[Any], Any]] = []
    constants: list[Any] = []
    for node in topological_order(*outputs):
        if node in places:
            continue
        if node._op is None:
            places[node] = len(leaves) + len(constants)
            constants.append(node._array())  # type: ignore[attr-defined]
    first = len(leaves) + len(constants)
    for node in topological_order(*outputs):
        if node not in places:
            links = [-1 if parent is None else places[parent] for parent in node._links()]
            steps.append((node._op, links, list(node._inputs), node._params))  # type: ignore[attr-defined]
            places[node] = first + len(steps) - 1
    results = [places[node] for node in outputs]

    def run(arrays: Sequence[Array]) -> list[Array]:
        numbers = [*arrays, *constants]
        for row, links, inputs, params in steps:
            args = [x if link < 0 else numbers[link] for link, x in zip(links, inputs, strict=True)]
            numbers.append(np.asarray(row.on_arrays(*args, **params)))
        return [np.array(numbers[result]) for result in results]

    return run
