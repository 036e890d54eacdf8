"""``chainrule info``: what is here, and the command for each part that is not."""

import platform
from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest

import chainrule
from chainrule import _info
from chainrule.__main__ import main

REQUIREMENTS = [
    "numpy>=2.0",
    "graphviz>=0.20.3",
    "pygraphviz>=2.0; extra == 'drawings'",
    'resvg-py>=0.5; extra == "drawings"',
    'chainrule[plots]; extra == "lectures"',
    'matplotlib>=3.9; extra == "plots"',
    'ruff>=0.12; extra == "dev"',
]


@pytest.fixture
def installed(monkeypatch):
    """The versions of packages that are installed, in place of those of this environment."""
    versions = {}

    def version(name):
        if name not in versions:
            raise PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(_info, "requires", lambda name: REQUIREMENTS)
    monkeypatch.setattr(_info, "version", version)
    monkeypatch.setattr(_info.shutil, "which", lambda name: None)
    monkeypatch.setattr(_info, "commands", lambda: iter(()))
    return versions


def told(capsys):
    assert main(["info"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.isascii()
    return dict(line.split(maxsplit=1) for line in out.splitlines() if line)


def test_versions_are_told_and_each_missing_part_has_its_command(installed, capsys):
    installed.update({"numpy": "2.1", "resvg-py": "0.5", "matplotlib": "3.9"})
    rows = told(capsys)
    assert rows["chainrule"].startswith(f"{chainrule.__version__}, in ")
    assert rows["Python"].startswith(platform.python_version())
    assert rows["NumPy"].startswith(np.__version__)
    assert rows["needed"] == "numpy 2.1; missing graphviz: pip install graphviz"
    assert rows["drawings"] == 'resvg-py 0.5; missing pygraphviz: pip install "chainrule[drawings]"'
    assert rows["plots"] == "matplotlib 3.9"
    assert "dev" not in rows
    assert rows["Graphviz"] == 'none: pip install "chainrule[drawings]" brings it'
    assert "autograd" not in rows


def test_a_namesake_of_the_engine_is_told(installed, capsys):
    installed.update({"pygraphviz": "2.0", "autograd": "1.8.0"})
    rows = told(capsys)
    assert rows["Graphviz"] == "in the package pygraphviz"
    assert rows["autograd"].startswith("1.8.0 (HIPS) is installed too")


def test_the_compiler_is_the_first_that_answers(monkeypatch):
    missing = ("/no/such/compiler",), ("python", "--nonsense")
    monkeypatch.setattr(_info, "commands", lambda: iter(missing[:1]))
    assert not list(_info._compilers())
    monkeypatch.setattr(_info, "commands", lambda: iter([*missing[:1], (_info.sys.executable,)]))
    (line,) = _info._compilers()
    assert line == f"Python {platform.python_version()}, {_info.sys.executable}"


def test_without_an_installation_there_is_a_sentence(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(_info, "requires", missing)
    ((_, words),) = _info._packages()
    assert "pip install ." in words
