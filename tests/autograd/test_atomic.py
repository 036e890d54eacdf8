"""A file that is written whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from autograd._support.atomic import written_whole


def write(path, text="new"):
    with written_whole(path) as beside:
        beside.write_text(text)


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.txt"


@pytest.mark.parametrize("old", [None, "old"])
def test_the_file_appears_when_all_is_written(path, old):
    if old:
        path.write_text(old)
    with written_whole(path) as beside:
        beside.write_text("new")
        assert beside.parent == path.parent  # on the same disk, so that it can be renamed
        assert beside.suffix == path.suffix
        assert (path.read_text() if path.exists() else None) == old
    assert path.read_text() == "new"
    assert os.listdir(path.parent) == ["a.txt"]


@pytest.mark.parametrize(
    "error", [OSError(28, "no space left on device"), KeyboardInterrupt(), MemoryError()]
)
@pytest.mark.parametrize(
    "place", ["while it is written", "os.fsync", "pathlib.Path.chmod", "pathlib.Path.replace"]
)
def test_after_an_error_the_old_file_is_there_and_nothing_else(path, monkeypatch, error, place):
    def fail(*_):
        raise error

    def write_half():
        with written_whole(path) as beside:
            beside.write_text("half")
            if "." not in place:
                fail()

    path.write_text("old")
    if "." in place:
        monkeypatch.setattr(place, fail)
    with pytest.raises(type(error)):
        write_half()
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["a.txt"]


def test_the_numbers_are_on_the_disk_before_the_old_file_goes(path, monkeypatch):
    done = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: done.append("on the disk") or sync(handle))
    monkeypatch.setattr(Path, "replace", lambda *paths: done.append("renamed") or replace(*paths))
    write(path)
    assert done == ["on the disk", "renamed"]


# -- rights and links -----------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="rights as on Unix")
@pytest.mark.parametrize("mask", [0o022, 0o027])
def test_a_new_file_has_the_rights_of_any_new_file(path, mask):
    before = os.umask(mask)
    try:
        write(path)
    finally:
        os.umask(before)
    assert rights(path) == 0o666 & ~mask


@pytest.mark.skipif(os.name != "posix", reason="rights as on Unix")
def test_a_file_that_was_there_keeps_its_rights(path):
    path.write_text("old")
    path.chmod(0o640)
    write(path)
    assert (path.read_text(), rights(path)) == ("new", 0o640)


@pytest.mark.skipif(os.name != "posix", reason="rights as on Unix")
def test_so_does_one_that_its_writer_makes_anew(path):
    path.write_text("old")
    path.chmod(0o640)
    with written_whole(path) as beside:
        beside.unlink()
        beside.touch(mode=0o600)
    assert rights(path) == 0o640


@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to a name with no file yet"])
def test_a_link_stays_a_link_and_its_file_is_replaced(path, tmp_path, there):
    target = tmp_path / "elsewhere" / "data"
    target.parent.mkdir()
    if there:
        target.write_text("old")
    path.symlink_to(target)
    write(path)
    assert path.is_symlink()
    assert target.read_text() == path.read_text() == "new"
    assert os.listdir(target.parent) == ["data"]
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "elsewhere"]


# -- where no file can be -------------------------------------------------------------------------


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"cannot write .*a\.txt: there is no folder .*missing"):
        write(tmp_path / "missing" / "a.txt")
    assert not os.listdir(tmp_path)


def test_a_folder_is_not_written_over(path):
    path.mkdir()
    with pytest.raises(IsADirectoryError, match=r"a\.txt: it is a folder"):
        write(path)
    assert path.is_dir()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_or_device_is_not_replaced(path):
    os.mkfifo(path)
    with pytest.raises(OSError, match="no ordinary file"):
        write(path)
    assert path.is_fifo()


def test_a_write_protected_folder_is_named(path):
    path.parent.chmod(0o555)
    try:
        if os.access(path.parent, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(PermissionError, match="is write-protected"):
            write(path)
    finally:
        path.parent.chmod(0o755)


def test_names_as_long_as_they_may_be(tmp_path):
    path = tmp_path / ("n" * 250 + ".txt")
    write(path)
    assert path.read_text() == "new"
