"""Neurons, layers and networks on the engine, from the lectures' chain of single neurons to digits.

>>> import numpy as np
>>> import nn
>>> net = nn.MLP([784, 16, 16, 10], rng=0)
>>> net.num_parameters
13002
>>> net(np.full(784, 0.5)).shape
(10,)

PYTEST_DONT_REWRITE: no assertions for pytest to explain.
"""

from nn import data, initializers
from nn._interchange.exports import to_c, to_onnx
from nn._interchange.weights import from_keras, from_torch, to_keras, to_torch
from nn._lectures.looking_inside import Errors, backquery, compare_errors, split_errors, transposed_errors
from nn._lectures.perceptron import Perceptron
from nn._measures.accuracy import accuracy
from nn._measures.costs import (
    LogitsWarning,
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge_loss,
    l2_penalty,
    mean_squared_error,
    quadratic_cost,
)
from nn._measures.metrics import mean_absolute_error, r_squared
from nn._nets.activations import Activation, identity
from nn._nets.files import load, save
from nn._nets.layers import Layer, Neuron
from nn._nets.mlp import MLP
from nn._nets.modules import Module, Sequential
from nn._training.callbacks import StopTraining, checkpoint, early_stopping
from nn._training.history import Epoch, History
from nn._training.optimizers import SGD, Adam, Optimizer
from nn._training.schedules import cosine_decay, exponential_decay, step_decay, warmup
from nn._training.training import Cost, DivergenceError, fit

__all__ = [  # noqa: RUF022 - in reading order
    "Neuron", "Layer", "MLP", "Perceptron", "Module", "Sequential",
    "Activation", "identity", "initializers", "save", "load",
    "to_onnx", "to_c", "to_torch", "from_torch", "to_keras", "from_keras",
    "quadratic_cost", "half_squared_error", "mean_squared_error", "cross_entropy",
    "binary_cross_entropy", "hinge_loss", "l2_penalty", "Cost", "LogitsWarning",
    "Optimizer", "SGD", "Adam", "step_decay", "exponential_decay", "cosine_decay", "warmup",
    "fit", "accuracy", "r_squared", "mean_absolute_error", "History", "Epoch", "DivergenceError",
    "StopTraining", "early_stopping", "checkpoint",
    "backquery", "split_errors", "transposed_errors", "compare_errors", "Errors",
    "data",
]  # fmt: skip
