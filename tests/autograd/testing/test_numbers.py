"""Numbers of a domain: each lies in it, hard places come up in 100 draws, failures shrink to nice numbers."""

import math

import numpy as np
import pytest
from drawing import draws, shrunk
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd._table.intervals import Interval
from autograd.testing import numbers

DOMAINS = [
    "(-inf, inf)",
    "(0, inf)",
    "[-1, 1]",
    "(-1, 1)",
    "[1, inf)",
    "(-inf, 0) | (0, inf)",
    "(2, 3]",
    "[-8, -2)",
]


@settings(max_examples=50)
@given(st.sampled_from(DOMAINS), st.sampled_from([np.float32, np.float64]), st.data())
def test_a_number_lies_in_its_domain_and_in_its_dtype(domain, dtype, data):
    x = data.draw(numbers(domain, dtype=dtype))
    assert type(x) is float
    assert math.isfinite(x)
    assert any(x in Interval.parse(part) for part in domain.split("|"))
    assert float(dtype(x)) == x


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_hard_places_come_up_in_100_draws(dtype):
    info = np.finfo(dtype)
    for start in range(2):
        xs = draws(numbers(dtype=dtype), start)
        assert float(info.max) in map(abs, xs)
        assert any(x == 0 and math.copysign(1, x) < 0 for x in xs), "no -0.0"
        assert any(0 < abs(x) < info.smallest_normal for x in xs), "nothing subnormal"
        assert sum(0.1 <= abs(x) <= 10 for x in xs) >= 15, "too few ordinary numbers"
        assert sum(20 < abs(x) < 700 for x in xs) >= 4, "nowhere saturated"
        assert len({*xs}) > 60


def test_ends_come_up_closed_ones_exactly_and_open_ones_to_the_next_float():
    xs = draws(numbers("(0, 1]"))
    assert {5e-324, 1.0, 1 - 2**-53} <= {*xs}
    below = draws(numbers("[-1, 0)", dtype=np.float32))
    assert {-1.0, -float(np.finfo(np.float32).smallest_subnormal)} <= {*below}


def test_places_come_up_exactly_and_with_both_neighbours():
    xs = draws(numbers(places=[1.25]))
    assert {1.25, np.nextafter(1.25, 2), np.nextafter(1.25, 0)} <= {*xs}
    assert shrunk(numbers("(0, 1)", places=[7.0])) == 0.5  # a place outside of the domain is none


def test_failures_shrink_to_nice_numbers():
    assert [shrunk(numbers(domain)) for domain in DOMAINS[2:5]] == [1.0, 0.5, 1.0]
    assert shrunk(numbers(), lambda x: x < 0) == -1.0
    assert shrunk(numbers(), lambda x: 1 < x < 3) == 2.0
    assert shrunk(numbers(), lambda x: x > 20) in (21.0, 30.0, 40.0)
    assert shrunk(numbers("(2, 3)")) == 2.5


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="float64 or float32, not of int64"):
        numbers(dtype=int)
    with pytest.raises(ValueError, match="no number of float32 lies in"):
        numbers("(1, 1.00000001)", dtype=np.float32)
    with pytest.raises(ValueError, match="an interval reads like"):
        numbers("0..1")
