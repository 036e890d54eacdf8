"""Right and wrong by desired outputs, and by the cost."""

import functools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value, exp, log, sigmoid, softplus
from autograd._graph.leaving import plain_array
from nn._measures.classification import judge_of, threshold_of

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def as_it_comes(x):
    return x


# -- right and wrong by desired outputs -----------------------------------------------------------


@given(st.data())
def test_desired_outputs_are_judged_as_their_labels_are(data):
    n, classes = data.draw(st.integers(2, 6)), data.draw(st.integers(2, 4))
    labels = np.array(data.draw(st.lists(st.integers(0, classes - 1), min_size=n, max_size=n)))
    numbers = st.floats(-2, 2) | st.integers(-1, 1)
    outputs = np.array([[data.draw(numbers) for _ in range(classes)] for _ in range(n)])
    right = nn.accuracy(as_it_comes, outputs, labels)
    desired = nn.data.one_hot(labels, classes=classes)
    assert judge_of(labels, classes)(outputs, labels) == judge_of(desired, classes)(outputs, desired) == right


@pytest.mark.parametrize("dtype", [float, np.float32, np.int8])
@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (0.01, 0.99), (0.1, 0.9), (-0.9, 0.9)])
def test_one_column_is_judged_by_the_middle_of_its_two_numbers(low, high, dtype):
    desired = np.array([[low], [high], [high]], dtype if isinstance(low, int) else np.result_type(dtype, "f"))
    count = judge_of(desired, 1)
    middle = (low + high) / 2
    assert count(np.array([[low], [high], [middle + 1e-3]]), desired) == 1
    assert count(np.array([[high], [low], [middle - 1e-3]]), desired) == 0


@pytest.mark.parametrize(
    "desired",
    [
        [[0.3], [0.5], [0.7]],
        [[4.0], [8.0], [8.0]],
        [[1], [255]],
        [[0.2], [0.9]],
        [4, 6, 8],
        [4, 8, 8],
        [1, 1, 1],
        [[1.0], [1.0]],
        [[0, 0], [0, 1]],
        [[1, 1], [0, 1]],
        [[0.0, 1.0], [0.5, 0.0]],
        [[math.nan, 1.0], [1.0, math.nan]],
    ],
)
def test_numbers_that_are_no_classes_have_no_right_and_wrong(desired):
    array = np.array(desired)
    assert judge_of(array, 1 if array.ndim == 1 else array.shape[1]) is None


def test_a_batch_is_judged_by_what_all_desired_outputs_are():
    count = judge_of(np.array([[0.0], [1.0]]), 1)
    ones = np.array([[1.0], [1.0]])
    assert count(np.array([[0.6], [0.4]]), ones) == 1 / 2


# -- where a cost divides one output --------------------------------------------------------------


def mean(each):
    return each.sum() / len(each)


LOGITS = {
    "binary_cross_entropy": nn.binary_cross_entropy,
    "weighted": functools.partial(nn.binary_cross_entropy, weights=[1, 10]),
    "softplus": lambda a, y: mean(softplus(a) - y * a),
    "sigmoid and logarithm": lambda a, y: -mean(y * log(sigmoid(a)) + (1 - y) * log(1 - sigmoid(a))),
    "with a penalty": lambda a, y: nn.binary_cross_entropy(a, y) + 3.0,
    "squared after a sigmoid": lambda a, y: mean((sigmoid(a) - y) ** 2),
    "exponential": lambda a, y: mean(exp((1 - 2 * y) * a)),
    "focal": lambda a, y: mean(
        y * sigmoid(-a) ** 2 * softplus(-a) + 3 * (1 - y) * sigmoid(a) ** 2 * softplus(a)
    ),
}
IN_THE_MIDDLE = {
    "quadratic_cost": nn.quadratic_cost,
    "squared": lambda a, y: mean((a - y) ** 2),
    "absolute": lambda a, y: mean(abs(a - y)),
    "of probabilities": lambda a, y: -mean(y * log(a) + (1 - y) * log(1 - a)),
    "that looks at nothing": lambda a, y: mean(a * 0),
    "that fails": lambda a, y: a.no_such_thing,
}


@both_nodes
@pytest.mark.parametrize("Y", [np.array([[0.0], [1.0]]), np.array([[0.01], [0.99]])])
def test_a_cost_says_whether_it_takes_an_output_for_a_logit(node, Y):
    assert {name: threshold_of(cost, Y, node) for name, cost in LOGITS.items()} == dict.fromkeys(LOGITS, 0.0)
    assert not any(threshold_of(cost, Y, node) for cost in IN_THE_MIDDLE.values())
    assert {threshold_of(cost, Y, node) for cost in IN_THE_MIDDLE.values()} == {None}


@both_nodes
@pytest.mark.parametrize("cost", ["binary_cross_entropy", "softplus", "sigmoid and logarithm"])
def test_fit_judges_a_logit_at_0(node, cost):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    Y = (rng.uniform(size=(60, 1)) < sigmoid(0.8 * X[:, :1] + 0.2)).astype(float)
    net = nn.MLP([2, 1], node=node, output_activation=nn.identity, rng=0)
    history = nn.fit(
        net, X, Y, cost=LOGITS[cost], optimizer=nn.Adam(net.parameters(), 0.1), epochs=20, batch_size=20,
        validation=(X, Y), rng=0,
    )  # fmt: skip
    outputs = plain_array(net(X)).astype(float)
    right = [float(np.mean((outputs > threshold) == Y)) for threshold in (0, 0.5)]
    assert right[0] != right[1]
    assert history.validation_accuracy[-1] == right[0]
    assert nn.accuracy(net, X, Y[:, 0].astype(int), threshold=0) == right[0]


@both_nodes
def test_a_regression_has_no_accuracy_and_metrics_of_its_names(node):
    X = np.random.default_rng(0).normal(size=(40, 2))
    cylinders = np.select([X[:, 0] < -0.5, X[:, 0] < 0.5], [4, 6], 8)
    net = nn.MLP([2, 1], node=node, output_activation=nn.identity, rng=0)
    metrics = {"R²": nn.r_squared, "mean error": nn.mean_absolute_error}
    for Y in (cylinders[:, None], np.where(cylinders > 4, 8, 4)[:, None]):
        history = nn.fit(
            net, X, Y, optimizer=nn.SGD(net.parameters(), 0.05), epochs=30, batch_size=8, validation=(X, Y),
            metrics=metrics, rng=0,
        )  # fmt: skip
        outputs = plain_array(net(X)).astype(float)
        assert "accuracy" not in str(history)
        assert set(history.accuracy + history.validation_accuracy) == {None}
        assert list(history.metrics) == list(history.validation_metrics) == list(metrics)
        explained = 1 - np.sum((outputs - Y) ** 2) / np.sum((Y - Y.mean()) ** 2)
        assert history.validation_metrics["R²"][-1] == pytest.approx(explained, rel=1e-12)
        assert explained > 0.5
        assert history[-1].validation_metrics["mean error"] == pytest.approx(
            abs(outputs - Y).mean(), rel=1e-12
        )
    labels = nn.fit(
        net, X, cylinders, cost=lambda a, y: nn.mean_squared_error(a.reshape(-1), y.reshape(-1)), rng=0,
        optimizer=nn.SGD(net.parameters(), 0.01), epochs=1, batch_size=8,
    )  # fmt: skip
    assert labels.accuracy == [None]
