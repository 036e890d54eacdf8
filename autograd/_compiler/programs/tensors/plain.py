"""A small graph of Tensors in Python's floats: a call of NumPy takes as long as ten operations on them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.export.interpreter import Interpreter
from autograd._compiler.find import tape as scalar_tape
from autograd._compiler.find.tensors.lowering import CannotLower, lower_tape
from autograd._compiler.find.tensors.tape import Tape
from autograd._compiler.numpy_code.calls import count_calls
from autograd._compiler.run.crossover import plain_time
from autograd._compiler.run.straight.dialects import Floats
from autograd._compiler.run.straight.registers import StraightCode, runner
from autograd._graph.node import topological_order
from autograd._graph.primitive import lookup
from autograd._nodes.value import Value
from autograd._table.rows import ARITHMETIC, Row

__all__ = ["in_plain_arithmetic"]

Array = NDArray[Any]
Evaluate = Callable[[Sequence[Any]], Sequence[Any]]

LARGEST = 2_000  # numbers of all arrays
# Microseconds: of a call of NumPy's functions; of a number that leaves or enters an array; of a call.
CALL, NUMBER, OVERHEAD = 0.4, 0.03, 1.0
# The first call takes some 10 ms longer: arrays stay where they take less than SHORT µs, or little is gained.
SHORT, GAIN = 5.0, 1.5
# Of an infinity or nan these give such a number again, so the outputs tell of it.
TELLING = {lookup(name) for name in ("add", "sub", "mul", "neg", "square", "abs", "_identity")}


def in_plain_arithmetic(tape: Tape, recorded: Sequence[Array], by_arrays: Evaluate) -> Evaluate:
    """The outputs of a tape, computed in floats where that is faster and nothing is undefined.

    A call with a number that is not finite, or with an error of Python's arithmetic, is one of NumPy, so its
    results and warnings are NumPy's.

    Args:
        tape: the graph.
        recorded: the arrays of its leaves.
        by_arrays: computes the outputs by NumPy; the result, where NumPy is faster.
    """
    ends = [tape.lines[i] for i in tape.outputs]
    kinds = {line.dtype for line in (*tape.lines[: tape.leaves], *ends)}
    by_numpy = CALL * _calls(tape)
    is_small = sum(line.size for line in tape.lines) <= LARGEST
    if by_numpy < SHORT or not is_small or tape.dtype != np.float64 or kinds != {tape.dtype}:
        return by_arrays
    try:
        values = [Value(x) for array in recorded for x in array.ravel().tolist()]
        scalars = _scalars(tape, values)
    except (CannotLower, ValueError, ArithmeticError):  # a DomainError is a ValueError
        return by_arrays
    watched = {
        arg: None
        for node in topological_order(*scalars)
        if node._op is not None and node._op not in TELLING
        for arg in node._links()
        if isinstance(arg, Value)
    }
    lines = scalar_tape.read([*scalars, *watched], [], values)
    numbers = len(values) + len(scalars) + len(watched)
    if GAIN * (plain_time(lines) + NUMBER * numbers + OVERHEAD) > by_numpy:
        return by_arrays
    run = runner(StraightCode(lines, False, Floats()))
    sizes = itertools.accumulate((line.size for line in ends), initial=0)
    parts = [(slice(*pair), line.shape) for pair, line in zip(itertools.pairwise(sizes), ends, strict=True)]

    def evaluate(arrays: Sequence[Any]) -> Sequence[Any]:
        theta: list[float] = []
        for array in arrays:
            theta += array.ravel().tolist()
        try:
            results = run(theta, ())[0]
        except ARITHMETIC:
            return by_arrays(arrays)
        if not isfinite(sum(results)):
            return by_arrays(arrays)
        return [np.array(results[part]).reshape(shape) for part, shape in parts]

    return evaluate


def _scalars(tape: Tape, values: list[Value]) -> list[Value]:
    """The outputs as Values."""
    program = lower_tape(tape, [], range(tape.leaves))
    theta, none = np.array(values, object), np.empty((1, 0), object)
    results = Interpreter(program, theta, none).rows(program.outputs).ravel()
    return [x if isinstance(x, Value) else Value(x) for x in results.tolist()]


def _calls(tape: Tape) -> int:
    """The calls of NumPy's functions for a tape."""
    rows = (line.row for line in tape.lines if line.row is not None)
    return sum(count_calls(row)[0] if isinstance(row, Row) else 1 for row in rows)
