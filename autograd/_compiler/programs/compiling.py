"""`compile`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd._compiler.find.tape import leaves
from autograd._compiler.programs.functions import CompiledFunction
from autograd._compiler.programs.program import Program
from autograd._graph.node import Node
from autograd._nodes.value import Value
from autograd._support.collector import spared

__all__ = ["compile"]


def compile(
    output: Value | Iterable[Value],
    inputs: Iterable[Node] | None = None,
    wrt: Iterable[Node] | None = None,
    dtype: Any = "float64",
) -> Program:
    r"""Turn a recorded scalar graph into a program for arrays, to be run on many examples at once.

    The graph is recorded once, with any numbers. Sums of products that share their quantities become
    products of matrices, as the lectures do by hand when they go from
    $a_0^{(1)} = \sigma(w_{00} a_0 + \dots + b_0)$ to $a^{(1)} = \sigma(W a + b)$; everything else is
    grouped by operation. Equal operations are done once, unused ones not at all.

    The program repeats the operations of the recording: a Python ``if`` on a node's number, or a loop
    whose length depends on one, is frozen as it went, and a warning says so. For a choice that each example
    makes for itself use `maximum`, `minimum`, `relu`, or `where`: ``where(x > 0, a, b)`` records the
    comparison, and the branch that an example does not take may be undefined for it. Leaves that are
    neither in `inputs` nor in `wrt` are constants, with the number they were recorded with.

    Args:
        output: the result, or several.
        inputs: leaves that have a number for each example: the columns of X. One that is named
            twice has the number of its last column.
        wrt: leaves to differentiate by, which are the same for all examples: theta. One that is an
            input too has its numbers from X.
        dtype: float32 or float64, in which the program computes.

    Returns:
        A `Program`.

    Raises:
        TypeError: for anything that is not a `Value`, and for another dtype.
        ValueError: when an input or parameter is not a leaf; when there is no output.

    Source: lecture section 1, where the sums of a layer become a matrix.

    >>> from autograd import Value, sigmoid
    >>> w, b, x = Value(0.5, label="w"), Value(0.1, label="b"), Value(0.0, label="x")
    >>> program = compile(sigmoid(w * x + b), inputs=[x], wrt=[w, b])
    >>> program([0.0, 0.0], [[1.0], [2.0], [3.0]])
    array([0.5, 0.5, 0.5])
    """
    if callable(output) and not isinstance(output, (Node, list)):
        if inputs is not None or wrt is not None or dtype != "float64":
            raise TypeError(
                "compile of a function takes it alone: its arguments are the inputs, and their dtypes "
                "the program's"
            )
        return output if isinstance(output, CompiledFunction) else CompiledFunction(output)
    outputs = [output] if isinstance(output, Value) else _outputs(output)
    if inputs is None or wrt is None:
        raise TypeError(
            "compile needs inputs, the leaves that have a number for each example, and wrt, the leaves to "
            "differentiate by, which all examples share; [] for none: compile(y, inputs=[x], wrt=[])"
        )
    columns, parameters = leaves("inputs", inputs), leaves("wrt", wrt)
    with spared():
        return Program(outputs, columns, parameters, _float(dtype), single=isinstance(output, Value))


def _outputs(output: Any) -> list[Value]:
    if isinstance(output, np.ndarray):
        output = output.ravel().tolist()
    if not isinstance(output, Iterable):
        raise TypeError(
            f"compile takes a Value or a list of them, not {type(output).__name__} ({output!r:.80})"
            + ("; record its result, compile(f(x), inputs=[x], wrt=[])" if callable(output) else "")
        )
    outputs = list(output)
    if not outputs:
        raise ValueError("compile needs an output, and was given an empty list")
    for node in outputs:
        if not isinstance(node, Value):
            raise TypeError(f"compile takes Values, not {type(node).__name__} ({node!r:.80})")
    return outputs


def _float(dtype: Any) -> np.dtype[Any]:
    for kind in map(np.dtype, ("float32", "float64")):
        if dtype is not None and dtype in (kind, kind.name):  # None is NumPy's name for float64
            return kind
    raise TypeError(f"dtype is float32 or float64, not {dtype!r}")
