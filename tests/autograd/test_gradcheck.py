"""`gradcheck` passes right derivatives, however hard, and fails wrong ones, however small."""

import math

import numpy as np
import pytest
from reference import ordinary

from autograd import (
    DomainError,
    GradientError,
    Tensor,
    UndecidedWarning,
    Value,
    abs,
    exp,
    gradcheck,
    log,
    relu,
    sigmoid,
    sin,
    sqrt,
)
from autograd._table.define import rows


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (log, 1e-3),  # a step to the left leaves the domain
        (sqrt, 1e-9),
        (relu, 1e-2),  # a kink within the first steps
        (lambda x: abs(x - 1), 1.0 + 1e-5),
        (lambda x: sin(1e4 * x), 0.3),  # many waves within the first steps
        (exp, 600.0),  # 1e260
        (exp, -600.0),  # 1e-260
        (lambda x: log(x + 1e5), 1.0),  # a small slope on a large value
        (lambda x: x**3, 0.0),
        (lambda x: exp(-((1000 * x) ** 2)), 0.0005),  # a spike between the first steps
    ],
)
def test_right_derivatives_pass(f, x):
    assert gradcheck(f, x) is True


def detached(f):
    """f with its derivative cut off: zero where it is not."""
    return lambda x: Value(float(f(x)))


@pytest.mark.parametrize(
    ("f", "x"),
    [(lambda x: x * x, 3.0), (lambda x: log(x + 1e5), 1.0), (exp, -30.0), (lambda x: 1e-9 * x, 1.0)],
)
def test_a_derivative_of_zero_does_not_pass_because_it_is_nearly_zero(f, x):
    with pytest.raises(GradientError) as error:
        gradcheck(detached(f), x)
    assert error.value.analytic == 0.0
    assert error.value.numeric != 0.0


def test_a_spike_between_the_steps_is_seen():
    spike = lambda x: exp(-((1000 * x) ** 2))  # noqa: E731
    with pytest.raises(GradientError):
        gradcheck(lambda x: detached(spike)(x) + 0 * x, 0.0005)


def off_by(factor):
    """x² with a derivative that is off by a factor."""
    return lambda x: x * x + (factor - 1) * 2 * (x * float(x) - float(x) ** 2)


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.5, 2.0, 1.001, 1 + 1e-6])
def test_a_wrong_factor_fails(factor):
    with pytest.raises(GradientError, match="argument 0"):
        gradcheck(off_by(factor), 3.0)


@pytest.mark.parametrize("row", [r for r in rows() if r.public], ids=str)
def test_every_row_in_both_modes_and_one_order_higher(row):
    args = {"where": (1.0, 0.3, 0.7)}.get(row.name, ordinary(row, 0.3, 0.7))
    gradcheck(row, *args, order=2)
    gradcheck(row, *(np.array([a]) for a in args), order=2)


def test_a_helper_row_is_held_by_the_order_above():
    """The hidden rows are derivatives of public ones: order 3 differentiates them twice."""
    for row in rows():
        if row.arity == 1 and row.public:
            gradcheck(row, *ordinary(row, 0.4), order=3)
    gradcheck(lambda x, y: x**y, 1.3, 2.7, order=3)


def test_the_error_says_where_and_what():
    W = Tensor(np.ones((2, 2)), label="W")
    with pytest.raises(GradientError) as error:
        gradcheck(lambda w: (w * Tensor(np.array(w))).sum(), W)
    e = error.value
    assert (e.input, e.index, e.order) == (0, (0, 0), 1)
    assert (e.analytic, e.numeric) == (1.0, pytest.approx(2.0))
    assert "argument 0 (W) at [0, 0] is 1 in reverse mode, 2" in str(e)


def test_the_nearest_kink_is_named():
    with pytest.raises(GradientError, match=r"kink is that of relu\(0.0\), 0 away"):
        gradcheck(lambda x: relu(x - 1) + detached(relu)(x + 5), 1.0)


def test_a_wrong_second_derivative_fails_only_when_asked_for():
    # Right slope 2x, recorded without x's share in it.
    f = lambda x: x * x - (x - float(x)) * (x - float(x))  # noqa: E731
    gradcheck(f, 3.0)
    with pytest.raises(GradientError, match="order 2"):
        gradcheck(f, 3.0, order=2)


def test_arrays_lists_and_several_arguments():
    gradcheck(lambda x, W: sigmoid(W @ x), np.ones(2), np.array([[0.1, 0.2], [0.3, -0.4]]), order=2)
    gradcheck(lambda x: [x * 2, x**2], 3.0)


def test_what_it_cannot_check():
    with pytest.raises(DomainError, match="derivative"):
        gradcheck(sqrt, 0.0)
    with pytest.warns(UndecidedWarning, match="^cannot tell: .*; no step has values of f"):
        assert not gradcheck(lambda x: x * sqrt(1.0 if float(x) == 1.0 else -1.0), 1.0)
    with pytest.raises(ValueError, match="order"):
        gradcheck(exp, 1.0, order=0)
    with pytest.raises(TypeError, match="at least one"):
        gradcheck(exp)
    with pytest.raises(TypeError, match="gradcheck takes"):
        gradcheck(exp, "1")


def test_an_assertion_and_a_place_beyond_a_table_end_the_domain():
    def root(x):
        assert x >= 0
        return x**2.5

    def between(x):
        k = math.floor(x)
        return (k + 1 - x) * [1.0, 2.0, 4.0][k] + (x - k) * [1.0, 2.0, 4.0][k + 1]

    assert gradcheck(root, 1e-6, gradient=lambda x: 2.5 * x**1.5)
    assert gradcheck(between, 1.75, gradient=2.0)
