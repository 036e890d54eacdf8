"""Every writer and every reader of a file, at every place a path can lead to."""

import io
import os
import threading
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
import viz
from autograd import Value


def calculation():
    return (2 * Value(3.0, label="x")).with_label("y")


def to_onnx(path):
    pytest.importorskip("onnx")
    x, w = Value(1.0), Value(2.0)
    autograd.compile(w * x, [x], [w]).to_onnx([2.0], path)


WRITERS = {
    "nn.save.npz": lambda path: nn.save(nn.MLP([2, 1], rng=0), path),
    "nn.save.safetensors": lambda path: nn.save(nn.MLP([2, 1], rng=0), path),
    "checkpoint.npz": lambda path: nn.checkpoint(nn.MLP([2, 1], rng=0), path)(history()),
    "History.save.json": lambda path: history().save(path),
    "render.svg": lambda path: viz.render(viz.draw(calculation()), path),
    "render.png": lambda path: viz.render(viz.draw(calculation()), path),
    "lecture_page.html": lambda path: viz.lecture_page(calculation(), path),
    "net_page.html": lambda path: viz.net_page(nn.MLP([2, 1], rng=0), nn.data.gates.AND, path),
    "animate.gif": lambda path: viz.animate(calculation(), path, width=100),
    "to_onnx.onnx": to_onnx,
}
READERS = {
    "nn.load.npz": nn.load,
    "History.load.json": nn.History.load,
    "read_idx.idx": nn.data.read_idx,
    "read_csv.csv": nn.data.read_csv,
    "read_image.png": nn.data.read_image,
    "mnist": nn.data.mnist,
}
writers = pytest.mark.parametrize("name", WRITERS)


def history():
    return nn.History([nn.Epoch(1, 1.0, None, None, None, 1.0)])


@pytest.fixture
def protected(monkeypatch):
    """Take away the right to write a file or into a folder: from root too, who is refused nothing."""
    real = os.access
    taken = set()

    def asked(path, mode, **options):
        path = os.path.realpath(path)
        return not (mode & os.W_OK and path in taken) and real(path, mode, **options)

    def protect(path):
        path.chmod(0o444 if path.is_file() else 0o555)
        if real(path, os.W_OK):
            taken.add(os.path.realpath(path))
            monkeypatch.setattr(os, "access", asked)
        restored.append(path)

    restored = []
    yield protect
    for path in restored:
        path.chmod(0o755)


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


@writers
@pytest.mark.parametrize("link", [False, True], ids=["itself", "through a link"])
def test_a_write_protected_file_is_not_replaced(tmp_path, name, link, protected):
    precious = tmp_path / name
    precious.write_text("precious")
    protected(precious)
    path = tmp_path / f"link.{name}" if link else precious
    if link:
        path.symlink_to(precious)
    before = contents(tmp_path)
    with pytest.raises(PermissionError, match=rf"cannot write .*{name}: the file is write-protected"):
        WRITERS[name](path)
    assert contents(tmp_path) == before


@writers
def test_nor_is_anything_written_into_a_write_protected_folder(tmp_path, name, protected):
    folder = tmp_path / "folder"
    folder.mkdir()
    protected(folder)
    with pytest.raises(PermissionError, match=r"the folder .*folder is write-protected"):
        WRITERS[name](folder / name)
    assert not contents(folder)


@writers
def test_where_no_file_can_be_is_said_with_the_path(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=rf"cannot write .*{name}: there is no folder .*missing"):
        WRITERS[name](tmp_path / "missing" / name)
    (tmp_path / name).mkdir()
    with pytest.raises(IsADirectoryError, match=rf"cannot write .*{name}: it is a folder"):
        WRITERS[name](tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@writers
def test_a_full_disk_leaves_the_old_file(tmp_path, name, monkeypatch):
    (tmp_path / name).write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        WRITERS[name](tmp_path / name)
    assert contents(tmp_path) == {name: "old"}


@writers
def test_the_users_folder_and_letters_of_any_alphabet(tmp_path, name, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    WRITERS[name](f"~/σ′ 权 {name}")
    assert [path.name for path in tmp_path.iterdir()] == [f"σ′ 权 {name}"]


@pytest.mark.parametrize("function", [*WRITERS.values(), *READERS.values()], ids=[*WRITERS, *READERS])
def test_what_is_no_path_is_told(function):
    if function is to_onnx:
        pytest.importorskip("onnx")
    for wrong, more in (
        (b"net.npz", ""),
        (io.BytesIO(), ": give the name of the file, not the open"),
        (3, ""),
    ):
        with pytest.raises(TypeError, match=rf"a path is text or a pathlib\.Path, not .*{more}"):
            function(wrong)
    with pytest.raises(ValueError, match="not empty text"):
        function("")


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_not_there_is_named(tmp_path, name, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in (tmp_path / name, f"~/{name}"):
        with pytest.raises(FileNotFoundError, match=str(tmp_path / name)):
            READERS[name](path)


def test_a_file_that_was_there_keeps_its_owner_where_that_is_allowed(tmp_path):
    path = tmp_path / "net.npz"
    path.write_text("old")
    path.chmod(0o664)
    if os.getuid() == 0:
        os.chown(path, 12345, 54321)
    before = path.stat()
    nn.save(nn.MLP([2, 1], rng=0), path)
    after = path.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)
    assert after.st_ino != before.st_ino


def test_of_two_who_write_at_once_one_is_there_whole(tmp_path):
    nets = [nn.MLP([20, 20], rng=i) for i in range(4)]
    path = tmp_path / "net.npz"
    threads = [threading.Thread(target=nn.save, args=(net, path)) for net in nets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    weights = nn.load(path).layers[0].W.data
    assert any(np.array_equal(weights, net.layers[0].W.data) for net in nets)
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


# -- frames: many files in a folder ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_frames_replace_and_delete_their_own_and_no_others(tmp_path, kind):
    longer = (2 * Value(3.0, label="x") + Value(1.0, label="b")).with_label("y") * 3
    first = viz.frames(longer, tmp_path, kind=kind, dpi=50)
    for name in (f"frame-0001.{kind}", f"frame-999.{kind}", f"frame-77.{kind}.txt"):
        (tmp_path / name).write_text("of another program")
    paths = viz.frames(calculation(), tmp_path, kind=kind, dpi=50)
    assert len(first) > len(paths) == 6
    others = {f"frame-0001.{kind}", f"frame-999.{kind}", f"frame-77.{kind}.txt"}
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in paths} | others
    assert {(tmp_path / name).read_text() for name in others} == {"of another program"}


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_frames_are_not_written_over_a_file_of_another(tmp_path, kind):
    other = tmp_path / f"frame-03.{kind}"
    other.write_text("of another program")
    with pytest.raises(FileExistsError, match=rf"frame-03\.{kind} is there, and no frame .*take it away"):
        viz.frames(calculation(), tmp_path, kind=kind, dpi=50)
    assert contents(tmp_path) == {other.name: "of another program"}
    other.unlink()  # as the message says
    assert len(viz.frames(calculation(), tmp_path, kind=kind, dpi=50)) == 6


def test_one_write_protected_frame_and_none_is_written(tmp_path, protected):
    paths = viz.frames(calculation(), tmp_path)
    protected(paths[3])
    before = contents(tmp_path)
    with pytest.raises(PermissionError, match=r"frame-04\.svg: the file is write-protected"):
        viz.frames(calculation(), tmp_path, theme=viz.DARK)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("wrong", [b"folder", io.BytesIO(), 3])
def test_a_folder_of_frames_is_a_path_too(wrong):
    with pytest.raises(TypeError, match=r"a path is text or a pathlib\.Path"):
        viz.frames(calculation(), wrong)


def test_marked_frames_are_what_they_were(tmp_path):
    images = pytest.importorskip("PIL.Image")
    pdfium = pytest.importorskip("pypdfium2")
    for path in viz.frames(calculation(), tmp_path, kind="png", dpi=50):
        with images.open(path) as image:
            image.load()
            assert image.text["Comment"] == "a frame that chainrule wrote"
    for path in viz.frames(calculation(), tmp_path, kind="pdf"):
        assert len(pdfium.PdfDocument(Path(path).read_bytes())) == 1
