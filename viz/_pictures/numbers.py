"""The numbers that a drawing shows: values of the recorded pass, and gradients of the drawing's own."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from autograd._derivatives.sweeps import adjoints
from autograd._graph.context import resumed
from autograd._graph.node import DomainError, Node, topological_order
from autograd._nodes.tensor import Tensor

__all__ = ["UNDEFINED", "gradients", "shape_or_number", "sum_without_rounding", "values", "without_rounding"]

ROUNDING = 2.0**-50  # of a sum of products, in parts of its largest term
UNDEFINED = "undefined"  # in place of a gradient that is no number, as that of x in √x at 0


def shape_or_number(data: object) -> float | str:
    """A number, or the shape of an array: 3×2.

    >>> import numpy as np
    >>> shape_or_number(np.zeros((3, 2))), shape_or_number(2)
    ('3×2', 2.0)
    """
    shape = getattr(data, "shape", ())
    return "×".join(map(str, shape)) if shape else float(data)  # type: ignore[arg-type]


def gradients(roots: Sequence[Node], nodes: Iterable[Node]) -> dict[Node, float | str]:
    """The derivatives that a drawing shows, by a sweep of its own: no ``.grad`` is read or written.

    Gradients of earlier calls of ``backward()`` belong to other results, or to this one twice. Of several
    results, and of an array, it is the derivative of their sum. An undefined derivative is `UNDEFINED`, and
    so is the derivative by each quantity below it; the others are numbers.

    >>> from autograd import Value, sqrt
    >>> x, y = Value(3.0, label="x"), Value(0.0, label="y")
    >>> list(gradients([x * x], [x]).values()), list(gradients([x * x, 5 * x], [x]).values())
    ([6.0], [11.0])
    >>> list(gradients([x + sqrt(y)], [x, y]).values())
    [1.0, 'undefined']
    """
    nodes = list(nodes)
    slopes: dict[Node, Any] = {node: np.zeros(getattr(node, "shape", ())) for node in nodes}
    # A Tensor's sweep divides by zero as NumPy does: a drawing shows the result and needs no warning.
    with resumed(), np.errstate(all="ignore"):
        for total in _totals(roots):
            slopes |= _swept(total, nodes)
    return {node: s if isinstance(s := slopes[node], str) else shape_or_number(s) for node in nodes}


def _totals(roots: Sequence[Node]) -> list[Node]:
    """The sum of the Values and the sum of the Tensors; between these there is none."""
    numbers = [root for root in roots if not isinstance(root, Tensor)]
    arrays = [root.sum() for root in roots if isinstance(root, Tensor)]
    return [functools.reduce(operator.add, same) for same in (numbers, arrays) if same]


def _swept(total: Node, nodes: Iterable[Node]) -> dict[Node, Any]:
    """The derivatives of one number by the nodes below it, some of them `UNDEFINED`."""
    seed = np.ones((), total.dtype) if isinstance(total, Tensor) else 1.0
    with suppress(DomainError):
        return adjoints(total, seed)
    # An undefined derivative makes all below it undefined. Each of the others has a sweep of its own.
    targets, undefined = set(nodes), set[Node]()
    slopes: dict[Node, Any] = {}
    for node in reversed(topological_order(total)):
        if node in targets and node not in undefined:
            try:
                slopes |= adjoints(total, seed, wrt=[node])
            except DomainError:
                undefined.add(node)
        if node in undefined:
            slopes[node] = UNDEFINED
            undefined.update(node.parents)
    return slopes


def values(order: list[Node]) -> dict[Node, float | str]:
    """The numbers of the recorded pass, also of a leaf that was changed since."""
    numbers: dict[Node, float | str] = {}
    for node in order:
        for argument, data in zip(node.args, node.inputs if node.args else (), strict=True):
            if isinstance(argument, Node) and argument.is_leaf:
                numbers.setdefault(argument, shape_or_number(data))
    return numbers | {node: shape_or_number(node.data) for node in order if node not in numbers}


def without_rounding(
    gradients: Mapping[str, float | str | None], links: Sequence[tuple[str, str, float | None]]
) -> dict[str, float | str | None]:
    """Gradients of boxes, with 0 where contributions cancel but for rounding: 2 − 1 − 1 = −2.22e−16.

    Args:
        gradients: the gradient of each box, sources before targets.
        links: the source, the target and the local derivative of each link.

    >>> without_rounding({"x": -2.2e-16, "y": 1.0}, [("x", "y", 0.1), ("x", "y", 0.2), ("x", "y", -0.3)])
    {'x': 0.0, 'y': 1.0}
    """
    cleared = dict(gradients)
    errors = dict.fromkeys(gradients, 0.0)  # the largest error of each gradient; inf where it is not known
    uses: dict[str, list[tuple[str, float | None]]] = {}
    for source, target, slope in links:
        uses.setdefault(source, []).append((target, slope))
    for box in reversed(list(gradients)):
        for target, slope in uses.get(box, ()):
            above = gradients[target]
            if slope is None or not isinstance(above, float):
                errors[box] = math.inf
            else:
                errors[box] += abs(slope) * (errors[target] + ROUNDING * abs(above))
        gradient = gradients[box]
        if isinstance(gradient, float) and abs(gradient) <= errors[box] < math.inf:
            cleared[box] = 0.0
    return cleared


def sum_without_rounding(terms: Sequence[float]) -> float:
    """The sum; 0 where the terms cancel but for rounding.

    >>> sum_without_rounding([0.1, 0.2, -0.3]), sum_without_rounding([0.1, 0.2])
    (0.0, 0.30000000000000004)
    """
    total = sum(terms)
    return total if not abs(total) <= ROUNDING * sum(map(abs, terms)) else 0.0
