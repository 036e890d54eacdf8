"""`compile`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd._compiler.find.guards import guarded
from autograd._compiler.find.tape import CONSTANT, Tape, labels_of, leaves, read
from autograd._compiler.find.tensors.lowering import CannotLower, lower
from autograd._compiler.find.vectorize import vectorize_regular
from autograd._compiler.programs.program import Program
from autograd._compiler.run.reference import Reference
from autograd._graph.concretization import concretized, listed, where_concretized
from autograd._graph.node import Node, name
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.callers import warn
from autograd._support.collector import spared

__all__ = ["CannotLower", "compile", "compile_examples"]


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
    outputs = [output] if isinstance(output, Value) else _outputs(output)
    if inputs is None or wrt is None:
        raise TypeError(
            "compile needs inputs, the leaves that have a number for each example, and wrt, the leaves to "
            "differentiate by, which all examples share; [] for none: compile(y, inputs=[x], wrt=[])"
        )
    columns, parameters = leaves("inputs", inputs), leaves("wrt", wrt)
    with spared():
        recorded = read(outputs, columns, parameters)
        _warn_of_choices(recorded, outputs, parameters)
        tape = guarded(recorded)
        arrays = vectorize_regular(tape)
        every = np.ones(len(tape.code), bool)
        reference = Reference(tape, labels_of(tape, every) if arrays is None else arrays.labels)
        return Program(arrays, reference, _float(dtype), single=isinstance(output, Value))


def compile_examples(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], wrt: Sequence[Tensor], dtype: Any = None
) -> Program:
    """Turn a graph of Tensors, recorded with one example, into a program for many.

    Its numbers follow NumPy: nan and infinities are results.

    Args:
        outputs: the results; their numbers, one after another, are the outputs of the program.
        inputs: leaves that differ from example to example; their numbers are the columns of X.
        wrt: leaves to differentiate by; their numbers are theta.
        dtype: float32 or float64; by default that of `wrt`.

    Raises:
        ValueError: when an input or parameter is not a leaf.
        CannotLower: with the reason, for a graph with an operation that has no form in scalars.

    >>> W, x = Tensor([[1.0, 2.0]], label="W"), Tensor([0.0, 0.0], label="x")
    >>> program = compile_examples([W @ x], [x], [W])
    >>> program([1.0, 2.0], [[1.0, 1.0], [0.0, 3.0]])
    array([[3.],
           [6.]])
    """
    with spared():
        arrays = lower(outputs, inputs, wrt)
        dtype = (
            np.result_type(np.float32, *(leaf.dtype for leaf in wrt or inputs)) if dtype is None else dtype
        )
        return Program(arrays, None, _float(dtype), single=False)


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


def _warn_of_choices(tape: Tape, outputs: list[Value], wrt: list[Value]) -> None:
    """Warn of numbers that the recording looked at, as by an ``if``: the choice is frozen.

    Reading a result after the recording chooses nothing, nor does reading a number that is the same for all
    examples and parameters. The numbers of parameters are read to make a theta of them.
    """
    looks = [(node, line) for node in concretized() if (line := tape.nodes.get(node)) is not None]
    if not looks:
        return
    parameters, results = set(map(id, wrt)), {id(node) for node in outputs if not node.is_leaf}
    used = set(tape.args[:, tape.code > CONSTANT].ravel().tolist())
    places = []
    for node, line in looks:
        if not tape.depends[line] or (id(node) in results and line not in used):
            continue
        place, chooses = where_concretized(node) or ("", False)
        if chooses or id(node) not in parameters:
            places.append(f"{name(node)} ({place})")
    if places:
        warn(
            f"the recording looked at the number of {listed(places)}. What was chosen by it, or "
            "computed from it in plain Python, is the same for every example; where(x > 0, a, b), maximum "
            "and relu choose for each. If nothing was, all is well",
            RuntimeWarning,
        )
