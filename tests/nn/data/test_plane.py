"""Points in the plane: where they lie, in random order, and the same for the same rng."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn

ALL = pytest.mark.parametrize("points", [nn.data.moons, nn.data.circles, nn.data.spirals, nn.data.blobs])


def test_moons_without_noise_lie_on_two_half_circles():
    X, labels = nn.data.moons(101, rng=0, noise=0.0)
    upper, lower = X[labels == 0], X[labels == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1, rtol=0, atol=1e-12)
    assert np.all(upper[:, 1] >= 0)
    assert np.all(lower[:, 1] <= 0.5)


def test_circles_fill_a_disc_and_a_ring():
    X, labels = nn.data.circles(4_000, rng=0)
    for label, low, high in ((0, 3.5, 5.0), (1, 0.0, 2.5)):
        radius, turns = np.hypot(*X[labels == label].T), _turns(X[labels == label])
        # Uniform numbers: the largest distance of their distribution from a line is below 0.05 here.
        for share in ((radius - low) / (high - low), turns):
            assert np.all((share >= 0) & (share <= 1))
            np.testing.assert_allclose(np.sort(share), np.linspace(0, 1, len(share)), atol=0.05)


@given(n=st.integers(0, 60))
def test_spirals_without_noise_turn_as_they_widen(n):
    X, labels = nn.data.spirals(n, rng=0, noise=0.0)
    for label in (0, 1):
        arm = X[labels == label]
        radius = np.sort(np.hypot(*arm.T))
        np.testing.assert_allclose(radius, 5 * np.arange(1, len(arm) + 1) / max(len(arm), 1), atol=1e-12)
        # The radius says the angle: 1.75 turns on the way to radius 5, half a turn more in class 1.
        ahead = _turns(arm) - 1.75 * np.hypot(*arm.T) / 5 - 0.5 * label
        np.testing.assert_allclose(ahead, np.round(ahead), atol=1e-12)


@given(n=st.integers(0, 60), classes=st.integers(1, 7))
def test_blobs_without_noise_are_their_centers(n, classes):
    X, labels = nn.data.blobs(n, rng=1, noise=0, centers=classes)
    places = np.sqrt(8) * np.exp(1j * np.pi * (1 / 4 + 2 * labels / classes))
    np.testing.assert_allclose(X, np.stack([places.real, places.imag], axis=1), atol=1e-12)


def test_two_blobs_are_those_of_playground_and_others_are_given():
    X, labels = nn.data.blobs(20, rng=0, noise=0)
    np.testing.assert_allclose(X, np.where(labels == 0, 2.0, -2.0)[:, None] * [1, 1], atol=1e-12)
    centers = np.array([[0.0, 1.0], [5.0, -1.0], [2.0, 2.0]])
    X, labels = nn.data.blobs(20, rng=0, noise=0, centers=centers)
    assert np.array_equal(X, centers[labels])


def test_four_blobs_are_exclusive_or():
    X, labels = nn.data.blobs(100, rng=0, noise=0.3, centers=4)
    assert np.array_equal(labels % 2, (X[:, 0] > 0) != (X[:, 1] > 0))


@ALL
def test_noise_is_the_deviation_of_each_coordinate(points):
    noisy, few = points(40_000, rng=0, noise=0.2), points(40_000, rng=0, noise=0.0)
    assert np.array_equal(noisy[1], few[1])
    difference = noisy[0] - few[0]
    np.testing.assert_allclose(difference.mean(axis=0), 0, atol=0.01)
    np.testing.assert_allclose(difference.std(axis=0), 0.2, rtol=0.03)
    assert abs(np.corrcoef(difference.T)[0, 1]) < 0.03


@ALL
def test_they_come_in_random_order_the_same_for_the_same_rng(points):
    X, labels = points(50, rng=3)
    again, _ = points(50, rng=np.random.default_rng(3))
    other, _ = points(50, rng=4)
    assert np.array_equal(X, again)
    assert not np.array_equal(X, other)
    assert 5 < np.count_nonzero(np.diff(labels)) < 45
    assert (X.dtype, labels.dtype) == (np.float64, np.int64)


@ALL
@given(n=st.integers(0, 30), noise=st.floats(0, 1e300))
def test_classes_differ_by_one_at_most(points, n, noise):
    X, labels = points(n, rng=0, noise=noise)
    assert X.shape == (n, 2)
    assert np.all(np.isfinite(X))
    assert np.bincount(labels, minlength=2).tolist() == [(n + 1) // 2, n // 2]


@pytest.mark.parametrize(("n", "classes"), [(7, 3), (2, 3), (10, 4), (9, 1)])
def test_many_classes_differ_by_one_at_most(n, classes):
    _, labels = nn.data.blobs(n, rng=0, centers=classes)
    assert np.bincount(labels, minlength=classes).tolist() == [
        len(range(k, n, classes)) for k in range(classes)
    ]


@ALL
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": -1}, "n is a whole number of points from 0, not -1"),
        ({"n": 2.5}, r"not 2\.5"),
        ({"n": 5, "noise": -0.1}, r"noise is a number from 0 up, not -0\.1"),
        ({"n": 5, "noise": float("nan")}, "not nan"),
        ({"n": 5, "noise": float("inf")}, "not inf"),
        ({"n": 5, "noise": "some"}, "not 'some'"),
    ],
)
def test_numbers_out_of_range_are_refused(points, options, message):
    with pytest.raises(ValueError, match=message):
        points(**options, rng=0)


@pytest.mark.parametrize(
    ("centers", "kind", "message"),
    [
        (0, ValueError, "centers is a whole number of classes, or the center of each, from 1, not 0"),
        (2.5, ValueError, r"not 2\.5"),
        ([], ValueError, r"centers has the shape \(classes, 2\), not \(0,\)"),
        ([1.0, 2.0], ValueError, r"not \(2,\)"),
        ([[1.0, 2.0, 3.0]], ValueError, r"not \(1, 3\)"),
        ([[1.0, 2.0], [0.0, np.inf]], ValueError, r"each center is finite, not \[0\.0, inf\]"),
        ([["a", "b"]], TypeError, "centers is an array of real numbers, not list of <U1"),
    ],
)
def test_centers_that_are_none_are_refused(centers, kind, message):
    with pytest.raises(kind, match=message):
        nn.data.blobs(4, rng=0, centers=centers)


def _turns(X):
    """Turns from the second axis, with the clock, from 0 to 1."""
    return np.arctan2(X[:, 0], X[:, 1]) / (2 * np.pi) % 1
