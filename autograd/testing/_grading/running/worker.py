"""The process that runs one file: its first argument is the task, and its messages go to a file."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd.testing._engines.engine import Engine
from autograd.testing._grading.files.adapters import spelling_of
from autograd.testing._grading.files.recognition import recognize
from autograd.testing._grading.files.sources import (
    SubmissionError,
    local_modules,
    read_cells,
    run_cells,
)
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._grading.limits import limit_resources, time_limit
from autograd.testing._grading.running.examination import examine
from autograd.testing._laws.collection import laws

__all__ = ["IMPORT_SECONDS", "main"]

IMPORT_SECONDS = 10
PROCESSOR_SECONDS = 120

Send = Callable[..., None]


def main() -> None:
    """Perform a task: the laws on a file's engine, a message for each event."""
    task = json.loads(sys.argv[1])
    messages = Path(task["messages"])

    def send(**message: Any) -> None:
        with messages.open("a", encoding="utf-8") as file:
            file.write(json.dumps(message) + "\n")

    _end_with_the_parent()
    limit_resources(PROCESSOR_SECONDS)
    sys.argv = [task["path"]]
    try:
        engine, spelling = _load(task, send)
        send(engine=engine.name, needs={name: law.reason_to_skip(engine) for name, law in laws.items()})
        for result in examine(engine, spelling, task["laws"], task["seed"]):
            send(law=result.to_dict())
        send(finished=True)
    except SubmissionError as error:
        send(problem=str(error))
    except Exception as error:
        send(problem=f"grading fails with {type(error).__name__}: {error}")
    finally:
        os._exit(0)  # threads of the file may go on for ever; and it may raise what is no Exception


def _load(task: dict[str, Any], send: Send) -> tuple[Engine, Spelling]:
    """The engine of the file: its own adapter, one beside it or a given one, or its class."""
    path = Path(task["path"])
    os.chdir(path.parent)
    cells = read_cells(path)
    with time_limit(IMPORT_SECONDS):
        module, notes = run_cells(cells, path)
    send(notes=notes)
    adapter = Path(task["adapter"]) if task["adapter"] else path.with_name("adapter.py")
    if task["adapter"] or (adapter.exists() and adapter != path):
        return _adapted(adapter, module)
    if own := [e for e in vars(module).values() if isinstance(e, Engine)]:
        return own[0], spelling_of(own[0])
    return recognize(module, name=task["class"], local=local_modules(path.parent))


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
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
