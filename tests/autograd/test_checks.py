"""Numbers from users: those allowed come back as int or float, others are errors that name the parameter."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest

from autograd._support.checks import (
    a_bool,
    above,
    between,
    count,
    finite_number,
    real_array,
)

NOT_WHOLE = [True, np.True_, None, "3", 1.0, np.float64(2), math.nan, 3j, [3], np.array([3]), Fraction(3)]
NOT_REAL = [True, np.True_, None, "3", 3j, [3.0], np.array([3.0]), math.nan]


@pytest.mark.parametrize("number", [3, np.int8(3), np.uint64(3), np.array(3)])
def test_a_whole_number_comes_back_as_an_int(number):
    assert type(count(number, "n")) is int
    assert count(number, "n", 3, 3) == 3


@pytest.mark.parametrize("number", [3, 3.0, np.float32(3), np.array(3.0), np.int8(3), Fraction(3)])
def test_a_real_number_comes_back_as_a_float(number):
    assert type(between(number, "x", 0, 5)) is float
    assert between(number, "x", 3, 3) == above(number, "x", 2.999) == 3.0


@pytest.mark.parametrize("number", NOT_WHOLE)
def test_what_is_no_whole_number_is_refused(number):
    with pytest.raises(ValueError, match=r"^n is a whole number from 1, not "):
        count(number, "n")


@pytest.mark.parametrize("number", NOT_REAL)
def test_what_is_no_real_number_is_refused(number):
    with pytest.raises(ValueError, match=r"^x is a number from 0 to 5, not "):
        between(number, "x", 0, 5)
    with pytest.raises(ValueError, match=r"^x is a number above 0, not "):
        above(number, "x")


@pytest.mark.parametrize("x", [["a"], [None], [3j], np.array([object()])])
def test_what_is_no_array_of_real_numbers_is_refused(x):
    with pytest.raises(TypeError, match=r"^X is an array of real numbers, not (list|ndarray) of "):
        real_array(x, "X")
    for reals in ([True], [1], [0.5], np.ones(2, np.float16)):
        assert real_array(reals, "X").dtype == np.asarray(reals).dtype


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: finite_number(math.inf, "t"), "t is a finite number, not inf"),
        (lambda: finite_number(10**400, "t"), f"t is a finite number, not {str(10**400)[:80]}"),
        (lambda: finite_number(True, "t"), "t is a finite number, not True"),
        (lambda: count(0, "n"), "n is a whole number from 1, not 0"),
        (lambda: count(-1, "n", 0, unit=" of points"), "n is a whole number of points from 0, not -1"),
        (
            lambda: count(10**9, "width", 16, 20_000),
            "width is a whole number from 16 to 20000, not 1000000000",
        ),
        (lambda: between(-1e-300, "end", 0), "end is a number from 0 up, not -1e-300"),
        (lambda: between(math.inf, "end", 0), "end is a number from 0 up, not inf"),
        (lambda: between(2.5, "dpi", 1, 2), "dpi is a number from 1 to 2, not 2.5"),
        (lambda: above(0.0, "lr"), "lr is a number above 0, not 0.0"),
        (lambda: above(math.inf, "lr"), "lr is a number above 0, not inf"),
    ],
)
def test_the_bounds_are_said(check, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check()


def test_a_bool_is_one_of_two():
    assert (a_bool(True, "grad"), a_bool(np.False_, "grad")) == (True, False)
    for other in (1, 0.0, None, "no", np.array([True])):
        with pytest.raises(TypeError, match=r"^grad is True or False, not "):
            a_bool(other, "grad")


@pytest.mark.parametrize("huge", [10**400, -(10**400), Fraction(10**400)])
def test_what_is_beyond_the_largest_float_is_refused(huge):
    for check in (lambda: between(huge, "x", 0), lambda: above(huge, "x")):
        with pytest.raises(ValueError, match=r"^x is a number .*, not "):
            check()
    assert count(10**400, "n") == 10**400
