"""A function at a point: as a function of the leaves of its arguments, and with one flat result."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._derivatives.differences.samples import Array
from autograd._derivatives.structures import is_container, is_written_array, leaves, rebuild
from autograd._functions.arranging.joining import concatenate
from autograd._graph.context import no_grad
from autograd._graph.leaving import plain_array
from autograd._graph.node import Node, plain
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.checks import holds_reals
from autograd._support.entering import is_number

__all__ = ["Arguments", "Function", "Place", "Point", "flatten", "numbers", "output_places", "read_point"]

Function = Callable[..., Any]
Arguments = tuple[Any, ...]
Place = tuple[int, tuple[int, ...]]

# Errors by which a function says that a number is outside of its domain: `DomainError`, and ValueError,
# ZeroDivisionError, OverflowError and FloatingPointError of Python and NumPy; failed assertions, and places
# beyond the end of a table.
OUTSIDE = (ValueError, ArithmeticError, AssertionError, LookupError, np.linalg.LinAlgError)


@dataclass(frozen=True)
class Point:
    """The leaves of a function's arguments, where its derivatives are checked.

    Attributes:
        leaves: floats, or arrays of float64.
        labels: of the leaves, or their paths.
        arguments: the arguments as the caller passed them.
    """

    leaves: Arguments
    labels: tuple[str | None, ...]
    arguments: Arguments

    def in_structure(self, parts: Sequence[Any]) -> Arguments:
        """Other leaves in the structure of the arguments."""
        if not any(map(is_container, self.arguments)):
            return tuple(parts)
        rebuilt: Arguments = rebuild(self.arguments, iter(parts))
        return rebuilt

    def places(self) -> Iterator[Place]:
        """Every single number among the leaves: which leaf, and where in it."""
        return ((i, index) for i, leaf in enumerate(self.leaves) for index in np.ndindex(np.shape(leaf)))

    def number(self, place: Place) -> float:
        """The number at a place."""
        i, index = place
        leaf = self.leaves[i]
        return float(leaf[index]) if isinstance(leaf, np.ndarray) else float(leaf)

    def moved(self, place: Place, number: float) -> Arguments:
        """The leaves with another number at a place."""
        i, index = place
        leaf: Any = number
        if isinstance(self.leaves[i], np.ndarray):
            leaf = self.leaves[i].copy()
            leaf[index] = number
        return (*self.leaves[:i], leaf, *self.leaves[i + 1 :])


def read_point(args: Arguments) -> Point:
    """The point of a function's arguments.

    Raises:
        TypeError: for no arguments, and for anything but numbers and arrays of real numbers.
    """
    args = tuple(np.array(a) if is_written_array(a) else a for a in args)
    if any(map(is_container, args)):
        pairs = leaves(args, "args")
    else:
        pairs = [(a.label if isinstance(a, Node) else None, a) for a in args]  # type: ignore[misc]
    parts = tuple(_numbers(leaf) for _, leaf in pairs)
    if any(
        isinstance(part, np.ndarray) for part in parts
    ):  # numbers beside arrays are arrays of no dimension
        parts = tuple(map(np.asarray, parts))
    if not parts:
        raise TypeError("gradcheck needs at least one argument to differentiate by")
    return Point(parts, tuple(label for label, _ in pairs), args)


def _numbers(x: Any) -> Any:
    """The numbers of an argument: a float, or an array of float64."""
    if isinstance(x, Value) or is_number(x):
        return float(plain(x))
    array = plain_array(x)
    if not holds_reals(array):
        raise TypeError(f"gradcheck takes numbers, arrays, Values and Tensors, not arrays of {array.dtype}")
    return array.astype(np.float64)


def flatten(out: Any) -> Any:
    """A result of nodes as one flat Tensor, or one flat list of Values and numbers."""
    parts = [part for _, part in leaves(out)]
    if any(isinstance(part, Tensor) for part in parts):
        tensors = (p if isinstance(p, Tensor) else Tensor(np.asarray(plain(p), dtype=float)) for p in parts)
        flat = [tensor.reshape(-1) for tensor in tensors]
        return flat[0] if len(flat) == 1 else concatenate(flat)
    return [
        number for part in parts for number in (np.ravel(part) if isinstance(part, np.ndarray) else [part])
    ]


def numbers(out: Any) -> Array:
    """The numbers of a result as one flat array."""
    parts = [plain_array(part, float).reshape(-1) for _, part in leaves(out)]
    return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.empty(0)])


def output_places(out: Any) -> list[tuple[Any, ...]]:
    """For each number of a result its place: indices, and keys of dicts; () for one number."""
    if not is_container(out):
        return list(np.ndindex(np.shape(plain(out))))
    parts = out.items() if isinstance(out, dict) else enumerate(out)
    return [(key, *place) for key, part in parts if part is not None for place in output_places(part)]


def run(f: Function, point: Point, as_nodes: bool) -> Callable[[Arguments], Any]:
    """f as a function of plain leaves; nothing is recorded.

    Args:
        as_nodes: whether f gets Values and Tensors, as its users pass them, or floats and arrays.
    """

    def result(parts: Arguments) -> Any:
        if as_nodes:
            parts = tuple(Tensor(a) if isinstance(a, np.ndarray) else Value(a) for a in parts)
        else:
            parts = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in parts)
        with no_grad():
            return f(*point.in_structure(parts))

    return result


def on_line(f: Callable[[Arguments], Any], point: Point, place: Place) -> Callable[[float], Array | None]:
    """The numbers of a result as a function of the number at one place; None outside of the domain."""

    def at(number: float) -> Array | None:
        try:
            out = numbers(f(point.moved(place, number)))
        except OUTSIDE:
            return None
        return np.where(np.isfinite(out), out, math.nan)

    return at
