"""The calls of one row translated: into calls of another library, into nodes of an ONNX model."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._compiler.row_calls import BITWISE, Symbol
from autograd._table.numerics import elementary
from autograd._table.rows import Row

__all__ = ["Translation"]


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


class Translation(ABC):
    """The symbols of a row in a target: an array library, or a format of models.

    Args:
        row: for errors.
        known: the values of symbols in the target.
        target: its name, for errors.
    """

    def __init__(self, row: Row, known: dict[Symbol, Any], target: str) -> None:
        self.row, self.known, self.target = row, known, target

    @abstractmethod
    def number(self, x: float) -> Any:
        """A number in the target."""

    @abstractmethod
    def function(self, call: Any) -> Callable[..., Any] | None:
        """The function of the target that is a function of NumPy; None if there is none."""

    @abstractmethod
    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """x where the condition, truth values, holds, and y elsewhere."""

    @abstractmethod
    def nonzero(self, numbers: Any) -> Any:
        """Truth values: where numbers are not 0."""

    def numbers(self, symbol: Any) -> Any:
        """The value of a symbol as numbers: 1 and 0 for truth values."""
        if not isinstance(symbol, Symbol):
            return self.number(float(symbol))
        value = self._value(symbol)
        return self.where(value, self.number(1.0), self.number(0.0)) if symbol.is_truth else value

    def _truth(self, symbol: Any) -> Any:
        if isinstance(symbol, Symbol) and symbol.is_truth:
            return self._value(symbol)
        return self.nonzero(self.numbers(symbol))

    def _value(self, symbol: Symbol) -> Any:
        if symbol not in self.known:
            self.known[symbol] = self._called(symbol.call, symbol.args)
        return self.known[symbol]

    def _called(self, call: Any, args: tuple[Any, ...]) -> Any:
        if call is np.where:
            return self.where(self._truth(args[0]), *map(self.numbers, args[1:]))
        function = self.function(call)
        if function is not None:
            return function(*map(self._truth if call in BITWISE else self.numbers, args))
        if call in PIECES:
            return self.numbers(PIECES[call](*args))
        raise NotImplementedError(
            f"row {self.row.name!r}: {self.target} has nothing that does what "
            f"{getattr(call, '__name__', call)} does; compute with NumPy arrays"
        )
