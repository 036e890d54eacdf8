"""Every row of the table against mpmath: value to 4 ulp, first derivative to 8, second to 16.

At fixed hard points and at random ones, over the whole domain, as floats and as arrays, by every
road that leads to a derivative. A row without a reference in `reference.FUNCTIONS` fails.
"""

import itertools
import math
import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from reference import FUNCTIONS, exact, nearest, ulps

from autograd import DomainError, grad, hessian, jvp, logsumexp, softmax
from autograd._graph.primitive import lookup
from autograd._table.define import rows

PUBLIC = [row for row in rows() if row.public]
UNARY = [row for row in PUBLIC if row.arity == 1]
BINARY = [row for row in PUBLIC if row.arity == 2]
TERNARY = [row for row in PUBLIC if row.arity == 3]

# Where the usual forms break: subnormals, the ends of domains, multiples of pi, the saturation of
# sigmoid (37), erf (6, 27), tanh (19, 372), the overflow of exp (709.78) and of squares (1e154).
HARD = [
    0.0, 5e-324, 1e-310, 2.3e-308, 1e-300, 1e-160, 1e-100, 1e-20, 1e-9, 1e-5, 0.1, 0.25, 0.5, 0.7,
    0.999, 1 - 2**-53, 1.0, 1 + 2**-52, 1.5, math.pi / 4, math.pi / 2, math.pi, 2.0, 3.0, 5.0, 6.1,
    10.0, 18.0, 19.5, 20.0, 26.0, 26.6, 27.2, 36.0, 37.0, 38.0, 40.0, 100.0, 300.0, 354.0, 356.0,
    372.0, 373.0, 400.0, 700.0, 709.7, 709.78, 710.4, 711.0, 744.0, 746.0, 1e3, 1e5, 1e8, 1e9, 1e15,
    1e16, 1e22, 1e100, 1e153, 1.3e154, 1e155, 1e160, 1e200, 1e300, 1.7e308,
]  # fmt: skip
HARD_PAIRS = [0.0, 1e-300, 1e-20, 0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 100.0, 1e150, 1e300]
TOP = [(1.7e308, 1.7e308), (1.2e308, -1.7e308), (-1.7e308, 1.5), (1e-300, -1.7e308)]  # sums of them overflow
RANDOM = 25
SAMPLED = 60


def signed(numbers):
    return [s * x for x in numbers for s in (1, -1)]


def inside(row, point):
    """Whether a point is in the domain, off the kink, and not where the derivative is infinite."""
    for x, intervals in zip(point, row.domain, strict=True):
        if not any(x in i for i in intervals) or any(x in (i.low, i.high) for i in intervals):
            return False
    return row.distance_to_kink(*point) > 0


def points(row):
    rng = random.Random(row.name)
    scaled = [rng.choice([-1, 1]) * 10 ** rng.uniform(-8, 3) for _ in range(RANDOM)]
    if row.arity == 1:
        hard = signed(HARD)
        near = [rng.uniform(-r, r) for r in (1, 10) for _ in range(RANDOM)]
        return [(x,) for x in hard + scaled + near if inside(row, (x,))]
    if row.arity == 3:
        return [p for p in product((-1.0, 0.5, 1e300), repeat=3) if inside(row, p)]
    pairs = [*product(signed(HARD_PAIRS), repeat=2)]
    if row.name != "pow":  # its careful forms change over the plane
        pairs = rng.sample(pairs, SAMPLED)
    pairs += [*TOP, *((rng.uniform(-3, 3), rng.uniform(-3, 3)) for _ in range(RANDOM))]
    pairs += [(x, rng.choice(scaled)) for x in scaled]
    return [p for p in pairs if inside(row, p)]


def number(f, *args):
    """f(*args) as a float, or None where it says that the result is no finite number."""
    try:
        with np.errstate(all="ignore"):
            return float(f(*args))
    except DomainError:
        return None


def numbers(f, *args):
    """f(*args) as floats, for arrays, or None for each where it says that one is no finite number."""
    try:
        with np.errstate(all="ignore"):
            return f(*args).tolist()
    except DomainError:
        return [None] * len(args[0])


def check(row, point, orders, computed, limit):
    right = nearest(row.name, point, orders)
    if math.isinf(right):
        assert computed is None or math.isinf(computed), f"{row.name}{point} should overflow"
    elif computed != right:
        assert computed is not None, f"{row.name}{point} is refused, and is {right}"
        distance = ulps(computed, exact(row.name, point, orders))
        assert distance <= limit, f"{row.name}{point} {orders}: {computed!r} is off by {distance:.1f} ulp"


def check_arrays(row, points, orders, function, limit):
    """A function on arrays of all the points, and of each alone where its result is none of the finite."""
    is_finite = [math.isfinite(nearest(row.name, point, orders)) for point in points]
    together = [*itertools.compress(points, is_finite)]
    groups = [together, *([p] for p, finite in zip(points, is_finite, strict=True) if not finite)]
    for group in groups:
        if group:
            results = numbers(function, *map(np.array, zip(*group, strict=True)))
            for point, computed in zip(group, results, strict=True):
                check(row, point, orders, computed, limit)


def order(i, arity):
    return tuple(int(k == i) for k in range(arity))


def check_values_and_slopes(row, points):
    value, places = (0,) * row.arity, range(row.arity)
    for point in points:
        check(row, point, value, number(row, *point), 4)
    check_arrays(row, points, value, row, 4)
    points = [point for point in points if math.isfinite(nearest(row.name, point, value))]
    for i in places:
        by_i = order(i, row.arity)
        slope, tangent = grad(row, i), tuple(map(float, by_i))
        for point in points:
            check(row, point, by_i, number(slope, *point), 8)
            check(row, point, by_i, number(lambda *a, t=tangent: jvp(row, a, t)[1], *point), 8)
        check_arrays(row, points, by_i, grad(lambda *a: row(*a).sum(), i), 8)


def check_second(row, points):
    places = range(row.arity)
    firsts = [order(i, row.arity) for i in places]
    both = {(i, j): tuple(map(sum, zip(firsts[i], firsts[j], strict=True))) for i in places for j in places}
    needed = {(0,) * row.arity, *firsts, *both.values()}
    points = [p for p in points if all(math.isfinite(nearest(row.name, p, orders)) for orders in needed)]
    together = hessian(row, tuple(places))
    for point in points:
        try:
            matrix = together(*point)
        except DomainError:
            matrix = [[None] * row.arity] * row.arity
        for (i, j), orders in both.items():
            check(row, point, orders, matrix[i][j], 16)
    for (i, j), orders in both.items():
        first, tangent = grad(row, i), tuple(map(float, firsts[j]))
        second = grad(first, j)
        for point in points:
            check(row, point, orders, number(second, *point), 16)
            check(row, point, orders, number(lambda *a, f=first, t=tangent: jvp(f, a, t)[1], *point), 16)
        slopes = grad(lambda *a: row(*a).sum(), i)
        check_arrays(row, points, orders, grad(lambda *a, f=slopes: f(*a).sum(), j), 16)


def test_every_row_has_a_reference():
    assert {row.name for row in PUBLIC} == FUNCTIONS.keys()


@pytest.mark.parametrize("row", UNARY + BINARY + TERNARY, ids=str)
def test_value_and_two_derivatives(row):
    check_values_and_slopes(row, points(row))
    check_second(row, points(row))  # the differences of both orders share the values of mpmath's function


def test_values_at_the_ends_of_domains_and_at_kinks():
    for name, x in [("sqrt", 0.0), ("asin", 1.0), ("asin", -1.0), ("acos", 1.0), ("acos", -1.0),
                    ("relu", 0.0), ("abs", 0.0), ("relu", -0.0)]:  # fmt: skip
        row = lookup(name)
        check(row, (x,), (0,), number(row, x), 4)
        check(row, (x,), (0,), float(row(np.array([x]))[0]), 4)


@pytest.mark.parametrize(
    "x", [[0.0, -40.0], [1e4, 1e4 - 1], [-745.0, -800.0], [3.0], [1.0, 1.0, 1.0], [-1e300, 0.0]]
)
def test_logsumexp_and_softmax_to_ulps(x):
    with mp.workdps(60):
        parts = [mp.exp(mp.mpf(v)) for v in x]
        check_ulps(logsumexp(np.array(x)), mp.log(sum(parts)), 4)
        check_ulps(logsumexp(np.array([x, x]), axis=1, keepdims=True)[1, 0], mp.log(sum(parts)), 4)
        for found, part in zip(softmax(np.array(x)), parts, strict=True):
            check_ulps(found, part / sum(parts), 4)
        for found, part in zip(grad(logsumexp)(np.array(x)), parts, strict=True):
            check_ulps(found, part / sum(parts), 8)


def check_ulps(computed, reference, limit):
    assert ulps(float(computed), reference) <= limit


@given(row=st.sampled_from(UNARY), x=st.floats(allow_nan=False, allow_infinity=False))
def test_anywhere_on_one_input(row, x):
    if inside(row, (x,)):
        check_values_and_slopes(row, [(x,)])
        check_second(row, [(x,)])


@given(
    row=st.sampled_from(BINARY),
    x=st.floats(-1e6, 1e6, allow_subnormal=False),
    y=st.floats(-50, 50, allow_subnormal=False),
)
def test_anywhere_on_two_inputs(row, x, y):
    if inside(row, (x, y)):
        check_values_and_slopes(row, [(x, y)])
        check_second(row, [(x, y)])


@pytest.mark.parametrize("x", [-3.0, -1.0, 0.0, 0.5, 2.0])
@pytest.mark.parametrize("n", [-2, -1, 0, 1, 2, 3, 7])
def test_whole_powers_of_any_base(x, n):
    """A negative base with a whole exponent, as int, float and NumPy integer; 0**0 is 1, flat."""
    power = lookup("pow")
    for exponent in (n, float(n), np.int64(n)):
        if x == 0 and n < 0:
            with pytest.raises(DomainError):
                power(x, exponent)
            continue
        f = lambda v, e=exponent: v**e  # noqa: E731
        assert number(f, x) == x**n
        assert number(grad(f), x) == pytest.approx(n * x ** (n - 1) if n else 0.0, rel=1e-15)
        curvature = n * (n - 1) * x ** (n - 2) if n not in (0, 1) else 0.0
        assert number(grad(grad(f)), x) == pytest.approx(curvature, rel=1e-15)


def test_powers_at_the_edge():
    assert grad(lambda x: x**1)(0.0) == 1.0  # ∂(xʸ)/∂x at x = 0, y = 1
    assert grad(lambda x, y: x**y)(0.0, 1.0) == 1.0
    assert grad(lambda x: x**0)(0.0) == 0.0
    assert grad(lambda x: 2**x)(3.0) == pytest.approx(8 * math.log(2), rel=1e-15)
    assert grad(lambda x: 0**x)(2.0) == 0.0
    with pytest.raises(DomainError):
        grad(lambda x: 0**x)(0.0)
    with pytest.raises(DomainError, match="derivative"):
        grad(lambda y: (-2.0) ** y)(3.0)
    assert number(lookup("pow"), 0.0, 0.0) == 1.0


def test_the_kinks():
    for f, x, slope in (
        (lookup("relu"), 0.0, 0.0),
        (lookup("abs"), 0.0, 0.0),
        (lambda x: lookup("maximum")(x, 1.0), 1.0, 0.5),
        (lambda x: lookup("minimum")(1.0, x), 1.0, 0.5),
        (lambda x: lookup("maximum")(x, x), 1.0, 1.0),
    ):
        assert grad(f)(x) == slope
        assert grad(lambda a, f=f: f(a).sum())(np.array([x])) == [slope]
