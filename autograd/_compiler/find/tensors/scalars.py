"""The scalars of a graph of Tensors: a line for each, and the operations on arrays of lines."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tape import INPUT
from autograd._graph.primitive import lookup
from autograd._table.rows import Row

__all__ = ["Applied", "Lines", "Operation", "Product", "Scalars"]

Lines = NDArray[Any]  # an array of lines has the shape of the array of numbers that it stands for


@dataclass(eq=False)
class Applied:
    """A row of the table, element by element: lines and arguments are flat."""

    lines: Lines
    row: Row
    args: tuple[Lines, ...]

    def only(self, needed: NDArray[np.bool_]) -> Applied:
        """The operation for some of its lines."""
        if needed.all():
            return self
        return Applied(self.lines[needed], self.row, tuple(a[needed] for a in self.args))


@dataclass(eq=False)
class Product:
    """A product of matrices: weights of shape (sums, terms), quantities of shape (terms, windows)."""

    lines: Lines
    weights: Lines
    quantities: Lines

    @property
    def args(self) -> tuple[Lines, ...]:
        return self.weights, self.quantities

    def only(self, needed: NDArray[np.bool_]) -> Product:
        """The operation for the sums and windows in which some line is needed."""
        if needed.all():
            return self
        shape = len(self.weights), self.quantities.shape[1]
        mask = needed.reshape(shape)
        sums, windows = mask.any(axis=1), mask.any(axis=0)
        lines = self.lines.reshape(shape)[sums][:, windows].ravel()
        return Product(lines, self.weights[sums], self.quantities[:, windows])


Operation = Applied | Product


class Scalars:
    """The lines so far, and the operations that compute them, in order.

    Attributes:
        count: how many lines there are.
        leaves: how many of them, the first, are leaves.
        depends: for each line the bits INPUT and PARAMETER; 0 for a constant.
        numbers: of the constants, by line.
        operations: in order.

    >>> scalars = Scalars()
    >>> x, two = scalars.leaf((3,), INPUT), scalars.constant(2.0)
    >>> scalars.apply(lookup("mul"), x, two)
    array([4, 5, 6])
    """

    def __init__(self) -> None:
        self.count = self.leaves = 0
        self.depends = np.zeros(1024, np.int8)
        self.numbers = np.zeros(1024)
        self.operations: list[Operation] = []
        self._known: dict[Any, Lines] = {}

    def leaf(self, shape: tuple[int, ...], bit: int) -> Lines:
        """The lines of an input or a parameter, before those of any operation."""
        lines = self._lines(np.full(shape, bit, np.int8))
        self.leaves = self.count
        return lines

    def constant(self, numbers: Any) -> Lines:
        """The lines of numbers."""
        numbers = np.asarray(numbers, float)
        lines = self._lines(np.zeros(numbers.shape, np.int8))
        self.numbers[lines] = numbers
        return lines

    def add(self, a: Lines, b: Lines) -> Lines:
        """The lines of sums."""
        return self.apply(lookup("add"), a, b)

    def mul(self, a: Lines, b: Lines) -> Lines:
        """The lines of products."""
        return self.apply(lookup("mul"), a, b)

    def apply(self, row: Any, *args: Lines) -> Lines:
        """The lines of a row, element by element; arguments are broadcast."""
        shape = np.broadcast_shapes(*(a.shape for a in args))
        flat = tuple(np.broadcast_to(a, shape).ravel() for a in args)
        depends = self._together(flat)
        if depends.all() and depends.size:
            return self._applied(row, flat, depends).reshape(shape)
        varies = depends > 0
        lines = np.empty(depends.size, int)
        if varies.any():
            lines[varies] = self.apply(row, *(a[varies] for a in flat))
        with np.errstate(all="ignore"):
            lines[~varies] = self.constant(row.on_arrays(*(self.numbers[a[~varies]] for a in flat)))
        return lines.reshape(shape)

    def _applied(self, row: Row, args: tuple[Lines, ...], depends: NDArray[np.int8]) -> Lines:
        times, over = lookup("mul"), lookup("truediv")
        for one, other in ((1, 0), (0, 1)) if row is times else ((1, 0),) if row is over else ():
            if not self.depends[args[one]].any() and (self.numbers[args[one]] == 1).all():
                return args[other]
        return self._once((row, *(a.tobytes() for a in args)), depends, lambda x: Applied(x, row, args))

    def product(self, weights: Lines, quantities: Lines) -> Lines:
        """The lines of a product of matrices, of which the first is the same for all examples."""
        shape = len(weights), quantities.shape[1]
        # Alike for all: the lines of a block have numbers for each example, or all have one.
        depends = np.bitwise_or.reduce(self.depends[np.append(weights, quantities)])
        if not depends:
            return self.constant(self.numbers[weights] @ self.numbers[quantities])
        key = shape, weights.tobytes(), quantities.tobytes()
        every = np.full(shape[0] * shape[1], depends)
        return self._once(key, every, lambda x: Product(x, weights, quantities)).reshape(shape)

    def _together(self, args: tuple[Lines, ...]) -> NDArray[np.int8]:
        return functools.reduce(np.bitwise_or, (self.depends[a] for a in args))

    def batched(self, lines: Lines) -> NDArray[np.bool_]:
        """Whether scalars differ from example to example."""
        return self.depends[lines] & INPUT > 0

    def rank(self, lines: Lines) -> int:
        """0 for numbers, 1 for leaves, 2 for results, 3 where some differ from example to example.

        Of two factors the one of lower rank is the weight.
        """
        if self.batched(lines).any():
            return 3
        if not self.depends[lines].any():
            return 0
        return 1 if (lines < self.leaves).all() else 2

    def _once(self, key: Any, depends: Any, operation: Callable[[Lines], Operation]) -> Lines:
        if key not in self._known:
            self._known[key] = self._lines(depends)
            self.operations.append(operation(self._known[key]))
        return self._known[key]

    def _lines(self, depends: NDArray[np.int8]) -> Lines:
        first, self.count = self.count, self.count + depends.size
        if self.count > len(self.depends):
            more = np.zeros(max(self.count, 2 * len(self.depends)) - len(self.depends))
            self.depends = np.append(self.depends, more.astype(np.int8))
            self.numbers = np.append(self.numbers, more)
        self.depends[first : self.count] = depends.ravel()
        return np.arange(first, self.count).reshape(depends.shape)
