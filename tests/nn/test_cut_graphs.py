"""A cost that depends on no parameter is told before a step."""

import numpy as np
import pytest
from training_runs import X, both_nodes, make, same, train, weights

import nn
from autograd import Tensor, Value, no_grad


class Through:
    """A net whose outputs go through a function."""

    def __init__(self, net, function):
        self.net, self.function = net, function

    def parameters(self):
        return self.net.parameters()

    def __call__(self, x):
        return self.function(self.net(x))


def as_values(a):
    """New Values with the numbers of others."""
    fresh = np.empty(a.shape, object)
    fresh[...] = [[Value(x.data) for x in row] for row in a]
    return fresh


class AnotherOptimizer:
    """One that moves by 0 what has no gradient, and does not say what it holds."""

    def __init__(self, params):
        self.held = params

    def zero_grad(self):
        for p in self.held:
            p.grad = None

    def step(self):
        pass


CUTS = {
    "Tensor": (
        Tensor,
        lambda a: Tensor(a.data),
        ValueError,
        "depends on no parameter that the optimizer moves",
    ),
    "no_grad": (Tensor, no_grad()(lambda a: a * 1), ValueError, "depends on no parameter"),
    "array": (
        Tensor,
        lambda a: a.data.copy(),
        TypeError,
        "the cost gave float .* on nodes: a result computed",
    ),
    "Values": (Value, as_values, ValueError, "depends on no parameter that the optimizer moves"),
    "floats": (Value, lambda a: a.astype(float), ValueError, "depends on no parameter"),
}


@pytest.mark.parametrize("make_optimizer", [lambda p: nn.SGD(p, 1.0, momentum=0.9), AnotherOptimizer])
@pytest.mark.parametrize(("node", "function", "error", "message"), CUTS.values(), ids=CUTS)
@pytest.mark.filterwarnings("ignore:fit runs this net scalar by scalar")
def test_a_net_whose_graph_is_cut_is_told_before_a_step(node, function, error, message, make_optimizer):
    net = make(node)
    before = weights(net)
    with pytest.raises(error, match=message):
        train(Through(net, function), optimizer=make_optimizer(net.parameters()))
    assert same(weights(net), before)


def test_a_compiled_net_is_told_without_a_look_at_numbers():
    net = make(Value)
    fixed = as_values(net(X[:1]))[0]
    with pytest.raises(ValueError, match="depends on no parameter"):
        train(Through(net, lambda a: np.array([fixed] * len(a))))


@both_nodes
def test_parameters_that_the_cost_does_not_use_stay_where_they_are(node):
    net, other = make(node), make(node)
    params = net.parameters() + other.parameters()
    before = weights(other)
    history = train(net, optimizer=nn.SGD(params, 1.0), epochs=5)
    assert history.cost[-1] < history.cost[0]
    assert same(weights(other), before)
    # Of a net itself too: its first layer is cut off.
    first = weights(net)[: len(weights(net)) // 2]
    train(Through(net, lambda a: a), optimizer=nn.SGD(net.layers[1].parameters(), 1.0))
    assert same(weights(net)[: len(first)], first)


def test_only_what_the_optimizer_moves_counts():
    net = make()
    cut = Through(net, lambda a: net.layers[1](Tensor(net.layers[0](X[: len(a)]).data)))
    with pytest.raises(ValueError, match="no parameter that the optimizer moves"):
        train(cut, optimizer=nn.SGD(net.layers[0].parameters(), 1.0))
    train(cut, optimizer=nn.SGD(net.layers[1].parameters(), 1.0))
