"""The perceptron against its rule in exact fractions, and its errors; its gates: test_lectures_of_nets."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Value

AND = nn.data.gates.AND


def by_hand(X, desired, epochs):
    """The mistakes of each epoch, at a rate of 1, without rounding."""
    w, b, mistakes = [Fraction(0)] * len(X[0]), Fraction(0), []
    while len(mistakes) < epochs and 0 not in mistakes:
        mistakes.append(0)
        for x, y in zip(X, desired, strict=True):
            answer = 1 if sum(v * u for v, u in zip(w, x, strict=True)) + b >= 0 else -1
            if error := y - answer:
                w, b = [v + error * u for v, u in zip(w, x, strict=True)], b + error
                mistakes[-1] += 1
    return mistakes


@st.composite
def tasks(draw):
    """Whole tenths, as in a classroom, and a desired answer to each row."""
    inputs = draw(st.integers(1, 4))
    row = st.lists(st.integers(-10, 10).map(lambda k: Fraction(k, 10)), min_size=inputs, max_size=inputs)
    X = draw(st.lists(row, min_size=1, max_size=8))
    return X, draw(st.lists(st.sampled_from([-1, 1]), min_size=len(X), max_size=len(X)))


rates = st.sampled_from([0.1, 0.3, 1.0, 0.7, 1e-3, 50.0])


@given(tasks(), rates)
def test_it_makes_the_mistakes_that_are_made_by_hand_at_any_rate(task, rate):
    # At 0.1, three steps up and three down leave 1.1e-16 where by hand there is 0, and 0 is a yes.
    X, desired = task
    found = nn.Perceptron(len(X[0]), rate).learn(np.array(X, float), desired, epochs=30)
    assert found == by_hand(X, desired, epochs=30)


@given(tasks(), rates)
def test_an_epoch_without_a_mistake_means_that_every_answer_is_right(task, rate):
    X, desired = np.array(task[0], float), np.array(task[1])
    perceptron = nn.Perceptron(X.shape[1], rate)
    right = perceptron.learn(X, desired, epochs=30)[-1] == 0
    answers = perceptron(X)
    assert answers.tolist() == [perceptron(x) for x in X]
    assert not right or np.array_equal(answers, desired)


@given(st.integers(0, 2**32 - 1))
def test_what_a_plane_separates_it_learns(seed):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(40, 3)), rng.normal(size=3)
    X = X[abs(X @ w + 0.3) > 0.2 * np.linalg.norm(w)]  # with a margin, its mistakes are bounded
    desired = np.sign(X @ w + 0.3)
    assert nn.Perceptron(3).learn(X, desired, epochs=2000)[-1] == 0


def test_learning_goes_on_from_where_it_was():
    at_once, bit_by_bit = nn.Perceptron(2), nn.Perceptron(2)
    mistakes = at_once.learn(AND.X, AND.signs, epochs=20)
    assert [bit_by_bit.learn(AND.X, AND.signs, epochs=1)[0] for _ in mistakes] == mistakes
    assert np.array_equal(bit_by_bit.w, at_once.w)
    assert bit_by_bit.b == at_once.b


def test_the_examples_come_in_their_order():
    first, last = nn.Perceptron(2, rate=1), nn.Perceptron(2, rate=1)
    assert first.learn([[0, 1], [1, 0]], [-1, 1], epochs=1) == [2]
    assert last.learn([[1, 0], [0, 1]], [1, -1], epochs=1) == [1]
    assert (first.w.tolist(), last.w.tolist()) == ([2, -2], [0, -2])


def test_there_are_no_more_epochs_than_asked_for():
    assert nn.Perceptron(2).learn(AND.X, AND.signs, epochs=2) == [2, 3]


def test_weights_may_be_set_by_hand():
    both = nn.Perceptron(2)
    both.w, both.b = [1, 1], -1.5
    assert np.array_equal(both(AND.X), AND.signs)
    either = nn.Perceptron(2, rate=100.0)
    either.w, either.b = np.array([1e-6, 1e-6]), -0.5e-6  # small beside the rate, and still weights
    assert np.array_equal(either(AND.X), nn.data.gates.OR.signs)


def test_a_sum_that_is_clearly_negative_is_a_no_whatever_the_inputs_and_the_rate():
    for inputs, weights, bias in (([1e6, 0.0], [1e-6, 1.0], -2.0), ([1e6, 0.0], [1e-6, 1.0], -1.0000000001)):
        for rate in (1e-9, 0.1, 1e9):
            perceptron = nn.Perceptron(2, rate)
            perceptron.w, perceptron.b = np.array(weights), bias
            assert perceptron(inputs) == -1
            perceptron.w = -perceptron.w
            perceptron.b = -bias
            assert perceptron(inputs) == 1


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3),
    st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3),
    st.floats(-1e6, 1e6),
)
def test_an_answer_is_the_sign_of_the_exact_sum_but_for_rounding(x, w, b):
    perceptron = nn.Perceptron(3)
    perceptron.w, perceptron.b = np.array(w), b
    exact = sum(Fraction(v) * Fraction(u) for v, u in zip(w, x, strict=True)) + Fraction(b)
    terms = sum(abs(v * u) for v, u in zip(w, x, strict=True)) + abs(b)
    assert (perceptron(x) == 1) == (exact >= 0) or abs(exact) <= 2e-15 * terms


def test_weights_that_are_set_after_learning_are_judged_by_themselves():
    perceptron = nn.Perceptron(2, rate=1e9)
    perceptron.learn(AND.X, AND.signs, epochs=20)
    perceptron.w, perceptron.b = np.array([1e-9, 0.0]), -2e-9
    assert perceptron([1.0, 0.0]) == -1


def test_one_example_gives_a_number_and_rows_give_an_array():
    perceptron = nn.Perceptron(2)
    assert (perceptron([1, 0]), np.shape(perceptron([1, 0]))) == (1, ())  # 0 is on the line: yes
    assert perceptron([[1, 0], [0, 0]]).tolist() == [1, 1]
    assert perceptron(np.zeros((0, 2))).tolist() == []


@pytest.mark.parametrize("dtype", [np.float32, np.uint8, bool])
def test_inputs_of_any_real_kind(dtype):
    perceptron, usual = nn.Perceptron(2), nn.Perceptron(2)
    X = AND.X.astype(dtype)
    assert perceptron.learn(X, AND.signs.astype(np.int8), epochs=20) == usual.learn(
        AND.X, AND.signs, epochs=20
    )
    assert (perceptron.w.dtype, type(perceptron.b)) == (np.dtype(np.float64), float)
    assert np.array_equal(perceptron(X), AND.signs)


@pytest.mark.parametrize("rate", [1, np.float32(0.5), np.int64(2), Fraction(1, 2)])
def test_a_rate_is_any_number_above_0(rate):
    perceptron = nn.Perceptron(1, rate)
    perceptron.learn([[1]], [-1], epochs=1)
    assert perceptron.w[0] == -2 * rate


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf"), True, "fast", None, [0.1]])
def test_other_rates_are_refused(rate):
    with pytest.raises(ValueError, match="the rate is a number above 0, not "):
        nn.Perceptron(2, rate)


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([1, 0, 1], ValueError, r"shape \(2,\) or a batch of shape \(n, 2\); given shape \(3,\)"),
        (1.0, ValueError, r"given shape \(\)"),
        (np.zeros((1, 1, 2)), ValueError, r"given shape \(1, 1, 2\)"),
        ([float("nan"), 0], ValueError, "not finite"),
        ([[0, 0], [float("-inf"), 1]], ValueError, "not finite"),
        ([1e200, 0], ValueError, "not too large"),
        ([1j, 0], TypeError, "real numbers, not list of complex128"),
        (["0", "1"], TypeError, "real numbers"),
        ([Value(1.0), Value(0.0)], TypeError, "real numbers, not list of object"),
    ],
)
def test_what_has_no_answer(x, error, message):
    with pytest.raises(error, match=message):
        nn.Perceptron(2)(x)


def test_a_perceptron_takes_one_input_or_more():
    for inputs in (0, -1, 2.0, True, "2"):
        with pytest.raises(ValueError, match="inputs is a whole number from 1, not "):
            nn.Perceptron(inputs)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"desired": [0, 0, 0, 1]}, ValueError, r"1 and -1, not 0; 2 \* y - 1 makes them of 0 and 1"),
        ({"desired": [-1, -1, -1, float("nan")]}, ValueError, "not nan"),
        ({"desired": [-1, -1, -1, 0.99]}, ValueError, r"not 0\.99"),
        ({"desired": AND.Y}, ValueError, r"shape \(4, 1\), expected \(4,\)"),
        ({"desired": AND.signs[:3]}, ValueError, r"X has shape \(4, 2\) and desired \(3,\)"),
        ({"desired": ["yes"] * 4}, TypeError, "desired is an array of real numbers"),
        ({"X": AND.X[:, :1]}, ValueError, r"given shape \(4, 1\)"),
        ({"X": AND.X[0]}, ValueError, r"X has shape \(2,\)"),
        ({"X": AND.X[:0], "desired": []}, ValueError, "at least one"),
        ({"X": AND.X * np.nan}, ValueError, "not finite"),
        ({"X": [[Value(1.0), Value(0.0)]] * 4}, TypeError, "X is an array of real numbers"),
        ({"epochs": 0}, ValueError, "epochs is a whole number from 1, not 0"),
        ({"epochs": True}, ValueError, "not True"),
        ({"epochs": 2.5}, ValueError, r"not 2\.5"),
    ],
)
def test_what_cannot_be_learnt_is_refused_before_anything_changes(changes, error, message):
    perceptron = nn.Perceptron(2)
    perceptron.w, perceptron.b = np.array([0.5, -0.5]), 0.25
    with pytest.raises(error, match=message):
        perceptron.learn(**{"X": AND.X, "desired": AND.signs, "epochs": 5, **changes})
    assert (perceptron.w.tolist(), perceptron.b) == ([0.5, -0.5], 0.25)


def test_it_says_what_it_is():
    assert repr(nn.Perceptron(2, rate=0.5)) == "Perceptron(2, rate=0.5)"


@settings(max_examples=30)
@given(tasks(), rates, st.sampled_from([0.05, 1.0]))
def test_with_a_margin_every_example_that_is_learnt_is_beyond_it(task, rate, margin):
    X, desired = np.array(task[0], float), np.array(task[1])
    perceptron = nn.Perceptron(X.shape[1], rate)
    if perceptron.learn(X, desired, epochs=30, margin=margin)[-1] == 0:
        assert np.all(desired * (X @ perceptron.w + perceptron.b) >= margin * (1 - 1e-8))


def test_a_margin_is_0_or_more():
    for margin in (-0.1, float("nan"), "wide"):
        with pytest.raises(ValueError, match="margin is a number from 0 up"):
            nn.Perceptron(2).learn(AND.X, AND.signs, epochs=5, margin=margin)


def test_it_is_read_as_a_net_of_one_layer():
    perceptron = nn.Perceptron(2)
    perceptron.learn(AND.X, AND.signs, epochs=20)
    [layer] = perceptron.layers
    assert np.array_equal(layer.W, [perceptron.w])
    assert np.array_equal(layer.b, [perceptron.b])
    assert np.array_equal(layer(AND.X), AND.signs[:, None])
    assert layer(AND.X[3]).tolist() == [1]
    assert layer.activation(np.array([-0.5, 0.0])).tolist() == [-1, 1]
