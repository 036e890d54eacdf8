"""Downloads from two mirrors on this machine: good ones, and every way to fail."""

import _thread
import contextlib
import errno
import gzip
import hashlib
import io
import re
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.data import _sources
from nn.data._sources import ORIGINALS, Original

RNG = np.random.default_rng(0)
ARRAYS = {
    "train-images-idx3-ubyte": RNG.integers(256, size=(6, 28, 28)).astype(np.uint8),
    "train-labels-idx1-ubyte": np.array([3, 1, 4, 1, 5, 9], np.uint8),
    "t10k-images-idx3-ubyte": RNG.integers(256, size=(2, 28, 28)).astype(np.uint8),
    "t10k-labels-idx1-ubyte": np.array([2, 6], np.uint8),
}
FIRST = "train-images-idx3-ubyte.gz"


class Mirrors(ThreadingHTTPServer):
    """Serves /one/ and /two/. What is in `answers` is given for a path; files otherwise."""

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.answers, self.asked = files, {}, []
        self.released = threading.Event()

    def handle_error(self, request, client_address):
        """A client that hangs up is part of the tests."""


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        answer = self.server.answers.get(self.path)
        if answer is None:
            self.give(self.server.files[self.path.rpartition("/")[2]])
        else:
            answer(self)

    def give(self, content, announced=None):
        self.send_response(200)
        if announced != 0:
            self.send_header("Content-Length", str(announced or len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def mirrors(monkeypatch, idx):
    """Two mirrors of four small files, which stand for the originals."""
    files = {}
    for name, array in ARRAYS.items():
        content = idx(array)
        digest = hashlib.sha256(content).hexdigest()
        monkeypatch.setitem(ORIGINALS, name, Original(array.shape, digest))
        files[f"{name}.gz"] = gzip.compress(content)
    server = Mirrors(files)
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(_sources, "MIRRORS", (f"{address}/one/", f"{address}/two/"))
    monkeypatch.setattr(_sources, "TIMEOUT", 5)
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def is_whole(data):
    return (
        data.train.labels.tolist() == [3, 1, 4, 1, 5, 9]
        and data.test.labels.tolist() == [2, 6]
        and np.array_equal(data.train.images, nn.data.scaled(ARRAYS[FIRST[:-3]].reshape(6, 784)))
    )


def test_the_four_files_are_fetched_once(mirrors, tmp_path):
    folder = tmp_path / "new" / "folder"
    assert is_whole(nn.data.mnist(folder, download=True))
    assert names(folder) == sorted(mirrors.files)
    assert mirrors.asked == [f"/one/{name}" for name in mirrors.files]
    assert is_whole(nn.data.mnist(folder, download=True))
    assert is_whole(nn.data.mnist(folder))
    assert len(mirrors.asked) == 4


def test_without_a_folder_they_go_to_the_cache(mirrors, cache):
    assert is_whole(nn.data.mnist(download=True))
    assert is_whole(nn.data.mnist())
    assert names(_sources.cache_folder()) == sorted(mirrors.files)
    assert _sources.cache_folder().is_relative_to(cache) or sys.platform not in ("linux", "win32")


def test_only_what_is_missing_is_fetched(mirrors, tmp_path, idx, write):
    images, labels = (idx(ARRAYS[f"t10k-{kind}-ubyte"]) for kind in ("images-idx3", "labels-idx1"))
    write(tmp_path, images, labels, part="t10k")
    assert is_whole(nn.data.mnist(tmp_path, download=True))
    assert mirrors.asked == ["/one/train-images-idx3-ubyte.gz", "/one/train-labels-idx1-ubyte.gz"]


def of_unknown_length(to):
    to.give(to.server.files[FIRST][:1000], announced=0)


def in_half_a_chunk(to):
    to.protocol_version = "HTTP/1.1"
    to.send_response(200)
    to.send_header("Transfer-Encoding", "chunked")
    to.end_headers()
    to.wfile.write(b"ffff\r\n" + bytes(100))
    to.close_connection = True


def silent(to):
    to.server.released.wait(timeout=3)
    to.give(to.server.files[FIRST])  # too late


def dripping(to):
    content = to.server.files[FIRST]
    to.send_response(200)
    to.send_header("Content-Length", str(len(content)))
    to.end_headers()
    with contextlib.suppress(OSError):  # when nobody listens any more
        for byte in content:
            to.wfile.write(bytes([byte]))
            if to.server.released.wait(timeout=0.02):
                break


def dripping_headers(to):
    with contextlib.suppress(OSError):
        for byte in b"HTTP/1.0 200 OK\r\nX-Long: " + b"." * 1000:
            to.wfile.write(bytes([byte]))
            if to.server.released.wait(timeout=0.02):
                break
    to.close_connection = True


FAILURES = {
    "not there": (lambda to: to.send_error(404, "Not Found"), "HTTP Error 404: Not Found"),
    "out of order": (lambda to: to.send_error(503), "HTTP Error 503"),
    "truncated": (
        lambda to: to.give(to.server.files[FIRST][:1000], len(to.server.files[FIRST])),
        r"ended after 1000 of \d+ bytes",
    ),
    "truncated, of unknown length": (of_unknown_length, "damaged gzip"),
    "truncated in a chunk": (in_half_a_chunk, "IncompleteRead"),
    "another file": (
        lambda to: to.give(to.server.files["t10k-images-idx3-ubyte.gz"]),
        "other bytes than those of the original",
    ),
    "a page": (lambda to: to.give(b"<html>Sign in</html>"), "not an IDX file of bytes"),
    "damaged": (lambda to: to.give(to.server.files[FIRST][:-8] + bytes(8)), "damaged gzip"),
    "longer than it can be": (lambda to: to.give(bytes(10_000)), "more than the"),
    "longer, of unknown length": (lambda to: to.give(bytes(10_000), announced=0), "more than the"),
    "a bomb": (lambda to: to.give(gzip.compress(bytes(10**6))), "not an IDX file"),
    "dripping": (dripping, r"too slow: \d+ bytes in \d+ seconds"),
    "dripping headers": (dripping_headers, "too slow: no whole answer in"),
    "a length that is none": (lambda to: to.give(b"", announced="many"), "many"),
    "hung up": (lambda to: to.connection.shutdown(socket.SHUT_RDWR), "closed connection"),
    "silent": (silent, "timed out"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_after_a_failure_the_next_mirror_is_asked_and_both_are_told_of(
    mirrors, tmp_path, monkeypatch, failure
):
    answer, why = FAILURES[failure]
    if answer in (silent, dripping, dripping_headers):
        monkeypatch.setattr(_sources, "TIMEOUT", 0.2)
    mirrors.answers[f"/one/{FIRST}"] = answer
    assert is_whole(nn.data.mnist(tmp_path / "second", download=True))
    assert mirrors.asked[:2] == [f"/one/{FIRST}", f"/two/{FIRST}"]

    mirrors.answers[f"/two/{FIRST}"] = lambda to: to.send_error(410, "Gone")
    folder = tmp_path / "neither"
    with pytest.raises(ConnectionError) as raised:
        nn.data.mnist(folder, download=True)
    lines = str(raised.value).splitlines()
    assert lines[0] == f"{FIRST} could not be downloaded:"
    assert lines[1].startswith(f"  {_sources.MIRRORS[0]}{FIRST}: ")
    assert re.search(why, lines[1])
    assert lines[2] == f"  {_sources.MIRRORS[1]}{FIRST}: HTTP Error 410: Gone"
    assert str(folder) in lines[3]
    assert all(name in lines[3] for name in mirrors.files)
    assert names(folder) == []


def test_a_mirror_that_is_not_reached_is_told_of(mirrors, tmp_path, monkeypatch):
    with socket.socket() as nobody:  # bound, so that nobody else takes the port, and not listening
        nobody.bind(("127.0.0.1", 0))
        refused = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        monkeypatch.setattr(_sources, "MIRRORS", (refused, "http://no-such-host.invalid/"))
        with pytest.raises(
            ConnectionError, match=rf"{refused}{FIRST}: .*refused(.|\n)*no-such-host\.invalid"
        ):
            nn.data.mnist(tmp_path, download=True)
    assert names(tmp_path) == []


def test_what_was_fetched_before_a_failure_is_kept(mirrors, tmp_path):
    fault = lambda to: to.send_error(500)  # noqa: E731
    last = "t10k-labels-idx1-ubyte.gz"
    mirrors.answers |= {f"/one/{last}": fault, f"/two/{last}": fault}
    with pytest.raises(ConnectionError, match=f"{last} could not be downloaded"):
        nn.data.mnist(tmp_path, download=True)
    mirrors.answers.clear()
    mirrors.asked.clear()
    assert is_whole(nn.data.mnist(tmp_path, download=True))
    assert mirrors.asked == [f"/one/{last}"]


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_leaves_no_half_file(mirrors, tmp_path):
    def pressed(to):
        content = to.server.files[FIRST]
        to.send_response(200)
        to.send_header("Content-Length", str(len(content)))
        to.end_headers()
        to.wfile.write(content[:2000])
        to.wfile.flush()
        _thread.interrupt_main()
        to.wfile.write(content[2000:])

    mirrors.answers[f"/one/{FIRST}"] = pressed
    with pytest.raises(KeyboardInterrupt):
        nn.data.mnist(tmp_path, download=True)
    assert names(tmp_path) == []
    assert mirrors.asked == [f"/one/{FIRST}"]
    mirrors.answers.clear()
    assert is_whole(nn.data.mnist(tmp_path, download=True))


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_file_that_cannot_be_written_is_not_there_and_no_mirrors_fault(
    mirrors, tmp_path, monkeypatch, error
):
    def half(path, content):
        with path.open("wb") as file:
            file.write(content[:100])
        raise error

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(type(error)) as raised:
        nn.data.mnist(tmp_path, download=True)
    assert raised.value is error
    assert names(tmp_path) == []
    assert mirrors.asked == [f"/one/{FIRST}"]


@pytest.mark.parametrize("name", [FIRST, FIRST.removesuffix(".gz")])
@pytest.mark.parametrize(
    "damaged",
    [lambda good: good[:-20], lambda good: b"<html>Sign in</html>", lambda good: b""],
)
def test_a_damaged_file_is_replaced_and_only_that_one(mirrors, tmp_path, name, damaged):
    nn.data.mnist(tmp_path, download=True)
    (tmp_path / FIRST).rename(tmp_path / name)
    (tmp_path / name).write_bytes(damaged((tmp_path / name).read_bytes()))
    mirrors.asked.clear()
    with pytest.raises(ValueError, match=rf"{name}: .*; download=True fetches the file again"):
        nn.data.mnist(tmp_path)
    assert mirrors.asked == []
    content = (tmp_path / name).read_bytes()
    (tmp_path / f"{name}.damaged").write_text("of an earlier time")
    assert is_whole(nn.data.mnist(tmp_path, download=True))
    assert mirrors.asked == [f"/one/{FIRST}"]
    # Whoever wrote the damaged one still has it.
    assert names(tmp_path) == sorted([*mirrors.files, f"{name}.damaged", f"{name}.damaged-1"])
    assert (tmp_path / f"{name}.damaged-1").read_bytes() == content
    assert (tmp_path / f"{name}.damaged").read_text() == "of an earlier time"


def test_a_damaged_file_stays_when_no_mirror_is_reached(mirrors, tmp_path, monkeypatch):
    nn.data.mnist(tmp_path, download=True)
    (tmp_path / FIRST).write_bytes(b"damaged")
    monkeypatch.setattr(_sources, "MIRRORS", ())
    with pytest.raises(ConnectionError):
        nn.data.mnist(tmp_path, download=True)
    assert (tmp_path / FIRST).read_bytes() == b"damaged"


@pytest.mark.parametrize("terminal", [True, False])
def test_the_progress_bar_is_for_a_terminal(mirrors, tmp_path, monkeypatch, terminal):
    def slowly(to):
        content = to.server.files[FIRST]
        to.send_response(200)
        to.send_header("Content-Length", str(len(content)))
        to.end_headers()
        to.wfile.write(content[:1500])
        to.wfile.flush()
        to.server.released.wait(timeout=0.3)
        to.wfile.write(content[1500:])

    stream = io.StringIO()
    stream.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(_sources, "CHUNK", 500)
    mirrors.answers[f"/one/{FIRST}"] = slowly
    nn.data.mnist(tmp_path, download=True)
    shown = stream.getvalue()
    if terminal:
        total = len(mirrors.files[FIRST])
        assert re.search(rf"{FIRST}: +[1-9]\d*%.* [12]\.\d+k/{total / 1000:.2f}k .*B/s", shown)
    else:
        assert shown == ""


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "~/.cache"),
        ("linux", {"XDG_CACHE_HOME": "/kept"}, "/kept"),
        ("linux", {"XDG_CACHE_HOME": "relative", "LOCALAPPDATA": "/other"}, "~/.cache"),
        ("freebsd14", {"XDG_CACHE_HOME": ""}, "~/.cache"),
        ("darwin", {}, "~/Library/Caches"),
        ("darwin", {"XDG_CACHE_HOME": "/kept"}, "/kept"),
        ("win32", {}, "~/AppData/Local"),
        ("win32", {"LOCALAPPDATA": "/local", "XDG_CACHE_HOME": "/other"}, "/local"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="/kept is no absolute path on Windows")
def test_the_cache_is_where_each_system_keeps_them(monkeypatch, platform, variables, folder):
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "platform", platform)
    expected = Path(folder.replace("~", str(Path.home())))
    assert _sources.cache_folder() == expected / "chainrule" / "mnist"
