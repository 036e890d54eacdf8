"""Files that are damaged, forged or of another program are refused, and nothing in them is executed."""

import copy
import io
import itertools
import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from net_files import FORMATS, both_formats, same

import nn
from autograd import relu
from nn._nets.files import archives

# -- damaged --------------------------------------------------------------------------------------


def refused_or_the_same(path, content, net):
    path.unlink()  # some disks are slow where a file is written over
    path.write_bytes(content)
    try:
        found = nn.load(path)
    except ValueError as error:
        message = str(error)
    else:
        assert same(found, net)
        return False
    assert str(path) in message
    return True


def test_a_file_cut_short_anywhere_is_refused(path, net):
    content = nn.save(net, path).read_bytes()
    assert all(refused_or_the_same(path, content[:length], net) for length in range(len(content)))


def test_a_wrong_byte_anywhere_is_refused_or_harmless(path, net):
    content = nn.save(net, path).read_bytes()
    refused = []
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8 if place % 3 else 255
        refused.append(refused_or_the_same(path, bytes(changed), net))
    assert sum(refused) > 0.5 * len(refused)  # the dates in a zip and what stands there twice may change


@given(st.data())
def test_damage_of_any_kind_is_refused_or_harmless(data):
    net = nn.MLP([2, 1], activation=relu, dtype=np.float32, rng=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"net{data.draw(st.sampled_from(FORMATS))}"
        content = nn.save(net, path).read_bytes()
        places = st.integers(0, len(content))
        for _ in range(data.draw(st.integers(1, 3))):
            start, end = sorted((data.draw(places), data.draw(places)))
            patch = data.draw(st.one_of(st.binary(max_size=20), st.just(content[start:end] * 2)))
            content = content[:start] + patch + content[end:]
        refused_or_the_same(path, content, net)


def test_another_nets_numbers_are_noticed(tmp_path):
    one, other = (nn.save(nn.MLP([2, 1], rng=seed), tmp_path / f"{seed}.npz") for seed in (0, 1))
    with np.load(one) as first, np.load(other) as second:
        np.savez(one, **{**first, "layers.0.W": second["layers.0.W"]})
    with pytest.raises(ValueError, match=r"0\.npz is damaged, .* differ from those that nn.save wrote"):
        nn.load(one)


# -- forged ---------------------------------------------------------------------------------------


def forge(path, arrays, **changes):
    """A file like those of nn.save, with another architecture or other arrays."""
    with np.load(nn.save(nn.MLP([2, 1], rng=0), path.with_suffix(".npz"))) as archive:
        entries = dict(archive)
    architecture = json.loads(str(entries.pop("architecture"))) | changes
    entries |= arrays
    archives.WRITE[path.suffix](path, entries, json.dumps(architecture))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sizes": [10**12, 1]}, r"\(1, 1000000000000\)"),
        ({"sizes": [2, 10**12]}, "was expected"),
        ({"sizes": [2] * 100}, "its activations are"),
        ({"sizes": [2]}, "its sizes are"),
        ({"sizes": [2, True]}, "its sizes are"),
        ({"sizes": [-2, 1]}, "its sizes are"),
        ({"sizes": "21"}, "its sizes are '21'"),
        ({"activations": ["autograd.sigmoid", "autograd.sigmoid"]}, "its activations are"),
        ({"activations": [None]}, "its activations are"),
        ({"activations": ["autograd.tanh"]}, "differ from those that nn.save wrote"),
        ({"node": "list"}, r"its node is 'list', not one of \['Value', 'Tensor'\]"),
        ({"dtype": "object"}, "its dtype is 'object'"),
        ({"use_bias": False}, "was expected"),
        ({"use_bias": []}, "its use_bias is"),
        ({"format": "chainrule net 99"}, "its format is not 'chainrule net 1'"),
        ({"sha256": None}, "differ from those that nn.save wrote"),
    ],
)
def test_an_architecture_that_does_not_fit_its_arrays_is_refused(path, changes, message):
    forge(path, {}, **changes)
    with pytest.raises(ValueError, match=message) as caught:
        nn.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"layers.0.W": np.ones((1, 3))}, r"layers\.0\.W.*\(1, 3\)"),
        ({"layers.0.W": np.ones((1, 2), np.float32)}, "holds float32, not float64"),
        ({"layers.0.W": np.ones((1, 2), np.int64)}, "holds int64"),
        ({"layers.1.W": np.ones((1, 1))}, "was expected"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(path, arrays, message):
    forge(path, arrays)
    with pytest.raises(ValueError, match=message):
        nn.load(path)


def npy_header(descr, shape):
    found = io.BytesIO()
    np.lib.format.write_array_header_1_0(found, {"descr": descr, "fortran_order": False, "shape": shape})
    return found.getvalue()


@pytest.mark.parametrize("entry", ["layers.0.W.npy", "architecture.npy"])
@pytest.mark.parametrize("header", [("<f8", (10**12,)), ("<f8", (10**6, 10**6)), ("<U1000000000", (1,))])
def test_an_array_that_says_it_is_huge_is_refused(tmp_path, net, entry, header):
    content = nn.save(net, tmp_path / "net.npz").read_bytes()
    forged = tmp_path / "forged.npz"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, npy_header(*header) + bytes(100) if name == entry else old.read(name))
    with pytest.raises(ValueError, match=r"forged\.npz"):
        nn.load(forged)


def test_a_few_bytes_that_stand_for_many_are_not_unpacked(tmp_path):
    path = nn.save(nn.MLP([2, 1], rng=0), tmp_path / "net.npz")
    with np.load(path) as archive:
        np.savez_compressed(path, **archive, many=np.zeros(10**6))
    with pytest.raises(ValueError, match=r"net\.npz .* it is compressed"):
        nn.load(path)


def test_a_safetensors_header_that_says_it_is_huge_is_refused(tmp_path):
    path = tmp_path / "net.safetensors"
    for header in (
        b"{}",
        b'{"W": {"dtype": "F64", "shape": [1000000000000], "data_offsets": [0, 8000000000000]}}',
    ):
        for length in (len(header), 10**12, 2**64 - 1):
            path.write_bytes(length.to_bytes(8, "little") + header + bytes(8))
            with pytest.raises(ValueError, match=r"net\.safetensors"):
                nn.load(path)


class Pickled:
    """Unpickling it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("entry", ["architecture", "layers.0.W"])
def test_a_pickle_in_a_file_is_not_executed(tmp_path, entry):
    path, trace = tmp_path / "net.npz", tmp_path / "trace"
    forge(path, {})
    with np.load(path) as archive:
        np.savez(path, **{**archive, entry: np.array([Pickled(trace)], dtype=object)})
    with pytest.raises(ValueError, match=r"net\.npz"):
        nn.load(path)
    assert not trace.exists()


# -- foreign --------------------------------------------------------------------------------------


def npz(path):
    with path.open("wb") as file:  # NumPy would give a path its own ending
        np.savez(file, W=np.ones((1, 2)), b=np.ones(1))


def npy(path):
    with path.open("wb") as file:
        np.save(file, np.ones(3))


def plain_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("architecture", "{}")


def without_metadata(path):
    safetensors.numpy.save_file({"W": np.ones((1, 2))}, path)


def of_torch(path):
    safetensors.numpy.save_file({"W": np.ones((1, 2))}, path, metadata={"format": "pt"})


def text(path):
    path.write_text("a net")


def nothing(path):
    path.touch()


def brackets(path):
    path.write_bytes(b"[" * 100_000)


@both_formats
@pytest.mark.parametrize("write", [npz, npy, plain_zip, without_metadata, of_torch, text, nothing, brackets])
def test_a_foreign_file_is_refused_by_name(tmp_path, suffix, write):
    path = tmp_path / f"net{suffix}"
    write(path)
    with pytest.raises(ValueError, match=rf"net\{suffix} is damaged, or no net that nn\.save wrote: .+"):
        nn.load(path)


def test_the_other_formats_file_under_this_ones_name_is_refused(tmp_path, net):
    for there, here in itertools.permutations(FORMATS, 2):
        (tmp_path / f"net{here}").write_bytes(nn.save(net, tmp_path / f"other{there}").read_bytes())
        with pytest.raises(ValueError, match="is damaged"):
            nn.load(tmp_path / f"net{here}")


def test_what_else_is_in_a_foreign_file_is_said(tmp_path):
    npz(tmp_path / "net.npz")
    with pytest.raises(ValueError, match=r"no 'architecture', only \['W', 'b'\]"):
        nn.load(tmp_path / "net.npz")
    of_torch(tmp_path / "net.safetensors")
    with pytest.raises(ValueError, match=r"give load_state_dict its arrays, .*safetensors\.numpy\.load_file"):
        nn.load(tmp_path / "net.safetensors")


def test_a_file_that_may_not_be_read_is_not_called_damaged(path, net):
    nn.save(net, path).chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(PermissionError):
        nn.load(path)


def test_a_missing_package_is_told_with_the_command_that_installs_it(tmp_path, net, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    path = nn.save(net, tmp_path / "net.safetensors")
    monkeypatch.setattr("importlib.import_module", missing)
    message = r'needs safetensors: pip install "chainrule\[safetensors\]"'
    with pytest.raises(ImportError, match=message):
        nn.load(path)
    with pytest.raises(ImportError, match=message):
        nn.save(net, tmp_path / "other.safetensors")
    assert os.listdir(tmp_path) == ["net.safetensors"]
    assert same(nn.load(nn.save(net, tmp_path / "net.npz")), net)


def test_an_archive_whose_entries_lie_in_the_same_place_is_not_unpacked(net, tmp_path):
    """Each entry is as long as the file; a hundred thousand of them would fill the memory."""
    path = nn.save(net, tmp_path / "net.npz")
    with zipfile.ZipFile(path, "a") as archive:
        first = archive.infolist()[0]
        for i in range(50):
            again = copy.copy(first)
            again.filename = f"again{i}.npy"
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
        archive._didModify = True
    with pytest.raises(ValueError, match="it says that it holds more bytes than the file has"):
        nn.load(path)


@pytest.mark.parametrize("shape", ["(10000000000,)", "(1000000, 1000000)", "(-1,)"])
def test_an_array_that_says_it_is_huge_is_not_waited_for(net, tmp_path, shape):
    path = nn.save(net, tmp_path / "net.npz")
    content = path.read_bytes()
    place = content.index(b"'shape': (1, 2)")
    text = f"'shape': {shape}".encode()
    end = content.index(b"}", place)
    room = content.index(b"\n", end) - place
    header = (text + b", }").ljust(room)
    assert len(header) == room
    path.write_bytes(content[:place] + header + content[place + room :])
    with pytest.raises(ValueError, match=r"is damaged, or no net that nn\.save wrote"):
        nn.load(path)
