"""The MNIST digits from a folder: whole sets, parts, other data sets, and missing files."""

import gzip
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.data._sources import ORIGINALS, Original

IMAGES = np.arange(3 * 784, dtype=np.uint32).reshape(3, 28, 28).astype(np.uint8)
LABELS = np.array([7, 0, 9], np.uint8)
IMAGE_FILE, LABEL_FILE = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


@pytest.fixture
def originals_of_three(monkeypatch, idx):
    """As if the original training files held the three images and labels of this module."""
    for name, array in ((IMAGE_FILE, IMAGES), (LABEL_FILE, LABELS)):
        digest = hashlib.sha256(idx(array)).hexdigest()
        monkeypatch.setitem(ORIGINALS, name, Original(array.shape, digest))


def test_plain_and_gzipped_files_give_the_same_digits(tmp_path, idx, write):
    plain = nn.data.mnist(write(tmp_path / "plain", idx(IMAGES), idx(LABELS)))
    packed = nn.data.mnist(str(write(tmp_path / "packed", idx(IMAGES), idx(LABELS), packed=True)))
    for data in (plain, packed):
        assert data.train.labels.tolist() == [7, 0, 9]
        assert data.train.labels.dtype == np.int64
        assert data.train.images.shape == (3, 784)
        assert data.train.images.dtype == np.float32
        expected = 0.01 + 0.99 * IMAGES.reshape(3, 784) / 255
        np.testing.assert_allclose(data.train.images, expected, rtol=0, atol=1e-6)
        assert data.test is None


def test_the_test_files_are_read_where_they_are(tmp_path, idx, write):
    write(tmp_path, idx(IMAGES), idx(LABELS))
    write(tmp_path, idx(IMAGES[:2]), idx(LABELS[:2]), part="t10k", packed=True)
    data = nn.data.mnist(tmp_path)
    assert (len(data.train), len(data.test)) == (3, 2)


def test_without_a_folder_the_cache_is_read(cache, idx, write):
    with pytest.raises(FileNotFoundError, match=rf"no folder {cache}.*mnist; .* download=True"):
        nn.data.mnist()
    folder = next(iter([*cache.glob("**/mnist")]), cache / "chainrule" / "mnist")
    folder.mkdir(parents=True)
    write(folder, idx(IMAGES), idx(LABELS))
    assert nn.data.mnist().train.labels.tolist() == [7, 0, 9]


def test_a_missing_folder_or_file_is_named(tmp_path, idx, write):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere; .* download=True"):
        nn.data.mnist(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"lacks train-images-idx3-ubyte .* download=True"):
        nn.data.mnist(tmp_path)
    write(tmp_path, idx(IMAGES), idx(LABELS))
    (tmp_path / LABEL_FILE).unlink()
    with pytest.raises(FileNotFoundError, match=r"images.* is there, but train-labels-idx1-ubyte is not"):
        nn.data.mnist(tmp_path)
    write(tmp_path, idx(IMAGES), idx(LABELS))
    (tmp_path / IMAGE_FILE).unlink()
    with pytest.raises(FileNotFoundError, match=r"labels.* is there, but train-images-idx3-ubyte is not"):
        nn.data.mnist(tmp_path)


@pytest.mark.parametrize(
    ("images", "labels", "file", "message"),
    [
        (LABELS, LABELS, IMAGE_FILE, r"not images of MNIST: .* shape \(3,\), MNIST's is \(60000, 28, 28\)"),
        (IMAGES, IMAGES, LABEL_FILE, r"not labels of MNIST: .* shape \(3, 28, 28\), MNIST's is \(60000,\)"),
        (IMAGES[:, :27], LABELS, IMAGE_FILE, r"\(3, 27, 28\)"),
        (IMAGES, LABELS[:2], IMAGE_FILE, "3 images, but .* 2 labels"),
        (IMAGES, LABELS + 1, LABEL_FILE, "label 10 at position 2"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_files_that_are_not_mnists_are_named_with_what_is_wrong(
    tmp_path, idx, write, images, labels, file, message, packed
):
    write(tmp_path, idx(images), idx(labels), packed=packed)
    with pytest.raises(ValueError, match=f"{file}.*{message}"):
        nn.data.mnist(tmp_path)


@pytest.mark.parametrize("damaged", [lambda whole: whole[:-1], lambda whole: gzip.compress(whole)[:-9]])
def test_a_damaged_file_is_named_with_the_way_to_fetch_it(tmp_path, idx, write, damaged):
    write(tmp_path, damaged(idx(IMAGES)), idx(LABELS))
    with pytest.raises(ValueError, match=rf"{IMAGE_FILE}: .*; download=True fetches the file again"):
        nn.data.mnist(tmp_path)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("download", [False, True])
@pytest.mark.parametrize(
    ("images", "labels", "file"),
    [(IMAGES[::-1], LABELS, IMAGE_FILE), (IMAGES, LABELS[::-1], LABEL_FILE)],
)
def test_a_file_of_the_originals_size_is_the_original(
    tmp_path, idx, write, originals_of_three, images, labels, file, download, packed
):
    """Another data set is never replaced, not even where files are to be fetched."""
    write(tmp_path, idx(images), idx(labels), packed=packed)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match=rf"{file}.* another data set such as Fashion-MNIST.*read_idx"):
        nn.data.mnist(tmp_path, download=download)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_originals_and_parts_of_another_size_are_read(tmp_path, idx, write, originals_of_three):
    assert len(nn.data.mnist(write(tmp_path / "whole", idx(IMAGES), idx(LABELS))).train) == 3
    assert len(nn.data.mnist(write(tmp_path / "part", idx(IMAGES[1:]), idx(LABELS[1:]))).train) == 2


def dotted(folder, name):
    return folder / name.replace("-idx", ".idx")


def in_a_folder_of_its_name(folder, name):
    return folder / name.replace("-idx", ".idx") / name


LAYOUTS = {
    "torchvision's root": lambda folder, name: folder / "MNIST" / "raw" / name,
    "torchvision's MNIST": lambda folder, name: folder / "raw" / name,
    "a dot": dotted,
    "a dot, packed": lambda folder, name: dotted(folder, f"{name}.gz"),
    "Kaggle's": in_a_folder_of_its_name,
    "Kaggle's, the other way": lambda folder, name: folder / name / name.replace("-idx", ".idx"),
    "the folder around": lambda folder, name: folder / "digits of mine" / name,
    "the folder around Kaggle's": lambda folder, name: in_a_folder_of_its_name(folder / "archive", name),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layouts_people_have(tmp_path, idx, layout, monkeypatch):
    for part in ("train", "t10k"):
        for kind, array in (("images-idx3", IMAGES), ("labels-idx1", LABELS)):
            path = LAYOUTS[layout](tmp_path, f"{part}-{kind}-ubyte")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(idx(array)) if path.suffix == ".gz" else idx(array))
    (tmp_path / "FashionMNIST" / "raw").mkdir(parents=True)
    (tmp_path / "FashionMNIST" / "raw" / IMAGE_FILE).write_bytes(b"of another set")
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    for given in (tmp_path, str(tmp_path), f"~/{tmp_path.name}"):
        data = nn.data.mnist(given)
        assert data.train.labels.tolist() == data.test.labels.tolist() == [7, 0, 9]


def test_of_several_folders_with_such_files_none_is_guessed(tmp_path, idx, write):
    for name in ("one", "other"):
        write(tmp_path / name, idx(IMAGES), idx(LABELS))
    with pytest.raises(ValueError, match=r"give one of .*one, .*other") as raised:
        nn.data.mnist(tmp_path)
    advice = str(raised.value).rpartition("give one of ")[2].split(", ")
    assert [len(nn.data.mnist(folder).train) for folder in advice] == [3, 3]


def test_a_file_in_place_of_the_folder_is_told_from_it(tmp_path, idx, write):
    write(tmp_path, idx(IMAGES), idx(LABELS))
    with pytest.raises(NotADirectoryError, match="is a file; give the folder that it is in, ") as raised:
        nn.data.mnist(tmp_path / IMAGE_FILE)
    assert len(nn.data.mnist(str(raised.value).rpartition("in, ")[2]).train) == 3


MNIST = Path(os.environ.get("CHAINRULE_MNIST", Path(__file__).parents[4] / "shared" / "data" / "mnist"))
needs_mnist = pytest.mark.skipif(
    not MNIST.is_dir(), reason="the MNIST files are not here; CHAINRULE_MNIST names their folder"
)


@needs_mnist
def test_the_original_files():
    train = nn.data.mnist(MNIST).train
    assert train.images.shape == (60_000, 784)
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert (train.images.min(), train.images.max()) == (np.float32(0.01), np.float32(1.0))


@needs_mnist
def test_one_wrong_bit_in_60_000_labels_is_found(tmp_path):
    for path in MNIST.glob("train-images*"):
        (tmp_path / path.name).symlink_to(path)
    (labels,) = MNIST.glob("train-labels*")
    content = bytearray(labels.read_bytes())
    content = bytearray(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
    content[40_000] ^= 1
    (tmp_path / LABEL_FILE).write_bytes(content)
    with pytest.raises(ValueError, match=f"{LABEL_FILE}: .*damaged, or another data set"):
        nn.data.mnist(tmp_path)
