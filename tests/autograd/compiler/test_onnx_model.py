"""A program as an ONNX model: onnxruntime computes the program's results."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest
from reference import ordinary
from scalar_programs import random_graph, sums_of_every_kind

import autograd
import nn
from autograd import Value, exp, sigmoid, square
from autograd._compiler.array_program import MatrixProduct, RaggedSums, RowStep, Sum
from autograd._graph.primitive import lookup
from autograd._table.define import rows

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")


# kernels that onnxruntime 1.31 has not in float64
LACKING = {"tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "atan2", "erf"}


def ran(model, X=None):
    """What onnxruntime makes of a model."""
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    session = runtime.InferenceSession(model.SerializeToString(), options)
    (found,) = session.run(None, {} if X is None else {"X": X})
    return found


def operators(model):
    return [node.op_type for node in model.graph.node]


def agrees(program, theta, X, rtol):
    model = program.to_onnx(theta)
    found = ran(model, X.astype(program.dtype))
    expected = program(theta, X)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * max(1e-3, abs(expected).max()))
    return model


def scalar_net(sizes):
    net = nn.MLP(sizes, node=Value, rng=0)
    x = [Value(0.5, label=f"x_{k}") for k in range(sizes[0])]
    return x, net.parameters(), net(np.array(x, object))


# -- what it is made of ---------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_lectures_net_is_three_products_and_three_sigmoids(dtype):
    x, w, a = scalar_net([784, 16, 16, 10])
    program = autograd.compile(a, x, w, dtype)
    X = np.random.default_rng(0).random((50, 784))
    model = agrees(program, [p.data for p in w], X, rtol=1e-6 if dtype == "float32" else 1e-13)
    assert operators(model) == ["Gemm", "Sigmoid"] * 3
    assert [node.output[0] for node in model.graph.node] == ["z1", "a1", "z2", "a2", "z3", "a3"]
    (y,) = model.graph.output
    assert y.name == "a3"
    assert re.match(r"a_\{?0\}?\^\{\(3\)\}, a_\{?1\}?\^\{\(3\)\}, ", y.doc_string)
    shapes = [v.type.tensor_type.shape.dim for v in (*model.graph.input, y)]
    sizes = [[d.dim_param or d.dim_value for d in shape] for shape in shapes]
    assert sizes == [["examples", 784], ["examples", 10]]


def test_a_cost_is_a_vector_over_the_examples():
    x, w, a = scalar_net([3, 4, 2])
    y = [Value(0.5, label=f"y_{j}") for j in range(2)]
    cost = nn.quadratic_cost(a, np.array(y, object)).with_label("C")
    program = autograd.compile(cost, [*x, *y], w, "float32")
    model = agrees(program, [p.data for p in w], np.random.default_rng(0).random((5, 5)), rtol=1e-6)
    assert [output.name for output in model.graph.output] == ["C"]


def test_what_all_examples_share_is_computed_beforehand():
    x, w = Value(1.0), Value(2.0)
    model = agrees(autograd.compile(x * exp(sigmoid(w) * 3), [x], [w]), [1.5], np.ones((3, 1)), rtol=1e-15)
    assert operators(model) == ["Mul", "Squeeze"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("row", [row for row in rows() if row.public], ids=str)
def test_every_row(row, dtype):
    """At ordinary numbers and small ones to some units in the last place; far out without an error."""
    if dtype == "float64" and row.name in LACKING:
        pytest.skip(f"onnxruntime has no {row} in float64")
    rng = np.random.default_rng(0)
    x = [Value(number) for number in ordinary(row, 0.5, 0.5, 0.5)]
    program = autograd.compile(row(*x), x, [], dtype)
    ends = [(max(i[0].low, -3.0), min(i[-1].high, 3.0)) for i in row.domain]
    X = np.stack([rng.uniform(low, high, 200) for low, high in ends], axis=1)
    X = np.concatenate([X, 1e-4 * X, 1e-9 * X, np.full((1, len(x)), 0.5)])
    X = X[[ordinary(row, *numbers) == tuple(numbers) for numbers in X.tolist()]].astype(dtype)
    expected, found = program([], X), ran(program.to_onnx([]), X)
    # onnxruntime's own sigmoid is off by 9 units, its cos near its zero by 31
    units = 48 if row.name == "cos" else 12
    np.testing.assert_allclose(found, expected, rtol=units * np.finfo(dtype).eps, atol=1e-30)
    if all(i[0].low == -np.inf for i in row.domain) and row.name not in ("exp", "expm1", "sinh", "cosh"):
        X = np.array([[s * 1e3] * len(x) for s in (-1, 1)], dtype)
        np.testing.assert_allclose(ran(program.to_onnx([]), X), program([], X), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("row", [row for row in rows() if not row.public and row.name != "_powmix"], ids=str)
def test_derivatives_are_made_of_pieces(row):
    x = [Value(0.5) for _ in row.inputs]
    program = autograd.compile(row(*x), x, [], "float32")
    everywhere = all(i[0].low == -np.inf for i in row.domain)
    X = np.random.default_rng(0).uniform(-3 if everywhere else 0.2, 3, (200, len(x)))
    X[:3] = 1.0
    if everywhere:
        X[3:5] = [[200.0], [-200.0]]
    agrees(program, [], X, rtol=2e-6)


@pytest.mark.parametrize(
    ("function", "expected"), [(np.log1p, np.log(1e38)), (np.trunc, 1e38), (np.square, np.inf)]
)
def test_pieces_of_large_numbers(function, expected, monkeypatch):
    x = Value(0.5)
    program = autograd.compile(autograd.erf(x), [x], [], "float32")
    monkeypatch.setattr(lookup("erf"), "on_arrays", function)
    found = ran(program.to_onnx([]), np.array([[1e38], [0.5]], np.float32))
    np.testing.assert_allclose(found, [expected, function(0.5)], rtol=1e-6)


def test_trunc_goes_towards_0(monkeypatch):
    x = Value(0.5)
    program = autograd.compile(autograd.erf(x), [x], [])
    monkeypatch.setattr(lookup("erf"), "on_arrays", np.trunc)
    assert ran(program.to_onnx([]), np.array([[-1.5], [1.5], [-0.5]])).tolist() == [-1, 1, 0]


def test_sums_of_different_lengths_know_only_their_own_terms():
    """They are filled up to the longest with zeros, which must not meet what is infinite."""
    outputs, x, w = sums_of_every_kind()
    ragged = outputs[10:18]
    program = autograd.compile(ragged, x, w)
    assert RaggedSums in {type(step) for step in program._array_program.steps}
    X = np.ones((1, len(x)))
    X[0, 0] = np.inf
    found = ran(program.to_onnx(np.ones(len(w))), X)
    assert found.tolist() == [[np.inf, *(5 + i % 2 for i in range(1, 8))]]


@pytest.mark.parametrize("seed", range(20))
def test_random_programs(seed):
    x, w, nodes = random_graph(seed, 3, 4, 60)
    rng = np.random.default_rng(seed)
    theta, X = rng.uniform(-1, 1, len(w)), rng.uniform(-1, 1, (5, len(x)))
    if abs(autograd.compile(nodes, x, w)(theta, X)).max() > 1e6:
        pytest.skip("its numbers are too large for float32")
    agrees(autograd.compile(nodes[-8:], x, w, "float32"), theta, X, rtol=2e-4)


def test_sums_of_every_kind():
    outputs, x, w = sums_of_every_kind()
    program = autograd.compile(outputs, x, w)
    assert {type(step) for step in program._array_program.steps} == {RowStep, Sum, MatrixProduct, RaggedSums}
    rng = np.random.default_rng(0)
    agrees(program, rng.normal(size=len(w)), rng.normal(size=(4, len(x))), rtol=1e-12)


# -- inputs and outputs ---------------------------------------------------------------------------


def test_outputs_in_any_order_and_of_any_kind():
    x, w = [Value(1.0), Value(2.0)], Value(3.0)
    y = [w * x[0], x[1], w, sigmoid(x[0]), Value(7.0), x[0]]
    X = np.array([[1.0, 2.0], [-3.0, 4.0]])
    for outputs in (y, y[::-1], [x[1]], [x[0], x[1]], [w], x[0], w):
        agrees(autograd.compile(outputs, x, [w]), [1.5], X, rtol=1e-14)


def test_without_inputs_there_is_one_example():
    w = Value(2.0)
    for output in (w * w, [w * w, w]):
        program = autograd.compile(output, [], [w])
        np.testing.assert_array_equal(ran(program.to_onnx([3.0])), program([3.0]))


def test_leaves_that_are_named_twice():
    x, w, u = Value(1.0), Value(2.0), Value(3.0)
    y = w * x + square(u) * 10
    X = np.array([[1.0, 2.0], [3.0, 4.0]])
    for inputs, wrt in (([x, x], [w, u, w]), ([x, w], [w, u, w]), ([w, x], [u, u, u])):
        agrees(autograd.compile(y, inputs, wrt), [5.0, 7.0, 2.0], X, rtol=1e-15)


def test_an_output_named_as_the_input_is():
    x, w = Value(1.0), Value(2.0)
    model = agrees(autograd.compile((w * x).with_label("X"), [x], [w]), [3.0], np.ones((2, 1)), rtol=1e-15)
    assert [output.name for output in model.graph.output] == ["output"]


@pytest.mark.parametrize("label", ["t^{(0)}", "k^{(0)}", "t^{(1)}", "output"])
def test_labels_take_no_other_name(label):
    x, w = Value(1.0), Value(2.0)
    z = (w * x).with_label(label)
    agrees(autograd.compile([z, exp(z), z + 1], [x], [w]), [3.0], np.ones((2, 1)), rtol=1e-15)


def test_it_is_written_to_a_file(tmp_path):
    x, w = Value(1.0), Value(2.0)
    program = autograd.compile(sigmoid(w * x), [x], [w])
    model = program.to_onnx([3.0], tmp_path / "net.onnx")
    assert onnx.load(tmp_path / "net.onnx") == model
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        program.to_onnx([3.0], tmp_path / "nowhere" / "net.onnx")


# -- what is refused ------------------------------------------------------------------------------


def test_a_row_that_onnx_cannot_express_is_named(monkeypatch):
    def opaque(x):
        return np.asarray(x) + 0

    x = Value(0.5)
    program = autograd.compile(autograd.erf(x), [x], [])
    monkeypatch.setattr(lookup("erf"), "on_arrays", opaque)
    with pytest.raises(NotImplementedError, match="row 'erf': ONNX has nothing that does what opaque does"):
        program.to_onnx([])


def test_parameters_may_be_arrays_in_a_list():
    x, w = [Value(1.0), Value(2.0)], [Value(0.0), Value(0.0)]
    program = autograd.compile(w[0] * x[0] + w[1] * x[1], x, w)
    assert program.to_onnx([np.array([[1.5, 2.5]])]) == program.to_onnx([1.5, 2.5])


def test_wrong_parameters_are_refused():
    x, w = Value(1.0), Value(2.0)
    program = autograd.compile(w * x, [x], [w])
    with pytest.raises(ValueError, match=r"theta has shape \(2,\), expected \(1,\)"):
        program.to_onnx([1.0, 2.0])
    with pytest.raises(TypeError, match="theta is an array of real numbers"):
        program.to_onnx(["a"])


def test_without_onnx_there_is_the_command_that_installs_it(monkeypatch):
    w = Value(2.0)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r'to_onnx needs onnx: pip install "chainrule\[onnx\]"'):
        autograd.compile(w * w, [], [w]).to_onnx([1.0])
