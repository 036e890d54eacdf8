"""IDX files: whole ones, plain and gzipped, and every way to be broken."""

import gzip
import tracemalloc

import numpy as np
import pytest

import nn

IMAGES = np.arange(3 * 784, dtype=np.uint32).reshape(3, 28, 28).astype(np.uint8)
HUGE = bytes([0, 0, 8, 3, 128, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 4])  # 2^31 x 2^31 x 4: 0 in 64 bits


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("shape", [(3, 28, 28), (2352,), (3, 784), (0, 28, 28)])
def test_the_array_of_a_file(tmp_path, idx, shape, packed):
    array = IMAGES.ravel()[: np.prod(shape)].reshape(shape)
    path = tmp_path / "some-idx-ubyte"
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    for given in (path, str(path)):
        found = nn.data.read_idx(given)
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, array)


def test_an_unpacked_file_that_kept_its_gz_is_read(tmp_path, idx):
    path = tmp_path / "labels-idx1-ubyte.gz"
    path.write_bytes(idx(IMAGES[0]))
    np.testing.assert_array_equal(nn.data.read_idx(path), IMAGES[0])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (lambda whole: b"", "only 0 bytes"),
        (lambda whole: b"GIF89a..", "begins with 47 49 46 38, expected 00 00 08 and the number of dim"),
        (lambda whole: b"\0\0\x0d" + whole[3:], "begins with 00 00 0d 03"),
        (lambda whole: b"\0\0\x08\0", "begins with 00 00 08 00"),
        (lambda whole: b"\0\0\x08\xff" + whole[4:], "begins with 00 00 08 ff"),
        (lambda whole: whole[:10], "ends inside the header, after 10 of 16"),
        (lambda whole: whole[:-1], r"truncated: .* 3 x 28 x 28 = 2352 .* there are 2351"),
        (lambda whole: whole + b"?", "too long"),
        (lambda whole: HUGE, "truncated"),
    ],
)
def test_a_file_that_is_no_whole_idx_file_is_named_with_what_is_wrong(
    tmp_path, idx, damaged, message, packed
):
    content = damaged(idx(IMAGES))
    path = tmp_path / "some-idx3-ubyte"
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(ValueError, match=f"some-idx3-ubyte: .*{message}"):
        nn.data.read_idx(path)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "scrambled", "header only"])
def test_damaged_gzip_is_named(tmp_path, idx, damage):
    noise = np.random.default_rng(0).integers(256, size=IMAGES.shape).astype(np.uint8)
    content = bytearray(gzip.compress(idx(noise)))
    if damage == "truncated":
        del content[-500:]
    elif damage == "flipped":
        content[len(content) // 2] ^= 255
    elif damage == "scrambled":
        content[10:60] = bytes([255]) * 50
    else:
        del content[2:]
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"images\.gz: damaged gzip \("):
        nn.data.read_idx(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        nn.data.read_idx(tmp_path / "nowhere")


@pytest.mark.parametrize("header", ["none", "of little", "of more than there is"])
def test_no_more_is_unpacked_than_the_header_says(tmp_path, header):
    begin = {
        "none": b"",
        "of little": bytes([0, 0, 8, 1, 0, 0, 0, 9]),
        "of more than there is": bytes([0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255]),
    }[header]
    size = 40_000_000 if header != "of more than there is" else 1000
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(begin + bytes(size), compresslevel=1))
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"bomb\.gz: (not an IDX file|too long.* more|truncated.* 1000)"):
        nn.data.read_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_an_empty_array_of_lengths_beyond_numpys_is_told_with_the_file(tmp_path):
    path = tmp_path / "empty.idx"
    path.write_bytes(bytes([0, 0, 8, 3]) + (0).to_bytes(4, "big") + 2 * (2**32 - 1).to_bytes(4, "big"))
    with pytest.raises(ValueError, match=r"empty\.idx: the header says 0 x \d+ x \d+, more than"):
        nn.data.read_idx(path)
