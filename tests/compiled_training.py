"""Training by programs beside training on nodes, for the tests of several rooms."""

import copy

import numpy as np
import pytest

import nn
from autograd import (
    Value,
    square,
    sum,
    tanh,
)
from nn._training.steps.compiled import CannotCompile

__all__ = [
    "LABELS", "OnNodes", "X", "Y", "alike", "both", "distance", "make", "spread_out", "train", "weights",
]  # fmt: skip

rng = np.random.default_rng(0)
X = rng.normal(size=(23, 4))
LABELS = (X[:, 0] > 0).astype(int)
Y = nn.data.one_hot(LABELS)[:, :2]


def make(node=Value, **options):
    return nn.MLP([4, 5, 2], node=node, rng=0, **options)


class OnNodes(nn.MLP):
    """The reference: a net of Tensors whose steps `train` takes on nodes."""


def train(net, X=X, Y=Y, optimizer=None, **options):
    settings = {"epochs": 3, "batch_size": 5, "rng": 0, **options}
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(net, OnNodes):
            patch.setattr(nn._training.loop.TrainingLoop, "_compiled", refused)
        return nn.fit(net, X, Y, optimizer=optimizer or nn.SGD(net.parameters(), 1.0), **settings)


def refused(*args):
    raise CannotCompile("it is a reference")


def weights(net):
    return np.concatenate([np.ravel(np.array([p.data])) for p in net.parameters()])


def alike(scalars, arrays):
    np.testing.assert_allclose(weights(scalars), weights(arrays), rtol=0, atol=1e-12)


def distance(a, y):
    """A cost of one's own, for one example or several."""
    return sum(
        [square(tanh(ai[0]) - yi[0]) + 0.5 * abs(ai[1] - yi[1]) for ai, yi in zip(a, y, strict=True)]
    ) / len(a)


def both(reference, **options):
    """The histories of a net that is compiled and of its copy on nodes, which end alike."""
    net = copy.deepcopy(reference)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn._training.loop.TrainingLoop, "_compiled", refused)
        expected = train(reference, **options)
    history = train(net, **options)
    for p, q in zip(net.parameters(), reference.parameters(), strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-9, atol=1e-12)
        assert p.dtype == q.dtype
    np.testing.assert_allclose(history.cost, expected.cost, rtol=1e-9)
    assert history.accuracy == expected.accuracy
    return history, expected


def spread_out(a, y):
    """A cost that mixes the examples of a batch."""
    return nn.quadratic_cost(a, y) + a.var(axis=0).sum()
