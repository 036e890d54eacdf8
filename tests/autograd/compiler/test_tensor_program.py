"""Programs of Tensors beside the eager engine, on every row; arguments, shapes, memory, errors."""

import copy
import pickle
import re
import threading
import warnings

import numpy as np
import pytest
from tensor_programs import assert_like_eager, layer

import autograd
from autograd import Tensor, compile, sigmoid
from autograd._graph.primitive import lookup
from autograd._table.define import rows

rng = np.random.default_rng(0)
DTYPES = ["float32", "float64"]

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
    W, b, x, a = layer()
    program = compile(((a - 1) ** 2).sum() / 4, [x], [W, b])
    assert str(program) == ("a = sigmoid(x @ W.T + b)     (4 x 2)\nreturn sum((a - 1)**2) / 4   ()")
    assert repr(program) == "<TensorProgram of 8 operations in float64: 1 input, 2 parameters, 1 output>"


def test_the_source_runs_alone():
    W, b, x, a = layer()
    program = compile((a**2).sum(), [x], [W, b])
    names = {}
    exec(program.source, names)
    value, *gradient = names["run"](W.data, b.data, x.data)
    ours = program.value_and_grad([W.data, b.data], [x.data])
    assert value == ours[0]
    for one, other in zip(gradient, ours[1], strict=True):
        np.testing.assert_array_equal(one, other)
    assert re.search(r"dot\(x, W_T, ", program.source)
