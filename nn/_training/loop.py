"""The training loop: epochs of steps, on nodes or by a program."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import DomainError, Tensor, Value
from autograd._support.callers import numpys_warnings, warn
from nn._measures.accuracy import share
from nn._nets.contents import in_mode, modules_of
from nn._nets.outputs import take_rows
from nn._nets.parameters import assign, numbers
from nn._training.arguments import Task, measure
from nn._training.history.epochs import Epoch, percent
from nn._training.history.history import History
from nn._training.steps.batches import CompiledBatches, compiled_batches
from nn._training.steps.compiled import CannotCompile, Compiled, compiled, somewhere, spread
from nn._training.steps.descent import CompiledSteps
from nn._training.steps.divergence import Diverged, warnings_after_success
from nn._training.steps.eager import EagerSteps
from nn._training.steps.native import steps_of
from nn._training.steps.side_effects import Constants, Variables

__all__ = ["DivergenceError", "TrainingLoop"]

Array = NDArray[Any]

REFRESH = 0.1  # seconds between two updates of the progress bar
WORSE = 1e3  # a run has diverged at so many times the cost before the first step, or 1 if that cost is less
COMPARED = 500  # examples for this comparison
FEW = 4  # steps of Tensors: on nodes they take less time than the making of a program
SELDOM = 16  # times as long as a check of a program takes, until the next one


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
        history: of the epochs so far, those of an earlier call too.
        steps: of an epoch.
    """

    def __init__(self, task: Task, history: History) -> None:
        self.task = task
        self.steps = math.ceil(len(task.X) / task.batch_size)
        self.history = history
        self.history.net = task.net
        self._start = numbers(task.params)
        self._reports = task.judge is not None or bool(task.metrics)
        self._classes = self._classes_of(task.Y)  # once: it takes as long as some steps
        self._modules = modules_of(task.net)
        self._checked = spread(len(task.X))  # places of examples that a program has to agree on
        self._unchecked = 0  # steps since the program was compared with the net
        self._compiled_after: int | None = None  # epochs
        self._learner: EagerSteps | CompiledSteps = self._eager()
        self._note()

    # -- on nodes, or by a program ----------------------------------------------------------------

    def compile(self) -> None:
        """Have a program take the steps, if one can stand for the net."""
        task, moving = self.task, self._moving
        self._learner.close()
        if task.epochs * self.steps <= FEW and isinstance(moving[0], Tensor):
            self.history.eager = f"a run of {FEW} steps or fewer ends before a program of it would be made"
            return
        try:
            with in_mode(self._modules, True):
                program = self._compiled(moving)
            done, left = len(self.history), task.epochs - len(self.history)
            # Where callbacks change a number that it holds, a program lasts as long as the one before. The
            # first counts for all epochs, so that a run that goes on takes the road of one without a break.
            epochs = task.epochs if self._compiled_after is None else min(left, done - self._compiled_after)
            self._compiled_after = done
            self._learner = steps_of(
                program, task.optimizer, task.params, task.X, task.Y, task.batch_size, epochs
            )
            self.history.program, self.history.eager = program.program, None
            self.history.native = self._learner.how == "native"
            self.history.build = self._learner.build
        except CannotCompile as reason:
            self._learner = self._eager()
            self.history.program, self.history.eager = None, str(reason)
            self.history.native, self.history.build = False, None
            if isinstance(moving[0], Value):  # of which steps on nodes take a hundred times as long
                warn(
                    f"fit runs this net scalar by scalar, not as a compiled program: {reason}", RuntimeWarning
                )

    def _compiled(self, moving: list[Any]) -> Compiled | CompiledBatches:
        """A program of one example, or of a whole mini-batch of Tensors."""
        task = self.task
        try:
            return compiled(task.net, task.cost, moving, task.X, task.Y, self._checked, task.dtype)
        except CannotCompile as reason:
            if not all(isinstance(p, Tensor) for p in moving):
                raise
            last = len(task.X) - task.batch_size * (self.steps - 1)
            sizes = dict.fromkeys((task.batch_size, last))
            try:
                return compiled_batches(task.net, task.cost, moving, task.X, task.Y, list(sizes))
            except CannotCompile as other:
                both = str(reason) if str(other) == str(reason) else f"{reason}; and of a batch: {other}"
                raise CannotCompile(both) from None

    @property
    def _moving(self) -> list[Any]:
        """The parameters that the optimizer moves."""
        return list(getattr(self.task.optimizer, "params", self.task.params))

    def _eager(self) -> EagerSteps:
        task = self.task
        return EagerSteps(
            task.net, task.cost, task.optimizer, task.params, self._moving, task.X, task.Y, task.net_dtype
        )

    def _check(self) -> None:
        """Compare the program with the net on one more example; compile again if the net has changed."""
        program, epoch = self._learner.compiled, len(self.history)
        if program is None:
            return
        self._unchecked += self.steps
        if self._has_changed() or not program.is_of(self._moving):  # or some were taken out, or put in
            self._unchecked = 0
            self._classes = self._classes_of(self.task.Y)
            self.compile()
            self._note()
            return
        if self._unchecked < SELDOM * program.steps_of_a_check:
            return
        self._unchecked = 0
        self.close()
        place = somewhere(epoch + len(self._checked), len(self.task.X))
        try:
            with in_mode(self._modules, True):
                task = self.task
                program.check(task.net, task.cost, self._variables, task.X, task.Y, [place])
        except DomainError:  # not an error yet: the step that meets this example raises it
            return
        except CannotCompile:
            self._checked.append(place)  # a new program has to agree on this example too
            self.compile()

    def _note(self) -> None:
        """Remember variables and numbers that callbacks, metrics and schedules may change."""
        task = self.task
        self._variables = Variables(task.net, task.cost)
        self._constants = Constants(task.net, task.cost, task.X, task.Y, task.validation, moving=self._moving)

    def _has_changed(self) -> bool:
        """Whether a program of the net as it is now, and of the examples, may be another one."""
        calls_others = self.task.callbacks or self.task.metrics
        return self._variables.have_changed() or bool(calls_others and self._constants.have_changed())

    def close(self) -> None:
        """Give the net and the optimizer their numbers, which a program has meanwhile."""
        self._learner.close()

    # -- epochs -----------------------------------------------------------------------------------

    def epoch(self, bar: Any) -> Epoch:
        """One pass over the examples in training mode, and one over the validation examples."""
        start = time.perf_counter()
        if self.task.callbacks and len(self.history):  # which may have put other modules into the net
            self._modules = modules_of(self.task.net)
            if self._learner.compiled is None:
                self._learner = self._eager()
        if len(self.history):
            self._check()
        with in_mode(self._modules, True):
            cost, accuracy, metrics = self._learn(bar)
        if self.task.callbacks or not self._learner.evaluates:
            self.close()  # the net is about to be called
        held_out_cost, held_out_accuracy, held_out_metrics = self._held_out()
        number, seconds = len(self.history) + 1, time.perf_counter() - start
        costs = cost, accuracy, held_out_cost, held_out_accuracy
        return Epoch(number, *costs, seconds, metrics, held_out_metrics)

    def _learn(self, bar: Any) -> tuple[float, float | None, dict[str, float]]:
        """One pass: the mean cost, the accuracy and the metrics of the outputs as they came."""
        n, size = len(self.task.X), self.task.batch_size
        order = self.task.rng.permutation(n)
        costs, sizes = np.empty(self.steps), np.full(self.steps, size)
        sizes[-1] = n - size * (self.steps - 1)
        outputs: list[Array] = []
        step, at_once = 0, self.steps if bar.disable else 1
        shown = time.perf_counter()
        while step < self.steps:
            began, last = time.perf_counter(), min(step + at_once, self.steps)
            own = costs[step:last]
            try:
                with numpys_warnings() if self._learner.compiled is None else warnings_after_success():
                    outputs.append(self._learner.learn(order[step * size : last * size], size, own))
            except Diverged as reason:
                step += int(np.isnan(own).argmax()) + 1
                raise self._diverged(reason, step) from reason.__cause__
            if not self._reports:
                outputs.clear()
            step = last
            if bar.disable:
                continue
            now = time.perf_counter()
            at_once = 2 * at_once if now - began < REFRESH / 4 else max(1, at_once // 2)
            if now - shown > REFRESH or step == self.steps:
                shown = now
                self._show(bar, step, np.average(costs[:step], weights=sizes[:step]), outputs, order)
        return float((costs * sizes).sum() / n), *self._report(outputs, self.task.Y, self._classes, order)

    def _show(self, bar: Any, step: int, cost: float, outputs: list[Array], order: Array) -> None:
        how = "" if self._learner.compiled is None else f", {self._learner.how}"
        seen = order[: step * self.task.batch_size]
        accuracy = self._accuracy(np.concatenate(outputs), self._classes, seen) if outputs else None
        share = "" if accuracy is None else f", accuracy {percent(accuracy)}"
        bar.set_description(f"epoch {len(self.history) + 1}/{self.task.epochs}{how}", refresh=False)
        bar.set_postfix_str(f"cost {cost:.4f}{share}", refresh=False)
        bar.update(len(self.history) * self.steps + step - bar.n)

    def _accuracy(self, outputs: Array, classes: Array | None, rows: Array | None) -> float | None:
        """The share of outputs that are of the class of their row."""
        if self.task.judge is None or classes is None:
            return None
        return share(self.task.judge.choices(outputs) == (classes if rows is None else classes[rows]))

    def _report(
        self, parts: list[Array], Y: Array, classes: Array | None, rows: Array | None = None
    ) -> tuple[float | None, dict[str, float]]:
        """Accuracy and metrics of outputs.

        Args:
            parts: the outputs.
            Y, classes: desired outputs, and their classes.
            rows: the places of the outputs' examples among these; None where they are in order.
        """
        if not self._reports:
            return None, {}
        outputs = np.concatenate(parts)
        metrics = {}
        if self.task.metrics:
            desired = Y if rows is None else take_rows(Y, rows)
            metrics = {name: measure(name, f, outputs, desired) for name, f in self.task.metrics.items()}
        return self._accuracy(outputs, classes, rows), metrics

    def _classes_of(self, Y: Array) -> Array | None:
        return None if self.task.judge is None else self.task.judge.classes(Y)

    @numpys_warnings()
    def _held_out(self) -> tuple[float | None, float | None, dict[str, float]]:
        """Cost, accuracy and metrics of the validation examples."""
        if self.task.validation is None:
            return None, None, {}
        X, Y = self.task.validation
        try:
            cost, outputs = (
                self._learner.forward(X, Y) if self._learner.evaluates else self._eager().forward(X, Y)
            )
        except DomainError:
            return math.nan, None, dict.fromkeys(self.task.metrics, math.nan)
        return cost, *self._report([outputs], Y, self._classes_of(Y))

    # -- the end ----------------------------------------------------------------------------------

    def look_back(self) -> None:
        """Note in the history, and warn, where a net is far worse than before its first step."""
        if not self.history or self.history.cost[-1] <= WORSE:
            return
        rows = self._checked if isinstance(self.task.params[0], Value) else slice(None, COMPARED)
        x, y = self.task.X[rows], self.task.Y[rows]
        now, before = self._cost_with(numbers(self.task.params), x, y), self._cost_with(self._start, x, y)
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
        now = numbers(self.task.params)
        try:
            assign(self.task.params, values)
            with np.errstate(all="ignore"):
                cost, _ = self._eager().forward(x, y)
        except DomainError:
            cost = math.inf
        finally:
            assign(self.task.params, now)
        return math.inf if math.isnan(cost) else cost

    def _diverged(self, reason: Diverged, step: int) -> DivergenceError:
        return DivergenceError(str(reason), len(self.history) + 1, step, reason.cost, self.history)
