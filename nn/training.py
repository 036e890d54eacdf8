"""Mini-batch training, and what happens when it is stopped or goes wrong."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm import tqdm

from autograd import DomainError, Tensor, Value, no_grad
from autograd.collector import spared
from autograd.entering import locked
from autograd.graph import plain
from autograd.threads import few_threads
from nn.callbacks import Callback, StopTraining
from nn.compiled import CannotCompile, Compiled, compiled, somewhere, spread
from nn.costs import quadratic_cost
from nn.history import Epoch, History, percent
from nn.measures import Tally, chosen_rows, chunks, examples_and, floats, judge, outputs_of
from nn.optimizers import Optimizer
from nn.parameters import ON_NODES, Parameter, all_finite, assign, check_reached, multiplications, numbers
from nn.seeds import Seed, generator

__all__ = ["DivergenceError", "fit"]

Array = NDArray[Any]
Cost = Callable[[Any, Any], Any]

REFRESH = 0.1  # seconds between two looks of the progress bar
BLOCK = 400_000  # bytes of inputs that are gathered together; they fit in a core's cache


class Network(Protocol):
    """What `fit` needs of a net."""

    def __call__(self, x: Any) -> Any: ...
    def parameters(self) -> list[Parameter]: ...


class Steps(Protocol):
    """What `fit` needs of an optimizer."""

    def step(self) -> None: ...
    def zero_grad(self) -> None: ...


class DivergenceError(FloatingPointError):
    """The cost, or a parameter, stopped being a finite number; the net is as before that step.

    Attributes:
        epoch, step: where, each counted from 1.
        cost: of that step's mini-batch.
        history: the epochs before.
    """

    def __init__(self, what: str, epoch: int, step: int, cost: float, history: History) -> None:
        super().__init__(
            f"training diverged in epoch {epoch} at step {step}: {what}. "
            "The net is as it was before that step; try a smaller learning rate"
        )
        self.epoch, self.step, self.cost, self.history = epoch, step, cost, history
        self._what = what

    def __reduce__(self) -> tuple[Any, ...]:  # what a pool of processes sends to its parent
        return DivergenceError, (self._what, self.epoch, self.step, self.cost, self.history)


def fit(
    net: Network,
    X: ArrayLike,
    Y: ArrayLike,
    *,
    optimizer: Steps,
    epochs: int,
    batch_size: int,
    rng: Seed,
    cost: Cost = quadratic_cost,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a net: in each epoch, every example once, in mini-batches of random order (deck B).

    A net of Values is recorded once, on one example, and trains as a compiled program (see
    `autograd.compile`), some hundred times as fast; ``history.program`` is that program, or None. The
    program is checked against the net and the cost on a few examples, and on another before each epoch.
    Where they differ, as for a cost that is no mean over examples, the net is run scalar by scalar, and a
    warning says so.

    Args:
        net: an `nn.MLP`, or anything with ``parameters()`` that can be called with a batch.
        X: the inputs, shape (n, inputs).
        Y: the desired outputs, shape (n, outputs), such as `nn.data.one_hot` makes of labels; or
            labels, shape (n,), for a cost that takes them, such as `nn.cross_entropy`.
        optimizer: holds the net's parameters, such as ``nn.SGD(net.parameters(), lr=1.0)``.
        epochs: how often each example is seen.
        batch_size: the examples to one step; an epoch's last batch may be smaller.
        rng: a seed or generator for the order. The same rng, net and data give the same run to
            the bit.
        cost: a function of the outputs and the desired outputs of a mini-batch, a mean over its
            examples. For a net of Values it is not called again at every step.
        validation: inputs and desired outputs to measure cost and accuracy on after each epoch.
        callbacks: functions called with the history after each epoch, such as `nn.checkpoint`
            makes; one that raises `nn.StopTraining` ends the run.
        progress: show a bar with cost and accuracy, on a terminal only.

    Returns:
        The history. After Ctrl-C too: then ``history.interrupted`` is True, it holds the epochs
        completed, and the net is as after the last completed step.

    Raises:
        ValueError, TypeError: for data, an optimizer, epochs or a batch size that do not fit, and for a cost
            that depends on no parameter, as where the net computes with numbers in place of nodes; before
            anything is changed.
        DivergenceError: when the cost or a parameter stops being finite.

    >>> from nn import MLP, SGD
    >>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]  # XOR (deck E)
    >>> net = MLP([2, 4, 1], rng=0)
    >>> history = fit(net, X, Y, optimizer=SGD(net.parameters(), lr=3.0), epochs=1000, batch_size=4, rng=0)
    >>> history[-1].accuracy
    1.0
    """
    X, Y = _examples(X, Y, "X", "Y")
    if not callable(cost):
        raise TypeError(f"cost is a function such as nn.quadratic_cost, not {cost!r}")
    if validation is not None:
        if not isinstance(validation, (tuple, list)) or len(validation) != 2:
            raise TypeError(f"validation is a pair (X, Y), not {type(validation).__name__}")
        validation = _examples(*validation, "validation X", "validation Y")
        if validation[1].shape[1:] != Y.shape[1:]:
            raise ValueError(f"Y has shape {Y.shape} and validation Y {validation[1].shape}")
        outputs_of(net, validation[0][:1])  # an input that does not fit is told now, not after an epoch
        _ask_about_labels(net, cost, *validation)
    _ask_about_labels(net, cost, X, Y)
    for name, count in (("epochs", epochs), ("batch_size", batch_size)):
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 1:
            raise ValueError(f"{name} is a whole number from 1, not {count!r}")
    if isinstance(callbacks, Iterable):
        callbacks = list(callbacks)  # a generator would be used up by the look at it
    if not isinstance(callbacks, list) or not all(map(callable, callbacks)):
        raise TypeError(f"callbacks is a list of functions of the history, not {callbacks!r}")
    if isinstance(optimizer, type) or not hasattr(optimizer, "step") or not hasattr(optimizer, "zero_grad"):
        raise TypeError(f"optimizer is one such as nn.SGD(net.parameters(), lr=1.0), not {optimizer!r}")
    params = _learnable(net, optimizer)
    run = _Run(net, params, X, Y, cost, optimizer, epochs, min(batch_size, len(X)), generator(rng))
    history = run.history
    shown = None if progress else True  # None: on a terminal
    # The run decides when the bar moves, so the bar itself need not wait.
    bar = tqdm(total=epochs * run.steps, unit="step", leave=False, disable=shown, mininterval=0, miniters=1)
    with few_threads(multiplications(params, run.batch_size)), bar:
        try:
            run.compile()
            for _ in range(epochs):
                start = time.perf_counter()
                if len(history):
                    run.check(len(history))
                with run.parameters():
                    learning = run.epoch(bar)
                held_out = run.held_out(validation)
                seconds = time.perf_counter() - start
                history.epochs.append(Epoch(len(history) + 1, *learning, *held_out, seconds))
                for callback in callbacks:  # all of them, so that the last epoch is saved too
                    try:
                        callback(history)
                    except StopTraining as reason:
                        history.stopped = history.stopped or str(reason)
                if history.stopped is not None:
                    break
        except KeyboardInterrupt:
            history.interrupted = True
    return history


class _Run:
    """The state of one call of `fit`."""

    def __init__(
        self,
        net: Network,
        params: list[Parameter],
        X: Array,
        Y: Array,
        cost: Cost,
        optimizer: Steps,
        epochs: int,
        batch_size: int,
        rng: np.random.Generator,
    ) -> None:
        self.net, self.params, self.cost, self.optimizer = net, params, cost, optimizer
        # A mini-batch is converted when it is its turn: a converted copy of all X could be large.
        self.dtype = params[0].dtype if isinstance(params[0], Tensor) else np.dtype(np.float64)
        self.X, self.Y = X, self._desired(Y)
        self.judge = judge(Y)
        self.epochs, self.batch_size, self.rng = epochs, batch_size, rng
        self.steps = math.ceil(len(X) / batch_size)
        self.history = History()
        self._before: list[Any] | None = None
        self._reached = False  # whether the cost was seen to depend on a parameter
        self.compiled: Compiled | None = None
        self._checked = spread(len(X))
        self._theta: Any = None  # a compiled net's parameters that the cost depends on, all in one
        self._moved: Array | None = None  # their places among all, if they are not all
        self._all = np.empty(0)  # the numbers of all

    def compile(self, callers: int = 1) -> None:
        """Have a net of Values as a program, if it can be one.

        Args:
            callers: up to `fit`, so that a warning names the line that called that.
        """
        try:
            self.compiled = compiled(self.net, self.cost, self.held, self.X, self.Y, self._checked)
        except CannotCompile as reason:
            self.compiled = None
            warnings.warn(
                f"fit runs this net scalar by scalar, not as a compiled program: {reason}",
                RuntimeWarning,
                stacklevel=callers + 2,
            )
        self.history.program = None if self.compiled is None else self.compiled.program

    def check(self, epoch: int) -> None:
        """Compare the program with the net on one more example; compile again if the net has changed."""
        if self.compiled is None:
            return
        if len(self.held) != self.compiled.program.parameters:  # some were taken out, or put in
            self.compile(callers=2)
            return
        chosen = somewhere(epoch + len(self._checked), len(self.X))
        x, y = self.X[[chosen]].astype(self.dtype), self.Y[[chosen]]
        try:
            self.compiled.check(self.net, self.cost, self.theta(), x, y)
        except DomainError:  # The net is undefined there, compiled or not: the step that meets it will tell.
            return
        except CannotCompile:
            self._checked.append(chosen)  # what showed a choice once has to agree from now on
            self.compile(callers=2)

    @property
    def held(self) -> list[Any]:
        """The parameters that the optimizer moves."""
        return list(getattr(self.optimizer, "params", self.params))

    def theta(self) -> Array:
        """Their numbers, of Values."""
        return np.array(numbers(self.held))

    @contextmanager
    def parameters(self) -> Iterator[None]:
        """The parameters for the time of an epoch: of a compiled net all in one, if the optimizer can."""
        params = self.params
        with ExitStack() as stack:
            if self.compiled is not None and isinstance(self.optimizer, Optimizer):
                moved = self.compiled.program.moved
                self._moved = None if len(moved) == len(self.held) else moved
                self._all = self.theta()
                if len(moved):
                    self._theta = stack.enter_context(self.optimizer.in_one(self._moved))
                    self.params = [self._theta]
            try:
                yield
            except BaseException:
                self.undo_half_a_step()
                raise
            finally:
                self._theta, self.params = None, params

    def epoch(self, bar: Any) -> tuple[float, float | None]:
        """One pass: the mean cost and the accuracy of the outputs as they came."""
        n = len(self.X)
        order = self.rng.permutation(n)
        tally = None if self.judge is None else Tally(self.judge, self.Y, order)
        total, done, step = 0.0, 0, 0
        shown, looked = 0, time.perf_counter()
        for x, y in self.batches(order):
            step += 1  # noqa: SIM113 - enumerate holds on to the last batch, see batches
            value, outputs = self.step(step, x, y)
            total += value * len(x)
            done += len(x)
            if tally is not None:
                tally.add(outputs, done)
            if not bar.disable and (time.perf_counter() - looked > REFRESH or step == self.steps):
                share = None if tally is None else tally.right(done) / done
                how = "" if self.compiled is None else ", compiled"
                bar.set_description(f"epoch {len(self.history) + 1}/{self.epochs}{how}", refresh=False)
                bar.set_postfix_str(f"cost {total / done:.4f}, accuracy {percent(share)}", refresh=False)
                bar.update(step - shown)
                shown, looked = step, time.perf_counter()
            del x, y
        return total / n, None if tally is None else tally.right(n) / n

    def batches(self, order: Array) -> Iterator[tuple[Array, Array]]:
        """The mini-batches in that order: X in the dtype of the net, and Y.

        Small ones are cut from a larger block, which takes NumPy less time to gather. Only one
        block is there at a time: with two the allocator gives memory back and asks for it again,
        120 page faults a step, which doubled the time of an epoch in batches of 100 images.
        """
        size = self.batch_size
        block = size * max(1, BLOCK // (size * max(1, self.X.shape[1]) * self.dtype.itemsize))
        for start in range(0, len(order), block):
            chosen = order[start : start + block]
            x = locked(chosen_rows(self.X, chosen).astype(self.dtype, copy=False))
            y = locked(chosen_rows(self.Y, chosen))
            for i in range(0, len(chosen), size):
                yield x[i : i + size], y[i : i + size]
            del x, y

    def step(self, step: int, x: Array, y: Array) -> tuple[float, Array]:
        """One mini-batch: its cost, and the net's outputs before the step."""
        try:
            value, outputs = self.differentiated(x, y)
        except DomainError as error:  # a Value does not go on to inf and nan
            raise self._diverged(str(error), step, math.nan) from error
        if not math.isfinite(value):
            raise self._diverged(f"the cost is {value}", step, value)
        self._before = numbers(self.params)
        self.optimizer.step()
        if not all_finite(self.params):
            what = f"from a cost of {value:.6g} it gave parameters that are not finite"
            raise self._diverged(what, step, value)
        self._before = None
        return value, outputs

    def differentiated(self, x: Array, y: Array) -> tuple[float, Array]:
        """The cost of a mini-batch and the outputs; the parameters get the gradients of a finite one."""
        if self.compiled is None:
            # For each step anew: between them the collector looks as often as the user wants it to.
            with spared():
                return self._eagerly(x, y)
        if self._theta is not None:
            if self._moved is None:
                value, self._theta.grad, outputs = self.compiled(self._theta._array(), x, y)
            else:
                self._all[self._moved] = self._theta._array()
                value, gradient, outputs = self.compiled(self._all, x, y)
                self._theta.grad = gradient[self._moved]
            return value, outputs
        value, gradient, outputs = self.compiled(self.theta(), x, y)
        self.optimizer.zero_grad()
        held = self.held
        for i in self.compiled.program.moved.tolist():  # the others have no gradient, as after backward()
            held[i].grad = float(gradient[i])
        return value, outputs

    def _eagerly(self, x: Array, y: Array) -> tuple[float, Array]:
        a = self.net(x)
        c = _one_number(self.cost(a, y))
        if not self._reached:
            check_reached(c, self.held)
            self._reached = True
        if math.isfinite(plain(c)):
            self.optimizer.zero_grad()
            c.backward()
        # Nobody writes to the array of a Tensor, so it need not be copied.
        return float(plain(c)), a._array() if isinstance(a, Tensor) else floats(a)

    def held_out(self, validation: Any) -> tuple[float | None, float | None]:
        """Cost and accuracy of the validation examples."""
        if validation is None:
            return None, None
        total, right = 0.0, 0.0
        with no_grad():
            for x, y in chunks(validation[0], self._desired(validation[1])):
                try:
                    if self.compiled is not None:
                        mean, outputs = self.compiled.forward(self.theta(), x, y)
                    else:
                        outputs = self.net(x.astype(self.dtype, copy=False))
                        mean = float(self.cost(outputs, y))
                    total += mean * len(x)
                except DomainError:
                    return math.nan, None
                if self.judge is not None:
                    right += self.judge(floats(outputs), y) * len(x)
        n = len(validation[0])
        return total / n, None if self.judge is None else right / n

    def undo_half_a_step(self) -> None:
        """Put the parameters back, if a step was interrupted between the first and the last of them."""
        if self._before is not None:
            assign(self.params, self._before)
            self._before = None

    def _desired(self, Y: Array) -> Array:
        return Y if Y.ndim == 1 else Y.astype(self.dtype, copy=False)

    def _diverged(self, what: str, step: int, cost: float) -> DivergenceError:
        return DivergenceError(what, len(self.history) + 1, step, cost, self.history)


def _examples(X: ArrayLike, Y: ArrayLike, x_name: str, y_name: str) -> tuple[Array, Array]:
    x, y = examples_and(y_name, X, Y, x_name)
    if y.ndim != 2 and not (y.ndim == 1 and y.dtype.kind in "iu"):
        raise ValueError(
            f"{y_name} has shape {y.shape}, expected (n, outputs), or whole numbers of shape (n,) as labels; "
            "one output is one column, Y.reshape(-1, 1)"
        )
    for array, name in ((x, x_name), (y, y_name)):
        if not np.isfinite(array).all():
            row = int(np.argwhere(~np.isfinite(array))[0, 0])
            raise ValueError(
                f"{name} holds nan or infinity, first in row {row}; take out or replace such examples"
            )
    return x, y


def _ask_about_labels(net: Network, cost: Cost, X: Array, Y: Array) -> None:
    """Have the cost look at the smallest label and the largest: what is no class is told before a step."""
    if Y.ndim == 1:
        ends = [int(Y.argmin()), int(Y.argmax())]
        with no_grad(), suppress(DomainError):  # which the step will tell
            cost(net(X[ends]), Y[ends])


def _learnable(net: Network, optimizer: Any) -> list[Parameter]:
    """The net's parameters, if the optimizer moves any of them."""
    params = list(net.parameters())
    moved = getattr(optimizer, "params", params)  # an optimizer of another make keeps them as it likes
    if {id(p) for p in params}.isdisjoint(map(id, moved)):
        raise ValueError("the optimizer holds no parameter of this net; make it with this net's parameters()")
    return params


def _one_number(c: Any) -> Any:
    if not isinstance(c, (Value, Tensor)):
        raise TypeError(f"the cost gave {type(c).__name__} ({c!r}), not a Value or a Tensor. {ON_NODES}")
    if isinstance(c, Tensor) and c.size != 1:
        raise ValueError(f"the cost gave shape {c.shape}, not one number: take its sum or mean")
    return c
