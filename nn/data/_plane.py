"""Points in the plane, in classes that, but for two blobs, no line divides."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._support.checks import between, count, real_array
from nn._support.seeds import Seed, generator

__all__ = ["blobs", "circles", "moons", "spirals"]

Points = NDArray[np.float64]
Labels = NDArray[np.int64]


def moons(n: int, rng: Seed, noise: float = 0.1) -> tuple[Points, Labels]:
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
        TypeError: for anything but a seed or generator.
        ValueError: for an n or a noise that is negative or no number.

    >>> X, labels = moons(100, rng=0)
    >>> X.shape, np.bincount(labels)
    ((100, 2), array([50, 50]))
    """
    n, noise = _checked(n, noise)
    labels = np.arange(n) % 2
    upper, lower = (np.linspace(0, np.pi, np.sum(labels == label)) for label in (0, 1))
    X = np.empty((n, 2))
    X[labels == 0] = np.stack([np.cos(upper), np.sin(upper)], axis=1)
    X[labels == 1] = np.stack([1 - np.cos(lower), 0.5 - np.sin(lower)], axis=1)
    return _shuffled(X, labels, noise, generator(rng))


def circles(n: int, rng: Seed, noise: float = 0.0) -> tuple[Points, Labels]:
    """A disc within a ring, in random order.

    A point is (r sin t, r cos t), the angle t uniform from 0 to 2π. The radius r of class 0 is uniform
    from 3.5 to 5, that of class 1 from 0 to 2.5: TensorFlow Playground's circle.

    Args:
        n: how many points; the classes differ by one at most.
        rng: a seed or generator for the points, their order and the noise.
        noise: the standard deviation of a normal number added to each coordinate.

    Returns:
        X, shape (n, 2), and the labels 0 and 1, shape (n,).

    Raises:
        TypeError: for anything but a seed or generator.
        ValueError: for an n or a noise that is negative or no number.

    >>> X, labels = circles(100, rng=0)
    >>> np.array_equal(labels == 1, np.hypot(X[:, 0], X[:, 1]) < 3)
    True
    """
    n, noise = _checked(n, noise)
    stream = generator(rng)
    labels = np.arange(n) % 2
    radius = stream.uniform(np.where(labels == 1, 0.0, 3.5), np.where(labels == 1, 2.5, 5.0))
    return _shuffled(_around(radius, stream.uniform(0, 2 * np.pi, n)), labels, noise, stream)


def spirals(n: int, rng: Seed, noise: float = 0.0) -> tuple[Points, Labels]:
    """Two spirals, each turned by half a turn against the other, in random order.

    With s evenly from 0 to 1, without 0, where both would have the same point, a point of class 0 is
    (r sin t, r cos t) of r = 5 s and t = 1.75 · 2π s, and class 1 has t + π: TensorFlow Playground's spiral.

    Args:
        n: how many points; the classes differ by one at most.
        rng: a seed or generator for the order and the noise.
        noise: the standard deviation of a normal number added to each coordinate.

    Returns:
        X, shape (n, 2), and the labels 0 and 1, shape (n,).

    Raises:
        TypeError: for anything but a seed or generator.
        ValueError: for an n or a noise that is negative or no number.

    >>> X, labels = spirals(4, rng=0)
    >>> X[labels == 0].round(3).tolist(), X[labels == 1].round(3).tolist()
    ([[-1.768, 1.768], [-5.0, -0.0]], [[1.768, -1.768], [5.0, 0.0]])
    """
    n, noise = _checked(n, noise)
    labels = np.arange(n) % 2
    members = np.where(labels == 0, (n + 1) // 2, n // 2)
    s = (np.arange(n) // 2 + 1) / members
    return _shuffled(_around(5 * s, 3.5 * np.pi * s + np.pi * labels), labels, noise, generator(rng))


def blobs(n: int, rng: Seed, noise: float = 1.0, centers: int | ArrayLike = 2) -> tuple[Points, Labels]:
    """Clouds of points, each normal about its center, in random order.

    A point of class k is centers[k] + noise · (u, v), with u and v from N(0, 1). A number of centers stands
    for as many, evenly on the circle of radius 2√2 from (2, 2) on, against the clock. So two are those of
    TensorFlow Playground's Gaussian, (2, 2) and (-2, -2). Of four, ``labels % 2`` is exclusive or.

    Args:
        n: how many points; the classes differ by one at most.
        rng: a seed or generator for the points and their order.
        noise: the standard deviation of each coordinate.
        centers: how many classes, or the center of each, shape (classes, 2).

    Returns:
        X, shape (n, 2), and the labels 0, 1, …, shape (n,).

    Raises:
        TypeError: for centers that are no real numbers, and for anything but a seed or generator.
        ValueError: for an n or a noise that is negative or no number; for no center, one that is not
            finite, and centers of another shape.

    >>> X, labels = blobs(300, rng=0, centers=3)
    >>> np.bincount(labels)
    array([100, 100, 100])
    >>> X, labels = blobs(6, rng=0, noise=0, centers=[[0, 1], [5, 1]])
    >>> X[labels == 1].tolist()
    [[5.0, 1.0], [5.0, 1.0], [5.0, 1.0]]
    """
    n, noise = _checked(n, noise)
    places = _centers(centers)
    labels = np.arange(n) % len(places)
    return _shuffled(places[labels], labels, noise, generator(rng))


def _centers(centers: int | ArrayLike) -> Points:
    if np.ndim(centers) == 0:
        number = count(centers, "centers", unit=" of classes, or the center of each,")
        return _around(np.full(number, np.sqrt(8)), np.pi / 4 - 2 * np.pi * np.arange(number) / number)
    places = real_array(centers, "centers").astype(np.float64)
    if places.ndim != 2 or places.shape[1] != 2 or len(places) == 0:
        raise ValueError(f"centers has the shape (classes, 2), not {places.shape}")
    if not np.all(np.isfinite(places)):
        raise ValueError(f"each center is finite, not {places[~np.isfinite(places).all(axis=1)][0].tolist()}")
    return places


def _checked(n: int, noise: float) -> tuple[int, float]:
    return count(n, "n", 0, unit=" of points"), between(noise, "the standard deviation noise", 0)


def _around(radius: Points, angle: Points) -> Points:
    """Points by their distance from (0, 0) and their angle from the second axis, with the clock."""
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def _shuffled(X: Points, labels: Labels, noise: float, stream: np.random.Generator) -> tuple[Points, Labels]:
    """The points with noise, in random order."""
    X = X + stream.normal(0, noise, X.shape)
    order = stream.permutation(len(X))
    return X[order], labels[order]
