"""Training: that it learns, and repeats itself to the bit."""

import gc
import io

import numpy as np
import pytest
from training_runs import X, Y, both_nodes, make, same, train, weights

import nn
from autograd import Tensor, Value
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain
from autograd._support.collector import OBJECTS
from nn._training import loop

# -- learning --------------------------------------------------------------------------------------


@both_nodes
def test_it_learns(node):
    net = make(node)
    history = train(net, lr=3.0, epochs=20, validation=(X, Y))
    assert history.cost[-1] < history.cost[0] / 4
    assert history.validation_accuracy[-1] == nn.accuracy(net, X, Y.argmax(axis=1)) > 0.95


def test_scalars_and_arrays_train_alike():
    nets = make(Value), make(Tensor)
    for net in nets:
        train(net)
    for scalar, array in zip(nets[0].layers, nets[1].layers, strict=True):
        np.testing.assert_allclose(
            plain_array(scalar.W).astype(float), plain_array(array.W), rtol=0, atol=1e-12
        )


def test_an_epoch_shows_every_example_once_in_another_order():
    seen = []

    def cost(a, y):
        seen.append(y)
        return nn.quadratic_cost(a, y)

    numbered = np.stack([np.arange(23.0), np.zeros(23)], axis=1)
    train(make(), Y=numbered, epochs=2, cost=cost, lr=1e-9)
    assert [len(y) for y in seen] == [5, 5, 5, 5, 3] * 2
    orders = [np.concatenate(seen[i : i + 5])[:, 0].tolist() for i in (0, 5)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(23))
    assert orders[0] != orders[1] != list(range(23))


def test_one_step_is_one_step_of_the_optimizer():
    net, by_hand = make(), make()
    train(net, epochs=1, batch_size=100)  # more than there are: all in one batch
    nn.quadratic_cost(by_hand(X), Y).backward()
    nn.SGD(by_hand.parameters(), 1.0).step()
    for found, expected in zip(weights(net), weights(by_hand), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def test_the_history_holds_the_mean_cost_and_accuracy_of_the_outputs_as_they_came():
    net = make()
    train(net, lr=3.0, epochs=10)
    history = train(net, epochs=1, lr=1e-12)  # as good as standing still
    assert history.cost == [pytest.approx(float(plain(nn.quadratic_cost(net(X), Y))), abs=1e-9)]
    assert history.accuracy[0] > 0.9
    assert history.accuracy == [nn.accuracy(net, X, Y.argmax(axis=1))]
    assert history.validation_accuracy == [None]
    assert not history.interrupted


@pytest.mark.parametrize("desired", [Y[:, :1], 2.0 * (Y[:, :1] > 0.5) - 1], ids=["0.01 and 0.99", "-1 and 1"])
def test_one_output_is_right_on_the_side_of_what_is_desired(desired):
    net = nn.MLP([4, 1], output_activation=nn.identity, rng=0)
    history = train(net, Y=desired, lr=0.1, epochs=30, validation=(X, desired))
    middle = (desired.min() + desired.max()) / 2
    right = float(np.mean((plain_array(net(X)) > middle) == (desired > middle)))
    assert history.validation_accuracy[-1] == right > 0.9


def test_numbers_that_are_no_classes_have_no_accuracy():
    for desired in (X[:, :1], X[:, :2]):
        history = train(nn.MLP([4, desired.shape[1]], rng=0), Y=desired, lr=0.1, validation=(X, desired))
        assert history.accuracy == history.validation_accuracy == [None] * 3
        assert None not in history.validation_cost


@pytest.mark.parametrize("given", [np.float64, np.uint8])
def test_a_net_is_trained_in_its_own_dtype_whatever_the_datas(given):
    dtypes = set()

    def cost(a, y):
        dtypes.update({a.dtype, y.dtype})
        return nn.quadratic_cost(a, y)

    net = make(dtype=np.float32)
    train(net, X=np.abs(X * 3).astype(given), cost=cost)
    assert dtypes | {p.dtype for p in net.parameters()} == {np.dtype(np.float32)}


def test_strokes_go_from_chance_to_most_of_them_right():
    digits = nn.data.strokes(3500, rng=0)
    learn, test = digits[:3000], digits[3000:]
    net = nn.MLP([784, 16, 16, 10], rng=0, dtype=np.float32)
    assert nn.accuracy(net, test.images, test.labels) < 0.25
    train(net, X=learn.images, Y=nn.data.one_hot(learn.labels), epochs=6, batch_size=10)
    assert 0.75 < nn.accuracy(net, test.images, test.labels) < 1


# -- the same run again ----------------------------------------------------------------------------


@both_nodes
def test_the_same_rng_gives_the_same_run_to_the_bit(node):
    nets = make(node), make(node)
    histories = [train(net, rng=np.random.default_rng(4)) for net in nets]
    assert same(weights(nets[0]), weights(nets[1]))
    assert histories[0].cost == histories[1].cost
    other = make(node)
    train(other, rng=5)
    assert not same(weights(nets[0]), weights(other))


def test_showing_progress_and_validating_change_nothing_in_the_run(monkeypatch):
    watched, plain = make(), make()
    monkeypatch.setattr("sys.stderr", Terminal())
    train(watched, validation=(X, Y), callbacks=[len])
    train(plain, progress=False)
    assert same(weights(watched), weights(plain))


# -- what is shown ---------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_cost_and_accuracy(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(loop, "REFRESH", 0)
    train(make())
    shown = terminal.getvalue()
    assert "epoch 3/3" in shown
    assert "cost 0." in shown
    assert "accuracy" in shown


def test_silent_without_a_terminal_and_with_progress_off(capsys, monkeypatch):
    train(make())
    assert capsys.readouterr() == ("", "")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    train(make(), progress=False)
    assert terminal.getvalue() == ""


def test_callbacks_see_the_history_after_each_epoch():
    seen = []
    history = train(make(), callbacks=[lambda so_far: seen.append((len(so_far), so_far[-1].number))])
    assert seen == [(1, 1), (2, 2), (3, 3)]
    assert [epoch.number for epoch in history] == [1, 2, 3]


# -- what the optimizer holds ----------------------------------------------------------------------


@pytest.fixture
def _usual_collector():
    had = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*had)


@both_nodes
@pytest.mark.usefixtures("_usual_collector")
@pytest.mark.filterwarnings("ignore:fit runs this net scalar by scalar")
def test_the_garbage_collector_is_spared_in_the_steps_and_not_between(node):
    in_steps, between = [], []

    def cost(a, y):
        in_steps.append(gc.get_threshold()[0])
        return nn.quadratic_cost(a, y) * len(a)  # no mean: not compiled

    train(
        make(node), cost=cost, lr=0.01, epochs=2, callbacks=[lambda _: between.append(gc.get_threshold()[0])]
    )
    assert in_steps[-5:] == [OBJECTS] * 5
    assert between == [700, 700]


def test_a_parameter_that_took_another_s_place_after_the_optimizer_was_made_is_told():
    net = nn.MLP([2, 2, 1], rng=0)
    optimizer = nn.SGD(net.parameters(), lr=0.5)
    net.layers[0].W = Tensor(np.ones((2, 2)))
    with pytest.warns(RuntimeWarning, match="make the optimizer anew, with net.parameters"):
        nn.fit(net, np.ones((4, 2)), np.ones((4, 1)), optimizer=optimizer, epochs=1, batch_size=2, rng=0)
