"""Arguments of pictures as arrays of finite numbers, and errors for all others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.leaving import plain_array
from autograd._graph.node import Node
from autograd._support.checks import holds_reals
from autograd._support.entering import is_number

__all__ = ["LARGEST", "Array", "numbers"]

Array = NDArray[np.float64]
LARGEST = 1e300  # beyond it matplotlib's own differences and margins overflow


def numbers(data: Any, name: str, of_text: str = "") -> Array:
    """The numbers in an array, a list, a Tensor or an array of Values.

    Args:
        data: numbers, nodes, or nested lists of them.
        name: the argument's name, which begins an error.
        of_text: the advice of the error for text.

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
        is_text = array.size > 0 and isinstance(array.flat[0], str)
        advice = f": {of_text}" if of_text and is_text else ""
        raise TypeError(f"{name} is an array of real numbers, not {description}{advice}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: it has shape {array.shape}")
    floats: Array = array.astype(np.float64)
    wrong = np.argwhere(~(abs(floats) <= LARGEST))
    if len(wrong):
        index = tuple(map(int, wrong[0]))
        kind = f"numbers up to {LARGEST:g}" if np.isfinite(floats[index]) else "finite numbers"
        raise ValueError(f"{name} holds {floats[index]} at index {index}; a picture takes {kind}")
    return floats
