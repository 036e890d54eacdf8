"""Paths from users, and the class of this system's paths."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

__all__ = ["SystemPath", "as_path"]

if TYPE_CHECKING:
    SystemPath = Path
else:
    SystemPath = type(Path())  # until Python 3.12, Path itself cannot be a base


def as_path(path: Any) -> Path:
    """A path given as text or as a path object, with ``~`` at its start for the user's folder.

    Raises:
        TypeError: for anything else, such as bytes or an open file.
        ValueError: for empty text.

    >>> as_path("net.npz").name, as_path("~/net.npz") == Path.home() / "net.npz"
    ('net.npz', True)
    >>> as_path(b"net.npz")
    Traceback (most recent call last):
        ...
    TypeError: a path is text or a pathlib.Path, not bytes (b'net.npz')
    """
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else path
    if not isinstance(text, str):
        open_file = ": give the name of the file, not the open file" if hasattr(path, "read") else ""
        raise TypeError(
            f"a path is text or a pathlib.Path, not {type(text).__name__} ({text!r:.80}){open_file}"
        )
    if not text:
        raise ValueError("a path is the name of a file or folder, not empty text")
    with suppress(RuntimeError):  # ~somebody who is no user here is a name like any other
        return Path(path).expanduser()
    return Path(path)
