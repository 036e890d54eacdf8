"""A program on NumPy arrays: in quick calls; in careful ones where these fail; and then with a reason."""

from __future__ import annotations

import builtins
import contextvars
import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.compiler.replay import Replay, written
from autograd.compiler.stepping import perform
from autograd.compiler.steps import Block, Lifted, Product, without_zeros
from autograd.graph import DomainError
from autograd.threads import few_threads
from autograd.value import Value

__all__ = ["Runs", "beyond", "rounded"]

Array = NDArray[Any]
Found = tuple[float, Array, Array]  # the mean of the first output, its gradient, and the outputs

DOUBLE = np.dtype(np.float64)
NOTHING = np.empty(0)  # the gradient of a run without one

SIZES = 4  # sizes of batch whose buffers are kept
# Outputs alone are computed for some examples at a time: for so many bytes of buffers, which a core's
# cache holds, but for no fewer than make a product of matrices quick.
BYTES, EXAMPLES = 2_000_000, 256
# Products above which NumPy's library takes a second thread, and then needs one for longer.
MATRICES, VECTORS = 262_144, 9_216


@dataclass(frozen=True)
class _Run:
    """What a program does with one size of batch.

    Attributes:
        run: gives the mean of the first output, all, and the sum of squares of the gradient; without one,
            0 for the first and the last.
            Where a number is not one any more, NumPy does as it is told to.
        views_of: the first arguments of `run`, parts of theta; the last is X.
        of_theta, of_inputs: the gradient, after a run.
        multiplications: of the largest product, if the library would take too many threads.
    """

    run: Callable[..., Any]
    views_of: Callable[[Array], Any]
    of_theta: Array | None
    of_inputs: Array | None
    multiplications: int


class _Kind:
    """A program as source, and its buffers for some sizes of batch."""

    def __init__(self, replay: Replay, lifted: Lifted, dtype: Any) -> None:
        self._lifted = lifted
        self._names = {**replay.names, "dtype": dtype}
        self._code = builtins.compile(replay.source, "<array program>", "exec")
        self._runs: dict[int, _Run] = {}
        # One attribute for all four, so that Ctrl-C finds them fit each other.
        self._last: tuple[Array | None, int, _Run | None, Any] = None, 0, None, None

    def bound(self, theta: Array, batch: int) -> tuple[_Run, Callable[[Array], Any]]:
        """A run for some examples, and its function of X, with the parts of theta: its numbers may change."""
        last, size, run, act = self._last
        if run is None or theta is not last or batch != size:
            run = self._run(batch)
            act = functools.partial(run.run, *run.views_of(theta))
            self._last = theta, batch, run, act
        return run, act

    def _run(self, batch: int) -> _Run:
        found = self._runs.get(batch)
        if found is None:
            while len(self._runs) >= SIZES:
                del self._runs[next(iter(self._runs))]
            names = {**self._names, "batch": batch}
            with np.errstate(all="ignore"):  # a number that is no float32, as of x * 1e300
                exec(self._code, names)
            # Taken out: a function that is among its own globals is freed only by the garbage collector.
            found = self._runs[batch] = _Run(
                names.pop("run"),
                names.pop("views_of"),
                names.get("gradient_of_theta"),
                names.get("gradient_of_inputs"),
                _crowded(self._lifted, batch),
            )
        return found


class Runs:
    """Runs a program; not for two threads at a time, since the buffers are used again.

    Args:
        lifted: the program.
        outputs: the addresses of its outputs.
        wrt: those of the parameters, in the order of the gradient.
        labels: of the tape's lines, for errors.
        dtype: what to compute in.
    """

    def __init__(
        self, lifted: Lifted, outputs: Array, wrt: Array, labels: Mapping[int, str], dtype: np.dtype[Any]
    ) -> None:
        self._lifted, self._outputs, self._wrt, self._labels = lifted, outputs, wrt, labels
        self._dtype = dtype
        own = lifted.parameters
        self._in_order = np.array_equal(wrt, np.arange(own.start, own.start + own.size))
        self._kinds: dict[tuple[bool, bool], _Kind] = {}
        self._careful = without_zeros(lifted)
        self._has_zeros = self._careful is not lifted
        self._double: Runs | None = None
        rows = sum(block.size for block in lifted.blocks[3:] if block.batched)
        self._chunk = max(EXAMPLES, BYTES // (max(rows, 1) * dtype.itemsize))
        self._strict = _within(divide="raise", over="raise", invalid="raise", under="ignore")
        self._lenient = _within(all="ignore")

    def forward(self, theta: Array, X: Array) -> Array:
        """The outputs, shape (examples, outputs)."""
        found = np.empty((len(X), len(self._outputs)), self._dtype)
        for start in range(0, len(X), self._chunk):
            part = slice(start, start + self._chunk)
            found[part] = self._part(theta, X[part], start, gradient=False)[2].T
        return found

    def gradient(self, theta: Array, X: Array) -> Found:
        """The mean of the first output, its gradient, and the outputs; the last two in buffers."""
        return self._part(theta, X, 0, gradient=True)

    def _part(self, theta: Array, X: Array, first: int, gradient: bool) -> Found:
        """What is found for some examples, of which the first has this number."""
        try:
            run, (mean, outputs, squares) = self._performed(self._kind(True, gradient), theta, X)
        except FloatingPointError:
            return self._carefully(theta, X, first, gradient)
        sound = math.isfinite(mean) and math.isfinite(squares)
        # A zero of a matrix makes nan of an infinite quantity that is none of the sum's.
        if not sound or (self._has_zeros and not np.isfinite(outputs).all()):
            return self._carefully(theta, X, first, gradient)
        return float(mean), self._whole_gradient(run), outputs

    def _performed(self, kind: _Kind, theta: Array, X: Array, watched: bool = True) -> tuple[_Run, Any]:
        run, act = kind.bound(theta, len(X))
        within = self._strict if watched else self._lenient
        if run.multiplications:
            with few_threads(run.multiplications):
                return run, within(act, X)
        return run, within(act, X)

    def _whole_gradient(self, run: _Run) -> Array:
        """The gradient in the order of `wrt`, also of parameters named twice, and of inputs."""
        if run.of_theta is None:
            return NOTHING
        if self._in_order:
            return run.of_theta
        block = self._lifted.parameters
        mine = self._wrt >= block.start
        found = np.empty(len(self._wrt), self._dtype)
        found[mine] = run.of_theta[self._wrt[mine] - block.start]
        if run.of_inputs is not None:
            found[~mine] = run.of_inputs[self._wrt[~mine]].sum(axis=1)
        return found

    def _kind(self, quick: bool, gradient: bool) -> _Kind:
        if (quick, gradient) not in self._kinds:
            lifted = self._lifted if quick else self._careful
            with np.errstate(all="ignore"):  # a number of the program that is no float32, as 1e300
                replay = written(lifted, self._outputs, gradient, self._dtype, quick)
            self._kinds[quick, gradient] = _Kind(replay, lifted, self._dtype)
        return self._kinds[quick, gradient]

    def _carefully(self, theta: Array, X: Array, first: int, gradient: bool) -> Found:
        """Once more, where the quick forms met an overflow or something undefined; or the error."""
        found = self._try(theta, X, gradient)
        if found is not None:
            return found
        if self._dtype.itemsize < DOUBLE.itemsize:
            return self._in_double(theta, X, first, gradient)
        failing = _first(X, lambda part: self._try(theta, part, gradient) is None)
        self.on_nodes(theta, X[failing], first + failing, gradient)
        # A number that overflows only here, or on the way to a result that is sound.
        found = self._careful_run(theta, X, gradient, watched=False)
        if not _sound(found, gradient):
            raise beyond(first + failing, self._dtype)
        return found

    def _in_double(self, theta: Array, X: Array, first: int, gradient: bool) -> Found:
        """What float32 does not reach on its way, rounded from float64; as plain arithmetic gives it."""
        if self._double is None:
            self._double = Runs(self._lifted, self._outputs, self._wrt, self._labels, DOUBLE)
        double, wide = self._double, theta.astype(DOUBLE)

        def found(part: Array, start: int) -> Found:
            mean, slopes, outputs = double._part(wide, part.astype(DOUBLE), start, gradient)
            return (
                float(rounded(mean, self._dtype)),
                rounded(slopes, self._dtype),
                rounded(outputs, self._dtype),
            )

        whole = found(X, first)
        if not _sound(whole, gradient):
            raise beyond(
                first + _first(X, lambda part: not _sound(found(part, first), gradient)), self._dtype
            )
        return whole

    def _try(self, theta: Array, X: Array, gradient: bool) -> Found | None:
        """What the careful forms give; None where a number is not one any more."""
        try:
            found = self._careful_run(theta, X, gradient)
        except FloatingPointError:
            return None
        return found if _sound(found, gradient) else None

    def _careful_run(self, theta: Array, X: Array, gradient: bool, watched: bool = True) -> Found:
        run, (mean, outputs, _) = self._performed(self._kind(False, gradient), theta, X, watched)
        return float(mean), self._whole_gradient(run), outputs

    def on_nodes(self, theta: Array, x: Array, example: int, gradient: bool) -> None:
        """One example on the engine's own nodes, which know what to say when something is undefined."""

        def named(block: Block, array: Any) -> None:
            for line, node in zip(block.lines.tolist(), np.asarray(array).ravel().tolist(), strict=True):
                if line in self._labels and isinstance(node, Value):
                    node.label = self._labels[line]

        leaves = [np.array([Value(float(n)) for n in numbers] or [], object) for numbers in (theta, x)]
        for block, array in zip((self._lifted.parameters, self._lifted.inputs), leaves, strict=True):
            named(block, array)
        try:
            with np.errstate(all="ignore"):
                rows = perform(self._careful, leaves[0], leaves[1][np.newaxis], after=named)
                (output, *_) = rows(self._outputs).ravel().tolist()
                if gradient and isinstance(output, Value):
                    output.backward()
        except DomainError as error:
            raise DomainError(f"example {example}: {error}") from None


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


def _sound(found: Found, gradient: bool) -> bool:
    """Whether a gradient and its value are numbers; outputs alone may be what they are."""
    return not gradient or (math.isfinite(found[0]) and bool(np.isfinite(found[1]).all()))


def _first(X: Array, fails: Callable[[Array], bool]) -> int:
    """The first example with which the examples up to it fail, where all of them do."""
    low, high = 0, len(X)  # the examples before `low` are sound, and those before `high` are not
    while high - low > 1:
        middle = (low + high) // 2
        if fails(X[:middle]):
            high = middle
        else:
            low = middle
    return low


def _within(**errors: Any) -> Callable[..., Any]:
    """What calls a function with NumPy's errors handled so.

    It enters a context that is made once, which takes a few tenths of the time of ``np.errstate``, and
    only one thread may be in it at a time.
    """
    context = contextvars.Context()
    context.run(np.seterr, **errors)
    return context.run


def _crowded(lifted: Lifted, batch: int) -> int:
    """The multiplications of the largest product, if the library takes more than one thread for any."""
    largest, crowded = 0, False
    for step in lifted.steps:
        if isinstance(step, Product):
            (sums, terms), windows = step.weights.shape, step.quantities.shape[1]
            columns = windows * (batch if step.block.batched else 1)
            size = sums * terms * columns
            largest = max(largest, size)
            crowded |= size > (VECTORS if min(sums, terms, columns) == 1 else MATRICES)
        if step.block.batched:
            crowded |= step.block.size * batch > VECTORS  # their gradients are added up by a product
    return max(largest, 1) if crowded else 0
