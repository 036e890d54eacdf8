"""Lists, tuples and dicts as arguments of a transform, arguments by name, and functions that are pickled."""

import inspect
import pickle
import re
from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest

import nn
from autograd import (
    GradientError,
    Tensor,
    Value,
    exp,
    grad,
    gradcheck,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    sigmoid,
    value_and_grad,
    vjp,
)
from autograd._derivatives.structures import leaves, rebuild

Pair = namedtuple("Pair", "w b")


# -- containers --------------------------------------------------------------------------------------


def assert_same(ours, right):
    """Equal numbers in the same structure, down to the kind of each container and leaf."""
    assert type(ours) is type(right)
    if isinstance(right, dict):
        assert list(ours) == list(right)
        for key in right:
            assert_same(ours[key], right[key])
    elif isinstance(right, (list, tuple)):
        assert len(ours) == len(right)
        for a, b in zip(ours, right, strict=True):
            assert_same(a, b)
    elif right is None or isinstance(right, str):
        assert ours == right
    else:
        np.testing.assert_allclose(ours, right, rtol=1e-14)
        assert np.shape(ours) == np.shape(right)


W, x = np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([3.0, -2.0])

# A function of one argument, the argument, and the gradient by hand.
CASES = {
    "dict": (lambda p: (p["W"] @ x).sum() * p["b"], {"W": W, "b": 1.0}, {"W": np.array([x, x]), "b": 9.0}),
    "list": (lambda p: (p[0] * p[1]).sum(), [x, 2.0], [np.full(2, 2.0), 1.0]),
    "tuple": (lambda p: (p[0] * p[1]).sum(), (x, 2.0), (np.full(2, 2.0), 1.0)),
    "tuple of numbers": (lambda p: p[0] ** 2 * p[1], (2.0, 5.0), (20.0, 4.0)),
    "list of numbers": (lambda p: (p * p * p).sum(), [2.0, 5.0], [12.0, 75.0]),
    "rows of numbers": (lambda p: (p * p).sum(), [[1, 2], (3, 4)], [[2.0, 4.0], (6.0, 8.0)]),
    "named tuple": (lambda p: p.w**2 * p.b, Pair(2.0, 5.0), Pair(20.0, 4.0)),
    "ordered": (lambda p: p["w"] ** 2 * p["b"], OrderedDict(w=2.0, b=5.0), OrderedDict(w=20.0, b=4.0)),
    "nested": (
        lambda p: p["layers"][0]["w"][1] * p["layers"][1].b ** 2 + 0 * p["layers"][0]["w"][0],
        {"layers": [{"w": [1.0, 2.0]}, Pair(3.0, 4.0)]},
        {"layers": [{"w": [0.0, 16.0]}, Pair(0.0, 16.0)]},
    ),
    "none": (lambda p: p["w"] ** 2, {"w": 3.0, "b": None}, {"w": 6.0, "b": None}),
    "whole numbers": (lambda p: p[0]["n"] * p[1], [{"n": 2}, np.int64(3)], [{"n": 3.0}, 2.0]),
    "float32": (lambda p: (p["w"] ** 2).sum(), {"w": np.float32(x)}, {"w": np.float32(2 * x)}),
    "no dimension": (lambda p: p["a"] * p["a"], {"a": np.array(2.0)}, {"a": np.array(4.0)}),
    "unused": (lambda p: p[0] * 2.0, [1.0, np.ones((2, 0)), {}], [2.0, np.zeros((2, 0)), {}]),
    "keys that are numbers": (lambda p: p[1] * p[0], {1: 2.0, 0: 3.0}, {1: 3.0, 0: 2.0}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_has_the_structure_of_its_argument(name):
    f, argument, right = CASES[name]
    assert_same(grad(f)(argument), right)
    assert_same(
        grad(lambda k, p: k * f(p), argnums=(1,))(3.0, argument)[0], grad(lambda p: 3.0 * f(p))(argument)
    )
    assert_same(vjp(f, argument)[1](1.0)[0], right)


@pytest.mark.parametrize("name", CASES)
def test_a_tangent_has_the_structure_of_its_argument(name):
    """jvp along t is ⟨gradient, t⟩, and hvp the derivative of the gradient along t."""
    f, argument, right = CASES[name]
    rng = np.random.default_rng(0)
    tangent = rebuild(argument, iter([rng.normal(size=np.shape(leaf)) for _, leaf in leaves(argument)]))
    _, moved = jvp(f, (argument,), (tangent,))
    pairs = zip(leaves(right), leaves(tangent), strict=True)
    assert float(moved) == pytest.approx(sum(np.sum(g * t) for (_, g), (_, t) in pairs), rel=1e-6)

    h = 2.0**-12  # the cases are of third degree at most: a central difference of a gradient is exact
    ahead, behind = (
        grad(f)(
            rebuild(
                argument,
                iter(
                    [a + s * h * t for (_, a), (_, t) in zip(leaves(argument), leaves(tangent), strict=True)]
                ),
            )
        )
        for s in (1, -1)
    )
    products = hvp(f, (argument,), (tangent,))
    assert len(products) == 1
    for (_, ours), (_, a), (_, b) in zip(*map(leaves, (products[0], ahead, behind)), strict=True):
        np.testing.assert_allclose(ours, (a - b) / (2 * h), rtol=1e-3 if "32" in name else 1e-9, atol=1e-9)


def test_what_the_function_gets():
    seen = []

    def f(p):
        seen.append(p)
        return (p["W"] @ x).sum() * p["l"][0]

    grad(f)({"W": W, "l": [2.0]})
    assert type(seen[0]["l"]) is list
    assert (type(seen[0]["W"]), type(seen[0]["l"][0])) == (Tensor, Tensor)  # a number beside arrays
    grad(lambda p: seen.append(p) or p["l"][0] ** 2)({"l": [2.0, 3.0]})
    assert [type(v) for v in seen[1]["l"]] == [Value, Value]
    grad(lambda p: seen.append(p) or p.sum())([1.0, 2.0])
    assert type(seen[2]) is Tensor


def test_the_caller_s_containers_stay_as_they_are():
    parameters = defaultdict(list, W=[1.0, 2.0], b=3.0)
    out = grad(lambda p: p["W"][0] * p["b"])(parameters)
    assert parameters == {"W": [1.0, 2.0], "b": 3.0}
    assert (type(out), out.default_factory) == (defaultdict, list)
    assert out == {"W": [3.0, 0.0], "b": 1.0}


def test_nodes_and_closures_give_nodes():
    w = Value(3.0)
    slope = grad(lambda p: p["a"] ** 2 * w)({"a": 2.0, "c": 1.0})
    slope["a"].backward()
    assert (slope["a"], w.grad, type(slope["c"])) == (12.0, 4.0, float)
    a, b = Value(2.0), Value(5.0)
    by_a, _ = grad(lambda p: p[0] ** 2 * p[1])([a, b])
    by_a.backward()
    assert (by_a, a.grad, b.grad) == (20.0, 10.0, 4.0)
    by_elements = grad(lambda v: (v * v * v).sum())(np.array([a, b]))
    assert (by_elements.dtype, by_elements.tolist()) == (object, [12.0, 75.0])
    T = Tensor([1.0, 2.0])
    first, second = grad(lambda p: (p * p * T).sum())([3.0, 4.0])
    (first + second).backward()
    assert (first.item(), second.item(), T.grad.tolist()) == (6.0, 16.0, [6.0, 8.0])


def test_the_result_for_numbers_in_a_list_is_a_number():
    value, slope = value_and_grad(lambda p: p[0] * p[1])([2.0, 5.0])
    assert (value, type(value), slope) == (10.0, float, [5.0, 2.0])
    assert type(jvp(lambda p: p.sum(), ([2.0, 5.0],), ([1.0, 1.0],))[1]) is float
    assert type(value_and_grad(lambda p, k: (p * k).sum())([2.0], 3.0)[0]) is float
    assert type(value_and_grad(lambda p: p.sum())(x)[0]) is np.ndarray


def test_the_kind_of_a_node_that_nothing_depends_on():
    by_w, by_b = grad(lambda p: (p[0] ** 2).sum())([Tensor([1.0, 2.0]), Value(1.0)])
    assert (type(by_w), type(by_b)) == (Tensor, Value)
    assert by_b == 0.0


def test_a_jacobian_and_a_hessian_by_leaf():
    p = {"a": np.array([1.0, 2.0]), "b": 3.0}
    J = jacobian(lambda p: p["a"] ** 2 * p["b"])(p)
    assert_same(J, {"a": np.diag([6.0, 12.0]), "b": np.array([1.0, 4.0])})
    H = hessian(lambda p: (p["a"] ** 2).sum() * p["b"])(p)
    assert_same(H, {"a": {"a": 6.0 * np.eye(2), "b": 2 * p["a"]}, "b": {"a": 2 * p["a"], "b": 0.0}})
    H = hessian(lambda p, q: p["a"] ** 2 * q, (0, 1))({"a": 2.0}, 3.0)
    assert_same(H, (({"a": {"a": 6.0}}, {"a": 4.0}), ({"a": 4.0}, 0.0)))
    assert_same(jacobian(lambda x: {"sum": x.sum(), "x": x})(x), {"sum": np.ones(2), "x": np.eye(2)})


def test_a_list_of_numbers_has_its_jacobian_and_its_hessian_as_one_array():
    np.testing.assert_array_equal(jacobian(lambda x: x * x[0])([2.0, 5.0]), [[4.0, 0.0], [5.0, 2.0]])
    np.testing.assert_array_equal(hessian(lambda x: x[0] ** 2 * x[1])([2.0, 5.0]), [[10.0, 4.0], [4.0, 0.0]])


def test_functions_of_functions_of_containers():
    f = lambda p: p["a"] ** 3 * p["b"]  # noqa: E731
    p, t = {"a": 2.0, "b": 5.0}, {"b": 0.0, "a": 1.0}  # a tangent goes by its keys
    assert jvp(grad(f), p, t) == ({"a": 60.0, "b": 8.0}, {"a": 60.0, "b": 12.0})
    assert hvp(f, p, t) == hvp(f)(p, t) == {"a": 60.0, "b": 12.0}
    assert vjp(grad(f), p)[1](t) == ({"a": 60.0, "b": 12.0},)
    assert grad(lambda p: grad(f)(p)["a"])(p) == {"a": 60.0, "b": 12.0}
    with no_grad():
        assert grad(f)(p) == {"a": 60.0, "b": 8.0}


def test_the_state_of_a_net_is_an_argument():
    net = nn.MLP([2, 3, 1], rng=0)
    state = net.state_dict()
    net(x).sum().backward()

    def cost(state):
        a = x
        for layer in range(2):
            W, b = (state[name] for name in list(state)[2 * layer : 2 * layer + 2])
            a = sigmoid(W @ a + b)
        return a.sum()

    for (name, ours), p in zip(grad(cost)(state).items(), net.parameters(), strict=True):
        np.testing.assert_allclose(ours, p.grad, rtol=1e-13, err_msg=name)


WRONG = {
    'params["W"][1] is str': lambda: grad(lambda params: 1.0)({"W": [1.0, "a"]}),
    "p.b is complex": lambda: grad(lambda p: 1.0)(Pair(1.0, 2j)),
    "x[0][1] is set": lambda: jvp(lambda x: x, ([[1.0, {2}]],), ([[1.0, 1.0]],)),
    "p is a dict of ['a'], and not ['b']": lambda: jvp(lambda p: p["a"], {"a": 1.0}, {"b": 1.0}),
    'p["a"] has 2 parts, and not 3': lambda: hvp(lambda p: p["a"][0], {"a": [1.0, 2.0]}, {"a": [0.0] * 3}),
    'a tangent at p["a"] has shape (3,)': lambda: jvp(lambda p: p["a"], {"a": x}, {"a": np.ones(3)}),
    'p["a"] is a list, and not 1.0': lambda: jvp(lambda p: p["a"][0], {"a": [1.0]}, {"a": 1.0}),
    'adjoint given to vjp at ["out"]': lambda: vjp(lambda x: {"out": x}, x)[1]({"out": np.ones(3)}),
    'not str at ["out"][0]': lambda: jvp(lambda x: {"out": ["a"]}, 1.0, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("said", WRONG)
def test_errors_name_the_place(said):
    with pytest.raises((TypeError, ValueError), match=re.escape(said)):
        WRONG[said]()


# -- arguments by name, and which of them ----------------------------------------------------------------


def test_arguments_by_name_go_on_to_the_function():
    def f(x, y=1.0, *, k=1.0):
        return k * x * x * y

    assert grad(f)(3.0, k=2.0) == 12.0
    assert grad(f)(3.0, y=4.0, k=2.0) == 48.0
    assert grad(f)(x=3.0) == 6.0
    assert grad(f, argnums=1)(3.0, y=4.0) == 9.0
    assert value_and_grad(f, argnums=(0, 1))(y=4.0, x=3.0, k=2.0) == (72.0, (48.0, 18.0))
    assert jacobian(f)(3.0, k=2.0) == 12.0
    assert hessian(f)(3.0, k=2.0) == 4.0
    assert jvp(f, (3.0,), (1.0,), k=2.0) == (18.0, 12.0)
    assert vjp(f, 3.0, k=2.0)[1](1.0) == (12.0,)
    assert hvp(f, 3.0, 1.0, k=2.0) == 4.0
    assert hvp(f)(3.0, 1.0, k=2.0) == 4.0
    assert grad(grad(f))(3.0, k=2.0) == 4.0
    with pytest.raises(ValueError, match=r"argument 1 of 1 does not exist \(and k by name\)"):
        grad(f, argnums=1)(3.0, k=2.0)


def test_a_number_beside_an_array_by_name():
    by_w = grad(lambda w, X: (w * X).sum())(2.0, X=np.array([1.0, 2.0]))
    assert (by_w, type(by_w)) == (3.0, float)


def test_argnums():
    f = lambda a, b: a * b * b  # noqa: E731
    assert grad(f, np.int64(1))(2.0, 3.0) == grad(f, -1)(2.0, 3.0) == grad(f, np.array(1))(2.0, 3.0) == 12.0
    assert grad(f, (0, -1))(2.0, 3.0) == grad(f, np.array([0, 1]))(2.0, 3.0) == grad(f, [0, 1])(2.0, 3.0)
    assert grad(f, (np.int32(0),))(2.0, 3.0) == (9.0,)
    assert hessian(f, (-1, 0))(2.0, 3.0) == ((4.0, 6.0), (6.0, 0.0))
    with pytest.raises(ValueError, match="twice"):
        grad(f, (1, -1))(2.0, 3.0)
    with pytest.raises(ValueError, match="argument -3 of 2"):
        grad(f, -3)(2.0, 3.0)
    for wrong in ("b", 1.5, None, ("a",)):
        with pytest.raises(TypeError, match="argnums is the number of an argument"):
            grad(f, wrong)


# -- results ---------------------------------------------------------------------------------------------


def test_aux_is_handed_on():
    def f(x):
        return (x * x).sum(), {"twice": 2 * x, "epoch": 3, "of": [x[0], "a"]}

    gradient, aux = grad(f, has_aux=True)(x)
    (value, same), also = value_and_grad(f, has_aux=True)(x)
    assert gradient.tolist() == also.tolist() == (2 * x).tolist()
    assert float(value) == 13.0
    for each in (aux, same):
        assert_same(each, {"twice": 2 * x, "epoch": 3, "of": [np.array(3.0), "a"]})
    assert jvp(lambda x: (x * x, x + 1), 3.0, 1.0, has_aux=True) == (9.0, 6.0, 4.0)
    out, pull, beside = vjp(lambda x: (x * x, x + 1), 3.0, has_aux=True)
    assert (out, pull(1.0), beside) == (9.0, (6.0,), 4.0)
    assert jacobian(lambda x: ([x, x * x], "a"), has_aux=True)(3.0)[1] == "a"
    w = Value(2.0)
    slope, (kept, own) = grad(lambda x: (x * x, (x * w, x)), has_aux=True)(3.0)
    assert (type(slope), type(kept), type(own)) == (float, Value, float)
    for wrong in (lambda x: x * x, lambda x: [x, x], lambda x: (x, x, x)):
        with pytest.raises(TypeError, match="returns a pair"):
            grad(wrong, has_aux=True)(3.0)


def test_a_result_in_an_array_of_objects():
    for boxed in (np.array, np.atleast_1d):
        assert grad(lambda x, boxed=boxed: boxed(x * x))(3.0) == 6.0
        assert hessian(lambda x, boxed=boxed: boxed(x**3))(3.0) == 18.0
    assert value_and_grad(lambda x: np.array(x * x))(3.0) == (9.0, 6.0)
    assert jvp(lambda x: np.array(x * x), 3.0, 1.0) == (9.0, 6.0)
    assert vjp(lambda x: np.array(x * x), 3.0)[1](1.0) == (6.0,)
    assert grad(lambda x: np.array(4.0))(3.0) == 0.0
    with pytest.raises(ValueError, match=r"not shape \(2,\); see jacobian"):
        grad(lambda x: np.array([x, x]))(3.0)


def test_the_gradient_of_an_array_of_no_dimension_is_one():
    for result in (grad(lambda a: a * a)(np.array(2.0)), hvp(lambda a: a**3, np.array(2.0), 1.0)):
        assert (type(result), result.shape) == (np.ndarray, ())
    assert type(grad(lambda a: a * a)(np.float64(2.0))) is float


# -- functions of Python ------------------------------------------------------------------------------------


def cube(x, k=1.0):
    """k · x³."""
    return k * x**3


@grad
def square_slope(x):
    return x * x


class Spring:
    def __init__(self, k):
        self.k = k

    def energy(self, x):
        return 0.5 * self.k * x * x

    force = grad(energy, argnums=1)


@pytest.mark.parametrize("made", [grad, value_and_grad, jacobian, hessian, lambda f: grad(grad(f)), hvp])
def test_a_derivative_is_pickled_with_its_function(made):
    derivative = made(cube)
    copied = pickle.loads(pickle.dumps(derivative))
    args = (2.0, 1.0) if "hvp" in repr(derivative) else (2.0,)
    assert copied(*args) == derivative(*args)
    assert copied(*args, k=3.0) == derivative(*args, k=3.0)


def test_a_decorated_function_is_pickled_by_its_name():
    assert pickle.loads(pickle.dumps(square_slope)) is square_slope
    assert square_slope(3.0) == 6.0


def test_options_survive_a_pickle():
    assert pickle.loads(pickle.dumps(grad(cube, argnums=-1)))(2.0, 1.0) == 8.0
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(grad(lambda x: x))


def test_a_derivative_is_a_good_function():
    assert (grad(cube).__name__, grad(cube).__doc__, repr(grad(cube))) == (
        "cube",
        "k · x³.",
        "<grad of cube>",
    )
    assert list(inspect.signature(hessian(cube)).parameters) == ["x", "k"]
    assert Spring(2.0).force(3.0) == 6.0  # it binds as a method does
    for wrong in (3.0, Value(2.0) ** 2, "f"):
        with pytest.raises(TypeError, match="grad takes a function, not"):
            grad(wrong)


def test_hvp_is_what_scipy_takes():
    optimize = pytest.importorskip("scipy.optimize")
    a = np.array([3.0, -1.0])

    def f(x, k):
        return ((x - a) ** 4).sum() + k * exp(x[0] * 0.1) + (x * x).sum()

    def cost(x, k):
        return float(value_and_grad(f)(x, k)[0])

    start = np.array([0.5, 2.0])
    np.testing.assert_allclose(hvp(f)(start, a, 2.0), hessian(f)(start, 2.0) @ a, rtol=1e-13)
    for method in ("Newton-CG", "trust-ncg"):
        result = optimize.minimize(cost, start, (2.0,), method, jac=grad(f), hessp=hvp(f), tol=1e-10)
        np.testing.assert_allclose(grad(f)(result.x, 2.0), 0.0, atol=1e-6)


def test_gradcheck_by_leaf():
    f = lambda p, x: (p["W"] @ x).sum() * p["l"][0] ** 2  # noqa: E731
    assert gradcheck(f, {"W": W, "l": [3.0]}, [1.0, 2.0], order=2)
    assert gradcheck(lambda x, k=1.0: k * x**3, 2.0, k=0.5)
    wrong = lambda p: p["a"] * p["b"][0] + p["b"][0].data ** 2  # noqa: E731
    with pytest.raises(GradientError, match=r'args\[0\]\["b"\]\[0\]'):
        gradcheck(wrong, {"a": 2.0, "b": [3.0]})


def test_a_function_s_own_names_go_on_to_it():
    assert hvp(lambda x, p: p * x**3)(2.0, 1.0, p=5.0) == 60.0
    assert grad(lambda self, x: self * x)(3.0, x=2.0) == 2.0
    assert jvp(lambda x, f: f * x, 2.0, 1.0, f=3.0) == (6.0, 3.0)
    assert vjp(lambda x, f: f * x, 2.0, f=3.0)[1](1.0) == (3.0,)
    with pytest.raises(TypeError, match=r"hvp takes primals and tangents beside k; hvp\(f\) alone"):
        hvp(lambda x, k: k * x, k=5.0)
    assert hvp(lambda x, k: k * x * x)(1.0, 1.0, k=5.0) == 10.0  # the advice


def test_inside_no_grad_the_derivative_by_a_value_is_a_number():
    with no_grad():
        assert type(grad(lambda x: x**3)(Value(2.0))) is float


def test_a_container_that_holds_itself_is_told():
    cyclic = {"w": 1.0}
    cyclic["self"] = cyclic
    row = [1.0]
    row.append(row)
    for x in (cyclic, row):
        with pytest.raises(ValueError, match=r"this (dict|list) holds itself"):
            grad(lambda x: 1.0)(x)
        with pytest.raises(ValueError, match="holds itself"):
            grad(lambda v, x=x: (v, x), has_aux=True)(2.0)
