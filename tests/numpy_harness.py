"""A function of NumPy's on arrays and on Tensors: what a call gives, and the derivatives of what it gives."""

import inspect
import itertools
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matrix_forms import FORMS as MATRIX_FORMS
from matrix_forms import RANK_TWO
from numpy_forms import OUT

from autograd import Tensor, grad, jvp
from autograd._graph.node import plain

# Before 2.4, NumPy's functions in C had no signatures, and a few functions took other arguments.
asks_new_numpy = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="the forms are those of NumPy 2.4"
)
# Functions with several results: the places of those that have no derivative.
WITHOUT_DERIVATIVE = {
    np.linalg.slogdet: [0], np.linalg.lstsq: [2], np.linalg.matrix_rank: [0], np.linalg.eigh: [],
}  # fmt: skip


def outcome(function: Any, args: Any, arguments: dict[str, Any]) -> Any:
    """The result of a call, or the exception that it raises."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args, **arguments)
        except Exception as error:
            return error


def as_tensors(x: Any) -> Any:
    """Arrays of floats as Tensors, in lists too; all else is a constant, and so is an array to write into."""
    if isinstance(x, (list, tuple)) and any(isinstance(e, np.ndarray) for e in x):
        return type(x)(map(as_tensors, x))
    is_target = x is OUT or getattr(x, "base", None) is OUT
    return Tensor(x) if isinstance(x, np.ndarray) and x.dtype.kind == "f" and not is_target else x


def on_tensors(function: Any, form: Any) -> Any:
    """The outcome of a form with Tensors in place of its arrays of floats."""
    args, arguments = form
    named = {name: x if name == "out" else as_tensors(x) for name, x in arguments.items()}
    return outcome(function, list(map(as_tensors, args)), named)


def parts_of(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


def is_numpys(function: Callable[..., Any], form: Any, named: Any = None) -> bool | None:
    """Whether a form gives on Tensors what it gives in NumPy, else an error names what is refused; None if
    NumPy takes no such form.

    Args:
        named: NumPy's function of the same name, where `function` calls a method.
    """
    expected, result = outcome(function, *form), on_tensors(function, form)
    of_matrices = function in MATRIX_FORMS
    shown = f"{(named or function).__name__}{form}: {result!r}, in NumPy {expected!r}"
    if isinstance(expected, Exception):
        kinds = {np.exceptions.AxisError: np.exceptions.AxisError, np.linalg.LinAlgError: ValueError}
        assert isinstance(result, kinds.get(type(expected), Exception)), shown
        return None
    if isinstance(result, Exception):
        assert isinstance(result, (TypeError, ValueError) if of_matrices else TypeError), shown
        assert names_a_refused_argument(named or function, form, result), shown
        return False
    assert isinstance(result, Tensor) or type(result).__name__ == type(expected).__name__, shown
    recorded = [isinstance(part, Tensor) for part in parts_of(result)]
    if function in WITHOUT_DERIVATIVE:
        assert recorded == [i not in WITHOUT_DERIVATIVE[function] for i in range(len(recorded))], shown
    else:
        assert any(recorded) or result == (), shown
    for part, numbers in zip(map(plain, parts_of(result)), parts_of(expected), strict=True):
        dtype = np.asarray(part).dtype
        assert np.shape(part) == np.shape(numbers), shown
        assert dtype == np.asarray(numbers).dtype or dtype.kind == "i", shown
        rtol, atol = (1e-6, 0.0) if dtype == np.float32 else (1e-14, 0.0)
        if of_matrices:
            rounding = 1e-5 if dtype == np.float32 else 1e-13
            largest = np.max(np.abs(numbers), initial=0, where=np.isfinite(numbers))
            rtol, atol = 10 * rounding, rounding * largest
        np.testing.assert_allclose(part, numbers, rtol, atol, err_msg=shown)
    return True


def names_a_refused_argument(function: Any, form: Any, error: Exception) -> bool:
    """Whether an error names an argument of this form, its dtype or its shape, or tells of a lost derivative;
    or the form has an argument of an alien kind."""
    args, arguments = form
    text = str(error)
    try:
        parameters = list(inspect.signature(function).parameters)[: len(args)]
    except ValueError:  # a ufunc of an older NumPy shows none
        parameters = []
    names = {name for name in parameters if len(name) > 1} | arguments.keys()
    names |= {np.dtype(x).name for x in args if isinstance(x, type)}
    shapes = {str(x.shape) for x in args if isinstance(x, np.ndarray) and x.shape}
    is_alien = any(x is None or isinstance(x, (str, complex)) for x in args)
    is_named = not names.isdisjoint(re.findall(r"\w+", text)) or any(shape in text for shape in shapes)
    return is_alien or is_named or "would be lost" in text


def enough(answers: list[bool | None], fraction: float) -> bool:
    """Whether such a part of the forms that NumPy takes is right."""
    return sum(map(bool, answers)) >= fraction * sum(answer is not None for answer in answers)


# -- derivatives ------------------------------------------------------------------------------------

H = 1e-4  # the error of a difference of fourth order is about h⁴


def slope(f: Callable[[Any], Any]) -> Any:
    """The derivative at 0 of a function of a number."""
    return (8 * (f(H) - f(-H)) - (f(2 * H) - f(-2 * H))) / (12 * H)


def varied(function: Any, form: Any) -> dict[int, Any]:
    """The arrays of float64 of a form that a derivative is by, each by its place."""
    flat = [e for a in form[0] for e in (a if isinstance(a, (list, tuple)) else [a])]
    first = 1 if function is np.where else 0  # a condition has no derivative
    arrays = {i: e for i, e in enumerate(flat) if i >= first and isinstance(e, np.ndarray) and e.size}
    arrays = {i: e for i, e in arrays.items() if e.dtype == np.float64}
    values, result = outcome(function, *form), on_tensors(function, form)
    if isinstance(result, Exception) or isinstance(values, Exception):
        return {}
    sizes = [np.abs(v) for v in parts_of(values)]
    kink = any((a == 0).any() for a in arrays.values())
    # Along a line the rank of a singular matrix jumps, and the pseudo-inverse with it.
    jumps = function is not np.linalg.det and any(a is RANK_TWO for a in arrays.values())
    is_tame = any(map(np.size, sizes)) and all(np.all(size < 1e9) for size in sizes)
    return arrays if is_tame and not kink and not jumps else {}


def line_through(function: Any, form: Any, arrays: dict[int, Any]) -> Callable[[Any], Any]:
    """A weighted sum of the squares of the results, with each array moved along a line of its own."""
    rng = np.random.default_rng(2)
    along = {place: rng.uniform(-1, 1, array.shape) for place, array in arrays.items()}
    shapes = map(np.shape, parts_of(outcome(function, *form)))
    weights = [rng.uniform(0.5, 1.5, shape) for shape in shapes]

    def line(t: Any) -> Any:
        places = itertools.count()

        def moved(x: Any) -> Any:
            place = next(places)
            return x + t * along[place] if place in along else x

        args = [type(a)(map(moved, a)) if isinstance(a, (list, tuple)) else moved(a) for a in form[0]]
        parts = zip(parts_of(function(*args, **form[1])), weights, strict=True)
        return sum((w * part * part).sum() for part, w in parts if isinstance(part, Tensor))

    return line


def has_derivatives(function: Any, form: Any) -> bool:
    """Whether a form has derivatives; then both modes and two orders are compared with differences."""
    arrays = varied(function, form)
    if not arrays:
        return False
    line = line_through(function, form, arrays)
    first = grad(line)
    floats = [a for a in (*form[0], *form[1].values()) if isinstance(a, float)]
    zero, one = np.array(0.0), np.array(1.0)
    if function in (np.linalg.pinv, np.linalg.lstsq) and 0.5 in floats:
        with pytest.raises(np.linalg.LinAlgError, match="singular values that are not 0"):
            first(zero)
        return False
    shown = f"{function.__name__}{form}"
    expected = slope(lambda t: line(Tensor(t)).item())
    for derivative in (first(zero), jvp(line, (zero,), (one,))[1]):
        assert derivative == pytest.approx(expected, rel=1e-7, abs=1e-9), shown
    expected = slope(lambda t: first(np.array(t)))
    for derivative in (grad(first)(zero), jvp(first, (zero,), (one,))[1]):
        assert derivative == pytest.approx(expected, rel=1e-6, abs=1e-8), shown
    return True
