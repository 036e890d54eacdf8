"""Gradient descent, on the two-input surface of deck B and on bad input."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value


def surface(x, y):
    return 1.5 * x * x + 0.5 * y * y


def test_a_step_goes_along_minus_the_gradient():
    x, y = Value(1.0), Value(1.0)
    surface(x, y).backward()
    assert (x.grad, y.grad) == (3.0, 1.0)  # "x has 3 times the impact of y"
    nn.SGD([x, y], lr=0.1).step()
    assert (x.data, y.data) == (pytest.approx(0.7), pytest.approx(0.9))


def test_steps_end_in_the_minimum():
    point = Tensor([1.0, 1.0])
    sgd = nn.SGD([point], lr=0.3)
    for _ in range(100):
        sgd.zero_grad()
        surface(point[0], point[1]).backward()
        sgd.step()
    assert np.asarray(point) == pytest.approx([0, 0], abs=1e-10)


def test_a_step_leaves_the_recorded_pass_as_it_was():
    W = Tensor([2.0])
    cost = (W * W).sum()
    cost.backward()
    nn.SGD([W], lr=1.0).step()
    W.grad = None
    cost.backward()  # of the pass recorded at W = 2
    assert W.grad == pytest.approx([4.0])


def test_a_parameter_the_cost_does_not_depend_on_stays():
    x, other = Value(1.0), Value(5.0)
    (x * x).backward()
    nn.SGD([x, other], lr=0.1).step()
    assert (x.data, other.data) == (pytest.approx(0.8), 5.0)


def test_zero_grad_forgets():
    x = Value(1.0)
    sgd = nn.SGD([x], lr=0.1)
    (x * x).backward()
    sgd.zero_grad()
    assert x.grad is None
    with pytest.raises(RuntimeError, match="backward"):
        sgd.step()


@pytest.mark.parametrize(
    ("params", "lr", "error", "message"),
    [
        ([], 0.1, ValueError, "at least one parameter"),
        ([1.0], 0.1, TypeError, "not float"),
        ([Value(1.0) * 2], 0.1, ValueError, "was computed by mul"),
        ([Value(1.0)] * 2, 0.1, ValueError, "twice"),
        ([Value(1.0)], 0.0, ValueError, r"above 0, not 0\.0"),
        ([Value(1.0)], float("nan"), ValueError, "not nan"),
        ([Value(1.0)], "fast", TypeError, "not 'fast'"),
    ],
)
def test_what_cannot_be_descended_is_refused(params, lr, error, message):
    with pytest.raises(error, match=message):
        nn.SGD(params, lr)
