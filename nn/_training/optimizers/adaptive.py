"""Optimizers whose steps do not grow with the gradient: RMSprop, Adam and AdamW."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from autograd._compiler.loops.native.updates import Update
from autograd._support.callers import warn
from nn._nets.parameters import Parameter
from nn._training.optimizers.formulas import adam, adamw, momentum_rmsprop, rmsprop
from nn._training.optimizers.optimizer import Optimizer, Settings, fraction, from_zero, positive
from nn._training.schedules import Schedule

__all__ = ["Adam", "AdamW", "RMSprop"]


class RMSprop(Optimizer):
    """Gradients divided by the root of the mean of their recent squares (Hinton, 2012, lecture 6e).

    v ← β v + (1 - β) g², θ ← θ - lr · g / (√v + ε). With momentum, u ← momentum · u + g / (√v + ε) and
    θ ← θ - lr · u, as PyTorch's: its alpha is beta.

    Where the square of a gradient overflows, the same holds as for `Adam`.

    Args:
        params, lr: as for `SGD`.
        beta: how slowly the mean of the square forgets, from 0 to below 1.
        epsilon: keeps the step finite where the gradient is 0.
        momentum: how much of the last step goes on, from 0 to below 1.
        clip_norm, clip_value: as of `Optimizer`.

    Raises:
        TypeError, ValueError: as for `SGD`.

    >>> from autograd import Value
    >>> x = Value(5.0)
    >>> rmsprop = RMSprop([x], lr=0.1)
    >>> (x * x).backward()
    >>> rmsprop.step()                 # the first step is lr / √(1 - β)
    >>> f"{x:.3f}"
    '4.000'
    """

    _settings: ClassVar[Settings] = {"beta": fraction, "epsilon": positive, "momentum": fraction}
    _parts = ("v", "root", "velocity")

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float | Schedule = 0.01,
        beta: float = 0.99,
        epsilon: float = 1e-8,
        momentum: float = 0.0,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        super().__init__(params, lr, clip_norm=clip_norm, clip_value=clip_value)
        self.beta, self.momentum = fraction("beta", beta), fraction("momentum", momentum)
        self.epsilon = positive("epsilon", epsilon)

    def _start(self) -> tuple[Any, ...]:
        return 0.0, 0.0, 0.0

    def _change(self, state: tuple[Any, ...], g: Any, lr: float, theta: Any) -> tuple[Any, tuple[Any, ...]]:
        v, root, velocity = state  # root is √v where v overflows, elsewhere 0
        if not _has_square(g) or (root if type(root) is float else root.any()):
            return self._huge_change(state, g, lr)
        if not self.momentum:
            change, v = rmsprop(g, v, lr, self.beta, self.epsilon)
            return change, (v, 0.0, 0.0)
        change, v, velocity = momentum_rmsprop(g, v, velocity, lr, self.beta, self.epsilon, self.momentum)
        return change, (v, 0.0, velocity)

    @property
    def _rule(self) -> Update:
        constants = {"beta": self.beta, "epsilon": self.epsilon}
        if self.momentum:
            return Update(momentum_rmsprop, ("v", "velocity"), {**constants, "momentum": self.momentum})
        return Update(rmsprop, ("v",), constants)

    def _vectors(self, state: tuple[Any, ...]) -> tuple[int, Sequence[Any]] | None:
        v, root, velocity = state
        if np.any(root):
            return None
        return 0, (v, velocity) if self.momentum else (v,)

    def _state_of(self, t: int, vectors: Sequence[Any]) -> tuple[Any, ...]:
        v, *velocity = vectors
        return v, 0.0, *(velocity or [0.0])

    def _huge_change(self, state: tuple[Any, ...], g: Any, lr: float) -> tuple[Any, tuple[Any, ...]]:
        """The same where a square overflows, with √v in place of v."""
        v, root, velocity = state
        scalar, g = type(g) is float, np.asarray(g)
        root, lost = _remembered(self, v, root, g, self.beta)
        root = _next_root(root, g, self.beta)
        velocity = np.where(lost, 0, velocity) * self.momentum + g / (root + self.epsilon)
        parts = *_as_square(root), velocity if self.momentum else np.zeros_like(velocity)
        return _in_kind(scalar, g, velocity * lr, parts)


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
        clip_norm, clip_value: as of `Optimizer`.

    Raises:
        TypeError, ValueError: as for `SGD`.

    >>> from autograd import Value
    >>> x = Value(5.0)
    >>> adam = Adam([x], lr=0.1)
    >>> (x * x).backward()
    >>> adam.step()
    >>> f"{x:.3f}"
    '4.900'
    """

    _settings: ClassVar[Settings] = {"beta1": fraction, "beta2": fraction, "epsilon": positive}
    _parts = ("t", "m", "v", "root")

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float | Schedule = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        super().__init__(params, lr, clip_norm=clip_norm, clip_value=clip_value)
        self.beta1, self.beta2 = fraction("beta1", beta1), fraction("beta2", beta2)
        self.epsilon = positive("epsilon", epsilon)

    def _start(self) -> tuple[Any, ...]:
        return 0, 0.0, 0.0, 0.0

    def _change(self, state: tuple[Any, ...], g: Any, lr: float, theta: Any) -> tuple[Any, tuple[Any, ...]]:
        t, m, v, root = state  # root is √v where v overflows, elsewhere 0
        if not _has_square(g) or np.ndim(t) or (root if type(root) is float else root.any()):
            return self._huge_change(state, g, lr, theta)
        t = t + 1  # not t += 1, which would write into an array of an earlier state
        change, m, v = self._ordinary_change(g, theta, m, v, lr, t)
        return change, (t, m, v, 0.0)

    def _ordinary_change(self, g: Any, theta: Any, m: Any, v: Any, lr: float, t: int) -> tuple[Any, Any, Any]:
        return adam(g, m, v, lr, t, self.beta1, self.beta2, self.epsilon)

    @property
    def _rule(self) -> Update:
        return Update(adam, ("m", "v"), {"beta1": self.beta1, "beta2": self.beta2, "epsilon": self.epsilon})

    def _vectors(self, state: tuple[Any, ...]) -> tuple[int, Sequence[Any]] | None:
        t, m, v, root = state
        return (int(t), (m, v)) if np.ndim(t) == 0 and not np.any(root) else None

    def _state_of(self, t: int, vectors: Sequence[Any]) -> tuple[Any, ...]:
        return t, *vectors, 0.0

    def _huge_change(
        self, state: tuple[Any, ...], g: Any, lr: float, theta: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        """The same with √v in place of v, where a square overflows, or elements have begun anew."""
        t, m, v, root = state
        scalar, g = type(g) is float, np.asarray(g)
        root, lost = _remembered(self, v, root, g, self.beta2)
        if lost.any():
            t, m = np.where(lost, 0, t), np.where(lost, 0, m)
            t = int(t.max()) if t.min() == t.max() else t
        t = t + 1
        m = (self.beta1 * m + (1 - self.beta1) * g).astype(g.dtype)
        root = _next_root(root, g, self.beta2)
        unbiased = (1 - self.beta2**t) ** 0.5
        change = (m / (root + self.epsilon * unbiased)) * (lr * unbiased / (1 - self.beta1**t))
        return _in_kind(scalar, g, change, (t, m, *_as_square(root)))


class AdamW(Adam):
    """Adam with weights that shrink by themselves: decoupled weight decay (Loshchilov and Hutter, 2019).

    θ ← θ - lr · weight_decay · θ - the step of `Adam`. Unlike a penalty in the cost (`nn.l2_penalty`), the
    decay is not divided by √v̂. As PyTorch's, it takes every parameter that has a gradient, biases too; where
    some are to keep their size, they get an optimizer of their own, in a loop by hand.

    Args:
        params, lr, beta1, beta2, epsilon: as for `Adam`.
        weight_decay: a number from 0 up.
        clip_norm, clip_value: as of `Optimizer`; the decay is no part of the gradient.

    Raises:
        TypeError, ValueError: as for `SGD`.

    >>> from autograd import Value
    >>> x = Value(5.0)
    >>> adamw = AdamW([x], lr=0.1, weight_decay=0.01)
    >>> (x * x).backward()
    >>> adamw.step()                   # 5 - 0.1 · 0.01 · 5 - 0.1
    >>> f"{x:.3f}"
    '4.895'
    """

    _settings: ClassVar[Settings] = {**Adam._settings, "weight_decay": from_zero}

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float | Schedule = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        super().__init__(params, lr, beta1, beta2, epsilon, clip_norm=clip_norm, clip_value=clip_value)
        self.weight_decay = from_zero("weight_decay", weight_decay)

    def _ordinary_change(self, g: Any, theta: Any, m: Any, v: Any, lr: float, t: int) -> tuple[Any, Any, Any]:
        return adamw(g, theta, m, v, lr, t, self.beta1, self.beta2, self.epsilon, self.weight_decay)

    @property
    def _rule(self) -> Update:
        return Update(adamw, ("m", "v"), {**super()._rule.constants, "weight_decay": self.weight_decay})

    def _huge_change(
        self, state: tuple[Any, ...], g: Any, lr: float, theta: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        change, state = super()._huge_change(state, g, lr, theta)
        return change + lr * self.weight_decay * theta, state


def _has_square(g: Any) -> bool:
    """Whether the squares of a gradient, and their sum, are finite; vdot does not warn where they are not."""
    return math.isfinite(g * g if type(g) is float else np.vdot(g, g))


def _remembered(optimizer: Optimizer, v: Any, root: Any, g: Any, beta: float) -> tuple[Any, Any]:
    """√v of the steps before, 0 where it is so large that this gradient moves nothing; and these places."""
    root = np.where(root, root, np.sqrt(v)).astype(g.dtype)
    lost = abs(g) < np.finfo(g.dtype).eps * root
    if np.any(g[lost]):
        warn(
            f"{type(optimizer).__name__} forgets a gradient of about {root.max() / (1 - beta) ** 0.5:.1g}, "
            "beside which those of now move nothing; look for the example that it came from",
            RuntimeWarning,
        )
    return np.where(lost, 0, root), lost


def _next_root(root: Any, g: Any, beta: float) -> Any:
    """√v with one more gradient."""
    return np.hypot(root * beta**0.5, g * (1 - beta) ** 0.5).astype(g.dtype)


def _as_square(root: Any) -> tuple[Any, Any]:
    """v, where it does not overflow, and √v elsewhere."""
    huge = root > np.finfo(root.dtype).max ** 0.5 / 2
    return np.square(np.where(huge, 0, root)), np.where(huge, root, 0)


def _in_kind(scalar: bool, g: Any, change: Any, parts: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """A change and a state as Python's numbers for a Value, in the dtype of the gradient for a Tensor."""
    if scalar:
        return change.item(), tuple(part.item() for part in map(np.asarray, parts))
    return change.astype(g.dtype), parts
