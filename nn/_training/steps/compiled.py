"""A net and its cost as a program that agrees with them on some examples."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import DomainError, Tensor, Value, no_grad
from autograd._compiler.programs.for_many import alike, leeway
from autograd._compiler.programs.program import Program
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain
from autograd._support.collector import spared
from nn._measures.costs import LogitsWarning
from nn._nets.contents import evaluating, modules_of
from nn._nets.layers import Layer, Neuron
from nn._nets.mlp import MLP
from nn._nets.modules import Sequential
from nn._nets.parameters import Flat
from nn._training.steps.dependence import CutError
from nn._training.steps.examples import Examples, in_dtype
from nn._training.steps.recording import (
    CannotCompile,
    Columns,
    Recording,
    desired_columns,
    only_of_logits,
    record,
)
from nn._training.steps.side_effects import (
    Snapshot,
    Variables,
    everybodys_generators,
)

__all__ = [
    "ON_TENSORS", "CannotCompile", "Compiled", "Evaluate", "check_kind", "compiled", "difference",
    "eager_results", "mean_cost", "same_nodes", "somewhere", "spread", "without_side_effects",
]  # fmt: skip

Array = NDArray[Any]
Evaluate = Callable[[Array, Array], tuple[float, Array, Array]]

CHECKED = 8  # examples on which the program and the net have to agree
GOLDEN = 0.6180339887498949  # steps of this share of a range leave no large part of it out
# Relative: the most that another order of additions may change a number.
ROUNDING = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-4}
SMALL, ON_TENSORS = 4, 20  # steps that take as long as a check
OPERATIONS = 26  # on Values, in the time of a step by a program
OURS = MLP, Layer, Neuron, Sequential  # modules that do the same in both modes, and draw and count nothing


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
        flat: the parameters that the cost depends on, which are the program's theta.
        places: of these among the parameters of the optimizer.
        moving: all parameters that the optimizer moved when the net was recorded.
        evaluates: whether the program, which is that of training mode, holds in evaluation mode too.
        steps_of_a_check: how many steps take about as long as a check, in which Values compute one by one.
    """

    def __init__(self, recording: Recording, desired: Columns, moving: Sequence[Any]) -> None:
        self.program: Program = recording.program
        self.flat = Flat(recording.parameters, self.program.dtype)
        self.places, self.moving, self._desired = recording.places, list(moving), desired
        self.evaluates = True
        operations = sum(step.operations for step in self.program._array_program.steps)
        is_scalar = isinstance(moving[0], Value)
        self.steps_of_a_check = max(SMALL, operations // OPERATIONS) if is_scalar else ON_TENSORS

    def examples(self, X: Array, Y: Array) -> Examples:
        """Inputs and desired outputs as the program's inputs."""
        return Examples(X, Y, self._desired, self.program.inputs, self.program.dtype)

    def is_of(self, moving: Sequence[Any]) -> bool:
        """Whether the optimizer still moves the same parameters."""
        return same_nodes(moving, self.moving)

    @contextmanager
    def evaluating(self) -> Iterator[Evaluate]:
        """A function for this block: from theta and rows, the cost of a mini-batch, its gradient, outputs."""
        with self.program.repeated() as evaluate:

            def results(theta: Array, rows: Array) -> tuple[float, Array, Array]:
                value, gradient, columns = evaluate(theta, rows)
                return value, gradient, columns[1:].T

            yield results

    def check(self, net: Any, cost: Any, variables: Variables, X: Array, Y: Array, places: list[int]) -> None:
        """Compare the program with the net and the cost, on some examples together.

        Args:
            variables: of the net and the cost, as they are now.
            places: of these examples.

        Raises:
            CannotCompile: where they give other numbers, or the net has side effects.
        """
        net_dtype = np.float64 if isinstance(self.moving[0], Value) else self.program.dtype
        x, y = X[places].astype(net_dtype), Y[places]
        expected_cost, expected = eager_results(net, cost, variables, x, in_dtype(y, net_dtype))
        theta, rows = self.flat.read(), self.examples(x, y).all()
        try:
            differs = difference(self._outputs, theta, rows, expected)
            value = mean_cost(self.program(theta, rows))
            cost_differs = difference(self._mean_cost, theta, rows, expected_cost)
        except DomainError as error:
            raise CannotCompile(f"the program is undefined where the net is not, {error}") from None
        if differs:
            raise CannotCompile(
                "its operations depend on its numbers, as by an `if` on a node, or differ from call to call"
            )
        if cost_differs:
            raise CannotCompile(
                f"the cost of {len(x)} examples together is {expected_cost:.6g}, the mean of the cost of "
                f"each {value:.6g}: it is no mean over the examples, or depends on numbers, as by an `if`"
            )

    def _outputs(self, theta: Array, rows: Array) -> Array:
        return self.program(theta, rows)[:, 1:]

    def _mean_cost(self, theta: Array, rows: Array) -> Array:
        return mean_cost(self.program(theta, rows))


def eager_results(net: Any, cost: Any, variables: Variables, x: Array, y: Array) -> tuple[Array, Array]:
    """The cost of some examples and their outputs, by the net itself.

    Raises:
        CannotCompile: where the net or the cost has side effects.
    """
    # Operations on Values are faster while they are recorded than in `no_grad`.
    with without_side_effects(net, variables), spared():
        a = net(x)
        c = np.array(float(plain(cost(a, y))))
    return c, plain_array(a).reshape(len(x), -1).astype(np.float64)


def difference(f: Callable[[Array, Array], Array], theta: Array, rows: Array, expected: Array) -> bool:
    """Whether results of a program are not those expected, beyond rounding."""
    results, rounding = f(theta, rows), ROUNDING[theta.dtype]
    if alike(results, expected, 0.0, rounding):
        return False
    return not alike(results, expected, leeway(f, theta, rows, results, rounding), rounding)


def same_nodes(a: Sequence[Any], b: Sequence[Any]) -> bool:
    """Whether two lists hold the same nodes in the same order; a comparison of them compares numbers."""
    return len(a) == len(b) and all(map(operator.is_, a, b))


def mean_cost(outputs: Array) -> Array:
    """The mean of the costs in the outputs of a program."""
    return np.asarray(outputs[:, 0].mean(dtype=np.float64))


@contextmanager
def without_side_effects(net: Any, variables: Variables, *sources: Any) -> Iterator[None]:
    """Undo the side effects of a forward pass, and raise CannotCompile if there are any.

    Args:
        variables: of the net and the cost, as they are now.
        sources: of random numbers, beside those that the net and the cost can reach.
    """
    before = Snapshot(net, [*variables.sources, *sources])
    difference = None
    try:
        yield
    except CannotCompile as error:
        difference = error
    finally:
        effect = before.changes()
        if effect is None and variables.have_changed():
            effect = "changes its own settings or variables, as a counter of its calls"
        before.put_back()
        variables.put_back()
    if effect or difference:
        raise CannotCompile(f"in training mode it {effect}" if effect else str(difference))


def compiled(
    net: Any, cost: Any, moving: Sequence[Any], X: Array, Y: Array, checked: list[int], dtype: np.dtype[Any]
) -> Compiled:
    """A program for a net and a cost.

    One example is recorded, with leaves for its inputs and desired outputs. Then the program has to agree
    with the net on some examples: a cost that is no mean over examples, or a choice by an ``if`` that
    they do not share, would show there. An example for which the net or the cost is undefined is left out:
    the step that meets it raises the error.

    Args:
        moving: the parameters that the optimizer moves.
        checked: the places of these examples.
        dtype: of the program.

    Raises:
        CannotCompile: with the reason.
        CutError: where the cost depends on no parameter.
    """
    check_kind(moving)
    is_scalar = isinstance(moving[0], Value)
    x, y = X[checked].astype(np.float64 if is_scalar else dtype), Y[checked]
    y = in_dtype(y, x.dtype)
    try:
        with only_of_logits(), spared():
            try:
                return _checked(net, cost, moving, x, y, dtype)
            except DomainError as error:
                defined = [i for i in range(len(x)) if _is_defined(net, cost, x[[i]], y[[i]])]
                if not defined:
                    raise CannotCompile(f"on each of {len(x)} examples it is undefined, as {error}") from None
            return _checked(net, cost, moving, x[defined], y[defined], dtype)
    except (CannotCompile, LogitsWarning):  # a warning is raised under python -W error
        raise
    except CutError as error:
        if is_scalar:
            raise
        raise CannotCompile(str(error)) from None  # the first step on nodes says more
    except Exception as error:
        kind = type(moving[0]).__name__
        raise CannotCompile(f"one example with {kind}s for its numbers gave {error!r:.200}") from error


def check_kind(moving: Sequence[Any]) -> None:
    kinds = {"Values" if isinstance(p, Value) else f"Tensors of {p.dtype}" for p in moving}
    if len(kinds) != 1:
        raise CannotCompile(f"its parameters are {' and '.join(sorted(kinds)) or 'none'}")
    if isinstance(moving[0], Tensor) and moving[0].dtype not in ROUNDING:
        raise CannotCompile(f"its parameters are {kinds.pop()}")


def _checked(
    net: Any, cost: Any, moving: Sequence[Any], x: Array, y: Array, dtype: np.dtype[Any]
) -> Compiled:
    """A program recorded with the first of some examples, and compared on all of them."""
    variables, every = Variables(net, cost), list(range(len(x)))
    with without_side_effects(net, variables, *everybodys_generators()):
        desired = desired_columns(net, x, y)
        targets = desired(y[:1]).astype(x.dtype, copy=False)
        candidate = Compiled(record(net, cost, moving, x[:1], targets, dtype), desired, moving)
    candidate.check(net, cost, variables, x, y, every)
    # A module of a user's may ask for its mode.
    if any(type(module) not in OURS for module in modules_of(net)):
        with suppress(CannotCompile), evaluating(net):
            candidate.evaluates = False
            candidate.check(net, cost, variables, x, y, every)
            candidate.evaluates = True
    return candidate


def _is_defined(net: Any, cost: Any, x: Array, y: Array) -> bool:
    try:
        with no_grad():
            cost(net(x), y)
    except DomainError:
        return False
    return True
