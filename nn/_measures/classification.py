"""Desired outputs that are classes, and which outputs count as right: the accuracy that `fit` shows."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Tensor, Value, no_grad
from autograd._functions.value_arrays import ValueArray
from autograd._graph.leaving import plain_array
from nn._measures.accuracy import share
from nn._measures.costs import half_squared_error, mean_squared_error, quadratic_cost
from nn._nets.labels import leaves

__all__ = ["Judge", "judge_of", "threshold_of"]

Array = NDArray[Any]

SQUARES = quadratic_cost, half_squared_error, mean_squared_error  # the threshold is between the labels
ASIDE = (0.5, 1.0, 2.0)  # outputs, on either side of 0, at which a cost is computed
SAME = 1e-6  # the most that rounding may leave of a difference, also in float32


@dataclass(frozen=True)
class Judge:
    """Which outputs are right.

    Attributes:
        classes: the class of each row of desired outputs.
        choices: the class that each row of outputs stands for.
    """

    classes: Callable[[Array], Array]
    choices: Callable[[Array], Array]

    def __call__(self, outputs: Array, desired: Array) -> float:
        """The share of right outputs."""
        return share(self.choices(outputs) == self.classes(desired))


def judge_of(Y: Array, outputs: int, threshold: float | None = None) -> Judge | None:
    """Which outputs are right, and the share of right ones; None where Y has no classes.

    Y holds labels, shape (n,); or two different numbers, the higher one once in every row, or
    anywhere in a single column. For one output the two are codes, as 0 and 1, -1 and 1 or 0.01 and
    0.99: 4 and 8 cylinders are no classes.

    Args:
        outputs: the number of a net's outputs.
        threshold: above it one output counts as the higher number; by default halfway between the two.

    >>> judge_of(np.array([[0.01, 0.99], [0.99, 0.01]]), 2)(np.array([[0.2, 0.1]]), np.array([[0.01, 0.99]]))
    0.0
    >>> judge_of(np.array([[-1], [1]]), 1)(np.array([[0.3]]), np.array([[1]]))
    1.0
    >>> judge_of(np.array([[4], [8], [4]]), 1) is None
    True
    """
    if Y.ndim == 1 and outputs > 1:
        return Judge(classes=np.asarray, choices=_highest)
    low, high = _ends(Y)
    is_high = np.equal(Y, high)
    if low == high or not np.all(is_high | np.equal(Y, low)):
        return None
    if outputs == 1:
        if not are_codes(low, high):
            return None
        label_threshold = (low + high) / 2
        output_threshold = label_threshold if threshold is None else threshold
        return Judge(
            classes=lambda desired: desired.reshape(-1) > label_threshold,
            choices=lambda outputs: outputs.reshape(-1) > output_threshold,
        )
    if not np.all(is_high.sum(axis=1) == 1):
        return None
    return Judge(classes=_highest, choices=_highest)


def _highest(rows: Array) -> Array:
    """The column of the highest number in each row."""
    columns: Array = rows.argmax(axis=1)
    return columns


def are_codes(low: float, high: float) -> bool:
    """Whether two numbers are as far from 0 and 1, or from -1 and 1, as each other, and not beyond.

    >>> are_codes(0, 1), are_codes(0.01, 0.99), are_codes(-1, 1), are_codes(4, 8)
    (True, True, True, False)
    """
    return high <= 1 and (abs(low + high) <= SAME or (low >= 0 and abs(low + high - 1) <= SAME))


def threshold_of(cost: Callable[[Any, Any], Any], Y: Array, node: type[Tensor] | type[Value]) -> float | None:
    """The threshold of a single output: 0 for a cost of logits, None for halfway between the labels.

    A cost of logits is the same for ``a`` where 1 is desired as for ``-a`` where 0 is, but for a constant
    and a factor, such as the weight of a class. So the threshold of the squared error of 0 and 1
    is 0.5, and that of softplus(a) - y · a is 0.

    Args:
        node: the net's kind of node.

    >>> from autograd import softplus
    >>> threshold_of(lambda a, y: (softplus(a) - y * a).mean(), np.array([[0.0], [1.0]]), Tensor)
    0.0
    >>> threshold_of(lambda a, y: ((a - y) ** 2).mean(), np.array([[0.0], [1.0]]), Tensor) is None
    True
    """
    low, high = _ends(Y)
    if cost in SQUARES or low == high or low < 0 or not are_codes(low, high):
        return None
    shape = (1, *Y.shape[1:])

    def costs(desired: float, sign: float) -> list[float]:
        y = np.full(shape, desired, Y.dtype)
        each = [[[sign * aside]] for aside in ASIDE]
        outputs = [Tensor(a) if node is Tensor else leaves(a, [None]).view(ValueArray) for a in each]
        return [float(plain_array(cost(a, y)).item()) for a in outputs]

    try:
        with no_grad(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            (a, b, c), (d, e, f) = costs(1, 1.0), costs(0, -1.0)
    except Exception:  # a user's cost may be undefined for such an output, or for one example
        return None
    products = (a - b) * (e - f), (b - c) * (d - e)
    is_symmetric = abs(products[0] - products[1]) <= SAME * abs(products[0])
    return 0.0 if is_symmetric and products[0] else None


def _ends(Y: Array) -> tuple[float, float]:
    """The lowest and the highest number, as floats: in uint8, 1 + 255 would be 0."""
    return float(Y.min()), float(Y.max())
