"""Arrays for Tensors: all shapes and layouts come up, shapes broadcast, failures shrink to small arrays."""

import numpy as np
import pytest
from drawing import draws, shrunk
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Tensor, maximum
from autograd.testing import arrays, broadcastable_arrays, numbers


def test_all_kinds_of_arrays_come_up():
    drawn = draws(arrays(), count=150)
    assert {a.dtype for a in drawn} == {np.dtype(np.float32), np.dtype(np.float64)}
    assert {a.ndim for a in drawn} == {0, 1, 2, 3}
    assert any(a.size == 0 for a in drawn)
    assert any(1 in a.shape and a.size > 1 for a in drawn)
    assert any(not a.flags.writeable for a in drawn)
    assert any(not (a.flags.c_contiguous or a.flags.f_contiguous) for a in drawn)
    assert any(a.size > 2 and len(np.unique(a)) < a.size for a in drawn), "no ties"
    assert all(np.isfinite(a).all() for a in drawn)
    assert all(a.flags.writeable and a.flags.c_contiguous for a in draws(arrays(plain=True), count=50))


def test_shapes_dtypes_and_elements_are_those_asked_for():
    for a in draws(arrays((2, 3), dtype="float32"), count=20):
        assert (a.shape, a.dtype) == ((2, 3), np.float32)
    for a in draws(arrays(st.sampled_from([(1,), (2,)]), elements=numbers("(0, 1)")), count=20):
        assert a.shape in [(1,), (2,)]
        assert a.dtype == np.float64
        assert ((a > 0) & (a < 1)).all()
    with pytest.raises(ValueError, match="float64 or float32, not of int64"):
        arrays(dtype=int)


@settings(max_examples=40)
@given(broadcastable_arrays(2, elements=numbers("[-3, 3]")))
def test_broadcastable_arrays_broadcast(pair):
    out = maximum(*map(Tensor, pair))
    assert out.shape == np.broadcast_shapes(*(a.shape for a in pair))
    np.testing.assert_array_equal(out.data, np.maximum(*pair))


def test_shapes_that_broadcast_differ():
    shapes = [tuple(a.shape for a in triple) for triple in draws(broadcastable_arrays(3), count=30)]
    assert all(len(triple) == 3 for triple in shapes)
    assert sum(len({*triple}) > 1 for triple in shapes) > 6


def test_failures_shrink_to_small_arrays_of_nice_numbers():
    assert shrunk(arrays(), lambda a: a.size > 0).size == 1
    small = shrunk(arrays((2,)), lambda a: (a < 0).any())
    assert small.tolist() in ([1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0])
    assert (small.dtype, small.flags.writeable) == (np.float64, True)


def test_a_shape_is_one_that_an_array_has():
    assert shrunk(arrays(3), lambda a: True).shape == (3,)
    for shape in (-1, (2, -1), "ab", 1.5):
        with pytest.raises(ValueError, match="a shape has whole numbers from 0, as"):
            arrays(shape)
