"""A net trains as a compiled program, and exactly as on nodes."""

import collections
import contextlib
import copy
import operator
import pickle
import types

import numpy as np
import pytest

import nn
from autograd import (
    Tensor,
    Value,
    exp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    relu,
    sqrt,
    square,
    sum,
    tanh,
    value_and_grad,
    vjp,
    where,
)
from autograd._compiler import Program
from autograd._compiler.programs.tensor_program import TensorProgram
from nn._training.steps.compiled import CannotCompile

pytestmark = pytest.mark.filterwarnings("error")  # fit warns of a net that it does not compile

rng = np.random.default_rng(0)
X = rng.normal(size=(23, 4))
LABELS = (X[:, 0] > 0).astype(int)
Y = nn.data.one_hot(LABELS)[:, :2]


def make(node=Value, **options):
    return nn.MLP([4, 5, 2], node=node, rng=0, **options)


class OnNodes(nn.MLP):
    """The reference: a net of Tensors whose steps `train` takes on nodes."""


def train(net, X=X, Y=Y, optimizer=None, **options):
    settings = {"epochs": 3, "batch_size": 5, "rng": 0, **options}
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(net, OnNodes):
            patch.setattr(nn._training.loop.TrainingLoop, "_compiled", refused)
        return nn.fit(net, X, Y, optimizer=optimizer or nn.SGD(net.parameters(), 1.0), **settings)


def refused(*args):
    raise CannotCompile("it is a reference")


@pytest.fixture(params=[Value, Tensor], ids=["Values", "Tensors"])
def nets(request):
    """A net that is compiled, and the reference."""
    return make(request.param), OnNodes([4, 5, 2], rng=0)


def weights(net):
    return np.concatenate([np.ravel(np.array([p.data])) for p in net.parameters()])


def alike(scalars, arrays):
    np.testing.assert_allclose(weights(scalars), weights(arrays), rtol=0, atol=1e-12)


def distance(a, y):
    """A cost of one's own, for one example or several."""
    return sum(
        [square(tanh(ai[0]) - yi[0]) + 0.5 * abs(ai[1] - yi[1]) for ai, yi in zip(a, y, strict=True)]
    ) / len(a)


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


# -- what is not compiled --------------------------------------------------------------------------


def total(a, y):
    """Not a mean: a batch of five costs five times as much."""
    return sum([square(ai[0] - yi[0]) for ai, yi in zip(a, y, strict=True)])


def test_a_cost_that_is_no_mean_runs_scalar_by_scalar():
    nets = make(), OnNodes([4, 5, 2], rng=0)
    with pytest.warns(RuntimeWarning, match=r"of 8 examples together is .*: it is no mean over the examples"):
        history = train(nets[0], cost=total)
    assert history.program is None
    train(nets[1], cost=total)
    alike(*nets)


def leaky(z):
    """A choice that a recording cannot follow, for each number."""
    return np.vectorize(lambda x: x if x > 0 else 0.1 * x, otypes=[object])(z)


def test_a_choice_by_an_if_is_seen_and_runs_scalar_by_scalar():
    net = make(activation=leaky)
    before = weights(net)
    with pytest.warns(
        RuntimeWarning, match=r"scalar by scalar.*number of a Value, as an `if` .*test_compiled.py, line"
    ):
        history = train(net)
    assert history.program is None
    assert not np.array_equal(weights(net), before)


class Slopes:
    """|x| in two lines: one slope where x is above 0, another elsewhere."""

    def __init__(self):
        self.left, self.right = Value(0.5), Value(0.5)

    def parameters(self):
        return [self.left, self.right]

    def __call__(self, X):
        return np.array([[self.right * x[0] if x[0] > 0 else self.left * x[0]] for x in X])


class Unseen(Slopes):
    """Chooses by a number that is not asked for."""

    def __call__(self, X):
        return np.array(
            [[(self.right if np.copysign(1, x[0]._primal) > 0 else self.left) * x[0]] for x in wrapped(X)]
        )


def wrapped(X):
    return [[v if isinstance(v, Value) else Value(v) for v in x] for x in X]


def test_a_choice_is_seen_where_the_examples_are_in_order():
    x, net = np.r_[-np.linspace(0.1, 1, 8), np.linspace(0.1, 1, 8)][:, np.newaxis], Slopes()
    with pytest.warns(RuntimeWarning, match="scalar by scalar"):
        train(net, x, abs(x), epochs=40)
    np.testing.assert_allclose(weights(net), [-1, 1], atol=0.01)


def test_a_choice_that_few_examples_make_is_not_forgotten_when_it_is_seen():
    """Recorded again with another example the program agrees with the first few: so it must with that one."""
    x, net = np.full((100, 1), -1.0), Unseen()
    x[33:46] = 1.0  # none of those that are asked at the start, and one of the next
    with pytest.warns(RuntimeWarning, match="scalar by scalar.*operations depend on its numbers"):
        history = train(net, x, abs(x), epochs=30)
    assert history.program is None
    np.testing.assert_allclose(weights(net), [-1, 1], atol=0.01)


def test_a_choice_that_shows_later_is_said():
    switched = []

    def moody(z):
        return tanh(z) if not switched else np.vectorize(lambda x: x * rng.random(), otypes=[object])(z)

    net = make(activation=moody)
    with pytest.warns(RuntimeWarning, match="scalar by scalar.*draws random numbers"):
        history = train(
            net,
            optimizer=nn.SGD(net.parameters(), 0.01),
            callbacks=[lambda history: switched.append(0)],
        )
    assert history.program is None
    assert len(history) == 3


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


# -- what is no choice, and what the cost does not depend on ------------------------------------------


@pytest.mark.parametrize("node", [Value, Tensor])
@pytest.mark.parametrize(
    "optimizer", [lambda p: nn.SGD(p, 0.5, momentum=0.9), lambda p: nn.Adam(p, 0.1)], ids=["momentum", "Adam"]
)
def test_what_the_cost_does_not_depend_on_stays_where_it_is(node, optimizer):
    """The optimizer remembers how it moved a net when another one is trained with it."""
    a, b, alone = make(node), make(node), make(node)
    both = optimizer([*a.parameters(), *b.parameters()])
    train(a, optimizer=both)
    before = weights(a)
    train(b, optimizer=both)
    assert np.array_equal(weights(a), before)
    assert all(p.grad is None for p in a.parameters())
    train(alone, optimizer=optimizer(alone.parameters()))
    np.testing.assert_allclose(weights(b), weights(alone), rtol=1e-9)
    np.testing.assert_allclose(weights(a), weights(alone), rtol=1e-9)
    train(a, optimizer=both)  # what was remembered of it is remembered still
    once = make(node)
    remembering = optimizer(once.parameters())
    train(once, optimizer=remembering)
    train(once, optimizer=remembering)
    np.testing.assert_allclose(weights(a), weights(once), rtol=1e-9)


@pytest.mark.parametrize("node", [Value, Tensor])
def test_a_cost_that_depends_on_no_parameter_is_told(node):
    net = make(node)
    with pytest.raises(ValueError, match="the cost depends on no parameter"):
        train(net, cost=lambda a, y: sum([Value(1.0)] if node is Value else Tensor([1.0])))


@pytest.mark.parametrize("scale", [1e-150, 1e-12, 1e-6, 1.0, 1e6, 1e100])
def test_the_check_holds_numbers_of_every_size_to_their_own_digits(scale):
    x, y = X[:, :2], scale * (X[:, :2] @ [[1.0], [2.0]])
    nets = [nn.MLP([2, 1], rng=0, node=Value, activation=nn.identity) for _ in range(2)]
    for net in nets:
        net.load_state_dict({"layers.0.W": np.zeros((1, 2)), "layers.0.b": [0.0]})
    rate = {"optimizer": nn.SGD(nets[0].parameters(), 0.01)}
    with pytest.warns(RuntimeWarning, match="scalar by scalar.*it is no mean over the examples"):
        assert train(nets[0], x, y, cost=total, **rate).program is None
    history = train(
        nets[1], x, y, cost=nn.quadratic_cost, optimizer=nn.SGD(nets[1].parameters(), 0.1), epochs=9
    )
    assert history.program is not None


def test_a_net_that_has_learnt_all_there_is_stays_compiled():
    """What is left of its cost is rounding, which is another in the program."""
    x, y = X[:, :3], X[:, :3] @ [[1.0], [-2.0], [0.3]] + 0.7
    net = nn.MLP([3, 1], rng=0, node=Value, activation=nn.identity)
    history = train(net, x, y, optimizer=nn.SGD(net.parameters(), 0.1), epochs=300)
    assert history.cost[-1] < 1e-28
    assert history.program is not None


def weighted(z, t):
    """Cross entropy with a weight for each class."""
    return nn.cross_entropy(z, t * np.array([1.0, 5.0]))


def test_class_weights_are_no_choice():
    nets = [make(node, output_activation=nn.identity) for node in (Value, Tensor)]
    nets.append(OnNodes([4, 5, 2], output_activation=nn.identity, rng=0))
    histories = [train(net, cost=weighted) for net in nets]
    assert [history.program is None for history in histories] == [False, False, True]
    alike(nets[0], nets[2])
    alike(nets[1], nets[2])


class Slope:
    """What a net learns of a curve: its slope, by a derivative inside."""

    def __init__(self, derivative):
        self.net, self.derivative = nn.MLP([1, 4, 1], node=Value, rng=0, activation=tanh), derivative

    def parameters(self):
        return self.net.parameters()

    def __call__(self, x):
        points = [xi if isinstance(xi, Value) else Value(float(xi)) for xi in np.ravel(x)]
        return np.array([[self.derivative(lambda t: self.net(np.array([t]))[0], point)] for point in points])


@pytest.mark.parametrize(
    "derivative",
    [
        lambda f, x: grad(f)(x),
        lambda f, x: value_and_grad(f)(x)[1],
        lambda f, x: vjp(f, x)[1](1.0)[0],
        lambda f, x: jvp(f, x, 1.0)[1],
        lambda f, x: hvp(f, x, 1.0),
        lambda f, x: hessian(f)(x),
        lambda f, x: jacobian(f)(x),
    ],
    ids=["grad", "value_and_grad", "vjp", "jvp", "hvp", "hessian", "jacobian"],
)
def test_a_derivative_inside_the_net_is_no_choice(derivative):
    net = Slope(derivative)
    before = nn.quadratic_cost(net(X[:, :1]), np.cos(X[:, :1])).data
    history = train(net, X[:, :1], np.cos(X[:, :1]), batch_size=23, epochs=1)
    assert history.program is not None
    assert history.cost[0] == pytest.approx(before, rel=1e-12)


# -- examples for which it is undefined ---------------------------------------------------------------


class Times:
    """x times a weight."""

    def __init__(self):
        self.w = Value(1.0, label="w")

    def parameters(self):
        return [self.w]

    def __call__(self, x):
        return np.array([[self.w * xi[0]] for xi in x])


def surprise(a, y):
    return sum([-log(ai[0]) * yi[0] for ai, yi in zip(a, y, strict=True)]) / len(a)


@pytest.mark.parametrize("place", [0, 7])  # the example that is recorded; and another that is asked about
def test_an_example_for_which_the_cost_is_undefined_is_told_by_the_step_that_meets_it(place):
    x, net = np.full((10, 1), 0.5), Times()
    x[place] = -1.0
    assert place in nn._training.steps.compiled.spread(10)
    with pytest.raises(nn.DivergenceError, match=r"example \d: log\(-\d.*\) is undefined"):
        train(net, x, x, cost=surprise)


def test_a_cost_that_is_undefined_for_all_examples_is_said_to_be():
    net = Times()
    with (
        pytest.warns(
            RuntimeWarning, match=r"scalar by scalar.*on each of 7 examples it is undefined, as log"
        ),
        pytest.raises(nn.DivergenceError, match="log"),
    ):
        train(net, -np.ones((10, 1)), np.ones((10, 1)), cost=surprise)


def test_a_branch_that_an_example_does_not_take_need_not_be_defined():
    def cost(a, y):
        return sum(
            [square(where(relu(ai[0]), sqrt(ai[0]), ai[0]) - yi[0]) for ai, yi in zip(a, y, strict=True)]
        ) / len(a)

    x, net = np.linspace(-2, 2, 40)[:, np.newaxis], Times()
    y = np.where(x > 0, np.sqrt(2 * np.abs(x)), 2 * x)
    history = train(net, x, y, cost=cost, optimizer=nn.SGD([net.w], 0.2), epochs=50)
    assert history.program is not None
    assert net.w.data == pytest.approx(2.0)


# -- nets of Tensors ----------------------------------------------------------------------------------


def both(reference, **options):
    """The histories of a net that is compiled and of its copy on nodes, which end alike."""
    net = copy.deepcopy(reference)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn._training.loop.TrainingLoop, "_compiled", refused)
        expected = train(reference, **options)
    history = train(net, **options)
    for p, q in zip(net.parameters(), reference.parameters(), strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-9, atol=1e-12)
        assert p.dtype == q.dtype
    np.testing.assert_allclose(history.cost, expected.cost, rtol=1e-9)
    assert history.accuracy == expected.accuracy
    return history, expected


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


def spread_out(a, y):
    """A cost that mixes the examples of a batch."""
    return nn.quadratic_cost(a, y) + a.var(axis=0).sum()


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


def huber(a, y):
    off = np.abs(a - y)
    return where(off < 0.4, off * off / 2, 0.4 * (off - 0.2)).sum(axis=1).mean()


def masked(a, y):
    """Errors count twice where something is desired, and only where the output is not near."""
    near = (a - y > -0.05) & (a - y <= 0.05)
    return (square(a - y) * ((y > 0).astype(a.dtype) + 1) * (1.0 - near)).sum(axis=1).mean()


def chosen(a, y):
    return where(y != 0, square(a - y), np.where(a >= 0.5, 3.0, 1.0) * square(a)).sum(axis=1).mean()


def by_names(a, y):
    unlike = np.greater(0.3, a) | np.less_equal(np.array([[0.7, 0.6]]), a)
    return where(np.isnan(y), 0.0, where(unlike, square(a - y), y - a)).sum(axis=1).mean()


def counted_in_batch(a, y):
    return (square(a - y) * (y > 0)).sum() / (1 + np.sum(y > 0))


def of_batch(a, y):
    return huber(a, y) + where(a > a.mean(axis=0), a, 0.5 * a).sum()


def leaky_by_comparison(z):
    return where(z > 0, z, 0.1 * z)


@pytest.mark.parametrize(
    ("cost", "kind"),
    [
        (huber, Program),
        (masked, Program),
        (chosen, Program),
        (by_names, Program),
        (counted_in_batch, TensorProgram),
        (of_batch, TensorProgram),
    ],
)
def test_comparisons_of_tensors_are_recorded(cost, kind):
    history, _ = both(make(Tensor, activation=leaky_by_comparison), cost=cost)
    single = train(make(Tensor, activation=leaky_by_comparison, dtype="float32"), cost=cost)
    assert history.eager is single.eager is None
    assert type(history.program) is type(single.program) is kind
    assert single.program.dtype == np.float32 or cost is counted_in_batch  # a count makes doubles


def test_a_parameter_is_compared_in_a_recording_and_in_steps_on_nodes():
    net, level = make(Tensor), Tensor(0.2)

    def sparse(a, y):
        W = net.parameters()[0]
        return nn.quadratic_cost(a, y) + where(W > 0.1, W, 0.0).sum() * 0.01

    def by_a_leaf(a, y):
        return nn.quadratic_cost(a, y) if level > a.mean() else a.sum()

    for _ in range(2):
        assert type(train(net, cost=sparse).program) is Program
        sparse(net(X), Y)
    assert "looks at the number of a Tensor" in train(net, cost=by_a_leaf).eager


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
    assert {w.filename for w in warned} == {__file__}


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
