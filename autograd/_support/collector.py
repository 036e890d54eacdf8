"""Python's garbage collector, spared while a graph is recorded and swept.

The collector looks through young objects after every 700 new ones, and through older ones every so often. A
graph that grows is all new objects, and has no reference cycles: it is looked through again and again, and
nothing is ever found. That is a third to two thirds of the time of an eager step.
"""

from __future__ import annotations

import gc
from typing import Any

from autograd._support.locks import ProcessSetting

__all__ = ["spared"]

# New objects after which the collector looks all the same, so that the cycles of somebody else's function
# cannot fill the memory: they are some 10 MB. A graph of a million nodes then takes 5 % longer than without
# a collector; with 10,000 it would be a third.
OBJECTS = 100_000

_thresholds: list[tuple[int, ...]] = []  # what the user had, and what stands in its place


def spared() -> Any:
    """A context in which the garbage collector looks seldom: after `OBJECTS` new objects, not 700.

    For what the library does from beginning to end, such as one step of training. It can be nested, in
    several threads too; with the last that leaves, the collector looks as often as it did. A collector
    that is switched off, or already looks more seldom, is left as it is.

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
        if gc.get_threshold() == ours:  # or the user has set another meanwhile
            gc.set_threshold(*had)
        _thresholds.clear()


_SEEN_SELDOM = ProcessSetting(_raise_threshold, _put_back)
