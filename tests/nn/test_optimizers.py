"""Gradient descent, on the two-input surface of deck B and on bad input."""

import math

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from autograd.leaving import plain_array


def surface(x, y):
    return 1.5 * x * x + 0.5 * y * y


def test_steps_end_in_the_minimum():
    point = Tensor([1.0, 1.0])
    sgd = nn.SGD([point], lr=0.3)
    for _ in range(100):
        sgd.zero_grad()
        surface(point[0], point[1]).backward()
        sgd.step()
    assert plain_array(point) == pytest.approx([0, 0], abs=1e-10)


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


# -- momentum and Adam ----------------------------------------------------------------------------

GRADIENTS = [1.0, -0.5, 0.25, 3.0, 0.0, -2.0]


def steps_of(optimizer, leaf, gradients):
    """Where a leaf is after each of the gradients."""
    places = []
    for g in gradients:
        leaf.grad = g if isinstance(leaf, Value) else np.full(leaf.shape, g)
        optimizer.step()
        places.append(leaf.data if isinstance(leaf, Value) else leaf.data.copy())
    return places


def test_momentum_carries_the_last_steps_on():
    x = Value(1.0)
    expected, place, v = [], 1.0, 0.0
    for g in GRADIENTS:
        v = 0.9 * v + g
        place -= 0.1 * v
        expected.append(place)
    assert steps_of(nn.SGD([x], lr=0.1, momentum=0.9), x, GRADIENTS) == pytest.approx(expected, rel=1e-14)


def test_adam_follows_the_paper():
    x = Value(1.0)
    expected, place, m, v = [], 1.0, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        place -= 0.01 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        expected.append(place)
    assert steps_of(nn.Adam([x], lr=0.01), x, GRADIENTS) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("make", [lambda p: nn.SGD(p, 0.1, momentum=0.9), lambda p: nn.Adam(p, 0.1)])
def test_values_and_tensors_move_alike_and_float32_stays(make):
    scalar, array, single = Value(1.0), Tensor([1.0, 1.0]), Tensor(np.ones(2, np.float32))
    places = [steps_of(make([leaf]), leaf, GRADIENTS) for leaf in (scalar, array, single)]
    np.testing.assert_allclose(places[1], np.stack([places[0]] * 2, axis=1), rtol=1e-14)
    np.testing.assert_allclose(places[2], places[1], rtol=1e-5)
    assert single.data.dtype == np.float32


def test_a_step_of_adam_is_about_the_rate_whatever_the_gradient():
    for size in (1e-4, 1.0, 1e6):
        x = Value(0.0)
        assert steps_of(nn.Adam([x], lr=0.5), x, [size])[0] == pytest.approx(-0.5, rel=1e-3)


def test_a_parameter_keeps_its_own_count_of_steps():
    both, late = Value(0.0), Value(0.0)
    adam = nn.Adam([both, late], lr=0.1)
    both.grad = 1.0
    adam.step()
    late.grad = 1.0  # its first step, the other's second
    adam.step()
    assert late.data == pytest.approx(-0.1, rel=1e-6)


@pytest.mark.parametrize("make", [lambda p: nn.SGD(p, 0.02, momentum=0.9), lambda p: nn.Adam(p, 0.1)])
def test_both_find_the_minimum_of_the_surface(make):
    x, y = Value(1.0), Value(1.0)
    optimizer = make([x, y])
    for _ in range(800):
        optimizer.zero_grad()
        surface(x, y).backward()
        optimizer.step()
    assert (x.data, y.data) == (pytest.approx(0, abs=1e-4), pytest.approx(0, abs=1e-4))


def test_the_rate_may_be_changed_between_steps():
    x = Value(0.0)
    sgd = nn.SGD([x], lr=np.float32(0.5))
    x.grad = -1.0
    sgd.step()
    sgd.lr = 2
    sgd.step()
    assert x.data == 2.5
    with pytest.raises(ValueError, match="above 0, not -1"):
        sgd.lr = -1
    assert sgd.lr == 2


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda x: nn.SGD([x], True), TypeError, "a number or a schedule, not True"),
        (lambda x: nn.SGD(x, 0.1), TypeError, "a list of parameters"),
        (lambda x: nn.SGD(nn.MLP([1, 1], rng=0), 0.1), TypeError, r"net\.parameters\(\)"),
        (lambda x: nn.SGD([x], 0.1, momentum=1.0), ValueError, r"momentum .* below 1, not 1\.0"),
        (lambda x: nn.Adam([x], 0.1, beta2=-0.1), ValueError, "beta2"),
        (lambda x: nn.Adam([x], 0.1, epsilon=0), ValueError, "epsilon is a number above 0, not 0"),
    ],
)
def test_settings_out_of_range_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make(Value(1.0))
