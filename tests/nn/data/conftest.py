"""IDX files to read, and a cache that is not the user's."""

import gzip

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The folder that stands for the user's cache, on every system."""
    folder = tmp_path / "cache"
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(folder))
    return folder


@pytest.fixture
def idx():
    """What an IDX file of an array of bytes holds."""

    def content(array):
        header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
        return header + array.tobytes()

    return content


@pytest.fixture
def write():
    """Write the two files of one part of MNIST into a folder."""

    def pair(folder, images, labels, part="train", packed=False):
        folder.mkdir(exist_ok=True)
        for kind, content in (("images-idx3", images), ("labels-idx1", labels)):
            path = folder / f"{part}-{kind}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(content) if packed else content)
        return folder

    return pair
