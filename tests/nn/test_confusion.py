"""Which labels are taken for which."""

import copy
import pickle

import numpy as np
import pytest

import nn

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("names", [np.arange(4), np.array(["d", "b", "a", "c"]), [2.0, -1.0, 7.0, 3.0]])
def test_each_count_is_of_one_label_and_one_prediction(names):
    y, guess = (np.asarray(names)[RNG.integers(0, 4, 200)] for _ in range(2))
    matrix = nn.confusion_matrix(y, guess)
    assert matrix.classes == sorted(np.asarray(names).tolist())
    for order in (matrix.classes, matrix.classes[::-1]):
        expected = [[np.count_nonzero((y == a) & (guess == b)) for b in order] for a in order]
        assert np.array_equal(nn.confusion_matrix(y, guess, classes=order), expected)
    assert matrix.accuracy == np.mean(y == guess)


def test_rows_are_labels_and_columns_predictions():
    matrix = nn.confusion_matrix([0, 0, 0, 1], [1, 1, 0, 1])
    assert matrix.counts.tolist() == [[1, 2], [0, 1]]
    assert matrix.classes == [0, 1]
    assert nn.confusion_matrix([True, False], [True, True]).counts.tolist() == [[0, 1], [0, 1]]


def test_it_shows_itself_as_text_and_as_a_table():
    matrix = nn.confusion_matrix(["a<b", "c"] * 600, ["c", "c"] * 600)
    assert str(matrix).splitlines()[1].split() == ["a<b", "0", "600"]
    html = matrix._repr_html_()
    assert "a&lt;b" in html
    assert html.count("<tr>") == 3
    for same in (copy.copy(matrix), pickle.loads(pickle.dumps(matrix))):
        assert np.array_equal(same, matrix)
    with pytest.raises(ValueError, match="read-only"):
        matrix.counts[0, 0] = 7


@pytest.mark.parametrize(
    ("labels", "predicted", "classes", "error", "message"),
    [
        ([0, 1], [0], None, ValueError, r"shape \(2,\) and predictions \(1,\)"),
        ([], [], None, ValueError, r"shape \(0,\)"),
        ([0, 1], [[0.1, 0.9], [0.8, 0.2]], None, ValueError, r"net\.predict\(X, classes=10\)"),
        ([0, 1], ["0", "1"], None, TypeError, "hold int, str, which have no order"),
        ([0.0, np.nan], [0.0, 1.0], None, ValueError, "missing value"),
        ([0, 1], [0.3, 0.7], None, ValueError, r"0\.3 seems to be no class: outputs become labels by net"),
        ([0, 3], [0, 1], 3, ValueError, "a label is 3, and the classes are"),
    ],
)
def test_labels_that_cannot_be_counted_are_refused(labels, predicted, classes, error, message):
    with pytest.raises(error, match=message):
        nn.confusion_matrix(labels, predicted, classes)


def test_classes_that_are_fractions_are_listed():
    with pytest.raises(ValueError, match=r"classes=\[0\.5, 1\.5\]"):
        nn.confusion_matrix([0.5, 1], [1.5, 1])
    matrix = nn.confusion_matrix([0.5, 1], [1.5, 1], classes=[0.5, 1, 1.5])  # as the error says
    assert matrix.counts.tolist() == [[0, 0, 1], [0, 1, 0], [0, 0, 0]]
