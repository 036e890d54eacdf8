"""Steps of a compiled net in C, many in a call."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.loops.functions.tree import Untranslatable
from autograd._compiler.loops.native.libraries import note_on_compiler
from autograd._compiler.loops.native.training import Trainer, repays
from nn._training.optimizers.adaptive import Adam, AdamW, RMSprop
from nn._training.optimizers.descending import SGD
from nn._training.optimizers.optimizer import Optimizer
from nn._training.steps.batches import CompiledBatches
from nn._training.steps.compiled import Compiled
from nn._training.steps.descent import CompiledSteps

__all__ = ["NativeSteps", "steps_of"]

Array = NDArray[Any]


def steps_of(
    compiled: Compiled | CompiledBatches,
    optimizer: Any,
    params: list[Any],
    X: Array,
    Y: Array,
    size: int,
    epochs: int,
) -> CompiledSteps:
    """Steps of a compiled net: in C, where so many repay the build, and a compiler is there.

    Args:
        compiled, optimizer, params, X, Y: as of `CompiledSteps`.
        size: of a mini-batch.
        epochs: still to come.
    """
    note: str | None = None
    if isinstance(compiled, Compiled) and type(optimizer) in (SGD, RMSprop, Adam, AdamW):
        program = compiled.program
        if repays(program._array_program, len(X) * epochs, math.ceil(len(X) / size) * epochs):
            try:
                trainer = Trainer(program._array_program, program.dtype, optimizer._update)
                native = NativeSteps(trainer, compiled, optimizer, params, X, Y)
                native.build = note_on_compiler()
                return native
            except (ImportError, RuntimeError, Untranslatable) as reason:  # no compiler, or a row without C
                note = str(reason)
    steps = CompiledSteps(compiled, optimizer, params, X, Y)
    steps.build = note
    return steps


class NativeSteps(CompiledSteps):
    """Steps in C; a step that fails there is taken by the program, which raises or goes on.

    Args:
        trainer: the program in C.
        compiled, optimizer, params, X, Y: as of `CompiledSteps`.
    """

    how = "native"

    def __init__(
        self,
        trainer: Trainer,
        compiled: Compiled,
        optimizer: Optimizer,
        params: list[Any],
        X: Array,
        Y: Array,
    ) -> None:
        super().__init__(compiled, optimizer, params, X, Y)
        self._trainer, self._form = trainer, optimizer._update.form

    def learn(self, rows: Array, size: int, costs: Array) -> Array:
        """Steps with some examples in mini-batches of a size, as `EagerSteps.learn`."""
        self._open()
        costs[:] = math.nan
        program = self.compiled.program
        outputs = np.empty((len(rows), program.outputs), program.dtype)
        done = 0
        while done < len(costs):
            first, stop = done, done + max(1, self._trainer.block // size)
            done += self._in_c(
                rows[first * size : stop * size], size, costs[first:stop], outputs[first * size :]
            )
            if done < min(stop, len(costs)):
                part = slice(done * size, (done + 1) * size)
                outputs[part, 1:] = super().learn(rows[part], size, costs[done : done + 1])
                done += 1
        return outputs[:, 1:]

    def _in_c(self, rows: Array, size: int, costs: Array, outputs: Array) -> int:
        """Steps up to the first that fails; how many."""
        optimizer, update, data = self._optimizer, self._optimizer._update, self._examples.rows
        before = optimizer._vectors(self._state)
        if data is None or before is None or update.form != self._form:
            return 0
        rates, interrupt = _rates(optimizer, len(costs))
        t, vectors = before
        theta, state = self._theta.copy(), np.empty((len(vectors), len(self._theta)), self._theta.dtype)
        for row, vector in zip(state, vectors, strict=True):
            row[:] = vector
        gradient, own = np.empty_like(theta), np.empty(len(rates), theta.dtype)
        self._trainer.constants = np.array(update.numbers, np.float64)
        rows = rows[: len(rates) * size]
        performed = self._trainer.run(theta, state, [data], rows, size, rates, t + 1, own, gradient, outputs)
        if performed:
            after = optimizer._state_of(t + performed, state)
            length = math.sqrt(np.vdot(theta, theta))
            self._after = gradient, after or self._state, optimizer.steps + performed, length
            self._moved.extend(map(np.positive, (theta,), self._target))
            self._settle()
            costs[:performed] = own[:performed]
        if interrupt is not None and performed == len(rates):
            raise interrupt
        return performed


def _rates(optimizer: Optimizer, count: int) -> tuple[Array, BaseException | None]:
    """The learning rates of the next steps, up to the one at which the schedule is interrupted.

    An error of the schedule is raised by the step itself, which asks again.
    """
    if not callable(optimizer._lr):
        return np.full(count, optimizer._lr), None
    rates: list[float] = []
    try:
        for step in range(optimizer.steps, optimizer.steps + count):
            rates.append(optimizer._rate(step))
    except Exception:
        pass
    except BaseException as interrupt:  # Ctrl-C: after the steps before it
        return np.array(rates, np.float64), interrupt
    return np.array(rates, np.float64), None
