"""Gradient descent, on the two-input surface of deck B and on bad input."""

import math
import warnings

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value
from autograd._graph.leaving import plain_array


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


HUGE = {
    "Value": (Value, None, 1e200),
    "Tensor": (Tensor, np.float64, 1e200),
    "single": (Tensor, np.float32, 1e25),
}


def leaf_of(kind, dtype):
    return kind(5.0) if dtype is None else kind(np.full(2, 5.0, dtype))


@pytest.mark.parametrize(("kind", "dtype", "g"), HUGE.values(), ids=HUGE)
def test_a_gradient_whose_square_overflows_moves_adam_by_the_rate_too(kind, dtype, g):
    for gradient in (np.full(2, g, dtype), np.array([g, 1.0], dtype)) if dtype else (g,):
        leaf = leaf_of(kind, dtype)
        adam = nn.Adam([leaf], lr=0.1)
        for _ in range(5):
            leaf.grad = gradient
            adam.step()
        np.testing.assert_allclose(plain_array(leaf), 4.5, rtol=1e-6 if dtype is np.float32 else 1e-8)
        assert leaf.dtype == dtype if dtype else type(leaf.data) is float


@pytest.mark.parametrize("largest", [1e150, 1e160, 1.7e308])
def test_adam_with_huge_gradients_follows_the_paper(largest):
    x, rate = Value(0.0), 0.01
    gradients = [largest * share for share in (1.0, -0.5, 0.25, 1.0, -1e-3, 0.125)]
    expected = []
    with mp.workdps(50):
        place = m = v = mp.mpf(0)
        for t, g in enumerate(gradients, start=1):
            m, v = (
                mp.mpf(0.9) * m + mp.mpf(1 - 0.9) * g,
                mp.mpf(0.999) * v + mp.mpf(1 - 0.999) * mp.mpf(g) ** 2,
            )
            place -= (
                rate * (m / (1 - mp.mpf(0.9) ** t)) / (mp.sqrt(v / (1 - mp.mpf(0.999) ** t)) + mp.mpf(1e-8))
            )
            expected.append(float(place))
    assert steps_of(nn.Adam([x], lr=rate), x, gradients) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("kind", "dtype", "g"), HUGE.values(), ids=HUGE)
def test_adam_moves_again_after_one_huge_gradient_and_says_what_it_forgot(kind, dtype, g):
    leaf, fresh = leaf_of(kind, dtype), leaf_of(kind, dtype)
    adam = nn.Adam([leaf], lr=0.1)
    steps_of(adam, leaf, [1.0, g])
    start = plain_array(leaf)
    with pytest.warns(RuntimeWarning, match="forgets a gradient of about 1e") as told:
        moved = steps_of(adam, leaf, GRADIENTS) - start
    assert len(told) == 1
    assert told[0].filename == __file__
    # As if it began here.
    np.testing.assert_allclose(
        moved, np.array(steps_of(nn.Adam([fresh], lr=0.1), fresh, GRADIENTS)) - 5, rtol=1e-5
    )


def test_among_ordinary_elements_only_the_one_that_was_huge_begins_anew():
    leaf, without = Tensor([5.0, 5.0]), Tensor([5.0, 5.0])
    adam, other = nn.Adam([leaf], lr=0.1), nn.Adam([without], lr=0.1)
    for first in (1.0, 1e200, 1.0, -2.0):
        leaf.grad, without.grad = np.array([first, first % 7]), np.array([first % 7] * 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            adam.step()
        other.step()
    assert leaf.data[1] == pytest.approx(without.data[1], rel=1e-14)
    assert abs(leaf.data[0] - 5) < 0.5


@pytest.mark.parametrize("make", [lambda p: nn.SGD(p, 0.1, momentum=0.9), lambda p: nn.Adam(p, 0.1)])
@given(gradients=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=6))
def test_memory_that_is_not_finite_shows_in_the_parameter(make, gradients):
    """So `fit` checks the parameters alone."""
    for leaf in (Value(1.0), Tensor([1.0, 2.0])):
        optimizer = make([leaf])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            for g in gradients:
                leaf.grad = g if isinstance(leaf, Value) else np.array([1.0, g])
                optimizer.step()
        is_finite = [np.isfinite(part).all() for state in optimizer.memory[1].values() for part in state]
        assert all(is_finite) or not np.isfinite(plain_array(leaf)).all()


@pytest.mark.parametrize("make", [lambda p: nn.SGD(p, 0.1, momentum=0.9), lambda p: nn.Adam(p, 0.1)])
def test_memory_that_is_put_back_gives_the_same_steps_again(make):
    x = Value(1.0)
    optimizer = make([x])
    steps_of(optimizer, x, GRADIENTS[:2])
    memory, place = optimizer.memory, x.data
    after = steps_of(optimizer, x, GRADIENTS[2:])
    optimizer.memory, x.data = memory, place
    assert steps_of(optimizer, x, GRADIENTS[2:]) == after
    assert optimizer.steps == len(GRADIENTS)


def test_settings_may_be_arrays_of_no_dimension():
    x = Value(1.0)
    x.grad = 1.0
    sgd = nn.SGD([x], lr=np.array(0.5), momentum=np.array(0.5))
    assert (sgd.lr, sgd.momentum, type(sgd.lr)) == (0.5, 0.5, float)
    sgd.lr = lambda steps: np.array(0.25)
    sgd.step()
    assert x.data == 0.75
    with pytest.raises(TypeError, match="a number or a schedule"):
        sgd.lr = np.array([0.5])


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
