"""The nets of the lectures and the precision of their slides, for the tests of their numbers."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from autograd._graph.leaving import plain_array

__all__ = ["SIGNAL", "both_nodes", "floats", "net_of", "of", "printed", "slopes"]


both_nodes = pytest.mark.parametrize("node", [Tensor, Value])
SIGNAL = [0.9, 0.1, 0.8]


def printed(numbers, places):
    """Equal to what a slide prints: within half a unit of the last place."""
    return pytest.approx(numbers, abs=0.5 * 10**-places)


def of(node, numbers):
    """Numbers as a Tensor, or as an array of Values."""
    array = np.asarray(numbers, dtype=float)
    return Tensor(array) if node is Tensor else np.vectorize(Value, otypes=[object])(array)


def floats(nodes):
    return plain_array(nodes).astype(float)


def slopes(nodes):
    if not isinstance(nodes, np.ndarray):
        return nodes.grad
    return np.array([node.grad for node in nodes.flat]).reshape(nodes.shape)


def net_of(weights, biases=None, node=Tensor, **options):
    """A net with these weights, and these biases if it has any."""
    shapes = [np.shape(W) for W in weights]
    net = nn.MLP(
        [shapes[0][1], *(rows for rows, _ in shapes)],
        use_bias=biases is not None,
        node=node,
        rng=0,
        **options,
    )
    state = {f"layers.{i}.W": W for i, W in enumerate(weights)}
    net.load_state_dict(state | {f"layers.{i}.b": b for i, b in enumerate(biases or [])})
    return net
