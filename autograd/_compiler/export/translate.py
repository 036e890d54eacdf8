"""The calls of one row, made somewhere else than in NumPy: by another library, in an ONNX model."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._compiler.row_calls import BITWISE, Symbol
from autograd._table.numerics import powers
from autograd._table.rows import Row

__all__ = ["Evaluation"]


def _powmix(x: Any, y: Any) -> Any:
    """The mixed derivative of x**y, where numbers have fifty digits: the textbook's will do in an array."""
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


# What a function is made of that cannot be taken apart, where nothing does the same.
PIECES: dict[Any, Callable[..., Any]] = {
    powers.powmix_array: _powmix,
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


class Evaluation(ABC):
    """The symbols of a row, computed from those that are known.

    Args:
        row: for errors.
        known: what each is there.
        place: where that is, for errors.
    """

    def __init__(self, row: Row, known: dict[Symbol, Any], place: str) -> None:
        self.row, self.known, self.place = row, known, place

    @abstractmethod
    def number(self, x: float) -> Any:
        """A number there."""

    @abstractmethod
    def function(self, call: Any) -> Callable[..., Any] | None:
        """What does there what a call does in NumPy; None if nothing does."""

    @abstractmethod
    def chosen(self, condition: Any, x: Any, y: Any) -> Any:
        """x where the condition, which is truth, holds, and y elsewhere."""

    @abstractmethod
    def holds(self, numbers: Any) -> Any:
        """Where numbers are not 0."""

    def numbers(self, symbol: Any) -> Any:
        """A symbol as numbers: 1 and 0 for truth."""
        if not isinstance(symbol, Symbol):
            return self.number(float(symbol))
        value = self._value(symbol)
        return self.chosen(value, self.number(1.0), self.number(0.0)) if symbol.is_truth else value

    def _truth(self, symbol: Any) -> Any:
        if isinstance(symbol, Symbol) and symbol.is_truth:
            return self._value(symbol)
        return self.holds(self.numbers(symbol))

    def _value(self, symbol: Symbol) -> Any:
        if symbol not in self.known:
            self.known[symbol] = self._called(symbol.call, symbol.args)
        return self.known[symbol]

    def _called(self, call: Any, args: tuple[Any, ...]) -> Any:
        if call is np.where:
            return self.chosen(self._truth(args[0]), *map(self.numbers, args[1:]))
        function = self.function(call)
        if function is not None:
            return function(*map(self._truth if call in BITWISE else self.numbers, args))
        if call in PIECES:
            return self.numbers(PIECES[call](*args))
        raise NotImplementedError(
            getattr(call, "why", None)
            or f"row {self.row.name!r}: {self.place} has nothing that does what "
            f"{getattr(call, '__name__', call)} does; compute with NumPy arrays, or give a row of "
            "your own on_arrays= made of NumPy's functions"
        )
