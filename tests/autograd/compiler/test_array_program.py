"""The steps of an array program: their arguments, and the result of one row of each."""

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd._compiler.array_program import MatrixProduct, RaggedSums, without_zeros


def sums_of_lengths(lengths, shared=0):
    """Sums of products of their own weights with consecutive x, of which neighbours share some."""
    x = np.array([Value(0.0) for _ in range(sum(lengths))])
    w = [np.array([Value(1.0) for _ in range(length)]) for length in lengths]
    starts = np.cumsum([0, *lengths[:-1]]) - shared * np.arange(len(lengths))
    sums = [own @ x[start : start + len(own)] for own, start in zip(w, starts, strict=True)]
    return sums, x.tolist(), np.concatenate(w).tolist()


@pytest.mark.parametrize(("lengths", "shared", "kind"), [
    ((5, 6, 7, 8, 9, 10), 0, RaggedSums),
    ((6, 5, 7), 3, MatrixProduct),
])  # fmt: skip
def test_a_sum_depends_on_its_own_terms(lengths, shared, kind):
    sums, x, w = sums_of_lengths(lengths, shared)
    program = autograd.compile(sums, x, w)
    (step,) = program._array_program.steps
    assert isinstance(step, kind)
    assert program.moved.tolist() == list(range(lengths[0]))


def test_a_matrix_with_zeros_is_ragged_without_them():
    sums, x, w = sums_of_lengths((6, 5, 7), 3)
    program = autograd.compile(sums, x, w)._array_program
    (matrix,), (ragged,) = program.steps, without_zeros(program).steps
    assert isinstance(matrix, MatrixProduct)
    assert isinstance(ragged, RaggedSums)
    assert matrix.operations == ragged.operations == sum(2 * n - 1 for n in (6, 5, 7))
    assert sorted(ragged.sizes.tolist()) == [5, 6, 7]
    for row in range(3):
        pairs = (
            [(t.factor.addresses.item(), t.quantity.addresses.item()) for t in step.scalar(row).terms]
            for step in (matrix, ragged)
        )
        assert next(pairs) == next(pairs)
