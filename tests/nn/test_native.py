"""Training in C: the run that the NumPy program gives, to rounding; without a compiler, exactly that run."""

import re
import warnings

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, log
from autograd._compiler.loops.native import compilers, training
from nn._training.steps import native
from nn._training.steps.compiled import spread

RNG = np.random.default_rng(0)
X, Y = RNG.uniform(0.5, 2, (23, 3)), np.eye(2)[RNG.integers(2, size=23)]
OPTIMIZERS = [
    lambda params: nn.SGD(params, lr=0.3),
    lambda params: nn.SGD(params, lr=lambda step: 0.3 / (step + 1), momentum=0.9),
    lambda params: nn.Adam(params, lr=0.01),
]


@pytest.fixture(scope="module", autouse=True)
def cache(own_libraries):
    if not any(compilers.commands()):
        pytest.skip("no C compiler")


@pytest.fixture
def in_c(monkeypatch):
    """Every build is repaid; a list of the mini-batches that C learned from."""
    learned = []
    in_c = native.NativeSteps._in_c

    def counted(self, rows, size, costs, outputs):
        learned.append(in_c(self, rows, size, costs, outputs))
        return learned[-1]

    monkeypatch.setattr(native.NativeSteps, "_in_c", counted)
    monkeypatch.setattr(native, "repays", lambda *_: True)
    return learned


def train(node=Tensor, optimizer=OPTIMIZERS[0], X=X, Y=Y, epochs=3, **settings):
    net = nn.MLP([3, 4, 2], node=node, rng=0)
    optimizer = optimizer(net.parameters())
    settings = {"batch_size": 5, "rng": 0, "progress": False, **settings}
    history = nn.fit(net, X, Y, optimizer=optimizer, epochs=epochs, **settings)
    return history, net, optimizer


def numbers(net):
    return np.concatenate([np.ravel(p.data) for p in net.parameters()])


@pytest.mark.parametrize(("node", "optimizer"), [*zip([Value, Tensor, Tensor], OPTIMIZERS, strict=True)])
def test_a_run_in_c_is_the_run_by_numpy_to_rounding(node, optimizer, in_c, monkeypatch):
    history, net, used = train(node, optimizer, validation=(X, Y), metrics={"r2": nn.r_squared})
    assert sum(in_c) == 15
    monkeypatch.setattr(native, "repays", lambda *_: False)
    expected, other, theirs = train(node, optimizer, validation=(X, Y), metrics={"r2": nn.r_squared})
    assert sum(in_c) == 15
    assert (history.native, expected.native) == (True, False)
    np.testing.assert_allclose(numbers(net), numbers(other), rtol=1e-11)
    np.testing.assert_allclose(history.cost, expected.cost, rtol=1e-12)
    np.testing.assert_allclose(history.metrics["r2"], expected.metrics["r2"], rtol=1e-11)
    assert history.accuracy == expected.accuracy
    assert used.steps == theirs.steps == 15
    for place, state in theirs.memory[1].items():
        for ours, part in zip(used.memory[1][place], state, strict=True):
            np.testing.assert_allclose(ours, part, rtol=1e-10, atol=1e-14)
    for p, q in zip(net.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(p.grad, q.grad, rtol=1e-9, atol=1e-14)


def test_the_same_call_gives_the_same_run_to_the_bit(in_c, monkeypatch):
    first = train(optimizer=OPTIMIZERS[2])[1]
    assert in_c == [5, 5, 5]
    monkeypatch.setattr(training, "SECONDS", 0.0)
    monkeypatch.setattr(training, "FIRST", 0)
    np.testing.assert_array_equal(numbers(train(optimizer=OPTIMIZERS[2])[1]), numbers(first))
    assert in_c[3:] == [1] * 15


def test_a_step_that_fails_in_c_is_told_as_by_numpy(in_c, monkeypatch):
    def cost(a, y):
        return nn.quadratic_cost(a, log(y))

    desired = np.ones((23, 2))
    third = np.random.default_rng(0).permutation(23)[10:15]
    desired[next(i for i in third if i not in spread(23))] = -1.0  # seen by no check
    errors = []
    for in_time in (True, False):
        monkeypatch.setattr(native, "repays", lambda *_, in_time=in_time: in_time)
        with pytest.raises(nn.DivergenceError) as error:
            train(Value, Y=desired, cost=cost)
        errors.append(error.value)
    assert str(errors[0]) == str(errors[1])
    assert errors[0].step == errors[1].step == 3
    assert sum(in_c) == 2


def test_after_a_step_that_fails_only_in_c_the_next_is_in_c_again(in_c, monkeypatch):
    run = native.Trainer.run

    def fails_at_three(self, theta, state, data, rows, size, rates, t, *arrays):
        return run(self, theta, state, data, rows[: 2 * size], size, rates, t, *arrays)

    monkeypatch.setattr(native.Trainer, "run", fails_at_three)
    _, net, optimizer = train()
    assert in_c == [2, 2] * 3  # and the third of five by NumPy
    assert optimizer.steps == 15
    monkeypatch.setattr(native.Trainer, "run", run)
    np.testing.assert_allclose(numbers(net), numbers(train()[1]), rtol=1e-12)


def test_an_error_of_a_schedule_comes_at_its_step(in_c):
    def rate(step):
        if step == 7:
            raise ZeroDivisionError
        return 0.1

    net = nn.MLP([3, 4, 2], rng=0)
    optimizer = nn.SGD(net.parameters(), rate)
    with pytest.raises(ZeroDivisionError):
        nn.fit(net, X, Y, optimizer=optimizer, epochs=3, batch_size=5, rng=0, progress=False)
    assert optimizer.steps == 7
    assert sum(in_c) == 7


def test_an_optimizer_with_a_step_of_its_own_runs_by_numpy(in_c):
    class Own(nn.SGD):
        def step(self):
            super().step()

    train(optimizer=lambda params: Own(params, 0.3))
    assert not in_c


def test_momentum_may_change_between_epochs(in_c, monkeypatch):
    def both(optimizer):
        def change(history):
            optimizer.momentum = (0.5, 0.0, 0.5, 0.5)[len(history) - 1]

        return change

    results = []
    for in_time in (True, False):
        monkeypatch.setattr(native, "repays", lambda *_, in_time=in_time: in_time)
        net = nn.MLP([3, 4, 2], rng=0)
        optimizer = nn.SGD(net.parameters(), 0.3, momentum=0.9)
        nn.fit(
            net, X, Y, optimizer=optimizer, epochs=4, batch_size=5, rng=0, progress=False,
            callbacks=[both(optimizer)],
        )  # fmt: skip
        results.append(numbers(net))
    np.testing.assert_allclose(*results, rtol=1e-11)
    assert sum(in_c) == 15  # without momentum the formula is another


@pytest.mark.parametrize("fails", [ImportError, RuntimeError])
def test_without_a_compiler_nothing_warns_and_the_run_is_that_by_numpy(in_c, monkeypatch, fails):
    def load(source):
        raise fails("no compiler")

    monkeypatch.setattr("autograd._compiler.loops.native.training.load", load)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history, net, _ = train()
    assert (history.native, history.build) == (False, "no compiler")
    monkeypatch.setattr(native, "repays", lambda *_: False)
    without, other, _ = train()
    np.testing.assert_array_equal(numbers(net), numbers(other))
    assert without.build is None
    assert not in_c


def test_a_compiler_of_the_environment_that_is_not_there_is_told_by_the_history(in_c, monkeypatch):
    monkeypatch.setenv("CC", "/nope")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history, _, _ = train(epochs=1)
    assert history.native
    assert re.match("CC of the environment names no program: /nope. .* builds in its place", history.build)
