"""A program in C; by NumPy where a number is not finite, for careful results or the example's error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.loops.native.calls import Calls
from autograd._compiler.run.fallbacks import Results, Runs

__all__ = ["NativeRuns", "by_blocks"]

Array = NDArray[Any]


class NativeRuns:
    """Runs a program in C, which takes theta and X in the user's order, and by NumPy where C fails.

    Args:
        runs: by NumPy.
        calls: in C.
        rows, columns: as of `by_blocks`, for NumPy.
    """

    def __init__(self, runs: Runs, calls: Calls, rows: Array | None, columns: Array | None) -> None:
        self._runs, self._calls, self._rows, self._columns = runs, calls, rows, columns

    def forward(self, theta: Array, X: Array) -> Array:
        """As `Runs.forward`."""
        outputs = self._calls.outputs(theta, _contiguous(X))
        if outputs is None:
            return self._runs.forward(*by_blocks(theta, X, self._rows, self._columns))
        return outputs

    def part(self, theta: Array, X: Array, first: int, gradient: bool) -> Results:
        """As `Runs.part`."""
        results = self._calls.gradient(theta, _contiguous(X)) if gradient else None
        if results is None:
            return self._runs.part(*by_blocks(theta, X, self._rows, self._columns), first, gradient)
        return results


def by_blocks(theta: Array, X: Array, rows: Array | None, columns: Array | None) -> tuple[Array, Array]:
    """Theta and X with their numbers in the order of the blocks of parameters and inputs.

    Args:
        rows, columns: the places of these numbers in theta and X; None where they are in order.
    """
    return theta if rows is None else theta[rows], X if columns is None else X[:, columns]


def _contiguous(X: Array) -> Array:
    return X if X.flags.c_contiguous else np.ascontiguousarray(X)
