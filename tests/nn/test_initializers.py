"""Weights to start from: their spread, where they come from, and a user's own."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from autograd._graph.leaving import plain_array
from nn import initializers

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def floats(nodes):
    return plain_array(nodes).astype(float)


# The variance of a weight in a layer with so many coming in and going out.
VARIANCES = {
    initializers.lecun_normal: lambda fan_in, fan_out: 1 / fan_in,
    initializers.he_normal: lambda fan_in, fan_out: 2 / fan_in,
    initializers.glorot_normal: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    initializers.glorot_uniform: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
}


@pytest.mark.parametrize("initializer", VARIANCES)
@pytest.mark.parametrize(("inputs", "outputs"), [(100, 400), (400, 100), (3, 10_000)])
def test_weights_have_the_mean_and_deviation_of_the_paper(initializer, inputs, outputs):
    W = floats(nn.Layer(inputs, outputs, initializer=initializer, rng=0).W)
    deviation = np.sqrt(VARIANCES[initializer](inputs, outputs))
    assert W.std() == pytest.approx(deviation, rel=0.02)
    assert W.mean() == pytest.approx(0, abs=0.03 * deviation)


def test_without_a_choice_the_weights_are_those_of_deck_e():
    chosen = nn.Layer(5, 4, initializer=initializers.lecun_normal, rng=0)
    assert np.array_equal(floats(nn.Layer(5, 4, rng=0).W), floats(chosen.W))


@pytest.mark.parametrize("initializer", VARIANCES)
def test_normal_weights_have_tails_and_uniform_ones_fill_their_range(initializer):
    W = initializer((500, 500), np.random.default_rng(0))
    farthest = abs(W).max() / W.std()
    if initializer is initializers.glorot_uniform:
        assert farthest == pytest.approx(np.sqrt(3), rel=0.01)
    else:
        assert 4 < farthest < 7


@pytest.mark.parametrize("initializer", VARIANCES)
def test_the_single_output_of_a_neuron_counts_as_one(initializer):
    neuron = nn.Neuron(10_000, initializer=initializer, rng=0)
    assert floats(neuron.W).std() == pytest.approx(np.sqrt(VARIANCES[initializer](10_000, 1)), rel=0.02)


@both_nodes
def test_biases_start_at_zero(node):
    net = nn.MLP([4, 3, 2], node=node, initializer=initializers.he_normal, rng=0)
    assert not any(np.any(floats(layer.b)) for layer in net.layers)
    assert floats(nn.Neuron(2, node=node, rng=0).b) == 0


@both_nodes
def test_zeros(node):
    net = nn.MLP([4, 3], node=node, initializer=initializers.zeros, rng=0)
    assert not np.any(floats(net.layers[0].W))


# -- where they come from -------------------------------------------------------------------------


@pytest.mark.parametrize("initializer", VARIANCES)
def test_the_same_rng_gives_the_same_weights_for_both_nodes(initializer):
    arrays, scalars = (
        nn.MLP([5, 4, 3], initializer=initializer, node=node, rng=7) for node in (Tensor, Value)
    )
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


def test_layers_of_one_net_are_not_alike():
    W = [floats(layer.W) for layer in nn.MLP([4, 4, 4], rng=0).layers]
    assert not np.any(W[0] == W[1])


# -- a user's own ---------------------------------------------------------------------------------


@both_nodes
def test_any_function_of_a_shape_and_a_generator_is_one(node):
    asked = []

    def counting(shape, rng):
        asked.append(shape)
        return np.arange(np.prod(shape)).reshape(shape)  # whole numbers are numbers

    stream = np.random.default_rng(0)
    net = nn.MLP([3, 2, 1], initializer=counting, node=node, rng=stream)
    assert asked == [(2, 3), (1, 2)]
    assert floats(net.layers[0].W).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert stream.random() == np.random.default_rng(0).random()  # nothing else was drawn


@pytest.mark.parametrize(
    "weights",
    [np.ones((3, 2)), np.ones(6), 1.0, np.full((2, 3), np.nan), np.full((2, 3), 1j), [["a"] * 3] * 2, None],
)
def test_what_it_gives_is_checked(weights):
    def broken(shape, rng):
        return weights

    with pytest.raises(
        ValueError, match=r"the initializer broken gave .*; expected finite real numbers of shape \(2, 3\)"
    ):
        nn.MLP([3, 2], initializer=broken, rng=0)
