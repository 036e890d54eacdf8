"""Programs of Tensors: every row of both tables beside the eager engine, arguments, shapes, memory, errors."""

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
            ([(2, 3)], {"axis": 1, "keepdims": True}), ([()], {"axis": 0}), ([(0, 3)], {"axis": 0}), ([(2000, 3)], {"axis": 0})],
    "max": [([(2, 3)], {}), ([(2, 3)], {"axis": 0, "keepdims": True})],
    "min": [([(2, 3)], {"axis": (0, 1)}), ([(2, 3)], {"axis": -1})],
    "logsumexp": [([(2, 3)], {"axis": -1}), ([(2, 3)], {})],
    "cumsum": [([(2, 3)], {"axis": 0}), ([(2, 3)], {"axis": -1})],
    "astype": [([(2, 3)], {"dtype": np.dtype("float32")}), ([(2, 3)], {"dtype": np.dtype("float64")})],
    "sum_to": [([(2, 3)], {"shape": (3,)}), ([(4, 2, 3)], {"shape": (2, 1)}), ([(2, 3)], {"shape": ()})],
    "broadcast_to": [([(3,)], {"shape": (2, 3)}), ([()], {"shape": (2, 3)}), ([(2, 1)], {"shape": (2, 2, 3)})],
    "reshape": [([(2, 3)], {"shape": (3, 2)}), ([(2, 3)], {"shape": -1}), ([(2, 3)], {"shape": (2, -1, 1)})],
    "transpose": [([(2, 3)], {"axes": (1, 0)}), ([(2, 3, 4)], {"axes": (1, -1, 0)})],
    "getitem": [([(4, 3)], {"index": i}) for i in (
        1, slice(1, None), (slice(None), -1), (Ellipsis, 0), None, (slice(None, None, -2), slice(0, 2)), (2, 1),
        np.array([0, 2, 2]), (np.array([0, 1, 1]), np.array([2, 2, 2])), np.array([True, False, True, True]),
        (slice(None), np.array([0, 0])), (None, 2, Ellipsis, None))],
    "put": [([(3,)], {"index": (1,), "shape": (4, 3)}), ([(3,)], {"index": np.array([0, 1, 1]), "shape": (4,)})],
    "puts": [([(3,), (3,)], {"indices": ((1,), (1,)), "shape": (4, 3)}), ([(2, 3), (3,)], {"indices": (slice(0, 2), 1), "shape": (4, 3)})],
    "matmul": [([a, b], {}) for a, b in (
        ((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (3,)),
        ((3,), (5, 3, 2)))],
    "affine": [([(4, 3), (3,), (4,)], {}), ([(4, 3), (2, 3), (4,)], {}), ([(3,), (2, 3), ()], {}), ([(4, 3), (2, 3), ()], {})],
    "concatenate": [([(2, 3), (1, 3)], {"axis": 0}), ([(2, 3), (2, 1), (2, 0)], {"axis": -1})],
    "stack": [([(2, 3), (2, 3)], {"axis": 0}), ([(2, 3), (2, 3)], {"axis": -1})],
    "einsum": [([(2, 3), (3, 4)], {"subscripts": "ij,jk->ik"}), ([(3, 3)], {"subscripts": "ii->"}), ([(2, 3), (3, 4), (4, 2)], {"subscripts": "ij,jk,ki->i"})],
    "norm": [([(2, 3)], {"order": 2.0, "axes": (0, 1)}), ([(2, 3)], {"order": 3.0, "axes": (1,), "keepdims": True})],
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
