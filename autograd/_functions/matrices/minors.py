"""Determinants, inverses and solutions of small matrices of Values, from minors: without a pivot.

Elimination divides by pivots that are chosen by their numbers, and a program would freeze the choice. A
determinant written out is a polynomial: right for every example, with its derivatives also where it is 0.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from autograd._graph.node import Node, plain

__all__ = ["check_square", "det", "inv", "solve"]

Array = NDArray[Any]

LARGEST = 8  # rows of a matrix: its determinant takes 2,000 operations, its inverse 60,000


def det(a: Array) -> Any:
    """The determinant of each matrix in an array of Values.

    >>> from autograd import Value
    >>> det(np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]))
    Value(-2.0)
    """
    _check("det", a)
    return np.vectorize(_determinant, [object], signature="(n,n)->()")(a)[()]


def inv(a: Array) -> Any:
    """The inverse of each matrix: its adjugate, divided by its determinant.

    Raises:
        LinAlgError: for a determinant of 0.
    """
    _check("inv", a)
    return np.vectorize(_inverse, [object], signature="(n,n)->(n,n)")(a)


def solve(a: Array, b: Array) -> Any:
    """The x of a x = b, by Cramer's rule.

    Raises:
        LinAlgError: for a determinant of 0.
    """
    _check("solve", a)
    one = b.ndim == 1
    if b.shape[-1 if one else -2 :][:1] != a.shape[-1:]:
        raise ValueError(f"solve: the shapes {a.shape} and {b.shape} do not fit")
    signature = "(n,n),(n)->(n)" if one else "(n,n),(n,k)->(n,k)"
    return np.vectorize(_solution, [object], signature=signature)(a, b)


def check_square(name: str, a: Any) -> None:
    """Refuse anything but an array, or a Tensor, of square matrices."""
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        label = f"{a.label} " if isinstance(a, Node) and a.label else ""
        raise LinAlgError(f"{name} takes square matrices, not {label}of shape {a.shape}")


def _check(name: str, a: Array) -> None:
    check_square(name, a)
    if a.shape[-1] > LARGEST:
        raise LinAlgError(
            f"{name} of Values takes at most {LARGEST} rows, not {a.shape[-1]}: each row more doubles the "
            f"operations. Of one Tensor, autograd.linalg.{name} takes any number of rows"
        )


def _solution(a: Array, b: Array) -> Any:
    return (_adjugate(a) @ b) / _divisor(a, "a x = b has no solution, or more than one")


def _inverse(a: Array) -> Any:
    return _adjugate(a) / _divisor(a, "it has no inverse")


def _divisor(a: Array, problem: str) -> Any:
    determinant = _determinant(a)
    if plain(determinant) == 0:
        raise LinAlgError(f"Singular matrix: {problem}")
    return determinant


def _adjugate(a: Array) -> Array:
    """The cofactors, transposed: a times it is the determinant times 1."""
    n = len(a)
    adjugate = np.empty((n, n), object)
    for i, j in np.ndindex(n, n):
        minor = _determinant(np.delete(np.delete(a, j, 0), i, 1))
        adjugate[i, j] = -minor if (i + j) % 2 else minor
    return adjugate


def _determinant(a: Array) -> Any:
    """Expanded row by row: each minor of the rows above, by its columns, is computed once."""
    minors: dict[tuple[int, ...], Any] = {(): 1.0}
    for rows, row in enumerate(a, start=1):
        every = combinations(range(len(a)), rows)
        minors = {columns: _expand(row, columns, minors) if rows > 1 else row[columns] for columns in every}
    (determinant,) = minors.values()
    return determinant


def _expand(row: Array, columns: tuple[int, ...], minors: dict[tuple[int, ...], Any]) -> Any:
    """A minor by its last row, from the last element on: a₀₀ a₁₁ - a₀₁ a₁₀."""
    total: Any = None
    for place in reversed(range(len(columns))):
        product = minors[columns[:place] + columns[place + 1 :]] * row[columns[place]]
        if total is None:
            total = product
        else:
            total = total + product if (len(columns) - place) % 2 else total - product
    return total
