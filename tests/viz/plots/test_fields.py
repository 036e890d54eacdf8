"""The field of a net of two inputs, the line between its classes, and the examples on it."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection

import nn
from autograd import Tensor, Value, no_grad, relu, sigmoid, tanh
from viz._plots import boundary

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 2))
NAN = float("nan")
pytestmark = pytest.mark.filterwarnings("ignore:boundary divides")  # the plane goes far beyond 0 and 1


def plane(points):
    """Above 0 to the upper right of the line x + 2y = 0.5."""
    return points @ [1.0, 2.0] - 0.5


def field(ax):
    """The points of the grid, (n, 2), and the drawn number at each."""
    [image] = ax.images
    rows, columns = image.get_array().shape
    left, right, bottom, top = image.get_extent()
    middles = [
        low + (high - low) * (np.arange(n) + 0.5) / n
        for low, high, n in ((left, right, columns), (bottom, top, rows))
    ]
    return np.stack(np.meshgrid(*middles), axis=-1).reshape(-1, 2), np.ravel(image.get_array()), image


def line(ax):
    """The vertices of the boundary, or None where none is drawn."""
    found = [c for c in ax.collections if type(c).__name__ == "QuadContourSet"]
    return np.concatenate([p.vertices for c in found for p in c.get_paths()]) if found else None


def inside(ax, points):
    """Those of some points that are within the frame."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = points.T
    return points[(x >= left) & (x <= right) & (y >= bottom) & (y <= top)]


def dots(ax):
    """The points of each scatter that has any, in order."""
    found = [c for c in ax.collections if isinstance(c, PathCollection)]
    return [np.asarray(c.get_offsets()) for c in found if len(c.get_offsets())]


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


@pytest.mark.parametrize("shaped", [lambda z: z, lambda z: z[:, None], Tensor, lambda z: z.tolist()])
def test_the_field_is_the_output_at_each_point(shaped):
    ax = boundary(lambda p: shaped(plane(p)), X, np.sign(plane(X)), resolution=30)
    points, numbers, image = field(ax)
    np.testing.assert_allclose(numbers, plane(points), atol=1e-12)
    assert image.get_clim() == (-1, 1)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for x, (low, high) in zip(X.T, ((left, right), (bottom, top)), strict=True):
        assert low == pytest.approx(x.min() - 0.3 * np.ptp(x))
        assert high == pytest.approx(x.max() + 0.3 * np.ptp(x))
    assert points[:, 0].min() < left < right < points[:, 0].max()
    np.testing.assert_allclose(plane(line(ax)), 0, atol=1e-9)


@pytest.mark.parametrize(
    ("y", "middle", "limits"),
    [
        (np.array([0, 1]), 0.5, (0, 1)),
        (np.array([-1, 1]), 0.0, (-1, 1)),
        (np.array([0.01, 0.99]), 0.5, (0.01, 0.99)),
    ],
)
def test_the_line_is_the_middle_of_the_desired_outputs(y, middle, limits):
    desired = y[(plane(X) > middle).astype(int)]
    ax = boundary(plane, X, desired, resolution=30)
    np.testing.assert_allclose(plane(line(ax)), middle, atol=1e-9)
    assert field(ax)[2].get_clim() == limits
    low, high = dots(ax)  # and nothing is wrong
    np.testing.assert_array_equal(low, X[plane(X) <= middle])
    np.testing.assert_array_equal(high, X[plane(X) > middle])
    assert boundary(plane, X, desired[:, None], resolution=5).get_xlabel() == "$x_1$"


def test_examples_on_the_wrong_side_have_a_ring():
    y = (plane(X) > 0.5).astype(int)
    y[[3, 7]] = 1 - y[[3, 7]]
    ax = boundary(plane, X, y, resolution=5)
    low, high, wrong = dots(ax)
    np.testing.assert_array_equal(wrong, X[[3, 7]])
    np.testing.assert_array_equal(low, X[y == 0])  # the mark is what is desired
    np.testing.assert_array_equal(high, X[y == 1])
    assert legend(ax) == ["desired 0", "desired 1", "wrong"]
    markers = [c.get_paths()[0].vertices.shape for c in ax.collections if isinstance(c, PathCollection)]
    assert markers[0] != markers[2]  # classes are told apart by their marks too


def test_and_of_a_perceptron_is_one_straight_line(readable):
    gate, perceptron = nn.data.gates.AND, nn.Perceptron(2)
    perceptron.learn(gate.X, gate.signs, epochs=50)
    ax = boundary(perceptron, gate.X, gate.signs)
    cell = 1.6 / 199
    found = inside(ax, line(ax))
    assert len(found) > 100
    distance = abs(found @ perceptron.w + perceptron.b) / np.hypot(*perceptron.w)
    assert distance.max() < cell
    walked = np.hypot(*np.diff(found, axis=0).T).sum()
    assert walked == pytest.approx(np.hypot(*(found[-1] - found[0])), rel=0.01)  # no staircase
    assert set(field(ax)[1]) == {-1, 1}
    assert legend(ax) == ["desired −1", "desired 1"]
    assert ax.figure.axes == [ax]  # a bar of colours would repeat the legend
    readable(ax)


@pytest.mark.parametrize("node", [Tensor, Value])
def test_xor_of_a_small_net_takes_two_lines(node):
    # OR and NAND, and the AND of them, as deck E has it
    net = nn.MLP([2, 2, 1], node=node, rng=0)
    net.load_state_dict({
        "layers.0.W": [[20.0, 20.0], [-20.0, -20.0]], "layers.0.b": [-10.0, 30.0],
        "layers.1.W": [[20.0, 20.0]], "layers.1.b": [-30.0],
    })  # fmt: skip
    gate = nn.data.gates.XOR
    ax = boundary(net, gate.X, gate.Y, resolution=40)
    assert {round(float(s), 1) for s in line(ax).sum(axis=1)} == {0.5, 1.5}
    assert legend(ax) == ["desired 0", "desired 1"]


@pytest.mark.parametrize("use_bias", [True, False])
def test_a_net_of_values_is_drawn_as_the_same_net_of_tensors_without_asking_for_each_point(use_bias):
    asked = []

    class Counting(nn.MLP):
        def __call__(self, x):
            asked.append(len(x))
            return super().__call__(x)

    options = {"activation": [tanh, relu, nn.identity], "use_bias": use_bias, "rng": 3}
    labels = np.arange(20) % 3
    fields = [
        [image.get_array() for image in boundary(net, X, labels, resolution=60).images]
        for net in (nn.MLP([2, 4, 4, 3], **options), Counting([2, 4, 4, 3], node=Value, **options))
    ]
    np.testing.assert_array_equal(*fields)
    assert asked[0] == len(X)
    assert sum(asked[1:]) < 60 * 60 / 50


@pytest.mark.parametrize("kind", ["call", "layer", "activation"])
def test_a_net_of_values_that_is_not_what_it_exposes_is_asked_itself(kind):
    net = nn.MLP([2, 3, 1], node=Value, rng=0)

    class Turned(nn.MLP):
        def __call__(self, x):
            return 1 - super().__call__(x)

    if kind == "call":
        net = Turned([2, 3, 1], node=Value, rng=0)
    elif kind == "layer":
        net.layers[0].activate = lambda a: np.array([[-z for z in row] for row in a])[:, [0, 1, 1]]
    else:
        net.layers[0].activation = np.vectorize(lambda z: z if isinstance(z, Value) and z > 0 else z * 0)
    ax = boundary(net, X, np.zeros(20), resolution=6)
    points, drawn, _ = field(ax)
    with no_grad():
        np.testing.assert_allclose(drawn, net(points.data).astype(float)[:, 0], rtol=1e-12)


def test_two_outputs_are_drawn_by_their_difference():
    def two(p):
        return np.stack([-plane(p) / 4, plane(p) / 4], axis=1)

    labels = (plane(X) > 0).astype(int)
    for y in (labels, np.eye(2)[labels]):
        ax = boundary(two, X, y, resolution=20)
        points, numbers, image = field(ax)
        np.testing.assert_allclose(numbers, plane(points) / 2, atol=1e-12)
        assert image.get_clim() == (-1, 1)
        np.testing.assert_allclose(plane(line(ax)), 0, atol=1e-9)
        np.testing.assert_array_equal(dots(ax)[1], X[labels == 1])
        assert len(dots(ax)) == 2


def test_more_outputs_are_regions_of_the_largest():
    corners = np.array([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]])

    def near(p):
        return -np.hypot(*(p[:, None] - corners).T).T

    labels = near(X).argmax(axis=1)
    labels[0] = (labels[0] + 1) % 3
    ax = boundary(near, X, labels, resolution=40)
    _, numbers, _ = field(ax)
    across, up = ax.get_xlim(), ax.get_ylim()
    step = [(across[1] - across[0]) / 39, (up[1] - up[0]) / 39]
    centres = np.stack(
        np.meshgrid(*(low + s * np.arange(-2, 42) for low, s in zip((across[0], up[0]), step, strict=True))),
        -1,
    )
    np.testing.assert_array_equal(numbers, near(centres.reshape(-1, 2)).argmax(axis=1))
    assert legend(ax) == ["class 0", "class 1", "class 2", "wrong"]
    np.testing.assert_array_equal(dots(ax)[-1], X[:1])


def test_a_field_without_a_boundary_has_no_line():
    ax = boundary(lambda p: np.full(len(p), 0.9), X, np.ones(20), resolution=5)
    assert line(ax) is None
    assert field(ax)[2].get_clim() == (0, 1)
    assert boundary(lambda p: np.full(len(p), -0.9), X, -np.ones(20), resolution=5) is not None


def test_one_example_and_examples_in_a_row():
    for points in ([[0.5, 0.5]], [[0, 1], [1, 1], [2, 1]]):
        ax = boundary(plane, points, np.zeros(len(points)), resolution=5)
        assert ax.get_ylim()[0] < ax.get_ylim()[1]


def test_a_net_is_not_recorded():
    seen = []

    def net(points):
        out = sigmoid(Tensor(points) @ np.ones(2))
        seen.append(out.is_leaf)
        return out

    boundary(net, X, np.zeros(20), resolution=5)
    assert seen
    assert all(seen)


@pytest.mark.parametrize(
    ("net", "points", "y", "error", "message"),
    [
        (3, X, X[:, 0], TypeError, r"function of points, shape \(n, 2\), not int"),
        (plane, np.ones((4, 3)), [0, 1, 0, 1], ValueError, r"two inputs: X has shape \(4, 3\)"),
        (plane, [1, 2], [0], ValueError, r"two inputs: X has shape \(2,\)"),
        (plane, X, [0, 1], ValueError, r"X has shape \(20, 2\) and y \(2,\)"),
        (plane, X, 1.0, ValueError, r"X has shape \(20, 2\) and y \(\)"),
        (plane, [[0, NAN]], [0], ValueError, r"X holds nan at index \(0, 1\)"),
        (plane, X[:1], [NAN], ValueError, "y holds nan"),
        (plane, [], [], ValueError, "X is empty"),
        (plane, X, np.arange(20), ValueError, "one output, and y holds 20 different numbers"),
        (plane, X, np.eye(20), ValueError, "one output"),
        (lambda p: p[:3], X, np.zeros(20), ValueError, r"gave shape \(3, 2\) for 20 points; expected \(n,\)"),
        (lambda p: p[None], X, np.zeros(20), ValueError, r"gave shape \(1, 20, 2\) for 20 points"),
        (lambda p: p * NAN, X, np.zeros(20), ValueError, "the net's output holds nan"),
        (
            lambda p: None,
            X,
            np.zeros(20),
            TypeError,
            "the net's output is an array of real numbers, not None",
        ),
        (lambda p: p, X, np.full(20, 2), ValueError, "2 outputs, so labels are whole numbers from 0 to 1"),
        (lambda p: p, X, np.full(20, 0.5), ValueError, "labels are whole numbers from 0 to 1"),
        (lambda p: p, X, np.zeros((20, 3)), ValueError, r"2 outputs, and y has shape \(20, 3\)"),
        (lambda p: np.zeros((len(p), 9)), X, np.zeros(20), ValueError, "9 outputs; .* up to 7 classes"),
    ],
)
def test_what_has_no_boundary(net, points, y, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        boundary(net, points, y)
    assert nothing_drawn()


def test_the_resolution_is_checked():
    with pytest.raises(ValueError, match="resolution is a whole number from 2, not 1"):
        boundary(plane, X, np.zeros(20), resolution=1)


def logit(points):
    return 4 * points[:, :1]  # above 0 to the right of 0


def test_a_logit_is_divided_at_the_threshold_that_is_given():
    y = (X[:, 0] > 0).astype(float)
    with pytest.warns(RuntimeWarning, match=r"from -[\d.]+ to [\d.]+ here, as a logit does.*threshold=0"):
        boundary(logit, X, y, resolution=30)
    ax = boundary(logit, X, y, threshold=0, resolution=30)  # the advice
    np.testing.assert_allclose(line(ax)[:, 0], 0, atol=1e-12)
    reach = 4 * np.abs(X[:, 0]).max()
    assert field(ax)[2].get_clim() == pytest.approx((-reach, reach))
    assert "wrong" not in legend(ax)
    with pytest.raises(ValueError, match="a threshold divides one output, and the net has 2"):
        boundary(lambda p: p, X, y, threshold=0)


# -- lines of neurons ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "gate", [nn.data.gates.AND, nn.data.gates.OR, nn.data.gates.NAND], ids=lambda g: g.name
)
def test_with_a_margin_the_line_stands_clear_of_the_points(gate):
    perceptron = nn.Perceptron(2)
    assert perceptron.learn(gate.X, gate.signs, epochs=50, margin=0.1)[-1] == 0
    ax = boundary(perceptron, gate.X, gate.signs, lines=perceptron)
    [drawn] = [c for c in ax.lines if c.get_gid() == "line0"]
    (x0, y0), (x1, y1) = drawn.get_xydata()
    way = np.hypot(x1 - x0, y1 - y0)
    distances = [abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / way for x, y in gate.X]
    assert min(distances) > 0.15
    np.testing.assert_allclose(drawn.get_xydata() @ perceptron.w + perceptron.b, 0, atol=1e-12)
    points, numbers, _ = field(ax)
    for x, sign in zip(gate.X, gate.signs, strict=True):  # no point lies in the other colour
        nearby = np.hypot(*(points - x).T) < 0.05
        assert set(numbers[nearby]) == {sign}


def test_the_lines_of_a_layer_from_frame_to_frame(readable):
    net = nn.MLP([2, 3, 1], rng=0)
    net.layers[0].W, net.layers[0].b = [[20.0, 20.0], [0.0, 1.0], [1.0, 0.0]], [-10.0, -0.5, 9.0]
    gate = nn.data.gates.XOR
    ax = boundary(net, gate.X, gate.Y, lines=net.layers[0], resolution=20)
    drawn = {line.get_gid(): line.get_xydata() for line in ax.lines if line.get_gid()}
    assert set(drawn) == {"line0", "line1"}  # the third is not in the picture
    np.testing.assert_allclose(drawn["line0"].sum(axis=1), 0.5)
    np.testing.assert_allclose(drawn["line1"], [[-0.3, 0.5], [1.3, 0.5]])
    assert legend(ax)[:2] == ["$z_{0} = 0$", "$z_{1} = 0$"]
    readable(ax)


@pytest.mark.parametrize(
    ("lines", "error", "message"),
    [
        (3, TypeError, r"a layer, such as net\.layers\[0\], or a perceptron; given int"),
        (nn.MLP([2, 1], rng=0), TypeError, "given MLP"),
        (nn.Layer(3, 2, rng=0), ValueError, r"two inputs; its weights have shape \(2, 3\)"),
        ([nn.Perceptron(2)], ValueError, "has not learnt yet"),
    ],
)
def test_what_has_no_lines(lines, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        boundary(plane, X, np.sign(plane(X)), lines=lines)
    assert nothing_drawn()
