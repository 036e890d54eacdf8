"""The process that runs one file: a line of its input is the task, and its output the file of messages."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from autograd.testing._engines.engine import Engine
from autograd.testing._grading.files.adapters import spelling_of
from autograd.testing._grading.files.recognition import recognize
from autograd.testing._grading.files.sources import (
    SubmissionError,
    local_modules,
    read_cells,
    run_cells,
    summary,
)
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._grading.limits import limit_resources, time_limit
from autograd.testing._grading.running.borrowed import borrowed_from
from autograd.testing._grading.running.examination import examine
from autograd.testing._grading.running.family import MARK, end_family
from autograd.testing._grading.running.guard import Guard
from autograd.testing._grading.running.messages import sender
from autograd.testing._laws.collection import laws

__all__ = ["IMPORT_SECONDS", "main"]

IMPORT_SECONDS = 10
PROCESSOR_SECONDS = 120

Send = Callable[..., None]


def main() -> None:
    """Perform a task: the laws on a file's engine, a message for each event."""
    task = json.loads(sys.stdin.buffer.readline())
    send = sender(bytes.fromhex(task.pop("key")), _results().write)
    _end_with_the_parent()
    limit_resources(PROCESSOR_SECONDS)
    sys.argv = [task["path"]]
    guard = Guard()
    try:
        try:
            engine, spelling = _load(task, send)
        except BaseException as error:
            if isinstance(error, Exception):
                raise
            send(problem=f"an operation raises {summary(error)}: raise an Exception")
            raise
        _check(guard)
        send(engine=engine.name, needs={name: law.reason_to_skip(engine) for name, law in laws.items()})
        for result in examine(engine, spelling, task["laws"], task["seed"]):
            _check(guard)
            send(law=result.to_dict())
        send(finished=True)
    except SubmissionError as error:
        send(problem=str(error))
    except Exception as error:
        send(problem=f"grading fails with {type(error).__name__}: {error}")
    finally:
        os._exit(0)  # threads of the file may go on for ever; and it may raise what is no Exception


def _results() -> IO[bytes]:
    """The file behind the standard output, which is closed to all that the student's file prints."""
    results = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    return results


def _check(guard: Guard) -> None:
    if name := guard.change():
        raise SubmissionError(f"the file replaces {name}, with which it is graded: leave that alone")


def _load(task: dict[str, Any], send: Send) -> tuple[Engine, Spelling]:
    """The engine of the file: that of the grader's adapter, or its class. An adapter of the file's own could
    hand back any numbers."""
    path = Path(task["path"])
    os.chdir(path.parent)
    cells = read_cells(path)
    with time_limit(IMPORT_SECONDS):
        module, notes = run_cells(cells, path)
    if task["adapter"]:
        send(notes=notes)
        return _adapted(Path(task["adapter"]), module)
    send(notes=notes + _unused_adapters(path, module))
    own = local_modules(path.parent)
    engine, spelling = recognize(module, name=task["class"], local=own)
    if library := borrowed_from(engine, own):
        raise SubmissionError(
            f"its derivatives are those of {library} is called when a program runs. Write the chain rule "
            "yourself; to grade a library, give an adapter"
        )
    return engine, spelling


def _unused_adapters(path: Path, module: ModuleType) -> list[str]:
    """Notes on engines that a file brings along: only the grader's own adapter is believed."""
    adapter = path.with_name("adapter.py")
    names = [str(adapter)] if adapter.exists() and adapter != path else []
    names += [f"{path} itself" for e in vars(module).values() if isinstance(e, Engine)][:1]
    return [f"the Engine in {name} is not used: choose it with --adapter" for name in names]


def _adapted(path: Path, student: Any) -> tuple[Engine, Spelling]:
    module, _ = run_cells(read_cells(path), path)
    engine = getattr(module, "engine", None)
    if callable(engine) and not isinstance(engine, Engine):
        try:
            engine = engine(student)
        except Exception as error:
            raise SubmissionError(
                f"the adapter {path} does not fit the file: {type(error).__name__}: {error}"
            ) from None
    if not isinstance(engine, Engine):
        raise SubmissionError(
            f"{path} defines no `engine`: an Engine, or a function of the student's module that gives one"
        )
    return engine, spelling_of(engine)


def _end_with_the_parent() -> None:
    """End all processes of the group when the pipe from the parent closes, and read nothing else from it."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)

    def watch() -> None:
        os.read(pipe, 1)
        end_family(os.environ.get(MARK, ""))
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
