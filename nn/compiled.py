"""How a net written in scalars trains at the speed of arrays: recorded once, compiled, checked."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Value, no_grad
from autograd.compiler import Program, compile
from autograd.compiler.many import alike
from nn.labels import labels, leaves
from nn.measures import floats
from nn.parameters import Parameter

__all__ = ["Compiled", "compiled"]

Array = NDArray[Any]

CHECKED = 8  # examples on which the program must do as the net does
EXACT = 1e-9


class Compiled:
    """A program for the cost and the outputs of a net, in place of the net.

    Attributes:
        program: gives the cost, and the outputs, of each example.
        desired: turns desired outputs, or labels, into the program's inputs.
    """

    def __init__(self, program: Program, desired: Callable[[Array], Array]) -> None:
        self.program, self._desired = program, desired
        # What a program is given: one array for all calls, since a new one costs as much as a step.
        self._theta, self._given = np.empty(program.parameters), np.empty((0, program.inputs))

    def __call__(self, theta: Array, x: Array, y: Array) -> tuple[float, Array, Array]:
        """The cost of a mini-batch, its gradient, and the outputs."""
        value, gradient, found = self.program.value_grad_and_outputs(*self._arrays(theta, x, y))
        return value, gradient, found[:, 1:]

    def forward(self, theta: Array, x: Array, y: Array) -> tuple[float, Array]:
        """The cost and the outputs."""
        found = self.program(*self._arrays(theta, x, y))
        return float(found[:, 0].mean()), found[:, 1:]

    def _arrays(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        if len(x) != len(self._given):
            self._given = np.empty((len(x), self.program.inputs))
        np.copyto(self._theta, theta)
        np.concatenate([x, self._desired(y)], axis=1, out=self._given)
        return self._theta, self._given

    def agrees(self, net: Any, cost: Any, theta: Array, x: Array, y: Array) -> bool:
        """Whether net and cost give these numbers too, for some examples together."""
        with no_grad():
            outputs = net(x)
            expected = float(cost(outputs, y))
        value, found = self.forward(theta, x, y)
        size = 1.0 + abs(expected)
        return abs(value - expected) <= EXACT * size and alike(found, floats(outputs).reshape(len(x), -1))


def compiled(net: Any, cost: Any, params: Iterable[Parameter], X: Array, Y: Array) -> Compiled | None:
    """A program for a net of Values and a cost, or None where they cannot be turned into one.

    One example is recorded, with leaves for what it is given and should give. Then the program must do
    as the net does on the first examples: a cost that is no mean over examples, a choice by an
    ``if`` that they do not share, or an activation that draws random numbers would show there.
    """
    held = list(params)
    if not all(isinstance(p, Value) for p in held):
        return None
    theta = np.array([p.data for p in held])
    x, y = X[:CHECKED].astype(np.float64), Y[:CHECKED]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            desired, width = _as_columns(net, cost, x, y)
            program = _recorded(net, cost, held, x[:1], desired(y[:1]), width)
            found = None if program is None else Compiled(program, desired)
            return found if found is not None and found.agrees(net, cost, theta, x, y) else None
    except Exception:
        return None


def _as_columns(net: Any, cost: Any, x: Array, y: Array) -> tuple[Callable[[Array], Array], int]:
    """Desired outputs as columns of numbers; labels as a 1 in the column of their class."""
    if y.ndim == 2:
        return lambda y: y, y.shape[1]
    with no_grad():
        classes = floats(net(x[:1])).size
    ones = np.eye(classes)

    def marked(labels: Array) -> Array:
        if labels.min(initial=0) < 0 or labels.max(initial=0) >= classes:
            raise ValueError(
                f"labels are classes from 0 to {classes - 1}, given {labels.min()} to {labels.max()}"
            )
        return ones[labels]

    return marked, classes


def _recorded(net: Any, cost: Any, params: list[Any], x: Array, y: Array, width: int) -> Program | None:
    inputs = leaves(x, np.reshape(labels("a", (x.shape[1],), 0, Value), x.shape))
    desired = leaves(y, [[f"y_{{{j}}}" for j in range(width)]])
    outputs = net(inputs)
    c = cost(outputs, desired)
    if not isinstance(c, Value):
        return None
    if c.label is None:
        c.label = "C"
    return compile([c, *np.ravel(outputs)], [*inputs.ravel(), *desired.ravel()], params)
