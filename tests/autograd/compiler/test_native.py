"""C becomes libraries: by which compiler, what happens where one fails, and what is stored."""

import ctypes
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from autograd._compiler.loops.native import compilers, folders, libraries

REAL = next(filter(None, map(shutil.which, ("gcc", "cc", "clang"))), None)
needs_compiler = pytest.mark.skipif(REAL is None, reason="no C compiler (gcc, cc, clang)")
posix = pytest.mark.skipif(os.name != "posix", reason="the compilers here are shell scripts")
pytestmark = posix

SOURCE = "int successor(int x) { return x + 1; }\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """What the real compiler makes of the source."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "source.c").write_text(SOURCE)
    if REAL is not None:
        subprocess.run([REAL, "-shared", "-fPIC", "-o", "built.so", "source.c"], cwd=folder, check=True)
    return folder / "built.so"


COMPILES = 'case "$*" in *-dM*) echo "#define VERSION 1";; *) cp $BUILT built.so;; esac'
KNOWN = 'case "$*" in *-dM*) echo "#define VERSION 1"; exit;; esac;'  # a compiler, until it has to build


@pytest.fixture
def machine(tmp_path, monkeypatch, built):
    """A machine without compilers, with an empty cache; `machine(name, script)` gives it a compiler.

    Compilers are scripts, each call is noted; the good one gives the library that the real one has built.
    """
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "platform", "linux")  # for the place of the cache
    monkeypatch.setattr(sys, "path", [])  # without ziglang
    monkeypatch.setattr(libraries, "_warned", set())
    monkeypatch.setattr(libraries, "_libraries", {})
    monkeypatch.setattr(libraries, "_compilers", {})
    settings = f"PATH={os.defpath}:/usr/bin:/bin\nBUILT={built}\nCALLS={tmp_path}"

    def install(name, script=COMPILES):
        program = programs / name
        program.write_text(f'#!/bin/sh\n{settings}\necho "$@" >> $CALLS/{name}.calls\n{script}\n')
        program.chmod(0o700)

    install.calls = lambda name: (tmp_path / f"{name}.calls").read_text().splitlines()
    install.cache = tmp_path / "cache" / "chainrule"
    return install


def anew(monkeypatch):
    """As a new process: nothing is loaded, and no compiler is known."""
    monkeypatch.setattr(libraries, "_libraries", {})
    monkeypatch.setattr(libraries, "_compilers", {})


def successor(source=SOURCE):
    return libraries.load(source).successor(41)


def stored(machine):
    return sorted(machine.cache.glob("*.so"))


# -- which compiler ---------------------------------------------------------------------------------


def test_without_a_compiler_the_error_says_how_to_get_one(machine):
    with pytest.raises(ImportError, match=r'no C compiler.*pip install "chainrule\[native\]"'):
        libraries.load(SOURCE)


@needs_compiler
def test_a_library_is_built_once_and_found_again(machine, monkeypatch):
    machine("cc")
    assert successor() == 42
    assert successor() == 42
    anew(monkeypatch)
    assert successor() == 42
    assert len([call for call in machine.calls("cc") if "-dM" not in call]) == 1


@needs_compiler
def test_the_compiler_of_the_environment_comes_first_with_its_arguments(machine, monkeypatch):
    machine("cc", "exit 1")
    machine("mine")
    monkeypatch.setenv("CC", "mine -DLATER=1")
    assert successor() == 42
    assert all(call.startswith("-DLATER=1") for call in machine.calls("mine"))
    assert not (machine.cache.parents[1] / "cc.calls").exists()


@needs_compiler
def test_a_compiler_of_the_environment_that_is_not_there_is_told_once(machine, monkeypatch):
    monkeypatch.setenv("CC", "/nope -O2")
    with pytest.raises(
        ImportError, match=r"no C compiler.*CC of the environment names no program: /nope -O2"
    ):
        libraries.load(SOURCE)
    machine("cc")
    anew(monkeypatch)
    assert successor() == 42
    message = (
        r"CC of the environment names no program: /nope -O2\. .*/cc builds in its place: set CC .*unset it"
    )
    with pytest.warns(RuntimeWarning, match=message):
        libraries.warn_of_compiler()
    libraries.warn_of_compiler()  # once
    monkeypatch.delenv("CC")  # the advice
    assert libraries.note_on_compiler() is None


@needs_compiler
@pytest.mark.parametrize(
    "script",
    [
        'echo "cc: something is missing" >&2; exit 1',
        "exit 0",  # prints nothing, writes nothing
        "kill -9 $$",
        f'{KNOWN} echo "internal error" >&2; exit 4',
        KNOWN,  # no library, and no error
        f"{KNOWN} echo nonsense > built.so",  # no library
    ],
)
def test_after_a_compiler_that_fails_comes_the_next(machine, script):
    machine("cc", script)
    machine("gcc")
    assert successor() == 42


def test_messages_of_all_that_fail_are_told(machine):
    machine("cc", 'echo "cc: no space for dreams" >&2; exit 1')
    machine("gcc", "exit 3")
    for _ in range(2):
        with pytest.raises(
            RuntimeError, match=r"(?s)no C compiler gave.*chainrule\[native\].*dreams.*status 3: no mess"
        ):
            libraries.load(SOURCE)
    assert len(machine.calls("cc")) == len(compilers.CHOICES)  # and not again


@needs_compiler
def test_a_compiler_that_hangs_is_ended_with_all_it_started(machine, monkeypatch, tmp_path):
    loses_patience(monkeypatch, tmp_path / "child")
    machine("cc", f"sleep 60 & echo $! > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/child; wait")
    machine("gcc")
    assert successor() == 42
    assert has_ended(int((tmp_path / "child").read_text()))
    assert len(machine.calls("cc")) == 1


def test_a_build_that_takes_too_long_is_given_up(machine, monkeypatch, tmp_path):
    loses_patience(monkeypatch, tmp_path / "child")
    machine("cc", f"{KNOWN} sleep 60 & echo $! > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/child; wait")
    with pytest.raises(RuntimeError, match="cc took more than 120 seconds"):
        libraries.load(SOURCE)
    assert has_ended(int((tmp_path / "child").read_text()))
    assert not list(machine.cache.iterdir())


def loses_patience(monkeypatch, written, error=None):
    """Wait for the compiler cc, which hangs, only until it has written a file."""
    wait = subprocess.Popen.wait

    def patched(process, limit=None):
        if limit is None or not process.args[0].endswith("/cc"):
            return wait(process, limit)
        while not written.exists():
            if process.poll() is not None:
                return process.returncode
            time.sleep(0.01)
        raise error or subprocess.TimeoutExpired(process.args, limit)

    monkeypatch.setattr(subprocess.Popen, "wait", patched)


def has_ended(process):
    for _ in range(100):
        try:
            os.kill(process, 0)
            with open(f"/proc/{process}/stat") as status:
                if status.read().split()[2] == "Z":  # ended, and nobody has asked for its status
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


@needs_compiler
def test_a_compiler_that_knows_no_native_processor_builds_without(machine):
    machine("cc", f'case "$*" in *native*) echo "bad value (native)" >&2; exit 1;; esac; {COMPILES}')
    assert successor() == 42
    assert not [call for call in machine.calls("cc") if "native" in call and "-dM" not in call]


@needs_compiler
def test_the_package_ziglang_is_the_last_resort(machine, monkeypatch, tmp_path):
    package = tmp_path / "site" / "ziglang"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('its module replaces the process')")
    machine("zig")
    (tmp_path / "bin" / "zig").rename(package / "zig")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    assert list(compilers.commands()) == [(str(package / "zig"), "cc")]
    assert successor() == 42


# -- where it is stored -----------------------------------------------------------------------------


@needs_compiler
def test_another_processor_compiler_or_source_gets_a_library_of_its_own(machine, monkeypatch):
    machine("cc")
    successor()
    machine("cc", f'case "$*" in *-dM*) echo "#define __AVX1024__ 1";; esac; {COMPILES}')
    anew(monkeypatch)
    successor()
    successor(SOURCE + "/* another */")
    assert len(stored(machine)) == 3


@needs_compiler
@pytest.mark.parametrize("content", [b"", b"\x7fELF and no more", None], ids=["empty", "foreign", "cut"])
def test_a_damaged_library_is_built_again(machine, monkeypatch, content):
    machine("cc")
    successor()
    (library,) = stored(machine)
    sound = library.read_bytes()
    library.unlink()  # it is loaded: its file must not change
    library.write_bytes(sound[:-100] if content is None else content)
    anew(monkeypatch)
    assert successor() == 42
    assert [path.read_bytes() for path in stored(machine)] == [sound]


@needs_compiler
def test_a_library_that_others_may_write_is_not_loaded(machine, monkeypatch):
    machine("cc")
    successor()
    (library,) = stored(machine)
    library.chmod(0o722)
    anew(monkeypatch)
    assert successor() == 42
    (library,) = stored(machine)
    assert library.stat().st_mode & 0o777 == 0o700


@needs_compiler
@pytest.mark.parametrize("obstacle", ["open to all", "a link", "a file", "no home", "full", "not executable"])
def test_where_the_cache_cannot_be_used_a_temporary_folder_of_the_process_is(
    machine, monkeypatch, obstacle, tmp_path
):
    machine("cc")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(folders, "_temporary_folders", {})
    machine.cache.parent.mkdir()
    if obstacle == "open to all":
        machine.cache.mkdir()
        machine.cache.chmod(0o777)
    elif obstacle == "a link":
        (tmp_path / "elsewhere").mkdir()
        machine.cache.symlink_to(tmp_path / "elsewhere")
    elif obstacle == "a file":
        machine.cache.touch()
    elif obstacle == "no home":
        monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    elif obstacle == "full":
        write = Path.write_bytes

        def full(path, content):
            if machine.cache in path.parents:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(path, content)

        monkeypatch.setattr(Path, "write_bytes", full)
    else:
        load = ctypes.CDLL

        def protected(path):
            if str(machine.cache) in path:
                raise OSError(f"{path}: failed to map segment from shared object")
            return load(path)

        monkeypatch.setattr(ctypes, "CDLL", protected)
    assert successor() == 42
    (folder,) = temporary.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.glob("*.so"))
    folders._remove()
    assert not list(temporary.iterdir())


def test_where_nothing_can_be_written_the_error_says_so(machine, monkeypatch, tmp_path):
    machine("cc")
    machine.cache.parent.touch()
    monkeypatch.setattr(folders, "_temporary_folders", {})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    with pytest.raises(RuntimeError, match="neither in the user's cache nor in the temporary folder"):
        libraries.load(SOURCE)


@needs_compiler
def test_a_compiler_by_a_relative_path_is_run(machine, monkeypatch, tmp_path):
    machine("mine")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CC", "bin/mine")
    assert successor() == 42


def test_a_relative_cache_is_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert folders._cache() is None
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert folders._cache() == Path("/local/chainrule")


@needs_compiler
def test_the_folder_keeps_what_was_used_last(machine, monkeypatch):
    machine("cc")
    sources = [f"{SOURCE}/* {i} */" for i in range(4)]
    for i, source in enumerate(sources[:3]):
        successor(source)
        for path in stored(machine):
            if path.stat().st_mtime > 1000:
                os.utime(path, (i, i))
    remains = machine.cache / "build-abandoned"
    remains.mkdir()
    os.utime(remains, (0, 0))
    anew(monkeypatch)
    successor(sources[0])  # used again
    monkeypatch.setattr(libraries, "LIMIT", 2.5 * stored(machine)[0].stat().st_size)
    successor(sources[3])
    assert len(stored(machine)) == 2
    assert not remains.exists()
    anew(monkeypatch)
    calls = len(machine.calls("cc"))
    successor(sources[0])
    successor(sources[3])
    assert len(machine.calls("cc")) == calls + 1  # asked who it is, and no more


# -- at the same time -------------------------------------------------------------------------------


@needs_compiler
def test_threads_wait_for_one_build(machine):
    machine("cc")
    results = []
    threads = [threading.Thread(target=lambda: results.append(successor())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [42] * 4
    assert len([call for call in machine.calls("cc") if "-dM" not in call]) == 1


@needs_compiler
def test_processes_may_build_the_same_library_at_once(machine):
    machine("cc")
    children = []
    for _ in range(3):
        if not (child := os.fork()):
            os._exit(0 if successor() == 42 else 1)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    assert successor() == 42
    assert not [path for path in machine.cache.iterdir() if path.suffix != ".so"]


@needs_compiler
def test_ctrl_c_ends_the_compiler_and_leaves_nothing(machine, monkeypatch, tmp_path):
    machine("cc", f"{KNOWN} echo $$ > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/process; exec sleep 60")
    loses_patience(monkeypatch, tmp_path / "process", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        libraries.load(SOURCE)
    assert not list(machine.cache.iterdir())
    assert has_ended(int((tmp_path / "process").read_text()))
