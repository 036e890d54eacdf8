"""The 784-16-16-10 net that several workloads train, in the terms of NumPy, torch and jax.

Everyone computes in float32, on the same random images and from the same start: sigmoid layers, and
the quadratic cost in the mean over a batch. A library is imported where it is used, since the
process of a contender has only its own.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from benchmarks.scalar_nets import arrays

__all__ = [
    "BATCHES",
    "IMAGES",
    "RATE",
    "SIZES",
    "flat",
    "images",
    "jax_cost",
    "jax_stepped",
    "numpy_gradients",
    "numpy_step",
    "parameters",
    "torch_cost",
    "torch_step",
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
    layers = []
    for fan_in, fan_out in pairwise(SIZES):
        layers.append((rng.standard_normal((fan_out, fan_in)) / np.sqrt(fan_in)).astype(np.float32))
        layers.append(np.zeros(fan_out, np.float32))
    return layers


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


def numpy_step(theta: Any, n: int) -> Callable[[Any, Any], Any]:
    """By hand, with every result in an array made before: as fast as NumPy gets.

    The parameters lie in one vector, so that a single call moves them all; what is the same in every
    step is looked up once, and no cost is computed. Examples as rows or as columns, ``dot`` or
    ``matmul``: the four differ by less than a twentieth.

    Args:
        theta: the parameters, moved by each step.
        n: examples in a batch.

    Returns:
        A function of images and answers, which gives how far theta went: the rate times the gradient.
    """
    import numpy as np

    dot, add, subtract, multiply, divide = np.dot, np.add, np.subtract, np.multiply, np.divide
    negative, exp = np.negative, np.exp
    update = np.empty_like(theta)
    W1, b1, W2, b2, W3, b3 = arrays(SIZES, theta)
    dW1, db1, dW2, db2, dW3, db3 = arrays(SIZES, update)
    a1, a2, a3 = (np.empty((n, width), np.float32) for width in SIZES[1:])
    d1, d2, d3, s1, s2, s3 = map(np.empty_like, (a1, a2, a3, a1, a2, a3))
    ones, one = np.ones(n, np.float32), np.array(1, np.float32)  # an array is quicker than Python's number
    scale = np.array(2 * RATE / n, np.float32)  # of the cost, and the rate with it
    W1_T, W2_T, W3_T, d1_T, d2_T, d3_T = W1.T, W2.T, W3.T, d1.T, d2.T, d3.T

    def sigmoid(z: Any) -> None:
        negative(z, z)
        exp(z, z)
        add(z, one, z)
        divide(one, z, z)

    def times_slope(d: Any, a: Any, s: Any) -> None:
        subtract(one, a, s)
        multiply(s, a, s)
        multiply(d, s, d)

    def step(x: Any, y: Any) -> Any:
        dot(x, W1_T, a1)
        add(a1, b1, a1)
        sigmoid(a1)
        dot(a1, W2_T, a2)
        add(a2, b2, a2)
        sigmoid(a2)
        dot(a2, W3_T, a3)
        add(a3, b3, a3)
        sigmoid(a3)
        subtract(a3, y, d3)
        multiply(d3, scale, d3)
        times_slope(d3, a3, s3)
        dot(d3, W3, d2)
        times_slope(d2, a2, s2)
        dot(d2, W2, d1)
        times_slope(d1, a1, s1)
        dot(d3_T, a2, dW3)
        dot(ones, d3, db3)
        dot(d2_T, a1, dW2)
        dot(ones, d2, db2)
        dot(d1_T, x, dW1)
        dot(ones, d1, db1)
        subtract(theta, update, theta)
        return update

    return step


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


def torch_step() -> Callable[[Any, Any, Any], list[Any]]:
    """The gradient and the step in one compiled function of the parameters: the quickest torch found."""
    import torch

    def cost(params: Any, x: Any, y: Any) -> Any:
        return torch_cost(params)(x, y)

    def step(params: Any, x: Any, y: Any) -> list[Any]:
        return [p - RATE * g for p, g in zip(params, torch.func.grad(cost)(params, x, y), strict=True)]

    compiled: Callable[[Any, Any, Any], list[Any]] = torch.compile(step, dynamic=False)
    return compiled


def jax_cost(params: Any, x: Any, y: Any) -> Any:
    """The cost of a batch."""
    import jax
    import jax.numpy as jnp

    a = x
    for W, b in zip(params[::2], params[1::2], strict=True):
        a = jax.nn.sigmoid(a @ W.T + b)
    return jnp.square(a - y).sum() / len(x)


def jax_stepped(params: Any, x: Any, y: Any) -> list[Any]:
    """The parameters after a step, to be compiled."""
    import jax

    return [p - RATE * g for p, g in zip(params, jax.grad(jax_cost)(params, x, y), strict=True)]


def flat(arrays: Any) -> list[float]:
    """The numbers of several arrays, one after another."""
    return [float(number) for array in arrays for number in array.ravel().tolist()]
