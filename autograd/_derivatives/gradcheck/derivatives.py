"""The derivatives that a check compares: autograd's own in both modes, or those that someone gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._derivatives.differences.samples import Array
from autograd._derivatives.gradcheck.points import Function, Place, Point, flatten
from autograd._derivatives.structures import align, is_container
from autograd._derivatives.traces import Trace
from autograd._derivatives.transforms import jacobian
from autograd._graph.node import plain

__all__ = ["Derivatives", "OwnDerivatives", "SuppliedDerivatives", "next_order"]


class OwnDerivatives:
    """The derivatives of f by autograd: ``at(place)`` gives one for each output, by mode."""

    def __init__(self, f: Function, point: Point) -> None:
        self._point = point
        flat = flat_function(f, point)
        self._jacobians = jacobian(flat, range(len(point.leaves)))(*point.leaves)
        self._trace: Trace | None = Trace(flat, range(len(point.leaves)), point.leaves, {}, "gradcheck")

    def at(self, place: Place) -> dict[str, Array]:
        i, index = place
        column: Any = (..., *index)
        derivatives = {"reverse": np.ravel(np.asarray(self._jacobians[i], dtype=float)[column])}
        if self._trace is not None:
            try:
                pushed = self._trace.push(self._seeds(i, index))
                derivatives["forward"] = np.ravel(np.asarray(pushed, dtype=float))
            except NotImplementedError:  # a rule from outside that is for the reverse mode alone
                self._trace = None
        return derivatives

    def largest(self) -> Array:
        """For each output, the size of the largest derivative."""
        return _largest([np.asarray(j, dtype=float).reshape(len(j), -1) for j in self._jacobians])

    def _seeds(self, i: int, index: tuple[int, ...]) -> list[Any]:
        seeds: list[Any] = []
        for k, leaf in enumerate(self._point.leaves):
            unit = np.zeros(np.shape(leaf))
            if k == i:
                unit[index] = 1.0
            seeds.append(unit if isinstance(leaf, np.ndarray) else float(unit))
        return seeds


class SuppliedDerivatives:
    """The derivatives that someone gives, in the structure of the arguments.

    Args:
        gradient: of one argument its derivative, of several a list or tuple of derivatives, each in the
            structure of its argument; of a result of several numbers, each has the result's shape before its
            own.
        outputs: how many numbers the result has.

    Raises:
        TypeError, ValueError: where the structure is another.
    """

    def __init__(self, gradient: Any, point: Point, outputs: int) -> None:
        self._outputs = outputs
        if len(point.arguments) == 1 and not (isinstance(gradient, tuple) and len(gradient) == 1):
            gradient = (gradient,)
        parts = (
            [part for _, part in align(point.arguments, gradient, "args", "the gradient given to gradcheck")]
            if any(map(is_container, point.arguments))
            else list(gradient)
        )
        if len(parts) != len(point.leaves):
            raise ValueError(
                f"the gradient given to gradcheck has {len(parts)} part(s), and there are "
                f"{len(point.leaves)} arguments: give one derivative for each, in their order"
            )
        self.parts = [np.asarray(_real(part, k), dtype=float) for k, part in enumerate(parts)]

    def at(self, place: Place) -> dict[str, Array]:
        i, index = place
        part = self.parts[i]
        columns = part.reshape(self._outputs, *part.shape[part.ndim - len(index) :])
        place_in_all: Any = (slice(None), *index)
        return {"given": columns[place_in_all]}

    def largest(self) -> Array:
        """For each output, the size of the largest derivative."""
        return _largest([part.reshape(self._outputs, -1) for part in self.parts])

    def misfit(self, point: Point) -> int | None:
        """The first argument whose derivative has not as many numbers as it needs."""
        for i, (part, leaf) in enumerate(zip(self.parts, point.leaves, strict=True)):
            shape = np.shape(leaf)
            if part.size != self._outputs * np.size(leaf) or part.shape[part.ndim - len(shape) :] != shape:
                return i
        return None


Derivatives = OwnDerivatives | SuppliedDerivatives


def _largest(jacobians: list[Array]) -> Array:
    sizes = np.abs(np.concatenate(jacobians, axis=1))
    largest: Array = np.max(np.where(np.isfinite(sizes), sizes, 0.0), axis=1, initial=0.0)
    return largest


def _real(part: Any, k: int) -> Any:
    array = np.asarray(plain(part))
    if array.dtype == object and array.size:
        array = np.asarray([float(plain(x)) for x in array.flat]).reshape(array.shape)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"the gradient given to gradcheck for argument {k} is a number or an array of real numbers, not "
            f"{type(part).__name__} ({part!r:.60})"
        )
    return array


def flat_function(f: Function, point: Point) -> Function:
    """f as a function of the leaves, with one flat result."""
    return lambda *parts: flatten(f(*point.in_structure(parts)))


def next_order(f: Function, point: Point) -> Callable[..., Any]:
    """All first derivatives of f, in one flat result, as a function of the arguments."""
    flat = flat_function(f, point)
    everything = range(len(point.leaves))

    def derivatives(*parts: Any) -> Any:
        return flatten(list(jacobian(flat, everything)(*parts)))

    return derivatives
