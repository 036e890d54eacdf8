"""Functions of Values on arrays of lines: recorded once on Values, and repeated side by side.

So a function that is written for Values has its form in scalars, and its derivatives, from there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._compiler.find.guards import guarded
from autograd._compiler.find.tape import CONSTANT, LEAF, Tape, read
from autograd._compiler.find.tensors.products import TooLarge
from autograd._compiler.find.tensors.scalars import Lines, Scalars
from autograd._nodes.value import Value

__all__ = ["replayed"]

LONGEST = 20_000  # operations of a function


def replayed(scalars: Scalars, function: Callable[..., Any], *args: Lines, core: int) -> Lines:
    """A function of arrays of Values, for each place along the further axes of some lines.

    Args:
        function: of arrays of Values; its operations must not depend on their numbers.
        args: the arrays that the function takes are the first `core` axes; the others are broadcast.

    Returns:
        The axes of the function's result, then the further axes.
    """
    # Any numbers in the domains of most functions, for which no matrix is singular.
    rng = np.random.default_rng(0)
    arrays = [_values(rng.uniform(1, 2, a.shape[:core])) for a in args]
    results = np.asarray(function(*arrays), object)
    leaves = [value for array in arrays for value in array.flat]
    outputs = [value if isinstance(value, Value) else Value(value) for value in results.flat]
    tape = guarded(read(outputs, leaves, []))
    if len(tape.code) > LONGEST:
        raise TooLarge(f"{len(tape.code):,} operations on scalars")
    shape = np.broadcast_shapes(*(a.shape[core:] for a in args))
    columns = [np.broadcast_to(column, shape) for a in args for column in _rows(a, core)]
    lines = _performed(scalars, tape, columns)
    of_outputs = [np.broadcast_to(lines[line], shape) for line in tape.outputs]
    return np.array(of_outputs, int).reshape((*results.shape, *shape))


def _values(numbers: Any) -> Any:
    return np.array(np.frompyfunc(Value, 1, 1)(numbers), object)


def _rows(a: Lines, core: int) -> Lines:
    return a.reshape((math.prod(a.shape[:core]), *a.shape[core:]))


def _performed(scalars: Scalars, tape: Tape, columns: list[Lines]) -> list[Lines]:
    """The lines of each line of a tape."""
    own = dict(zip(tape.inputs, columns, strict=True))
    lines: list[Any] = []
    for line, (code, number, args) in enumerate(
        zip(tape.code.tolist(), tape.numbers.tolist(), tape.args.T.tolist(), strict=True)
    ):
        if code == LEAF:
            lines.append(own[line])
        elif code == CONSTANT:
            lines.append(scalars.constant(number))
        else:
            row = tape.rows[code - 2]
            lines.append(scalars.apply(row, *(lines[arg] for arg in args[: row.arity])))
    return lines
