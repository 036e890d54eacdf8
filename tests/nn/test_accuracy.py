"""How often a net is right, by labels and by desired outputs."""

import math

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from nn._nets import outputs as passes

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
    monkeypatch.setattr(passes, "CHUNK", 10)
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
        (make(), X, LABELS.astype(str), TypeError, "labels is an array of real numbers, and .* is text"),
        (make(), X.astype(str), LABELS, TypeError, "X is an array of real numbers"),
        (make(), X, [1, 0], ValueError, r"X has shape \(23, 4\) and labels \(2,\)"),
        (make(), X[0], 1, ValueError, r"X has shape \(4,\)"),
        (make(), X[:0], LABELS[:0], ValueError, "at least one"),
        (make(), X, 2 * LABELS, ValueError, "the net has 2 outputs, so labels lie from 0 to 1"),
        (make(), X, LABELS - 1, ValueError, "labels lie from 0 to 1"),
        (
            make(),
            X,
            np.array(["no", "yes"], object)[LABELS],
            TypeError,
            r"'.*' in row 0 is text: nn\.accuracy",
        ),
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


def test_labels_of_any_kind_are_right_where_their_numbers_are():
    names = np.array(["cat", "dog"])[LABELS]
    for labels in (names, names.tolist(), names.astype(object)):
        assert nn.accuracy(make(), X, labels, classes=["cat", "dog"]) == nn.accuracy(make(), X, LABELS)
    one = nn.MLP([4, 1], rng=0)
    assert nn.accuracy(one, X, names, classes=np.unique(names)) == nn.accuracy(one, X, LABELS)
    with pytest.raises(ValueError, match=r"a label is 'dog', and the classes are \['cat'\]"):
        nn.accuracy(make(), X, names, classes=["cat"])


def test_a_threshold_divides_one_output():
    outputs, labels = [[2.0], [0.3], [-0.1]], [1, 1, 0]
    assert nn.accuracy(as_it_comes, outputs, labels) == pytest.approx(2 / 3)
    assert nn.accuracy(as_it_comes, outputs, labels, threshold=0) == 1
    assert nn.accuracy(as_it_comes, outputs, labels, threshold=np.array(1.0)) == pytest.approx(2 / 3)
    for threshold in (math.nan, "0", True):
        with pytest.raises(ValueError, match="the threshold is a finite number"):
            nn.accuracy(as_it_comes, outputs, labels, threshold=threshold)
    with pytest.raises(ValueError, match="one output, and this one has 2"):
        nn.accuracy(make(), X, LABELS, threshold=0)


def test_what_may_be_a_logit_is_not_divided_at_a_half_in_silence(recwarn):
    linear = nn.MLP([4, 1], output_activation=nn.identity, rng=0)
    with pytest.warns(RuntimeWarning, match="output is linear, and is divided at 0.5") as told:
        half = nn.accuracy(linear, X, LABELS)
    assert told[0].filename == __file__
    recwarn.clear()
    assert nn.accuracy(linear, X, LABELS, threshold=0.5) == half
    assert nn.accuracy(linear, X, LABELS, threshold=0) == np.mean((linear(X).data[:, 0] > 0) == LABELS)
    nn.accuracy(linear, X, 2 * LABELS - 1)
    nn.accuracy(nn.MLP([4, 1], rng=0), X, LABELS)
    assert not recwarn
