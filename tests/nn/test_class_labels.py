"""Labels of classes: as numbers, as desired outputs, as weights."""

import math

import numpy as np
import pytest

import nn
from nn.data import class_numbers, class_weights, one_hot


def test_one_hot_takes_the_number_of_classes_second():
    assert one_hot([2, 0], 3).tolist() == [[0.01, 0.01, 0.99], [0.99, 0.01, 0.01]]
    assert one_hot([2, 0], np.int64(3), 0, 1).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot(1, 2).tolist() == [0.01, 0.99]
    assert one_hot([2, 0]).shape == (2, 10)


@pytest.mark.parametrize("kind", [list, np.array, lambda labels: np.array(labels, object)])
def test_labels_of_any_kind_become_numbers_where_their_classes_are_listed(kind):
    assert class_numbers(kind(["dog", "cat", "dog"]), ["cat", "dog"]).tolist() == [1, 0, 1]
    assert class_numbers(kind([8, 3, 3]), [3, 8]).tolist() == [1, 0, 0]
    assert class_numbers(kind([True, False]), [False, True]).tolist() == [1, 0]
    assert class_numbers(kind(["b", "a"]), np.unique(["b", "a", "b"])).tolist() == [1, 0]
    assert class_numbers(kind([2, 0]), 3).tolist() == [2, 0]
    assert class_numbers("dog", ["cat", "dog"]) == 1
    assert one_hot(kind(["dog", "cat"]), ["cat", "dog"], low=0, high=1).tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("labels", "classes", "error", "message"),
    [
        (["emu"], ["cat", "dog"], ValueError, r"a label is 'emu', and the classes are \['cat', 'dog'\]"),
        ([None, "cat"], ["cat", "dog"], ValueError, "a label is None"),
        ([math.nan, "cat"], ["cat", "dog"], ValueError, "a label is nan"),
        (["cat"], ["cat", "cat"], ValueError, "stands twice"),
        (["cat"], 2, TypeError, r"cat is text: list their classes in order, as in nn\.data\.one_hot"),
        ([True], 2, TypeError, "not an array of bool: list their classes"),
        ([1.0], 2, TypeError, r"not an array of float64: np\.asarray\(labels, int\)"),
        (["cat"], "cat", TypeError, "or a list of them, not 'cat'"),
        ([1], 0.01, TypeError, "classes is how many there are, or a list of them, not 0.01"),
        ([1], True, TypeError, "not True"),
        ([0], 0, ValueError, "the number of classes is a whole number from 1, not 0"),
        ([[0], [1]], 2, ValueError, r"not \(2, 1\); a column becomes labels by labels\.reshape\(-1\)"),
        ([["cat"]], ["cat"], ValueError, r"not \(1, 1\)"),
        ([2], 2, ValueError, "labels of 2 classes lie from 0 to 1; given 2"),
    ],
)
def test_labels_that_are_none_of_the_classes_are_told(labels, classes, error, message):
    with pytest.raises(error, match=message):
        class_numbers(labels, classes)
    with pytest.raises(error, match=message):
        one_hot(labels, classes)


@pytest.mark.parametrize(
    ("low", "high"),
    [(0.99, 0.01), (0.5, 0.5), (math.nan, 1), (0, math.nan), (-math.inf, 1), ("0", 1), (0, True)],
)
def test_one_hot_refuses_a_low_that_is_not_below_high(low, high):
    with pytest.raises(ValueError, match="low below high; given low="):
        one_hot([1], 2, low, high)


def test_class_weights_make_all_classes_count_alike():
    labels = np.array([0] * 6 + [1] * 3 + [2])
    weights = class_weights(labels, 3)
    assert weights.tolist() == [10 / 18, 10 / 9, 10 / 3]
    assert weights[labels].mean() == pytest.approx(1, rel=1e-15)
    assert class_weights(["b", "a", "b"], ["a", "b"]).tolist() == [1.5, 0.75]
    with pytest.raises(ValueError, match="no example of class 1"):
        class_weights([0, 2], 3)


def test_weights_move_a_net_to_the_rare_class():
    rng = np.random.default_rng(0)
    labels = (rng.uniform(size=300) < 0.1).astype(int)
    X = rng.normal(size=(300, 1)) + labels[:, None]
    recall = {}
    for weights in (None, class_weights(labels, 2)):
        for cost, outputs in ((nn.cross_entropy, 2), (nn.binary_cross_entropy, 1)):
            net = nn.MLP([1, outputs], output_activation=nn.identity, rng=0)
            nn.fit(
                net, X, labels, cost=lambda a, y, cost=cost, weights=weights: cost(a, y, weights=weights),
                optimizer=nn.Adam(net.parameters(), 0.1), epochs=15, batch_size=50, rng=0,
            )  # fmt: skip
            a = net(X[labels == 1]).data
            recall[weights is None, outputs] = float(np.mean(a[:, -1] > (a[:, 0] if outputs == 2 else 0)))
    assert max(recall[True, 1], recall[True, 2]) < 0.3
    assert min(recall[False, 1], recall[False, 2]) > 0.6


def test_a_missing_label_is_told_with_its_row():
    with pytest.raises(ValueError, match=r"missing value \(nan\) in row 1"):
        one_hot([1.0, float("nan")], 2)
