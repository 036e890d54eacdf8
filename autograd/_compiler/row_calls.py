"""A row's array function traced to calls of NumPy's functions.

It is called with symbols in place of arrays, which record the calls through NumPy's protocols. So
`numerics.sigmoid_array` turns out as an exp, a sum and a quotient, some of which its derivative shares. A
function that needs concrete values is one call of its own.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograd._support.numpy_functions import COMPARISONS
from autograd._table.define import on_define, on_numbers
from autograd._table.readings import ARRAYS
from autograd._table.rows import Row

__all__ = ["Kernel", "Symbol", "Untraceable"]


class Untraceable(Exception):
    """The function needs concrete values (an if, float(), indexing), so it cannot be traced."""


class Kernel:
    """The symbols of one step; equal calls on the same symbols are one symbol.

    >>> kernel = Kernel(np.dtype(float))
    >>> x = kernel.symbol("x")
    >>> (x * 2) is (x * 2), (x * 2).call
    (True, <ufunc 'multiply'>)
    """

    def __init__(self, dtype: Any, quick: bool = False) -> None:
        self.dtype, self.quick = dtype, quick
        self._known: dict[Any, Symbol] = {}

    @property
    def symbols(self) -> Iterable[Symbol]:
        """All symbols, arguments first."""
        return self._known.values()

    def symbol(self, name: Any) -> Symbol:
        """An argument."""
        return self._symbol(None, (name,))

    def called(self, call: Callable[..., Any], args: Sequence[Any]) -> Any:
        """A call on symbols and numbers; on numbers alone, its result."""
        plain = tuple(a if isinstance(a, Symbol) else _number(a) for a in args)
        if not any(isinstance(a, Symbol) for a in plain):
            return _number(call(*plain))
        same = _simplify(call, plain)
        return self._symbol(call, plain) if same is None else same

    def applied(self, row: Row, args: Sequence[Any]) -> Any:
        """A row on symbols and numbers: its calls, or one call where it cannot be traced.

        >>> from autograd._graph.primitive import lookup
        >>> kernel = Kernel(np.dtype(float))
        >>> kernel.applied(lookup("pow"), [kernel.symbol("x"), 2.0]).call
        <ufunc 'square'>
        """
        return _trace(row.quick if self.quick else row.on_arrays, *args)

    def pulled(self, row: Row, g: Any, args: Sequence[Any], out: Any) -> list[Any]:
        """The gradient contribution to each argument, from the adjoint g of a row's result; None for 0."""
        if (row, self.quick) not in _pulls:
            _pulls[row, self.quick] = row.read_pulls(QUICK if self.quick else TRACED)
        return [None if pull is None else pull(g, args, out, {}) for pull in _pulls[row, self.quick]]

    def _symbol(self, call: Any, args: tuple[Any, ...]) -> Symbol:
        key = (call, *((id(a), "") if isinstance(a, Symbol) else (a, str(a)) for a in args))
        if key not in self._known:
            self._known[key] = Symbol(self, call, args)
        return self._known[key]


class Symbol(NDArrayOperatorsMixin):
    """A future array: the call that computes it, and its arguments.

    Attributes:
        kernel: the step that it belongs to.
        call: a function of NumPy or of a row; None for an argument of the step.
        args: symbols and floats; for an argument its name.
    """

    __slots__ = ("args", "call", "kernel")

    def __init__(self, kernel: Kernel, call: Any, args: tuple[Any, ...]) -> None:
        self.kernel, self.call, self.args = kernel, call, args

    __hash__ = object.__hash__

    @property
    def dtype(self) -> Any:
        return self.kernel.dtype

    @property
    def is_truth(self) -> bool:
        """Whether it holds truth values, not numbers."""
        return self.call in COMPARISONS or (self.call in BITWISE and all(map(_is_truth, self.args)))

    def astype(self, dtype: Any) -> Symbol:
        """The numbers 1 and 0 of truth values."""
        return self.kernel.called(np.multiply, (self, 1.0)) if self.is_truth else self

    def copy(self) -> Symbol:
        return self

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            raise Untraceable
        return self.kernel.called(ufunc, inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.result_type:
            return self.kernel.dtype
        if function is np.where and not kwargs:
            return self.kernel.called(function, args)
        if function is np.clip and not kwargs:
            x, low, high = args
            return np.minimum(np.maximum(x, low), high)
        raise Untraceable

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise Untraceable

    def __bool__(self) -> bool:
        raise Untraceable

    def __float__(self) -> float:
        raise Untraceable


def _trace(function: Callable[..., Any], *args: Any) -> Any:
    """A function on symbols and numbers, as recorded calls."""
    kernel = next((a.kernel for a in args if isinstance(a, Symbol)), None)
    if kernel is None:
        return on_numbers(function, args)
    if isinstance(function, np.ufunc):
        return kernel.called(function, args)
    try:
        return function(*args)
    except (Untraceable, TypeError, AttributeError):
        return kernel.called(function, args)


# The reading of the table in which a name records a call: see `_table.readings`.
TRACED: dict[str, Any] = {}
QUICK: dict[str, Any] = {}  # the same, with the `quick` functions of rows
_pulls: dict[tuple[Row, bool], Any] = {}


def _add_readings(row: Row) -> None:
    for name in (row.key, *row.names_used()):
        for names in (TRACED, QUICK):
            names.setdefault(name, functools.partial(_trace, f) if callable(f := ARRAYS[name]) else f)
    QUICK[row.key] = functools.partial(_trace, row.quick)


on_define(_add_readings)


def _simplify(call: Any, args: tuple[Any, ...]) -> Any:
    """An argument or a simpler call with the same result as a call that has a number among its arguments."""
    if call is np.where and isinstance(args[0], bool):
        return args[1] if args[0] else args[2]
    for a, other in (args, args[::-1]) if len(args) == 2 else ():
        if isinstance(a, bool) and call is np.bitwise_and:
            return other if a else False
        if isinstance(a, bool) and call is np.bitwise_or:
            return True if a else other
        unchanged = call is np.multiply or (call in (np.divide, np.power) and other is args[0])
        if unchanged and isinstance(a, float) and a == 1 and not _is_truth(other):
            return other
        if call is np.multiply and isinstance(a, float) and (inner := _scaled(other)) is not None:
            factor, x = inner
            if _is_binary(a) or _is_binary(factor):  # the product of both is exact
                return x.kernel.called(np.multiply, (a * factor, x))
    if call is np.power and isinstance(args[1], float) and args[1] == 2:
        return args[0].kernel.called(np.square, args[:1])
    return None


def _scaled(a: Any) -> tuple[float, Symbol] | None:
    """The number and the symbol of which a symbol is the product."""
    match a:
        case Symbol(call=np.multiply, args=(float(factor), Symbol() as x)) if not _is_truth(x):
            return factor, x
        case Symbol(call=np.multiply, args=(Symbol() as x, float(factor))) if not _is_truth(x):
            return factor, x
    return None


def _is_binary(x: float) -> bool:
    """Whether x is 2, 4, 1/2 or the like, by which a product is exact."""
    return abs(math.frexp(x)[0]) == 0.5 and 2**-8 <= abs(x) <= 2**8


BITWISE = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert}


def _is_truth(a: Any) -> bool:
    return isinstance(a, Symbol) and a.is_truth


def _number(a: Any) -> Any:
    if isinstance(a, np.ndarray) and a.ndim:
        raise Untraceable
    return bool(a) if isinstance(a, (bool, np.bool_)) else float(a)
