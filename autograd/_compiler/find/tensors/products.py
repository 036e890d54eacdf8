"""Products of arrays in scalars: of matrices, of stacks of them, and in Einstein's notation."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._compiler.find.matrices import UNROLLED
from autograd._compiler.find.tensors.scalars import Lines, Scalars

__all__ = ["TooLarge", "affine", "einsum", "matmul", "total"]

LARGEST = 2**16  # products of scalars that are written one by one


class TooLarge(Exception):
    """An operation takes too many operations on scalars."""


def total(scalars: Scalars, terms: Lines) -> Lines:
    """The sums over the first axis."""
    shape = terms.shape[1:]
    if not terms.size:
        return scalars.constant(np.zeros(shape))
    if len(terms) <= UNROLLED:
        return functools.reduce(scalars.add, terms)
    ones = np.repeat(scalars.constant(np.ones((1, 1))), len(terms), axis=1)
    return scalars.product(ones, terms.reshape(len(terms), -1)).reshape(shape)


def affine(scalars: Scalars, W: Lines, a: Lines, b: Lines) -> Lines:
    """W a + b, for each a."""
    return scalars.add(matmul(scalars, a, W.T), b)


def matmul(scalars: Scalars, a: Lines, b: Lines) -> Lines:
    """The products of matrices, of stacks of them, and of vectors, as of `numpy.matmul`."""
    left = a[np.newaxis] if a.ndim == 1 else a
    right = b[:, np.newaxis] if b.ndim == 1 else b
    stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    shape = (*stack, *(left.shape[-2:-1] if a.ndim > 1 else ()), *(right.shape[-1:] if b.ndim > 1 else ()))
    if not left.size or not right.size:
        return scalars.constant(np.zeros(shape))
    if right.ndim == 2:
        return _product(scalars, left.reshape(-1, left.shape[-1]), right).reshape(shape)
    if left.ndim == 2:
        columns = np.moveaxis(right, -2, 0)
        product = _product(scalars, left, columns.reshape(len(columns), -1))
        return np.moveaxis(product.reshape(-1, *columns.shape[1:]), 0, -2).reshape(shape)
    both = scalars.batched(left).any() and scalars.batched(right).any()
    if both or left.shape[-2] == right.shape[-1] == 1:
        return _sum_of_products(scalars, left, right).reshape(shape)
    left, right = (np.broadcast_to(x, (*stack, *x.shape[-2:])) for x in (left, right))
    results = [_product(scalars, left[index], right[index]) for index in np.ndindex(*stack)]
    return np.array(results, int).reshape(shape)


def _product(scalars: Scalars, a: Lines, b: Lines) -> Lines:
    """The product of two matrices. The matrix of weights is one that all examples share."""
    ranks = scalars.rank(a), scalars.rank(b)
    if ranks == (3, 3):
        return _sum_of_products(scalars, a, b)
    return scalars.product(a, b) if ranks[0] <= ranks[1] else scalars.product(b.T, a.T).T


def _sum_of_products(scalars: Scalars, a: Lines, b: Lines) -> Lines:
    """The product of two matrices, or of stacks of them, that both differ from example to example."""
    size = math.prod(np.broadcast_shapes(a.shape[:-2], b.shape[:-2])) * a.shape[-2] * math.prod(b.shape[-2:])
    if size > LARGEST:
        raise TooLarge(
            f"the product of {a.shape} and {b.shape}, which both differ by example, has {size:,} terms"
        )
    terms = scalars.mul(a[..., :, :, np.newaxis], b[..., np.newaxis, :, :])
    return total(scalars, np.moveaxis(terms, -2, 0))


def einsum(scalars: Scalars, *operands: Lines, subscripts: str, optimize: Any = False) -> Lines:
    """Sums of products: the operands are multiplied two by two, from the first on."""
    inputs, _, result = subscripts.partition("->")
    longest: dict[str, int] = {}
    for term, x in zip(inputs.split(","), operands, strict=True):
        for letter, n in zip(term, x.shape, strict=True):
            longest[letter] = n if longest.get(letter, 1) == 1 else longest[letter]
    if 0 in longest.values():
        return scalars.constant(np.zeros([longest[letter] for letter in result]))
    first, *others = (_letters(term, x, longest) for term, x in zip(inputs.split(","), operands, strict=True))
    letters, x = first
    for i, (more, y) in enumerate(others):
        needed = {*result, *(letter for later, _ in others[i + 1 :] for letter in later)}
        letters, x = _contracted(scalars, letters, x, more, y, needed)
    letters, x = _summed(scalars, letters, x, set(result))
    # A letter of the result that is 1 long in all operands was left out.
    shape = [longest[letter] if letter in letters else 1 for letter in result]
    order = [letters.index(letter) for letter in result if letter in letters]
    return x.transpose(order).reshape(shape)


def _letters(term: str, x: Lines, longest: dict[str, int]) -> tuple[str, Lines]:
    """An operand with an axis for each letter once, without the axes that are 1 long."""
    index = tuple(0 if n == 1 else slice(None) for n in x.shape)
    kept = "".join(letter for letter, n in zip(term, x.shape, strict=True) if n != 1)
    single = "".join(dict.fromkeys(kept))
    return single, np.einsum(f"{kept}->{single}", x[index])


def _summed(scalars: Scalars, letters: str, x: Lines, needed: set[str]) -> tuple[str, Lines]:
    """The sums over the axes of letters that are not needed."""
    gone = [letter for letter in letters if letter not in needed]
    if not gone:
        return letters, x
    kept = [letter for letter in letters if letter in needed]
    x = x.transpose([letters.index(letter) for letter in (*gone, *kept)])
    x = x.reshape(math.prod(x.shape[: len(gone)]), *x.shape[len(gone) :])
    return "".join(kept), total(scalars, x)


def _contracted(
    scalars: Scalars, of_x: str, x: Lines, of_y: str, y: Lines, needed: set[str]
) -> tuple[str, Lines]:
    """The product of two operands, summed over the letters that are not needed."""
    of_x, x = _summed(scalars, of_x, x, needed | set(of_y))
    of_y, y = _summed(scalars, of_y, y, needed | set(of_x))
    both = [letter for letter in of_x if letter in of_y]
    stack, inner = ([letter for letter in both if (letter in needed) is kept] for kept in (True, False))
    rows, columns = ([letter for letter in own if letter not in both] for own in (of_x, of_y))
    left = _in_order(x, of_x, (stack, rows, inner))
    right = _in_order(y, of_y, (stack, inner, columns))
    lengths = dict(zip(of_x + of_y, x.shape + y.shape, strict=True))
    letters = "".join((*stack, *rows, *columns))
    product = matmul(scalars, left, right) if inner else scalars.mul(left, right)
    return letters, product.reshape([lengths[letter] for letter in letters])


def _in_order(x: Lines, letters: str, groups: Sequence[Sequence[str]]) -> Lines:
    """x with one axis for each group of letters; an empty stack has none."""
    lengths = dict(zip(letters, x.shape, strict=True))
    order = [letters.index(letter) for group in groups for letter in group]
    shape = [math.prod(lengths[letter] for letter in group) for group in groups]
    return x.transpose(order).reshape(shape if groups[0] else shape[1:])
