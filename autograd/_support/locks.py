"""Locks that no forked child and no signal handler waits for in vain, and settings of the whole process.

A child has only the thread that forked. A lock that another thread held then is held in the child for ever,
and a setting that it had changed is never put back.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable

__all__ = ["Lock", "ProcessSetting"]


class Lock:
    """A lock that its own thread may enter again, as in a signal handler, and that a forked child finds free.

    Attributes:
        current: the lock to hold, asked for at each block: ``with lock.current:``. A block that was entered
            before a fork leaves the lock that it entered.

    >>> lock = Lock()
    >>> with lock.current, lock.current:
    ...     pass
    """

    __slots__ = ("current",)

    def __init__(self) -> None:
        self.current = threading.RLock()
        _locks.append(self)


class ProcessSetting:
    """A setting of the whole process, changed while any context is active, in whatever threads.

    Args:
        change: called with the first context that enters. Where the setting is still changed, does nothing.
        put_back: called when the last has left. Where the setting is not changed, does nothing.

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
        # The contexts that are entered, and by which thread. An interrupt may keep Python from leaving one:
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
                # Before the change: a signal handler that comes and goes in the middle puts nothing back.
                setting.active[weakref.ref(self)] = threading.get_ident()
                if first:
                    setting.change()
        except BaseException:  # Ctrl-C: Python leaves only what was entered
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
            except KeyboardInterrupt as again:  # not before all is as it was
                interrupt = again
        if interrupt is not None:
            raise interrupt


_locks: list[Lock] = []
_settings: list[ProcessSetting] = []
_switching = Lock()


def _after_fork() -> None:
    """The child has only the thread that forked: what the others were inside of is never left there."""
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
