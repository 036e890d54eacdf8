"""`fit` lets a net learn in training mode, does all else in evaluation mode, and undoes a step that fails."""

import contextlib
import copy
import functools
import random
import warnings

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, tanh

X = np.random.default_rng(0).normal(size=(24, 3))
Y = X[:, :1] - 0.5 * X[:, 1:2]


class Dropout(nn.Module):
    def __init__(self, share, rng):
        self.share, self.rng = share, np.random.default_rng(rng)

    def __call__(self, x):
        if not self.training:
            return x
        return x * (self.rng.random(x.shape) >= self.share) / (1 - self.share)


class Norm(nn.Module):
    """Takes the mean of the batch away; of all batches, in evaluation mode."""

    def __init__(self, width):
        self.mean, self.modes = np.zeros(width), set()

    def __call__(self, x):
        self.modes.add(self.training)
        if not self.training:
            return x - self.mean
        mean = x.mean(axis=0)
        numbers = mean.data if isinstance(mean, Tensor) else np.asarray(mean, float)
        self.mean = 0.5 * self.mean + 0.5 * numbers
        return x - mean


class Shift(nn.Module):
    """Adds 1, while it learns."""

    def __call__(self, x):
        return x + 1.0 if self.training else x


def make(*between, node=Tensor):
    options = {"node": node, "activation": nn.identity}
    return nn.Sequential(nn.Layer(3, 4, rng=0, **options), *between, nn.Layer(4, 1, rng=1, **options))


def train(net, X=X, Y=Y, lr=0.05, **options):
    settings = {"epochs": 3, "batch_size": 8, "rng": 0} | options
    return nn.fit(net, X, Y, optimizer=nn.SGD(net.parameters(), lr), **settings)


def state(net):
    return [(name, array.tobytes()) for name, array in net.state_dict().items()]


# -- modes ----------------------------------------------------------------------------------------


def modes(net):
    return [layer.training for layer in net.layers]


@pytest.mark.parametrize("before", [False, True])
def test_a_net_learns_in_training_mode_and_gets_its_own_modes_back(before):
    net, seen = make(Shift()).train(before), []
    net.layers[0].train(not before)
    own = modes(net)

    def cost(a, y):
        seen.append(tuple(modes(net)))
        return nn.quadratic_cost(a, y)

    def callback(history):
        assert not any(modes(net))

    train(net, validation=(X, Y), cost=cost, callbacks=[callback], metrics={"R²": nn.r_squared})
    assert modes(net) == own
    kinds = list(dict.fromkeys(seen))
    assert set(kinds) == {(True,) * 3, (False,) * 3}
    assert seen.count((True,) * 3) == 9  # three steps in each epoch: validation is not among them


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_so_it_does_after_an_exception(error):
    net = make(Norm(4))
    net.layers[1].train()
    own = modes(net)

    def cost(a, y):
        if net.training:
            raise error
        return nn.quadratic_cost(a, y)

    if error is KeyboardInterrupt:
        assert train(net, cost=cost).interrupted
    else:
        with pytest.raises(error):
            train(net, cost=cost)
    assert modes(net) == own


def test_modules_that_a_callback_puts_in_are_trained_too():
    net, late = make(Shift()), Norm(4)

    def replace(history):
        net.layers[1] = late

    train(net, callbacks=[replace])
    assert late.modes == {True}
    assert not late.training


def test_accuracy_and_metrics_ask_in_evaluation_mode():
    net = make(Norm(4)).train()
    norm = net.layers[1]
    nn.accuracy(net, X, (Y[:, 0] > 0).astype(int), threshold=0)
    assert norm.modes == {False}
    assert net.training
    assert np.array_equal(norm.mean, np.zeros(4))
    late = make(Norm(4))
    train(late, epochs=1, batch_size=24, metrics={"R²": nn.r_squared})
    assert np.any(late.layers[1].mean)  # changed by the step alone, from 0
    np.testing.assert_allclose(late.layers[1].mean, 0.5 * (make()[:1](X).data.mean(axis=0)))


# -- randomness -----------------------------------------------------------------------------------


def test_the_same_seeds_give_the_same_run():
    nets = [make(Dropout(0.3, seed), Norm(4)) for seed in (1, 1, 2)]
    histories = [train(net, validation=(X, Y)) for net in nets]
    assert histories[0].cost == histories[1].cost
    assert histories[0].validation_cost == histories[1].validation_cost
    assert state(nets[0]) == state(nets[1])
    assert histories[0].cost != histories[2].cost


def test_the_best_net_of_a_run_comes_back_from_its_checkpoint(tmp_path):
    net, states = make(Dropout(0.3, 1), Norm(4)), []
    keep = nn.checkpoint(net, tmp_path / "best.npz")
    history = train(net, lr=0.5, epochs=5, callbacks=[lambda history: states.append(state(net)), keep])
    again = nn.load(tmp_path / "best.npz", into=make(Dropout(0.3, 2), Norm(4)))
    assert state(again) == states[int(np.argmin(history.cost))]


# -- a step that fails ----------------------------------------------------------------------------


@pytest.mark.parametrize("node", [Tensor, Value])
@pytest.mark.parametrize("how", ["a cost that is nan", "Ctrl-C", "an error", "parameters that overflow"])
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value", "ignore:fit runs this net scalar")
def test_the_net_is_as_before_a_step_that_fails(node, how):
    net, before = make(Dropout(0.3, 1), Norm(4), node=node), []
    dropout, optimizer = net.layers[1], nn.SGD(net.parameters(), 0.05)

    def callback(history):
        if len(history) == 2:
            before[:] = state(net), copy.deepcopy(dropout.rng).random(3)
            if how == "parameters that overflow":
                optimizer.lr = 1e308

    def cost(a, y):
        if not before or how == "parameters that overflow":
            return nn.quadratic_cost(a, y) * (1e3 if before else 1.0)
        if how == "a cost that is nan":
            return nn.quadratic_cost(a, y) * 1e308 * 1e308 * 0.0
        raise KeyboardInterrupt if how == "Ctrl-C" else ZeroDivisionError

    with contextlib.suppress(nn.DivergenceError, ZeroDivisionError):
        settings = {"cost": cost, "callbacks": [callback], "epochs": 4, "batch_size": 24, "rng": 0}
        assert nn.fit(net, X, Y, optimizer=optimizer, **settings).interrupted
    assert before[0] == state(net)
    assert np.array_equal(before[1], dropout.rng.random(3))


# -- programs -------------------------------------------------------------------------------------


def closure(share):
    rng = np.random.default_rng(0)
    return lambda z: z * (rng.random(z.shape) >= share)


GENERATOR = np.random.default_rng(0)


def by_a_global(z):
    return z * (GENERATOR.random(z.shape) >= 0.001)


def by_numpy(z):
    return z * (np.random.random_sample(z.shape) >= 0.001)


class Method:
    def __init__(self):
        self.tools = {"rng": np.random.default_rng(0)}

    def noise(self, z):
        return z * (self.tools["rng"].random(z.shape) >= 0.001)


@pytest.mark.parametrize(
    "layer",
    [
        Dropout(0.001, 0),
        closure(0.001),
        by_a_global,
        by_numpy,
        Method().noise,
        np.vectorize(lambda x: x * (GENERATOR.random() >= 0.001), otypes=[object]),
        functools.partial(lambda rng, z: z * (rng.random(z.shape) >= 0.001), np.random.default_rng(0)),
    ],
    ids=["module", "closure", "global", "numpy", "method", "vectorize", "partial"],
)
def test_a_mask_is_never_frozen_into_a_program(layer):
    """It lets nearly all numbers pass, so that comparing outputs would hardly show it."""
    net = make(layer, node=Value)
    with pytest.warns(RuntimeWarning, match="scalar by scalar.*in training mode it draws random numbers"):
        assert train(net, epochs=1).program is None


def test_an_array_that_changes_keeps_a_net_from_being_compiled():
    net = make(Norm(4), node=Value)
    with pytest.warns(RuntimeWarning, match="scalar by scalar.*in training mode it changes its own arrays"):
        history = train(net, epochs=2)
    arrays = make(Norm(4))
    expected = train(arrays, epochs=2)
    np.testing.assert_allclose(history.cost, expected.cost, rtol=1e-12)
    np.testing.assert_allclose(net.layers[1].mean, arrays.layers[1].mean, rtol=1e-12)


@pytest.mark.filterwarnings("error")
def test_a_program_of_training_mode_is_not_asked_in_evaluation_mode():
    scalars, arrays = make(Shift(), tanh, node=Value), make(Shift(), tanh)
    histories = [train(net, validation=(X, Y)) for net in (scalars, arrays)]
    assert histories[0].program is not None
    np.testing.assert_allclose(histories[0].cost, histories[1].cost, rtol=1e-12)
    np.testing.assert_allclose(histories[0].validation_cost, histories[1].validation_cost, rtol=1e-12)


@pytest.mark.filterwarnings("error")
def test_a_net_whose_layers_rest_in_evaluation_mode_is_compiled():
    """A generator that nobody draws from, and an array that stays, are no side effects."""

    class Still(Dropout):
        def __call__(self, x):
            return x * self.scale

        scale = 0.5

    still = Still(0.5, 0)
    still.table = np.ones(3)
    assert train(make(still, node=Value)).program is not None


def test_images_are_trained_on_as_they_are():
    images = X.reshape(24, 3, 1)

    def flatten(x):
        return x.reshape(len(x), -1)

    costs = []
    for node in (Tensor, Value):
        layers = make(node=node).layers
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            net = nn.Sequential(flatten, *layers)
            history = train(net, images, validation=(images, Y))
        plain = train(make(node=node))
        np.testing.assert_allclose(history.cost, plain.cost, rtol=1e-12)
        assert history.program is not None
        costs.append(history.validation_cost)
    np.testing.assert_allclose(*costs, rtol=1e-12)


class Tools:
    __slots__ = ("rng",)

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def draw(self):
        return self.rng.random()


TOOLS = Tools()


@pytest.mark.parametrize(
    "draw",
    [
        random.random,
        random.Random(0).random,
        np.random.RandomState(0).random_sample,
        TOOLS.draw,
    ],
    ids=["Python", "Random", "RandomState", "slots"],
)
def test_random_numbers_of_any_source_keep_a_net_from_being_compiled(draw):
    class Layer(nn.Module):
        def __call__(self, z):
            return z * (draw() >= 1e-9)

    before = random.getstate()
    with pytest.warns(RuntimeWarning, match="scalar by scalar.*in training mode it draws random numbers"):
        assert train(make(Layer(), node=Value), epochs=1).program is None
    random.setstate(before)


def test_a_counter_of_its_calls_keeps_a_net_from_being_compiled():
    """A share that falls with the steps would stay that of the first steps."""

    class Annealed(nn.Module):
        def __init__(self):
            self.steps = 0

        def __call__(self, z):
            self.steps += self.training
            return z * (1.0 if self.steps < 50 else 0.5)

    scalars, arrays = make(Annealed(), node=Value), make(Annealed())
    with pytest.warns(RuntimeWarning, match="scalar by scalar.*changes its own settings"):
        history = train(scalars, epochs=20)
    np.testing.assert_allclose(history.cost, train(arrays, epochs=20).cost, rtol=1e-12)
    assert scalars.layers[1].steps == arrays.layers[1].steps
