"""Metrics: their formulas, and their numbers in `fit`."""

import math

import numpy as np
import pytest

import nn
from autograd import Tensor, Value

X = np.random.default_rng(0).normal(size=(23, 4))
Y = X[:, :1] + 1


def fitted(**options):
    net = nn.MLP([4, 1], output_activation=nn.identity, rng=0)
    settings = {
        "optimizer": nn.SGD(net.parameters(), 0.01),
        "epochs": 2,
        "batch_size": 5,
        "rng": 0,
        **options,
    }
    return nn.fit(net, X, Y, **settings)


def test_r_squared_is_the_share_of_the_variance_that_is_explained():
    y = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 0.0]])
    assert nn.r_squared(y, y) == 1
    assert nn.r_squared(np.tile(y.mean(axis=0), (3, 1)), y) == 0
    a = y + np.array([[0.5, 0.0], [0.0, 5.0], [0.0, 0.0]])
    assert nn.r_squared(a, y) == pytest.approx((1 - 0.25 / 2 + 1 - 25 / 200) / 2, rel=1e-15)
    assert nn.r_squared(Tensor(a), y) == nn.r_squared(a, y)
    assert nn.r_squared([Value(1.0), Value(2.0)], [1.0, 2.0]) == 1
    assert math.isnan(nn.r_squared([1.0], [2.0]))  # one example does not vary


def test_mean_absolute_error_is_in_the_units_of_the_desired_outputs():
    assert nn.mean_absolute_error([3, 0], [0, 4]) == 3.5
    assert nn.mean_absolute_error(np.uint8([3, 0]), np.uint8([0, 4])) == 3.5


@pytest.mark.parametrize("metric", [nn.r_squared, nn.mean_absolute_error])
def test_shapes_that_differ_are_refused_with_the_cure(metric):
    a, y = np.ones((3, 1)), np.ones(3)
    with pytest.raises(ValueError, match=r"one output is one column: y\.reshape\(-1, 1\)"):
        metric(a, y)
    with pytest.raises(ValueError, match=f"{metric.__name__}.* outputs of shape"):
        metric([], [])


def test_metrics_are_measured_on_what_the_net_gave_at_its_turn():
    seen = []

    def measured(a, y):
        seen.append((a.shape, np.array(y)))
        return np.mean(a)

    history = fitted(metrics=[measured], validation=(X[:7], Y[:7]))
    assert [shape for shape, _ in seen] == [(2, 1), (23, 1), (7, 1), (23, 1), (7, 1)]
    assert all(sorted(y.ravel()) == sorted(Y.ravel()) for _, y in seen[1::2])
    assert not np.array_equal(seen[1][1], Y)
    assert list(history.metrics) == ["measured"]
    assert all(type(x) is float for x in history.metrics["measured"])
    # As the cost is: of the same outputs.
    assert fitted(metrics=[lambda a, y: ((a - y) ** 2).mean()]).metrics["<lambda>"] == pytest.approx(
        fitted().cost, rel=1e-12
    )


def test_a_callback_may_watch_a_metric():
    stop = nn.early_stopping(1, monitor=lambda epoch: -epoch.validation_metrics["R²"])
    net = nn.MLP([4, 1], output_activation=nn.identity, rng=0)
    optimizer = nn.SGD(net.parameters(), lr=lambda steps: 0.02 if steps < 20 else 1.0)
    history = nn.fit(net, X, Y, optimizer=optimizer, epochs=9, batch_size=5, rng=0, validation=(X, Y),
                     metrics={"R²": nn.r_squared}, callbacks=[stop])  # fmt: skip
    assert (len(history), history.stopped) == (5, "no epoch since 4 was better")


@pytest.mark.parametrize(
    ("metrics", "error", "message"),
    [
        (nn.r_squared, TypeError, r"metrics is a dict .*\{\"R²\": nn\.r_squared\}"),
        ("accuracy", TypeError, "metrics is a dict"),
        (["accuracy"], TypeError, "a metric is a function of outputs and desired outputs"),
        ({"R²": 1.0}, TypeError, "not 1.0"),
        ([nn.r_squared, nn.r_squared], ValueError, "two metrics have the same name"),
        ({"shape": lambda a, y: a.shape}, TypeError, "the metric 'shape' gave no real number"),
        ({"accuracy": nn.accuracy}, TypeError, r"nn\.accuracy takes a net; .*in history\.accuracy"),
    ],
)
def test_what_is_no_metric_is_told_before_a_step(metrics, error, message):
    with pytest.raises(error, match=message):
        fitted(metrics=metrics)
