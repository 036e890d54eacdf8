"""A file in a process of its own, of which nothing is left when it has ended, and its messages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autograd

__all__ = ["Ending", "end_all", "run_worker"]

WORKER = "autograd.testing._grading.running.worker"
ROOT = str(Path(autograd.__file__).parents[1])
# This package is imported from where it is here; afterwards the standard library comes first again.
COMMAND = f"""
import sys
sys.path.insert(0, {ROOT!r})
from {WORKER} import main
sys.path.append(sys.path.pop(0))
main()
"""
ALONE = {
    "MPLBACKEND": "Agg",  # a plot shows no window
    "PYTHONDONTWRITEBYTECODE": "1",  # nothing is left beside the file
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",  # sets of texts have one order in each run
}

# The ends of a process by a signal, where the system has it.
SIGNALS = {
    getattr(signal, name): words
    for name, words in {
        "SIGSEGV": "it crashes Python itself (a segmentation fault)",
        "SIGKILL": "it was killed, as for too much memory",
        "SIGXCPU": "it does not end",
    }.items()
    if hasattr(signal, name)
}

RUNNING: set[subprocess.Popen[bytes]] = set()
INTERRUPTED = threading.Event()


@dataclass(frozen=True)
class Ending:
    """The end of a process, and its messages until then.

    Attributes:
        messages: in their order.
        timed_out: whether it was stopped.
        returncode: minus the number of a signal, where one ended it.
    """

    messages: tuple[dict[str, Any], ...]
    timed_out: bool
    returncode: int

    @property
    def reason(self) -> str:
        """The end in words."""
        if self.timed_out:
            return "it does not end"
        return SIGNALS.get(-self.returncode, "it ends Python itself")


def run_worker(task: dict[str, Any], seconds: float) -> Ending:
    """Perform a task in a new process, and end that and all processes of its group, also after Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as folder:
        messages = Path(folder) / "messages.jsonl"
        arguments = json.dumps(task | {"messages": str(messages)})
        with _process([sys.executable, "-P", "-c", COMMAND, arguments]) as process:
            try:
                returncode, timed_out = process.wait(seconds), False
            except subprocess.TimeoutExpired:
                returncode, timed_out = -1, True
        return Ending(tuple(_read(messages)), timed_out, returncode)


@contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process without a terminal, in a group of its own, all of which ends with the block.

    It also ends where this process is killed, since its pipe from here closes then.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | ALONE,
        start_new_session=True,
    )
    RUNNING.add(process)
    try:
        if INTERRUPTED.is_set():
            raise KeyboardInterrupt
        yield process
    finally:
        _kill(process)
        RUNNING.discard(process)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def end_all() -> None:
    """End the processes for which other threads wait, after Ctrl-C, and start no more of them."""
    INTERRUPTED.set()
    for process in list(RUNNING):
        _kill(process)


def _read(path: Path) -> Iterator[dict[str, Any]]:
    """The messages that are whole."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict):
                yield message
