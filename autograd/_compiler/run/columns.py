"""A program without structure on arrays: one operation at a time, for many examples.

Steps of few scalars each take longer to gather their operands than to compute. Here each scalar is an array
with a number for each example.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tape import CONSTANT
from autograd._compiler.run.fallbacks import rounded
from autograd._compiler.run.plain import Plain
from autograd._compiler.run.reference import Reference
from autograd._compiler.run.runner import Results, Runner, strict_caller
from autograd._compiler.run.straight.dialects import Arrays
from autograd._compiler.run.straight.lines import Evaluate
from autograd._compiler.run.straight.registers import StraightCode, runner
from autograd._compiler.run.straight.walk import Walk
from autograd._support.collector import spared

__all__ = ["Columns"]

Array = NDArray[Any]
Shares = tuple[Array, Array]  # the outputs, shape (outputs, examples), and the sum of shares of the gradient

# Examples are computed in chunks whose numbers fit into a cache, but in none so small that calls get dear.
CHUNK_BYTES, MIN_CHUNK = 4_000_000, 128
HUGE = 20_000  # operations of which code is not written: NumPy's calls take most of the time anyway


class Columns(Runner):
    """Runs a program an operation at a time, in float64; plain arithmetic follows where that fails.

    Args:
        plain: one example after another.
        reference: has the lines of the program.
        dtype: what to round to.
    """

    def __init__(self, plain: Plain, reference: Reference, dtype: np.dtype[Any]) -> None:
        self._plain, self._tape, self.dtype = plain, reference.tape, dtype
        self._functions: dict[bool, Evaluate] = {}
        self._operations = int((reference.tape.code > CONSTANT).sum())
        self._chunk = max(MIN_CHUNK, CHUNK_BYTES // (8 * len(self._tape.code)))

    def outputs(self, theta: Array, X: Array) -> Array:
        parts = [values.T for values, _ in self._evaluate(theta, X, gradient=False)]
        return rounded(np.concatenate(parts), self.dtype)

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array]:
        return self.results(theta, X)[:2]

    def results(self, theta: Array, X: Array) -> Results:
        values, shares = zip(*self._evaluate(theta, X, gradient=True), strict=True)
        outputs = np.concatenate([each.T for each in values])
        with np.errstate(all="ignore"):
            mean = np.add.reduce(outputs[:, 0] / len(X))
            own = np.add.reduce(shares)
            if not np.isfinite(own.astype(self.dtype)).all() or not np.isfinite(self.dtype.type(mean)):
                return self._plain.results(theta, X)
            return float(rounded(mean, self.dtype)), rounded(own, self.dtype), rounded(outputs, self.dtype)

    def source(self, gradient: bool) -> str:
        return StraightCode(self._tape, gradient, Arrays()).source

    def numbers(self, theta: list[float]) -> list[float]:
        return self._plain.numbers(theta)

    def _evaluate(self, theta: Array, X: Array, gradient: bool) -> Iterator[Shares]:
        if gradient not in self._functions:
            with spared():
                self._functions[gradient] = (
                    Walk(self._tape, gradient, Arrays())
                    if self._operations > HUGE
                    else runner(StraightCode(self._tape, gradient, Arrays()))
                )
        function = self._functions[gradient]
        strict = strict_caller()
        for start in range(0, len(X), self._chunk):
            part = X[start : start + self._chunk]
            columns = np.ascontiguousarray(part.T, np.float64)
            spread = np.repeat(theta.astype(np.float64)[:, np.newaxis], len(part), axis=1)
            try:
                values, slopes = strict(function, list(spread), list(columns), np.ones(len(part)))
            except FloatingPointError:
                yield self._plainly(theta, part, start, len(X), gradient)
                continue
            results = _filled(values, len(part)), _filled(slopes, len(part))
            if all(np.isfinite(each).all() for each in results):
                yield results[0], np.add.reduce(results[1] / len(X), axis=1)
            else:
                yield self._plainly(theta, part, start, len(X), gradient)

    def _plainly(self, theta: Array, X: Array, first: int, examples: int, gradient: bool) -> Shares:
        values, slopes = self._plain.evaluate(theta, X, gradient, first)
        return np.array(values).T, np.add.reduce(np.array(slopes) / examples)


def _filled(rows: Sequence[Any], columns: int) -> Array:
    """Arrays, and numbers for all examples, as the rows of one array."""
    array = np.empty((len(rows), columns))
    for i, row in enumerate(rows):
        array[i] = row
    return array
