"""`gradcheck` of derivatives that others give, of parts of big arrays, and of functions that err."""

import functools
import math

import numpy as np
import pytest

import autograd
from autograd import DomainError, GradientError, UndecidedWarning, cos, gradcheck, sin
from autograd.testing import check_gradient

X = np.array([[1.0, 2.0, -0.5], [0.3, -1.2, 0.7]])


def quadratic(x):
    return float((x**2).sum())


# -- the derivative of someone else ---------------------------------------------------------------------


def test_a_given_derivative_of_a_plain_function():
    assert gradcheck(math.sin, 0.3, gradient=math.cos) is True
    assert gradcheck(math.sin, 0.3, gradient=math.cos(0.3)) is True
    assert gradcheck(quadratic, X, gradient=2 * X) is True
    assert (
        gradcheck(lambda x, y: x * math.exp(y), 2.0, 0.5, gradient=(math.exp(0.5), 2 * math.exp(0.5))) is True
    )
    assert gradcheck(lambda x: max(x, 0.0), 0.0, gradient=0.5) is True


def test_a_given_derivative_in_the_structure_of_the_arguments():
    f = lambda p, s: float(p["w"] @ p["w"]) * s  # noqa: E731
    p = {"w": np.array([1.0, 2.0]), "b": None}
    assert gradcheck(f, p, 3.0, gradient=[{"w": 6 * p["w"], "b": None}, 5.0]) is True
    assert gradcheck(lambda x: x[0] * x[1], [2.0, 3.0], gradient=[3.0, 2.0]) is True
    assert gradcheck(lambda x, k: k * x, 2.0, 3.0, gradient=lambda x, k: (k, x)) is True


def test_a_given_derivative_of_an_array_is_a_jacobian():
    assert gradcheck(np.sin, X[0], gradient=lambda x: np.diag(np.cos(x))) is True
    report = check_gradient(lambda x: X @ x, X[0], gradient=-X)
    assert report.diagnosis == "it has the wrong sign"
    assert {entry.output for entry in report.entries} == {(0,), (1,)}
    assert {entry.mode for entry in report.entries} == {"given"}


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        (4 * X, "is 4 as given, 2 .*; it is twice the right one"),
        (-2 * X, "it has the wrong sign"),
        (0 * X, "it is 0: no gradient arrives"),
        (np.nan * X, "it is nan"),
        (np.roll(2 * X, 1, 1), "shifted by one place along axis 1"),
        (2 * X.T, "argument 0: its shape is .*: it is transposed"),
        (np.stack([X, X]), r"it is not summed over the axes of broadcasting \(axis 0\)"),
    ],
)
def test_the_mistake_in_a_given_derivative_is_named(gradient, said):
    with pytest.raises(GradientError, match=said):
        gradcheck(quadratic, X, gradient=gradient)


def test_a_given_derivative_of_another_structure_is_refused():
    with pytest.raises(ValueError, match=r"has 1 part.*2 arguments"):
        gradcheck(lambda x, y: x * y, 2.0, 3.0, gradient=[3.0])
    with pytest.raises(ValueError, match="the gradient given to gradcheck"):
        gradcheck(lambda p: p["w"], {"w": 2.0}, gradient={"v": 1.0})
    with pytest.raises(TypeError, match="argument 0 is a number or an array of real numbers"):
        gradcheck(math.sin, 2.0, gradient="steep")


def test_the_second_order_of_a_given_derivative():
    assert gradcheck(math.sin, 0.3, gradient=cos, order=3) is True
    cut = lambda x: cos(x) + 0.1 * (x - getattr(x, "data", x))  # noqa: E731
    with pytest.raises(GradientError, match=r"derivative of order 2 .* is -0.19552.* in reverse mode"):
        gradcheck(math.sin, 0.3, gradient=cut, order=2)
    with pytest.raises(TypeError, match=r"autograd can differentiate, .*asked for float.*; order=1 checks"):
        gradcheck(math.sin, 0.3, gradient=math.cos, order=2)
    with pytest.raises(TypeError, match="order=2 needs a gradient that autograd can differentiate"):
        gradcheck(quadratic, X, gradient=lambda x: np.add.accumulate(2 * x, axis=0) * 0 + 2 * x, order=2)
    with pytest.raises(TypeError, match="numbers are checked with order=1"):
        gradcheck(math.sin, 0.3, gradient=math.cos(0.3), order=2)


def test_given_functions_may_not_change_the_arguments():
    def spoiling(x):
        x += 1
        return quadratic(x - 1)

    assert gradcheck(spoiling, X, gradient=2 * X) is True
    assert X[0, 0] == 1.0


# -- parts of big arrays, noise, chance ---------------------------------------------------------------------


def test_some_entries_of_a_big_array():
    big = np.linspace(-1.0, 1.0, 1000)
    report = check_gradient(lambda x: (x**3).sum(), big, entries=3, rng=0)
    assert report
    places = {entry.index for entry in report.entries}
    assert len(places) == 3
    generator = np.random.default_rng(0)
    again = check_gradient(lambda x: (x**3).sum(), big, entries=3, rng=generator)
    assert places == {entry.index for entry in again.entries}
    assert len(check_gradient(lambda x: (x**3).sum(), big[:3], entries=9, rng=0).entries) == 6


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"entries": 3}, TypeError, "give rng=, a seed or"),
        ({"entries": 0, "rng": 0}, ValueError, "entries"),
        ({"noise": -1.0}, ValueError, "noise is a number from 0"),
        ({"noise": "much"}, ValueError, "noise is a number from 0"),
    ],
)
def test_options_that_are_none(options, kind, said):
    with pytest.raises(kind, match=said):
        gradcheck(sin, 1.0, **options)


def test_a_function_with_an_argument_of_the_name_of_an_option():
    f = lambda x, rng=1.0: x * rng  # noqa: E731
    assert gradcheck(f, 2.0) is True
    assert gradcheck(f, 2.0, 3.0) is True
    with pytest.raises(TypeError, match=r"functools.partial\(f, rng=...\)"):
        gradcheck(f, 2.0, rng=3.0)
    assert gradcheck(functools.partial(f, rng=3.0), 2.0) is True  # as advised


def test_a_function_of_chance_is_told_by_name():
    rng = np.random.default_rng(0)
    f = lambda x: sin(x) + 1e-9 * rng.normal()  # noqa: E731
    with pytest.warns(UndecidedWarning, match="cannot tell: f gives different results for the same numbers"):
        assert not gradcheck(f, 1.0)
    assert gradcheck(f, 1.0, noise=1e-8) is True  # as advised
    with pytest.raises(GradientError):
        gradcheck(f, 1.0, gradient=0.55, noise=1e-8)


# -- what f itself raises ------------------------------------------------------------------------------------


def test_a_functions_own_errors_come_out_as_they_are():
    with pytest.raises(TypeError, match="not str"):
        gradcheck(lambda x: x + "1", 1.0)
    with pytest.raises(ZeroDivisionError, match="mine"):
        gradcheck(lambda x: raising(ZeroDivisionError("mine")), 1.0)
    with pytest.raises(KeyError, match="w"):
        gradcheck(lambda p: p["w"], {"b": 1.0})
    with pytest.raises(TypeError, match="mine"):  # also of a moved point alone
        gradcheck(lambda x: x if float(x) == 1.0 else raising(TypeError("mine")), 1.0)
    with pytest.raises(TypeError, match="nansum has no counterpart for Tensors"):
        gradcheck(np.nansum, np.array([1.0, 2.0]))
    with pytest.raises(DomainError, match="log"):
        gradcheck(autograd.log, -1.0)


def raising(error):
    raise error


@pytest.mark.parametrize("x", [0.1, 1e-12, 0.0])
def test_points_that_f_refuses_are_outside_of_its_domain(x):
    def area(radius):
        if float(radius) < 0:
            raise ValueError("a radius is not negative")
        return radius * radius + radius

    assert gradcheck(area, x) is True


def test_the_place_where_a_number_leaves_the_graph_is_told():
    with pytest.raises(
        GradientError, match=r"it is half .*; grad says of this function: something asked for float"
    ):
        gradcheck(lambda x: x * float(x), 3.0)


def test_results_that_are_dicts_and_lists_of_several_shapes():
    report = check_gradient(lambda x: {"a": x * 2, "b": [x.sum(), x[0] ** 2]}, X[0])
    assert report
    assert {e.output for e in report.entries} == {("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1)}


def test_all_derivatives_of_the_second_order_are_checked():
    report = check_gradient(lambda x, y: [x * y, x**2 * y], 2.0, 3.0, order=2)
    assert report
    assert sum(entry.order == 2 for entry in report.entries) == 2 * 2 * 2 * 2  # outputs, by, by, modes


def test_a_rounding_error_beside_a_larger_derivative_counts_as_zero():
    w = np.array([1e8, 1.0])
    report = check_gradient(
        lambda x: float(w @ np.sin(x)), np.array([0.3, 0.4]), gradient=w * np.cos([0.3, 0.4])
    )
    assert report.verdict != "disagrees"
    assert check_gradient(
        lambda x: float((x - x.mean()).sum()) + float(x[0]), np.array([0.3, 0.4]), gradient=[1.0, 1e-17]
    )
