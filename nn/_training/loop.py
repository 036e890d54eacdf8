"""The training loop: epochs and steps, and a return to the state before a step that fails."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import DomainError, Tensor, Value, no_grad
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain
from autograd._support.callers import warn
from autograd._support.collector import spared
from autograd._support.entering import locked
from nn._measures.outputs import chunks, take_rows
from nn._nets.contents import in_mode, modules_of
from nn._nets.parameters import all_finite, assign, numbers
from nn._training.arguments import Task, measure
from nn._training.compiled import CannotCompile, Compiled, compiled, somewhere, spread
from nn._training.dependence import ON_NODES, check_reached
from nn._training.history import Epoch, History, percent
from nn._training.optimizers import Optimizer
from nn._training.side_effects import Snapshot, generators_of

__all__ = ["DivergenceError", "TrainingLoop"]

Array = NDArray[Any]

REFRESH = 0.1  # seconds between two updates of the progress bar
WORSE = 1e3  # a run has diverged at so many times the cost before the first step, or 1 if that cost is less
COMPARED = 500  # examples for this comparison
SELDOM = 64  # steps between two checks of a program with few steps to an epoch: a check takes as long as four
BLOCK = 400_000  # bytes of inputs gathered together; they fit in a core's cache


class DivergenceError(FloatingPointError):
    """The cost, or a parameter, stopped being a finite number; net and optimizer are as before that step.

    Attributes:
        epoch, step: where, each counted from 1.
        cost: of that step's mini-batch.
        history: the epochs before.
    """

    __module__ = "nn"  # where users find it

    def __init__(self, reason: str, epoch: int, step: int, cost: float, history: History) -> None:
        super().__init__(
            f"training diverged in epoch {epoch} at step {step}: {reason}. "
            "The net and the optimizer are as they were before that step; try a smaller learning rate"
        )
        self.epoch, self.step, self.cost, self.history = epoch, step, cost, history
        self._reason = reason

    def __reduce__(self) -> tuple[Any, ...]:  # for a pool of processes, which sends it to the parent
        return DivergenceError, (self._reason, self.epoch, self.step, self.cost, self.history)


class TrainingLoop:
    """The state of one call of `fit`.

    Attributes:
        merged: a context, at whose end the net has its own parameters back.
    """

    def __init__(self, task: Task) -> None:
        self.task, self.params = task, task.params
        self.Y = self._desired(task.Y)
        self.steps = math.ceil(len(task.X) / task.batch_size)
        self.history = History()
        # An optimizer of another make keeps its memory where it likes.
        self._ours = task.optimizer if isinstance(task.optimizer, Optimizer) else None
        self._start = numbers(task.params)
        self._reports = task.judge is not None or bool(task.metrics)
        self._reached = False  # whether the cost was seen to depend on a parameter
        self._inspect()
        self.compiled: Compiled | None = None
        self._checked = spread(len(task.X))
        self._unchecked = 0  # steps since the program was compared with the net
        self.merged = ExitStack()  # open while all parameters are one Tensor
        self._theta: Any = None  # that Tensor: all parameters with a gradient
        self._moved: Array | None = None  # their places among all; None if they are all
        self._all = np.empty(0)  # the numbers of all

    def compile(self) -> None:
        """Compile a net of Values, if a program can stand for it."""
        try:
            with in_mode(self._modules, True):
                self.compiled = compiled(
                    self.task.net, self.task.cost, self.moving, self.task.X, self.Y, self._checked
                )
        except CannotCompile as reason:
            self.compiled = None
            warn(f"fit runs this net scalar by scalar, not as a compiled program: {reason}", RuntimeWarning)
        self.history.program = None if self.compiled is None else self.compiled.program

    def check(self, epoch: int) -> None:
        """Compare the program with the net on one more example; compile again if the net has changed."""
        if self.compiled is None:
            return
        self._unchecked += self.steps
        is_power_of_two = epoch & (epoch - 1) == 0  # the epochs 1, 2, 4, 8, … are checked in any case
        if self._unchecked < SELDOM and not is_power_of_two:
            return
        self._unchecked = 0
        self.merged.close()
        if len(self.moving) != self.compiled.program.parameters:  # some were taken out, or put in
            self.compile()
            return
        place = somewhere(epoch + len(self._checked), len(self.task.X))
        x, y = self.task.X[[place]].astype(self.task.dtype), self.Y[[place]]
        try:
            with in_mode(self._modules, True):
                self.compiled.check(self.task.net, self.task.cost, self.theta(), x, y)
        except DomainError:  # not an error yet: the step that meets this example raises it
            return
        except CannotCompile:
            self._checked.append(place)  # a new program has to agree on this example too
            self.compile()

    @property
    def moving(self) -> list[Any]:
        """The parameters that the optimizer moves."""
        return list(getattr(self.task.optimizer, "params", self.params))

    def theta(self) -> Array:
        """The numbers of these parameters, of a net of Values."""
        if self._theta is None:
            return np.array(numbers(self.moving))
        if self._moved is None:
            merged: Array = self._theta._array()
            return merged
        self._all[self._moved] = self._theta._array()
        return self._all

    def _merge(self) -> None:
        """Put the parameters of a compiled net into one Tensor, until `merged` is closed."""
        if self.compiled is None or self._theta is not None or self._ours is None:
            return
        moved = self.compiled.program.moved
        if not len(moved):
            return
        self._all = self.theta()
        self._moved = None if len(moved) == len(self.moving) else moved
        self._theta = self.merged.enter_context(self._ours.in_one(self._moved))
        self.merged.callback(self._separate)
        self.params = [self._theta]

    def _separate(self) -> None:
        self._theta, self.params = None, self.task.params

    def _inspect(self) -> None:
        """Find the modules of the net, and the generators and buffers that a step may change."""
        self._modules = modules_of(self.task.net)
        self._sources = generators_of(self.task.net, self.task.cost)
        self._has_side_effects = not Snapshot(self.task.net, self._sources).is_empty

    def epoch(self, bar: Any) -> Epoch:
        """One pass over the examples in training mode, and one over the validation examples."""
        start = time.perf_counter()
        if self.task.callbacks:  # which may have put other modules into the net
            self._inspect()
        if len(self.history):
            self.check(len(self.history))
        self._merge()
        with in_mode(self._modules, True):
            cost, accuracy, metrics = self.learn(bar)
        if self.task.callbacks or (self.compiled is not None and not self.compiled.evaluates):
            self.merged.close()  # the net is about to be called
        held_out_cost, held_out_accuracy, held_out_metrics = self.held_out()
        number, seconds = len(self.history) + 1, time.perf_counter() - start
        costs = cost, accuracy, held_out_cost, held_out_accuracy
        return Epoch(number, *costs, seconds, metrics, held_out_metrics)

    def learn(self, bar: Any) -> tuple[float, float | None, dict[str, float]]:
        """One pass: the mean cost, the accuracy and the metrics of the outputs as they came."""
        n = len(self.task.X)
        order = self.task.rng.permutation(n)
        parts: list[Array] = []  # the outputs, for accuracy and metrics
        total, seen, step = 0.0, 0, 0
        last_step, last_update = 0, time.perf_counter()
        for x, y in self.batches(order):
            step += 1  # noqa: SIM113 - enumerate holds on to the last batch, see batches
            value, outputs = self.step(step, x, y)
            total += value * len(x)
            seen += len(x)
            if self._reports:
                parts.append(outputs)
            if not bar.disable and (time.perf_counter() - last_update > REFRESH or step == self.steps):
                how = "" if self.compiled is None else ", compiled"
                accuracy = self._accuracy(parts, take_rows(self.Y, order[:seen]))
                share = "" if accuracy is None else f", accuracy {percent(accuracy)}"
                bar.set_description(f"epoch {len(self.history) + 1}/{self.task.epochs}{how}", refresh=False)
                bar.set_postfix_str(f"cost {total / seen:.4f}{share}", refresh=False)
                bar.update(step - last_step)
                last_step, last_update = step, time.perf_counter()
            del x, y
        return total / n, *self._report(parts, order, self.task.Y)

    def _accuracy(self, parts: list[Array], desired: Array) -> float | None:
        judge = self.task.judge
        return None if judge is None else judge(np.concatenate(parts), desired)

    def _report(self, parts: list[Array], rows: Array, Y: Array) -> tuple[float | None, dict[str, float]]:
        """Accuracy and metrics of the outputs of some rows of Y."""
        if not self._reports:
            return None, {}
        outputs, desired = np.concatenate(parts), take_rows(Y, rows)
        metrics = {
            name: measure(name, metric, outputs, desired) for name, metric in self.task.metrics.items()
        }
        return self._accuracy([outputs], self._desired(desired)), metrics

    def batches(self, order: Array) -> Iterator[tuple[Array, Array]]:
        """The mini-batches in that order: X in the dtype of the net, and Y.

        Small batches are views of a larger block, since NumPy gathers one block faster than many. Only one
        block exists at a time: with two the allocator returns memory and asks for it again, 120 page
        faults a step, which doubled the time of an epoch in batches of 100 images.
        """
        size = self.task.batch_size
        block = size * max(1, BLOCK // (size * max(1, self.task.X[0].size) * self.task.dtype.itemsize))
        for start in range(0, len(order), block):
            rows = order[start : start + block]
            x = locked(take_rows(self.task.X, rows).astype(self.task.dtype, copy=False))
            y = locked(take_rows(self.Y, rows))
            for i in range(0, len(rows), size):
                yield x[i : i + size], y[i : i + size]
            del x, y

    def step(self, step: int, x: Array, y: Array) -> tuple[float, Array]:
        """One mini-batch: its cost, and the net's outputs before the step.

        After any exception the net and the optimizer are as before.
        """
        before = Snapshot(self.task.net, self._sources) if self._has_side_effects else None
        try:
            return self._step(step, x, y)
        except BaseException:
            if before is not None:
                before.put_back()
            raise

    def _step(self, step: int, x: Array, y: Array) -> tuple[float, Array]:
        try:
            value, outputs = self.differentiated(x, y)
        except DomainError as error:  # of Values, in place of inf and nan
            raise self._diverged(str(error), step, math.nan) from error
        if not math.isfinite(value):
            raise self._diverged(f"the cost is {value}", step, value)
        ours = self._ours
        before, memory = numbers(self.params), None if ours is None else ours.memory
        try:
            self.task.optimizer.step()
            if not all_finite(self.params):
                reason = f"from a cost of {value:.6g} it gave parameters that are not finite"
                raise self._diverged(reason, step, value)
        except BaseException:  # also Ctrl-C between the first parameter and the last
            assign(self.params, before)
            if ours is not None and memory is not None:
                ours.memory = memory
            raise
        return value, outputs

    def differentiated(self, x: Array, y: Array) -> tuple[float, Array]:
        """The cost of a mini-batch and the outputs; the parameters get the gradients of a finite one."""
        if self.compiled is None:
            # For each step anew: between them the collector looks as often as the user wants it to.
            with spared():
                return self._eagerly(x, y)
        value, gradient, outputs = self.compiled(self.theta(), x, y)
        if self._theta is not None:
            self._theta.grad = gradient if self._moved is None else gradient[self._moved]
            return value, outputs
        self.task.optimizer.zero_grad()
        moving = self.moving
        for i in self.compiled.program.moved.tolist():  # the others have no gradient, as after backward()
            moving[i].grad = float(gradient[i])
        return value, outputs

    def _eagerly(self, x: Array, y: Array) -> tuple[float, Array]:
        a = self.task.net(x)
        c = _one_number(self.task.cost(a, y))
        if not self._reached:
            check_reached(c, self.moving)
            self._reached = True
        if math.isfinite(plain(c)):
            self.task.optimizer.zero_grad()
            c.backward()
        # Nobody writes to the array of a Tensor, so it need not be copied.
        return float(plain(c)), a._array() if isinstance(a, Tensor) else plain_array(a)

    def held_out(self) -> tuple[float | None, float | None, dict[str, float]]:
        """Cost, accuracy and metrics of the validation examples."""
        if self.task.validation is None:
            return None, None, {}
        X, Y = self.task.validation
        total, parts = 0.0, []
        for x, y in chunks(X, self._desired(Y)):
            try:
                mean, outputs = self.forward(x, y)
            except DomainError:
                return math.nan, None, dict.fromkeys(self.task.metrics, math.nan)
            total += mean * len(x)
            if self._reports:
                parts.append(outputs)
        return total / len(X), *self._report(parts, np.arange(len(X)), Y)

    def forward(self, x: Array, y: Array) -> tuple[float, Array]:
        """The cost and the outputs of some examples, in evaluation mode."""
        if self.compiled is not None and self.compiled.evaluates:
            return self.compiled.forward(self.theta(), x, y)
        with no_grad():
            outputs = self.task.net(x.astype(self.task.dtype, copy=False))
            return float(self.task.cost(outputs, y)), plain_array(outputs)

    def look_back(self) -> None:
        """Note in the history, and warn, where a net is far worse than before its first step."""
        if not self.history or self.history.cost[-1] <= WORSE:
            return
        rows = self._checked if self.compiled else slice(None, COMPARED)
        x, y = self.task.X[rows], self.Y[rows]
        now, before = self._cost_with(numbers(self.params), x, y), self._cost_with(self._start, x, y)
        if now <= WORSE * max(abs(before), 1.0):
            return
        self.history.diverged = f"a cost of {now:.3g}, and of {before:.3g} before the first step"
        warn(
            f"training diverged, though all numbers stayed finite: {self.history.diverged}, of the same "
            f"{len(x)} examples; try a smaller learning rate",
            RuntimeWarning,
        )

    def _cost_with(self, values: list[Any], x: Array, y: Array) -> float:
        """The cost of some examples with these parameters; infinite where it is undefined."""
        now = numbers(self.params)
        try:
            assign(self.params, values)
            with np.errstate(all="ignore"):
                cost, _ = self.forward(x, y)
        except DomainError:
            cost = math.inf
        finally:
            assign(self.params, now)
        return math.inf if math.isnan(cost) else cost

    def _desired(self, Y: Array) -> Array:
        return Y if Y.ndim == 1 else Y.astype(self.task.dtype, copy=False)

    def _diverged(self, reason: str, step: int, cost: float) -> DivergenceError:
        return DivergenceError(reason, len(self.history) + 1, step, cost, self.history)


def _one_number(c: Any) -> Any:
    if not isinstance(c, (Value, Tensor)):
        raise TypeError(f"the cost gave {type(c).__name__} ({c!r}), not a Value or a Tensor. {ON_NODES}")
    if isinstance(c, Tensor) and c.size != 1:
        raise ValueError(f"the cost gave shape {c.shape}, not one number: take its sum or mean")
    return c
