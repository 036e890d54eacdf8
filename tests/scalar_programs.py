"""Scalar programs, random and with sums of every kind, and their results in the eager engine."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, dot, maximum, minimum, sqrt, square, tanh, where
from autograd._graph.node import topological_order
from autograd._table.define import rows

SMOOTH = ("sin", "cos", "tanh", "sigmoid", "softplus", "atan", "square", "erf", "relu", "abs")
Program = Callable[[Sequence[Any], Sequence[Any]], Any]


def random_graph(seed: int, inputs: int, parameters: int, operations: int) -> tuple[Any, Any, list[Value]]:
    """Leaves x and w, and the results of random operations on them and on each other, none large."""
    draw = random.Random(seed)
    x = [Value(draw.uniform(-1, 1), label=f"x_{i}") for i in range(inputs)]
    w = [Value(draw.uniform(-1, 1), label=f"w_{i}") for i in range(parameters)]
    nodes = [*x, *w]
    unary = [row for row in rows() if row.name in SMOOTH]

    def pick() -> Value:
        recent = nodes[-1 - min(int(draw.expovariate(0.2)), len(nodes) - 1)]
        return draw.choice([draw.choice(nodes), recent])

    def weighted_sum() -> Any:
        total: Any = pick() * pick()
        for _ in range(draw.randint(1, 8)):
            total = draw.choice([lambda t: t + pick() * pick(), lambda t: pick() * pick() + t])(total)
        return total + draw.choice([0.0, 0.5, pick()])

    kinds: list[tuple[float, Callable[[], Any]]] = [
        (6, lambda: pick() * pick()),
        (3, lambda: pick() + pick()),
        (2, lambda: pick() - pick()),
        (1, lambda: pick() * draw.choice([2.0, -1.0, 0.5, 1.0, 3])),
        (1, lambda: draw.choice([1.0, -2.0, 0.0]) - pick()),
        (0.5, lambda: -pick()),
        (1, lambda: pick() / (square(pick()) + 1.5)),
        (0.5, lambda: (square(tanh(pick())) + 0.5) ** pick()),
        (0.5, lambda: (square(pick()) + 0.5) ** draw.choice([3, 0.5, -1.0, 2.5])),
        (4, lambda: draw.choice(unary)(pick())),
        (0.5, lambda: where(pick(), pick(), pick())),
        (0.5, lambda: draw.choice([maximum, minimum])(pick(), pick())),
        (1, weighted_sum),
    ]
    weights = [weight for weight, _ in kinds]
    for _ in range(operations):
        ((_, make),) = draw.choices(kinds, weights)
        made = make()
        nodes.append(made if abs(made.data) < 100 else tanh(made))
    return x, w, nodes


def tangle(operations: int) -> tuple[list[Any], list[Value], list[Value]]:
    """Many single scalars: with constants, results of parameters alone, and an input that is a parameter."""
    x, w, nodes = random_graph(11, 5, 6, operations)
    own = (tanh(w[0] * w[1]) + 2.0) ** 2.5 + maximum(w[2], -0.0)
    cost: Any = sum((node * (0.125 + i % 7) for i, node in enumerate(nodes[-40:])), own * nodes[-1])
    steep = sqrt(maximum(w[0] - 5.0, 0.0))  # at 0, where it has no derivative, and the cost needs none
    return [cost, own, w[3], x[1], nodes[-2], steep], x, [*w[::-1], w[0], x[1]]


def evaluated(outputs: Sequence[Value], leaves: dict[Value, float]) -> tuple[list[Value], dict[Value, Value]]:
    """A recorded graph once more, by the engine, with other numbers in its leaves."""
    new: dict[Any, Value] = {leaf: Value(number) for leaf, number in leaves.items()}
    for node in topological_order(*outputs):
        if node not in new and node.is_leaf:
            new[node] = Value(node.data)
        elif node not in new:
            new[node] = node.op(*[new[a] if isinstance(a, Value) else a for a in node.args])  # type: ignore[misc]
    return [new[output] for output in outputs], {leaf: new[leaf] for leaf in leaves}


def eagerly(
    outputs: Sequence[Value], x: Sequence[Value], w: Sequence[Value], theta: Any, X: Any
) -> tuple[Any, Any]:
    """The outputs of each example, and the gradient of the first output's mean, from the eager engine."""
    values, gradients = [], []
    for example in np.asarray(X).tolist():
        numbers = dict(zip(w, np.asarray(theta).tolist(), strict=True)) | dict(zip(x, example, strict=True))
        found, leaves = evaluated(outputs, numbers)
        values.append([float(v) for v in found])
        found[0].backward()
        gradients.append([leaves[leaf].grad or 0.0 for leaf in w])
    return np.array(values), np.mean(gradients, axis=0)


def sums_of_every_kind() -> tuple[list[Any], list[Value], list[Value]]:
    """Outputs, inputs and parameters: matrix products, convolutions, ragged sums, terms without inputs."""
    x, w = [Value(0.1 * i) for i in range(30)], [Value(0.2 * i + 0.1) for i in range(60)]
    shared = [dot(w[5 * j : 5 * j + 5], x[:5]) + w[j] for j in range(3)]
    signed = [dot(w[i : i + 3], x[i : i + 3]) - dot(w[i + 3 : i + 6], x[i + 3 : i + 6]) for i in (1, 2)]
    windows = [dot(w[:6], x[i : i + 6]) - w[20] for i in range(5)]
    ragged = [dot(w[7 * i : 7 * i + 5 + i % 2], x[3 * i : 3 * i + 5 + i % 2]) for i in range(8)]
    chosen = [where(maximum(x[0], w[1]) - 0.5, shared[0], 2.0), -windows[0] - x[3], w[3] * w[4] - x[2]]
    return [*shared, *signed, *windows, *ragged, *chosen], x, w
