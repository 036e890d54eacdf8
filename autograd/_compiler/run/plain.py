"""A program in plain arithmetic, example by example."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.find.tape import CONSTANT
from autograd._compiler.run.fallbacks import beyond, rounded
from autograd._compiler.run.reference import Reference
from autograd._compiler.run.runner import Results, Runner
from autograd._compiler.run.scalar_code import scalar_source, straight_line
from autograd._compiler.run.straight.dialects import Floats
from autograd._compiler.run.straight.lines import Evaluate
from autograd._compiler.run.straight.registers import StraightCode, runner
from autograd._compiler.run.straight.walk import Walk
from autograd._support.collector import spared
from autograd._table.rows import ARITHMETIC

__all__ = ["Plain"]

Array = NDArray[Any]
Lists = Sequence[list[float]]

LEGIBLE = 100  # operations whose code has the names and lines of the listing
# A program of more operations than HUGE is performed line by line until that has taken as long as its code
# takes to write, some WALKS.
HUGE, WALKS = 5_000, 50


class Plain(Runner):
    """Runs a program one example at a time; the engine decides where arithmetic fails.

    Args:
        program: what to compute; None where it has no structure.
        reference: one example by the engine.
        dtype: what to round to.
    """

    def __init__(self, program: ArrayProgram | None, reference: Reference, dtype: np.dtype[Any]) -> None:
        self._program, self._reference, self.dtype = program, reference, dtype
        self._is_double = dtype == np.float64
        self._functions: dict[bool, Evaluate] = {}
        self._operations = int((reference.tape.code > CONSTANT).sum())
        self._walks: dict[bool, Walk] = {}
        self._left = WALKS if self._operations > HUGE else 0

    def outputs(self, theta: Array, X: Array) -> Array:
        return rounded(self.evaluate(theta, X, gradient=False)[0], self.dtype)

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array]:
        values, slopes = self.evaluate(theta, X, gradient=True)
        return self._mean(values, slopes)

    def results(self, theta: Array, X: Array) -> Results:
        values, slopes = self.evaluate(theta, X, gradient=True)
        value, gradient = self._mean(values, slopes)
        return value, gradient, rounded(values, self.dtype)

    def _mean(self, values: Lists, slopes: Lists) -> tuple[float, Array]:
        """The mean of the first output, and of its gradient."""
        if len(values) == 1 and self._is_double:  # in which all that is finite can be written
            return values[0][0], np.array(slopes[0])
        results = np.array([[outputs[0], *slope] for outputs, slope in zip(values, slopes, strict=True)])
        # Divided before they are added up: the sum of two large numbers may overflow.
        with np.errstate(all="ignore"):
            mean = np.add.reduce(results / len(values))
            own = mean.astype(self.dtype, copy=False)
        if not np.isfinite(own).all():
            finite = np.isfinite(rounded(results, self.dtype)).all(axis=1)
            raise beyond(int(finite.argmin()), self.dtype)
        return float(mean[0]), own[1:]

    def numbers(self, theta: list[float]) -> list[float]:
        try:
            return self._function(False)(theta, ())[0]
        except ARITHMETIC:
            return self._reference(theta, (), None, gradient=False)[0]

    def evaluate(self, theta: Array, X: Array, gradient: bool, first: int = 0) -> tuple[Lists, Lists]:
        """The outputs of each example, and the gradient of its first.

        Args:
            first: the index of the first example, for errors.
        """
        numbers = theta.tolist()
        values, slopes = [], []
        for example, x in enumerate(X.tolist(), first):
            try:
                outputs, slope = self._function(gradient)(numbers, x)
                sound = not gradient or (math.isfinite(outputs[0]) and all(map(math.isfinite, slope)))
            except ARITHMETIC:
                sound = False
            if not sound:
                outputs, slope = self._reference(numbers, x, example, gradient)
            values.append(outputs)
            slopes.append(slope)
        return values, slopes

    def source(self, gradient: bool) -> str:
        tape = self._reference.tape
        if self._program is not None and self._operations <= LEGIBLE:
            return scalar_source(tape, self._program, gradient)
        return StraightCode(tape, gradient, Floats()).source

    def _function(self, gradient: bool) -> Evaluate:
        """The code, written on first use, or where that takes long, after more than that."""
        if gradient in self._functions:
            return self._functions[gradient]
        tape = self._reference.tape
        with spared():
            if self._left > 0:
                self._left -= 1
                walk = self._walks.get(gradient) or Walk(tape, gradient, Floats())
                return self._walks.setdefault(gradient, walk)
            self._walks.pop(gradient, None)
            self._functions[gradient] = (
                straight_line(tape, self._program, gradient)
                if self._program is not None and self._operations <= LEGIBLE
                else runner(StraightCode(tape, gradient, Floats()))
            )
        return self._functions[gradient]
