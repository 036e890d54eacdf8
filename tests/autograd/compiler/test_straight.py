"""Graphs without structure run an operation at a time: as code or line by line, on floats or on arrays."""

from __future__ import annotations

import copy
import math
import pickle
import random
import sys

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from scalar_programs import eagerly, random_graph

import autograd
from autograd import DomainError, Value, exp, log, sin, sqrt, tanh, where
from autograd._compiler.programs import program as programs
from autograd._compiler.run import columns, plain
from autograd._compiler.run.columns import Columns
from autograd._compiler.run.runner import ByExamples, Ordered
from autograd._compiler.run.straight import registers
from autograd._compiler.run.straight.dialects import Arrays, Floats
from autograd._compiler.run.straight.registers import StraightCode
from autograd._graph.primitive import PRIMITIVES
from autograd._table.define import rows

ROADS = ["code", "walk", "columns", "columns, line by line"]


def on_road(road, program):
    """The program, whatever its size, on one of the ways for graphs without structure."""
    program._arrays = None
    program._run_by((0, 0) if road.startswith("columns") else (10**9, 10**9))
    runner = program._runner
    if isinstance(runner, Ordered):
        runner = runner._runner
    if isinstance(runner, ByExamples):
        runner = runner._plain
    if isinstance(runner, Columns):
        runner._operations = 10**9 if road == ROADS[3] else 0
    else:
        runner._left = 10**9 if road == "walk" else 0
    return program


def by_every_road(*arguments, **options):
    for road in ROADS:
        yield on_road(road, autograd.compile(*arguments, **options))


def close(found, expected, rtol):
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * scale)


def chain(depth):
    x, w = Value(0.5), Value(0.9)
    y = x * w
    for _ in range(depth - 1):
        y = sin(y)
    return y, [x], [w]


def tangle(operations, seed=0):
    """Operations on any results before, in fifteen strands: a step would have two or three of them."""
    draw = random.Random(seed)
    x, w = [Value(0.5) for _ in range(5)], [Value(0.5) for _ in range(10)]
    nodes, ends = [*x, *w], [*x, *w]
    for _ in range(operations):
        i, other = draw.randrange(len(ends)), draw.choice(nodes)
        choice = draw.randrange(4)
        ends[i] = (ends[i] * 0.5 + other, ends[i] * other, tanh(ends[i]), sin(ends[i] - other))[choice]
        ends[i] = ends[i] if abs(ends[i].data) < 8 else tanh(ends[i])
        nodes.append(ends[i])
    return autograd.sum([tanh(end) for end in ends]), x, w


@pytest.mark.parametrize("row", [row for row in rows() if row.public], ids=str)
def test_every_row_of_the_table(row):
    ends = [(max(i[0].low, -3.0), min(i[0].high, 3.0)) for i in row.domain]
    low, high = zip(*[(0.9 * a + 0.1 * b, 0.1 * a + 0.9 * b) for a, b in ends], strict=True)
    args = [Value(0.5 * (a + b)) for a, b in zip(low, high, strict=True)]
    X = np.random.default_rng(0).uniform(low, high, (20, row.arity))
    for i, arg in enumerate(args):
        others = [a for a in args if a is not arg]
        theta, rest = X[0, i : i + 1], np.delete(X, i, axis=1)
        expected, gradient = eagerly([row(*args)], others, [arg], theta, rest)
        for program in by_every_road(row(*args), others, [arg]):
            value, found = program.value_and_grad(theta, rest)
            np.testing.assert_allclose(value, expected.mean(), rtol=1e-13)
            np.testing.assert_allclose(found, gradient, rtol=1e-13)
            np.testing.assert_allclose(program(theta, rest), expected[:, 0], rtol=1e-13)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 5), st.integers(1, 6), st.integers(1, 80), st.integers(1, 9))
def test_random_graphs_in_parts_of_any_size(seed, inputs, parameters, operations, part):
    x, w, nodes = random_graph(seed, inputs, parameters, operations)
    outputs = [nodes[-1], *random.Random(seed).sample(nodes, 2)]
    rng = np.random.default_rng(seed)
    theta, X = rng.uniform(-1, 1, len(w)), rng.uniform(-1, 1, (3, inputs))
    try:
        values, gradient = eagerly(outputs, x, w, theta, X)
    except DomainError:
        reject()
    if float(np.abs(gradient).max(initial=0.0)) > 1e6:
        reject()  # rounding is multiplied as often
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registers, "PART", part)
        patch.setattr(registers, "WINDOW", 2 * part)
        for program in by_every_road(outputs, x, w):
            value, found, own = program.value_grad_and_outputs(theta, X)
            close(value, values[:, 0].mean(), 1e-10)
            close(own, values, 1e-10)
            close(found, gradient, 1e-9)
            close(program(theta, X), values, 1e-10)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_many_examples_go_in_chunks(monkeypatch, dtype):
    monkeypatch.setattr(columns, "CHUNK_BYTES", 0)
    monkeypatch.setattr(columns, "MIN_CHUNK", 7)
    y, x, w = tangle(250)
    rng = np.random.default_rng(0)
    theta, X = rng.uniform(-1, 1, 10).astype(dtype), rng.uniform(-1, 1, (30, 5)).astype(dtype)
    values, gradient = eagerly([y], x, w, theta, X)
    program = autograd.compile(y, x, w, dtype)
    assert program._arrays is None
    program._run_by((0, 0))
    value, found, own = program.value_grad_and_outputs(theta, X)
    rtol = 1e-6 if dtype == "float32" else 1e-12
    close(value, values.mean(), rtol)
    close(own, values[:, 0], rtol)
    close(found, gradient, rtol)
    assert found.dtype == own.dtype == program(theta, X).dtype == dtype
    close(program(theta, X), values[:, 0], rtol)


# -- where arithmetic fails -----------------------------------------------------------------------


def test_an_undefined_operation_is_told_with_its_example(monkeypatch):
    monkeypatch.setattr(columns, "CHUNK_BYTES", 0)
    monkeypatch.setattr(columns, "MIN_CHUNK", 2)
    x, w, v = Value(2.0, label="x"), Value(1.0, label="w"), Value(1.0, label="v")
    for program in by_every_road(log(x * w) + sqrt(v), [x], [w, v]):
        X = [[1.0]] * 3 + [[-2.0]] * 2
        for act in (program, program.value_and_grad):
            with pytest.raises(DomainError, match=r"^example 3: log\(-2.0\)"):
                act([1.0, 1.0], X)
        with pytest.raises(DomainError, match=r"^example 0: .*sqrt\(v = 0.0\)"):  # which has no slope there
            program.value_and_grad([1.0, 0.0], np.ones((4, 1)))
        assert program([1.0, 0.0], np.ones((4, 1))).tolist() == [0.0] * 4


def test_a_branch_that_is_not_taken_does_no_harm():
    x, w = Value(2.0, label="x"), Value(1.5, label="w")
    numbers = np.array([[-3.0], [-1.0], [0.5], [4.0]])
    slopes = np.where(numbers > 0, np.log(np.abs(numbers)), 2.0)
    for program in by_every_road(where(x > 0, log(x) * w, 2 * w), [x], [w]):
        np.testing.assert_allclose(program.value_and_grad([1.5], numbers)[1], [slopes.mean()], rtol=1e-14)
        np.testing.assert_allclose(program([1.5], numbers), 1.5 * slopes[:, 0], rtol=1e-14)


def test_quick_functions_that_overflow_are_followed_by_careful_ones():
    x, w = Value(0.5), Value(1.0)
    y = PRIMITIVES["sigmoid"](w * x) + exp(w)
    for program in by_every_road(y, [x], [w]):
        value, gradient = program.value_and_grad([1.0], [[-740.0], [700.0]])
        assert value == pytest.approx(0.5 + math.e, rel=1e-14)
        assert gradient[0] == pytest.approx(
            math.e - 370 * math.exp(-740.0) + 350 * math.exp(-700.0), rel=1e-14
        )


def test_infinite_outputs_are_the_engines():
    x = Value(1.0)
    for program in by_every_road([x * x, x], [x], []):
        assert program([], [[1e200], [2.0]]).tolist() == [[math.inf, 1e200], [4.0, 2.0]]


def test_numbers_beyond_float32():
    x = Value(1.0)
    for program in by_every_road(x * 1e30, [x], [x], "float32"):
        X = np.array([[1.0], [1e30]], "float32")
        assert program(np.ones(1, "float32"), X)[1] == math.inf
        with pytest.raises(DomainError, match=r"^example 1: a number is beyond the largest float32"):
            program.value_and_grad(np.ones(1, "float32"), X)


# -- leaves ---------------------------------------------------------------------------------------


def test_leaves_that_are_named_twice_and_inputs_that_are_parameters():
    y, x, w = tangle(300)
    rng = np.random.default_rng(1)
    once = autograd.compile(y, x, w)
    twice = autograd.compile(y, [*x, x[0]], [w[0], *w, x[2]])
    theta, X = rng.uniform(-1, 1, 10), rng.uniform(-1, 1, (40, 5))
    again, more = (
        np.append(9.0, np.append(theta, 9.0)),
        np.column_stack([np.full(40, 9.0), X[:, 1:], X[:, :1]]),
    )
    for few in (0, 100):
        once._run_by((few, few))
        twice._run_by((few, few))
        value, gradient = once.value_and_grad(theta, X)
        found_value, found = twice.value_and_grad(again, more)
        close(found_value, value, 1e-13)
        close(found[:-1], np.append(gradient[0], gradient), 1e-13)
        step = np.eye(5)[2] * 1e-6
        slope = (once(theta, X + step).mean() - once(theta, X - step).mean()) / 2e-6
        assert found[-1] == pytest.approx(slope, abs=1e-8)


def test_parameters_that_the_first_output_does_not_depend_on_have_the_gradient_0():
    y, x, w = chain(300)
    other = Value(3.0)
    program = autograd.compile([y, other * y], x, [other, *w])
    assert program.moved.tolist() == [1]
    for n in (1, 50):
        assert program.value_grad_and_outputs([3.0, 0.9], np.full((n, 1), 0.5))[1][0] == 0.0


# -- a program as others are ----------------------------------------------------------------------


def test_it_is_copied_pickled_listed_and_exported_as_others_are():
    y, x, w = tangle(250)
    program = autograd.compile(y.with_label("C"), x, w)
    theta, X = np.linspace(-1, 1, 10), np.linspace(-1, 1, 100).reshape(20, 5)
    expected = program.value_and_grad(theta, X)
    for other in (copy.deepcopy(program), pickle.loads(pickle.dumps(program))):
        assert other.value_and_grad(theta, X)[1].tolist() == expected[1].tolist()
    assert repr(program).startswith("<Program of ")
    assert "operations in float64: 5 inputs, 10 parameters, 1 output>" in repr(program)
    assert str(program).splitlines()[-1].startswith("return") or "C = " in str(program)
    program._is_regular = True  # of blocks
    program._run_by((0, 0))
    close(program.value_and_grad(theta, X)[1], expected[1], 1e-12)


@pytest.mark.parametrize("inputs", [True, False])
def test_the_source_alone_computes_the_same_bits(inputs):
    y, x, w = tangle(250)
    program = autograd.compile(y, x if inputs else [], w if inputs else [*x, *w])
    theta, X = np.linspace(-1, 1, program.parameters), np.full((1, program.inputs), 0.4)
    dialect = Arrays() if inputs else Floats()
    StraightCode(program._reference.tape, True, dialect)
    module = dialect.names.copy()
    exec(program.source, module)
    if inputs:
        program._run_by((0, 0))
        leaves = [np.full(1, number) for number in (*theta, *X[0], 1.0)]
    else:
        leaves = [*theta.tolist(), 1.0]
    (value,), slopes = module["evaluate"](*leaves)
    expected = program.value_and_grad(theta, X)
    assert (np.ravel(value).tolist(), np.ravel(slopes).tolist()) == ([expected[0]], expected[1].tolist())


# -- the cost of large graphs ---------------------------------------------------------------------


def calls(act):
    """How many functions are called, those written in C among them."""
    count = 0

    def profile(frame, event, arg):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("graph", [chain, tangle])
@pytest.mark.parametrize("examples", [1, 40])
@pytest.mark.parametrize("huge", [10**9, 0])
def test_work_grows_as_the_graph_does(graph, examples, huge, monkeypatch):
    for module in (plain, columns):
        monkeypatch.setattr(module, "HUGE", huge)
    monkeypatch.setattr(programs, "vectorize", None)  # not called

    def work(operations):
        y, x, w = graph(operations)
        theta, X = np.full(len(w), 0.3), np.full((examples, len(x)), 0.2)
        return calls(lambda: autograd.compile(y, x, w).value_and_grad(theta, X))

    work(300)  # what is done once
    short, middle, long = (work(size) for size in (300, 600, 900))
    assert long - middle < 1.2 * (middle - short)
    assert long < 120 * 900


@pytest.mark.parametrize("graph", [chain, tangle])
@pytest.mark.parametrize("dialect", [Floats, Arrays])
def test_code_grows_as_the_graph_does(graph, dialect, monkeypatch):
    monkeypatch.setattr(registers, "PART", 300)

    def size(operations):
        y, x, w = graph(operations)
        code = StraightCode(autograd.compile(y, x, w)._reference.tape, True, dialect())
        return np.array([len(code.source), len(code.statements)])

    small, middle, large = size(600), size(1200), size(1800)
    assert (large - middle < 1.3 * (middle - small)).all()
    assert (large < [200 * 1800, 8 * 1800]).all()


def test_a_deep_chain_and_a_large_tangle(monkeypatch):
    monkeypatch.setattr(plain, "HUGE", 2_000)
    for graph, size in ((chain, 3_000), (tangle, 1_700)):
        y, x, w = graph(size)
        program = autograd.compile(y, x, w)
        theta, X = [leaf.data for leaf in w], [[leaf.data for leaf in x]]
        value, gradient = program.value_and_grad(theta, X)
        y.backward()
        assert value == pytest.approx(y.data, rel=1e-12)
        close(gradient, np.array([leaf.grad for leaf in w]), 1e-11)


def test_results_of_short_life_leave_their_variables_to_others():
    y, x, w = chain(1000)
    tape = autograd.compile(y, x, w)._reference.tape
    (part,) = StraightCode(tape, False, Floats()).parts
    assert " r2" not in part.text  # two leaves; the links take turns in the variables of short life
