"""Files with the state of a training: damage, forgery, versions."""

import copy
import functools
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net_files import FORMATS

import nn
from nn._nets.files import archives
from nn._nets.files.architectures import sha256

X, Y = np.eye(2), np.eye(2)[:, :1]


def parts():
    net = nn.MLP([2, 1], rng=0)
    return net, nn.Adam(net.parameters(), 0.1), np.random.default_rng(1)


def trained(path):
    net, adam, rng = parts()
    nn.fit(net, X, Y, optimizer=adam, epochs=2, batch_size=1, rng=rng, progress=False, resume=path)
    return net, adam, rng


def states(net, adam, rng):
    """The states of all as text that tells every bit."""
    arrays = {name: array.tobytes() for name, array in net.state_dict().items()}
    return repr((arrays, adam.state_dict(), rng.bit_generator.state))


def resumed(path, parts):
    net, adam, rng = parts
    return nn.fit(net, X, Y, optimizer=adam, epochs=2, batch_size=1, rng=rng, progress=False, resume=path)


@functools.cache
def content_of_a_run(suffix):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"run{suffix}"
        return states(*trained(path)), path.read_bytes()


@settings(max_examples=60)
@given(st.data())
def test_damage_of_any_kind_is_refused_or_harmless(data):
    suffix = data.draw(st.sampled_from(FORMATS))
    whole, content = content_of_a_run(suffix)
    places = st.integers(0, 8000)
    for _ in range(data.draw(st.integers(1, 2))):
        start, end = sorted((data.draw(places), data.draw(places)))
        patch = data.draw(st.binary(max_size=9) | st.just(content[start:end] * 2))
        content = content[:start] + patch + content[end:]
    new = parts()
    before = states(*new)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"run{suffix}"
        path.write_bytes(content)
        message = ""
        try:
            nn.load(path, into=new[0], optimizer=new[1], rng=new[2])
        except ValueError as error:
            message = str(error)
    assert states(*new) == (before if message else whole)
    assert not message or str(path) in message


def forge(path, change):
    """The file of a run with other contents, and the digest that belongs to them."""
    found, text = archives.READ[path.suffix](path)
    architecture, arrays = json.loads(text), dict(found)
    del architecture["sha256"]
    change(architecture["training"], arrays)
    text = json.dumps(architecture | {"sha256": sha256(architecture, arrays)})
    archives.WRITE[path.suffix](path, arrays, text)


def put(*keys, value):
    def change(training, arrays):
        *way, last = keys
        for key in way:
            training = training[key]
        training[last] = value

    return change


def without(*keys):
    def change(training, arrays):
        *way, last = keys
        for key in way:
            training = training[key]
        del training[last]

    return change


FORGERIES = {
    "no optimizer": put("optimizer", value=None),
    "a text": put("optimizer", value="Adam"),
    "no steps": without("optimizer", "steps"),
    "steps of a fraction": put("optimizer", "steps", value=1.5),
    "no memory": put("optimizer", "memory", value=3),
    "an empty memory": put("optimizer", "memory", value={}),
    "texts in the memory": put("optimizer", "memory", "t", value=["a", "b"]),
    "another length": put("optimizer", "memory", "t", value=[1]),
    "an array of another shape": lambda training, arrays: arrays.update(
        {training["optimizer"]["memory"]["m"][0]["$array"]: np.ones(3)}
    ),
    "places twice": put("optimizer", "places", value=[0, 0]),
    "a place too far": put("optimizer", "places", value=[0, 2]),
    "a setting out of range": put("optimizer", "settings", "beta1", value=2.0),
    "a setting more": put("optimizer", "settings", "beta3", value=0.5),
    "a rate below 0": put("optimizer", "settings", "lr", value=-1.0),
    "an array that is not there": put("optimizer", "memory", "t", value={"$array": "training/99"}),
    "no generators": without("generators"),
    "a generator of the net": put("generators", value={"rng": {}}),
    "no generator": put("rng", value=None),
    "a generator of texts": put("rng", "state", value={"state": "a", "inc": "b"}),
    "a generator beyond its size": put("rng", "state", "state", value=1 << 200),
}
OF_RUNS = {
    "no run": put("run", value=3),
    "a history of texts": put("run", "history", value="good"),
    "a history of another format": put("run", "history", "format", value="chainrule history 9"),
    "no callbacks": put("run", "callbacks", value=[1]),
    "no examples": put("run", "examples", value=[]),
}


@pytest.mark.parametrize("forgery", [*FORGERIES, *OF_RUNS])
def test_a_forged_state_is_told_and_nothing_is_changed(forgery, tmp_path):
    path, new = tmp_path / "run.npz", parts()
    trained(path)
    forge(path, (FORGERIES | OF_RUNS)[forgery])
    before = states(*new)
    if forgery in FORGERIES:
        with pytest.raises(ValueError, match=r"run\.npz"):
            nn.load(path, into=new[0], optimizer=new[1], rng=new[2])
        assert states(*new) == before
    with pytest.raises(ValueError, match=r"run\.npz"):
        resumed(path, new)
    assert states(*new) == before


def test_a_forgery_with_nothing_wrong_is_read(tmp_path):
    path, new = tmp_path / "run.npz", parts()
    trained(path)
    forge(path, lambda training, arrays: None)
    assert len(resumed(path, new)) == 2


def test_files_with_a_training_have_a_format_of_their_own_and_others_the_old(tmp_path):
    net, adam, _ = parts()
    formats = {}
    for name, module in (("net", net), ("state", nn.Sequential(nn.Layer(2, 1, rng=0)))):
        for optimizer in (None, nn.SGD(module.parameters(), 0.1)):
            path = nn.save(module, tmp_path / "net.npz", optimizer=optimizer)
            formats[name, optimizer is not None] = json.loads(archives.READ[".npz"](path)[1])["format"]
    assert formats == {
        ("net", False): "chainrule net 1",
        ("net", True): "chainrule net 2",
        ("state", False): "chainrule state 1",
        ("state", True): "chainrule state 2",
    }
    assert copy.copy(adam).steps == 0


def test_names_of_a_net_that_are_those_of_a_training_are_told(tmp_path):
    class Odd(nn.Module):
        def __init__(self):
            self.parts = {"W": nn.Layer(2, 1, rng=0).W}
            vars(self)["training/0"] = np.zeros(2)

    net = Odd()
    sgd = nn.SGD(net.parameters(), 0.1)
    with pytest.raises(ValueError, match="entries of its own called training/0: rename that attribute"):
        nn.save(net, tmp_path / "net.npz", optimizer=sgd)
    assert nn.load(nn.save(net, tmp_path / "net.npz"), into=Odd()).parts["W"] is not None


@pytest.mark.parametrize("state", [{1: 2.0}, {"velocity": {"$array": "training/0"}}])
def test_a_state_whose_keys_would_not_come_back_is_refused(state, tmp_path):
    class Descent(nn.SGD):
        def state_dict(self):
            return state

    net = parts()[0]
    with pytest.raises(TypeError, match=r"has texts for keys, other than '\$array', and not (1|'\$array')"):
        nn.save(net, tmp_path / "run.npz", optimizer=Descent(net.parameters(), 0.1))
    assert not any(tmp_path.iterdir())
