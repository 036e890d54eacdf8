"""The source of a program has the names and lines of the listing, and is the code that runs."""

import gc
import inspect
import linecache
import re

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, exp, log, sigmoid, sin, where
from autograd._compiler.numpy_code import names
from autograd._table.readings import FLOATS


def net(*sizes, few=(0, 0)):
    """The cost of a net with the labels of the lectures."""
    x = [Value(0.1, label=f"x_{k}") for k in range(sizes[0])]
    y = [Value(0.2, label=f"y_{k}") for k in range(sizes[-1])]
    model = nn.MLP(sizes, node=Value, rng=0)
    cost = nn.quadratic_cost(model(np.array(x)), y)
    program = autograd.compile(cost, [*x, *y], model.parameters())
    program._run_by(few)
    return program


def values(letter, count, start=0.3):
    return [Value(start + 0.1 * i, label=f"{letter}_{i}") for i in range(count)]


def scattered():
    """Steps that gather from several blocks, sums without a common matrix, a choice, a constant column."""
    w, x = values("w", 6), values("x", 4)
    u = [sin(w[0] * x[1]), exp(w[1] - x[0]), sigmoid(w[2] * x[3] + 0.5)]
    v = [u[0] * 2.0 + w[3], u[2] * 3.0 + w[0], where(x[2] > 0, u[1], w[4]) * 4.0 + w[5]]
    total = u[0] * v[1] + u[1] * w[4] + v[2] * v[0] + log(2.0 + u[2] * u[2])
    program = autograd.compile([total, v[1], w[2]], x, w)
    program._run_by((0, 0))
    return program


def windows():
    """A kernel of two numbers over four inputs: one matrix, three windows."""
    w, x = values("w", 4), values("x", 4)
    y = [w[2 * k] * x[i] + w[2 * k + 1] * x[i + 1] for k in range(2) for i in range(3)]
    return autograd.compile(autograd.sum([sigmoid(each) for each in y]), x, w)


def outputs_alone():
    x = values("x", 3)
    return autograd.compile([sin(each) for each in x], x, [])


def without_inputs():
    a, b = values("a", 2)
    return autograd.compile((1 - a) ** 2 + 100 * (b - sin(a) * a).with_label("r") ** 2, [], [a, b])


PROGRAMS = {
    "net": lambda: net(4, 3, 2),
    "one neuron": lambda: net(1, 1),
    "scattered": scattered,
    "windows": windows,
    "outputs alone": outputs_alone,
    "without inputs": without_inputs,
}


@pytest.fixture(params=PROGRAMS)
def program(request):
    return PROGRAMS[request.param]()


def words(line):
    return " ".join(line.split())


def test_each_line_of_the_listing_is_a_comment(program):
    comments = {words(line.strip()[1:]) for line in program.source.splitlines() if line.strip()[:1] == "#"}
    assert {words(line) for line in str(program).splitlines()} <= comments
    if program.parameters:
        assert any(comment.startswith("backward: ") for comment in comments)


def test_the_source_is_what_runs(program):
    theta, X = np.linspace(0.2, 0.9, program.parameters), np.full((5, program.inputs), 0.4)
    if program.inputs:
        program._run_by((0, 0))
    act = program.value_grad_and_outputs if program.parameters else program
    act(theta, X)
    if program.inputs:
        (batches,) = program._runner._idle[0]._batches.values()
        run = batches[len(X)]._run
    else:
        act(theta, X[:1])
        (run,) = program._runner._functions.values()
    assert inspect.getsource(run) in program.source


def test_the_source_alone_computes_the_same_bits(program):
    theta, X = np.linspace(0.2, 0.9, program.parameters), np.linspace(0.1, 0.8, 5 * program.inputs)
    X = X.reshape(5, program.inputs)
    if not program.inputs:
        module = dict(FLOATS)
        exec(program.source, module)
        (value,), gradient = module["evaluate"](theta.tolist(), [])
        expected = program.value_and_grad(theta)
        assert (value, gradient) == (expected[0], expected[1].tolist())
        return
    program._run_by((0, 0))
    module, gradient = {"batch": len(X)}, np.empty_like(theta)
    exec(program.source, module)
    mean, outputs, _ = module["run"](*module["views_of"](theta, gradient), X)
    if program.parameters:
        expected = program.value_grad_and_outputs(theta, X)
        assert (mean, gradient.tolist()) == (expected[0], expected[1].tolist())
        np.testing.assert_array_equal(np.squeeze(outputs.T), expected[2])
    else:
        np.testing.assert_array_equal(outputs.T, program(theta, X))


def test_the_listing_is_written_when_the_source_is_looked_at_and_not_before(program, monkeypatch):
    class Looked(Exception):
        pass

    def lines(program):
        raise Looked

    monkeypatch.setattr(names, "Lines", lines)
    act = program.value_grad_and_outputs if program.parameters else program
    act(np.full(program.parameters, 0.5), np.full((3, program.inputs), 0.5))
    with pytest.raises(Looked):
        program.source  # noqa: B018


LABELS = [
    "exp", "X", "run", "t1", "d_w", "lambda", "theta", "array", "ϕ", "φ", "w^{²}", r"\sum", "result", "_1",
    "sin", "batch", "add",
]  # fmt: skip


@pytest.mark.parametrize("few", [0, 10**9])
def test_names_that_the_code_needs_itself_are_not_taken_by_labels(few):
    w = [Value(0.2 + 0.1 * i, label=label) for i, label in enumerate(LABELS)]
    x = [Value(0.5, label="inputs"), Value(0.7, label="batch")]

    def f(w, x):
        z = [(exp(a) * x[0] + sin(a) * b).with_label(a.label) for a, b in zip(w, [*w[1:], x[1]], strict=True)]
        return autograd.sum(z)

    program = autograd.compile(f(w, x), x, w)
    program._run_by((few, few))
    cost = f(w, x)
    cost.backward()
    mean, gradient = program.value_and_grad([a.data for a in w], [[a.data for a in x]] * 3)
    assert mean == pytest.approx(cost.data, rel=1e-14)
    np.testing.assert_allclose(gradient, [a.grad for a in w], rtol=1e-13)


@pytest.mark.parametrize("few", [0, 10**9])
def test_labels_that_python_reads_as_one_name_are_two_names(few):
    a, b = Value(0.3, label="ϕ"), Value(0.5, label="φ")  # NFKC makes the second of the first
    cost = exp(a) * sin(b)
    program = autograd.compile(cost, [], [a, b])
    program._run_by((few, few))
    cost.backward()
    value, gradient = program.value_and_grad([0.3, 0.5])
    assert value == pytest.approx(cost.data, rel=1e-14)
    np.testing.assert_allclose(gradient, [a.grad, b.grad], rtol=1e-14)


def test_code_reads_like_the_listing():
    source = net(4, 3, 2).source
    assert re.search(r"# a1 = sigmoid\(z1\) +\(3\)\n    exp\(z1, t1\)\n", source)
    assert "    dot(W2, a1, W2_a1)\n    add(W2_a1, b2, z2)\n" in source
    assert "    dot(d_z2, a1_T, d_W2)\n    dot(W2_T, d_z2, d_a1)\n" in source


def test_a_program_takes_its_sources_with_it():
    gc.collect()
    before = set(linecache.cache)
    programs = [net(2, 2, 1, few=few) for few in [(0, 0), (9, 9)]]
    for program in programs:
        for examples in (1, 3):
            program.value_and_grad(np.ones(program.parameters), np.ones((examples, program.inputs)))
    assert len(set(linecache.cache) - before) == 2  # one for all sizes of batch
    del program, programs
    gc.collect()
    assert not set(linecache.cache) - before


def test_a_factor_of_the_whole_cost_is_in_the_adjoint_before_the_first_call():
    x, y = values("x", 3), values("y", 2)
    model = nn.MLP((3, 4, 2), node=Value, rng=0)
    cost = nn.quadratic_cost(model(np.array(x)), y)
    theta = np.array([p.data for p in model.parameters()])
    X = np.random.default_rng(0).normal(size=(7, 5))
    plain, scaled = (autograd.compile(c, [*x, *y], model.parameters()) for c in (cost, -0.25 * cost))
    for program in (plain, scaled):
        program._run_by((0, 0))
    for _ in range(2):
        value, gradient = scaled.value_and_grad(theta, X)
        expected = plain.value_and_grad(theta, X)
        assert value == pytest.approx(-0.25 * expected[0], rel=1e-14)
        np.testing.assert_allclose(gradient, -0.25 * expected[1], rtol=1e-13)
    setup, run = scaled.source.split("def run")
    assert "multiply(share, " in setup
    assert "share, " not in run


def test_a_factor_of_an_output_that_is_used_again_is_in_no_adjoint_beforehand():
    w, x = Value(0.5, label="w"), Value(0.3, label="x")
    s = sin(w * x)
    program = autograd.compile([2.0 * s + s * s, s], [x], [w])
    program._run_by((0, 0))
    _, gradient, _ = program.value_grad_and_outputs([0.7], [[1.1]])
    z = 0.7 * 1.1
    np.testing.assert_allclose(gradient, [1.1 * np.cos(z) * (2 + 2 * np.sin(z))], rtol=1e-14)
