"""The lectures run from end to end, and print what the engine found."""

import math

import numpy as np
import pytest

import viz
from demos import __main__, chain, digits


@pytest.fixture
def quick(monkeypatch):
    """A fraction of the digits, and no picture."""
    monkeypatch.setattr(digits, "TRAINING", 300)
    monkeypatch.setattr(digits, "HELD_OUT", 50)


@pytest.fixture
def unpictured(monkeypatch):
    monkeypatch.setattr(viz, "draw_chain", lambda cost: cost)
    monkeypatch.setattr(viz, "render", lambda drawing, path: path.write_text(f"{drawing}"))


def test_every_lecture_runs(quick, unpictured, tmp_path, capsys):
    __main__.main(["--out", str(tmp_path / "lectures"), "--epochs", "2"])
    printed = capsys.readouterr().out
    assert "13,002 parameters" in printed
    assert "drawn here" in printed
    assert "trained, it gets" in printed
    assert sorted(path.name for path in (tmp_path / "lectures").iterdir()) == ["chain.png", "chain.svg"]
    rows = [line.split()[0] for line in printed.partition("seconds\n")[2].splitlines()[:2]]
    assert rows == ["1", "2"]


def test_the_picture_of_the_chain(tmp_path, capsys):
    chain.run(tmp_path)
    assert (tmp_path / "chain.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "chain.svg").read_text()


def test_the_factors_of_the_chain_rule():
    net, C = chain.build()
    C.backward()
    factors = [p.number for p in chain.factors(C, ["w^{(3)}", "z^{(3)}", "a^{(3)}", "C_0"])]
    by_name = {node.label: node.data for node in chain.topological_order(C) if node.label}
    a, z = by_name["a^{(3)}"], by_name["z^{(3)}"]
    slope = math.exp(-z) / (1 + math.exp(-z)) ** 2
    assert factors == pytest.approx([by_name["a^{(2)}"], slope, 2 * (a - by_name["y"])], abs=1e-14)
    assert math.prod(factors) == pytest.approx(net.layers[2].W[0, 0].grad, abs=1e-14)
    assert f"{a:.2f}" == "0.66"  # the slide's


def test_differences_agree_for_every_parameter_and_leave_it_as_it_was():
    net, C = chain.build()
    C.backward()
    for parameter in net.parameters():
        before = parameter.data
        assert chain.numeric(net, parameter) == pytest.approx(parameter.grad, abs=1e-9)
        assert parameter.data == before


def test_the_chain_is_labelled_from_end_to_end():
    _, C = chain.build()
    labels = {node.label for node in chain.topological_order(C)}
    each = {f"{kind}^{{({layer})}}" for kind in "wbza" for layer in (1, 2, 3)}
    assert labels - {None} == each | {"a^{(0)}", "y", "C_0"}


def test_mnist_files_are_used_where_they_are_given(unpictured, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(digits, "MNIST_HELD_OUT", 20)
    rng = np.random.default_rng(0)
    images, labels = rng.integers(256, size=(80, 28, 28)), rng.integers(10, size=80)
    for array, name in ((images, "images-idx3"), (labels, "labels-idx1")):
        header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
        (tmp_path / f"train-{name}-ubyte").write_bytes(header + array.astype(np.uint8).tobytes())
    __main__.main(["--data", str(tmp_path), "--out", str(tmp_path), "--epochs", "1"])
    assert "60 images of MNIST" in capsys.readouterr().out
    monkeypatch.setattr(digits, "MNIST_HELD_OUT", 80)
    with pytest.raises(ValueError, match="80 training images; the last 80"):
        digits.load(tmp_path)


def test_held_out_digits_are_not_trained_with(quick):
    training, held_out, _ = digits.load(None)
    assert (len(training), len(held_out)) == (300, 50)
    assert len(np.unique(np.concatenate([training.images, held_out.images]), axis=0)) == 350


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "must be 1 or more, not 0"),
        (["--epochs", "many"], "invalid"),
        (["--data", "nowhere"], "there is no folder nowhere"),
    ],
)
def test_bad_arguments_are_refused_before_anything_runs(arguments, message, capsys):
    with pytest.raises(SystemExit):
        __main__.main(arguments)
    out, err = capsys.readouterr()
    assert message in err
    assert out == ""
