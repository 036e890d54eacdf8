"""A program on NumPy arrays: fast calls first; on a floating-point error accurate ones; then the engine.

The quick functions of rows run under NumPy's error state. Where one of them overflows or is undefined, the
careful functions follow. The examples that fail there too are run on Values, one by one: the engine's result
is the program's, and its error names the operation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram, without_zeros
from autograd._compiler.numpy_code.write import generate_source
from autograd._compiler.run.batches import SIZES, Batches, Run
from autograd._compiler.run.reference import Reference
from autograd._compiler.run.runner import Results, repeat_after_false_alarm, strict_caller
from autograd._graph.node import DomainError
from autograd._support.callers import numpys_warnings
from autograd._support.collector import spared

__all__ = ["Runs", "beyond", "rounded"]

Array = NDArray[Any]

DOUBLE = np.dtype(np.float64)

# Outputs alone are computed in chunks of examples whose buffers fit into a core's cache, but in none so small
# that matrix products get slow.
CHUNK_BYTES, MIN_CHUNK = 2_000_000, 256

GROUPS = 8  # parts of a batch in which some example fails; each is tried on its own


class Runs:
    """Runs a program in one set of buffers, so for one thread at a time.

    Args:
        program: the program to run.
        reference: evaluates one example on Values; None where nan and infinities are results.
        dtype: of all arrays.
    """

    def __init__(self, program: ArrayProgram, reference: Reference | None, dtype: np.dtype[Any]) -> None:
        self._program, self.reference, self._dtype = program, reference, dtype
        self._in_order = np.array_equal(program.wrt, program.parameters.addresses)
        self._batches: dict[tuple[bool, bool], Batches] = {}
        self._careful = without_zeros(program)
        self._has_zeros = self._careful is not program
        self._double: Runs | None = None
        # Constants that overflow in this dtype, though the engine has them finite.
        with np.errstate(all="ignore"):
            numbers = program.all_numbers().astype(dtype)
        self._overflows = not np.isfinite(numbers).all() and all(
            map(math.isfinite, reference.tape.numbers.values() if reference else ())
        )
        rows = sum(block.size for block in program.blocks[3:] if block.batched)
        self._chunk = max(MIN_CHUNK, CHUNK_BYTES // (max(rows, 1) * dtype.itemsize))
        self._strict = strict_caller()

    def forward(self, theta: Array, X: Array) -> Array:
        """The outputs, shape (examples, outputs)."""
        outputs = np.empty((len(X), len(self._program.outputs)), self._dtype)
        for start in range(0, len(X), self._chunk):
            part = slice(start, start + self._chunk)
            outputs[part] = self.part(theta, X[part], start, gradient=False)[2].T
        return outputs

    def part(self, theta: Array, X: Array, first: int = 0, gradient: bool = True) -> Results:
        """The mean of the first output, its gradient, and in a buffer the outputs, (outputs, examples).

        Args:
            first: the index of the first of them, for errors.
            gradient: whether to compute the mean and its gradient.

        Few calls and names: a large batch evicts all code from the cache, so each further call costs 1 % of a
        small net's step.
        """
        if self._overflows:
            return self._carefully(theta, X, first, gradient)
        batches = self._batches.get((True, gradient))
        run = (self._written(True, gradient) if batches is None else batches)[len(X)]
        place = run.place(theta)
        try:
            mean, outputs, squares = self._strict(place.act, X)
        except FloatingPointError as error:
            again = repeat_after_false_alarm(error, (theta, X), place.act, X)
            if again is None:
                return self._carefully(theta, X, first, gradient)
            mean, outputs, squares = again
        # 0 · ∞ is nan: a zero that fills a matrix adds a product that the engine's sum does not have. And
        # NumPy misses an overflow in the threads of its BLAS: a gradient shows it, outputs are checked here.
        unseen = self._has_zeros or (run.multiplications and not gradient)
        if not (math.isfinite(mean) and math.isfinite(squares)) or (
            unseen and not np.isfinite(outputs).all()
        ):
            return self._carefully(theta, X, first, gradient)
        slopes = place.gradient
        return float(mean), slopes[:] if self._in_order else self._by_wrt(run, slopes), outputs

    def _by_wrt(self, run: Run, of_theta: Array) -> Array:
        """The gradient in the order of `wrt`, if it names parameters twice, or inputs."""
        block, wrt = self._program.parameters, self._program.wrt
        is_parameter = wrt >= block.start
        gradient = np.empty(len(wrt), self._dtype)
        gradient[is_parameter] = of_theta[wrt[is_parameter] - block.start]
        if run.of_inputs is not None:
            inputs = wrt[~is_parameter] - self._program.inputs.start
            gradient[~is_parameter] = run.of_inputs[inputs].sum(axis=1)
        return gradient

    def _written(self, quick: bool, gradient: bool) -> Batches:
        """The code of a program, written on first use."""
        if (quick, gradient) not in self._batches:
            program = self._program if quick else self._careful
            # A constant may overflow in float32, as 1e300.
            with spared(), np.errstate(all="ignore"):
                generated = generate_source(program, gradient, self._dtype, quick)
            sizes = SIZES if quick else 4 * SIZES
            self._batches[quick, gradient] = Batches(generated, program, sizes)
        return self._batches[quick, gradient]

    def _carefully(self, theta: Array, X: Array, first: int, gradient: bool) -> Results:
        """The results, where a quick function overflowed or was undefined."""
        if self.reference is not None and self._dtype.itemsize == DOUBLE.itemsize:
            return self._joined(theta, X, first, gradient)
        results = self._try(theta, X, gradient)
        if results is not None:
            return results
        if self.reference is not None:
            return self._in_double(theta, X, first, gradient)
        with numpys_warnings():
            return self._as_numpy(theta, X, gradient)

    def _as_numpy(self, theta: Array, X: Array, gradient: bool) -> Results:
        """The results of the careful functions, with NumPy's warnings, nan and infinities."""
        run = self._written(False, gradient)[len(X)]
        place = run.place(theta)
        mean, outputs, _ = place.act(X)
        slopes = np.empty(0)
        if gradient:
            slopes = place.gradient[:] if self._in_order else self._by_wrt(run, place.gradient)
        return float(mean), slopes, outputs

    def _joined(self, theta: Array, X: Array, first: int, gradient: bool) -> Results:
        """All examples together, if the careful functions succeed; otherwise group by group."""
        mean, slopes = 0.0, np.zeros(len(self._program.wrt) if gradient else 0)
        outputs = np.empty((len(self._program.outputs), len(X)))
        for start, (value, slope, own) in self._pieces(theta, X, first, gradient):
            if own.shape == outputs.shape:
                return value, slope, own
            share = own.shape[1] / len(X)  # before adding: the sum of finite numbers may overflow
            mean += value * share
            slopes += slope * share
            outputs[:, start - first : start - first + own.shape[1]] = own
        return mean, slopes, outputs

    def _pieces(self, theta: Array, X: Array, first: int, gradient: bool) -> Iterator[tuple[int, Results]]:
        """Groups of examples for which the careful functions succeed; other examples by the engine.

        In order, so that the first of several errors is raised.
        """
        assert self.reference is not None
        results = self._try(theta, X, gradient)
        if results is not None:
            yield first, results
        elif len(X) > 1:
            size = -(-len(X) // GROUPS)
            for start in range(0, len(X), size):
                yield from self._pieces(theta, X[start : start + size], first + start, gradient)
        else:
            values, slopes = self.reference(theta.tolist(), X[0].tolist(), first, gradient)
            yield first, (values[0], np.array(slopes), np.array(values)[:, np.newaxis])

    def _in_double(self, theta: Array, X: Array, first: int, gradient: bool) -> Results:
        """The results in float64, rounded: intermediate numbers may overflow in float32."""
        if self._double is None:
            self._double = Runs(self._program, self.reference, DOUBLE)
        double, wide = self._double, theta.astype(DOUBLE)

        def results(part: Array, start: int) -> Results:
            mean, slopes, outputs = double.part(wide, part.astype(DOUBLE), start, gradient)
            return (
                float(rounded(mean, self._dtype)),
                rounded(slopes, self._dtype),
                rounded(outputs, self._dtype),
            )

        whole = results(X, first)
        if gradient and not _is_finite(whole):
            raise beyond(first + _first(X, lambda part: not _is_finite(results(part, first))), self._dtype)
        return whole

    def _try(self, theta: Array, X: Array, gradient: bool) -> Results | None:
        """The results of the careful functions; None where a number is not finite."""
        if self._overflows:
            return None
        args = theta, X, gradient
        try:
            mean, slopes, outputs = self._strict(self._as_numpy, *args)
        except FloatingPointError as error:
            again = repeat_after_false_alarm(error, (theta, X), self._as_numpy, *args)
            if again is None:
                return None
            mean, slopes, outputs = again
        # The mean may be finite where the gradient of one example, len(X) times as large, overflows.
        with np.errstate(over="ignore"):
            own = slopes * len(X)
        sound = math.isfinite(mean) and np.isfinite(outputs).all() and np.isfinite(own).all()
        return (mean, slopes, outputs) if sound else None


def beyond(example: int, dtype: np.dtype[Any]) -> DomainError:
    """The error for a result that overflows in a dtype."""
    return DomainError(
        f"example {example}: a number is beyond the largest {dtype}"
        + (', dtype="float64" reaches further' if dtype.itemsize < DOUBLE.itemsize else "")
    )


def rounded(x: Any, dtype: np.dtype[Any]) -> Array:
    """Numbers in a dtype, with ±inf on overflow and 0 on underflow, without NumPy's warning.

    >>> rounded([1e300, 1e-300, 0.5], np.dtype("float32"))
    array([inf, 0. , 0.5], dtype=float32)
    """
    with np.errstate(over="ignore", under="ignore"):
        return np.array(x, dtype)


def _is_finite(results: Results) -> bool:
    """Whether a value and its gradient are finite."""
    return math.isfinite(results[0]) and bool(np.isfinite(results[1]).all())


def _first(X: Array, fails: Callable[[Array], bool]) -> int:
    """The index of the first example that fails, if some do."""
    low, high = 0, len(X)  # X[:low] does not fail, X[:high] does
    while high - low > 1:
        middle = (low + high) // 2
        if fails(X[:middle]):
            high = middle
        else:
            low = middle
    return low
