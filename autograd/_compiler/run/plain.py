"""A program in plain arithmetic, example by example."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.run.fallbacks import beyond, rounded
from autograd._compiler.run.reference import Reference
from autograd._compiler.run.scalar_code import Evaluate, straight_line
from autograd._table.rows import ARITHMETIC

__all__ = ["Plain"]

Array = NDArray[Any]
Lists = Sequence[list[float]]


class Plain:
    """Runs a program one example at a time; the engine decides where arithmetic fails.

    Args:
        program: what to compute.
        reference: one example by the engine.
        dtype: what to round to.
    """

    def __init__(self, program: ArrayProgram, reference: Reference, dtype: np.dtype[Any]) -> None:
        self._program, self._reference, self._dtype = program, reference, dtype
        self._functions: dict[bool, Evaluate] = {}

    def outputs(self, theta: Array, X: Array) -> Array:
        """The outputs, shape (examples, outputs)."""
        return rounded(self._evaluate(theta, X, gradient=False)[0], self._dtype)

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array, Lists]:
        """The mean of the first output, its gradient, and all outputs of each example."""
        values, slopes = self._evaluate(theta, X, gradient=True)
        if len(X) == 1 and self._dtype == np.float64:  # in which all that is finite can be written
            return values[0][0], np.array(slopes[0]), values
        results = np.array([[outputs[0], *slope] for outputs, slope in zip(values, slopes, strict=True)])
        # Divided before they are added up: the sum of two large numbers may overflow.
        with np.errstate(all="ignore"):
            mean = np.add.reduce(results / len(X))
            own = mean.astype(self._dtype, copy=False)
        if not np.isfinite(own).all():
            finite = np.isfinite(rounded(results, self._dtype)).all(axis=1)
            raise beyond(int(finite.argmin()), self._dtype)
        return float(mean[0]), own[1:], values

    def numbers(self, theta: list[float]) -> list[float]:
        """The outputs of the one example of a program without inputs."""
        if False not in self._functions:
            self._functions[False] = straight_line(self._reference.tape, self._program, False)
        try:
            return self._functions[False](theta, ())[0]
        except ARITHMETIC:
            return self._reference(theta, (), None, gradient=False)[0]

    def _evaluate(self, theta: Array, X: Array, gradient: bool) -> tuple[Lists, Lists]:
        """The outputs of each example, and the gradient of its first."""
        if gradient not in self._functions:
            self._functions[gradient] = straight_line(self._reference.tape, self._program, gradient)
        evaluate, numbers = self._functions[gradient], theta.tolist()
        results = []
        for example, x in enumerate(X.tolist()):
            try:
                result = evaluate(numbers, x)
                sound = not gradient or (math.isfinite(result[0][0]) and all(map(math.isfinite, result[1])))
            except ARITHMETIC:
                sound = False
            results.append(result if sound else self._reference(numbers, x, example, gradient))
        values, slopes = zip(*results, strict=True)
        return values, slopes
