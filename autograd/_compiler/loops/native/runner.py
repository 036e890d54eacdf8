"""A program in C; by NumPy where a number is not finite, for careful results or the example's error."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.loops.c_source import generate_c
from autograd._compiler.loops.native.addresses import address
from autograd._compiler.loops.native.libraries import load
from autograd._compiler.run.runner import Results, Runner

__all__ = ["Native"]

Array = NDArray[Any]

NAME = "program"
ADDRESS = ctypes.c_void_p


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
        self.dtype, self._by_numpy = dtype, by_numpy
        self._outputs, self._parameters = len(program.outputs), len(program.wrt)
        self._source = generate_c(program, dtype, NAME)
        library = load(self._source)
        self._forward, self._gradient = library[NAME], library[f"{NAME}_gradient"]
        self._forward.argtypes = [ADDRESS, ADDRESS, ctypes.c_long, ADDRESS]
        self._gradient.argtypes = [ADDRESS, ADDRESS, ctypes.c_long, ADDRESS, ADDRESS, ADDRESS]

    def outputs(self, theta: Array, X: Array) -> Array:
        X = _contiguous(X)
        outputs = np.empty((len(X), self._outputs), self.dtype)
        failed = self._forward(address(theta), address(X), len(X), address(outputs))
        return self._by_numpy.outputs(theta, X) if failed else outputs

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array]:
        return self.results(theta, X)[:2]

    def results(self, theta: Array, X: Array) -> Results:
        X = _contiguous(X)
        outputs = np.empty((len(X), self._outputs), self.dtype)
        value, gradient = np.empty(1, self.dtype), np.empty(self._parameters, self.dtype)
        failed = self._gradient(
            address(theta), address(X), len(X), address(value), address(gradient), address(outputs)
        )
        return self._by_numpy.results(theta, X) if failed else (value.item(), gradient, outputs)

    def source(self, gradient: bool) -> str:
        return self._source


def _contiguous(X: Array) -> Array:
    return X if X.flags.c_contiguous else np.ascontiguousarray(X)
