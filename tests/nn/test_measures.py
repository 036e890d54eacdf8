"""How often a net is right, by labels and by desired outputs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value
from nn import measures
from nn.measures import judge

X = np.random.default_rng(0).normal(size=(23, 4))
LABELS = (X[:, 0] > 0).astype(int)
Y = nn.data.one_hot(LABELS, classes=2)


def make(node=Tensor):
    return nn.MLP([4, 3, 2], node=node, rng=0)


def as_it_comes(x):
    return x


# -- accuracy -------------------------------------------------------------------------------------


def test_accuracy_is_the_share_of_examples_whose_largest_output_is_at_the_label():
    outputs = [[0.1, 0.7, 0.2], [0.9, 0.3, 0.5], [0.2, 0.3, 0.4]]
    assert nn.accuracy(as_it_comes, outputs, [1, 0, 0]) == pytest.approx(2 / 3)
    assert nn.accuracy(as_it_comes, outputs, [1, 0, 2]) == 1
    assert nn.accuracy(as_it_comes, outputs, np.array([0, 1, 0], np.uint8)) == 0


@pytest.mark.parametrize(
    ("outputs", "labels", "right"),
    [
        ([0.9, 0.51, 0.49, 0.1], [1, 1, 0, 0], 1),
        ([0.9, 0.51, 0.49, 0.1], [0, 1, 1, 0], 1 / 2),
        ([0.9, 0.1, -0.1, -0.9], [1, 1, -1, -1], 1),
        ([0.4, 0.4], [1, -1], 1 / 2),  # 0 is the middle, not 0.5
        ([0.5], [0], 1),  # the middle is low, as the first is the largest of equals
        ([0.5], [1], 0),
    ],
)
def test_one_output_is_right_on_the_side_of_its_label(outputs, labels, right):
    assert nn.accuracy(as_it_comes, np.reshape(outputs, (-1, 1)), labels) == right


def test_accuracy_goes_through_more_examples_than_a_chunk(monkeypatch):
    net = make()
    whole = nn.accuracy(net, X, LABELS)
    seen = []
    monkeypatch.setattr(measures, "CHUNK", 10)
    assert nn.accuracy(lambda x: seen.append(len(x)) or net(x), X, LABELS) == whole
    assert seen == [10, 10, 3]
    assert 0 < whole < 1


def test_accuracy_is_the_same_for_both_nodes_and_trained_dtypes():
    assert nn.accuracy(make(), X, LABELS) == nn.accuracy(make(Value), X, LABELS)
    single = nn.MLP([4, 3, 2], dtype=np.float32, rng=0)
    assert nn.accuracy(single, X.astype(np.float32), LABELS) == nn.accuracy(make(), X, LABELS)


def test_a_net_of_values_is_asked_about_few_of_many_examples():
    asked = []

    class Counting(nn.MLP):
        def __call__(self, x):
            asked.append(len(x))
            return super().__call__(x)

    X = np.random.default_rng(1).normal(size=(2000, 3))
    labels = np.arange(2000) % 4
    found = nn.accuracy(Counting([3, 5, 4], node=Value, rng=0), X, labels)
    assert found == nn.accuracy(nn.MLP([3, 5, 4], rng=0), X, labels)
    assert sum(asked) < 100


def test_accuracy_records_no_graph():
    recorded = []

    def net(x):
        out = Tensor(x) * 2
        recorded.append(not out.is_leaf)
        return out

    nn.accuracy(net, X, LABELS)
    assert recorded == [False]


@pytest.mark.parametrize(
    ("net", "inputs", "labels", "error", "message"),
    [
        (make(), X, Y, TypeError, "one-hot outputs become labels by .*argmax"),
        (make(), X, LABELS.astype(float), TypeError, "labels are whole numbers of shape"),
        (make(), X, LABELS.astype(bool), TypeError, "not bool"),
        (make(), X, LABELS.astype(str), TypeError, "labels is an array of real numbers"),
        (make(), X.astype(str), LABELS, TypeError, "X is an array of real numbers"),
        (make(), X, [1, 0], ValueError, r"X has shape \(23, 4\) and labels \(2,\)"),
        (make(), X[0], 1, ValueError, r"X has shape \(4,\)"),
        (make(), X[:0], LABELS[:0], ValueError, "at least one"),
        (make(), X, 2 * LABELS, ValueError, "the net has 2 outputs, so labels lie from 0 to 1"),
        (make(), X, LABELS - 1, ValueError, "labels lie from 0 to 1"),
        (nn.MLP([4, 1], rng=0), X, 2 * LABELS, ValueError, "0 and 1, or -1 and 1"),
        (nn.MLP([4, 1], rng=0), X, np.arange(23) % 3 - 1, ValueError, "0 and 1, or -1 and 1"),
        (lambda x: x.sum(axis=1), X, LABELS, ValueError, r"the net gave shape \(23,\) for 23 examples"),
        (lambda x: x[1:], X, LABELS, ValueError, r"gave shape \(22, 4\) for 23 examples"),
        (lambda x: x * math.nan, X, LABELS, ValueError, "not all finite"),
        (lambda x: x + math.inf, X, LABELS, ValueError, "not all finite"),
    ],
)
def test_accuracy_of_what_has_none_is_refused(net, inputs, labels, error, message):
    with pytest.raises(error, match=message):
        nn.accuracy(net, inputs, labels)


# -- right and wrong by desired outputs -----------------------------------------------------------


@given(st.data())
def test_desired_outputs_are_judged_as_their_labels_are(data):
    n, classes = data.draw(st.integers(2, 6)), data.draw(st.integers(2, 4))
    labels = np.array(data.draw(st.lists(st.integers(0, classes - 1), min_size=n, max_size=n)))
    numbers = st.floats(-2, 2) | st.integers(-1, 1)
    outputs = np.array([[data.draw(numbers) for _ in range(classes)] for _ in range(n)])
    right = nn.accuracy(as_it_comes, outputs, labels)
    desired = nn.data.one_hot(labels, classes=classes)
    assert judge(labels)(outputs, labels) == judge(desired)(outputs, desired) == right


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (0.01, 0.99), (1, 255)])
def test_one_column_is_judged_by_the_middle_of_its_two_numbers(low, high):
    dtype = np.uint8 if high == 255 else float
    desired = np.array([[low], [high], [high]], dtype)
    count = judge(desired)
    middle = (low + high) / 2
    assert count(np.array([[low], [high], [middle + 1e-3]]), desired) == 1
    assert count(np.array([[high], [low], [middle - 1e-3]]), desired) == 0


@pytest.mark.parametrize(
    "desired",
    [
        [[0.3], [0.5], [0.7]],
        [[1.0], [1.0]],
        [[0, 0], [0, 1]],
        [[1, 1], [0, 1]],
        [[0.0, 1.0], [0.5, 0.0]],
        [[math.nan, 1.0], [1.0, math.nan]],
    ],
)
def test_numbers_that_are_no_classes_have_no_right_and_wrong(desired):
    assert judge(np.array(desired)) is None


def test_a_batch_is_judged_by_what_all_desired_outputs_are():
    count = judge(np.array([[0.0], [1.0]]))
    ones = np.array([[1.0], [1.0]])
    assert count(np.array([[0.6], [0.4]]), ones) == 1 / 2
