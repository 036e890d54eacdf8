"""The processes that a process has begun, also those that left its group."""

from __future__ import annotations

import os
import signal
from pathlib import Path

__all__ = ["MARK", "end_family"]

MARK = "AUTOGRAD_GRADING"  # a variable of the environment, which processes inherit
PROCESSES = Path("/proc")
ROUNDS = 3  # a process may begin another one while it is looked for


def end_family(mark: str) -> None:
    """End all processes whose environment has the mark, but not this one, where the system shows it."""
    for _ in range(ROUNDS if PROCESSES.is_dir() else 0):
        family = [pid for pid in _processes(f"{MARK}={mark}".encode()) if pid != os.getpid()]
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:  # it has ended
                continue
        if not family:
            return


def _processes(entry: bytes) -> list[int]:
    processes = []
    for folder in PROCESSES.iterdir():
        try:
            if folder.name.isdecimal() and entry in (folder / "environ").read_bytes().split(b"\0"):
                processes.append(int(folder.name))
        except OSError:  # it has ended, or is another user's
            continue
    return processes
