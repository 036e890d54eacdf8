"""Limits of time, memory and files for code that may not end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

try:
    import resource
except ImportError:  # Windows has no limits of memory
    resource = None  # type: ignore[assignment]

__all__ = ["MEMORY", "TimeIsUp", "limit_resources", "time_limit"]

MEMORY = 4 << 30  # bytes of addresses; NumPy alone takes half a gibibyte of them, PyTorch two
FILE_SIZE = 64 << 20
AGAIN = 0.2  # seconds until code that goes on after its time is interrupted once more


class TimeIsUp(TimeoutError):
    """Code takes longer than its limit."""


def limit_resources(seconds: int) -> None:
    """Limit this process, where the system can: memory, size of files, time on the processor."""
    if resource is None:
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
    ):
        hard = resource.getrlimit(kind)[1]
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):  # macOS refuses some
            continue


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeIsUp in code that takes longer; limits may be nested, and the earlier deadline counts.

    Signals interrupt it, so there is no limit on Windows and outside of the main thread.

    >>> with time_limit(0.01):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
        ...
    autograd.testing._grading.limits.TimeIsUp: it does not end within 0.01 s
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeIsUp(f"it does not end within {seconds:g} s")

    started = time.monotonic()
    outer = signal.getitimer(signal.ITIMER_REAL)[0]
    if outer and outer <= seconds:
        yield
        return
    handler = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(outer - (time.monotonic() - started), 1e-3), AGAIN)
