"""Digits drawn by the project: always the same ones, in range, each different, and legible."""

import numpy as np
import pytest

import nn


def test_images_and_labels_are_those_of_a_net():
    digits = nn.data.strokes(300, rng=0)
    assert digits.images.shape == (300, 784)
    assert digits.images.dtype == np.float32
    assert digits.labels.dtype == np.int64
    assert set(digits.labels.tolist()) == set(range(10))
    assert digits.images.min() == np.float32(0.01)
    assert 0.9 < digits.images.max() <= 1


def test_the_same_rng_draws_the_same_digits():
    first, again, other = (nn.data.strokes(600, rng=seed) for seed in (3, np.random.default_rng(3), 4))
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.images, other.images)


def test_no_two_are_alike():
    digits = nn.data.strokes(300, rng=0)
    assert len(np.unique(digits.images, axis=0)) == 300


def test_digits_stay_on_the_paper():
    """The ink at the border is no more than the paper's grain."""
    images = nn.data.strokes(1000, rng=0).images.reshape(-1, 28, 28)
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    assert np.mean(border > 0.5) < 0.01
    assert 0.05 < np.mean(images > 0.5) < 0.25


def test_the_strokes_are_the_decks():
    """Bright ink counted in rows: an 8 is crossed twice through a loop, a 1 once everywhere."""

    def crossings(image, row):
        inked = image[row] > 0.4
        return int(np.sum(inked[1:] & ~inked[:-1]))

    digits = nn.data.strokes(2000, rng=0)
    images = digits.images.reshape(-1, 28, 28)
    middle = [np.mean([crossings(i, 13) for i in images[digits.labels == digit]]) for digit in (0, 1)]
    assert middle[0] > 1.7  # the two sides of a loop
    assert middle[1] < 1.2  # one stroke


def test_digits_stand_upright_and_are_not_mirrored():
    digits = nn.data.strokes(2000, rng=0)

    def ink(digit, rows=slice(None), columns=slice(None)):
        return digits.images[digits.labels == digit].reshape(-1, 28, 28)[:, rows, columns].mean()

    top, bottom, left, right = slice(0, 14), slice(14, 28), slice(0, 14), slice(14, 28)
    assert ink(6, bottom) > 1.1 * ink(6, top)  # the loop of a 6 is below, that of a 9 above
    assert ink(9, top) > 1.1 * ink(9, bottom)
    assert ink(3, columns=right) > 1.1 * ink(3, columns=left)  # a 3 is open to the left


def test_how_many():
    assert len(nn.data.strokes(0, rng=0)) == 0
    for wrong in (-1, 2.5, "10", True):
        with pytest.raises(ValueError, match="n is a whole number of images from 0, not "):
            nn.data.strokes(wrong, rng=0)


def test_the_parts_of_a_digit_are_the_decks():
    """§1: 9 = upper loop + vertical stroke, 8 = two loops, 4 = three strokes."""
    names = {digit: [part.name for part in nn.data.digit_parts(digit)] for digit in range(10)}
    assert names[9] == ["upper loop", "vertical stroke"]
    assert names[8] == ["upper loop", "lower loop"]
    assert names[4] == ["slanted stroke", "horizontal stroke", "vertical stroke"]
    assert names[0] == ["loop"]


@pytest.mark.parametrize("digit", [4, 8, 9])
def test_the_parts_together_are_the_digit(digit):
    """The mean of many hands is where the parts have ink."""
    parts = nn.data.digit_parts(digit)
    whole = np.max([part.image for part in parts], axis=0)
    assert whole.shape == (784,)
    assert (whole.min(), whole.max()) == pytest.approx((0, 1), abs=1e-9)
    digits = nn.data.strokes(400, rng=0)
    similar = [whole @ digits.images[digits.labels == d].mean(axis=0) for d in range(10)]
    ink = [np.linalg.norm(digits.images[digits.labels == d].mean(axis=0)) for d in range(10)]
    assert np.argsort(np.divide(similar, ink))[-3:].tolist().count(digit) == 1


@pytest.mark.parametrize(("digit", "way"), [(10, 0), (-1, 0), (2.0, 0), (8, 2), (1, -1)])
def test_no_such_digit(digit, way):
    with pytest.raises(ValueError, match=r"whole number.* from 0 to"):
        nn.data.digit_parts(digit, way)
