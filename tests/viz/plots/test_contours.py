"""Functions of two numbers as maps."""

import itertools
import math

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex

import nn
from autograd import DomainError, Tensor, Value, log, sin
from autograd._graph.leaving import plain_array
from viz._plots import surface
from viz._plots.parts.costs import CostOfTwo
from viz._plots.parts.functions import heights, slopes
from viz._plots.parts.palette import lightness, palette_of
from viz._plots.parts.words import coordinates


def bowl(x, y):
    return 1.5 * x**2 + 0.5 * y**2


def contours(ax):
    """The filled contours and the lines."""
    filled, lines = [c for c in ax.collections if type(c).__name__ == "QuadContourSet"]
    return filled, lines


def said(ax):
    """The gradient in numbers."""
    [text] = [t for t in ax.texts if t.get_text().startswith(r"$\nabla")]
    return text


def test_every_line_is_at_its_height():
    filled, lines = contours(surface(bowl))
    assert len(lines.levels) > 8
    seen = 0
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        if len(path.vertices) and level > 0:
            np.testing.assert_allclose(bowl(*path.vertices.T), level, atol=2e-3)
            seen += 1
    assert seen > 8
    assert lines.zmin == 0
    assert lines.zmax == bowl(2, 2)
    np.testing.assert_array_equal(filled.levels, lines.levels)


def test_every_number_stands_on_its_line_away_from_the_frame():
    ax = surface(bowl)
    _, lines = contours(ax)
    texts = lines.labelTexts
    assert len(texts) >= len(lines.levels) - 3
    for text in texts:
        x, y = text.get_position()
        assert bowl(x, y) == pytest.approx(float(text.get_text()), abs=0.05)
        assert max(abs(x), abs(y)) < 2 - 4 * 0.04


def test_the_gradient_of_the_lecture():
    ax = surface(bowl, at=(1, 1))
    assert said(ax).get_text() == r"$\nabla$bowl = (3.00, 1.00)"
    [arrow] = [t for t in ax.texts if t.get_text() == ""]
    step = np.subtract(arrow.xy, arrow.xyann)
    assert tuple(arrow.xyann) == (1, 1)
    assert step[0] / step[1] == pytest.approx(3)  # x has 3 times the impact of y
    assert step[0] > 0  # uphill
    assert ax.get_aspect() == 1  # so that it crosses the line at a right angle
    [dot] = ax.lines
    assert dot.get_xydata().tolist() == [[1, 1]]


def test_the_arrow_keeps_its_direction_where_the_scales_differ():
    ax = surface(bowl, x=(0, 10), y=(0, 1), at=(5, 0.5))
    assert ax.get_aspect() == "auto"
    [arrow] = [t for t in ax.texts if t.get_text() == ""]
    step = np.subtract(arrow.xy, arrow.xyann)
    assert step[0] / step[1] == pytest.approx(15 / 0.5)


def test_where_the_gradient_is_0_there_is_no_arrow():
    ax = surface(bowl, at=(0, 0))
    assert said(ax).get_text() == r"$\nabla$bowl = (0.00, 0.00)"
    assert not [t for t in ax.texts if t.get_text() == ""]


def test_numbers_keep_clear_of_the_gradient():
    ax = surface(bowl, at=(1, 1))
    ax.figure.draw_without_rendering()
    _, lines = contours(ax)
    box = said(ax).get_window_extent()
    assert not any(box.overlaps(text.get_window_extent()) for text in lines.labelTexts)


PLACES = [(-2, -2), (2, -2), (-1.95, 1.9), (1.5, 1.4), (0, 1.5), (0, -1.6), (1.0, 0.5)]
HILLS = [bowl, lambda x, y: -bowl(x, y), lambda x, y: 1e5 * x - y / 1e5]
# Each size with each place and each function.
IN_PICTURES = [
    (size, HILLS[(i + k) % 3], at) for i, size in enumerate([(3, 2), (2, 4)]) for k, at in enumerate(PLACES)
]


@pytest.mark.parametrize(("size", "f", "at"), IN_PICTURES)
def test_the_point_its_arrow_and_its_numbers_are_in_the_picture(size, f, at):
    ax = surface(f, at=at, ax=pyplot.figure(figsize=size, layout="constrained").add_subplot())
    ax.figure.draw_without_rendering()
    box, frame = said(ax).get_window_extent(), ax.get_window_extent()
    assert frame.x0 < box.x0 < box.x1 < frame.x1
    assert frame.y0 < box.y0 < box.y1 < frame.y1
    assert not box.contains(*ax.transData.transform(at))
    _, lines = contours(ax)
    assert not any(box.overlaps(text.get_window_extent()) for text in lines.labelTexts)
    for arrow in ax.texts:
        if arrow.get_text() == "":
            assert np.all(np.abs(arrow.xy) < 2)
            assert not box.contains(*ax.transData.transform(arrow.xy))


def test_heights_of_any_size_are_short():
    for size in (1e299, 1e-250, -1e6, 1.0):
        texts = [t.get_text() for t in contours(surface(lambda x, y: size * (x + y)))[1].labelTexts]  # noqa: B023
        assert len(set(texts)) == len(texts) > 5
        assert max(map(len, texts)) <= 9


def test_heights_do_not_overlap():
    for f in (bowl, lambda x, y: x**2 + x * y):
        ax = surface(f, ax=pyplot.figure(figsize=(3, 2), layout="constrained").add_subplot())
        ax.figure.draw_without_rendering()
        places = [ax.transData.transform(text.get_position()) for text in contours(ax)[1].labelTexts]
        assert len(places) > 2
        apart = [np.hypot(*(a - b)) * 72 / ax.figure.dpi for a, b in itertools.combinations(places, 2)]
        assert min(apart) > 22  # points; the type is 10 high


def test_a_part_where_f_is_undefined_is_blank():
    ax = surface(lambda x, y: log(x) + log(y), x=(-1, 3), y=(-1, 3))
    _, lines = contours(ax)
    vertices = np.concatenate([p.vertices for p in lines.get_paths()])
    assert vertices.min() > 0


def test_what_is_too_large_to_draw_is_blank():
    ax = surface(lambda x, y: 10.0 ** (307 * x) + y, x=(-1, 1))
    vertices = np.concatenate([p.vertices for p in contours(ax)[1].get_paths()])
    assert vertices[:, 0].max() < 300 / 307
    ax.figure.draw_without_rendering()


def test_axes_and_ranges():
    ax = surface(lambda x, y: x + y, x=(-1, 3), y=(0, 2))
    assert ax.get_xlim() == (-1, 3)
    assert ax.get_ylim() == (0, 2)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x$", "$y$")


def test_f_may_be_any_python():
    surface(lambda x, y: math.sin(x) if x > y else 1)
    surface(lambda x, y: Value(x) * Value(y))
    surface(lambda x, y: np.float32(x * y))
    surface(lambda x, y: Tensor(x) * y)


def test_heights_and_slopes():
    assert heights(bowl, np.array([0.0, 1.0]), np.array([2.0])).tolist() == [[2.0, 3.5]]
    assert heights(lambda x: 1 / x, np.array([0.0, 4.0]))[1] == 0.25
    assert np.isnan(heights(lambda x: 1e300 ** (x + 1), np.array([1.0, -1.0]))[0])  # an OverflowError
    assert slopes(bowl, (1.0, 1.0)) == (3.0, 1.0)
    assert slopes(sin, (0.0,)) == (1.0,)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "f", [lambda x, y: math.pow(x, 2) + y.data, lambda x, y: float(x) ** 2], ids=["math", "float"]
)
def test_a_function_that_computes_with_plain_numbers_has_no_slope_to_draw(f, nothing_drawn):
    with pytest.raises(TypeError, match="autograd"):
        surface(f, at=(1.0, 1.0))
    assert nothing_drawn()


def test_the_slopes_of_a_function_that_refers_to_nodes_are_numbers():
    w = Value(3.0)
    found = slopes(lambda x, y: w * x * x + y, (2.0, 1.0))
    assert (found, [type(slope) for slope in found], w.grad) == ((12.0, 1.0), [float, float], None)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"f": 3}, TypeError, r"surface takes a function of 2 numbers, not int \(3\)"),
        ({"f": lambda x: x}, TypeError, "function of 2 numbers; f cannot be called with 2"),
        ({"f": lambda x, y: None}, TypeError, "gives one number, and at .* it gave None"),
        ({"f": lambda x, y: "a"}, TypeError, "gives one number, and at .* it gave 'a'"),
        ({"f": lambda x, y: np.ones(3)}, TypeError, "one number, and at .* it gave array"),
        ({"f": lambda x, y: 7}, ValueError, "f is 7 everywhere in this range"),
        ({"f": lambda x, y: float("nan")}, ValueError, "undefined everywhere"),
        ({"f": lambda x, y: log(x - 9)}, ValueError, "undefined everywhere"),
        ({"f": bowl, "x": (1, 1)}, ValueError, r"x is a range \(from, to\) with from < to, not \(1, 1\)"),
        ({"f": bowl, "x": (2, 1)}, ValueError, "x is a range"),
        ({"f": bowl, "y": (1, 2, 3)}, ValueError, "y is a range"),
        ({"f": bowl, "y": (0, math.inf)}, ValueError, "y holds inf"),
        ({"f": bowl, "y": 3}, ValueError, "y is a range"),
        ({"f": bowl, "at": 3}, ValueError, r"at is a point \(x, y\), not 3"),
        (
            {"f": bowl, "at": (1, 3)},
            ValueError,
            r"at is \(1.00, 3.00\), which is not in the picture: x is from",
        ),
        ({"f": lambda x, y: log(x) + y, "at": (-1, 1)}, DomainError, "log"),
        ({"f": bowl, "at": (1, math.nan)}, ValueError, "at holds nan"),
    ],
)
def test_what_is_no_surface(arguments, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        surface(**arguments)
    assert nothing_drawn()


# -- names, and many points at once -------------------------------------------------------------------


def test_axes_and_gradient_have_the_names_of_the_function():
    def C(w, b):
        return w**2 + b

    ax = surface(C, at=(1, 1))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w$", "$b$")
    assert said(ax).get_text() == r"$\nabla C$ = (2.00, 1.00)"
    assert said(surface(lambda u, v: u * v, at=(1, 1), name="cost")).get_text().startswith(r"$\nabla$cost")
    with pytest.raises(TypeError, match="name is a text, such as 'C'; given 3"):
        surface(C, name=3)


@pytest.mark.parametrize(
    ("f", "calls"),
    [
        (lambda x, y: np.exp(x) * y, 30),
        (lambda x, y: sin(x) * y, 30),
        (lambda x, y: Value(1.0) * x * y + 2, 80),
        (lambda x, y: x if x > y else 1.0, 2000),  # a choice for each point
        (lambda x, y: float(np.mean([x * y, 3])), 2000),
    ],
)
def test_many_points_are_computed_at_once_where_f_allows_it(f, calls):
    counted = []

    def counting(x, y):
        counted.append(x)
        return f(x, y)

    across, up = np.linspace(-2, 2, 41), np.linspace(-1, 3, 31)
    found = heights(counting, across, up)
    expected = [[float(f(x, y)) for x in across.tolist()] for y in up.tolist()]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert len(counted) < calls


def test_a_function_that_means_something_else_for_arrays_is_called_for_each_point():
    for f in (lambda x, y: x * np.sum(y), lambda x, y: x * np.size(y)):
        across = np.linspace(2, -2, 21)
        expected = [[float(f(x, y)) for x in across.tolist()] for y in across.tolist()]
        np.testing.assert_allclose(heights(f, across, across), expected, rtol=1e-9)


# -- a recorded cost over two of its parameters -------------------------------------------------------


@pytest.mark.parametrize("node", [Tensor, Value])
def test_the_cost_of_a_net_over_two_of_its_weights(node, readable):
    gate, net = nn.data.gates.XOR, nn.MLP([2, 2, 1], node=node, rng=0)
    W = net.layers[0].W
    of = [(W, (0, 1)), (W, (1, 0))] if node is Tensor else [W[0, 1], W[1, 0]]
    cost = nn.quadratic_cost(net(gate.X), gate.Y)
    ax = surface(cost, of=of, resolution=9)
    before = plain_array(W)

    def at(x, y):
        net.layers[0].W = [[before[0, 0], x], [y, before[1, 1]]]
        return float(nn.quadratic_cost(net(gate.X), gate.Y).data)

    [dot] = ax.lines
    assert dot.get_xydata()[0].tolist() == [before[0, 1], before[1, 0]]
    plane = CostOfTwo(cost, of)
    across, up = (np.linspace(*ends, 3) for ends in plane.ranges)
    found = plane.heights(across, up)
    np.testing.assert_allclose(found, [[at(x, y) for x in across] for y in up], rtol=1e-12)
    assert ax.get_xlim() == (before[0, 1] - 2, before[0, 1] + 2)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w_{01}^{(1)}$", "$w_{10}^{(1)}$")
    step = 1e-6
    slope = (at(before[0, 1] + step, before[1, 0]) - at(before[0, 1] - step, before[1, 0])) / (2 * step)
    assert plane.gradient[0] == pytest.approx(slope, rel=1e-6)
    assert coordinates(plane.gradient, [abs(plane.gradient).max()] * 2) in said(ax).get_text()
    readable(ax)


def test_a_cost_that_is_undefined_in_a_part_of_the_plane():
    w, b = Value(1.0, label="w"), Value(1.0, label="b")
    plane = CostOfTwo(log(w) + b, [w, b])
    found = plane.heights(np.array([-1.0, 1.0]), np.array([0.0, 2.0]))
    assert np.isnan(found).tolist() == [[True, False], [True, False]]
    assert found[:, 1].tolist() == [0.0, 2.0]


W = Tensor(np.ones((2, 2)), label="W")
COST = (W * W).sum()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"f": COST}, ValueError, r"over two of its leaves: of=\[w, b\]"),
        ({"f": COST, "of": [(W, (0, 0))]}, ValueError, "over two of its leaves"),
        ({"f": W * W, "of": [(W, (0, 0)), (W, (0, 1))]}, ValueError, r"not an array of shape \(2, 2\)"),
        (
            {"f": COST, "of": [W, W]},
            ValueError,
            r"W has shape \(2, 2\); its index \(\) does not name one number",
        ),
        ({"f": COST, "of": [(W, (0, 5)), (W, 0)]}, ValueError, r"its index \(0, 5\) does not name"),
        ({"f": COST, "of": [(W, (0, 0)), 3.0]}, TypeError, "given 3.0"),
        ({"f": COST, "of": [(W, (0, 0)), Value(1.0, label="b")]}, ValueError, "does not depend on b"),
        ({"f": COST, "of": [(W, (0, 0)), COST]}, ValueError, "is computed"),
        ({"f": COST, "of": [(W, (0, 0)), (W, (0, 1))], "at": (1, 1)}, ValueError, "at its present numbers"),
        ({"f": bowl, "of": [W, W]}, ValueError, "f is a function"),
        ({"f": bowl, "resolution": 1}, ValueError, "resolution is a whole number from 2"),
    ],
)
def test_what_is_no_cost_of_two(arguments, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        surface(**arguments)
    assert nothing_drawn()


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_the_higher_the_lighter(style):
    with pyplot.style.context(style):
        shades = palette_of(pyplot.subplots()[1]).rising()
    assert lightness(to_hex(shades(1.0))) > lightness(to_hex(shades(0.5))) > lightness(to_hex(shades(0.0)))


def test_the_height_0_has_no_sign():
    texts = [t.get_text() for t in contours(surface(lambda x, y: x * y / 3))[1].labelTexts]
    assert "0" in texts or not any(float(t.replace("−", "-")) == 0 for t in texts)
    assert not any("e−1" in t for t in texts)
