"""How often a net is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Value, no_grad
from autograd.compiler.many import for_many
from autograd.entering import check_kind, rectangular
from autograd.graph import plain
from autograd.leaving import plain_array
from autograd.threads import few_threads
from nn.parameters import multiplications

__all__ = [
    "Judge",
    "Tally",
    "accuracy",
    "chosen_rows",
    "chunks",
    "examples_and",
    "floats",
    "judge",
    "outputs_of",
]

Array = NDArray[Any]
Judge = Callable[[Array, Array], float]

# Examples that go through a net together where no derivative is wanted: enough to keep NumPy busy,
# and so few that the products of the lectures' net are small ones, to which `few_threads` gives
# one thread. On two busy cores they take five times as long in chunks of 1000, with two threads.
CHUNK = 500


def accuracy(net: Callable[[Any], Any], X: ArrayLike, labels: ArrayLike) -> float:
    """The share of examples that a net gets right.

    With two outputs or more, an example is right when its largest output is at the label. With one
    output, when the output is on the label's side of the middle: labels 0 and 1 have 0.5 between
    them, -1 and 1 have 0; labels that are all 1 are taken for the former.

    Args:
        net: gives outputs of shape (n, outputs).
        X: the inputs, shape (n, inputs).
        labels: whole numbers, shape (n,); 0 and 1, or -1 and 1, for one output.

    Raises:
        ValueError, TypeError: for inputs and labels that do not fit each other or the net.

    >>> accuracy(lambda x: x, [[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    >>> accuracy(lambda x: x, [[0.9], [0.8], [0.1]], [1, 1, 0])
    1.0
    """
    X, labels = examples_and("labels", X, labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise TypeError(
            f"labels are whole numbers of shape (n,), not {labels.dtype} of shape {labels.shape}; "
            "one-hot outputs become labels by Y.argmax(axis=1)"
        )
    outputs = outputs_of(net, X)
    if outputs.ndim != 2 or len(outputs) != len(X):
        raise ValueError(f"the net gave shape {outputs.shape} for {len(X)} examples; expected (n, outputs)")
    if not np.all(np.isfinite(outputs)):
        raise ValueError("the net's outputs are not all finite numbers, so they say nothing about labels")
    width = outputs.shape[1]
    low = int(labels.min())
    if width == 1:
        if not (np.isin(labels, (0, 1)).all() or np.isin(labels, (-1, 1)).all()):
            raise ValueError("labels of a net with one output are 0 and 1, or -1 and 1")
        labels = labels.reshape(-1, 1)
        return _share_beside(outputs, labels, 0.0 if low < 0 else 0.5)
    if low < 0 or labels.max() >= width:
        raise ValueError(f"the net has {width} outputs, so labels lie from 0 to {width - 1}")
    return _share(outputs.argmax(axis=1) == labels)


def judge(Y: Array) -> Judge | None:
    """How to count the right outputs, for desired outputs Y; None where there is no right and wrong.

    Y holds labels, shape (n,); or two different numbers, the higher one once in every row, or
    anywhere in a single column. Then it is as for `accuracy`, the middle being that of the two numbers.

    >>> judge(np.array([[0.01, 0.99], [0.99, 0.01]]))(np.array([[0.2, 0.1]]), np.array([[0.01, 0.99]]))
    0.0
    >>> judge(np.array([[-1], [1]]))(np.array([[0.3]]), np.array([[1]]))
    1.0
    >>> judge(np.array([[0.3], [0.5], [0.7]])) is None
    True
    """
    low, high = Y.min(), Y.max()
    middle = (float(low) + float(high)) / 2  # in uint8, 1 + 255 would be 0
    if Y.ndim == 1:
        return lambda outputs, labels: (
            _share(outputs.argmax(axis=1) == labels)
            if outputs.ndim == 2 and outputs.shape[1] > 1
            else _share_beside(outputs.reshape(-1), labels, middle)  # one output
        )
    is_high = high == Y
    if low == high or not np.all(is_high | (low == Y)):
        return None
    if Y.shape[1] == 1:
        return lambda outputs, desired: _share_beside(outputs.reshape(-1, 1), desired, middle)
    if not np.all(is_high.sum(axis=1) == 1):
        return None
    return lambda outputs, desired: _share(outputs.argmax(axis=1) == desired.argmax(axis=1))


def outputs_of(net: Callable[[Any], Any], X: Array) -> Array:
    """The numbers a net gives, of any number of examples, without recording."""
    params = list(net.parameters()) if hasattr(net, "parameters") else []
    scalars = params and all(isinstance(p, Value) for p in params)
    if scalars and (found := for_many(net, X)) is not None:
        return found
    with no_grad(), few_threads(multiplications(params, min(len(X), CHUNK))):
        return np.concatenate([floats(net(chunk)) for (chunk,) in chunks(X)])


def chunks(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """The arrays, a few examples at a time."""
    for start in range(0, len(arrays[0]), CHUNK):
        yield tuple(array[start : start + CHUNK] for array in arrays)


def floats(outputs: Any) -> Array:
    """The numbers in a Tensor, or in an array of Values or numbers."""
    array: Array = plain_array(outputs)
    return array


class Tally:
    """Counts the right outputs of an epoch.

    It looks at many steps at a time: at ten outputs NumPy looks as long as at a hundred.
    """

    def __init__(self, judge: Judge, desired: Array, order: Array) -> None:
        self._judge, self._desired, self._order = judge, desired, order
        self._waiting: list[Array] = []
        self._counted = self._right = 0

    def add(self, outputs: Array, done: int) -> None:
        """The outputs of the next examples, which makes so many done."""
        self._waiting.append(outputs)
        if done - self._counted >= CHUNK:
            self.right(done)

    def right(self, done: int) -> int:
        """How many of those done were right."""
        if self._waiting:
            desired = chosen_rows(self._desired, self._order[self._counted : done])
            self._right += round(self._judge(np.concatenate(self._waiting), desired) * len(desired))
            self._counted = done
            self._waiting.clear()
        return self._right


def chosen_rows(array: Array, chosen: Array) -> Array:
    """The chosen rows, copied."""
    # take is the quicker, but first copies all of an array whose rows do not lie one after another.
    return array.take(chosen, axis=0) if array.flags.c_contiguous else array[chosen]


def examples_and(name: str, X: ArrayLike, Y: ArrayLike, x_name: str = "X") -> tuple[Array, Array]:
    """Inputs and what belongs to them as arrays, one row for each example.

    Raises:
        TypeError: for what is not real numbers.
        ValueError: when they differ in length, or there are none.
    """
    check_kind(X, x_name)
    check_kind(Y, name)
    x, y = rectangular(plain(X), x_name), rectangular(plain(Y), name)
    for array, what in ((x, x_name), (y, name)):
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{what} is an array of real numbers, not of {array.dtype}")
    if x.ndim != 2 or y.ndim == 0 or len(x) != len(y) or not len(x):
        raise ValueError(
            f"{x_name} has shape {x.shape} and {name} {y.shape}; expected one row for each example "
            "in both, and at least one"
        )
    return x, y


def _share_beside(outputs: Array, desired: Array, middle: float) -> float:
    return _share((outputs > middle) == (desired > middle))


def _share(right: Array) -> float:
    return int(np.count_nonzero(right)) / right.size  # of 500 in 1 µs; np.mean takes 11
