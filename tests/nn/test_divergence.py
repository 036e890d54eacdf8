"""Training that goes wrong says so, and takes back the step that did it."""

import math
import pickle
import re

import numpy as np
import pytest
import training_runs
from training_runs import X, Y, both_nodes, make, make_linear, same, train, weights

import nn
from autograd import Tensor, Value, log
from autograd._graph.node import plain

# -- gone wrong ------------------------------------------------------------------------------------


@both_nodes
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_cost_that_is_not_finite_stops_before_the_step(node):
    def rate(steps):
        return 1e200 if steps == 5 else 0.1  # in the first step of the second epoch

    net = nn.MLP([4, 2], node=node, output_activation=nn.identity, rng=0)
    with pytest.raises(nn.DivergenceError, match="epoch 2 at step 2: ") as caught:
        train(net, lr=rate)
    assert (caught.value.epoch, caught.value.step) == (2, 2)
    assert not math.isfinite(caught.value.cost)
    assert len(caught.value.history) == 1
    assert isinstance(caught.value, FloatingPointError)
    assert all(np.isfinite(w).all() for w in weights(net))
    assert max(abs(w).max() for w in weights(net)) > 1e150  # the step before is kept


@both_nodes
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_step_to_parameters_that_are_not_finite_is_taken_back(node):
    net = nn.MLP([4, 2], node=node, output_activation=lambda z: z, rng=0)
    states = []

    def cost(a, y):
        states.append(weights(net))
        return nn.quadratic_cost(a, y)

    message = (
        "epoch 1 at step 1: from a cost of .* it gave parameters that are not finite.*smaller learning rate"
    )
    with pytest.raises(nn.DivergenceError, match=message) as caught:
        train(net, Y=1e150 * Y, cost=cost, lr=1e200)
    assert math.isfinite(caught.value.cost)
    assert same(weights(net), states[-1])
    assert all(np.isfinite(w).all() for w in weights(net))


@pytest.mark.parametrize("node", [Tensor, Value])
def test_a_label_that_is_no_class_is_told_before_anything_is_changed(node):
    net = nn.MLP([4, 2], node=node, rng=0)
    before, labels = weights(net), np.arange(len(X)) % 2
    for place in (0, len(X) - 1):
        wrong = labels.copy()
        wrong[place] = 2
        for given in ({"Y": wrong}, {"Y": labels, "validation": (X, wrong)}):
            with pytest.raises(ValueError, match="there are 2 classes, and a label 2"):
                train(net, cost=nn.cross_entropy, **given)
    assert same(weights(net), before)


def test_a_value_outside_a_domain_is_told_with_its_place():
    net = nn.MLP([4, 1], node=Value, output_activation=lambda z: z, rng=0)
    before = weights(net)
    with (
        pytest.raises(nn.DivergenceError, match=r"epoch 1 at step 1: .*log.* is undefined"),
        pytest.warns(RuntimeWarning, match=r"on each of 8 examples .* log\(-1\.0\) is undefined"),
    ):
        train(net, Y=Y[:, :1], cost=lambda a, y: log(a[0, 0] * 0 - 1))
    assert same(weights(net), before)


@both_nodes
@pytest.mark.parametrize("make", [lambda p, lr: nn.SGD(p, lr, momentum=0.9), nn.Adam])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_optimizer_remembers_nothing_of_a_step_that_is_taken_back(node, make):
    def surges(a, y):
        return nn.quadratic_cost(a, y) * 1e6

    def fitted(*diverging):
        net = make_linear(node)
        optimizer = make(net.parameters(), 0.1)
        train(net, optimizer=optimizer)
        for cost in diverging:
            optimizer.lr = 1.7e308
            with pytest.raises(nn.DivergenceError, match=r"at step 1: .* parameters that are not finite"):
                train(net, optimizer=optimizer, cost=cost)
            optimizer.lr = 0.1
        train(net, optimizer=optimizer)
        return weights(net), optimizer.memory

    (after, memory), (expected, never) = fitted(surges), fitted()
    assert same(after, expected)
    assert repr(memory) == repr(never)


@both_nodes
def test_adam_trains_alike_whatever_the_size_of_the_cost(node):
    nets = make_linear(node), make_linear(node)
    for net, size in zip(nets, (1.0, 1e200), strict=True):
        train(
            net,
            optimizer=nn.Adam(net.parameters(), 0.05),
            cost=lambda a, y, s=size: nn.quadratic_cost(a, y) * s,
        )
    for found, expected in zip(*map(weights, nets), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


@both_nodes
def test_ctrl_c_in_the_middle_of_a_step_leaves_no_half_of_the_memory(node):
    class Halfway(nn.SGD):
        def step(self):
            super().step()
            raise KeyboardInterrupt

    net = make(node)
    optimizer = Halfway(net.parameters(), 1.0, momentum=0.5)
    assert train(net, optimizer=optimizer).interrupted
    assert optimizer.memory == (0, {})


def test_large_finite_parameters_are_no_divergence():
    net = nn.MLP([4, 2], rng=0)
    net.layers[0].W.data = np.full((2, 4), 1e200)  # their squares overflow
    train(net, lr=1e-3)


# -- finite, and gone wrong all the same -----------------------------------------------------------


@both_nodes
@pytest.mark.parametrize("epochs", [1, 3])
def test_a_run_that_stays_finite_and_gets_far_worse_says_so(node, epochs):
    net = make_linear(node)
    with pytest.warns(RuntimeWarning, match="diverged, though all numbers stayed finite: a cost of") as told:
        history = train(net, lr=30.0, epochs=epochs)
    assert len(told) == 1
    assert told[0].filename == training_runs.__file__
    assert history.cost[-1] > 1e3
    assert len(history) == epochs
    assert history.stopped is None
    found, before = (float(x) for x in re.findall(r"of (\S+?),? ", history.diverged + " "))
    assert found == pytest.approx(float(plain(nn.quadratic_cost(net(X), Y))), rel=0.9)
    assert before == pytest.approx(float(plain(nn.quadratic_cost(make_linear()(X), Y))), rel=0.5)
    assert str(history).endswith(f"diverged: {history.diverged}")


def test_what_is_no_divergence_is_none(recwarn):
    net = make_linear()
    train(net, lr=0.05, epochs=30)
    train(net, lr=0.1, epochs=2)  # from where it ended, and a little worse
    train(make_linear(), Y=1e6 * Y, lr=1e-3, epochs=2)
    # Most amounts are 0, and the first one: what one example costs says nothing of the others.
    rare = np.where(np.arange(len(X)) % 8 == 7, 1e5, 0.0)[:, None]
    history = train(nn.MLP([4, 1], output_activation=nn.identity, rng=0), Y=rare, lr=1e-4, batch_size=1)
    assert history.cost[-1] > 1e8
    assert not recwarn


def test_a_divergence_survives_a_pool_of_processes():
    error = nn.DivergenceError("the cost is inf", 2, 3, math.inf, nn.History())
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.epoch, again.step, again.cost) == (str(error), 2, 3, math.inf)
