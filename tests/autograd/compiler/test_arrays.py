"""A program on arrays of JAX, PyTorch and the Array API: values and derivatives are the table's."""

from __future__ import annotations

import contextlib
import math
import sys
from itertools import product

import numpy as np
import pytest
from scalar_programs import eagerly, random_graph, sums_of_every_kind

import autograd
import nn
from autograd import DomainError, Value, erf, grad, hessian, sigmoid, square, where
from autograd._compiler.array_program import MatrixProduct, RaggedSums, RowStep, Sum
from autograd._compiler.export.arrays import applied
from autograd._compiler.export.libraries import jax_library, library_of
from autograd._graph.primitive import lookup
from autograd._table.define import rows

# NumPy's warnings, which array-api-strict hands on; and torch.func's about torch itself.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning:torch")

UNARY = [-1e3, -40.0, -2.5, -1.0, -0.3, 0.0, 0.2, 1.0, 1.7, 3.0, 50.0, 1e3]
BINARY = [-1e3, -2.0, 0.0, 0.3, 1.0, 2.0, 1e3]
TERNARY = [-1.0, 0.0, 2.0]


class InJax:
    """Arrays of JAX, and its own differentiation."""

    def __init__(self):
        self.jax = pytest.importorskip("jax")

    def array(self, numbers, dtype="float64"):
        return self.jax.numpy.asarray(numbers, dtype)

    def gradients(self, f, xs):
        """∂(sum of f)/∂x for each x."""
        return self.jax.grad(lambda *xs: f(*xs).sum(), tuple(range(len(xs))))(*xs)

    def forward(self, f, x, v):
        """The tangent of f at x, when x moves by v."""
        return self.jax.jvp(f, (x,), (v,))[1]

    def program_gradient(self, program, theta, X):
        f = program.to_jax()
        return self.jax.jit(self.jax.grad(lambda theta: f(theta, X).mean()))(theta)


class InTorch:
    """Tensors, and their own differentiation."""

    def __init__(self):
        self.torch = pytest.importorskip("torch")

    def array(self, numbers, dtype="float64"):
        return self.torch.tensor(np.asarray(numbers), dtype=getattr(self.torch, dtype), requires_grad=True)

    def gradients(self, f, xs):
        y = f(*xs).sum()
        none = [self.torch.zeros_like(x) for x in xs]
        if not y.requires_grad:
            return none
        found = self.torch.autograd.grad(y, xs, create_graph=True, allow_unused=True)
        return [zero if g is None else g for g, zero in zip(found, none, strict=True)]

    def forward(self, f, x, v):
        return self.torch.func.jvp(f, (x.detach(),), (v.detach(),))[1]

    def program_gradient(self, program, theta, X):
        return self.gradients(lambda theta: program(theta, X).mean(), [theta])[0]


class Strictly:
    """What has the functions of the Array API and no others; it does not differentiate."""

    def __init__(self):
        self.xp = pytest.importorskip("array_api_strict")

    def array(self, numbers, dtype="float64"):
        return self.xp.asarray(np.asarray(numbers), dtype=getattr(self.xp, dtype))


def entered(kind):
    """A library, with float64 where it is asked for."""
    found = kind()
    with found.jax.enable_x64(True) if kind is InJax else contextlib.nullcontext():
        yield found


@pytest.fixture(params=[InJax, InTorch, Strictly])
def library(request):
    """Each library that is installed."""
    yield from entered(request.param)


@pytest.fixture(params=[InJax, InTorch])
def differentiating(request):
    """Each library that differentiates."""
    yield from entered(request.param)


@pytest.fixture
def jax():
    """JAX, with float64 where it is asked for."""
    module = pytest.importorskip("jax")
    with module.enable_x64(True):
        yield module


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def numbers(x):
    """An array of any library as one of NumPy."""
    return np.asarray(x.detach() if hasattr(x, "detach") else x)


# -- rows: the derivative is the table's, not that of the pieces ----------------------------------


def points(row):
    each = {1: UNARY, 2: BINARY, 3: TERNARY}[row.arity]
    return [
        p
        for p in product(each, repeat=row.arity)
        if all(any(x in i for i in intervals) for x, intervals in zip(p, row.domain, strict=True))
    ]


def eager(f, p):
    """What the engine says at a point; None where it refuses."""
    try:
        found = np.array(f(*p), float)
    except DomainError:
        return None
    return found if np.isfinite(found).all() else None


def agree(found, expected, what):
    """Found, one array for all points, against what is expected at each of them."""
    for i, number in enumerate(expected):
        if number is not None:
            np.testing.assert_allclose(found[i], number, rtol=1e-9, atol=1e-290, err_msg=f"{what}, point {i}")


@pytest.mark.parametrize("row", list(rows()), ids=str)
def test_values_of_every_row(row, library):
    if row.name == "erf" and isinstance(library, Strictly):
        pytest.skip("the standard has no erf")
    given = points(row)
    xs = [library.array(x) for x in zip(*given, strict=True)]
    agree(numbers(applied(library_of(xs[0]), row, xs)), [eager(row, p) for p in given], row)


@pytest.mark.parametrize("row", list(rows()), ids=str)
def test_derivatives_of_every_row(row, differentiating):
    """The first and the second, also at kinks, at ties and far out, where those of the pieces are others."""
    library, given, every = differentiating, points(row), tuple(range(row.arity))
    xs = [library.array(x) for x in zip(*given, strict=True)]
    its = library_of(xs[0])

    def f(*xs):
        return applied(its, row, xs)

    slopes = [eager(grad(row, every), p) for p in given]
    curves = [eager(hessian(row, every), p) for p in given]
    firsts = [numbers(g) for g in library.gradients(f, xs)]
    for i in every:
        agree(firsts[i], [s if s is None else s.ravel()[i] for s in slopes], f"{row} by {i}")
        seconds = library.gradients(lambda *xs, i=i: library.gradients(f, xs)[i], xs)
        for j in every:
            expected = [c if c is None else c.reshape(len(every), -1)[i, j] for c in curves]
            agree(numbers(seconds[j]), expected, f"{row} by {i} and {j}")


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "relu", "abs", "atan", "erf"])
def test_derivatives_far_out_in_float32(name, differentiating):
    row, far = lookup(name), [-1e3, -90.0, 0.0, 90.0, 1e3]
    x = differentiating.array(far, "float32")
    its = library_of(x)
    (slope,) = differentiating.gradients(lambda x: applied(its, row, [x]), [x])
    assert "float32" in str(slope.dtype)
    expected = [grad(row)(x) for x in far]
    np.testing.assert_allclose(numbers(slope), expected, rtol=3e-6, atol=1e-37)


@pytest.mark.parametrize("name", ["sign", "abs", "relu", "sigmoid", "softplus", "tanh", "maximum", "minimum"])
def test_nan_stays_nan(name, library):
    row = lookup(name)
    xs = [library.array([np.nan, 1.0]), library.array([2.0, np.nan])][: row.arity]
    found = numbers(applied(library_of(*xs), row, xs))
    assert np.isnan(found).tolist() == [True, row.arity == 2]


def test_an_argument_that_is_a_number_has_no_derivative(differentiating):
    x, y = differentiating.array([2.0, 3.0]), differentiating.array([4.0, -5.0])
    its = library_of(x)

    def slopes(name, number):
        return [
            numbers(g).tolist()
            for g in differentiating.gradients(
                lambda x, y: applied(its, lookup(name), [number, x, y]), [x, y]
            )
        ]

    assert slopes("where", 1.0) == [[1, 1], [0, 0]]
    assert slopes("where", 0.0) == [[0, 0], [1, 1]]
    (slope,) = differentiating.gradients(lambda y: applied(its, lookup("truediv"), [8.0, y]), [y])
    np.testing.assert_allclose(numbers(slope), [-0.5, -8 / 25])
    (slope,) = differentiating.gradients(lambda y: applied(its, lookup("pow"), [y, 3.0]), [y])
    np.testing.assert_allclose(numbers(slope), [48, 75])


def test_the_mixed_derivative_of_a_power_at_0(library):
    found = applied(library_of(library.array(0.0)), lookup("_powmix"), [library.array([0.0]), 2.0])
    assert numbers(found).tolist() == [0.0]


def test_forward_mode(differentiating):
    """Of rows with two and three arguments, both of which move."""
    u, w = Value(2.0), Value(3.0)
    y = autograd.maximum(u**w / w, u) * where(u, w / u, w)
    program = autograd.compile(y, [], [u, w])
    theta, v = [2.0, 3.0], [0.5, -2.0]
    _, gradient = program.value_and_grad(theta)
    moved = differentiating.forward(lambda t: program(t)[0], *map(differentiating.array, (theta, v)))
    assert float(moved) == pytest.approx(float(gradient @ v), rel=1e-12)


def test_a_power_is_not_asked_for_its_derivative_by_a_number(jax):
    """Of v**3 and u**w in one array, which forward mode would make nan for a negative v."""
    u, v, w = Value(2.0), Value(3.0), Value(4.0)
    f = autograd.compile(v**3 + u**w + v**5.0, [], [u, w, v]).to_jax()
    theta = jax.numpy.asarray([2.0, 3.0, -1.5])
    found = jax.hessian(lambda theta: f(theta)[0])(theta)
    ln = math.log(2)
    expected = [[12, 4 + 12 * ln, 0], [4 + 12 * ln, 8 * ln * ln, 0], [0, 0, 6 * -1.5 + 20 * -(1.5**3)]]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_row_that_a_library_lacks_is_named():
    xp = pytest.importorskip("array_api_strict")
    x = Value(0.5)
    program = autograd.compile(erf(x), [x], [])
    with pytest.raises(NotImplementedError, match="row 'erf': array_api_strict has nothing that does what"):
        program(xp.asarray([]), xp.asarray([[0.5]]))


# -- programs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_random_programs(seed, library):
    x, w, nodes = random_graph(seed, 3, 4, 60)
    if isinstance(library, Strictly) and any(str(node.op) == "erf" for node in nodes):
        pytest.skip("the standard has no erf")
    rng = np.random.default_rng(seed)
    theta, X = rng.uniform(-1, 1, len(w)), rng.uniform(-1, 1, (5, len(x)))
    program = autograd.compile(nodes[-1], x, w)
    values, gradient = eagerly([nodes[-1]], x, w, theta, X)
    there = library.array(theta)
    found = program(there, library.array(X))
    assert type(found) is type(there)
    np.testing.assert_allclose(numbers(found), values[:, 0], rtol=1e-9)
    if not isinstance(library, Strictly):
        slope = library.program_gradient(program, there, X)
        scale = abs(gradient).max()
        np.testing.assert_allclose(numbers(slope), gradient, rtol=1e-8, atol=1e-9 * scale)


def small_net():
    net = nn.MLP([3, 4, 2], node=Value, rng=0)
    x, y = ([Value(0.5) for _ in range(n)] for n in (3, 2))
    cost = nn.quadratic_cost(net(np.array(x, object)), np.array(y, object))
    parameters = net.parameters()
    program = autograd.compile(cost, [*x, *y], parameters)
    return program, np.array([p.data for p in parameters]), np.random.default_rng(0).random((6, 5))


def test_the_hessian_times_a_vector(jax):
    program, theta, X = small_net()
    f = program.to_jax()
    v = np.random.default_rng(1).normal(size=len(theta))
    slope = jax.grad(lambda theta: f(theta, X).mean())
    _, found = jax.jit(lambda theta, v: jax.jvp(slope, (theta,), (v,)))(theta, v)
    h = 1e-5
    up, down = (program.value_and_grad(theta + s * h * v, X)[1] for s in (1, -1))
    np.testing.assert_allclose(found, (up - down) / (2 * h), rtol=1e-6, atol=1e-9)


def test_jax_transforms(jax):
    program, theta, X = small_net()
    f = program.to_jax()
    value, slope = program.value_and_grad(theta, X)
    mean, found = jax.jit(jax.value_and_grad(lambda theta, X: f(theta, X).mean()))(theta, X)
    assert float(mean) == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(found, slope, rtol=1e-10, atol=1e-14)
    thetas = np.stack([theta, theta + 0.1, -theta])
    several = jax.vmap(f, (0, None))(thetas, X)
    np.testing.assert_allclose(several, [program(t, X) for t in thetas], rtol=1e-12)
    each = jax.vmap(jax.grad(lambda theta, x: f(theta, x[None])[0]), (None, 0))(theta, X)
    np.testing.assert_allclose(each.mean(axis=0), slope, rtol=1e-10, atol=1e-14)


def test_torch_transforms(torch):
    program, theta, X = small_net()
    value, slope = program.value_and_grad(theta, X)
    leaf = torch.tensor(theta, requires_grad=True)
    mean = program(leaf, torch.tensor(X)).mean()
    mean.backward()
    assert mean.item() == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(leaf.grad, slope, rtol=1e-10, atol=1e-14)
    thetas = torch.stack([leaf.detach(), -leaf.detach()])
    several = torch.func.vmap(lambda theta: program(theta, X))(thetas)
    np.testing.assert_allclose(several, [program(t, X) for t in thetas.numpy()], rtol=1e-12)
    curve = torch.func.hessian(lambda theta: program(theta, X).mean())(leaf.detach())
    step = 1e-5 * np.eye(len(theta))
    column = [(program.value_and_grad(theta + d, X)[1] - slope) / 1e-5 for d in step]
    np.testing.assert_allclose(curve, column, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_type_and_shape_are_those_of_the_arrays(library, dtype):
    x, w = Value(1.0), Value(2.0)
    theta, X = library.array([3.0], dtype), [[1.0], [2.0], [4.0]]
    one = autograd.compile(sigmoid(w * x) * 1.0, [x], [w])(theta, X)
    assert (tuple(one.shape), one.dtype) == ((3,), theta.dtype)
    np.testing.assert_allclose(numbers(one), [sigmoid(3.0 * x) for (x,) in X], rtol=1e-6)
    two = autograd.compile([w * x, w], [x], [w])(theta, np.array(X, np.int64))
    assert (numbers(two).tolist(), two.dtype) == ([[3, 3], [6, 3], [12, 3]], theta.dtype)
    assert numbers(autograd.compile([w], [x], [w])(theta, X)).tolist() == [[3], [3], [3]]
    assert numbers(autograd.compile(w * w, [], [w])(theta)).tolist() == [9.0]
    assert numbers(autograd.compile(w * x, [x], [w])([3], library.array(X, dtype))).tolist() == [3, 6, 12]


def test_leaves_that_are_named_twice(library):
    x, w, u = Value(1.0), Value(2.0), Value(3.0)
    y = w * x + square(u) * 10
    theta, X = [5.0, 7.0, 2.0], np.array([[1.0, 2.0], [3.0, 4.0]])
    for inputs, wrt in (([x, x], [w, u, w]), ([x, w], [w, u, w]), ([w, x], [u, u, u])):
        program = autograd.compile(y, inputs, wrt)
        np.testing.assert_array_equal(
            numbers(program(library.array(theta), library.array(X))), program(theta, X)
        )


def test_sums_of_every_kind(library):
    outputs, x, w = sums_of_every_kind()
    program = autograd.compile(outputs, x, w)
    assert {type(step) for step in program._array_program.steps} == {RowStep, Sum, MatrixProduct, RaggedSums}
    rng = np.random.default_rng(0)
    theta, X = rng.normal(size=len(w)), rng.normal(size=(4, len(x)))
    found = program(library.array(theta), library.array(X))
    np.testing.assert_allclose(numbers(found), program(theta, X), rtol=1e-10, atol=1e-13)


def test_where_an_operation_is_undefined_there_is_nan_and_no_error(library):
    x, w = Value(1.0), Value(2.0)
    found = autograd.compile(autograd.log(w * x), [x], [w])(library.array([1.0]), [[-1.0], [0.0], [1.0]])
    np.testing.assert_array_equal(numbers(found), [np.nan, -np.inf, 0.0])


# -- what is refused ------------------------------------------------------------------------------


def test_wrong_arrays_are_refused(library):
    x, w = Value(1.0), Value(2.0)
    program = autograd.compile(w * x, [x], [w])
    theta = library.array([1.0])
    with pytest.raises(ValueError, match=r"theta has shape \(2,\), expected \(1,\)"):
        program(library.array([1.0, 2.0]), [[1.0]])
    with pytest.raises(ValueError, match=r"X has shape \(1,\), .*; one example is X\[np.newaxis\]"):
        program(theta, library.array([1.0]))
    with pytest.raises(ValueError, match="X has no examples"):
        program(theta, np.empty((0, 1)))
    with pytest.raises(ValueError, match="X is missing"):
        program(theta)


def test_whole_numbers_are_refused(torch):
    w = Value(2.0)
    with pytest.raises(TypeError, match=r"theta is an array of real floating numbers, not of torch\.int64"):
        autograd.compile(w * w, [], [w])(torch.tensor([1]))


def test_two_libraries_are_refused(jax, torch):
    x, w = Value(1.0), Value(2.0)
    with pytest.raises(TypeError, match="arrays of jax and of torch; give arrays of one library"):
        autograd.compile(w * x, [x], [w])(jax.numpy.ones(1), torch.ones(1, 1))


def test_without_jax_there_is_the_command_that_installs_it(monkeypatch):
    w = Value(2.0)
    jax_library.cache_clear()
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(ImportError, match=r'to_jax needs jax: pip install "chainrule\[jax\]"'):
        autograd.compile(w * w, [], [w]).to_jax()
