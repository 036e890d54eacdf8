"""A compiled function is the function: in results and their types, derivatives, errors, and later numbers."""

import copy
import functools
import gc
import pickle
import threading
import warnings
import weakref

import numpy as np
import pytest
from compiled_functions import A, B, agree, numbers_in, of_number

import nn
from autograd import (
    DomainError,
    Tensor,
    Value,
    compile,
    concatenate,
    detect_anomaly,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    logsumexp,
    max,
    min,
    select,
    sigmoid,
    sin,
    softmax,
    sqrt,
    value_and_grad,
    vjp,
    where,
)
from autograd._table.define import rows
from autograd.linalg import det, norm

pytestmark = pytest.mark.filterwarnings("error")

POINTS = (0.3, -0.4, 0.7, 1.6, -1.7, 2.3)


@compile
def decorated(x):
    """Docs."""
    return x * x


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
        flat = zip(numbers_in(result), numbers_in(expected), strict=True)
        assert all(r == e if e is None or isinstance(e, str) else np.allclose(r, e, 1e-12) for r, e in flat)
        assert _shape(result) == _shape(expected)


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
