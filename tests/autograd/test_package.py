"""The face of the package: its names, and the warning about its namesake."""

import doctest
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd._functions.plain_results import PLAIN
from autograd._support.numpy_functions import public_name
from autograd._table.define import rows
from autograd._table.readings import NUMPY

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


# NumPy's functions that take Tensors and have no public name here, and why.
NOT_PUBLIC = {
    np.matmul: "the operator @",
    np.positive: "the operator +",
    np.conjugate: "real numbers are their own conjugates",
    np.copy: "the method x.copy(), and Python's copy.copy",
    np.round: "Python's own round, and the method x.round()",
    np.around: "another name of numpy.round",
    np.linalg.cross: "autograd.cross",
    np.linalg.diagonal: "autograd.diagonal, with axis1=-2 and axis2=-1",
    np.linalg.matmul: "the operator @",
    np.linalg.matrix_transpose: "autograd.matrix_transpose",
    np.linalg.tensordot: "autograd.tensordot",
    np.linalg.trace: "autograd.trace, with axis1=-2 and axis2=-1",
}


def test_every_counterpart_of_a_function_of_numpys_is_public():
    missing = set()
    for function in NUMPY:
        name = public_name(function)
        if function in PLAIN or not name.startswith("numpy."):
            continue
        module = autograd.linalg if name.startswith("numpy.linalg.") else autograd
        ufuncs = set() if module is autograd.linalg else autograd._numpy_names()
        if function.__name__ not in (*module.__all__, *ufuncs):
            missing.add(function)
    assert missing == set(NOT_PUBLIC)
    of_linalg = {f.__name__ for f in NOT_PUBLIC if public_name(f).startswith("numpy.linalg.")}
    assert not of_linalg & set(dir(autograd.linalg))  # nor a function of that name with other axes


@pytest.mark.parametrize("row", [r for r in rows() if r.public], ids=lambda r: r.name)
def test_the_example_of_a_row_runs(row):
    example = doctest.DocTestParser().get_doctest(row.__doc__, {}, row.name, None, None)
    assert len(example.examples) == 2
    output = []
    assert doctest.DocTestRunner(verbose=False).run(example, out=output.append).failed == 0, "".join(output)


def test_a_star_import_brings_them_all():
    names = {}
    exec("from autograd import *", names)
    assert set(NAMES) <= set(names)


@pytest.mark.parametrize("folder", ["autograd-1.9.dist-info", "autograd-1.9-py3.11.egg-info"])
def test_hips_autograd_in_the_same_environment_is_warned_of(folder, monkeypatch, tmp_path):
    (tmp_path / folder).mkdir()
    monkeypatch.setattr(sys, "path", ["nowhere", str(tmp_path)])
    with pytest.warns(UserWarning, match=r"chainrule and autograd 1\.9 \(HIPS\).*separate environments"):
        autograd._warn_of_namesake()


def test_alone_there_is_no_warning(monkeypatch, tmp_path):
    for folder in ("chainrule-1.0.dist-info", "autograd_gamma-1.0.dist-info", "autograd"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(sys, "path", ["nowhere", str(tmp_path)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        autograd._warn_of_namesake()


def test_what_importing_the_engine_loads_is_not_more_than_recording_needs():
    code = (
        "import sys, numpy; before = {*sys.modules}; import autograd; "
        "print(*({*sys.modules} - before)); autograd.Program, autograd.compile"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(autograd.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ended.stdout.split())
    assert "autograd._derivatives.transforms" in loaded
    compiler = {name for name in loaded if name.startswith("autograd._compiler.")}
    assert compiler == {"autograd._compiler.row_calls"}
    assert not loaded & {"pathlib", "subprocess", "hashlib", "locale", "tempfile", "importlib.metadata"}
