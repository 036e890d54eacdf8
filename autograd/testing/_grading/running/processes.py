"""A file in a process of its own, of which nothing is left when it has ended, and its messages."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import autograd
from autograd.testing._grading.running.family import MARK, end_family
from autograd.testing._grading.running.messages import messages_of

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

RUNNING: dict[subprocess.Popen[bytes], str] = {}  # and the marks of their families
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
    """Perform a task in a new process, and end that and all processes that it began, also after Ctrl-C."""
    key = secrets.token_bytes(32)
    with tempfile.TemporaryFile() as results:
        with _process([sys.executable, "-P", "-c", COMMAND], results) as process:
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(task | {"key": key.hex()}).encode() + b"\n")
                process.stdin.flush()
            try:
                returncode, timed_out = process.wait(seconds), False
            except subprocess.TimeoutExpired:
                returncode, timed_out = -1, True
        results.seek(0)
        return Ending(tuple(messages_of(key, results.read())), timed_out, returncode)


@contextmanager
def _process(command: list[str], results: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process without a terminal, which ends with the block, as do all that it began.

    It also ends where this process is killed, since its pipe from here closes then.
    """
    mark = secrets.token_hex(8)
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=results,
        stderr=subprocess.DEVNULL,
        env=os.environ | ALONE | {MARK: mark},
        start_new_session=True,
    )
    RUNNING[process] = mark
    try:
        if INTERRUPTED.is_set():
            raise KeyboardInterrupt
        yield process
    finally:
        _kill(process, mark)
        del RUNNING[process]
        process.wait()
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()


def _kill(process: subprocess.Popen[bytes], mark: str) -> None:
    """End a process, its group, and the processes that left the group."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    end_family(mark)


def end_all() -> None:
    """End the processes for which other threads wait, after Ctrl-C, and start no more of them."""
    INTERRUPTED.set()
    for process, mark in list(RUNNING.items()):
        _kill(process, mark)
