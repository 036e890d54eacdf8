"""How often a net is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Value, no_grad
from autograd._compiler.vmap import for_many
from autograd._graph.leaving import plain_array
from autograd._support.callers import warn
from autograd._support.checks import finite_number, holds_whole_numbers
from autograd._support.threads import few_threads
from nn._measures.class_labels import Classes, class_numbers
from nn._nets.activations import identity
from nn._nets.parameters import multiplications
from nn._nets.tables import numeric

__all__ = [
    "CHUNK", "accuracy", "chosen_rows", "chunks", "examples_and", "last_activation", "outputs_of",
    "share",
]  # fmt: skip

Array = NDArray[Any]

# Examples that go through a net together where no derivative is wanted: enough to keep NumPy busy,
# and so few that the products of the lectures' net are small ones, to which `few_threads` gives
# one thread. On two busy cores they take five times as long in chunks of 1000, with two threads.
CHUNK = 500

OF_LABELS = (
    "nn.data.one_hot({what}, np.unique({what})) makes desired outputs of labels that are text, and "
    "nn.data.class_numbers({what}, np.unique({what})) whole numbers"
)
OF_CLASSES = "nn.accuracy(net, X, {what}, classes=np.unique({what})) takes labels that are text"


def accuracy(
    net: Callable[[Any], Any],
    X: ArrayLike,
    labels: ArrayLike,
    *,
    classes: Classes | None = None,
    threshold: float | None = None,
) -> float:
    """The share of examples that a net gets right.

    With two outputs or more, an example is right when its largest output is at the label. With one
    output, when the output is on the label's side of the threshold.

    Args:
        net: gives outputs of shape (n, outputs).
        X: the inputs, shape (n, inputs).
        labels: whole numbers, shape (n,); 0 and 1, or -1 and 1, for one output. Labels of any kind, such as
            text, where `classes` lists them.
        classes: the classes in the order of the outputs, as for `nn.data.class_numbers`.
        threshold: what divides one output; by default the middle, 0.5 of labels 0 and 1 and 0 of -1 and 1;
            labels that are all 1 are taken for the former. A logit, the output of a net that was trained by
            `nn.binary_cross_entropy`, is divided at 0.

    Raises:
        ValueError, TypeError: for inputs and labels that do not fit each other or the net.

    Warns:
        RuntimeWarning: where one output is linear, labels are 0 and 1, and no threshold is given: it may be
            a logit.

    >>> accuracy(lambda x: x, [[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    >>> accuracy(lambda x: x, [[0.9], [0.8], [0.1]], [1, 1, 0])
    1.0
    >>> accuracy(lambda x: x, [[2.1], [-0.1]], ["yes", "no"], classes=["no", "yes"], threshold=0)
    1.0
    """
    numbers = labels if classes is None else class_numbers(labels, classes)
    X, labels = examples_and("labels", X, numbers, of_text=OF_CLASSES)
    if labels.ndim != 1 or not holds_whole_numbers(labels):
        raise TypeError(
            f"labels are whole numbers of shape (n,), not {labels.dtype} of shape {labels.shape}; "
            "one-hot outputs become labels by Y.argmax(axis=1); other labels are given with their classes, "
            "nn.accuracy(net, X, labels, classes=np.unique(labels))"
        )
    divided = None if threshold is None else finite_number(threshold, "the threshold")
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
        if divided is None:
            divided = 0.0 if low < 0 else 0.5
            if low >= 0 and last_activation(net) is identity:
                warn(
                    "this net's one output is linear, and accuracy divides it at 0.5, as is right after "
                    "nn.quadratic_cost; a logit, as after nn.binary_cross_entropy, is divided by threshold=0 "
                    "(threshold=0.5 says that the other is meant)",
                    RuntimeWarning,
                )
        return share((outputs[:, 0] > divided) == (labels > 0))
    if divided is not None:
        raise ValueError(f"a threshold is for a net with one output, and this one has {width}")
    if low < 0 or labels.max() >= width:
        raise ValueError(f"the net has {width} outputs, so labels lie from 0 to {width - 1}")
    return share(outputs.argmax(axis=1) == labels)


def last_activation(net: Any) -> Any:
    """The activation of a net's last layer, as far as it has layers; else None."""
    layers = getattr(net, "layers", None)
    return getattr(layers[-1], "activation", None) if isinstance(layers, list) and layers else None


def outputs_of(net: Callable[[Any], Any], X: Array) -> Array:
    """The numbers a net gives, of any number of examples, without recording."""
    params = list(net.parameters()) if hasattr(net, "parameters") else []
    scalars = params and all(isinstance(p, Value) for p in params)
    if scalars and (found := for_many(net, X)) is not None:
        return found
    with no_grad(), few_threads(multiplications(params, min(len(X), CHUNK))):
        return np.concatenate([plain_array(net(chunk)) for (chunk,) in chunks(X)])


def chunks(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """The arrays, a few examples at a time."""
    for start in range(0, len(arrays[0]), CHUNK):
        yield tuple(array[start : start + CHUNK] for array in arrays)


def chosen_rows(array: Array, chosen: Array) -> Array:
    """The chosen rows, copied."""
    # take is the quicker, but first copies all of an array whose rows do not lie one after another.
    return array.take(chosen, axis=0) if array.flags.c_contiguous else array[chosen]


def examples_and(
    name: str, X: ArrayLike, Y: ArrayLike, x_name: str = "X", of_text: str = OF_LABELS
) -> tuple[Array, Array]:
    """Inputs and what belongs to them as arrays, one row for each example.

    Raises:
        TypeError: for what is not real numbers.
        ValueError: when they differ in length, there are none, or a number is missing.
    """
    x = numeric(X, x_name)
    y = numeric(Y, name, of_text)
    if x.ndim != 2 or y.ndim == 0 or len(x) != len(y) or not len(x):
        raise ValueError(
            f"{x_name} has shape {x.shape} and {name} {y.shape}; expected one row for each example "
            "in both, and at least one"
        )
    return x, y


def share(right: Array) -> float:
    """The share of what is true, of anything that holds truths.

    >>> share(np.array([True, False]))
    0.5
    """
    return int(np.count_nonzero(right)) / right.size  # of 500 in 1 µs; np.mean takes 11
