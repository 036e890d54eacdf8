"""Mini-batch training, its history, and what happens when it is stopped or goes wrong."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm import tqdm

from autograd import DomainError, Tensor, Value, no_grad
from nn.costs import quadratic_cost
from nn.parameters import Parameter, all_finite, assign, numbers
from nn.seeds import Seed, generator
from nn.threads import fitting_threads

__all__ = ["DivergenceError", "Epoch", "History", "accuracy", "fit"]

Array = NDArray[Any]

# Examples that go through a net together where no derivative is wanted: enough to keep NumPy busy.
CHUNK = 1000
REFRESH = 0.1  # seconds between two looks of the progress bar


class Network(Protocol):
    """What `fit` needs of a net."""

    def __call__(self, x: Any) -> Any: ...
    def parameters(self) -> list[Parameter]: ...


class Optimizer(Protocol):
    """What `fit` needs of an optimizer."""

    def step(self) -> None: ...
    def zero_grad(self) -> None: ...


@dataclass(frozen=True)
class Epoch:
    """One pass over the training examples.

    Attributes:
        number: counted from 1.
        cost: the mean over the examples, each at its turn, while the net was learning.
        accuracy: the share of those outputs whose largest is the desired one; None for a net
            with one output.
        validation_accuracy: the share of validation examples, after the pass; None without any.
        seconds: how long the pass took, validation included.

    >>> print(Epoch(3, 0.1234, 0.913, 0.905, 1.5))
        3    0.1234     91.30 %       90.50 %      1.5
    """

    number: int
    cost: float
    accuracy: float | None
    validation_accuracy: float | None
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.number:5d}  {self.cost:#8.4g}  {_percent(self.accuracy):>10}  "
            f"{_percent(self.validation_accuracy):>12}  {self.seconds:7.1f}"
        )


HEADING = f"{'epoch':>5}  {'cost':>8}  {'accuracy':>10}  {'validation':>12}  {'seconds':>7}"


@dataclass
class History(Sequence[Epoch]):
    """What `fit` recorded: a sequence of `Epoch`, printed as a table.

    Attributes:
        epochs: the epochs that were completed.
        interrupted: whether Ctrl-C ended the run.

    >>> print(History([Epoch(1, 0.8, 0.4, None, 1.0), Epoch(2, 0.3, 0.85, None, 1.0)]))
    epoch      cost    accuracy    validation  seconds
        1    0.8000     40.00 %             –      1.0
        2    0.3000     85.00 %             –      1.0
    """

    epochs: list[Epoch] = field(default_factory=list)
    interrupted: bool = False

    @property
    def cost(self) -> list[float]:
        """The cost of each epoch."""
        return [epoch.cost for epoch in self.epochs]

    @property
    def accuracy(self) -> list[float | None]:
        """The accuracy of each epoch on the training examples."""
        return [epoch.accuracy for epoch in self.epochs]

    @property
    def validation_accuracy(self) -> list[float | None]:
        """The accuracy of each epoch on the validation examples."""
        return [epoch.validation_accuracy for epoch in self.epochs]

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, index: Any) -> Any:
        return self.epochs[index]

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __str__(self) -> str:
        return "\n".join([HEADING, *map(str, self.epochs), *(["interrupted"] if self.interrupted else [])])


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


def fit(
    net: Network,
    X: ArrayLike,
    Y: ArrayLike,
    *,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int,
    rng: Seed,
    cost: Callable[[Any, Any], Any] = quadratic_cost,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    callbacks: Sequence[Callable[[History], object]] = (),
    progress: bool = True,
) -> History:
    """Train a net: in each epoch, every example once, in mini-batches of random order (deck B).

    Args:
        net: an `nn.MLP`, or anything with ``parameters()`` that can be called with a batch.
        X: the inputs, shape (n, inputs).
        Y: the desired outputs, shape (n, outputs); labels become these by `nn.data.one_hot`.
        optimizer: holds the net's parameters, such as ``nn.SGD(net.parameters(), lr=1.0)``.
        epochs: how often each example is seen.
        batch_size: the examples to one step; an epoch's last batch may be smaller.
        rng: a seed or generator for the order. The same rng, net and data give the same run to
            the bit.
        cost: a function of the outputs and the desired outputs of a mini-batch.
        validation: inputs and desired outputs to measure the accuracy on after each epoch.
        callbacks: called with the history after each epoch.
        progress: show a bar with cost and accuracy, on a terminal only.

    Returns:
        The history. After Ctrl-C too: then ``history.interrupted`` is True, it holds the epochs
        completed, and the net is as after the last completed step.

    Raises:
        ValueError, TypeError: for data, epochs or a batch size that do not fit, before anything
            is changed.
        DivergenceError: when the cost or a parameter stops being finite.

    >>> from nn import MLP, SGD
    >>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]  # XOR (deck E)
    >>> net = MLP([2, 4, 1], rng=0)
    >>> history = fit(net, X, Y, optimizer=SGD(net.parameters(), lr=3.0), epochs=1000, batch_size=4, rng=0)
    >>> np.asarray(net(X)).round().ravel()
    array([0., 1., 1., 0.])
    """
    params = net.parameters()
    X, Y = _pair(X, Y, "X", "Y")
    if Y.ndim != 2:
        raise ValueError(
            f"Y has shape {Y.shape}, expected (n, outputs): labels become desired outputs by "
            "nn.data.one_hot, and one output is one column, Y.reshape(-1, 1)"
        )
    if validation is not None:
        validation = _pair(*validation, "validation X", "validation Y")
        if validation[1].shape[1:] != Y.shape[1:]:
            raise ValueError(f"Y has shape {Y.shape} and validation Y {validation[1].shape}")
    if epochs < 1 or batch_size < 1:
        raise ValueError(f"epochs and batch_size are 1 or more; given {epochs!r} and {batch_size!r}")
    run = _Run(net, params, X, Y, cost, optimizer, epochs, min(batch_size, len(X)), generator(rng))
    history = run.history
    shown = None if progress else True  # None: on a terminal
    # The run decides when the bar moves, so the bar itself need not wait.
    bar = tqdm(total=epochs * run.steps, unit="step", leave=False, disable=shown, mininterval=0, miniters=1)
    with fitting_threads(run.multiplications), bar:
        try:
            for _ in range(epochs):
                start = time.perf_counter()
                average, right = run.epoch(bar)
                held_out = None
                if validation is not None and _classifies(Y):
                    held_out = _share_right(_outputs(net, validation[0]), validation[1])
                seconds = time.perf_counter() - start
                history.epochs.append(Epoch(len(history) + 1, average, right, held_out, seconds))
                for callback in callbacks:
                    callback(history)
        except KeyboardInterrupt:
            run.undo_half_a_step()
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
        cost: Callable[[Any, Any], Any],
        optimizer: Optimizer,
        epochs: int,
        batch_size: int,
        rng: np.random.Generator,
    ) -> None:
        self.net, self.params, self.cost, self.optimizer = net, params, cost, optimizer
        # A mini-batch is converted when it is its turn: a converted copy of all X could be large.
        self.dtype = params[0].dtype if isinstance(params[0], Tensor) else np.dtype(np.float64)
        self.X, self.Y = X, Y.astype(self.dtype)
        self.epochs, self.batch_size, self.rng = epochs, batch_size, rng
        self.steps = math.ceil(len(X) / batch_size)
        widest = max(p.size if isinstance(p, Tensor) else 1 for p in params)
        self.multiplications = batch_size * widest
        self.history = History()
        self._before: list[Any] | None = None

    def epoch(self, bar: Any) -> tuple[float, float | None]:
        """One pass: the mean cost and the accuracy of the outputs as they came."""
        n, size = len(self.X), self.batch_size
        order = self.rng.permutation(n)
        outputs = np.empty(self.Y.shape, self.dtype)
        total = 0.0
        shown, looked = 0, time.perf_counter()
        for step, start in enumerate(range(0, n, size), start=1):
            batch = order[start : start + size]
            total += self.step(step, batch, outputs[start : start + size]) * len(batch)
            if not bar.disable and (time.perf_counter() - looked > REFRESH or step == self.steps):
                done = start + len(batch)
                right = _share_right(outputs[:done], self.Y[order[:done]]) if _classifies(self.Y) else None
                bar.set_description(f"epoch {len(self.history) + 1}/{self.epochs}", refresh=False)
                bar.set_postfix_str(f"cost {total / done:.4f}, accuracy {_percent(right)}", refresh=False)
                bar.update(step - shown)
                shown, looked = step, time.perf_counter()
        return total / n, _share_right(outputs, self.Y[order]) if _classifies(self.Y) else None

    def step(self, step: int, batch: Array, outputs: Array) -> float:
        """One mini-batch: its cost; the net's outputs are written to `outputs`."""
        y = self.Y[batch]
        x = self.X[batch]
        if x.dtype != self.dtype:
            x = x.astype(self.dtype)
        value = math.nan
        try:
            a = self.net(x)
            c = self.cost(a, y)
            if not isinstance(c, (Value, Tensor)):
                raise TypeError(f"the cost gave {type(c).__name__} ({c!r}), not a Value or a Tensor")
            value = float(c)
            if not math.isfinite(value):
                raise self._diverged(f"the cost is {value}", step, value)
            self.optimizer.zero_grad()
            c.backward()
        except DomainError as error:  # a Value does not go on to inf and nan
            raise self._diverged(f"the cost is {value}: {error}", step, value) from error
        self._before = numbers(self.params)
        self.optimizer.step()
        if not all_finite(self.params):
            self.undo_half_a_step()
            what = f"from a cost of {value:.6g} it gave parameters that are not finite"
            raise self._diverged(what, step, value)
        self._before = None
        outputs[...] = _floats(a)
        return value

    def undo_half_a_step(self) -> None:
        """Put the parameters back, if a step was interrupted between the first and the last of them."""
        if self._before is not None:
            assign(self.params, self._before)
            self._before = None

    def _diverged(self, what: str, step: int, cost: float) -> DivergenceError:
        return DivergenceError(what, len(self.history) + 1, step, cost, self.history)


def accuracy(net: Callable[[Any], Any], X: ArrayLike, labels: ArrayLike) -> float:
    """The share of examples whose largest output is at the label.

    Args:
        net: gives outputs of shape (n, classes), two classes or more.
        X: the inputs, shape (n, inputs).
        labels: whole numbers, shape (n,).

    Raises:
        ValueError, TypeError: for inputs and labels that do not fit each other or the net.

    >>> accuracy(lambda x: x, [[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    X, labels = _pair(X, labels, "X", "labels")
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise TypeError(
            f"labels are whole numbers of shape (n,), not {labels.dtype} of shape {labels.shape}; "
            "one-hot outputs become labels by Y.argmax(axis=1)"
        )
    outputs = _outputs(net, X)
    if not _classifies(outputs):
        raise ValueError(f"an accuracy needs two outputs or more; the net gave shape {outputs.shape}")
    if not np.all(np.isfinite(outputs)):
        raise ValueError("the net's outputs are not all finite numbers, so they say nothing about labels")
    return float(np.mean(outputs.argmax(axis=1) == labels))


def _outputs(net: Callable[[Any], Any], X: Array) -> Array:
    with no_grad():
        chunks = [_floats(net(X[i : i + CHUNK])) for i in range(0, len(X), CHUNK)]
    return np.concatenate(chunks)


def _floats(outputs: Any) -> Array:
    """The numbers in a Tensor, or in an array of Values or numbers."""
    array = np.asarray(outputs)
    return array.astype(np.float64) if array.dtype == object else array


def _classifies(Y: Array) -> bool:
    return Y.ndim == 2 and Y.shape[1] > 1


def _share_right(outputs: Array, desired: Array) -> float:
    return float(np.mean(outputs.argmax(axis=1) == desired.argmax(axis=1)))


def _pair(X: ArrayLike, Y: ArrayLike, x_name: str, y_name: str) -> tuple[Array, Array]:
    x, y = np.asarray(X), np.asarray(Y)
    for array, name in ((x, x_name), (y, y_name)):
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{name} is an array of real numbers, not of {array.dtype}")
    if x.ndim != 2 or len(x) != len(y) or not len(x):
        raise ValueError(
            f"{x_name} has shape {x.shape} and {y_name} {y.shape}; expected one row for each example "
            "in both, and at least one"
        )
    return x, y


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f} %"
