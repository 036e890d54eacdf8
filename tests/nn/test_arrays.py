"""Tables of pandas, nullable columns and arrays of objects, wherever numbers are taken."""

import numpy as np
import pytest

import nn
from nn._support.arrays import numeric

pandas = pytest.importorskip("pandas")

FRAME = pandas.DataFrame(
    {"age": [22, 38, 26, 35], "fare": [7.25, 71.28, 7.92, 53.1], "sex": ["male", "female", "female", "male"]}
)
SURVIVED = pandas.Series([0, 1, 1, 0])


def fitted(X, Y, inputs, **options):
    net = nn.MLP([inputs, 2, np.shape(Y)[1] if np.ndim(Y) == 2 else 2], rng=0, output_activation=nn.identity)
    optimizer = nn.SGD(net.parameters(), 0.01)
    return net, nn.fit(net, X, Y, optimizer=optimizer, epochs=2, batch_size=2, rng=0, **options)


def test_dummies_beside_numbers_and_nullable_columns_are_taken():
    mixed = pandas.get_dummies(FRAME)
    assert np.asarray(mixed).dtype == object
    expected = mixed.to_numpy(float)
    for X in (mixed, mixed.convert_dtypes(), mixed.to_numpy(object), expected.tolist()):
        np.testing.assert_array_equal(numeric(X, "X"), expected)
        net, history = fitted(X, SURVIVED.astype("Int64"), 4, cost=nn.cross_entropy)
        same_net, same = fitted(expected, SURVIVED.to_numpy(), 4, cost=nn.cross_entropy)
        assert history.cost == same.cost
        assert nn.accuracy(net, X, SURVIVED.astype("Int64")) == nn.accuracy(same_net, expected, [0, 1, 1, 0])
        assert net(X).data.tolist() == net(expected).data.tolist()
        assert net(X.iloc[0] if hasattr(X, "iloc") else X[0]).data.tolist() == net(expected[0]).data.tolist()
    desired = pandas.get_dummies(FRAME["sex"])  # of bool
    assert fitted(expected, desired, 4)[1].cost == fitted(expected, desired.to_numpy(float), 4)[1].cost
    assert nn.quadratic_cost([[1, 0]] * 4, desired) == nn.quadratic_cost(
        [[1, 0]] * 4, desired.to_numpy(float)
    )


def test_columns_of_text_are_labels_where_their_classes_are_listed():
    sex = FRAME["sex"]
    for labels in (sex, sex.astype("category"), sex.astype("string"), sex.to_numpy(), sex.tolist()):
        assert nn.data.one_hot(labels, ["female", "male"]).argmax(axis=1).tolist() == [1, 0, 0, 1]
        assert nn.data.class_numbers(labels, np.unique(labels)).tolist() == [1, 0, 0, 1]
        with pytest.raises(TypeError, match=r"is text: .*nn\.data\.one_hot"):
            nn.data.one_hot(labels)
        with pytest.raises(
            TypeError, match=r"Y is an array of real numbers, and 'male' in row 0 is text: nn\.data"
        ):
            fitted(FRAME[["age", "fare"]], labels, 2)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (FRAME, TypeError, r"'male' in row 0, column 'sex' is text: pandas\.get_dummies\(X\)"),
        (
            FRAME.astype({"age": "Int64"}).shift(1)[["age", "fare"]],
            ValueError,
            "missing value in row 0, column 'age'",
        ),
        ([[1.0, None]], ValueError, "X has a missing value in row 0, column 1"),
        ([[1.0, {}]], TypeError, "in row 0, column 1 is of type dict"),
        (np.array([["1", "2"]]), TypeError, "'1' in row 0, column 0 is text"),
        (pandas.DataFrame({"day": pandas.to_datetime(["2020-01-01"])}), TypeError, "not of datetime64"),
        (np.array([1j]), TypeError, "not of complex128"),
    ],
)
def test_what_is_no_number_is_told_with_its_place(X, error, message):
    with pytest.raises(error, match=message):
        numeric(X, "X")
    net = nn.MLP([2, 2], rng=0)
    with pytest.raises(error, match=message):
        fitted(X, [0] * len(X), 2)
    with pytest.raises(error):
        net(X)
