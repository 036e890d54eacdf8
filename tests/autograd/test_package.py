"""The face of the package: its names, and the warning about its namesake."""

import warnings
from importlib import metadata

import pytest

import autograd

# fmt: off
NAMES = [  # the public names, in reading order
    "Value", "Tensor", "no_grad", "detect_anomaly", "DomainError",
    "exp", "expm1", "log", "log1p", "sqrt", "square", "sin", "cos", "tan", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "sigmoid", "relu", "softplus", "abs", "maximum", "minimum", "where", "erf",
    "dot", "sum", "mean", "max", "logsumexp", "softmax", "concatenate", "stack",
    "grad", "value_and_grad", "jvp", "vjp", "jacobian", "hessian", "hvp", "gradcheck",
]
# fmt: on


@pytest.mark.parametrize("name", NAMES)
def test_public_names(name):
    assert callable(getattr(autograd, name))
    assert name in autograd.__all__
    assert name in dir(autograd)
    assert getattr(autograd, name).__doc__


def test_every_public_name_is_documented():
    assert len(set(autograd.__all__)) == len(autograd.__all__)
    for name in autograd.__all__:
        assert callable(getattr(autograd, name))
        assert getattr(autograd, name).__doc__
    assert {"min", "prod", "var", "cumsum", "clip", "sort", "argmax"} <= set(autograd.__all__)


def test_a_star_import_brings_them_all():
    names = {}
    exec("from autograd import *", names)
    assert set(NAMES) <= set(names)


def test_hips_autograd_in_the_same_environment_is_warned_of(monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "1.9")
    with pytest.warns(UserWarning, match=r"chainrule and autograd 1\.9 \(HIPS\).*separate environments"):
        autograd._warn_of_namesake()


def test_alone_there_is_no_warning(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        autograd._warn_of_namesake()
