"""Nets written one scalar at a time, in lists; and as casadi writes them, scalars in its own matrices.

Everyone computes in float64. The parameters of a net are one vector, layer by layer: W row by row, b.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

__all__ = ["WIDTHS", "arrays", "casadi_gradient", "casadi_net", "operations", "outputs", "start"]

WIDTHS = {
    1_000: (24, 16, 6),
    10_000: (284, 16, 16, 10),
    26_000: (784, 16, 16, 10),
    100_000: (764, 60, 60, 10),
}
"""Nets by about how many operations an example and its quadratic cost are."""


def operations(sizes: Sequence[int]) -> int:
    """Those of one example through a net with one activation a neuron, and of its quadratic cost.

    >>> operations((784, 16, 16, 10))
    25991
    """
    return sum(n * (2 * m + 1) for m, n in pairwise(sizes)) + 3 * sizes[-1] - 1


def start(sizes: Sequence[int]) -> Any:
    """Weights N(0, 1/√fan_in), biases 0."""
    import numpy as np

    rng = np.random.default_rng(1)
    layers = ((rng.standard_normal(m * n) / np.sqrt(m), np.zeros(n)) for m, n in pairwise(sizes))
    return np.concatenate([array for layer in layers for array in layer])


def arrays(sizes: Sequence[int], theta: Any) -> list[Any]:
    """W and b of each layer in turn, as views of the vector of all parameters, of any array library."""
    result, end = [], 0
    for m, n in pairwise(sizes):
        result.append(theta[end : end + m * n].reshape(n, m))
        result.append(theta[end + m * n : end + m * n + n])
        end += m * n + n
    return result


def _layers(
    sizes: Sequence[int], theta: Sequence[Any]
) -> Iterator[tuple[list[Sequence[Any]], Sequence[Any]]]:
    end = 0
    for m, n in pairwise(sizes):
        rows = [theta[end + i * m : end + (i + 1) * m] for i in range(n)]
        end += m * n
        yield rows, theta[end : end + n]
        end += n


def outputs(
    sizes: Sequence[int], theta: Sequence[Any], x: Sequence[Any], activations: Sequence[Callable[[Any], Any]]
) -> list[Any]:
    """The net of one example, neuron by neuron, as a user of micrograd writes it.

    >>> outputs((2, 1), [3.0, 4.0, 0.5], [1.0, 10.0], [abs])
    [43.5]
    """
    a = list(x)
    for (rows, biases), activation in zip(_layers(sizes, theta), activations, strict=True):
        a = [
            activation(sum((w * v for w, v in zip(row, a, strict=True)), b))
            for row, b in zip(rows, biases, strict=True)
        ]
    return a


def casadi_net(sizes: Sequence[int], theta: Any, x: Any, activations: Sequence[Callable[[Any], Any]]) -> Any:
    """The net of examples side by side, in casadi's matrices of scalars (SX)."""
    import casadi

    a, end = x, 0
    for (m, n), activation in zip(pairwise(sizes), activations, strict=True):
        W_T = theta[end : end + m * n].reshape((m, n))  # casadi counts down the columns
        b = theta[end + m * n : end + m * n + n]
        end += m * n + n
        a = activation(casadi.mtimes(W_T.T, a) + casadi.repmat(b, 1, x.shape[1]))
    return a


def casadi_gradient(cost: Any, theta: Any, *others: Any) -> Callable[..., Any]:
    """The gradient by theta as a function of arrays: without copies, by casadi's buffers.

    Its ordinary call turns every array into a matrix of its own, which takes longer than a small net.
    """
    import casadi
    import numpy as np

    function = casadi.Function("f", [theta, *others], [casadi.densify(casadi.gradient(cost, theta))])
    buffer, evaluate = function.buffer()
    result = np.empty(theta.numel())
    buffer.set_res(0, result.data)

    def gradient(*numbers: Any) -> Any:
        for i, array in enumerate(numbers):
            buffer.set_arg(i, array.data)
        evaluate()
        return result

    return gradient
