"""A program in C; by NumPy where a number is not finite, for careful results or the example's error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.loops.c.source import generate_c, with_prefix
from autograd._compiler.loops.native.calls import NAME, Calls
from autograd._compiler.run.runner import Results, Runner

__all__ = ["Native"]

Array = NDArray[Any]


class Native(Runner):
    """Runs a program in C.

    Args:
        program: the program.
        dtype: of all arrays, float32 or float64.
        by_numpy: runs the program where C fails.

    Raises:
        ImportError, RuntimeError: where no library can be built, see `libraries.load`.
    """

    def __init__(self, program: ArrayProgram, dtype: np.dtype[Any], by_numpy: Runner) -> None:
        self.dtype, self._program, self._by_numpy = dtype, program, by_numpy
        self._calls = Calls(program, dtype)

    def outputs(self, theta: Array, X: Array) -> Array:
        outputs = self._calls.outputs(theta, _contiguous(X))
        return self._by_numpy.outputs(theta, X) if outputs is None else outputs

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array]:
        results = self._calls.gradient(theta, _contiguous(X))
        return self._by_numpy.gradient(theta, X) if results is None else results[:2]

    def results(self, theta: Array, X: Array) -> Results:
        results = self._calls.gradient(theta, _contiguous(X))
        if results is None:
            return self._by_numpy.results(theta, X)
        value, gradient, columns = results
        return value, gradient, columns.T

    def source(self, gradient: bool) -> str:
        return with_prefix(generate_c(self._program, self.dtype, NAME), NAME)


def _contiguous(X: Array) -> Array:
    return X if X.flags.c_contiguous else np.ascontiguousarray(X)
