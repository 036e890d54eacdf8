"""The formulas of the optimizers, for numbers and arrays, and as they are read for C.

Each gives the number to subtract from a parameter of gradient g, and the parameter's new state.
"""

from __future__ import annotations

from typing import Any

__all__ = ["adam", "adamw", "descent", "momentum_descent", "momentum_rmsprop", "rmsprop"]


def descent(g: Any, rate: Any) -> Any:
    return rate * g


def momentum_descent(g: Any, velocity: Any, rate: Any, momentum: Any) -> tuple[Any, Any]:
    velocity = momentum * velocity + g
    return rate * velocity, velocity


def scaled(g: Any, v: Any, beta: Any, epsilon: Any) -> tuple[Any, Any]:
    v = beta * v + (1 - beta) * (g * g)
    return g / (v**0.5 + epsilon), v


def rmsprop(g: Any, v: Any, rate: Any, beta: Any, epsilon: Any) -> tuple[Any, Any]:
    direction, v = scaled(g, v, beta, epsilon)
    return rate * direction, v


def momentum_rmsprop(
    g: Any, v: Any, velocity: Any, rate: Any, beta: Any, epsilon: Any, momentum: Any
) -> tuple[Any, Any, Any]:
    direction, v = scaled(g, v, beta, epsilon)
    velocity = momentum * velocity + direction
    return rate * velocity, v, velocity


def adam(
    g: Any, m: Any, v: Any, rate: Any, t: Any, beta1: Any, beta2: Any, epsilon: Any
) -> tuple[Any, Any, Any]:
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * (g * g)
    spread = (v / (1 - beta2**t)) ** 0.5 + epsilon
    return m * (rate / (1 - beta1**t)) / spread, m, v


def adamw(
    g: Any,
    theta: Any,
    m: Any,
    v: Any,
    rate: Any,
    t: Any,
    beta1: Any,
    beta2: Any,
    epsilon: Any,
    weight_decay: Any,
) -> tuple[Any, Any, Any]:
    change, m, v = adam(g, m, v, rate, t, beta1, beta2, epsilon)
    return change + rate * weight_decay * theta, m, v
