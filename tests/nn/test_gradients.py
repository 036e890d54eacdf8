"""Whole nets against finite differences, and the two kinds of node against each other."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, gradcheck, relu, softplus, tanh
from autograd._graph.node import plain

ONE_HOT = [[1.0, 0.0], [0.0, 1.0], [0.3, 0.7]]
SIGNS = [[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]
NETS = [
    ("a chain", {"sizes": [1, 1, 1, 1]}, nn.quadratic_cost),
    ("the lectures' kind", {"sizes": [3, 4, 2]}, nn.quadratic_cost),
    (
        "three activations",
        {"sizes": [2, 5, 3, 2], "activation": [tanh, softplus, nn.identity]},
        nn.cross_entropy,
    ),
    ("without biases", {"sizes": [4, 3, 2], "use_bias": False}, nn.half_squared_error),
    (
        "narrow in the middle",
        {"sizes": [5, 1, 4, 2], "output_activation": nn.identity},
        nn.mean_squared_error,
    ),
    (
        "relu and margins",
        {"sizes": [3, 6, 2], "activation": relu, "output_activation": nn.identity},
        nn.hinge_loss,
    ),
]
every_net = pytest.mark.parametrize(("options", "cost"), [n[1:] for n in NETS], ids=[n[0] for n in NETS])
both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def examples(net, cost):
    """Inputs, and desired outputs of the kind that the cost takes."""
    x = np.random.default_rng(2).normal(size=(3, net.sizes[0]))
    desired = np.array({nn.hinge_loss: SIGNS}.get(cost, ONE_HOT))[:, : net.sizes[-1]]
    return x, desired


def with_parameters(net, cost, x, y):
    """The cost as a function of one array for each W and b, and these arrays."""

    def function(*arrays):
        rest = iter(arrays)
        for layer in net.layers:
            layer.W = next(rest)
            layer.b = next(rest) if layer.b is not None else None
        return cost(net(x), y) + nn.l2_penalty([layer.W for layer in net.layers], 0.01)

    return function, list(net.state_dict().values())


@every_net
def test_the_gradient_of_a_net_of_tensors_is_that_of_differences(options, cost):
    net = nn.MLP(**options, rng=3)
    function, arrays = with_parameters(net, cost, *examples(net, cost))
    assert gradcheck(function, *arrays)


@every_net
def test_the_gradient_of_a_net_of_values_is_that_of_differences(options, cost):
    net = nn.MLP(**options, node=Value, rng=3)
    of_arrays, arrays = with_parameters(net, cost, *examples(net, cost))
    ends = np.cumsum([array.size for array in arrays])

    def of_numbers(*numbers):
        # What gradcheck moves are single numbers; each finds its place in W or b again.
        pieces = np.split(np.array(numbers, dtype=object), ends[:-1])
        return of_arrays(*(p.reshape(a.shape) for p, a in zip(pieces, arrays, strict=True)))

    assert gradcheck(of_numbers, *np.concatenate([array.ravel() for array in arrays]).tolist())


@every_net
def test_equal_weights_give_equal_costs_and_gradients_on_both_nodes(options, cost):
    nets = [nn.MLP(**options, node=node, rng=3) for node in (Tensor, Value)]
    x, y = examples(nets[0], cost)
    costs = [cost(net(x), y) for net in nets]
    assert float(plain(costs[0])) == pytest.approx(float(plain(costs[1])), rel=1e-14)
    for c in costs:
        c.backward()
    for array, scalars in zip(nets[0].layers, nets[1].layers, strict=True):
        for a, s in ((array.W, scalars.W), (array.b, scalars.b)):
            if a is not None:
                grads = np.array([node.grad for node in s.flat]).reshape(s.shape)
                np.testing.assert_allclose(grads, a.grad, rtol=1e-12, atol=1e-15)


@both_nodes
def test_inputs_have_gradients_too(node):
    net = nn.MLP([2, 3, 1], node=node, rng=0)
    x = Tensor([0.3, -0.2], label="x") if node is Tensor else [Value(0.3), Value(-0.2)]
    nn.quadratic_cost(net(x), [1.0]).backward()
    found = x.grad if node is Tensor else np.array([v.grad for v in x])
    h = 1e-6
    for i in range(2):
        ends = []
        for step in (h, -h):
            moved = np.array([0.3, -0.2])
            moved[i] += step
            ends.append(float(plain(nn.quadratic_cost(net(moved), [1.0]))))
        assert found[i] == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=1e-8)
