"""A graph of Tensors of one example, read as the scalars that it stands for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.find.tape import INPUT, PARAMETER
from autograd._compiler.find.tensors.rows import CannotLower, lowered
from autograd._compiler.find.tensors.scalars import Lines, Scalars
from autograd._compiler.find.tensors.steps import program_of
from autograd._compiler.find.tensors.tape import Line, Tape, read
from autograd._nodes.tensor import Tensor

__all__ = ["CannotLower", "lower", "lower_tape"]


def lower(outputs: Sequence[Tensor], inputs: Sequence[Tensor], wrt: Sequence[Tensor]) -> ArrayProgram:
    """The array program of the scalars in a graph of Tensors.

    Args:
        outputs: results of one example; their numbers in order are the outputs of the program.
        inputs: leaves with numbers of an example; theirs in order are the columns of X.
        wrt: leaves that all examples share; their numbers in order are theta.

    Raises:
        ValueError: for an input or a parameter that is not a leaf.
        CannotLower: for an operation without a form in scalars.

    >>> from autograd import sigmoid
    >>> W, x = Tensor(np.ones((2, 3)), label="W"), Tensor(np.ones(3), label="x")
    >>> [type(step).__name__ for step in lower([sigmoid(W @ x)], [x], [W]).steps]
    ['MatrixProduct', 'RowStep']
    """
    for leaf in (*inputs, *wrt):
        if not leaf.is_leaf:
            raise ValueError(f"inputs and wrt hold leaves, not the result of an operation ({leaf!r:.80})")
    leaves = list(dict.fromkeys([*inputs, *wrt]))
    tape, places = read(outputs, leaves)
    return lower_tape(tape, [places[leaf] for leaf in inputs], [places[leaf] for leaf in wrt])


def lower_tape(tape: Tape, inputs: Sequence[int], wrt: Sequence[int]) -> ArrayProgram:
    """The same of a tape.

    Args:
        tape: every leaf is an input, a parameter, or both.
        inputs, wrt: leaves, as for `lower`.
    """
    scalars = Scalars()
    bits = [0] * tape.leaves
    for leaf in inputs:
        bits[leaf] |= INPUT
    for leaf in wrt:
        bits[leaf] |= PARAMETER
    lines = [scalars.leaf(tape.lines[leaf].shape, bit) for leaf, bit in enumerate(bits)]
    for line in tape.lines[tape.leaves :]:
        lines.append(_lines_of(scalars, line, lines))
    # Leaves last: a result with the numbers of a leaf in other places does not rename them.
    order = (*range(tape.leaves, len(lines)), *range(tape.leaves))
    labels = [(lines[i], label) for i in order if (label := tape.lines[i].label)]
    flat = [
        np.concatenate([np.empty(0, int), *(lines[i].ravel() for i in several)])
        for several in (tape.outputs, inputs, wrt)
    ]
    return program_of(scalars, flat[0], flat[1], flat[2], labels)


def _lines_of(scalars: Scalars, line: Line, lines: list[Lines]) -> Lines:
    """The lines of a constant, or of a result."""
    if line.row is None:
        return scalars.constant(line.constant)
    result = lowered(scalars, line.row, [lines[arg] for arg in line.args], line.params)
    assert result.shape == line.shape, f"{line.row} gives {result.shape} in place of {line.shape}"
    return result
