"""A program run by blocks of scalars, in buffers of which no two calls share any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.numpy_code.write import generate_source
from autograd._compiler.run.fallbacks import Runs
from autograd._compiler.run.reference import Reference
from autograd._compiler.run.runner import Evaluate, Results, Runner

__all__ = ["Blocks"]

Array = NDArray[Any]


class Blocks(Runner):
    """Runs a program by NumPy's functions on its blocks.

    Args:
        program: the program.
        reference: evaluates one example where NumPy fails; None where nan and infinities are results.
        dtype: of all arrays.
    """

    def __init__(self, program: ArrayProgram, reference: Reference | None, dtype: np.dtype[Any]) -> None:
        self.dtype, self._program, self._reference = dtype, program, reference
        # Buffers that no call is using: two threads take two. For a lock, a signal handler or the child of a
        # fork could wait for ever.
        self._idle = [self._new()]

    def outputs(self, theta: Array, X: Array) -> Array:
        runs = self._take()
        try:
            return runs.forward(theta, X)
        finally:
            self._idle.append(runs)

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array]:
        runs = self._take()
        try:
            return runs.part(theta, X)[:2]
        finally:
            self._idle.append(runs)

    def results(self, theta: Array, X: Array) -> Results:
        runs = self._take()
        try:
            value, gradient, columns = runs.part(theta, X)
            return value, gradient, columns.T.copy()
        finally:
            self._idle.append(runs)

    def source(self, gradient: bool) -> str:
        with np.errstate(all="ignore"):  # a number of the program that is no float32, as 1e300
            return generate_source(self._program, gradient, self.dtype).source

    @contextmanager
    def repeated(self) -> Iterator[Evaluate]:
        runs = self._take()
        try:
            yield runs.part
        finally:
            self._idle.append(runs)

    def _take(self) -> Runs:
        """Buffers for one call, to be returned to `_idle` after it."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._new()

    def _new(self) -> Runs:
        return Runs(self._program, self._reference, self.dtype)
