"""Data and settings that `fit` cannot train with are refused before anything changes."""

import math

import numpy as np
import pytest
import training_runs
from training_runs import X, Y, make, same, train, weights

import nn


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"Y": Y[:-1]}, ValueError, r"X has shape \(23, 4\) and Y \(22, 2\)"),
        ({"X": X[0]}, ValueError, r"X has shape \(4,\)"),
        ({"X": X[:0], "Y": Y[:0]}, ValueError, "at least one"),
        ({"X": X[:, :3]}, ValueError, r"given shape \(5, 3\)"),
        ({"Y": Y[:, :1]}, ValueError, r"\(5, 2\) and desired outputs of shape \(5, 1\)"),
        ({"Y": Y[:, 0]}, ValueError, r"Y has shape \(23,\), expected \(n, outputs\)"),
        ({"Y": Y.astype(str)}, TypeError, "Y is an array of real numbers"),
        ({"epochs": 0}, ValueError, "epochs is a whole number from 1, not 0"),
        ({"batch_size": -2}, ValueError, "batch_size is a whole number from 1, not -2"),
        ({"rng": None}, TypeError, "rng is a whole number"),
        ({"validation": (X, Y[:, :1])}, ValueError, r"validation Y \(23, 1\)"),
        ({"validation": (X[:3], Y)}, ValueError, "validation X has shape"),
        ({"cost": lambda a, y: 1.0}, TypeError, "the cost gave float"),
    ],
)
def test_bad_input_is_refused_before_anything_changes(changes, error, message):
    net = make()
    before = weights(net)
    with pytest.raises(error, match=message):
        train(net, **changes)
    assert same(weights(net), before)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"X": np.where(X[7, 2] == X, np.nan, X)}, ValueError, "X holds nan or infinity, first in row 7"),
        ({"validation": (X, np.where(Y == 1, Y, np.inf))}, ValueError, "validation Y holds nan or infinity"),
        ({"validation": X}, TypeError, r"validation is a pair \(X, Y\), not ndarray"),
        ({"cost": "mse"}, TypeError, r"cost is a function such as nn\.quadratic_cost, not 'mse'"),
    ],
)
def test_data_that_cannot_be_learnt_from_is_told_before_anything_changes(changes, error, message):
    net = make()
    before = weights(net)
    with pytest.raises(error, match=message):
        train(net, **changes)
    assert same(weights(net), before)


def test_labels_for_one_output_are_told_to_be_a_column():
    with pytest.raises(ValueError, match=r"one output is one column: y\.reshape\(-1, 1\)"):
        train(nn.MLP([4, 1], rng=0), Y=Y.argmax(axis=1))


def test_one_output_and_labels_are_counted_as_accuracy_does():
    net = nn.MLP([4, 1], output_activation=nn.identity, rng=0)
    labels = Y.argmax(axis=1)
    history = train(
        net, Y=labels, lr=0.05, epochs=40, cost=lambda a, y: nn.mean_squared_error(a.reshape(-1), y),
        validation=(X, labels),
    )  # fmt: skip
    assert history.validation_accuracy[-1] == nn.accuracy(net, X, labels, threshold=0.5) > 0.8


def test_grey_values_of_images_are_told_to_be_scaled(recwarn):
    images = np.random.default_rng(0).integers(256, size=(10, 64)).astype(np.uint8)
    net = nn.MLP([64, 2], rng=0)
    for kind in (np.uint8, np.int64, np.float32):
        with pytest.warns(
            RuntimeWarning, match=r"X holds whole numbers up to .*nn\.data\.scaled\(X\)"
        ) as told:
            train(net, X=images.astype(kind), Y=Y[:10], epochs=1)
        assert told[0].filename == training_runs.__file__
    recwarn.clear()
    train(net, X=nn.data.scaled(images), Y=Y[:10])
    train(nn.MLP([4, 2], rng=0), X=images[:, :4], Y=Y[:10])  # a few whole numbers, as ages
    for few in (images // 64, images / 64, images * 300.0, images - 100.0):
        train(net, X=few, Y=Y[:10], epochs=1, lr=1e-3)
    assert not recwarn


@pytest.mark.parametrize("batch_size", [1, 23, 1000])
def test_lists_and_one_example_to_validate_with(batch_size):
    net = make()
    history = train(
        net, X=X.tolist(), Y=Y.tolist(), batch_size=batch_size, validation=(X[:1].tolist(), Y[:1].tolist()),
        metrics=[nn.r_squared],
    )  # fmt: skip
    assert history.cost == train(make(), batch_size=batch_size).cost
    assert history.validation_accuracy[-1] in (0, 1)
    assert math.isnan(history.validation_metrics["r_squared"][-1])


def test_callbacks_may_come_from_a_generator():
    seen = []
    train(make(), callbacks=(callback for callback in [seen.append]))
    assert len(seen) == 3


@pytest.mark.parametrize("optimizer", [None, nn.SGD, 3])
def test_what_is_no_optimizer_is_told(optimizer):
    with pytest.raises(TypeError, match=r"optimizer is an object such as nn\.SGD"):
        train(make(), optimizer=optimizer)
