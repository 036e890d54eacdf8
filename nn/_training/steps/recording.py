"""A program of a net and its cost, from one example recorded on nodes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Tensor, Value, no_grad
from autograd._compiler.programs.compiling import CannotLower, compile, program_of_examples
from autograd._compiler.programs.for_many import chosen_by
from autograd._compiler.programs.program import Program
from autograd._functions.value_arrays import ValueArray
from autograd._graph.concretization import Look, Looks, noting_looks
from autograd._graph.leaving import plain_array
from autograd._graph.node import reach
from autograd._support.callers import warn_again
from nn._measures.class_labels import unit_rows
from nn._measures.costs import LogitsWarning
from nn._nets.labels import labels, leaves
from nn._training.steps.dependence import check_reached

__all__ = [
    "CannotCompile", "Columns", "Graph", "Recording", "desired_columns", "only_of_logits", "record",
    "record_tensors",
]  # fmt: skip

Array = NDArray[Any]
Columns = Callable[[Array], Array]


class CannotCompile(Exception):
    """The reason to run a net and its cost on nodes."""


@dataclass(frozen=True)
class Recording:
    """A program, and the parameters that its cost depends on: its theta.

    Attributes:
        places: of these parameters among all that the optimizer moves.
    """

    program: Program
    parameters: list[Any]
    places: list[int]


def desired_columns(net: Any, x: Array, y: Array) -> Columns:
    """A function that makes columns of desired outputs: of labels a 1 in that of their class, or one column.

    Args:
        net: asked for its number of outputs where y holds labels.
        x, y: some examples.
    """
    if y.ndim == 2:
        return _unchanged
    with no_grad():
        classes = plain_array(net(x[:1])).size
    if classes == 1:
        return lambda labels: labels.reshape(-1, 1).astype(np.float64)
    return lambda labels: unit_rows(labels, classes)


def _unchanged(y: Array) -> Array:
    return y


def record(
    net: Any, cost: Any, moving: Sequence[Any], x: Array, desired: Array, dtype: np.dtype[Any]
) -> Recording:
    """Record the cost and the outputs of one example, with leaves for its inputs and desired outputs.

    Args:
        net, cost: as for `fit`.
        moving: the parameters that the optimizer moves, all Values or all Tensors.
        x: the inputs, shape (1, ...).
        desired: the desired outputs, shape (1, columns).
        dtype: of the program.

    Raises:
        CannotCompile: with the reason.
        CutError: where the cost depends on no parameter.
    """
    is_scalar = isinstance(moving[0], Value)
    graph = (_record_values if is_scalar else record_tensors)(net, cost, moving, x, desired)
    try:
        program = (compile if is_scalar else program_of_examples)(
            [graph.cost, *np.ravel(graph.outputs)] if is_scalar else [graph.cost, graph.outputs],
            graph.leaves,
            graph.parameters,
            dtype,
        )
    except CannotLower as reason:
        raise CannotCompile(str(reason)) from None
    return Recording(program, graph.parameters, graph.places)


@dataclass(frozen=True)
class Graph:
    """A recorded cost and outputs, the leaves of the examples, and the parameters that the cost depends on.

    Attributes:
        places: of these parameters among all that the optimizer moves.
    """

    cost: Any
    outputs: Any
    leaves: list[Any]
    parameters: list[Any]
    places: list[int]


def _record_values(net: Any, cost: Any, moving: Sequence[Any], x: Array, desired: Array) -> Graph:
    inputs = leaves(x, np.reshape(labels("a", x.shape[1:], 0, Value), x.shape))
    targets = leaves(desired, [[f"y_{{{j}}}" for j in range(desired.shape[1])]])
    with noting_looks(refuses=False) as record:
        outputs = net(inputs)
        c = cost(outputs, targets.view(ValueArray))
    columns = [*inputs.ravel(), *targets.ravel()]
    return _graph(c, outputs, columns, moving, record, columns)


def record_tensors(net: Any, cost: Any, moving: Sequence[Any], x: Array, desired: Array) -> Graph:
    """Record the cost and the outputs of a batch on Tensors; arguments and errors as of `record`."""
    inputs, targets = Tensor(x, label=labels("a", x.shape[1:], 0, Tensor)), Tensor(desired, label="y")
    with noting_looks(refuses=False) as record:  # in which comparisons are recorded
        outputs = net(inputs)
        c = cost(outputs, targets)
    # The numbers of a Tensor are not read to make a theta: a cost that reads them computes with them.
    graph = _graph(c, outputs, [inputs, targets], moving, record, [inputs, targets, *moving])
    if not isinstance(outputs, Tensor) or c.size != 1:
        raise CannotCompile(f"its outputs are of type {type(outputs).__name__}, or its cost is no one number")
    return graph


def _graph(
    c: Any, outputs: Any, columns: list[Any], moving: Sequence[Any], record: Looks, choosing: list[Any]
) -> Graph:
    """The graph of a cost, if it is a node of the parameters' kind and no number of it was looked at."""
    kind = Value if isinstance(moving[0], Value) else Tensor
    places: list[int] = []
    if isinstance(c, (Value, Tensor)):
        check_reached(c, moving)
        reached = set(reach([c]))
        places = [i for i, p in enumerate(moving) if p in reached]
    looks = [look for look in record.looks if look.text is None and chosen_by(look.nodes, choosing)]
    if looks:
        raise CannotCompile(_told(next((look for look in looks if look.place), looks[0]), kind))
    if not isinstance(c, kind):
        raise CannotCompile(f"its cost is of type {type(c).__name__}, not a {kind.__name__}")
    if c.label is None:
        c.label = "C"
    return Graph(c, outputs, columns, [moving[i] for i in places], places)


def _told(look: Look, kind: type[Any]) -> str:
    """The reason that a look is, with its line."""
    place = f" ({look.place})" if look.place else ""
    if look.is_choice:
        saw = f"looks at the number of a {kind.__name__}, as an `if` or an index does{place}"
    else:
        saw = f"reads the number of a {kind.__name__}, as `item()`, `.data` or `argmax` does{place}"
    return f"it {saw}, and another number may mean other operations"


@contextmanager
def only_of_logits() -> Iterator[None]:
    """Of all warnings while a net is recorded, pass only those about logits on."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for message in {str(w.message): w for w in caught if issubclass(w.category, LogitsWarning)}.values():
        warn_again(message)
