"""Derivatives given as code by `autograd.extend.function`: of numbers, and of whole arrays."""

import math
import pickle

import mpmath as mp
import numpy as np
import pytest

import autograd
from autograd import (
    DomainError,
    GradientError,
    Tensor,
    Value,
    compile,
    grad,
    gradcheck,
    hessian,
    jvp,
    no_grad,
)
from autograd._graph.primitive import PRIMITIVES
from autograd.extend import Row, define, function


def digamma(x):
    return float(mp.digamma(x))


def test_a_derivative_as_code_serves_the_first_order_everywhere():
    f = function(math.lgamma, digamma)
    x = Value(3.5)
    f(x * 2).backward()
    assert x.grad == pytest.approx(2 * digamma(7.0), rel=1e-15)
    t = Tensor([0.5, 7.0])
    f(t).sum().backward()
    assert t.grad == pytest.approx([digamma(0.5), digamma(7.0)], rel=1e-15)
    assert jvp(f, (7.0,), (2.0,))[1] == pytest.approx(2 * digamma(7.0), rel=1e-15)
    assert gradcheck(f, 3.5)
    assert gradcheck(f, np.array([0.5, 7.0]))
    w = Value(2.0)
    for dtype, tight in (("float64", 1e-15), ("float32", 1e-6)):
        program = compile(f(w * x), inputs=[w], wrt=[x], dtype=dtype)
        _, slope = program.value_and_grad(np.array([3.5]), np.full((100, 1), 2.0))
        assert slope == pytest.approx([2 * digamma(7.0)], rel=tight)
    assert not hasattr(autograd, "lgamma")
    with pytest.raises(DomainError, match=r"lgamma\(-1.0\) is undefined: math domain error"):
        f(Value(-1.0))


@pytest.mark.parametrize(
    "second",
    [
        lambda f: grad(grad(f))(3.5),
        lambda f: hessian(f)(np.array([3.5])),
        lambda f: gradcheck(f, 3.5, order=2),
        lambda f: grad(lambda x: f(x) * grad(f)(x))(3.5),
        lambda f: program_of_gradient(f).value_and_grad(np.array([3.5]), np.zeros((1, 0))),
    ],
)
def test_a_second_derivative_of_code_is_an_error_that_says_what_to_write(second):
    f = function(np.sinh, np.cosh, name="my_sinh")
    with pytest.raises(NotImplementedError, match=r"my_sinh .* first order only.*define\(Row\(\.\.\.\)\)"):
        second(f)
    by_text = define(Row("my_sinh", math.sinh, np.sinh, partials="cosh(x)"))  # the advice
    second(by_text)


def program_of_gradient(f):
    x = Value(3.5)
    f(x).backward(create_graph=True)
    return compile(x.grad, inputs=[], wrt=[x])


def test_a_parameter_has_a_derivative_a_constant_one_or_none():
    @function(partials=(lambda x, slope: 1.0 if x > 0 else slope, None))
    def leaky(x, slope=0.1):
        """Leaky."""
        return x if x > 0 else slope * x

    assert leaky.__doc__ == "Leaky."
    assert (grad(leaky)(-2.0), grad(lambda x: leaky(x, slope=0.5))(-2.0)) == (0.1, 0.5)
    assert leaky(Tensor([-2.0, 2.0], label="t")).data.tolist() == [-0.2, 2.0]
    slope, x, q = Value(0.5), Value(2.0), Value(-1.0)
    with pytest.raises(NotImplementedError, match="leaky has no derivative by slope"):
        leaky(-2.0, slope).backward()
    program = compile(leaky(x * q), inputs=[q], wrt=[x])
    assert program.value_and_grad(np.array([2.0]), np.array([[-1.0], [1.0]]))[1] == pytest.approx([0.45])

    straight = function(np.round, 1, name="straight")
    assert grad(lambda x: straight(x) ** 2)(2.6) == 6.0
    assert grad(grad(lambda x: straight(x) ** 2))(2.6) == 2.0  # a constant partial has all orders
    with pytest.raises(GradientError, match="is 1 in reverse mode, 0"):
        gradcheck(straight, 2.6)
    with pytest.raises(GradientError):
        gradcheck(function(math.sin, math.sin, name="wrong"), 0.3)


def test_a_gradient_that_is_changed_on_its_way_back():
    clipped = function(lambda x: x, backward=lambda g, x: np.clip(g, -1, 1), name="clipped")
    w, t = Value(3.0, label="w"), Tensor([1.0, 2.0])
    (100 * clipped(w * w)).backward()
    assert w.grad == 6.0
    (clipped(t) * np.array([0.5, -7.0])).sum().backward()
    assert t.grad.tolist() == [0.5, -1.0]
    w.grad = None
    (100 * clipped(w * w)).backward(create_graph=True)
    assert w.grad == 6.0
    assert grad(lambda x: 100 * clipped(x * x))(3.0) == 6.0
    for forward in (lambda: jvp(clipped, (1.0,), (1.0,)), lambda: jvp(clipped, (np.ones(2),), (np.ones(2),))):
        with pytest.raises(NotImplementedError, match="no derivative in forward mode"):
            forward()
    with pytest.raises(NotImplementedError, match="first order only"):
        grad(grad(clipped))(1.0)
    assert gradcheck(clipped, 1.0)  # in reverse mode
    with pytest.raises(GradientError):
        gradcheck(lambda x: 5 * clipped(x), 1.0)
    product = function(lambda x, y: x * y, backward=lambda g, x, y: (g * y, g * x), name="product")
    assert gradcheck(lambda x, y: product(x, y).sum(), np.ones(2), np.array([[2.0], [3.0]]))
    x, y = Value(2.0), Value(5.0)
    product(x, y).backward()
    assert (x.grad, y.grad) == (5.0, 2.0)


def test_a_compiled_program_refuses_the_gradient_of_a_mean_through_it():
    clipped = function(lambda x: x, backward=lambda g, x: np.clip(g, -1, 1), name="clipped")
    w, x = Value(2.0), Value(1.0)
    y = 7 * clipped(w * x)
    with pytest.raises(NotImplementedError, match=r"clipped changes a gradient by its size.*With wrt=\[\]"):
        compile(y, inputs=[x], wrt=[w])
    assert compile(y, inputs=[x, w], wrt=[])([], np.array([[1.0, 2.0]])) == [14.0]
    y.backward()  # on the cost of each example
    assert w.grad == 1.0


def test_whole_arrays():
    def by_norm(g, x, limit=1.0):
        return g * min(1, limit / np.linalg.norm(g))

    f = function(lambda x, limit=1.0: x, backward=by_norm, name="clip_norm", whole_arrays=True)
    t = Tensor([1.0, 2.0])
    u = f(t, limit=5.0)
    (u * np.array([30.0, 40.0])).sum().backward()
    assert t.grad == pytest.approx([3.0, 4.0], rel=1e-15)
    assert not np.shares_memory(u.data, t.data)
    with pytest.raises(NotImplementedError, match=r"first order only.*ArrayRow"):
        hessian(lambda x: (f(x, limit=9.0) ** 2).sum())(np.ones(2))
    with pytest.raises(NotImplementedError, match="forward mode"):
        jvp(f, (np.ones(2),), (np.ones(2),))
    with pytest.raises(TypeError, match="for Tensors and arrays"):
        f(Value(1.0))
    wrong = function(lambda x: x, backward=lambda g, x: g.sum(), name="wrong", whole_arrays=True)
    with pytest.raises(ValueError, match=r"gives the shape \(\) for argument 0, of \(2,\)"):
        wrong(t).sum().backward()
    recorded = f(t)
    assert pickle.loads(pickle.dumps(recorded)).op is f


def test_a_recorded_gradient_of_code_is_pickled_as_its_own_code():
    f = function(math.sinh, math.cosh, name="my_sinh")
    x = Value(0.5)
    f(x).backward(create_graph=True)
    again = pickle.loads(pickle.dumps(x.grad))
    assert again.op is x.grad.op
    assert float(again) == math.cosh(0.5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: function(3, math.cos), "takes a function, not 3"),
        (lambda: function(math.sin), "one of two forms"),
        (lambda: function(math.sin, math.cos, backward=math.cos), "one of two forms"),
        (lambda: function(math.sin, "cos(x)"), r"define\(Row\(\.\.\.\)\)"),
        (lambda: function(lambda x: x, 1), "pass name="),
        (lambda: function(math.hypot, backward=lambda g, *x: g), "write it as a def"),
        (lambda: function(np.sin, np.cos, whole_arrays=True, name="s"), "is backward="),
        (lambda: function(math.sin, backward=3), "backward is a function"),
        (
            lambda: function(math.sin, backward=lambda g: g),
            r"backward is called with \(g, x\), which it does not",
        ),
        (lambda: function(math.sin, lambda x, y: x), r"the partial by x is called with \(x\).*'y'"),
        (lambda: function(math.atan2, math.cos, name="a"), r"a is called with \(x\)"),
        (lambda: function(math.fma if hasattr(math, "fma") else math.sin, (1, 1, 1, 1)), "up to 3 numbers"),
    ],
)
def test_a_function_that_cannot_be_one_says_why(call, said):
    before = {*PRIMITIVES}
    with pytest.raises((TypeError, ValueError), match=said):
        call()
    assert before == {*PRIMITIVES}


def test_inside_no_grad_nothing_is_recorded():
    f = function(math.sinh, math.cosh, name="my_sinh")
    with no_grad():
        assert f(Value(1.0)).is_leaf


@pytest.mark.parametrize("result", ["a", None, np.ones(2)], ids=str)
@pytest.mark.parametrize("node", [Value, Tensor])
def test_a_derivative_that_is_no_number_is_an_error(node, result):
    x = node(1.5)
    y = function(lambda x: 2 * x, lambda x: result if x > 0 else 0, name="odd")(x)
    with pytest.raises(TypeError, match=r"gives .*, not a number"):
        y.backward()
    assert x.grad is None or not x.grad


def test_a_function_that_computes_with_a_node_from_outside_is_told():
    node = Value(2.0)
    doubled = function(lambda x: x * node, 2, name="doubled")
    with pytest.raises(TypeError, match="would be lost; make it an input"):
        doubled(Value(1.0))


def test_code_for_whole_arrays_cannot_write_to_what_it_is_given():
    def doubled(x):
        x *= 2
        return x

    def backward(g, x):
        g *= 0
        return g

    t = Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        function(doubled, backward=backward, name="doubled", whole_arrays=True)(t)
    kept = function(lambda x: x * 2, backward=backward, name="kept", whole_arrays=True)
    u = t * 1.0
    with pytest.raises(ValueError, match="read-only"):
        (kept(u) + u).sum().backward()  # the gradient of u has the array of g as a part
    assert t.data.tolist() == [1, 2]
    assert function(doubled, 2, name="doubled")(t).data.tolist() == [2, 4]
    assert t.data.tolist() == [1, 2]


@pytest.mark.parametrize("whole_arrays", [False, True])
@pytest.mark.parametrize("gradient", [lambda g: g, lambda g: (g,), lambda g: (g, g, g), lambda g: None])
def test_a_backward_of_two_inputs_gives_two_gradients(whole_arrays, gradient):
    product = function(
        lambda x, y: x * y, backward=lambda g, x, y: gradient(g), name="product", whole_arrays=whole_arrays
    )
    x, y = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    with pytest.raises(TypeError, match="product: backward gives a tuple of 2 gradients"):
        product(x, y).sum().backward()
    assert x.grad is None


def test_whole_arrays_are_arrays_of_real_numbers():
    for wrong in (lambda x: None, lambda x: x * 1j):
        code = function(wrong, backward=lambda g, x: g, name="code", whole_arrays=True)
        with pytest.raises(TypeError, match=r"code: forward gives .*, not an array of real numbers"):
            code(Tensor([1.0]))
    code = function(lambda x: x + 0, backward=lambda g, x: g, name="code", whole_arrays=True)
    with pytest.raises(TypeError, match="no arrays of Values"):
        code(np.array([Value(1.0)]))


def test_a_gradient_as_code_that_is_undefined_names_its_node():
    bad = function(lambda x: x, backward=lambda g, x: math.log(x), name="bad")
    with pytest.raises(DomainError, match=r"the derivative of bad.v = -1.0. is undefined"):
        bad(Value(-1.0, label="v")).backward()
