"""A net of Tensors and its cost as a program of a whole mini-batch: for a cost that mixes examples."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.programs.compiling import compile
from autograd._support.collector import spared
from nn._nets.parameters import Flat
from nn._training.steps.compiled import (
    ON_TENSORS,
    check_kind,
    difference,
    eager_results,
    same_nodes,
    without_side_effects,
)
from nn._training.steps.dependence import CutError
from nn._training.steps.examples import Examples
from nn._training.steps.recording import (
    CannotCompile,
    Columns,
    desired_columns,
    record_tensors,
)
from nn._training.steps.side_effects import Variables, everybodys_generators

__all__ = ["CompiledBatches", "compiled_batches"]

Array = NDArray[Any]
Evaluate = Callable[[Array, Array], tuple[float, Array, Array]]

TRIED = 2  # batches on which the program and the net have to agree, of each size


class CompiledBatches:
    """A program of cost and outputs for each size of a mini-batch; its attributes are those of `Compiled`."""

    evaluates = False  # validation has other sizes
    steps_of_a_check = ON_TENSORS

    def __init__(self, moving: Sequence[Any], shape: tuple[int, ...], desired: Columns) -> None:
        self.moving, self._shape, self._desired = list(moving), shape, desired
        self._inputs = int(np.prod(shape))
        self._columns = 0
        self.programs: dict[int, Any] = {}  # by the size of a batch
        self.parameters: list[Any] = []

    @property
    def program(self) -> Any:
        """The program of the first size."""
        return next(iter(self.programs.values()))

    def record(self, net: Any, cost: Any, x: Array, y: Array) -> None:
        """Record a mini-batch of another size.

        Raises:
            CannotCompile, CutError: as `record`.
        """
        targets = self._desired(y).astype(x.dtype, copy=False)
        recorded = record_tensors(net, cost, self.moving, x, targets)
        self._columns = self._inputs + targets.shape[1]
        if not self.programs:
            self.parameters, self.places = recorded.parameters, recorded.places
            self.flat = Flat(self.parameters)
        results = [recorded.cost, recorded.outputs]
        self.programs[len(x)] = compile(results, recorded.leaves, self.parameters)

    def is_of(self, moving: Sequence[Any]) -> bool:
        """Whether the optimizer still moves the same parameters."""
        return same_nodes(moving, self.moving)

    def examples(self, X: Array, Y: Array) -> Examples:
        """Inputs and desired outputs side by side."""
        return Examples(X, Y, self._desired, self._columns, self.flat.dtype)

    @contextmanager
    def evaluating(self) -> Iterator[Evaluate]:
        """A function that gives cost, gradient and outputs of a mini-batch; as of `Compiled`."""
        yield self._evaluate

    def _evaluate(self, theta: Array, rows: Array) -> tuple[float, Array, Array]:
        arguments = theta if len(self.parameters) > 1 else [theta.reshape(self.parameters[0].shape)]
        value, gradient, (_, outputs) = self.programs[len(rows)].value_grad_and_outputs(
            arguments, self._split(rows)
        )
        return value, gradient if len(self.parameters) > 1 else gradient[0].reshape(-1), outputs

    def _split(self, rows: Array) -> list[Array]:
        return [rows[:, : self._inputs].reshape(-1, *self._shape), rows[:, self._inputs :]]

    def check(self, net: Any, cost: Any, variables: Variables, X: Array, Y: Array, places: list[int]) -> None:
        """Compare the programs with the net and the cost, on a batch of each size from some places on.

        Raises:
            CannotCompile: where they give other numbers, or the net has side effects.
        """
        for size, program in self.programs.items():
            for place in places:
                rows = (place + np.arange(size)) % len(X)
                x, y = X[rows].astype(self.flat.dtype), Y[rows]
                y = y if y.ndim == 1 else y.astype(x.dtype)
                expected_cost, expected = eager_results(net, cost, variables, x, y)
                self._compare(program, expected_cost, expected, self.examples(x, y).all())

    def _compare(self, program: Any, expected_cost: Array, expected: Array, rows: Array) -> None:
        """Raise `CannotCompile` unless the results of a batch are those of the net."""

        def results(theta: Array, rows: Array) -> Array:
            parts = zip(self.flat.split(theta), self.parameters, strict=True)
            c, a = program([part.reshape(p.shape) for part, p in parts], self._split(rows))
            return np.append(np.ravel(a), c).astype(np.float64)

        if difference(results, self.flat.read(), rows, np.append(expected, expected_cost)):
            raise CannotCompile("its operations differ from batch to batch")


def compiled_batches(
    net: Any, cost: Any, moving: Sequence[Any], X: Array, Y: Array, sizes: Sequence[int]
) -> CompiledBatches:
    """A program of whole mini-batches, for a net of Tensors.

    Args:
        moving: the parameters that the optimizer moves.
        sizes: of the mini-batches.

    Raises:
        CannotCompile: with the reason.
    """
    check_kind(moving)
    dtype = moving[0].dtype
    variables = Variables(net, cost)
    try:
        with warnings.catch_warnings(), spared():
            warnings.simplefilter("ignore")  # the recording of one example has passed on what is to be told
            x, y = X[: max(sizes)].astype(dtype), Y[: max(sizes)]
            with without_side_effects(net, variables, *everybodys_generators()):
                candidate = CompiledBatches(moving, x.shape[1:], desired_columns(net, x, y))
                for size in sizes:
                    candidate.record(net, cost, x[:size], y[:size])
            places = [i * len(X) // TRIED for i in range(TRIED)]
            candidate.check(net, cost, variables, X, Y, places)
    except CannotCompile:
        raise
    except CutError as error:
        raise CannotCompile(str(error)) from None
    except Exception as error:
        raise CannotCompile(f"a batch of Tensors gave {error!r:.200}") from error
    return candidate
