"""NumPy's functions of products and of linear algebra mean on Tensors what they mean in NumPy.

Each is asked in all the forms its arguments have: NumPy's shape, dtype and numbers, or a TypeError that names
the argument; where NumPy raises, so do Tensors. Then each form's derivatives, of both modes and two orders.
"""

import inspect
from typing import Any

import numpy as np
import pytest
from matrix_forms import FORMS, METHODS, RANK_TWO
from numpy_forms import as_tensors, asks_new_numpy, least_right, names_a_refused_argument, outcome

from autograd import Tensor, grad, jvp
from autograd._table.readings import NUMPY

# The least part of the forms that NumPy takes which are right, where it is below four fifths.
LEAST = {"cross": 0.65, "svd": 0.65, "trace": 0.75}
NUMBERS_ALONE = {
    np.linalg.slogdet: [0],
    np.linalg.lstsq: [2],
    np.linalg.matrix_rank: [0],
}  # results without a derivative


def results(x: Any) -> list[Any]:
    return list(x) if isinstance(x, tuple) else [x]


def with_tensors(form: Any) -> tuple[Any, dict[str, Any]]:
    args, arguments = form
    return [as_tensors(a) for a in args], {
        k: v if k == "out" else as_tensors(v) for k, v in arguments.items()
    }


def compared(function: Any, form: Any, ours: Any = None) -> bool | None:
    """Whether a form gives on Tensors what it gives in NumPy, else an error says what is refused; None if
    NumPy takes no such form."""
    expected = outcome(function, *form)
    result = outcome(ours or function, *with_tensors(form))
    shown = f"{function.__name__}{form}: {result!r}, in NumPy {expected!r}"
    if isinstance(expected, Exception):
        assert isinstance(result, Exception), shown
        if isinstance(expected, np.linalg.LinAlgError):
            assert isinstance(result, ValueError), shown
        return None
    if isinstance(result, Exception):
        assert isinstance(result, (TypeError, ValueError)), shown
        assert names_a_refused_argument(function, form, result), shown
        return False
    assert type(result).__name__ == type(expected).__name__ or not isinstance(expected, tuple), shown
    for i, (a, b) in enumerate(zip(results(result), results(expected), strict=True)):
        assert isinstance(a, Tensor) is (i not in NUMBERS_ALONE.get(function, [])), shown
        numbers = np.asarray(a.data if isinstance(a, Tensor) else a)
        single = numbers.dtype == np.float32
        assert numbers.shape == np.shape(b), shown
        assert numbers.dtype == np.asarray(b).dtype or numbers.dtype.kind == "i", shown
        rounding = (1e-5 if single else 1e-13) * np.max(np.abs(b), initial=0, where=np.isfinite(b))
        np.testing.assert_allclose(numbers, b, rtol=1e-5 if single else 1e-12, atol=rounding, err_msg=shown)
    return True


@pytest.mark.parametrize("function", FORMS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_it_means_what_it_means_in_numpy(function: Any) -> None:
    answers = [compared(function, form) for form in FORMS[function]]
    assert sum(map(bool, answers)) >= least_right(function.__name__, answers, LEAST)


@asks_new_numpy
@pytest.mark.parametrize("function", FORMS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_every_argument_is_asked(function: Any) -> None:
    assert function in NUMPY
    named = {name for _, arguments in FORMS[function] for name in arguments}
    longest = max(len(args) for args, _ in FORMS[function])
    positional = [p for p in inspect.signature(function).parameters.values() if p.kind is not p.KEYWORD_ONLY]
    unasked = {p.name for p in positional[longest:]} - named
    assert not {name for name in unasked if name not in ("args", "kwargs")}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_means_what_an_arrays_does(name: str) -> None:
    def method(x: Any, *args: Any, **arguments: Any) -> Any:
        return getattr(x, name)(*args, **arguments)

    forms = [form for form in METHODS[name] if form[0] and isinstance(form[0][0], np.ndarray)]
    answers = [compared(getattr(np, name), form, method) for form in forms]
    assert sum(map(bool, answers)) >= least_right(name, answers, LEAST)


def varied(form: Any) -> list[Any]:
    """The arrays of float64 of a form."""
    flat = [e for a in form[0] for e in (a if isinstance(a, (list, tuple)) else [a])]
    return [e for e in flat if isinstance(e, np.ndarray) and e.dtype == np.float64 and e.size]


H = 1e-3  # the error of a difference of fourth order is about h⁴


def slope(f: Any) -> Any:
    """The derivative at 0 of a function of a number."""
    return (8 * (f(H) - f(-H)) - (f(2 * H) - f(-2 * H))) / (12 * H)


def line_through(function: Any, form: Any, arrays: list[Any], shapes: list[Any]) -> Any:
    """A weighted sum of the squares of the results, with all arrays moved along a line."""
    rng = np.random.default_rng(2)
    along = {id(a): rng.uniform(-1, 1, a.shape) for a in arrays}
    weights = [rng.uniform(0.5, 1.5, shape) for shape in shapes]

    def moved(x: Any, t: Any) -> Any:
        if isinstance(x, (list, tuple)) and any(isinstance(e, np.ndarray) for e in x):
            return [moved(e, t) for e in x]
        return x + t * along[id(x)] if id(x) in along else x

    def line(t: Any) -> Any:
        out = results(function(*(moved(a, t) for a in form[0]), **form[1]))
        return sum((w * o * o).sum() for o, w in zip(out, weights, strict=True) if isinstance(o, Tensor))

    return line


@pytest.mark.parametrize(
    "function",
    [f for f in FORMS if f is not np.linalg.matrix_rank],
    ids=lambda f: f"{f.__module__}.{f.__name__}",
)
def test_the_derivatives_of_every_form(function: Any) -> None:
    """Along a line through the arrays of each form, both modes and two orders against differences."""
    asked = 0
    for form in FORMS[function]:
        arrays, value = varied(form), outcome(function, *form)
        result = outcome(function, *with_tensors(form))
        if isinstance(result, Exception) or not arrays or not all((a != 0).all() for a in arrays):
            continue
        if function is not np.linalg.det and any(a is RANK_TWO for a in arrays):
            continue  # along a line the rank jumps, and the pseudo-inverse with it
        if not all(np.isfinite(v).all() for v in results(value)) or not any(map(np.size, results(value))):
            continue
        line = line_through(function, form, arrays, list(map(np.shape, results(value))))
        shown = f"{function.__name__}{form}"
        first = grad(line)
        parts = [a for a in (*form[0], *form[1].values()) if isinstance(a, float)]
        if function in (np.linalg.pinv, np.linalg.lstsq) and 0.5 in parts:
            with pytest.raises(np.linalg.LinAlgError, match="singular values that are not 0"):
                first(np.array(0.0))
            continue
        reverse = first(np.array(0.0))
        expected = slope(lambda t, f=line: f(Tensor(t)).item())
        curvature = slope(lambda t, f=first: f(np.array(t)))
        assert reverse == pytest.approx(expected, rel=1e-7, abs=1e-9), shown
        assert jvp(line, (np.array(0.0),), (np.array(1.0),))[1] == pytest.approx(
            expected, rel=1e-7, abs=1e-9
        ), shown
        for second in (grad(first)(np.array(0.0)), jvp(first, (np.array(0.0),), (np.array(1.0),))[1]):
            assert second == pytest.approx(curvature, rel=1e-6, abs=1e-8), shown
        asked += 1
    assert asked > len(FORMS[function]) / 8
