"""The arguments of `fit`, checked before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from autograd import DomainError, Tensor, no_grad
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain
from autograd._support.callers import numpys_warnings, warn
from autograd._support.checks import count, holds_whole_numbers, number_of
from nn._measures.accuracy import accuracy
from nn._measures.classification import judge_of, threshold_of
from nn._measures.metrics import Metric, Metrics, named_metrics
from nn._nets.outputs import examples_and, outputs_of
from nn._nets.parameters import Parameter
from nn._support.seeds import Seed, generator
from nn._training.callbacks import Callback

__all__ = ["Cost", "Network", "Steps", "Task", "measure"]

Array = NDArray[Any]
Cost = Callable[[Any, Any], Any]

# An example of so many whole numbers, the largest of them so large, is taken for an image; whether numbers
# are whole is asked of a few examples.
PIXELS, GREY, FEW = 64, 128, 8


class Network(Protocol):
    """The methods of a net that `fit` calls."""

    def __call__(self, x: Any) -> Any: ...
    def parameters(self) -> list[Parameter]: ...


class Steps(Protocol):
    """The methods of an optimizer that `fit` calls."""

    def step(self) -> None: ...
    def zero_grad(self) -> None: ...


class Task:
    """The arguments of one run of `fit`, if they fit each other: X and Y as arrays, no batch larger than X.

    Attributes:
        params: the net's parameters.
        net_dtype: of the net, and so of the inputs that it gets.
        dtype: of the program.
        judge: counts the right outputs; None where there is no right and wrong.
        seed: of the generator; None where that was given.

    Raises:
        ValueError, TypeError: as `fit`.
    """

    def __init__(
        self,
        net: Network,
        X: ArrayLike,
        Y: ArrayLike,
        cost: Cost,
        optimizer: Steps,
        epochs: int,
        batch_size: int,
        rng: Seed,
        validation: tuple[ArrayLike, ArrayLike] | None,
        callbacks: Iterable[Callback],
        metrics: Metrics | None,
        dtype: DTypeLike | None,
    ) -> None:
        self.net, self.cost, self.optimizer = net, cost, optimizer
        self.X, self.Y = _examples(X, Y, "X", "Y")
        if not callable(cost):
            raise TypeError(f"cost is a function such as nn.quadratic_cost, not {cost!r}")
        self.validation = None if validation is None else _held_out(net, cost, validation, self.Y)
        if _are_grey_values(self.X):
            warn(
                f"X holds whole numbers up to {self.X.max():g}, as images do, and a net takes numbers of "
                "about 1: nn.data.scaled(X)",
                RuntimeWarning,
            )
        outputs = _num_outputs(net, cost, self.X, self.Y)
        self.epochs = count(epochs, "epochs")
        self.batch_size = min(count(batch_size, "batch_size"), len(self.X))
        if isinstance(callbacks, Iterable):
            callbacks = list(callbacks)  # the check below would exhaust a generator
        if not isinstance(callbacks, list) or not all(map(callable, callbacks)):
            raise TypeError(f"callbacks is a list of functions of the history, not {callbacks!r}")
        self.callbacks: list[Callback] = callbacks
        if isinstance(optimizer, type) or not all(hasattr(optimizer, name) for name in ("step", "zero_grad")):
            raise TypeError(
                f"optimizer is an object such as nn.SGD(net.parameters(), lr=1.0), not {optimizer!r}"
            )
        self.params = _learnable(net, optimizer)
        self.metrics = named_metrics(metrics)
        functions: list[Any] = list(self.metrics.values())
        if accuracy in functions:
            raise TypeError(
                "a metric is a function of outputs and desired outputs, and nn.accuracy takes a net; where "
                "the desired outputs are classes fit measures it by itself, in history.accuracy"
            )
        if self.metrics:
            a = outputs_of(net, self.X[:2])
            for name, metric in self.metrics.items():
                measure(name, metric, a, self.Y[:2])  # a metric that fails does so now, not after an epoch
        first = self.params[0]
        self.net_dtype = first.dtype if isinstance(first, Tensor) else np.dtype(np.float64)
        self.dtype = self.net_dtype if dtype is None else _dtype_of_program(dtype, first)
        self.judge = judge_of(
            self.Y, outputs, threshold_of(cost, self.Y, type(first)) if outputs == 1 else None
        )
        self.rng = generator(rng)
        self.seed = None if rng is self.rng else int(rng)  # type: ignore[arg-type]


def measure(name: str, metric: Metric, outputs: Array, desired: Array) -> float:
    """The number that a metric gives for outputs.

    Raises:
        TypeError: for a metric that gives no number.
    """
    number = number_of(plain(metric(outputs, desired)))
    if number is None:
        raise TypeError(f"the metric {name!r} gave no real number; it takes outputs and desired outputs")
    return number


def _examples(X: ArrayLike, Y: ArrayLike, x_name: str, y_name: str) -> tuple[Array, Array]:
    x, y = examples_and(y_name, X, Y, x_name)
    if y.ndim != 2 and not (y.ndim == 1 and holds_whole_numbers(y)):
        raise ValueError(
            f"{y_name} has shape {y.shape}, expected (n, outputs), or whole numbers of shape (n,) as labels; "
            "one output is one column, np.reshape(Y, (-1, 1)), and labels of another type are Y.astype(int)"
        )
    for array, name in ((x, x_name), (y, y_name)):
        if not np.isfinite(array).all():
            row = int(np.argwhere(~np.isfinite(array))[0, 0])
            raise ValueError(
                f"{name} holds nan or infinity, first in row {row}; take out or replace such examples"
            )
    return x, y


def _are_grey_values(X: Array) -> bool:
    """Whether examples are whole numbers, as long and as large as the bytes of an image."""
    if X[0].size < PIXELS or np.any(X[:FEW] != np.rint(X[:FEW])):
        return False
    return bool(GREY <= X.max() <= 255 and X.min() >= 0)


def _held_out(net: Network, cost: Cost, validation: Any, Y: Array) -> tuple[Array, Array]:
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError(f"validation is a pair (X, Y), not {type(validation).__name__}")
    held_out = _examples(validation[0], validation[1], "validation X", "validation Y")
    if held_out[1].shape[1:] != Y.shape[1:]:
        raise ValueError(f"Y has shape {Y.shape} and validation Y {held_out[1].shape}")
    with numpys_warnings():
        outputs_of(net, held_out[0][:1])  # an input that does not fit raises now, not after an epoch
        _num_outputs(net, cost, *held_out)
    return held_out


def _num_outputs(net: Network, cost: Cost, X: Array, Y: Array) -> int:
    """The number of a net's outputs, after a check of labels: for one that is no class the cost raises."""
    if Y.ndim == 2:
        return int(Y.shape[1])
    ends = [int(Y.argmin()), int(Y.argmax())]  # examples of the smallest and the largest label
    with no_grad():
        a = net(X[ends])
        with suppress(DomainError):  # not an error yet: the step that meets this example raises it
            cost(a, Y[ends])
    outputs = plain_array(a)
    return int(outputs.shape[1]) if outputs.ndim == 2 else 1


def _dtype_of_program(dtype: DTypeLike, parameter: Parameter) -> np.dtype[Any]:
    kind = np.dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise TypeError(f"dtype is float32 or float64, not {dtype!r}")
    if isinstance(parameter, Tensor) and parameter.dtype != kind:
        raise ValueError(
            f"this net's Tensors are of {parameter.dtype}, and it computes in that; one made with "
            f'dtype="{kind.name}" computes in {kind.name}'
        )
    return kind


def _learnable(net: Network, optimizer: Any) -> list[Parameter]:
    """The net's parameters, if the optimizer moves any of them."""
    params = list(net.parameters())
    moving = getattr(optimizer, "params", params)  # an optimizer of another make may have no `params`
    own, held = set(map(id, params)), set(map(id, moving))
    if own.isdisjoint(held):
        raise ValueError("the optimizer holds no parameter of this net; make it with this net's parameters()")
    # The optimizer may still move a parameter that the net has replaced by another.
    former = {np.shape(plain(p)) for p in moving if id(p) not in own}
    replaced = [p for p in params if id(p) not in held and np.shape(plain(p)) in former] if former else []
    if replaced:
        warn(
            f"the optimizer holds another {replaced[0].label or 'parameter'} than the net has now, which "
            "stays as it is; make the optimizer anew, with net.parameters()",
            RuntimeWarning,
        )
    return params
