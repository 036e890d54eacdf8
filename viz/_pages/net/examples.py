"""Inputs and desired outputs of a page's examples, and their classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._support.checks import is_whole
from viz._pictures.arrays import Array, numbers

__all__ = ["Classes", "Examples", "classes_of", "examples_of"]

DIGITS = 28, 28  # pixels of an image of 784 numbers
OF_TEXT = (
    "nn.data.class_numbers(labels, names), with a list of the names, has the number of each, and "
    "labels=names writes the names at the outputs"
)


@dataclass(frozen=True)
class Examples:
    """The examples of a page.

    Attributes:
        X: the inputs, (n, inputs).
        Y: the desired outputs, (n, outputs).
        image: height and width of the pictures that the inputs are, or None.
    """

    X: Array
    Y: Array
    image: tuple[int, int] | None


@dataclass(frozen=True)
class Classes:
    """Which outputs are right.

    Attributes:
        of_each: the class of each example.
        threshold: above it one output counts as class 1; None where the class is that of the largest output.
    """

    of_each: NDArray[np.int64]
    threshold: float | None


def examples_of(examples: Any, inputs: int, outputs: int, shape: Any) -> Examples:
    """The examples as arrays, for a net of so many inputs and outputs.

    Args:
        examples: a pair (X, Y), or an object with ``images`` and ``labels``, or with ``X`` and ``Y``.
        shape: height and width of an image, or None.

    Raises:
        TypeError, ValueError: for anything else, for shapes that do not fit, and for labels that are no
            classes.
    """
    names = ("the images", "the labels") if hasattr(examples, "images") else ("X", "Y")
    pair = _pair(examples)
    X, Y = numbers(pair[0], names[0]), numbers(pair[1], names[1], OF_TEXT)
    image = X.shape[1:] if X.ndim == 3 and shape is None else _sides(shape, inputs)
    rows = X.reshape(len(X), -1) if X.ndim > 1 else X[None]
    if X.ndim not in (2, 3) or rows.shape[1] != inputs:
        row = "; one example is X[None], a batch of it alone" if X.shape == (inputs,) else ""
        raise ValueError(
            f"{names[0]} have shape {X.shape}, and the net takes {inputs} inputs: expected (n, {inputs}), or "
            f"pictures of {inputs} pixels, (n, height, width){row}"
        )
    if len(Y) != len(X) or Y.ndim not in (1, 2):
        raise ValueError(
            f"{names[0]} have shape {X.shape} and {names[1]} {Y.shape}; expected a row of each for every "
            "example"
        )
    if Y.ndim == 2 and Y.shape[1] != outputs:
        raise ValueError(
            f"{names[1]} have shape {Y.shape}, and the net gives {outputs} outputs: expected (n, {outputs}), "
            "or labels, (n,)"
        )
    desired = Y if Y.ndim == 2 else _columns(Y, outputs, names[1])
    return Examples(rows, desired, None if image is None else (int(image[0]), int(image[1])))


def _pair(examples: Any) -> tuple[Any, Any]:
    """Inputs and desired outputs, or their labels."""
    if isinstance(examples, (tuple, list)) and len(examples) == 2:
        return examples[0], examples[1]
    for inputs, desired in (("images", "labels"), ("X", "Y")):
        if hasattr(examples, inputs) and hasattr(examples, desired):
            return getattr(examples, inputs), getattr(examples, desired)
    raise TypeError(
        "examples are a pair (X, Y) of inputs and desired outputs, or digits such as those of "
        f"nn.data.strokes, not {type(examples).__name__} ({examples!r:.80})"
    )


def _columns(labels: Array, outputs: int, name: str) -> Array:
    """A column of desired outputs, or for each label a row with a 1 in the column of its class."""
    if outputs == 1:
        return labels[:, None]
    whole = labels.astype(np.int64)
    wrong = np.flatnonzero((whole != labels) | (labels < 0) | (labels >= outputs))
    if len(wrong):
        raise ValueError(
            f"{name} hold {labels[wrong[0]]:g} at index {wrong[0]}, and the net has {outputs} outputs: "
            f"labels are whole numbers from 0 to {outputs - 1}; desired outputs have shape (n, {outputs})"
        )
    return np.eye(outputs)[whole]


def _sides(shape: Any, inputs: int) -> tuple[int, int] | None:
    if shape is None:
        return DIGITS if inputs == DIGITS[0] * DIGITS[1] else None
    sides = tuple(shape) if isinstance(shape, (tuple, list)) else ()
    if len(sides) != 2 or not all(is_whole(n) and n > 0 for n in sides):
        raise ValueError(f"shape is (height, width) of a picture in pixels, not {shape!r}")
    if sides[0] * sides[1] != inputs:
        raise ValueError(
            f"a picture of shape {sides} has {sides[0] * sides[1]} pixels, and the net takes {inputs} inputs"
        )
    return sides[0], sides[1]


def classes_of(Y: Array, threshold: float | None) -> Classes | None:
    """The classes that desired outputs stand for; None where there are none, as in a regression.

    They stand for classes where they are two different numbers: of several outputs, the higher one once in
    every row; of one output, two like 0.1 and 0.9, as far from 0 and 1 as each other, or like -1 and 1.

    Args:
        threshold: of one output; by default halfway between its two codes.

    Raises:
        ValueError: for a threshold where there is nothing to divide.

    >>> classes_of(np.array([[0.01, 0.99], [0.99, 0.01]]), None).of_each
    array([1, 0])
    >>> classes_of(np.array([[-1.0], [1.0]]), None).threshold, classes_of(np.array([[4.0], [8.0]]), None)
    (0.0, None)
    """
    if threshold is not None and Y.shape[1] != 1:
        raise ValueError(f"a threshold divides one output, and the net has {Y.shape[1]}")
    classes = _classes(Y, threshold)
    if threshold is not None and classes is None:
        raise ValueError(
            "a threshold divides two classes, and the desired outputs are no two codes, such as 0 and 1 or "
            "-1 and 1"
        )
    return classes


def _classes(Y: Array, threshold: float | None) -> Classes | None:
    low, high = float(Y.min()), float(Y.max())
    is_high: NDArray[np.bool_] = np.equal(Y, high)
    if low == high or not np.all(is_high | np.equal(Y, low)):
        return None
    if Y.shape[1] == 1:
        if high > 1 or not (np.isclose(low, -high) or (low >= 0 and np.isclose(low + high, 1))):
            return None
        middle = (low + high) / 2
        return Classes((Y[:, 0] > middle).astype(np.int64), middle if threshold is None else threshold)
    if not np.all(is_high.sum(axis=1) == 1):
        return None
    return Classes(Y.argmax(axis=1).astype(np.int64), None)
