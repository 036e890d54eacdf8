"""Compiled functions where numbers decide: caught errors, undefined derivatives, masks, texts, arguments."""

import copy

import numpy as np
import pytest

import nn
from autograd import (
    DomainError,
    Tensor,
    Value,
    compile,
    detect_anomaly,
    exp,
    grad,
    hessian,
    hvp,
    log,
    value_and_grad,
    where,
)
from autograd._compiler.programs.recordings import as_plain

X = np.array([1.0, -2.0, 3.0, 0.0])
POINTS = (X, -X, np.ones(4), np.array([np.nan, 1.0, np.inf, -np.inf]), X.astype(np.float32))


def same(result, expected):
    """Equal structures, numbers and dtypes of floats."""
    if isinstance(expected, list):
        return len(result) == len(expected) and all(map(same, result, expected))
    result, expected = np.asarray(result), np.asarray(expected)
    kinds = {result.dtype.kind, expected.dtype.kind}
    assert kinds == {"f", "i"} or result.dtype == expected.dtype
    return np.array_equal(result, expected, equal_nan=result.dtype.kind == "f")


# -- errors that the function catches --------------------------------------------------------------


def of_log(x):
    try:
        return log(x)
    except DomainError:
        return -x


def of_quotient(x):
    try:
        return 1 / x
    except ArithmeticError:
        return 7.0 * x


def of_overflow(x):
    try:
        return exp(300 * x)
    except OverflowError:
        return x
    except DomainError:
        return 2 * x


def of_matrix(x):
    try:
        return np.linalg.cholesky(x * np.eye(2)).sum()
    except np.linalg.LinAlgError:
        return x.sum()


@pytest.mark.parametrize("first", [3.0, -2.0, 0.0])
@pytest.mark.parametrize(
    "f",
    [of_log, of_quotient, of_overflow, grad(of_log), of_matrix],
    ids=["log", "quotient", "overflow", "slope of log", "matrix"],
)
def test_an_error_that_the_function_catches_is_no_part_of_a_program(f, first):
    points = [first, 3.0, -2.0, 0.0, 3.0]
    points = [np.full((2, 2), x) for x in points] if f is of_matrix else points
    fast = compile(f)
    expected = [as_plain(f(Tensor(x) if f is of_matrix else Value(x))) for x in points]
    with pytest.warns(RuntimeWarning, match=r"it catches an error of an operation \(test_recordings"):
        assert [fast(x) for x in points] == expected


# -- derivatives where the function is undefined ---------------------------------------------------


@pytest.mark.parametrize("transform", [grad, value_and_grad, hessian])
@pytest.mark.parametrize(("f", "x"), [(log, -2.0), (lambda x: 1e308 * x, 10.0)])
def test_a_derivative_is_none_where_the_function_is_undefined(transform, f, x):
    with pytest.raises(DomainError) as eager:
        transform(f)(x)
    fast = compile(transform(f))
    fast(0.5)
    with pytest.raises(DomainError) as error:
        fast(x)
    assert str(error.value) == str(eager.value)
    with pytest.raises(DomainError, match=r"undefined|no result"):
        fast.vmap(np.array([0.5, x]))


def test_a_branch_not_taken_is_undefined_in_derivatives_too():
    slope = compile(grad(lambda x: where(x > 0, log(x), 3 * x)))
    assert [slope(4.0), slope(-2.0)] == [0.25, 3.0]


def test_anomalies_are_told():
    quotient = compile(lambda x, y: (x / y).sum())
    quotient(np.ones(2), np.ones(2))
    with detect_anomaly(), pytest.raises(DomainError, match="gave inf at index"), np.errstate(all="ignore"):
        quotient(np.ones(2), np.zeros(2))


# -- gradients of float32 beside float64 -----------------------------------------------------------


def test_a_recorded_gradient_has_the_dtype_of_its_leaf():
    x = np.arange(3.0, dtype=np.float32)

    def f(x):
        return (x * x * np.arange(3.0)).sum()

    assert grad(f)(Tensor(x)).dtype == compile(grad(f))(x).dtype == grad(f)(x).dtype == np.float32
    assert hvp(f)(x, x).dtype == np.float32
    np.testing.assert_array_equal(compile(grad(f))(x), grad(f)(x))


# -- comparisons of Tensors ------------------------------------------------------------------------


def assigned(x):
    y = np.array([1.0, 2.0, 3.0, 4.0])
    y[x > 0] = 0
    return y * x


MASKS = {
    "index": lambda x: x[x > 0],
    "inverted index": lambda x: x[~((x > 0) & (x < 2))],
    "is an array": lambda x: x.sum() if isinstance(x > 0, np.ndarray) else -x.sum(),
    "np.where": lambda x: np.where(x > 0, x, -x),
    "any": lambda x: x.sum() if np.any(x > 0) else -x.sum(),
    "all": lambda x: x.sum() if (x > 0).all() else -x.sum(),
    "product": lambda x: (x > 0) * x,
    "times a number": lambda x: 2 * (x > 0) * x,
    "an axis more": lambda x: (x > 0)[:, None] * x,
    "logical_and": lambda x: where(np.logical_and(x > 0, x < 2), x, 0.0),
    "logical_or": lambda x: np.where(np.logical_or(x > 0, x < -2), x, 0.0),
    "logical_not": lambda x: where(np.logical_not(x > 0), x, 0.0),
    "logical_xor": lambda x: where(np.logical_xor(x > 0, np.array([True, False, True, False])), x, 0.0),
    "with itself": lambda x: np.bitwise_or(mask := x > 0, mask) * x,
    "bitwise_and": lambda x: np.bitwise_and(x > 0, x < 2) * x,
    "an array on the left": lambda x: (np.array([True, True, False, True]) & (x > 0)) * x,
    "and a whole number": lambda x: ((x > 0) & 1) * x,
    "maximum": lambda x: np.maximum(x > 0, 0.5) * x,
    "multiply": lambda x: np.multiply(x > 0, x),
    "count_nonzero": lambda x: np.count_nonzero(x > 0) * x,
    "sum": lambda x: np.sum(x > 0) * x.sum(),
    "piecewise": lambda x: np.piecewise(x, [x > 0], [lambda t: t * 2, lambda t: -t]),
    "select": lambda x: np.select([x > 1, x > 0], [x * 2, x * 3], 0.0),
    "einsum": lambda x: np.einsum("i,i->i", x > 0, x),
    "compared": lambda x: ((x > 0) == (x < 2)) * x,
    "in a list": lambda x: [x[i] for i, holds in enumerate(x > 0) if holds],
    "an assignment": assigned,
    "a result": lambda x: [x > 0, (x > 0) & (x < 2), ~(x > 0), (x > 0).any()],
}


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.filterwarnings("ignore")
def test_masks(name):
    f = MASKS[name]
    fast = compile(f)
    with np.errstate(all="ignore"):
        for x in POINTS:
            assert same(fast(x), as_plain(f(Tensor(x))))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("x", [2.0, np.ones(2)], ids=["a Value", "a Tensor"])
def test_texts_of_comparisons_follow_the_numbers(x):
    for f in (lambda x: f"{x > 0}", lambda x: str(x > 0), lambda x: {f"{x > 0}": 1.0}):
        fast = compile(f)
        assert fast(x) == f(x)
        assert fast(-x) == f(-x)


def test_keys_of_a_result_that_are_written_from_numbers_follow_them():
    fast = compile(lambda x: {f"{x:.1f}": x})
    with pytest.warns(RuntimeWarning, match="looked at the number of x"):
        assert [fast(1.0), fast(-1.0)] == [{"1.0": 1.0}, {"-1.0": -1.0}]


def test_a_print_is_no_choice(capsys):
    def loss(x):
        print(f"{x:.1f}", x > 0)
        return {"loss": x * x}

    fast = compile(loss)
    assert [fast(1.0), fast(-3.0)] == [{"loss": 1.0}, {"loss": 9.0}]
    assert capsys.readouterr().out == "1.0 True\n"


# -- arguments -------------------------------------------------------------------------------------


def write_first(x):
    x[0] = 2 * x[1]
    return x[0] + x[1]


def add_a_key(x):
    x["c"] = x["a"] * 2
    return x["c"]


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (write_first, [5.0, 2.0], 6.0),
        (write_first, np.array([5.0, 2.0]), 6.0),
        (add_a_key, {"a": 1.5}, 3.0),
    ],
    ids=["a list", "an array", "a dict"],
)
def test_a_change_of_an_argument_is_refused(f, x, expected):
    before = copy.deepcopy(x)
    with pytest.raises(
        RuntimeError, match=r"a change of the argument x inside a compiled function .* a copy"
    ):
        compile(f)(x)
    np.testing.assert_equal(x, before)
    if not isinstance(x, np.ndarray):
        fast = compile(lambda x: f(copy.deepcopy(x)))
        assert fast(x) == expected
        np.testing.assert_equal(x, before)


def test_a_float_of_a_subclass_is_a_float():
    class Metres(float):
        pass

    fast = compile(lambda x: x * 2)
    assert [fast(Metres(2.0)), fast(Metres(3.0))] == [4.0, 6.0]


def test_keys_that_are_equal_and_of_different_types_are_told_apart():
    fast = compile(lambda d: d[1] * (3 if type(next(iter(d))) is bool else 2))
    assert [fast({1: 1.0}), fast({True: 1.0})] == [2.0, 3.0]


def test_a_container_that_holds_itself_is_refused():
    x = [1.0]
    x.append(x)
    with pytest.raises(ValueError, match=r"an argument of .*<lambda> holds itself"):
        compile(lambda x: x[0])(x)


# -- many examples ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "others"),
    [
        (lambda x, mask: x[mask].sum(), np.array([[True, False, False], [False, True, True]])),
        (lambda x, mask: np.where(mask, x, 0.0).sum(), np.array([[True, False, False], [False, True, True]])),
        (lambda x, flag: x.sum() if flag else -x.sum(), np.array([True, False])),
        (lambda x, name: x.sum() * len(name), np.array(["a", "bcd"])),
    ],
    ids=["an index", "a mask", "truths", "texts"],
)
def test_each_example_has_its_own_mask(f, others):
    x, fast = np.arange(6.0).reshape(2, 3) + 1, compile(f)
    expected = [f(x[i], others[i].item() if others.ndim == 1 else others[i]) for i in range(2)]
    np.testing.assert_array_equal(fast.vmap(x, others), expected)


@pytest.mark.parametrize("xs", [[1.0, -2.0], [-2.0, 1.0]])
def test_each_example_has_its_own_error(xs):
    with pytest.warns(RuntimeWarning) as told:
        results = compile(of_log).vmap(np.array(xs))
    np.testing.assert_array_equal(results, [as_plain(of_log(Value(x))) for x in xs])
    assert ["it catches an error" in str(warning.message) for warning in told] == [True]


# -- a function that runs as it is -----------------------------------------------------------------


def of_method(x):
    try:
        return x.log()
    except DomainError:
        return x.tanh()


@pytest.mark.parametrize(
    ("f", "points"),
    [
        (lambda x: x.tanh() * int(x), [float(i) for i in range(20)]),
        (of_method, [-1.0, 2.0, -3.0]),
        (lambda x: x.tanh().sum() * x[0].item(), [np.array([i, 0.5]) for i in range(20)]),
        (lambda x: (x.tanh(), x.sum()), [np.array([i, 0.5]) for i in range(3)]),
        (lambda x: [x * 1e308, x.tanh()], [1.0, 10.0]),
    ],
    ids=["numbers", "errors", "arrays", "types", "overflow"],
)
@pytest.mark.filterwarnings("ignore:compiling", "ignore:.*runs as it is")
def test_a_function_that_runs_as_it_is_has_nodes(f, points):
    fast = compile(f)
    for x in points:
        expected = as_plain(f(Tensor(x) if isinstance(x, np.ndarray) else Value(x)))
        result = fast(x)
        assert type(result) is type(expected)
        pairs = (
            zip(result, expected, strict=True)
            if isinstance(expected, (list, tuple))
            else [(result, expected)]
        )
        for part, other in pairs:
            assert type(part) is type(other)
            np.testing.assert_allclose(part, other, 1e-14)


def test_whole_numbers_are_passed_as_they_are():
    with pytest.raises(AttributeError, match="'int' object has no attribute 'tanh'"):
        compile(lambda x: x.tanh())(1)


# -- arrays of whole numbers -----------------------------------------------------------------------


def cost(z, labels):
    return -log(z[np.arange(3), labels]).sum()


def test_labels_that_differ_at_each_call_are_told_and_run_as_they_are():
    z, rng, calls = np.arange(1.0, 10).reshape(3, 3), np.random.default_rng(0), []

    def f(z, labels):
        calls.append(labels)
        return cost(z, labels)

    fast = compile(f)
    batches = [rng.permutation(3 * [0, 1, 2])[:3] for _ in range(60)]
    expected = [cost(Tensor(z), labels).data for labels in batches]
    with pytest.warns(RuntimeWarning, match=r"8 contents of labels \(int64 of shape \(3,\)\)") as told:
        results = [fast(z, labels) for labels in batches]
    np.testing.assert_allclose(results, expected, rtol=1e-14)
    assert len(told) == 1
    assert len(fast.programs) == 8
    count = len(calls)
    for labels in batches[:2]:  # the contents before are programs
        fast(z, labels)
    assert len(calls) == count
    one_hot = compile(lambda z, y: -(log(z) * y).sum())  # as advised
    results = [one_hot(z, np.eye(3)[labels]) for labels in batches]
    np.testing.assert_allclose(results, expected, rtol=1e-14)
    assert len(one_hot.programs) == 1


# -- the order of theta, and how it is told --------------------------------------------------------


@pytest.mark.parametrize("node", [Value, Tensor])
def test_theta_is_arguments_then_leaves_as_operations_meet_them(node):
    a, b, c, d = (node(float(i), label=label) for i, label in enumerate("abcd", 2))

    def f(x, y):
        z = a * x + b
        return (c * z + d) * y + a

    fast = compile(f)
    x, y = (0.5, 0.25) if node is Value else (np.array(0.5), np.array(0.25))
    expected = fast(x, y)
    program = fast.programs[-1]
    theta = [0.5, 0.25, 2.0, 3.0, 4.0, 5.0]
    assert program(theta if node is Value else [np.array(t) for t in theta]) == expected
    names = [label if node is Value else f"{label} (1)" for label in "xyabcd"]
    assert f"theta: {', '.join(names)}\n" in str(fast)


def test_theta_of_a_net_is_in_the_order_of_its_layers():
    net = nn.MLP([2, 3, 2, 1], rng=0)
    fast = compile(lambda x: net(x).sum())
    x = np.array([[0.5, -1.0]])
    expected = fast(x)
    program = fast.programs[-1]
    assert program([x, *(p.data for p in net.parameters())]) == [pytest.approx(expected, rel=1e-14)]
    assert "theta: x (1 x 2), W^{(1)} (3 x 2), b^{(1)} (3), W^{(2)} (2 x 3)" in str(fast)
    assert "theta: x (2), W1 (3 x 2), b1 (3), W2 (2 x 3), b2 (2), W3 (2), b3" in program.to_c("f")


def test_scripts_tell_the_order_of_theta_and_x():
    x = [Value(0.0, label=f"x_{i}") for i in range(3)]
    theta = [Value(1.0, label=label) for label in ("w[0]", "w[1]", "b")] + [Value(2.0)]
    program = compile(theta[0] * x[0] + theta[1] * x[1] + theta[2] * x[2] + theta[3], x, theta)
    for script in (program.to_c("f"), program.to_javascript("f")):
        assert "theta: w (2), b, 1 without a label." in script
        assert "X: x (3)." in script


def test_programs_hold_programs():
    fast = compile(lambda x: 2.0)
    assert [fast(1.0), fast.programs] == [2.0, []]
    assert "x: float\na constant" in str(fast)


def test_numbers_of_numpy_are_floats_except_beside_arrays_of_float32():
    fast = compile(lambda x, k: x * k)
    assert fast(np.float64(2), 3.0) == fast(2.0, np.float64(3)) == fast(2.0, 3.0) == 6.0
    assert len(fast.programs) == 1
    x = np.ones(2, np.float32)
    assert [fast(x, 2.0).dtype, fast(x, np.float64(2)).dtype] == [np.float32, np.float64]
    assert "k: float64\n" in str(fast)


# -- modes and random numbers ----------------------------------------------------------------------


class Scaled(nn.Module):
    def __init__(self, rng=None):
        self.gain = Tensor([2.0, 3.0])
        self.rng = rng

    def __call__(self, x):
        if not self.training:
            return x * self.gain
        return x * 10.0 if self.rng is None else x * self.rng.random(2)


def test_each_mode_of_a_module_has_a_recording():
    module = Scaled()
    fast, x = compile(lambda x: module(x).sum()), np.array([1.0, 2.0])
    for _ in range(2):
        assert [fast(x), fast.vmap(x[None]).tolist()] == [8.0, [8.0]]
        module.train()
        assert [fast(x), fast.vmap(x[None]).tolist()] == [30.0, [30.0]]
        module.training = False
    assert len(fast.programs) == 2


RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize("source", ["module", "argument", "closure", "global"])
def test_random_numbers_are_drawn_at_each_call(source):
    own = np.random.default_rng(3)
    module = Scaled(own).train()
    f, rng, args = {
        "module": (module, own, ()),
        "argument": (lambda x, rng: x * rng.random(2), own, (own,)),
        "closure": (lambda x: x * own.random(2), own, ()),
        "global": (lambda x: x * RANDOM.random(2), RANDOM, ()),
    }[source]
    rng.bit_generator.state = np.random.default_rng(4).bit_generator.state
    fast, x, same_draws = compile(f), np.array([1.0, 2.0]), np.random.default_rng(4)
    with pytest.warns(RuntimeWarning, match="it draws random numbers"):
        results = [fast(x, *args) for _ in range(4)]
    np.testing.assert_array_equal(results, [x * same_draws.random(2) for _ in range(4)])


# -- errors that say how it is written -------------------------------------------------------------


def test_how_compile_is_written():
    for options in ({}, {"dtype": "float32"}):
        with pytest.raises(TypeError, match="@compile without parentheses"):
            compile(**options)
    with pytest.raises(TypeError, match=r"whole numbers, texts and objects .* are static by themselves"):
        compile(lambda x, n: x * n, static_argnums=1)
    assert compile(lambda x, n: x[n])([1.0, 2.0], 1) == 2.0  # as told
    fast = compile(lambda x: x * x)
    for name in ("to_c", "to_jax", "native"):
        with pytest.raises(AttributeError, match=rf"call it once, and then write \.programs\[-1\]\.{name}"):
            getattr(fast, name)
    fast(2.0)
    assert "int f(" in fast.programs[-1].to_c("f")  # as advised
    assert not hasattr(fast, "other")


def test_axes_of_many_examples():
    f = compile(lambda x, y: (x * y).sum())
    shared = np.array([1.0, 2.0])
    with pytest.raises(ValueError, match=r"x has 3, y has 2.*shared"):
        f.vmap(np.ones((3, 2)), shared)
    with pytest.raises(TypeError, match=r"vmap has no in_axes.*np\.moveaxis"):
        f.vmap(np.ones((3, 2)), shared, in_axes=(0, None))
    assert compile(lambda x: f(x, shared)).vmap(np.ones((3, 2))).tolist() == [3.0] * 3  # as advised
    assert compile(lambda x, in_axes: x * in_axes).vmap(np.ones(2), in_axes=2.0).tolist() == [2.0, 2.0]
