"""Functions of one number or a few: names, parameters, rounding, sums of exponentials, NumPy's tests."""

import inspect
import itertools
import math

import numpy as np
import pytest
from mpmath import mp
from reference import ordinary, ulps

import autograd
import nn
from autograd import (
    DomainError,
    Tensor,
    Value,
    compile,
    elu,
    gelu,
    grad,
    hessian,
    jvp,
    leaky_relu,
    log_softmax,
    logaddexp,
    logaddexp2,
    logsumexp,
    silu,
    softmax,
)
from autograd._graph.concretization import watching_concretization
from autograd._graph.primitive import lookup
from autograd._support.numpy_functions import public_name
from autograd._table.define import rows

# -- names ------------------------------------------------------------------------------------------


def test_numpys_names_are_names_of_autograd():
    expected = {
        "arcsin": "asin", "arctan2": "atan2", "power": "pow", "multiply": "mul", "divide": "truediv",
        "remainder": "mod", "floor_divide": "floordiv", "absolute": "abs", "fabs": "abs",
        "rad2deg": "degrees",
    }  # fmt: skip
    for name, row in expected.items():
        assert getattr(autograd, name) is lookup(row)
        assert name in dir(autograd)


def test_numpys_functions_of_object_arrays_are_the_rows():
    """Of a plain array NumPy asks each element for a method; no number may leave silently."""
    refused, compared = {"logaddexp", "logaddexp2"}, {"sign", "maximum", "minimum", "fmax", "fmin"}
    for row in rows():
        if not row.public or row.arity > 2:
            continue
        for name in row.numpy_names - refused - compared:
            x = np.array([Value(number) for number in ordinary(row, 0.5) * 2])
            result = getattr(np, name)(*[x, np.array([2.0, 2.5])][: row.arity])
            if isinstance(result[0], Value):
                assert set(result[0].parents) == {x[0]}, name
            else:
                pytest.fail(f"numpy.{name} gave {result[0]!r}")


def test_what_is_missing_is_named_by_its_real_name():
    assert public_name(np.fft.fft) == "numpy.fft.fft"
    for call, name in (
        (np.linalg.cond, "numpy.linalg.cond"),
        (np.fft.fft, "numpy.fft.fft"),
        (np.spacing, "numpy.spacing"),
    ):
        with pytest.raises(TypeError, match=rf"{name} "):
            call(Tensor([[1.0]]))
    with pytest.raises(TypeError, match=r"numpy\.spacing of a Value"):
        np.spacing(Value(1.0))
    special = pytest.importorskip("scipy.special")
    for node in (Value(1.0), Tensor(1.0)):
        with pytest.raises(TypeError, match=r"scipy\.special\.gamma of a"):
            special.gamma(node)


# -- parameters -----------------------------------------------------------------------------------


def test_a_parameter_may_be_left_out_or_named():
    assert leaky_relu(-2.0) == leaky_relu(-2.0, 0.01) == leaky_relu(-2.0, slope=0.01) == -0.02
    assert elu(Value(-1.0), alpha=2.0).data == 2 * math.expm1(-1)
    assert leaky_relu(Tensor([-2.0, 3.0]), slope=0.5).data.tolist() == [-1.0, 3.0]
    assert Value(-2.0).leaky_relu(slope=0.5).data == Tensor(-2.0).leaky_relu(0.5).item() == -1.0
    slope = Value(0.5)
    leaky_relu(Value(-2.0), slope).backward()
    assert slope.grad == -2.0
    assert "slope" in leaky_relu.__doc__
    for wrong, said in (
        (lambda: leaky_relu(1.0, alpha=1.0), "takes no argument 'alpha'"),
        (lambda: leaky_relu(1.0, 0.1, slope=0.1), "takes 'slope' once"),
        (leaky_relu, "takes 1 argument"),
        (lambda: leaky_relu(1.0, 2.0, 3.0), "takes 2 argument"),
    ):
        with pytest.raises(TypeError, match=said):
            wrong()


def test_the_slopes_at_the_kinks():
    assert (grad(leaky_relu)(0.0), grad(elu)(0.0)) == (0.01, 1.0)
    assert grad(lambda x: elu(x, 2.0))(0.0) == 2.0
    assert grad(lookup("hypot"))(0.0, 0.0) == 0.0
    assert grad(lookup("fmax"))(1.0, 1.0) == 0.5
    assert grad(lookup("fmax"), 1)(math.nan, 2.0) == 1.0
    with pytest.raises(DomainError, match="derivative of atan2"):
        grad(lookup("atan2"))(0.0, 0.0)
    with pytest.raises(DomainError, match="derivative of cbrt"):
        grad(lookup("cbrt"))(0.0)


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_slopes_beside_their_zeros_and_far_out(name):
    """Where the textbook forms cancel, to 8 ulp and 16."""
    f = {
        "silu": lambda x: x / (1 + mp.exp(-x)),
        "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
    }[name]
    zeros = {"silu": (-1.2784645427610738, 2.3993572805154677), "gelu": (-0.7517915246935645, math.sqrt(2))}
    near = [z + d for z in zeros[name] for d in (0.0, 1e-15, -1e-12, 1e-7, -1e-3, 0.05, -0.2)]
    row = getattr(autograd, name)
    with mp.workdps(120):
        for x in [*near, -30.0, -36.5, -38.2]:
            assert ulps(row(x), f(mp.mpf(x))) <= 4
            assert ulps(grad(row)(x), mp.diff(f, x)) <= 8
            assert ulps(grad(grad(row))(x), mp.diff(f, x, 2)) <= 16
    assert gelu(-30.0) == pytest.approx(-1.4720141784e-196, rel=1e-9)
    assert silu(-800.0) == 0.0


# -- remainders and rounding ----------------------------------------------------------------------


@pytest.mark.parametrize(("x", "y"), [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (1.0, 0.1), (-1e-20, 3.0)])
def test_remainders_are_pythons(x, y):
    for node in (Value, Tensor):
        assert [n.item() for n in divmod(node(x), y)] == [*divmod(x, y)]
        assert [n.item() for n in divmod(x, node(y))] == [*divmod(x, y)]
    assert grad(lambda x, y: x % y, (0, 1))(x, y) == (1.0, -(x // y))
    assert grad(lookup("fmod"), (0, 1))(x, y) == (1.0, -round((x - math.fmod(x, y)) / y))
    with pytest.raises(DomainError, match="y != 0"):
        Value(x) % 0.0


def test_python_rounds_a_node_to_a_node():
    x = Value(-2.567)
    result = [math.floor(x), math.ceil(x), math.trunc(x), round(x), round(x, 1), np.round(x, 2), np.sign(x)]
    assert result == [-3.0, -2.0, -2.0, -3.0, -2.6, -2.57, -1.0]
    assert all(isinstance(node, Value) and not node.is_leaf for node in result)
    assert [round(Value(v)).data for v in (0.5, 1.5, 2.5, -0.5, 2.0**52 + 1)] == [0, 2, 2, 0, 2.0**52 + 1]
    assert round(Tensor([1.26, 1234.0]), -1).data.tolist() == [0.0, 1230.0]
    with pytest.raises(TypeError, match="round of a Tensor takes no out"):
        x.round(1, out=np.zeros(1))


@pytest.mark.filterwarnings("error")
def test_a_program_rounds_for_each_example_anew():
    x = Value(2.6, label="x")
    y = x * math.floor(x) + round(x, 1) + np.sign(x) + x % 2.0 + divmod(x, 3.0)[0]
    expected = [v * math.floor(v) + round(v, 1) + np.sign(v) + v % 2.0 + v // 3.0 for v in (2.6, -4.31, 0.4)]
    assert compile(y, [x], [])([], [[2.6], [-4.31], [0.4]]) == pytest.approx(expected, rel=1e-14)
    assert grad(lambda x: x * math.floor(x))(2.6) == 2.0
    assert grad(round)(2.6) == grad(np.sign)(np.array(2.6)) == 0.0


# -- sums of exponentials ---------------------------------------------------------------------------

LISTS = [
    [0.0, -40.0],
    [1e4, 1e4 - 1],
    [-745.0, -800.0],
    [3.0],
    [1.0, 1.0, 1.0],
    [2.0, 2.0, -1.0, 0.5, 2.0],
    [0.0, -1e300],
]


@pytest.mark.parametrize("numbers", LISTS, ids=str)
def test_sums_of_exponentials_of_values_to_ulps(numbers):
    x = [Value(v) for v in numbers]
    with mp.workdps(60):
        parts = [mp.exp(mp.mpf(v)) for v in numbers]
        total = sum(parts)
        assert ulps(logsumexp(x).data, mp.log(total)) <= 4
        for s, tensor, part in zip(softmax(x), log_softmax(Tensor(numbers)), parts, strict=True):
            assert ulps(s.data, part / total) <= 4
            assert ulps(tensor.item(), mp.log(part / total)) <= 4
        for log, part in zip(log_softmax(np.array(x)), parts, strict=True):
            assert ulps(log.data, mp.log(part / total)) <= 4
        logsumexp(x).backward()
        for node, part in zip(x, parts, strict=True):
            assert ulps(node.grad, part / total) <= 8


@pytest.mark.parametrize("f", [logsumexp, softmax, log_softmax])
@pytest.mark.parametrize("numbers", [[1.0, 1.0, 1.0], [2.0, 0.5, 2.0], [0.3, -1.0, 2.0]])
def test_both_nodes_have_the_same_derivatives_at_ties_too(f, numbers):
    weights = [1.0, -2.0, 0.5]

    def weighted(result):
        return result if f is logsumexp else sum(w * s for w, s in zip(weights, result, strict=True))

    places = tuple(range(3))
    of_tensor = hessian(lambda x: weighted([*f(x)] if f is not logsumexp else f(x)))(np.array(numbers))
    of_values = hessian(lambda *x: weighted(f([*x])), places)(*numbers)
    np.testing.assert_allclose(of_values, of_tensor, rtol=1e-13, atol=1e-15)
    slopes = grad(lambda *x: weighted(f([*x])), places)(*numbers)
    forward = [jvp(lambda *x: weighted(f([*x])), numbers, np.eye(3)[i].tolist())[1] for i in places]
    assert forward == pytest.approx(slopes, rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1)])
def test_axes_of_arrays_of_values(axis):
    numbers = np.array([[0.5, -1.0, 2.0], [1.0, 1.0, -3.0]])
    values = np.frompyfunc(Value, 1, 1)(numbers)
    for keepdims in (False, True):
        result, expected = (logsumexp(x, axis, keepdims) for x in (values, numbers))
        assert np.shape(result) == np.shape(expected)
        np.testing.assert_allclose(np.asarray(result, object).astype(float), expected, rtol=1e-15)
    if isinstance(axis, int):
        for f in (softmax, log_softmax):
            np.testing.assert_allclose(f(values, axis).astype(float), f(numbers, axis), rtol=1e-14)
    with pytest.raises(ValueError, match="out of bounds"):
        logsumexp(values, axis=2)


@pytest.mark.filterwarnings("error")
def test_a_program_takes_out_the_largest_of_each_example():
    """So that none overflows, whichever was the largest when it was recorded."""
    x = [Value(float(i)) for i in range(3)]
    X = np.array([[0.0, 1.0, 2.0], [3000.0, 0.0, -3000.0], [5.0, 5.0, 5.0]])
    close = {"rtol": 1e-13, "atol": 1e-15}
    np.testing.assert_allclose(compile(logsumexp(x), x, [])([], X), logsumexp(X, axis=1), **close)
    np.testing.assert_allclose(compile(softmax(x), x, [])([], X), softmax(X), **close)
    np.testing.assert_allclose(compile(log_softmax(x), x, [])([], X), log_softmax(X), **close)
    cost = nn.cross_entropy(x, 0)
    assert compile(cost, x, [])([], X) == pytest.approx([nn.cross_entropy(row, 0) for row in X], rel=1e-13)


@pytest.mark.parametrize("f", [autograd.softmax, autograd.log_softmax, autograd.logsumexp])
def test_sums_of_exponentials_at_infinities_are_those_of_tensors(f):
    for x in ([math.inf, 0.0, 1.0], [math.inf, math.inf, 0.0], [math.inf, -math.inf], [-math.inf] * 2):
        with np.errstate(invalid="ignore"):
            of_values, of_tensors = np.ravel(f([*map(Value, x)])), np.ravel(f(Tensor(x)).data)
        np.testing.assert_array_equal([value.data for value in of_values], of_tensors)


@pytest.mark.parametrize("f", [logaddexp, logaddexp2])
def test_logaddexp_of_infinities_is_numpys(f):
    numbers = [math.inf, -math.inf, math.nan, 1.0]
    for x, y in itertools.product(numbers, repeat=2):
        with np.errstate(invalid="ignore"):
            expected = getattr(np, f.__name__)(x, y)
            of_tensors = f(Tensor(x), Tensor(y)).item()
        np.testing.assert_array_equal([f(Value(x), Value(y)).data, of_tensors], expected)


@pytest.mark.parametrize("f", [logaddexp, logaddexp2])
@pytest.mark.parametrize(("x", "y"), [(1.0, 2.0), (1000.0, 1000.0), (-1e20, 1.0), (0.5, 0.5)])
def test_logaddexp(f, x, y):
    expected = getattr(np, f.__name__)(x, y)
    numpy_function = getattr(np, f.__name__)
    for result in (
        f(x, y),
        numpy_function(Value(x), y),
        numpy_function(Tensor(x), y),
        f(np.array([x]), [y])[0],
    ):
        np.testing.assert_allclose(result, expected, rtol=1e-15)
    if x != -1e20:
        second = hessian(f, (0, 1))(x, y)
        s = 1 / (1 + math.exp(-abs(x - y) * (math.log(2) if f is logaddexp2 else 1)))
        curve = s * (1 - s) * (math.log(2) if f is logaddexp2 else 1)
        np.testing.assert_allclose(second, [[curve, -curve], [-curve, curve]], rtol=1e-14)


# -- nets -----------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("activation", [gelu, leaky_relu, elu], ids=str)
def test_an_activation_of_the_table_trains_saves_and_compiles(activation, tmp_path):
    X = np.random.default_rng(0).normal(size=(20, 2))
    costs = []
    for node in (Tensor, Value):
        net = nn.MLP([2, 2, 1], node=node, rng=0, activation=activation)
        optimizer = nn.SGD(net.parameters(), lr=0.1)
        options = {"epochs": 1, "batch_size": 2, "rng": 0, "progress": False}
        history = nn.fit(net, X, X[:, :1] > 0, optimizer=optimizer, **options)
        assert history.program is not None
        costs.append(history.cost)
        assert nn.load(nn.save(net, tmp_path / "net.npz")).layers[0].activation is activation
        assert activation.name in net.summary().splitlines()[1]
    assert costs[0] == pytest.approx(costs[1], rel=1e-12)


# -- questions of NumPy's, and its tests ------------------------------------------------------------


def test_questions_are_answered_with_truth():
    x, t = Value(1.0), Tensor([1.0, np.nan])
    for truth in (
        np.isclose(x, 1.0), np.isclose(1.0 + 1e-9, x), np.allclose([x, x], 1.0), not np.allclose(t, 1.0),
        np.isfinite(x), not np.signbit(x), not np.isinf(x), not np.logical_and(x, 0.0), np.isscalar(x),
        np.array_equal(t, [1.0, np.nan], equal_nan=True), np.array_equal([x, 2.0], [1.0, 2.0]),
    ):  # fmt: skip
        assert truth
    assert np.isnan(t).tolist() == [False, True]
    assert np.isclose(t, 1.0).tolist() == [True, False]
    with watching_concretization() as seen:
        np.isclose(x, 1.0)
    assert seen == [x]


SIDES = {
    "a Value": (lambda: Value(1.0), 1.0),
    "a list of Values": (lambda: [Value(1.0), Value(1.0)], [1.0, 1.0]),
    "a Tensor": (lambda: Tensor([1.0, 1.0]), np.ones(2)),
    "an array of Values": (lambda: np.array([Value(1.0), Value(1.0)]), np.ones(2)),
}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", ["equal", "array_equal", "almost_equal", "array_almost_equal", "allclose"])
def test_numpys_tests_take_nodes_on_either_side(side, name):
    if (side, name) == ("an array of Values", "allclose"):
        pytest.skip("numpy.isnan has no loop over objects that a library could add to")
    node, numbers = SIDES[side]
    check = getattr(np.testing, f"assert_{name}")
    check(node(), numbers)
    check(numbers, node())
    if (side, name) != ("a Tensor", "almost_equal"):  # NumPy asks whether two arrays are finite, as one truth
        check(node(), node())
    wrong = (np.asarray(numbers) + 1).tolist() if isinstance(numbers, list) else numbers + 1
    with pytest.raises(AssertionError):
        check(node(), wrong)
    with pytest.raises(AssertionError):
        check(wrong, node())


def test_every_parameter_is_in_the_signature_of_its_row():
    for row in rows():
        if row.required < row.arity:
            names = [*inspect.signature(row.on_floats).parameters][row.required :]
            assert names == [*row.defaults], row


def test_a_box_of_a_value_is_the_value():
    x = Value(1.0)
    y = autograd.softplus(np.array(x))
    y.backward()
    assert x.grad == pytest.approx(1 / (1 + math.exp(-1)))
    with pytest.raises(TypeError, match="not NoneType"):
        autograd.exp(np.array(None))


def test_decimals_beyond_those_of_a_float_are_told():
    for wrong in (lambda: round(Value(1.25), 400), lambda: np.round(Tensor([1.25]), -309)):
        with pytest.raises(ValueError, match="round takes decimals from -308 to 308"):
            wrong()


def test_an_infinite_slope_on_the_side_that_is_not_taken():
    x = Tensor([1.0, -1.0])
    autograd.leaky_relu(x, np.inf).sum().backward()
    assert x.grad.tolist() == [1.0, math.inf]


LOOKS = {
    ">": lambda t: t > 0,
    "np.less": lambda t: np.less(t, 1),
    "data": lambda t: t.data,
    "item": lambda t: t[0].item(),
    "bool": lambda t: bool(t[0]),
    "argmax": np.argmax,
    "isnan": np.isnan,
    "sort": np.sort,
    "unique": np.unique,
}
NO_LOOKS = {
    "zeros_like": np.zeros_like,
    "shape": np.shape,
    "clip": lambda t: np.clip(t, 0, 1),
    "max": lambda t: t.max(),
    "index": lambda t: t[::-1],
}


@pytest.mark.parametrize(
    ("f", "looks"),
    [(f, True) for f in LOOKS.values()] + [(f, False) for f in NO_LOOKS.values()],
    ids=[*LOOKS, *NO_LOOKS],
)
def test_a_look_at_the_numbers_of_a_tensor_is_noted(f, looks):
    with watching_concretization() as nodes:
        f(Tensor([1.0, 2.0]))
    assert bool(nodes) == looks
