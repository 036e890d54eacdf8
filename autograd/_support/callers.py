"""The user's line, for warnings: the nearest frame outside of these packages and NumPy."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from types import FrameType
from typing import Any

import numpy as np

__all__ = ["numpys_warnings", "users_frame", "warn", "warn_again"]

_FOLDER = os.path.abspath(
    os.path.join(__file__, "..", "..", "..")
)  # of the packages; pathlib would be loaded for it
# With the separator at the end: a user's folder may be called autograd-notes.
_NOT_THE_USERS = (
    *(os.path.join(_FOLDER, package, "") for package in ("autograd", "nn", "viz")),
    os.path.join(os.path.dirname(np.__file__), ""),
    # Python's own frames between two of these packages: of a context manager, and of an import.
    contextlib.contextmanager.__code__.co_filename,
    importlib.import_module.__code__.co_filename,
    "<frozen importlib",
    "<generated ",  # from rows: see `readings.generate`
)


def users_frame() -> FrameType:
    """The nearest frame of a user's code; the outermost frame if all are of these packages."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(_NOT_THE_USERS):
        back = frame.f_back
        if back is None:
            break
        frame = back
    return frame


def warn(message: str, category: type[Warning] = UserWarning, frame: FrameType | None = None) -> None:
    """Warn as `warnings.warn` at the user's line would, with the user's filters.

    Args:
        message, category: of the warning.
        frame: has the line; by default the user's.
    """
    frame = frame or users_frame()
    warnings.warn_explicit(
        message,
        category,
        frame.f_code.co_filename,
        frame.f_lineno,
        module=frame.f_globals.get("__name__", "<string>"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def warn_again(message: warnings.WarningMessage) -> None:
    """Pass on a warning that was recorded, with the line that it told of."""
    warnings.warn_explicit(message.message, message.category, message.filename, message.lineno)


@contextlib.contextmanager
def numpys_warnings() -> Iterator[None]:
    """Have NumPy's floating-point warnings at the end, each once, at the user's line.

    NumPy itself names the line of the operation, in generated code or in a room of these packages. Its error
    state belongs to the thread and the task, unlike that of `warnings.catch_warnings`.
    """
    state = np.geterr()
    kinds: Any = {kind: "log" for kind, how in state.items() if how == "warn"}
    if not kinds or {"call", "log"} & set(state.values()):  # the errors go to a function of the user's
        yield
        return
    log = _Log()
    try:
        with np.errstate(call=log, **kinds):
            yield
    finally:
        for (kind, operation), frame in log.frames.items():
            warn(f"{kind} encountered in {operation}", RuntimeWarning, frame)


class _Log:
    """NumPy's messages, each with the frame of the user's line that came to it first."""

    def __init__(self) -> None:
        self.frames: dict[tuple[str, str], FrameType] = {}

    def write(self, message: str) -> None:
        kind, _, operation = message.removeprefix("Warning: ").rstrip().partition(" encountered in ")
        self.frames.setdefault((kind, operation), users_frame())
