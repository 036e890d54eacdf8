"""Addresses of arrays, for C."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["address", "aligned"]

Array = NDArray[Any]

LINE = 64  # bytes of a cache line, and of the largest vector of a processor

HEADER = (
    object.__basicsize__
)  # of every object; an array's address of its data follows (PyArrayObject of NumPy's C API)


def _first_field(array: Array) -> int:
    return ctypes.c_void_p.from_address(id(array) + HEADER).value or 0


def _attribute(array: Array) -> int:
    return array.ctypes.data


def _fastest() -> Callable[[Array], int]:
    """0.1 µs where the layout of objects is known, as in CPython; otherwise 0.9 µs."""
    probe = np.empty(2)[1:]
    known = sys.implementation.name == "cpython" and _first_field(probe) == probe.ctypes.data
    return _first_field if known else _attribute


address: Callable[[Array], int] = _fastest()


def aligned(array: Array) -> Array:
    """A copy that begins with a cache line: a vector that lies in two lines is loaded in twice the time.

    >>> aligned(np.arange(3.0)).ctypes.data % LINE
    0
    """
    memory = np.empty(array.nbytes + LINE, np.uint8)
    first = -memory.ctypes.data % LINE
    copy = memory[first : first + array.nbytes].view(array.dtype)
    copy[:] = array
    return copy
