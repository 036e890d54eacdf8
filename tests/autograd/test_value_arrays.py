"""Arrays of Values whose NumPy functions are those of the table, as an activation gets them."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value, where
from autograd._functions.value_arrays import ValueArray


def values(*numbers):
    return np.array([Value(float(x)) for x in numbers]).view(ValueArray)


def slopes(f, *numbers):
    """Of the sum of what f gives, by each number."""
    z = values(*numbers)
    total = autograd.sum(np.ravel(f(z)).tolist())
    if isinstance(total, Value):
        total.backward()
    return [x.grad or 0.0 for x in z]


@pytest.mark.parametrize(
    ("f", "numbers", "results", "expected"),
    [
        (lambda z: np.maximum(z, 0.0), (-1, 0, 2), [0, 0, 2], [0, 0.5, 1]),
        (lambda z: np.maximum(0.0, z), (-1, 0, 2), [0, 0, 2], [0, 0.5, 1]),
        (lambda z: np.minimum(z, 0.0), (-1, 0, 2), [-1, 0, 0], [1, 0.5, 0]),
        (np.max, (3, 3, 3), [3], [1 / 3] * 3),
        (lambda z: z.max(axis=0), (1, 3, 3), [3], [0, 0.5, 0.5]),
        (np.min, (1, 1, 2), [1], [0.5, 0.5, 0]),
        (lambda z: np.max(z.reshape(2, 2), axis=1, keepdims=True), (1, 2, 4, 3), [2, 4], [0, 1, 1, 0]),
        (lambda z: np.clip(z, 0.0, 1.0), (-1, 0, 0.5, 1, 2), [0, 0, 0.5, 1, 1], [0, 0.5, 1, 0.5, 0]),
        (lambda z: np.clip(z, None, 1.0), (-1, 2), [-1, 1], [1, 0]),
        (lambda z: np.clip(z, 0.0, None), (-1, 2), [0, 2], [0, 1]),
        (lambda z: where(z > 0, z, 0.1 * z), (-1, 2), [-0.1, 2], [0.1, 1]),
        (lambda z: np.where(z > 0, z, 0.1 * z), (-1, 2), [-0.1, 2], [0.1, 1]),
        (lambda z: where((z > 0) & (z < 1), z, 0.0), (-1, 0.5, 2), [0, 0.5, 0], [0, 1, 0]),
        (lambda z: where(~(z > 0), z, 0.0), (-1, 0.5), [-1, 0], [1, 0]),
        (lambda z: z * (z > 0), (-1, 2), [0, 2], [0, 1]),
        (lambda z: np.square(z).sum(), (1, 2), [5], [2, 4]),
        (lambda z: z.mean(), (1, 3), [2], [0.5, 0.5]),
        (lambda z: z[z > 0], (-1, 2, 3), [2, 3], [0, 1, 1]),
        (lambda z: np.array([[1.0, 2.0]]) @ z, (1, 3), [7], [1, 2]),
        (lambda z: 1 / (1 + np.exp(-z)), (0,), [0.5], [0.25]),
    ],
)
def test_numpys_functions_are_those_of_the_table(f, numbers, results, expected):
    assert [float(x) for x in np.ravel(f(values(*numbers)))] == pytest.approx(results)
    assert slopes(f, *numbers) == pytest.approx(expected)


def test_what_a_reduction_does_not_take_is_told():
    for options in ({"initial": 1.0}, {"where": np.array([True, False])}, {"out": np.empty((), object)}):
        with pytest.raises(TypeError, match=f"takes axis and keepdims, not {next(iter(options))}"):
            np.max(values(1, 2), **options)
    with pytest.raises(ValueError, match="of no elements"):
        np.max(values())


def test_an_item_is_set_by_a_comparison_and_the_array_is_shown_as_any_other():
    z = values(-1, 2)
    z[z < 0] = 0.0
    assert [float(x) for x in z] == [0.0, 2.0]
    assert repr(values(1)) == "array([Value(1.0)], dtype=object)"


X = np.random.default_rng(0).normal(size=(200, 2))
Y = (X[:, :1] * X[:, 1:] > 0) * 1.0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "activation",
    [
        lambda z: np.maximum(z, 0.0),
        lambda z: where(z > 0, z, 0.1 * z),
        lambda z: np.where(z > 0, z, 0.1 * z),
        lambda z: z * (z > 0),
    ],
)
def test_a_choice_written_for_arrays_trains_a_net_of_values_as_one_of_tensors(activation):
    costs = []
    for node in (Tensor, Value):
        net = nn.MLP([2, 3, 1], node=node, rng=0, activation=activation)
        optimizer = nn.SGD(net.parameters(), lr=0.5)
        history = nn.fit(net, X, Y, optimizer=optimizer, epochs=3, batch_size=20, rng=0, progress=False)
        assert history.program is not None or node is Tensor
        costs.append(history.cost)
    assert costs[0] == pytest.approx(costs[1], rel=1e-9)


def huber(a, y):
    off = abs(a - y)
    return autograd.sum(where(off < 0.3, off * off, 0.6 * off - 0.09)) / len(a)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "cost",
    [
        huber,
        lambda a, y: autograd.sum(np.maximum(0.2, (a - y) * (a - y))) / len(a),
        lambda a, y: autograd.sum(where(autograd.abs(a - y) < 0.3, a * a, autograd.square(a - y))) / len(a),
    ],
)
def test_a_choice_in_a_cost_is_made_for_each_example(cost):
    costs = []
    for node in (Tensor, Value):
        net = nn.MLP([2, 3, 1], node=node, rng=0)
        optimizer = nn.SGD(net.parameters(), lr=0.5)
        options = {"epochs": 5, "batch_size": 20, "rng": 0, "progress": False}
        history = nn.fit(net, X, Y, cost=cost, optimizer=optimizer, **options)
        assert history.program is not None
        costs.append(history.cost)
    assert costs[0] == pytest.approx(costs[1], rel=1e-9)


def test_a_constant_that_an_activation_gives_is_a_value_with_a_label():
    net = nn.MLP([2, 3, 1], node=Value, rng=0, activation=lambda z: np.array([max(x, 0.0) for x in z]))
    (output,) = net([1.0, -2.0])
    assert isinstance(output, Value)
    cut = nn.MLP([2, 3, 1], node=Value, rng=0, activation=lambda z: z.astype(float))
    with pytest.raises(TypeError, match="gave an array of float64 for an array of object, which cuts"):
        cut([1.0, -2.0])


def test_numbers_made_of_an_array_of_values_are_plain_to_everybody():
    z = values(2, 1)
    assert type(z.astype(float)) is np.ndarray
    assert autograd.sum(z.astype(float)) == 3.0
    assert autograd.sum(np.argsort(z)) == 1
    net = nn.MLP([2, 2], node=Value, rng=0)
    a = net(X[:5])
    assert autograd.sum(a.astype(float) > 0.5) == autograd.sum((a > 0.5).astype(float))
    assert np.mean((a > 0.5) == (a.astype(float) > 0.5)) == 1.0
    assert repr(a[0]) == repr(np.asarray(a[0]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "f",
    [
        *(autograd.abs, autograd.tanh, autograd.exp, autograd.square, autograd.relu, autograd.softmax),
        *(autograd.log_softmax, autograd.cumsum, autograd.transpose),
        lambda z: autograd.maximum(z, 0.5),
        lambda z: autograd.where(z > 0, z, 0.1),
        lambda z: autograd.clip(z, -1, 1),
        lambda z: autograd.concatenate([z, z]),
    ],
)
def test_comparisons_after_a_function_of_the_table_are_recorded_too(f):
    z = values(-2, 3, 0.2)
    a, b = f(z), f(np.array([1.0, -1.0, 0.1]))
    program = autograd.compile(list(where(a > 0.45, a, -2 * a)), list(z), [])
    np.testing.assert_allclose(program([], [[1.0, -1.0, 0.1]])[0], np.where(b > 0.45, b, -2 * b), rtol=1e-12)
    assert type(a) is ValueArray
    assert type(f(z.view(np.ndarray))) is np.ndarray
