"""Labels as desired outputs, and collections of digits."""

import numpy as np
import pytest

import nn


def test_one_hot_reaches_for_0_01_and_0_99():
    assert nn.data.one_hot(3).tolist() == [0.01] * 3 + [0.99] + [0.01] * 6
    assert nn.data.one_hot([1, 0], classes=2).tolist() == [[0.01, 0.99], [0.99, 0.01]]
    assert nn.data.one_hot(np.array([2], np.uint8), low=-1, high=1, classes=3).tolist() == [[-1, -1, 1]]


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([10], ValueError, "from 0 to 9; given 10"),
        ([3, -1], ValueError, "given -1"),
        ([1.0], TypeError, "not an array of float64"),
        (["3"], TypeError, "whole numbers"),
    ],
)
def test_labels_that_are_not_classes_are_refused(labels, error, message):
    with pytest.raises(error, match=message):
        nn.data.one_hot(labels)


def test_a_part_of_digits_is_digits():
    digits = nn.data.strokes(20, rng=0)
    part = digits[5:8]
    assert (len(digits), len(part)) == (20, 3)
    assert np.array_equal(part.images, digits.images[5:8])
    assert np.array_equal(digits[digits.labels == 3].labels, [3] * int(np.sum(digits.labels == 3)))
    with pytest.raises(TypeError, match=r"digits\.images\[5\]"):
        digits[5]
