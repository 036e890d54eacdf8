"""A comparison of Values: a truth for Python, and a number for the graph.

``if x > 0`` asks for its truth, which is a look at the number of x: what a program does by it is frozen.
``where(x > 0, a, b)`` records it, 1 where it holds and 0 elsewhere, so that each example chooses anew.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.graph import Node
from autograd.looks import look

__all__ = ["Condition"]


class Condition:
    """Whether a comparison of Values holds; made by ``<``, ``<=``, ``==``, ``!=``, ``>`` and ``>=`` of them.

    It is as good as a bool: in an ``if``, printed, counted, in ``and``, ``or`` and ``not``. `autograd.where`,
    products with Values, ``&``, ``|`` and ``~`` take it as a recorded number instead.

    >>> from autograd import Value, where
    >>> x = Value(3.0)
    >>> x > 2, bool(x > 5), (x > 2) & (x < 5)
    (True, False, True)
    >>> where(x > 2, x * x, -x)
    Value(9.0)
    """

    __slots__ = ("_compared", "_holds", "_record")

    def __init__(self, holds: bool, record: Callable[[], Any], compared: tuple[Node, ...]) -> None:
        self._holds, self._record, self._compared = holds, record, compared

    def node(self) -> Any:
        """It as a recorded number, 1 or 0."""
        return self._record()

    def __bool__(self) -> bool:
        for node in self._compared:
            look(node)
        return self._holds

    def __repr__(self) -> str:
        return repr(self._holds)

    def __hash__(self) -> int:
        return hash(bool(self))

    def __eq__(self, other: object) -> Any:
        return bool(self) == other

    def __ne__(self, other: object) -> Any:
        return bool(self) != other

    def __int__(self) -> int:
        return int(bool(self))

    def __index__(self) -> int:
        return int(bool(self))

    def __float__(self) -> float:
        return float(bool(self))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if dtype is not None and np.dtype(dtype) == object:
            held = np.empty(1, object)
            held[0] = self
            return held.reshape(())
        return np.array(bool(self), dtype)

    def __reduce__(self) -> tuple[Any, ...]:
        return bool, (self._holds,)

    def _joined(self, other: Any, holds: Callable[[Any, Any], Any], record: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Condition):
            return Condition(
                holds(self._holds, other._holds),
                lambda: record(self.node(), other.node()),
                self._compared + other._compared,
            )
        return holds(bool(self), other) if isinstance(other, (bool, np.bool_)) else NotImplemented

    def __and__(self, other: Any) -> Any:
        return self._joined(other, operator.and_, operator.mul)

    def __or__(self, other: Any) -> Any:
        return self._joined(other, operator.or_, lambda a, b: a + b - a * b)

    def __xor__(self, other: Any) -> Any:
        return self._joined(other, operator.xor, lambda a, b: a + b - 2 * (a * b))

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> Condition:
        return Condition(not self._holds, lambda: 1 - self.node(), self._compared)

    def __add__(self, other: Any) -> Any:
        return self._counted(operator.add, other)

    def __mul__(self, other: Any) -> Any:
        return self._counted(operator.mul, other)

    def __sub__(self, other: Any) -> Any:
        return self._counted(operator.sub, other)

    def __radd__(self, other: Any) -> Any:
        return self._counted(lambda a, b: b + a, other)

    def __rmul__(self, other: Any) -> Any:
        return self._counted(lambda a, b: b * a, other)

    def __rsub__(self, other: Any) -> Any:
        return self._counted(lambda a, b: b - a, other)

    def __truediv__(self, other: Any) -> Any:
        return self._counted(operator.truediv, other)

    def _counted(self, function: Callable[[Any, Any], Any], other: Any) -> Any:
        if isinstance(other, Condition):
            return function(bool(self), bool(other))
        if isinstance(other, (int, float, complex, np.generic)):
            return function(bool(self), other)
        return NotImplemented  # a Value takes it as a recorded number
