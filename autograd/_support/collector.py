"""Python's garbage collector, spared while a graph is recorded and swept.

The collector traverses young objects after every 700 new ones, and older ones now and then. A growing graph
is all new objects, without reference cycles: it is traversed again and again in vain, for a third to two
thirds of the time of an eager step.

Work of the library runs in `spared()`. Where a user's own loop records, the threshold is raised while a node
of the growing graph lives, and at most until the next collection, in two cases:

* a collection finds that most young objects are nodes;
* a large graph was swept and freed, and an operation begins the next one.
"""

from __future__ import annotations

import functools
import gc
import itertools
import operator
import weakref
from collections.abc import Callable
from typing import Any

from autograd._support.process.locks import ProcessSetting

__all__ = ["spare_while_alive", "spared", "watch_recording"]

# New objects after which the collector runs all the same, so that reference cycles of a user's function
# cannot fill the memory: some 10 MB. A graph of a million nodes then takes 5 % longer than without a
# collector; with 10,000 it would be a third.
OBJECTS = 100_000

# Young objects that tell whether a graph is being recorded: most of them are nodes.
SAMPLE = 32

_thresholds: list[tuple[int, ...]] = []  # the user's, and ours in its place


def spared() -> Any:
    """A context in which the garbage collector runs seldom: after `OBJECTS` new objects, not 700.

    For work of the library from beginning to end, such as one step of training. Contexts nest, in several
    threads too; the last to leave restores the threshold. A collector that is off, or runs more seldom
    already, stays as it is.

    >>> before = gc.get_threshold()[0]
    >>> with spared():
    ...     gc.get_threshold()[0] >= OBJECTS
    True
    >>> gc.get_threshold()[0] == before
    True
    """
    return _SEEN_SELDOM.changed()


def _raise_threshold() -> None:
    had = gc.get_threshold()
    if not _thresholds and 0 < had[0] < OBJECTS:  # 0 switches the collector off
        _thresholds[:] = [had, (OBJECTS, *had[1:])]
        gc.set_threshold(*_thresholds[1])


def _put_back() -> None:
    if _thresholds:
        had, ours = _thresholds
        if gc.get_threshold() == ours:  # otherwise the user has set another meanwhile
            gc.set_threshold(*had)
        _thresholds.clear()


_SEEN_SELDOM = ProcessSetting(_raise_threshold, _put_back)


# -- while a user's loop records ----------------------------------------------------------------

# From our thresholds to the user's, which stay here: whoever restores thresholds that were ours does no harm.
_users: dict[Any, Any] = {}

# Each step puts the user's thresholds in the place of ours; others, set meanwhile, stay. All of it is C:
# Python drops an interrupt that comes in Python code called for a dying object.
_current = iter(gc.get_threshold, None)
_restorations = itertools.starmap(gc.set_threshold, map(_users.get, _current, _current))
_restore: Callable[..., Any] = functools.partial(next, _restorations)

_held: list[weakref.ref[Any]] = []  # the node whose life keeps the threshold up


def spare_while_alive(node: Any, objects: int = 0) -> None:
    """Let the collector run seldom while this node lives, at most until the next collection.

    It runs after `objects` new objects, but not sooner than in `spared`. A collector that is off, or runs
    more seldom already, stays as it is.

    >>> from autograd import Value
    >>> before, x = gc.get_threshold(), Value(2.0)
    >>> spare_while_alive(x)
    >>> gc.get_threshold()[0] > OBJECTS
    True
    >>> del x
    >>> gc.get_threshold() == before
    True
    """
    had = gc.get_threshold()
    if had in _users:  # an older node need not live longer
        _held[:] = [weakref.ref(node, _restore)]
    elif gc.isenabled() and 0 < had[0] < OBJECTS:
        # Above that of `spared`, which then changes nothing and restores nothing.
        ours = (max(objects, OBJECTS + 1), *had[1:])
        _users.clear()
        _users[ours] = had
        _held[:] = [weakref.ref(node, _restore)]
        gc.set_threshold(*ours)


# A list of all young objects refers to the unfinished tuples of other threads too, and Python raises
# SystemError where such a tuple ends with another reference to it. So a list lives within a single call in C,
# in which no other thread runs.


def _young_types(step: int) -> list[type]:
    """The types of the young objects, of each `step`-th."""
    young = itertools.chain.from_iterable(map(gc.get_objects, (0,)))
    return list(map(type, itertools.islice(young, 0, None, step)))


def _young_object(place: int) -> Any:
    """The young object at a place; None where there is none, or none that takes a weak reference."""
    try:
        return next(map(weakref.ref, map(operator.itemgetter(place), map(gc.get_objects, (0,)))))()
    except (IndexError, TypeError):
        return None


class _Collections:
    """The attributes that the collector sets at its start and its stop, as one of `gc.callbacks`.

    Code of ours runs at the start alone: an interrupt comes during the collection, and Python would drop it
    in code called at the stop.
    """

    __slots__ = ("_node", "stop")

    def __init__(self, node: type) -> None:
        self._node = node

    def _begin(self, info: dict[str, int]) -> None:
        had = gc.get_threshold()
        raised = had in _users
        _restore()
        if raised or info["generation"]:
            step = gc.get_count()[0] // SAMPLE + 1
            sample = _young_types(step)
            places = [step * i for i, kind in enumerate(sample) if kind is self._node]
            if len(places) > len(sample) // 2:
                node = _young_object(places[-1])
                if type(node) is self._node:
                    # In proportion to what has been recorded, so that the time for each operation is bounded.
                    spare_while_alive(node, 4 * had[0] if raised else 0)

    start = property(fset=_begin)


def watch_recording(node: type) -> None:
    """Spare the collector, from now on, where most new objects are nodes of this type."""
    gc.callbacks.append(_Collections(node).__setattr__)
