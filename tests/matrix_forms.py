"""The forms in which `tests/autograd/test_numpy_names.py` calls functions of linear algebra."""

from typing import Any

import numpy as np
from numpy_forms import CUBE, EMPTY, MATRIX, POINT, SINGLE, array, call

VECTOR = np.array([0.9, 0.3, 0.6])
SINGLE_VECTOR = array(3, dtype=np.float32)
SQUARE, SQUARES = array(3, 3) + np.eye(3), array(2, 1, 3, 3) + np.eye(3)
SINGLE_SQUARE = SQUARE.astype(np.float32)
SYMMETRIC, SYMMETRICS = (x @ x.swapaxes(-1, -2) + np.eye(3) for x in (SQUARE, SQUARES))
RANK_TWO = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.5], [3.0, 6.0, 9.5]])
WITH_NAN = np.array([[1.0, np.nan], [0.5, 2.0]])
NONE = np.empty((0, 0))
OUT = np.empty((3, 3))

ODD = [call(POINT), call(VECTOR), call(MATRIX), call(EMPTY), call("a"), call(None), call()]
SQUARED = [
    call(SQUARE), call(SQUARES), call(SINGLE_SQUARE), call(a=SQUARE), call(SQUARE.T), call(NONE),
    call(WITH_NAN),
    call(np.zeros((3, 3))), call(SQUARE[:1, :1]), call(SQUARES[:0]), *ODD,
]  # fmt: skip
PAIRS = [
    call(VECTOR, VECTOR), call(MATRIX, VECTOR), call(VECTOR, MATRIX), call(MATRIX, MATRIX),
    call(POINT, VECTOR),
    call(VECTOR, POINT), call(2.0, VECTOR), call(VECTOR, 2), call(POINT, 2.0), call(VECTOR, [1, 2, 3]),
    call([True, False, True], VECTOR), call(SINGLE, SINGLE), call(SINGLE_VECTOR, SINGLE_VECTOR),
    call(SINGLE, VECTOR), call(SINGLE_VECTOR, np.float32(2)), call(CUBE, CUBE), call(CUBE, VECTOR),
    call(CUBE, array(5, 4)), call(array(5, 4), CUBE), call(EMPTY, EMPTY), call(EMPTY, VECTOR),
    call(VECTOR, VECTOR[:2]),
    call(VECTOR, "a"), call(VECTOR, None), call(VECTOR, 1j), call(VECTOR), call(CUBE, CUBE[0]),
]  # fmt: skip
DIAGONALS = [
    call(SQUARE), call(MATRIX), call(CUBE), call(SINGLE), call(CUBE, 1), call(CUBE, -1), call(CUBE, 5),
    call(CUBE, -9),
    call(CUBE, 1, 1, 2), call(CUBE, offset=1, axis1=-1, axis2=0), call(CUBE, 0, 2, 0), call(CUBE, 0, 1, 1),
    call(CUBE, 0, 1, -2), call(CUBE, 0, 0, 3), call(CUBE, 0, -4, 0), call(VECTOR), call(POINT), call(EMPTY),
    call(a=CUBE),
    call(CUBE, np.int64(1)), call(CUBE, 1.0),
]  # fmt: skip
EINSUMS = [
    call("ij,jk->ik", MATRIX.T, SQUARE), call("ij,jk", MATRIX.T, SQUARE), call("ij,jk->", MATRIX.T, SQUARE),
    call("ba,b", MATRIX, VECTOR), call(" i j , i -> j ", MATRIX, VECTOR), call("ij->ji", MATRIX),
    call("ji", MATRIX),
    call("ii", SQUARE), call("ii->i", SQUARE), call("iij->ji", array(2, 2, 3)),
    call("ijij->j", array(2, 3, 2, 3)),
    call("iii", array(2, 2, 2)), call("ii,ii->i", SQUARE, SQUARE), call("ij->", MATRIX),
    call("ij->j", MATRIX),
    call("i,j", VECTOR, VECTOR), call("i,i,i", VECTOR, VECTOR, VECTOR),
    call("i,ij,j", VECTOR, SQUARE, VECTOR),
    call("i,ij,j", VECTOR, SQUARE, VECTOR, optimize=True),
    call("ij,jk,kl->il", SQUARE, SQUARE, MATRIX, optimize="optimal"),
    call("ij,jk,kl->il", SQUARE, SQUARE, MATRIX, optimize=["einsum_path", (1, 2), (0, 1)]),
    call("ij,jk,kl->il", SQUARE, SQUARE, MATRIX, optimize=("greedy", 100)),
    call("ij,jk", SQUARE, SQUARE, optimize=False),
    call("...", MATRIX), call("...i->i...", CUBE), call("...i->...", CUBE), call("...i,...i", CUBE, CUBE),
    call("...ij,...jk", SQUARES, CUBE), call("ij...,j...->i...", array(2, 3, 4), array(3, 1)),
    call("i...->...", VECTOR),
    call("i...j,j", CUBE, array(4)), call("...,...", CUBE, 2.0), call(",i", 2.0, VECTOR),
    call("i,", VECTOR, POINT),
    call(",", POINT, POINT), call("", POINT), call("->", POINT), call("i,i", VECTOR, VECTOR[:1]),
    call("i,i", VECTOR[:1], VECTOR),
    call("ij,ij->ij", MATRIX[:1], MATRIX), call("ij,ij->j", MATRIX[:1], MATRIX),
    call("ij,ij->", MATRIX[:1], MATRIX[:, :1]),
    call("i,i->i", VECTOR, SINGLE_VECTOR), call("i,i->i", SINGLE_VECTOR, SINGLE_VECTOR),
    call("ij->i", SINGLE),
    call("i,i", SINGLE_VECTOR, np.array([1, 2, 3])), call("i,i", VECTOR, [1, 2, 3]), call("ij->", EMPTY),
    call("ij->j", EMPTY),
    call("ij,kj->ik", EMPTY, MATRIX.T), call(MATRIX, [0, 1]), call(MATRIX, [1, 0]),
    call(MATRIX, [0, 1], [1, 0]),
    call(MATRIX, (0, 5), VECTOR, [0]), call(MATRIX, [0, 1], VECTOR, [0], [1]), call(CUBE, [..., 7], [7, ...]),
    call(CUBE, [0, ...], array(2), [0], [...]), call(SQUARE, [3, 3]), call(SQUARE, [3, 3], []),
    call(MATRIX, np.array([51, 0])),
    call("Aa,a->A", MATRIX, array(2)), call("aA", MATRIX), call("zyx", CUBE),
    call("ij,jk->ik", MATRIX, SQUARE), call("ij,j", MATRIX, VECTOR), call("i", MATRIX), call("ijk", MATRIX),
    call("i,j", VECTOR),
    call("i", VECTOR, VECTOR), call("ii", MATRIX), call("ij->k", MATRIX), call("ij->ii", MATRIX),
    call("i$", MATRIX),
    call("i..", VECTOR), call("i->i->i", VECTOR), call("...i->i", CUBE), call("...ij", VECTOR),
    call("......", VECTOR),
    call(MATRIX, [0, 52]), call(MATRIX, [0, -1]), call(MATRIX, ["i", "j"]), call(MATRIX, 0), call("ij"),
    call(MATRIX), call(),
    call("ij->ji", MATRIX, out=np.empty((2, 3))), call("ij->ji", MATRIX, dtype=np.float32),
    call("ij->ji", MATRIX, order="F"),
    call("ij->ji", MATRIX, casting="unsafe"), call("ij->ji", MATRIX, order="K", casting="safe"),
]  # fmt: skip
NORMED = [
    *(call(x) for x in (POINT, VECTOR, MATRIX, CUBE, EMPTY, SINGLE)), call(x=VECTOR),
    call(CUBE, keepdims=True),
    *(call(VECTOR, ord) for ord in (None, 1, 2, 3, 0.5, -1)),
    *(call(VECTOR, ord) for ord in (-2, np.inf, -np.inf, 0, "fro", "nuc", "x", np.float64(2))),
    *(call(MATRIX, ord) for ord in (None, 1, 2, 3, -1, -2, np.inf, -np.inf, 0, "fro", "f", "nuc", "x")),
    *(call(CUBE, ord, axis) for ord in (None, 1, 2, np.inf) for axis in (0, -1, (0, 1), (2, 0), (-1, 1))),
    *(call(CUBE, ord, (0, 2), keepdims=True) for ord in (1, -1, 2, np.inf, "nuc", "fro")),
    call(CUBE, 3, 1, True),
    call(CUBE, 2), call(CUBE, axis=3), call(CUBE, axis=(0, 0)), call(CUBE, axis=(0, 1, 2)),
    call(CUBE, axis=1.0),
    call(SINGLE, 1), call(SINGLE, 2), call(SINGLE, 3, 0), call(np.zeros(3)), call(np.zeros((2, 3)), axis=1),
    call(np.array([[3.0, -4.0], [0.0, 0.0]]), axis=1), call(-MATRIX, -1), call(VECTOR, axis=np.int64(0)),
    call(WITH_NAN),
    call(np.array([np.inf, 1.0])), call("a"), call(),
]  # fmt: skip
CHAINS = [
    call([SQUARE, MATRIX]), call((VECTOR, SQUARE, MATRIX)), call([MATRIX.T, SQUARE, VECTOR]),
    call([VECTOR, VECTOR]),
    call([MATRIX.T, SQUARE, SQUARE, MATRIX, array(2, 5)]), call([VECTOR, SQUARE, VECTOR]),
    call([SINGLE.T, SINGLE]),
    call([SQUARE]), call([MATRIX, MATRIX]), call([SQUARE, VECTOR, SQUARE]), call([CUBE, CUBE]),
    call([SQUARE, MATRIX], out=np.empty((3, 2))), call([]), call(),
]  # fmt: skip
LEFT = [
    call(SQUARE, VECTOR), call(SQUARE, MATRIX), call(SQUARES, CUBE), call(SQUARES, VECTOR),
    call(SQUARE, SQUARES),
    call(SINGLE_SQUARE, SINGLE), call(SINGLE_SQUARE, MATRIX), call(SQUARE, [1, 2, 3]),
    call([[2, 0], [1, 1]], array(2)),
    call(SQUARE, b=VECTOR), call(SQUARE, VECTOR[:2]), call(MATRIX, VECTOR), call(SQUARE, POINT),
    call(NONE, np.empty(0)),
    call(np.zeros((3, 3)), VECTOR), call(VECTOR, VECTOR), call(SQUARE), call(SQUARE, "a"),
]  # fmt: skip
UPLO = [
    call(SYMMETRIC, "U"),
    call(SYMMETRIC, UPLO="L"),
    call(SYMMETRIC, "l"),
    call(SYMMETRIC, "u"),
    call(SYMMETRIC, "X"),
]
NO_NAN = [
    form for form in SQUARED if not (form[0] and form[0][0] is WITH_NAN)
]  # LAPACK looks at a triangle only
RECTANGLES = [
    call(MATRIX), call(MATRIX.T), call(CUBE), call(SQUARE), call(SINGLE), call(SQUARES), call(POINT),
    call(VECTOR),
    call("a"), call(),
]  # fmt: skip
THIN = [call(x, full_matrices=False) for x in (MATRIX, MATRIX.T, CUBE, SQUARE, SINGLE)]

FORMS: dict[Any, list[Any]] = {
    np.outer: [*PAIRS, call(VECTOR, VECTOR, OUT), call(VECTOR, VECTOR, out=OUT), call(a=VECTOR, b=VECTOR)],
    np.inner: PAIRS,
    np.vdot: PAIRS,
    np.kron: [*PAIRS, call(a=VECTOR, b=MATRIX)],
    np.tensordot: [
        *PAIRS,
        *(call(CUBE, array(4, 3, 2), axes) for axes in (0, 1, [2, 0], [-1, 0])),
        *(call(CUBE, array(4, 3, 2), axes) for axes in (([2, 1], [0, 1]), ([0, 1], [2, 1]))),
        call(CUBE, CUBE, axes=3), call(CUBE, CUBE, axes=([0], [0])), call(CUBE, CUBE, ((), ())),
        call(CUBE, CUBE, 4),
        call(CUBE, CUBE, ([0, 1], [0])), call(CUBE, CUBE, ([0, 0], [0, 0])), call(CUBE, CUBE, ([3], [0])),
        call(CUBE, CUBE, 1),
        call(CUBE, CUBE, 1.0), call(CUBE, CUBE, (0.0, 0)), call(CUBE, CUBE, np.array([[0], [0]])),
        call(SINGLE, SINGLE, axes=[0, 0]),
        call(CUBE, CUBE, 5), call(CUBE, POINT, 0), call(MATRIX, MATRIX.T, axes=([-1], [0])),
        call(MATRIX, MATRIX, axes="a"),
    ],
    np.cross: [
        *PAIRS, call(array(4, 3), VECTOR), call(array(3, 4), VECTOR, axisa=0),
        call(array(3, 4), array(4, 3), 0, 1, 0),
        call(array(4, 3), array(4, 3), axisc=0), call(array(3, 4), array(3, 4), axis=0),
        call(array(2, 3, 5), array(5, 3), axis=1),
        call(array(3, 4), array(3, 4), axis=2), call(array(4, 3), VECTOR, axisc=2),
        call(array(4, 3), array(5, 3)), call(VECTOR, a=1),
    ],
    np.trace: [*DIAGONALS, call(CUBE, dtype=np.float32), call(CUBE, dtype=np.float64),
    call(CUBE, 0, 0, 1, None, OUT[0])],
    np.diag: [
        *(call(x, *k) for x in (VECTOR, MATRIX, SINGLE, SINGLE_VECTOR) for k in ((), (1,), (-2,))),
        call(VECTOR, k=3), call(MATRIX, 9),
        call(v=VECTOR), call(CUBE), call(POINT), call(EMPTY[:, 0]), call(VECTOR, 1.0), call(VECTOR, "a"),
    ],
    np.diagflat: [call(VECTOR), call(MATRIX, 1), call(SINGLE, -1), call(v=MATRIX, k=2), call(POINT),
    call(CUBE), call(EMPTY)],
    np.einsum: EINSUMS,
    np.linalg.norm: NORMED,
    np.linalg.vector_norm: [
        call(VECTOR), call(CUBE), call(CUBE, axis=1), call(CUBE, axis=(0, 2), ord=3),
        call(CUBE, keepdims=True, ord=1),
        call(CUBE, axis=(0, 1, 2), ord=np.inf), call(CUBE, axis=-1, keepdims=True, ord=-1), call(SINGLE),
        call(CUBE, axis=4),
    ],
    np.linalg.matrix_norm: [
        *(call(CUBE, ord=ord) for ord in ("fro", 1, -1, 2, np.inf, "nuc", 3)), call(MATRIX, keepdims=True),
        call(VECTOR),
    ],
    np.linalg.inv: SQUARED,
    np.linalg.solve: LEFT,
    np.linalg.det: [*SQUARED, call(RANK_TWO)],
    np.linalg.slogdet: [*SQUARED, call(-SQUARE), call(1e200 * SQUARE)],
    np.linalg.cholesky: [*NO_NAN, call(SYMMETRIC), call(SYMMETRICS), call(SYMMETRIC, upper=True),
    call(-SYMMETRIC)],
    np.linalg.eigh: [*NO_NAN, call(SYMMETRIC), call(SYMMETRICS), *UPLO],
    np.linalg.eigvalsh: [*NO_NAN, call(SYMMETRIC), call(SYMMETRICS), *UPLO],
    np.linalg.svd: [
        *RECTANGLES, *THIN, call(SQUARE, True), call(MATRIX, False), call(CUBE, False, False),
        call(MATRIX, compute_uv=False),
        call(MATRIX, True, False), call(SYMMETRIC, hermitian=True), call(SYMMETRIC, False, False, True),
        call(WITH_NAN),
    ],
    np.linalg.svdvals: RECTANGLES,
    np.linalg.pinv: [
        *RECTANGLES, call(RANK_TWO), call(MATRIX, 0.5), call(MATRIX, rcond=1e-3), call(MATRIX, rtol=0.5),
        call(MATRIX, rtol=None),
        call(MATRIX, 0.5, rtol=0.5), call(SYMMETRIC, hermitian=True), call(SYMMETRIC, None, False),
        call(np.zeros((2, 3))),
    ],
    np.linalg.lstsq: [
        call(array(5, 3), array(5)), call(array(5, 3), array(5, 2)), call(array(2, 3), array(2)),
        call(SQUARE, VECTOR),
        call(RANK_TWO, VECTOR), call(array(5, 3), array(5), 0.5), call(array(5, 3), array(5), rcond=None),
        call(MATRIX, array(2)),
        call(CUBE, VECTOR), call(SINGLE, SINGLE_VECTOR), call(VECTOR, VECTOR),
        call(array(5, 3), [1, 2, 3, 4, 5]),
    ],
    np.linalg.matrix_power: [
        *(call(SQUARE, n) for n in (0, 1, 2, 3, 7, -1, -3, np.int64(2), 2.0, "a")), call(SQUARES, 3),
        call(SINGLE_SQUARE, 2),
        call(SINGLE_SQUARE, 0), call(MATRIX, 2), call(VECTOR, 2), call(np.zeros((3, 3)), -1),
        call(a=SQUARE, n=2), call(SQUARES, 0),
    ],
    np.linalg.multi_dot: CHAINS,
    np.linalg.cross: [call(VECTOR, VECTOR), call(array(3, 4), array(3, 4), axis=0), call(VECTOR, VECTOR[:2])],
    np.linalg.diagonal: [call(CUBE), call(CUBE, offset=1), call(SQUARE, offset=-1), call(VECTOR)],
    np.linalg.trace: [call(CUBE), call(CUBE, offset=1), call(SQUARE), call(SQUARE, dtype=np.float32)],
    np.linalg.matmul: [call(SQUARE, MATRIX), call(SQUARE, VECTOR), call(SQUARES, CUBE), call(MATRIX, MATRIX)],
    np.linalg.matrix_rank: [
        call(MATRIX), call(RANK_TWO), call(CUBE), call(VECTOR), call(MATRIX, 0.5),
        call(A=SQUARE, tol=9.0), call(SYMMETRIC, None, True), call(SYMMETRIC, rtol=0.5),
    ],
    np.linalg.matrix_transpose: [call(MATRIX), call(CUBE), call(VECTOR)],
    np.linalg.tensordot: [call(CUBE, CUBE, axes=3), call(CUBE, CUBE, axes=([0, 1], [0, 1])),
    call(CUBE, CUBE)],
}  # fmt: skip
