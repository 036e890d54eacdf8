"""A generated program with its buffers: one for each size of batch, and arrays for its gradients."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram, MatrixProduct
from autograd._compiler.numpy_code.write import Generated
from autograd._support.process.threads import few_threads, would_limit
from autograd._table.readings import compile_source

__all__ = ["MATRICES", "SIZES", "Batches", "FewThreads", "Place", "Run", "new_place"]

Array = NDArray[Any]

SIZES = 4  # of batch, whose buffers are kept
CALLS = 100  # between two looks at the number of BLAS threads
# Multiplications of a product above which OpenBLAS takes a second thread, and is slower for it.
MATRICES, VECTORS = 262_144, 9_216


class Batches(dict[int, "Run"]):
    """A run for each size of batch, made on first use; the oldest makes room.

    Args:
        generated: the source.
        program: the program that it was generated from.
        sizes: the number of sizes to keep.
    """

    def __init__(self, generated: Generated, program: ArrayProgram, sizes: int = SIZES) -> None:
        super().__init__()
        self._program, self._sizes = program, sizes
        self._names = generated.namespace
        self._code = compile_source(generated.code, "run", lambda: generated.source)

    def __missing__(self, batch: int) -> Run:
        while len(self) >= self._sizes:
            del self[next(iter(self))]
        names = {**self._names, "batch": batch}
        with np.errstate(all="ignore"):  # a constant that overflows in float32, as in x * 1e300
            exec(self._code, names)
        # Removed: a function among its own globals is a reference cycle.
        run, views_of = names.pop("run"), names.pop("views_of")
        crowded = _crowded(self._program, batch)
        self[batch] = Run(run, views_of, names.get("gradient_of_inputs"), crowded)
        return self[batch]


class Run:
    """A program for one size of batch.

    Args:
        run, views_of: the functions of `Generated`.
        of_inputs: the array of the adjoints of the inputs.
        multiplications: of the largest product, if BLAS would take too many threads for it; else 0.
    """

    __slots__ = (
        "_before",
        "_copied",
        "_places",
        "_run",
        "_theta",
        "_views_of",
        "multiplications",
        "of_inputs",
    )

    def __init__(
        self,
        run: Callable[..., Any],
        views_of: Callable[[Array, Array], Any],
        of_inputs: Array | None,
        multiplications: int,
    ) -> None:
        self._run, self._views_of = run, views_of
        self.of_inputs, self.multiplications = of_inputs, multiplications
        self._before: Array | None = None  # of the last call
        self._theta: Array | None = None  # the array that the places are views of: that, or a copy
        self._copied = False
        self._places: tuple[Place, ...] = ()

    def place(self, theta: Array) -> Place:
        """A place whose gradient no caller still holds, so that it may be overwritten.

        A training loop needs two in turn: copying the gradient out of one would take a tenth of the step of a
        net of 13,000 parameters. New views of a theta take as long as ten copies of it, so they are made for
        an array that is given again, its numbers changed.
        """
        if theta is not self._theta:
            if theta is self._before:
                self._places, self._copied, self._theta = (), False, theta
            else:
                if self._theta is None or not self._copied:
                    self._places, self._theta, self._copied = (), np.empty_like(theta), True
                np.copyto(self._theta, theta)
            self._before = theta
        for place in self._places:
            if sys.getrefcount(place.gradient) == place.references:
                return place
        place = self._new()
        self._places = (*self._places[-1:], place)
        return place

    def _new(self) -> Place:
        assert self._theta is not None
        place = new_place(self._theta, self._views_of, self._run)
        if self.multiplications:
            place.act = FewThreads(self.multiplications, place.act)
        return place


class Place:
    """An array for a gradient, and the function that fills it.

    Attributes:
        gradient: by the block of parameters; callers get views of it, which count as references.
        act: the function. Of a `Run`, from X, with theta's numbers at the time of the call, the mean of the
            first output, all outputs, and the sum of squares of the gradient; without a gradient, 0 for the
            first and the last.
        references: to the gradient, while no caller has any.
    """

    __slots__ = ("act", "gradient", "references")

    def __init__(self, gradient: Array, act: Callable[..., Any], views: int) -> None:
        self.gradient, self.act = gradient, act
        # Counted, not measured: a debugger or another thread may hold this frame. The two others are this
        # attribute, and the argument of `sys.getrefcount`.
        self.references = views + 2


def new_place(
    theta: Array, views_of: Callable[[Array, Array], Sequence[Array]], run: Callable[..., Any]
) -> Place:
    """A new gradient of the parameters in a vector, and the function of the other arguments that fills it.

    Args:
        theta: the vector.
        views_of: from this and the gradient to the first arguments of `run`, views of them.
        run: the function.
    """
    gradient = np.empty_like(theta)
    views = views_of(theta, gradient)
    of_gradient = sum(view is gradient or view.base is gradient for view in views)
    return Place(gradient, functools.partial(run, *views), of_gradient)


class FewThreads:
    """A function under a limit of threads for small products, if there are more: it looks now and then."""

    __slots__ = ("_left", "_limits", "_multiplications", "_run")

    def __init__(self, multiplications: int, run: Callable[..., Any]) -> None:
        self._multiplications, self._run = multiplications, run
        self._left, self._limits = 0, False

    def __call__(self, *arrays: Array) -> Any:
        if not self._left:
            self._left, self._limits = CALLS, would_limit(self._multiplications)
        self._left -= 1
        if not self._limits:
            return self._run(*arrays)
        with few_threads(self._multiplications):
            return self._run(*arrays)


def _crowded(program: ArrayProgram, batch: int) -> int:
    """The multiplications of the largest product, if BLAS takes more than one thread for any; else 0."""
    largest, crowded = 0, False
    for step in program.steps:
        if isinstance(step, MatrixProduct):
            sums, terms, windows = step.shape
            columns = windows * (batch if step.block.batched else 1)
            size = sums * terms * columns
            largest = max(largest, size)
            crowded |= size > (VECTORS if min(sums, terms, columns) == 1 else MATRICES)
        if step.block.batched:
            crowded |= step.block.size * batch > VECTORS  # adjoints are summed over the batch by a product
    return max(largest, 1) if crowded else 0
