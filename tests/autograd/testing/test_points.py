"""Points of a primitive: all in its domain, with kinks, ties and the members of domains known in words."""

import contextlib
import math
import sys

import numpy as np
import pytest
from drawing import draws, shrunk
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd._graph.primitive import lookup
from autograd._table.define import rows
from autograd.extend import Row, define, function
from autograd.testing import arrays, broadcastable_arrays, check_rule, numbers, points

PUBLIC = [row for row in rows() if row.public]


@settings(max_examples=40)
@given(st.sampled_from(PUBLIC), st.sampled_from([np.float32, np.float64]), st.data())
def test_a_point_lies_in_the_domain(row, dtype, data):
    point = data.draw(points(row, dtype=dtype))
    assert len(point) == row.arity
    assert all(type(x) is float and math.isfinite(x) and float(dtype(x)) == x for x in point)
    with contextlib.suppress(OverflowError):
        row.on_floats(*point)


@settings(max_examples=40)
@given(st.sampled_from(PUBLIC), st.data())
def test_finite_points_have_a_finite_value_and_derivatives(row, data):
    point = data.draw(points(row, finite=True))
    out = row(*point)
    assert math.isfinite(out)
    for partial in row.float_partials:
        assert math.isfinite(partial(*point, out))


@pytest.mark.parametrize("name", ["relu", "floor", "maximum", "hypot"])
def test_kinks_come_up_and_are_kept_away_from(name):
    row = lookup(name)
    distances = [row.distance_to_kink(*point) for point in draws(points(name))]
    assert distances.count(0) >= 2
    assert sum(0 < d <= 2e-8 for d in distances) >= 2
    away = draws(points(name, kink_distance=0.01), count=30)
    assert min(row.distance_to_kink(*point) for point in away) > 0.01


def test_kinks_of_ones_own_come_up():
    """Zeros of the kink's text are looked for, whatever the text is."""
    bent = Row("bent", lambda x: abs(x - math.pi), partials="sign(x - pi)", kink="x - pi")
    xs = [x for (x,) in draws(points(bent))]
    assert {math.pi, np.nextafter(math.pi, 4), np.nextafter(math.pi, 3)} <= {*xs}
    curved = Row("curved", lambda x, y: abs(x * y - 3), partials=("0", "0"), kink="x * y - 3")
    assert sum(abs(x * y - 3) < 1e-6 for x, y in draws(points(curved))) >= 3


def test_ties_come_up():
    pairs = draws(points("mul"))
    assert sum(x == y for x, y in pairs) >= 2
    assert any(x == -y != 0 for x, y in pairs)
    assert any(0 < abs(x - y) <= 2e-8 * max(abs(x), 1) for x, y in pairs)


def test_domains_known_in_words_are_whole():
    powers = draws(points("pow"), count=150)
    assert any(x < 0 and y == int(y) and abs(y) < 100 for x, y in powers)
    assert any(x == 0 and y > 0 for x, y in powers)
    lgamma = function(math.lgamma, lambda x: 1.0)
    assert any(x < 0 for (x,) in draws(points(lgamma), count=30))
    assert all(x >= y for x, y in draws(points(lambda x, y: math.sqrt(x - y)), count=30))


def test_whatever_stands_for_a_primitive_is_one():
    for log in ("log", autograd.log, np.log, math.log10):
        assert min(draws(points(log), count=20)) > (0,)
    row = Row("shifted", lambda x: math.log(x - 2), partials="1 / (x - 2)", domain="(2, inf)")
    assert min(draws(points(row))) == (np.nextafter(2, 3),)
    assert min(draws(points(define(row)), count=20)) > (2,)
    with pytest.raises(ValueError, match="no primitive on numbers called 'sine'"):
        points("sine")
    with pytest.raises(TypeError, match="a primitive, its name, a Row or a function"):
        points(3)
    with pytest.raises(TypeError, match=r"pass a lambda that does: lambda x, y: f\(x, y\)$"):
        points(max)
    with pytest.raises(ValueError, match="kink_distance is a number from 0"):
        points("relu", kink_distance=-1)


def test_without_hypothesis_an_error_says_how_to_install_it(monkeypatch):
    for module in ("hypothesis.strategies", "hypothesis"):
        monkeypatch.setitem(sys.modules, module, None)
    for draw in (lambda: points("exp"), numbers, arrays, broadcastable_arrays):
        with pytest.raises(ImportError, match=r'needs hypothesis: pip install "chainrule\[testing\]"'):
            draw()
    assert check_rule("exp", points=10)  # this and all else works without


def test_points_shrink_to_nice_ones():
    assert shrunk(points("maximum"), lambda p: p[0] != p[1]) in ((1.0, 2.0), (1.0, -1.0), (-1.0, 1.0))
    assert shrunk(points("relu"), lambda p: p[0] == 0) == (0.0,)
    assert shrunk(points("pow"), lambda p: p[0] < 0) == (-1.0, 1.0)
