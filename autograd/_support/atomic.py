"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["check_place", "written_whole"]


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`, which replaces `path` at the end of the block.

    Until then, and after an error or Ctrl-C, `path` is unchanged. The new file has the permissions of the
    old, and its owner and group as far as this user may give files away; a link stays a link, and its target
    is replaced.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError, OSError: as `check_place`.
    """
    target = check_place(path)
    temporary = target.with_name(f".chainrule-{secrets.token_hex(8)}{path.suffix}")
    try:
        temporary.touch(exist_ok=False)
        replaced = (target if target.exists() else temporary).stat()
        yield temporary
        with temporary.open("rb+") as file:  # on the disk before it replaces the old file
            os.fsync(file.fileno())
        _keep_owner(temporary, replaced)
        temporary.chmod(stat.S_IMODE(replaced.st_mode))  # the writer may have created the file anew
        check_place(path)  # it may have been protected meanwhile
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _keep_owner(path: Path, like: os.stat_result) -> None:
    """Set a file's owner and group to those of another, or the group alone, as far as is allowed."""
    own = path.stat()
    if hasattr(os, "chown") and (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
        for owner in (like.st_uid, -1):
            with suppress(OSError):
                os.chown(path, owner, like.st_gid)
                return


def check_place(path: Path) -> Path:
    """The path to replace: `path`, or the target of a link.

    Raises:
        FileNotFoundError: when the folder does not exist.
        IsADirectoryError: when `path` is a folder.
        PermissionError: when the file is write-protected, or nothing can be written in the folder.
        OSError: when `path` is a device or a pipe, which a file must not replace.
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {target.parent}")
    if target.is_dir():
        raise IsADirectoryError(f"cannot write {path}: it is a folder; give a file's name")
    if target.exists() and not target.is_file():
        raise OSError(f"cannot write {path}: it is no ordinary file")
    if target.exists() and not os.access(target, os.W_OK):  # a rename would ignore the protection
        raise PermissionError(f"cannot write {path}: the file is write-protected")
    if not os.access(target.parent, os.W_OK):
        raise PermissionError(f"cannot write {path}: the folder {target.parent} is write-protected")
    return target
