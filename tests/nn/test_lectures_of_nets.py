"""The lectures, fact by fact, sections 4 to 7: gates, worked signals, errors sent back, data and weights."""

import mpmath as mp
import numpy as np
import pytest
from lecture_numbers import SIGNAL, both_nodes, floats, net_of, of, printed, slopes

import nn
from autograd import Tensor, abs, dot, grad, sigmoid, sum
from autograd._graph.node import plain

INPUT_HIDDEN = [[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]
HIDDEN_OUTPUT = [[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]]


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


# -- §4: gates and the perceptron ------------------------------------------------------------------


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


# -- §5: worked signals ----------------------------------------------------------------------------


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


# -- §6: sending errors back, and where it is not the gradient -------------------------------------


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


# -- §7: data and initial weights ------------------------------------------------------------------


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
