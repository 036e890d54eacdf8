"""Gradients made shorter before a step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["clipped", "length"]


def clipped(gradients: Sequence[Any], norm: float | None, value: float | None) -> Sequence[Any]:
    """The gradients of all parameters, shortened together to a norm, or each number to a size.

    ``g · norm / ‖g‖`` where ‖g‖ > norm (Pascanu, Mikolov and Bengio, 2013), with the Euclidean norm of all
    gradients as one vector; or g limited to [-value, value]. The gradients given are not written to.

    >>> clipped([3.0, 4.0], norm=1.0, value=None)
    [0.6000000000000001, 0.8]
    >>> clipped([3.0, np.array([-4.0, 0.5])], norm=None, value=1.0)
    [1.0, array([-1. ,  0.5])]
    """
    if norm is not None and norm < (size := length(gradients)) < math.inf:
        ratio = norm / size
        return [g * ratio for g in gradients]
    if value is not None:
        # In this order nan stays nan, as by np.clip.
        return [
            max(min(g, value), -value) if type(g) is float else np.clip(g, -value, value) for g in gradients
        ]
    return gradients


def length(gradients: Sequence[Any]) -> float:
    """The Euclidean norm of numbers and arrays as one vector; no square in it overflows.

    >>> f"{length([3e200, np.array([4e200])]):.3g}"
    '5e+200'
    """
    squares = math.sqrt(sum(g * g if type(g) is float else float(np.vdot(g, g)) for g in gradients))
    if 0 < squares < math.inf:
        return squares
    largest = max(float(np.max(np.abs(g), initial=0.0)) for g in gradients)
    if not 0 < largest < math.inf:  # nan is neither
        return largest
    scaled = [np.asarray(g, np.float64) / largest for g in gradients]
    return largest * math.sqrt(sum(float(np.vdot(g, g)) for g in scaled))
