"""Callbacks after an epoch: to stop, to keep the best net, or for anything else."""

import math
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value
from nn import Epoch, History
from nn._nets.files import archives

X = np.random.default_rng(0).normal(size=(12, 3))
Y = nn.data.one_hot((X[:, 0] > 0).astype(int), classes=2)


def make(node=Tensor):
    return nn.MLP([3, 2], node=node, rng=0)


def train(net, callbacks, **options):
    settings = {"optimizer": nn.SGD(net.parameters(), 1.0), "epochs": 6, "batch_size": 4, "rng": 0, **options}
    return nn.fit(net, X, Y, callbacks=callbacks, **settings)


def monitored(numbers):
    """A monitor that says these numbers, epoch by epoch."""
    return lambda epoch: numbers[epoch.number - 1]


class States(list):
    """The net's numbers after each epoch."""

    def __init__(self, net):
        self.net = net

    def __call__(self, history):
        self.append(self.net.state_dict())


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def epochs_run(costs, callback):
    """How many of the epochs are run, if a callback may stop them."""
    history = History()
    for number, cost in enumerate(costs, start=1):
        history.epochs.append(Epoch(number, cost, None, None, None, 1.0))
        try:
            callback(history)
        except nn.StopTraining:
            break
    return len(history)


# -- early stopping -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("costs", "patience", "run"),
    [
        ([5, 4, 3, 2, 1], 1, 5),
        ([5, 4, 4, 3], 1, 3),  # as good is not better
        ([5, 6, 4, 7, 8, 1], 2, 5),
        ([1, 2, 3, 4, 5], 3, 4),
        ([math.nan, math.nan, math.nan], 2, 3),
        ([math.nan, 3, math.nan, math.inf, 1], 2, 4),
        ([math.inf, 5, 4], 1, 3),
    ],
)
def test_it_stops_when_patience_epochs_have_passed_since_the_best(costs, patience, run):
    assert epochs_run(costs, nn.early_stopping(patience)) == run


@given(st.lists(st.floats() | st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 4))
def test_it_stops_where_one_who_counts_by_hand_would(costs, patience):
    best, waited, run = math.inf, 0, 0
    for cost in costs:
        run += 1
        better = cost < best
        best, waited = (cost, 0) if better else (best, waited + 1 if run > 1 else 0)
        if waited == patience:
            break
    assert epochs_run(costs, nn.early_stopping(patience)) == run


def test_one_callback_serves_several_runs():
    stop = nn.early_stopping(2)
    assert epochs_run([1, 2, 3, 4], stop) == epochs_run([8, 9, 10, 11], stop) == 3


def test_a_run_is_ended_and_says_why():
    net = make()
    history = train(net, [nn.early_stopping(np.int64(2), monitored([3, 1, 2, 2, 0, 0]))])
    assert len(history) == 4
    assert history.stopped == "no epoch since 2 was better"
    assert not history.interrupted
    assert str(history).endswith("stopped: no epoch since 2 was better\nthe net is that of epoch 2, the best")
    plain = make()
    train(plain, [], epochs=2)
    assert same(net.state_dict(), plain.state_dict())
    last, stays = make(), make()
    train(last, [], epochs=4)
    unrestored = nn.early_stopping(2, monitored([3, 1, 2, 2, 0, 0]), restore_best=False)
    assert train(stays, [unrestored]).restored is None
    assert same(stays.state_dict(), last.state_dict())


class Counting(nn.Module):
    """A net with buffers: an array that is written into, and a number that is replaced."""

    def __init__(self):
        self.layer = nn.Layer(3, 2, rng=0)
        self.seen, self.calls = np.zeros(1), np.float64(0)

    def __call__(self, x):
        if self.training:
            self.seen += len(x)
            self.calls = self.calls + 1
        return self.layer(x)


class Plain:
    """A net that is no module."""

    def __init__(self):
        self.layer = nn.Layer(3, 2, rng=0)

    def parameters(self):
        return self.layer.parameters()

    def __call__(self, x):
        return self.layer(x)

    def state_dict(self):
        return self.layer.state_dict()


@pytest.mark.parametrize("make_net", [lambda: make(Value), make, Counting, Plain])
def test_the_best_net_is_put_back_with_its_buffers_where_the_run_ends(make_net):
    for heights, best in (
        ([3, 1, 2, 0.5, 2, 3], 4),
        ([3, 1, 2, 0.5, 2, 0.5], 4),
        ([math.nan, 2, 2, math.inf, math.nan, 3], 2),
    ):
        net = make_net()
        states = States(net)
        history = train(net, [states, nn.early_stopping(9, monitored(heights))])
        assert (len(history), history.stopped, history.restored) == (6, None, best)
        assert same(net.state_dict(), states[best - 1])
        assert not same(net.state_dict(), states[-1])
        assert str(history).endswith(f"the net is that of epoch {best}, the best")


def test_a_last_epoch_that_is_the_best_stays():
    net = make()
    states = States(net)
    history = train(net, [states, nn.early_stopping(9)])
    assert history.restored is None
    assert same(net.state_dict(), states[-1])


def test_after_ctrl_c_and_an_error_the_net_stays_as_the_last_step_left_it():
    for error in (KeyboardInterrupt, ZeroDivisionError):
        net = make()
        states = States(net)

        def fails(history, error=error):
            if len(history) == 4:
                raise error

        try:
            history = train(net, [states, nn.early_stopping(9, monitored([1, 2, 3, 4])), fails])
        except ZeroDivisionError as raised:
            history = raised.history
        assert history.restored is None
        assert same(net.state_dict(), states[3])


def test_a_callback_that_serves_several_runs_puts_back_the_best_of_the_last():
    stop = nn.early_stopping(9, monitored([1, 2, 3, 0.5, 4, 5]))
    net = make()
    train(net, [stop], epochs=2)
    states = States(net)
    assert train(net, [states, stop], epochs=3).restored == 1
    assert same(net.state_dict(), states[0])


@pytest.mark.parametrize(
    ("costs", "min_delta", "run", "best"),
    [
        ([5, 4.5, 4.1, 3.8, 9, 9], 1.0, 6, 4),  # 3.8 is lower than 5 by more than 1
        ([5, 4.5, 4.1, 4.0, 9, 9], 1.0, 4, None),  # by no more: the waiting ends, and the lowest is the last
        ([5, 4.0, 4.1, 4.2, 9, 9], 1.0, 4, 2),
        ([5, 4, 3, 2, 1, 0], 1.0, 6, None),
    ],
)
def test_a_gain_below_min_delta_ends_no_waiting_and_yet_counts_as_best(costs, min_delta, run, best):
    net = make()
    states = States(net)
    stop = nn.early_stopping(3, monitored(costs), min_delta=min_delta)
    history = train(net, [states, stop])
    assert (len(history), history.restored) == (run, best)
    assert same(net.state_dict(), states[(best or run) - 1])
    if run == 4:
        assert history.stopped == "no epoch since 1 was better by more than 1"


@pytest.mark.parametrize("min_delta", [-0.1, math.nan, math.inf, "0"])
def test_a_min_delta_that_is_none_is_refused(min_delta):
    with pytest.raises(ValueError, match="min_delta is a number from 0 up, not "):
        nn.early_stopping(1, min_delta=min_delta)


def test_the_validation_cost_is_looked_at_where_there_is_one():
    opposite = (X, Y[:, ::-1])  # of what is learned, so that it gets worse from epoch to epoch
    stopped = train(make(), [nn.early_stopping(2)], validation=opposite)
    assert stopped.validation_cost == sorted(stopped.validation_cost)
    assert len(stopped) == 3
    assert len(train(make(), [nn.early_stopping(2)])) == 6


@pytest.mark.parametrize("patience", [0, -1, 1.5, True, None, "3", math.nan])
def test_a_patience_that_is_no_number_of_epochs_is_refused(patience):
    with pytest.raises(ValueError, match="patience is a whole number of epochs from 1, not "):
        nn.early_stopping(patience)


# -- checkpoints ----------------------------------------------------------------------------------


@pytest.mark.parametrize("node", [Tensor, Value])
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_the_file_holds_the_net_of_the_best_epoch(tmp_path, node, suffix):
    net, path = make(node), tmp_path / f"best{suffix}"
    states = States(net)
    keep = nn.checkpoint(net, str(path), monitored([3, 1, 2, math.nan, 1, 4]))
    train(net, [states, keep])
    assert len(states) == 6
    assert same(nn.load(path).state_dict(), states[1])
    assert not same(net.state_dict(), states[1])
    assert os.listdir(tmp_path) == [path.name]


def test_the_best_so_far_is_in_the_file_after_every_epoch(tmp_path):
    net, path = make(), tmp_path / "best.npz"
    states, found = States(net), []
    keep = nn.checkpoint(net, path, monitored([math.nan, 3, 2, 5, 1, 1]))
    train(net, [states, keep, lambda history: found.append(nn.load(path).state_dict())])
    for state, epoch in zip(found, [0, 1, 2, 2, 4, 4], strict=True):
        assert same(state, states[epoch])


def test_it_watches_the_validation_cost(tmp_path):
    net, path = make(), tmp_path / "best.npz"
    states = States(net)
    history = train(net, [states, nn.checkpoint(net, path)], validation=(X, Y[:, ::-1]))
    assert history.validation_cost[0] == min(history.validation_cost)
    assert history.cost[-1] == min(history.cost)
    assert same(nn.load(path).state_dict(), states[0])


def test_a_later_run_begins_anew(tmp_path):
    net, path = make(), tmp_path / "best.npz"
    keep = nn.checkpoint(net, path, monitored([1, 2, 3]))
    states = States(net)
    for _ in range(2):
        train(net, [states, keep], epochs=3)
    assert same(nn.load(path).state_dict(), states[3])


@pytest.mark.parametrize(
    ("net", "name", "error", "message"),
    [
        (make(), "missing/best.npz", FileNotFoundError, "there is no folder"),
        (make(), "folder.npz", IsADirectoryError, "it is a folder"),
        (make(), "best.h5", ValueError, r"ends in \.npz or \.json or \.safetensors"),
        (nn.MLP([3, 2], activation=lambda z: z, rng=0), "best.npz", ValueError, "define it with def"),
        ({"W": [1.0]}, "best.npz", TypeError, r"an nn\.Module, .* not dict"),
    ],
)
def test_what_cannot_be_saved_is_told_before_the_run(tmp_path, net, name, error, message):
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(error, match=message):
        nn.checkpoint(net, tmp_path / name)
    assert os.listdir(tmp_path) == ["folder.npz"]


def test_so_is_a_missing_package(tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name="safetensors")

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(ImportError, match=r'pip install "chainrule\[safetensors\]"'):
        nn.checkpoint(make(), tmp_path / "best.safetensors")


def test_ctrl_c_while_it_saves_keeps_the_file_the_epoch_and_the_net(tmp_path, monkeypatch):
    net, path = make(), tmp_path / "best.npz"
    states = States(net)
    write = archives._write_npz

    def interrupted(beside, arrays, text):
        write(beside, arrays, text)
        if len(states) == 3:
            raise KeyboardInterrupt

    monkeypatch.setitem(archives.WRITE, ".npz", interrupted)
    history = train(net, [states, nn.checkpoint(net, path)])
    assert history.interrupted
    assert len(history) == 3
    assert same(net.state_dict(), states[2])
    assert same(nn.load(path).state_dict(), states[1])
    assert os.listdir(tmp_path) == ["best.npz"]


def test_a_run_that_diverges_leaves_its_best_net_in_the_file(tmp_path):
    net, path = make(), tmp_path / "best.npz"
    states = States(net)

    def cost(a, y):
        return nn.quadratic_cost(a, y) * (math.inf if len(states) == 2 else 1.0)

    with pytest.raises(nn.DivergenceError):
        train(net, [states, nn.checkpoint(net, path)], cost=cost)
    assert same(nn.load(path).state_dict(), states[1])


# -- callbacks of one's own -----------------------------------------------------------------------


def test_stop_training_ends_the_run_with_its_message():
    def good_enough(history):
        if history[-1].number == 2:
            raise nn.StopTraining("good enough")

    net = make()
    states = States(net)
    history = train(net, [states, good_enough])
    assert history.stopped == "good enough"
    assert len(history) == 2
    assert same(net.state_dict(), states[-1])


def test_stop_training_without_a_message_is_a_stop_too():
    def now(history):
        raise nn.StopTraining

    history = train(make(), [now])
    assert len(history) == 1
    assert history.stopped == ""
    assert not history.interrupted


def test_the_callbacks_after_one_that_stops_see_the_last_epoch_too():
    def now(history):
        raise nn.StopTraining("enough")

    net = make()
    states = States(net)
    history = train(net, [now, states])
    assert (len(history), len(states), history.stopped) == (1, 1, "enough")


def test_any_other_error_is_the_callers_and_the_net_is_as_after_the_epoch():
    net = make()
    states = States(net)

    def fails(history):
        if len(history) == 2:
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        train(net, [states, fails])
    assert len(states) == 2
    assert same(net.state_dict(), states[-1])


def test_a_monitor_that_gives_no_number_is_told():
    stop = nn.early_stopping(1, lambda epoch: epoch.validation_accuracy)
    with pytest.raises(TypeError, match=r"monitor gave None for epoch 1, .* given validation=\(X, Y\)"):
        train(make(), [stop])
    train(make(), [stop], validation=(X, Y))  # as the error says


def test_a_monitor_may_be_any_function_of_an_epoch(tmp_path):
    net, path = make(), tmp_path / "best.npz"
    states = States(net)
    history = train(
        net, [states, nn.checkpoint(net, path, lambda epoch: -epoch.validation_accuracy)], validation=(X, Y)
    )
    best = history.validation_accuracy.index(max(history.validation_accuracy))
    assert same(nn.load(path).state_dict(), states[best])


def test_callbacks_that_are_no_list_of_functions_are_refused():
    for callbacks in (nn.early_stopping(1), ["print"]):
        with pytest.raises(TypeError, match="a list of functions of the history"):
            train(make(), callbacks)


def test_a_checkpoint_stays_where_it_was_when_the_program_moves(tmp_path, monkeypatch):
    net = nn.MLP([2, 1], rng=0)
    monkeypatch.chdir(tmp_path)
    keep = nn.checkpoint(net, "best.npz")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    keep(nn.History([nn.Epoch(1, 1.0, None, None, None, 1.0)]))
    assert (tmp_path / "best.npz").is_file()
