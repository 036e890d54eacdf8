"""A function of Values for many examples: one is recorded, all are computed as arrays."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.program import Program, compile
from autograd._graph.concretization import watching_concretization
from autograd._graph.context import no_grad, resumed
from autograd._graph.node import DomainError, Node
from autograd._nodes.value import Value
from autograd._support.collector import spared

__all__ = ["alike", "chosen_by", "for_many", "leeway"]

Array = NDArray[Any]

EXACT = 1e-9  # what rounding in another order may come to, of each number that is computed with
NUDGES = 3  # how often all numbers are moved, each by EXACT of itself up or down
ASKED = 32  # examples of all that the function is asked about itself


def for_many(f: Callable[[Any], Any], X: Array) -> Array | None:
    """What a function of Values gives for each of many examples, in the time that arrays take.

    Args:
        f: takes examples as rows, shape (n, inputs), and gives an array with a row of Values for each.
        X: the examples, shape (n, inputs).

    Returns:
        The outputs as numbers, in the shape that f gives them; None where f gives something else, for so
        few that it may as well compute them, and where a program may not do as f does: if f looks at a
        number, as an `if` does, or if they differ on some examples that both are asked about.

    >>> from autograd import Value, tanh
    >>> w = Value(0.5)
    >>> for_many(lambda x: np.array([[tanh(w * xi[0])] for xi in x]), np.zeros((1000, 1))).shape
    (1000, 1)
    """
    if len(X) <= 2 * ASKED:
        return None
    with no_grad():
        given = f(X[:1])
    if not isinstance(given, np.ndarray) or not all(isinstance(node, Value) for node in given.flat):
        return None
    try:
        with resumed(), warnings.catch_warnings(), spared():
            warnings.simplefilter("ignore")
            x = np.array([[Value(float(number)) for number in X[0]]])
            with watching_concretization() as seen:
                outputs = np.ravel(f(x))
            if chosen_by(seen, x.flat):
                return None
            program = compile(outputs, x.ravel(), [])
            found = program([], X).reshape(len(X), *given.shape[1:])
            some = np.linspace(0, len(X) - 1, ASKED).astype(int)
            spread = leeway(program, np.empty(0), X[some], found[some].reshape(ASKED, -1))
            with no_grad():
                expected = np.asarray(f(X[some]), float)
    except Exception:
        return None
    return found if alike(found[some], expected, spread.reshape(expected.shape)) else None


def chosen_by(seen: Iterable[Node], inputs: Iterable[Node]) -> bool:
    """Whether any number that was looked at differs from example to example, so that an `if` may on it."""
    differ = set(map(id, inputs))
    return any(not node.is_leaf or id(node) in differ for node in seen)


def alike(found: Array, expected: Array, spread: Any) -> bool:
    """Whether a program found what the nodes gave, but for rounding.

    Args:
        found: the program's numbers.
        expected: those of the nodes.
        spread: what `leeway` allows, in the shape of both.
    """
    if found.shape != expected.shape:
        return False
    return bool((np.abs(found - expected) <= EXACT * np.abs(expected) + spread).all())


def leeway(
    program: Program, theta: Array, X: Array, found: Array, of: Callable[[Array], Array] = np.asarray
) -> Array:
    """How far results may differ by rounding: as much as numbers that are a little different change them.

    So numbers of any size are held to their own digits, and what is left of a sum that cancels to those
    of its terms: a tolerance that is the same for all would let targets about 1e-6 pass with any cost, and
    one that is a part of each result is too strict for a cost that has come to 0.

    Args:
        program: what found the results.
        theta, X: at which numbers.
        found: the results there.
        of: what the results are of the program's outputs.
    """
    rng, spread = np.random.default_rng(0), np.zeros(np.shape(found))
    for _ in range(NUDGES):
        a, b = (numbers * (1 + rng.choice([-EXACT, EXACT], numbers.shape)) for numbers in (theta, X))
        with suppress(DomainError):  # beside a number that is at the end of a domain
            spread = np.maximum(spread, np.abs(of(program(a, b)) - found))
    return spread
