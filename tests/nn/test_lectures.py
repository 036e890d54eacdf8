"""The lectures, fact by fact: every printed number of the decks at the precision it is printed in.

Each test says its section of the lectures and its deck. The chain of single neurons (§3, deck C) is
in tests/viz, where it is drawn.
"""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value, abs, dot, grad, sigmoid, softmax, sum
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])

SIGNAL = [0.9, 0.1, 0.8]
INPUT_HIDDEN = [[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]
HIDDEN_OUTPUT = [[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]]


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


def deck_e_net(node=Tensor):
    return net_of([INPUT_HIDDEN, HIDDEN_OUTPUT], node=node)


def weighted_sums(activations):
    """The z that activations were made from: their parents in the recorded graph."""
    if isinstance(activations, Tensor):
        return floats(activations.parents[0])
    return floats([a.parents[0] for a in activations])


def updates(net, cost, x, y, lr):
    """What one step of gradient descent adds to each W."""
    before = [floats(layer.W) for layer in net.layers]
    cost(net(x), y).backward()
    nn.SGD(net.parameters(), lr).step()
    return [floats(layer.W) - W for layer, W in zip(net.layers, before, strict=True)]


# -- §1: the neuron and the network -----------------------------------------------------------------


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


# -- §2: cost and gradient descent ------------------------------------------------------------------

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


# -- §3: derivatives in computational graphs --------------------------------------------------------


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


# -- §4: gates and the perceptron -------------------------------------------------------------------

gates = nn.data.gates


@pytest.mark.parametrize("gate", [gates.AND, gates.OR], ids=lambda gate: gate.name)
def test_one_perceptron_learns_and_and_or(gate):
    """§4, deck E."""
    perceptron = nn.Perceptron(2)
    assert perceptron.learn(gate.X, gate.signs, epochs=20)[-1] == 0
    assert np.array_equal(perceptron(gate.X), gate.signs)


def test_the_perceptrons_update_is_error_times_rate_times_input():
    """§4, deck E: w += error · rate · input, b += error · rate; of AND's first example, then its second."""
    perceptron = nn.Perceptron(2, rate=0.1)
    perceptron.learn([[0, 0]], [-1], epochs=1)
    assert (perceptron.w.tolist(), perceptron.b) == ([0, 0], -0.2)  # it said 1, an error of -2
    perceptron.w, perceptron.b = np.zeros(2), 0.0
    perceptron.learn([[0, 1]], [-1], epochs=1)
    assert (perceptron.w.tolist(), perceptron.b) == ([0, -0.2], -0.2)


def test_no_perceptron_learns_xor():
    """§4, deck E: 0 1 1 0 is not separable by one line, so no epoch is without a mistake."""
    assert gates.XOR.Y.ravel().tolist() == [0, 1, 1, 0]
    mistakes = nn.Perceptron(2).learn(gates.XOR.X, gates.XOR.signs, epochs=1000)
    assert len(mistakes) == 1000
    assert 0 not in mistakes


def test_xor_is_two_lines():
    """§4, deck E: it is yes where OR says yes and NAND says yes."""
    either, not_both, both = nn.Perceptron(2), nn.Perceptron(2), nn.Perceptron(2)
    either.learn(gates.OR.X, gates.OR.signs, epochs=20)
    not_both.learn(gates.NAND.X, gates.NAND.signs, epochs=20)
    both.learn(2 * gates.AND.X - 1, gates.AND.signs, epochs=20)
    between = np.stack([either(gates.XOR.X), not_both(gates.XOR.X)], axis=1)
    assert np.array_equal(both(between), gates.XOR.signs)


@both_nodes
def test_a_small_network_learns_xor(node):
    """§4, deck E."""
    net = nn.MLP([2, 4, 1], node=node, rng=0)
    history = nn.fit(
        net,
        gates.XOR.X,
        gates.XOR.Y,
        optimizer=nn.SGD(net.parameters(), lr=3.0),
        epochs=600,
        batch_size=4,
        rng=0,
    )
    assert history.accuracy[-1] == 1
    assert floats(net(gates.XOR.X)) == pytest.approx(gates.XOR.Y, abs=0.2)


# -- §5: worked signals -----------------------------------------------------------------------------


@both_nodes
def test_two_neurons(node):
    """§5, deck E: 1 · 0.9 + 0.5 · 0.3 = 1.05 → 0.7408; 1 · 0.2 + 0.5 · 0.8 = 0.6 → 0.6457."""
    a = net_of([[[0.9, 0.3], [0.2, 0.8]]], node=node)([1.0, 0.5])
    assert weighted_sums(a) == printed([1.05, 0.6], 2)
    assert floats(a) == printed([0.7408, 0.6457], 4)


@both_nodes
def test_the_product_of_two_matrices(node):
    """§5, deck E."""
    left, right = of(node, [[1, 2], [3, 4]]), [[5, 6], [7, 8]]
    for product in (dot(left, right), left @ np.array(right)):
        assert floats(product).tolist() == [[19, 22], [43, 50]]


@both_nodes
def test_the_3_3_3_net(node):
    """§5, deck E. The deck goes on with the numbers it printed, so each layer is given those."""
    hidden, output = deck_e_net(node).layers
    O_hidden = hidden(SIGNAL)
    assert weighted_sums(O_hidden) == printed([1.16, 0.42, 0.62], 2)
    assert floats(O_hidden) == printed([0.761, 0.603, 0.650], 3)
    O_output = output([0.761, 0.603, 0.650])
    assert weighted_sums(O_output) == printed([0.975, 0.888, 1.254], 3)
    assert floats(O_output) == printed([0.726, 0.708, 0.778], 3)


@both_nodes
def test_the_3_3_3_net_without_rounding_on_the_way(node):
    """§5, deck E: against mpmath; the deck's own rounding moves its last printed place by one at most."""
    with mp.workdps(30):
        a = mp.matrix(SIGNAL)
        for W in (INPUT_HIDDEN, HIDDEN_OUTPUT):
            a = (mp.matrix(W) * a).apply(lambda z: 1 / (1 + mp.exp(-z)))
        exact = [float(number) for number in a]
    found = floats(deck_e_net(node)(SIGNAL))
    assert found == pytest.approx(exact, rel=1e-15)
    assert found == pytest.approx([0.726, 0.708, 0.778], abs=1e-3)


# As the deck lists it: the threshold, then the weights. The output is linear.
LISTING = {
    "output": [-1.0250419483473248, -0.44202742764364666, 0.9437104257517794, 1.6800153270522482],
    "hidden 1": [-0.25261438391037117, -0.1607929085402259, 0.21623345413401185],
    "hidden 2": [-0.3597013708237622, 0.7657597550320627, -0.6999576883215309],
    "hidden 3": [-0.2723875195828816, 1.0692894484256477, -1.1467422754222916],
}


def listed_net(node):
    """The net of the listing: a threshold is a bias."""
    output, *hidden = LISTING.values()
    weights = [[row[1:] for row in hidden], [output[1:]]]
    return net_of(weights, [[row[0] for row in hidden], output[:1]], node, output_activation=nn.identity)


@both_nodes
@pytest.mark.parametrize("x", [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (-2.5, 0.3), (40.0, -40.0)])
def test_the_saved_2_3_1_net(node, x):
    """§5, deck E: against the same sums in plain floats, and in mpmath."""

    def computed(number, exp):
        a = []
        for name in ("hidden 1", "hidden 2", "hidden 3"):
            threshold, v, w = map(number, LISTING[name])
            a.append(1 / (1 + exp(-(threshold + v * number(x[0]) + w * number(x[1])))))
        threshold, *w = map(number, LISTING["output"])
        return threshold + w[0] * a[0] + w[1] * a[1] + w[2] * a[2]

    (found,) = floats(listed_net(node)(x))
    with mp.workdps(30):
        exact = float(computed(mp.mpf, mp.exp))
    assert found == pytest.approx(computed(float, np.exp), abs=1e-14)
    assert found == pytest.approx(exact, abs=1e-14)


# -- §6: sending errors back, and where it is not the gradient --------------------------------------


@both_nodes
def test_an_error_is_split_in_proportion_to_the_weights(node):
    """§6, deck E: links of 6 and 3 get 2/3 and 1/3."""
    assert nn.split_errors(of(node, [[6, 3]]), [1.0]) == pytest.approx([2 / 3, 1 / 3], rel=1e-15)


@both_nodes
def test_a_hidden_error_is_the_sum_of_its_shares(node):
    """§6, deck E: of the errors 0.8 and 0.5 by the weights 2 and 3, 1 and 4: 0.32 + 0.1 = 0.42."""
    W = of(node, [[2, 3], [1, 4]])
    shares = [nn.split_errors(row[None], [e])[0] for row, e in zip(floats(W), (0.8, 0.5), strict=True)]
    assert shares == printed([0.32, 0.1], 2)
    hidden = nn.split_errors(W, [0.8, 0.5])
    assert hidden[0] == printed(0.42, 2)
    assert np.sum(hidden) == pytest.approx(0.8 + 0.5)  # nothing is lost on the way


@both_nodes
def test_dropping_the_normalisation_leaves_the_transposed_weights(node):
    """§6, deck E: error_hidden = Wᵀ · error_output."""
    W, errors = of(node, [[2, 3], [1, 4]]), np.array([0.8, 0.5])
    assert nn.transposed_errors(W, errors) == pytest.approx(floats(W).T @ errors, rel=1e-15)
    assert nn.transposed_errors(W, errors) == pytest.approx([2 * 0.8 + 1 * 0.5, 3 * 0.8 + 4 * 0.5])


TARGET = np.array([0.99, 0.01, 0.01])


@both_nodes
def test_the_decks_update_is_the_descent_of_half_the_squares_in_the_output_layer_only(node):
    """§6, deck E: ΔW = α · E · O(1 - O) · Oᵀ, with the E that Wᵀ sends back, beside -α ∂C/∂W."""
    net, rate = deck_e_net(node), 0.3
    hidden = floats(net.layers[0](SIGNAL))
    signals = [np.array(SIGNAL), hidden, floats(net(SIGNAL))]
    errors = nn.compare_errors(net, SIGNAL, TARGET)

    def deck_update(E, layer):
        o = signals[layer + 1]
        return rate * np.outer(E[layer] * o * (1 - o), signals[layer])

    downhill = updates(net, nn.half_squared_error, SIGNAL, TARGET, rate)
    np.testing.assert_allclose(deck_update(errors.transposed, 1), downhill[1], rtol=0, atol=1e-16)
    np.testing.assert_allclose(deck_update(errors.downhill, 0), downhill[0], rtol=0, atol=1e-16)
    # What is missing in the hidden layer: O(1 - O) of the outputs, 0.20, 0.21 and 0.17 here.
    missing = 1 - signals[2] * (1 - signals[2])
    lost = np.array(HIDDEN_OUTPUT).T @ (errors.transposed[1] * missing)
    np.testing.assert_allclose(
        deck_update(errors.transposed, 0) - downhill[0], deck_update([lost], 0), rtol=0, atol=1e-16
    )
    times = deck_update(errors.transposed, 0) / downhill[0]
    assert times == pytest.approx(np.repeat([[5.395], [4.960], [5.731]], 3, axis=1), abs=5e-4)


def test_without_the_half_the_update_is_twice_as_large():
    """§6, deck E: the deck drops the factor 2 of (t - o)²."""
    halved = updates(deck_e_net(), nn.half_squared_error, SIGNAL, TARGET, 0.3)
    whole = updates(deck_e_net(), nn.quadratic_cost, SIGNAL, TARGET, 0.3)
    for once, twice in zip(halved, whole, strict=True):
        np.testing.assert_allclose(twice, 2 * once, rtol=0, atol=1e-15)


@both_nodes
def test_the_error_functions_compared(node):
    """§6, deck E: t - a adds up to 0 as if all were right, |t - a| to 0.2, (t - a)² to 0.02."""
    a, t = of(node, [0.4, 0.8, 1.0]), np.array([0.5, 0.7, 1.0])
    assert float(plain(sum(t - a))) == pytest.approx(0, abs=1e-15)
    assert float(plain(sum(abs(t - a)))) == printed(0.2, 1)
    assert float(plain(nn.quadratic_cost(a, t))) == printed(0.02, 2)


def test_the_slope_of_the_square_shrinks_near_the_minimum():
    """§6, deck E: that of |t - a| is ±1 until there, and jumps."""
    for distance in (0.1, 0.01, 0.001):
        assert grad(lambda a: nn.quadratic_cost([a], [0.5]))(0.5 + distance) == pytest.approx(2 * distance)
        assert grad(lambda a: abs(0.5 - a))(0.5 + distance) == 1
        assert grad(lambda a: abs(0.5 - a))(0.5 - distance) == -1


DRILL = {
    "30 + 10t": (lambda t: 30 + 10 * t, lambda t: 10),
    "t²": (lambda t: t**2, lambda t: 2 * t),
    "t³": (lambda t: t**3, lambda t: 3 * t**2),
    "6t⁵ + 8t + 3": (lambda t: 6 * t**5 + 8 * t + 3, lambda t: 30 * t**4 + 8),
    "y², y = x³ + x": (lambda x: (x**3 + x) ** 2, lambda x: 2 * (x**3 + x) * (3 * x**2 + 1)),
    "σ": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
}


@pytest.mark.parametrize(("s", "slope"), DRILL.values(), ids=DRILL)
def test_the_derivative_drill(s, slope):
    """§6, deck E."""
    for t in (-1.5, 0.0, 0.7, 2.0):
        assert grad(s)(t) == pytest.approx(slope(t), rel=1e-14)


def test_the_derivative_of_30_is_0():
    """§6, deck E: s does not depend on t."""
    assert grad(lambda t: 30.0)(0.7) == 0


# -- §7: data and initial weights -------------------------------------------------------------------


@both_nodes
def test_large_inputs_saturate_and_zero_inputs_do_not_learn(node):
    """§7, deck E: why inputs are scaled to 0.01 … 1.0."""

    def slope_of_the_weight(x):
        layer = nn.Layer(1, 1, node=node, rng=0)
        layer.load_state_dict({"W": [[1.0]], "b": [0.0]})
        nn.half_squared_error(layer([x]), [0.01]).backward()
        return abs(slopes(layer.W)[0, 0])

    assert slope_of_the_weight(0.0) == 0
    assert slope_of_the_weight(255.0) < 1e-100
    paper, ink = nn.data.scaled([0, 255])
    assert (paper, ink) == printed((0.01, 1.0), 2)
    assert slope_of_the_weight(ink) > slope_of_the_weight(paper) > 1e-3


def test_targets_are_0_01_and_0_99():
    """§7, deck E: σ never reaches 0 or 1."""
    targets = nn.data.one_hot(np.arange(10))
    assert np.unique(targets).tolist() == [0.01, 0.99]
    assert 0 < sigmoid(-30.0) < 0.01 < 0.99 < sigmoid(30.0) < 1


@both_nodes
@pytest.mark.parametrize(("links", "deviation", "places"), [(3, 0.577, 3), (100, 0.1, 1)])
def test_initial_weights_are_normal_with_the_deviation_one_over_the_root_of_the_links(
    node, links, deviation, places
):
    """§7, deck E: 3 links → 0.577, 100 links → 0.1; the mean is 0."""
    assert 1 / np.sqrt(links) == printed(deviation, places)
    layer = nn.Layer(links, 40_000 // links, node=node, rng=0)
    W = floats(layer.W).ravel()
    assert W.std() == pytest.approx(1 / np.sqrt(links), rel=0.02)
    assert W.mean() == pytest.approx(0, abs=4 * W.std() / np.sqrt(W.size))
    within = [np.mean(np.abs(W) < k * W.std()) for k in (1, 2, 3)]
    assert within == pytest.approx([0.6827, 0.9545, 0.9973], abs=0.01)
    assert not np.any(floats(layer.b))


def test_a_line_of_the_csv_file_is_a_label_and_784_grey_values(tmp_path):
    """§7, deck E."""
    grey = np.arange(784) % 256
    (tmp_path / "mnist.csv").write_text("5," + ",".join(map(str, grey)) + "\n")
    digits = nn.data.read_csv(tmp_path / "mnist.csv")
    assert digits.labels.tolist() == [5]
    assert digits.images[0] == pytest.approx(0.01 + 0.99 * grey / 255, abs=1e-6)


def test_the_books_class():
    """§7, deck E: initialise(inputs, hidden, outputs, rate), train(inputs, targets), query(inputs)."""
    net = nn.MLP([3, 3, 3], use_bias=False, rng=0)
    sgd = nn.SGD(net.parameters(), lr=0.3)

    def train(inputs, targets):
        nn.fit(
            net, [inputs], [targets], optimizer=sgd, cost=nn.half_squared_error, epochs=1, batch_size=1, rng=0
        )

    before = nn.half_squared_error(net(SIGNAL), TARGET)
    for _ in range(200):
        train(SIGNAL, TARGET)
    assert net.num_parameters == 18
    assert float(plain(nn.half_squared_error(net(SIGNAL), TARGET))) < float(plain(before)) / 30


@pytest.fixture(scope="module")
def reader():
    """A net of deck E's kind that learnt to read digits drawn here, and the digits."""
    digits = nn.data.strokes(3000, rng=1)
    net = nn.MLP([784, 40, 10], use_bias=False, rng=1, dtype=np.float32)
    nn.fit(
        net,
        digits.images,
        nn.data.one_hot(digits.labels),
        optimizer=nn.SGD(net.parameters(), lr=0.5),
        cost=nn.half_squared_error,
        epochs=4,
        batch_size=5,
        rng=1,
    )
    return net, digits


def test_a_backquery_of_every_digit_is_an_image_of_it(reader):
    """§7, deck E: 0.99 at one output, the net run backwards, 784 numbers from 0.01 to 0.99."""
    net, digits = reader
    pictures = nn.backquery(net, nn.data.one_hot(range(10)))
    assert pictures.shape == (10, 784)
    assert pictures.min(axis=1) == pytest.approx(0.01)
    assert pictures.max(axis=1) == pytest.approx(0.99)
    # Of the ten digits' mean images, each is most like its own.
    means = [digits.images[digits.labels == digit].mean(axis=0) for digit in range(10)]
    likeness = np.corrcoef(pictures, means)[:10, 10:]
    assert likeness.argmax(axis=1).tolist() == list(range(10))
    # The net sees it too: no other picture makes the output of a digit as large as its own does.
    # The largest output need not be the one that was asked for, since a backquery is no inverse.
    outputs = floats(net(pictures))
    assert outputs.argmax(axis=0).tolist() == list(range(10))
    assert np.sum(outputs.argmax(axis=1) == range(10)) >= 7
