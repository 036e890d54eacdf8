"""A graph of Tensors of one example, read as the scalars that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.find.tape import INPUT, PARAMETER
from autograd._compiler.find.tensors.rows import CannotLower, lowered
from autograd._compiler.find.tensors.scalars import Lines, Scalars
from autograd._compiler.find.tensors.steps import program_of
from autograd._graph.node import Node, topological_order
from autograd._nodes.tensor import Tensor

__all__ = ["CannotLower", "lower"]


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
    scalars = Scalars()
    lines: dict[Node, Lines] = {}
    for leaf, bit in [*((leaf, INPUT) for leaf in inputs), *((leaf, PARAMETER) for leaf in wrt)]:
        if not leaf.is_leaf:
            raise ValueError(f"inputs and wrt hold leaves, not the result of an operation ({leaf!r:.80})")
        if leaf in lines:
            scalars.depends[lines[leaf]] |= bit
        else:
            lines[leaf] = scalars.leaf(leaf.shape, bit)
    leaves = list(lines)
    for node in topological_order(*outputs):
        if node not in lines and not node.is_leaf:
            lines[node] = _lines_of(scalars, node, lines)
    # Leaves last: a node with the numbers of a leaf in other places does not rename them.
    order = (*list(lines)[len(leaves) :], *leaves)
    labels = [(lines[node], node.label) for node in order if node.label]
    results = [lines[node] if node in lines else scalars.constant(node._primal) for node in outputs]
    flat = [
        np.concatenate([np.empty(0, int), *(each.ravel() for each in several)])
        for several in (results, [lines[leaf] for leaf in inputs], [lines[leaf] for leaf in wrt])
    ]
    return program_of(scalars, flat[0], flat[1], flat[2], labels)


def _lines_of(scalars: Scalars, node: Any, lines: dict[Node, Lines]) -> Lines:
    """The lines of a result; a node that depends on no leaf is the array that it was recorded with."""
    args = [
        lines[arg] if arg in lines else scalars.constant(number)
        for arg, number in zip(node._args, node._inputs, strict=True)
    ]
    if not any(scalars.depends[arg].any() for arg in args):
        return scalars.constant(node._primal)
    result = lowered(scalars, node._op, args, node._params)
    assert result.shape == node.shape, f"{node._op} gives {result.shape} in place of {node.shape}"
    return result
