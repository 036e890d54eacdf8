"""The lectures' labels of the quantities in a layer, and leaves with these labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import Tensor, Value
from nn._nets.parameters import Parameter

__all__ = ["label_all", "labels", "leaves"]


def labels(kind: str, shape: tuple[int, ...], place: int | None, node: type[Parameter]) -> Any:
    """The label of a quantity as an array, W^{(1)}, or an array of labels of scalars, w_{jk}^{(1)}.

    A layer of one neuron has no index to write, nor has the weight of a chain.

    >>> labels("W", (1, 2), 3, Value)
    array([['w_{00}^{(3)}', 'w_{01}^{(3)}']], dtype=object)
    >>> labels("W", (1, 2), 3, Tensor)
    'W^{(3)}'
    """
    layer = "" if place is None else f"^{{({place})}}"
    if node is Tensor or not shape:
        return f"{kind}{layer}"
    kind = kind.lower()
    if all(width == 1 for width in shape):
        return np.full(shape, f"{kind}{layer}", dtype=object)
    comma = "" if max(shape) <= 10 else ","  # w_{123} could be 1 and 23 or 12 and 3
    each = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        each[index] = f"{kind}_{{{comma.join(map(str, index))}}}{layer}"
    return each


def leaves(numbers: ArrayLike, named: Any) -> Any:
    """Values around numbers, each with its label: an object array, or one Value for one number.

    >>> leaves([1.0, 2.0], ["x", "y"])
    array([Value(1.0, label='x'), Value(2.0, label='y')], dtype=object)
    """
    array = np.asarray(numbers)
    pairs = zip(array.flat, np.ravel(named).tolist(), strict=True)
    # Not from a list, of whose every element NumPy would ask whether it is an array.
    nodes = np.fromiter((Value(x, label=n) for x, n in pairs), object, array.size)
    return nodes.reshape(array.shape) if array.ndim else nodes.item()


def label_all(nodes: Any, named: Any) -> None:
    """Label a Tensor, a Value, or the Values of one example or of each row of a batch."""
    if not isinstance(nodes, np.ndarray):
        nodes.label = named
        return
    for row in nodes if nodes.ndim > np.ndim(named) else nodes[None]:
        for node, label in zip(np.ravel(row), np.ravel(named), strict=True):
            node.label = label
