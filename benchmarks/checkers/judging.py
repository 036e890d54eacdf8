"""Every checker on every check, in processes that may crash or hang."""

from __future__ import annotations

import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.checkers.answering import CRASHED
from benchmarks.runner import last_words

__all__ = ["TOO_SLOW", "Answer", "CheckerError", "answers"]

TOO_SLOW = "too slow"
START_LIMIT = 300.0  # seconds for the imports of a library
MOST_RESTARTS = 10  # each takes a start; a checker that ends more often is left out


class CheckerError(RuntimeError):
    """A checker that does not start, or does not stay."""


@dataclass(frozen=True)
class Answer:
    """The verdict on a check, the processor's seconds for it, and the error of a checker that crashed."""

    verdict: str
    seconds: float
    remark: str = ""


@contextmanager
def _lines(command: list[str], environment: Mapping[str, str] | None) -> Iterator[Callable[[float], Any]]:
    """The next line of JSON of a process, awaited for some seconds, as a function.

    It raises `TimeoutError`, and `EOFError` with the last words of a process that ended.
    """
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in output:
            lines.put(line)
        lines.put(None)

    def next_line(limit: float) -> Any:
        try:
            line = lines.get(timeout=limit)
        except queue.Empty:
            raise TimeoutError(f"no answer within {limit:g} s") from None
        if line is None:
            process.wait()
            errors.seek(0)
            raise EOFError(last_words(errors.read()))
        return json.loads(line)

    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8", env=environment
        ) as process,
    ):
        assert process.stdout is not None
        output = process.stdout
        reader = threading.Thread(target=read)
        reader.start()
        try:
            yield next_line
        finally:
            process.kill()
            reader.join()


def answers(
    command: Callable[[int], list[str]],
    count: int,
    limit: float,
    environment: Mapping[str, str] | None = None,
) -> list[Answer]:
    """The answers to a number of checks.

    Args:
        command: of a process that says that it is ready, and then answers, from a first check on.
        count: of the checks.
        limit: seconds for each. A process that ends or takes longer is started again behind that check.
        environment: of the process; None for this one's.

    Raises:
        CheckerError: when a process does not become ready, or ends too often.
    """
    collected: list[Answer] = []
    for _ in range(1 + MOST_RESTARTS):
        with _lines(command(len(collected)), environment) as line:
            try:
                line(START_LIMIT)  # the process says that it is ready
            except (EOFError, TimeoutError) as error:
                raise CheckerError(str(error)) from None
            try:
                while len(collected) < count:
                    collected.append(Answer(**line(limit)))
            except EOFError as error:
                collected.append(Answer(CRASHED, 0.0, str(error)))
            except TimeoutError as error:
                collected.append(Answer(TOO_SLOW, limit, str(error)))
        if len(collected) == count:
            return collected
    raise CheckerError(f"it ended or took more than {limit:g} s at {MOST_RESTARTS + 1} checks")
