"""Neurons, layers and nets: the lectures' numbers, and one formula on scalars and on arrays."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, relu, sigmoid, tanh

# Deck E's worked signals: a 3-3-3 net without biases.
SIGNAL = [0.9, 0.1, 0.8]
INPUT_HIDDEN = [[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]
HIDDEN_OUTPUT = [[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]]

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def set_weights(layer, weights):
    if isinstance(layer.W, Tensor):
        layer.W.data = weights
    else:
        for w, number in zip(layer.W.flat, np.ravel(weights), strict=True):
            w.data = number


def floats(nodes):
    return np.asarray(nodes).astype(float)


# -- the lectures -----------------------------------------------------------------------------


def test_the_digit_network_has_13_002_parameters():
    net = nn.MLP([784, 16, 16, 10], rng=0)
    assert net.num_parameters == 784 * 16 + 16 * 16 + 16 * 10 + 16 + 16 + 10 == 13_002
    assert [layer.W.shape for layer in net.layers] == [(16, 784), (16, 16), (10, 16)]
    assert [layer.b.shape for layer in net.layers] == [(16,), (16,), (10,)]


@both_nodes
def test_two_neurons_of_the_worked_signals(node):
    layer = nn.Layer(2, 2, node=node, rng=0)
    set_weights(layer, [[0.9, 0.3], [0.2, 0.8]])
    assert floats(layer([1.0, 0.5])) == pytest.approx([0.7408, 0.6457], abs=5e-5)


@both_nodes
def test_the_worked_signals_of_the_3_3_3_net(node):
    net = nn.MLP([3, 3, 3], node=node, rng=0)
    set_weights(net.layers[0], INPUT_HIDDEN)
    set_weights(net.layers[1], HIDDEN_OUTPUT)
    hidden = [0.761, 0.603, 0.650]
    assert floats(net.layers[0](SIGNAL)) == pytest.approx(hidden, abs=5e-4)
    # The deck goes on with the rounded numbers, so the output layer is held to them: its weighted
    # sums to half a unit of the last place, the outputs of the whole net to a unit.
    z = net.layers[1].W @ np.array(hidden)
    assert floats(z) == pytest.approx([0.975, 0.888, 1.254], abs=5e-4)
    assert floats(net(SIGNAL)) == pytest.approx([0.726, 0.708, 0.778], abs=1e-3)


def test_a_bias_of_minus_ten_means_active_only_when_the_weighted_sum_exceeds_ten():
    neuron = nn.Neuron(1, node=Value, rng=0)
    neuron.W[0].data, neuron.b.data = 1.0, -10.0
    assert neuron([9.0]) < 0.5 < neuron([11.0])


# -- the two kinds of node ----------------------------------------------------------------------


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu])
@pytest.mark.parametrize("shape", [(4,), (5, 4)], ids=["one example", "batch"])
def test_scalars_and_arrays_give_the_same_outputs_and_gradients(activation, shape):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=shape), rng.normal(size=(*shape[:-1], 2))
    nets = [nn.MLP([4, 3, 2], node=node, activation=activation, rng=1) for node in (Value, Tensor)]
    outputs = [net(x) for net in nets]
    assert np.shape(outputs[0]) == np.shape(outputs[1]) == (*shape[:-1], 2)
    np.testing.assert_allclose(floats(outputs[0]), floats(outputs[1]), rtol=0, atol=1e-12)
    for a in outputs:
        nn.quadratic_cost(a, y).backward()
    for scalar, array in zip(nets[0].layers, nets[1].layers, strict=True):
        for held, expected in ((scalar.W, array.W), (scalar.b, array.b)):
            grads = np.array([node.grad for node in held.flat]).reshape(held.shape)
            np.testing.assert_allclose(grads, expected.grad, rtol=0, atol=1e-12)
    assert np.any(nets[1].layers[0].W.grad)


@both_nodes
def test_a_batch_is_its_examples_one_by_one(node):
    net = nn.MLP([4, 3, 2], node=node, rng=0)
    X = np.random.default_rng(0).normal(size=(6, 4))
    one_by_one = [floats(net(x)) for x in X]
    np.testing.assert_allclose(floats(net(X)), one_by_one, rtol=0, atol=1e-15)
    assert floats(net(X[:1])).shape == (1, 2)


@both_nodes
def test_gradients_are_those_of_central_differences(node):
    net = nn.MLP([3, 4, 2], node=node, rng=0)
    x, y, h = np.array([0.2, -0.4, 0.9]), [0.1, 0.8], 1e-6

    def cost_at(weights, layer):
        set_weights(layer, weights)
        return float(nn.quadratic_cost(net(x), y))

    nn.quadratic_cost(net(x), y).backward()
    for layer in net.layers:
        middle = floats([w.data for w in layer.W.flat] if node is Value else layer.W)
        middle = middle.reshape(layer.W.shape)
        found = np.array([w.grad for w in layer.W.flat]) if node is Value else layer.W.grad.ravel()
        for i in range(middle.size):
            nudge = np.zeros(middle.size)
            nudge[i] = h
            nudge = nudge.reshape(middle.shape)
            slope = (cost_at(middle + nudge, layer) - cost_at(middle - nudge, layer)) / (2 * h)
            assert found[i] == pytest.approx(slope, abs=1e-8)
        set_weights(layer, middle)


def test_the_gradient_of_a_batch_is_the_mean_of_its_examples_gradients():
    net = nn.MLP([4, 3, 2], rng=0)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(5, 4)), rng.normal(size=(5, 2))

    def gradients(x, y):
        for p in net.parameters():
            p.grad = None
        nn.quadratic_cost(net(x), y).backward()
        return [p.grad for p in net.parameters()]

    each = [gradients(x, y) for x, y in zip(X, Y, strict=True)]
    for of_batch, *of_examples in zip(gradients(X, Y), *each, strict=True):
        np.testing.assert_allclose(of_batch, np.mean(of_examples, axis=0), rtol=0, atol=1e-15)


# -- labels and names ---------------------------------------------------------------------------


def test_a_chain_of_single_neurons_is_labelled_as_on_the_slide():
    net = nn.MLP([1, 1, 1], node=Value, rng=0)
    (a,) = net([Value(0.5, label="a^{(0)}")])
    assert [p.label for p in net.parameters()] == ["w^{(1)}", "b^{(1)}", "w^{(2)}", "b^{(2)}"]
    assert a.label == "a^{(2)}"
    (z,) = a.parents
    assert z.label == "z^{(2)}"
    weighted, bias = z.parents
    assert bias is net.layers[1].b[0]
    assert [node.label for node in weighted.parents] == ["w^{(2)}", "a^{(1)}"]


def test_wider_layers_are_labelled_with_the_indices_of_the_lectures():
    net = nn.MLP([3, 2, 1], node=Value, rng=0)
    first, last = net.layers
    assert [[w.label for w in row] for row in first.W] == [
        ["w_{00}^{(1)}", "w_{01}^{(1)}", "w_{02}^{(1)}"],
        ["w_{10}^{(1)}", "w_{11}^{(1)}", "w_{12}^{(1)}"],
    ]
    assert [b.label for b in first.b] == ["b_{0}^{(1)}", "b_{1}^{(1)}"]
    assert [w.label for w in last.W[0]] == ["w_{00}^{(2)}", "w_{01}^{(2)}"]
    assert last.b[0].label == "b^{(2)}"  # the only neuron of its layer
    a = first([1.0, 2.0, 3.0])
    assert [node.label for node in a] == ["a_{0}^{(1)}", "a_{1}^{(1)}"]
    assert [node.parents[0].label for node in a] == ["z_{0}^{(1)}", "z_{1}^{(1)}"]


def test_every_example_of_a_batch_is_labelled():
    a = nn.MLP([1, 2], node=Value, rng=0)(np.ones((3, 1)))
    assert [[node.label for node in row] for row in a] == [["a_{0}^{(1)}", "a_{1}^{(1)}"]] * 3


def test_indices_of_more_than_one_digit_are_kept_apart():
    assert nn.Layer(12, 1, node=Value, rng=0, place=1).W[0, 11].label == "w_{0,11}^{(1)}"


def test_layers_of_tensors_are_labelled_as_arrays():
    net = nn.MLP([3, 2], rng=0)
    a = net([1.0, 2.0, 3.0])
    assert [p.label for p in net.parameters()] == ["W^{(1)}", "b^{(1)}"]
    assert (a.label, a.parents[0].label) == ("a^{(1)}", "z^{(1)}")


@both_nodes
def test_named_parameters_are_the_parameters_in_order(node):
    net = nn.MLP([2, 3, 1], node=node, rng=0)
    named = net.named_parameters()
    assert len(named) == len(net.parameters())
    assert all(a is b for a, b in zip(named.values(), net.parameters(), strict=True))
    assert net.num_parameters == 2 * 3 + 3 + 3 + 1


def test_a_value_net_names_each_weight():
    net = nn.MLP([2, 3, 1], node=Value, rng=0)
    assert net.named_parameters()["layers.0.W[2,1]"] is net.layers[0].W[2, 1]


# -- initial weights ------------------------------------------------------------------------------


def test_weights_are_normal_with_the_deviation_of_deck_e_and_biases_zero():
    layer = nn.Layer(100, 400, rng=0)
    W = floats(layer.W)
    assert W.std() == pytest.approx(0.1, rel=0.02)
    assert W.mean() == pytest.approx(0, abs=0.002)
    assert floats(nn.Layer(3, 40_000, rng=0).W).std() == pytest.approx(0.577, rel=0.02)
    assert not np.any(floats(layer.b))


def test_the_same_rng_gives_the_same_weights_for_both_nodes():
    arrays, scalars = nn.MLP([5, 4, 3], rng=7), nn.MLP([5, 4, 3], node=Value, rng=7)
    for a, s in zip(arrays.layers, scalars.layers, strict=True):
        assert np.array_equal(floats(a.W), floats(s.W))


def test_a_generator_is_used_as_it_is_so_that_nets_share_its_stream():
    stream = np.random.default_rng(7)
    first, second = (nn.MLP([5, 4], rng=stream) for _ in range(2))
    assert np.array_equal(floats(first.layers[0].W), floats(nn.MLP([5, 4], rng=7).layers[0].W))
    assert not np.array_equal(floats(first.layers[0].W), floats(second.layers[0].W))


def test_the_weights_do_not_depend_on_numpys_global_state():
    np.random.seed(1)
    first = floats(nn.MLP([5, 4], rng=0).layers[0].W)
    np.random.seed(2)
    assert np.array_equal(first, floats(nn.MLP([5, 4], rng=0).layers[0].W))


def test_float32_nets_stay_float32():
    net = nn.MLP([4, 3, 2], rng=0, dtype=np.float32)
    cost = nn.quadratic_cost(net(np.ones((2, 4), np.float32)), np.ones((2, 2), np.float32))
    cost.backward()
    assert {cost.dtype, *(p.dtype for p in net.parameters()), *(p.grad.dtype for p in net.parameters())} == {
        np.dtype(np.float32)
    }


# -- activations ----------------------------------------------------------------------------------


@both_nodes
def test_the_last_layer_may_have_another_activation(node):
    net = nn.MLP([2, 3, 1], node=node, activation=relu, output_activation=lambda z: z, rng=0)
    assert [layer.activation is relu for layer in net.layers] == [True, False]
    set_weights(net.layers[0], [[1, 0], [0, 1], [0, 0]])
    set_weights(net.layers[1], [[10, 20, 30]])
    assert floats(net([1.0, -1.0])) == pytest.approx([10.0])


def test_a_neuron_gives_one_number_for_each_example():
    array, scalar = nn.Neuron(3, rng=0), nn.Neuron(3, node=Value, rng=0)
    assert array([1.0, 2.0, 3.0]).shape == ()
    assert isinstance(scalar([1.0, 2.0, 3.0]), Value)
    X = np.arange(12.0).reshape(4, 3) / 10
    assert array(X).shape == (4,)
    np.testing.assert_allclose(floats(scalar(X)), floats(array(X)), rtol=0, atol=1e-15)


# -- bad input ------------------------------------------------------------------------------------


@both_nodes
def test_an_input_of_another_width_is_refused_with_both_shapes(node):
    net = nn.MLP([3, 2], node=node, rng=0)
    with pytest.raises(ValueError, match=r"shape \(3,\) or a batch of shape \(n, 3\); given shape \(4,\)"):
        net([1.0] * 4)
    with pytest.raises(ValueError, match=r"given shape \(2, 2, 3\)"):
        net(np.ones((2, 2, 3)))
    with pytest.raises(ValueError, match=r"this Layer takes .* given shape \(\)"):
        net.layers[0](1.0)


def test_the_other_kind_of_node_is_refused():
    with pytest.raises(TypeError, match=r"computes with Tensors .* node=Value"):
        nn.MLP([1, 1], rng=0)([Value(1.0)])
    with pytest.raises(TypeError, match=r"computes with Values .* node=Tensor"):
        nn.MLP([1, 1], node=Value, rng=0)(Tensor([1.0]))
    with pytest.raises(TypeError, match="takes numbers or Tensors"):
        nn.MLP([1, 1], rng=0)(["one"])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"sizes": [3]}, ValueError, "input and an output width"),
        ({"sizes": [3, 0]}, ValueError, "given 0"),
        ({"sizes": [3, 2.5]}, ValueError, r"given 2\.5"),
        ({"sizes": [3, 2], "rng": None}, TypeError, "rng is a whole number .* not NoneType"),
        ({"sizes": [3, 2], "rng": -1}, ValueError, "from 0 up, not -1"),
        ({"sizes": [3, 2], "activation": "sigmoid"}, TypeError, "a function .* not 'sigmoid'"),
        ({"sizes": [3, 2], "node": float}, TypeError, r"autograd\.Value or autograd\.Tensor"),
        ({"sizes": [3, 2], "dtype": np.float16}, TypeError, "float32 or float64, not float16"),
        ({"sizes": [3, 2], "node": Value, "dtype": np.float32}, TypeError, "a Value holds a float64"),
    ],
)
def test_a_net_that_cannot_be_made_says_why(arguments, error, message):
    with pytest.raises(error, match=message):
        nn.MLP(**{"rng": 0, **arguments})


def test_a_net_says_what_it_is():
    assert repr(nn.MLP([2, 3, 1], activation=relu, output_activation=sigmoid, rng=0)) == (
        "MLP([2, 3, 1], activation=relu, output_activation=sigmoid, node=Tensor, dtype=float64)"
    )
