"""Weights and examples as pictures."""

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

import nn
from autograd import Tensor, Value
from viz._plots import images, sum_of_parts, weights
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
    for one in (np.arange(6.0), np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(1, 2, 3)):
        [image] = images(one, shape=(2, 3)).images
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


@pytest.mark.parametrize(
    ("n", "shape"), [(1, (28, 28)), (40, (28, 28)), (1, (2, 9)), (16, (2, 9)), (2, (9, 2)), (16, (9, 2))]
)
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
        ({"X": np.ones((3, 28, 27))}, ValueError, r"X has shape \(3, 28, 27\); expected one row of pixels"),
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


# -- deeper layers, signs in grey ---------------------------------------------------------------------


def test_a_deeper_layer_through_the_weights_before_it(readable):
    net = nn.MLP([12, 5, 4, 3], rng=0)
    first, second, third = (layer.W.data for layer in net.layers)
    ax = weights(net.layers[2], (3, 4), before=net.layers[:2])
    for row, image in zip(third @ second @ first, ax.images, strict=True):
        np.testing.assert_allclose(image.get_array(), row.reshape(3, 4), rtol=1e-12)
    assert ax.figure.axes[1].get_ylabel() == "product of weights, without activations"
    readable(ax)
    with pytest.raises(ValueError, match=r"a layer of 5 inputs follows one of 4 .*net\.layers\[:1\]"):
        weights(net.layers[1], (3, 4), before=[net.layers[1]])


def test_pixels_below_0_have_a_minus_sign():
    W = np.array([[-1.0, -0.1, 0.0, 0.1], [1.0, -0.5, -0.2, 0.5]])
    ax = weights(W, (2, 2))
    signs = [len(c.get_segments()) for c in ax.collections]
    assert signs == [1, 2]
    (start, end), middle = ax.collections[0].get_segments()[0], ax.images[0].get_extent()
    assert (start + end) / 2 == pytest.approx([middle[0] + 0.5, middle[3] + 0.5])  # the first pixel


def test_confidences_stand_beside_predictions():
    X = RNG.uniform(size=(3, 4))
    ax = images(X, [1, 2, 3], [1, 2, 4], (2, 2), confidences=[0.98, 0.4, 1])
    assert titles(ax) == ["1: 0.98", "2: 0.40", "3 read as 4: 1.00"]
    assert titles(images(X, None, [8, 8, 0], (2, 2), confidences=[0.9, 0.8, 0.7])) == [
        "8: 0.90",
        "8: 0.80",
        "0: 0.70",
    ]
    with pytest.raises(ValueError, match="pass predictions= too"):
        images(X, shape=(2, 2), confidences=[0.9, 0.8, 0.7])
    with pytest.raises(ValueError, match=r"confidences has shape \(2,\) for 3 pictures"):
        images(X, None, [1, 2, 3], (2, 2), confidences=[0.9, 0.8])


def test_a_pixel_is_pointed_out_with_its_number():
    X = RNG.uniform(size=(1, 12))
    for column in (0, 3):
        ax = images(X, shape=(3, 4), at=(2, column))
        assert titles(ax) == [f"{X[0, 8 + column]:.2f}"]
        left, _, _, top = ax.images[0].get_extent()
        frame = ax.patches[0]
        assert frame.get_xy() == pytest.approx((left + column, top + 2))
    for at in ((3, 0), (0, 4), (0,), "ab", 3, (0.5, 1)):
        with pytest.raises(
            ValueError, match=r"at is \(row, column\) of a pixel in a picture of shape \(3, 4\)"
        ):
            images(X, shape=(3, 4), at=at)


@pytest.mark.parametrize("parts", [None, 3, "ab", [1.0]])
def test_parts_are_pairs(parts):
    with pytest.raises(TypeError, match="pairs of a name and pixels"):
        sum_of_parts(parts)


def test_a_whole_number_that_no_float_holds_is_refused():
    with pytest.raises(ValueError, match="beyond the largest float"):
        images([[10**400]])


# -- loops and strokes --------------------------------------------------------------------------------


def test_a_digit_is_the_sum_of_its_parts(readable):
    """§1: 9 = upper loop + vertical stroke."""
    digit = nn.data.digit_parts(9)
    ax = sum_of_parts(digit, "9")
    assert titles(ax) == ["9", "=", "upper loop", "+", "vertical stroke"]
    whole, *drawn = (np.asarray(image.get_array()) for image in ax.images)
    for (_, pixels), image in zip(digit, drawn, strict=True):
        np.testing.assert_allclose(image[..., 3], pixels.reshape(28, 28), rtol=1e-6)  # ink
    np.testing.assert_allclose(whole[..., 3], np.max([d[..., 3] for d in drawn], axis=0))
    colours = {
        to_hex(image[image[..., 3].argmax() // 28, image[..., 3].argmax() % 28, :3]) for image in drawn
    }
    palette = palette_of(ax)
    assert colours == {palette.positive.lower(), palette.negative.lower()}
    readable(ax)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([], ValueError, "1 to 8 parts, not 0"),
        ([np.ones(784)], TypeError, r"pairs of a name and pixels, such as nn\.data\.digit_parts\(9\)"),
        (9, TypeError, r"nn\.data\.digit_parts\(9\); given 9"),
        ([("a", np.ones(5))], ValueError, "rows of 5 numbers"),
        ([("a", np.full(784, NAN))], ValueError, "part 0 holds nan"),
    ],
)
def test_what_is_no_sum_of_parts(given, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        sum_of_parts(given)
    assert nothing_drawn()
