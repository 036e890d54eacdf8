"""Programs of Tensors beside the eager engine, on every row; arguments, shapes, memory, errors."""

import copy
import pickle
import re
import threading
import warnings

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, compile, sigmoid
from autograd._graph.primitive import PRIMITIVES, lookup
from autograd._table.array_rows import ArrayRow
from autograd._table.define import rows

rng = np.random.default_rng(0)
DTYPES = ["float32", "float64"]


def eager(outputs, leaves):
    """The outputs as arrays, and the gradient of the first by each leaf."""
    for leaf in leaves:
        leaf.grad = None
    outputs[0].backward()
    zeros = [np.zeros(leaf.shape, leaf.dtype) for leaf in leaves]
    gradients = [z if leaf.grad is None else leaf.grad for leaf, z in zip(leaves, zeros, strict=True)]
    return [out.data for out in outputs], gradients


def assert_like_eager(record, arrays, others, tolerance=8, **options):
    """A program that was recorded with some arrays, run on others, gives what Tensors give for these.

    Args:
        record: from leaves to a list of outputs, the first one number.
        tolerance: in units of the last place, of the largest number of each array.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        leaves = [Tensor(a, label=f"x{i}") for i, a in enumerate(arrays)]
        program = compile(record(*leaves), [], leaves, **options)
        fresh = [Tensor(a) for a in others]
        outputs, gradients = eager(record(*fresh), fresh)
        value, gradient, results = program.value_grad_and_outputs(others)
        plain = program(others)
    for ours, again, theirs in zip(results, plain, outputs, strict=True):
        assert_close(ours, theirs, tolerance)
        assert_close(again, theirs, tolerance)
    for ours, theirs in zip(gradient, gradients, strict=True):
        assert_close(ours, theirs, tolerance)
    assert value == pytest.approx(float(outputs[0]), nan_ok=True, rel=1e-5)
    return program


def assert_close(ours, theirs, tolerance):
    assert type(ours) is np.ndarray
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    finite = theirs[np.isfinite(theirs)]
    scale = float(np.max(np.abs(finite), initial=np.finfo(theirs.dtype).tiny))
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5 if theirs.dtype == np.float32 else 1e-12,
                                   atol=tolerance * np.finfo(theirs.dtype).eps * scale)  # fmt: skip


# -- rows ---------------------------------------------------------------------------------------------

HARD = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 30.0, -90.0, 800.0, -800.0, 1e30, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("row", list(rows()), ids=str)
def test_an_elementwise_row(row, dtype):
    """On numbers of all kinds, nan and infinities as well, and with arguments that are broadcast."""
    if row.reverse_only:
        pytest.skip("its derivative is code")
    shapes = [(len(HARD), 3), (3,), (1, 3)][: row.arity]
    draws = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    recorded = [np.full(shape, 0.5, dtype) for shape in shapes]

    def record(*x):
        y = row(*x)
        return [(y * 0.25).sum(), y]

    assert_like_eager(record, recorded, draws)
    hard = [np.array(HARD, dtype).reshape(-1, 1) + np.zeros((1, 3), dtype), *draws[1:]]
    assert_like_eager(record, recorded, hard)


S = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])  # the matrices that are decomposed
FORMS = {
    "sum": [([(2, 3)], {}), ([(2, 3)], {"axis": 0}), ([(2, 3, 4)], {"axis": (0, -1), "keepdims": True}),
            ([(2, 3)], {"axis": 1, "keepdims": True}), ([()], {"axis": 0}), ([(0, 3)], {"axis": 0}),
            ([(2000, 3)], {"axis": 0})],
    "max": [([(2, 3)], {}), ([(2, 3)], {"axis": 0, "keepdims": True})],
    "min": [([(2, 3)], {"axis": (0, 1)}), ([(2, 3)], {"axis": -1})],
    "_shares_max": [([(2, 3)], {"axis": 0})], "_shares_min": [([(2, 3)], {"axis": None})],
    "_below_largest": [([(2, 3)], {"axis": 0})],
    "logsumexp": [([(2, 3)], {"axis": -1}), ([(2, 3)], {})],
    "cumsum": [([(2, 3)], {"axis": 0}), ([(2, 3)], {"axis": -1})],
    "astype": [([(2, 3)], {"dtype": np.dtype("float32")}), ([(2, 3)], {"dtype": np.dtype("float64")})],
    "sum_to": [([(2, 3)], {"shape": (3,)}), ([(4, 2, 3)], {"shape": (2, 1)}), ([(2, 3)], {"shape": ()})],
    "broadcast_to": [([(3,)], {"shape": (2, 3)}), ([()], {"shape": (2, 3)}),
                     ([(2, 1)], {"shape": (2, 2, 3)})],
    "reshape": [([(2, 3)], {"shape": (3, 2)}), ([(2, 3)], {"shape": -1}), ([(2, 3)], {"shape": (2, -1, 1)})],
    "transpose": [([(2, 3)], {"axes": (1, 0)}), ([(2, 3, 4)], {"axes": (1, -1, 0)})],
    "getitem": [([(4, 3)], {"index": index}) for index in (
        1, slice(1, None), (slice(None), -1), (Ellipsis, 0), None, (slice(None, None, -2), slice(0, 2)),
        (2, 1), np.array([0, 2, 2]), (np.array([0, 1, 1]), np.array([2, 2, 2])),
        (slice(None), np.array([0, 0])),
        np.array([True, False, True, True]), (None, 2, Ellipsis, None))],
    "put": [([(3,)], {"index": (1,), "shape": (4, 3)}),
            ([(3,)], {"index": np.array([0, 1, 1]), "shape": (4,)})],
    "puts": [([(3,), (3,)], {"indices": ((1,), (1,)), "shape": (4, 3)}),
             ([(2, 3), (3,)], {"indices": (slice(0, 2), 1), "shape": (4, 3)})],
    "matmul": [([a, b], {}) for a, b in (
        ((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2)))],
    "affine": [([(4, 3), (3,), (4,)], {}), ([(4, 3), (2, 3), (4,)], {}), ([(3,), (2, 3), ()], {}),
               ([(4, 3), (2, 3), ()], {})],
    "concatenate": [([(2, 3), (1, 3)], {"axis": 0}), ([(2, 3), (2, 1), (2, 0)], {"axis": -1})],
    "stack": [([(2, 3), (2, 3)], {"axis": 0}), ([(2, 3), (2, 3)], {"axis": -1})],
    "einsum": [([(2, 3), (3, 4)], {"subscripts": "ij,jk->ik"}), ([(3, 3)], {"subscripts": "ii->"}),
               ([(2, 3), (3, 4), (4, 2)], {"subscripts": "ij,jk,ki->i"})],
    "norm": [([(2, 3)], {"order": 2.0, "axes": (0, 1)}),
             ([(2, 3)], {"order": 3.0, "axes": (1,), "keepdims": True})],
    "inv": [([S], {})], "solve": [([S, (3, 2)], {}), ([S, (3,)], {})], "det": [([S], {})],
    "logabsdet": [([S], {})], "cholesky": [([S], {})], "eigvalsh": [([S], {"upper": False})],
    "eigenvectors": [([S], {"upper": True})], "svdvals": [([S], {})], "singular_vectors": [([S], {})],
    "pinv": [([S], {"rcond": 1e-10})], "slogdet": [([S], {})],
}  # fmt: skip
ARRAY_ROWS = [
    row.name
    for row in PRIMITIVES.values()
    if isinstance(row, ArrayRow) and row.on_arrays.__module__.startswith("autograd._table")
]


def test_every_array_row_has_forms():
    assert set(ARRAY_ROWS) <= set(FORMS)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ARRAY_ROWS)
def test_an_array_row(name, dtype):
    row = lookup(name)
    for arguments, params in FORMS[name]:
        draws = [
            [a + 0.1 * rng.normal() if isinstance(a, np.ndarray) else rng.normal(size=a) for a in arguments]
            for _ in range(2)
        ]
        recorded, others = ([np.asarray(a, dtype) for a in each] for each in draws)
        weights = np.asarray(rng.normal(size=row.on_arrays(*recorded, **params).shape), dtype)

        def record(*x, row=row, params=params, weights=weights):
            y = row(*x, **params)
            return [(y * weights).sum(), y, sigmoid(y)]

        assert_like_eager(record, recorded, others, tolerance=100)


# -- graphs -------------------------------------------------------------------------------------------

UNARY = [row.name for row in rows() if row.arity == 1 and row.public and row.name not in ("acosh",)]


def grown(choices, leaves):
    """A random graph: rows of both tables on earlier results, whose numbers stay in (-1, 1)."""
    nodes = list(leaves)
    for _ in range(14):
        a, b = (nodes[choices.integers(len(nodes))] for _ in range(2))
        kind = choices.integers(9)
        if kind == 0:
            new = autograd.sin(lookup(UNARY[choices.integers(len(UNARY))])(autograd.sigmoid(a)))
        elif kind == 1:
            new = a * b if a.shape == b.shape else a * b.mean()
        elif kind == 2:
            new = a - b if a.shape == b.shape else a - b.max()
        elif kind == 3 and a.ndim == 2:
            new = a.T
        elif kind == 4 and a.ndim == 2:
            new = autograd.tanh(a @ a.T)
        elif kind == 5 and a.ndim:
            new = a[::-1] / 2
        elif kind == 6:
            new = a.reshape(-1)
        elif kind == 7 and a.ndim:
            new = autograd.concatenate([a, a[:1]], axis=0)
        else:
            new = autograd.tanh(a.sum(axis=0)) if a.ndim else autograd.sigmoid(3 * a)
        nodes.append(new)
    total = nodes[-1].sum()
    for node in nodes[len(leaves) :: 3]:
        total = total + autograd.sin(node).sum()
    return [total, nodes[-1], nodes[-2], nodes[-2]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", range(25))
def test_a_random_graph(seed, dtype):
    draw = np.random.default_rng(seed)
    shapes = [(3, 4), (4,), (3, 4)]
    recorded, others = ([draw.uniform(-1, 1, s).astype(dtype) for s in shapes] for _ in range(2))

    def record(*leaves):
        return grown(np.random.default_rng(seed), leaves)

    with np.errstate(all="ignore"):
        assert_like_eager(record, recorded, others, tolerance=200)


# -- second derivatives, dtypes, NumPy's errors ---------------------------------------------------------


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "exp", "logsumexp", "max", "norm"])
def test_the_graph_of_a_gradient_compiles(name):
    """Its derivative is the Hessian's."""

    def total(x):
        params = {"logsumexp": {"axis": None}, "max": {"axis": None}, "norm": {"order": 3.0, "axes": (0,)}}
        return lookup(name)(x * x, **params.get(name, {})).sum()

    x = Tensor(rng.normal(size=3))
    total(x).backward(create_graph=True)
    slopes = x.grad
    program = compile([(slopes * slopes).sum(), slopes], [], [x])
    point = rng.normal(size=3)

    def squared(x):
        g = autograd.grad(total)(x)
        return (g * g).sum()

    value, (gradient,), _ = program.value_grad_and_outputs([point])
    assert value == pytest.approx(float(squared(point)), rel=1e-13)
    np.testing.assert_allclose(gradient, autograd.grad(squared)(point), rtol=1e-12)


def test_softmax_of_numbers_far_from_the_recorded_ones():
    x = Tensor([0.0, 1.0], label="x")
    with np.errstate(all="raise", under="ignore"):
        assert compile(autograd.softmax(x), [], [x])([[3000.0, 2999.0]])[0] == pytest.approx(
            1 / (1 + np.exp(-1))
        )


def test_a_dtype_of_ones_own():
    """Leaves, constants and results are in it, whatever was recorded."""
    W, x = Tensor(rng.normal(size=(2, 3)), label="W"), Tensor(rng.normal(size=3), label="x")
    cost = ((W @ x + np.array([0.1, 0.2])) * Tensor([2.0, 3.0])).sum()
    program = compile(cost, [x], [W], dtype="float32")
    value, (gradient,) = program.value_and_grad([W.data], [x.data])
    assert gradient.dtype == program([W.data], [x.data]).dtype == program.dtype == np.float32
    cost.backward()
    np.testing.assert_allclose(gradient, W.grad, rtol=1e-6)
    assert value == pytest.approx(cost.item(), rel=1e-6)


def test_two_dtypes_follow_numpy():
    a, b = Tensor(np.ones(3, np.float32), label="a"), Tensor(np.arange(3.0), label="b")
    program = compile([(a * b + sigmoid(a) * 0.1).sum(), a * 2], [], [a, b])
    assert program.dtype is None
    value, (by_a, by_b), (total, twice) = program.value_grad_and_outputs([a.data, b.data])
    assert [x.dtype for x in (by_a, by_b, total, twice)] == ["float32", "float64", "float64", "float32"]
    np.testing.assert_array_equal(by_b, np.ones(3))
    assert value == pytest.approx(3 + 0.3 * 0.7310585, rel=1e-6)


def test_numpy_warns_as_it_does_of_tensors():
    x = Tensor([1.0, 2.0], label="x")
    program = compile([autograd.log(x).sum(), sigmoid(x) / x], [], [x])
    for point in ([0.0, 1.0], [-1.0, 1.0], [np.inf, 1.0], [-800.0, 1.0], [1e308, 1e308], [np.nan, 1.0]):

        def told(run, point=point):
            with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
                warnings.simplefilter("always")
                run(point)
            return {str(w.message) for w in caught}

        t = Tensor(point)
        ours = told(lambda point: program([np.array(point)]))
        theirs = told(lambda point, t=t: (autograd.log(t).sum(), sigmoid(t) / t))
        assert ours == theirs
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        program([[0.0, 1.0]])
    with np.errstate(under="raise"), pytest.raises(FloatingPointError):
        compile(sigmoid(x), [], [x])([[-800.0, 1.0]])


def test_anomalies_are_told_when_they_are_looked_for():
    x = Tensor([1.0, 2.0], label="x")
    program = compile(autograd.log(x).with_label("y").sum(), [], [x])
    with np.errstate(all="ignore"), autograd.detect_anomaly():
        with pytest.raises(autograd.DomainError, match=r"log, y, of the program gave -inf at index \(0,\)"):
            program([[0.0, 1.0]])
        assert program.value_and_grad([[1.0, 1.0]])[0] == 0
        with pytest.raises(autograd.DomainError, match="derivative"):
            compile(autograd.sqrt(x).sum(), [], [x]).value_and_grad([[0.0, 1.0]])


# -- memory -------------------------------------------------------------------------------------------


def test_results_belong_to_the_caller_alone():
    """They share memory with no argument, with the record, with each other, or with later results."""
    W, x = Tensor(rng.normal(size=(3, 3)), label="W"), Tensor(rng.normal(size=(2, 3)), label="x")
    y = x @ W
    outputs = [y.sum(), y, y.T, y.reshape(-1), y, x, x[1:], W.T, Tensor(np.ones(3)), y[0], x.T.reshape(6)]
    program = compile(outputs, [x], [W])
    theta, X = [W.data.copy()], [x.data.copy()]
    before = theta[0].copy(), X[0].copy()
    arrays = [*theta, *X, W.data, x.data]
    for _ in range(2):
        _, gradient, results = program.value_grad_and_outputs(theta, X)
        arrays += [
            *gradient,
            *results,
            *program(theta, X),
        ]
    for i, a in enumerate(arrays):
        assert not any(np.shares_memory(a, b) for b in arrays[:i])
        assert a.flags.writeable
    for result in results:
        result[...] = 7
    np.testing.assert_array_equal(program(theta, X)[1], x.data @ W.data)
    np.testing.assert_array_equal([*theta, *X][0], before[0])
    np.testing.assert_array_equal(X[0], before[1])


def test_large_arguments_are_not_copied_and_buffers_are_used_again():
    import tracemalloc

    n = 200_000
    x = Tensor(np.ones(n), label="x")
    y = x
    for _ in range(30):
        y = y * 1.5 - 0.25
    program = compile(y.sum(), [x], [])
    array = np.ones(n)
    tracemalloc.start()
    program([], [array])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * array.nbytes


@pytest.mark.parametrize("turn", [np.asfortranarray, lambda a: np.repeat(a, 2, axis=1)[:, ::2], np.flip])
def test_arguments_in_any_memory_order(turn):
    W, x = Tensor(rng.normal(size=(3, 3)), label="W"), Tensor(rng.normal(size=(2, 3)), label="x")
    cost = (autograd.tanh(x @ W.T).reshape(-1) * x.reshape(-1)).sum()
    program = compile(cost, [x], [W])
    theta, X = turn(W.data), turn(x.data)
    ours = program.value_and_grad([theta], [X])
    theirs = program.value_and_grad([theta.copy("C")], [X.copy("C")])
    assert ours[0] == pytest.approx(theirs[0], rel=1e-14)
    np.testing.assert_allclose(ours[1][0], theirs[1][0], rtol=1e-13)


def test_a_vector_of_all_parameters():
    W, b, x = Tensor(rng.normal(size=(2, 3)), label="W"), Tensor([0.5, 1.0], label="b"), Tensor(np.ones(3))
    program = compile(sigmoid(W @ x + b).sum(), [x], [W, b])
    theta = np.concatenate([W.data.ravel(), b.data])
    for _ in range(3):
        value, gradient = program.value_and_grad(theta, [x.data])
        parts = [theta[:6].reshape(2, 3), theta[6:]]
        same, list_of_gradients = program.value_and_grad(parts, [x.data])
        assert value == same == pytest.approx(float(program(theta, [x.data])))
        np.testing.assert_array_equal(gradient, np.concatenate([g.ravel() for g in list_of_gradients]))
        theta -= 0.1 * gradient
    held = [program.value_and_grad(theta * k, [x.data])[1] for k in (1, 2)]
    held += [program.value_and_grad(theta, [x.data])[1] for _ in range(4)]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(held) for b in [theta, *held[:i]])
    np.testing.assert_array_equal(held[0], held[-1])
    single = Tensor(np.ones(2, np.float32), label="s")
    with pytest.raises(TypeError, match="theta is a list of 2 arrays"):  # in one dtype one would lose digits
        compile((W * single.sum()).sum(), [], [W, single]).value_and_grad(np.ones(8))
    with pytest.raises(TypeError, match="theta takes an array of real numbers"):
        program.value_and_grad(theta * 1j, [x.data])
    strided = np.repeat(theta, 2)[::2]
    assert program.value_and_grad(strided, [x.data])[0] == program.value_and_grad(theta, [x.data])[0]


def test_threads_take_buffers_of_their_own():
    x = Tensor(rng.normal(size=(50, 50)), label="x")
    program = compile((autograd.tanh(x @ x) @ x).sum(), [], [x])
    points = [rng.normal(size=(50, 50)) for _ in range(4)]
    expected = [program.value_and_grad([p])[0] for p in points]
    wrong = []

    def run(point, value):
        wrong.extend(1 for _ in range(50) if program.value_and_grad([point])[0] != value)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(points, expected, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_copies(copied):
    W, x = Tensor(rng.normal(size=(2, 3)), label="W"), Tensor(np.ones(3), label="x")
    program = compile({"cost": (sigmoid(W @ x)[np.array([0, 0])] ** 3).sum(), "z": (W @ x, x)}, [x], [W])
    twin = copied(program)
    for one, other in zip(program([W.data], [x.data])["z"], twin([W.data], [x.data])["z"], strict=True):
        np.testing.assert_array_equal(one, other)
    assert str(twin) == str(program)
    assert repr(twin) == repr(program)
    assert twin.source == program.source


# -- arguments and errors -------------------------------------------------------------------------------


def net(batch=4):
    W, b = Tensor(np.arange(6.0).reshape(2, 3) / 6, label="W"), Tensor(np.zeros(2), label="b")
    x = Tensor(np.ones((batch, 3)), label="x")
    return W, b, x, sigmoid(x @ W.T + b).with_label("a")


def test_arguments_by_order_by_label_or_alone():
    W, b, x, a = net()
    program = compile(a.sum(), [x], [W, b])
    arrays = [W.data, b.data]
    expected = program(arrays, [x.data])
    for theta in (tuple(arrays), {"b": b.data, "W": W.data}, [W.data.tolist(), [0, 0]]):
        for X in ([x.data], x.data, x.data.tolist(), {"x": x.data}, [x.data.astype(np.float32)]):
            np.testing.assert_array_equal(program(theta, X), expected)
    assert compile(a.sum(), [], [W]).value_and_grad(W.data)[1][0].shape == (2, 3)
    assert compile(b * 2, [], [b])([1.0, 2.0]).tolist() == [2.0, 4.0]


w, b, x = np.ones((2, 3)), np.ones(2), np.ones((4, 3))


@pytest.mark.parametrize(
    ("theta", "X", "error", "said"),
    [
        ([w], [x], ValueError, r"2 arrays \(W \(2, 3\), b \(2,\)\), and 1 were given"),
        (None, [x], TypeError, r"theta is a list of 2 arrays .*, or a dict by label, not None"),
        ("ab", [x], TypeError, "theta is a list of 2 arrays .*not str"),
        ({"W": 1.0}, [x], ValueError, r"theta has the labels \['W', 'b'\], and \['W'\] were given"),
        ([w, None], [x], TypeError, r"the parameter b is an array .*\(2,\), not None"),
        ([w, "ab"], [x], TypeError, "the parameter b takes an array of real numbers"),
        ([w, [1j, 2]], [x], TypeError, "the parameter b .* complex"),
        ([w, Tensor([1.0, 2.0])], [x], TypeError, r"parameter b .* pass its .data"),
        ([w, np.ones((2, 1))], [x], ValueError, r"b has the shape \(2, 1\), .* \(2,\)"),
        ([w, b], None, TypeError, "the input x is an array .*not None"),
        ([w, b], [np.ones((4, 2))], ValueError, r"x has the shape \(4, 2\), and was recorded"),
        ([w, b], [x, x], ValueError, "x has the shape"),
    ],
)
def test_arguments_that_do_not_fit_name_the_leaf(theta, X, error, said):
    W, b, x, a = net()
    program = compile(a.sum(), [x], [W, b])
    for call in (program, program.value_and_grad):
        with pytest.raises(error, match=said):
            call(theta, X)
    assert program([W.data, b.data], [x.data]).shape == ()  # nothing is left half-done


@pytest.mark.parametrize(
    "label", ["W^{(1)}", "class", "array", "gradient", "theta", "views_of", "dot", "t1", "", "x y"]
)
def test_any_label_also_of_several_leaves(label):
    a, b = Tensor([1.0, 2.0], label=label), Tensor([3.0, 4.0], label=label)
    cost = (autograd.tanh(a * b + 0.5) @ b).sum()
    cost.backward()
    program = compile(cost, [], [a, b])
    gradient = program.value_and_grad(np.array([1.0, 2.0, 3.0, 4.0]))[1]
    np.testing.assert_allclose(gradient, [*a.grad, *b.grad], rtol=1e-13)
    assert len(str(program).splitlines()) == 1


def test_labels_that_are_not_distinct_are_refused_in_dicts():
    x, y = Tensor([1.0], label="x"), Tensor([2.0])
    with pytest.raises(ValueError, match=r"a label of its own for each leaf, and they are \['x', None\]"):
        compile(x * y, [], [x, y])({"x": [1.0]})


def test_a_gradient_is_of_one_number():
    _, b, x, a = net()
    with pytest.raises(ValueError, match=r"a has the shape \(4, 2\): compile its sum\(\) or mean\(\)"):
        compile(a, [x], [b]).value_and_grad([b.data], [x.data])
    with pytest.raises(ValueError, match="there are 2: compile their sum, or take value_grad_and_outputs"):
        compile([a.sum(), a], [x], [b]).value_and_grad([b.data], [x.data])
    assert compile(a.sum(), [x], [b]).value_and_grad([b.data], [x.data])[0] > 0


def test_what_compile_refuses():
    W, b, x, a = net()
    for arguments, error, said in (
        (([a, Value(1.0)], [x], [W]), TypeError, "Values or Tensors, not both in one list"),
        (([a, 1.0], [x], [W]), TypeError, "compile takes Tensors, not float"),
        ((a, [x], W), TypeError, r"wrt is a list of Tensors, and is one itself: write \[Tensor"),
        (
            (a, [Value(1.0)], [W]),
            TypeError,
            "inputs is a list of Tensors, as the output is one, and holds Value",
        ),
        ((a, [a], [W]), ValueError, "inputs holds leaves"),
        ((a, [x, x], [W]), ValueError, "inputs names a leaf twice"),
        ((a, [x, W], [W]), ValueError, "is among the inputs and in wrt"),
        ((a, [x], [W], "float16"), TypeError, "float32 or float64"),
        ((a,), TypeError, "compile needs inputs"),
    ):
        with pytest.raises(error, match=said):
            compile(*arguments)
    np.testing.assert_allclose(compile(a, [], [W, b, x])([W.data, b.data, x.data]), a.data, rtol=1e-15)


# -- other shapes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3, 9])
def test_another_number_of_examples(n):
    W, b, x, a = net(7)
    total = ((a - 0.3) ** 2).sum()
    program = compile([total, a, a[1:] - a[:-1], a.T.reshape(2, -1)], [x], [W, b])
    other = rng.normal(size=(n, 3))
    t = Tensor(other)
    theirs = sigmoid(t @ W.T + b)
    cost = ((theirs - 0.3) ** 2).sum()
    cost.backward()
    value, gradient, outputs = program.value_grad_and_outputs([W.data, b.data], [other])
    assert value == pytest.approx(cost.item())
    np.testing.assert_allclose(gradient[0], W.grad, rtol=1e-12)
    np.testing.assert_allclose(outputs[1], theirs.data, rtol=1e-14)
    np.testing.assert_allclose(outputs[2], np.diff(theirs.data, axis=0), rtol=1e-12, atol=1e-15)
    assert outputs[3].shape == (2, n)
    W.grad = b.grad = None


LENGTHS = {
    "a mean": lambda x: x.mean(),
    "a division by the length": lambda x: x.sum() / len(x),
    "a product with the reciprocal": lambda x: x.sum() * (1 / len(x)),
    "a standard deviation": lambda x: autograd.std(x, ddof=1),
    "a root": lambda x: x.sum() / len(x) ** 0.5,
    "a logarithm": lambda x: x.sum() + np.log(x.size),
    "a loop": lambda x: sum((x[i] for i in range(len(x))), start=Tensor(0.0)).sum(),
    "halves": lambda x: x[:3].sum() - x[3:].sum(),
    "a shape": lambda x: x.reshape(6, 1, 2).sum(axis=1),
    "a broadcast": lambda x: autograd.exp(x.sum() + np.zeros(6)),
    "chosen rows": lambda x: x[np.array([0, 5])],
    "weights": lambda x: x.T @ np.full(6, 1 / 6),
    "twice the number": lambda x: x.sum() / (2 * len(x)),
    "a power": lambda x: x.sum() ** len(x),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_record_that_may_hold_a_length_is_refused_for_another(name):
    """And the advice, to compile the function or to record again, helps."""
    x = Tensor(rng.uniform(1, 2, (6, 2)), label="x")
    program = compile(LENGTHS[name](x), [x], [])
    other = rng.uniform(1, 2, (8, 2))
    with pytest.raises(
        ValueError, match=r"x has the shape \(8, 2\), and was recorded with \(6, 2\).*fast = compile\(f\)"
    ):
        program([], [other])
    if name not in ("weights", "a shape"):
        again = Tensor(other, label="x")
        expected = LENGTHS[name](again)
        np.testing.assert_array_equal(compile(expected, [again], [])([], [other]), expected.data)
        fast = compile(LENGTHS[name])
        for array in (x.data, other):
            np.testing.assert_allclose(fast(array), LENGTHS[name](Tensor(array)).data, rtol=1e-15)


@pytest.mark.parametrize(
    "of", [lambda x: x.sum() - np.log(len(x)), lambda x: x.sum() / np.float64(len(x) - 1)]
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_zero_may_stand_for_a_length_of_one(of):
    x = Tensor(np.ones((1, 2)), label="x")
    program = compile(of(x), [x], [])
    with pytest.raises(ValueError, match=r"has the number 0, which may be a length"):
        program([], [np.ones((3, 2))])


def test_an_index_beyond_a_shorter_axis_names_the_leaf():
    x = Tensor(np.ones((3, 2)), label="x")
    with pytest.raises(
        ValueError, match=r"x has the shape \(2, 2\), .*index 2 is out of bounds.*record the graph again"
    ):
        compile(x[2].sum(), [x], [])([], [np.ones((2, 2))])


# -- what is told ---------------------------------------------------------------------------------------


def test_a_look_at_a_number_is_told():
    x = Tensor([1.0, 2.0], label="x")
    y = x.sum().with_label("y")
    z = x * 2 if y > 0 else x
    with pytest.warns(RuntimeWarning, match=r"looked at the number of y .*test_tensor_program.py, line"):
        compile(z * y, [x], [])
    for choose in (autograd.median, np.sort, np.linalg.pinv, np.nan_to_num):
        t = Tensor([[3.0, 1.0], [2.0, 5.0]], label="t")
        out = choose(t).sum()
        if choose is np.linalg.pinv:
            out.backward(create_graph=True)
            out = t.grad
        with pytest.warns(RuntimeWarning, match="looked at the number of "):
            compile(out, [t], [])
    w = Tensor([1.0, 2.0], label="w")
    mask = w > 1.5
    with pytest.warns(RuntimeWarning, match="where"):
        compile(autograd.where(mask, w, 0.0), [w], [])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        u = Tensor([1.0, -2.0], label="u")
        chosen = autograd.where(autograd.relu(u), u, 0.5 * u)  # the advice
        np.testing.assert_array_equal(compile(chosen, [u], [])([], [[-1.0, 3.0]]), [-0.5, 3.0])


def test_the_listing_shows_labels_and_shapes():
    W, b, x, a = net()
    program = compile(((a - 1) ** 2).sum() / 4, [x], [W, b])
    assert str(program) == ("a = sigmoid(x @ W.T + b)     (4 x 2)\nreturn sum((a - 1)**2) / 4   ()")
    assert repr(program) == "<TensorProgram of 8 operations in float64: 1 input, 2 parameters, 1 output>"


def test_the_source_runs_alone():
    W, b, x, a = net()
    program = compile((a**2).sum(), [x], [W, b])
    names = {}
    exec(program.source, names)
    value, *gradient = names["run"](W.data, b.data, x.data)
    ours = program.value_and_grad([W.data, b.data], [x.data])
    assert value == ours[0]
    for one, other in zip(gradient, ours[1], strict=True):
        np.testing.assert_array_equal(one, other)
    assert re.search(r"dot\(x, W_T, ", program.source)
