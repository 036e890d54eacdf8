"""IDX files: whole ones, plain and gzipped, and every way to be broken."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

import nn

IMAGES = np.arange(3 * 784, dtype=np.uint32).reshape(3, 28, 28).astype(np.uint8)
LABELS = np.array([7, 0, 9], np.uint8)
IMAGE_FILE, LABEL_FILE = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.tobytes()


def write(folder, images=None, labels=None, name="train", packed=False):
    for kind, content in (("images-idx3", images), ("labels-idx1", labels)):
        path = folder / f"{name}-{kind}-ubyte{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(content) if packed else content)
    return folder


def test_plain_and_gzipped_files_give_the_same_digits(tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "packed").mkdir()
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


def test_an_unpacked_file_that_kept_its_gz_is_read(tmp_path):
    write(tmp_path, idx(IMAGES), idx(LABELS))
    for name in (IMAGE_FILE, LABEL_FILE):
        (tmp_path / name).rename(tmp_path / f"{name}.gz")
    assert len(nn.data.mnist(tmp_path).train) == 3


def test_the_test_files_are_read_where_they_are(tmp_path):
    write(tmp_path, idx(IMAGES), idx(LABELS))
    write(tmp_path, idx(IMAGES[:2]), idx(LABELS[:2]), name="t10k", packed=True)
    data = nn.data.mnist(tmp_path)
    assert (len(data.train), len(data.test)) == (3, 2)


def test_a_missing_folder_or_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere"):
        nn.data.mnist(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="lacks train-images-idx3-ubyte"):
        nn.data.mnist(tmp_path)
    write(tmp_path, idx(IMAGES), idx(LABELS))
    (tmp_path / LABEL_FILE).unlink()
    with pytest.raises(FileNotFoundError, match="train-labels-idx1-ubyte is not"):
        nn.data.mnist(tmp_path)


HUGE = bytes([0, 0, 8, 3, 128, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 4])  # 2^31 x 2^31 x 4: 0 in 64 bits


@pytest.mark.parametrize(
    ("images", "labels", "file", "message"),
    [
        (b"", idx(LABELS), IMAGE_FILE, "only 0 bytes"),
        (b"GIF89a..", idx(LABELS), IMAGE_FILE, "begins with 47 49 46 38, expected 00 00 08 03"),
        (idx(LABELS), idx(LABELS), IMAGE_FILE, "not an IDX file of images"),
        (idx(IMAGES), idx(IMAGES), LABEL_FILE, "not an IDX file of labels"),
        (idx(IMAGES)[:10], idx(LABELS), IMAGE_FILE, "inside the header, after 10 of 16"),
        (idx(IMAGES)[:-1], idx(LABELS), IMAGE_FILE, "truncated: .* 3 x 28 x 28 = 2352 .* there are 2351"),
        (idx(IMAGES) + b"?", idx(LABELS), IMAGE_FILE, "too long"),
        (HUGE, idx(LABELS), IMAGE_FILE, "truncated"),
        (idx(IMAGES[:, :27]), idx(LABELS), IMAGE_FILE, "27 x 28, not 28 x 28"),
        (idx(IMAGES), idx(LABELS[:2]), IMAGE_FILE, "3 images, but .* 2 labels"),
        (idx(IMAGES), idx(LABELS + 1), LABEL_FILE, "label 10 at position 2"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_not_what_it_should_be_is_named_with_what_is_wrong(
    tmp_path, images, labels, file, message, packed
):
    write(tmp_path, images, labels, packed=packed)
    with pytest.raises(ValueError, match=f"{file}.*{message}"):
        nn.data.mnist(tmp_path)


@pytest.mark.parametrize("damage", ["truncated", "flipped"])
def test_damaged_gzip_is_named(tmp_path, damage):
    noise = np.random.default_rng(0).integers(256, size=IMAGES.shape).astype(np.uint8)
    write(tmp_path, idx(noise), idx(LABELS), packed=True)
    path = tmp_path / f"{IMAGE_FILE}.gz"
    content = bytearray(path.read_bytes())
    if damage == "truncated":
        del content[-500:]
    else:
        content[len(content) // 2] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"{IMAGE_FILE}.gz: damaged gzip"):
        nn.data.mnist(tmp_path)


MNIST = Path(os.environ.get("CHAINRULE_MNIST", Path(__file__).parents[4] / "shared" / "data" / "mnist"))


@pytest.mark.skipif(
    not MNIST.is_dir(), reason="the MNIST files are not here; CHAINRULE_MNIST names their folder"
)
def test_the_original_files():
    train = nn.data.mnist(MNIST).train
    assert train.images.shape == (60_000, 784)
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert (train.images.min(), train.images.max()) == (np.float32(0.01), np.float32(1.0))
