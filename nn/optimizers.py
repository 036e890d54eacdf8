"""Taking a step downhill."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor, Value
from nn.parameters import Parameter, assign, numbers

__all__ = ["SGD"]


class SGD:
    """Gradient descent: θ ← θ - lr · ∂C/∂θ for every parameter (deck B).

    Stochastic when the gradient is that of a mini-batch.

    Args:
        params: the parameters, Values or Tensors.
        lr: the learning rate, above 0; may be changed between steps.

    Raises:
        TypeError: for a parameter that is not a Value or Tensor.
        ValueError: for no parameters, one that is not a leaf, one given twice, or a learning
            rate that is not a number above 0.

    >>> x = Value(1.0)
    >>> sgd = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     sgd.zero_grad()
    ...     (1.5 * x * x).backward()  # slope 3x, so each step leaves 0.7 of x
    ...     sgd.step()
    >>> f"{x:.3f}"
    '0.343'
    """

    def __init__(self, params: Iterable[Parameter], lr: float) -> None:
        self.params = list(params)
        if not self.params:
            raise ValueError("SGD needs at least one parameter; net.parameters() gives a net's")
        for p in self.params:
            if not isinstance(p, (Value, Tensor)):
                raise TypeError(f"SGD takes Values and Tensors, not {type(p).__name__} ({p!r})")
            if not p.is_leaf:
                raise ValueError(f"SGD takes leaves, and {p!r} was computed by {p.op}")
        if len({id(p) for p in self.params}) < len(self.params):
            raise ValueError("SGD was given a parameter twice; it would be moved twice")
        if not isinstance(lr, (int, float)) or not 0 < lr < math.inf:
            raise ValueError(f"the learning rate is a number above 0, not {lr!r}")
        self.lr = lr

    def step(self) -> None:
        """Move every parameter that has a gradient; the others the cost does not depend on.

        Raises:
            RuntimeError: when no parameter has a gradient.
        """
        moved = [p for p in self.params if p.grad is not None]
        if not moved:
            raise RuntimeError("no parameter has a gradient: call backward() on the cost before step()")
        assign(moved, [x - self.lr * _plain(p.grad) for p, x in zip(moved, numbers(moved), strict=True)])

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward() adds to them."""
        for p in self.params:
            p.grad = None


def _plain(grad: Any) -> Any:
    """A gradient as numbers, also one that was recorded (create_graph)."""
    return float(grad) if isinstance(grad, Value) else np.asarray(grad) if isinstance(grad, Tensor) else grad
