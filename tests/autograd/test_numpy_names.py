"""A name of NumPy's means on Tensors what it means in NumPy, or says which argument it does not take.

Every function of `_table.readings.NUMPY`, and every method that an array has too, is asked in all the
forms its arguments have. Each form gives NumPy's shape, dtype and numbers, or a TypeError that names the
argument; where NumPy raises, so do Tensors. A ufunc that is new in the mapping is walked at once; a test asks
for the forms of any other.
"""

import inspect
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matrix_forms import FORMS as MATRIX_FORMS
from matrix_forms import METHODS as MATRIX_METHODS
from numpy_forms import (
    CUBE,
    EXTRA,
    FORMS,
    MATRIX,
    POINT,
    PRODUCTS,
    SHAPES,
    SINGLE,
    as_tensors,
    asks_new_numpy,
    call,
    elementwise,
    least_right,
    names_a_refused_argument,
    outcome,
    stream,
)

from autograd import Tensor, Value, dot, grad, hvp, jvp
from autograd._functions.plain_results import PLAIN
from autograd._graph.node import plain
from autograd._table.readings import NUMPY

NUMPYS = [
    f
    for f in NUMPY
    if f not in (*PLAIN, *MATRIX_FORMS, np.full_like)
    and (isinstance(f, np.ufunc) or f.__module__.split(".")[0] == "numpy")
]


def forms_of(function: Any) -> list[Any]:
    if function in EXTRA:
        return EXTRA[function]
    return elementwise(function) if isinstance(function, np.ufunc) else FORMS[function]


@asks_new_numpy
def test_every_name_is_walked() -> None:
    """Whoever maps another function of NumPy's says here in which forms it is asked."""
    assert {f for f in NUMPYS if not isinstance(f, np.ufunc)} == set(FORMS)
    for function, forms in FORMS.items():
        named = {name for _, arguments in forms for name in arguments}
        longest = max(len(args) for args, _ in forms)
        parameters = list(inspect.signature(function).parameters.values())
        unasked = [p.name for p in parameters[longest:] if p.name not in named]
        assert not unasked, f"{function.__name__}: no form has {unasked}"


# The least part of the forms that NumPy takes which are right, where it is below four fifths. Half of the
# forms of a ufunc of one number have arguments that a Tensor refuses.
LEAST = {"unique": 0.6, "copy": 0.6, "astype": 0.6}
LEAST |= {f.__name__: 0.45 for f in NUMPYS if isinstance(f, np.ufunc) and f.nin == 1}


def parts_of(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


def compared(
    name: str, function: Callable[..., Any], form: Any, ours: Callable[..., Any] | None = None
) -> bool | None:
    """Whether a form gives on Tensors what it gives in NumPy, else an error says what is refused; None if
    NumPy takes no such form."""
    args, arguments = form
    expected = outcome(function, args, arguments)
    result = outcome(
        ours or function, [as_tensors(a) for a in args], {k: as_tensors(v) for k, v in arguments.items()}
    )
    shown = f"{name}{args}{arguments}: {result!r}, in NumPy {expected!r}"
    if isinstance(expected, Exception):
        axis_error = np.exceptions.AxisError
        assert isinstance(result, axis_error if isinstance(expected, axis_error) else Exception), shown
        return None
    if isinstance(result, Exception):
        assert isinstance(result, TypeError), shown
        assert names_a_refused_argument(getattr(np, name, function), form, result), shown
        return False
    assert type(result) is type(expected) or isinstance(result, Tensor), shown
    assert any(isinstance(part, Tensor) for part in parts_of(result)) or result == (), shown
    for part, numbers in zip(parts_of(result), parts_of(expected), strict=True):
        assert (part.shape, part.dtype) == (np.shape(numbers), np.asarray(numbers).dtype), shown
        np.testing.assert_allclose(
            plain(part), numbers, rtol=1e-6 if part.dtype == np.float32 else 1e-14, err_msg=shown
        )
    return True


@asks_new_numpy
@pytest.mark.parametrize("function", NUMPYS, ids=lambda f: f.__name__)
def test_it_means_what_it_means_in_numpy(function: Any) -> None:
    forms = forms_of(function)
    answers = [compared(function.__name__, function, form) for form in forms]
    assert sum(map(bool, answers)) >= least_right(function.__name__, answers, LEAST)


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
        assert reverse == pytest.approx(slope, rel=1e-6, abs=3e-8), shown
        assert jvp(curved, points, along)[1] == pytest.approx(slope, rel=1e-6, abs=3e-8), shown
        turns = hvp(curved, points, along)
        for turn, up, down in zip(turns, slopes(*above), slopes(*below), strict=True):
            np.testing.assert_allclose(turn, (up - down) / (2 * h), rtol=1e-5, atol=1e-7, err_msg=shown)
        asked += 1
    assert asked > len(forms_of(function)) / 8


def squared(function: Any, args: Any, arguments: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """A weighted sum of the squares of a form's result, as a function of its arrays; of none if refused."""
    values = outcome(function, args, arguments)
    result = outcome(function, [as_tensors(a) for a in args], arguments)
    flat = [e for a in args for e in (a if isinstance(a, (list, tuple)) else [a])]
    places = [i for i, e in enumerate(flat) if isinstance(e, np.ndarray) and e.dtype == np.float64 and e.size]
    if function is np.where and 0 in places:
        places.remove(0)  # a condition has no derivative
    results = [] if isinstance(values, Exception) else parts_of(values)
    if isinstance(result, Exception) or not any(np.size(v) and np.all(np.abs(v) < 1e9) for v in results):
        places = []
    weights = [np.linspace(0.5, 1.5, np.size(v)).reshape(np.shape(v)) for v in results]

    def curved(*arrays: Any) -> Any:
        result = function(*with_arrays(args, dict(zip(places, arrays, strict=True))), **arguments)
        return sum((w * part * part).sum() for w, part in zip(weights, parts_of(result), strict=True))

    return curved, tuple(flat[i] for i in places)


def with_arrays(args: Any, arrays: dict[int, Any]) -> list[Any]:
    """Arguments with other arrays in some places, counted through the lists among them."""
    count = itertools.count()
    return [
        type(a)([arrays.get(next(count), e) for e in a])
        if isinstance(a, (list, tuple))
        else arrays.get(next(count), a)
        for a in args
    ]


# -- methods ----------------------------------------------------------------------------------------


NOT_OF_A_METHOD = {"correction", "axis1", "axis2", "a_min", "a_max"}


def as_a_method(function: Any) -> list[Any]:
    """The forms of a function that are forms of the method too: the array first, under no name."""
    return [
        form
        for form in FORMS[function]
        if form[0] and isinstance(form[0][0], np.ndarray) and form[1].keys().isdisjoint(NOT_OF_A_METHOD)
    ]


ALIKE = {
    name for name in dir(Tensor) if not name.startswith("_") and callable(getattr(np.ndarray, name, None))
}
METHODS = {
    **{f.__name__: as_a_method(f) for f in FORMS if f.__name__ in ALIKE},
    "flatten": as_a_method(np.ravel),
    "conjugate": [call(MATRIX)],
    "copy": [call(MATRIX), call(MATRIX, "C"), call(MATRIX, order="F")],
    "astype": [
        call(MATRIX, np.float32), call(SINGLE, np.float64), call(MATRIX, float), call(MATRIX, int),
        call(MATRIX, "f4"), call(MATRIX, np.float16), call(MATRIX, np.float32, copy=False),
        call(MATRIX, np.float32, "K", "no"), call(MATRIX, bool), call(MATRIX, "x"),
    ],
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
GIVING_NUMBERS = {f.__name__ for f in PLAIN} | {"item", "tolist"}


def test_every_method_that_an_array_has_too_is_walked() -> None:
    assert set(METHODS) | set(MATRIX_METHODS) == ALIKE - GIVING_NUMBERS


@asks_new_numpy
@pytest.mark.parametrize("name", METHODS)
def test_a_method_means_what_an_arrays_does(name: str) -> None:
    def method(x: Any, *args: Any, **arguments: Any) -> Any:
        return getattr(x, name)(*args, **arguments)

    answers = [compared(name, method, form) for form in METHODS[name]]
    assert sum(map(bool, answers)) >= least_right(name, answers, LEAST)


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
    result = outcome(lambda: Tensor(CUBE)[index], (), {})
    if isinstance(expected, Exception):
        assert isinstance(result, type(expected)), result
        return
    assert not isinstance(result, Exception), result
    np.testing.assert_array_equal(result.data, expected)
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
    for result in values[:2] if 0 in a.shape else values:
        numbers = result.data if isinstance(result, (Tensor, Value)) else np.asarray(result).astype(float)
        np.testing.assert_allclose(numbers, expected, rtol=1e-13)
