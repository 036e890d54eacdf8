"""Activations: any function of the weighted sums, for all layers or one for each."""

import math

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, maximum, relu, sigmoid, softmax, tanh
from autograd._graph.leaving import plain_array
from nn._nets.activations import name_of, one_for_each

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def floats(nodes):
    return plain_array(nodes).astype(float)


def test_one_function_is_for_all_layers_and_a_list_has_one_for_each():
    assert one_for_each(tanh, 3) == [tanh, tanh, tanh]
    assert (
        one_for_each([tanh, relu, sigmoid], 3)
        == one_for_each((tanh, relu, sigmoid), 3)
        == [tanh, relu, sigmoid]
    )


@pytest.mark.parametrize(
    ("activation", "error", "message"),
    [
        ([tanh], ValueError, "2 layers take one activation or 2 of them; given 1"),
        ([tanh] * 3, ValueError, "given 3"),
        ([], ValueError, "given 0"),
        ("sigmoid", TypeError, r"a function such as autograd\.sigmoid, not 'sigmoid'"),
        (None, TypeError, "not None"),
        ([tanh, "relu"], TypeError, "not 'relu'"),
    ],
)
def test_what_is_no_activation_for_each_layer_is_refused(activation, error, message):
    with pytest.raises(error, match=message):
        nn.MLP([2, 3, 1], activation=activation, rng=0)


@both_nodes
def test_identity_gives_the_weighted_sums(node):
    net = nn.MLP([2, 1], activation=nn.identity, node=node, rng=0)
    net.load_state_dict({"layers.0.W": [[2.0, -3.0]], "layers.0.b": [0.5]})
    assert floats(net([1.0, 1.0])).tolist() == [-0.5]


@both_nodes
def test_one_of_your_own_is_differentiated(node):
    def leaky(z):
        return maximum(z, 0.1 * z)

    net = nn.MLP([1, 2], activation=leaky, use_bias=False, node=node, rng=0)
    net.load_state_dict({"layers.0.W": [[3.0], [-2.0]]})
    a = net([4.0])
    assert floats(a) == pytest.approx([12.0, -0.8])
    (a[0] + a[1]).backward()
    assert [float(g) for p in net.parameters() for g in np.ravel(p.grad)] == pytest.approx([4.0, 0.4])


def test_one_may_look_at_the_whole_layer():
    net = nn.MLP([2, 3], activation=softmax, rng=0)
    outputs = floats(net(np.random.default_rng(0).normal(size=(5, 2))))
    assert outputs.sum(axis=1) == pytest.approx(np.ones(5))


@pytest.mark.parametrize(
    ("activation", "error", "message"),
    [
        (
            lambda z: np.tanh(floats(z)),
            TypeError,
            "gave an array of float64 for a Tensor, which cuts",
        ),
        (lambda z: z.sum(), ValueError, r"made shape \(\) of shape \(3,\)"),
        (lambda z: None, TypeError, "gave a NoneType"),
    ],
)
def test_one_that_does_not_give_a_node_for_each_sum_is_refused(activation, error, message):
    with pytest.raises(error, match=f"the activation <lambda> {message}"):
        nn.MLP([2, 3], activation=activation, rng=0)([1.0, 2.0])


def test_the_name_of_a_function_is_what_it_is_called_by():
    assert [name_of(f) for f in (tanh, nn.identity, math.sin, lambda z: z)] == [
        "tanh",
        "identity",
        "sin",
        "<lambda>",
    ]

    class Nameless:
        def __call__(self, z):
            return z

        def __repr__(self):
            return "Nameless()"

    assert name_of(Nameless()) == "Nameless()"
