"""A branch that `where` did not take does no harm: not to a gradient, a tangent, or a second derivative."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd
from autograd import (
    DomainError,
    Tensor,
    Value,
    detect_anomaly,
    grad,
    hessian,
    hvp,
    jvp,
    log,
    relu,
    sqrt,
    where,
)
from autograd._graph.concretization import watching_concretization

# f, and its first and second derivative at 0 by hand, where the branch not taken has none
AT_ZERO = {
    "an infinite slope": (lambda x: where(x, sqrt(x), 3 * x * x + x), 1.0, 6.0),
    "no slope of its slope": (lambda x: where(x, x**1.5, 3 * x * x + x), 1.0, 6.0),
    "the other branch": (lambda x: where(x + 1, 3 * x * x + x, sqrt(x)), 1.0, 6.0),
    "a condition": (lambda x: where(sqrt(x), x, 3 * x * x + x), 1.0, 6.0),
    "one in the other": (lambda x: where(x, sqrt(x), where(x, x**0.25, 3 * x * x + x)), 1.0, 6.0),
    "beside a branch": (lambda x: where(x, sqrt(x), x) * x + where(x, sqrt(x) * x, x + 2 * x * x), 1.0, 6.0),
}


@pytest.mark.parametrize("case", AT_ZERO)
def test_no_road_to_a_derivative_goes_by_what_was_not_taken(case):
    f, slope, curvature = AT_ZERO[case]
    x = Value(0.0, label="x")
    y = f(x)
    y.backward()
    y.backward()
    assert x.grad == 2 * slope  # it accumulates
    x.grad = None
    y.backward(create_graph=True)
    assert x.grad.data == slope
    assert grad(f)(0.0) == slope
    assert jvp(f, 0.0, 2.0) == (0.0, 2 * slope)
    assert grad(grad(f))(0.0) == hessian(f)(0.0) == hvp(f, 0.0, 1.0) == curvature
    assert jvp(grad(f), 0.0, 1.0)[1] == jvp(lambda x: jvp(f, x, 1.0)[1], 0.0, 1.0)[1] == curvature


def test_an_infinite_branch_that_was_not_taken():
    x, none = Value(1e200, label="x"), Value(0.0)
    y = where(none, (x * x) * (x * x), 3 * x)
    y.backward()
    assert (x.grad, none.grad) == (3.0, 0.0)
    assert jvp(lambda x: where(0.0 * x, (x * x) * (x * x), 3 * x), 1e200, 1.0)[1] == 3.0


def test_the_branch_that_was_taken_is_as_strict_as_ever():
    x = Value(0.0, label="x")
    x.grad = 7.0
    for y in (where(x + 1, sqrt(x), x), where(x, log(x + 1), sqrt(x)), sqrt(x) * where(x, x, x)):
        with pytest.raises(DomainError, match=r"^the derivative of sqrt\(x = 0.0\) is undefined or infinite"):
            y.backward()
        assert x.grad == 7.0
    with pytest.raises(DomainError, match="derivative of sqrt"):
        jvp(lambda x: where(x + 1, sqrt(x), x), 0.0, 1.0)


def test_gradients_that_add_up_to_more_than_a_float_leave_the_leaves_as_they_were():
    x, y = Value(1.0, label="x"), Value(1.0)
    x.grad = 1.5e308
    with pytest.raises(DomainError, match="add up to more than the largest float"):
        (1.5e308 * x + y).backward()
    assert (x.grad, y.grad) == (1.5e308, None)
    assert math.isfinite(x.grad)


@pytest.mark.parametrize(
    "derivative", [grad, lambda f: lambda x: jvp(f, x, 1.0)[1]], ids=["backwards", "forwards"]
)
def test_a_derivative_that_was_recorded_takes_the_branch_of_each_example(derivative):
    x = Value(2.0)
    with watching_concretization() as seen:
        slope = derivative(lambda x: where(relu(x), x * x, -3 * x))(x)
    assert autograd.compile(slope, [x], [])([], [[2.0], [-1.0], [5.0]]).tolist() == [4.0, -3.0, 10.0]
    assert seen == []
    # At a place where only one branch has a slope that slope is all there is.
    with watching_concretization() as seen:
        derivative(lambda x: where(relu(x), sqrt(x), x))(Value(0.0))
    assert [node.op.name for node in seen] == ["relu"]


def test_an_infinite_adjoint_that_comes_to_nothing_is_no_error():
    """Of a condition's choice nothing moves, so it does not matter how steep what is made of it is."""

    def f(w):
        return (where(w, 1.0, 0.0) - 1) * 1e308 * 1e308 + w

    w = Value(2.0)
    f(w).backward()
    assert w.grad == grad(f)(2.0) == jvp(f, 2.0, 1.0)[1] == 1.0


def test_no_slope_is_asked_for_that_only_a_condition_depends_on():
    x = Value(0.0, label="x")
    assert grad(lambda w: where(w, sqrt(where(w, x, 1.0)), w))(2.0) == 0.0


def test_a_tensor_that_chooses_is_watched_as_any_other():
    def f(x):
        return where(x > 0, sqrt(x), 0.0).sum()

    x = Tensor([0.0, 1.0])
    for sweep in (
        lambda: f(x).backward(),
        lambda: grad(f)(np.array([0.0, 1.0])),
        lambda: jvp(f, np.array([0.0, 1.0]), np.ones(2)),
    ):
        with detect_anomaly(), np.errstate(all="ignore"), pytest.raises(DomainError):
            sweep()
