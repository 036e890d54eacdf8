"""The layered net: brightness, colours and widths are the net's numbers."""

import re

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex, to_rgb

import nn
from autograd import Tensor, Value, no_grad, relu, sigmoid, tanh
from autograd._graph.leaving import plain_array
from viz._mathematics.numerals import number
from viz._pictures.nets import read_net
from viz._plots import draw_network
from viz._plots.networks.layout import visible_rows
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import smallest_type
from viz._plots.parts.words import decimal

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])
RNG = np.random.default_rng(0)


def circles(ax):
    return {p.get_gid(): p for p in ax.patches if p.get_gid()}


def lines(ax):
    return {c.get_gid(): c for c in ax.collections}


def written(ax):
    return [t.get_text() for t in ax.texts]


def in_circle(ax, circle):
    """The text at the middle of a circle, if there is one."""
    found = [t.get_text() for t in ax.texts if np.allclose(t.get_position(), circle.center)]
    return found[0] if found else None


def activations_of(net, x):
    with no_grad():
        found = [np.asarray(x, float)]
        for layer in net.layers:
            found.append(np.asarray(layer(found[-1])).astype(float))
    return found


@both_nodes
@pytest.mark.parametrize("use_bias", [True, False])
def test_brightness_and_numbers_are_the_activations(node, use_bias):
    net = nn.MLP([3, 4, 2], node=node, use_bias=use_bias, rng=0)
    x = [0.9, 0.1, 0.8]
    ax = draw_network(net, x)
    drawn = circles(ax)
    assert len(drawn) == 3 + 4 + 2
    for place, layer in enumerate(activations_of(net, x)):
        for i, a in enumerate(layer):
            circle = drawn[f"a{place}_{i}"]
            assert circle.get_facecolor()[:3] == pytest.approx((a, a, a))
            assert in_circle(ax, circle) == f"{a:.2f}"


@both_nodes
def test_width_and_colour_of_a_line_are_its_weight(node):
    net = nn.MLP([3, 4, 2], node=node, rng=0)
    ax = draw_network(net, [0.9, 0.1, 0.8])
    palette, drawn = palette_of(ax), circles(ax)
    for place, layer in enumerate(net.layers, start=1):
        W = plain_array(layer.W)
        found = lines(ax)[f"weights{place}"]
        assert len(found.get_segments()) == W.size
        by_ends = {
            tuple(map(tuple, np.round(segment, 6))): (width, colour, dashes)
            for segment, width, colour, dashes in zip(
                found.get_segments(), found.get_linewidths(), found.get_colors(), found.get_linestyles(),
                strict=True,
            )
        }  # fmt: skip
        widest = max(found.get_linewidths())
        for (j, k), w in np.ndenumerate(W):
            ends = [drawn[f"a{place - 1}_{k}"].center, drawn[f"a{place}_{j}"].center]
            width, colour, dashes = by_ends[tuple(map(tuple, np.round(ends, 6)))]
            share = abs(w) / abs(W).max()
            assert width == pytest.approx(0.25 + (widest - 0.25) * share)
            full = palette.positive if w > 0 else palette.negative
            assert to_hex(colour) == palette.mixed(full, 0.25 + 0.75 * share)
            assert (dashes[1] is None) == (w > 0)
        assert f"widest: $|w|$ = {number(abs(W).max())}" in written(ax)


def test_the_wide_lines_are_drawn_last():
    found = lines(draw_network(nn.MLP([5, 7], rng=0)))["weights1"].get_linewidths()
    assert np.all(np.diff(found) >= 0)


def test_the_digit_net_is_folded_and_its_answer_marked(readable):
    net = nn.MLP([784, 16, 16, 10], rng=0)
    x = RNG.uniform(size=784)
    ax = draw_network(net, x)
    drawn = circles(ax)
    shown = [*range(7), *range(777, 784)]
    assert {i for i in range(784) if f"a0_{i}" in drawn} == set(shown)
    assert [sum(name.startswith(f"a{k}_") for name in drawn) for k in range(4)] == [14, 16, 16, 10]
    assert len([p for p in ax.patches if not p.get_gid()]) == 3  # the dots
    assert "784" in written(ax)
    headings = [t for t in written(ax) if t.startswith("$a")]
    assert headings == [
        "$a^{(0)}$\n784 inputs", "$a^{(1)}$\n16 neurons, sigmoid", "$a^{(2)}$\n16 neurons, sigmoid",
        "$a^{(3)}$\n10 outputs, sigmoid",
    ]  # fmt: skip
    for i in shown:
        assert drawn[f"a0_{i}"].get_facecolor()[0] == pytest.approx(x[i])
    W = net.layers[0].W.data[:, shown]
    assert len(lines(ax)["weights1"].get_segments()) == W.size
    assert f"widest: $|w|$ = {number(abs(W).max())}" in written(ax)
    outputs = activations_of(net, x)[-1]
    boxed = [t.get_text() for t in ax.texts if t.get_bbox_patch()]
    assert boxed == [str(outputs.argmax())]
    assert [t for t in written(ax) if re.fullmatch(r"\d", t)] == list("0123456789")
    readable(ax)


def test_numbers_fit_their_circles():
    for sizes, x in (([784, 16, 10], RNG.uniform(size=784)), ([2, 3, 1], [1.0, -100.5])):
        ax = draw_network(nn.MLP(sizes, rng=0), x)
        ax.figure.draw_without_rendering()
        for circle in circles(ax).values():
            [text] = [t for t in ax.texts if np.allclose(t.get_position(), circle.center)]
            inside, around = text.get_window_extent(), circle.get_window_extent()
            assert inside.width < around.width
            assert inside.height < around.height


@pytest.mark.parametrize(
    ("sizes", "most"),
    [([2, 3, 1], 16), ([1, 1, 1, 1], 16), ([40, 30, 10, 5], 8), ([784, 26], 30)],
)
def test_nothing_overlaps(sizes, most, readable):
    readable(draw_network(nn.MLP(sizes, rng=0), RNG.uniform(size=sizes[0]), most=most))
    ax = pyplot.subplots(1, 2, figsize=(12, 5), layout="constrained")[1][1]
    readable(draw_network(nn.MLP(sizes, rng=0), RNG.uniform(size=sizes[0]), most=most, ax=ax))


@pytest.mark.parametrize("size", [(12, 6.75), (6, 6.75)])
def test_beside_a_picture_the_digit_net_is_read_from_the_last_row_of_a_hall(size, readable):
    ax = pyplot.figure(figsize=size).add_axes((0, 0, 1, 1))
    net, image = nn.MLP([784, 16, 16, 10], rng=0), RNG.uniform(size=(28, 28))
    readable(draw_network(net, image, ax=ax))
    key, picture = ax.get_legend().get_window_extent(), ax.images[0].get_window_extent()
    assert key.y1 < picture.y0
    assert picture.x0 < key.x0 < key.x1 < picture.x1
    if size == (12, 6.75):
        assert smallest_type(ax.figure, (1920, 905)) >= 20  # under a heading


def test_without_an_example_there_are_no_activations():
    ax = draw_network(nn.MLP([3, 2], rng=0))
    paper = to_rgb(palette_of(ax).paper)
    assert all(circle.get_facecolor()[:3] == paper for circle in circles(ax).values())
    assert not any(in_circle(ax, circle) for circle in circles(ax).values())
    assert not any(t.get_bbox_patch() for t in ax.texts)


def test_a_picture_is_shown_beside_its_net(readable):
    net = nn.MLP([28 * 20, 4, 3], rng=0)
    image = RNG.uniform(size=(28, 20))
    ax = draw_network(net, image)
    shown, strip = ax.images
    np.testing.assert_array_equal(shown.get_array(), image)
    left, right, bottom, top = shown.get_extent()
    assert (right - left) / abs(top - bottom) == pytest.approx(20 / 28)
    first = min(circle.center[0] for circle in circles(ax).values())
    assert right < strip.get_extent()[0] < strip.get_extent()[1] < first - 1
    np.testing.assert_array_equal(strip.get_array(), image.reshape(-1, 1))  # every pixel, row after row
    np.testing.assert_allclose(
        [circles(ax)[f"a2_{i}"].get_facecolor()[0] for i in range(3)], activations_of(net, image.ravel())[-1]
    )
    readable(ax)


def test_a_column_outside_0_and_1_says_its_black_and_white():
    net = nn.MLP([2, 3, 2], activation=[tanh, nn.identity], rng=0)
    for layer in net.layers:
        layer.W.data = 3 * layer.W.data
    x = np.array([-2.0, 4.0])
    ax = draw_network(net, x)
    hidden, outputs = activations_of(net, x)[1:]
    assert "$a^{(0)}$\n2 inputs\nblack −2.00\nwhite 4.00" in written(ax)
    assert circles(ax)["a0_0"].get_facecolor()[0] == 0
    assert circles(ax)["a0_1"].get_facecolor()[0] == 1
    for place, layer in ((1, hidden), (2, outputs)):
        low, high = min(0, layer.min()), max(1, layer.max())
        for i, a in enumerate(layer):
            grey = circles(ax)[f"a{place}_{i}"].get_facecolor()[0]
            assert grey == pytest.approx((a - low) / (high - low))


def test_labels_of_outputs(readable):
    net = nn.MLP([2, 3], rng=0)
    ax = draw_network(net, [0.5, 0.5], labels=["left", "straight on", "right"])
    assert {"left", "straight on", "right"} <= set(written(ax))
    readable(ax)
    for outputs in (1, 3):  # which need not be classes
        assert not [
            t for t in draw_network(nn.MLP([2, outputs], rng=0), [0.5, 0.5]).texts if t.get_bbox_patch()
        ]
    with pytest.raises(ValueError, match="labels has 2 entries for 3 outputs"):
        draw_network(net, labels=["a", "b"])
    with pytest.raises(TypeError, match="labels has a number or a text for each of the 3 outputs"):
        draw_network(net, labels="abc")


def test_equal_outputs_are_all_marked_and_a_folded_one_at_the_dots():
    net = nn.MLP([1, 40], rng=0)
    net.layers[0].W.data = np.zeros((40, 1))
    named = draw_network(nn.MLP([1, 2], rng=0), [0.0], labels=range(2))
    marked = [t for t in named.texts if t.get_bbox_patch()]
    assert len(marked) == 2  # σ(0) = ½ for both
    W = np.zeros((40, 1))
    W[20] = 1.0
    net.layers[0].W.data = W
    ax = draw_network(net, [1.0], labels=range(40))
    [text] = [t for t in ax.texts if t.get_bbox_patch()]
    dots = [p.center[1] for p in ax.patches if not p.get_gid()]
    assert text.get_text() == "20"
    assert text.get_position()[1] == pytest.approx(np.mean(dots))


@pytest.mark.parametrize(("n", "most"), [(5, 5), (6, 5), (784, 16), (7, 4), (1, 4)])
def test_a_fold_keeps_the_first_and_the_last(n, most):
    folded = visible_rows(n, most)
    assert folded.height == min(n, most)
    assert folded.indices[0] == 0
    assert folded.indices[-1] == n - 1
    assert (folded.dots is None) == (n <= most) == (len(folded.indices) == n)
    assert len(set(folded.indices)) == len(folded.indices) == len(folded.rows)
    if folded.dots is not None:
        assert min(abs(folded.dots - row) for row in folded.rows) >= 1.5


def test_a_net_of_any_kind_with_layers_is_drawn():
    class Layer:
        W, b, activation = np.array([[1.0, -2.0]]), None, staticmethod(relu)

        def __call__(self, a):
            return relu(self.W @ a)

    class Net:
        layers = (Layer(),)

    ax = draw_network(Net(), [3.0, 1.0])
    assert circles(ax)["a1_0"].get_facecolor()[0] == 1
    assert "$a^{(1)}$\n1 output, relu" in written(ax)


def test_layers_without_weights_change_the_activations_that_are_drawn():
    first, last = nn.Layer(3, 2, rng=0, activation=nn.identity), nn.Layer(2, 1, rng=1)

    def batch_norm(a):  # of a batch, as those who write one expect it
        return (a - np.array([[0.1, 0.2]])) * 2

    x = np.array([0.4, -0.3, 0.9])
    reading = read_net(nn.Sequential(lambda a: a / 2, first, batch_norm, relu, last), x)
    hidden = relu(batch_norm(first(x[None] / 2))).data
    expected = x / 2, hidden[0], last(hidden).data[0]
    assert len(reading.weights) == 2
    for drawn, numbers in zip(reading.activations, expected, strict=True):
        np.testing.assert_allclose(drawn, numbers, rtol=1e-14)
    with pytest.raises(ValueError, match=r"layers\[1\] is to keep the 2 .* gave shape \(1,\)"):
        draw_network(nn.Sequential(first, lambda a: a[:, :1], last), x)


def test_a_net_that_begins_with_a_convolution_is_drawn_from_its_matrices_on():
    class Convolution:
        W = np.ones((2, 2, 1, 3))

        def __call__(self, x):
            return x

    net = nn.Sequential(Convolution(), relu, nn.Layer(3, 2, rng=0))
    with pytest.raises(ValueError, match=r"layers\[0\].W has .*nn\.Sequential\(\*net\.layers\[2:\]\)"):
        draw_network(net)
    assert len(circles(draw_network(nn.Sequential(*net.layers[2:])))) == 5


def test_float32_and_drawing_leaves_the_net_alone():
    net = nn.MLP([3, 2], rng=0, dtype=np.float32)
    nn.quadratic_cost(net(np.ones(3)), [0, 1]).backward()
    before = {name: (p.data.copy(), p.grad.copy()) for name, p in net.named_parameters().items()}
    draw_network(net, [0.1, 0.2, 0.3])
    for name, p in net.named_parameters().items():
        assert np.array_equal(p.data, before[name][0])
        assert np.array_equal(p.grad, before[name][1])


class Damaged:
    """A net whose parts can be replaced."""

    def __init__(self, **parts):
        layer = type("Layer", (), {"W": np.ones((2, 3)), "b": None, "activation": relu, **parts})
        layer.__call__ = lambda self, a: parts.get("gives", np.zeros(2))
        self.layers = [layer()]


NET = nn.MLP([3, 2], rng=0)
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("net", "x", "error", "message"),
    [
        (3, None, TypeError, r"takes a net, such as nn.MLP.*given int \(3\)"),
        (nn.MLP, None, TypeError, "takes a net.*given type"),
        (NET.layers[0], None, TypeError, r"takes a net.*given Layer.* in a list, self\.layers = \["),
        (type("Net", (), {"layers": []})(), None, ValueError, "no layers"),
        (type("Net", (), {"layers": [relu]})(), None, TypeError, r"layers\[0\].*no W and no b and no activ"),
        (Damaged(W=np.ones(3)), None, ValueError, r"layers\[0\].W has shape \(3,\); expected \(outputs, in"),
        (Damaged(W=np.array([[1.0, NAN]])), None, ValueError, r"layers\[0\].W holds nan at index \(0, 1\)"),
        (Damaged(W="W"), None, TypeError, r"layers\[0\].W is an array of real numbers, not str"),
        (Damaged(gives=[INF, 0]), [1, 2, 3], ValueError, r"output of layers\[0\] holds inf at index \(0,\)"),
        (Damaged(gives=[1, 2, 3]), [1, 2, 3], ValueError, r"layers\[0\] has 2 rows .* gave shape \(3,\)"),
        (NET, np.ones((5, 3)), ValueError, r"one example at a time, shape \(3,\).*batch of shape \(5, 3\)"),
        (NET, np.ones((1, 3)), ValueError, r"x is a batch of shape \(1, 3\); take one of its rows, x\[0\]"),
        (NET, [1, 2], ValueError, r"takes 3 inputs, and x has shape \(2,\)"),
        (NET, np.ones((3, 1)), ValueError, r"takes 3 inputs, and x has shape \(3, 1\)"),
        (NET, 0.5, ValueError, r"x has shape \(\)"),
        (NET, [1, NAN, 3], ValueError, r"x holds nan at index \(1,\)"),
        (NET, [], ValueError, r"x is empty: it has shape \(0,\)"),
        (NET, [1, [2], 3], ValueError, "x is an array of numbers; the rows given differ in length"),
        (NET, ["a", "b", "c"], TypeError, "x is an array of real numbers, not an array of <U1"),
        (NET, [1, 2, 3j], TypeError, "real numbers"),
    ],
)
def test_what_cannot_be_drawn(net, x, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        draw_network(net, x)
    assert nothing_drawn()


def test_layers_that_do_not_follow_on_each_other():
    net = nn.MLP([3, 2, 1], rng=0)
    net.layers[1] = nn.Layer(5, 1, rng=0)
    with pytest.raises(ValueError, match=r"layers\[1\] takes 5 inputs, and layers\[0\] gives 2"):
        draw_network(net)


@pytest.mark.parametrize("most", [3, 4.0, True])
def test_too_few_rows(most):
    with pytest.raises(ValueError, match="most is a whole number from 4"):
        draw_network(NET, most=most)


# -- worked signals -----------------------------------------------------------------------------------


def of_deck_e():
    """§5: the 3-3-3 net."""
    net = nn.MLP([3, 3, 3], use_bias=False, rng=0)
    net.layers[0].W = [[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]
    net.layers[1].W = [[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]]
    return net


def test_the_signals_of_the_3_3_3_net(readable):
    """§5: X and O of both layers, and the weights."""
    ax = draw_network(of_deck_e(), [0.9, 0.1, 0.8], signals=True)
    drawn = circles(ax)
    signals = [[in_circle(ax, drawn[f"a{place}_{i}"]) for i in range(3)] for place in range(3)]
    assert signals == [
        ["0.9", "0.1", "0.8"],
        ["X 1.160\nO 0.761", "X 0.420\nO 0.603", "X 0.620\nO 0.650"],
        [
            "X 0.976\nO 0.726",
            "X 0.889\nO 0.709",
            "X 1.255\nO 0.778",
        ],  # the deck adds up rounded outputs: 0.975, 0.888, 1.254
    ]
    links = [t.get_text() for t in ax.texts if t.get_bbox_patch()]
    assert links == [f"{w:g}" for layer in of_deck_e().layers for w in layer.W.data.ravel()]
    assert "3 × 3 + 3 × 3 = 18 weights, no biases" in written(ax)
    readable(ax)


def test_by_hand_the_signals_are_the_decks():
    """§5: each from the three decimals before it, which a calculator gives too."""
    ax = draw_network(of_deck_e(), [0.9, 0.1, 0.8], signals=True, by_hand=True)
    outputs = [in_circle(ax, circles(ax)[f"a2_{i}"]) for i in range(3)]
    assert outputs == ["X 0.975\nO 0.726", "X 0.888\nO 0.708", "X 1.254\nO 0.778"]
    with pytest.raises(ValueError, match="by_hand=True rounds the signals, which signals=True shows"):
        draw_network(of_deck_e(), [0.9, 0.1, 0.8], by_hand=True)


@both_nodes
def test_the_signals_of_the_saved_net_with_its_thresholds(node, readable):
    """§5: 2-3-1 with a linear output."""
    net = nn.MLP([2, 3, 1], node=node, activation=[sigmoid, nn.identity], rng=0)
    net.load_state_dict({
        "layers.0.W": [[-0.161, 0.216], [0.766, -0.7], [1.069, -1.147]],
        "layers.0.b": [-0.253, -0.36, -0.272],
        "layers.1.W": [[-0.442, 0.944, 1.68]],
        "layers.1.b": [-1.025],
    })  # fmt: skip
    ax = draw_network(net, [1.0, 0.5], signals=True)
    texts = [text for text in written(ax) if text.startswith("b = ")]
    assert texts == ["b = −0.253", "b = −0.36", "b = −0.272", "b = −1.025"]
    z = plain_array(net.layers[0].W) @ [1.0, 0.5] + plain_array(net.layers[0].b)
    for i, hidden in enumerate(z):
        expected = f"X {hidden:.3f}\nO {1 / (1 + np.exp(-hidden)):.3f}".replace("-", "−")
        assert in_circle(ax, circles(ax)[f"a1_{i}"]) == expected
    assert "2 × 3 + 3 × 1 = 9 weights, 3 + 1 = 4 biases: 13 parameters" in written(ax)
    readable(ax)


def test_a_number_on_a_link_lies_on_it():
    net = nn.MLP([4, 5, 3], rng=0)
    ax = draw_network(net, np.ones(4) / 4, signals=True)
    places = {t.get_text(): t.get_position() for t in ax.texts if t.get_bbox_patch()}
    for place, layer in enumerate(net.layers):
        for (j, k), w in np.ndenumerate(layer.W.data):
            one, other = (
                np.array(circles(ax)[name].center) for name in (f"a{place}_{k}", f"a{place + 1}_{j}")
            )
            at, way = np.array(places[decimal(w)]) - one, other - one
            assert 0 < at @ way < way @ way
            assert abs(at[0] * way[1] - at[1] * way[0]) < 1e-9


def test_without_an_example_the_weights_and_biases_are_written(readable):
    ax = draw_network(nn.MLP([2, 1], rng=0), signals=True)
    assert "b = 0" in written(ax)
    assert not any("X" in text for text in written(ax))
    readable(ax)


def test_signals_that_cannot_be_shown(nothing_drawn):
    with pytest.raises(ValueError, match="of up to 5 neurons in a column, and this net has 6"):
        draw_network(nn.MLP([2, 6], rng=0), [0.1, 0.2], signals=True)
    scaled = nn.Sequential(nn.Layer(2, 2, rng=0), lambda a: a / 2)
    with pytest.raises(ValueError, match="computes other outputs; draw this net without signals"):
        draw_network(scaled, [0.1, 0.2], signals=True)
    assert nothing_drawn()
    draw_network(scaled, [0.1, 0.2])


def test_a_perceptron_is_a_net_of_one_layer(readable):
    gate, perceptron = nn.data.gates.AND, nn.Perceptron(2, rate=0.5)
    perceptron.learn(gate.X, gate.signs, epochs=20)
    ax = draw_network(perceptron, [1, 1], signals=True)
    assert in_circle(ax, circles(ax)["a1_0"]) == "X 0.000\nO 1.000"  # on the line: yes
    assert {"b = −3", "2", "1"} <= set(written(ax))
    ax = draw_network(perceptron, [0, 1])
    assert in_circle(ax, circles(ax)["a1_0"]) == "−1.00"
    readable(ax)


def test_the_parameters_are_counted_under_the_net():
    texts = written(draw_network(nn.MLP([784, 16, 16, 10], rng=0)))
    assert (
        "784 × 16 + 16 × 16 + 16 × 10 = 12,960 weights, 16 + 16 + 10 = 42 biases: 13,002 parameters" in texts
    )
    assert "2 weights, 1 bias: 3 parameters" in written(draw_network(nn.MLP([2, 1], rng=0)))
