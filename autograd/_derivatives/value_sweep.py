"""The fast reverse sweep over Values, with floats as adjoints.

It computes the adjoints of `_derivatives.sweeps.adjoints`, and keeps them in the nodes' own slots, with the
count of uses that have not contributed yet. A node's turn comes after the contribution of its last use. The
walk is generated from the rows of the table, as the methods of `Value` are: the commonest operations inline,
since a call costs as much as their arithmetic, the others as a function for each row.
"""

from __future__ import annotations

import functools
import math
import os
import threading
import weakref
from typing import Any

from autograd._graph.context import SWITCHES
from autograd._graph.primitive import PRIMITIVES
from autograd._graph.recorded_gradients import recorded
from autograd._nodes.scalar_node import SLOTS
from autograd._nodes.value import Value
from autograd._support.process.locks import Lock
from autograd._table.define import on_define
from autograd._table.readings import generate
from autograd._table.rows import ARITHMETIC, Row, row_name

__all__ = ["sweep"]

# The counts in the slots belong to one sweep at a time. A thread that starts a sweep inside its own (in a
# signal handler, or a row that sweeps) must not wait for itself: it takes the general walk.
sweeping = Lock()
# The active sweeps by thread: the nodes that each has reached, and its leaves with their former gradients.
_underway: dict[int, tuple[list[Value], list[tuple[Value, Any]]]] = {}


# Nodes of a graph at whose recording the garbage collector runs at least once.
MANY = 500


class _Swept(weakref.ref[Value]):
    """A swept result, at whose death the next operation is expected to begin another graph of its size.

    Its callback sets the switch that operations look at to this object, in C: Python drops an interrupt that
    comes in Python code called for a dying object.
    """

    __slots__ = ("nodes",)

    nodes: int


_expect_another: Any = functools.partial(SWITCHES.__setitem__, "paused")
_swept: list[_Swept] = []  # the latest


def _after_fork() -> None:
    """Undo the sweeps of other threads, which the child does not have."""
    for thread in _underway.keys() - {threading.get_ident()}:
        _undo(*_underway.pop(thread))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def is_free() -> bool:
    """Whether no sweep is active in this thread."""
    return threading.get_ident() not in _underway


def sweep(root: Value, seed: float) -> bool:
    """Set the adjoint of every node below `root`, adding to the leaves'; whether all are finite.

    If one is not, and after any exception, the leaves have their former gradients.
    """
    with sweeping.current:
        reached = [root]
        leaves: list[tuple[Value, Any]] = []  # with their former gradients
        thread = threading.get_ident()
        _underway[thread] = reached, leaves
        try:
            try:
                _walk(root, seed, reached, leaves)
                for leaf, held in leaves:
                    if held is not None:
                        leaf._adjoint = held + leaf._adjoint
                totals = [leaf._adjoint for leaf, _ in leaves]
                if all(map(math.isfinite, totals)):
                    if not {*map(type, totals)} <= {float}:  # added to gradients that are nodes
                        _write({leaf: leaf._adjoint for leaf, _ in leaves})
                    if len(reached) >= MANY:
                        swept = _Swept(root, _expect_another)
                        swept.nodes = len(reached)
                        _swept[:] = [swept]
                    return True
            except ARITHMETIC:
                pass
            _undo(reached, leaves)
            return False
        except BaseException:
            _undo(reached, leaves)
            raise
        finally:
            del _underway[thread]


def _write(totals: dict[Value, Any]) -> None:
    for leaf, total in recorded(totals).items():
        leaf._adjoint = total


def _undo(reached: list[Value], leaves: list[tuple[Value, Any]]) -> None:
    while True:
        try:
            for node in reached:
                node._uses = None
                if node._op is not None:  # a leaf that the walk has not reached is unchanged
                    node._adjoint = None
            _write(dict(leaves))
            return
        except KeyboardInterrupt:  # a second one: the first is being raised, and half an undo is worse
            continue


_WALK = """
def walk(root, seed, reached, leaves):
    # Every node once, with the number of its uses in this graph.
    for node in reached:
        a = node._a
        if a is not None:
{count_a}
        elif node._op is None:
            leaves.append((node, node.grad))
            node._adjoint = 0.0
            continue
        elif node._op.arity == 3:
            for p in (node._c, node._d):
                if p is not None:
{count_p}
        node._adjoint = 0.0
        b = node._b
        if b is not None:
{count_b}

    # From the root down.
    root._adjoint = seed
    ready = []
    wait = ready.append
    node = root
    while True:
        op = node._op
        if op is None:
            node = None
{branches}
        else:
            node = op.pull(node, wait)
        if node is None:
            if not ready:
                return
            node = ready.pop()
"""

_PULL = """
def pull(node, wait):
{step}
    return node
"""

# The uses of a node that have not contributed yet: None outside a sweep, True for a single one, or a number.
_COUNT = """
uses = {p}._uses
if uses is None:
    reached.append({p})
    {p}._uses = True
else:
    {p}._uses = uses + 1
"""

# The contribution of a single use, as most are, is stored, not added to zero: that would be one more float.
_CONTRIBUTE = """
uses = {p}._uses
if uses is True:
    {p}._adjoint = {contribution}
    {p}._uses = None
    {go_on}
else:
    {p}._adjoint += {contribution}
    if uses == 1:
        {p}._uses = None
        {go_on}
    else:
        {p}._uses = uses - 1
"""

# One step of the walk: contributions to the arguments, and on to one that has had its last.
_ONLY = """
g = node._adjoint
{numbers}
a = node._a
node = None
{to_a}
"""
_BOTH = """
g = node._adjoint
{numbers}
a = node._a
b = node._b
node = None
if a is not None:
{to_a}
if b is not None:
{to_b}
"""
# Of three arguments, which are rare, each that has had its last contribution waits for its turn.
_THREE = """
g = node._adjoint
{numbers}
for p, contribution in ((node._b, {first}), (node._c, {second}), (node._d, {third})):
    if p is not None:
{to_p}
node = None
"""


def _step(row: Row) -> str:
    slots = {
        "out": "_primal",
        **dict(zip(row.inputs, (number for _, number in SLOTS[row.arity]), strict=True)),
    }
    numbers = "\n".join(f"{name} = node.{slot}" for name, slot in slots.items() if name in row.names)
    contributions = [text or "0.0" for text in row.contributions]
    if row.arity == 1:
        return _ONLY.format(numbers=numbers, to_a=_contribute("a", contributions[0], "node = a", 0))
    if row.arity == 2:
        to_a = _contribute("a", contributions[0], "node = a", 4)
        to_b = _contribute("b", contributions[1], "node = b if node is None else wait(b) or node", 4)
        return _BOTH.format(numbers=numbers, to_a=to_a, to_b=to_b)
    places = dict(zip(("first", "second", "third"), contributions, strict=True))
    return _THREE.format(numbers=numbers, to_p=_contribute("p", "contribution", "wait(p)", 8), **places)


def _contribute(p: str, contribution: str, go_on: str, by: int) -> str:
    return _indented(_CONTRIBUTE.format(p=p, contribution=contribution, go_on=go_on), by)


def _write_pull(row: Row) -> Any:
    step = f"# out = {row.text}\n{_step(row)}"
    return generate(_PULL.strip().format(step=_indented(step, 4)) + "\n", "pull")


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.splitlines() if line)


def _write_walk() -> Any:
    commonest = ("mul", "add", "sub", "tanh", "exp", "sin", "sigmoid", "relu")
    branches = "\n".join(
        f"        elif op is {row_name(name)}:\n{_indented(_step(PRIMITIVES[name]), 12)}"  # type: ignore[arg-type]
        for name in commonest
    )
    indents = {"a": 12, "b": 12, "p": 20}
    counts = {f"count_{p}": _indented(_COUNT.format(p=p), by) for p, by in indents.items()}
    return generate(_WALK.strip().format(branches=branches, **counts) + "\n", "walk")


def _forget_pull(row: Row) -> None:
    """Of a row that is defined anew."""
    vars(row).pop("pull", None)


Row.write_pull = staticmethod(_write_pull)
on_define(_forget_pull)
_walk = _write_walk()
