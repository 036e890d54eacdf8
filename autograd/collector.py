"""Python's garbage collector, spared while a graph is recorded and swept.

The collector looks through young objects after every 700 new ones, and through older ones every so often. A
graph that grows is all new objects, and has no reference cycles: it is looked through again and again, and
nothing is ever found. That is a third to two thirds of the time of an eager step.
"""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

__all__ = ["spared"]

# New objects after which the collector looks all the same, so that the cycles of somebody else's function
# cannot fill the memory: they are some 10 MB. A graph of a million nodes then takes 5 % longer than without
# a collector; with 10,000 it would be a third.
OBJECTS = 100_000

_lock = threading.RLock()
_inside: dict[_Spared, int] = {}  # the contexts that are entered, and by which thread
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
    return _Spared()


class _Spared:
    def __enter__(self) -> None:
        try:
            with _lock:
                if not _inside:
                    _raise_threshold()
                _inside[self] = threading.get_ident()
        except BaseException:  # Ctrl-C: Python leaves only what was entered
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        interrupt: KeyboardInterrupt | None = None
        while True:
            try:
                with _lock:
                    _inside.pop(self, None)
                    if not _inside:
                        _put_back()
                break
            except KeyboardInterrupt as again:  # not before all is as it was
                interrupt = again
        if interrupt is not None:
            raise interrupt


def _raise_threshold() -> None:
    had = gc.get_threshold()
    if 0 < had[0] < OBJECTS:  # 0 switches the collector off
        _thresholds[:] = [had, (OBJECTS, *had[1:])]
        gc.set_threshold(*_thresholds[1])


def _put_back() -> None:
    if _thresholds:
        had, ours = _thresholds
        if gc.get_threshold() == ours:  # or the user has set another meanwhile
            gc.set_threshold(*had)
        _thresholds.clear()


def _after_fork() -> None:
    """The child has only the thread that forked: the contexts of the others are never left there."""
    global _lock  # noqa: PLW0603 - it may be held by a thread that the child does not have
    _lock = threading.RLock()
    for context, thread in list(_inside.items()):
        if thread != threading.get_ident():
            del _inside[context]
    if not _inside:
        _put_back()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
