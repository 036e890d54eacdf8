"""Short runs of `nn.fit`, for the tests of training."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value

__all__ = ["X", "Y", "both_nodes", "make", "make_linear", "same", "train", "weights"]

X = np.random.default_rng(0).normal(size=(23, 4))
Y = nn.data.one_hot((X[:, 0] > 0).astype(int), classes=2)

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def make(node=Tensor, dtype=np.float64):
    return nn.MLP([4, 3, 2], node=node, rng=0, dtype=dtype)


def make_linear(node=Tensor):
    return nn.MLP([4, 2], node=node, output_activation=nn.identity, rng=0)


def train(net, X=X, Y=Y, lr=1.0, **options):
    settings = {"optimizer": nn.SGD(net.parameters(), lr), "epochs": 3, "batch_size": 5, "rng": 0, **options}
    return nn.fit(net, X, Y, **settings)


def weights(net):
    return [np.array(p.data) for p in net.parameters()]


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
