"""The fast walk over Tensors, held to the general one; parts that are joined and cut in it."""

import functools
import operator
import random
import tracemalloc

import numpy as np
import pytest

import autograd
from autograd import (
    Tensor,
    concatenate,
    grad,
    hessian,
    hvp,
    logsumexp,
    max,
    mean,
    softmax,
    stack,
    sum,
)
from autograd._derivatives import sweeps, tensor_sweep
from autograd._functions.matrices.dot import affine
from autograd._graph.primitive import lookup
from autograd._table.array_rules import linear
from autograd._table.define import rows

rng = np.random.default_rng(0)


def array(*shape):
    return rng.normal(size=shape)


# -- the fast walk ----------------------------------------------------------------------------------

SHAPES = [(2, 3), (3,), (), (2, 1), (3, 2), (3, 3)]
ARRAY_OPS = [
    lambda pick: sum(pick(), axis=draw_axis(pick)),
    lambda pick: max(pick(), axis=draw_axis(pick), keepdims=True),
    lambda pick: logsumexp(pick(), axis=draw_axis(pick)),
    lambda pick: softmax(pick()),
    lambda pick: mean(pick()),
    lambda pick: pick() @ pick(),
    lambda pick: affine(pick(), pick(), pick()),
    lambda pick: pick().T,
    lambda pick: pick().reshape(-1),
    lambda pick: pick()[0],
    lambda pick: pick()[[0, 0, 1]],
    lambda pick: pick()[..., :1],
    lambda pick: concatenate([pick(), pick()]),
    lambda pick: stack([(x := pick()), x * 0.5]),
    lambda pick: stack([row * 0.7 for row in pick.rows()], axis=-1),
    lambda pick: concatenate([part.reshape(-1) for x in pick.pair() for part in (x, *x, x[::2], x[[0, 0]])]),
    lambda pick: functools.reduce(operator.add, [row * row for row in pick.rows()]),
    lambda pick: pick().min(axis=draw_axis(pick)),
    lambda pick: pick().cumsum(axis=draw_axis(pick)),
    lambda pick: pick().prod(axis=draw_axis(pick), keepdims=True),
    lambda pick: autograd.sort(pick(), axis=draw_axis(pick)),
    lambda pick: np.hstack(autograd.array_split(pick.rows(), 2)[::-1]),
    lambda pick: autograd.pad(pick.rows(), 1, "edge"),
    lambda pick: np.rot90(autograd.atleast_2d(pick())),
    lambda pick: pick().astype(np.float64) + np.tril(pick.rows()),
]


def draw_axis(pick):
    return pick.choice([None, 0, -1])


class Pick:
    """Tensors already there, drawn by a seed; now and then a constant."""

    def __init__(self, seed, nodes):
        self.random, self.nodes = random.Random(seed), nodes
        self.choice = self.random.choice

    def __call__(self):
        return self.choice(self.nodes)

    def rows(self):
        return self.choice([node for node in self.nodes if node.ndim])

    def pair(self):
        return self.rows(), self.rows()


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize(("dtypes", "tolerance"), [((np.float64,), 1e-10), ((np.float32, np.float64), 1e-3)])
def test_the_array_walk_is_the_general_walk(seed, dtypes, tolerance):
    """Random graphs of all rows, with much sharing, of one dtype and of two."""
    leaves = [
        Tensor(np.random.default_rng(seed).uniform(0.2, 0.8, shape).astype(dtype))
        for shape in SHAPES
        for dtype in dtypes
    ]
    nodes = list(leaves)
    pick = Pick(seed, nodes)
    public = [row for row in rows() if row.public]
    while len(nodes) < 70:
        row = pick.choice(public)
        try:
            with np.errstate(all="ignore"):
                if pick.random.random() < 0.5:
                    node = pick.choice(ARRAY_OPS)(pick)
                else:
                    rest = [pick.choice([pick(), 0.5, np.full(3, 0.7)]) for _ in range(row.arity - 1)]
                    node = row(pick(), *rest)
        except (ValueError, IndexError):  # shapes that do not fit
            continue
        if 0 < node.size < 100 and np.all((np.abs(node.data - 0.5) < 0.45) & (node.data != 0)):
            nodes.append(node)
    root = Tensor(0.0)
    for node in nodes:
        root = root + node.sum()
    fast, general = tensor_sweep.adjoints(root, np.ones(())), sweeps.adjoints(root, np.ones(()))
    recorded = sweeps.adjoints(root, np.ones(()), create_graph=True)
    assert fast.keys() == general.keys() == recorded.keys()
    for node, adjoint in fast.items():
        assert (adjoint.shape, adjoint.dtype) == (node.shape, node.dtype)
        assert np.all(np.isfinite(adjoint))
        scale = 1 + np.abs(adjoint).max(initial=0.0)
        np.testing.assert_allclose(adjoint, general[node], rtol=0, atol=tolerance * scale)
        found = np.asarray(getattr(recorded[node], "data", recorded[node]))
        np.testing.assert_allclose(adjoint, found, rtol=0, atol=tolerance * scale)
    root.backward()
    for leaf in leaves:
        np.testing.assert_array_equal(leaf.grad, fast[leaf])


def rows_of(x):
    """A loop over the rows, in which the array is also used whole, and one row twice."""
    total = (x * x).sum()
    for row in x:
        total = total + (row * row * row).sum()
    return total + x[0].sum() + x[[1, 1]].sum()


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_loop_over_rows_makes_no_array_of_the_whole_size_for_each(create_graph):
    numbers = np.random.default_rng(0).normal(size=(400, 2000))
    expected = 2 * numbers + 3 * numbers**2
    expected[0] += 1
    expected[1] += 2
    for x in (leaf := Tensor(numbers), leaf * 1.0):
        root = rows_of(x)
        tracemalloc.start()
        try:
            root.backward(create_graph=create_graph)
            assert tracemalloc.get_traced_memory()[1] < 30 * numbers.nbytes  # 400 for each row once
        finally:
            tracemalloc.stop()
        gradient = x.grad.data if create_graph else x.grad
        np.testing.assert_allclose(gradient, expected, rtol=1e-12)
        leaf.grad = None


def test_a_loop_over_rows_makes_zeros_once(monkeypatch):
    made = []
    put = linear.put.on_arrays
    monkeypatch.setattr(
        linear.put, "on_arrays", lambda *args, **params: made.append(1) or put(*args, **params)
    )
    x = Tensor(np.ones((50, 3)))
    functools.reduce(operator.add, [row.sum() for row in x]).backward()
    np.testing.assert_array_equal(x.grad, np.ones((50, 3)))
    assert len(made) == 1


def test_second_derivatives_through_a_loop_over_rows():
    x = np.random.default_rng(0).normal(size=(3, 2))
    expected = np.diag(2 + 6 * x.ravel()).reshape(3, 2, 3, 2)
    np.testing.assert_allclose(hessian(rows_of)(x), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(hvp(rows_of, x, np.ones((3, 2))), 2 + 6 * x, rtol=1e-12)
    twice = hessian(lambda x: grad(rows_of)(x).sum())(x)
    np.testing.assert_allclose(twice, np.diag(np.full(6, 6.0)).reshape(3, 2, 3, 2), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("joined", [stack, concatenate])
def test_what_is_joined_is_cut_once_and_not_for_each_part(joined, create_graph, monkeypatch):
    calls = []
    row = getattr(linear, joined.__name__)
    transpose = row.array_pulls.transpose
    monkeypatch.setattr(
        row.array_pulls, "transpose", lambda *args, **params: calls.append(1) or transpose(*args, **params)
    )
    leaves = [Tensor([float(i), 1.0]) for i in range(20)]
    joined(leaves).backward(np.arange(40.0).reshape(np.shape(joined(leaves))), create_graph=create_graph)
    for i, leaf in enumerate(leaves):
        np.testing.assert_array_equal(leaf.grad.data if create_graph else leaf.grad, [2 * i, 2 * i + 1])
    assert len(calls) == 1


def test_a_node_is_swept_only_after_its_last_use():
    x = Tensor([1.0, 2.0])
    for long_first in (True, False):
        shared = x * 2.0
        long = shared
        for _ in range(5):
            long = long + 1.0
        parts = (long * 100.0, shared * 10.0)
        x.grad = None
        (parts[0] + parts[1] if long_first else parts[1] + parts[0]).backward(np.ones(2))
        np.testing.assert_array_equal(x.grad, [220.0, 220.0])
        np.testing.assert_array_equal(shared.grad, [110.0, 110.0])


def test_what_has_no_derivative_gets_none():
    x = Tensor([-1.0, 2.0])
    sign = lookup("sign")(x)
    (x + sign).backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])
    np.testing.assert_array_equal(sign.grad, [1.0, 1.0])
    y = Tensor([1.0])
    lookup("sign")(y).backward(np.ones(1))
    assert y.grad is None
