"""Training: that it learns, repeats itself to the bit, and can be stopped or go wrong without harm."""

import gc
import io
import math
import pickle
import re

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, log, no_grad
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain
from autograd._support.collector import OBJECTS
from nn._training import loop

X = np.random.default_rng(0).normal(size=(23, 4))
Y = nn.data.one_hot((X[:, 0] > 0).astype(int), classes=2)

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def make(node=Tensor, dtype=np.float64):
    return nn.MLP([4, 3, 2], node=node, rng=0, dtype=dtype)


def make_linear(node=Tensor):
    return nn.MLP([4, 2], node=node, output_activation=nn.identity, rng=0)


def train(net, X=X, Y=Y, lr=1.0, **options):
    settings = {"optimizer": nn.SGD(net.parameters(), lr), "epochs": 3, "batch_size": 5, "rng": 0, **options}
    return nn.fit(net, X, Y, **settings)


def weights(net):
    return [np.array(p.data) for p in net.parameters()]


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


# -- learning -------------------------------------------------------------------------------------


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


# -- the same run again ---------------------------------------------------------------------------


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


# -- what is shown --------------------------------------------------------------------------------


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


# -- stopped --------------------------------------------------------------------------------------


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


# -- gone wrong -----------------------------------------------------------------------------------


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
    with pytest.raises(nn.DivergenceError, match=r"epoch 1 at step 1: .*log.* is undefined"):
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


# -- finite, and gone wrong all the same ----------------------------------------------------------


@both_nodes
@pytest.mark.parametrize("epochs", [1, 3])
def test_a_run_that_stays_finite_and_gets_far_worse_says_so(node, epochs):
    net = make_linear(node)
    with pytest.warns(RuntimeWarning, match="diverged, though all numbers stayed finite: a cost of") as told:
        history = train(net, lr=30.0, epochs=epochs)
    assert len(told) == 1
    assert told[0].filename == __file__
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


# -- an exception ends it -------------------------------------------------------------------------


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


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"Y": Y[:-1]}, ValueError, r"X has shape \(23, 4\) and Y \(22, 2\)"),
        ({"X": X[0]}, ValueError, r"X has shape \(4,\)"),
        ({"X": X[:0], "Y": Y[:0]}, ValueError, "at least one"),
        ({"X": X[:, :3]}, ValueError, r"given shape \(5, 3\)"),
        ({"Y": Y[:, :1]}, ValueError, r"\(5, 2\) and desired outputs of shape \(5, 1\)"),
        ({"Y": Y[:, 0]}, ValueError, r"Y has shape \(23,\), expected \(n, outputs\)"),
        ({"Y": Y.astype(str)}, TypeError, "Y is an array of real numbers"),
        ({"epochs": 0}, ValueError, "epochs is a whole number from 1, not 0"),
        ({"batch_size": -2}, ValueError, "batch_size is a whole number from 1, not -2"),
        ({"rng": None}, TypeError, "rng is a whole number"),
        ({"validation": (X, Y[:, :1])}, ValueError, r"validation Y \(23, 1\)"),
        ({"validation": (X[:3], Y)}, ValueError, "validation X has shape"),
        ({"cost": lambda a, y: 1.0}, TypeError, "the cost gave float"),
    ],
)
def test_bad_input_is_refused_before_anything_changes(changes, error, message):
    net = make()
    before = weights(net)
    with pytest.raises(error, match=message):
        train(net, **changes)
    assert same(weights(net), before)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"X": np.where(X[7, 2] == X, np.nan, X)}, ValueError, "X holds nan or infinity, first in row 7"),
        ({"validation": (X, np.where(Y == 1, Y, np.inf))}, ValueError, "validation Y holds nan or infinity"),
        ({"validation": X}, TypeError, r"validation is a pair \(X, Y\), not ndarray"),
        ({"cost": "mse"}, TypeError, r"cost is a function such as nn\.quadratic_cost, not 'mse'"),
    ],
)
def test_data_that_cannot_be_learnt_from_is_told_before_anything_changes(changes, error, message):
    net = make()
    before = weights(net)
    with pytest.raises(error, match=message):
        train(net, **changes)
    assert same(weights(net), before)


def test_labels_for_one_output_are_told_to_be_a_column():
    with pytest.raises(ValueError, match=r"one output is one column: y\.reshape\(-1, 1\)"):
        train(nn.MLP([4, 1], rng=0), Y=Y.argmax(axis=1))


def test_one_output_and_labels_are_counted_as_accuracy_does():
    net = nn.MLP([4, 1], output_activation=nn.identity, rng=0)
    labels = Y.argmax(axis=1)
    history = train(
        net, Y=labels, lr=0.05, epochs=40, cost=lambda a, y: nn.mean_squared_error(a.reshape(-1), y),
        validation=(X, labels),
    )  # fmt: skip
    assert history.validation_accuracy[-1] == nn.accuracy(net, X, labels, threshold=0.5) > 0.8


def test_grey_values_of_images_are_told_to_be_scaled(recwarn):
    images = np.random.default_rng(0).integers(256, size=(10, 64)).astype(np.uint8)
    net = nn.MLP([64, 2], rng=0)
    for kind in (np.uint8, np.int64, np.float32):
        with pytest.warns(
            RuntimeWarning, match=r"X holds whole numbers up to .*nn\.data\.scaled\(X\)"
        ) as told:
            train(net, X=images.astype(kind), Y=Y[:10], epochs=1)
        assert told[0].filename == __file__
    recwarn.clear()
    train(net, X=nn.data.scaled(images), Y=Y[:10])
    train(nn.MLP([4, 2], rng=0), X=images[:, :4], Y=Y[:10])  # a few whole numbers, as ages
    for few in (images // 64, images / 64, images * 300.0, images - 100.0):
        train(net, X=few, Y=Y[:10], epochs=1, lr=1e-3)
    assert not recwarn


@pytest.mark.parametrize("batch_size", [1, 23, 1000])
def test_lists_and_one_example_to_validate_with(batch_size):
    net = make()
    history = train(
        net, X=X.tolist(), Y=Y.tolist(), batch_size=batch_size, validation=(X[:1].tolist(), Y[:1].tolist()),
        metrics=[nn.r_squared],
    )  # fmt: skip
    assert history.cost == train(make(), batch_size=batch_size).cost
    assert history.validation_accuracy[-1] in (0, 1)
    assert math.isnan(history.validation_metrics["r_squared"][-1])


def test_callbacks_may_come_from_a_generator():
    seen = []
    train(make(), callbacks=(callback for callback in [seen.append]))
    assert len(seen) == 3


def test_a_divergence_survives_a_pool_of_processes():
    error = nn.DivergenceError("the cost is inf", 2, 3, math.inf, nn.History())
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.epoch, again.step, again.cost) == (str(error), 2, 3, math.inf)


@pytest.mark.parametrize("optimizer", [None, nn.SGD, 3])
def test_what_is_no_optimizer_is_told(optimizer):
    with pytest.raises(TypeError, match=r"optimizer is an object such as nn\.SGD"):
        train(make(), optimizer=optimizer)


# -- a graph that is cut --------------------------------------------------------------------------


class Through:
    """A net whose outputs go through a function."""

    def __init__(self, net, function):
        self.net, self.function = net, function

    def parameters(self):
        return self.net.parameters()

    def __call__(self, x):
        return self.function(self.net(x))


def as_values(a):
    """New Values with the numbers of others."""
    fresh = np.empty(a.shape, object)
    fresh[...] = [[Value(x.data) for x in row] for row in a]
    return fresh


class AnotherOptimizer:
    """One that moves by 0 what has no gradient, and does not say what it holds."""

    def __init__(self, params):
        self.held = params

    def zero_grad(self):
        for p in self.held:
            p.grad = None

    def step(self):
        pass


CUTS = {
    "Tensor": (
        Tensor,
        lambda a: Tensor(a.data),
        ValueError,
        "depends on no parameter that the optimizer moves",
    ),
    "no_grad": (Tensor, no_grad()(lambda a: a * 1), ValueError, "depends on no parameter"),
    "array": (
        Tensor,
        lambda a: a.data.copy(),
        TypeError,
        "the cost gave float .* on nodes: a result computed",
    ),
    "Values": (Value, as_values, ValueError, "depends on no parameter that the optimizer moves"),
    "floats": (Value, lambda a: a.astype(float), ValueError, "depends on no parameter"),
}


@pytest.mark.parametrize("make_optimizer", [lambda p: nn.SGD(p, 1.0, momentum=0.9), AnotherOptimizer])
@pytest.mark.parametrize(("node", "function", "error", "message"), CUTS.values(), ids=CUTS)
@pytest.mark.filterwarnings("ignore:fit runs this net scalar by scalar")
def test_a_net_whose_graph_is_cut_is_told_before_a_step(node, function, error, message, make_optimizer):
    net = make(node)
    before = weights(net)
    with pytest.raises(error, match=message):
        train(Through(net, function), optimizer=make_optimizer(net.parameters()))
    assert same(weights(net), before)


def test_a_compiled_net_is_told_without_a_look_at_numbers():
    net = make(Value)
    fixed = as_values(net(X[:1]))[0]
    with pytest.raises(ValueError, match="depends on no parameter"):
        train(Through(net, lambda a: np.array([fixed] * len(a))))


@both_nodes
def test_parameters_that_the_cost_does_not_use_stay_where_they_are(node):
    net, other = make(node), make(node)
    params = net.parameters() + other.parameters()
    before = weights(other)
    history = train(net, optimizer=nn.SGD(params, 1.0), epochs=5)
    assert history.cost[-1] < history.cost[0]
    assert same(weights(other), before)
    # Of a net itself too: its first layer is cut off.
    first = weights(net)[: len(weights(net)) // 2]
    train(Through(net, lambda a: a), optimizer=nn.SGD(net.layers[1].parameters(), 1.0))
    assert same(weights(net)[: len(first)], first)


def test_only_what_the_optimizer_moves_counts():
    net = make()
    cut = Through(net, lambda a: net.layers[1](Tensor(net.layers[0](X[: len(a)]).data)))
    with pytest.raises(ValueError, match="no parameter that the optimizer moves"):
        train(cut, optimizer=nn.SGD(net.layers[0].parameters(), 1.0))
    train(cut, optimizer=nn.SGD(net.layers[1].parameters(), 1.0))


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
