"""``chainrule info``: versions, optional parts and the machine, as text for a question or a report."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import numpy as np

import chainrule
from autograd._compiler.loops.native.compilers import commands
from autograd._support.process.threads import numpys_libraries

__all__ = ["main"]

FOR_DEVELOPERS = {"test", "dev", "docs", "portable", "all"}  # groups of optional packages that are not listed
SECONDS = 20  # for a compiler to tell its version


def main(arguments: Sequence[str], prog: str) -> int:
    """Print what is known here, and give the exit code."""
    argparse.ArgumentParser(
        prog=prog,
        description="List versions, optional parts with the commands that install the missing ones, and "
        "what the machine has: text for a question or a report.",
    ).parse_args(arguments)
    rows = [("chainrule", f"{chainrule.__version__}, in {Path(chainrule.__file__).parent}")]
    rows += [
        ("Python", f"{platform.python_version()} ({platform.python_implementation()}), {sys.executable}")
    ]
    rows += [("system", f"{platform.platform()}")]
    rows += [("NumPy", f"{np.__version__}, {_products()}")]
    rows += [("processors", f"{_processors()}")]
    rows += [("C compiler", next(_compilers(), 'none: pip install "chainrule[native]" brings one'))]
    rows += [("Graphviz", _graphviz())]
    _print(rows)
    print()
    _print(_packages())
    if (namesake := _version("autograd")) is not None:
        print(f"\nautograd {namesake} (HIPS) is installed too, under the import name of chainrule's engine.")
        print("Keep the two in separate environments.")
    return 0


def _print(rows: Sequence[tuple[str, str]]) -> None:
    width = max(len(name) for name, _ in rows) + 2
    for name, words in rows:
        print(f"{name:<{width}}{words}")


def _products() -> str:
    """The library of matrix products, and its threads."""
    libraries = numpys_libraries()
    if not libraries:
        return "whose library of matrix products is not known"
    return ", ".join(f"{x.internal_api} {x.version} on {x.get_num_threads()} threads" for x in libraries)


def _processors() -> str:
    """How many there are, and how many this process may use."""
    total = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else total
    limits = [f"{name}={os.environ[name]}" for name in sorted(os.environ) if name.endswith("_NUM_THREADS")]
    return ", ".join([str(total), *([f"{usable} of them for this process"] * (usable != total)), *limits])


def _compilers() -> Iterator[str]:
    """The C compilers that compiled programs would try, in order."""
    for command in commands():
        try:
            told = subprocess.run(
                [*command, "--version"], capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        first = told.stdout.partition("\n")[0].strip()
        yield f"{first or 'of unknown version'}, {shlex.join(command)}"


def _graphviz() -> str:
    if (dot := shutil.which("dot")) is not None:
        told = subprocess.run([dot, "-V"], capture_output=True, text=True, check=False)
        return f"{(told.stderr or told.stdout).strip()}, {dot}"
    if _version("pygraphviz") is not None:
        return "in the package pygraphviz"
    return 'none: pip install "chainrule[drawings]" brings it'


def _packages() -> list[tuple[str, str]]:
    """The packages of the library and of each optional part, with their versions.

    What is missing stands with the command that installs it.
    """
    try:
        requirements = requires("chainrule") or []
    except PackageNotFoundError:
        return [("packages", "not known, as chainrule is not installed here: pip install . in its folder")]
    groups: dict[str, list[str]] = {}
    for requirement in requirements:
        name = re.match(r"[\w.-]+", requirement)
        group = re.search(r"extra == [\"']([\w.-]+)[\"']", requirement)
        if name is not None and name[0] != "chainrule":
            groups.setdefault(group[1] if group else "", []).append(name[0])
    return [
        (group or "needed", _listed(names, group))
        for group, names in groups.items()
        if group not in FOR_DEVELOPERS
    ]


def _listed(names: Sequence[str], group: str) -> str:
    versions = {name: _version(name) for name in names}
    there = ", ".join(f"{name} {number}" for name, number in versions.items() if number is not None)
    missing = [name for name, number in versions.items() if number is None]
    if not missing:
        return there
    command = f'pip install "chainrule[{group}]"' if group else f"pip install {' '.join(missing)}"
    return f"{there}{'; ' if there else ''}missing {', '.join(missing)}: {command}"


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
