"""A program on NumPy arrays: quick kernels first, careful ones where these fail, the engine where those do.

The quick calls run under NumPy's error state. Where one of them overflows or is undefined, the careful ones
are taken; and the examples for which those fail too are decided by the engine, each on its own.
"""

from __future__ import annotations

import contextvars
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram, without_zeros
from autograd._compiler.numpy_code.write import generate_source
from autograd._compiler.run.batches import SIZES, Batches, Run
from autograd._compiler.run.reference import Reference
from autograd._graph.node import DomainError

__all__ = ["Runs", "beyond", "rounded"]

Array = NDArray[Any]
Found = tuple[float, Array, Array]  # the mean of the first output, its gradient, and the outputs

DOUBLE = np.dtype(np.float64)

# Outputs alone are computed for some examples at a time: for so many bytes of buffers, which a core's
# cache holds, but for no fewer than make a product of matrices quick.
BYTES, EXAMPLES = 2_000_000, 256

GROUPS = 8  # into which examples are divided where not all are sound


class Runs:
    """Runs a program; not for two threads at a time, since the buffers are used again.

    Args:
        program: what to run.
        reference: one example by the engine.
        dtype: what to compute in.
    """

    def __init__(self, program: ArrayProgram, reference: Reference, dtype: np.dtype[Any]) -> None:
        self._program, self.reference, self._dtype = program, reference, dtype
        self._in_order = np.array_equal(program.wrt, program.parameters.addresses)
        self._batches: dict[tuple[bool, bool], Batches] = {}
        self._careful = without_zeros(program)
        self._has_zeros = self._careful is not program
        self._double: Runs | None = None
        # Whether a number of the program, or a sum of some, is infinite here and not in the engine.
        with np.errstate(all="ignore"):
            own = program.all_numbers().astype(dtype)
        self._beyond = not np.isfinite(own).all() and all(map(math.isfinite, reference.tape.numbers.values()))
        rows = sum(block.size for block in program.blocks[3:] if block.batched)
        self._chunk = max(EXAMPLES, BYTES // (max(rows, 1) * dtype.itemsize))
        self._strict = _within(divide="raise", over="raise", invalid="raise", under="ignore")

    def forward(self, theta: Array, X: Array) -> Array:
        """The outputs, shape (examples, outputs)."""
        found = np.empty((len(X), len(self._program.outputs)), self._dtype)
        for start in range(0, len(X), self._chunk):
            part = slice(start, start + self._chunk)
            found[part] = self.part(theta, X[part], start, gradient=False)[2].T
        return found

    def part(self, theta: Array, X: Array, first: int, gradient: bool) -> Found:
        """The mean of the first output, its gradient, and in a buffer the outputs, of some examples.

        Args:
            first: the number of the first of them, for errors.
            gradient: whether that is wanted, and the mean.

        Few functions and names, since a large batch takes the place of all code in a core's cache:
        each one more costs a hundredth of a small net's step.
        """
        if self._beyond:
            return self._carefully(theta, X, first, gradient)
        batches = self._batches.get((True, gradient))
        run = (self._written(True, gradient) if batches is None else batches)[len(X)]
        place = run.place(theta)
        try:
            mean, outputs, squares = self._strict(place.act, X)
        except FloatingPointError:
            return self._carefully(theta, X, first, gradient)
        # 0 · ∞ is nan: a zero in a matrix stands for a product that the engine's sum does not have. And NumPy
        # does not see an overflow in its library's own threads; a gradient shows that, outputs must be asked.
        unseen = self._has_zeros or (run.multiplications and not gradient)
        if not (math.isfinite(mean) and math.isfinite(squares)) or (
            unseen and not np.isfinite(outputs).all()
        ):
            return self._carefully(theta, X, first, gradient)
        found = place.gradient
        return float(mean), found[:] if self._in_order else self._in_its_order(run, found), outputs

    def _in_its_order(self, run: Run, of_theta: Array) -> Array:
        """The gradient in the order of `wrt`, where that has parameters twice, or inputs."""
        block, wrt = self._program.parameters, self._program.wrt
        mine = wrt >= block.start
        found = np.empty(len(wrt), self._dtype)
        found[mine] = of_theta[wrt[mine] - block.start]
        if run.of_inputs is not None:
            found[~mine] = run.of_inputs[wrt[~mine] - self._program.inputs.start].sum(axis=1)
        return found

    def _written(self, quick: bool, gradient: bool) -> Batches:
        found = self._batches.get((quick, gradient))
        if found is None:
            program = self._program if quick else self._careful
            with np.errstate(all="ignore"):  # a number of the program that is no float32, as 1e300
                generated = generate_source(program, gradient, self._dtype, quick)
            sizes = SIZES if quick else 4 * SIZES
            found = self._batches[quick, gradient] = Batches(generated, program, sizes)
        return found

    def _carefully(self, theta: Array, X: Array, first: int, gradient: bool) -> Found:
        """Once more, where the quick forms met an overflow or something undefined."""
        if self._dtype.itemsize < DOUBLE.itemsize:
            found = self._try(theta, X, gradient)
            return self._in_double(theta, X, first, gradient) if found is None else found
        return self._joined(theta, X, first, gradient)

    def _joined(self, theta: Array, X: Array, first: int, gradient: bool) -> Found:
        """All examples together where the careful forms do; otherwise piece by piece."""
        mean, slopes = 0.0, np.zeros(len(self._program.wrt) if gradient else 0)
        outputs = np.empty((len(self._program.outputs), len(X)))
        for start, (value, slope, own) in self._pieces(theta, X, first, gradient):
            if own.shape == outputs.shape:
                return value, slope, own
            share = own.shape[1] / len(X)  # of finite numbers, whose sum may be none
            mean += value * share
            slopes += slope * share
            outputs[:, start - first : start - first + own.shape[1]] = own
        return mean, slopes, outputs

    def _pieces(self, theta: Array, X: Array, first: int, gradient: bool) -> Iterator[tuple[int, Found]]:
        """Groups of examples that are sound in the careful forms; an example that is not, by the engine.

        In their order, so that of several errors the first is told.
        """
        found = self._try(theta, X, gradient)
        if found is not None:
            yield first, found
        elif len(X) > 1:
            size = -(-len(X) // GROUPS)
            for start in range(0, len(X), size):
                yield from self._pieces(theta, X[start : start + size], first + start, gradient)
        else:
            values, slopes = self.reference(theta.tolist(), X[0].tolist(), first, gradient)
            yield first, (values[0], np.array(slopes), np.array(values)[:, np.newaxis])

    def _in_double(self, theta: Array, X: Array, first: int, gradient: bool) -> Found:
        """What float32 does not reach on its way, rounded from float64; as plain arithmetic gives it."""
        if self._double is None:
            self._double = Runs(self._program, self.reference, DOUBLE)
        double, wide = self._double, theta.astype(DOUBLE)

        def found(part: Array, start: int) -> Found:
            mean, slopes, outputs = double.part(wide, part.astype(DOUBLE), start, gradient)
            return (
                float(rounded(mean, self._dtype)),
                rounded(slopes, self._dtype),
                rounded(outputs, self._dtype),
            )

        whole = found(X, first)
        if gradient and not _is_finite(whole):
            raise beyond(first + _first(X, lambda part: not _is_finite(found(part, first))), self._dtype)
        return whole

    def _try(self, theta: Array, X: Array, gradient: bool) -> Found | None:
        """What the careful forms give; None where a number is not one any more."""
        if self._beyond:
            return None
        run = self._written(False, gradient)[len(X)]
        place = run.place(theta)
        try:
            mean, outputs, _ = self._strict(place.act, X)
        except FloatingPointError:
            return None
        slopes = np.empty(0)
        if gradient:
            slopes = place.gradient[:] if self._in_order else self._in_its_order(run, place.gradient)
        # The mean may be a number where an example's own gradient, as many times as large, is none.
        with np.errstate(over="ignore"):
            own = slopes * len(X)
        sound = math.isfinite(mean) and np.isfinite(outputs).all() and np.isfinite(own).all()
        return (float(mean), slopes, outputs) if sound else None


def beyond(example: int, dtype: np.dtype[Any]) -> DomainError:
    """The error for a result that a dtype has no number for."""
    return DomainError(
        f"example {example}: a number is beyond the largest {dtype}"
        + (', dtype="float64" reaches further' if dtype.itemsize < DOUBLE.itemsize else "")
    )


def rounded(x: Any, dtype: np.dtype[Any]) -> Array:
    """Numbers in a dtype; ±inf or 0 where it has none as large or small, without NumPy's warning.

    >>> rounded([1e300, 1e-300, 0.5], np.dtype("float32"))
    array([inf, 0. , 0.5], dtype=float32)
    """
    with np.errstate(over="ignore", under="ignore"):
        return np.array(x, dtype)


def _is_finite(found: Found) -> bool:
    """Whether a gradient and its value are numbers."""
    return math.isfinite(found[0]) and bool(np.isfinite(found[1]).all())


def _first(X: Array, fails: Callable[[Array], bool]) -> int:
    """The place of the first example that fails, where all of them together do."""
    low, high = 0, len(X)  # the examples before `low` are sound, and those before `high` are not
    while high - low > 1:
        middle = (low + high) // 2
        if fails(X[:middle]):
            high = middle
        else:
            low = middle
    return low


def _within(**errors: Any) -> Callable[..., Any]:
    """A caller of functions, under which NumPy handles floating-point errors in this way.

    It enters a context that is made once, which takes a few tenths of the time of ``np.errstate``, and
    only one thread may be in it at a time.
    """
    context = contextvars.Context()
    context.run(np.seterr, **errors)
    return context.run
