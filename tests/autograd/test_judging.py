"""Differences call no right derivative wrong, tell wrong ones where they can, and say where they cannot."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference import ordinary

from autograd._derivatives.differences.judging import AGREES, DISAGREES, UNDECIDED, judge
from autograd._derivatives.differences.plateaus import levels_off
from autograd._derivatives.differences.samples import Line, ladder
from autograd._table.define import rows

OUTSIDE = (ValueError, ArithmeticError)
PUBLIC = [row for row in rows() if row.public]
STEPS = {"floor", "ceil", "trunc", "rint", "sign", "floordiv"}


def line(f, x):
    """f beside x; its errors, and results that are no finite numbers, are outside of its domain."""

    def at(point):
        try:
            out = f(point)
        except OUTSIDE:
            return None
        return np.array([out]) if math.isfinite(out) else None

    return Line(at, x, np.array([f(x)]))


def verdict(f, x, *derivatives, noise=0.0):
    """The verdicts on derivatives of f at x."""
    beside = line(f, x)
    verdicts = [judge(beside, np.array([g]), noise)[0].verdict for g in derivatives]
    return verdicts[0] if len(verdicts) == 1 else verdicts


# -- whole domains ------------------------------------------------------------------------------------


def anywhere(row):
    """Points of the whole domain of a row, of any size that floats have."""

    def part(interval):
        low, high = (None if math.isinf(end) else end for end in (interval.low, interval.high))
        return st.floats(
            low, high, exclude_min=low is not None and not interval.low_closed,
            exclude_max=high is not None and not interval.high_closed, allow_nan=False, allow_infinity=False,
        )  # fmt: skip

    return st.tuples(*(st.one_of(list(map(part, parts))) for parts in row.domain))


def partials(row, point):
    """For each input of a row the function of it alone, and the derivative."""
    try:
        out = row.on_floats(*point)
    except OUTSIDE:
        return
    for i, partial in enumerate(row.float_partials):
        try:
            derivative = float(partial(*point, out))
        except OUTSIDE:
            continue
        if math.isfinite(out) and math.isfinite(derivative):
            yield i, (lambda x, i=i: row.on_floats(*point[:i], x, *point[i + 1 :])), derivative


def is_at_kink(row, point):
    """Whether the derivative jumps at a point, or as near as floats can tell."""
    try:
        return not row.distance_to_kink(*point) > 0
    except OUTSIDE:
        return True


@pytest.mark.parametrize("row", PUBLIC, ids=str)
@settings(max_examples=8)
@given(st.data())
def test_no_right_derivative_of_a_row_is_called_wrong(row, data):
    point = data.draw(anywhere(row))
    assume(not is_at_kink(row, point))
    for i, f, derivative in partials(row, point):
        assert verdict(f, point[i], derivative) != DISAGREES


@pytest.mark.parametrize("power", [1.2486629536331074e16, -1.2486629536331074e16, 3e15, 1e17])
def test_a_power_that_changes_from_float_to_float_is_not_called_wrong(power):
    assert verdict(lambda x: x**power, 1.0, power) != DISAGREES


HARD = [
    1e14,
    1.2260791365223074e16,
    -6.422523195052405e16,
    1e22,
    1e300,
    -4.0887396311115336e16,
    1.5707963267948966,
]


@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
@pytest.mark.parametrize("x", HARD)
def test_waves_are_not_called_wrong_where_floats_are_far_apart(name, x):
    row = next(row for row in PUBLIC if row.name == name)
    for _, f, derivative in partials(row, (x,)):
        assert verdict(f, x, derivative) in (AGREES, UNDECIDED)
        assert verdict(f, x, 0.0) != AGREES or abs(derivative) < 1e-9


@pytest.mark.parametrize("row", [row for row in PUBLIC if row.name not in STEPS], ids=str)
@settings(max_examples=2)
@given(st.data())
def test_wrong_derivatives_are_told_at_ordinary_points(row, data):
    size = st.floats(0.05, 3.0)
    point = ordinary(row, *(data.draw(size) for _ in range(row.arity)))
    assume(row.distance_to_kink(*point) > 1e-3)
    for i, f, g in partials(row, point):
        if abs(g) > 1e-2:
            assert verdict(f, point[i], g) == AGREES
            wrong = [0.0, -g, 2 * g, g * 1.001, g * (1 + 1e-5)]
            assert verdict(f, point[i], *wrong) == [DISAGREES] * 5


# -- functions of other kinds: f, f', x ------------------------------------------------------------------

CASES = {
    "a polynomial": (lambda x: x**4 - 3 * x, lambda x: 4 * x**3 - 3, 1.7),
    "a quotient": (lambda x: x / (1 + x * x), lambda x: (1 - x * x) / (1 + x * x) ** 2, 0.4),
    "sqrt near its end": (math.sqrt, lambda x: 0.5 / math.sqrt(x), 3e-14),
    "acos near its end": (math.acos, lambda x: -1 / math.sqrt((1 - x) * (1 + x)), 1 - 1e-8),
    "log of a tiny number": (math.log, lambda x: 1 / x, 1e-200),
    "a pole": (lambda x: 1 / x**2, lambda x: -2 / x**3, 2e-8),
    "a tiny slope": (lambda x: 1e-200 * math.sin(x), lambda x: 1e-200 * math.cos(x), 0.5),
    "a huge slope": (lambda x: 1e200 * math.sin(x), lambda x: 1e200 * math.cos(x), 0.5),
    "a tail": (lambda x: math.exp(-x), lambda x: -math.exp(-x), 300.0),
    "a fast wave": (lambda x: math.cos(3e6 * x), lambda x: -3e6 * math.sin(3e6 * x), 0.2),
    "a far wave": (math.sin, math.cos, 1e10),
    "a narrow bump": (
        lambda x: math.exp(-(((x - 1) / 1e-6) ** 2)),
        lambda x: -2e12 * (x - 1) * math.exp(-(((x - 1) / 1e-6) ** 2)),
        1 + 4e-7,
    ),
    "beside a kink": (lambda x: abs(x - 2), lambda x: math.copysign(1.0, x - 2), 2 + 3e-7),
    "one side of a domain alone": (lambda x: (x - 1) ** 1.5 if x >= 1 else math.nan,
                                   lambda x: 1.5 * math.sqrt(x - 1), 1 + 1e-9),
    "a large number beside it": (lambda x: math.exp(x) + 1e8, math.exp, 1.0),
    "in float32": (lambda x: float(np.tanh(np.float32(x))), lambda x: 1 - math.tanh(x) ** 2, 0.4),
    "in float32, far out": (
        lambda x: float(np.sin(np.float32(x) / np.float32(300))),
        lambda x: math.cos(x / 300) / 300,
        1000.1,
    ),
    "rounded to hundreds of millions": (lambda x: (math.sin(x) + 1e8) - 1e8, math.cos, 0.3),
    "with noise": (lambda x: math.tanh(x) + 1e-9 * math.sin(1e18 * x), lambda x: 1 - math.tanh(x) ** 2, 0.4),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_right_derivative_agrees_and_wrong_ones_do_not(name):
    f, derivative, x = CASES[name]
    g = derivative(x)
    wrong = [0.0, -g, 2 * g, g / 2, g * 1.001, math.nan, math.inf]
    if name == "rounded to hundreds of millions":  # constant very near x
        wrong.remove(0.0)
    assert verdict(f, x, g, *wrong) == [AGREES] + [DISAGREES] * len(wrong)


COARSE = {
    "in float32", "in float32, far out", "rounded to hundreds of millions", "with noise", "a far wave",
    "a large number beside it", "acos near its end", "one side of a domain alone",
}  # fmt: skip
CLOSE = sorted(CASES.keys() - COARSE)


@pytest.mark.parametrize("name", CLOSE)
def test_an_error_in_the_seventh_digit_is_told(name):
    f, derivative, x = CASES[name]
    assert verdict(f, x, derivative(x) * (1 + 3e-7)) == DISAGREES


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (math.cos, 0.0), (lambda x: x**4, 0.0), (lambda x: 7.0, 1.0), (lambda x: max(x, 0.0), -2.0),
        (math.floor, 2.5), (math.trunc, 524288.5), (lambda x: min(x, 1.0), 5.0), (lambda x: 0.0, 0.0),
    ],
)  # fmt: skip
def test_a_derivative_of_zero(f, x):
    assert verdict(f, x, 0.0, 1e-3, 1e-7) == [AGREES, DISAGREES, DISAGREES]


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda x: math.tanh(x) - 1, 30.0, 4 * math.exp(-60.0)),
        (lambda x: math.exp(x) + 1 - 1, -50.0, math.exp(-50.0)),
        (lambda x: 3 * (1 - math.erf(x)), 9.0, -6 * math.exp(-81.0) / math.sqrt(math.pi)),
    ],
)  # fmt: skip
def test_a_slope_lost_where_larger_numbers_cancel_is_not_called_wrong(f, x, slope):
    assert verdict(f, x, slope, 1e-7) == [UNDECIDED, DISAGREES]


# -- f with intermediate numbers far larger than itself: a saw, of another slope within its teeth -----------

SAWS = {
    "(1 + x)² − 1 − 2x": (lambda x: (1 + x) ** 2 - 1 - 2 * x, lambda x: 2 * x),
    "log(1 + x) − x": (lambda x: math.log(1 + x) - x, lambda x: -x / (1 + x)),
    "exp(x) − 1 − x": (lambda x: math.exp(x) - 1 - x, math.expm1),
    "1/(1 + x) − 1 + x": (lambda x: 1 / (1 + x) - 1 + x, lambda x: (2 * x + x * x) / (1 + x) ** 2),
    "(exp(x) − 1)/x": (lambda x: (math.exp(x) - 1) / x, lambda x: 0.5 + x / 3),
    "a sum with 1e9": (lambda x: sum([1e9, x, x * x, -1e9, math.sin(x)]), lambda x: 1 + 2 * x + math.cos(x)),
}


@pytest.mark.parametrize("name", SAWS)
@pytest.mark.parametrize("x", [1e-5, -2e-7, 1e-9])
def test_the_slope_within_a_tooth_is_not_that_of_f(name, x):
    f, derivative = SAWS[name]
    g = derivative(x)
    right, *wrong = verdict(f, x, g, 2 * g, -g, 0.0)
    assert right != DISAGREES
    assert AGREES not in wrong or abs(g) < 1e-8
    if name == "(exp(x) − 1)/x":
        assert [right, *wrong] == [AGREES] + [DISAGREES] * 3


@pytest.mark.parametrize(("number", "x"), [(np.float16, 0.7), (np.float16, 3.0), (np.float32, 3.0)])
def test_steps_of_few_digits_do_not_make_a_derivative_zero(number, x):
    def f(x):
        return float(np.sin(number(x)))

    assert verdict(f, x, math.cos(x)) != DISAGREES
    assert verdict(f, x, 0.0) == UNDECIDED


def test_a_derivative_below_the_rounding_of_numbers_like_x_is_not_told():
    assert verdict(lambda x: x - math.sqrt(x * x - 1), 1e12, -5e-25) == UNDECIDED


def test_a_derivative_near_the_largest_float():
    assert verdict(math.exp, 709.0, math.exp(709.0)) == AGREES


# -- kinks and jumps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x", "low", "high"),
    [
        (lambda x: max(x, 0.0), 0.0, 0.0, 1.0),
        (abs, 0.0, -1.0, 1.0),
        (lambda x: max(x * x, 2 - x), 1.0, -1.0, 2.0),
        (lambda x: 3 + min(2 * x, 5 * x), 0.0, 2.0, 5.0),
        (lambda x: abs(x - 1e6) + math.sin(x), 1e6, math.cos(1e6) - 1, math.cos(1e6) + 1),
    ],
)
def test_at_a_kink_the_derivatives_between_the_slopes_are_right(f, x, low, high):
    wide = high - low
    inside = verdict(f, x, low, high, low + 0.3 * wide)
    assert inside == [AGREES] * 3
    assert verdict(f, x, low - 0.2 * wide, high + 0.2 * wide) == [DISAGREES] * 2


def test_the_slopes_of_a_kink_are_told():
    judgement = judge(line(lambda x: max(-2 * x, 3 * x), 0.0), np.array([4.0]))[0]
    assert judgement.slopes == (pytest.approx(-2.0), pytest.approx(3.0))
    assert "slopes -2 on the left and 3 on the right; it does not lie between them" in judgement.reason


@pytest.mark.parametrize(
    ("f", "x"),
    [(lambda x: float(x > 0), 0.0), (math.floor, 3.0), (lambda x: math.copysign(1.0, x) * (1 + x), 0.0)],
)
def test_where_f_jumps_no_derivative_is_right(f, x):
    assert verdict(f, x, 0.0, 1.0, 100.0) == [DISAGREES] * 3


def test_a_jump_at_the_next_float_is_not_one_at_x():
    below = 1 - 2**-53
    assert verdict(math.floor, below, 0.0, 1.0) == [UNDECIDED, DISAGREES]
    judgement = judge(line(math.floor, below), np.array([0.0]))[0]
    assert "f jumps by 1 between x and the next float, 1.0" in judgement.reason


# -- where differences cannot tell -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x", "g"),
    [
        (lambda x: math.sin(x) + 1e17, 1.0, 0.0),
        (math.tanh, 25.0, 0.0),  # constant to its last digit, but not level
        (math.atan, 1e18, 0.0),
        (lambda x: 1 / (1 + math.exp(-x)), 40.0, 0.0),
        (math.atanh, 1 - 2**-53, 2.0**52),
        (lambda x: 1.0 if x == 2.0 else math.nan, 2.0, 1.0),
        (lambda x: float(x == 0), 0.0, 0.0),
        (lambda x: math.sin(1e25 * x), 0.3, 0.0),
        (math.trunc, 2199023255552.5, 0.0),
        (lambda y: 2.1 % y, 1e-11, -2.1e11),
        (lambda x: 0.37 * math.floor(5e6 * x), 0.2000001, 0.0),
        (lambda x: float(np.tanh(np.float32(x))), 8.0, 1 - math.tanh(8.0) ** 2),
    ],
)
def test_differences_say_that_they_cannot_tell(f, x, g):
    judgement = judge(line(f, x), np.array([g]))[0]
    assert judgement.verdict == UNDECIDED
    assert judgement.reason


def test_a_spike_on_a_line_is_seen():
    def f(x):
        return 3 * x + 1e-3 * math.exp(-(((x - 1) / 1e-5) ** 2))

    slope = 3 - 200 * math.exp(-1)
    assert verdict(f, 1 + 1e-5, 3.0, slope) == [DISAGREES, AGREES]


def test_a_known_noise_is_taken_into_account():
    f, g = (lambda x: math.sin(x) + 1e-7 * ((x * 2**40) % 1.0)), math.cos(0.3)
    assert verdict(f, 0.3, g, g * 1.01, noise=1e-7) == [AGREES, DISAGREES]
    assert verdict(f, 0.3, g, noise=0.1) == UNDECIDED


def test_several_outputs_are_judged_one_by_one():
    def outputs(x):
        return np.array([x, abs(x), math.exp(x), 1.0])

    beside = Line(outputs, 0.0, outputs(0.0))
    verdicts = [j.verdict for j in judge(beside, np.array([1.0, 0.5, 2.0, 0.0]))]
    assert verdicts == [AGREES, AGREES, DISAGREES, AGREES]


def test_outputs_that_are_undefined_beside_x_leave_the_others():
    def outputs(x):
        return np.array([x * x, math.sqrt(x) if x >= 0 else math.nan])

    beside = Line(outputs, 1e-3, outputs(1e-3))
    verdicts = [j.verdict for j in judge(beside, np.array([2e-3, 0.5 / math.sqrt(1e-3)]))]
    assert verdicts == [AGREES, AGREES]


@pytest.mark.parametrize("x", [0.0, 1.0, -3.7, 1e-9, 1e-300, 5e-324, 1e300, 1.7976931348623157e308])
def test_the_ladder_of_steps(x):
    steps = ladder(x)
    assert steps == sorted(steps, reverse=True)
    assert all(math.frexp(step)[0] == 0.5 for step in steps)
    assert steps[-1] == math.ulp(x) if x else steps[-1] == 5e-324
    assert steps[0] <= max(abs(x), 1.0) / 4
    assert len(steps) < 60


def test_a_step_far_wider_than_x_sees_no_kink_where_neighbours_are_unrelated():
    x, y = 2.3931068166460905e-279, 1.1770165004601991e-294
    assert verdict(lambda t: x % t, y, -(x // y)) != DISAGREES


def test_the_smallest_number_that_floats_have_is_no_jump():
    assert verdict(lambda x: 5e-324 * x, 0.5, 5e-324) != DISAGREES


def test_a_function_levels_off():
    assert levels_off(math.erf, 9.0)
    assert levels_off(lambda x: 2 / (1 + math.exp(-x)), 60.0)
    assert not levels_off(lambda x: max(x - 3, 1.0) ** 2, 1.0)
    assert not levels_off(math.ceil, 1.5)
