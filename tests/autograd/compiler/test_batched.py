"""Functions of arrays for many examples: one program, with the results of a loop."""

import warnings

import numpy as np
import pytest
from compiled_functions import A, B, numbers_in, of_number

import autograd as ag
from autograd import (
    DomainError,
    Tensor,
    compile,
    grad,
    hessian,
    log,
    sin,
    tanh,
)
from autograd._compiler.programs.batched import joined
from autograd._derivatives.structures import leaves

RNG = np.random.default_rng(0)
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


# -- many examples ----------------------------------------------------------------------------------

MANY = {
    "a number": (of_number, (A[0],)),
    "a parameter": (lambda x, k: sin(k * x), (A[0], 2.0)),
    "its gradient": (grad(lambda x, k: sin(k * x), argnums=(0, 1)), (A[0], B[0])),
    "a row": (lambda x: (x * x).sum(), (A,)),
    "its gradient by a row": (grad(lambda x: (x * x * x).sum()), (A,)),
    "a hessian": (hessian(lambda x: (x * x * x).sum()), (A,)),
    "a structure": (lambda p, x: {"y": p["w"] * x, "n": 3, "none": None, "t": x > 0}, ({"w": A[0]}, B[0])),
    "whole numbers": (lambda x: x * 2, (np.arange(3),)),
    "a matrix": (lambda M, v: M @ v, (RNG.normal(size=(3, 2, 2)), A[:, :2])),
    "a Tensor": (lambda x: (Tensor(A) @ x).sum(), (B,)),
    "an error to be": (lambda x: x * 1e308, (np.array([1.0, 10.0]),)),
}


@pytest.mark.parametrize("name", MANY)
def test_many_examples_are_a_loop(name):
    f, args = MANY[name]
    fast = compile(f)
    count = len(next(x for x in numbers_in(list(args)) if isinstance(x, np.ndarray)))
    for turn in range(2):
        results = fast.vmap(*args)
        for i in range(count):
            each = fast(*(_example(x, i) for x in args))
            for result, expected in zip(numbers_in(results), numbers_in(each), strict=True):
                assert expected is result is None or np.allclose(result[i], expected, 1e-13), turn


def _example(x, i):
    if isinstance(x, dict):
        return {key: _example(part, i) for key, part in x.items()}
    if not isinstance(x, np.ndarray):
        return x
    return float(x[i]) if x.ndim == 1 else x[i]


def test_many_examples_are_one_program():
    calls = []

    def f(x, w):
        calls.append(1)
        return tanh(w[0] * x[0] + w[1] * x[1])

    X, w = RNG.normal(size=(1000, 2)), np.array([0.5, -1.5])
    fast = compile(lambda x: f(x, w))
    assert np.allclose(fast.vmap(X), np.tanh(X @ w), 1e-14)
    assert np.allclose(fast.vmap(2 * X), np.tanh(2 * X @ w), 1e-14)
    assert len(calls) == 1
    with pytest.warns(RuntimeWarning, match="looked at the number of x"):
        assert compile(lambda x: x if x > 0 else -x).vmap(A[0]).tolist() == abs(A[0]).tolist()


def test_errors_of_many_examples():
    fast = compile(lambda x, y: log(x) + y)
    with pytest.raises(DomainError, match=r"example 1: log\(x = -1\.0\)"):
        fast.vmap(np.array([1.0, -1.0]), 0.0)
    with pytest.raises(ValueError, match=r"x has 3, y has 2"):
        fast.vmap(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match=r"write np\.array\(xs\) of a list"):
        fast.vmap([1.0, 2.0], 0.0)
    assert fast.vmap(np.array([1.0, 1.0]), 0.0).tolist() == [0.0, 0.0]  # as advised
    with pytest.raises(ValueError, match="at least one example"):
        fast.vmap(np.ones(0), 0.0)
