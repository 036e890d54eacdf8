"""The moons: on their circles, mixed, and the same for the same rng."""

import numpy as np
import pytest

import nn


def test_without_noise_they_lie_on_two_half_circles():
    X, labels = nn.data.moons(101, rng=0, noise=0.0)
    upper, lower = X[labels == 0], X[labels == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1, rtol=0, atol=1e-12)
    assert np.all(upper[:, 1] >= 0)
    assert np.all(lower[:, 1] <= 0.5)
    assert (len(upper), len(lower)) == (51, 50)


def test_noise_is_the_deviation_of_each_coordinate():
    X, labels = nn.data.moons(20_000, rng=0, noise=0.2)
    radius = np.hypot(*X[labels == 0].T)
    assert radius.std() == pytest.approx(0.2, rel=0.1)


def test_they_come_in_random_order_the_same_for_the_same_rng():
    X, labels = nn.data.moons(50, rng=3)
    again, _ = nn.data.moons(50, rng=np.random.default_rng(3))
    other, _ = nn.data.moons(50, rng=4)
    assert np.array_equal(X, again)
    assert not np.array_equal(X, other)
    assert 5 < np.count_nonzero(np.diff(labels)) < 45
    assert labels.dtype.kind == "i"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_are_few(n):
    X, labels = nn.data.moons(n, rng=0)
    assert (X.shape, labels.shape) == ((n, 2), (n,))


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
def test_numbers_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        nn.data.moons(**options, rng=0)
