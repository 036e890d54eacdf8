"""A program of Tensors in C: its leaves' numbers one after the other, in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram, MatrixProduct
from autograd._compiler.find.tensors.tape import Tape
from autograd._compiler.loops.native.calls import Calls
from autograd._compiler.programs.tensors.arguments import splitter

__all__ = ["NativeTask", "repays"]

Array = NDArray[Any]

# Microseconds of a value with its gradient: C and NumPy for a term of a matrix product and for any other
# operation, and NumPy for a row of the table.
C_TERM, C_OPERATION = 0.0024, 0.01
NUMPY_TERM, NUMPY_OPERATION, NUMPY_ROW = 0.000_17, 0.005, 4.0


def repays(tape: Tape, program: ArrayProgram) -> bool:
    """Whether C is faster than NumPy, whose large products of matrices no simple loop reaches."""
    rows = sum(line.row is not None for line in tape.lines)
    products = [step for step in program.steps if isinstance(step, MatrixProduct)]
    terms = sum(sums * length * windows for sums, length, windows in (step.shape for step in products))
    others = sum(step.block.size for step in program.steps) - sum(step.block.size for step in products)
    in_c = C_TERM * terms + C_OPERATION * others
    return in_c < NUMPY_TERM * terms + NUMPY_OPERATION * others + NUMPY_ROW * rows


class NativeTask:
    """The results of a `Task` by C; by the task itself where a number is not finite.

    Args:
        calls: the program in C, of which all leaves are parameters.
        tape: that of the task.
        task: makes the task; it may not be needed.
        parameters: how many leaves the first output is differentiated by; None for outputs alone.
        outputs: whether the outputs are results.
        in_vector: whether these leaves are given in one vector, and the derivatives too.
    """

    def __init__(
        self,
        calls: Calls,
        tape: Tape,
        task: Callable[[], Any],
        parameters: int | None,
        outputs: bool,
        in_vector: bool,
    ) -> None:
        self._calls, self._task_of, self._task = calls, task, None
        self._with_outputs, self._in_vector = outputs, in_vector
        self._is_gradient = parameters is not None
        wrt = tape.lines[: parameters or 0]
        self._derivatives, self._outputs = splitter(wrt), splitter([tape.lines[i] for i in tape.outputs])
        self._size = sum(line.size for line in wrt)
        self._no_inputs = np.empty((1, 0), tape.dtype)

    @property
    def source(self) -> str:
        """The code of NumPy, which takes the place of C where that fails."""
        return str(self._by_numpy().source)

    def __call__(self, arrays: Sequence[Array]) -> tuple[Any, ...]:
        flat = [a.ravel() for a in arrays]
        theta = flat[0] if len(flat) == 1 else np.concatenate(flat or [self._no_inputs[0]])
        if not self._is_gradient:
            outputs = self._calls.outputs(theta, self._no_inputs)
            if outputs is not None:
                return tuple(self._outputs(outputs[0]))
        elif (results := self._calls.gradient(theta, self._no_inputs)) is not None:
            value, gradient, columns = results
            own = gradient[: self._size]
            derivatives = [own] if self._in_vector else self._derivatives(own)
            return value, *derivatives, *(self._outputs(columns[:, 0]) if self._with_outputs else ())
        return self._by_numpy()(arrays)  # type: ignore[no-any-return]

    def _by_numpy(self) -> Any:
        if self._task is None:
            self._task = self._task_of()
        return self._task
