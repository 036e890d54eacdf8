"""The table's row of sums of products: `einsum`, whose transposes are sums of products again."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules.subscripts import LETTERS
from autograd._table.define import define_arrays


def _einsum(*operands: Any, subscripts: str, optimize: Any = False) -> Any:
    return np.einsum(subscripts, *operands, optimize=optimize)


def _einsum_tangent(moved: Sequence[Any], *operands: Any, **params: Any) -> Any:
    terms = [
        einsum(*operands[:i], t, *operands[i + 1 :], **params) for i, t in enumerate(moved) if t is not None
    ]
    return functools.reduce(operator.add, terms)


def _einsum_parts(g: Any, *operands: Any, subscripts: str, optimize: Any = False) -> Callable[[int], Any]:
    # A path is one of as many operands as the map has, in its order. Three operands or more, which NumPy goes
    # through all at once unless told otherwise, are taken two by two.
    how = True if isinstance(optimize, (list, tuple)) or len(operands) > 2 else optimize
    shapes = tuple(x.shape if hasattr(x, "shape") else np.shape(x) for x in operands)

    def part(i: int) -> Any:
        """g times the other operands, summed over all axes that the operand lacks, and put in its shape."""
        inside, back, lengths = _plan(subscripts, i, shapes)
        summed = einsum(*operands[:i], *operands[i + 1 :], g, subscripts=inside, optimize=how)
        if not lengths:
            return summed
        factors = (np.eye(n, dtype=g.dtype) if twice else np.ones(n, g.dtype) for n, twice in lengths)
        return einsum(summed, *factors, subscripts=back)

    return part


@functools.lru_cache(maxsize=1024)
def _plan(
    subscripts: str, i: int, shapes: tuple[tuple[int, ...], ...]
) -> tuple[str, str, list[tuple[int, bool]]]:
    """How the adjoint of one operand is computed: the subscripts of the sum, and those that put it back.

    An axis that was summed or broadcast is put back by a vector of ones, one that shares its letter, as in a
    trace, by the matrix 1: the last result says how long each is, and which it is.
    """
    inputs, _, result = subscripts.partition("->")
    terms = inputs.split(",")
    own, rest = terms.pop(i), [shape for k, shape in enumerate(shapes) if k != i]
    pairs = [pair for term, shape in zip(terms, rest, strict=True) for pair in zip(term, shape, strict=True)]
    mine = dict(zip(own, shapes[i], strict=True))
    # How long each axis is in the sum: the result has the length of all operands together.
    length = {letter: n for letter, n in mine.items() if letter in result}
    length |= {letter: n for letter, n in pairs if n != 1 or letter not in length}
    kept = [letter for letter, n in mine.items() if n != 1 and letter in length]
    spare = iter(letter for letter in LETTERS if letter not in own)
    factors, lengths, whole = ["".join(kept)], [], ""
    for letter in own:
        twice = letter in whole
        whole += next(spare) if twice else letter
        if twice or letter not in kept or length[letter] != mine[letter]:
            factors.append(letter + whole[-1] if twice else letter)
            lengths.append((mine[letter], twice))
    inside = f"{','.join([*terms, result])}->{''.join(kept)}"
    return inside, f"{','.join(factors)}->{whole}", lengths


einsum: ArrayRow

# fmt: off
einsum = ArrayRow("einsum", _einsum, _einsum_parts, joint=True, tangent=_einsum_tangent)
# fmt: on

define_arrays(einsum)
