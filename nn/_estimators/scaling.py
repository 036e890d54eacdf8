"""Inputs and desired outputs of mean 0 and deviation 1, and a net that takes them as they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn._nets.mlp import MLP

__all__ = ["Scale", "scale_of", "unscaled", "unscaled_outputs"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """The mean and the standard deviation of each column."""

    mean: Array
    deviation: Array

    def __call__(self, columns: Array) -> Array:
        """The columns in units of their deviation from the mean."""
        scaled: Array = (columns - self.mean) / self.deviation
        return scaled


def scale_of(columns: Array) -> Scale:
    """The scale of columns; a column of one number has the deviation 1.

    >>> scale_of(np.array([[1.0, 5.0], [3.0, 5.0]]))
    Scale(mean=array([2., 5.]), deviation=array([1., 1.]))
    """
    largest = abs(columns).max(axis=0)
    largest[largest == 0] = 1
    parts = columns / largest  # whose squares do not overflow
    mean, deviation = parts.mean(axis=0), parts.std(axis=0)
    constant = (
        deviation <= len(columns) * np.finfo(float).eps
    )  # of one number, up to the rounding of its mean
    return Scale(mean * largest, np.where(constant, 1.0, deviation * largest))


def unscaled(net: MLP, scale: Scale) -> None:
    """Let a net of scaled inputs take these as they were: W(x - μ)/σ + b = (W/σ) x + (b - (W/σ) μ)."""
    first: Any = net.layers[0]
    with np.errstate(all="ignore"):
        W = first.W.data / scale.deviation
        b = first.b.data - W @ scale.mean
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        column = int(scale.deviation.argmin())
        raise ValueError(
            f"column {column} of X varies by {scale.deviation[column]:.1g} alone, whose inverse is beyond "
            "the largest number: give it in other units"
        )
    first.W, first.b = W, b


def unscaled_outputs(net: MLP, scale: Scale) -> None:
    """Let a net of scaled, linear outputs give them as they were: σ(Wa + b) + μ = (σW) a + (σb + μ)."""
    last: Any = net.layers[-1]
    last.W = last.W.data * scale.deviation[:, None]
    last.b = last.b.data * scale.deviation + scale.mean
