"""Weights to start from: functions of a shape and a generator.

The shape is that of W, (outputs, inputs): W[j, k] goes from neuron k to neuron j, so the last axis
counts the links into a neuron (fan_in) and the others the links out of one (fan_out). Any function
``(shape, rng) -> array`` of that shape is an initialiser.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Initializer", "glorot_normal", "glorot_uniform", "he_normal", "lecun_normal", "zeros"]

Shape = tuple[int, ...]
Initializer = Callable[[Shape, np.random.Generator], NDArray[Any]]


def lecun_normal(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """N(0, 1/√fan_in), the standard deviation of deck E: 0.577 for 3 links, 0.1 for 100.

    Keeps the size of the signal for a sigmoid or tanh (LeCun et al., Efficient BackProp, 1998).

    >>> f"{lecun_normal((1000, 100), np.random.default_rng(0)).std():.2f}"
    '0.10'
    """
    return rng.normal(0.0, 1 / math.sqrt(shape[-1]), shape)


def glorot_normal(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """N(0, √(2/(fan_in + fan_out))): signal and gradient keep their size (Glorot and Bengio, 2010).

    >>> f"{glorot_normal((150, 50), np.random.default_rng(0)).std():.1f}"
    '0.1'
    """
    return rng.normal(0.0, math.sqrt(2 / _fans(shape)), shape)


def glorot_uniform(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """Uniform within ±√(6/(fan_in + fan_out)): as `glorot_normal`, without tails.

    >>> bool(abs(glorot_uniform((100, 50), np.random.default_rng(0))).max() < 0.2)
    True
    """
    limit = math.sqrt(6 / _fans(shape))
    return rng.uniform(-limit, limit, shape)


def he_normal(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """N(0, √(2/fan_in)): makes up for the half that relu cuts off (He et al., 2015).

    >>> f"{he_normal((1000, 200), np.random.default_rng(0)).std():.1f}"
    '0.1'
    """
    return rng.normal(0.0, math.sqrt(2 / shape[-1]), shape)


def zeros(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """All 0, for a net whose numbers are set afterwards; trained from there, all neurons stay alike.

    >>> zeros((1, 2), np.random.default_rng(0))
    array([[0., 0.]])
    """
    return np.zeros(shape)


def _fans(shape: Shape) -> int:
    return shape[-1] + math.prod(shape[:-1])
