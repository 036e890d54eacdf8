"""Points in the plane that no line divides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autograd._support.checks import between, count
from nn._nets.seeds import Seed, generator

__all__ = ["moons"]


def moons(n: int, rng: Seed, noise: float = 0.1) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Two half circles that reach into each other, in random order.

    With t evenly from 0 to π, class 0 is the upper one, (cos t, sin t), and class 1 the lower,
    (1 - cos t, ½ - sin t), as scikit-learn has them. ``2 * labels - 1`` are classes -1 and +1.

    Args:
        n: how many points; the classes differ by one at most.
        rng: a seed or generator for the order and the noise.
        noise: the standard deviation of a normal number added to each coordinate.

    Returns:
        X, shape (n, 2), and the labels 0 and 1, shape (n,).

    Raises:
        ValueError: for an n or a noise that is negative or no number.

    >>> X, labels = moons(100, rng=0)
    >>> X.shape, np.bincount(labels)
    ((100, 2), array([50, 50]))
    """
    n = count(n, "n", 0, unit=" of points")
    noise = between(noise, "the standard deviation noise", 0)
    stream = generator(rng)
    labels = np.arange(n) % 2
    upper, lower = (np.linspace(0, np.pi, np.sum(labels == label)) for label in (0, 1))
    X = np.empty((n, 2))
    X[labels == 0] = np.stack([np.cos(upper), np.sin(upper)], axis=1)
    X[labels == 1] = np.stack([1 - np.cos(lower), 0.5 - np.sin(lower)], axis=1)
    X += stream.normal(0, noise, X.shape)
    order = stream.permutation(n)
    return X[order], labels[order]
