"""Lectures at a fraction of their size."""

import numpy as np
import pytest

import nn
from chainrule.demos import gpt, options


@pytest.fixture
def quick(monkeypatch):
    """A fraction of the digits, and of the eager steps of the GPT."""
    monkeypatch.setattr(options, "TRAINING", 300)
    monkeypatch.setattr(options, "HELD_OUT", 50)
    monkeypatch.setattr(gpt, "COMPARED", 2)


@pytest.fixture
def mnist_folder(tmp_path, monkeypatch):
    """A folder with 80 images in files of MNIST's kind, of which 20 are held out."""
    monkeypatch.setattr(options, "MNIST_HELD_OUT", 20)
    folder = tmp_path / "mnist"
    folder.mkdir()
    rng = np.random.default_rng(0)
    write_mnist(folder, rng.integers(256, size=(80, 28, 28)), rng.integers(10, size=80))
    return folder


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory):
    """A folder with 6,000 digits drawn here in files of MNIST's kind; the decks hold 5,000 out."""
    folder = tmp_path_factory.mktemp("drawn")
    digits = nn.data.strokes(6_000, rng=0)
    grey = np.round((digits.images.reshape(-1, 28, 28) - 0.01) * (255 / 0.99))
    write_mnist(folder, grey, digits.labels)
    return folder


def write_mnist(folder, images, labels):
    for array, name in ((images, "images-idx3"), (labels, "labels-idx1")):
        header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
        (folder / f"train-{name}-ubyte").write_bytes(header + array.astype(np.uint8).tobytes())
