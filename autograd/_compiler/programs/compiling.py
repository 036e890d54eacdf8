"""`compile`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, overload

import numpy as np

from autograd._compiler.find.tape import CONSTANT, Tape, leaves, read
from autograd._compiler.find.tensors.lowering import CannotLower, lower
from autograd._compiler.programs.choices import places_of_choices, warn_of_choices
from autograd._compiler.programs.functions import CompiledFunction
from autograd._compiler.programs.program import Program, program_of
from autograd._compiler.programs.tensor_program import TensorProgram, tensor_program
from autograd._derivatives import structures
from autograd._graph.concretization import concretized, listed
from autograd._graph.node import Node, topological_order
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.collector import spared

__all__ = ["CannotLower", "compile", "compile_examples", "program_of_examples"]

P = ParamSpec("P")
R = TypeVar("R")
Tensors = Tensor | Sequence["Tensors"] | Mapping[Any, "Tensors"]  # in any structure


@overload
def compile(output: Callable[P, R]) -> CompiledFunction[P, R]: ...


@overload
def compile(
    output: Value | Iterable[Value],
    inputs: Iterable[Node] | None = None,
    wrt: Iterable[Node] | None = None,
    dtype: Any = None,
) -> Program: ...


@overload
def compile(
    output: Tensors,
    inputs: Iterable[Node] | None = None,
    wrt: Iterable[Node] | None = None,
    dtype: Any = None,
) -> TensorProgram: ...


def compile(
    output: Any = ...,
    inputs: Iterable[Node] | None = None,
    wrt: Iterable[Node] | None = None,
    dtype: Any = None,
    **options: Any,
) -> Program | TensorProgram | CompiledFunction[..., Any]:
    r"""Turn a calculation into a program: the same operations for other numbers, at the speed of arrays.

    The calculation is a recorded graph, of Values or of Tensors, with its leaves by their roles:

    >>> from autograd import Value, sigmoid
    >>> w, b, x = Value(0.5, label="w"), Value(0.1, label="b"), Value(0.0, label="x")
    >>> program = compile(sigmoid(w * x + b), inputs=[x], wrt=[w, b])
    >>> program([0.0, 0.0], [[1.0], [2.0], [3.0]])
    array([0.5, 0.5, 0.5])
    >>> W, X = Tensor(np.ones((1, 2)), label="W"), Tensor(np.zeros((3, 2)), label="X")
    >>> compile(sigmoid(X @ W.T), inputs=[X], wrt=[W])([[[0.0, 0.0]]], [np.ones((2, 2))])
    array([[0.5],
           [0.5]])

    Or it is a function, also a transform, which is recorded at its first call for each kind of arguments; the
    result is called as the function is, and may take its place by ``@compile``:

    >>> from autograd import hessian
    >>> fast = compile(hessian(lambda x: (x * x * x).sum()))
    >>> fast(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])

    A record has the operations of one run. A Python ``if`` on a node's number, or a loop whose length depends
    on one, is in it as it went, and a warning says so. `where`, `maximum`, `minimum` and `relu` choose for
    each number. ``where(x > 0, a, b)`` records the comparison of a Value, where the branch that is not taken
    may be undefined, and in a function that is compiled any comparison. In a graph of Tensors, recorded
    before, ``x > 0`` is an array of plain truths; on an array of Values
    ``where(numpy.greater(x, 0, dtype=object), a, b)`` records.

    **Values.** A program takes many examples at once, the rows of X. Sums of products that share their
    factors become products of matrices, as in the lectures' step from
    $a_0^{(1)} = \sigma(w_{00} a_0 + \dots + b_0)$ to $a^{(1)} = \sigma(W a + b)$; everything else is
    grouped by operation. Equal operations are done once, unused ones not at all.

    **Tensors.** A program takes one array for each leaf, and works in buffers that are made once. Another
    shape than the recorded one is computed where nothing in the record may stand for a length but the counts
    of means and variances, which are counted anew; otherwise the error says what does, as the 10 in
    ``total / 10`` may: record the graph again for that shape. A
    loop or an ``if`` on a shape itself is frozen as it went.

    **Functions.** ``fast`` takes the arguments of f; its results are plain numbers and arrays in the
    structure of f's own.

    * Floats and arrays of floats, also in lists, tuples and dicts, may have other numbers at the next call.
      Whole numbers, texts, objects, arrays of whole numbers, and each shape and dtype of an array are kinds
      of arguments: each has a recording of its own. ``fast.programs`` has them, ``print(fast)`` shows them.
    * A choice by a number is checked at each call: where it falls out otherwise, f is recorded for that
      branch too. A function that sees something else at nearly each call runs as it is, and a warning says
      so.
    * Arrays of whole numbers, truths or texts that differ at nearly each call, as labels, make f run as it
      is, with a warning: pass floats, as the one-hot form of labels.
    * Leaves that f refers to, as the parameters of a net, are read at each call: their numbers may change.
      All else that it refers to is frozen as it was while f was recorded: plain numbers and arrays, settings
      and attributes of objects, also a Tensor put in place of another. The mode of a module, ``training``, is
      checked at each call. A function that draws from a generator that it names, has as an argument, or as
      its module's, runs as it is; random numbers of another source are frozen. What it does beside computing
      (printing, appending to a list) happens while it is recorded. ``backward()``, setting
      ``.data`` and changing an argument in it are errors. A function that catches an error of an operation
      runs as it is.
    * The results are plain, without ``backward()``: compile `value_and_grad` of a function of the arrays, or
      train the parameters of a net by `nn.fit`.
    * Called with nodes, or inside a transform, ``fast`` is f itself, so it has derivatives in every order.
    * ``fast.vmap(xs, ys)`` computes many examples at once, along the first axis of each array.

    Args:
        output: the result, or several: Values in a list, Tensors in any structure; or a function, and
            nothing else.
        inputs: the leaves whose numbers come as X: of Values its columns, of Tensors a list of arrays. A
            Value that is named twice has the number of its last column.
        wrt: the leaves to differentiate by, whose numbers come as theta, the same for all examples. A Value
            that is an input too has its numbers from X. Leaves that are neither are constants, with the
            number they were recorded with.
        dtype: float32 or float64, in which the program computes. By default float64 for Values, and for
            Tensors what was recorded.

    Returns:
        A `Program` of Values, a `TensorProgram` of Tensors, a `CompiledFunction` of a function,
        whose `programs` are these. Both have exports: `to_jax`, `to_onnx`, `to_c`, `to_javascript`, `native`.

    Raises:
        TypeError: for anything that is not a `Value` or `Tensor`, for both together, and for another dtype.
        ValueError: when an input or parameter is not a leaf; when there is no output.
        RuntimeError: by the compiled function, where f does something that belongs to each call.

    Source: lecture section 1, where the sums of a layer become a matrix.
    """
    _refuse_options(output, options)
    if callable(output):
        if not inputs is wrt is dtype is None:
            raise TypeError(
                "compile of a function takes it alone: its arguments are the inputs, in their own dtypes"
            )
        return output if isinstance(output, CompiledFunction) else CompiledFunction(output)
    nodes = [node for _, node in structures.leaves(output)]
    of_tensors = any(isinstance(node, Tensor) for node in nodes)
    outputs = nodes if of_tensors else [output] if isinstance(output, Value) else _outputs(output)
    if inputs is None or wrt is None:
        raise TypeError(
            "compile needs inputs, the leaves that have a number for each example, and wrt, the leaves to "
            "differentiate by, which all examples share; [] for none: compile(y, inputs=[x], wrt=[])"
        )
    if of_tensors:
        for node in nodes:
            if not isinstance(node, Tensor):
                _refuse_mixed(node)
        in_list, by = _tensors("inputs", inputs), _tensors("wrt", wrt)
        if twice := [leaf for leaf in by if any(leaf is other for other in in_list)]:
            raise ValueError(f"{twice[0]!r:.80} is among the inputs and in wrt; in wrt alone it can be both")
        with spared():
            return tensor_program(output, in_list, by, None if dtype is None else _float(dtype))
    columns, parameters = leaves("inputs", inputs), leaves("wrt", wrt)
    kind = _float("float64" if dtype is None else dtype)
    with spared():
        recorded = read(outputs, columns, parameters)
        _warn_of_choices(recorded, outputs, parameters)
        return program_of(recorded, kind, single=isinstance(output, Value))


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
        CannotLower: with the reason, for a graph with an operation that has no form in scalars, and for one
            whose recording looked at a number, as by `numpy.sort`, since another example may differ there.

    >>> W, x = Tensor([[1.0, 2.0]], label="W"), Tensor([0.0, 0.0], label="x")
    >>> program = compile_examples([W @ x], [x], [W])
    >>> program([1.0, 2.0], [[1.0, 1.0], [0.0, 3.0]])
    array([[3.],
           [6.]])
    """
    if places := places_of_choices(_looks(outputs, [*inputs, *wrt]), wrt):
        raise CannotLower(
            f"the recording looked at the number of {listed(places)}, and another example may mean other "
            "operations"
        )
    return program_of_examples(outputs, inputs, wrt, dtype)


def program_of_examples(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], wrt: Sequence[Tensor], dtype: Any = None
) -> Program:
    """As `compile_examples`, of a graph whose recording noted each look: looks before it do not count."""
    with spared():
        arrays = lower(outputs, inputs, wrt)
        dtype = (
            np.result_type(np.float32, *(leaf.dtype for leaf in wrt or inputs)) if dtype is None else dtype
        )
        return Program(arrays, None, _float(dtype), single=False)


def _refuse_options(output: Any, options: Mapping[str, Any]) -> None:
    if option := next(iter(options), None):
        advice = (
            "whole numbers, texts and objects among a function's arguments are static by themselves, each "
            "with a recording of its own, and floats and arrays of floats never are"
            if option.startswith("static")
            else "a function is compiled alone, a graph with inputs, wrt and dtype"
        )
        raise TypeError(f"compile has no {option}: {advice}")
    if output is ...:
        raise TypeError(
            "compile takes a function or the result of a calculation: write compile(f), or @compile without "
            "parentheses; the dtype of a function is that of its arguments"
        )


def _looks(outputs: Sequence[Node], leaves: Sequence[Node]) -> list[Node]:
    """The nodes of a graph that depend on some leaves and whose numbers were looked at; not its ends."""
    looks = concretized()
    if not looks:
        return []
    depending, used = set(leaves), set(leaves)
    for node in topological_order(*outputs):
        used.update(parent for parent in node._links() if parent is not None)
        if not depending.isdisjoint(node._links()):
            depending.add(node)
    return [node for node in looks if node in depending and node in used]


def _refuse_mixed(node: Any) -> None:
    if isinstance(node, Value):
        raise TypeError(
            "compile takes Values or Tensors, not both in one list: compile each kind for itself, or write "
            f"the whole calculation with Tensors, where Tensor(2.0) holds one number ({node!r:.80})"
        )
    raise TypeError(f"compile takes Tensors, not {type(node).__name__} ({node!r:.80})")


def _tensors(name: str, nodes: Iterable[Any]) -> list[Tensor]:
    """The nodes as a list, after a check that each is a leaf that holds an array."""
    if isinstance(nodes, Node):
        raise TypeError(f"{name} is a list of Tensors, and is one itself: write [{nodes!r:.80}]")
    tensors = list(nodes)
    for node in tensors:
        if not isinstance(node, Tensor):
            raise TypeError(f"{name} is a list of Tensors, as the output is one, and holds {node!r:.80}")
        if not node.is_leaf:
            raise ValueError(f"{name} holds leaves, not the result of an operation ({node!r:.80})")
    if len(set(map(id, tensors))) < len(tensors):
        raise ValueError(f"{name} names a leaf twice: {[node.label for node in tensors]}")
    return tensors


def _outputs(output: Any) -> list[Value]:
    if isinstance(output, np.ndarray):
        output = output.ravel().tolist()
    if not isinstance(output, Iterable):
        raise TypeError(
            f"compile takes a Value or a list of them, not {type(output).__name__} ({output!r:.80}); also "
            "Tensors, and a function"
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
    looks = [(node, line) for node in concretized() if (line := tape.nodes.get(node)) is not None]
    if not looks:
        return
    results = {id(node) for node in outputs if not node.is_leaf}
    used = set(tape.args[:, tape.code > CONSTANT].ravel().tolist())
    nodes = [n for n, line in looks if tape.depends[line] and (id(n) not in results or line in used)]
    each = (
        "every example; where(x > 0, a, b), maximum and relu choose for each. On an array of Values x > 0 is "
        "plain truths, and where(numpy.greater(x, 0, dtype=object), a, b) chooses for each"
    )
    warn_of_choices(nodes, wrt, each)
