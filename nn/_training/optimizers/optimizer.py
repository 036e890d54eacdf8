"""The parameters, the memory and the step that all optimizers share."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor, Value
from autograd._compiler.loops.native.updates import Update
from autograd._graph.node import plain
from autograd._support.checks import above, between, count, number_of
from nn._nets.parameters import Flat, Parameter, assign, numbers
from nn._training.optimizers.clipping import clipped
from nn._training.optimizers.states import checked_memory, gathered
from nn._training.schedules import Schedule

__all__ = ["Memory", "Optimizer", "Settings", "fraction", "from_zero", "positive"]

Memory = tuple[int, dict[int, tuple[Any, ...]]]  # the steps taken, and the state of each parameter
Settings = Mapping[str, Callable[[str, Any], Any]]  # checks of the numbers that a rule has, by their names


class Optimizer(ABC):
    """Moves parameters by their gradients: the type of `SGD`, `Adam`, `AdamW` and `RMSprop`.

    `fit` takes any object with ``step()`` and ``zero_grad()`` too.

    Args:
        params: the parameters, Values or Tensors.
        lr: the learning rate: a number above 0, or a schedule, a function of the steps taken so
            far. It may be changed between steps.
        clip_norm: the largest norm of the gradient of all parameters together. A step by a longer one is that
            by clip_norm · g / ‖g‖ (Pascanu, Mikolov and Bengio, 2013). None for no limit.
        clip_value: the largest size of each number in a gradient: a step is that by g limited to
            [-clip_value, clip_value]. None for no limit.

    The gradients in ``.grad`` stay as they are: a step limits what it uses.

    Raises:
        ValueError: for limits that are no numbers above 0, or both.

    >>> from nn import SGD
    >>> x, y = Value(1.0), Value(1.0)
    >>> sgd = SGD([x, y], lr=1.0, clip_norm=0.5)
    >>> (3 * x + 4 * y).backward()
    >>> sgd.step()                     # by 0.5 · (3, 4) / 5
    >>> f"{x:.1f} {y:.1f}", x.grad
    ('0.7 0.6', 3.0)
    """

    # The settings beside the learning rate, with their checks, and the names of the parts of a state.
    _settings: ClassVar[Settings] = {}
    _parts: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float | Schedule,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        self.params = _leaves(params, type(self).__name__)
        self._state: dict[int, tuple[Any, ...]] = {}  # of each parameter, by its place; for `_change`
        self.steps = 0
        self.lr = lr
        self.clip_norm, self.clip_value = _limit("clip_norm", clip_norm), _limit("clip_value", clip_value)
        if clip_norm is not None and clip_value is not None:
            raise ValueError("an optimizer clips by clip_norm or by clip_value, not by both")

    @property
    def lr(self) -> float:
        """The learning rate of the next step.

        >>> from nn import SGD
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
        params = [p for _, p, _ in moving]
        before = numbers(params)
        gradients = self._clipped([_plain(g) for _, _, g in moving])
        results = [
            self._change(self._state.get(i, start), g, lr, x)
            for (i, _, _), g, x in zip(moving, gradients, before, strict=True)
        ]
        assign(params, list(map(_less, before, [change for change, _ in results])))
        self._state.update((i, state) for (i, _, _), (_, state) in zip(moving, results, strict=True) if state)
        self.steps += 1

    def __repr__(self) -> str:
        settings = self._current_settings()
        texts = [f"{name} {x:g}" for name, x in settings.items() if x is not None]
        if callable(self._lr):
            texts.insert(0, "lr by a schedule")
        count = len(self.params)
        parameters = f"{count:,} parameter{'s' * (count != 1)}"
        return f"<{type(self).__name__} of {parameters}: {', '.join(texts)}; {self.steps:,} steps taken>"

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward() adds to them."""
        for p in self.params:
            p.grad = None

    @property
    def memory(self) -> Memory:
        """The steps taken and the state of each parameter; set it to go back to an earlier one.

        It needs no copy: a step makes new numbers and arrays, and writes into none of an earlier state. Nor a
        check of its own: numbers in it that are not finite make the parameters not finite in the same step.

        >>> from nn import SGD
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

    def state_dict(self) -> dict[str, Any]:
        """The steps taken, the settings and the memory, as numbers, texts and arrays, for `load_state_dict`.

        A schedule is a function of the steps, so it is not among them: then ``settings["lr"]`` is None.

        >>> from nn import SGD
        >>> x = Value(1.0)
        >>> sgd = SGD([x], lr=0.1, momentum=0.9)
        >>> x.grad = 5.0
        >>> sgd.step()
        >>> state = sgd.state_dict()
        >>> state["steps"], state["settings"]["momentum"], state["memory"]
        (1, 0.9, {'velocity': array([5.])})
        """
        places = sorted(self._state)
        parts = zip(*(self._state[i] for i in places), strict=True)
        return {
            "optimizer": type(self).__name__,
            "parameters": len(self.params),
            "steps": self.steps,
            "settings": self._current_settings(),
            "places": np.array(places, np.int64),
            "memory": {name: gathered(part) for name, part in zip(self._parts, parts, strict=False)},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on as the optimizer whose `state_dict` it is: its steps, settings and memory.

        Where that had a schedule this one needs one too, and keeps it.

        Raises:
            TypeError: for anything but a mapping.
            ValueError: for the state of another kind of optimizer, of other parameters, or of one with a
                schedule where this has none; then nothing is changed.

        >>> from nn import SGD
        >>> a, b = Value(1.0), Value(1.0)
        >>> first, second = SGD([a], lr=0.1, momentum=0.9), SGD([b], lr=0.5)
        >>> a.grad = b.grad = 5.0
        >>> first.step()
        >>> second.load_state_dict(first.state_dict())
        >>> second.steps, second.lr, second.momentum
        (1, 0.1, 0.9)
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is what state_dict() gives, not {type(state).__name__}")
        name = type(self).__name__
        try:
            kind, parameters = state["optimizer"], state["parameters"]
            if kind != name:
                raise ValueError(f"it is of {kind}, and this is {name}")
            if parameters != len(self.params):
                raise ValueError(
                    f"it is of {parameters} parameters, and this optimizer has {len(self.params)}"
                )
            steps = count(state["steps"], "steps", 0)
            settings = self._checked_settings(state["settings"])
            memory = checked_memory(state, self._parts, self.params)
        except KeyError as missing:
            raise ValueError(f"this state is not of this {name}: it has no {missing}") from None
        except (ValueError, TypeError) as error:
            raise ValueError(f"this state is not of this {name}: {error}. Nothing was changed") from None
        self._set(settings)
        self.memory = steps, memory

    def _current_settings(self) -> dict[str, float | None]:
        rate = None if callable(self._lr) else self._lr
        return {"lr": rate, **{name: getattr(self, name) for name in (*self._settings, *LIMITS)}}

    def _checked_settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of a state, if they can be those of this optimizer."""
        checks = {"lr": _rate_or_none, **self._settings, **LIMITS}
        if settings.keys() != checks.keys():
            raise ValueError(f"its settings are {sorted(settings)}, and here {sorted(checks)}")
        if settings["lr"] is None and not callable(self._lr):
            raise ValueError(
                "its learning rate was a schedule, which no file holds: make the optimizer with that schedule"
            )
        return {name: check(name, settings[name]) for name, check in checks.items()}

    def _set(self, settings: Mapping[str, Any]) -> None:
        for name, setting in settings.items():
            if name != "lr" or not callable(self._lr):
                setattr(self, name, setting)

    @contextmanager
    def in_one(self, among: Iterable[int] | None = None) -> Iterator[Tensor]:
        """Its parameters as one Tensor, for the time of a `with`: thousands of Values move as fast as one.

        At the end the parameters get their numbers, gradients and memory.

        Args:
            among: the places of the parameters that move; the others get no gradient and stay. None for all.

        >>> from nn import SGD
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

    @property
    def _update(self) -> Update:
        """The formula of an ordinary step with the limits of its gradient, for C."""
        return replace(self._rule, clip_norm=self.clip_norm, clip_value=self.clip_value)

    def _clipped(self, gradients: Sequence[Any]) -> Sequence[Any]:
        """The gradients of all parameters, within the limits."""
        if self.clip_norm is None and self.clip_value is None:
            return gradients
        return clipped(gradients, self.clip_norm, self.clip_value)

    @abstractmethod
    def _start(self) -> tuple[Any, ...]:
        """The state of a parameter that has not moved yet."""

    @property
    @abstractmethod
    def _rule(self) -> Update:
        """The formula of an ordinary step, for C."""

    @abstractmethod
    def _vectors(self, state: tuple[Any, ...]) -> tuple[int, Sequence[Any]] | None:
        """The steps so far and the state of the formula; None where a step is no ordinary one."""

    @abstractmethod
    def _state_of(self, t: int, vectors: Sequence[Any]) -> tuple[Any, ...]:
        """The next state, as of `_change`, from that of the formula after t steps."""

    @abstractmethod
    def _change(self, state: tuple[Any, ...], g: Any, lr: float, theta: Any) -> tuple[Any, tuple[Any, ...]]:
        """The number or new array to subtract from a parameter theta of gradient g, and its next state.

        The next state is new too; it is () where a parameter has nothing to remember.
        """


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


def fraction(name: str, x: float) -> float:
    number = number_of(x)
    if number is None or not 0 <= number < 1:
        raise ValueError(f"{name} is a number from 0 to below 1, not {x!r}")
    return number


def _plain(grad: Any) -> Any:
    """A gradient as numbers, also one that was recorded (create_graph)."""
    return grad if type(grad) is np.ndarray else plain(grad)


def _less(x: Any, change: Any) -> Any:
    """x - change, written over the change if that is an array."""
    return np.subtract(x, change, out=change) if type(change) is np.ndarray else x - change


def positive(name: str, x: Any) -> float:
    return above(x, name)


def from_zero(name: str, x: Any) -> float:
    return between(x, name, 0)


def _limit(name: str, limit: Any) -> float | None:
    return None if limit is None else above(limit, name)


def _rate_or_none(name: str, rate: Any) -> float | None:
    return None if rate is None else above(rate, name)


LIMITS: Settings = {"clip_norm": _limit, "clip_value": _limit}
