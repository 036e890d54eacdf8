"""The cost of the lectures, on their tables, and on every kind of node."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value

UNTRAINED = [0.29, 0.20, 0.15, 0.91, 0.51, 0.01, 0.44, 0.59, 0.69, 0.43]
TRAINED = [0.02, 0.03, 0.06, 0.97, 0.07, 0.02, 0.05, 0.06, 0.08, 0.04]
THREE = nn.data.one_hot(3, low=0, high=1)


UNTRAINED_TERMS = [0.0865, 0.0390, 0.0214, 0.0077, 0.2550, 0.0002, 0.1930, 0.3472, 0.4698, 0.1879]
TRAINED_TERMS = [0.0006, 0.0007, 0.0039, 0.0009, 0.0055, 0.0004, 0.0022, 0.0033, 0.0072, 0.0018]


@pytest.mark.parametrize(
    ("outputs", "terms", "total"), [(UNTRAINED, UNTRAINED_TERMS, 1.61), (TRAINED, TRAINED_TERMS, 0.03)]
)
def test_the_tables_of_deck_b(outputs, terms, total):
    # The deck prints its terms from outputs it had not rounded: these are the ones behind the terms.
    behind = np.abs(THREE - np.sqrt(terms))
    assert behind == pytest.approx(outputs, abs=6e-3)
    for kind in (list, np.array, Tensor, lambda a: [Value(x) for x in a]):
        assert float(nn.quadratic_cost(kind(behind), THREE)) == pytest.approx(total, abs=5e-3)


def test_there_is_no_half_and_the_mean_is_over_examples_only():
    assert nn.quadratic_cost([3.0, 0.0], [0.0, 4.0]) == 25
    assert nn.quadratic_cost([[3.0, 0.0], [1.0, 0.0]], [[0.0, 4.0], [0.0, 0.0]]) == 13


def test_its_derivative_is_2_a_minus_y():
    a = Tensor(UNTRAINED)
    nn.quadratic_cost(a, THREE).backward()
    np.testing.assert_allclose(a.grad, 2 * (np.array(UNTRAINED) - THREE), rtol=0, atol=1e-15)


def test_of_values_it_is_plain_scalar_arithmetic():
    a, y = Value(0.66, label="a"), Value(1.0, label="y")
    C = nn.quadratic_cost([a], [y])
    assert C.op.name == "square"  # no sum of one term, no division by one
    assert C.parents[0].parents == (a, y)
    C.backward()
    assert (a.grad, y.grad) == (pytest.approx(-0.68), pytest.approx(0.68))


def test_batches_of_values_agree_with_tensors():
    rng = np.random.default_rng(0)
    a, y = rng.random((4, 3)), rng.random((4, 3))
    values = np.array([[Value(x) for x in row] for row in a])
    assert float(nn.quadratic_cost(values, y)) == pytest.approx(
        float(nn.quadratic_cost(Tensor(a), y)), abs=1e-14
    )


@pytest.mark.parametrize(
    ("a", "y", "message"),
    [
        (np.ones((2, 3)), np.ones(3), r"\(2, 3\) and desired outputs of shape \(3,\)"),
        (np.ones((2, 3)), [1, 2], "one_hot"),
        (np.ones((0, 3)), np.ones((0, 3)), r"given \(0, 3\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(a, y, message):
    with pytest.raises(ValueError, match=message):
        nn.quadratic_cost(Tensor(a), y)
