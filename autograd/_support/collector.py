"""Python's garbage collector, spared while a graph is recorded and swept.

The collector traverses young objects after every 700 new ones, and older ones now and then. A growing graph
is all new objects, without reference cycles: it is traversed again and again in vain, for a third to two
thirds of the time of an eager step.
"""

from __future__ import annotations

import gc
from typing import Any

from autograd._support.locks import ProcessSetting

__all__ = ["spared"]

# New objects after which the collector runs all the same, so that reference cycles of a user's function
# cannot fill the memory: some 10 MB. A graph of a million nodes then takes 5 % longer than without a
# collector; with 10,000 it would be a third.
OBJECTS = 100_000

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
