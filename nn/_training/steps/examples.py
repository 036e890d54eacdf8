"""Examples as the rows of a program's inputs: converted once for a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn._nets.outputs import take_rows

__all__ = ["BLOCK", "Examples", "in_dtype"]

Array = NDArray[Any]

LARGEST = 1_000_000_000  # bytes of rows; more are made anew for each block of examples
BLOCK = 400_000  # bytes of rows gathered together; they fit in a core's cache


class Examples:
    """Inputs and desired outputs side by side, a row for each example.

    Args:
        X, Y: inputs of any shape for each example, and desired outputs or labels.
        desired: makes columns of Y.
        columns: of a row.
        dtype: of the rows.

    >>> examples = Examples(np.eye(2), np.array([[5], [6]]), np.asarray, 3, np.dtype("float32"))
    >>> examples.take(np.array([1]))
    array([[0., 1., 6.]], dtype=float32)
    """

    def __init__(
        self, X: Array, Y: Array, desired: Callable[[Array], Array], columns: int, dtype: np.dtype[Any]
    ) -> None:
        self._X, self._Y, self._desired = X, Y, desired
        self._columns, self._dtype = columns, dtype
        bytes_of_row = columns * dtype.itemsize
        self._block = max(1, BLOCK // bytes_of_row)
        self.rows = self._rows(X, Y) if len(X) * bytes_of_row <= LARGEST else None
        # One buffer for all blocks: a new one costs as much as a step.
        self._buffer = np.empty((0, columns), dtype)

    def batches(self, places: Array, size: int) -> Iterator[Array]:
        """The rows of some examples in mini-batches of a size, in a buffer that later ones overwrite.

        Small batches are views of a larger block, since NumPy gathers one block faster than many.
        """
        block = size * max(1, self._block // size)
        for start in range(0, len(places), block):
            rows = self.take(places[start : start + block])
            for i in range(0, len(rows), size):
                yield rows[i : i + size]

    def take(self, places: Array) -> Array:
        """The rows of some examples, in a buffer that the next call overwrites."""
        if self.rows is None:
            return self._rows(take_rows(self._X, places), take_rows(self._Y, places))
        if len(places) > len(self._buffer):
            self._buffer = np.empty((len(places), self._columns), self._dtype)
        # clip: the places are right, and NumPy needs no copy in case of a wrong one.
        return self.rows.take(places, 0, self._buffer[: len(places)], "clip")

    def all(self) -> Array:
        """The rows of all examples."""
        return self._rows(self._X, self._Y) if self.rows is None else self.rows

    def _rows(self, X: Array, Y: Array) -> Array:
        rows = np.empty((len(X), self._columns), self._dtype)
        inputs = X[0].size
        rows[:, :inputs] = X.reshape(len(X), inputs)
        rows[:, inputs:] = self._desired(Y)
        return rows


def in_dtype(Y: Array, dtype: Any) -> Array:
    """Desired outputs in a dtype; labels unchanged."""
    return Y if Y.ndim == 1 else Y.astype(dtype, copy=False)
