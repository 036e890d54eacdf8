"""Functions from functions: nesting, both modes, arguments and results."""

import gc
import math

import numpy as np
import pytest

from autograd import (
    DomainError,
    Tensor,
    Value,
    cos,
    exp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    no_grad,
    sigmoid,
    sin,
    stack,
    tanh,
    value_and_grad,
    vjp,
)


def test_number_in_number_out():
    assert grad(lambda x: x**3)(2.0) == 12.0
    assert type(grad(lambda x: x * x)(2)) is float
    assert value_and_grad(lambda x: x * x)(3.0) == (9.0, 6.0)
    out = grad(lambda x: (x * x).sum())(np.array([1.0, 2.0]))
    assert type(out) is np.ndarray
    np.testing.assert_array_equal(out, [2.0, 4.0])


def test_several_arguments():
    def f(x, y, how="times"):
        return x * y if how == "times" else x + y

    assert grad(f, argnums=1)(2.0, 5.0) == 2.0
    assert grad(f, argnums=(0, 1))(2.0, 5.0) == (5.0, 2.0)
    assert grad(f)(2.0, 5.0, "plus") == 1.0
    with pytest.raises(ValueError, match="argument 2 of 1"):
        grad(f, argnums=2)(1.0)


def test_numbers_beside_arrays():
    by_w, by_s = grad(lambda w, s: (w * s).sum(), argnums=(0, 1))(np.array([1.0, 2.0]), 5.0)
    np.testing.assert_array_equal(by_w, [5.0, 5.0])
    assert (by_s, type(by_s)) == (3.0, float)


def test_the_sixth_derivative():
    f = lambda x: exp(2 * x)  # noqa: E731
    for _ in range(6):
        f = grad(f)
    assert f(0.3) == pytest.approx(64 * math.exp(0.6), rel=1e-14)


def test_mixed_partials_in_every_order():
    f = lambda x, y: exp(x * y) * sin(y)  # noqa: E731
    xxy = grad(grad(grad(f, 0), 0), 1)(0.3, 0.7)
    xyx = grad(grad(grad(f, 0), 1), 0)(0.3, 0.7)
    yxx = grad(grad(grad(f, 1), 0), 0)(0.3, 0.7)
    y, e = 0.7, math.exp(0.21)
    assert xxy == pytest.approx(
        e * (2 * y * math.sin(y) + y**2 * 0.3 * math.sin(y) + y**2 * math.cos(y)), rel=1e-13
    )
    assert xxy == pytest.approx(xyx, rel=1e-14)
    assert xxy == pytest.approx(yxx, rel=1e-14)


def test_perturbations_are_not_confused():
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * y)(x))(2.0) == 1.0
    assert grad(lambda x: x * jvp(lambda y: x + y, 1.0, 1.0)[1])(1.0) == 1.0
    assert jvp(lambda x: x * grad(lambda y: x + y)(1.0), 1.0, 1.0)[1] == 1.0
    assert jvp(lambda x: x * jvp(lambda y: x * y, 2.0, 1.0)[1], 3.0, 1.0)[1] == 6.0
    ones = np.ones(2)
    out = grad(lambda x: (x * grad(lambda y: (x + y).sum())(ones)).sum())(ones)
    np.testing.assert_array_equal(out, ones)


def test_a_node_given_gives_a_node_that_can_be_swept():
    x = Value(2.0)
    slope = grad(lambda t: t**3)(x)
    slope.backward()
    assert (slope, x.grad) == (12.0, 12.0)
    t = Tensor([1.0, 2.0])
    grad(lambda u: (u**3).sum())(t).sum().backward()
    np.testing.assert_allclose(t.grad, [6.0, 12.0])


def test_transforms_touch_no_grad_attribute():
    w = Value(2.0)
    y = w * w
    y.backward()
    assert grad(lambda x: x * y * w)(1.0) == 8.0
    assert (w.grad, y.grad) == (4.0, 1.0)


def test_transforms_work_inside_no_grad():
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0
        assert hessian(lambda x: x**3)(2.0) == 12.0
        assert (Value(1.0) * 2).is_leaf


def test_a_function_that_does_not_depend_on_its_argument():
    assert grad(lambda x: Value(3.0))(1.0) == 0.0
    np.testing.assert_array_equal(grad(lambda x: Value(3.0))(np.ones(2)), [0.0, 0.0])


def test_a_constant_has_the_derivative_0():
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert jvp(lambda x: 3.0, 1.0, 1.0) == (3.0, 0.0)
    assert grad(lambda x: 1.0 if x > 0 else 0.0)(1.0) == 0.0


@pytest.mark.filterwarnings("error")
def test_a_derivative_that_is_constant_is_no_reason_to_warn():
    assert grad(grad(lambda x: 2 * x))(1.0) == 0.0
    assert grad(grad(grad(lambda x: x * x)))(1.0) == 0.0
    assert hessian(lambda x: (2 * x).sum())(np.ones(2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert jvp(grad(lambda x: 2 * x), 1.0, 1.0) == (2.0, 0.0)


def test_forward_and_reverse_agree():
    """⟨u, J t⟩ = ⟨Jᵀ u, t⟩ for random u and t."""
    rng = np.random.default_rng(0)
    f = lambda x, y: sin(x @ y) * sigmoid(y).sum()  # noqa: E731
    x, y = rng.normal(size=(3, 2)), rng.normal(size=(2, 4))
    tx, ty, u = rng.normal(size=x.shape), rng.normal(size=y.shape), rng.normal(size=(3, 4))
    out, moved = jvp(f, (x, y), (tx, ty))
    same, pull = vjp(f, x, y)
    gx, gy = pull(u)
    np.testing.assert_array_equal(out, same)
    assert np.sum(u * moved) == pytest.approx(np.sum(gx * tx) + np.sum(gy * ty), rel=1e-12)


def test_forward_and_reverse_agree_on_values():
    f = lambda x, y: log(x) * cos(x * y) / (x + y**2)  # noqa: E731
    by_x, by_y = grad(f, (0, 1))(1.3, 0.4)
    assert jvp(f, (1.3, 0.4), (0.2, -0.7))[1] == pytest.approx(0.2 * by_x - 0.7 * by_y, rel=1e-14)


def test_jacobian_of_a_list_of_numbers():
    np.testing.assert_array_equal(jacobian(lambda x: [x * 2, x**2])(3.0), [2.0, 6.0])
    assert jvp(lambda x: [x * 2, x**2], 3.0, 1.0) == ([6.0, 9.0], [2.0, 6.0])


def test_shapes_of_jacobian_and_hessian():
    W = np.arange(6.0).reshape(2, 3)
    J = jacobian(lambda x: sin(W @ x))(np.ones(3))
    np.testing.assert_allclose(J, np.cos(W @ np.ones(3))[:, None] * W)
    assert jacobian(lambda x: x * x)(np.ones((2, 3))).shape == (2, 3, 2, 3)
    assert hessian(lambda x: (x**3).sum())(np.ones((2, 2))).shape == (2, 2, 2, 2)
    H = hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
    assert H == ((6.0, 4.0), (4.0, 0.0))


def test_hessians_are_their_own_transpose_on_values():
    f = lambda x, y, z: exp(x * y) * sigmoid(z) + x * y**3 / z  # noqa: E731
    H = np.array(hessian(f, (0, 1, 2))(0.3, 0.7, 1.1))
    np.testing.assert_allclose(H, H.T, rtol=1e-13)


def test_hvp_is_the_hessian_times_the_vector():
    f = lambda x: (sin(x) * x[::-1]).sum() + (x**3).sum()  # noqa: E731
    x, t = np.array([0.1, 0.5, -0.7]), np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(hvp(f, x, t), hessian(f)(x) @ t, rtol=1e-12)
    assert hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.5)) == (8.0, 4.0)


def test_third_derivative_of_an_array_function():
    f = lambda x: (x**4).sum()  # noqa: E731
    third = jacobian(hessian(f))(np.array([1.0, 2.0]))
    assert third[0, 0, 0] == 24.0
    assert third[1, 1, 1] == 48.0
    assert np.count_nonzero(third) == 2


def test_results_that_are_not_one_number_are_refused():
    with pytest.raises(ValueError, match="see jacobian"):
        grad(lambda x: x * 2)(np.ones(3))
    with pytest.raises(TypeError, match="str"):
        grad(lambda x: "three")(1.0)
    with pytest.raises(TypeError, match="str"):
        grad(lambda x: x)("three")
    with pytest.raises(ValueError, match="one tangent for each"):
        jvp(lambda x, y: x, (1.0, 2.0), (1.0,))


def test_an_undefined_derivative_is_said_in_both_modes():
    root = lambda x: x.sqrt()  # noqa: E731
    with pytest.raises(DomainError):
        grad(root)(0.0)
    with pytest.raises(DomainError):
        jvp(root, 0.0, 1.0)


def test_stacking_inside_a_transform():
    f = lambda x: stack([x[0] * x[1], sin(x[0])])  # noqa: E731
    J = jacobian(f)(np.array([0.3, 2.0]))
    np.testing.assert_allclose(J, [[2.0, 0.3], [math.cos(0.3), 0.0]])


def test_results_in_lists_and_object_arrays():
    assert jvp(lambda x: [x, [x * x, 1.0]], 1.5, 1.0) == ([1.5, [2.25, 1.0]], [1.0, [3.0, 0.0]])
    out, moved = jvp(lambda x: np.array([x, x * x]), 1.5, 1.0)
    np.testing.assert_array_equal(out, [1.5, 2.25])
    np.testing.assert_array_equal(moved, [1.0, 3.0])
    out, pull = vjp(lambda x: np.array([x, x * x]), 1.5)
    assert pull(np.array([1.0, 10.0])) == (31.0,)
    assert vjp(lambda x: [x.sum(), x * x], np.ones(2))[1]([1.0, np.ones(2)])[0].tolist() == [3.0, 3.0]
    with pytest.raises(ValueError, match="has 2 parts, and not 3"):
        pull(np.ones(3))
    assert jvp(lambda x: {"out": x * x}, 3.0, 1.0) == ({"out": 9.0}, {"out": 6.0})
    with pytest.raises(TypeError, match=r'not str at \["out"\]'):
        jvp(lambda x: {"out": "x"}, 1.0, 1.0)


def test_a_pullback_is_differentiable_in_its_adjoint():
    _, pull = vjp(lambda x: x**2, 3.0)
    assert grad(lambda g: pull(g)[0])(1.0) == 6.0
    assert isinstance(pull(Value(1.0))[0], Value)
    assert isinstance(hvp(lambda x: x**3, 2.0, Value(1.0)), Value)


def test_an_argument_named_twice():
    with pytest.raises(ValueError, match="twice"):
        grad(lambda x, y: x * y, argnums=(0, 0))
    with pytest.raises(TypeError, match="argnums"):
        grad(lambda x: x, argnums=1.5)


def test_transforms_let_no_nan_through():
    for transform in (
        lambda f: grad(f)(1.0),
        lambda f: jvp(f, 1.0, 1.0),
        lambda f: vjp(f, 1.0),
        lambda f: hessian(f)(1.0),
    ):
        for f in (lambda x: x * 1e308 * 10, lambda x: x * Value(math.nan)):
            with pytest.raises(DomainError, match="not a finite number"):
                transform(f)


def test_forward_mode_keeps_float32():
    x = np.ones(2, np.float32)
    for f in (lambda t: t**3, lambda t: stack([t, np.ones(2, np.float32)]), lambda t: sigmoid(t) * 2):
        assert jvp(f, x, x)[1].dtype == np.float32


# -- what a function closed over, and whose the results are -------------------------------------------


def test_a_gradient_penalty_acts_on_the_parameters_behind_it():
    W = Tensor([[2.0]])
    x = np.array([[3.0]])
    net = lambda x: (x @ W.T) ** 2  # noqa: E731
    slope = grad(lambda x: net(x).sum())(x)
    (((slope - 1.0) ** 2).sum() + 0.1 * (W * W).sum()).backward()
    w, h = 2.0, 1e-6
    cost = lambda w: (2 * w * w * 3 - 1) ** 2 + 0.1 * w * w  # noqa: E731
    assert W.grad.item() == pytest.approx((cost(w + h) - cost(w - h)) / (2 * h), rel=1e-8)


@pytest.mark.parametrize(
    "transformed",
    [
        lambda f, x: grad(f)(x),
        lambda f, x: value_and_grad(f)(x)[1],
        lambda f, x: value_and_grad(f)(x)[0],
        lambda f, x: jacobian(f)(x),
        lambda f, x: hessian(f)(x),
        lambda f, x: hvp(f, x, x),
        lambda f, x: jvp(f, x, x)[1],
        lambda f, x: jvp(f, x, x)[0],
        lambda f, x: vjp(f, x)[0],
        lambda f, x: vjp(f, x)[1](1.0)[0],
    ],
)
@pytest.mark.parametrize("node", [Value, Tensor])
def test_every_transform_sees_what_its_function_closed_over(transformed, node):
    x = 3.0 if node is Value else np.array(3.0)

    def number(w):
        return transformed(lambda x: w * w * x**3, x)

    w = node(2.0)
    number(w).backward()
    h = 1e-6
    with no_grad():
        slope = (number(2.0 + h) - number(2.0 - h)) / (2 * h)
    assert float(w.grad) == pytest.approx(slope, rel=1e-8)
    with no_grad():
        plain = number(w)
    assert isinstance(plain, (float, np.ndarray))
    assert plain == pytest.approx(number(2.0))


def test_a_result_that_depends_on_nothing_outside_is_plain():
    w, table = Value(2.0), Tensor([1.0, 2.0])
    assert type(grad(lambda x: w + x * x)(3.0)) is float
    assert type(grad(lambda x: x * Value(3.0))(2.0)) is float  # a leaf of the function's own
    assert type(grad(lambda x: (x * Tensor([1.0, 2.0])).sum())(np.ones(2))) is np.ndarray
    assert type(grad(lambda x: (x * x).sum() + table.sum())(np.ones(2))) is np.ndarray
    value, slope = value_and_grad(lambda x: w + x * x)(3.0)
    assert (type(value), type(slope)) == (Value, float)
    assert grad(lambda x: x * grad(lambda y: y * y)(3.0))(2.0) == 6.0


def test_a_jacobian_inside_no_grad():
    with no_grad():
        assert jacobian(lambda x: x * x)(np.array([1.0, 2.0])).tolist() == [[2.0, 0.0], [0.0, 4.0]]


def arrays_in(results):
    if isinstance(results, (list, tuple)):
        return [array for each in results for array in arrays_in(each)]
    return [results] if isinstance(results, np.ndarray) else []


SHARING = {
    "grad": lambda f, x, y: grad(f, (0, 1))(x, y),
    "value_and_grad": lambda f, x, y: value_and_grad(f, (0, 1))(x, y),
    "jacobian": lambda f, x, y: jacobian(lambda x, y: x + y, (0, 1))(x, y),
    "vjp": lambda f, x, y: (lambda out, pull: (out, pull(x), pull(x)))(*vjp(lambda x, y: x + y, x, y)),
    "jvp": lambda f, x, y: jvp(lambda x, y: [x, x, x + y], (x, y), (x, y)),
    "jvp of one": lambda f, x, y: jvp(lambda x: [x, x], x, x),
    "hvp": lambda f, x, y: hvp(lambda x, y: ((x + y) ** 2).sum(), (x, y), (x, y)),
    "hessian": lambda f, x, y: hessian(lambda x, y: ((x + y) ** 2).sum(), (0, 1))(x, y),
    "identity": lambda f, x, y: value_and_grad(lambda x: x.sum() * 1)(x),
}


@pytest.mark.parametrize("name", SHARING)
def test_results_share_no_memory_with_each_other_or_with_the_arguments(name):
    x, y = np.ones(3), np.full(3, 2.0)
    arrays = [*arrays_in(SHARING[name](lambda x, y: ((x + y - 1.0) ** 2).sum(), x, y)), x, y]
    for i, a in enumerate(arrays):
        assert a.flags.writeable
        assert not any(np.shares_memory(a, b) for b in arrays[i + 1 :])


def test_nodes_that_are_results_are_the_callers_alone():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    dx, dy = grad(lambda a, b: a * b, (0, 1))(x, y)
    dx.label = "slope"
    assert (x.label, y.label, dx, dy) == ("x", "y", 3.0, 2.0)
    a, b = grad(lambda p, q: p + q, (0, 1))(x, y)
    a.label = "one"
    assert b.label is None
    T, S = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    first, second = grad(lambda p, q: (p + q).sum(), (0, 1))(T, S)
    assert first is not second


def test_transforms_make_no_reference_cycles():
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    f = lambda w: (tanh(A @ w) ** 2).mean()  # noqa: E731
    for transformed in (
        lambda: grad(f)(A),
        lambda: hvp(f, A, A),
        lambda: jvp(lambda w: [w, w * w], A, A),
        lambda: jacobian(lambda w: A @ w)(A),
        lambda: grad(lambda x: x * Value(2.0) * x)(3.0),
        lambda: grad(lambda p: (p["w"] * p["b"][0]).sum())({"w": A, "b": [2.0]}),
    ):
        transformed()
        gc.collect()
        gc.freeze()  # the objects of earlier tests need not be walked over
        gc.disable()
        try:
            transformed()
            assert gc.collect() == 0
        finally:
            gc.enable()
