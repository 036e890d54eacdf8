"""A small engine as a student writes one: right, and the ground for the mistakes of `homework_bugs`.

It needs NumPy alone. A node holds a float or an array; its parents come with the local derivative by each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class Value:
    """A number, or an array of numbers, and the operation that it comes from."""

    def __init__(self, data: Any, parents: Sequence[tuple[Value, Callable[[Any], Any]]] = ()) -> None:
        self.data = data if isinstance(data, np.ndarray) else float(data)
        self.grad: Any = 0.0
        self.parents = list(parents)

    def __repr__(self) -> str:
        return f"Value({self.data})"

    def __add__(self, other: Any) -> Value:
        other = as_value(other)
        return Value(self.data + other.data, [(self, lambda g: g), (other, lambda g: g)])

    def __mul__(self, other: Any) -> Value:
        other = as_value(other)
        x, y = self.data, other.data
        return Value(x * y, [(self, lambda g: g * y), (other, lambda g: g * x)])

    def __truediv__(self, other: Any) -> Value:
        other = as_value(other)
        x, y = self.data, other.data
        return Value(x / y, [(self, lambda g: g / y), (other, lambda g: -g * x / y**2)])

    def __pow__(self, exponent: float) -> Value:
        x = self.data
        slope = exponent * x ** (exponent - 1) if exponent else 0.0
        return Value(x**exponent, [(self, lambda g: g * slope)])

    def __neg__(self) -> Value:
        return Value(-self.data, [(self, lambda g: -g)])

    def __sub__(self, other: Any) -> Value:
        other = as_value(other)
        return Value(self.data - other.data, [(self, lambda g: g), (other, lambda g: -g)])

    def __radd__(self, other: Any) -> Value:
        return as_value(other) + self

    def __rmul__(self, other: Any) -> Value:
        return as_value(other) * self

    def __rsub__(self, other: Any) -> Value:
        return as_value(other) - self

    def __rtruediv__(self, other: Any) -> Value:
        return as_value(other) / self

    def exp(self) -> Value:
        y = np.exp(self.data)
        return Value(y, [(self, lambda g: g * y)])

    def log(self) -> Value:
        x = self.data
        return Value(np.log(x), [(self, lambda g: g / x)])

    def tanh(self) -> Value:
        y = np.tanh(self.data)
        return Value(y, [(self, lambda g: g * (1 - y * y))])

    def sigmoid(self) -> Value:
        x = self.data
        small = np.exp(-np.abs(x))
        y = np.where(x >= 0, 1 / (1 + small), small / (1 + small))
        return Value(y[()], [(self, lambda g: g * small / (1 + small) ** 2)])

    def relu(self) -> Value:
        x = self.data
        return Value(np.maximum(x, 0.0), [(self, lambda g: g * (x > 0))])

    def sum(self) -> Value:
        shape = np.shape(self.data)
        return Value(np.sum(self.data), [(self, lambda g: g * np.ones(shape))])

    def mean(self) -> Value:
        shape = np.shape(self.data)
        count = np.size(self.data)
        return Value(np.mean(self.data), [(self, lambda g: g * np.ones(shape) / count)])

    def softmax(self) -> Value:
        y = np.exp(self.data - np.max(self.data))
        y = y / np.sum(y)
        return Value(y, [(self, lambda g: y * (g - np.sum(g * y)))])

    def __getitem__(self, index: int) -> Value:
        shape = np.shape(self.data)

        def place(g: Any) -> Any:
            whole = np.zeros(shape)
            whole[index] = g
            return whole

        return Value(np.asarray(self.data)[index], [(self, place)])

    def backward(self) -> None:
        self.grad = np.ones_like(self.data)[()]
        order = topological_order(self)
        for node in order[1:]:
            if node.parents:
                node.grad = 0.0
        for node in order:
            for parent, contribution in node.parents:
                parent.grad = parent.grad + unbroadcast(contribution(node.grad), np.shape(parent.data))


def as_value(x: Any) -> Value:
    """A number as a constant node."""
    return x if isinstance(x, Value) else Value(x)


def stack(values: Sequence[Value]) -> Value:
    """Numbers as one array."""
    parents = [(value, lambda g, i=i: g[i]) for i, value in enumerate(values)]
    return Value(np.array([value.data for value in values]), parents)


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """The sum of a gradient over the axes along which its node was repeated."""
    g = np.sum(g, axis=tuple(range(np.ndim(g) - len(shape))))
    axes = tuple(i for i, n in enumerate(shape) if n == 1)
    return np.sum(g, axis=axes, keepdims=True) if axes else g


def topological_order(root: Value) -> list[Value]:
    """The nodes that lead to a root, each after all nodes that use it."""
    order: list[Value] = []
    visited = {id(root)}
    pending = [(root, iter(root.parents))]
    while pending:
        node, parents = pending[-1]
        for parent, _ in parents:
            if id(parent) not in visited:
                visited.add(id(parent))
                pending.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            pending.pop()
    return order[::-1]
