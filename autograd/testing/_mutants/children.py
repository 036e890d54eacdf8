"""A call in a forked child, with a limit of time: whatever it does to its process is gone after it."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, TextIO

__all__ = ["CAN_FORK", "Ending", "call_in_child"]

CAN_FORK = hasattr(os, "fork")
KEPT = 20_000  # characters of output


@dataclass(frozen=True)
class Ending:
    """The end of a child.

    Attributes:
        answer: the text that the call gave; None where the time was over or the process died.
        problem: in words, where there is no answer.
        timed_out: whether the time was over.
        seconds: how long it took.
        output: the end of what it printed.
    """

    answer: Any
    problem: str
    timed_out: bool
    seconds: float
    output: str


def call_in_child(call: Callable[[], Any], timeout: float) -> Ending:
    """Call a function in a forked child and take its answer, which JSON can hold.

    The child has a group of processes of its own, which is ended when the time is over, and nothing to read.

    >>> call_in_child(lambda: 6 * 7, timeout=60.0).answer if CAN_FORK else 42
    42
    """
    reading, writing = os.pipe()
    start = time.perf_counter()
    with tempfile.TemporaryFile() as printed:
        sys.stdout.flush()
        sys.stderr.flush()
        # A collection of garbage in the child would write to each object, and so copy all memory.
        frozen = not gc.get_freeze_count()
        if frozen:
            gc.freeze()
        with warnings.catch_warnings():
            # Python 3.12 warns of other threads, whose locks stay held; the engine's are free in a child.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if not pid:
            _be_child(call, writing, printed)
        if frozen:
            gc.unfreeze()
        os.close(writing)
        try:
            message = _receive(reading, start + timeout)
        finally:
            os.close(reading)
            _end_group(pid)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        seconds = time.perf_counter() - start
        printed.seek(0)
        output = printed.read().decode("utf-8", "replace")[-KEPT:]
    if message is None:
        return Ending(None, f"not at an end after {timeout:.3g} s", True, seconds, output)
    if not message:
        cause = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        return Ending(None, f"the process ended with {cause}", False, seconds, output)
    return Ending(json.loads(message), "", False, seconds, output)


def _be_child(call: Callable[[], Any], writing: int, printed: IO[bytes]) -> None:
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
        sys.stdin, sys.stdout, sys.stderr = map(_stream, (0, 1, 2))
        message = json.dumps(call()).encode() + b"\n"
        sys.stdout.flush()
        while message:
            message = message[os.write(writing, message) :]
    finally:
        os._exit(0)  # without the handlers of the parent: its files, its tests


def _stream(descriptor: int) -> TextIO:
    return os.fdopen(
        descriptor, "w" if descriptor else "r", encoding="utf-8", errors="replace", closefd=False
    )


def _receive(reading: int, end: float) -> bytes | None:
    """A line from a child, empty if it ended without one; None where the time was over."""
    message = b""
    while not message.endswith(b"\n"):
        ready, _, _ = select.select([reading], [], [], max(0.0, end - time.perf_counter()))
        if not ready:
            return None
        part = os.read(reading, 65536)
        if not part:
            return b""
        message += part
    return message


def _end_group(pid: int) -> None:
    for end in (os.killpg, os.kill):
        try:
            end(pid, signal.SIGKILL)
            return
        except (ProcessLookupError, PermissionError):  # the child has no group yet, or is at its end
            continue
