"""One example as a program: what is recorded, which choices are no choice, and why a net is not compiled."""

import numpy as np
import pytest
from compiled_training import OnNodes, X, Y, alike, both, make, train, weights

import nn
from autograd import (
    Tensor,
    Value,
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
from autograd._compiler.programs.program import Program
from autograd._compiler.programs.tensor_program import TensorProgram

pytestmark = pytest.mark.filterwarnings("error")  # fit warns of a net that it does not compile

rng = np.random.default_rng(0)

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
        RuntimeWarning, match=r"scalar by scalar.*number of a Value, as an `if` .*test_recording.py, line"
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
