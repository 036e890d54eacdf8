"""Functions of whole arrays: of Values, at ties and zeros, by their numbers alone; and whose a result is."""

import inspect
import itertools
import pickle

import mpmath as mp
import numpy as np
import pytest
from numpy_harness import asks_new_numpy

import autograd as ag
from autograd import DomainError, Tensor, Value, grad, gradcheck, hessian, jvp
from autograd._functions import plain_results
from autograd._functions.value_arrays import ValueArray
from autograd._graph.node import plain
from autograd._graph.primitive import PRIMITIVES
from autograd._support.numpy_functions import COMPARISONS
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules import linear
from autograd._table.readings import NUMPY

rng = np.random.default_rng(0)
X = rng.normal(size=(2, 3))


def values(x):
    return np.frompyfunc(Value, 1, 1)(x)


# -- lists and arrays of Values ---------------------------------------------------------------------

OF_VALUES = {
    "min": lambda np, x: np.min(x, 0),
    "max": lambda np, x: np.max(x, axis=1, keepdims=True),
    "ptp": lambda np, x: np.ptp(x),
    "prod": lambda np, x: np.prod(x, 1),
    "mean": lambda np, x: np.mean(x, 0, keepdims=True),
    "var": lambda np, x: np.var(x, 1),
    "var, ddof": lambda np, x: np.var(x, ddof=2, keepdims=True),
    "std": lambda np, x: np.std(x, axis=(0, 1)),
    "std, ddof": lambda np, x: np.std(x, 1, ddof=1),
    "average": lambda np, x: np.average(x, 1, [1.0, 2.0, 3.0]),
    "median": lambda np, x: np.median(x, 1),
    "cumsum": lambda np, x: np.cumsum(x, 1),
    "cumprod": lambda np, x: np.cumprod(x),
    "clip": lambda np, x: np.clip(x, -0.5, 0.5),
    "diff": lambda np, x: np.diff(x, 1, 0),
    "sort": lambda np, x: np.sort(x, 1),
    "ravel": lambda np, x: np.ravel(x),
    "squeeze": lambda np, x: np.squeeze(np.expand_dims(x, 0)),
    "swapaxes": lambda np, x: np.swapaxes(x, 0, 1),
    "moveaxis": lambda np, x: np.moveaxis(x, 0, 1),
    "hstack": lambda np, x: np.hstack([x, x]),
    "vstack": lambda np, x: np.vstack([x, x[0]]),
    "append": lambda np, x: np.append(x, 2.0),
    "repeat": lambda np, x: np.repeat(x, [1, 2], 0),
    "tile": lambda np, x: np.tile(x, 2),
    "roll": lambda np, x: np.roll(x, 1),
    "flip": lambda np, x: np.flip(x, 1),
    "rot90": lambda np, x: np.rot90(x),
    "take": lambda np, x: np.take(x, [2, 0], 1),
    "triu": lambda np, x: np.triu(x),
    "pad": lambda np, x: np.pad(x, 1, constant_values=0.5),
    "broadcast_to": lambda np, x: np.broadcast_to(x, (2, 2, 3)),
    "split": lambda np, x: np.concatenate(np.split(x, [1], 1), 1),
    "where": lambda np, x: np.where([True, False, True], x, 0.5),
    "select": lambda np, x: np.select([[True, False, True]], [x], 0.5),
}


@pytest.mark.parametrize("name", OF_VALUES)
def test_of_values_they_are_what_they_are_of_tensors(name):
    f = OF_VALUES[name]
    expected, weights = f(np, X), np.linspace(0.5, 1.5, np.size(f(np, X)))
    slopes = grad(lambda x: (f(ag, x).reshape(-1) ** 2 * weights).sum())(X)
    for module, form in itertools.product((ag, np), (values, lambda x: values(x).tolist())):
        if module is np and name in ("min", "max", "ptp", "clip"):
            continue  # see test_untaken_branches: NumPy's own loops choose
        x = form(X)
        if isinstance(x, list) and name in ("vstack", "split"):
            continue
        result = np.asarray(f(module, x), object)
        np.testing.assert_allclose(result.astype(float), expected, rtol=1e-13)
        leaves = np.asarray(x, object)
        sum(w * y * y for w, y in zip(weights, result.reshape(-1), strict=True)).backward()
        np.testing.assert_allclose([v.grad or 0.0 for v in leaves.flat], slopes.ravel(), rtol=1e-11)


def test_a_program_of_them_is_the_function_of_each_example():
    x = [Value(float(k)) for k in range(4)]
    examples = np.concatenate([rng.normal(size=(3, 4)), np.full((1, 4), 2.0), [[0.0, 0.0, 1.0, 3.0]]])
    for f in (
        ag.var,
        ag.std,
        ag.prod,
        ag.min,
        ag.ptp,
        lambda x: ag.cumprod(x)[2],
        lambda x: ag.clip(x, -0.5, 0.5)[1],
    ):
        program = ag.compile(f(x), [], wrt=x)
        for example in examples:
            value, slope = program.value_and_grad(example)
            assert value == pytest.approx(f(Tensor(example)).item(), rel=1e-13)
            np.testing.assert_allclose(slope, grad(f)(example), rtol=1e-12, atol=1e-15)


def test_they_are_pickled_with_their_graph():
    leaf = Tensor(X)
    for f in (
        ag.sort,
        np.var,
        lambda x: np.roll(x, 1, 0),
        lambda x: ag.split(x, 3, 1)[1],
        lambda x: x.astype("f4"),
    ):
        twin = pickle.loads(pickle.dumps((leaf, (f(leaf) ** 2).sum())))
        twin[1].backward()
        np.testing.assert_array_equal(twin[0].grad, grad(lambda x: (f(x) ** 2).sum())(X))  # noqa: B023


def test_numpys_functions_of_one_value_answer():
    x = Value(3.5)
    for f in (np.sum, np.mean, np.prod, np.max, np.min, np.median, np.average, np.add.reduce, np.conjugate):
        assert isinstance(f(x), Value)
        assert grad(f)(3.5) == 1.0
    for f in (np.var, np.std, np.ptp):
        assert f(x).data == 0.0
        assert grad(f)(3.5) == 0.0
    assert [v.data for v in np.cumsum(x)] == [v.data for v in np.add.accumulate([x])] == [3.5]
    y = np.clip(x, 0.0, 3.5)
    y.backward()
    assert (y.data, x.grad) == (3.5, 0.5)
    assert np.add.outer(x, [1.0, 2.0])[1].data == 5.5


def test_numpys_functions_of_a_list_of_values_answer():
    """At 0, where x and x + 2 lie symmetrically about their mean."""
    for f in (np.var, np.std, ag.var, ag.std):
        assert grad(lambda x: f([x, x + 2]))(0.0) == 0.0  # noqa: B023
        assert grad(lambda x: f([x, 2 * x]))(3.0) == pytest.approx(1.5 if "var" in f.__name__ else 0.5)  # noqa: B023
    assert grad(lambda x: np.mean([x, x + 2]))(0.0) == 1.0
    assert ag.gradient([Value(1.0), Value(4.0), Value(9.0)])[1].data == 4.0


def test_an_array_of_numbers_of_an_activation_takes_no_values():
    z = values(X).view(ag._functions.value_arrays.ValueArray)
    held = np.zeros_like(z, dtype=float)
    with pytest.raises(TypeError, match="dtype=object"):
        held[0, 0] = z[0, 0]


# -- zeros and ties ---------------------------------------------------------------------------------


@pytest.mark.parametrize("zeros", list(itertools.product([0, 1], repeat=4)))
def test_products_with_any_zeros_have_all_their_derivatives(zeros):
    x = np.array([0.7, -1.3, 2.1, 0.4]) * zeros
    others = [np.prod(np.delete(x, i)) for i in range(4)]
    pairs = [[np.prod(np.delete(x, [i, j])) if i != j else 0.0 for j in range(4)] for i in range(4)]
    np.testing.assert_allclose(grad(ag.prod)(x), others, rtol=1e-15)
    np.testing.assert_allclose(hessian(ag.prod)(x), pairs, rtol=1e-15)
    np.testing.assert_allclose(hessian(lambda x: ag.cumprod(x)[-1])(x), pairs, rtol=1e-15)
    assert jvp(ag.prod, x, np.ones(4))[1] == pytest.approx(sum(others), rel=1e-15)
    assert grad(grad(grad(lambda t: ag.prod(t * np.ones(4)))))(np.array(2.0)) == 48.0


@pytest.mark.parametrize("f", [ag.std, np.std, lambda x: ag.std(x, 0), lambda x: x.std(ddof=1)])
def test_std_of_equal_numbers_has_no_derivative_and_says_0(f):
    x = np.full(3, 2.5)
    slope = grad(lambda x: f(x).sum())(x)
    assert (f(Tensor(x)).data.tolist(), slope.tolist(), jvp(f, x, X[0])[1].tolist()) == (0.0, [0.0] * 3, 0.0)
    rows = np.array([[1.0, 1.0], [1.0, 3.0]])
    assert grad(lambda x: ag.std(x, 1).sum())(rows).tolist() == [[0, 0], [-0.5, 0.5]]
    v = [Value(2.5)] * 2
    ag.std(v).backward()
    assert v[0].grad == 0.0
    assert np.isnan(ag.std(Tensor([np.nan, 1.0])).data)


def test_var_and_std_against_fifty_digits():
    x = rng.normal(size=7) + 100
    with mp.workdps(50):
        exact = [mp.mpf(float(v)) for v in x]
        mean = sum(exact) / 7
        variance = sum((v - mean) ** 2 for v in exact) / 6
        slopes = [
            [float(2 * (v - mean) / 6) for v in exact],
            [float((v - mean) / 6 / mp.sqrt(variance)) for v in exact],
        ]
    for f, value, slope in ((ag.var, variance, slopes[0]), (ag.std, mp.sqrt(variance), slopes[1])):
        assert f(Tensor(x), ddof=1).item() == pytest.approx(float(value), rel=1e-13)
        np.testing.assert_allclose(grad(lambda t: f(t, ddof=1))(x), slope, rtol=1e-12)  # noqa: B023


@pytest.mark.filterwarnings("ignore:Degrees of freedom")
def test_too_few_numbers_for_a_variance():
    with np.errstate(all="ignore"):
        for f in ("var", "std"):
            ours, numpy_function = (
                getattr(ag, f)(Tensor([1.0, 2.0]), ddof=2),
                getattr(np, f)(np.array([1.0, 2.0]), ddof=2),
            )
            assert plain(ours) == numpy_function or np.isnan(numpy_function)
    with pytest.raises(DomainError):
        ag.var([Value(1.0)], ddof=1)


TIES = [
    (ag.min, [1.0, 1.0, 2.0], [0.5, 0.5, 0.0]),
    (ag.max, [1.0, 2.0, 2.0], [0.0, 0.5, 0.5]),
    (ag.ptp, [1.0, 1.0, 2.0], [-0.5, -0.5, 1.0]),
    (lambda x: ag.clip(x, 1.0, 2.0).sum(), [1.0, 1.5, 2.0], [0.5, 1.0, 0.5]),
    (ag.median, [1.0, 2.0, 2.0], [0.0, 1.0, 0.0]),
    (lambda x: (ag.sort(x) * [1.0, 10.0, 100.0]).sum(), [2.0, 1.0, 2.0], [10.0, 1.0, 100.0]),
]


@pytest.mark.parametrize(("f", "x", "slopes"), TIES)
def test_ties(f, x, slopes):
    assert grad(f)(np.array(x)).tolist() == slopes
    assert jvp(f, np.array(x), np.array([1.0, 2.0, 4.0]))[1] == pytest.approx(np.dot(slopes, [1, 2, 4]))


def test_a_bound_of_clip_has_a_derivative():
    x = np.array([0.0, 1.0, 2.0])
    assert gradcheck(ag.clip, x, 0.3, 1.7, order=2)
    assert ag.clip(Tensor(x), None, None).data.tolist() == x.tolist()


# -- rows of arrays ---------------------------------------------------------------------------------

LINEAR = {
    "sum": (X,), "cumsum": (X, {"axis": 1}), "astype": (X, {"dtype": np.dtype(float)}),
    "sum_to": (X, {"shape": (3,)}),
    "broadcast_to": (X, {"shape": (4, 2, 3)}), "reshape": (X, {"shape": (3, 2)}),
    "transpose": (X, {"axes": (1, 0)}),
    "getitem": (X, {"index": (np.array([0, 0]), np.array([1, 1]))}),
    "put": (X[0], {"index": np.array([0, 1, 1]), "shape": (3,)}),
    "concatenate": (X, X + 1, {"axis": 1}), "stack": (X, X + 1, {"axis": 2}),
    "puts": (X[0], X[1], {"indices": [0, 0], "shape": (2, 3)}),
}  # fmt: skip
# Linear only near a point, or in one argument while the others stay: the forms' derivatives are tested.
NOT_LINEAR = {"max", "min", "_shares_max", "_shares_min", "_below_largest", "logsumexp", "matmul", "affine"}


def test_every_array_row_is_linear_or_not():
    ours = {
        row.name
        for row in PRIMITIVES.values()
        if isinstance(row, ArrayRow) and row.on_arrays.__module__ == linear.__name__
    }
    assert set(LINEAR) | NOT_LINEAR >= ours
    assert set(LINEAR) <= ours


@pytest.mark.parametrize("name", LINEAR)
def test_a_row_and_its_transpose(name):
    """⟨A x, y⟩ = ⟨x, Aᵀ y⟩, on arrays and on Tensors."""
    row = getattr(linear, name)
    *args, params = LINEAR[name] if isinstance(LINEAR[name][-1], dict) else (*LINEAR[name], {})
    y = rng.normal(size=row(*args, **params).shape)
    image = float((row(*args, **params) * y).sum())
    for g in (y, Tensor(y)):
        if row.joint:
            pulls = row.array_pulls.at(g, args, params)
            parts = [plain(pulls[i](g, args, None, params)) for i in range(len(args))]
        else:
            parts = [plain(row.array_pulls[0](g, args, None, params))]
        assert sum(float((p * a).sum()) for p, a in zip(parts, args, strict=True)) == pytest.approx(
            image, rel=1e-13
        )


# -- whose memory, which dtype ------------------------------------------------------------------------

ONE_ARGUMENT = [
    "ravel",
    "squeeze",
    "transpose",
    "atleast_2d",
    "flip",
    "sort",
    "copy",
    "broadcast_arrays",
    "triu",
]


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_a_result_shares_no_memory_with_a_leaf(name):
    leaf = Tensor(X)
    result = getattr(np, name)(leaf)
    result = result[0] if isinstance(result, tuple) else result
    before = result.data.copy()
    leaf.data[...] = 7.0
    np.testing.assert_array_equal(result.data, before)
    assert not np.shares_memory(leaf.data, result.data)
    (result * result).sum().backward()
    np.testing.assert_array_equal(leaf.grad, 2 * (np.triu(X) if name == "triu" else X))
    with ag.no_grad():
        free = getattr(np, name)(leaf)
        free = free[0] if isinstance(free, tuple) else free
        assert not np.shares_memory(leaf.data, free.data)


def test_pythons_numbers_leave_float32_as_it_is():
    x = Tensor(np.array([0.0, 1.0, 2.0], np.float32))
    for y in (
        ag.where(x, 2.0, 0.5), np.where(x, 2, 0.5), ag.where(x > 0, x, 0.5), ag.where(x.data > 0, 1.0, x),
        ag.maximum(x, 0.5), ag.clip(x, 0.5, 1), x.var(), x.std(ddof=1), ag.nan_to_num(x),
        ag.select([x.data > 1], [x], 3),
        ag.pad(x, 1, constant_values=2), ag.triu(x), ag.average(x), ag.median(x), ag.prod(x), ag.cumprod(x),
    ):  # fmt: skip
        assert y.dtype == np.float32
        x.grad = None
        y.sum().backward()
        assert x.grad is None or x.grad.dtype == np.float32
    single = x.data.copy()
    for y in (
        ag.maximum(single, 0.5),
        ag.where(single, 2, 0.5),
        ag.minimum(1, single),
        single * 2.0,
        ag.where(single > 0, single, 1.0),
    ):
        assert type(y) is np.ndarray
        assert y.dtype == np.float32
    assert ag.where(Tensor([0.0, 1.0]), 2, 0).dtype == ag.maximum(single, np.float64(0.5)).dtype == np.float64


def test_astype_is_recorded_and_asks_for_data_where_there_is_no_derivative():
    x = Tensor(np.array([1.5, 2.5], np.float32))
    y = np.sin(x.astype(np.float64))
    y.sum().backward()
    assert (y.dtype, x.grad.dtype) == (np.float64, np.float32)
    with pytest.raises(TypeError, match=r"x\.data\.astype\('int64'\) gives an array of it"):
        x.astype(int)
    assert x.data.astype("int64").tolist() == [1, 2]
    assert x.astype(np.float32) is not x


# -- plain results ------------------------------------------------------------------------------------

Y = np.array([[0.5, -1.0, 0.0], [2.0, np.nan, np.inf]])
ANSWERS = {
    np.argmax: [(X,), (X, 1)], np.argmin: [(X,), (X, 0)], np.argsort: [(X,), (X, None)],
    np.argpartition: [(X, 1)],
    np.argwhere: [(X,)], np.nonzero: [(Y,)], np.where: [(Y,)], np.flatnonzero: [(Y,)],
         np.searchsorted: [(np.sort(X[0]), X[1])],
    np.lexsort: [((X[0], X[1]),)], np.digitize: [(X, np.sort(X[0]))], np.count_nonzero: [(Y,), (Y, 0)],
    np.histogram: [(X, 3)], np.all: [(Y,), (Y, 1)], np.any: [(Y, 0)], np.allclose: [(X, X + 1e-12), (X, Y)],
    np.array_equal: [(X, X.copy()), (X, Y)], np.array_equiv: [(X, X[0])], np.isclose: [(X, X + 1e-12)],
    np.isin: [(X, X[0])], np.isposinf: [(Y,)], np.isneginf: [(Y,)], np.isreal: [(X,)], np.iscomplex: [(X,)],
    np.isrealobj: [(X,)], np.iscomplexobj: [(X,)], np.zeros_like: [(X,), (X, int)], np.ones_like: [(X,)],
    np.empty_like: [(X[:0],)], np.result_type: [(X, np.float32)], np.common_type: [(X,)],
    np.min_scalar_type: [(X,)],
    np.can_cast: [(np.float32, X.dtype)], np.tril_indices_from: [(X,)], np.triu_indices_from: [(X,)],
    np.diag_indices_from: [(X[:, :2],)], np.array_repr: [(X,)], np.array_str: [(X,)], np.array2string: [(X,)],
    np.may_share_memory: [(X, X + 1)], np.shares_memory: [(X, X + 1)],
    np.bincount: [(np.array([0, 2]), None, 4)],
    np.shape: [(X,)], np.ndim: [(X,)], np.size: [(X,), (X, 1)], np.isnan: [(Y,)], np.isfinite: [(Y,)],
    np.isinf: [(Y,)],
    np.signbit: [(X,)], np.logical_not: [(Y,)],
    **{f: [(X, Y)] for f in sorted(COMPARISONS, key=str) if f.nin == 2},
}  # fmt: skip


@pytest.mark.parametrize("function", ANSWERS, ids=lambda f: f.__name__)
def test_a_plain_result_is_numpys(function):
    for args in ANSWERS[function]:
        expected = function(*args)
        tensors = [Tensor(a) if isinstance(a, np.ndarray) and a.dtype == float else a for a in args]
        tensors = [tuple(map(Tensor, a)) if isinstance(a, tuple) else a for a in tensors]
        result = function(*tensors)
        assert type(result) is type(expected)
        np.testing.assert_equal(result, expected)
        own = getattr(Tensor, function.__name__, None)
        if own is not None and callable(own):
            np.testing.assert_equal(own(*tensors), expected)


def test_every_plain_function_is_asked():
    assert set(plain_results.PLAIN) <= set(ANSWERS)


def test_full_like_of_a_tensor_is_recorded():
    x = Tensor(3.0)
    (np.full_like(Tensor(X), x) * X).sum().backward()
    assert x.grad == pytest.approx(X.sum())
    assert ag.full_like(X.astype(np.float32), x).dtype == np.float32
    np.testing.assert_array_equal(np.full_like(Tensor(X), 2.0), np.full_like(X, 2.0))


def test_our_own_plain_functions_take_values_too():
    v = [Value(1.0), Value(3.0), Value(2.0)]
    assert (ag.argmax(v), ag.argmin(v), ag.argsort(v).tolist()) == (1, 0, [0, 2, 1])
    assert ag.allclose(v, [1, 3, 2])
    assert ag.array_equal(v, values([1.0, 3.0, 2.0]))
    assert ag.isclose(v, 1.0).tolist() == [True, False, False]
    assert (ag.zeros_like(v).tolist(), ag.ones_like(Value(2.0)).tolist()) == ([0.0] * 3, 1.0)
    assert Tensor(X).tolist() == X.tolist()


def test_what_an_error_advises_works():
    x = Tensor(X)
    advice = [
        (lambda: np.sum(x, initial=2.0), r"add it to the result",
         lambda: np.sum(x) + 2.0, np.sum(X, initial=2.0)),
        (lambda: np.prod(x, initial=2.0), r"multiply by it",
         lambda: np.prod(x) * 2.0, np.prod(X, initial=2.0)),
        (lambda: np.min(x, initial=-2.0), r"larger of both", lambda: ag.minimum(np.min(x), -2.0), -2.0),
        (lambda: np.var(x, where=X > 0), r"x\[mask\]", lambda: np.var(x[X > 0]), np.var(X, where=X > 0)),
        (lambda: np.cumsum(x, 0, np.float32), "keeps the dtype",
         lambda: np.cumsum(x.astype("f4"), 0), np.cumsum(X.astype("f4"), 0)),
        (lambda: np.unique(x, return_counts=True), r"of its \.data",
         lambda: np.unique(x.data, return_counts=True)[1], np.ones(6)),
        (lambda: np.unique(x, return_index=True), r"of its \.data",
         lambda: np.unique(x.data, return_index=True)[1], np.argsort(X, None)),
        (lambda: np.pad(x, 1, "mean"), "'edge'", lambda: np.pad(x, 1, "edge"), np.pad(X, 1, "edge")),
        (lambda: np.average(x, weights=[1.0, 2.0]), "need an axis",
         lambda: np.average(x, 0, [1.0, 2.0]), np.average(X, 0, [1.0, 2.0])),
        (lambda: np.gradient(x, Tensor(2.0)), "as numbers",
         lambda: np.gradient(x, 2.0)[0], np.gradient(X, 2.0)[0]),
        (lambda: np.ravel(x, "K"), "'C' or 'F'", lambda: np.ravel(x, "F"), np.ravel(X, "F")),
        (lambda: np.sort(x, order="a"), "no fields", lambda: np.sort(x), np.sort(X)),
        (lambda: ag.clip(x, 1.0), "None is no bound", lambda: ag.clip(x, 0.1, None), np.clip(X, 0.1, None)),
        (lambda: np.select([X], [x]), "array of bools", lambda: np.select([X != 0], [x]), X),
        (lambda: np.take(x, x), "whole numbers", lambda: np.take(x, [0, 1]), np.take(X, [0, 1])),
    ]  # fmt: skip
    for refused, said, advised, expected in advice:
        with pytest.raises(TypeError, match=said):
            refused()
        np.testing.assert_allclose(plain(advised()), expected, rtol=1e-6)


# -- the face ------------------------------------------------------------------------------------------


def test_a_counterpart_is_the_function_the_method_and_numpys():
    x = np.arange(6.0).reshape(2, 3)
    for name in ("prod", "cumsum", "squeeze", "repeat", "swapaxes"):
        assert NUMPY[getattr(np, name)] is getattr(ag, name)
        assert getattr(Tensor, name) is getattr(ag, name)
    assert list(inspect.signature(ag.prod).parameters) == ["x", "axis", "keepdims"]
    for argument in (Tensor(x), x, values(x)):
        assert (
            float(plain(ag.max(x=argument)))
            == float(plain(ag.max(a=argument)))
            == float(plain(np.max(a=argument)))
            == 5.0
        )
    for refused in (lambda: ag.prod(Tensor(x), 0, np.float32), lambda: ag.sum(Tensor(x), 0, True)):
        with pytest.raises(TypeError, match="takes no dtype="):
            refused()
    with pytest.raises(TypeError, match="unexpected keyword argument 'axes'"):
        ag.prod(Tensor(x), axes=0)
    with pytest.raises(np.exceptions.AxisError):
        ag.cumsum(Tensor(x), 2)


@asks_new_numpy
def test_a_declared_argument_is_one_of_numpys():
    """By an argument that NumPy does not have nothing would be said in its place."""
    for numpy_function, ours in NUMPY.items():
        if hasattr(ours, "__wrapped__") and numpy_function not in plain_results.PLAIN:
            theirs = inspect.signature(numpy_function).parameters
            declared = list(inspect.signature(ours).parameters)[1:]
            assert set(declared) <= set(theirs) or {"kwargs", "arrays", "args"} & set(theirs), (
                numpy_function.__name__
            )


VALUES = [Value(1.0), Value(3.0)]


@pytest.mark.parametrize(
    "taken_out",
    [
        lambda: ag.sum(VALUES, dtype=float),
        lambda: ag.mean(VALUES, None, np.float32),
        lambda: ag.cumsum(VALUES, out=np.empty(2)),
        lambda: ag.prod(VALUES, dtype="f8"),
        lambda: ag.var(VALUES, dtype=float),
    ],
)
def test_results_of_values_do_not_become_numbers_by_a_dtype_or_an_array(taken_out):
    with pytest.raises(TypeError, match=r"takes no (dtype=float|out=).*Leave it out"):
        taken_out()
    assert isinstance(ag.sum(VALUES), Value)  # the advice
    assert sum(v.data for v in VALUES) == 4.0
    assert isinstance(ag.sum(VALUES, dtype=object), Value)


def test_full_like_of_a_value_is_an_array_of_it():
    x = Value(2.0)
    for full in (ag.full_like, lambda a, x: ag.full_like(a, fill_value=x)):
        assert [v is x for v in full(np.zeros(2), x)] == [True, True]


@pytest.mark.parametrize("axis", [1, 7, -2, (0, 0), (0, 2)])
@pytest.mark.parametrize(
    "name", ["max", "min", "sum", "mean", "prod", "var", "std", "ptp", "logsumexp", "median"]
)
def test_an_axis_that_an_array_does_not_have_is_numpys_error(name, axis):
    for x in (VALUES, Tensor([1.0, 3.0])):
        with pytest.raises((np.exceptions.AxisError, ValueError, TypeError)):
            getattr(ag, name)(x, axis=axis)


def test_the_numbers_of_an_activations_array_are_tested_inside_a_transform():
    array = lambda x: np.array([x, 2 * x]).view(ValueArray)  # noqa: E731
    for test in (np.isfinite, lambda z: np.allclose(z, z), lambda z: np.isclose(z, 2.0)):
        assert grad(lambda x, test=test: x * float(np.all(test(array(x))) + 1))(2.0) in (1.0, 2.0)


def test_piecewise_of_values():
    x = np.array([Value(-2.0), Value(3.0)])
    y = ag.piecewise(x, [x < 0, x >= 0], [lambda x: -x, lambda x: x**2])
    assert [v.data for v in y] == [2.0, 9.0]
    ag.sum(list(y)).backward()
    assert [v.grad for v in x] == [-1.0, 6.0]


def test_the_gradient_of_a_product_of_three():
    W = Tensor(np.ones((60, 60)))
    np.einsum("ij,jk,kl->il", W, W, W).sum().backward()
    np.testing.assert_allclose(W.grad, np.full((60, 60), 3 * 3600.0))
