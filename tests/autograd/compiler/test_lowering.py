"""A graph of Tensors of one example as the scalars that it stands for, beside the graph itself."""

import itertools
import pickle

import numpy as np
import pytest
from lowered_functions import FLOAT, compare, flat

import autograd as ag
import nn
from autograd import Tensor, Value, compile, exp, log, logsumexp, maximum, relu, softmax, tanh, where
from autograd._compiler.array_program import MatrixProduct, RowStep, Sum
from autograd._compiler.find.tensors import replay
from autograd._compiler.programs.compiling import CannotLower, compile_examples
from autograd.extend import ArrayRow, define
from autograd.extend import Row as UserRow
from nn._nets.labels import labels, leaves

# -- the same program as that of Values ------------------------------------------------------------


def of_tensors(sizes, cost=nn.quadratic_cost, **options):
    net = nn.MLP(sizes, rng=0, **options)
    x = Tensor(np.full((1, sizes[0]), 0.5), label="a^{(0)}")
    y = Tensor(np.eye(sizes[-1])[:1], label="y")
    a = net(x)
    return compile_examples([cost(a, y).with_label("C"), a], [x, y], net.parameters())


def of_values(sizes, cost=nn.quadratic_cost, **options):
    net = nn.MLP(sizes, rng=0, node=Value, **options)
    x = leaves(np.full((1, sizes[0]), 0.5), np.reshape(labels("a", sizes[:1], 0, Value), (1, -1)))
    y = leaves(np.eye(sizes[-1])[:1], [[f"y_{j}" for j in range(sizes[-1])]])
    a = net(x)
    return compile([cost(a, y).with_label("C"), *a.ravel()], [*x.ravel(), *y.ravel()], net.parameters())


def test_the_default_net_is_the_same_program_on_tensors_and_on_values():
    sizes = (30, 8, 6, 5)
    tensors, values = of_tensors(sizes), of_values(sizes)
    assert str(tensors) == str(values)
    assert str(tensors).splitlines()[:2] == [
        "z1 = W1 @ a0 + b1         (8 x 30)",
        "a1 = sigmoid(z1)          (8)",
    ]
    kinds = [[type(step) for step in program._array_program.steps] for program in (tensors, values)]
    assert kinds[0] == kinds[1]
    theta = np.random.default_rng(0).normal(size=tensors.parameters)
    X = np.random.default_rng(1).uniform(size=(7, tensors.inputs))
    for ours, theirs in zip(
        tensors.value_grad_and_outputs(theta, X), values.value_grad_and_outputs(theta, X), strict=True
    ):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("activation", [relu, tanh, ag.gelu, softmax, [tanh, relu, nn.identity]])
def test_costs_and_activations(activation):
    cost = nn.cross_entropy if isinstance(activation, list) else nn.half_squared_error
    tensors, values = (of((4, 6, 5, 3), cost, activation=activation) for of in (of_tensors, of_values))
    theta = np.random.default_rng(0).normal(size=tensors.parameters)
    X = np.abs(np.random.default_rng(1).normal(size=(6, tensors.inputs)))
    for ours, theirs in zip(
        tensors.value_grad_and_outputs(theta, X), values.value_grad_and_outputs(theta, X), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_a_large_net_has_no_line_of_python_for_each_weight():
    program = of_tensors((784, 512, 10))
    assert program.parameters == 407_050
    assert str(program).splitlines()[0].split("(")[0].strip() == "z1 = W1 @ a0 + b1"
    assert len(program._array_program.steps) == 9


# -- nets that a user writes -----------------------------------------------------------------------


def layer_norm(x, gain, bias):
    off = x - x.mean(axis=-1, keepdims=True)
    return off / ((off * off).mean(axis=-1, keepdims=True) + 1e-5) ** 0.5 * gain + bias


def attention(X, P):
    (x,), (Q, K, V, gain, bias) = X, P
    n = layer_norm(x, gain, bias)
    return [x + softmax((n @ Q) @ (n @ K).T * 0.5) @ (n @ V)]


def convolution(X, P):
    (image,), (K, W) = X, P
    i, j = np.arange(6), np.arange(3)
    rows, columns = i[:, None, None, None] + j[:, None], i[:, None, None] + j
    h = relu(image[rows, columns].reshape(36, 9) @ K.T)
    pooled = h.reshape(3, 2, 3, 2, 4).max(axis=(1, 3)).reshape(-1)
    return [W @ pooled, ag.log_softmax(W @ pooled)]


def recurrent(X, P):
    (x,), (W, U, b) = X, P
    state = np.zeros(4)
    for t in range(len(x)):
        state = tanh(W @ x[t] + U @ state + b)
    return [state, ag.concatenate([state[::-1], x[0] * b[:2]]), ag.stack([state, b])]


def physics(X, P):
    """The slope of a net of one input, recorded."""
    (x,), (w, b, v) = X, P
    y = (v * tanh(w * x + b)).sum()
    y.backward(create_graph=True)
    slope = x.grad
    for leaf in (x, w, b, v):
        leaf.grad = None
    return [slope, (v * tanh(w * x + b)).sum()]


NETS = [
    (attention, [(5, 4)], [(4, 4), (4, 4), (4, 4), (4,), (4,)]),
    (convolution, [(8, 8)], [(4, 9), (3, 36)]),
    (recurrent, [(3, 2)], [(4, 2), (4, 4), (4,)]),
    (physics, [(1,)], [(6,), (6,), (6,)]),
]


@pytest.mark.parametrize("dtype", [FLOAT, np.dtype(np.float32)])
@pytest.mark.parametrize(("net", "inputs", "parameters"), NETS)
def test_nets(net, inputs, parameters, dtype):
    rng = np.random.default_rng(3)
    compare(net, *([rng.normal(size=shape) for shape in shapes] for shapes in (inputs, parameters)), dtype)


STEPS = [
    lambda x, W: x @ W, lambda x, W: (W @ x.T).T, lambda x, W: tanh(x) + W[0], lambda x, W: x * W[:, 0] - x,
    lambda x, W: softmax(x), lambda x, W: x - logsumexp(x, axis=1, keepdims=True), lambda x, W: x[:, ::-1],
    lambda x, W: ag.concatenate([x[:, 1:], x[:, :1] * W[1, 1]], axis=1), lambda x, W: x / (1 + x * x),
    lambda x, W: ag.cumsum(x, axis=0), lambda x, W: x - x.max(axis=0), lambda x, W: maximum(x, W[:2]),
    lambda x, W: np.einsum("ij,kj->ik", x, W) + x, lambda x, W: where(W[0] + 0.3, x, -x), lambda x, W: -x * x,
    lambda x, W: x - x.mean() + 3.0 - (x - 2.0), lambda x, W: np.pad(x, ((0, 0), (1, 0)))[:, :-1] - x,
    lambda x, W: ag.stack([x[0], W[0]]), lambda x, W: (W @ W)[:2] + x, lambda x, W: ag.prod(x, axis=0) + x,
    lambda x, W: x * W[0] / (ag.linalg.norm(x, axis=1, keepdims=True) + 1),
    lambda x, W: np.outer(W[1], x[0])[:2], lambda x, W: x[[1, 0]] * W[[0, 0]] - W[1:],
    lambda x, W: ag.linalg.solve(W @ W.T + 3 * np.eye(3), x.T).T,
    lambda x, W: ag.einsum("ij,ij,jk->ik", x, x, W), lambda x, W: (x * W[0]).sum(axis=1, keepdims=True) * x,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_random_graphs(seed):
    rng = np.random.default_rng(seed)
    # Of each step the operation, the node that it is applied to, counted from the last, and the parameter.
    chosen = [(STEPS[rng.integers(len(STEPS))], rng.integers(1, 4), rng.integers(2)) for _ in range(7)]

    def graph(X, P):
        nodes = [X[0]]
        for step, back, k in chosen:
            nodes.append(step(nodes[max(-back, -len(nodes))], P[k]))
        return [nodes[-2] + nodes[-1] + nodes[0] * 0.5, nodes[2]]

    parameters = [rng.normal(size=(3, 3)) / 2 for _ in range(2)]
    for dtype in (FLOAT, np.dtype(np.float32)):
        compare(graph, [rng.normal(size=(2, 3))], parameters, dtype, rtol=1e-9)


def test_numbers_that_all_examples_share_beside_others():
    """In one product of matrices, in one sum, in one step: some windows and terms are parameters alone."""

    def graph(X, P):
        (x,), (W, v, u) = X, P
        columns = ag.stack([x, v, u, v * u], axis=1)
        product = W @ columns
        long = v + u - v * u + W[0] - W[1] + W[2] * u + x * W[0] + exp(u)
        return [product, product[:, 1] * 2.0, (W @ ag.stack([x, v], axis=1))[:, 1], long, exp(columns)]

    compare(graph, [np.ones(3)], [np.eye(3) + 0.5, np.array([0.1, 0.2, 0.3]), np.array([0.5, 0.2, 0.1])])


# -- numbers ---------------------------------------------------------------------------------------


def test_the_number_that_a_softmax_takes_out_is_that_of_each_example():
    x = Tensor(np.zeros(3))
    program = compile_examples([softmax(x), ag.log_softmax(x), logsumexp(x)], [x], [])
    X = np.array([[1000.0, 1000.0, -1000.0], [0.0, 1.0, 2.0]])
    with np.errstate(all="raise", under="ignore"):
        results = program([], X)
    for row, result in zip(X, results, strict=True):
        expected = flat(f(Tensor(row)).data for f in (softmax, ag.log_softmax, logsumexp))
        np.testing.assert_allclose(result, expected, rtol=1e-15)


def test_numbers_that_tie_share_the_derivative():
    for n in (4, 11):  # one after another, and in pairs
        x = Tensor(np.arange(n))
        for f in (lambda x: x.max(), lambda x: x.min()):
            program = compile_examples([f(x)], [], [x])
            for row in (np.resize([2.0, 2.0, 1.0, 2.0, 1.0], n), np.full(n, 3e300), -np.arange(n)):
                y = Tensor(row)
                f(y).backward()
                value, gradient = program.value_and_grad(row)
                assert value == f(y).item()
                np.testing.assert_allclose(gradient, y.grad, rtol=1e-15)


def test_nan_and_infinities_are_results_with_numpys_warnings():
    w, x = Tensor([1.0, 1.0], label="w"), Tensor([1.0, 2.0], label="x")
    program = compile_examples([(w * log(x)).sum()], [x], [w])
    X = [[0.0, 1.0], [1.0, 1.0], [np.nan, 1.0]]
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        results = program([1.0, 1.0], X)
    assert np.array_equal(results[:, 0], [-np.inf, 0.0, np.nan], equal_nan=True)
    with np.errstate(all="ignore"):
        mean, gradient = program.value_and_grad([1.0, 1.0], X[:2])
    assert (mean, gradient.tolist()) == (-np.inf, [-np.inf, 0.0])
    single = compile_examples([exp(x).sum()], [x], [], "float32")
    with np.errstate(all="ignore"):
        assert single([], [[100.0, 0.0], [0.0, 0.0]]).ravel().tolist() == [np.inf, 2.0]


@pytest.mark.parametrize("f", [logsumexp, ag.log_softmax, softmax, ag.max, ag.min])
def test_infinities_have_the_results_that_tensors_give(f):
    """Where the largest number is taken out, too: the difference of two infinities is nan."""
    x = Tensor(np.arange(6.0))
    program = compile_examples([f(x)], [x], [])
    pairs = [*itertools.product([np.inf, -np.inf, np.nan, 1.0], repeat=2)]
    X = np.array([[a, b, 2.0, 0.0, b, a] for a, b in pairs] + [[a] * 6 for a, _ in pairs[::4]])
    with np.errstate(all="ignore"):
        expected = np.array([np.ravel(f(Tensor(row)).data) for row in X])
        np.testing.assert_allclose(program([], X), expected, rtol=1e-15)
        if f is not softmax:  # of Values it is nan for all, if one is nan
            values = [np.ravel(f(np.array([*map(Value, row)]))) for row in X.tolist()]
            numbers = [[y.data for y in row] for row in values]
            np.testing.assert_allclose(numbers, expected, rtol=1e-15)


def test_a_division_by_the_number_0():
    w = Tensor([1.0, -1.0])
    with np.errstate(all="ignore"):
        program = compile_examples([(w / 0.0).sum() + (w * np.array([np.inf, 0.0])).sum()], [], [w])
        assert np.isnan(program([1.0, -1.0])).all()


def test_a_single_is_computed_in_singles():
    net = nn.MLP([3, 2], rng=0, dtype=np.float32)
    x = Tensor(np.ones((1, 3), np.float32))
    program = compile_examples([nn.quadratic_cost(net(x), np.zeros((1, 2)))], [x], net.parameters())
    assert program.dtype == np.float32
    assert compile_examples([x.sum()], [x], [], "float64").dtype == np.float64


# -- steps -----------------------------------------------------------------------------------------


def steps(outputs, inputs, parameters):
    return compile_examples(outputs, inputs, parameters)._array_program.steps


def test_numbers_that_nothing_needs_are_not_computed():
    x = Tensor(np.arange(1.0, 101.0))
    (step,) = steps([exp(x)[3:5]], [x], [])
    assert isinstance(step, RowStep)
    assert step.block.size == 2


def test_equal_operations_are_done_once():
    x = Tensor([1.0, 2.0])
    assert len(steps([exp(x) * 2.0, 3.0 * exp(x)], [x], [])) == 2


def test_additions_one_after_another_are_one_sum():
    x, w, b = Tensor([1.0, 2.0], label="x"), Tensor([1.0, 2.0], label="w"), Tensor([0.0, 0.0], label="b")
    (step,) = steps([w * x - (b - 2.0)], [x], [w, b])
    assert isinstance(step, Sum)
    assert [(term.sign, term.factor is None) for term in step.terms] == [(1, False), (-1, True), (1, True)]


def test_a_weighted_sum_is_a_product_of_matrices():
    x, w = Tensor(np.ones(9), label="x"), Tensor(np.ones(9), label="w")
    (step,) = steps([(w * x).sum()], [x], [w])
    assert isinstance(step, MatrixProduct)
    assert step.shape == (1, 9, 1)


def test_a_matrix_of_weights_is_read_where_it_lies():
    x, W = Tensor(np.ones((1, 6)), label="x"), Tensor(np.ones((6, 5)), label="W")
    program = compile_examples([tanh(x @ W).sum()], [x], [W])
    assert "W.T @ x" in str(program)
    assert "take(" not in program.source
    compare(
        lambda X, P: [tanh(X[0] @ P[0])], [np.ones((1, 6))], [np.random.default_rng(0).normal(size=(6, 5))]
    )


def test_leaves_in_several_roles():
    x, w = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    unused = Tensor(np.ones(2))
    program = compile_examples([(x * x * w).sum(), w, unused], [x], [w, x, unused])
    mean, gradient, outputs = program.value_grad_and_outputs([1.0, 2.0, 9.0, 9.0, 7.0, 7.0], [[3.0, 4.0]])
    assert mean == 41.0
    assert gradient.tolist() == [9.0, 16.0, 6.0, 16.0, 0.0, 0.0]
    assert outputs.tolist() == [[41.0, 1.0, 2.0, 7.0, 7.0]]


def test_a_program_is_pickled():
    program = of_tensors((3, 2))
    theta, X = np.ones(program.parameters), np.ones((4, program.inputs))
    assert np.array_equal(pickle.loads(pickle.dumps(program))(theta, X), program(theta, X))


# -- rows of a user's, and rows without a form -----------------------------------------------------


def test_rows_of_a_users():
    bump = define(UserRow("bump_lowered", lambda x: 1 / (1 + x * x), partials="-2 * x * out * out"))
    mix = define(
        ArrayRow(
            "mix_lowered",
            lambda x: x + 2 * np.roll(x, 1, -1),
            lambda g, x: g + 2 * np.roll(g, -1, -1),
            samples=[(np.arange(3.0),)],
        )
    )
    compare(lambda X, P: [mix(bump(X[0] * P[0]))], [np.ones((2, 3))], [np.array([0.5, 1.0, 2.0])])


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: np.linalg.eigvalsh(x).sum(), "eigvalsh has no form in scalars"),
        (lambda x: np.linalg.inv(np.pad(x, 4) + np.eye(10)), r"inv of \(10, 10\)"),
        (lambda x: np.tile(x, (50, 50)) @ np.tile(x, (50, 50)).T, "the product of .* 1,000,000 terms"),
    ],
)
def test_a_reason_for_what_has_no_form(function, reason):
    x = Tensor(np.eye(2) + 0.1)
    with pytest.raises(CannotLower, match=reason):
        compile_examples([function(x)], [x], [])


def test_a_function_of_too_many_operations(monkeypatch):
    monkeypatch.setattr(replay, "LONGEST", 10)
    x = Tensor(np.eye(3))
    with pytest.raises(CannotLower, match=r"inv of \(3, 3\): \d+ operations on scalars"):
        compile_examples([np.linalg.inv(x)], [x], [])


def test_only_leaves_are_inputs_and_parameters():
    x = Tensor([1.0])
    with pytest.raises(ValueError, match="leaves"):
        compile_examples([x * 2], [x * 1], [])
