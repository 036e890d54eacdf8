"""Locks without deadlocks after a fork or in a signal handler, and settings of the whole process.

A child has only the thread that forked. A lock that another thread held at the fork stays held in the child,
and a setting that it had changed stays changed.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable

__all__ = ["Lock", "ProcessSetting"]


class Lock:
    """A reentrant lock, for signal handlers, that is free in a forked child.

    Attributes:
        current: the lock to hold, read at each block: ``with lock.current:``. A block entered before a fork
            releases the lock that it acquired.

    >>> lock = Lock()
    >>> with lock.current, lock.current:
    ...     pass
    """

    __slots__ = ("current",)

    def __init__(self) -> None:
        self.current = threading.RLock()
        _locks.append(self)


class ProcessSetting:
    """A setting of the whole process, changed while a context is active in any thread.

    Args:
        change: called by the first context to enter; idempotent.
        put_back: called by the last to leave; idempotent.

    >>> switched = []
    >>> loud = ProcessSetting(lambda: switched.append("on"), lambda: switched.append("off"))
    >>> with loud.changed(), loud.changed():
    ...     switched
    ['on']
    >>> switched
    ['on', 'off']
    """

    def __init__(self, change: Callable[[], None], put_back: Callable[[], None]) -> None:
        self.change, self.put_back = change, put_back
        # The active contexts and their threads. After an interrupt Python may never leave a context: then
        # it is freed with the frame of its `with`, and counts no more.
        self.active: dict[weakref.ref[_Change], int] = {}
        _settings.append(self)

    def changed(self) -> _Change:
        """A context in which the setting is changed."""
        return _Change(self)

    def drop_freed(self) -> None:
        for context in [context for context in self.active if context() is None]:
            del self.active[context]


class _Change:
    __slots__ = ("__weakref__", "_setting")

    def __init__(self, setting: ProcessSetting) -> None:
        self._setting = setting

    def __enter__(self) -> None:
        setting = self._setting
        try:
            with _switching.current:
                setting.drop_freed()
                first = not setting.active
                # Before the change: a signal handler in the middle must put nothing back.
                setting.active[weakref.ref(self)] = threading.get_ident()
                if first:
                    setting.change()
        except BaseException:  # Ctrl-C: Python calls no __exit__ for a context that was not entered
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        setting = self._setting
        interrupt: KeyboardInterrupt | None = None
        while True:
            try:
                with _switching.current:
                    setting.active.pop(weakref.ref(self), None)
                    setting.drop_freed()
                    if not setting.active:
                        setting.put_back()
                break
            except KeyboardInterrupt as again:  # raised after the setting is restored
                interrupt = again
        if interrupt is not None:
            raise interrupt


_locks: list[Lock] = []
_settings: list[ProcessSetting] = []
_switching = Lock()


def _after_fork() -> None:
    """Free the locks and contexts of the other threads, which the child does not have."""
    for lock in _locks:
        lock.current = threading.RLock()
    for setting in _settings:
        for change, thread in list(setting.active.items()):
            if thread != threading.get_ident():
                del setting.active[change]
        if not setting.active:
            setting.put_back()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
