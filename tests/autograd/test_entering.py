"""Arrays that enter and leave a Tensor: no memory is shared, and the record stays as it was."""

from itertools import combinations

import numpy as np
import pytest

import autograd
from autograd import (
    Tensor,
)
from autograd._support.entering import locked

rng = np.random.default_rng(0)


def array(*shape):
    return rng.normal(size=shape)


# -- memory -----------------------------------------------------------------------------------------


def test_a_leaf_does_not_share_memory_with_what_it_was_made_from():
    data = np.ones(3)
    x = Tensor(data)
    data[0] = 9
    assert x.data[0] == 1


def test_data_changed_in_any_way_after_recording_does_not_change_a_gradient():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    held, view = x.data, x.data[0]  # from before
    y = (x * x).sum()
    z = (x * x * x).sum()
    held[0, 0] = 100
    view[:] = 100
    x.data[1] = 100
    x.data -= 1
    x.data = np.zeros((2, 2))
    y.backward()
    np.testing.assert_array_equal(x.grad, [[2, 4], [6, 8]])
    with pytest.raises(RuntimeError, match="record the calculation again"):
        z.backward(create_graph=True)


def test_a_slice_of_a_locked_array_is_recorded_without_a_copy():
    x = Tensor([1.0, 2.0])
    data = locked(np.ones((4, 2)))
    assert np.shares_memory((x * data[:2]).inputs[1], data)
    # A flag of the user's own says little: another view may write.
    data = np.ones((4, 2))
    for view in (data[:2], data[:2]):
        view.flags.writeable = False
        assert not np.shares_memory((x * view).inputs[1], data)
    data.flags.writeable = False
    assert not np.shares_memory((x * data[:2]).inputs[1], data)


def test_a_read_only_constant_that_another_view_writes_to():
    base = np.array([1.0, 2.0, 3.0])
    view = base[:]
    base.flags.writeable = False
    x = Tensor([1.0, 1.0, 1.0])
    y = (x * base).sum()
    view[:] = 100.0
    y.backward()
    assert x.grad.tolist() == [1.0, 2.0, 3.0]


def test_the_arrays_of_the_record_cannot_be_written_to():
    x = Tensor([1.0, 2.0])
    y = x * np.array([3.0, 4.0])
    for array in (*y.inputs, y.args[1], y.data):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9.0


MASKED = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])


@pytest.mark.parametrize(
    "f",
    [
        Tensor,
        lambda m: Tensor(np.ones(3)) * m,
        lambda m: m * Tensor(np.ones(3)),
        lambda m: Tensor(np.ones(3))[np.ma.array([True, False, True], mask=[True, False, False])],
        autograd.exp,
        autograd.sum,
        lambda m: Tensor(np.ones(3)).backward(m),
        lambda m: Tensor(np.ones(3)) @ m,
        lambda m: autograd.concatenate([Tensor([1.0]), m]),
    ],
)
def test_masks_are_not_dropped(f):
    with pytest.raises(TypeError, match=r"MaskedArray is more than its numbers|lost without a word"):
        f(MASKED)
    assert Tensor(MASKED.filled(0)).data.tolist() == [1.0, 0.0, 3.0]
    assert (Tensor(np.ones(3)) * ~MASKED.mask).data.tolist() == [1.0, 0.0, 1.0]


def test_a_matrix_of_numpys_is_refused_for_its_own_product():
    with pytest.raises(TypeError, match="says what is meant"), pytest.warns(PendingDeprecationWarning):
        Tensor(np.eye(2)) * np.matrix([[1.0, 2.0], [3.0, 4.0]])


def test_a_constant_changed_after_recording_does_not_change_a_gradient():
    x, constant = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
    y = (x * constant).sum()
    constant[:] = 0
    y.backward()
    np.testing.assert_array_equal(x.grad, [3.0, 4.0])


def test_the_plain_loop_of_gradient_descent_works():
    x = Tensor([1.0, 2.0])
    for _ in range(3):
        x.grad = None
        (x * x).sum().backward()
        x.data -= 0.25 * x.grad
    np.testing.assert_allclose(x.data, [0.125, 0.25])


def test_interior_data_is_read_only():
    y = Tensor([1.0, 2.0]) * 2
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 5
    with pytest.raises(AttributeError, match="only a leaf"):
        y.data = np.ones(2)


def test_setting_data_keeps_the_shape():
    x = Tensor([1.0, 2.0], label="w")
    with pytest.raises(ValueError, match=r"w has shape \(2,\); cannot set shape \(3,\)"):
        x.data = np.ones(3)


def test_gradients_share_memory_with_nothing():
    x, y = Tensor(array(2, 2)), Tensor(array(2, 2))
    seed = np.ones((2, 2))
    nodes = [x, y, s := x + y, t := s.T, u := t.reshape(4), v := u[:2], w := v + u[2:]]
    w.backward(gradient=np.ones(2))
    held = [n.grad for n in nodes] + [n.data for n in (x, y)]
    (x - y).backward(gradient=seed)
    for a, b in combinations([*held, seed, *(n.grad for n in (x, y))], 2):
        assert not np.shares_memory(a, b)
    assert len(nodes) == 7


def test_gradients_accumulate_on_leaves_into_a_new_array():
    x = Tensor([1.0, 2.0])
    (x * x).sum().backward()
    first = x.grad
    (x * x).sum().backward()
    np.testing.assert_array_equal(first, [2.0, 4.0])
    np.testing.assert_array_equal(x.grad, [4.0, 8.0])
