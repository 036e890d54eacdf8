"""Nets in files: they come back to the bit, with their activations, or nothing is written."""

import copy
import functools
import json
import math
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

import autograd
import nn
from autograd import Tensor, Value, abs, maximum, relu, sigmoid, sin, softplus, tanh
from autograd._graph.leaving import plain_array
from autograd.extend import Row, define
from nn._nets.files import architectures, archives


def leaky(z):
    return maximum(z, 0.1 * z)


def of_another(slope):
    def leaky(z):
        return maximum(z, slope * z)

    return leaky


def back(net, suffix, activations=()):
    """The net after a journey to the disk."""
    with tempfile.TemporaryDirectory() as folder:
        return nn.load(nn.save(net, Path(folder) / f"net{suffix}"), activations)


def same_numbers(a, b):
    a, b = ([(name, x.dtype, x.shape, x.tobytes()) for name, x in net.state_dict().items()] for net in (a, b))
    return a == b


def outputs(net, x):
    return plain_array(net(x)).astype(net.dtype).tobytes()


# -- there and back -------------------------------------------------------------------------------

kinds = st.sampled_from([(Tensor, np.float32), (Tensor, np.float64), (Value, np.float64)])


@st.composite
def nets(draw):
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    activation = st.sampled_from([sigmoid, tanh, relu, abs, softplus, sin, nn.identity, leaky])
    node, dtype = draw(kinds)
    return nn.MLP(
        sizes,
        activation=[draw(activation) for _ in sizes[1:]],
        use_bias=draw(st.booleans()),
        node=node,
        dtype=dtype,
        rng=draw(st.integers(0, 1000)),
    )


@given(nets(), st.sampled_from(FORMATS))
def test_a_net_comes_back_with_the_same_outputs_to_the_bit(net, suffix):
    for p in net.parameters():  # biases too
        p.data = np.random.default_rng(1).normal(size=np.shape(p.data)).tolist()
    again = back(net, suffix, [leaky])
    assert same(net, again)
    X = np.random.default_rng(0).normal(size=(3, net.sizes[0]))
    assert outputs(net, X) == outputs(again, X)
    assert outputs(net, X[0]) == outputs(again, X[0])


@given(kinds, st.sampled_from(FORMATS), st.data())
def test_every_number_comes_back_also_those_that_are_rare(kind, suffix, data):
    node, dtype = kind
    net = nn.MLP([2, 1], node=node, dtype=dtype, rng=0)
    finite = False if suffix == ".json" else None
    numbers = st.floats(width=np.dtype(dtype).itemsize * 8, allow_nan=finite, allow_infinity=finite)
    net.load_state_dict(
        {"layers.0.W": [[data.draw(numbers), data.draw(numbers)]], "layers.0.b": [data.draw(numbers)]}
    )
    assert same(net, back(net, suffix))


@both_formats
def test_weights_that_lie_transposed_in_memory_come_back(suffix):
    net = nn.MLP([3, 2, 4], rng=0, initializer=lambda shape, rng: rng.normal(size=shape[::-1]).T)
    net.layers[1].W.data = np.arange(16.0).reshape(4, 4)[:, ::2]
    again = back(net, suffix)
    X = np.random.default_rng(0).normal(size=(50, 3))
    assert np.array_equal(plain_array(again(X)), plain_array(net(X)))
    for layer, expected in zip(again.layers, net.layers, strict=True):
        assert np.array_equal(layer.W.data, expected.W.data)
    assert again.layers[1].W.data[1].tolist() == [4.0, 6.0]


def test_the_path_may_be_text_and_is_given_back(tmp_path, net):
    given = f"{tmp_path}/net.npz"
    assert nn.save(net, given) == Path(given)
    assert same(net, nn.load(given))


def test_the_arrays_are_there_for_other_programs(path, net):
    nn.save(net, path)
    if path.suffix == ".npz":
        with np.load(path) as archive:
            arrays = dict(archive)
        arrays.pop("architecture")
    elif path.suffix == ".json":
        entries = json.loads(path.read_text())["arrays"].items()
        arrays = {name: np.reshape(of["numbers"], of["shape"]).astype(of["dtype"]) for name, of in entries}
    else:
        arrays = safetensors.numpy.load_file(path)
    assert arrays.keys() == net.state_dict().keys()
    assert all(np.array_equal(arrays[name], array) for name, array in net.state_dict().items())


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_json_has_no_nan_and_no_infinity(tmp_path, number):
    net, path = nn.MLP([2, 1], rng=0), tmp_path / "net.json"
    content = nn.save(net, path).read_text()
    net.layers[0].b = [number]
    with pytest.raises(ValueError, match=r"layers\.0\.b holds one: a \.npz file keeps them"):
        nn.save(net, path)
    assert (os.listdir(tmp_path), path.read_text()) == (["net.json"], content)
    assert same(nn.load(nn.save(net, tmp_path / "net.npz")), net)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"shape": [1, 2]', '"shape": [2, 1]'),
        ('"shape": [1, 2]', '"shape": [1, -2]'),
        ('"shape": [1, 2]', '"shape": [10000000000000, 1]'),
        ('"dtype": "float64", "shape": [1]', '"dtype": "object", "shape": [1]'),
        ('"numbers": [0.0]', '"numbers": ["0.0"]'),
        ('"numbers": [0.0]', '"numbers": [false]'),
        ('"numbers": [0.0]', '"numbers": [NaN]'),
        ('"numbers": [0.0]', '"numbers": [0.0], "numbers": [0.0]'),
        ('"numbers": [0.0]', '"numbers": [-0.0]'),
        ('"numbers": [0.0]', f'"numbers": {"[" * 100_000}'),
    ],
)
def test_other_json_is_refused(tmp_path, old, new):
    path = nn.save(nn.MLP([2, 1], rng=0), tmp_path / "net.json")
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    with pytest.raises(ValueError, match=r"net\.json is damaged, or no net that nn\.save wrote: ."):
        nn.load(path)


def test_what_is_written_beside_the_arrays_stays_so_that_old_files_are_read(tmp_path):
    each = [relu, leaky, nn.identity]
    net = nn.MLP([2, 3, 2, 1], activation=each, initializer=nn.initializers.zeros, dtype=np.float32, rng=0)
    with np.load(nn.save(net, tmp_path / "net.npz")) as archive:
        assert archive.files == ["architecture", *net.state_dict()]
        architecture = json.loads(archive["architecture"].item())
    assert architecture == {
        "format": "chainrule net 1",
        "sizes": [2, 3, 2, 1],
        "activations": ["autograd.relu", "leaky", "nn.identity"],
        "use_bias": True,
        "node": "Tensor",
        "dtype": "float32",
        "sha256": "cc6b4769e15a9ab1ed937b11f4039e7f73a0643ad2369eec88c6251ab5466609",
    }
    assert all(
        name == f"{name.partition('.')[0]}.{function.__name__}"
        for name, function in architectures.OURS.items()
    )


def test_a_net_is_saved_as_it_is_now(path):
    net = nn.MLP([2, 3, 1], rng=0)
    nn.save(net, path)
    net.layers[0].activation = tanh
    net.layers[1].b.data = [5.0]
    nn.save(net, path)
    assert same(net, nn.load(path))


# -- activations ----------------------------------------------------------------------------------


def test_every_activation_of_ours_is_found_again(path):
    ours = [nn.identity, autograd.softmax]
    ours += [f for name in autograd.__all__ if getattr(f := getattr(autograd, name), "arity", 0) == 1]
    assert len(ours) > 20
    net = nn.MLP([1] * (len(ours) + 1), activation=ours, rng=0)
    again = nn.load(nn.save(net, path))
    assert all(a.activation is b for a, b in zip(again.layers, ours, strict=True))


def test_an_activation_of_yours_is_asked_for_by_its_name(path):
    nn.save(nn.MLP([2, 3, 1], activation=leaky, output_activation=sigmoid, rng=0), path)
    message = r"net\.\w+ needs the activation 'leaky': .* nn\.load\(path, activations=\[leaky\]\)"
    with pytest.raises(ValueError, match=message):
        nn.load(path)
    with pytest.raises(ValueError, match=message):
        nn.load(path, activations=[tanh])
    with pytest.raises(TypeError, match=r"a list of functions, as in \[leaky\]"):
        nn.load(path, activations=leaky)
    again = nn.load(path, activations=[tanh, leaky])
    assert [layer.activation for layer in again.layers] == [leaky, sigmoid]


def test_an_activation_of_yours_with_the_name_of_ours_is_not_ours(path):
    yours = of_another(0.5)
    yours.__name__ = "relu"
    net = nn.MLP([1, 1], activation=yours, rng=0)
    nn.save(net, path)
    with pytest.raises(ValueError, match="needs the activation 'relu'"):
        nn.load(path)
    assert nn.load(path, [yours]).layers[0].activation is yours
    nn.save(nn.MLP([1, 1], activation=relu, rng=0), path)
    assert nn.load(path, [yours]).layers[0].activation is relu


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        (lambda z: z, "the activation <lambda> has no name to find it by .* define it with def"),
        (functools.partial(maximum, 0.0), "no name to find it by"),
        ([leaky, of_another(0.5)], "two activations are called leaky"),
    ],
)
def test_an_activation_that_could_not_be_found_again_is_refused_before_anything_is_written(
    path, activation, message
):
    net = nn.MLP([2, 3, 1], activation=activation, rng=0)
    with pytest.raises(ValueError, match=message):
        nn.save(net, path)
    assert not os.listdir(path.parent)


def test_two_activations_of_one_name_are_not_guessed_between(path):
    nn.save(nn.MLP([1, 1], activation=leaky, rng=0), path)
    with pytest.raises(ValueError, match="two activations are called leaky"):
        nn.load(path, [leaky, of_another(0.5)])
    assert nn.load(path, [leaky, leaky]).layers[0].activation is leaky


def test_an_activation_of_a_later_version_is_said_to_be_one(path, monkeypatch):
    with monkeypatch.context() as later:
        later.setitem(architectures.OURS, "autograd.swish", leaky)
        nn.save(nn.MLP([2, 1], activation=leaky, rng=0), path)
    with pytest.raises(ValueError, match=r"the activation autograd\.swish, which this version does not have"):
        nn.load(path, [leaky])


# -- written whole or not at all ------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError(28, "no space left on device"), KeyboardInterrupt()])
def test_an_error_while_saving_leaves_the_old_file(path, net, monkeypatch, error):
    def half(beside, arrays, text):
        beside.write_bytes(b"half of it")
        raise error

    nn.save(net, path)
    before = path.read_bytes()
    monkeypatch.setitem(archives.WRITE, path.suffix, half)
    with pytest.raises(type(error)):
        nn.save(nn.MLP([5, 5], rng=0), path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_a_disk_that_is_full_leaves_the_old_file(path, net):
    resource = pytest.importorskip("resource", reason="limits as on Unix")
    nn.save(net, path)
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(Exception, match="too large"):
            nn.save(nn.MLP([100, 100], rng=0), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.skipif(os.name != "posix", reason="rights as on Unix")
def test_a_saved_net_has_the_rights_of_any_new_file(path, net):
    plain = path.with_name("plain")
    plain.touch()
    nn.save(net, path)
    assert path.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("net.h5", ValueError, r"ends in \.npz or \.json or \.safetensors, not as 'net\.h5'"),
        ("net", ValueError, "not as 'net'"),
        (".npz", ValueError, r"not as '\.npz'"),
        ("missing/net.npz", FileNotFoundError, "there is no folder .*missing"),
        ("folder.npz", IsADirectoryError, r"folder\.npz: it is a folder"),
    ],
)
def test_a_path_that_cannot_be_is_refused(tmp_path, net, name, error, message):
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(error, match=message):
        nn.save(net, tmp_path / name)
    with pytest.raises(FileNotFoundError if error is IsADirectoryError else error):
        nn.load(tmp_path / name)
    assert os.listdir(tmp_path) == ["folder.npz"]


class Noisy(nn.MLP):
    """It would come back without its noise."""


@pytest.mark.parametrize("what", [{"W": [1.0]}, None, nn.MLP])
def test_what_is_no_module_is_refused(path, what):
    with pytest.raises(TypeError, match=rf"an nn\.Module, such as nn\.MLP, not {type(what).__name__}"):
        nn.save(what, path)
    assert not os.listdir(path.parent)


@pytest.mark.parametrize("make", [lambda **o: nn.Layer(2, 1, **o), lambda **o: Noisy([2, 1], **o)])
def test_another_module_comes_back_into_one_of_its_class(path, make):
    net, other = make(rng=0), make(rng=1)
    nn.save(net, path)
    with pytest.raises(TypeError, match=rf"a {type(net).__name__}: .* nn\.load\(path, into=net\)"):
        nn.load(path)
    with pytest.raises(TypeError, match=r"is given by name: nn\.load\('net\.\w+', into=net\)"):
        nn.load(path, other)
    assert nn.load(path, into=other) is other
    assert same_numbers(net, other)


@both_formats
def test_what_does_not_fit_into_a_net_leaves_it_as_it_was(tmp_path, suffix):
    path = nn.save(nn.MLP([2, 3, 1], rng=0), tmp_path / f"net{suffix}")
    net, again = nn.MLP([2, 1], rng=0), nn.MLP([2, 3, 1], dtype=np.float32, rng=1)
    with pytest.raises(ValueError, match=r"net\..* does not fit: .* not of MLP\(\[2, 1\].*unexpected"):
        nn.load(path, into=net)
    assert same_numbers(net, nn.MLP([2, 1], rng=0))
    nn.load(path, into=again)  # a file of an MLP fills another one too
    assert same_numbers(again, nn.MLP([2, 3, 1], dtype=np.float32, rng=0))
    with pytest.raises(TypeError, match=r"into is a net that gets the numbers, an nn\.Module, not"):
        nn.load(path, into=nn.MLP)


class Odd(nn.Module):
    """Names that zip archives, NumPy and the file itself use."""

    def __init__(self, **parts):
        vars(self).update(parts)


def test_names_and_types_of_every_kind_come_back(path):
    parts = {
        "file": Tensor([1.0, 2.0]),
        "allow_pickle": Value(3.0),
        "steps": np.array(7),
        "mask": np.array([True, False]),
        "scale": np.float32(0.5),
        "nested": {"a/b": [Tensor(np.float32([1.5]))], "empty": np.zeros((0, 3))},
    }
    net = Odd(**parts)
    fresh = Odd(**{name: copy.deepcopy(part) for name, part in parts.items()})
    fresh.load_state_dict({name: np.zeros_like(array) for name, array in net.state_dict().items()})
    assert not same_numbers(net, fresh)
    nn.load(nn.save(net, path), into=fresh)
    assert same_numbers(net, fresh)
    assert type(fresh.scale) is np.float32
    with pytest.raises(ValueError, match="an entry of its own called architecture: rename"):
        nn.save(Odd(architecture=Tensor([1.0])), path)


def test_the_numbers_of_a_module_cannot_be_exchanged(path):
    with np.load(nn.save(nn.Layer(2, 1, rng=0), path.with_suffix(".npz"))) as archive:
        entries = dict(archive)
    text = str(entries.pop("architecture"))
    for change in ({"W": entries["W"] + 1}, {"W": entries["W"][:, :1]}):
        archives.WRITE[path.suffix](path, entries | change, text)
        with pytest.raises(ValueError, match=r"is damaged, or no net that nn\.save wrote: it"):
            nn.load(path, into=nn.Layer(2, 1, rng=0))


def without_a_layer(net):
    net.layers.pop()


def without_a_bias(net):
    net.layers[1].b = None


def in_another_dtype(net):
    net.layers[1].W = Tensor(net.layers[1].W.data.astype(np.float32))


@pytest.mark.parametrize("change", [without_a_layer, without_a_bias, in_another_dtype])
def test_layers_that_are_no_mlp_any_more_are_refused_when_saved_not_when_loaded(path, change):
    net = nn.MLP([2, 3, 1], rng=0)
    change(net)
    with pytest.raises(ValueError, match=r"the layers of this net are no MLP\(\[2, 3, 1\]"):
        nn.save(net, path)
    assert not os.listdir(path.parent)


def test_a_row_that_was_defined_otherwise_is_not_taken_for_the_saved_one(tmp_path):
    def bend(k):
        return define(Row("bend", lambda x: k * math.sin(x), partials=f"{k} * cos(x)"))

    net = nn.MLP([2, 3, 1], activation=bend(2), rng=0)
    path = nn.save(net, tmp_path / "net.npz")
    assert nn.load(path)([1.0, 2.0]).item() == net([1.0, 2.0]).item()
    other = bend(3)
    with pytest.raises(ValueError, match=r"needs another 'bend'.*activations=\[bend\]"):
        nn.load(path)
    assert nn.load(path, activations=[other])([1.0, 2.0]).item() != net([1.0, 2.0]).item()
    bend(2)
    assert nn.load(path)([1.0, 2.0]).item() == net([1.0, 2.0]).item()


def test_an_mlp_of_other_activations_does_not_get_the_numbers(tmp_path):
    net, other = nn.MLP([2, 3, 1], rng=0), nn.MLP([2, 3, 1], activation=autograd.relu, rng=1)
    path = nn.save(net, tmp_path / "net.npz")
    before = other.state_dict()
    with pytest.raises(ValueError, match=r"sigmoid.* this net .*relu.*; nn\.load\(path\) makes"):
        nn.load(path, into=other)
    assert all(np.array_equal(before[name], x) for name, x in other.state_dict().items())
    same = nn.load(path, into=nn.MLP([2, 3, 1], rng=1))
    assert same([0.5, 0.1]).item() == net([0.5, 0.1]).item() == nn.load(path)([0.5, 0.1]).item()


def test_ctrl_c_at_the_opening_of_an_entry_is_passed_on(tmp_path, monkeypatch):
    path, open_entry = nn.save(nn.MLP([2, 1], rng=0), tmp_path / "net.npz"), zipfile.ZipFile.open
    before, entries = path.read_bytes(), []

    def interrupted(archive, *args, **options):
        entries.append(open_entry(archive, *args, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipFile, "open", interrupted)
    with pytest.raises(KeyboardInterrupt):
        nn.save(nn.MLP([2, 1], rng=1), path)
    entries[0].close()
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [before]
