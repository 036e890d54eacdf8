"""The calls of one row translated: into calls of another library, into nodes of an ONNX model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from autograd._compiler.row_calls import BITWISE, Symbol
from autograd._table.numerics import elementary
from autograd._table.rows import Row

__all__ = ["Target", "Translation"]


def _powmix(x: Any, y: Any) -> Any:
    """The mixed derivative of x**y, in the textbook's form."""
    half = x ** ((y - 1) / 2)
    return half * (1 + y * np.log(np.where((x == 0) & (y > 1), 1.0, x))) * half


def _remainder(x: Any, y: Any) -> Any:
    rest = np.fmod(x, y)
    return np.where((rest < 0) & (y > 0) | (rest > 0) & (y < 0), rest + y, rest)


def _hypot(x: Any, y: Any) -> Any:
    long, short = np.maximum(np.abs(x), np.abs(y)), np.minimum(np.abs(x), np.abs(y))
    ratio = short / np.where(long == 0, 1.0, long)
    return long * np.sqrt(1 + ratio * ratio)


def _arctan2(x: Any, y: Any) -> Any:
    long, short = np.maximum(np.abs(x), np.abs(y)), np.minimum(np.abs(x), np.abs(y))
    angle = np.arctan(short / np.where(long == 0, 1.0, long))
    angle = np.where(np.abs(x) > np.abs(y), math.pi / 2 - angle, angle)
    angle = np.where(y < 0, math.pi - angle, angle)
    return np.where(x < 0, -angle, angle)


# Functions in pieces, for a target that has no function of the same name.
PIECES: dict[Any, Callable[..., Any]] = {
    elementary.powmix_array: _powmix,
    np.exp2: lambda x: np.power(2.0, x),
    np.log2: lambda x: np.log(x) / math.log(2),
    np.log10: lambda x: np.log(x) / math.log(10),
    np.cbrt: lambda x: np.sign(x) * np.power(np.abs(x), 1 / 3),
    np.reciprocal: lambda x: 1 / x,
    np.degrees: lambda x: x * (180 / math.pi),
    np.radians: lambda x: x * (math.pi / 180),
    np.hypot: _hypot,
    np.arctan2: _arctan2,
    np.fmod: lambda x, y: x - y * np.trunc(x / y),
    np.remainder: _remainder,
    np.floor_divide: lambda x, y: np.rint((x - np.remainder(x, y)) / y),
    np.fmax: lambda x, y: np.where(np.not_equal(x, x), y, np.where(y > x, y, x)),
    np.fmin: lambda x, y: np.where(np.not_equal(x, x), y, np.where(y < x, y, x)),
}


class Target(Protocol):
    """An array library, or a format of models."""

    @property
    def name(self) -> str: ...

    def number(self, x: float) -> Any: ...
    def function(self, call: Any) -> Callable[..., Any] | None:
        """The function of the target that is a function of NumPy; None if there is none."""

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """x where truth values hold, y elsewhere."""

    def nonzero(self, numbers: Any) -> Any:
        """The truth values of numbers."""


@dataclass
class Translation:
    """The symbols of a row in a target.

    Attributes:
        row: for errors.
        known: the values of symbols in the target.
    """

    target: Target
    row: Row
    known: dict[Symbol, Any]

    def numbers(self, symbol: Any) -> Any:
        """The value of a symbol as numbers: 1 and 0 for truth values."""
        if not isinstance(symbol, Symbol):
            return self.target.number(float(symbol))
        value, number = self._value(symbol), self.target.number
        return self.target.where(value, number(1.0), number(0.0)) if symbol.is_truth else value

    def _truth(self, symbol: Any) -> Any:
        if isinstance(symbol, Symbol) and symbol.is_truth:
            return self._value(symbol)
        return self.target.nonzero(self.numbers(symbol))

    def _value(self, symbol: Symbol) -> Any:
        if symbol not in self.known:
            self.known[symbol] = self._called(symbol.call, symbol.args)
        return self.known[symbol]

    def _called(self, call: Any, args: tuple[Any, ...]) -> Any:
        if call is np.where:
            return self.target.where(self._truth(args[0]), *map(self.numbers, args[1:]))
        function = self.target.function(call)
        if function is not None:
            return function(*map(self._truth if call in BITWISE else self.numbers, args))
        if call in PIECES:
            return self.numbers(PIECES[call](*args))
        raise NotImplementedError(
            f"row {self.row.name!r}: {self.target.name} has nothing that does what "
            f"{getattr(call, '__name__', call)} does; compute with NumPy arrays"
        )
