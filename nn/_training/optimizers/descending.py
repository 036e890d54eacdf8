"""Gradient descent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from autograd._compiler.loops.native.updates import Update
from nn._nets.parameters import Parameter
from nn._training.optimizers.formulas import descent, momentum_descent
from nn._training.optimizers.optimizer import Optimizer, Settings, fraction
from nn._training.schedules import Schedule

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent: v ← momentum · v + ∂C/∂θ, θ ← θ - lr · v for every parameter (deck B).

    Stochastic when the gradient is that of a mini-batch. Without momentum, v is the gradient.

    Args:
        params: the parameters, Values or Tensors.
        lr: the learning rate, above 0, or a schedule; may be changed between steps.
        momentum: how much of the last step goes on, from 0 to below 1 (Polyak, 1964).
        clip_norm, clip_value: as of `Optimizer`.

    Raises:
        TypeError: for a parameter that is not a Value or Tensor, or a rate that is no number.
        ValueError: for no parameters, one that is not a leaf, one given twice, or a rate or
            momentum out of its range.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> sgd = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     sgd.zero_grad()
    ...     (1.5 * x * x).backward()  # slope 3x, so each step leaves 0.7 of x
    ...     sgd.step()
    >>> f"{x:.3f}"
    '0.343'
    """

    _settings: ClassVar[Settings] = {"momentum": fraction}
    _parts = ("velocity",)

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float | Schedule,
        momentum: float = 0.0,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        super().__init__(params, lr, clip_norm=clip_norm, clip_value=clip_value)
        self.momentum = fraction("momentum", momentum)

    def _start(self) -> tuple[Any, ...]:
        return (0.0,)

    def _change(self, state: tuple[Any, ...], g: Any, lr: float, theta: Any) -> tuple[Any, tuple[Any, ...]]:
        if not self.momentum:
            return descent(g, lr), ()
        change, velocity = momentum_descent(g, state[0], lr, self.momentum)
        return change, (velocity,)

    @property
    def _rule(self) -> Update:
        if self.momentum:
            return Update(momentum_descent, ("velocity",), {"momentum": self.momentum})
        return Update(descent, (), {})

    def _vectors(self, state: tuple[Any, ...]) -> tuple[int, Sequence[Any]] | None:
        return 0, state if self.momentum else ()

    def _state_of(self, t: int, vectors: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(vectors)
