"""The lectures, fact by fact: every printed number of the decks at the precision it is printed in.

Each test says its section of the lectures, here 1 to 3, and its deck; test_lectures_of_nets has the other
sections. The chain of single neurons (§3, deck C) is in tests/viz, where it is drawn.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lecture_numbers import SIGNAL, both_nodes, floats, net_of, of, printed, slopes

import nn
from autograd import Tensor, Value, grad, sigmoid, softmax, sum
from autograd._graph.node import plain

# -- §1: the neuron and the network ----------------------------------------------------------------


@both_nodes
def test_a_bias_of_minus_ten_means_active_only_when_the_weighted_sum_exceeds_ten(node):
    """§1, deck A."""
    neuron = nn.Neuron(1, node=node, rng=0)
    neuron.load_state_dict({"W": [1.0], "b": -10.0})
    assert neuron([9.0]) < 0.5 < neuron([11.0])


def test_the_digit_network_has_13_002_parameters():
    """§1, deck A: 12,960 weights and 42 biases, one function from 784 numbers to 10."""
    net = nn.MLP([784, 16, 16, 10], rng=0)
    assert net.num_parameters == 784 * 16 + 16 * 16 + 16 * 10 + 16 + 16 + 10 == 13_002
    assert [layer.W.shape for layer in net.layers] == [(16, 784), (16, 16), (10, 16)]
    assert [layer.b.shape for layer in net.layers] == [(16,), (16,), (10,)]
    assert net(np.full(784, 0.5)).shape == (10,)


# -- §2: cost and gradient descent -----------------------------------------------------------------


THREE = nn.data.one_hot(3, low=0, high=1)
TABLES = {
    "table 1, untrained": (
        [0.29, 0.20, 0.15, 0.91, 0.51, 0.01, 0.44, 0.59, 0.69, 0.43],
        [0.0865, 0.0390, 0.0214, 0.0077, 0.2550, 0.0002, 0.1930, 0.3472, 0.4698, 0.1879],
        1.61,
    ),
    "table 2, trained": (
        [0.02, 0.03, 0.06, 0.97, 0.07, 0.02, 0.05, 0.06, 0.08, 0.04],
        [0.0006, 0.0007, 0.0039, 0.0009, 0.0055, 0.0004, 0.0022, 0.0033, 0.0072, 0.0018],
        0.03,
    ),
}


@both_nodes
@pytest.mark.parametrize(("outputs", "terms", "total"), TABLES.values(), ids=TABLES)
def test_the_tables_of_the_cost_of_a_three(node, outputs, terms, total):
    """§2, deck B."""
    # The terms are printed from outputs that were not rounded. Those behind a term are its root from
    # 0 or 1, and no further from the printed output than half a unit of its last place.
    outputs = np.array(outputs)
    behind = np.clip(np.abs(THREE - np.sqrt(terms)), outputs - 0.005, outputs + 0.005)
    each = [float(plain(nn.quadratic_cost(of(node, [a]), [y]))) for a, y in zip(behind, THREE, strict=True)]
    assert each == printed(terms, 4)
    assert float(plain(nn.quadratic_cost(of(node, behind), THREE))) == printed(total, 2)


def bumpy(w):
    """A cost with two minima, the left one lower."""
    return 0.25 * w**4 - 0.5 * w**2 + 0.1 * w


@pytest.mark.parametrize(
    ("start", "minimum"), [(-2.0, -1.0467), (-0.2, -1.0467), (0.3, 0.9456), (2.0, 0.9456)]
)
def test_a_descent_ends_in_the_local_minimum_of_its_start(start, minimum):
    """§2, deck B: slope positive, move left; negative, move right; smaller steps near the minimum."""
    w = Value(start)
    sgd = nn.SGD([w], lr=0.2)
    places = [w.data]
    for _ in range(40):
        sgd.zero_grad()
        bumpy(w).backward()
        sgd.step()
        places.append(w.data)
        assert (places[-1] < places[-2]) == (w.grad > 0)
    assert w.data == printed(minimum, 4)
    assert grad(bumpy)(w.data) == pytest.approx(0, abs=1e-5)
    assert grad(grad(bumpy))(w.data) > 0
    steps = np.abs(np.diff(places))
    assert np.all(np.diff(steps[-20:]) < 0)


def test_there_are_two_minima_to_end_in():
    """§2, deck B: what the starts above lead to differs, and so does its cost."""
    assert bumpy(-1.0467) < bumpy(0.9456) < bumpy(0.1)


@both_nodes
def test_x_has_three_times_the_impact_of_y(node):
    """§2, deck B: C(x, y) = 3/2 x² + 1/2 y² has the gradient (3, 1) at (1, 1); step along its opposite."""
    x, y = (node(1.0, label=name) for name in "xy")
    (1.5 * x**2 + 0.5 * y**2).backward()
    assert (x.grad, y.grad) == (3, 1)
    nn.SGD([x, y], lr=0.1).step()
    assert (float(plain(x)), float(plain(y))) == (pytest.approx(0.7), pytest.approx(0.9))


def test_minus_the_gradient_says_of_13_002_parameters_up_or_down_and_by_how_much():
    """§2, deck B: a step along -∇C moves each by its own component, and the cost falls."""
    net = nn.MLP([784, 16, 16, 10], rng=0)
    digits = nn.data.strokes(20, rng=0)
    desired = nn.data.one_hot(digits.labels)
    before = [p.data.copy() for p in net.parameters()]
    cost = nn.quadratic_cost(net(digits.images), desired)
    cost.backward()
    nn.SGD(net.parameters(), lr=0.1).step()
    moved = np.concatenate([(p.data - b).ravel() for p, b in zip(net.parameters(), before, strict=True)])
    gradient = np.concatenate([p.grad.ravel() for p in net.parameters()])
    assert moved.shape == (13_002,)
    np.testing.assert_allclose(moved, -0.1 * gradient, rtol=0, atol=1e-15)
    assert float(plain(nn.quadratic_cost(net(digits.images), desired))) < float(plain(cost))


# The rows of w₀, w₁ and w₂; the columns are the first six training examples.
NUDGES = [
    [-0.08, +0.02, -0.02, +0.11, -0.05, -0.14],
    [-0.11, +0.11, +0.07, +0.02, +0.09, +0.05],
    [-0.07, -0.04, -0.01, +0.02, +0.13, -0.15],
]


@both_nodes
def test_the_nudges_of_the_examples_averaged_are_minus_the_gradient(node):
    """§2, deck B: one column is -∇C of its example, the mean of the columns -∇C of them all."""
    # (w · x - ½)² has the gradient -x at w = 0, so these examples ask for the slide's nudges.
    columns = np.transpose(NUDGES)
    net = net_of([[[0.0, 0.0, 0.0]]], activation=nn.identity, node=node)

    def nudge(X):
        net.zero_grad()
        nn.quadratic_cost(net(X), np.full((*X.shape[:-1], 1), 0.5)).backward()
        return -slopes(net.layers[0].W)[0]

    for column in columns:
        assert nudge(column) == pytest.approx(column, abs=1e-16)
    assert nudge(columns) == pytest.approx(np.mean(NUDGES, axis=1), abs=1e-16)
    assert nudge(columns) == printed([-0.03, 0.04, -0.02], 2)


# -- §3: derivatives in computational graphs -------------------------------------------------------


@both_nodes
def test_the_formulas_of_several_neurons_a_layer(node):
    """§3, deck C: z = W a + b, C₀ = Σ (a - y)², and the slope of an activation summed over layer L."""
    net = nn.MLP([3, 4, 2], node=node, rng=0)
    x, y = np.array(SIGNAL), np.array([0.99, 0.01])
    hidden = net.layers[0](x)
    a = net.layers[1](hidden)
    nn.quadratic_cost(a, y).backward()

    W, b, into = floats(net.layers[1].W), floats(net.layers[1].b), floats(hidden)
    z = W @ into + b
    slope_at_z = np.exp(-z) / (1 + np.exp(-z)) ** 2 * 2 * (floats(a) - y)
    close = {"rtol": 0, "atol": 1e-15}
    np.testing.assert_allclose(slopes(a), 2 * (floats(a) - y), **close)
    np.testing.assert_allclose(slopes(net.layers[1].b), slope_at_z, **close)
    np.testing.assert_allclose(slopes(net.layers[1].W), np.outer(slope_at_z, into), **close)
    by_sum = [sum([W[j, k] * slope_at_z[j] for j in range(2)]) for k in range(4)]
    np.testing.assert_allclose(slopes(hidden), by_sum, **close)
    # One layer further left, the same formula again.
    back = into * (1 - into) * by_sum
    np.testing.assert_allclose(slopes(net.layers[0].W), np.outer(back, x), **close)


def test_the_gradient_of_a_batch_is_the_mean_of_its_examples_gradients():
    """§3, deck C: ∂C/∂w = (1/n) Σₖ ∂Cₖ/∂w."""
    net = nn.MLP([4, 3, 2], rng=0)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(5, 4)), rng.normal(size=(5, 2))

    def gradients(x, y):
        net.zero_grad()
        nn.quadratic_cost(net(x), y).backward()
        return [p.grad for p in net.parameters()]

    each = [gradients(x, y) for x, y in zip(X, Y, strict=True)]
    for of_batch, *of_examples in zip(gradients(X, Y), *each, strict=True):
        np.testing.assert_allclose(of_batch, np.mean(of_examples, axis=0), rtol=0, atol=1e-15)


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(0.01, 1)), min_size=2, max_size=6))
def test_the_slope_of_the_cross_entropy_at_a_logit_is_s_minus_y(pairs):
    """§3, deck D."""
    logits, y = np.array(pairs).T
    y = y / y.sum()
    for node in (Tensor, Value):
        a = of(node, logits)
        nn.cross_entropy(a, y).backward()
        np.testing.assert_allclose(slopes(a), softmax(logits) - y, rtol=0, atol=1e-14)


@both_nodes
def test_softmax_and_cross_entropy_on_a_linear_layer(node):
    """§3, deck D: C₀ = -Σ yᵢ ln sᵢ and ∂C₀/∂w = (s - y) · a⁽ᴸ⁻¹⁾, where the logits are z."""
    net = net_of([[[0.3, -0.2], [0.5, 0.1], [-0.4, 0.8]]], node=node, output_activation=nn.identity)
    x, y = np.array([0.7, 0.2]), np.array([0, 0, 1])
    a = net(x)
    s = softmax(floats(a))
    assert s == pytest.approx(np.exp(floats(a)) / np.exp(floats(a)).sum(), rel=1e-15)
    C = nn.cross_entropy(a, y)
    assert float(plain(C)) == pytest.approx(-np.log(s[2]), rel=1e-15)
    C.backward()
    np.testing.assert_allclose(slopes(net.layers[0].W), np.outer(s - y, x), rtol=0, atol=1e-15)


@both_nodes
@pytest.mark.filterwarnings("ignore::nn.LogitsWarning")
def test_softmax_and_cross_entropy_with_a_sigmoid_before(node):
    """§3, deck D: ∂C₀/∂w = (s - y) · σ′(z) · a⁽ᴸ⁻¹⁾."""
    net = net_of([[[0.3, -0.2], [0.5, 0.1], [-0.4, 0.8]]], node=node, output_activation=sigmoid)
    x, y = np.array([0.7, 0.2]), np.array([0, 0, 1])
    a = net(x)
    nn.cross_entropy(a, y).backward()
    s, slope = softmax(floats(a)), floats(a) * (1 - floats(a))
    np.testing.assert_allclose(slopes(net.layers[0].W), np.outer((s - y) * slope, x), rtol=0, atol=1e-15)
