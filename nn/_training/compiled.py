"""A net of Values trained at the speed of arrays: recorded once, compiled, and checked."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import DomainError, Value, no_grad
from autograd._compiler import Program, compile
from autograd._compiler.programs.vmap import alike, chosen_by, leeway
from autograd._functions.value_arrays import ValueArray
from autograd._graph.concretization import watching_concretization
from autograd._graph.leaving import plain_array
from autograd._support.callers import warn
from autograd._support.collector import spared
from nn._measures.class_labels import unit_rows
from nn._measures.costs import LogitsWarning
from nn._nets.contents import evaluating, modules_of
from nn._nets.labels import labels, leaves
from nn._nets.layers import Layer, Neuron
from nn._nets.mlp import MLP
from nn._nets.modules import Sequential
from nn._nets.parameters import Parameter
from nn._training.dependence import CutError, check_reached
from nn._training.side_effects import Snapshot, everybodys_generators, generators_of

__all__ = ["CannotCompile", "Compiled", "compiled", "somewhere", "spread"]

Array = NDArray[Any]

CHECKED = 8  # examples on which the program and the net have to agree
GOLDEN = 0.6180339887498949  # steps of this share of a range leave no large part of it out


class CannotCompile(Exception):
    """The reason to run a net of Values and its cost scalar by scalar."""


def spread(n: int) -> list[int]:
    """A few places, spread over n examples, in order: examples of one class may lie together.

    >>> spread(1000)
    [0, 90, 236, 326, 472, 618, 708, 854]
    """
    return sorted({somewhere(i, n) for i in range(CHECKED)})


def somewhere(i: int, n: int) -> int:
    """The i-th place in a sequence of places among n examples, each far from the earlier ones."""
    return int(i * GOLDEN * n) % n


class Compiled:
    """A program that computes the cost and the outputs in place of a net.

    Attributes:
        program: gives the cost, and the outputs, of each example.
        desired: turns desired outputs, or labels, into the program's inputs.
        evaluates: whether the program, which is that of training mode, holds in evaluation mode too.
    """

    def __init__(self, program: Program, desired: Callable[[Array], Array]) -> None:
        self.program, self._desired, self.evaluates = program, desired, True
        # One array for the inputs of all calls: a new one costs as much as a step.
        self._theta, self._inputs = np.empty(program.parameters), np.empty((0, program.inputs))

    def __call__(self, theta: Array, x: Array, y: Array) -> tuple[float, Array, Array]:
        """The cost of a mini-batch, its gradient, and the outputs."""
        value, gradient, outputs = self.program.value_grad_and_outputs(*self._arrays(theta, x, y))
        return value, gradient, outputs[:, 1:]

    def forward(self, theta: Array, x: Array, y: Array) -> tuple[float, Array]:
        """The cost and the outputs."""
        outputs = self.program(*self._arrays(theta, x, y))
        return float(_mean_cost(outputs)), outputs[:, 1:]

    def _arrays(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        if len(x) != len(self._inputs):
            self._inputs = np.empty((len(x), self.program.inputs))
        np.copyto(self._theta, theta)
        np.concatenate([x.reshape(len(x), -1), self._desired(y)], axis=1, out=self._inputs)
        return self._theta, self._inputs

    def check(self, net: Any, cost: Any, theta: Array, x: Array, y: Array) -> None:
        """Compare the program with the net and the cost, on some examples together.

        Raises:
            CannotCompile: where they give other numbers, or the net has side effects.
        """
        with _without_side_effects(net, generators_of(net, cost)), no_grad():
            a = net(x)
            expected_cost = np.array(float(cost(a, y)))
        expected = plain_array(a).reshape(len(x), -1)
        arrays = self._arrays(theta, x, y)
        try:
            outputs = self.program(*arrays)
        except DomainError as error:
            raise CannotCompile(f"the program is undefined where the net is not, {error}") from None
        value = _mean_cost(outputs)
        if alike(outputs[:, 1:], expected, 0.0) and alike(value, expected_cost, 0.0):
            return
        allowed = leeway(self.program, *arrays, outputs)
        if not alike(outputs[:, 1:], expected, allowed[:, 1:]):
            raise CannotCompile(
                "its operations depend on its numbers, as by an `if` on a Value, or differ from call to call"
            )
        single = len(x) == 1  # the mean is the cost itself, whose leeway is known
        around = allowed[0, 0] if single else leeway(self.program, *arrays, value, of=_mean_cost)
        if not alike(value, expected_cost, around):
            raise CannotCompile(
                f"the cost of {len(x)} examples together is {expected_cost:.6g}, the mean of the cost of "
                f"each {value:.6g}: it is no mean over the examples, or depends on numbers, as by an `if`"
            )


@contextmanager
def _without_side_effects(net: Any, sources: list[Any]) -> Iterator[None]:
    """Undo the side effects of a forward pass, and raise CannotCompile if there are any."""
    before = Snapshot(net, sources, settings=True)
    if before.is_empty:
        yield
        return
    difference = None
    try:
        yield
    except CannotCompile as error:
        difference = error
    finally:
        effect = before.changes()
        before.put_back()
    if effect or difference:
        raise CannotCompile(f"in training mode it {effect}" if effect else str(difference))


def _mean_cost(outputs: Array) -> Array:
    return np.asarray(outputs[:, 0].mean())


def compiled(
    net: Any, cost: Any, params: Iterable[Parameter], X: Array, Y: Array, checked: list[int]
) -> Compiled | None:
    """A program for a net of Values and a cost; None for a net of anything else.

    One example is recorded, with leaves for its inputs and desired outputs. Then the program has to agree
    with the net on some examples: a cost that is no mean over examples, or a choice by an ``if`` that
    they do not share, would show there. An example for which the net or the cost is undefined is left out:
    the step that meets it raises the error.

    Args:
        checked: the places of these examples.

    Raises:
        CannotCompile: with the reason.
        CutError: where the cost depends on no parameter.
    """
    nodes = list(params)
    if not all(isinstance(p, Value) for p in nodes):
        return None
    theta = np.array([p.data for p in nodes])
    x, y = X[checked].astype(np.float64), Y[checked]
    try:
        with _only_of_logits(), spared():
            try:
                return _checked(net, cost, nodes, theta, x, y)
            except DomainError as error:
                defined = [i for i in range(len(x)) if _is_defined(net, cost, x[[i]], y[[i]])]
                if not defined:
                    raise CannotCompile(f"on each of {len(x)} examples it is undefined, as {error}") from None
            return _checked(net, cost, nodes, theta, x[defined], y[defined])
    except (CannotCompile, CutError, LogitsWarning):  # a warning is raised under python -W error
        raise
    except Exception as error:
        raise CannotCompile(f"one example with Values for its numbers gave {error!r:.200}") from error


@contextmanager
def _only_of_logits() -> Iterator[None]:
    """Of all warnings while a net is recorded, pass only those about logits on."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for message in dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, LogitsWarning)):
        warn(message, LogitsWarning)


def _checked(net: Any, cost: Any, params: list[Any], theta: Array, x: Array, y: Array) -> Compiled:
    """A program recorded with the first of some examples, and compared on all of them."""
    with _without_side_effects(net, [*generators_of(net, cost), *everybodys_generators()]):
        desired, width = _as_columns(net, x, y)
        candidate = Compiled(_recorded(net, cost, params, x[:1], desired(y[:1]), width), desired)
    candidate.check(net, cost, theta, x, y)
    # A module of a user's may ask for its mode.
    if any(type(module) not in (MLP, Layer, Neuron, Sequential) for module in modules_of(net)):
        with suppress(CannotCompile), evaluating(net):
            candidate.evaluates = False
            candidate.check(net, cost, theta, x, y)
            candidate.evaluates = True
    return candidate


def _is_defined(net: Any, cost: Any, x: Array, y: Array) -> bool:
    try:
        with no_grad():
            cost(net(x), y)
    except DomainError:
        return False
    return True


def _as_columns(net: Any, x: Array, y: Array) -> tuple[Callable[[Array], Array], int]:
    """Desired outputs as columns of numbers; labels as a 1 in the column of their class, or as one column."""
    if y.ndim == 2:
        return lambda y: y, y.shape[1]
    with no_grad():
        classes = plain_array(net(x[:1])).size
    if classes == 1:
        return lambda labels: labels.reshape(-1, 1).astype(np.float64), 1
    return lambda labels: unit_rows(labels, classes), classes


def _recorded(net: Any, cost: Any, params: list[Any], x: Array, y: Array, width: int) -> Program:
    inputs = leaves(x, np.reshape(labels("a", x.shape[1:], 0, Value), x.shape))
    desired = leaves(y, [[f"y_{{{j}}}" for j in range(width)]])
    with watching_concretization() as watched:
        outputs = net(inputs)
        c = cost(outputs, desired.view(ValueArray))
    if isinstance(c, Value):
        check_reached(c, params)
    if chosen_by(watched, inputs.flat):
        raise CannotCompile(
            "it looks at the number of a Value, as an `if` does, and another number may mean other operations"
        )
    if not isinstance(c, Value):
        raise CannotCompile(f"its cost is of type {type(c).__name__}, not a Value")
    if c.label is None:
        c.label = "C"
    return compile([c, *np.ravel(outputs)], [*inputs.ravel(), *desired.ravel()], params)
