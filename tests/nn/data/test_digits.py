"""Labels as desired outputs, and collections of digits."""

import numpy as np
import pytest

import nn


def test_one_hot_of_digits_reaches_for_0_01_and_0_99():
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
        ([True], TypeError, "not an array of bool"),
        ([[1], [2]], ValueError, r"shape \(n,\), not \(2, 1\)"),
    ],
)
def test_labels_that_are_not_classes_are_refused(labels, error, message):
    with pytest.raises(error, match=message):
        nn.data.one_hot(labels)


def test_no_labels_are_no_rows():
    assert nn.data.one_hot([]).shape == (0, 10)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.float16, np.float32, np.float64])
def test_grey_values_become_inputs_from_0_01_to_1(dtype):
    grey = np.array([[0, 1, 128], [200, 254, 255]], dtype)
    inputs = nn.data.scaled(grey)
    assert (inputs.shape, inputs.dtype) == ((2, 3), np.float32)
    np.testing.assert_allclose(inputs, 0.01 + 0.99 * grey.astype(float) / 255, rtol=0, atol=1e-7)
    assert (inputs.min(), inputs.max()) == (np.float32(0.01), np.float32(1))
    assert grey[1, 2] == 255  # what was given is as it was


def test_a_byte_and_the_same_float_become_the_same_input():
    grey = np.arange(256)
    assert np.array_equal(nn.data.scaled(grey.astype(np.uint8)), nn.data.scaled(grey.astype(np.float64)))


@pytest.mark.parametrize(
    ("grey", "error", "message"),
    [
        ([0, 256], ValueError, "from 0 to 255; given 256"),
        (np.array([-1], np.int8), ValueError, "given -1"),
        ([[3.0, 255.5]], ValueError, r"given 255\.5"),
        ([float("nan")], ValueError, "given nan"),
        (300, ValueError, "given 300"),
        (["7"], TypeError, "not an array of <U1"),
        ([True], TypeError, "not an array of bool"),
        ([1j], TypeError, "not an array of complex128"),
    ],
)
def test_what_is_no_grey_value_is_refused(grey, error, message):
    with pytest.raises(error, match=message):
        nn.data.scaled(grey)


@pytest.mark.parametrize(
    ("images", "labels"), [((3, 784), (2,)), ((3, 28, 28), (3,)), ((784,), ()), ((3, 784), (3, 1))]
)
def test_images_and_labels_belong_together(images, labels):
    with pytest.raises(ValueError, match=r"expected \(n, 784\) and \(n,\)"):
        nn.data.Digits(np.ones(images, np.float32), np.ones(labels, np.int64))


def test_a_part_of_digits_is_digits():
    digits = nn.data.strokes(20, rng=0)
    part = digits[5:8]
    assert (len(digits), len(part)) == (20, 3)
    assert np.array_equal(part.images, digits.images[5:8])
    assert np.array_equal(digits[digits.labels == 3].labels, [3] * int(np.sum(digits.labels == 3)))
    with pytest.raises(TypeError, match=r"digits\.images\[5\]"):
        digits[5]
