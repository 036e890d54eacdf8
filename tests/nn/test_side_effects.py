"""What callbacks change between epochs, in the net or outside, holds in the steps after."""

import collections
import types

import numpy as np
import pytest
from compiled_training import OnNodes, X, alike, make, train

import nn
from autograd import (
    Tensor,
)

pytestmark = pytest.mark.filterwarnings("error")  # fit warns of a net that it does not compile


def test_a_number_that_a_callback_changes_holds_from_the_next_epoch_on(nets):
    for net in nets:
        weight = [1.0]

        def cost(a, y, weight=weight):
            return nn.quadratic_cost(a, y) * weight[0]

        def halve(history, weight=weight):
            weight[0] /= 2

        train(net, cost=cost, callbacks=[halve], epochs=4)
    alike(*nets)


class Settings:
    """A class and its variable, as of a module of settings."""

    weight = 1.0


def scaled(amount):
    return lambda a, y: nn.quadratic_cost(a, y) * amount()


def array_in_place(net, inputs):
    weights = np.ones(2)
    return lambda a, y: nn.quadratic_cost(a * weights, y * weights), lambda h: weights.__imul__(0.5)


def another_array(net, inputs):
    weights = [np.ones(2)]
    return (
        lambda a, y: nn.quadratic_cost(a * weights[0], y),
        lambda h: weights.append(weights.pop() * 0.5),
    )


def number_of_numpy(net, inputs):
    weights = {"cost": np.float64(1.0)}
    return scaled(lambda: weights["cost"]), lambda h: weights.update(cost=weights["cost"] / 2)


def node_outside_the_net(net, inputs):
    weight = type(net.parameters()[0])(1.0)
    return scaled(lambda: weight), lambda h: setattr(weight, "data", weight.data / 2)


def variable_of_a_class(net, inputs):
    Settings.weight = 1.0
    return scaled(lambda: Settings.weight), lambda h: setattr(Settings, "weight", Settings.weight / 2)


def variable_of_a_module(net, inputs):
    settings = types.ModuleType("settings")
    settings.weight = 1.0
    return scaled(lambda: settings.weight), lambda h: setattr(settings, "weight", settings.weight / 2)


def queue(net, inputs):
    weights = collections.deque([1.0])
    return scaled(lambda: weights[0]), lambda h: weights.append(weights.pop() / 2)


def examples(net, inputs):
    return nn.quadratic_cost, lambda h: np.multiply(inputs, 0.5, out=inputs)


@pytest.mark.parametrize(
    "change",
    [
        array_in_place, another_array, number_of_numpy, node_outside_the_net, variable_of_a_class,
        variable_of_a_module, queue, examples,
    ],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_whatever_a_callback_changes_holds_from_the_next_epoch_on(nets, change):
    for net in nets:
        inputs = X.copy()
        cost, halve = change(net, inputs)
        train(net, inputs, cost=cost, callbacks=[halve])
    alike(*nets)


def test_a_frozen_layer_that_a_callback_changes():
    nets = make(Tensor), OnNodes([4, 5, 2], rng=0)
    for net in nets:
        frozen, moving = net.parameters()[:2], net.parameters()[2:]
        train(
            net, optimizer=nn.SGD(moving, 1.0),
            callbacks=[lambda h, frozen=frozen: setattr(frozen[0], "data", frozen[0].data / 2)],
        )  # fmt: skip
    alike(*nets)
