"""A program on NumPy arrays: in quick calls; in careful ones where these fail; and then with a reason."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.compiler.replay import Replay, written
from autograd.compiler.stepping import perform
from autograd.compiler.steps import Block, Lifted, Product
from autograd.graph import DomainError
from autograd.threads import few_threads
from autograd.value import Value

__all__ = ["Runs"]

Array = NDArray[Any]

SIZES = 4  # sizes of batch whose buffers are kept
# Products above which NumPy's library takes a second thread, and then needs one for longer.
MATRICES, VECTORS = 262_144, 9_216


@dataclass(frozen=True)
class _Run:
    """What a program does with one size of batch.

    Attributes:
        run: gives the outputs; or the mean of the first, and all. Raises FloatingPointError where
            a number is not one any more.
        of_theta, of_inputs: the gradient, after a run.
        multiplications: of the largest product, if the library would take too many threads.
    """

    run: Callable[..., Any]
    of_theta: Array | None
    of_inputs: Array | None
    multiplications: int

    def unwatched(self) -> _Run:
        """The same, and nothing is raised."""
        return replace(self, run=np.errstate(all="ignore")(self.run.__wrapped__))  # type: ignore[attr-defined]


class _Kind:
    """A program as source, and its buffers for some sizes of batch."""

    def __init__(self, replay: Replay, dtype: Any) -> None:
        self._names = {**replay.names, "dtype": dtype}
        exec(builtins.compile(replay.source, "<array program>", "exec"), self._names)
        self.views_of_theta: Callable[[Array], Any] = self._names["views_of_theta"]
        self.views_of_X: Callable[[Array], Any] = self._names["views_of_X"]
        self._runs: dict[int, _Run] = {}

    def run(self, batch: int, lifted: Lifted) -> _Run:
        if batch not in self._runs:
            while len(self._runs) >= SIZES:
                del self._runs[next(iter(self._runs))]
            watch = np.errstate(divide="raise", over="raise", invalid="raise", under="ignore")
            run, of_theta, of_inputs = self._names["make"](batch)
            self._runs[batch] = _Run(watch(run), of_theta, of_inputs, _crowded(lifted, batch))
        return self._runs[batch]


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
        self._theta: Array | None = None
        self._views: dict[_Kind, Any] = {}

    def forward(self, theta: Array, X: Array) -> Array:
        """The outputs, shape (outputs, examples), in a buffer that the next run uses again."""
        found: Array = self._run(theta, X, gradient=False)[1]
        return found

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array, Array]:
        """The mean of the first output, its gradient, and the outputs; the last two in buffers."""
        _, mean, found, outputs = self._run(theta, X, gradient=True)
        return mean, found, outputs

    def _run(self, theta: Array, X: Array, gradient: bool) -> tuple[Any, ...]:
        kind = self._kind(True, gradient)
        if theta is not self._theta:
            self._theta = theta
            self._views.clear()
        if kind not in self._views:
            self._views[kind] = kind.views_of_theta(theta)
        run = kind.run(len(X), self._lifted)
        views = (*self._views[kind], *kind.views_of_X(X))
        if run.multiplications:
            with few_threads(run.multiplications):
                found = self._performed(run, views, gradient)
        else:
            found = self._performed(run, views, gradient)
        return found if found[0] else self._carefully(theta, X, gradient)

    def _performed(self, run: _Run, views: Any, gradient: bool) -> tuple[Any, ...]:
        """Whether all went well, and what was found."""
        try:
            if not gradient:
                return True, run.run(*views)
            mean, outputs = run.run(*views)
        except FloatingPointError:
            return (False,)
        found = self._whole_gradient(run)
        # The sum of squares is not finite if one of them is not; large numbers are looked at again.
        return math.isfinite(mean) and math.isfinite(np.dot(found, found)), float(mean), found, outputs

    def _whole_gradient(self, run: _Run) -> Array:
        """The gradient in the order of `wrt`, also of parameters named twice, and of inputs."""
        assert run.of_theta is not None
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
            replay = written(self._lifted, self._outputs, gradient, self._dtype, quick)
            self._kinds[quick, gradient] = _Kind(replay, self._dtype)
        return self._kinds[quick, gradient]

    def _carefully(self, theta: Array, X: Array, gradient: bool) -> tuple[Any, ...]:
        """Once more, where the quick forms met an overflow or something undefined; or the error."""
        found = self._try(theta, X, gradient)
        if found[0]:
            return found
        low, high = 0, len(X)  # the examples before `low` are sound, and those before `high` are not
        while high - low > 1:
            middle = (low + high) // 2
            if self._try(theta, X[:middle], gradient)[0]:
                low = middle
            else:
                high = middle
        self.on_nodes(theta, X[low], low, gradient)
        found = self._try(theta, X, gradient, watched=False)
        if gradient and not (math.isfinite(found[1]) and np.isfinite(found[2]).all()):
            raise DomainError(
                f"example {low}: a number is beyond the largest {self._dtype}"
                + (', dtype="float64" reaches further' if self._dtype.itemsize < 8 else "")
            )
        return found

    def _try(self, theta: Array, X: Array, gradient: bool, watched: bool = True) -> tuple[Any, ...]:
        careful = self._kind(False, gradient)
        run = careful.run(len(X), self._lifted)
        views = (*careful.views_of_theta(theta), *careful.views_of_X(X))
        found = self._performed(run if watched else run.unwatched(), views, gradient)
        if gradient and len(found) > 1:
            return math.isfinite(found[1]) and bool(np.isfinite(found[2]).all()), *found[1:]
        return found

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
                rows = perform(self._lifted, leaves[0], leaves[1][np.newaxis], after=named)
                (output, *_) = rows(self._outputs).ravel().tolist()
                if gradient and isinstance(output, Value):
                    output.backward()
        except DomainError as error:
            raise DomainError(f"example {example}: {error}") from None


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
