"""Derivatives compared with differences of the function.

The differences know their own error, so the check needs no tolerance guessed by its user: a fixed one passes
a wrong derivative where derivatives are small, and fails a right one where they are large.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from autograd._derivatives.differences import Array, Difference, difference
from autograd._derivatives.structures import is_container, is_written_array, leaves, rebuild
from autograd._derivatives.transforms import grad, jacobian, jvp
from autograd._graph.context import no_grad, resumed
from autograd._graph.leaving import plain_array
from autograd._graph.node import DomainError, Node, name, plain, topological_order
from autograd._graph.tracing import lenient
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.checks import count, holds_reals
from autograd._support.entering import is_number
from autograd._table.rows import Row

__all__ = ["GradientError", "gradcheck"]

Function = Callable[..., Any]
Arguments = tuple[Any, ...]

RELATIVE = 1e-9  # part of a difference that a derivative may be off, beside the errors of the difference


class GradientError(AssertionError):
    """A derivative that disagrees with the differences.

    Attributes:
        input: the number of the argument.
        index: the place in it, () for a number.
        mode: ``reverse`` or ``forward``.
        order: 1 for the gradient, 2 for the derivative of the gradient, ….
        analytic, numeric: the two derivatives; arrays when the function's result is one.
        error: the estimated error of the numeric one.
        step: the step of the differences.
        kink: the nearest place where a derivative jumps, in words, or None.

    >>> try:
    ...     gradcheck(lambda x: x * x.data, 3.0)  # .data is a plain number, so one factor has no derivative
    ... except GradientError as error:
    ...     print(error.mode, error.analytic, round(error.numeric, 6))
    reverse 3.0 6.0
    """

    __module__ = "autograd"  # where users find it

    input: int
    index: tuple[int, ...]
    mode: str
    order: int
    analytic: Any
    numeric: Any
    error: Any
    step: float
    kink: str | None

    def __init__(self, message: str, **attributes: Any) -> None:
        super().__init__(message)
        self.__dict__.update(attributes)


def gradcheck(f: Function, *args: Any, order: int = 1, **named: Any) -> bool:
    """Compare the derivatives of f at args, in reverse and in forward mode, with differences of f.

    Args:
        f: a function of Values and Tensors whose result is one number or one array.
        args: where to check: numbers, arrays, Values or Tensors, or lists, tuples and dicts of them. For big
            arrays the check is slow, since each element is moved by itself.
        order: up to which derivative; 2 checks the derivatives of the gradient as well.
        named: goes on to f, by name, as constants.

    Returns:
        True.

    Raises:
        GradientError: naming the input, both derivatives, the step, and the nearest kink.
        DomainError: when f has no value, or no derivative, at args.

    >>> from autograd import tanh
    >>> gradcheck(lambda x, y: tanh(x) * y, 0.3, 2.0, order=2)
    True
    """
    order = count(order, "gradcheck: order")
    f, args, names = _by_leaf(functools.partial(f, **named) if named else f, args)
    points = tuple(map(_numbers, args))
    if any(isinstance(a, np.ndarray) for a in points):  # numbers beside arrays are arrays of no dimension
        points = tuple(map(np.asarray, points))
    if not points:
        raise TypeError("gradcheck needs at least one argument to differentiate by")
    with lenient(), no_grad():  # the transforms record all the same, and give plain numbers
        _check(f, points, names, order, 1)
    return True


def _by_leaf(f: Function, args: Arguments) -> tuple[Function, Arguments, tuple[str | None, ...]]:
    """f as a function of the leaves of its arguments, and the leaves with their names."""
    args = tuple(np.array(a) if is_written_array(a) else a for a in args)
    if not any(map(is_container, args)):
        return f, args, tuple(a.label if isinstance(a, Node) else None for a in args)
    paths, parts = zip(*leaves(args, "args"), strict=True)
    return (lambda *parts: f(*rebuild(args, iter(parts)))), parts, paths


def _numbers(x: Any) -> Any:
    """The numbers of an argument: a float, or an array of float64."""
    if isinstance(x, Value) or is_number(x):
        return float(plain(x))
    array = plain_array(x)
    if not holds_reals(array):
        raise TypeError(f"gradcheck takes numbers, arrays, Values and Tensors, not arrays of {array.dtype}")
    return array.astype(np.float64)


def _check(f: Function, args: Arguments, names: tuple[str | None, ...], orders: int, order: int) -> None:
    jacobians = jacobian(f, range(len(args)))(*args)
    for i, index in _places(args):
        numeric = _difference(f, args, i, index)
        element: Any = (..., *index)
        tangents = tuple(_unit(a, index if k == i else None) for k, a in enumerate(args))
        derivatives = {"reverse": np.asarray(jacobians[i])[element]}
        with suppress(NotImplementedError):  # a rule from outside that is for the reverse mode alone
            derivatives["forward"] = jvp(f, args, tangents)[1]
        for mode, derivative in derivatives.items():
            analytic = np.asarray(derivative, dtype=float).reshape(numeric.value.shape)
            if not numeric.agrees(analytic, RELATIVE * np.abs(numeric.value)):
                place = f"argument {i}" + (f" ({names[i]})" if names[i] else "")
                place += f" at {list(index)}" if index else ""
                attributes = {"input": i, "index": index, "mode": mode, "order": order}
                raise _disagreement(place, analytic, numeric, _nearest_kink(f, args), **attributes)
    if order < orders:
        for component in _gradient_components(f, args):
            _check(component, args, names, orders, order + 1)


def _places(args: Arguments) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every single number among the arguments: which argument, and where in it."""
    return ((i, index) for i, arg in enumerate(args) for index in np.ndindex(np.shape(arg)))


def _gradient_components(f: Function, args: Arguments) -> Iterator[Function]:
    """Each first derivative of f as a function of its own."""
    everything = range(len(args))
    for row in range(_evaluate(f, args).size):
        for i, index in _places(args):

            def component(*xs: Any, i: int = i, index: Any = index, row: int = row) -> Any:
                slope = grad(lambda *ys: _entry(f(*ys), row), everything)(*xs)[i]
                return slope[index] if index else slope

            yield component


def _entry(out: Any, row: int) -> Any:
    """One number of a result."""
    if isinstance(out, (list, tuple, np.ndarray)):
        return np.asarray(out, dtype=object).reshape(-1)[row]
    return out.reshape(-1)[row] if np.ndim(out) else out


def _unit(arg: Any, index: tuple[int, ...] | None) -> Any:
    """The tangent that moves one number of an argument, or none."""
    unit = np.zeros(np.shape(arg))
    if index is not None:
        unit[index] = 1.0
    return unit if isinstance(arg, np.ndarray) else float(unit)


def _result(f: Function, args: Arguments) -> Any:
    """The result of f, of nodes."""
    return f(*(Tensor(a) if isinstance(a, np.ndarray) else Value(a) for a in args))


def _evaluate(f: Function, args: Arguments) -> Array:
    """The numbers of the result, nothing recorded."""
    with no_grad():
        return plain_array(_result(f, args), float)


def _difference(f: Function, args: Arguments, i: int, index: tuple[int, ...]) -> Difference:
    """∂f/∂args[i][index] for every number of the result."""
    whole = args[i]
    x = float(whole[index]) if isinstance(whole, np.ndarray) else whole

    def at(moved: float) -> Array | None:
        arg: Any = moved
        if isinstance(whole, np.ndarray):
            arg = whole.copy()
            arg[index] = moved
        try:
            out = _evaluate(f, (*args[:i], arg, *args[i + 1 :]))
        except (DomainError, np.linalg.LinAlgError):
            return None
        return out if np.all(np.isfinite(out)) else None

    numeric = difference(at, x)
    if numeric is None:
        raise DomainError(
            f"gradcheck: argument {i} = {x!r} is at the edge of the domain: no step leads to both sides"
        )
    return numeric


def _disagreement(
    place: str, analytic: Array, numeric: Difference, kink: str | None, **attributes: Any
) -> GradientError:
    order, mode = attributes["order"], attributes["mode"]
    derivative = "derivative" if order == 1 else f"derivative of order {order}"
    return GradientError(
        f"the {derivative} with respect to {place} is {_text(analytic)} in {mode} mode, "
        f"{_text(numeric.value)} ± {float(np.max(numeric.error)):.1g} by differences of step "
        f"{numeric.step:.3g}" + (f"; the nearest kink is {kink}" if kink else ""),
        **attributes, analytic=_scalar(analytic), numeric=_scalar(numeric.value),
        error=_scalar(numeric.error), step=numeric.step, kink=kink,
    )  # fmt: skip


def _scalar(x: Array) -> Any:
    return x if x.ndim else float(x)


def _text(x: Array) -> str:
    return f"{x.item():.12g}" if x.size == 1 else np.array2string(x, precision=8, threshold=8)


def _nearest_kink(f: Function, args: Arguments) -> str | None:
    """The operation in f nearest to a jump of its derivative."""
    with resumed():
        out = _result(f, args)
    outs = np.asarray(out, dtype=object).flat if isinstance(out, (list, tuple, np.ndarray)) else [out]
    nearest, kink = math.inf, None
    for node in topological_order(*(o for o in outs if isinstance(o, Node))):
        row: Any = node.op
        if isinstance(row, Row) and (distance := row.distance_to_kink(*node.inputs)) < nearest:
            at = ", ".join(map(name, node.args))
            nearest, kink = distance, f"that of {row.name}({at}), {distance:.3g} away"
    return kink
