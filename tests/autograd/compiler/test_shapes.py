"""A program for arrays of other shapes than the recorded ones."""

import pickle

import numpy as np
import pytest
from tensor_programs import layer

import autograd
import nn
from autograd import Tensor, compile, sigmoid

rng = np.random.default_rng(0)


@pytest.mark.parametrize("n", [1, 3, 9])
def test_another_number_of_examples(n):
    W, b, x, a = layer(7)
    total = ((a - 0.3) ** 2).sum()
    program = compile([total, a, a[1:] - a[:-1], a.T.reshape(2, -1)], [x], [W, b])
    other = rng.normal(size=(n, 3))
    t = Tensor(other)
    theirs = sigmoid(t @ W.T + b)
    cost = ((theirs - 0.3) ** 2).sum()
    cost.backward()
    value, gradient, outputs = program.value_grad_and_outputs([W.data, b.data], [other])
    assert value == pytest.approx(cost.item())
    np.testing.assert_allclose(gradient[0], W.grad, rtol=1e-12)
    np.testing.assert_allclose(outputs[1], theirs.data, rtol=1e-14)
    np.testing.assert_allclose(outputs[2], np.diff(theirs.data, axis=0), rtol=1e-12, atol=1e-15)
    assert outputs[3].shape == (2, n)
    W.grad = b.grad = None


MEANS = {
    "of all": lambda x, w: (x * w).mean(),
    "of examples": lambda x, w: (sigmoid(x * w).mean(axis=0) ** 2).sum(),
    "of numbers of an example": lambda x, w: (np.mean(x * w, axis=-1, keepdims=True) - x).sum(),
    "a mean of means": lambda x, w: (x * w).mean(axis=(0,)).mean(),
    "an average": lambda x, w: np.average(x * w, axis=0).sum(),
    "a variance": lambda x, w: autograd.var(x * w, axis=0).sum(),
    "a standard deviation": lambda x, w: autograd.std(x * w, axis=(0, 1), ddof=1),
    "normalized by the batch": lambda x, w: sigmoid((x - x.mean(axis=0)) / autograd.std(x, axis=0) * w).sum(),
    "softmax over the examples": lambda x, w: (autograd.softmax(x * w, axis=0) ** 2).sum(),
    "half the squares": lambda x, w: nn.half_squared_error(x * w, x),
}


@pytest.mark.parametrize("recorded", [7, 11])
@pytest.mark.parametrize("name", MEANS)
def test_a_mean_counts_anew(name, recorded):
    """In the derivative too."""
    x, w = Tensor(rng.uniform(1, 2, (recorded, 2)), label="x"), Tensor([0.5, 2.0], label="w")
    program = compile(MEANS[name](x, w), [x], [w])
    for n in (2, 3, 8, 12):
        other, leaf = rng.uniform(1, 2, (n, 2)), Tensor(w.data)
        cost = MEANS[name](Tensor(other), leaf)
        cost.backward()
        value, (gradient,) = program.value_and_grad([w.data], [other])
        assert value == pytest.approx(cost.item(), rel=1e-12)
        np.testing.assert_allclose(gradient, leaf.grad, rtol=1e-11, atol=1e-15)
    copied = pickle.loads(pickle.dumps(program))
    np.testing.assert_array_equal(copied([w.data], [other]), program([w.data], [other]))


def test_a_variance_of_fewer_numbers_than_it_subtracts():
    x = Tensor([1.0, 2.0, 4.0], label="x")
    program = compile(autograd.var(x, ddof=2), [x], [])
    with np.errstate(all="ignore"):
        assert program([], [[1.0, 3.0]]) == np.inf
    assert program([], [[1.0, 2.0, 3.0, 4.0]]) == np.var([1.0, 2.0, 3.0, 4.0], ddof=2)


LENGTHS = {
    "a division by the length": lambda x: x.sum() / len(x),
    "a product with the reciprocal": lambda x: x.sum() * (1 / len(x)),
    "a root": lambda x: x.sum() / len(x) ** 0.5,
    "a logarithm": lambda x: x.sum() + np.log(x.size),
    "a loop": lambda x: sum((x[i] for i in range(len(x))), start=Tensor(0.0)).sum(),
    "halves": lambda x: x[:3].sum() - x[3:].sum(),
    "a shape": lambda x: x.reshape(6, 1, 2).sum(axis=1),
    "a broadcast": lambda x: autograd.exp(x.sum() + np.zeros(6)),
    "chosen rows": lambda x: x[np.array([0, 5])],
    "weights": lambda x: x.T @ np.full(6, 1 / 6),
    "a size": lambda x: x.sum() * (1 / x.size),
    "the size of another array": lambda x: (x @ np.linspace(0, 1, 22).reshape(2, 11)).sum() / (11 * len(x)),
    "pairs": lambda x: x.sum() / (len(x) * (len(x) - 1) / 2),
    "twice the number": lambda x: x.sum() / (2 * len(x)),
    "a power": lambda x: x.sum() ** len(x),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_record_that_may_hold_a_length_is_refused_for_another(name):
    """And the advice, to compile the function or to record again, helps."""
    x = Tensor(rng.uniform(1, 2, (6, 2)), label="x")
    program = compile(LENGTHS[name](x), [x], [])
    other = rng.uniform(1, 2, (8, 2))
    with pytest.raises(
        ValueError, match=r"x has the shape \(8, 2\), and was recorded with \(6, 2\).*fast = compile\(f\)"
    ):
        program([], [other])
    if name not in ("weights", "a shape"):
        again = Tensor(other, label="x")
        expected = LENGTHS[name](again)
        np.testing.assert_array_equal(compile(expected, [again], [])([], [other]), expected.data)
        fast = compile(LENGTHS[name])
        for array in (x.data, other):
            np.testing.assert_allclose(fast(array), LENGTHS[name](Tensor(array)).data, rtol=1e-15)


@pytest.mark.parametrize(("recorded", "strength"), [(10, 0.001), (8, 1.5), (32, 1e-4)])
def test_a_penalty_is_no_length(recorded, strength):
    """Its strength is a simple fraction of the length, but not by a size in the record."""

    def cost(x, w):
        return nn.half_squared_error(x * w, x) + nn.l2_penalty([w], strength)

    x, w = Tensor(rng.uniform(1, 2, (recorded, 2)), label="x"), Tensor([0.5, 2.0], label="w")
    program, other, leaf = compile(cost(x, w), [x], [w]), rng.uniform(1, 2, (7, 2)), Tensor(w.data)
    expected = cost(Tensor(other), leaf)
    expected.backward()
    value, (gradient,) = program.value_and_grad([w.data], [other])
    assert value == pytest.approx(expected.item(), rel=1e-14)
    np.testing.assert_allclose(gradient, leaf.grad, rtol=1e-13)


@pytest.mark.parametrize(
    "of", [lambda x: x.sum() - np.log(len(x)), lambda x: x.sum() / np.float64(len(x) - 1)]
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_zero_may_stand_for_a_length_of_one(of):
    x = Tensor(np.ones((1, 2)), label="x")
    program = compile(of(x), [x], [])
    with pytest.raises(ValueError, match=r"has the number 0, which may be a length"):
        program([], [np.ones((3, 2))])


def test_an_index_beyond_a_shorter_axis_names_the_leaf():
    x = Tensor(np.ones((3, 2)), label="x")
    with pytest.raises(
        ValueError, match=r"x has the shape \(2, 2\), .*index 2 is out of bounds.*record the graph again"
    ):
        compile(x[2].sum(), [x], [])([], [np.ones((2, 2))])
