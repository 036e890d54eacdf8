"""Training that Ctrl-C or an exception ends keeps its steps and its history."""

import math

import numpy as np
import pytest
from training_runs import both_nodes, make, same, train, weights

import nn
from autograd import Tensor

# -- stopped ---------------------------------------------------------------------------------------


class SomeSteps(nn.SGD):
    """Takes so many steps, and no more."""

    count = 7

    def step(self):
        if self.steps < self.count:
            super().step()


@both_nodes
def test_ctrl_c_keeps_the_epochs_and_the_steps_so_far(node):
    class Interrupted(nn.SGD):
        def step(self):
            if self.steps == 7:  # in the third step of the second epoch
                raise KeyboardInterrupt
            super().step()

    net, other = make(node), make(node)
    history = train(net, optimizer=Interrupted(net.parameters(), 1.0))
    assert history.interrupted
    assert "interrupted" in str(history)
    assert history.cost == train(make(node), epochs=1).cost
    train(other, optimizer=SomeSteps(other.parameters(), 1.0))
    assert same(weights(net), weights(other))


def test_ctrl_c_in_the_middle_of_a_cost_keeps_the_steps_so_far():
    calls = []

    def cost(a, y):
        calls.append(0)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return nn.quadratic_cost(a, y)

    net, other = make(Tensor), make(Tensor)
    assert train(net, cost=cost).interrupted
    train(other, optimizer=SomeSteps(other.parameters(), 1.0))
    for found, expected in zip(weights(net), weights(other), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)  # on nodes, and by a program


@both_nodes
def test_ctrl_c_in_the_middle_of_a_step_leaves_no_half_of_it(node):
    class Halfway(nn.SGD):
        def step(self):
            half = self.params[:1]
            nn.SGD(half, self.lr).step()
            raise KeyboardInterrupt

    net = make(node)
    before = weights(net)
    history = train(net, optimizer=Halfway(net.parameters(), 1.0))
    assert history.interrupted
    assert same(weights(net), before)


# -- an exception ends it --------------------------------------------------------------------------


class Fixed(Exception):
    """One that takes no attributes."""

    __slots__ = ()

    def __setattr__(self, name, value):
        if name == "history":
            raise AttributeError(name)
        super().__setattr__(name, value)


@both_nodes
@pytest.mark.parametrize("kind", [OSError, ZeroDivisionError, SystemExit])
def test_an_exception_of_a_callback_keeps_the_history(node, kind):
    error = kind()

    def full(history):
        if len(history) == 2:
            raise error

    net = make(node)
    with pytest.raises(kind) as caught:
        train(net, callbacks=[full], epochs=9)
    assert caught.value is error
    assert caught.value.history.cost == train(make(node), epochs=2).cost
    assert "2 epochs: they are in the `history` of this exception" in error.__notes__[0]
    other = make(node)
    train(other, epochs=2)
    assert same(weights(net), weights(other))


@both_nodes
@pytest.mark.filterwarnings("ignore:fit runs this net scalar by scalar.* gave ZeroDivisionError")
def test_so_does_one_of_the_cost_and_of_the_schedule(node):
    calls = []

    def cost(a, y):
        if len(calls) == 2:
            raise ZeroDivisionError
        return nn.quadratic_cost(a, y)

    def rate(steps):
        if steps == 12:
            raise ZeroDivisionError
        return 1.0

    for settings in ({"cost": cost, "callbacks": [calls.append]}, {"lr": rate}):
        with pytest.raises(ZeroDivisionError) as caught:
            train(make(node), epochs=9, **settings)
        assert len(caught.value.history) == 2


def test_an_exception_that_takes_no_attributes_goes_through_and_one_with_a_history_keeps_it():
    def raising(error):
        def callback(history):
            raise error

        return callback

    with pytest.raises(Fixed):
        train(make(), callbacks=[raising(Fixed())])
    within = nn.DivergenceError("the cost is inf", 2, 3, math.inf, nn.History())
    with pytest.raises(nn.DivergenceError) as caught:
        train(make(), callbacks=[raising(within)])
    assert len(caught.value.history) == 0
