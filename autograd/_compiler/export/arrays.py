"""A program on arrays of another library, with the derivatives of the table.

A row becomes a function of the library: its value is computed by the pieces of `row_calls`, its derivative
by the row's partials. The names and operators in the text of a partial are functions of the same kind,
so derivatives of every order are the table's.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._compiler.export.libraries import Array, Function, Library
from autograd._compiler.export.translate import Translation
from autograd._compiler.row_calls import Kernel
from autograd._table.define import on_define
from autograd._table.readings import NODES
from autograd._table.rows import OPERATORS, Row

__all__ = ["applied"]

FUNCTIONS = 4096  # in the cache: a row with given numbers, as x**3, is one


def applied(library: Library, row: Row, args: Sequence[Any]) -> Array:
    """A row on arrays of a library and numbers.

    >>> from autograd._compiler.export.libraries import NUMPY
    >>> from autograd._graph.primitive import lookup
    >>> applied(NUMPY, lookup("pow"), [np.array([1.0, 2.0]), 3.0])
    array([1., 8.])
    """
    arrays = [a for a in args if not isinstance(a, (float, int))]
    if len(arrays) > 1:  # each partial has the shape of its argument: the library sums over broadcast axes
        shape = np.broadcast_shapes(*(tuple(a.shape) for a in arrays))
        arrays = [a if tuple(a.shape) == shape else library.xp.broadcast_to(a, shape) for a in arrays]
    # Numbers as text, since -0.0 equals 0.0 and nan does not equal nan.
    numbers = tuple(repr(float(a)) if isinstance(a, (float, int)) else None for a in args)
    return _function(library, row, numbers)(*arrays)


@functools.lru_cache(maxsize=FUNCTIONS)
def _function(library: Library, row: Row, numbers: tuple[str | None, ...]) -> Function:
    """A row as a function of its arguments that are arrays."""
    args = [None if n is None else float(n) for n in numbers]
    places = [i for i, n in enumerate(args) if n is None]
    kernel = Kernel(np.dtype(float))
    symbols = [kernel.symbol(i) for i in places]

    def filled(varying: Sequence[Any]) -> list[Any]:
        arrays = iter(varying)
        return [next(arrays) if n is None else n for n in args]

    out = kernel.applied(row, filled(symbols))

    def function(*arrays: Array) -> Array:
        known = dict(zip(symbols, arrays, strict=True))
        result = Translation(_Target(library, arrays[0]), row, known).numbers(out)
        shape = tuple(arrays[0].shape)  # the arrays may leave the result alone, as y does leakyrelu(0.5, y)
        return result if tuple(result.shape) == shape else library.xp.broadcast_to(result, shape)

    def slope(i: int, arrays: Sequence[Array], result: Array) -> Any:
        if row.contributions[places[i]] is None:
            return None
        operands = filled([RowArray(library, a) for a in arrays])
        partial = _partials(row)[places[i]](*operands, RowArray(library, result))
        return partial.array if isinstance(partial, RowArray) else partial

    return library.with_rule(function, slope)


# -- the value ------------------------------------------------------------------------------------


@dataclass
class _Target:
    """A library, beside an array of it."""

    library: Library
    like: Array

    @property
    def name(self) -> str:
        return self.library.name

    def number(self, x: float) -> Array:
        return self.library.array(x, self.like)

    def function(self, call: Any) -> Function | None:
        return self.library.function(call)

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        return self.library.xp.where(condition, x, y)

    def nonzero(self, numbers: Array) -> Array:
        return self.library.xp.not_equal(numbers, self.number(0.0))


# -- the derivative -------------------------------------------------------------------------------


class RowArray:
    """An array in the text of a partial: its operators are rows of the table, as the names there are."""

    __slots__ = ("array", "library")

    def __init__(self, library: Library, array: Array) -> None:
        self.library, self.array = library, array


def _on_row_arrays(row: Row, *args: Any) -> Any:
    library = next((a.library for a in args if isinstance(a, RowArray)), None)
    if library is None:
        return row(*args)
    return RowArray(library, applied(library, row, [a.array if isinstance(a, RowArray) else a for a in args]))


def _slope(x: Any, y: Any) -> Any:
    """∂(x**y)/∂x as on nodes, with an exponent that may be a number."""
    return ROW_ARRAYS["_dpow"](x, y) if isinstance(y, RowArray) else NODES["_slope"](x, y)


# The reading of the table for arrays of other libraries: see `_table.readings`.
ROW_ARRAYS: dict[str, Any] = {"pi": math.pi, "_slope": _slope}


@functools.cache
def _partials(row: Row) -> tuple[Callable[..., Any], ...]:
    return row.read(ROW_ARRAYS)


def _add_readings(row: Row) -> None:
    ROW_ARRAYS[row.key] = functools.partial(_on_row_arrays, row)
    if row.name in OPERATORS:
        setattr(RowArray, f"__{row.name}__", lambda *args: _on_row_arrays(row, *args))
        setattr(RowArray, f"__r{row.name}__", lambda x, other: _on_row_arrays(row, other, x))


on_define(_add_readings)
