"""A compiled function for many examples: along the first axis of each array among its arguments."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tape import read
from autograd._compiler.find.tensors import tape as tensor_tape
from autograd._compiler.programs.program import Program, program_of
from autograd._compiler.programs.recordings import DOUBLE, Graph, Truth
from autograd._compiler.programs.tensors.exports import scalars_of
from autograd._derivatives.structures import is_container, leaves, rebuild
from autograd._graph.node import Node
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value

__all__ = ["Batch", "batch_of", "count_examples", "example", "joined", "refuse_axes"]

Array = NDArray[Any]

SHARED = "let the function refer to it, as in compile(lambda x: f(x, shared)).vmap(xs)"


def count_examples(paths: Sequence[tuple[str, Any]]) -> int:
    """The length of the first axis of all arrays.

    Args:
        paths: all arguments, with their names.

    Raises:
        ValueError: where there is no array, where lengths differ, and for no example.

    >>> count_examples([("x", np.zeros(3)), ("rate", 0.5), ("A", np.zeros((3, 2)))])
    3
    """
    lengths = {path: len(x) for path, x in paths if isinstance(x, np.ndarray) and x.ndim}
    if not lengths:
        raise ValueError(
            "vmap takes arrays whose first axis counts the examples, and none was passed: write np.array(xs) "
            "of a list; a plain number is the same for all examples"
        )
    if len(set(lengths.values())) > 1:
        text = ", ".join(f"{path} has {n}" for path, n in lengths.items())
        raise ValueError(
            f"vmap takes as many examples in each array along its first axis; {text}. An array that all "
            f"examples share is none of its arguments: {SHARED}"
        )
    count = next(iter(lengths.values()))
    if not count:
        raise ValueError("vmap takes at least one example: the shape of a result is known from one")
    return count


def refuse_axes(f: Callable[..., Any], named: Mapping[str, Any]) -> None:
    """Refuse the options of other libraries' vmap, unless they are parameters of the function.

    Raises:
        TypeError: names the option, and what to write.
    """
    for option in {"in_axes", "in_dims", "out_axes", "out_dims"}.intersection(named):
        try:
            is_own = option in inspect.signature(f).parameters
        except (TypeError, ValueError):  # of a function written in C
            is_own = False
        if not is_own:
            raise TypeError(
                f"vmap has no {option}: the first axis of each array counts the examples, of arguments and "
                f"results; np.moveaxis puts another there. An array that all examples share: {SHARED}"
            )


def example(argument: Any, i: int) -> Any:
    """The argument of one example: a float from an array of one axis, else an array.

    >>> example([np.array([1.0, 2.0]), 5.0], 1)
    [2.0, 5.0]
    """

    def of_leaf(x: Any) -> Any:
        if not isinstance(x, np.ndarray) or not x.ndim:
            return x
        return x[i].item() if x.ndim == 1 else x[i]

    return rebuild(argument, iter([of_leaf(x) for _, x in leaves(argument)]))


class Batch:
    """A function as a program for many examples.

    Args:
        graph: of one example; its results are Values, or Tensors.
        hidden: the leaves that the function refers to.
        program: of the results, with the function's arguments as inputs, and `hidden` as theta; None without
            results.
    """

    def __init__(self, graph: Graph, hidden: list[Any], program: Program | None) -> None:
        self._hidden, self.program = hidden, program
        ends = itertools.accumulate((math.prod(_shape(node)) for node in graph.results), initial=0)
        columns = [slice(*pair) for pair in itertools.pairwise(ends)]
        self._build = _builder(graph.out, dict(zip(graph.results, columns, strict=True)))

    def __call__(self, numbers: Sequence[Any], count: int) -> Any:
        """The results for the leaves of the arguments; None where some number is not finite."""
        columns = [np.reshape(x, (count, -1)) if np.ndim(x) else np.full((count, 1), x) for x in numbers]
        outputs = np.empty((count, 0))
        if self.program is not None:
            theta = np.concatenate([np.empty(0), *(np.ravel(h._primal) for h in self._hidden)])
            X = np.concatenate(columns, axis=1, dtype=float)
            with np.errstate(all="ignore"):  # a number that is not finite is told by the function itself
                outputs = self.program(theta, X)
            if not np.isfinite(outputs).all():
                return None
        return self._build(outputs)


def batch_of(graph: Graph) -> Batch | None:
    """A program for many examples; None where each example is a call."""
    kinds, results = {type(node) for node in graph.results}, graph.results
    if graph.looked or graph.record.settings or graph.obstacle() or kinds not in (set(), {Value}, {Tensor}):
        return None
    hidden: list[Any] = [h for h in graph.hidden if type(h) in kinds]
    if not results:
        return Batch(graph, hidden, None)
    if kinds == {Value}:
        return Batch(graph, hidden, program_of(read(results, graph.variables, hidden), DOUBLE, single=False))
    tape, _ = tensor_tape.read(results, [*hidden, *graph.variables])
    return Batch(graph, hidden, scalars_of(tape, len(hidden), joined=False))


def _builder(out: Any, columns: dict[Any, slice]) -> Callable[[Array], Any]:
    """The function from the outputs of a program for all examples to the results.

    Args:
        out: the result for one example, with nodes in it.
        columns: of the nodes, among the outputs.
    """
    if isinstance(out, (Truth, Node)):
        node: Any = out.node if isinstance(out, Truth) else out
        part, shape = columns[node], _shape(node)
        kind = bool if isinstance(out, Truth) else node.dtype if isinstance(node, Tensor) else float
        return lambda outputs: outputs[:, part].reshape(-1, *shape).astype(kind)
    if not is_container(out):
        return lambda outputs: joined([out] * len(outputs))
    builders = [_builder(part, columns) for part in _present(out)]
    if isinstance(out, np.ndarray):
        shape = out.shape
        return lambda outputs: _stacked([build(outputs) for build in builders], len(outputs), shape)
    template = rebuild(out, iter(range(len(builders))), deep=False)
    return lambda outputs: rebuild(template, (build(outputs) for build in builders), deep=False)


def _shape(node: Any) -> tuple[int, ...]:
    return node.shape if isinstance(node, Tensor) else ()


def _stacked(columns: list[Array], count: int, shape: tuple[int, ...]) -> Array:
    return np.stack(columns, axis=1).reshape(count, *shape) if columns else np.empty((count, *shape))


def _present(container: Any) -> list[Any]:
    parts = container.values() if isinstance(container, dict) else container
    parts = parts.flat if isinstance(parts, np.ndarray) else parts
    return [part for part in parts if part is not None]


def joined(results: list[Any]) -> Any:
    """The results of all examples in the structure of one: numbers and arrays in one array.

    >>> joined([(1.0, None), (2.0, None)])
    (array([1., 2.]), None)
    """
    first = results[0]
    if first is None or isinstance(first, (str, bytes)):
        return first
    if not is_container(first):
        return np.stack([np.asarray(result) for result in results])
    columns = zip(*(_present(result) for result in results), strict=True)
    return rebuild(first, iter([joined(list(column)) for column in columns]), deep=False)
