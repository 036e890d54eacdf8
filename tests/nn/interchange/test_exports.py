"""A net as C and as ONNX computes what the net does, or is refused with the reason."""

import ctypes
import os
import shutil
import subprocess

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, log, relu, softmax, sqrt, tanh

COMPILER = shutil.which("gcc") or shutil.which("clang")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler (gcc, clang)")
WARNINGS = "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Wmissing-prototypes", "-Werror"


class Norm(nn.Module):
    def __init__(self, width):
        self.gain, self.mean, self.variance = (
            Tensor(np.full(width, 1.5)),
            np.full(width, 0.3),
            np.full(width, 2.0),
        )

    def __call__(self, x):
        return self.gain * (x - self.mean) / sqrt(self.variance + 1e-5)


class Dropout(nn.Module):
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __call__(self, x):
        return x * (self.rng.random(x.shape) > 0.5) if self.training else x


class Windows(nn.Module):
    """A convolution of images, and the largest of each 2 x 2."""

    def __init__(self):
        self.W = Tensor(np.random.default_rng(0).normal(size=(2, 2, 1, 3)))

    def __call__(self, x):
        z = sum(x[:, i : i + 4, j : j + 4] @ self.W[i, j] for i in range(2) for j in range(2))
        return z.reshape(len(x), 2, 2, 2, 2, 3).max(axis=(2, 4))


def small(**options):
    net = nn.MLP([3, 4, 2], rng=0, **options)
    net.layers[0].b = [0.1, -0.2, 0.3, 0.4]
    return net


NETS = {
    "tensors": small,
    "float32": lambda: small(dtype="float32", activation=tanh),
    "values": lambda: small(node=Value, activation=relu),
    "softmax": lambda: small(output_activation=softmax),
    "neuron": lambda: nn.Neuron(3, rng=0),
    "modes": lambda: nn.Sequential(nn.Layer(3, 4, rng=0), Norm(4), Dropout(), nn.Layer(4, 2, rng=1)).train(),
    "images": lambda: nn.Sequential(Windows(), lambda a: a.reshape(len(a), -1), nn.Layer(12, 2, rng=0)),
}
every_net = pytest.mark.parametrize("kind", NETS)


def examples(kind):
    return np.random.default_rng(1).normal(size=(5, 5, 5, 1) if kind == "images" else (5, 3))


def evaluated(net, X):
    mode = net.training
    expected = net.eval()(X)
    net.train(mode)
    return expected.data if isinstance(expected, Tensor) else np.asarray(expected, float)


@needs_compiler
@every_net
def test_c_without_warnings_computes_what_the_net_does(tmp_path, kind):
    net, X = NETS[kind](), examples(kind)
    X = X.astype(np.float32) if kind == "float32" else X
    expected, mode = evaluated(net, X), net.training
    source = nn.to_c(net, tmp_path / "model.c", X=X)
    assert net.training is mode
    assert (tmp_path / "model.c").read_text(encoding="utf-8") == source
    assert "malloc" not in source
    library = tmp_path / "model.so"
    command = [
        COMPILER,
        "-std=c99",
        *WARNINGS,
        "-shared",
        "-fPIC",
        "-o",
        library,
        tmp_path / "model.c",
        "-lm",
    ]
    subprocess.run(command, check=True)
    run = ctypes.CDLL(str(library)).model
    run.restype = None
    for x, y in zip(X, expected, strict=True):
        results = np.full(np.shape(y), np.nan, X.dtype)
        run(*(np.ascontiguousarray(a).ctypes.data_as(ctypes.c_void_p) for a in (x, results)))
        np.testing.assert_allclose(results, y, rtol=1e-5 if kind == "float32" else 1e-13, atol=1e-15)


@every_net
def test_onnx_takes_a_batch_of_any_size_and_has_weights_by_their_names(tmp_path, kind):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    net, X = NETS[kind](), examples(kind)
    X = X.astype(np.float32) if kind == "float32" else X
    model = nn.to_onnx(net, tmp_path / "net.onnx", X=X[:2])
    session = runtime.InferenceSession(tmp_path / "net.onnx")
    for n in (1, 5):
        (results,) = session.run(None, {"X": X[:n]})
        np.testing.assert_allclose(results, evaluated(net, X[:n]), rtol=1e-5 if kind == "float32" else 1e-13)
    numbers = {of.name: of for of in model.graph.initializer}
    if kind in ("tensors", "float32", "values", "softmax"):
        state = net.state_dict()
        assert state.keys() <= numbers.keys()
        for name, array in state.items():
            assert tuple(numbers[name].dims) == array.shape


class Branch(nn.Module):
    def __init__(self):
        self.w = Tensor(np.ones(3))

    def __call__(self, x):
        return self.w * x if x.sum() > 0 else -self.w * x


class Noise(Branch):
    def __init__(self):
        super().__init__()
        self.rng = np.random.default_rng(0)

    def __call__(self, x):
        return self.w * x + self.rng.normal(size=x.shape)


class Batch(Branch):
    def __call__(self, x):
        return self.w * (x - x.mean(axis=0))


class Total(Branch):
    def __call__(self, x):
        return (self.w * x).sum()


class Logarithm(nn.Module):
    def __init__(self):
        self.w = Value(1.0)

    def __call__(self, x):
        return np.array([[log(self.w * v) for v in row] for row in x])


@pytest.mark.parametrize(
    ("net", "error", "message"),
    [
        (Branch(), NotImplementedError, r"looks at a number, as an `if` does \(test_exports\.py, line \d+\)"),
        (Noise(), NotImplementedError, "draws random numbers"),
        (Batch(), NotImplementedError, "one example on another"),
        (Total(), NotImplementedError, r"gave shape \(\) for one example"),
        (Logarithm(), ValueError, "undefined for an example, log"),
        (relu, TypeError, r"takes an nn\.Module, not .*; nn\.Sequential\(f\) makes one"),
    ],
)
def test_a_net_that_no_program_computes_is_refused_and_nothing_is_written(tmp_path, net, error, message):
    with pytest.raises(error, match=message):
        nn.to_c(net, tmp_path / "net.c", X=[[-1.0, 2.0, 3.0], [4.0, -9.0, 1.0]])
    assert os.listdir(tmp_path) == []


def test_other_examples_are_taken_where_a_net_is_undefined_for_one():
    assert "log" in nn.to_c(Logarithm(), X=np.ones((2, 3)))  # as the error says


def test_noise_is_drawn_again_after_a_refusal():
    net = Noise()
    with pytest.raises(NotImplementedError):
        nn.to_c(net, X=np.ones((2, 3)))
    assert net.rng.normal() == np.random.default_rng(0).normal()


@pytest.mark.parametrize(
    ("path", "options", "error", "message"),
    [
        ("net.cpp", {}, ValueError, r"ends in \.c or \.h, not as 'net\.cpp'"),
        ("no/net.c", {}, FileNotFoundError, "there is no folder"),
        ("my-net.c", {}, ValueError, "'my-net' is not an identifier of C"),
        ("net.c", {"name": "exp"}, ValueError, "'exp' is not an identifier of C"),
        ("net.c", {"X": [1.0, 2.0]}, ValueError, r"shape \(2,\), expected examples \(n, …\)"),
    ],
)
def test_paths_names_and_examples_are_checked(tmp_path, path, options, error, message):
    with pytest.raises(error, match=message):
        nn.to_c(small(), tmp_path / path, **options)
    assert os.listdir(tmp_path) == []


def test_examples_are_needed_where_no_layer_tells_the_width():
    with pytest.raises(ValueError, match=r"nn\.to_c\(net, …, X=examples\)"):
        nn.to_c(Batch())
    assert "void net(" in nn.to_c(nn.Sequential(relu), X=[[1.0, 2.0]])
