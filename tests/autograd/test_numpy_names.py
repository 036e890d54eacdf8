"""A name of NumPy's means on Tensors what it means in NumPy, or says which argument it does not take.

Every function of `_table.readings.NUMPY`, and every method that an array has too, is called in all forms
of its arguments. Each form gives NumPy's shape, dtype and numbers, or an error that names the argument;
where NumPy raises, so do Tensors. Then each form's derivatives, of both modes and two orders. A ufunc that is
new in the mapping is walked at once; a test asks for the forms of any other.
"""

import inspect
from typing import Any

import numpy as np
import pytest
from matrix_forms import FORMS as MATRIX_FORMS
from numpy_forms import CUBE, EXTRA, FORMS, MATRIX, POINT, PRODUCTS, SHAPES, SINGLE, call, elementwise
from numpy_harness import asks_new_numpy, enough, has_derivatives, is_numpys, outcome

from autograd import Tensor, Value, dot
from autograd._functions.plain_results import PLAIN
from autograd._support.numpy_functions import public_name
from autograd._table.readings import NUMPY

ALL_FORMS = {**FORMS, **MATRIX_FORMS}
NUMPYS = [f for f in NUMPY if f not in (*PLAIN, np.full_like) and public_name(f).startswith("numpy.")]


def short(function: Any) -> str:
    return public_name(function).removeprefix("numpy.")


def forms_of(function: Any) -> list[Any]:
    if function in EXTRA:
        return EXTRA[function]
    return elementwise(function) if isinstance(function, np.ufunc) else ALL_FORMS[function]


@asks_new_numpy
def test_every_name_is_walked() -> None:
    """Whoever maps another function of NumPy's says here in which forms it is called."""
    assert {f for f in NUMPYS if not isinstance(f, np.ufunc)} == set(ALL_FORMS)
    for function, forms in ALL_FORMS.items():
        named = {name for _, arguments in forms for name in arguments} | {"args", "kwargs"}
        longest = max(len(args) for args, _ in forms)
        parameters = list(inspect.signature(function).parameters.values())[longest:]
        if function in MATRIX_FORMS:
            parameters = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
        unasked = [p.name for p in parameters if p.name not in named]
        assert not unasked, f"{function.__name__}: no form has {unasked}"


# The least part of the forms that NumPy takes which are right, where it is below four fifths. Half of the
# forms of a ufunc of one number have arguments that a Tensor refuses.
LEAST = {
    "unique": 0.6,
    "copy": 0.6,
    "astype": 0.6,
    "cross": 0.65,
    "linalg.svd": 0.65,
    "trace": 0.75,
    "linalg.trace": 0.75,
}
LEAST |= {f.__name__: 0.45 for f in NUMPYS if isinstance(f, np.ufunc) and f.nin == 1}


@asks_new_numpy
@pytest.mark.parametrize("function", NUMPYS, ids=short)
def test_it_means_what_it_means_in_numpy(function: Any) -> None:
    answers = [is_numpys(function, form) for form in forms_of(function)]
    assert enough(answers, LEAST.get(short(function), 0.8))


@pytest.mark.parametrize(
    "function", [*(f for f in ALL_FORMS if f is not np.linalg.matrix_rank), np.matmul], ids=short
)
def test_the_derivatives_of_every_form(function: Any) -> None:
    forms = forms_of(function)
    assert sum(has_derivatives(function, form) for form in forms) > len(forms) / 8


# -- methods ----------------------------------------------------------------------------------------


NOT_OF_A_METHOD = {"correction", "axis1", "axis2", "a_min", "a_max"}


def as_a_method(function: Any) -> list[Any]:
    """The forms of a function that are forms of the method too: the array first, under no name."""
    return [
        form
        for form in ALL_FORMS[function]
        if form[0] and isinstance(form[0][0], np.ndarray) and form[1].keys().isdisjoint(NOT_OF_A_METHOD)
    ]


ALIKE = {
    name for name in dir(Tensor) if not name.startswith("_") and callable(getattr(np.ndarray, name, None))
}
METHODS = {
    **{name: as_a_method(f) for name in sorted(ALIKE) if (f := getattr(np, name, None)) in ALL_FORMS},
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
    assert set(METHODS) == ALIKE - GIVING_NUMBERS


@asks_new_numpy
@pytest.mark.parametrize("name", METHODS)
def test_a_method_means_what_an_arrays_does(name: str) -> None:
    def method(x: Any, *args: Any, **arguments: Any) -> Any:
        return getattr(x, name)(*args, **arguments)

    answers = [is_numpys(method, form, getattr(np, name, method)) for form in METHODS[name]]
    assert enough(answers, LEAST.get(name, 0.8))


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


@pytest.mark.parametrize("index", INDICES, ids=lambda index: " ".join(repr(index).split())[:60])
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
