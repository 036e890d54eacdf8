"""Long graphs of Tensors: row by row at first, and then by code, with the same results."""

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, compile
from autograd._compiler.tensors import walk


@pytest.mark.parametrize("in_vector", [False, True])
def test_the_results_of_a_walk_are_those_of_the_code(in_vector, monkeypatch):
    monkeypatch.setattr(walk, "LONG", 3)
    monkeypatch.setattr(walk, "WALKS", 2)
    W, b, x = Tensor(np.ones((2, 3)), label="W"), Tensor(np.ones(2), label="b"), Tensor(np.ones(3), label="x")
    unused = Tensor(np.ones(2), label="unused")
    y = ag.tanh(W @ x + b) * np.array([1.0, 2.0])
    program = compile([(y * y).sum(), y, x], [x], [W, b, unused])
    theta = np.linspace(-1, 1, 10)
    parts = theta if in_vector else [theta[:6].reshape(2, 3), theta[6:8], theta[8:]]
    X = [np.array([0.5, -0.25, 2.0])]
    results = [program.value_grad_and_outputs(parts, X) for _ in range(4)]
    assert program._recorded[2, in_vector]._left == 0
    for value, gradient, outputs in results:
        assert value == pytest.approx(results[-1][0], rel=1e-15)
        for ours, theirs in zip([*gradient, *outputs], [*results[-1][1], *results[-1][2]], strict=True):
            assert np.shape(ours) == np.shape(theirs)
            np.testing.assert_allclose(ours, theirs, rtol=1e-15)
            assert not np.shares_memory(ours, X[0])
    assert "tanh" in program.source


def test_a_long_chain_is_run_before_its_code_is_written(monkeypatch):
    def refuse(self, quick):
        raise AssertionError("code is written")

    monkeypatch.setattr(walk.Task, "_write", refuse)
    x = Tensor(np.array([0.5, 1.0]), label="x")
    y = x
    for _ in range(walk.LONG):
        y = ag.sin(y) + 0.01
    program = compile(y.sum(), [], [x])
    y.backward(np.ones(2))
    with ag.no_grad():
        value, (gradient,) = program.value_and_grad([x.data])
    assert value == y.data.sum()
    np.testing.assert_array_equal(gradient, x.grad)
