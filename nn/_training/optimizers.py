"""Optimizers: gradient descent, with momentum or by Adam."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import Tensor, Value
from autograd._compiler.loops.native.updates import Update
from autograd._graph.node import plain
from autograd._support.callers import warn
from autograd._support.checks import above, number_of
from nn._nets.parameters import Flat, Parameter, assign, numbers
from nn._training.formulas import adam, descent, momentum_descent
from nn._training.schedules import Schedule

__all__ = ["SGD", "Adam", "Memory", "Optimizer"]

Memory = tuple[int, dict[int, tuple[Any, ...]]]  # the steps taken, and the state of each parameter


class Optimizer(ABC):
    """Moves parameters by their gradients: the type of `SGD` and `Adam`.

    `fit` takes any object with ``step()`` and ``zero_grad()`` too.

    Args:
        params: the parameters, Values or Tensors.
        lr: the learning rate: a number above 0, or a schedule, a function of the steps taken so
            far. It may be changed between steps.
    """

    def __init__(self, params: Iterable[Parameter], lr: float | Schedule) -> None:
        self.params = _leaves(params, type(self).__name__)
        self._state: dict[int, tuple[Any, ...]] = {}  # of each parameter, by its place; for `_change`
        self.steps = 0
        self.lr = lr

    @property
    def lr(self) -> float:
        """The learning rate of the next step.

        >>> x = Value(1.0)
        >>> SGD([x], lr=lambda steps: 1 / (steps + 1)).lr
        1.0
        """
        return self._rate(self.steps)

    @lr.setter
    def lr(self, lr: float | Schedule) -> None:
        self._lr: float | Schedule
        if callable(lr):
            self._lr = lr
            return
        if number_of(lr) is None:
            raise TypeError(f"the learning rate is a number or a schedule, not {lr!r}")
        self._lr = above(lr, "the learning rate")

    def _rate(self, step: int) -> float:
        """The learning rate of any step."""
        if not callable(self._lr):
            return self._lr
        rate = number_of(scheduled := self._lr(step))
        if rate is None or not 0 <= rate < math.inf:
            raise ValueError(
                f"the learning rate of step {step} is {scheduled!r}; a schedule gives numbers from 0 up"
            )
        return rate

    def step(self) -> None:
        """Move every parameter that has a gradient; the others the cost does not depend on.

        Raises:
            RuntimeError: when no parameter has a gradient.
        """
        moving = [(i, p, g) for i, p in enumerate(self.params) if (g := p.grad) is not None]
        if not moving:
            raise RuntimeError(
                "no parameter has a gradient: the cost depends on none of them, was computed inside "
                "no_grad(), or backward() was not called before step()"
            )
        lr, start = self.lr, self._start()
        results = [self._change(self._state.get(i, start), _plain(g), lr) for i, _, g in moving]
        params = [p for _, p, _ in moving]
        assign(params, list(map(_less, numbers(params), [change for change, _ in results])))
        self._state.update((i, state) for (i, _, _), (_, state) in zip(moving, results, strict=True) if state)
        self.steps += 1

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward() adds to them."""
        for p in self.params:
            p.grad = None

    @property
    def memory(self) -> Memory:
        """The steps taken and the state of each parameter; set it to go back to an earlier one.

        It needs no copy: a step makes new numbers and arrays, and writes into none of an earlier state. Nor a
        check of its own: numbers in it that are not finite make the parameters not finite in the same step.

        >>> x = Value(1.0)
        >>> sgd = SGD([x], lr=0.1, momentum=0.9)
        >>> before = sgd.memory
        >>> x.grad = 5.0
        >>> sgd.step()
        >>> sgd.memory = before
        >>> sgd.steps
        0
        """
        return self.steps, dict(self._state)

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self.steps, self._state = memory[0], dict(memory[1])

    @contextmanager
    def in_one(self, among: Iterable[int] | None = None) -> Iterator[Tensor]:
        """Its parameters as one Tensor, for the time of a `with`: thousands of Values move as fast as one.

        At the end the parameters get their numbers, gradients and memory.

        Args:
            among: the places of the parameters that move; the others get no gradient and stay. None for all.

        >>> sgd = SGD([Value(1.0), Value(2.0)], lr=0.5)
        >>> with sgd.in_one() as theta:
        ...     theta.grad = np.array([2.0, 0.0])
        ...     sgd.step()
        >>> [p.data for p in sgd.params]
        [0.0, 2.0]
        """
        params, states = self.params, self._state
        places = list(range(len(params)) if among is None else among)
        moving = [params[i] for i in places]
        flat = Flat(moving)
        if among is not None:
            self.zero_grad()
        theta = Tensor(flat.read())
        merged = {0: self._joined_state(flat, places)} if states and places else {}

        def split() -> None:
            flat.write(theta._array())
            if theta.grad is not None:
                flat.write_gradient(theta.grad)
            self.params, self._state = params, states
            if 0 in merged:
                self._split_state(flat, places, merged[0])

        try:
            self.params, self._state = [theta], merged
            yield theta
        finally:
            merged = self._state
            try:
                split()
            except KeyboardInterrupt:  # perhaps halfway: all of it once more
                split()
                raise

    def _joined_state(self, flat: Flat, places: Sequence[int]) -> tuple[Any, ...]:
        """The state of all of some parameters: of each part of it a vector, or one number."""
        start = self._start()
        return tuple(map(flat.join, zip(*(self._state.get(i, start) for i in places), strict=True)))

    def _split_state(self, flat: Flat, places: Sequence[int], state: tuple[Any, ...]) -> None:
        """Give each of these parameters its part of a state of all."""
        parts = zip(*map(flat.split, state), strict=True)
        self._state = {**self._state, **dict(zip(places, parts, strict=True))}

    @abstractmethod
    def _start(self) -> tuple[Any, ...]:
        """The state of a parameter that has not moved yet."""

    @property
    @abstractmethod
    def _update(self) -> Update:
        """The formula of an ordinary step, for C."""

    @abstractmethod
    def _vectors(self, state: tuple[Any, ...]) -> tuple[int, Sequence[Any]] | None:
        """The steps so far and the state of the formula; None where a step is no ordinary one."""

    @abstractmethod
    def _state_of(self, t: int, vectors: Sequence[Any]) -> tuple[Any, ...]:
        """The next state, as of `_change`, from that of the formula after t steps."""

    @abstractmethod
    def _change(self, state: tuple[Any, ...], g: Any, lr: float) -> tuple[Any, tuple[Any, ...]]:
        """The number or new array to subtract from a parameter of gradient g, and the parameter's next state.

        The next state is new too; it is () where a parameter has nothing to remember.
        """


class SGD(Optimizer):
    """Gradient descent: v ← momentum · v + ∂C/∂θ, θ ← θ - lr · v for every parameter (deck B).

    Stochastic when the gradient is that of a mini-batch. Without momentum, v is the gradient.

    Args:
        params: the parameters, Values or Tensors.
        lr: the learning rate, above 0, or a schedule; may be changed between steps.
        momentum: how much of the last step goes on, from 0 to below 1 (Polyak, 1964).

    Raises:
        TypeError: for a parameter that is not a Value or Tensor, or a rate that is no number.
        ValueError: for no parameters, one that is not a leaf, one given twice, or a rate or
            momentum out of its range.

    >>> x = Value(1.0)
    >>> sgd = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     sgd.zero_grad()
    ...     (1.5 * x * x).backward()  # slope 3x, so each step leaves 0.7 of x
    ...     sgd.step()
    >>> f"{x:.3f}"
    '0.343'
    """

    def __init__(self, params: Iterable[Parameter], lr: float | Schedule, momentum: float = 0.0) -> None:
        super().__init__(params, lr)
        self.momentum = _fraction("momentum", momentum)

    def _start(self) -> tuple[Any, ...]:
        return (0.0,)

    def _change(self, state: tuple[Any, ...], g: Any, lr: float) -> tuple[Any, tuple[Any, ...]]:
        if not self.momentum:
            return descent(g, lr), ()
        change, velocity = momentum_descent(g, state[0], lr, self.momentum)
        return change, (velocity,)

    @property
    def _update(self) -> Update:
        if self.momentum:
            return Update(momentum_descent, ("velocity",), {"momentum": self.momentum})
        return Update(descent, (), {})

    def _vectors(self, state: tuple[Any, ...]) -> tuple[int, Sequence[Any]] | None:
        return 0, state if self.momentum else ()

    def _state_of(self, t: int, vectors: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(vectors)


class Adam(Optimizer):
    """Steps of about lr whatever the gradient's size (Kingma and Ba, 2015).

    m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², θ ← θ - lr · m̂ / (√v̂ + ε), with
    m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ) after t steps.

    Where the square of a gradient overflows, √v takes the place of v. After such a gradient the formula would
    let a parameter stand still for tens of thousands of steps, since later gradients vanish beside it in
    rounding. Then the state of the parameter begins anew, and a RuntimeWarning says so.

    Args:
        params, lr: as for `SGD`.
        beta1, beta2: how slowly the means of the gradient and of its square forget, from 0 to below 1.
        epsilon: keeps the step finite where the gradient is 0.

    Raises:
        TypeError, ValueError: as for `SGD`.

    >>> x = Value(5.0)
    >>> adam = Adam([x], lr=0.1)
    >>> (x * x).backward()
    >>> adam.step()
    >>> f"{x:.3f}"
    '4.900'
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float | Schedule = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(params, lr)
        self.beta1, self.beta2 = _fraction("beta1", beta1), _fraction("beta2", beta2)
        self.epsilon = above(epsilon, "epsilon")

    def _start(self) -> tuple[Any, ...]:
        return 0, 0.0, 0.0, 0.0

    def _change(self, state: tuple[Any, ...], g: Any, lr: float) -> tuple[Any, tuple[Any, ...]]:
        t, m, v, root = state  # root is √v where v overflows, elsewhere 0
        if not _has_square(g) or (root if type(root) is float else root.any()):
            return self._huge_change(state, g, lr)
        t = t + 1  # not t += 1, which would write into an array of an earlier state
        change, m, v = adam(g, m, v, lr, t, self.beta1, self.beta2, self.epsilon)
        return change, (t, m, v, 0.0)

    @property
    def _update(self) -> Update:
        return Update(adam, ("m", "v"), {"beta1": self.beta1, "beta2": self.beta2, "epsilon": self.epsilon})

    def _vectors(self, state: tuple[Any, ...]) -> tuple[int, Sequence[Any]] | None:
        t, m, v, root = state
        return (int(t), (m, v)) if np.ndim(t) == 0 and not np.any(root) else None

    def _state_of(self, t: int, vectors: Sequence[Any]) -> tuple[Any, ...]:
        return t, *vectors, 0.0

    def _huge_change(self, state: tuple[Any, ...], g: Any, lr: float) -> tuple[Any, tuple[Any, ...]]:
        """The same where a square overflows, with √v in place of v."""
        t, m, v, root = state
        scalar, g = type(g) is float, np.asarray(g)
        limits = np.finfo(g.dtype)
        root = np.where(root, root, np.sqrt(v)).astype(g.dtype)
        lost = abs(g) < limits.eps * root
        if lost.any():
            if np.any(g[lost]):
                warn(
                    f"Adam forgets a gradient of about {root.max() / (1 - self.beta2) ** 0.5:.1g}, beside "
                    "which those of now move nothing; look for the example that it came from",
                    RuntimeWarning,
                )
            t, m, root = (np.where(lost, 0, part) for part in (t, m, root))
            t = t.max() if t.min() == t.max() else t
        t = t + 1
        m = (self.beta1 * m + (1 - self.beta1) * g).astype(g.dtype)
        root = np.hypot(root * self.beta2**0.5, g * (1 - self.beta2) ** 0.5).astype(g.dtype)
        unbiased = (1 - self.beta2**t) ** 0.5
        change = (m / (root + self.epsilon * unbiased)) * (lr * unbiased / (1 - self.beta1**t))
        huge = root > limits.max**0.5 / 2
        parts = t, m, np.square(np.where(huge, 0, root)), np.where(huge, root, 0)
        if scalar:
            return change.item(), tuple(part.item() for part in map(np.asarray, parts))
        return change.astype(g.dtype), parts


def _leaves(params: Iterable[Parameter], optimizer: str) -> list[Parameter]:
    if hasattr(params, "parameters"):
        raise TypeError(
            f"{optimizer} takes parameters, and was given {params!r}; net.parameters() gives a net's"
        )
    if isinstance(params, (Value, Tensor)):
        raise TypeError(f"{optimizer} takes a list of parameters; put {params!r} in one")
    leaves = list(params)
    if not leaves:
        raise ValueError(f"{optimizer} needs at least one parameter; net.parameters() gives a net's")
    for p in leaves:
        if not isinstance(p, (Value, Tensor)):
            raise TypeError(f"{optimizer} takes Values and Tensors, not {type(p).__name__} ({p!r})")
        if not p.is_leaf:
            raise ValueError(f"{optimizer} takes leaves, and {p!r} was computed by {p.op}")
    if len({id(p) for p in leaves}) < len(leaves):
        raise ValueError(f"{optimizer} was given a parameter twice; it would be moved twice")
    return leaves


def _fraction(name: str, x: float) -> float:
    number = number_of(x)
    if number is None or not 0 <= number < 1:
        raise ValueError(f"{name} is a number from 0 to below 1, not {x!r}")
    return number


def _has_square(g: Any) -> bool:
    """Whether the squares of a gradient, and their sum, are finite; vdot does not warn where they are not."""
    return math.isfinite(g * g if type(g) is float else np.vdot(g, g))


def _plain(grad: Any) -> Any:
    """A gradient as numbers, also one that was recorded (create_graph)."""
    return grad if type(grad) is np.ndarray else plain(grad)


def _less(x: Any, change: Any) -> Any:
    """x - change, written over the change if that is an array."""
    return np.subtract(x, change, out=change) if type(change) is np.ndarray else x - change
