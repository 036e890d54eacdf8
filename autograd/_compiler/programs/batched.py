"""A compiled function for many examples: along the first axis of each array among its arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tape import read
from autograd._compiler.programs.program import program_of
from autograd._compiler.programs.recordings import DOUBLE, Graph, Truth
from autograd._derivatives.structures import is_container, leaves, rebuild
from autograd._nodes.value import Value

__all__ = ["Batch", "batch_of", "count_examples", "example", "joined"]

Array = NDArray[Any]


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
        raise ValueError(f"vmap takes as many examples in each array along its first axis; {text}")
    count = next(iter(lengths.values()))
    if not count:
        raise ValueError("vmap takes at least one example: the shape of a result is known from one")
    return count


def example(argument: Any, i: int) -> Any:
    """The argument of one example: a float from an array of one axis, else an array.

    >>> example([np.array([1.0, 2.0]), 5.0], 1)
    [2.0, 5.0]
    """

    def of_leaf(x: Any) -> Any:
        if not isinstance(x, np.ndarray) or not x.ndim:
            return x
        return float(x[i]) if x.ndim == 1 else x[i]

    return rebuild(argument, iter([of_leaf(x) for _, x in leaves(argument)]))


class Batch:
    """A function of Values as a program for many examples.

    Args:
        graph: of one example.
    """

    def __init__(self, graph: Graph) -> None:
        self._hidden: list[Any] = [h for h in graph.hidden if isinstance(h, Value)]
        self.program = (
            program_of(read(graph.results, graph.variables, self._hidden), DOUBLE, single=False)
            if graph.results
            else None
        )
        self._build = _builder(graph.out, {node: i for i, node in enumerate(graph.results)})

    def __call__(self, numbers: Sequence[Any], count: int) -> Any:
        """The results for the leaves of the arguments; None where some number is not finite."""
        columns = [np.reshape(x, (count, -1)) if np.ndim(x) else np.full((count, 1), x) for x in numbers]
        outputs = np.empty((count, 0))
        if self.program is not None:
            theta = np.array([h._primal for h in self._hidden], float)
            outputs = self.program(theta, np.concatenate(columns, axis=1, dtype=float))
            if not np.isfinite(outputs).all():
                return None
        return self._build(outputs)


def batch_of(graph: Graph) -> Batch | None:
    """A program for many examples; None where each example is a call."""
    is_scalar = all(isinstance(node, Value) for node in graph.results)
    return Batch(graph) if is_scalar and not graph.looked and not graph.record.paused else None


def _builder(out: Any, indices: dict[Any, int]) -> Callable[[Array], Any]:
    """The function from the outputs of a program for all examples to the results."""
    if isinstance(out, (Truth, Value)):
        i, kind = (
            indices[out.node if isinstance(out, Truth) else out],
            bool if isinstance(out, Truth) else float,
        )
        return lambda outputs: outputs[:, i].astype(kind)
    if not is_container(out):
        return lambda outputs: joined([out] * len(outputs))
    builders = [_builder(part, indices) for part in _present(out)]
    if isinstance(out, np.ndarray):
        shape = out.shape
        return lambda outputs: _stacked([build(outputs) for build in builders], len(outputs), shape)
    template = rebuild(out, iter(range(len(builders))), deep=False)
    return lambda outputs: rebuild(template, (build(outputs) for build in builders), deep=False)


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
