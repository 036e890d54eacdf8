"""The functions of rows as operators of ONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from autograd._table.numerics import elementary

__all__ = ["COMPOSED", "OPERATORS", "Graph", "Tensor"]

Tensor = str | NDArray[Any]  # the name of a tensor with an example to a row, or numbers for all examples


class Graph(Protocol):
    """A graph that nodes are added to."""

    def node(self, operator: str, *inputs: Tensor, **attributes: Any) -> str: ...
    def number(self, x: float) -> NDArray[Any]: ...


# The operators of functions of NumPy and of `numerics`.
OPERATORS: dict[Any, str] = {
    np.add: "Add", np.subtract: "Sub", np.multiply: "Mul", np.divide: "Div", np.power: "Pow",
    np.negative: "Neg", np.absolute: "Abs", np.sign: "Sign", np.exp: "Exp", np.log: "Log", np.sqrt: "Sqrt",
    np.sin: "Sin", np.cos: "Cos", np.tan: "Tan", np.arcsin: "Asin", np.arccos: "Acos", np.arctan: "Atan",
    np.sinh: "Sinh", np.cosh: "Cosh", np.tanh: "Tanh",
    np.arcsinh: "Asinh", np.arccosh: "Acosh", np.arctanh: "Atanh",
    np.floor: "Floor", np.ceil: "Ceil", np.rint: "Round", np.maximum: "Max", np.minimum: "Min",
    np.reciprocal: "Reciprocal", np.equal: "Equal", np.greater: "Greater", np.greater_equal: "GreaterOrEqual",
    np.less: "Less", np.less_equal: "LessOrEqual", np.isnan: "IsNaN",
    np.bitwise_and: "And", np.bitwise_or: "Or", np.bitwise_xor: "Xor", np.invert: "Not", np.where: "Where",
    elementary.sigmoid_array: "Sigmoid", elementary.softplus_array: "Softplus",
    elementary.relu_array: "Relu", elementary.erf_array: "Erf",
}  # fmt: skip


# Functions without an operator of ONNX, in operators that are as exact.


def _expm1(to: Graph, x: Tensor) -> str:
    """2t / (1 - t) with t = tanh(x/2) near 0, where exp(x) - 1 cancels; exp(x) - 1 elsewhere."""
    t = to.node("Tanh", to.node("Mul", x, to.number(0.5)))
    near = to.node("Div", to.node("Add", t, t), to.node("Sub", to.number(1), t))
    far = to.node("Sub", to.node("Exp", x), to.number(1))
    return to.node("Where", to.node("Less", to.node("Abs", x), to.number(1)), near, far)


def _log1p(to: Graph, x: Tensor) -> str:
    """ln(u) x / (u - 1) with u = 1 + x as rounded: the rounding error of u cancels."""
    one = to.number(1)
    u = to.node("Add", x, one)
    rounded, log = to.node("Sub", u, one), to.node("Log", u)
    near = to.node("Div", to.node("Mul", log, x), rounded)
    exact = to.node("Equal", rounded, x)  # also where u is infinite
    return to.node("Where", to.node("Equal", u, one), x, to.node("Where", exact, log, near))


def _trunc(to: Graph, x: Tensor) -> str:
    return to.node("Mul", to.node("Sign", x), to.node("Floor", to.node("Abs", x)))


def _copysign(to: Graph, x: Tensor, y: Tensor) -> str:
    size = to.node("Abs", x)
    return to.node("Where", to.node("Less", y, to.number(0)), to.node("Neg", size), size)


COMPOSED: dict[Any, Callable[..., str]] = {
    np.square: lambda to, x: to.node("Mul", x, x),
    np.not_equal: lambda to, x, y: to.node("Not", to.node("Equal", x, y)),
    np.expm1: _expm1,
    np.log1p: _log1p,
    np.trunc: _trunc,
    np.fmod: lambda to, x, y: to.node("Mod", x, y, fmod=1),
    np.copysign: _copysign,
}
