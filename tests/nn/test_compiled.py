"""A net trains as a compiled program, and exactly as on nodes."""

import copy
import operator
import pickle

import compiled_training
import numpy as np
import pytest
from compiled_training import LABELS, OnNodes, X, Y, alike, both, distance, make, spread_out, train, weights

import nn
from autograd import (
    Tensor,
    Value,
    exp,
    relu,
    square,
    sum,
    tanh,
)
from autograd._compiler.programs.tensor_program import TensorProgram

pytestmark = pytest.mark.filterwarnings("error")  # fit warns of a net that it does not compile


@pytest.mark.parametrize(
    "cost",
    [nn.quadratic_cost, nn.half_squared_error, nn.mean_squared_error, distance],
    ids=lambda f: f.__name__,
)
def test_costs(nets, cost):
    scalars, arrays = (train(net, cost=cost) for net in nets)
    assert scalars.program is not None
    assert scalars.eager is None
    assert arrays.program is None
    assert arrays.eager == "it is a reference"
    alike(*nets)
    np.testing.assert_allclose(scalars.cost, arrays.cost, rtol=1e-12)
    assert scalars.accuracy == arrays.accuracy


def test_a_penalty_on_the_weights(nets):
    for net in nets:

        def cost(a, y, net=net):
            return nn.quadratic_cost(a, y) + nn.l2_penalty([net.layers[0].W], 0.01)

        train(net, cost=cost)
    alike(*nets)


@pytest.mark.parametrize("node", [Value, Tensor])
def test_labels(node):
    nets = make(node, output_activation=nn.identity), OnNodes([4, 5, 2], output_activation=nn.identity, rng=0)
    scalars, arrays = (train(net, Y=LABELS, cost=nn.cross_entropy, validation=(X, LABELS)) for net in nets)
    assert scalars.program is not None
    alike(*nets)
    assert scalars.accuracy == arrays.accuracy
    np.testing.assert_allclose(scalars.validation_cost, arrays.validation_cost, rtol=1e-12)
    assert scalars.validation_accuracy == arrays.validation_accuracy


@pytest.mark.parametrize(
    "make_optimizer", [lambda p: nn.SGD(p, 0.5, momentum=0.9), lambda p: nn.Adam(p, 0.05)]
)
def test_what_an_optimizer_remembers_goes_on_from_run_to_run(nets, make_optimizer):
    for net in nets:
        optimizer = make_optimizer(net.parameters())
        for _ in range(2):
            train(net, optimizer=optimizer)
        assert optimizer.steps == 30
        assert all(map(operator.is_, optimizer.params, net.parameters()))
        net(X[:1])[0, 0].backward()  # and a step by hand, on nodes
        optimizer.step()
    alike(*nets)


def test_an_optimizer_of_another_make(nets):
    class Signs:
        def __init__(self, params):
            self.params = list(params)

        def zero_grad(self):
            for p in self.params:
                p.grad = None

        def step(self):
            for p in self.params:
                p.data = p.data - 0.01 * np.sign(p.grad)

    for net in nets:
        train(net, optimizer=Signs(net.parameters()))
    alike(*nets)


def test_some_of_the_parameters(nets):
    for net in nets:
        train(net, optimizer=nn.SGD(net.layers[1].parameters(), 1.0))
    alike(*nets)
    assert np.array_equal(weights(nets[0].layers[0]), weights(make().layers[0]))


def test_callbacks_see_the_net_and_change_the_rate(nets):
    found = []
    for net in nets:
        optimizer = nn.SGD(net.parameters(), 1.0)

        def look(history, net=net, optimizer=optimizer):
            found.append(weights(net))
            optimizer.lr = 0.1 / len(history)

        train(net, optimizer=optimizer, callbacks=[look])
    np.testing.assert_allclose(found[:3], found[3:], rtol=0, atol=1e-12)


def test_a_net_that_changes_between_epochs_is_compiled_again(nets):
    programs = []
    for net in nets:

        def change(history, net=net):
            programs.append(history.program)
            net.layers[0].activation = tanh

        train(net, callbacks=[change])
    alike(*nets)
    assert programs[0] is not programs[1] is programs[2] is not None
    assert programs[3:] == [None] * 3


def test_a_callback_that_takes_parameters_out_of_the_optimizer(nets):
    for net in nets:
        optimizer, kept = nn.SGD(net.parameters(), 1.0), len(net.layers[0].parameters())

        def freeze(history, optimizer=optimizer, kept=kept):
            optimizer.params = optimizer.params[:kept]

        train(net, optimizer=optimizer, callbacks=[freeze])
    alike(*nets)


# -- what is left behind ----------------------------------------------------------------------------


def test_the_program_can_be_read():
    assert str(train(make()).program).splitlines() == [
        "z1 = W1 @ a0 + b1     (5 x 4)",
        "a1 = sigmoid(z1)      (5)",
        "z2 = W2 @ a1 + b2     (2 x 5)",
        "a2 = sigmoid(z2)      (2)",
        "v1 = square(a2 - y)   (2)",
        "C = v1[0] + v1[1]     (1)",
        "return [C, a2]        (3)",
    ]


def test_a_history_is_saved_and_copied_without_its_program(tmp_path):
    history = train(make())
    assert nn.History.load(history.save(tmp_path / "history.json")) == history
    for copied in (copy.deepcopy(history), pickle.loads(pickle.dumps(history))):
        assert copied == history
        assert copied.program is None


def test_gradients_of_the_last_step_are_there():
    net, arrays = make(), make(Tensor)
    train(net)
    train(arrays)
    found = [p.grad for p in net.parameters()]
    expected = np.concatenate([np.ravel(p.grad) for p in arrays.parameters()])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


# -- nets of Tensors ----------------------------------------------------------------------------------


class Skip(nn.Module):
    """A net as a user writes one: a shared layer, a gain, and a parameter that nothing uses."""

    def __init__(self):
        self.first = nn.Layer(4, 4, activation=tanh, rng=0)
        self.gain, self.unused = Tensor(np.full(4, 0.5)), Tensor(np.ones(3))
        self.last = nn.Layer(4, 2, activation=nn.identity, rng=1)

    def __call__(self, x):
        x = x + self.gain * self.first(x)
        return self.last(x - self.first(x).mean(axis=-1, keepdims=True))


def test_a_module_of_a_user_s():
    options = {"validation": (X[:9], LABELS[:9]), "metrics": {"range": lambda a, y: np.ptp(a)}}
    history, expected = both(Skip(), Y=LABELS, cost=nn.cross_entropy, **options)
    assert history.program is not None
    np.testing.assert_allclose(history.validation_cost, expected.validation_cost, rtol=1e-9)
    np.testing.assert_allclose(history.metrics["range"], expected.metrics["range"], rtol=1e-9)


@pytest.mark.parametrize("cost", [spread_out, lambda a, y: square(a - y).sum()], ids=["variance", "sum"])
@pytest.mark.parametrize("use_bias", [True, False])
def test_a_cost_that_is_no_mean_is_compiled_for_a_whole_batch(cost, use_bias):
    history, _ = both(nn.MLP([4, 2], use_bias=use_bias, rng=0), cost=cost, validation=(X, Y))
    assert type(history.program) is TensorProgram
    assert history.eager is None


def test_what_is_not_compiled_says_why_and_does_not_warn():
    calls = []

    def counted(a, y):
        calls.append(len(a))
        return nn.quadratic_cost(a, y)

    def by_if(a, y):
        off = a - y
        return sum(off * off) if off.mean() > -9 else sum(abs(off))

    def told(a, y):
        c = nn.quadratic_cost(a, y)
        print("cost", c.item(), end="\r")
        return c

    def line(f, after):
        return f"(test_compiled.py, line {f.__code__.co_firstlineno + after})"

    for cost, reason in (
        (counted, "as a counter of its calls"),
        (by_if, f"looks at the number of a Tensor, as an `if` or an index does {line(by_if, 2)}, and"),
        (told, f"reads the number of a Tensor, as `item()`, `.data` or `argmax` does {line(told, 2)}, and"),
    ):
        history, _ = both(make(Tensor), cost=cost)
        assert history.program is None
        assert reason in history.eager
    assert calls == [5, 5, 5, 5, 3] * 6


@pytest.mark.parametrize("node", [Value, Tensor])
def test_float32_where_the_net_or_the_user_says_so(node):
    net = make(node, **({"dtype": "float32"} if node is Tensor else {}))
    reference = OnNodes([4, 5, 2], rng=0)
    history = train(net, validation=(X, Y), **({"dtype": "float32"} if node is Value else {}))
    expected = train(reference, validation=(X, Y))
    assert history.program.dtype == np.float32
    np.testing.assert_allclose(weights(net), weights(reference), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(history.cost, expected.cost, rtol=1e-5)
    for wrong in ("float16", "complex64"):
        with pytest.raises(TypeError, match="dtype is float32 or float64, not"):
            train(make(), dtype=wrong)


@pytest.mark.parametrize("cost", [nn.quadratic_cost, lambda a, y: square(a - y).sum()], ids=["mean", "sum"])
def test_a_run_that_diverges_is_told_once(cost):
    net = make(Tensor, activation=relu, output_activation=operator.pos)
    with pytest.raises(nn.DivergenceError), np.errstate(all="warn"):  # and warnings are errors here
        train(net, cost=cost, optimizer=nn.SGD(net.parameters(), 1e200), epochs=30)


def test_an_overflow_in_a_step_that_stays_finite_is_told_at_the_line_of_the_user():
    class Squashed(nn.Module):
        def __init__(self):
            self.net = make(Tensor)

        def __call__(self, x):
            return self.net(1 / (1 + exp(-1e4 * x)))

    net = Squashed()
    told = pytest.warns(RuntimeWarning, match="overflow in steps of training")
    with told as warned, np.errstate(over="warn"):
        assert train(net).program is not None
    assert {w.filename for w in warned} == {compiled_training.__file__}  # its `train` calls fit


def test_a_run_of_a_few_steps_is_not_compiled(monkeypatch):
    monkeypatch.setattr(nn._training.loop, "FEW", 10)
    net, other = make(Tensor), make(Tensor)
    history = train(net, epochs=2)
    assert history.program is None
    assert "10 steps" in history.eager
    assert train(make(Tensor), epochs=3).program is not None
    assert train(make(Value), epochs=2).program is not None
    monkeypatch.setattr(nn._training.loop, "FEW", 0)
    train(other, epochs=2)
    alike(net, other)


def test_an_optimizer_with_a_step_of_its_own_gets_each_parameter(nets):
    class Clipped(nn.SGD):
        def step(self):
            for p in self.params:
                p.grad = np.clip(p.grad, -0.02, 0.02)
            super().step()

    for net in nets:
        train(net, optimizer=Clipped(net.parameters(), 1.0))
    alike(*nets)


@pytest.mark.parametrize(("limit", "bytes_"), [("BLOCK", 1), ("BLOCK", 500), ("LARGEST", 1)])
def test_examples_gathered_in_other_blocks_give_the_same_run(monkeypatch, limit, bytes_):
    nets = make(Tensor), make(Tensor)
    train(nets[0])
    monkeypatch.setattr(nn._training.steps.examples, limit, bytes_)
    train(nets[1])
    assert np.array_equal(weights(nets[0]), weights(nets[1]))
