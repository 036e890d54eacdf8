"""A long tape performed row by row, as the engine performs a graph, until it has been called often.

Its code takes some thirty calls' time to write, and then runs six times as fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tensors.tape import Tape
from autograd._compiler.tensors.functions import Task
from autograd._derivatives.tensor_sweep import adjoints
from autograd._graph.context import resumed
from autograd._nodes.tensor import Tensor
from autograd._support.callers import numpys_warnings
from autograd._support.collector import spared

__all__ = ["Walk", "task_of"]

Array = NDArray[Any]

LONG, WALKS = 500, 32  # operations; calls before the code is written


def task_of(tape: Tape, wrt: Sequence[int] | None, outputs: bool, in_vector: bool = False) -> Task | Walk:
    """A `Task` of these arguments, or where its code takes long to write a function that begins without."""
    task = Task(tape, wrt, outputs, in_vector)
    operations = sum(line.row is not None for line in tape.lines)
    return task if operations <= LONG else Walk(task, tape, wrt, outputs, in_vector)


class Walk:
    """The results of a `Task`: row by row at first, and then by its code.

    Args:
        task: has the code.
        tape, wrt, outputs, in_vector: those of the task.
    """

    def __init__(
        self, task: Task, tape: Tape, wrt: Sequence[int] | None, outputs: bool, in_vector: bool
    ) -> None:
        self._task, self._left = task, WALKS
        self._tape, self._wrt, self._with_outputs, self._in_vector = tape, wrt, outputs, in_vector

    @property
    def source(self) -> str:
        return self._task.source

    def __call__(self, arrays: Sequence[Array]) -> tuple[Any, ...]:
        if self._left <= 0:
            return self._task(arrays)
        self._left -= 1
        with resumed(), spared(), numpys_warnings():
            return self._results(arrays)

    def _results(self, arrays: Sequence[Array]) -> tuple[Any, ...]:
        tape, wrt = self._tape, self._wrt or ()
        if self._in_vector:
            arrays = [*_parts(arrays[0], [tape.lines[leaf].shape for leaf in wrt]), *arrays[1:]]
        nodes: list[Any] = [Tensor(array) for array in arrays]
        for line in tape.lines[tape.leaves :]:
            args = tuple([nodes[arg] for arg in line.args])
            nodes.append(line.constant if line.row is None else Tensor._apply(line.row, args, line.params))
        ends = [nodes[place] for place in tape.outputs]
        results = [np.array(end.data if isinstance(end, Tensor) else end) for end in ends]
        outputs = results if self._with_outputs else ()
        if self._wrt is None:
            return tuple(outputs)
        gradients: dict[Any, Any] = {}
        if isinstance(ends[0], Tensor):
            gradients = adjoints(ends[0], np.ones(ends[0].shape, ends[0].dtype))
        slopes = [np.array(gradients.get(nodes[leaf], np.zeros_like(nodes[leaf].data))) for leaf in wrt]
        derivatives = [np.concatenate([s.ravel() for s in slopes])] if self._in_vector else slopes
        return results[0].item(), *derivatives, *outputs


def _parts(vector: Array, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)]).tolist()
    return [vector[a:b].reshape(shape) for a, b, shape in zip(ends, ends[1:], shapes, strict=False)]
