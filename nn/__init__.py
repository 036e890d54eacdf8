"""Neurons, layers and networks on the engine, from the lectures' chain of single neurons to digits.

>>> import numpy as np
>>> import nn
>>> net = nn.MLP([784, 16, 16, 10], rng=0)
>>> net.num_parameters
13002
>>> net(np.full(784, 0.5)).shape
(10,)
"""

from nn import data
from nn.costs import quadratic_cost
from nn.layers import MLP, Layer, Neuron
from nn.optimizers import SGD
from nn.training import DivergenceError, Epoch, History, accuracy, fit

__all__ = [  # noqa: RUF022 - in reading order
    "Neuron", "Layer", "MLP",
    "quadratic_cost",
    "SGD",
    "fit", "accuracy", "History", "Epoch", "DivergenceError",
    "data",
]  # fmt: skip
