"""The forms in which `tests/autograd/test_numpy_names.py` calls NumPy's functions."""

import itertools
from typing import Any

import numpy as np

stream = np.random.default_rng(0)


def array(*shape: int, dtype: Any = np.float64) -> Any:
    return np.asarray(stream.uniform(0.2, 0.9, shape)).astype(dtype)


def call(*args: Any, **arguments: Any) -> Any:
    return args, arguments


VECTOR, MATRIX, CUBE, POINT, EMPTY = array(3), array(3, 2), array(2, 3, 4), array(), array(0, 3)
SINGLE = array(3, 2, dtype=np.float32)
WHERE = np.array([[True, False], [True, True], [False, True]])
OUT = np.empty((3, 2))
ARRAYS = {"vector": VECTOR, "matrix": MATRIX, "cube": CUBE, "point": POINT, "empty": EMPTY, "single": SINGLE}

AXES: list[Any] = [(), (None,), (0,), (-1,), (1,), ((0, 1),), ((),), ((-1, 0),)]
REDUCED = [
    *(call(x, *axes) for x in ARRAYS.values() for axes in AXES),
    *(call(x, axis=1, keepdims=True) for x in ARRAYS.values()),
    *(call(x, keepdims=True) for x in ARRAYS.values()),
    call(CUBE, (0, 2), keepdims=True), call(CUBE, axis=np.int64(1)), call(CUBE, axis=-2),
    call(CUBE, axis=3),
    call(CUBE, axis=(0, 0)), call(CUBE, axis=[0]), call(CUBE, axis="x"), call(CUBE, 1.0),
    call(MATRIX, out=OUT[0], axis=0), call(MATRIX, 0, where=WHERE), call(MATRIX, where=True),
    call(a=MATRIX),
    call(MATRIX, keepdims=np._NoValue), call(MATRIX, keepdims=False),
]  # fmt: skip
DTYPES = [
    call(MATRIX, 0, np.float64), call(MATRIX, 0, np.float32), call(MATRIX, dtype=np.float32),
    call(MATRIX, dtype=float), call(MATRIX, dtype=None), call(MATRIX, dtype=int), call(SINGLE, dtype=float),
    call(SINGLE, dtype="f4"), call(MATRIX, 0, None, None, True), call(MATRIX, 0, None, OUT[0]),
]  # fmt: skip
INITIAL = [call(MATRIX, initial=3.0), call(MATRIX, 0, initial=0), call(MATRIX, 1, where=WHERE, initial=0.5)]
JOINED = [
    call([MATRIX, MATRIX]), call((MATRIX, MATRIX), 1), call([MATRIX, MATRIX], -1),
    call([MATRIX, MATRIX], axis=-2),
    call([MATRIX, MATRIX], axis=2), call([MATRIX, MATRIX], axis=-4), call([MATRIX, MATRIX], axis=None),
    call([MATRIX, SINGLE]), call([SINGLE, SINGLE], 1), call([MATRIX, WHERE]), call([SINGLE, [[1, 2]] * 3]),
    call([SINGLE, np.ones((3, 2), np.int8)]), call([VECTOR, VECTOR]), call([POINT, POINT]),
    call([POINT, 1.0]),
    call([MATRIX, VECTOR]), call([MATRIX, VECTOR], None), call([EMPTY, EMPTY]), call(CUBE), call(CUBE, 1),
    call([MATRIX]),
    call([MATRIX, MATRIX], 0, OUT), call([MATRIX, MATRIX], out=OUT),
    call([MATRIX, MATRIX], dtype=np.float32),
    call([MATRIX, MATRIX], casting="same_kind"), call([MATRIX, MATRIX], casting="no"),
    call([MATRIX], axis=1.0),
    call([CUBE, CUBE[:1]]), call([CUBE, CUBE[:, :2]], 1), call([MATRIX, MATRIX], axis=np.int64(1)),
]  # fmt: skip
SHAPES = [
    (),
    (2,),
    (3,),
    (4,),
    (0,),
    (1, 3),
    (3, 2),
    (2, 4),
    (2, 0),
    (2, 3, 4),
    (2, 4, 3),
    (5, 2, 3, 2),
    (1, 3, 1),
]
PRODUCTS = [
    *(call(array(*a), array(*b)) for a, b in itertools.product(SHAPES, SHAPES)),
    call(SINGLE, array(2, 2)), call(SINGLE, array(2, 4, dtype=np.float32)),
    call(SINGLE, array(4, 2, 3, dtype=np.float32)),
    call(MATRIX, [1, 2]), call([1, 2, 3], MATRIX), call(MATRIX, [[True, False], [False, True]]),
    call(MATRIX, b=[1.0, 2.0]),
    call(MATRIX, array(2, 2), OUT), call(MATRIX, array(2, 2), out=OUT), call(a=MATRIX, b=VECTOR),
]  # fmt: skip
ROUNDED = [
    *(call(x) for x in ARRAYS.values()), call(CUBE, 1), call(CUBE, 0), call(CUBE, decimals=2),
    call(1e3 * CUBE, -2), call(CUBE, np.int64(1)), call(SINGLE, 1), call(MATRIX, 1, None),
    call(MATRIX, out=OUT), call(MATRIX, 0, OUT), call(MATRIX, 1.0), call(MATRIX, "a"), call(a=MATRIX),
]  # fmt: skip
FORMS: dict[Any, list[Any]] = {
    np.round: ROUNDED,
    np.around: ROUNDED,
    np.sum: REDUCED + DTYPES + INITIAL,
    # The mean of one number over its axis 0 is that number, as the sum and the maximum are in NumPy too.
    np.mean: DTYPES
    + [form for form in REDUCED if not (form[0] and form[0][0] is POINT and form[0][1:] in ((0,), (-1,)))],
    np.max: [
        *REDUCED, *INITIAL,
        call(MATRIX, 0, None, True), call(MATRIX, 0, OUT[0]), call(EMPTY, initial=0.0),
        call(MATRIX, 0, None, True, 0.5),
    ],
    np.concatenate: JOINED,
    np.stack: [*JOINED, call([POINT, POINT], -1), call([VECTOR, VECTOR], 1), call([CUBE, CUBE], -2)],
    np.dot: [*PRODUCTS, call(MATRIX, 2.0), call(3, MATRIX), call(SINGLE, 2.0), call(POINT, MATRIX)],
    np.reshape: [
        call(MATRIX, (2, 3)), call(MATRIX, [2, 3]), call(MATRIX, shape=(2, 3)), call(MATRIX, -1),
        call(MATRIX, (2, -1)),
        call(MATRIX, (-1, -1)), call(MATRIX, 6), call(MATRIX, (4,)), call(POINT, (1, 1)), call(POINT, ()),
        call(EMPTY, (3, 0)),
        call(EMPTY, (-1, 3)), call(EMPTY, -1), call(MATRIX, (2, 3), "C"), call(MATRIX, (2, 3), "F"),
        call(CUBE, (4, 6), order="F"), call(CUBE, -1, order="F"), call(CUBE, (3, -1, 2), order="F"),
        call(MATRIX, (2, 3), order="A"), call(MATRIX, (2, 3), order="K"), call(MATRIX, (2, 3), copy=True),
        call(MATRIX, (2, 3), copy=None), call(MATRIX, (2, 3), copy=False), call(MATRIX, np.int64(6)),
        call(MATRIX, (np.int64(2), 3)), call(MATRIX, 6.0), call(MATRIX, (2.0, 3)), call(SINGLE, (1, 2, 3)),
        call(MATRIX),
    ],
    np.transpose: [
        *(call(x) for x in ARRAYS.values()), call(CUBE, (2, 0, 1)), call(CUBE, [1, 0, 2]),
        call(CUBE, (-1, 0, 1)),
        call(CUBE, axes=(0, -1, -2)), call(CUBE, axes=None), call(CUBE, None), call(CUBE, (0, 1)),
        call(CUBE, (0, 0, 1)),
        call(CUBE, (0, 1, 3)), call(CUBE, ()), call(VECTOR, 0), call(VECTOR, (0,)), call(VECTOR, -1),
        call(MATRIX, 0),
        call(CUBE, (0.0, 1, 2)), call(POINT, ()), call(CUBE, np.array([2, 0, 1])),
        call(CUBE, (np.int64(2), 0, 1)),
    ],
    np.where: [
        call(WHERE, MATRIX, SINGLE), call(WHERE, MATRIX, 0.5), call(WHERE, 1, MATRIX),
        call(WHERE, MATRIX, VECTOR[:, None]),
        call(np.array([1.0, 0.0]), MATRIX, 2 * MATRIX), call(np.array([2, 0]), MATRIX, -MATRIX),
        call(True, MATRIX, SINGLE),
        call(WHERE, SINGLE, SINGLE), call(WHERE[:2], MATRIX, MATRIX),
        call(np.array([np.nan, 0.0]), MATRIX, -MATRIX),
        call(0.3, MATRIX, -MATRIX), call([True, False], MATRIX, -MATRIX), call(WHERE, EMPTY, EMPTY),
        call(MATRIX > 0.5, [1, 2], MATRIX), call(WHERE, MATRIX),
    ],
}  # fmt: skip
UFUNC_EXTRA = [
    {"out": OUT}, {"where": WHERE}, {"dtype": np.float32}, {"casting": "unsafe"}, {"order": "F"},
    {"subok": False},
    {"signature": "d->d"},
]  # fmt: skip
EXTRA = {
    np.matmul: [*PRODUCTS, call(CUBE, array(2, 4, 2)),
                call(CUBE, array(4, 2), axes=[(0, 1), (0, 1), (0, 1)]),
                call(CUBE, array(2, 4, 2), dtype=np.float32), call(CUBE, CUBE, axis=0),
                call(CUBE, array(4, 2), out=array(2, 3, 2))],
}  # fmt: skip


def elementwise(ufunc: Any) -> list[Any]:
    """The forms of a function of one number or two."""
    others = [
        VECTOR[:2],
        POINT,
        SINGLE,
        0.5,
        2,
        True,
        np.float32(0.5),
        np.int8(2),
        np.array([1, 2]),
        WHERE,
        [0.25, 0.5],
    ]
    others += [[[1], [2], [3]], np.ones((4, 3, 2)), VECTOR, "a", None, 1j]
    extra = [extra for extra in UFUNC_EXTRA if "signature" not in extra or ufunc.nin == 1]
    if ufunc.nin == 1:
        return [
            *(call(x) for x in ARRAYS.values()),
            *(call(MATRIX, **e) for e in extra),
            call(MATRIX, OUT),
            call(-MATRIX),
        ]
    forms = [call(MATRIX, x) for x in others] + [call(x, MATRIX) for x in others]
    forms += (
        [call(SINGLE, x) for x in others]
        + [call(x, POINT) for x in others]
        + [call(EMPTY, x) for x in (1.0, EMPTY, VECTOR)]
    )
    return (
        forms
        + [call(MATRIX, 2 * MATRIX, **e) for e in extra]
        + [call(MATRIX, MATRIX, OUT), call(MATRIX, MATRIX)]
    )


# -- forms of few arguments each: the functions whose derivatives follow from those above ------------

SOME = [
    call(MATRIX), call(MATRIX, 0), call(MATRIX, -1), call(MATRIX, (0, 1)), call(CUBE, (0, 2)),
    call(VECTOR, ()),
    call(CUBE, axis=np.int64(1), keepdims=True), call(CUBE, (-1, 0), keepdims=True), call(MATRIX, axis=2),
    call(CUBE, axis=(0, 0)), call(MATRIX, axis="x"), call(POINT), call(SINGLE), call(SINGLE, 0),
    call(EMPTY),
    call(EMPTY, 0), call(MATRIX, 1.0), call(POINT, 0), call(POINT, -1), call(POINT, 1), call(CUBE, [0]),
    call(a=MATRIX), call(MATRIX, keepdims=True), call(MATRIX, axis=0, out=OUT[0]),
]  # fmt: skip
TYPED = [call(MATRIX, dtype=np.float32), call(MATRIX, 0, np.float64), call(SINGLE, 0, float)]
MASKED = [call(MATRIX, 0, where=WHERE), call(MATRIX, where=True)]
ALONG = [
    call(MATRIX), call(MATRIX, 0), call(MATRIX, 1), call(CUBE, -2), call(CUBE, axis=np.int64(2)),
    call(POINT),
    call(POINT, 0), call(EMPTY), call(EMPTY, 0), call(SINGLE, 1), call(MATRIX, 2), call(MATRIX, (0, 1)),
    call(MATRIX, "x"), call(MATRIX, axis=-1, out=OUT), *TYPED, call(array(5)), call(array(1)),
]  # fmt: skip
# Of one number over its axis 0 they are as those of `np.mean` above.
MEANS = [form for form in SOME if not (form[0] and form[0][0] is POINT) or form[0][1:] not in ((0,), (-1,))]
VARIANCES = [
    *MEANS, *TYPED, *MASKED, call(MATRIX, 0, None, None, 1), call(MATRIX, ddof=2),
    call(CUBE, (0, 1), ddof=0.5),
    call(MATRIX, correction=1), call(MATRIX, ddof=1, correction=1), call(VECTOR, ddof=3),
    call(VECTOR, ddof=9),
    call(MATRIX, 0, mean=MATRIX.mean(0, keepdims=True)),
]  # fmt: skip
HOLED = np.array([[0.5, 0.0, 0.7], [0.0, 0.3, 0.0]])
PERMUTED = array(2, 3, 1)
WEIGHTS = np.array([0.2, 0.5, 1.5])
HALF = VECTOR / 2
DAMAGED = np.array([0.5, np.nan, np.inf, -np.inf])
JOINS = [
    call([MATRIX, MATRIX]), call((VECTOR, VECTOR)), call([MATRIX, SINGLE]), call([SINGLE, SINGLE]),
    call([VECTOR, WEIGHTS * 1.0]), call([POINT, POINT]), call([CUBE, CUBE]), call([POINT, 1.0]),
    call([MATRIX, VECTOR]), call(CUBE), call([MATRIX], dtype=np.float32),
    call([MATRIX, MATRIX], casting="no"),
    call([]), call([EMPTY, EMPTY]), call([MATRIX, [[1, 2]] * 3]),
]  # fmt: skip
SPLITS = [
    call(CUBE, 2), call(CUBE, 1), call(CUBE, [1]), call(CUBE, [0, 1, 1, 5]), call(CUBE, (1, 2)),
    call(CUBE, 3),
    call(CUBE, np.array([1])), call(CUBE, -1), call(VECTOR, 3), call(VECTOR, [1]), call(POINT, 1),
    call(SINGLE, [1]), call(EMPTY, 1), call(ary=CUBE, indices_or_sections=2), call(CUBE, 0),
    call(CUBE, "x"),
]  # fmt: skip
SPLIT_ALONG = [*SPLITS, call(CUBE, 2, 2), call(CUBE, [1, 3], axis=-1), call(CUBE, 3, 1), call(CUBE, 2, 3)]
AT_LEAST = [
    call(POINT), call(VECTOR), call(MATRIX), call(CUBE), call(SINGLE), call(EMPTY), call(POINT, VECTOR),
    call(MATRIX, 1.0), call(2.0, POINT),
]  # fmt: skip
TRIANGLES = [
    call(MATRIX), call(MATRIX, 1), call(MATRIX, -1), call(CUBE, k=1), call(VECTOR), call(SINGLE),
    call(POINT),
    call(EMPTY), call(MATRIX, 9), call(m=MATRIX, k=0),
]  # fmt: skip
ORDERS = [
    call(VECTOR), call(MATRIX, 0), call(MATRIX, -1), call(CUBE, None), call(CUBE, axis=1), call(SINGLE),
    call(EMPTY, 0), call(POINT), call(MATRIX, 2), call(np.array([0.5, np.nan, 0.2])), call(POINT, None),
]  # fmt: skip

FORMS.update({
    np.min: [*SOME, *MASKED, call(MATRIX, initial=3.0), call(MATRIX, 0, None, True),
             call(MATRIX, 0, OUT[0])],
    np.ptp: SOME,
    np.prod: [*SOME, *TYPED, *MASKED, call(MATRIX, initial=3.0), call(HOLED), call(HOLED, 0),
              call(HOLED, 1),
              call(array(7), 0), call(MATRIX, 0, None, None, True)],
    np.var: VARIANCES,
    np.std: VARIANCES,
    np.average: [*[form for form in MEANS if "out" not in form[1]], call(VECTOR, None, WEIGHTS),
                 call(CUBE, 1, WEIGHTS),
                 call(CUBE, -2, weights=WEIGHTS), call(MATRIX, weights=MATRIX + 0.1),
                 call(MATRIX, None, WEIGHTS),
                 call(MATRIX, 1, WEIGHTS), call(VECTOR, 0, [1.0, -1.0, 0.0]), call(SINGLE, 0, [1, 2, 3]),
                 call(CUBE, (2, 0), array(4, 2)), call(VECTOR, weights=HALF, returned=True),
                 call(VECTOR, 0, None, True),
                 call(MATRIX, 0, keepdims=True, weights=HALF), call(MATRIX, 0, WEIGHTS, True)],
    np.median: [*MEANS, call(array(4)), call(array(3, 4), 1), call(DAMAGED[:2]),
                call(CUBE.copy(), 0, None, True),
                call(array(2, 5), (0, 1), keepdims=True)],
    np.cumsum: ALONG,
    np.cumprod: [*ALONG, call(HOLED, 0), call(HOLED, 1), call(HOLED)],
    np.clip: [call(MATRIX, 0.4, 0.6), call(MATRIX, None, 0.5), call(MATRIX, 0.5, None),
              call(MATRIX, min=0.4),
              call(MATRIX, max=0.5, min=0.3), call(SINGLE, 0.4, 0.6), call(MATRIX, 0.7, 0.3),
              call(MATRIX, None, None),
              call(MATRIX, [0.3, 0.5], 0.7), call(VECTOR, HALF, VECTOR + 0.1),
              call(0.5, VECTOR, 1.0), call(MATRIX),
              call(MATRIX, 0.4), call(MATRIX, 0.4, 0.5, OUT), call(MATRIX, 0.4, 0.5, min=0.3),
              call(POINT, 0.3, 0.9),
              call(MATRIX, a_min=0.3, a_max=0.5), call(MATRIX, 0.3, 0.5, dtype=np.float32, kwargs=1),
              call(EMPTY, 0, 1),
              call(SINGLE, np.float64(0.3), 1)],
    np.ravel: [call(CUBE), call(POINT), call(EMPTY), call(SINGLE), call(CUBE, "F"),
               call(CUBE, order="C"), call(CUBE, "K")],
    np.squeeze: [call(PERMUTED), call(PERMUTED, 2), call(PERMUTED, -1), call(PERMUTED, (2,)),
                 call(PERMUTED, 0),
                 call(PERMUTED, axis=()), call(POINT), call(MATRIX), call(PERMUTED, 3),
                 call(SINGLE[:, :1])],
    np.expand_dims: [call(MATRIX, 0), call(MATRIX, -1), call(MATRIX, (0, 3)), call(MATRIX, axis=[1]),
                 call(MATRIX, 4),
                     call(POINT, 0), call(SINGLE, 1), call(EMPTY, 0), call(MATRIX, (0, 0)), call(MATRIX)],
    np.swapaxes: [call(CUBE, 0, 2), call(CUBE, -1, 0), call(CUBE, 1, 1),
                 call(CUBE, axis1=0, axis2=1), call(CUBE, 0, 3),
                  call(SINGLE, 0, 1), call(EMPTY, 0, 1), call(POINT, 0, 0), call(CUBE, np.int64(0), 1)],
    np.moveaxis: [call(CUBE, 0, 2), call(CUBE, -1, 0), call(CUBE, [0, 1], [1, 0]),
                 call(CUBE, (0, 2), (-1, 0)),
                  call(CUBE, source=1, destination=0), call(CUBE, 3, 0), call(CUBE, [0, 0], [1, 2]),
                 call(SINGLE, 0, 1)],
    np.rollaxis: [call(CUBE, 2), call(CUBE, 0, 3), call(CUBE, -1, 1), call(CUBE, axis=1, start=0),
                 call(CUBE, 3),
                  call(CUBE, 0, 4), call(SINGLE, 1)],
    np.matrix_transpose: [call(CUBE), call(MATRIX), call(VECTOR), call(SINGLE), call(EMPTY)],
    np.atleast_1d: AT_LEAST, np.atleast_2d: AT_LEAST, np.atleast_3d: AT_LEAST,
    np.broadcast_to: [call(VECTOR, (2, 3)), call(VECTOR, 3), call(POINT, (2, 2)),
                 call(MATRIX[:, :1], (2, 3, 4)),
                      call(MATRIX, (3,)), call(MATRIX[:1], (2,)), call(SINGLE, (1, 3, 2)),
                 call(VECTOR, (2, 3), False),
                      call(VECTOR, [2, 3], subok=True), call(POINT, ()), call(VECTOR, (-1, 3)),
                 call(EMPTY, (2, 0, 3))],
    np.broadcast_arrays: [call(VECTOR, MATRIX[:, :1]), call(POINT, VECTOR), call(VECTOR),
                 call(VECTOR, [[1.0], [2.0]]),
                          call(VECTOR, array(2)), call(SINGLE, SINGLE[:1]),
                 call(VECTOR, POINT, subok=False)],
    np.copy: [call(MATRIX), call(MATRIX, "C"), call(SINGLE), call(POINT), call(MATRIX, order="F"),
              call(MATRIX, "K", False)],
    np.vstack: JOINS, np.hstack: JOINS,
    np.dstack: [f for f in JOINS if "dtype" not in f[1] and "casting" not in f[1]],
    np.column_stack: [f for f in JOINS if "dtype" not in f[1] and "casting" not in f[1]],
    np.append: [call(VECTOR, HALF), call(MATRIX, MATRIX, 0), call(MATRIX, VECTOR[:, None], 1),
                call(VECTOR, 1.0),
                call([1.0, 2.0], VECTOR), call(MATRIX, VECTOR), call(MATRIX, VECTOR, 0), call(SINGLE, 1.0),
                call(SINGLE, SINGLE, axis=-1), call(POINT, POINT), call(MATRIX, MATRIX, 2),
                call(EMPTY, [1.0])],
    np.repeat: [call(VECTOR, 2), call(MATRIX, [1, 0, 2], 0), call(MATRIX, 2, axis=-1), call(CUBE, 2),
                call(POINT, 3),
                call(VECTOR, 0), call(VECTOR, [1, 2]), call(MATRIX, 2, 2), call(SINGLE, 2),
                call(VECTOR, np.array([0, 1, 3])),
                call(VECTOR, -1), call(VECTOR, 1.5), call(EMPTY, 2, 1)],
    np.tile: [call(VECTOR, 2), call(MATRIX, (2, 1)), call(MATRIX, (2, 1, 3)), call(POINT, 3),
              call(SINGLE, 2),
              call(VECTOR, 0), call(A=VECTOR, reps=[2, 2]), call(EMPTY, 2), call(MATRIX, ())],
    np.resize: [call(VECTOR, 5), call(MATRIX, (2, 2)), call(POINT, (2,)), call(SINGLE, 4),
                call(VECTOR, 0), call(EMPTY, 3)],
    np.roll: [call(VECTOR, 1), call(MATRIX, 1), call(CUBE, 2, 1), call(CUBE, (1, -1), (0, 2)),
              call(CUBE, -1, axis=-1),
              call(CUBE, 1, 3), call(POINT, 1), call(SINGLE, 1, 0), call(EMPTY, 1),
              call(VECTOR, 100), call(VECTOR, 1.5)],
    np.flip: [call(CUBE), call(CUBE, 0), call(CUBE, -1), call(CUBE, (0, 2)), call(VECTOR),
              call(POINT), call(EMPTY),
              call(CUBE, 3), call(SINGLE, axis=1), call(array(1, 3), 0), call(CUBE, ())],
    np.fliplr: [call(MATRIX), call(CUBE), call(VECTOR), call(SINGLE), call(array(2, 1))],
    np.flipud: [call(MATRIX), call(VECTOR), call(POINT), call(SINGLE)],
    np.rot90: [call(MATRIX), call(MATRIX, 2), call(MATRIX, -1), call(MATRIX, 4),
               call(CUBE, 1, (1, 2)), call(CUBE, k=3, axes=(2, 0)),
               call(VECTOR), call(CUBE, 1, (0, 0)), call(SINGLE), call(array(1, 3)),
               call(array(3, 1)), call(array(2, 1, 3), 1, (1, 2))],
    np.diagonal: [call(MATRIX), call(MATRIX, 1), call(MATRIX, -1), call(CUBE, 0, 1, 2),
                 call(CUBE, 1, axis1=-1, axis2=0), call(VECTOR),
                  call(MATRIX, 9), call(SINGLE), call(CUBE, 0, 1, 1)],
    np.delete: [call(VECTOR, 1), call(MATRIX, 0, 1), call(MATRIX, [0, 2], 0),
                call(MATRIX, slice(1, None), axis=0), call(MATRIX, 1),
                call(VECTOR, 5), call(SINGLE, -1, 0), call(VECTOR, []), call(VECTOR, WHERE[:, 0])],
    np.take: [call(VECTOR, 1), call(VECTOR, [2, 0, 2]), call(CUBE, [[0, 1], [1, 1]], 1),
              call(CUBE, 5), call(CUBE, [-1], axis=-1),
              call(VECTOR, 3), call(VECTOR, [-4, 7], mode="wrap"),
              call(VECTOR, [-4, 7], mode="clip"), call(MATRIX, 0, 0, OUT[0]),
              call(CUBE, [0], 3), call(POINT, 0), call(POINT, [0, 0], 0), call(SINGLE, [1, 1], 0),
              call(VECTOR, []),
              call(VECTOR, 1.5), call(VECTOR, WHERE[:, 0]), call(EMPTY, [0], 1), call(CUBE,
              np.array([1, 0]), np.int64(2))],
    np.take_along_axis: [call(MATRIX, np.argsort(MATRIX, 0), 0),
                 call(CUBE, np.array([[[1], [0], [2]]]), -1),
                         call(MATRIX, np.array([5, 0, 0]), None), call(VECTOR, [0], 0), call(MATRIX,
                 np.array([[9]]), 0),
                         call(SINGLE, np.array([[0]]), axis=1), call(MATRIX, np.array([1, 2]), 0)],
    np.sort: [*ORDERS, call(VECTOR, 0, "stable"), call(VECTOR, kind="mergesort"),
              call(VECTOR, -1, None, None),
              call(VECTOR, stable=True), call(VECTOR, order="f"), call(VECTOR, kind="x")],
    np.partition: [*(call(x, 0, *a, **k) for (x, *a), k in ORDERS), call(array(6), 3),
                 call(array(6), [1, 4]), call(array(4), -1),
                   call(array(4), 7), call(array(4), 2, 0, "introselect", None),
                 call(VECTOR, 1, order="f")],
    np.split: SPLIT_ALONG, np.array_split: [*SPLIT_ALONG, call(VECTOR, 2), call(CUBE, 3, 2)],
    np.hsplit: SPLITS, np.vsplit: SPLITS, np.dsplit: [*SPLITS, call(CUBE, 4)],
    np.triu: TRIANGLES, np.tril: TRIANGLES,
    np.pad: [call(VECTOR, 1), call(VECTOR, (0, 2)), call(MATRIX, ((1, 0), (0, 2))), call(MATRIX, 0),
             call(VECTOR, 2, "edge"),
             call(VECTOR, 2, mode="reflect"), call(VECTOR, 5, "symmetric"),
             call(CUBE[0], (1, 2), "wrap"), call(SINGLE, 1),
             call(VECTOR, 1, constant_values=(0.5, np.inf)),
             call(VECTOR, 1, "constant", constant_values=2), call(POINT, 0),
             call(VECTOR, 1, "mean", kwargs=None), call(VECTOR, -1),
             call(VECTOR, 1, "edge", constant_values=1), call(EMPTY, 1),
             call(VECTOR, 2, "reflect", reflect_type="even"),
             call(VECTOR, 1, "reflect", reflect_type="odd"), call(MATRIX, ((1,), (2,)))],
    np.select: [call([MATRIX > 0.5, MATRIX > 0.3], [MATRIX, 2 * MATRIX]),
                call([WHERE], [MATRIX], 1.5), call([WHERE], [1.0], MATRIX),
                call([WHERE, ~WHERE], [SINGLE, 2], default=0), call([WHERE], [MATRIX, MATRIX]),
                call([MATRIX], [MATRIX]),
                call([WHERE[:, 0]], [VECTOR], VECTOR * 2), call([], [])],
    np.piecewise: [call(VECTOR, [VECTOR > 0.5], [np.sqrt, np.square]),
                 call(VECTOR, [VECTOR > 9, VECTOR < 0.5], [1.0, np.exp]),
                   call(MATRIX, WHERE, [np.sin]), call(MATRIX, [WHERE, MATRIX > 0.4], [np.sin,
                 np.cos, 2.0]), call(POINT, POINT > 0, [np.exp]),
                   call(VECTOR, VECTOR > 0.5, [lambda x, c: c * x], 3.0),
                 call(VECTOR, [VECTOR > 0.5], [np.exp] * 3), call(SINGLE, [WHERE], [np.exp]),
                   call(VECTOR, [VECTOR > 0.5], [lambda x, c: c * x], kw=1),
                 call(VECTOR, [True, False, True], [np.exp, 1])],
    np.nan_to_num: [call(VECTOR), call(DAMAGED), call(DAMAGED, True, 1.0, 2.0, 3.0),
                 call(DAMAGED, nan=5), call(DAMAGED.astype(np.float32)),
                    call(DAMAGED.copy(), copy=False, posinf=1), call(POINT), call(x=DAMAGED, neginf=0.5)],
    np.unique: [call(VECTOR), call(MATRIX), call(np.array([0.5, 0.2, 0.5], np.float32)), call(SINGLE),
                call(EMPTY), call(POINT),
                call(VECTOR, True), call(VECTOR, return_inverse=True), call(VECTOR, return_counts=True),
                call(MATRIX, axis=0), call(VECTOR, equal_nan=True, sorted=True)],
    np.meshgrid: [call(VECTOR, HALF), call(VECTOR, [1.0, 2.0]),
                 call(VECTOR, HALF, array(2), indexing="ij"), call(VECTOR),
                  call(VECTOR, HALF, sparse=True), call(POINT, VECTOR),
                 call(SINGLE[0], VECTOR, copy=True), call(VECTOR, HALF, indexing="x")],
    np.trapezoid: [call(VECTOR), call(MATRIX), call(MATRIX, axis=0), call(VECTOR, WEIGHTS * 1.0),
                 call(MATRIX, WEIGHTS * 1.0, 1.0, 0),
                   call(MATRIX, MATRIX + 1.0), call(CUBE, None, 0.5, 1),
                 call(MATRIX, MATRIX + 1.0, axis=0), call(SINGLE), call(EMPTY),
                   call(VECTOR, dx=2), call(MATRIX, axis=2), call(VECTOR, HALF[:2]), call(POINT)],
    np.diff: [call(VECTOR), call(MATRIX), call(MATRIX, 2, 0), call(MATRIX, axis=0),
              call(CUBE, 1, -2), call(VECTOR, 3), call(VECTOR, 0),
              call(VECTOR, -1), call(POINT), call(MATRIX, 1, 2), call(VECTOR, prepend=0.5),
              call(MATRIX, 1, 0, MATRIX, MATRIX[:1]),
              call(VECTOR, append=HALF), call(SINGLE), call(EMPTY), call(VECTOR, 1, -1, 0.0, POINT)],
    np.gradient: [call(array(6)), call(array(4, 3)), call(array(4, 3), axis=0),
                 call(array(4, 3), axis=(1, 0)), call(array(2)),
                  call(array(5), 0.5), call(array(4, 3), 0.5, 2.0),
                 call(array(5), [0.0, 0.5, 0.75, 2.0, 2.5]),
                  call(array(4, 3), [0.0, 1.0, 3.0, 3.5], 0.5), call(array(5), edge_order=2),
                 call(array(1)),
                  call(array(4), [0.0, 1.0, 3.0, 3.5], edge_order=2), call(array(2), edge_order=2),
                 call(array(4, 3), 1, 2, 3),
                  call(array(4, dtype=np.float32)), call(array(4), axis=1), call(POINT),
                 call(array(2, 3, 2), axis=-2, edge_order=1), call(array(3), edge_order=2)],
})  # fmt: skip
