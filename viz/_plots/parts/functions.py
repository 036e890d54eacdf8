"""A function of one or two numbers, asked for its heights and its slopes."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import grad, no_grad
from autograd._graph.node import Node, plain
from autograd._support.entering import is_number
from viz._plots.parts.arrays import LARGEST, Array

__all__ = ["Function", "check_function", "heights", "slopes"]

Function = Callable[..., Any]


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


def heights(f: Function, across: Array, up: Array | None = None) -> Array:
    """f at every point of an axis or of a grid; nan where it is undefined, or too large to be drawn.

    Args:
        f: called with the plain floats of one point at a time, so that any Python will do.
        across, up: the axes; a grid's result has shape (up, across).

    Raises:
        TypeError: when f returns anything but a number.
        ValueError: when f is undefined everywhere.

    >>> heights(lambda x: 1 / x, np.array([-1.0, 0.0, 2.0]))
    array([-1. ,  nan,  0.5])
    """
    axes = [across] if up is None else [up, across]
    values = np.array([_height(f, point[::-1]) for point in itertools.product(*(a.tolist() for a in axes))])
    values[~(abs(values) <= LARGEST)] = np.nan
    if np.isnan(values).all():
        raise ValueError("f is undefined everywhere in this range")
    return values.reshape([len(a) for a in axes])


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
