"""Steps of a compiled net: a program, and all parameters in one vector."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import DomainError
from nn._training.optimizers.optimizer import Optimizer
from nn._training.steps.batches import CompiledBatches
from nn._training.steps.compiled import Compiled, mean_cost
from nn._training.steps.divergence import Diverged, infinite_cost, infinite_parameters, take_step

__all__ = ["CompiledSteps"]

Array = NDArray[Any]


class CompiledSteps:
    """Steps of a compiled net.

    The optimizer's rule moves one vector of all parameters, from the first step until `close`: the net and
    the optimizer get their own numbers then. An optimizer with a step of its own gets the net's parameters
    with their gradients at every step.

    Args:
        compiled: the program.
        optimizer: as for `fit`.
        params: all parameters of the net.
        X, Y: inputs, and desired outputs or labels.
    """

    how = "compiled"  # for the progress bar
    build: str | None = None  # a note on the build in C

    def __init__(
        self, compiled: Compiled | CompiledBatches, optimizer: Any, params: list[Any], X: Array, Y: Array
    ) -> None:
        self.compiled = compiled
        self._optimizer, self._params = optimizer, params
        self._examples = compiled.examples(X, Y)
        self._by_rule = _has_the_usual_step(optimizer)
        self._is_open = False
        self._theta = np.empty(compiled.flat.size, compiled.flat.dtype)
        self._state: tuple[Any, ...] = ()
        self._first_state: tuple[Any, ...] = ()  # at the first step: another one is written back
        self._gradient: Array | None = None  # of the last step
        # At least the length of theta. While it is far below the largest number, each number in theta is
        # finite, which saves a look at all of them.
        self._length = math.inf
        self._longest = float(np.finfo(self._theta.dtype).max) / 10
        self._target, self._moved = (self._theta,), list[Array]()  # see `_move`
        self._after: tuple[Array, tuple[Any, ...], int, float]
        self._measured: tuple[Array, Array] | None = None  # the inputs of the last `forward`, and as rows

    @property
    def evaluates(self) -> bool:
        """Whether `forward` stands for the net in evaluation mode."""
        return self.compiled.evaluates

    def learn(self, rows: Array, size: int, costs: Array) -> Array:
        """Steps with some examples in mini-batches of a size, as `EagerSteps.learn`."""
        self._open()
        costs[:] = math.nan
        outputs: Any = None
        move = self._move if self._by_rule else self._move_by_optimizer
        with self.compiled.evaluating() as evaluate:
            for step, x in enumerate(self._examples.batches(rows, size)):
                self._gradient = gradient = None  # the program overwrites an array that nobody holds
                try:
                    value, gradient, results = evaluate(self._theta, x)
                except DomainError as error:
                    raise Diverged(str(error), math.nan) from error
                if not math.isfinite(value):
                    raise infinite_cost(value)
                move(value, gradient)
                if outputs is None:
                    outputs = np.empty((len(rows), *results.shape[1:]), x.dtype)
                outputs[step * size : step * size + size] = results
                costs[step] = value
        return outputs  # type: ignore[no-any-return]

    def _move(self, value: float, gradient: Array) -> None:
        """One step by the optimizer's rule; after an exception all is as before it, or as after it."""
        optimizer = self._optimizer
        (used,) = optimizer._clipped([gradient])
        change, state = optimizer._change(self._state, used, optimizer.lr, self._theta)
        length = self._length + math.sqrt(np.vdot(change, change))
        if not length < self._longest:
            length = self._length_after(change, value)
        self._after = gradient, state or self._state, optimizer.steps + 1, length
        # A single call of C: Ctrl-C comes before theta and the list have changed, or after both have.
        self._moved.extend(map(np.subtract, self._target, (change,), self._target))
        self._settle()

    def _settle(self) -> None:
        """Have all that belongs to a step follow theta, also where Ctrl-C came between."""
        if self._moved:
            self._gradient, self._state, self._optimizer.steps, self._length = self._after
            self._moved.clear()

    def _length_after(self, change: Array, value: float) -> float:
        """The length of theta after a change that may be too large."""
        new = self._theta - change
        if not np.isfinite(new).all():
            raise infinite_parameters(value)
        return math.sqrt(np.vdot(new, new))

    def _move_by_optimizer(self, value: float, gradient: Array) -> None:
        """One step by an optimizer with a step of its own."""
        self._optimizer.zero_grad()
        self.compiled.flat.write_gradient(gradient)
        take_step(self._optimizer, self._params, value)
        self._theta = self.compiled.flat.read()

    def forward(self, X: Array, Y: Array) -> tuple[float, Array]:
        """The mean cost of some examples and their outputs, with the parameters as they are."""
        if self._measured is None or self._measured[0] is not X:
            self._measured = X, self.compiled.examples(X, Y).all()
        theta = self._theta if self._is_open else self.compiled.flat.read()
        outputs = self.compiled.program(theta, self._measured[1])
        return float(mean_cost(outputs)), outputs[:, 1:]

    def _open(self) -> None:
        if self._is_open:
            return
        flat, optimizer = self.compiled.flat, self._optimizer
        np.copyto(self._theta, flat.read())
        if self._by_rule:
            self._first_state = self._state = optimizer._joined_state(flat, self.compiled.places)
            self._length = math.sqrt(np.vdot(self._theta, self._theta))
        self._is_open = True

    def close(self) -> None:
        """Give the net and the optimizer their numbers, until the next step."""
        if not self._is_open:
            return
        try:
            self._write()
        except KeyboardInterrupt:  # perhaps halfway: all of it once more
            self._write()
            raise
        finally:
            self._is_open = False

    def _write(self) -> None:
        flat, optimizer = self.compiled.flat, self._optimizer
        if not self._by_rule:
            return
        self._settle()
        flat.write(self._theta)
        optimizer.zero_grad()  # of the parameters that the cost does not depend on too
        if self._gradient is not None:
            flat.write_gradient(self._gradient)
        if self._state is not self._first_state:
            optimizer._split_state(flat, self.compiled.places, self._state)


def _has_the_usual_step(optimizer: Any) -> bool:
    """Whether an optimizer moves parameters by its rule alone."""
    return isinstance(optimizer, Optimizer) and all(
        getattr(type(optimizer), name) is getattr(Optimizer, name) and name not in vars(optimizer)
        for name in ("step", "zero_grad")
    )
