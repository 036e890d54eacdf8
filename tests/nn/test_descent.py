"""Steps of a program are whole or not at all, also where they fail or are interrupted."""

import contextlib

import numpy as np
import pytest
from compiled_training import OnNodes, Y, make, spread_out, train, weights

import nn
from autograd import (
    Tensor,
    Value,
)

pytestmark = pytest.mark.filterwarnings("error")  # fit warns of a net that it does not compile

# -- what is stopped --------------------------------------------------------------------------------


def test_ctrl_c_while_the_net_gets_its_numbers_back(monkeypatch):
    expected, net = make(), make()
    train(expected, epochs=1)
    assign, calls = nn._nets.parameters.assign, []

    def stopped_halfway(parameters, values):
        calls.append(len(parameters))
        if calls == [37]:  # at the end of the epoch
            assign(parameters[:10], values[:10])
            raise KeyboardInterrupt
        assign(parameters, values)

    monkeypatch.setattr(nn._nets.parameters, "assign", stopped_halfway)
    optimizer = nn.SGD(net.parameters(), 1.0)
    history = train(net, optimizer=optimizer, callbacks=[lambda history: None])
    assert history.interrupted
    assert len(history) == 0
    assert optimizer.params == net.parameters()
    assert np.array_equal(weights(net), weights(expected))


@pytest.mark.parametrize(
    ("node", "cost"), [(Value, nn.quadratic_cost), (Tensor, nn.quadratic_cost), (Tensor, spread_out)]
)
@pytest.mark.parametrize("how", ["Ctrl-C", "an error", "an overflow"])
@pytest.mark.parametrize("make_optimizer", [lambda p, lr: nn.SGD(p, lr, momentum=0.5), nn.Adam])
def test_a_step_that_fails_leaves_all_as_before_it(node, cost, how, make_optimizer):
    def rate(steps):
        if steps == 7 and how != "an overflow":
            raise KeyboardInterrupt if how == "Ctrl-C" else ZeroDivisionError
        return 1e-3 if steps < 7 else 1.7e308

    nets = [kind([4, 2], activation=nn.identity, rng=0) for kind in (nn.MLP, OnNodes)]
    if node is Value:
        nets[0] = nn.MLP([4, 2], activation=nn.identity, node=Value, rng=0)
    memories = []
    for net in nets:
        optimizer = make_optimizer(net.parameters(), rate)
        with contextlib.suppress(nn.DivergenceError, ZeroDivisionError), np.errstate(all="ignore"):
            train(net, Y=1e3 * Y, cost=lambda a, y: 1e3 * cost(a, y), optimizer=optimizer)
        assert optimizer.steps == 7
        states = zip(*optimizer.memory[1].values(), strict=True)
        memories.append([np.unique(np.concatenate(list(map(np.ravel, part)))) for part in states])
    np.testing.assert_allclose(weights(nets[0]), weights(nets[1]), rtol=1e-9)
    for found, expected in zip(*memories, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_ctrl_c_between_the_halves_of_a_step_finishes_it(monkeypatch):
    steps = nn._training.steps.descent.CompiledSteps
    settle, nets = steps._settle, (make(Tensor), make(Tensor))

    def interrupted(self):
        if self._moved and self._optimizer.steps == 6:
            monkeypatch.setattr(steps, "_settle", settle)
            raise KeyboardInterrupt
        settle(self)

    monkeypatch.setattr(steps, "_settle", interrupted)
    optimizer = nn.SGD(nets[0].parameters(), 1.0)
    assert train(nets[0], optimizer=optimizer).interrupted
    assert optimizer.steps == 7
    stopped = nn.SGD(nets[1].parameters(), 1.0)
    stopped.lr = lambda steps: 1.0 if steps < 7 else 1 / 0
    with pytest.raises(ZeroDivisionError):
        train(nets[1], optimizer=stopped)
    assert np.array_equal(weights(nets[0]), weights(nets[1]))
