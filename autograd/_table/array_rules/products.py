"""The table's row of sums of products: `einsum`, whose transposes are sums of products again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._table.array_rows import ArrayRow, tangent_by_argument
from autograd._table.array_rules.subscripts import LETTERS
from autograd._table.define import define_arrays


def _einsum(*operands: Any, subscripts: str, optimize: Any = False) -> Any:
    return np.einsum(subscripts, *operands, optimize=optimize)


def _einsum_parts(g: Any, *operands: Any, subscripts: str, optimize: Any = False) -> Callable[[int], Any]:
    # A path is for the operands of the map, in its order. Three operands or more are multiplied two by two:
    # NumPy's default loops over all of them at once.
    how = True if isinstance(optimize, (list, tuple)) or len(operands) > 2 else optimize
    shapes = tuple(x.shape if hasattr(x, "shape") else np.shape(x) for x in operands)

    def part(i: int) -> Any:
        """g times the other operands, summed over the axes that the operand lacks, in its shape."""
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
    """The subscripts of the sum that is the adjoint of one operand, and of the product that restores its shape.

    A vector of ones restores an axis that was summed or broadcast; the matrix 1 one that shares its letter,
    as in a trace. The last result has the length of each, and whether it is the matrix.
    """
    inputs, _, result = subscripts.partition("->")
    terms = inputs.split(",")
    own, rest = terms.pop(i), [shape for k, shape in enumerate(shapes) if k != i]
    pairs = [pair for term, shape in zip(terms, rest, strict=True) for pair in zip(term, shape, strict=True)]
    mine = dict(zip(own, shapes[i], strict=True))
    # The length of each axis in the sum: in the result, that of all operands together.
    length = {letter: n for letter, n in mine.items() if letter in result}
    length |= {letter: n for letter, n in pairs if n != 1 or letter not in length}
    summed = [letter for letter, n in mine.items() if n != 1 and letter in length]
    spare = iter(letter for letter in LETTERS if letter not in own)
    factors, lengths, whole = ["".join(summed)], [], ""
    for letter in own:
        twice = letter in whole
        whole += next(spare) if twice else letter
        if twice or letter not in summed or length[letter] != mine[letter]:
            factors.append(letter + whole[-1] if twice else letter)
            lengths.append((mine[letter], twice))
    inside = f"{','.join([*terms, result])}->{''.join(summed)}"
    return inside, f"{','.join(factors)}->{whole}", lengths


# fmt: off
einsum: ArrayRow = ArrayRow("einsum", _einsum, _einsum_parts, joint=True,
                            tangent=lambda tangents, *operands, **params: tangent_by_argument(einsum, tangents, *operands, **params))
# fmt: on

define_arrays(einsum)
