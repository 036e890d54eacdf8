"""Programs of Tensors beside the eager engine, for the tests of several rooms."""

import warnings

import numpy as np
import pytest

from autograd import Tensor, compile, sigmoid

__all__ = ["assert_like_eager", "layer"]

rng = np.random.default_rng(0)


def eager(outputs, leaves):
    """The outputs as arrays, and the gradient of the first by each leaf."""
    for leaf in leaves:
        leaf.grad = None
    outputs[0].backward()
    zeros = [np.zeros(leaf.shape, leaf.dtype) for leaf in leaves]
    gradients = [z if leaf.grad is None else leaf.grad for leaf, z in zip(leaves, zeros, strict=True)]
    return [out.data for out in outputs], gradients


def assert_like_eager(record, arrays, others, tolerance=8, **options):
    """A program that was recorded with some arrays, run on others, gives what Tensors give for these.

    Args:
        record: from leaves to a list of outputs, the first one number.
        tolerance: in units of the last place, of the largest number of each array.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        leaves = [Tensor(a, label=f"x{i}") for i, a in enumerate(arrays)]
        program = compile(record(*leaves), [], leaves, **options)
        fresh = [Tensor(a) for a in others]
        outputs, gradients = eager(record(*fresh), fresh)
        value, gradient, results = program.value_grad_and_outputs(others)
        plain = program(others)
    for ours, again, theirs in zip(results, plain, outputs, strict=True):
        assert_close(ours, theirs, tolerance)
        assert_close(again, theirs, tolerance)
    for ours, theirs in zip(gradient, gradients, strict=True):
        assert_close(ours, theirs, tolerance)
    assert value == pytest.approx(float(outputs[0]), nan_ok=True, rel=1e-5)
    return program


def assert_close(ours, theirs, tolerance):
    assert type(ours) is np.ndarray
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    finite = theirs[np.isfinite(theirs)]
    scale = float(np.max(np.abs(finite), initial=np.finfo(theirs.dtype).tiny))
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5 if theirs.dtype == np.float32 else 1e-12,
                                   atol=tolerance * np.finfo(theirs.dtype).eps * scale)  # fmt: skip


def layer(batch=4):
    W, b = Tensor(np.arange(6.0).reshape(2, 3) / 6, label="W"), Tensor(np.zeros(2), label="b")
    x = Tensor(np.ones((batch, 3)), label="x")
    return W, b, x, sigmoid(x @ W.T + b).with_label("a")
