"""The environment of the peers: its creation, its installed packages and their versions."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import venv
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["HOME", "PEERS", "install", "installed", "interpreter", "options", "versions"]

HOME = Path(__file__).parent / ".peers"

# Requirements for pip, by the name of the distribution.
PEERS = {
    "numpy": "numpy>=2.0",
    "micrograd": "micrograd==0.1.0",
    "xad": "xad",
    "torch": "torch==2.13.0",
    "autograd": "autograd",  # HIPS autograd
    "jax": "jax",
    "casadi": "casadi",
    "mpmath": "mpmath",  # the derivatives that checkers are asked about
    "scipy": "scipy>=1.15",  # the first with scipy.differentiate
    "numdifftools": "numdifftools",
    "fdm": "fdm",
}

_ASK = """
import importlib.metadata, json, platform, sys
found = {"Python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


def interpreter(home: Path) -> Path:
    """The Python of the environment in a folder."""
    return home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def install(home: Path, names: Sequence[str]) -> None:
    """Make the environment if it is not there, and install peers into it, one by one.

    A peer that cannot be installed is reported and left out.
    """
    if not interpreter(home).exists():
        venv.create(home, with_pip=True)
    for name in names:
        process = subprocess.run([str(interpreter(home)), "-m", "pip", "install", PEERS[name]], check=False)
        if process.returncode:
            print(f"{PEERS[name]} could not be installed and is left out", file=sys.stderr)


def versions(python: Path | str) -> dict[str, str]:
    """The versions of an interpreter and of its peers; empty if there is no such interpreter."""
    try:
        process = subprocess.run(
            [str(python), "-I", "-c", _ASK, *PEERS], capture_output=True, text=True, check=True
        )
    except OSError:
        return {}
    versions_by_name: dict[str, str] = json.loads(process.stdout)
    return versions_by_name


def options(names: Iterable[str]) -> argparse.ArgumentParser:
    """The options of a command that needs peers, for its parser: ``parents=[options(names)]``."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--peers", type=Path, default=HOME, help="folder of the peers' environment")
    parser.add_argument("--install", action="store_true", help="first make it, and install the peers there")
    parser.add_argument(
        "--peer",
        action="append",
        choices=list(names),
        help="only this one; may be given again (default: all)",
    )
    return parser


def installed(home: Path, names: Sequence[str], first_install: bool) -> dict[str, str]:
    """The versions of the peers among `names` that an environment has, and of its Python under ``Python``.

    An environment that is not there has none, which is reported.
    """
    if first_install:
        install(home, names)
    there = versions(interpreter(home))
    if not there:
        print("the peers are not installed; --install does it", file=sys.stderr)
    return {name: there[name] for name in ("Python", *names) if name in there}
