"""What a function of whole arrays is given, as something with a shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.conditions import Condition
from autograd.entering import check_kind
from autograd.graph import Node
from autograd.primitives import is_number
from autograd.tensor import Tensor, stacked

__all__ = ["numbers_of", "shaped"]


def shaped(x: Any) -> Any:
    """x as something with a shape: a Tensor, or an array (of objects, if it holds Values)."""
    if isinstance(x, Iterator):  # a generator
        x = list(x)
    x = stacked(x)
    if isinstance(x, Tensor):
        return x
    check_kind(x, "a function of arrays")
    array = np.asarray(x)
    if array.dtype == object and all(isinstance(e, (Node, Condition)) or is_number(e) for e in array.flat):
        return array
    if array.dtype.kind not in "fiub":
        raise TypeError(f"expected numbers, Values or a Tensor, not {type(x).__name__} of {array.dtype}")
    return array


def numbers_of(x: Any, what: str) -> Any:
    """As `shaped`, without Values."""
    array = shaped(x)
    if array.dtype == object:
        raise TypeError(f"{what} takes a Tensor or an array of numbers, not Values one at a time")
    return array if array.dtype.kind == "f" else array.astype(np.float64)
