"""Compiled functions of small arrays in Python's floats: numbers and warnings are NumPy's."""

import warnings

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, compile, hessian
from autograd._compiler.find.tensors.tape import read
from autograd._compiler.programs import recordings
from autograd._compiler.programs.tensors import plain
from autograd._compiler.programs.tensors.plain import in_plain_arithmetic


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def chosen(function, *arrays):
    """The function that is run for a graph of these leaves, and whether that is plain arithmetic."""
    leaves = [Tensor(a) for a in arrays]
    tape, _ = read([function(*leaves)], leaves)
    by_arrays = recordings.task_of(tape, None, outputs=True)
    run = in_plain_arithmetic(tape, [leaf.data for leaf in leaves], by_arrays)
    return run, run is not by_arrays


def test_many_calls_on_small_arrays_are_plain_and_few_or_large_ones_are_not():
    x = np.linspace(0.5, 1.5, 10)
    assert chosen(hessian(rosenbrock), x)[1]
    assert not chosen(rosenbrock, x)[1]
    assert not chosen(hessian(rosenbrock), x.astype(np.float32))[1]
    assert not chosen(rosenbrock, np.ones(10_000))[1]
    assert not chosen(lambda a: ag.linalg.eigvalsh(a.reshape(2, 2)), np.ones(4))[1]


def test_a_hessian_is_that_of_the_function():
    x = np.linspace(-1.5, 1.5, 10)
    fast = compile(hessian(rosenbrock))
    for scale in (1.0, 0.3):
        np.testing.assert_allclose(fast(scale * x), hessian(rosenbrock)(scale * x), rtol=1e-13)
    result = fast(x)
    result[:] = 0
    assert fast(x).any()


HARD = [0.0, -1.0, 1.0, 800.0, 1e200, np.inf, np.nan]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 1 / (x * x),  # an overflow that the result does not show
        lambda x: ag.tanh(x * x * x),
        lambda x: ag.where(ag.relu(x), ag.log(x), 0.0),
        lambda x: ag.maximum(x / (x - 1), 0.0),
        lambda x: ag.exp(x) + ag.sqrt(x),
        lambda x: x**3 - ag.sigmoid(x * x),
    ],
)
def test_numbers_and_warnings_are_those_of_numpy(function, monkeypatch):
    monkeypatch.setattr(plain, "SHORT", 0.0)
    monkeypatch.setattr(plain, "GAIN", 0.0)
    run, is_plain = chosen(function, np.array([2.0, 3.0]))
    assert is_plain
    for number in HARD:
        array = np.array([0.5, number])
        results, told = [], []
        for compute in (lambda a: run([a])[0], lambda a: function(Tensor(a)).data):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                results.append(compute(array))
            told.append({str(w.message).partition(" ")[0] for w in caught})
        np.testing.assert_allclose(*results, rtol=1e-15)
        assert told[0] == told[1], number
