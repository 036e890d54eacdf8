"""A function of one or two numbers, asked for its names, its heights and its slopes."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Value, grad, no_grad
from autograd._compiler.programs.for_many import for_many
from autograd._graph.leaving import plain_array
from autograd._graph.node import Node, plain
from autograd._support.checks import holds_reals
from autograd._support.entering import is_number
from viz._pictures.arrays import LARGEST, Array

__all__ = ["Function", "arguments_of", "check_function", "heights", "name_of", "slopes"]

Function = Callable[..., Any]
FEW = 64  # points that are computed one by one
NUM_CHECKED = 24  # points also computed one by one, to compare with a result for all at once
ROUNDING = 1e-9  # relative: the most that another order of additions may change a height


def check_function(f: Any, arguments: int, plot: str) -> None:
    """Raise TypeError unless f can be called with so many numbers.

    >>> check_function(lambda x: x, 2, "surface")
    Traceback (most recent call last):
        ...
    TypeError: surface takes a function of 2 numbers; f cannot be called with 2
    """
    numbers = f"{arguments} number{'' if arguments == 1 else 's'}"
    if not callable(f):
        raise TypeError(f"{plot} takes a function of {numbers}, not {type(f).__name__} ({f!r:.80})")
    try:
        signature = inspect.signature(f)
    except ValueError:
        return  # some functions written in C do not say
    try:
        signature.bind(*[0.0] * arguments)
    except TypeError:
        raise TypeError(
            f"{plot} takes a function of {numbers}; f cannot be called with {arguments}"
        ) from None


def name_of(f: Function) -> str:
    """The name of a function; f for one without a name.

    >>> name_of(abs), name_of(lambda w: w)
    ('abs', 'f')
    """
    name = getattr(f, "__name__", "")
    return name if name.isidentifier() else "f"


def arguments_of(f: Function, number: int) -> list[str]:
    """The names of the first arguments of a function; x and y where it does not name so many.

    >>> arguments_of(lambda w, b=0: w, 1), arguments_of(lambda *w: w, 2)
    (['w'], ['x', 'y'])
    """
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except ValueError:
        parameters = []
    named = [p.name for p in parameters[:number] if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return named if len(named) == number else ["x", "y"][:number]


def heights(f: Function, across: Array, up: Array | None = None) -> Array:
    """f at every point of an axis or of a grid; nan where it is undefined, or too large to be drawn.

    Many points are computed at once: as arrays where f takes arrays, else by a program compiled from f
    where f can be recorded. Any other f is called for one point after another.

    Args:
        f: called with plain floats, with arrays of floats, or with Values, so that any Python will do.
        across, up: the axes; a grid's result has shape (up, across).

    Raises:
        TypeError: when f returns anything but a number.
        ValueError: when f is undefined everywhere.

    >>> heights(lambda x: 1 / x, np.array([-1.0, 0.0, 2.0]))
    array([-1. ,  nan,  0.5])
    """
    axes = [across] if up is None else [up, across]
    points = np.array(list(itertools.product(*(a.tolist() for a in axes))))[:, ::-1]
    values = _at_once(f, points) if len(points) > FEW else None
    if values is None:
        values = _one_by_one(f, points)
    if np.isnan(values).all():
        raise ValueError("f is undefined everywhere in this range")
    return values.reshape([len(a) for a in axes])


def _one_by_one(f: Function, points: Array) -> Array:
    return _drawable(np.array([_height(f, tuple(point)) for point in points.tolist()]))


def _drawable(values: Array) -> Array:
    return np.where(abs(values) <= LARGEST, values, np.nan)


def _at_once(f: Function, points: Array) -> Array | None:
    """f at many points together; None where no result agrees with f itself at the points checked."""
    checked = np.linspace(0, len(points) - 1, NUM_CHECKED).astype(int)
    expected = _one_by_one(f, points[checked])
    scale = np.nanmax(abs(expected), initial=0.0)
    for attempt in (_of_arrays, _of_a_program):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                values = attempt(f, points)
            except Exception:  # whatever f raises for arguments that it was not written for
                continue
        if values is not None and np.allclose(
            values[checked], expected, rtol=ROUNDING, atol=ROUNDING * scale, equal_nan=True
        ):
            return values
    return None


def _of_arrays(f: Function, points: Array) -> Array | None:
    results = plain_array(f(*points.T.copy()))
    fits = results.shape == (len(points),) and holds_reals(results)
    return _drawable(results.astype(np.float64)) if fits else None


def _of_a_program(f: Function, points: Array) -> Array | None:
    def rows(points: Any) -> Any:
        nodes = ([x if isinstance(x, Node) else Value(float(x)) for x in point] for point in points)
        return np.array([[f(*point)] for point in nodes], dtype=object)

    results = for_many(rows, points)
    return None if results is None else _drawable(np.ravel(results))


def _height(f: Function, point: tuple[float, ...]) -> float:
    try:
        height = f(*point)
    except ArithmeticError:  # DomainError, 1/0, an overflow: a hole in the picture
        return np.nan
    if not is_number(height) and not (isinstance(height, Node) and np.ndim(plain(height)) == 0):
        raise TypeError(f"f gives one number, and at {point} it gave {height!r:.80}")
    return float(plain(height))


def slopes(f: Function, point: tuple[float, ...]) -> tuple[float, ...]:
    """∂f/∂x, or (∂f/∂x, ∂f/∂y), from the engine.

    Raises:
        TypeError: when f computes with plain numbers, as the functions of `math` do, where the engine has
            to see what it computes.
        DomainError: where f or its slope is undefined.

    >>> slopes(lambda x, y: 1.5 * x**2 + 0.5 * y**2, (1.0, 1.0))
    (3.0, 1.0)
    """
    with no_grad():  # a transform records inside; outside of it a slope is a number, whatever f refers to
        try:
            gradient: tuple[float, ...] = grad(f, argnums=tuple(range(len(point))))(*point)
        except TypeError as error:
            raise TypeError(
                f"the slope of f at {point if len(point) > 1 else point[0]} needs f in the functions of "
                f"autograd or NumPy, such as autograd.sin, which take plain numbers too: {error}"
            ) from error
    return gradient
