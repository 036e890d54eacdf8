"""A compiled program gives the results of the eager engine, to rounding, whatever its steps."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st
from scalar_programs import eagerly, random_graph

import autograd
import nn
from autograd import DomainError, Value, dot, maximum, relu, sigmoid, softplus, square, sum, tanh, where
from autograd._table.define import rows


def close(found, expected, rtol=1e-10):
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * scale)


def agrees(outputs, x, w, examples=(1, 3, 40), seed=0, low=-1.0, high=1.0, wild=None):
    """The program against the engine: values and gradients, on few and on many examples."""
    outputs = outputs if isinstance(outputs, list) else [outputs]
    rng = np.random.default_rng(seed)
    theta = rng.uniform(low, high, len(w))
    program = autograd.compile(outputs if len(outputs) > 1 else outputs[0], x, w)
    for n in examples:
        X = rng.uniform(low, high, (n, len(x)))
        try:
            values, gradient = eagerly(outputs, x, w, theta, X)
        except DomainError:
            (wild or pytest.fail)()
        if wild is not None and float(np.abs(gradient).max(initial=0.0)) > 1e6:
            wild()  # rounding is multiplied as often
        for few in (program._few, (0, 0)):  # plain arithmetic where that is quicker; and always arrays
            program._run_by(few)
            close(program(theta, X), values if len(outputs) > 1 else values[:, 0])
            value, found, _ = program.value_grad_and_outputs(theta, X)
            close(value, values[:, 0].mean())
            close(found, gradient, rtol=1e-9)
    return program


def leaves(n, letter):
    return [Value(0.1 * (i + 1), label=f"{letter}_{{{i}}}") for i in range(n)]


@example(21, 2, 3, 30)  # an adjoint with two contributions, the first of which is an array of its own
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 5), st.integers(1, 6), st.integers(10, 120))
def test_random_programs(seed, inputs, parameters, operations):
    x, w, nodes = random_graph(seed, inputs, parameters, operations)
    agrees(nodes[-1], x, w, examples=(1, 3), seed=seed, wild=reject)


def test_sums_that_are_subtracted_within_sums_keep_their_signs():
    x, w = leaves(1, "x"), leaves(6, "w")
    a, b, c, d, e, f = (tanh(v * x[0]) for v in w)
    agrees(a - (b - (c - (d - (e + f)))), x, w, examples=(1, 3))
    agrees(-(a - (b + (c - (d + e)))) - f, x, w, examples=(1, 3))


@example(2, [(0, 0), (1, 1), (0, 2)])
@settings(max_examples=25, deadline=None)
@given(st.integers(2, 4), st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4)), min_size=2, max_size=4))
def test_bands_whose_windows_overlap_and_share_factors(rows, terms):
    x, w, f = leaves(1, "x"), leaves(rows + 4, "w"), leaves(2, "f")
    h = [tanh(v * x[0]) for v in w]
    y = [sum([f[factor] * h[i + offset] for factor, offset in terms]) for i in range(rows)]
    agrees(sum([v * v for v in y]), x, [*w, *f], examples=(1, 3))
    agrees([y[0] * y[-1], *h], x, [*w, *f], examples=(1, 3))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5))
def test_several_outputs(seed, count):
    x, w, nodes = random_graph(seed, 3, 3, 40)
    agrees(random.Random(seed).sample(nodes, count), x, w, examples=(1, 3), seed=seed, wild=reject)


@pytest.mark.parametrize(
    ("sizes", "activation"),
    [
        ([1, 1], sigmoid),
        ([2, 3, 1], tanh),
        ([3, 1, 4], relu),
        ([5, 4, 3, 2], softplus),
        ([5, 4, 3, 2], sigmoid),
        ([7, 7, 7], tanh),
        ([7, 7, 7], relu),
        ([1, 1, 1, 1, 1], softplus),
    ],
)
def test_nets_of_every_shape(sizes, activation):
    net = nn.MLP(sizes, activation=activation, node=Value, rng=0)
    x, y = leaves(sizes[0], "x"), leaves(sizes[-1], "y")
    a = np.atleast_1d(net(np.array(x, object)))
    agrees(sum([square(aj - yj) for aj, yj in zip(a, y, strict=True)]), [*x, *y], net.parameters())


@pytest.mark.parametrize("cost", [nn.quadratic_cost, nn.cross_entropy, nn.mean_squared_error])
def test_costs_written_for_nets(cost):
    net = nn.MLP([3, 4, 3], output_activation=nn.identity, node=Value, rng=1)
    x, y = leaves(3, "x"), leaves(3, "y")
    agrees(cost(net(np.array(x, object)), np.array(y, object)), [*x, *y], net.parameters(), low=0.1)


# -- what is found, and exact ----------------------------------------------------------------


def found(program):
    """The sizes on the lines of a program."""
    return [line.split("   ")[-1].strip() for line in str(program).splitlines()]


@pytest.mark.parametrize("order", range(5))
def test_a_layer_is_one_product_however_its_sums_are_written(order):
    draw = random.Random(order)
    x, w, b = leaves(6, "x"), leaves(24, "w"), leaves(4, "b")
    outputs = []
    for j in range(4):
        terms = [w[6 * j + k] * x[k] if draw.random() < 0.5 else x[k] * w[6 * j + k] for k in range(6)] + [
            b[j]
        ]
        draw.shuffle(terms)
        while len(terms) > 1:  # added up in any nesting
            i = draw.randrange(len(terms) - 1)
            terms[i : i + 2] = [terms[i] + terms[i + 1]]
        outputs.append(terms[0])
    assert found(agrees(outputs, x, [*w, *b])) == ["(4 x 6)"]


def test_shared_weights_of_a_convolution_are_one_product_over_windows():
    x, w = leaves(12, "x"), leaves(10, "w")
    filters = [w[:5], w[5:]]
    outputs = [dot(f, x[i : i + 5]) for f in filters for i in range(8)]
    assert found(agrees(outputs, x, w)) == ["(2 x 5) @ (5 x 8)"]
    agrees(sum([tanh(z) for z in outputs]), x, w)


def test_a_whole_batch_in_one_graph():
    rng = np.random.default_rng(0)
    net = nn.MLP([2, 5, 1], node=Value, rng=0)
    cost = sum([square(net(point)[0] - 1.0) for point in rng.normal(size=(12, 2))])
    program = agrees(cost, [], net.parameters(), examples=(1,))
    assert [size for size in found(program) if "x" in size] == ["(12 x 2) @ (2 x 5)", "(1 x 5) @ (5 x 12)"]


def test_skip_connections():
    x, w = leaves(6, "x"), leaves(36, "w")
    h = [tanh(dot(w[6 * j : 6 * j + 6], x) + x[j]) for j in range(6)]
    agrees(sum([square(dot(w[6 * j : 6 * j + 6], h) - x[j] + h[0]) for j in range(6)]), x, w)


def test_ragged_and_sparse_connections():
    draw = random.Random(0)
    x, w = leaves(20, "x"), leaves(300, "w")
    for share in (0.1, 0.5, 0.9):
        it = iter(w)
        sums = []
        for _ in range(12):
            chosen = [xk for xk in x if draw.random() < share] or [x[0]]
            sums.append(sum([next(it) * xk for xk in chosen]))
        agrees(sum([tanh(s) for s in sums]), x, w, examples=(1, 40))


def test_tied_weights():
    x, w = leaves(4, "x"), leaves(8, "w")
    code = [tanh(dot(w[4 * j : 4 * j + 4], x)) for j in range(2)]
    back = [w[k] * code[0] + w[4 + k] * code[1] for k in range(4)]
    agrees(sum([square(bk - xk) for bk, xk in zip(back, x, strict=True)]), x, w)
    agrees(dot([w[0]] * 4, x) + dot([w[0], w[1]] * 2, x), x, w)


def test_signs_constants_and_numbers_among_the_terms():
    x, w = leaves(5, "x"), leaves(10, "w")
    z = [
        w[5 * j] * x[0]
        - w[5 * j + 1] * x[1]
        - (w[5 * j + 2] * x[2] - 2.0 * x[3])
        + 0.5 * w[5 * j + 4] * x[4]
        - 3
        for j in range(2)
    ]
    agrees(z[0] * z[1], x, w)
    agrees(z[0] - z[1], x, w)
    minus = -z[0]
    agrees(-minus * 1.0 + 0.0, x, w)
    agrees([1.0 * x[0] + 0.0, x[0] * 1.0, x[0] - 0.0], x, w)


def test_a_chain_a_thousand_deep():
    x, w = Value(0.3), Value(0.7)
    y = x
    for _ in range(500):
        y = tanh(w * y)
    agrees(y, [x], [w], examples=(1, 50))


def test_one_neuron_and_less():
    x, w, b = Value(0.5), Value(2.0), Value(1.0)
    agrees(sigmoid(w * x + b), [x], [w, b])
    agrees(w * 1.0, [x], [w])
    agrees([x, w, w * x], [x], [w])
    program = autograd.compile(x, [x], [w])
    assert program.value_and_grad([1.0], [[2.0], [4.0]])[1].tolist() == [0.0]
    assert autograd.compile(Value(3.0) * 2, [x], [w])([1.0], [[2.0]] * 3).tolist() == [6.0] * 3


def test_inputs_that_are_parameters_too():
    x, w = leaves(3, "x"), leaves(2, "w")
    output = tanh(w[0] * x[0] + w[1] * x[1]) * x[2]
    theta, X = np.array([0.3, -0.2, 9.0, 0.5]), np.random.default_rng(0).normal(size=(50, 3))
    program = autograd.compile(output, x, [x[0], x[2], w[1], w[0]])
    means = []
    for xi in X:
        _, gradient = eagerly([output], [], [*x, *w], [*xi, 0.5, 9.0], [[]])
        means.append(gradient[[0, 2, 4, 3]])
    for few in (100, 0):
        program._run_by((few, few))
        close(program.value_and_grad(theta, X)[1], np.mean(means, axis=0))


def test_leaves_that_are_named_twice():
    x, w = leaves(2, "x"), leaves(2, "w")
    output = tanh(w[0] * x[0]) + w[1] * x[1]
    once = autograd.compile(output, x, w)
    twice = autograd.compile(output, [x[0], x[1], x[0]], [w[0], w[1], w[0]])
    X = np.random.default_rng(0).normal(size=(40, 3))
    for few in (100, 0):
        once._run_by((few, few))
        twice._run_by((few, few))
        value, gradient = once.value_and_grad([0.5, 2.0], X[:, [2, 1]])
        found_value, found = twice.value_and_grad([9.0, 2.0, 0.5], X)
        close(found_value, value)
        close(found, gradient[[0, 1, 0]])


def test_choices_are_made_by_each_example():
    x, w = Value(0.5), Value(2.0)
    agrees(where(relu(x), w * x, -x) + maximum(x, w * w), [x], [w], examples=(1, 60))


@pytest.mark.parametrize("row", [row for row in rows() if row.public], ids=str)
def test_every_row_of_the_table(row):
    ends = [(max(i[0].low, -3.0), min(i[0].high, 3.0)) for i in row.domain]
    low = [a + 0.1 * (b - a) for a, b in ends]
    high = [b - 0.1 * (b - a) for a, b in ends]
    rng = np.random.default_rng(0)
    args = [Value(0.5 * (a + b)) for a, b in zip(low, high, strict=True)]
    X = rng.uniform(low, high, (30, row.arity))
    for i, arg in enumerate(args):
        others = [a for a in args if a is not arg]
        program = autograd.compile(row(*args), others, [arg])
        theta, rest = X[0, i : i + 1], np.delete(X, i, axis=1)
        expected, gradient = eagerly([row(*args)], others, [arg], theta, rest)
        for few in (100, 0):
            program._run_by((few, few))
            value, found = program.value_and_grad(theta, rest)
            close(value, expected.mean(), rtol=1e-13)
            close(found, gradient, rtol=1e-13)


def test_sigmoid_far_out_is_exact_in_both_dtypes():
    """The quick form overflows there; the program notices, and takes the careful one."""
    x, w = Value(0.5), Value(1.0)
    for dtype, ends in (("float32", (-200.0, 80.0)), ("float64", (-740.0, 700.0))):
        program = autograd.compile(sigmoid(w * x), [x], [w], dtype=dtype)
        program._run_by((0, 0))
        for z in (*ends, 30.0, -30.0, 0.0):
            X = np.full((20, 1), z, dtype)
            value, gradient = program.value_and_grad(np.ones(1, dtype), X)
            expected, slope = eagerly([sigmoid(w * x)], [x], [w], [1.0], X[:1])
            np.testing.assert_allclose(
                value,
                expected[0, 0],
                rtol=1e-5 if dtype == "float32" else 1e-13,
                atol=1e-38 if dtype == "float32" else 1e-307,
            )
            np.testing.assert_allclose(
                gradient,
                slope,
                rtol=1e-5 if dtype == "float32" else 1e-13,
                atol=1e-36 if dtype == "float32" else 1e-305,
            )
