"""What a net is punished for: functions of its outputs and of the desired ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, square, sum

__all__ = ["quadratic_cost"]


def quadratic_cost(a: Any, y: Any) -> Any:
    """The lectures' C: the mean over examples of Σⱼ (aⱼ - yⱼ)², without a ½ (deck B).

    Args:
        a: outputs, of one example ``(outputs,)`` or a batch ``(n, outputs)``: a Tensor, Values in
            a list or array, or plain numbers. One number is an example with one output.
        y: the desired outputs, of the same shape.

    Returns:
        A Tensor of one element, a Value, or a float, as `a` is.

    Raises:
        ValueError: when the shapes differ, or there is no example.

    >>> trained = [0.02, 0.03, 0.06, 0.97, 0.07, 0.02, 0.05, 0.06, 0.08, 0.04]
    >>> three = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    >>> f"{quadratic_cost(trained, three):.2f}"
    '0.03'
    """
    a, y = (x if isinstance(x, Tensor) else np.asarray(x) for x in (a, y))
    if a.shape != y.shape:
        raise ValueError(
            f"quadratic_cost: outputs of shape {a.shape} and desired outputs of shape {y.shape}; "
            "they must be the same (labels become desired outputs by nn.data.one_hot)"
        )
    if a.ndim > 2 or a.size == 0:
        raise ValueError(f"quadratic_cost takes outputs of shape (outputs,) or (n, outputs), given {a.shape}")
    total = sum(square(a - y))
    if a.ndim == 2:
        total = total / len(a)
    return float(total) if isinstance(total, np.generic) else total
