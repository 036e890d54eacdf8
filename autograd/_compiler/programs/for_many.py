"""A function of Values for many examples: one is recorded, all are computed as arrays."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.programs.compiling import compile
from autograd._graph.concretization import watching_concretization
from autograd._graph.context import no_grad, resumed
from autograd._graph.node import DomainError, Node
from autograd._nodes.value import Value
from autograd._support.collector import spared

__all__ = ["alike", "chosen_by", "for_many", "leeway"]

Array = NDArray[Any]

ROUNDING = 1e-9  # relative: the most that another order of additions may change a number
NUDGES = 3  # evaluations with all numbers moved by a rounding up or down
NUM_CHECKED = 32  # examples also run through the Python function, to compare with the program


def for_many(f: Callable[[Any], Any], X: Array) -> Array | None:
    """The outputs of a function of Values for many examples, at the speed of arrays.

    Args:
        f: from examples as rows, shape (n, inputs), to an array with a row of Values for each.
        X: the examples, shape (n, inputs).

    Returns:
        The outputs as numbers, in the shape of f's; None for few examples, for another kind of result, and
        where a program may differ from f: if f looks at a number, as an `if` does, or if their results
        differ on the examples that are checked.

    >>> from autograd import Value, tanh
    >>> w = Value(0.5)
    >>> for_many(lambda x: np.array([[tanh(w * xi[0])] for xi in x]), np.zeros((1000, 1))).shape
    (1000, 1)
    """
    if len(X) <= 2 * NUM_CHECKED:
        return None
    with no_grad():
        first = f(X[:1])
    if not isinstance(first, np.ndarray) or not all(isinstance(node, Value) for node in first.flat):
        return None
    try:
        with resumed(), warnings.catch_warnings(), spared():
            warnings.simplefilter("ignore")
            x = np.array([[Value(float(number)) for number in X[0]]])
            with watching_concretization() as nodes:
                outputs = np.ravel(f(x))
            if chosen_by(nodes, x.flat):
                return None
            program = compile(outputs, x.ravel(), [])
            results = program([], X).reshape(len(X), *first.shape[1:])
            checked = np.linspace(0, len(X) - 1, NUM_CHECKED).astype(int)
            spread = leeway(program, np.empty(0), X[checked], results[checked].reshape(NUM_CHECKED, -1))
            with no_grad():
                expected = np.asarray(f(X[checked]), float)
    except Exception:
        return None
    return results if alike(results[checked], expected, spread.reshape(expected.shape)) else None


def chosen_by(concretized: Iterable[Node], inputs: Iterable[Node]) -> bool:
    """Whether a number that was looked at differs from example to example: an `if` may depend on it."""
    differ = set(map(id, inputs))
    return any(not node.is_leaf or id(node) in differ for node in concretized)


def alike(results: Array, expected: Array, spread: Any, rounding: float = ROUNDING) -> bool:
    """Whether a program's results are the engine's, up to rounding.

    Args:
        results: of the program.
        expected: of the engine.
        spread: from `leeway`, in the shape of both.
        rounding: relative, the most that another order of additions may change a number.
    """
    if results.shape != expected.shape:
        return False
    equal = (results == expected) | (np.isnan(results) & np.isnan(expected))
    with np.errstate(invalid="ignore"):  # inf - inf
        near = np.abs(results - expected) <= rounding * np.abs(expected) + spread
    return bool((equal | (near & np.isfinite(expected))).all())


def leeway(
    f: Callable[[Array, Array], Array], theta: Array, X: Array, results: Array, rounding: float = ROUNDING
) -> Array:
    """How far results may differ by rounding: by as much as slightly different numbers change them.

    An absolute tolerance would let any cost pass for targets about 1e-6; a relative one is too strict for
    a cost near 0, where sums cancel.

    Args:
        f: a program, or a function of its outputs.
        theta, X: its arguments.
        results: its results for them.
        rounding: as for `alike`.
    """
    rng, spread = np.random.default_rng(0), np.zeros(np.shape(results))
    for _ in range(NUDGES):
        a, b = (numbers * (1 + rng.choice([-rounding, rounding], numbers.shape)) for numbers in (theta, X))
        with suppress(DomainError):  # next to the end of a domain
            spread = np.maximum(spread, np.abs(f(a, b) - results))
    return spread
