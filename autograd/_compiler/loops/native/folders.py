"""Private folders for built libraries: to load a file is to run it."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["folders", "is_own"]

NAME = "chainrule"


def folders() -> Iterator[Path]:
    """The folders to try: the user's cache, then a temporary one of this process."""
    cache = _cache()
    if cache is not None and _is_private(cache):
        yield cache
    temporary = _temporary()
    if temporary is not None:
        yield temporary


def _cache() -> Path | None:
    """The place of the user's cache, by the custom of the system; None where there is none."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    # A relative path is void by the XDG specification; so is a ~ that stays, as for a user without a home.
    return Path(base, NAME) if base and os.path.isabs(base) else None


def _is_private(folder: Path) -> bool:
    """Whether a folder, made where it is missing, belongs to this user, and no other may write to it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and is_own(status)


def is_own(status: os.stat_result) -> bool:
    """Whether a file belongs to this user, and no other may write to it."""
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


_temporary_folders: dict[int, Path] = {}  # by process: a forked child neither uses nor removes its parent's


def _temporary() -> Path | None:
    """A folder that this process removes at its end; None where nothing can be written."""
    folder = _temporary_folders.get(os.getpid())
    if folder is None or not folder.is_dir():
        try:
            folder = _temporary_folders[os.getpid()] = Path(tempfile.mkdtemp(prefix=f"{NAME}-"))
        except OSError:
            return None
    return folder


@atexit.register
def _remove() -> None:
    if os.getpid() in _temporary_folders:
        shutil.rmtree(_temporary_folders[os.getpid()], ignore_errors=True)
