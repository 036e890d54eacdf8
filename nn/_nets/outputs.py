"""The outputs of a net as numbers, and examples as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Value, no_grad
from autograd._compiler.programs.for_many import for_many
from autograd._graph.leaving import plain_array
from autograd._support.process.threads import few_threads
from nn._nets.contents import evaluating
from nn._nets.parameters import multiplications
from nn._support.arrays import numeric

__all__ = ["CHUNK", "chunks", "examples_and", "outputs_of", "take_rows"]

Array = NDArray[Any]

# Examples to one pass without a derivative: enough to keep NumPy busy, and so few that the products of the
# lectures' net stay on one thread, see `few_threads`. On two busy cores, 1000 take five times as long.
CHUNK = 500

OF_LABELS = (
    "nn.data.one_hot({name}, np.unique({name})) makes desired outputs of labels that are text, and "
    "nn.data.class_numbers({name}, np.unique({name})) whole numbers"
)


def outputs_of(net: Callable[[Any], Any], X: Array) -> Array:
    """The outputs of a net for any number of examples, in evaluation mode and without recording.

    Raises:
        ValueError: for outputs of another number of examples.
    """
    if not len(X):  # an empty batch has outputs of the width of any other
        return outputs_of(net, np.ones((1, *X.shape[1:])))[:0]
    params = list(net.parameters()) if hasattr(net, "parameters") else []
    with evaluating(net):
        if params and all(isinstance(p, Value) for p in params):
            outputs = for_many(lambda rows: net(rows.reshape(-1, *X.shape[1:])), X.reshape(len(X), -1))
            if outputs is not None:
                return outputs
        with no_grad(), few_threads(multiplications(params, min(len(X), CHUNK))):
            return np.concatenate([_for_each(plain_array(net(chunk)), chunk) for (chunk,) in chunks(X)])


def _for_each(outputs: Array, examples: Array) -> Array:
    if outputs.shape[:1] != examples.shape[:1]:
        raise ValueError(
            f"the net gave shape {outputs.shape} for {len(examples)} examples; expected (n, outputs)"
        )
    return outputs


def chunks(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """The arrays, `CHUNK` rows at a time."""
    for start in range(0, len(arrays[0]), CHUNK):
        yield tuple(array[start : start + CHUNK] for array in arrays)


def take_rows(array: Array, rows: Array) -> Array:
    """A copy of some rows."""
    # take is faster, but first copies all of an array whose rows do not lie one after another.
    return array.take(rows, axis=0) if array.flags.c_contiguous else array[rows]


def examples_and(
    name: str, X: ArrayLike, Y: ArrayLike, x_name: str = "X", of_text: str = OF_LABELS
) -> tuple[Array, Array]:
    """Inputs and desired outputs, or labels, as arrays with a row for each example.

    Raises:
        TypeError: for anything but real numbers.
        ValueError: for different lengths, no examples, or a missing number.
    """
    x = numeric(X, x_name)
    y = numeric(Y, name, of_text)
    if x.ndim < 2 or y.ndim == 0 or len(x) != len(y) or not len(x):
        raise ValueError(
            f"{x_name} has shape {x.shape} and {name} {y.shape}; expected one row for each example "
            "in both, and at least one"
        )
    return x, y
