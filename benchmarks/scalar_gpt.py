"""A GPT in scalars, 4,192 parameters in lists, for every engine whose scalars have + - * / **.

One layer of GPT-2's architecture, without biases and with root-mean-square norms, as demos/gpt.py has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

__all__ = [
    "CONTEXT",
    "HEADS",
    "SHAPES",
    "TOKENS",
    "WIDTH",
    "Functions",
    "cost",
    "operations",
    "start",
]

LETTERS, CONTEXT, WIDTH, HEADS = 27, 16, 16, 4
SHAPES = {
    "token": (LETTERS, WIDTH), "position": (CONTEXT, WIDTH),
    "query": (WIDTH, WIDTH), "key": (WIDTH, WIDTH), "value": (WIDTH, WIDTH), "mix": (WIDTH, WIDTH),
    "up": (4 * WIDTH, WIDTH), "down": (WIDTH, 4 * WIDTH), "logit": (LETTERS, WIDTH),
}  # fmt: skip
TOKENS = (26, 4, 12, 12, 0, 26)  # emma, between the marks of its ends

Row = list[Any]
Net = dict[str, list[Row]]


class Functions(NamedTuple):
    """Those of an engine's scalars."""

    exp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    relu: Callable[[Any], Any]


def start() -> Any:
    """All parameters in one vector, drawn from N(0, 0.08²).

    >>> start().shape
    (4192,)
    """
    import numpy as np

    return np.random.default_rng(0).normal(0, 0.08, sum(m * n for m, n in SHAPES.values()))


def _matrices(theta: Sequence[Any]) -> Net:
    """The matrix of each name, as a list of rows."""
    result, end = {}, 0
    for name, (rows, columns) in SHAPES.items():
        result[name] = [list(theta[end + i * columns : end + (i + 1) * columns]) for i in range(rows)]
        end += rows * columns
    return result


def _dot(a: Row, b: Row) -> Any:
    total = a[0] * b[0]
    for x, y in zip(a[1:], b[1:], strict=True):
        total = total + x * y
    return total


def _linear(matrix: list[Row], x: Row) -> Row:
    return [_dot(row, x) for row in matrix]


def _total(row: Row) -> Any:
    total = row[0]
    for x in row[1:]:
        total = total + x
    return total


def _plus(a: Row, b: Row) -> Row:
    return [x + y for x, y in zip(a, b, strict=True)]


def _norm(x: Row) -> Row:
    """The row divided by the root of its mean square."""
    scale = (_dot(x, x) * (1 / len(x)) + 1e-5) ** -0.5
    return [y * scale for y in x]


def _attend(q: Row, keys: list[Row], values: list[Row], functions: Functions) -> Row:
    """The values of the positions so far, each head's weighted by its attention."""
    result: Row = []
    size = WIDTH // HEADS
    for head in range(HEADS):
        part = slice(head * size, (head + 1) * size)
        e = [functions.exp(_dot(q[part], k[part]) * size**-0.5) for k in keys]
        total = _total(e)
        weights = [x / total for x in e]
        result += [_dot(weights, [v[i] for v in values]) for i in range(WIDTH)[part]]
    return result


def cost(theta: Sequence[Any], functions: Functions) -> Any:
    """The mean of -ln(the probability of the token that follows) over the tokens of a name."""
    net = _matrices(theta)
    keys: list[Row] = []
    values: list[Row] = []
    costs: Row = []
    for position, (token, following) in enumerate(pairwise(TOKENS)):
        x = _norm(_plus(net["token"][token], net["position"][position]))
        y = _norm(x)
        keys.append(_linear(net["key"], y))
        values.append(_linear(net["value"], y))
        x = _plus(x, _linear(net["mix"], _attend(_linear(net["query"], y), keys, values, functions)))
        hidden = [functions.relu(z) for z in _linear(net["up"], _norm(x))]
        x = _plus(x, _linear(net["down"], hidden))
        z = _linear(net["logit"], x)
        costs.append(functions.log(_total([functions.exp(score) for score in z])) - z[following])
    return _total(costs) * (1 / len(costs))


def operations() -> int:
    """Those of the cost.

    >>> operations()
    36815
    """
    count = 0

    class Counting(float):
        def __add__(self, other: Any) -> Counting:
            nonlocal count
            count += 1
            return self

        __sub__ = __mul__ = __truediv__ = __pow__ = __add__  # type: ignore[assignment]

    def function(x: Counting) -> Counting:
        return x + x

    cost([Counting(1.0)] * start().size, Functions(function, function, function))
    return count
