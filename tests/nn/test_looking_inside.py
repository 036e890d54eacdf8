"""Nets run backwards, and the three rules for errors; the lectures' own numbers: test_lectures_of_nets."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value, gradcheck, no_grad, relu, tanh
from autograd._graph.leaving import plain_array

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])
NAN = float("nan")


def floats(nodes):
    return plain_array(nodes).astype(float)


def biased(node=Tensor, sizes=(3, 4, 2), **options):
    """A net whose biases are not 0."""
    net = nn.MLP(list(sizes), node=node, rng=0, **options)
    state = net.state_dict()
    stream = np.random.default_rng(1)
    net.load_state_dict({name: stream.normal(size=array.shape) for name, array in state.items()})
    return net


# -- backquery ------------------------------------------------------------------------------------

OUTPUTS = [[0.99, 0.01], [0.3, 0.6], [1e-300, 1 - 1e-16]]


@both_nodes
def test_a_backquery_is_logit_transpose_and_rescale_at_every_layer(node):
    net = biased(node)
    for target in OUTPUTS:
        a = list(target)
        for layer in reversed(net.layers):
            W, b = floats(layer.W), floats(layer.b)
            z = [math.log(x) - math.log1p(-x) - shift for x, shift in zip(a, b, strict=True)]
            back = [math.fsum(w * u for w, u in zip(column, z, strict=True)) for column in W.T]
            low, high = min(back), max(back)
            a = [0.01 + 0.98 * (x - low) / (high - low) for x in back]
        assert nn.backquery(net, target) == pytest.approx(a, abs=1e-12)


@both_nodes
def test_a_batch_of_targets_is_its_targets_one_by_one(node):
    net = biased(node)
    found = nn.backquery(net, OUTPUTS)
    assert found.shape == (3, 3)
    np.testing.assert_allclose(found, [nn.backquery(net, target) for target in OUTPUTS], rtol=1e-12)
    assert nn.backquery(net, np.zeros((0, 2))).shape == (0, 3)


def test_a_float32_net_is_run_in_float64():
    single, double = biased(dtype=np.float32), biased()
    found = nn.backquery(single, [0.99, 0.01])
    assert found.dtype == np.float64
    assert found == pytest.approx(nn.backquery(double, [0.99, 0.01]), abs=1e-5)


@pytest.mark.parametrize("kind", [list, np.float32, Tensor, lambda t: [Value(x) for x in t]])
def test_targets_of_any_kind(kind):
    net = biased()
    assert nn.backquery(net, kind([0.25, 0.75])) == pytest.approx(nn.backquery(net, [0.25, 0.75]), abs=1e-6)


def test_where_all_inputs_are_alike_they_go_to_the_middle():
    net = nn.MLP([3, 2], use_bias=False, initializer=nn.initializers.zeros, rng=0)
    assert nn.backquery(net, [0.99, 0.01]).tolist() == [0.5] * 3


def broken():
    net = biased()
    net.layers[1].W.data[0, 0] = NAN
    return net


@pytest.mark.parametrize(
    ("net", "target", "error", "message"),
    [
        (biased(), [1.0, 0.0], ValueError, r"strictly between 0 and 1.* take 0\.01 and 0\.99"),
        (biased(), [0.5, NAN], ValueError, "strictly between 0 and 1"),
        (biased(), [0.5, -0.1], ValueError, "strictly between 0 and 1"),
        (biased(), [0.5], ValueError, r"the target has shape \(1,\); the net has 2 outputs"),
        (biased(), 0.5, ValueError, r"shape \(\)"),
        (biased(), np.full((1, 1, 2), 0.5), ValueError, r"shape \(1, 1, 2\)"),
        (biased(activation=relu), [0.5, 0.5], ValueError, "inverts sigmoids, and this is MLP.*relu"),
        (biased(output_activation=nn.identity), [0.5, 0.5], ValueError, "output_activation=identity"),
        (broken(), [0.5, 0.5], ValueError, "not all finite"),
        (biased().layers[0], [0.5, 0.5], TypeError, "takes an nn.MLP, not Layer"),
    ],
)
def test_what_cannot_be_run_backwards(net, target, error, message):
    with pytest.raises(error, match=message):
        nn.backquery(net, target)


# -- sending errors back --------------------------------------------------------------------------

rules = pytest.mark.parametrize("rule", [nn.split_errors, nn.transposed_errors])
W = np.array([[2.0, 3.0, -1.0], [1.0, 4.0, 0.5]])


@given(
    st.lists(st.lists(st.floats(0.1, 10), min_size=3, max_size=3), min_size=1, max_size=5),
    st.lists(st.floats(-1, 1), min_size=5, max_size=5),
)
def test_shares_add_up_to_the_errors_and_follow_the_weights(weights, errors):
    errors = errors[: len(weights)]
    assert sum(nn.split_errors(weights, errors)) == pytest.approx(sum(errors), abs=1e-13)
    for row, error in zip(weights, errors, strict=True):
        shares = nn.split_errors([row], [error])
        assert shares * sum(row) == pytest.approx(np.array(row) * error, abs=1e-13)


@rules
def test_a_batch_of_errors_is_its_errors_one_by_one(rule):
    errors = np.array([[0.8, 0.5], [-0.1, 0.0], [0.3, -0.3]])
    np.testing.assert_allclose(rule(W, errors), [rule(W, e) for e in errors], rtol=1e-15)
    assert rule(W, np.zeros((0, 2))).shape == (0, 3)


@rules
def test_weights_of_any_kind(rule):
    expected = rule(W, [0.8, 0.5])
    layer = nn.Layer(3, 2, node=Value, rng=0)
    layer.load_state_dict({"W": W, "b": [5.0, 5.0]})  # a bias has no share
    for given_W in (W.tolist(), Tensor(W), Tensor(W.astype(np.float32)), layer.W):
        found = rule(given_W, [0.8, 0.5])
        assert found.dtype == np.float64
        assert found == pytest.approx(expected)
    assert rule([[2, 3], [1, 4]], [1, 1]).dtype == np.float64
    assert rule(W, Tensor([0.8, 0.5])) == pytest.approx(expected)


@pytest.mark.parametrize("row", [[1.0, -1.0, 0.0], [0.1, 0.2, -0.3], [0.0, 0.0, 0.0], [1e20, -1e20, 1.0]])
def test_weights_that_add_up_to_0_have_no_shares(row):
    with pytest.raises(ValueError, match="the weights into neuron 1 add up to 0"):
        nn.split_errors([[1.0, 2.0, 3.0], row], [0.5, 0.5])


def test_weights_that_nearly_do_have_large_ones():
    assert nn.split_errors([[1.0, -1.0 + 2**-20]], [1.0]) == pytest.approx([2**20, 1 - 2**20], rel=1e-12)


@rules
@pytest.mark.parametrize(
    ("weights", "errors", "message"),
    [
        (W, [0.5, 0.5, 0.5], r"weights of shape \(2, 3\) and errors of shape \(3,\)"),
        (W, 0.5, r"errors of shape \(\)"),
        (W[0], [0.5], r"weights of shape \(3,\)"),
        (W, np.ones((1, 1, 2)), r"errors of shape \(1, 1, 2\)"),
        (W, [0.5, NAN], "finite"),
        (W * np.inf, [0.5, 0.5], "finite"),
    ],
)
def test_weights_and_errors_that_do_not_fit(rule, weights, errors, message):
    with pytest.raises(ValueError, match=message):
        rule(weights, errors)


# -- the rules side by side -----------------------------------------------------------------------

X, TARGET = [0.9, -0.1, 0.8], [0.99, 0.01]


@both_nodes
@pytest.mark.parametrize(
    "options",
    [{}, {"use_bias": False}, {"activation": tanh, "output_activation": nn.identity}, {"sizes": (3, 2)}],
)
def test_the_three_rules_of_a_net(node, options):
    net = biased(node, **options)
    errors = nn.compare_errors(net, X, TARGET)
    o = floats(net(X))
    for rule in (errors.split, errors.transposed, errors.downhill):
        assert len(rule) == len(net.layers)
        assert rule[-1] == pytest.approx(np.array(TARGET) - o, abs=1e-15)
    for place, layer in enumerate(net.layers[1:]):
        assert np.array_equal(errors.split[place], nn.split_errors(layer.W, errors.split[place + 1]))
        assert np.array_equal(
            errors.transposed[place], nn.transposed_errors(layer.W, errors.transposed[place + 1])
        )


@pytest.mark.parametrize("node", [Tensor, Value])
def test_downhill_is_minus_the_slope_of_what_comes_after(node):
    """∂C/∂a by differences: the cost of the later layers as a function of a."""
    net = biased(node, sizes=(3, 4, 3, 2))
    errors = nn.compare_errors(net, X, TARGET)
    arrays = biased(sizes=(3, 4, 3, 2))
    a = np.array(X)
    for place, layer in enumerate(arrays.layers):
        a = floats(layer(a))

        def after(a, place=place):
            for later in arrays.layers[place + 1 :]:
                a = later(a)
            return nn.half_squared_error(a, TARGET)

        start = Tensor(a)
        after(start).backward()
        assert gradcheck(after, a)
        assert errors.downhill[place] == pytest.approx(-start.grad, abs=1e-15)


@both_nodes
def test_gradients_and_weights_stay_as_they_are(node):
    net = biased(node)
    nn.quadratic_cost(net(X), TARGET).backward()
    before = [(np.array(p.data), np.array(p.grad)) for p in net.parameters()]
    nn.compare_errors(net, X, TARGET)
    for p, (number, slope) in zip(net.parameters(), before, strict=True):
        assert np.array_equal(p.data, number)
        assert np.array_equal(p.grad, slope)


def test_the_slopes_are_there_inside_no_grad_too():
    net = biased()
    with no_grad():
        inside = nn.compare_errors(net, X, TARGET)
    assert repr(inside) == repr(nn.compare_errors(net, X, TARGET))


def test_a_float32_net_gives_float64_errors():
    errors = nn.compare_errors(biased(dtype=np.float32), X, TARGET)
    exact = nn.compare_errors(biased(), X, TARGET)
    for name in ("split", "transposed", "downhill"):
        for found, expected in zip(getattr(errors, name), getattr(exact, name), strict=True):
            assert found.dtype == np.float64
            assert found == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_the_table_has_a_line_for_each_neuron():
    errors = nn.compare_errors(biased(), X, TARGET)
    heading, *lines = str(errors).splitlines()
    assert heading.split("  ")[-1] == "-∂C/∂a"
    assert [line.split()[:2] for line in lines] == [
        *(["1", str(neuron)] for neuron in range(4)),
        *(["2", str(neuron)] for neuron in range(2)),
    ]
    assert float(lines[0].split()[-1]) == pytest.approx(errors.downhill[0][0], abs=5e-7)


@pytest.mark.parametrize(
    ("net", "x", "target", "error", "message"),
    [
        (biased(), [X], [TARGET], ValueError, r"one example of shape \(3,\) .* not \(1, 3\) and \(1, 2\)"),
        (biased(), X[:2], TARGET, ValueError, r"not \(2,\) and \(2,\)"),
        (biased(), X, [0.5], ValueError, r"desired outputs of shape \(2,\), not \(3,\) and \(1,\)"),
        (biased(), [NAN, 0, 0], TARGET, ValueError, "finite"),
        (biased(), X, [np.inf, 0], ValueError, "finite"),
        (broken(), X, TARGET, ValueError, "not all finite"),
        (nn.Neuron(3, rng=0), X, TARGET, TypeError, "takes an nn.MLP, not Neuron"),
        (
            nn.MLP([3, 2, 2], initializer=nn.initializers.zeros, rng=0),
            X,
            TARGET,
            ValueError,
            "neuron 0 add up to 0",
        ),
    ],
)
def test_what_cannot_be_compared(net, x, target, error, message):
    with pytest.raises(error, match=message):
        nn.compare_errors(net, x, target)


@pytest.mark.parametrize(
    ("node", "cut"),
    [
        (Tensor, lambda z: Tensor(np.tanh(z.data))),
        (Value, lambda z: np.array([Value(math.tanh(x.data)) for x in z], object)),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_an_activation_that_cuts_the_graph_is_told(node, cut, last):
    net = nn.MLP([3, 4, 2], node=node, rng=0, **({"output_activation": cut} if last else {"activation": cut}))
    with pytest.raises(TypeError, match="an activation cuts the graph"):
        nn.compare_errors(net, X, TARGET)
