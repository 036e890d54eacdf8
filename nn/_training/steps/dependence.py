"""Whether a cost depends on the parameters: a check before the first step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd._graph.node import reach
from nn._nets.parameters import Parameter

__all__ = ["ON_NODES", "CutError", "check_reached"]

ON_NODES = (
    "Write the net, its activations and the cost in operators and functions of autograd or NumPy, on nodes: "
    "a result computed from plain numbers, as by .data, item(), float() or math, is a constant"
)


class CutError(ValueError):
    """A cost that depends on no parameter, so that a step would change nothing."""


def check_reached(cost: Parameter, parameters: Iterable[Parameter]) -> None:
    """Raise unless a cost depends on at least one of the parameters.

    >>> from autograd import Value
    >>> w, b = Value(1.0), Value(2.0)
    >>> check_reached(w * w, [w, b])
    >>> check_reached(Value(w.data) ** 2, [w, b])    # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    nn._training.steps.dependence.CutError: the cost depends on no parameter ...is cut. ...
    """
    targets: set[Any] = set(parameters)
    if not any(node in targets for node in reach([cost])):
        raise CutError(
            f"the cost depends on no parameter that the optimizer moves: the graph is cut. {ON_NODES}"
        )
