"""Every row of Tensors, compiled, on numbers of its domain and beyond it, beside the eager engine."""

import numpy as np
import pytest
from tensor_programs import assert_like_eager

from autograd import sigmoid
from autograd._graph.primitive import PRIMITIVES, lookup
from autograd._table.array_rows import ArrayRow
from autograd._table.define import rows

rng = np.random.default_rng(0)
DTYPES = ["float32", "float64"]


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
