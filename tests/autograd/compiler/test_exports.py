"""Programs of Tensors in other languages and in C, beside the programs themselves."""

import contextlib
import copy
import ctypes
import pickle
import re
import shutil
import subprocess
import warnings

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, compile
from autograd._compiler.programs.tensors import exports
from tests.javascript import node, run

COMPILER = next(filter(None, map(shutil.which, ("gcc", "cc", "clang"))), None)
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler (gcc, cc, clang)")

rng = np.random.default_rng(0)


def net_on_six_examples():
    """A net with its cost, by name: parameters and inputs of several shapes."""
    net = nn.MLP([4, 5, 3], rng=0, activation=ag.tanh)
    X, Y = (Tensor(rng.normal(size=(6, n)), label=label) for n, label in ((4, "X"), (3, "Y")))
    a = net(X).with_label("a")
    cost = nn.quadratic_cost(a, Y).with_label("C")
    program = compile({"C": cost, "a": a}, [X, Y], net.parameters())
    return program, [p.data * 1.5 for p in net.parameters()], [X.data - 0.25, Y.data]


def attention():
    """Products of arrays that both vary, softmax, a sum over an axis, parameters in a dict by label."""
    Q, K = (Tensor(rng.normal(size=(3, 2)), label=label) for label in "QK")
    W = Tensor(rng.normal(size=(2, 2)), label="W")
    scores = ag.softmax(Q @ W @ K.T, axis=1)
    program = compile([(scores * scores).sum(), scores[1:].sum(axis=0)], [Q, K], [W])
    return program, {"W": W.data + 0.5}, {"Q": Q.data, "K": K.data - 1}


def without_inputs():
    x = Tensor(np.linspace(0.5, 1.5, 6), label="x")
    program = compile((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum(), [], [x])
    return program, [x.data * 1.1], None


KINDS = [net_on_six_examples, attention, without_inputs]


def flat(arrays):
    arrays = arrays.values() if isinstance(arrays, dict) else [] if arrays is None else arrays
    return np.concatenate([np.empty(0), *map(np.ravel, arrays)])


def listed(outputs):
    return list(outputs.values()) if isinstance(outputs, dict) else outputs


def expected_of(program, theta, X):
    """The value, the gradient as one vector, and the outputs in a list."""
    value, gradient, outputs = program.value_grad_and_outputs(theta, X)
    outputs = listed(outputs) if program.outputs > 1 else [outputs]
    return value, flat(gradient), outputs


@pytest.mark.parametrize("kind", KINDS)
def test_jax_gives_the_outputs_by_leaf_and_the_gradients(kind):
    jax = pytest.importorskip("jax")
    program, theta, X = kind()
    value, gradient, outputs = expected_of(program, theta, X)
    f = program.to_jax()

    def first(theta):
        result = f(theta, X)
        return listed(result)[0] if program.outputs > 1 else result

    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else contextlib.nullcontext():
        results = jax.jit(f)(theta, X)
        assert type(results) is type(program(theta, X)) or program.outputs == 1
        results = listed(results) if program.outputs > 1 else [results]
        slopes = jax.jit(jax.grad(first))(theta)
    for ours, theirs in zip(results, outputs, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(flat(slopes), gradient, rtol=1e-11, atol=1e-12)
    assert type(slopes) is type(theta)
    np.testing.assert_allclose(results[0], value, rtol=1e-11)


def test_jax_names_the_leaf_of_another_shape():
    pytest.importorskip("jax")
    program, theta, (X, Y) = net_on_six_examples()
    with pytest.raises(ValueError, match=re.escape("the input X has the shape (2, 4)")):
        program.to_jax()(theta, [X[:2], Y])


@pytest.mark.parametrize("kind", KINDS)
def test_onnx_has_the_leaves_by_name_and_shape(kind, tmp_path):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    program, theta, X = kind()
    _, _, outputs = expected_of(program, theta, X)
    model = program.to_onnx(theta, tmp_path / "model.onnx")
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    session = runtime.InferenceSession(str(tmp_path / "model.onnx"), options)
    assert (tmp_path / "model.onnx").read_bytes() == model.SerializeToString()
    if kind is net_on_six_examples:
        assert [(i.name, i.shape) for i in session.get_inputs()] == [("X", [6, 4]), ("Y", [6, 3])]
        assert [(o.name, o.shape) for o in session.get_outputs()] == [("C", []), ("a", [6, 3])]
    names = [i.name for i in session.get_inputs()]
    arrays = dict(zip(names, listed(X) if X else [], strict=True))
    for ours, theirs in zip(session.run(None, arrays), outputs, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@node
def test_javascript_takes_the_numbers_of_all_leaves(tmp_path):
    for kind in KINDS:
        program, theta, X = kind()
        value, gradient, outputs = expected_of(program, theta, X)
        plain = "(key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value)"
        script = f"console.log(JSON.stringify(p.gradient(...argument), {plain}));"
        script = program.to_javascript("p") + script
        results = run(script, [flat(theta).tolist(), flat(X).tolist()], tmp_path)
        np.testing.assert_allclose(results["value"], value, rtol=1e-12)
        np.testing.assert_allclose(results["gradient"], gradient, rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(results["outputs"], flat(outputs), rtol=1e-12, atol=1e-12)


@needs_compiler
def test_c_takes_the_numbers_of_all_leaves(tmp_path):
    for kind in KINDS:
        program, theta, X = kind()
        value, gradient, outputs = expected_of(program, theta, X)
        name = kind.__name__
        program.to_c("f", tmp_path / f"{name}.c")
        library = tmp_path / f"{name}.so"
        compiler = [COMPILER, "-O1", "-std=c99", "-shared", "-fPIC", f"{name}.c", "-o", library, "-lm"]
        subprocess.run(compiler, cwd=tmp_path, check=True)
        arrays = [flat(theta), flat(X), np.empty(1), np.empty(len(gradient)), np.empty(len(flat(outputs)))]
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        pointers.insert(2, ctypes.c_long(1))
        assert ctypes.CDLL(str(library)).f_gradient(*pointers) == 0
        np.testing.assert_allclose(arrays[2], value, rtol=1e-12)
        np.testing.assert_allclose(arrays[3], gradient, rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(arrays[4], flat(outputs), rtol=1e-12, atol=1e-12)


@needs_compiler
def test_a_native_program_has_the_results_shapes_and_warnings_of_numpy():
    x = Tensor(np.linspace(0.5, 1.5, 6), label="x")
    k = Tensor(2.0, label="k")
    y = ag.exp(k * x[1:]) - x[:-1] ** 2
    program = compile([(y * y).sum(), y.reshape(5, 1)], [k], [x, k2 := Tensor([1.0], label="k2")])
    assert k2.shape == (1,)
    native = program.native()
    assert "native" in repr(native)
    assert "native" not in repr(program)
    for again in (native, copy.deepcopy(native), pickle.loads(pickle.dumps(native))):
        assert "native" in repr(again)
        theta, X = [x.data * 1.1, np.zeros(1)], [np.array(0.5)]
        for ours, theirs in zip(again(theta, X), program(theta, X), strict=True):
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, rtol=1e-13)
        value, gradient, outputs = again.value_grad_and_outputs(theta, X)
        expected = program.value_grad_and_outputs(theta, X)
        assert [d.shape for d in gradient] == [(6,), (1,)]
        assert not np.shares_memory(*gradient)
        np.testing.assert_allclose(flat(gradient), flat(expected[1]), rtol=1e-12)
        np.testing.assert_allclose([value, *flat(outputs)], [expected[0], *flat(expected[2])], rtol=1e-12)
        vector = np.append(theta[0], 0.0)
        by_vector = again.value_grad_and_outputs(vector, X)
        np.testing.assert_allclose(by_vector[1], flat(gradient), rtol=1e-13)
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert np.isinf(native(theta, [np.array(1e4)])[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.errstate(all="ignore"):
            assert np.isinf(native(theta, [np.array(1e4)])[0])
    with ag.detect_anomaly(), pytest.raises(ag.DomainError), np.errstate(all="ignore"):
        native(theta, [np.array(1e4)])


@needs_compiler
def test_other_shapes_and_large_products_run_by_numpy():
    x = Tensor(np.ones(4), label="x")
    native = compile((x * x).sum(), [], [x]).native()
    value, (gradient,) = native.value_and_grad([np.arange(3.0)])
    assert (value, gradient.tolist()) == (5.0, [0.0, 2.0, 4.0])
    A = Tensor(np.ones((60, 60)), label="A")
    by_numpy = compile((A @ A @ A).sum(), [], [A]).native()
    assert "native" not in repr(by_numpy)
    assert by_numpy([np.eye(60)]) == 60


def test_a_compiled_function_has_programs_with_exports():
    @compile
    def energy(p, x):
        return ((p["W"] @ x) ** 2).sum()

    arrays = {"W": rng.normal(size=(2, 3))}, rng.normal(size=3)
    expected = energy(*arrays)
    (program,) = energy.programs
    assert "energy_of_x(const real *theta" in program.to_c("energy_of_x")
    np.testing.assert_allclose(program([arrays[0]["W"], arrays[1]])[0], expected, rtol=1e-13)


@pytest.mark.parametrize("export", ["to_c", "to_javascript", "native"])
def test_an_operation_without_scalars_is_refused_by_name_and_the_advice_works(export):
    A, x = Tensor(np.eye(3) + 1, label="A"), Tensor(np.ones(3), label="x")
    with pytest.raises(NotImplementedError, match="eigvalsh has no form in scalars; compute its result befo"):
        getattr(compile((ag.linalg.eigvalsh(A) * x).sum(), [A], [x]), export)()
    before = compile(ag.linalg.eigvalsh(A), [A], [])([], [A.data])
    eigenvalues = Tensor(before, label="eigenvalues")
    after = compile((eigenvalues * x).sum(), [eigenvalues], [x])
    assert "f_gradient" in after.to_c("f")
    assert after([x.data], [before]) == pytest.approx(6)


def test_several_dtypes_and_too_many_numbers_are_refused_and_the_advice_works(monkeypatch):
    x, y = Tensor(np.ones(3, np.float32), label="x"), Tensor(np.ones(3), label="y")
    with pytest.raises(NotImplementedError, match=re.escape('compile it with dtype="float64"')):
        compile((x * y).sum(), [], [x, y]).to_c()
    assert compile((x * y).sum(), [], [x, y], dtype="float64").to_c()
    monkeypatch.setattr(exports, "LARGEST", 20)
    z = Tensor(np.ones((2, 4)), label="z")
    assert compile((z * 2).sum(), [], [z]).to_c()
    z = Tensor(np.ones((6, 4)), label="z")
    with pytest.raises(NotImplementedError, match=r"too many .* smaller arrays, as of fewer examples"):
        compile((z * 2).sum(), [], [z]).to_c()
