"""A graph that grows with every step: ``W = W - lr * W.grad`` in a loop, which records each update.

Such a loop gives the right numbers, but `backward` goes through all updates so far, slower at each step.
Unlike in a recurrent net or a sum over time, the gradient of the updated node is read after each sweep, and
plain numbers turn this node into the next, along the gradient.
"""

from __future__ import annotations

import itertools
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._graph.node import Node, plain
from autograd._support.callers import warn

__all__ = ["count_sweep", "note_reading"]

MANY = 10  # updates in a row before a warning
NEAR = 4  # operations of one update at most, as a step and a decay of the weight
ARITHMETIC = {"add", "sub", "mul", "truediv", "neg"}

_sweeps = itertools.count(1)
_latest = 0


@dataclass(frozen=True)
class _Reading:
    """One reading of a node's gradient: its sweep, its number, and the count of updates before it."""

    node: weakref.ref[Node]
    sweep: int
    gradient: Any
    updates: int
    uphill: bool | None


# By the node's id.
_readings: dict[int, _Reading] = {}


def count_sweep() -> None:
    """Count a sweep: the gradients from here on are new."""
    global _latest  # noqa: PLW0603 - a number that only ever grows
    _latest = next(_sweeps)


def note_reading(node: Node, gradient: Any) -> None:
    """Note that the gradient of an interior node is read; warn at the last of many updates."""
    if str(node._op) not in ARITHMETIC or id(node) in _readings:
        return
    previous = _previous(node)
    if previous is None:
        return
    before = _readings.pop(id(previous), None)
    updates, uphill = 1, None
    if before is not None and before.sweep < _latest:
        change = np.sum((plain(node) - plain(previous)) * before.gradient)
        uphill = bool(change > 0)
        along = change != 0 and before.uphill in (None, uphill)
        updates = before.updates + along
    if updates == MANY:
        warn(
            f"a node that was updated {MANY} times, as by W = W - lr * W.grad, remembers every update: each "
            "backward() goes through all of them, and the graph grows for ever. Change the number of a leaf, "
            "W.data -= lr * W.grad, and clear its gradient, W.grad = None"
        )
    key = id(node)
    reference = weakref.ref(node, lambda _: _readings.pop(key, None))
    _readings[key] = _Reading(reference, _latest, plain(gradient), updates, uphill)


def _previous(node: Node) -> Node | None:
    """The nearest node, a leaf or a noted one, from which arithmetic with plain numbers leads to this one."""
    for _ in range(NEAR):
        if str(node._op) not in ARITHMETIC or len(node.parents) != 1:
            return None
        (node,) = node.parents
        if node.is_leaf or id(node) in _readings:
            return node
    return None
