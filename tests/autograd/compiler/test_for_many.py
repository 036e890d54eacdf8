"""A function of Values for many examples: quick where a program does as it does, itself elsewhere."""

import itertools

import numpy as np
import pytest

from autograd import Tensor, Value, log, no_grad, tanh
from autograd._compiler.programs.for_many import NUM_CHECKED, for_many

w = [Value(0.5), Value(-1.5)]
TURNS = itertools.count()
X = np.random.default_rng(0).normal(size=(1000, 2))


class Asked:
    """A function that counts the examples it is asked about."""

    def __init__(self, f):
        self.f, self.count = f, 0

    def __call__(self, x):
        self.count += len(x)
        return np.array([self.f(xi) for xi in x], object)


def neuron(x):
    return tanh(w[0] * x[0] + w[1] * x[1])


def expected(z):
    return np.tanh(0.5 * z[:, 0] - 1.5 * z[:, 1])


@pytest.mark.parametrize("of_one", [neuron, lambda x: [neuron(x), w[1] * x[0]]], ids=["number", "row"])
def test_few_are_asked_and_all_are_answered(of_one):
    f = Asked(of_one)
    with no_grad():
        found = for_many(f, X)
    assert f.count == 1 + 1 + NUM_CHECKED
    np.testing.assert_allclose(found.reshape(1000, -1)[:, 0], expected(X), rtol=1e-14)
    assert found.shape == np.shape(f(X))


@pytest.mark.parametrize(
    "of_one",
    [
        lambda x: neuron(x) if x[0] > 0 else -neuron(x),
        lambda x: neuron(x) if float(x[0]) < 100 else -neuron(x),  # which no example chooses
        lambda x: log(w[0] * x[0] + 1),  # undefined for some
        lambda x: neuron(x) * next(TURNS),
        lambda x: neuron([float(x[0]), float(x[1])]),  # of numbers that are recorded nowhere
    ],
    ids=["a choice", "a rare one", "undefined", "never the same", "numbers"],
)
def test_what_a_program_does_not_do_is_left_to_the_function(of_one):
    assert for_many(Asked(of_one), X) is None


def test_few_examples_and_what_is_not_made_of_values_are_left_to_the_function():
    assert for_many(Asked(neuron), X[: 2 * NUM_CHECKED]) is None
    assert for_many(lambda x: Tensor(x).sum(axis=1), X) is None
    assert for_many(lambda x: x, X) is None
