"""Arguments of plots as arrays of finite numbers, and errors for all others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.leaving import plain_array
from autograd._graph.node import Node
from autograd._support.checks import holds_reals
from autograd._support.entering import is_number
from viz._plots.parts.words import as_text, plain_number

__all__ = ["LARGEST", "Array", "Range", "brightness", "levels", "names", "numbers", "span"]

Array = NDArray[np.float64]
Range = tuple[float, float]
LARGEST = 1e300  # beyond it matplotlib's own differences and margins overflow


def numbers(data: Any, name: str) -> Array:
    """The numbers in an array, a list, a Tensor or an array of Values.

    Args:
        data: numbers, nodes, or nested lists of them.
        name: the argument's name, which begins an error.

    Raises:
        TypeError: for anything but real numbers.
        ValueError: for an empty array, and for nan, infinity and numbers beyond 1e300.

    >>> from autograd import Tensor, Value
    >>> numbers([Value(1.0), 2], "x"), numbers(Tensor([3.0]), "x")
    (array([1., 2.]), array([3.]))
    >>> numbers([0.5, float("nan")], "x")
    Traceback (most recent call last):
        ...
    ValueError: x holds nan at index (1,); a picture takes finite numbers
    """
    try:
        array = plain_array(data)
    except ValueError:
        raise ValueError(f"{name} is an array of numbers; the rows given differ in length") from None
    except OverflowError:
        raise ValueError(
            f"{name} holds a whole number beyond the largest float; a picture takes numbers up to {LARGEST:g}"
        ) from None
    objects = array.dtype == object and all(isinstance(x, Node) or is_number(x) for x in array.flat)
    if not holds_reals(array) and not objects:
        description = type(data).__name__ if array.ndim == 0 else f"an array of {array.dtype}"
        raise TypeError(f"{name} is an array of real numbers, not {description}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: it has shape {array.shape}")
    floats: Array = array.astype(np.float64)
    wrong = np.argwhere(~(abs(floats) <= LARGEST))
    if len(wrong):
        index = tuple(map(int, wrong[0]))
        kind = f"numbers up to {LARGEST:g}" if np.isfinite(floats[index]) else "finite numbers"
        raise ValueError(f"{name} holds {floats[index]} at index {index}; a picture takes {kind}")
    return floats


def names(texts: Iterable[Any] | None, expected: int, name: str, kind: str) -> list[str] | None:
    """A short text for each thing, such as the labels of outputs, for matplotlib; None if there are none.

    >>> names([3.0, "four"], 2, "labels", "outputs")
    ['3', 'four']
    """
    if texts is None:
        return None
    entries = list(texts) if isinstance(texts, Iterable) and not isinstance(texts, str) else [texts]
    wrong = [x for x in entries if not (isinstance(x, str) or is_number(x))]
    if wrong or isinstance(texts, str) or not isinstance(texts, Iterable):
        raise TypeError(
            f"{name} has a number or a text for each of the {expected} {kind}; given {texts!r:.80}"
        )
    if len(entries) != expected:
        raise ValueError(f"{name} has {len(entries)} entries for {expected} {kind}")
    return [as_text(x) if isinstance(x, str) else plain_number(x) for x in entries]


def span(ends: Any, name: str) -> Range:
    """The two ends of an axis, the lower one first.

    >>> span((-1, 2), "x")
    (-1.0, 2.0)
    """
    limits = numbers(ends, name)
    if limits.shape != (2,) or not limits[0] < limits[1]:
        raise ValueError(f"{name} is a range (from, to) with from < to, not {ends!r}")
    return float(limits[0]), float(limits[1])


def brightness(array: Array) -> Range:
    """The numbers that are drawn black and white: 0 and 1, or further apart where the numbers are.

    >>> brightness(np.array([0.2, 0.9])), brightness(np.array([-1.5, 0.5]))
    ((0.0, 1.0), (-1.5, 1.0))
    """
    return min(0.0, float(array.min())), max(1.0, float(array.max()))


def levels(array: Array) -> Array:
    """Numbers as brightness from 0, black, to 1, white: as they are, where none lies outside of these.

    >>> levels(np.array([0.25, 1.0])), levels(np.array([-1.0, 1.0]))
    (array([0.25, 1.  ]), array([0., 1.]))
    """
    black, white = brightness(array)
    return (array - black) / (white - black)
