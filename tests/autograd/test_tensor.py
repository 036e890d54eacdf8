"""`Tensor` against NumPy for values, and against differences, both modes and both orders, for derivatives."""

import array as array_module
import copy
import pickle
import threading
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd
from autograd import (
    DomainError,
    Tensor,
    Value,
    concatenate,
    detect_anomaly,
    erf,
    exp,
    grad,
    gradcheck,
    hessian,
    log,
    logsumexp,
    max,
    maximum,
    mean,
    relu,
    sigmoid,
    softmax,
    sqrt,
    stack,
    sum,
    where,
)
from autograd._graph.node import plain

rng = np.random.default_rng(0)


def array(*shape):
    return rng.normal(size=shape)


def curved(x):
    """Something whose second derivative is not zero, so that order 2 has work to do."""
    return (x * x * x).sum() if np.ndim(x) else x * x * x


# -- broadcasting ---------------------------------------------------------------------------------


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
def test_gradients_of_broadcast_operands_have_the_operands_shapes(shapes):
    (a_shape, b_shape), out_shape = shapes.input_shapes, shapes.result_shape
    a, b = Tensor(np.full(a_shape, 2.0)), Tensor(np.full(b_shape, 3.0))
    (a * b).sum().backward()
    # Every element of a meets b's 3 as often as it is repeated in the result.
    repeats = np.prod(out_shape) / np.prod(a_shape) if np.prod(a_shape) else 0
    np.testing.assert_array_equal(a.grad, np.full(a_shape, 3.0 * repeats))
    assert b.grad.shape == b_shape


@pytest.mark.parametrize(
    ("a", "b"), [((2, 2), (2,)), ((3,), ()), ((2, 1), (1, 2)), ((2,), (2, 1)), ((1, 2), (1, 2))]
)
@pytest.mark.parametrize("row", ["add", "sub", "mul", "truediv", "maximum", "pow"])
def test_binary_rows_with_broadcasting(row, a, b):
    f = getattr(autograd, row)
    x, y = np.abs(array(*a)) + 0.5, np.abs(array(*b)) + 0.7
    np.testing.assert_array_equal(f(Tensor(x), Tensor(y)).data, f(x, y))
    gradcheck(lambda u, v: curved(f(u, v)), x, y, order=2)


# -- reductions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (1, -1)])
@pytest.mark.parametrize(("ours", "numpys"), [(sum, np.sum), (mean, np.mean), (max, np.max)])
def test_reductions(ours, numpys, axis, keepdims):
    x = array(2, 3, 2)
    np.testing.assert_allclose(
        ours(Tensor(x), axis=axis, keepdims=keepdims).data,
        numpys(x, axis=axis, keepdims=keepdims),
        rtol=1e-15,
    )
    gradcheck(lambda t: curved(ours(t, axis=axis, keepdims=keepdims)), x)


@pytest.mark.parametrize("axis", [None, 0, -1])
@pytest.mark.parametrize("reduce", [sum, mean, max, logsumexp])
def test_a_reduction_of_one_number(reduce, axis):
    x = Tensor(3.0)
    y = reduce(x, axis=axis)
    y.backward()
    assert (float(plain(y)), float(plain(x.grad))) == (3.0, 1.0)


@pytest.mark.parametrize("reduce", [sum, mean, max, logsumexp])
def test_reductions_twice(reduce):
    gradcheck(lambda t: curved(reduce(t, axis=0)), array(2, 2), order=2)


def test_ties_of_max_share_equally():
    x = Tensor([[1.0, 5.0, 5.0], [2.0, 2.0, 2.0]])
    max(x, axis=1).sum().backward()
    np.testing.assert_allclose(x.grad, [[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]])


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_logsumexp_and_softmax_neither_overflow_nor_cancel(axis):
    x = np.array([[1e4, 1e4 - 1.0], [-1e4, 0.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        top = logsumexp(Tensor(x), axis=axis)
        shares = softmax(Tensor(x), axis=-1)
    expected = np.logaddexp.reduce(x, axis=axis) if axis is not None else np.logaddexp.reduce(x.ravel())
    np.testing.assert_allclose(top.data, expected, rtol=1e-15)
    np.testing.assert_allclose(shares.data.sum(axis=-1), 1, rtol=1e-15)


def test_softmax_and_cross_entropy_give_s_minus_y():
    """LECTURES §3 (deck D): ∂C₀/∂aᵢ = sᵢ − yᵢ."""
    a, y = Tensor(array(5)), np.eye(5)[2]
    cost = logsumexp(a) - (a * y).sum()
    cost.backward()
    np.testing.assert_allclose(a.grad, softmax(a).data - y, rtol=1e-12, atol=1e-15)


# -- shapes and indexing ----------------------------------------------------------------------------

INDICES = [
    0,
    -1,
    slice(None, None, 2),
    slice(None, None, -1),
    (1, 2),
    (slice(None), 1),
    (Ellipsis, 0),
    (None, 1),
    [0, 1, 0],
    ([0, 1], [1, 1]),
    ([0, 0], [1, 1]),
    (slice(None), [2, 2, 0]),
    np.array([[True, False, True], [False, True, True]]),
    (np.array([True, False]), slice(None)),
    np.array([[0, 1], [1, 1]]),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_every_kind_of_indexing(index):
    x = array(2, 3)
    key = tuple(index) if isinstance(index, tuple) else index
    np.testing.assert_array_equal(Tensor(x)[key].data, x[key])
    gradcheck(lambda t: curved(t[key]), x, order=2)


def test_an_index_used_twice_adds_its_derivative_twice():
    x = Tensor([1.0, 2.0])
    x[[0, 0, 0, 1]].sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 1.0])


@pytest.mark.parametrize(
    "index", [((0, 0, 1),), ((0, 0, 1), slice(None)), [0, 0, 1], array_module.array("l", [0, 0, 1])], ids=str
)
def test_repeated_places_however_they_are_written(index):
    x = Tensor(np.ones((3, 2)))
    x[index].sum().backward()
    np.testing.assert_array_equal(x.grad, [[2, 2], [1, 1], [0, 0]])


def test_lists_that_hold_tensors_are_stacked_not_cut():
    x = np.array([1.0, 2.0])
    for f, slope in (
        (lambda t: t @ [t[0], t[1]], [2, 4]),
        (lambda t: sum(exp([t[0], t[1]])), np.exp(x)),
        (lambda t: (concatenate([[t[0]], [t[1]]]) * t).sum(), [2, 4]),
        (lambda t: sum([[t[0]], [t[1]]]), [1, 1]),
        (lambda t: (t * [t[1], t[0]]).sum(), [4, 2]),
        (lambda t: where([True, False], [t[0], t[0]], t).sum(), [1, 1]),
    ):
        np.testing.assert_allclose(grad(f)(x), slope)
    for refused in (lambda t: Tensor([[t[0]]]), lambda t: Tensor(x) * 0 + Tensor([t, t])):
        with pytest.raises(TypeError, match="not nodes"):
            grad(refused)(x)


def test_threads_that_share_a_leaf_lose_no_gradient():
    W = Tensor(np.ones(3))

    def work():
        for _ in range(50):
            (W * 2.0).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    np.testing.assert_array_equal(W.grad, np.full(3, 400.0))


def test_copies_of_a_leaf_with_a_recorded_gradient():
    for x in (Tensor([3.0]), Value(3.0)):
        (x**3).backward(create_graph=True)
        for twin in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
            assert np.asarray(twin.grad).item() == 27.0
            assert not isinstance(twin.grad, (Tensor, Value))


def test_whole_numbers_become_floats_in_every_function():
    np.testing.assert_allclose(erf(np.array([0, 1])), [0, erf(1.0)])
    np.testing.assert_allclose(sigmoid([0, 1]), [0.5, sigmoid(1.0)])
    assert relu(np.array([1, -1])).dtype == np.float64


def test_values_one_at_a_time_are_refused_by_name():
    with pytest.raises(TypeError, match="matmul is for Tensors"):
        np.matmul(Value(1.0), np.ones(2))
    with pytest.raises(TypeError, match="NoneType"):
        sum(None)


def test_the_largest_of_values_shares_ties():
    a, b = Value(1.0), Value(1.0)
    max([a, b, Value(0.0)]).backward()
    assert (a.grad, b.grad) == (0.5, 0.5)


def test_an_index_changed_later_does_not_change_the_record():
    x, index = Tensor([1.0, 2.0, 3.0]), np.array([0, 1])
    y = x[index].sum()
    index[:] = 2
    y.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0, 0.0])


def test_shapes():
    x = array(2, 3, 4)
    t = Tensor(x)
    assert (t.shape, t.ndim, t.size, t.T.shape, len(t)) == ((2, 3, 4), 3, 24, (4, 3, 2), 2)
    np.testing.assert_array_equal(t.reshape(4, 6).data, x.reshape(4, 6))
    np.testing.assert_array_equal(t.reshape((4, -1)).data, x.reshape(4, -1))
    np.testing.assert_array_equal(t.transpose((1, 0, 2)).data, x.transpose(1, 0, 2))
    np.testing.assert_array_equal(np.array([row.data for row in t]), x)
    gradcheck(lambda u: curved(u.reshape(3, 2).T @ np.ones((3, 2))), array(2, 3), order=2)
    gradcheck(lambda u: curved(u.transpose((1, 2, 0))[0]), array(2, 2, 2))


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("join", [concatenate, stack])
def test_joining(join, axis):
    a, b = array(2, 2), array(2, 2)
    np.testing.assert_array_equal(join([Tensor(a), b], axis).data, getattr(np, join.__name__)([a, b], axis))
    gradcheck(lambda u, v: curved(join([u, v * 2], axis)), a, b, order=2)
    gradcheck(lambda u: curved(join([u, b], axis)), a)  # one of them constant


def test_where_takes_the_derivative_of_the_side_it_chose():
    x = Tensor([-1.0, 4.0])
    with np.errstate(invalid="ignore"):
        where(x > 0, sqrt(maximum(x, 1e-3)), -x).sum().backward()
    np.testing.assert_allclose(x.grad, [-1.0, 0.25])


# -- dtypes -----------------------------------------------------------------------------------------


def test_float32_stays_float32_through_values_and_gradients():
    x = Tensor(np.ones((2, 2), np.float32))
    ops = (relu, sigmoid, exp, sqrt, abs, lambda t: maximum(t, 0.5), lambda t: t**3, lambda t: t.mean(axis=0))
    for f in (
        *ops,
        softmax,
        lambda t: t @ t,
        lambda t: max(t, axis=1),
        lambda t: t[[0, 0]] * 2 - 1,
    ):
        x.grad = None
        y = f(x)
        y.sum().backward()
        assert y.dtype == x.grad.dtype == np.float32


def test_everything_else_becomes_float64():
    for data in ([1, 2], np.array([1, 2], np.int8), np.array([True]), np.ones(2, np.float16), 3):
        assert Tensor(data).dtype == np.float64


@pytest.mark.parametrize("bad", [["a"], None, [1j], np.array([None]), [[1, 2], [3]], [Tensor(1.0)]], ids=repr)
def test_what_is_no_array_of_real_numbers(bad):
    with pytest.raises(TypeError, match="Tensor takes"):
        Tensor(bad)


# -- sweeps -----------------------------------------------------------------------------------------


def test_backward_needs_one_number_or_a_gradient_that_fits():
    y = Tensor(np.ones((2, 3)), label="x") * 2
    with pytest.raises(ValueError, match=r"sum\(\).*\(2, 3\)"):
        y.backward()
    with pytest.raises(
        ValueError, match=r"the gradient of backward\(\) has shape \(3,\); .* needs shape \(2, 3\)"
    ):
        y.backward(np.ones(3))


def test_shapes_that_do_not_fit_are_both_named():
    a, b = Tensor(np.ones((2, 3)), label="W"), Tensor(np.ones(4), label="b")
    for apply in (lambda: a + b, lambda: a @ b):
        with pytest.raises(ValueError, match=r"W \(2, 3\) and b \(4,\)"):
            apply()


def test_tensors_give_ieee_results_and_numpys_warnings():
    x = Tensor([0.0])
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        y = log(x)
    assert y.data[0] == -np.inf
    with pytest.warns(RuntimeWarning):
        y.backward(np.ones(1))
    assert x.grad[0] == np.inf


def test_detect_anomaly_is_as_strict_as_a_value():
    x = Tensor([1.0, 0.0], label="p")
    with np.errstate(all="ignore"), detect_anomaly():
        with pytest.raises(DomainError, match=r"log\(p\) gave -inf at index \(1,\)"):
            log(x)
        root = sqrt(x).sum()
        with pytest.raises(DomainError, match=r"sqrt\(p\) is inf at index \(1,\)"):
            root.backward()
    assert x.grad is None
    with np.errstate(all="ignore"):
        log(x)  # the watch has ended


def test_a_deep_chain_of_tensors():
    x = y = Tensor([0.5])
    for _ in range(20_000):
        y = y + 1.0
    y.backward(np.ones(1))
    assert x.grad[0] == 1.0
    assert pickle.loads(pickle.dumps(y)).data == y.data
    twin = copy.deepcopy(y)
    del y
    twin.backward(np.ones(1))


def test_numpys_own_functions_reach_the_table():
    x = Tensor(array(2, 2))
    for theirs, ours in (
        (np.exp(x), exp(x)),
        (np.sum(x, axis=0), sum(x, axis=0)),
        (np.mean(x), mean(x)),
        (np.concatenate([x, x]), concatenate([x, x])),
        (np.multiply(x, 2.0), x * 2.0),
        (np.ones((2, 2)) - x, 1 - x),
    ):
        assert isinstance(theirs, Tensor)
        np.testing.assert_array_equal(theirs.data, ours.data)
    assert np.shape(x) == (2, 2)
    with pytest.raises(TypeError, match=r"numpy\.percentile"):
        np.percentile(x, 50)


def test_comparisons_are_numpys():
    x = Tensor([1.0, 2.0])
    assert (x > 1).tolist() == [False, True]
    assert (x == x).tolist() == [True, True]
    assert len({x, Tensor([1.0, 2.0])}) == 2


def test_a_hessian_is_its_own_transpose():
    H = hessian(lambda t: (sigmoid(t @ np.arange(6.0).reshape(3, 2)) ** 3).sum())(np.array([0.1, -0.2, 0.3]))
    np.testing.assert_allclose(H, H.T, rtol=1e-13)
    assert np.abs(H).max() > 1e-3


@settings(max_examples=25)
@given(st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_a_net_of_random_width_against_differences(width, seed):
    draw = np.random.default_rng(seed)
    W1, b1, W2 = draw.normal(size=(width, 3)), draw.normal(size=width), draw.normal(size=(2, width))
    x = draw.normal(size=(4, 3))
    gradcheck(lambda W, b, V: ((sigmoid(x @ W.T + b) @ V.T) ** 2).mean(), W1, b1, W2)
