"""Products of matrices of Tensors, and the formula of a layer."""

import numpy as np
import pytest

from autograd import (
    Tensor,
    Value,
    gradcheck,
)
from autograd._functions.matrices.dot import affine

rng = np.random.default_rng(0)


def array(*shape):
    return rng.normal(size=shape)


def curved(x):
    """Something whose second derivative is not zero, so that order 2 has work to do."""
    return (x * x * x).sum() if np.ndim(x) else x * x * x


PRODUCTS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2,), (2, 3)),
    ((2, 3), (3, 2)),
    ((4, 2, 3), (3, 2)),
    ((2, 3), (4, 3, 2)),
    ((4, 2, 3), (4, 3, 2)),
    ((4, 1, 2, 3), (2, 3, 2)),
    ((3,), (2, 3, 2)),
    ((2, 2, 3), (3,)),
]


@pytest.mark.parametrize(("a", "b"), PRODUCTS)
def test_matmul(a, b):
    x, y = array(*a), array(*b)
    np.testing.assert_array_equal((Tensor(x) @ Tensor(y)).data, x @ y)
    np.testing.assert_array_equal((Tensor(x) @ y).data, x @ y)
    np.testing.assert_array_equal((x @ Tensor(y)).data, x @ y)
    gradcheck(lambda u, v: (u @ v).sum() if (u @ v).ndim else u @ v, x, y)
    gradcheck(lambda u, v: curved(u @ v), x, y)


@pytest.mark.parametrize(("a", "b"), PRODUCTS[:4])
def test_matmul_twice(a, b):
    gradcheck(lambda u, v: curved(u @ v), array(*a), array(*b), order=2)


AFFINE = [
    ((1, 2), (3, 2), (1,)),
    ((2, 2), (2,), (2,)),
    ((2,), (3, 2), ()),
    ((3,), (3,), ()),
    ((2, 2), (1, 2), ()),
]


@pytest.mark.parametrize("shapes", AFFINE)
def test_affine_is_the_formula_of_a_layer(shapes):
    W, a, b = (array(*shape) for shape in shapes)
    expected = (W @ a.T).T + b
    for k in range(1, 8):  # any of them Tensors, the others arrays
        args = [Tensor(x) if k >> i & 1 else x for i, x in enumerate((W, a, b))]
        np.testing.assert_allclose(affine(*args).data, expected, rtol=1e-14)
    assert isinstance(affine(Tensor(W), a, b), Tensor)
    gradcheck(lambda W, a, b: curved(affine(W, a, b)), W, a, b, order=2)
    gradcheck(lambda W, a: curved(affine(W, a)), W, a, order=2)
    gradcheck(lambda W: curved(affine(W, a, b)), W)
    gradcheck(lambda a: curved(affine(W, a, b)), a)
    gradcheck(lambda b: curved(affine(W, a, b)), b)


def test_affine_is_one_operation_of_tensors_and_every_operation_of_values():
    W, b = array(2, 3), array(2)
    x = array(4, 3)
    z = affine(Tensor(W), x, Tensor(b))
    assert [p.is_leaf for p in z.parents] == [True, True]
    values = affine(np.vectorize(Value)(W), x, np.vectorize(Value)(b))
    np.testing.assert_allclose(values.astype(float), z.data, rtol=1e-14)
    weight, number = values[0, 0].parents[0].parents[0].parents[0].args
    assert (weight.data, number) == (W[0, 0], x[0, 0])


def test_affine_refuses_shapes_that_would_repeat_its_product():
    W = Tensor(array(2, 3), label="W")
    for a_shape, b_shape in (((3,), (4, 2)), ((4, 2), (2,)), ((3,), (3,)), ((2, 4, 3), (2,))):
        a, b = array(*a_shape), array(*b_shape)
        with pytest.raises(ValueError, match=r"affine: the shapes W \(2, 3\) and"):
            affine(W, a, Tensor(b))
