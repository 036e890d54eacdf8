"""Neurons, layers and nets: one formula on scalars and on arrays; labels and bad input."""

import copy
import pickle

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, relu, sigmoid, tanh
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def set_weights(layer, weights):
    if isinstance(layer.W, Tensor):
        layer.W.data = weights
    else:
        for w, number in zip(layer.W.flat, np.ravel(weights), strict=True):
            w.data = number


def floats(nodes):
    return plain_array(nodes).astype(float)


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
        return float(plain(nn.quadratic_cost(net(x), y)))

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


def test_a_neuron_gives_one_number_for_each_example():
    array, scalar = nn.Neuron(3, rng=0), nn.Neuron(3, node=Value, rng=0)
    assert array([1.0, 2.0, 3.0]).shape == ()
    assert isinstance(scalar([1.0, 2.0, 3.0]), Value)
    X = np.arange(12.0).reshape(4, 3) / 10
    assert array(X).shape == (4,)
    np.testing.assert_allclose(floats(scalar(X)), floats(array(X)), rtol=0, atol=1e-15)


def test_float32_nets_stay_float32():
    net = nn.MLP([4, 3, 2], rng=0, dtype=np.float32)
    cost = nn.quadratic_cost(net(np.ones((2, 4), np.float32)), np.ones((2, 2), np.float32))
    cost.backward()
    assert {cost.dtype, *(p.dtype for p in net.parameters()), *(p.grad.dtype for p in net.parameters())} == {
        np.dtype(np.float32)
    }


# -- labels -----------------------------------------------------------------------------------


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


# -- W and b set anew -----------------------------------------------------------------------------


@both_nodes
@pytest.mark.parametrize(
    "numbers", [np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]], np.float32([[1, 2], [3, 4]])]
)
def test_numbers_that_are_set_are_the_parameters_that_were_there(node, numbers):
    layer = nn.Layer(2, 2, node=node, rng=0)
    before = layer.parameters()
    layer.W, layer.b = numbers, [0.5, 0.25]
    assert all(a is b for a, b in zip(layer.parameters(), before, strict=True))
    assert layer.state_dict()["W"].tolist() == [[1, 2], [3, 4]]
    assert layer.state_dict()["b"].tolist() == [0.5, 0.25]
    assert {p.label for p in before} == {p.label for p in nn.Layer(2, 2, node=node, rng=1).parameters()}
    # An optimizer that was there before moves them.
    sgd = nn.SGD(before, lr=0.1)
    nn.quadratic_cost(layer([1.0, -1.0]), [0.0, 0.0]).backward()
    sgd.step()
    assert layer.state_dict()["W"].tolist() != [[1, 2], [3, 4]]


@both_nodes
def test_a_neuron_takes_numbers_and_a_layer_without_a_bias_gets_one(node):
    neuron = nn.Neuron(2, node=node, rng=0)
    neuron.W, neuron.b = [0.9, 0.3], 0.25
    assert float(plain(neuron([1.0, 0.5]))) == pytest.approx(1 / (1 + np.exp(-1.3)), rel=1e-14)
    layer = nn.Layer(2, 2, node=node, use_bias=False, rng=0)
    layer.b = [1.0, 2.0]
    assert layer.num_parameters == 6
    assert list(layer.named_parameters()) == list(nn.Layer(2, 2, node=node, rng=0).named_parameters())
    layer.b = None
    assert layer.num_parameters == 4


@both_nodes
def test_nodes_that_are_set_are_the_parameters(node):
    layer, other = nn.Layer(2, 2, node=node, rng=0), nn.Layer(2, 2, node=node, rng=1)
    before = other.state_dict()["W"]
    layer.W = other.W
    assert layer.parameters()[0] is other.parameters()[0]
    layer.W = np.zeros((2, 2))  # numbers are no reason to change another layer
    assert np.array_equal(other.state_dict()["W"], before)
    assert not layer.state_dict()["W"].any()


@both_nodes
@pytest.mark.parametrize(
    ("name", "new", "error", "message"),
    [
        ("W", np.eye(3), ValueError, r"shape \(3, 3\), expected \(2, 2\)"),
        ("W", 1.0, ValueError, r"shape \(\), expected \(2, 2\)"),
        ("b", [[1.0], [2.0]], ValueError, r"shape \(2, 1\), expected \(2,\)"),
        ("W", Tensor(np.eye(3)), ValueError, r"shape \(3, 3\), expected \(2, 2\)"),
        ("b", np.array(["a", "b"]), TypeError, "the b of a Layer of .* is an array of real numbers"),
        ("W", None, ValueError, "the W of a Layer"),
        ("activation", "relu", TypeError, "an activation is a function such as"),
        ("activation", None, TypeError, "an activation is a function"),
        ("w", np.eye(2), AttributeError, "a Layer has no w: set its W"),
        ("weights", np.eye(2), AttributeError, "no weights: set its W"),
        ("bias", np.zeros(2), AttributeError, "no bias: set its b"),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_is_changed(node, name, new, error, message):
    layer = nn.Layer(2, 2, node=node, rng=0)
    before, held = layer.state_dict(), layer.parameters()
    with pytest.raises(error, match=message):
        setattr(layer, name, new)
    assert all(a is b for a, b in zip(layer.parameters(), held, strict=True))
    assert all(np.array_equal(layer.state_dict()[key], before[key]) for key in before)


def test_nodes_of_the_other_kind_are_refused():
    with pytest.raises(TypeError, match="made of Values or of plain numbers only, not of Tensor"):
        nn.Layer(2, 2, node=Value, rng=0).W = Tensor(np.eye(2))
    with pytest.raises(TypeError, match="made of Tensors or of plain numbers only, not of Value"):
        nn.Layer(1, 1, rng=0).W = [[Value(1.0)]]
    with pytest.raises(TypeError, match="not of Value, float"):
        nn.Layer(2, 1, node=Value, rng=0).W = [[Value(1.0), 2.0]]


def test_a_number_in_place_of_a_value_is_told_with_its_place():
    net = nn.MLP([2, 1], node=Value, rng=0)
    net.layers[0].W[0, 1] = 0.5
    with pytest.raises(
        TypeError, match=r"layers\.0\.W\[0,1\] is 0\.5 and no parameter any more: .*\.data = 0\.5"
    ):
        net.parameters()


@both_nodes
def test_an_optimizer_of_a_parameter_that_was_replaced_is_told(node, recwarn):
    net, X, Y = nn.MLP([2, 2], node=node, rng=0), np.eye(2), np.eye(2)
    sgd = nn.SGD(net.parameters(), lr=0.1)
    options = {"epochs": 1, "batch_size": 2, "rng": 0}
    net.layers[0].b = nn.MLP([2, 2], node=node, rng=1).layers[0].b
    with pytest.warns(RuntimeWarning, match=r"holds another b.* than the net has now.*anew") as told:
        nn.fit(net, X, Y, optimizer=sgd, **options)
    assert told[0].filename == __file__
    recwarn.clear()
    nn.fit(net, X, Y, optimizer=nn.SGD(net.parameters(), lr=0.1), **options)
    assert not recwarn


def test_a_copy_of_a_layer_has_parameters_of_its_own():
    layer = nn.Layer(2, 2, rng=0)
    before = layer.state_dict()["W"]
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        again.W = np.eye(2)
        assert again.state_dict()["W"].tolist() == [[1, 0], [0, 1]]
        assert np.array_equal(layer.state_dict()["W"], before)
