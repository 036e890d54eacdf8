"""The 784-16-16-10 net that several workloads train, in the terms of each library.

Everyone computes in float32, on the same random images and from the same start: sigmoid layers, and
the quadratic cost in the mean over a batch. A library is imported where it is used, since the
process of a contender has only its own.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

__all__ = [
    "BATCHES",
    "IMAGES",
    "RATE",
    "SIZES",
    "flat",
    "images",
    "jax_cost",
    "numpy_gradients",
    "parameters",
    "torch_cost",
]

SIZES = (784, 16, 16, 10)
IMAGES = 10_000
RATE = 0.5
BATCHES = (10, 32, 100)


def images() -> tuple[Any, Any]:
    """Random images and random one-hot answers."""
    import numpy as np

    rng = np.random.default_rng(0)
    X = rng.random((IMAGES, SIZES[0]), dtype=np.float32)
    Y = np.eye(SIZES[-1], dtype=np.float32)[rng.integers(SIZES[-1], size=IMAGES)]
    return X, Y


def parameters() -> list[Any]:
    """W and b of each layer, in turn: weights N(0, 1/√fan_in), biases 0."""
    import numpy as np

    rng = np.random.default_rng(1)
    found = []
    for fan_in, fan_out in pairwise(SIZES):
        found.append((rng.standard_normal((fan_out, fan_in)) / np.sqrt(fan_in)).astype(np.float32))
        found.append(np.zeros(fan_out, np.float32))
    return found


def numpy_gradients(params: list[Any], x: Any, y: Any) -> list[Any]:
    """By hand, plain: a new array for every result, as one writes it first."""
    import numpy as np

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    W1, b1, W2, b2, W3, b3 = params
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    a3 = sigmoid(a2 @ W3.T + b3)
    d3 = (a3 - y) * (2 / len(x)) * (a3 * (1 - a3))
    d2 = (d3 @ W3) * (a2 * (1 - a2))
    d1 = (d2 @ W2) * (a1 * (1 - a1))
    return [d1.T @ x, d1.sum(0), d2.T @ a1, d2.sum(0), d3.T @ a2, d3.sum(0)]


def torch_cost(params: list[Any]) -> Callable[[Any, Any], Any]:
    """The cost of a batch, without modules, which would make it slower."""
    import torch

    W1, b1, W2, b2, W3, b3 = params
    sigmoid, linear = torch.sigmoid, torch.nn.functional.linear

    def cost(x: Any, y: Any) -> Any:
        a = sigmoid(linear(x, W1, b1))
        a = sigmoid(linear(a, W2, b2))
        a = sigmoid(linear(a, W3, b3))
        return (a - y).square().sum() / len(x)

    return cost


def jax_cost(params: Any, x: Any, y: Any) -> Any:
    """The cost of a batch."""
    import jax
    import jax.numpy as jnp

    a = x
    for W, b in zip(params[::2], params[1::2], strict=True):
        a = jax.nn.sigmoid(a @ W.T + b)
    return jnp.square(a - y).sum() / len(x)


def flat(arrays: Any) -> list[float]:
    """The numbers of several arrays, one after another."""
    return [float(number) for array in arrays for number in array.ravel().tolist()]
