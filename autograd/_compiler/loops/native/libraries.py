"""C source -> loaded library: built once, stored in a private folder by a digest of all it depends on."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shlex
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from autograd._compiler.loops.native.compilers import (
    Compiler,
    CompilerError,
    SlowCompilerError,
    commands,
    identify,
    passed_over,
)
from autograd._compiler.loops.native.folders import folders, is_own
from autograd._support.atomic import written_whole
from autograd._support.callers import warn
from autograd._support.process.locks import Lock

__all__ = ["load", "note_on_compiler", "warn_of_compiler"]

LIMIT = 64_000_000  # bytes of libraries that a folder keeps
ABANDONED = 86_400.0  # seconds after which the remains of a killed build are removed
SUFFIX = ".dll" if os.name == "nt" else ".so"  # dlopen of macOS takes any name

ADVICE = 'pip install "chainrule[native]" brings a compiler'

# By the digest of a source, and by command. Failures are stored too: none is waited for twice.
_libraries: dict[str, ctypes.CDLL | Exception] = {}
_compilers: dict[tuple[str, ...], Compiler | str] = {}
_warned: set[str] = set()
_building = Lock()


def load(source: str) -> ctypes.CDLL:
    """The library of a C source, from the folder or built.

    One thread builds while the others wait. Two processes may build the same library at once.

    Args:
        source: C99, without dependencies but the mathematical functions.

    Raises:
        ImportError: where there is no compiler, with the command that installs one.
        RuntimeError: where no compiler builds a library that can be loaded, with the messages.
    """
    digest = _digest(source.encode())
    with _building.current:
        if digest not in _libraries:
            try:
                _libraries[digest] = _load(source)
            except (ImportError, RuntimeError) as error:
                _libraries[digest] = error.with_traceback(None)
        library = _libraries[digest]
    if isinstance(library, Exception):
        raise type(library)(*library.args)
    return library


def note_on_compiler() -> str | None:
    """A note where CC of the environment names no program, and another compiler builds; else None."""
    chosen, compiler = passed_over(), next(commands(), None)
    if chosen is None or compiler is None:
        return None
    return f"{chosen}. {shlex.join(compiler)} builds in its place: set CC to a C compiler, or unset it"


def warn_of_compiler() -> None:
    """Warn of the same, once for each CC."""
    if (note := note_on_compiler()) and note not in _warned:
        _warned.add(note)
        warn(note, RuntimeWarning)


def _load(source: str) -> ctypes.CDLL:
    if not any(commands()):
        chosen = passed_over()
        raise ImportError(
            f"no C compiler is there (CC in the environment, cc, gcc, clang): {ADVICE}"
            + (f". {chosen}" if chosen else ""),
            name="ziglang",
        )
    failures: dict[str, None] = {}  # once each, in order
    for folder in folders():
        for command in commands():
            try:
                return _by(_identified(command, folder), source, folder)
            except SlowCompilerError as error:
                raise RuntimeError(f"the C compiler gave no library: {error}") from None
            except (CompilerError, OSError) as error:
                failures[str(error)] = None
    reasons = failures or ["neither in the user's cache nor in the temporary folder can a file be written"]
    raise RuntimeError("\n".join([f"no C compiler gave a library that can be loaded; {ADVICE}", *reasons]))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _identified(command: tuple[str, ...], folder: Path) -> Compiler:
    if command not in _compilers:
        with _workplace(folder) as place:
            try:
                _compilers[command] = identify(command, Path(place))
            except CompilerError as error:
                _compilers[command] = str(error)
    compiler = _compilers[command]
    if isinstance(compiler, str):
        raise CompilerError(compiler)
    return compiler


def _by(compiler: Compiler, source: str, folder: Path) -> ctypes.CDLL:
    """The library that this compiler makes of a source, from the folder if it is there."""
    key = _digest(f"{compiler.identity}\0{source}".encode())[:32]
    for path in _stored(folder, key):
        with suppress(OSError):  # of a system that has changed: built again
            return ctypes.CDLL(str(path))
    with _workplace(folder) as place:
        code, built = Path(place, "source.c"), Path(place, f"built{SUFFIX}")
        code.write_text(source, encoding="utf-8")
        compiler.build(code, built)
        content = built.read_bytes()
    path = folder / f"{key}-{_digest(content)}{SUFFIX}"
    with written_whole(path) as whole:
        whole.write_bytes(content)
    path.chmod(0o700)
    _prune(folder, path)
    return ctypes.CDLL(str(path))


def _workplace(folder: Path) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="build-", dir=folder, ignore_cleanup_errors=True)


def _stored(folder: Path, key: str) -> list[Path]:
    """The libraries under a key whose content has the digest in the name; damaged ones are removed."""
    sound = []
    for path in folder.glob(f"{key}-*{SUFFIX}"):
        with suppress(OSError):
            content = path.read_bytes()
            if is_own(path.lstat()) and path.stem == f"{key}-{_digest(content)}":
                os.utime(path)  # for _prune, used just now
                sound.append(path)
            else:
                path.unlink()
    return sound


def _prune(folder: Path, new: Path) -> None:
    """Remove the libraries unused for longest, beyond a total size, and the remains of killed builds."""
    total, now = 0, time.time()
    used: list[tuple[float, int, Path]] = []
    for path in folder.iterdir():
        with suppress(OSError):
            status = path.lstat()
            if path.suffix == SUFFIX and not path.name.startswith("."):
                used.append((status.st_mtime, status.st_size, path))
            elif path.name.startswith(("build-", ".")) and now - status.st_mtime > ABANDONED:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for _, size, path in sorted(used, reverse=True):
        total += size
        if total > LIMIT and path != new:
            with suppress(OSError):  # another process may have removed it, or Windows uses it
                path.unlink()
