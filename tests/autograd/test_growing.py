"""``W = W - lr * W.grad`` in a loop gets a warning, once, at its line; no other code does."""

import gc
import inspect
import warnings

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, grad, no_grad, tanh
from autograd._graph import growing

NODES = pytest.mark.parametrize("start", [lambda: Value(3.0), lambda: Tensor([3.0, -2.0])])
STEPS = growing.MANY + 5


@pytest.fixture(autouse=True)
def fresh():
    growing._readings.clear()


def cost_of(W):
    cost = (W - 1.0) ** 2
    return cost.sum() if isinstance(W, Tensor) else cost


def descend(W):
    for _ in range(STEPS):
        cost_of(W).backward()
        W = W - 0.1 * W.grad
    return W


def in_place(W):
    for _ in range(STEPS):
        cost_of(W).backward()
        W -= 0.1 * W.grad


def uphill(W):
    for _ in range(STEPS):
        (-cost_of(W)).backward()
        W = W + 0.1 * W.grad


def added(W):
    for _ in range(STEPS):
        cost_of(W).backward()
        W = W + (-0.1) * W.grad


def momentum(W):
    v = 0.0
    for _ in range(STEPS):
        cost_of(W).backward()
        v = 0.5 * v + W.grad
        W = W - 0.05 * v


def decay(W):
    for _ in range(STEPS):
        cost_of(W).backward()
        W = W * 0.99 - 0.1 * W.grad


def clipped(W):
    for _ in range(STEPS):
        cost_of(W).backward()
        W = W - np.clip(W.grad, -0.1, 0.1)


def several(W):
    params = [W, W * 1.0]
    for _ in range(STEPS):
        (cost_of(params[0]) + cost_of(params[1])).backward()
        params = [p - 0.1 * p.grad for p in params]


@NODES
@pytest.mark.parametrize("loop", [descend, in_place, uphill, added, momentum, decay, clipped, several])
def test_updates_that_go_on_recording_are_told_where_they_are_written(loop, start):
    with pytest.warns(UserWarning, match=r"remembers every update.*W\.data -= lr \* W\.grad") as told:
        loop(start())
    lines, first = inspect.getsourcelines(loop)
    assert {warning.filename for warning in told} == {__file__}
    assert all(".grad" in lines[warning.lineno - first] for warning in told)


def test_it_is_told_once():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(3):
            descend(Value(3.0))
    assert len(told) == 1


@NODES
def test_the_advice_is_silent_and_comes_to_the_same(start):
    W = start()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(STEPS):
            W.grad = None
            cost_of(W).backward()
            W.data -= 0.1 * W.grad
    with pytest.warns(UserWarning, match="remembers"):
        recorded = descend(start())
    np.testing.assert_allclose(W.data, recorded.data, rtol=1e-12)


def recurrent(x):
    """A state that is carried on, with a sweep and a look at its gradient at each step."""
    w, h = Value(0.5), Value(0.1)
    for _ in range(STEPS):
        h = tanh(w * h + x)
        (h * h).backward()
        h.grad  # noqa: B018


def truncated(x):
    w, h = Value(0.5), 0.1
    for _ in range(STEPS):
        h = tanh(w * Value(h) + 0.3)
        (h * h).backward()
        h = h.data


def over_time(x):
    """A clock and a place that go on by plain numbers."""
    t, place, speed = Value(0.0), Value(1.0), Value(0.5)
    for _ in range(STEPS):
        t = t + 0.1
        place = place + speed * 0.1
        (place * place + t).backward()


def recorded_steps(x):
    """Steps that are to be differentiated through."""
    rate, W = Value(0.1), x
    for _ in range(STEPS):
        W.grad = None
        ((W - 1.0) ** 2).backward(create_graph=True)
        W = W - rate * W.grad


def steps_of_grad(x):
    W = x
    for _ in range(STEPS):
        W = W - 0.1 * grad(lambda w: (w - 1.0) ** 2)(W)


def twice_the_same(x):
    """One graph, swept and looked at again and again, from either end."""
    chain = [x * 2.0]
    for k in range(STEPS):
        chain.append(chain[-1] - k)
    for _ in range(STEPS):
        (chain[-1] * chain[-1]).backward()
        for node in [*reversed(chain), *chain]:
            node.grad  # noqa: B018


def a_growing_sum(x):
    total = x * 1.0
    for k in range(STEPS):
        total = total + k * x
        total.backward()
        total.grad  # noqa: B018


def short_runs(x):
    for _ in range(5):
        W = Value(3.0)
        for _ in range(growing.MANY - 2):
            ((W - 1.0) ** 2).backward()
            W = W - 0.1 * W.grad


def trained(x):
    net = nn.MLP([2, 3, 1], rng=0)
    sgd = nn.SGD(net.parameters(), lr=0.1, momentum=0.5)
    for _ in range(STEPS):
        sgd.zero_grad()
        (net([1.0, 2.0]) ** 2).sum().backward()
        sgd.step()


def inside_no_grad(x):
    W = x
    for _ in range(STEPS):
        ((W - 1.0) ** 2).backward()
        with no_grad():
            W = W - 0.1 * W.grad


@pytest.mark.parametrize(
    "loop",
    [
        recurrent, truncated, over_time, recorded_steps, steps_of_grad, twice_the_same, a_growing_sum,
        short_runs, trained, inside_no_grad,
    ],
)  # fmt: skip
def test_other_loops_are_let_alone(loop):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loop(Value(3.0))


def test_nothing_is_held():
    def loop():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            descend(Value(3.0))

    loop()
    gc.collect()
    gc.disable()
    try:
        loop()
        assert gc.collect() == 0
        assert not growing._readings
    finally:
        gc.enable()
