"""A compiled function is the function: in results and their types, derivatives, errors, and later numbers."""

import builtins
import copy
import functools
import gc
import inspect
import math
import pickle
import threading
import warnings
import weakref
from collections import namedtuple

import numpy as np
import pytest

import nn
from autograd import (
    DomainError,
    Tensor,
    Value,
    compile,
    concatenate,
    detect_anomaly,
    exp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    logsumexp,
    max,
    median,
    min,
    no_grad,
    select,
    sigmoid,
    sin,
    softmax,
    sort,
    sqrt,
    tanh,
    value_and_grad,
    vjp,
    where,
)
from autograd import sum as sum_of
from autograd._table.define import rows
from autograd.linalg import det, norm

pytestmark = pytest.mark.filterwarnings("error")

POINTS = (0.3, -0.4, 0.7, 1.6, -1.7, 2.3)
RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, 3, 3))
Point = namedtuple("Point", ["x", "y"])


@compile
def decorated(x):
    """Docs."""
    return x * x


def same(result, expected):
    """Equal structures, types and numbers; NumPy's number counts as an array of no dimension."""
    if isinstance(expected, dict):
        assert type(result) is type(expected)
        assert result.keys() == expected.keys()
        return all(same(result[key], expected[key]) for key in expected)
    if isinstance(expected, (list, tuple)):
        assert type(result) is type(expected)
        assert len(result) == len(expected)
        return all(map(same, result, expected))
    if isinstance(expected, (np.ndarray, np.generic)):
        assert isinstance(result, (np.ndarray, np.generic))
        assert result.dtype == expected.dtype
        assert np.shape(result) == np.shape(expected)
        tolerance = 1e-12 if expected.dtype != np.float32 else 1e-5
        return np.allclose(result, expected, tolerance, tolerance, equal_nan=True)
    assert type(result) is type(expected), (result, expected)
    return result == expected or result == pytest.approx(expected, rel=1e-13, abs=0, nan_ok=True)


def agree(f, first, *others):
    """The compiled function, held to the function at each of some tuples of arguments."""
    fast = compile(f)
    for args in (first, *others, first):
        assert same(fast(*args), f(*args)), args
    return fast


# -- every row of the table -------------------------------------------------------------------------


def points_of(row):
    """Two points inside of a row's domain, away from its kinks."""
    inside = [[x for x in POINTS if any(x in part for part in parts)] for parts in row.domain]
    points = [tuple(xs[(i + k) % len(xs)] for i, xs in enumerate(inside)) for k in range(2)]
    return [p for p in points if row.distance_to_kink(*p) > 0.01] or points[:1]


@pytest.mark.parametrize("row", [row for row in rows() if hasattr(row, "on_floats")], ids=str)
def test_every_row_of_numbers_and_its_derivative(row):
    if row.name == "where":
        pytest.skip("its condition is a number: see below")
    points = points_of(row)
    fast = compile(row)
    slope = compile(grad(row))
    for point in (*points, points[0]):
        assert fast(*point) == pytest.approx(row(*point), rel=1e-15)
        assert slope(*point) == pytest.approx(grad(row)(*point), rel=1e-13)
        arrays = [np.array([x, x]) for x in point]
        assert np.allclose(fast(*arrays), row(*arrays), 1e-14)
    assert len(slope.programs) == 1


# What an array row records of the numbers themselves would be stale at the next call.
OF_ARRAYS = {
    "matmul": lambda x: x @ x.T,
    "slices": lambda x: x[1:, [0, 2]] * x[0, 0],
    "max": lambda x: max(x, axis=0) * min(x),
    "softmax": lambda x: softmax(x, axis=1),
    "logsumexp": lambda x: logsumexp(x * 100.0, axis=0),
    "norm": lambda x: norm(x, axis=0) + norm(x, 3, axis=1),
    "det": det,
    "concatenate": lambda x: concatenate([x, x * 2], axis=1).reshape(-1),
    "where": lambda x: where(x > 0, x * x, -x),
    "conditions": lambda x: where((x > 0) & ~(x.T > 0.5) | (x < -1), x, 0.0),
    "product with a condition": lambda x: (x > 0) * x + 2.0 * (x <= 0.1),
    "count": lambda x: (x > 0).mean() * x.sum(),
    "select": lambda x: select([x < 0, x < 1], [-x, x * x], default=1.0),
    "std": lambda x: np.std(x, axis=0),
}


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_arrays_in_one_recording(name):
    f = OF_ARRAYS[name]
    agree_on_arrays = agree(lambda x: f(Tensor(x)).data if isinstance(x, np.ndarray) else f(x), (A,), (B,))
    assert len(agree_on_arrays.programs) == 1

    def cost(x):
        return (f(x) * 1.5 + f(x) ** 2).sum()

    for derivative in (grad(cost), value_and_grad(cost)):
        fast = compile(derivative)
        for x in (A, B, A):
            expected, result = derivative(x), fast(x)
            pairs = (
                zip(expected, result, strict=True) if isinstance(expected, tuple) else [(expected, result)]
            )
            assert all(np.allclose(r, e, 1e-9, 1e-12) for e, r in pairs), name
        assert len(fast.programs) == 1
    once = compile(jacobian(grad(cost)))
    assert np.allclose(once(A)[:1], jacobian(grad(cost))(A)[:1], 1e-6, 1e-9)
    assert np.allclose(once(B)[:1], jacobian(grad(cost))(B)[:1], 1e-6, 1e-9)


# -- transforms -------------------------------------------------------------------------------------


def of_number(x):
    return sin(x) * x + exp(-x)


def of_array(x):
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def of_dict(p, x, power=2):
    return ((p["W"] @ x - p["b"]) ** power).sum() * p["layers"][0]


PARAMS = {"W": A, "b": np.ones(3), "layers": [2.0, None]}  # None, as of a layer without a bias
OTHERS = {"W": B, "b": np.zeros(3), "layers": [3.0, None]}
TRANSFORMS = {
    "grad": (grad(of_number), (2.0,), (0.5,)),
    "grad of grad": (grad(grad(of_number)), (2.0,), (0.5,)),
    "of a whole number": (grad(of_number), (2,), (3,), (2.5,)),
    "argnums": (grad(lambda x, y: x * y * y, argnums=(0, -1)), (2.0, 3.0), (1.0, 4)),
    "value_and_grad": (value_and_grad(of_number), (2.0,), (0.5,)),
    "hessian": (hessian(of_array), (A[0],), (B[0],)),
    "hessian of numbers": (hessian(lambda x, y: x * x * y, argnums=(0, 1)), (2.0, 3.0), (1.0, 5.0)),
    "jacobian": (jacobian(lambda x: x * x[0]), (A[0],), (B[0],)),
    "a list of numbers": (grad(lambda x: (x * x).sum()), ([1.0, 2.0],), ([3, 4],)),
    "its hessian": (hessian(of_array), ([1.0, 2.0, 3.0],), ([2.0, 2.0, 0.5],)),
    "a dict": (value_and_grad(of_dict), (PARAMS, A[0]), (OTHERS, B[0])),
    "hvp": (hvp(of_array), (A[0], B[0]), (B[0], A[0]), ([1.0, 2.0, 3.0], [1, 0, 0])),
    "jvp": (lambda x, v: jvp(of_array, (x,), (v,)), (A[0], B[0]), (B[0], A[0])),
    "vjp": (lambda x, g: vjp(lambda x: x * x, x)[1](g), (A[0], B[0]), (B[0], A[0])),
    "inside": (lambda x: grad(of_number)(x) * x, (2.0,), (0.5,)),
    "has_aux": (value_and_grad(lambda x: (x * x, {"y": x + 1, "n": "text"}), has_aux=True), (2.0,), (3.0,)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms(name):
    f, *calls = TRANSFORMS[name]
    fast = compile(f)
    for args in (*calls, calls[0]):
        result, expected = fast(*args), f(*args)
        flat = zip(_numbers(result), _numbers(expected), strict=True)
        assert all(r == e if e is None or isinstance(e, str) else np.allclose(r, e, 1e-12) for r, e in flat)
        assert _shape(result) == _shape(expected)


def _numbers(x):
    if isinstance(x, dict):
        x = list(x.values())
    return [leaf for part in x for leaf in _numbers(part)] if isinstance(x, (list, tuple)) else [x]


def _shape(x):
    """The structure of a result; a number counts as an array of no dimension."""
    if isinstance(x, dict):
        return {key: _shape(part) for key, part in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x), [_shape(part) for part in x]
    return x if x is None or isinstance(x, str) else np.shape(x)


def test_a_compiled_function_has_derivatives():
    fast = compile(of_number)
    fast(1.0)
    assert grad(fast)(2.0) == grad(of_number)(2.0)
    assert grad(grad(fast))(2.0) == grad(grad(of_number))(2.0)
    assert compile(grad(fast))(2.0) == pytest.approx(grad(of_number)(2.0))
    assert compile(fast) is fast
    x = Value(2.0)
    y = fast(x) * 2
    y.backward()
    assert x.grad == pytest.approx(2 * grad(of_number)(2.0))
    # A variable of the transform that the compiled function refers to.
    assert grad(lambda w: compile(lambda x: w * w * x)(3.0))(5.0) == 30.0


# -- arguments and results --------------------------------------------------------------------------

STRUCTURES = {
    "a number": (lambda x: x * 2 + 1, (3.0,), (4.0,)),
    "whole numbers": (lambda x, n: x * n if n > 2 else [x] * n, (3.0, 2), (3.0, 3), (4.0, 2)),
    "a text": (lambda x, how: {"up": x + 1, "down": x - 1}[how], (3.0, "up"), (3.0, "down")),
    "None": (lambda x, y: x if y is None else x * y, (3.0, None), (3.0, 2.0)),
    "a list": (lambda xs: [xs[1], xs[0] * 2], ([1.0, 2.0],), ([3.0, 4.0],), ([3.0, 4.0, 5.0],)),
    "a dict": (lambda p: {"s": p["a"] + p["b"][0], "p": p}, ({"a": 1.0, "b": (2.0, 3)},)),
    "a named tuple": (lambda p: Point(p.y, p.x * 2), (Point(1.0, 2.0),), (Point(3.0, 4.0),)),
    "an array": (lambda x: (x * 2, x.sum(), x), (A,), (B,), (A[0],), (A.astype(np.float32),)),
    "a number beside an array": (lambda x, A: A * x + x, (2.0, A), (3.0, B)),
    "beside float32": (lambda x, A: A * x, (2.0, A.astype(np.float32))),
    "whole numbers in an array": (lambda x, at: x[at], (A, np.array([0, 2])), (A, np.array([1, 1]))),
    "an array of numbers": (lambda x, y: np.array([x, y]) * x, (1.0, 2.0), (3.0, 4.0)),
    "a truth": (lambda x, y: (x > y, x), (1.0, 2.0), (3.0, 2.0)),
    "truths": (lambda x: x > 0, (A,), (B,)),
    "constants": (lambda x: (x, 3, None, "text", np.arange(3)), (1.0,)),
    "None alone": (lambda x: None, (1.0,)),
    "nothing": (lambda: 3.5, ()),
    "numbers that are not finite": (lambda x: x * 1e200 * x, (1e200,), (1.0,), (math.inf,)),
    "a function": (lambda f, x: f(x), (sin, 2.0), (exp, 2.0)),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_structures_and_types(name):
    agree(*STRUCTURES[name])


def test_by_name_and_by_default():
    def f(x, *rest, k=3.0, **named):
        return x * k + sum_of(list(rest)) + named.get("c", 0.0)

    fast = compile(f)
    for _ in range(2):
        assert fast(2.0) == f(2.0)
        assert fast(2.0, k=5.0) == f(2.0, k=5.0)
        assert fast(x=4.0, c=1.0) == fast(c=1.0, x=4.0) == f(4.0, c=1.0)
        assert fast(2.0, 3.0, 4.0, k=1.0) == f(2.0, 3.0, 4.0, k=1.0)
    assert len(fast.programs) == 4
    assert inspect.signature(fast) == inspect.signature(f)


def test_results_belong_to_the_caller_alone():
    fast, x = compile(lambda x: (x, x, x.reshape(-1), np.ones(2), x.T)), np.ones((2, 2))
    for _ in range(2):
        results = fast(x)
        arrays = [x, *results, *fast(x)]
        for i, array in enumerate(arrays):
            assert not any(np.shares_memory(array, other) for other in arrays[:i])
            array[...] = 7.0
        x[...] = 1.0
        assert same(fast(x), (x, x, x.reshape(-1), np.ones(2), x.T))


def test_what_has_no_hash_is_refused_by_name():
    fast = compile(lambda p, x: x)
    with pytest.raises(TypeError, match=r'p\["k"\] of a compiled function is a set'):
        fast({"k": {1, 2}}, 1.0)
    assert fast({"k": (1, 2)}, 1.0) == 1.0  # a tuple has one
    names = {1, 2}
    assert compile(lambda x: x * len(names))(2.0) == 4.0  # or referred to


def test_a_result_that_is_none_is_refused():
    with pytest.raises(TypeError, match=r"a number, an array, a node, .* not set at \[1\]"):
        compile(lambda x: [x, {1}])(1.0)


@pytest.mark.parametrize("kind", ["generator", "coroutine", "asynchronous generator", "class"])
def test_what_is_no_function_of_numbers_is_refused(kind):
    def steps(x):
        yield x

    async def waits(x):
        return x

    async def both(x):
        yield x

    made = {"generator": steps, "coroutine": waits, "asynchronous generator": both, "class": Value}
    with pytest.raises(TypeError, match=f"is an? {kind}"):
        compile(made[kind])
    with pytest.raises(TypeError, match="takes it alone"):
        compile(of_number, inputs=[], wrt=[])


# -- numbers that the recording looks at ------------------------------------------------------------

LOOKS = {
    "if": (lambda x: x * x if x > 0 else -x, [1.0, -1.0, 2.0, -2.0]),
    "two": (lambda x: log(x) if x > 0 and log(x) < 1 else x, [2.0, 9.0, -1.0, 2.5, 0.0]),
    "max": (lambda x: builtins.max(x, 1 - x) * 2, [1.0, -1.0, 3.0, -4.0]),
    "a loop": (lambda x: sum([x for _ in range(int(x))], 0.0), [1.5, 2.5, 3.0, 1.75]),
    "the sign of a Tensor's number": (lambda x: x * 2 if x.sum() > 0 else x, [A, -A, B, -B]),
    "all": (lambda x: x * 2 if (x > -1).all() else x, [A / 9, -A * 9, B / 9]),
    "bool": (lambda x: x + 1 if x else x - 1, [0.0, 1.0, 2.0]),
    "median": (median, [A[0], -A[0], A[0] * 2]),
    "sort": (lambda x: sort(x, axis=0) * x, [A, -A, A * 2]),
    "argmax": (lambda x: x[np.argmax(x)] * 2, [A[0], -A[0], A[0] * 2]),
    "a mask": (lambda x: x[x > 0].sum(), [A, -A, A * 2]),
    "a number": (lambda x: x * (x.data if isinstance(x, Value) else x), [1.0, 2.0, 1.0]),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_choice_is_told_once_and_made_anew(name):
    f, numbers = LOOKS[name]
    fast = compile(f)
    with pytest.warns(
        RuntimeWarning, match=r"looked at the number of .*test_functions\.py, line \d+"
    ) as told:
        fast(numbers[0])
    assert len(told) == 1
    assert told[0].filename == __file__
    for x in numbers * 2:
        expected = f(Tensor(x)).data if isinstance(x, np.ndarray) else f(x)
        assert np.allclose(fast(x), expected, 1e-14)
    assert len(fast.programs) <= 3  # one for each branch


def test_a_function_that_sees_something_else_each_time_runs_as_it_is():
    calls = []

    def f(x):
        calls.append(x)
        return x * math.sin(x)

    fast = compile(f)
    told = pytest.warns(RuntimeWarning, match=r"f runs as it is, without a program: it sees .*test_functions")
    with pytest.warns(RuntimeWarning, match="looked at the number of x"), told:
        results = [fast(float(i)) for i in range(20)]
    assert results == [i * math.sin(i) for i in range(20)]
    assert len(calls) == 20
    assert calls[-1] == 19.0
    assert compile(lambda x: x * sin(x))(2.0) == 2 * math.sin(2)  # a function of autograd, as advised


def test_a_text_among_the_results_follows_the_numbers():
    fast = compile(lambda x: (f"{x:.2f}", x * 2))
    with pytest.warns(RuntimeWarning, match="looked at the number of x"):
        assert fast(1.0) == ("1.00", 2.0)
    assert fast(2.0) == ("2.00", 4.0)
    shown = []
    quiet = compile(lambda x: (shown.append(f"{x}"), x * 2)[1])  # a text that is no result decides nothing
    assert [quiet(1.0), quiet(2.0), len(quiet.programs), len(shown)] == [2.0, 4.0, 1, 1]


def test_what_happens_inside_no_grad_is_not_frozen():
    def f(x):
        with no_grad():
            scale = x * 2
        return scale * x

    fast = compile(f)
    with pytest.warns(RuntimeWarning, match=r"inside no_grad\(\) \(test_functions\.py, line \d+\)"):
        assert fast(3.0) == 18.0
    assert fast(4.0) == 32.0
    with no_grad():
        assert compile(of_number)(2.0) == of_number(2.0)


def test_many_recordings_are_told_and_the_oldest_dropped():
    calls = []

    def f(x, n):
        calls.append(n)
        return x * n

    fast = compile(f)
    with pytest.warns(
        RuntimeWarning, match=r"recorded for 16 kinds of arguments, the latest x: float, n: 15"
    ):
        results = [(fast(2.0, n), fast(2.0, 0)) for n in range(100)]  # 0 stays in use, and so is kept
    assert results == [(2.0 * n, 0.0) for n in range(100)]
    assert len(calls) == 100
    assert len(fast.programs) == 64
    fast(2.0, 1)
    assert len(calls) == 101
    assert [fast(2.0, float(n)) for n in range(9)] == [2.0 * n for n in range(9)]  # floats, as advised
    assert len(calls) == 102


# -- what the function refers to --------------------------------------------------------------------


@pytest.mark.parametrize("node", [Value, Tensor])
def test_a_net_is_followed_in_its_training(node):
    net = nn.MLP([3, 4, 2], node=node, rng=0)
    X, Y = A, np.ones((3, 2))
    for f in (net, net.__call__, lambda X: net(X) * 2):
        fast = compile(f)
        for _ in range(3):
            expected = f(X)
            numbers = expected.data if node is Tensor else np.array(expected, float)
            assert np.allclose(fast(X), numbers, 1e-13)
            for p in net.parameters():
                p.data = p.data * 1.5
    cost = compile(lambda X, Y: nn.quadratic_cost(net(X), Y))
    for _ in range(2):
        assert cost(X, Y) == pytest.approx(nn.quadratic_cost(net(X), Y).item())
        for p in net.parameters():
            p.data = p.data / 2


def test_numbers_in_place_are_followed():
    W = Tensor(np.eye(2))
    fast = compile(lambda x: W @ x)
    fast(np.ones(2))
    W.data[0, 1] = 5.0
    assert fast(np.ones(2)).tolist() == [6.0, 1.0]
    assert compile(lambda x: (W * x).sum())(2.0) == 14.0  # a number beside Tensors


@pytest.mark.parametrize("kind", [Value, Tensor])
def test_an_interior_node_from_outside_has_its_number_for_ever(kind):
    w = kind(2.0)
    doubled = w * 2
    fast = compile(lambda x: doubled * x + w * x + (w * 3) * x)
    assert fast(1.0) == 12.0
    w.data = 10.0
    assert fast(1.0) == 4.0 + 10.0 + 30.0


def test_a_recording_keeps_no_node_alive():
    kept = []

    def f(x):
        y = sin(x) * x
        kept.append(weakref.ref(y))
        return [y, grad(lambda t: (t * y).sum())(x)]

    gc.disable()
    try:
        fast = compile(f)
        fast(np.ones(())), fast(np.ones(2))
        assert len(kept) == 2
        assert all(reference() is None for reference in kept)
    finally:
        gc.enable()


def test_effects_that_belong_to_each_call_are_refused():
    w = Value(2.0)

    def step(x):
        cost = (w * x - 1) ** 2
        cost.backward()
        return cost

    def update(x):
        w.data = 3.0
        return x

    with pytest.raises(RuntimeError, match=r"backward\(\) inside a compiled function .* value_and_grad"):
        compile(step)(3.0)
    with pytest.raises(RuntimeError, match="setting the data of a leaf inside a compiled function"):
        compile(update)(3.0)
    assert w.grad is None
    assert w.data == 2.0
    cost = compile(value_and_grad(lambda w, x: (w * x - 1) ** 2))  # as advised
    assert cost(2.0, 3.0) == (25.0, 30.0)


# -- errors -----------------------------------------------------------------------------------------


def test_errors_of_the_function_pass_and_nothing_is_half_recorded():
    broken = [True]

    def f(x):
        if broken:
            raise KeyError("mine")
        return x * 2

    fast = compile(f)
    with pytest.raises(KeyError, match="mine") as info:
        fast(1.0)
    assert info.traceback[-1].name == "f"
    assert fast.programs == []
    broken.clear()
    assert fast(1.0) == 2.0


def test_domain_errors_name_the_argument():
    fast = compile(lambda x, p: log(x) + sqrt(p["w"]))
    assert fast(1.0, {"w": 4.0}) == 2.0
    with pytest.raises(DomainError, match=r"^log\(x = -1\.0\) is undefined"):
        fast(-1.0, {"w": 4.0})
    with pytest.raises(DomainError, match=r'^sqrt\(p\["w"\] = -4\.0\) is undefined'):
        fast(1.0, {"w": -4.0})
    slope = compile(grad(sqrt))
    assert slope(4.0) == 0.25
    with pytest.raises(DomainError):
        slope(0.0)
    with np.errstate(all="ignore"):
        assert np.isnan(compile(log)(np.array([-1.0, 1.0])))[0]
        with detect_anomaly(), pytest.raises(DomainError):
            compile(log)(np.array([-1.0]))


def test_a_derivative_that_is_not_finite_is_the_transforms_own_error():
    fast = compile(grad(lambda x: x * x * 1e200))
    assert fast(1.0) == 2e200
    for f in (grad(lambda x: x * x * 1e200), fast):
        with pytest.raises(DomainError, match=r"not a finite number|not finite"):
            f(1e200)


# -- many examples ----------------------------------------------------------------------------------

MANY = {
    "a number": (of_number, (A[0],)),
    "a parameter": (lambda x, k: sin(k * x), (A[0], 2.0)),
    "its gradient": (grad(lambda x, k: sin(k * x), argnums=(0, 1)), (A[0], B[0])),
    "a row": (lambda x: (x * x).sum(), (A,)),
    "its gradient by a row": (grad(lambda x: (x * x * x).sum()), (A,)),
    "a hessian": (hessian(lambda x: (x * x * x).sum()), (A,)),
    "a structure": (lambda p, x: {"y": p["w"] * x, "n": 3, "none": None, "t": x > 0}, ({"w": A[0]}, B[0])),
    "whole numbers": (lambda x: x * 2, (np.arange(3),)),
    "a matrix": (lambda M, v: M @ v, (RNG.normal(size=(3, 2, 2)), A[:, :2])),
    "a Tensor": (lambda x: (Tensor(A) @ x).sum(), (B,)),
    "an error to be": (lambda x: x * 1e308, (np.array([1.0, 10.0]),)),
}


@pytest.mark.parametrize("name", MANY)
def test_many_examples_are_a_loop(name):
    f, args = MANY[name]
    fast = compile(f)
    count = len(next(x for x in _numbers(list(args)) if isinstance(x, np.ndarray)))
    for turn in range(2):
        results = fast.vmap(*args)
        for i in range(count):
            each = fast(*(_example(x, i) for x in args))
            for result, expected in zip(_numbers(results), _numbers(each), strict=True):
                assert expected is result is None or np.allclose(result[i], expected, 1e-13), turn


def _example(x, i):
    if isinstance(x, dict):
        return {key: _example(part, i) for key, part in x.items()}
    if not isinstance(x, np.ndarray):
        return x
    return float(x[i]) if x.ndim == 1 else x[i]


def test_many_examples_are_one_program():
    calls = []

    def f(x, w):
        calls.append(1)
        return tanh(w[0] * x[0] + w[1] * x[1])

    X, w = RNG.normal(size=(1000, 2)), np.array([0.5, -1.5])
    fast = compile(lambda x: f(x, w))
    assert np.allclose(fast.vmap(X), np.tanh(X @ w), 1e-14)
    assert np.allclose(fast.vmap(2 * X), np.tanh(2 * X @ w), 1e-14)
    assert len(calls) == 1
    with pytest.warns(RuntimeWarning, match="looked at the number of x"):
        assert compile(lambda x: x if x > 0 else -x).vmap(A[0]).tolist() == abs(A[0]).tolist()


def test_errors_of_many_examples():
    fast = compile(lambda x, y: log(x) + y)
    with pytest.raises(DomainError, match=r"example 1: log\(x = -1\.0\)"):
        fast.vmap(np.array([1.0, -1.0]), 0.0)
    with pytest.raises(ValueError, match=r"x has 3, y has 2"):
        fast.vmap(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match=r"write np\.array\(xs\) of a list"):
        fast.vmap([1.0, 2.0], 0.0)
    assert fast.vmap(np.array([1.0, 1.0]), 0.0).tolist() == [0.0, 0.0]  # as advised
    with pytest.raises(ValueError, match="at least one example"):
        fast.vmap(np.ones(0), 0.0)


# -- a citizen of Python ----------------------------------------------------------------------------


class Model:
    def __init__(self, scale):
        self.scale = scale

    @compile
    def output(self, x):
        return self.scale * x


def test_methods():
    one, two = Model(2.0), Model(3.0)
    for _ in range(2):
        assert one.output(4.0) == 8.0
        assert two.output(4.0) == 12.0
    assert Model.output(one, 1.0) == 2.0
    gone = weakref.ref(two)
    del two
    assert gone() is None  # a compiled method keeps no instance alive
    assert compile(functools.partial(of_dict, power=3))(PARAMS, A[0]) == pytest.approx(
        of_dict(PARAMS, A[0], 3)
    )


def test_names_copies_and_pickles():
    assert decorated.__name__ == "decorated"
    assert decorated.__doc__ == "Docs."
    assert pickle.loads(pickle.dumps(decorated)) is copy.copy(decorated) is decorated
    fast = compile(of_number)
    fast(1.0)
    for other in (copy.copy(fast), copy.deepcopy(fast), pickle.loads(pickle.dumps(fast))):
        assert other is not fast
        assert other(2.0) == fast(2.0)
    assert pickle.loads(pickle.dumps(compile(grad(of_number))))(2.0) == grad(of_number)(2.0)
    assert repr(fast) == "<compiled of_number>"
    assert "x: float\ntheta: x\nreturn" in str(fast)
    fast(A)
    assert f"x: float64 of shape {A.shape}" in str(fast)
    assert "def run" in fast.programs[-1].source


def test_recursion():
    @compile
    def power(x, n):
        return x * power(x, n - 1) if n else 1.0

    assert [power(3.0, n) for n in (0, 5, 2)] == [1.0, 243.0, 9.0]


def test_threads():
    def f(x):
        return sigmoid(x @ A).sum() + sin(x[0, 0]) if isinstance(x, Tensor) else x * x

    fast, problems = compile(f), []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(40):
            x = rng.normal(size=(int(rng.integers(1, 4)), 3))
            if not np.isclose(fast(x), f(Tensor(x)).item()) or fast(x[0, 0].item()) != x[0, 0] ** 2:
                problems.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems


def test_a_function_that_refers_to_both_kinds_says_so():
    w, W = Value(2.0), Tensor([1.0])
    with pytest.raises(TypeError, match="no operation joins the two kinds of node"):
        compile(lambda x: w * x * W)(1.0)
    with warnings.catch_warnings():
        assert compile(lambda x: [w * 2, W * 2 * x])(3.0)[0] == 4.0
