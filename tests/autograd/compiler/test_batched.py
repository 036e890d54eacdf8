"""Functions of arrays for many examples: one program, with the results of a loop."""

import warnings

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, compile
from autograd._compiler.programs.batched import joined
from autograd._derivatives.structures import leaves

W = Tensor(np.random.default_rng(0).normal(size=(3, 4)), label="W")


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


FUNCTIONS = {
    "gradient": ag.grad(rosenbrock),
    "hessian": ag.hessian(rosenbrock),
    "jacobian": ag.jacobian(lambda x: ag.tanh(x[1:] * x[:-1])),
    "refers to a Tensor": lambda x: ag.softmax(W @ x),
    "structure": lambda x: (x.sum(), {"double": x * 2, "number": 3.0, "positive": x > 0}),
}


def assert_like_a_loop(results, function, X):
    expected = joined([function(x) for x in X])
    for (_, ours), (_, theirs) in zip(leaves(results), leaves(expected), strict=True):
        assert np.shape(ours) == np.shape(theirs)
        assert np.asarray(ours).dtype == np.asarray(theirs).dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_program_for_all_examples(name):
    fast = compile(FUNCTIONS[name])
    for X in (np.random.default_rng(n).normal(size=(n, 4)) for n in (3, 7)):
        assert_like_a_loop(fast.vmap(X), fast, X)
    assert all(batch is not None for batch in fast._batches.values())


def test_tensors_are_read_at_each_call():
    weights = Tensor(np.eye(2))
    fast = compile(lambda x: weights @ x)
    X = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(fast.vmap(X), X)
    weights.data = np.array([[0.0, 1.0], [1.0, 0.0]])
    np.testing.assert_array_equal(fast.vmap(X), X[:, ::-1])
    assert None not in fast._batches.values()


def test_float32_and_a_number_that_all_examples_share():
    A = Tensor(np.ones((2, 2), np.float32))
    fast = compile(lambda x, k: A @ x * k)
    X = np.arange(12, dtype=np.float32).reshape(3, 2, 2)
    results = fast.vmap(X, np.float32(0.5))
    assert results.dtype == np.float32
    np.testing.assert_allclose(results, np.stack([np.ones((2, 2)) @ x * 0.5 for x in X]))


def test_numbers_that_are_not_finite_are_those_of_a_loop_with_its_warnings():
    fast = compile(lambda x: ag.log(W[0] * W[0] * x))
    X = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 1.0, 1.0]])
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        results = fast.vmap(X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(results, np.stack([fast(x) for x in X]))
    assert np.isneginf(results[1, 0])
    fast_eigenvalues = compile(lambda x: ag.linalg.eigvalsh(x + x.T))
    X = np.random.default_rng(0).normal(size=(3, 2, 2))
    np.testing.assert_allclose(fast_eigenvalues.vmap(X), np.linalg.eigvalsh(X + X.swapaxes(1, 2)))
