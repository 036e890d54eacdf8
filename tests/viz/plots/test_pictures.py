"""Weights and examples as pictures."""

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

import nn
from autograd import Tensor, Value
from viz._plots import images, weights
from viz._plots.parts.palette import palette_of

RNG = np.random.default_rng(0)
NAN = float("nan")


def titles(ax):
    return [t.get_text() for t in ax.texts]


@pytest.mark.parametrize("given", [lambda W: W, Tensor, lambda W: [[*row] for row in W]])
def test_each_neuron_is_its_row_of_weights(given, readable):
    W = RNG.normal(size=(5, 12))
    ax = weights(given(W), shape=(3, 4))
    assert len(ax.images) == 5
    for row, image in zip(W, ax.images, strict=True):
        np.testing.assert_array_equal(image.get_array(), row.reshape(3, 4))
        assert image.get_clim() == (-abs(W).max(), abs(W).max())  # one symmetric scale
    assert titles(ax) == list("01234")
    readable(ax)


@pytest.mark.parametrize("node", [Tensor, Value])
def test_a_layer_of_either_kind(node):
    layer = nn.Layer(6, 4, node=node, rng=0)
    W = nn.Layer(6, 4, rng=0).W.data
    for row, image in zip(W, weights(layer, shape=(2, 3)).images, strict=True):
        np.testing.assert_array_equal(image.get_array(), row.reshape(2, 3))
    neuron = nn.Neuron(6, node=node, rng=0)
    [image] = weights(neuron, shape=(2, 3)).images
    assert image.get_array().shape == (2, 3)


def test_blue_is_above_0_orange_below_and_0_the_background():
    ax = weights([[1.0, -1.0, 0.0, 0.5]], shape=(2, 2))
    palette, [image] = palette_of(ax), ax.images

    def shade(x):
        return image.cmap(image.norm(x))[:3]

    assert shade(0.0) == pytest.approx(to_rgb(palette.paper), abs=0.01)
    assert shade(0.5) == pytest.approx(to_rgb(palette.positive), abs=0.01)
    assert shade(-0.5) == pytest.approx(to_rgb(palette.negative), abs=0.01)
    assert shade(1.0)[2] > shade(1.0)[0]  # the ends are a dark blue and a dark orange
    assert shade(-1.0)[0] > shade(-1.0)[2]


def test_the_bar_is_the_scale():
    W = RNG.normal(size=(2, 4))
    ax = weights(W, shape=(2, 2))
    [bar] = [other for other in ax.figure.axes if other is not ax]
    assert bar.get_ylabel() == "weight"
    assert bar.get_ylim() == pytest.approx((-abs(W).max(), abs(W).max()))


def test_zero_weights_have_a_scale_too():
    assert weights(np.zeros((1, 4)), shape=(2, 2)).images[0].get_clim() == (-1, 1)


def test_a_stated_number_is_drawn_and_the_rest_counted():
    ax = weights(RNG.normal(size=(1000, 4)), shape=(2, 2))
    assert len(ax.images) == 64
    assert titles(ax)[-1] == "and 936 more neurons"
    ax = images(RNG.uniform(size=(50, 4)), shape=(2, 2), most=7)
    assert len(ax.images) == 7
    assert titles(ax) == ["and 43 more pictures"]
    assert titles(images(RNG.uniform(size=(7, 4)), shape=(2, 2), most=7)) == []


def test_pictures_are_the_rows_in_reading_order():
    X = RNG.uniform(size=(7, 6))
    ax = images(X, shape=(2, 3), columns=3)
    places = []
    for row, image in zip(X, ax.images, strict=True):
        np.testing.assert_array_equal(image.get_array(), row.reshape(2, 3))
        left, right, bottom, top = image.get_extent()
        assert top < bottom  # upright: y runs downwards
        assert (right - left) / (bottom - top) == pytest.approx(3 / 2)
        places.append((top, left))
    assert places == sorted(places)
    assert len({top for top, _ in places}) == 3
    assert ax.get_xlim()[0] < ax.get_xlim()[1]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_one_row_is_one_picture():
    [image] = images(np.arange(6.0), shape=(2, 3)).images
    np.testing.assert_array_equal(image.get_array(), [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize(
    ("X", "limits"),
    [([0.01, 0.9], (0, 1)), ([0, 255], (0, 255)), ([-1.5, 0.5], (-1.5, 1)), ([0.2, 0.3], (0, 1))],
)
def test_black_and_white(X, limits):
    [image] = images(X, shape=(1, 2)).images
    assert image.get_clim() == limits
    assert image.cmap.name == "gray"


def test_wrong_predictions_are_said_and_marked(readable):
    X = RNG.uniform(size=(4, 4))
    ax = images(X, [4, 1, 2, 3], np.array([9, 1, 2, 7]), shape=(2, 2))
    palette = palette_of(ax)
    assert titles(ax) == ["4 read as 9", "1", "2", "3 read as 7"]
    wrong = [True, False, False, True]
    assert [to_hex(t.get_color()) == palette.negative.lower() for t in ax.texts] == wrong
    assert [to_hex(p.get_edgecolor()) == palette.negative.lower() for p in ax.patches] == wrong
    readable(ax)


def test_titles():
    X = RNG.uniform(size=(2, 4))
    assert titles(images(X, labels=["a", "b"], shape=(2, 2))) == ["a", "b"]
    assert titles(images(X, predictions=[3.0, 4.0], shape=(2, 2))) == ["3", "4"]
    assert titles(images(X, [3, 4], [3.0, 4.0], shape=(2, 2))) == ["3", "4"]
    assert titles(images(X, shape=(2, 2))) == []


@pytest.mark.parametrize("n", [1, 2, 10, 16, 40])
@pytest.mark.parametrize("shape", [(28, 28), (4, 4), (2, 9), (9, 2)])
def test_nothing_overlaps(n, shape, readable):
    X = RNG.uniform(size=(n, shape[0] * shape[1]))
    readable(images(X, range(n), [0] * n, shape=shape))
    ax = weights(X, shape=shape)
    readable(ax)
    pictures = [image.get_window_extent() for image in ax.images]
    for text in ax.texts:
        box = text.get_window_extent()
        assert not any(box.overlaps(picture) for picture in pictures), text.get_text()
    extents = np.array([image.get_extent() for image in ax.images])  # left, right, bottom, top
    for i, a in enumerate(extents):
        for b in extents[:i]:
            assert a[0] >= b[1] or b[0] >= a[1] or a[3] >= b[2] or b[3] >= a[2]


@pytest.mark.parametrize(
    ("given", "shape", "error", "message"),
    [
        (np.ones((3, 100)), (28, 28), ValueError, r"W has rows of 100 numbers.*\(28, 28\) has 784 pixels"),
        (nn.MLP([4, 2], rng=0), (2, 2), TypeError, "takes a layer, such as net.layers.*given MLP"),
        (None, (2, 2), TypeError, "takes a layer.*given NoneType"),
        (np.ones((2, 2, 2)), (2, 2), ValueError, r"W has shape \(2, 2, 2\); expected one row"),
        ([[1, NAN, 1, 1]], (2, 2), ValueError, r"W holds nan at index \(0, 1\)"),
        (np.ones((0, 4)), (2, 2), ValueError, r"W is empty: it has shape \(0, 4\)"),
        (["a"], (1, 1), TypeError, "W is an array of real numbers"),
        (np.ones((3, 4)), 4, ValueError, r"shape is \(height, width\) of a picture in pixels, not 4"),
        (np.ones((3, 4)), (2.0, 2.0), ValueError, "shape is"),
        (np.ones((3, 4)), (-2, -2), ValueError, "shape is"),
    ],
)
def test_what_are_no_weights(given, shape, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        weights(given, shape)
    assert nothing_drawn()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"X": np.ones((3, 784)), "labels": [1, 2]}, ValueError, "labels has 2 entries for 3 pictures"),
        ({"X": np.ones((3, 784)), "predictions": [1]}, ValueError, "predictions has 1 entries for 3 pict"),
        ({"X": np.ones((3, 784)), "labels": np.eye(3)}, TypeError, "labels has a number or a text for each"),
        ({"X": np.ones((3, 784)), "labels": 3}, TypeError, "labels has a number or a text for each"),
        ({"X": np.ones((3, 784)), "columns": 0}, ValueError, "columns is a whole number from 1, not 0"),
        ({"X": np.ones((3, 784)), "most": 0}, ValueError, "most is a whole number from 1, not 0"),
        ({"X": np.ones((3, 28, 28))}, ValueError, r"X has shape \(3, 28, 28\); expected one row of pixels"),
        ({"X": np.full((1, 784), np.inf)}, ValueError, r"X holds inf at index \(0, 0\)"),
        (
            {"X": np.full((1, 784), -1e308)},
            ValueError,
            r"X holds -1e\+308 at index \(0, 0\); .* up to 1e\+300",
        ),
        ({"X": []}, ValueError, "X is empty"),
        ({"X": None}, TypeError, "X is an array of real numbers, not NoneType"),
    ],
)
def test_what_are_no_pictures(arguments, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        images(**arguments)
    assert nothing_drawn()
