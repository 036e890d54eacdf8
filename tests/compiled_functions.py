"""Functions that are compiled, and held to themselves, for the tests of several rooms."""

import numpy as np
import pytest

from autograd import (
    compile,
    exp,
    sin,
)

__all__ = ["A", "B", "agree", "numbers_in", "of_number", "same"]

A, B = np.random.default_rng(0).normal(size=(2, 3, 3))


def of_number(x):
    return sin(x) * x + exp(-x)


def same(result, expected):
    """Equal structures, types and numbers; NumPy's number counts as an array of no dimension."""
    if isinstance(expected, dict):
        assert type(result) is type(expected)
        assert result.keys() == expected.keys()
        return all(same(result[key], expected[key]) for key in expected)
    if isinstance(expected, (list, tuple)):
        assert type(result) is type(expected)
        assert len(result) == len(expected)
        return all(map(same, result, expected))
    if isinstance(expected, (np.ndarray, np.generic)):
        assert isinstance(result, (np.ndarray, np.generic))
        assert result.dtype == expected.dtype
        assert np.shape(result) == np.shape(expected)
        tolerance = 1e-12 if expected.dtype != np.float32 else 1e-5
        return np.allclose(result, expected, tolerance, tolerance, equal_nan=True)
    assert type(result) is type(expected), (result, expected)
    return result == expected or result == pytest.approx(expected, rel=1e-13, abs=0, nan_ok=True)


def agree(f, first, *others):
    """The compiled function, held to the function at each of some tuples of arguments."""
    fast = compile(f)
    for args in (first, *others, first):
        assert same(fast(*args), f(*args)), args
    return fast


def numbers_in(x):
    if isinstance(x, dict):
        x = list(x.values())
    return [leaf for part in x for leaf in numbers_in(part)] if isinstance(x, (list, tuple)) else [x]
