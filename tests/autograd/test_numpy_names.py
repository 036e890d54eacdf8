"""A name of NumPy's means on Tensors what it means in NumPy, or says which argument it does not take.

Every function of `autograd.primitives.NUMPY`, and every method that an array has too, is asked in all the
forms its arguments have. Each form gives NumPy's shape, dtype and numbers, or a TypeError that names the
argument; where NumPy raises, so do Tensors. A ufunc that is new in the mapping is walked at once; a test asks
for the forms of any other.
"""

import inspect
import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, Value, dot, grad, hvp, jvp
from autograd.primitives import NUMPY

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
    call(CUBE, (0, 2), keepdims=True), call(CUBE, axis=np.int64(1)), call(CUBE, axis=-2), call(CUBE, axis=3),
    call(CUBE, axis=(0, 0)), call(CUBE, axis=[0]), call(CUBE, axis="x"), call(CUBE, 1.0),
    call(MATRIX, out=OUT[0], axis=0), call(MATRIX, 0, where=WHERE), call(MATRIX, where=True), call(a=MATRIX),
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
    call([MATRIX, MATRIX], 0, OUT), call([MATRIX, MATRIX], out=OUT), call([MATRIX, MATRIX], dtype=np.float32),
    call([MATRIX, MATRIX], casting="same_kind"), call([MATRIX, MATRIX], casting="no"),
    call([MATRIX], axis=1.0),
    call([CUBE, CUBE[:1]]), call([CUBE, CUBE[:, :2]], 1), call([MATRIX, MATRIX], axis=np.int64(1)),
]  # fmt: skip
ROUNDED = [
    *(call(x) for x in ARRAYS.values()), call(CUBE, 1), call(CUBE, 0), call(CUBE, decimals=2),
    call(1e3 * CUBE, -2), call(CUBE, np.int64(1)), call(SINGLE, 1), call(MATRIX, 1, None),
    call(MATRIX, out=OUT), call(MATRIX, 0, OUT), call(MATRIX, 1.0), call(MATRIX, "a"), call(a=MATRIX),
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
FORMS: dict[Any, list[Any]] = {
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
    np.round: ROUNDED,
    np.around: ROUNDED,
    np.where: [
        call(WHERE, MATRIX, SINGLE), call(WHERE, MATRIX, 0.5), call(WHERE, 1, MATRIX),
        call(WHERE, MATRIX, VECTOR[:, None]),
        call(np.array([1.0, 0.0]), MATRIX, 2 * MATRIX), call(np.array([2, 0]), MATRIX, -MATRIX),
        call(True, MATRIX, SINGLE),
        call(WHERE, SINGLE, SINGLE), call(WHERE[:2], MATRIX, MATRIX),
        call(np.array([np.nan, 0.0]), MATRIX, -MATRIX),
        call(0.3, MATRIX, -MATRIX), call([True, False], MATRIX, -MATRIX), call(WHERE, EMPTY, EMPTY),
        call(MATRIX),
        call(MATRIX > 0.5, [1, 2], MATRIX), call(WHERE, MATRIX),
    ],
}  # fmt: skip
UFUNC_EXTRA = [
    {"out": OUT}, {"where": WHERE}, {"dtype": np.float32}, {"casting": "unsafe"}, {"order": "F"},
    {"subok": False},
    {"signature": "d->d"},
]  # fmt: skip
EXTRA = {
    np.matmul: [*PRODUCTS, call(CUBE, array(2, 4, 2)), call(CUBE, array(4, 2), axes=[(0, 1), (0, 1), (0, 1)]),
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


NUMPYS = [f for f in NUMPY if isinstance(f, np.ufunc) or f.__module__.split(".")[0] == "numpy"]


def forms_of(function: Any) -> list[Any]:
    if function in EXTRA:
        return EXTRA[function]
    return elementwise(function) if isinstance(function, np.ufunc) else FORMS[function]


def test_every_name_is_walked() -> None:
    """Whoever maps another function of NumPy's says here in which forms it is asked."""
    assert {f for f in NUMPYS if not isinstance(f, np.ufunc)} == set(FORMS)
    for function, forms in FORMS.items():
        named = {name for _, arguments in forms for name in arguments}
        longest = max(len(args) for args, _ in forms)
        parameters = list(inspect.signature(function).parameters.values())
        unasked = [p.name for p in parameters[longest:] if p.name not in named]
        assert not unasked, f"{function.__name__}: no form has {unasked}"


def as_tensors(x: Any) -> Any:
    """Arrays of floats as Tensors, in lists too; all else is a constant."""
    if isinstance(x, list) and any(isinstance(e, np.ndarray) for e in x):
        return [as_tensors(e) for e in x]
    if isinstance(x, tuple) and any(isinstance(e, np.ndarray) for e in x):
        return tuple(map(as_tensors, x))
    return (
        Tensor(x)
        if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x is not OUT and x.base is not OUT
        else x
    )


def outcome(function: Callable[..., Any], args: Any, arguments: dict[str, Any]) -> Any:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args, **arguments)
        except Exception as error:
            return error


# For what an argument of NumPy's that a Tensor does not take is called in the error.
MEANT = {"out", "dtype", "where", "initial", "order", "copy", "casting", "axes", "axis", "subok", "signature"}


def compared(
    name: str, function: Callable[..., Any], form: Any, ours: Callable[..., Any] | None = None
) -> bool:
    """Whether a form gives on Tensors what it gives in NumPy; else an error says what is refused."""
    args, arguments = form
    expected = outcome(function, args, arguments)
    found = outcome(
        ours or function, [as_tensors(a) for a in args], {k: as_tensors(v) for k, v in arguments.items()}
    )
    shown = f"{name}{args}{arguments}: {found!r}, in NumPy {expected!r}"
    if isinstance(expected, Exception):
        assert isinstance(found, Exception), shown
        return False
    if isinstance(found, Exception):
        assert isinstance(found, TypeError), shown
        said = MEANT & set(str(found).replace("=", " ").replace(",", " ").replace("(", " ").split())
        alien = [a for a in args if isinstance(a, (str, complex)) or a is None]
        single = name == "where" and len(args) < 3
        assert said or alien or single, shown
        return False
    assert isinstance(found, Tensor), shown
    assert (found.shape, found.dtype) == (np.shape(expected), np.asarray(expected).dtype), shown
    np.testing.assert_allclose(
        found.data, expected, rtol=1e-6 if found.dtype == np.float32 else 1e-14, err_msg=shown
    )
    return True


@pytest.mark.parametrize("function", NUMPYS, ids=lambda f: f.__name__)
def test_it_means_what_it_means_in_numpy(function: Any) -> None:
    forms = forms_of(function)
    right = sum(compared(function.__name__, function, form) for form in forms)
    assert right > len(forms) / 6


@pytest.mark.parametrize("function", [*FORMS, np.matmul], ids=lambda f: f.__name__)
def test_the_derivatives_of_every_form(function: Any) -> None:
    """Both modes and two orders, along a random direction, against differences of what NumPy computes."""
    h = 1e-4
    asked = 0
    for args, arguments in forms_of(function):
        curved, points = squared(function, args, arguments)
        if not points:
            continue
        along = tuple(np.asarray(stream.uniform(-1, 1, x.shape)) for x in points)
        above, below = ([np.asarray(x + s * v) for x, v in zip(points, along, strict=True)] for s in (h, -h))
        slope = (curved(*above) - curved(*below)) / (2 * h)
        slopes = grad(curved, tuple(range(len(points))))
        shown = f"{function.__name__}{args}{arguments}"
        reverse = sum(float((g * v).sum()) for g, v in zip(slopes(*points), along, strict=True))
        assert reverse == pytest.approx(slope, rel=1e-6, abs=1e-8), shown
        assert jvp(curved, points, along)[1] == pytest.approx(slope, rel=1e-6, abs=1e-8), shown
        turns = hvp(curved, points, along)
        for turn, up, down in zip(turns, slopes(*above), slopes(*below), strict=True):
            np.testing.assert_allclose(turn, (up - down) / (2 * h), rtol=1e-5, atol=1e-7, err_msg=shown)
        asked += 1
    assert asked > len(forms_of(function)) / 8


def squared(function: Any, args: Any, arguments: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """A weighted sum of the squares of a form's result, as a function of its arrays; of none if refused."""
    values = outcome(function, args, arguments)
    found = outcome(function, [as_tensors(a) for a in args], arguments)
    flat = [e for a in args for e in (a if isinstance(a, (list, tuple)) else [a])]
    places = [i for i, e in enumerate(flat) if isinstance(e, np.ndarray) and e.dtype == np.float64 and e.size]
    if function is np.where and 0 in places:
        places.remove(0)  # a condition has no derivative
    if isinstance(found, Exception) or not np.size(values) or not np.isfinite(values).all():
        places = []
    weights = np.linspace(0.5, 1.5, np.size(values)).reshape(np.shape(values))

    def curved(*given: Any) -> Any:
        result = function(*with_given(args, dict(zip(places, given, strict=True))), **arguments)
        return (weights * result * result).sum()

    return curved, tuple(flat[i] for i in places)


def with_given(args: Any, given: dict[int, Any]) -> list[Any]:
    """Arguments with other arrays in some places, counted through the lists among them."""
    count = itertools.count()
    return [
        type(a)([given.get(next(count), e) for e in a])
        if isinstance(a, (list, tuple))
        else given.get(next(count), a)
        for a in args
    ]


# -- methods ----------------------------------------------------------------------------------------

METHODS = {
    "round": [c for c in ROUNDED if "a" not in c[1]],
    "sum": [c for c in FORMS[np.sum] if "a" not in c[1]],
    "mean": [c for c in FORMS[np.mean] if "a" not in c[1]],
    "max": [c for c in FORMS[np.max] if "a" not in c[1]],
    "reshape": [
        *(c for c in FORMS[np.reshape] if "shape" not in c[1] and "order" not in c[1] and len(c[0]) < 3),
        call(MATRIX, 2, 3), call(MATRIX, 2, -1), call(CUBE, 4, 6, order="F"), call(MATRIX, 2, 3, order="A"),
        call(POINT, 1, 1),
    ],
    "transpose": [
        *(c for c in FORMS[np.transpose] if not c[1]), call(CUBE, 2, 0, 1), call(CUBE, -1, 0, 1),
        call(CUBE, 0, 1), call(CUBE, 1),
    ],
}  # fmt: skip


def test_every_method_that_an_array_has_too_is_walked() -> None:
    alike = {
        name for name in dir(Tensor) if not name.startswith("_") and callable(getattr(np.ndarray, name, None))
    }
    assert alike - {"item"} == set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_means_what_an_arrays_does(name: str) -> None:
    def ours(x: Any, *args: Any, **arguments: Any) -> Any:
        return getattr(x, name)(*args, **arguments)

    assert sum(compared(name, ours, form) for form in METHODS[name]) > len(METHODS[name]) / 6


INDICES: list[Any] = [
    0, -1, (), ..., None, slice(None), slice(None, None, -1), slice(5, 1, -2), (0, 1), (slice(1, 3), 0),
    (..., 0), (..., None),
    [0, 1], [], [[0, 1], [1, 0]], ([0, 1], [1, 0]), ((0, 1), (1, 0)), ([0, 1], slice(None), [0, 2]),
    (0, [1, 1]), True, False,
    np.array([True, False]), [True, False], (np.array([True, False]), 0), CUBE > 0.5, np.array(1),
    np.int64(1), (None, 0, ..., None),
    5, (0, 0, 0, 0), 1.0, "a", [0.5], (slice(None), [True, False, True]), np.array([], int), ([], []),
    (0, []),
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_an_index_means_what_it_means_in_numpy(index: Any) -> None:
    expected = outcome(lambda: CUBE[index], (), {})
    found = outcome(lambda: Tensor(CUBE)[index], (), {})
    if isinstance(expected, Exception):
        assert isinstance(found, type(expected)), found
        return
    assert not isinstance(found, Exception), found
    np.testing.assert_array_equal(found.data, expected)
    x = Tensor(CUBE)
    x[index].backward(np.ones(np.shape(expected)))
    counted = np.zeros(CUBE.shape)
    np.add.at(counted, index, 1.0)
    np.testing.assert_array_equal(x.grad, counted)


# -- our own dot ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), [c[0] for c in PRODUCTS[: len(SHAPES) ** 2]], ids=lambda x: str(x.shape))
def test_dot_is_numpys_on_arrays_and_on_values(a: Any, b: Any) -> None:
    expected = outcome(np.dot, (a, b), {})
    values = [outcome(dot, (of(a), b), {}) for of in (np.asarray, Tensor, np.frompyfunc(Value, 1, 1))]
    if isinstance(expected, Exception):
        assert all(isinstance(v, ValueError) for v in values), values
        return
    for found in values[:2] if 0 in a.shape else values:
        numbers = found.data if isinstance(found, (Tensor, Value)) else np.asarray(found).astype(float)
        np.testing.assert_allclose(numbers, expected, rtol=1e-13)
