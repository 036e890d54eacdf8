"""The table's row of sums of products: `einsum`, whose transposes are sums of products again."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.primitives import ArrayRow, define_arrays
from autograd.subscripts import LETTERS


def _einsum(*operands: Any, subscripts: str, optimize: Any = False) -> Any:
    return np.einsum(subscripts, *operands, optimize=optimize)


def _einsum_tangent(moved: Sequence[Any], *operands: Any, **params: Any) -> Any:
    terms = [
        einsum(*operands[:i], t, *operands[i + 1 :], **params) for i, t in enumerate(moved) if t is not None
    ]
    return functools.reduce(operator.add, terms)


def _einsum_parts(g: Any, *operands: Any, subscripts: str, optimize: Any = False) -> Callable[[int], Any]:
    inputs, _, result = subscripts.partition("->")
    terms = inputs.split(",")

    def part(i: int) -> Any:
        """g times the other operands, summed over all axes that the operand lacks."""
        own, shape = terms[i], np.shape(operands[i])
        others = [*terms[:i], *terms[i + 1 :], result]
        wide = {letter for letter, n in zip(own, shape, strict=True) if n != 1}
        kept = "".join(
            dict.fromkeys(letter for letter in own if letter in wide and letter in "".join(others))
        )
        # A path is one of as many operands as the map has, in its order.
        how = True if isinstance(optimize, (list, tuple)) else optimize
        summed = einsum(
            *operands[:i], *operands[i + 1 :], g, subscripts=f"{','.join(others)}->{kept}", optimize=how
        )
        return summed if kept == own and np.shape(summed) == shape else _put_back(summed, kept, own, shape)

    return part


def _put_back(x: Any, letters: str, own: str, shape: tuple[int, ...]) -> Any:
    """x in the shape of an operand: an axis that was summed or broadcast is put back by a vector of ones,
    one that shares its letter, as in a trace, by the matrix 1."""
    here = dict(zip(letters, np.shape(x), strict=True))
    spare = iter(letter for letter in LETTERS if letter not in own)
    terms, factors, result = [letters], [x], ""
    for letter, n in zip(own, shape, strict=True):
        if letter in result:
            result += next(spare)
            terms.append(letter + result[-1])
            factors.append(np.eye(n, dtype=x.dtype))
            continue
        result += letter
        if here.get(letter) != n:
            terms.append(letter)
            factors.append(np.ones(n, x.dtype))
    return einsum(*factors, subscripts=f"{','.join(terms)}->{result}")


einsum: ArrayRow

# fmt: off
einsum = ArrayRow("einsum", _einsum, _einsum_parts, joint=True, tangent=_einsum_tangent)
# fmt: on

define_arrays(einsum)
