"""The C compilers of the machine, run for a limited time, in a process group of their own."""

from __future__ import annotations

import importlib.util
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Compiler", "CompilerError", "SlowCompilerError", "commands", "identify", "passed_over"]

NAMES = "cc", "gcc", "clang"
PROBE_LIMIT, BUILD_LIMIT = 20.0, 120.0  # seconds; at its first build zig compiles parts of its own library

# No -ffast-math: nan, infinities and the order of a sum stay as written. Nobody reads errno, and without it a
# square root is one instruction.
FLAGS = "-std=c99", "-fno-math-errno", "-fPIC", "-shared"
# As fast as by -O3, of which a build takes gcc three times as long. Of many statements it takes seconds, of
# very many it takes minutes: by -Og half as long, for code that is a tenth slower.
SHORT, LONG, HUGE = ("-O2", "-ftree-vectorize"), ("-O1",), ("-Og",)
MANY, MOST = 2_500, 100_000  # statements, from which a source is long, and huge
# The first that a compiler accepts: the instructions of this processor, and for gcc leave to vectorise at -O2
# loops whose length is no multiple of a vector's; a schedule, by which a vector is loaded once, not for each
# product with it; what makes long code of -O1 as fast as of -O2; and no search for stores without a reader,
# the longest part of long builds.
OF_GCC = (
    "-fvect-cost-model=dynamic",
    "-fschedule-insns",
    "-fsched-pressure",
    "-fpeephole2",
    "-fno-tree-dse",
)
CHOICES = (
    ("-march=native", *OF_GCC),
    ("-march=native",),
    ("-mcpu=native", *OF_GCC),
    ("-mcpu=native",),
    OF_GCC,
    (),
)


class CompilerError(RuntimeError):
    """A compiler that cannot be started, or fails; with the start of its messages."""


class SlowCompilerError(CompilerError):
    """A compiler that did not end in time."""


@dataclass(frozen=True)
class Compiler:
    """A command with the flags that it accepts.

    Attributes:
        identity: differs between versions of the compiler, and between processors with other instructions.
    """

    command: tuple[str, ...]
    flags: tuple[str, ...]
    identity: str

    def build(self, source: Path, library: Path) -> None:
        """Compile a source to a shared library in the same folder.

        Raises:
            CompilerError: where that fails, or takes too long.
        """
        statements = source.read_bytes().count(b";")
        level = SHORT if statements < MANY else LONG if statements < MOST else HUGE
        arguments = *self.command, *self.flags, *level, "-o", library.name, source.name, "-lm"
        _run(arguments, source.parent, BUILD_LIMIT)
        if not library.is_file():
            raise CompilerError(f"{shlex.join(self.command)} wrote no library, and reported no error")


def commands() -> Iterator[tuple[str, ...]]:
    """The compilers to try, in order: CC of the environment, cc, gcc, clang, the package ziglang."""
    chosen = _chosen()
    programs: set[str] = set()
    for name, *arguments in [*([chosen] if chosen else []), *((name,) for name in NAMES)]:
        path = shutil.which(name)
        if path is None or _opens_dialog(path):
            continue
        program = os.path.realpath(path)
        if arguments or program not in programs:  # cc is mostly a link to one of the others
            programs.add(program)
            yield os.path.abspath(path), *arguments  # it is run in another folder
    yield from _ziglang()


def passed_over() -> str | None:
    """A sentence where CC of the environment names no program; else None."""
    chosen = _chosen()
    if not chosen or shutil.which(chosen[0]) is not None:
        return None
    return f"CC of the environment names no program: {shlex.join(chosen)}"


def _chosen() -> tuple[str, ...]:
    """The words of CC of the environment."""
    command = os.environ.get("CC", "").strip()
    return _words(command) if command else ()


def _words(command: str) -> tuple[str, ...]:
    """A command and its arguments, as in ``CC="ccache gcc"``; a path with spaces is one word."""
    if shutil.which(command):
        return (command,)
    try:
        return tuple(shlex.split(command, posix=os.name == "posix"))
    except ValueError:  # an open quote
        return (command,)


def _opens_dialog(path: str) -> bool:
    """Whether it is a command of macOS that offers to install the developer tools, as they are missing."""
    if sys.platform != "darwin" or not path.startswith("/usr/bin/"):
        return False
    return subprocess.run(["/usr/bin/xcode-select", "-p"], capture_output=True, check=False).returncode != 0


def _ziglang() -> Iterator[tuple[str, ...]]:
    """The compiler in the package ziglang, which is not imported: its module replaces the process."""
    spec = importlib.util.find_spec("ziglang")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        program = Path(folder) / ("zig.exe" if os.name == "nt" else "zig")
        if program.is_file():
            yield str(program), "cc"


def identify(command: tuple[str, ...], folder: Path) -> Compiler:
    """A compiler with the flags that it accepts; runs in a folder of its own.

    Its predefined macros tell its version, and each group of instructions that the flags allow.

    Raises:
        CompilerError: where it prints no macros.
    """
    (folder / "empty.c").touch()
    for own in CHOICES:
        flags = *FLAGS, *own
        try:
            macros = _run((*command, *flags, "-dM", "-E", "empty.c"), folder, PROBE_LIMIT)
        except SlowCompilerError:
            raise
        except CompilerError:
            if not own:
                raise
            continue
        if "#define" in macros:
            machine = platform.system(), platform.machine(), *platform.libc_ver()
            return Compiler(command, flags, "\n".join([*command, *flags, *machine, macros]))
    raise CompilerError(
        f"{shlex.join(command)} tells nothing of itself: it is no C compiler that is known here"
    )


def _run(arguments: Sequence[str], folder: Path, limit: float) -> str:
    """The output of a compiler, run in a folder that also takes its temporary files.

    Raises:
        CompilerError: where it cannot be started, fails, or takes more than `limit` seconds.
    """
    settings = {"LC_ALL": "C", "TMPDIR": str(folder), "ZIG_LOCAL_CACHE_DIR": str(folder)}
    # zig keeps the compiled parts of its library, for all later builds.
    settings["ZIG_GLOBAL_CACHE_DIR"] = os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(folder.parent / "zig"))
    # Files, not pipes: a process that outlives the compiler would hold a pipe open.
    with (folder / "output").open("w+b") as output, (folder / "errors").open("w+b") as errors:
        try:
            process = subprocess.Popen(
                arguments,
                cwd=folder,
                env={**os.environ, **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,  # a group of processes, to be ended together
            )
        except OSError as error:
            raise CompilerError(f"{arguments[0]} cannot be started: {error.strerror}") from None
        try:
            status = process.wait(limit)
        except BaseException as error:  # Ctrl-C too, which a session of its own does not hear
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise SlowCompilerError(f"{arguments[0]} took more than {limit:g} seconds") from None
            raise
        output.seek(0)
        errors.seek(0)
        if status:
            message = errors.read(2000).decode(errors="replace").strip()
            raise CompilerError(f"{arguments[0]} ended with status {status}: {message or 'no message'}")
        return output.read().decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, and all that it started."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
