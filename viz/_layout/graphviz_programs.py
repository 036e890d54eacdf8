"""Graphviz: the system's ``dot``, or the copy in the pygraphviz wheel."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

__all__ = ["NoGraphviz", "NoPackage", "graphviz_output"]

OPTIONAL = "pygraphviz", "resvg_py"  # the packages of the optional group drawings


class NoPackage(RuntimeError):
    """A package of this project's that is not installed; its message reads as those of `_support.extras`.

    >>> print(NoPackage("an animation", "ziamath"))
    an animation needs ziamath: pip install ziamath
    >>> print(NoPackage("a typeset png", "resvg_py"))
    a typeset png needs resvg_py: pip install "chainrule[drawings]"
    """

    def __init__(self, purpose: str, package: str, more: str = "") -> None:
        wanted = '"chainrule[drawings]"' if package in OPTIONAL else package
        super().__init__(f"{purpose} needs {package}: pip install {wanted}{more}")


class NoGraphviz(RuntimeError):
    """No Graphviz is installed, or none could draw."""


def graphviz_output(source: str, form: str, dpi: float = 72) -> bytes:
    """Graphviz's output for a DOT text.

    Raises:
        NoGraphviz: when no Graphviz is installed, with the command that installs one; or when it failed.

    >>> graphviz_output("digraph { a -> b }", "svg")[:5]
    b'<?xml'
    """
    failures: list[str] = []
    for name, program in PROGRAMS.items():
        try:
            data = program(source, form, dpi)
        except _Missing:
            continue
        except (OSError, RuntimeError, ValueError) as error:
            failures.append(f"{name}: {error}")
            continue
        if data:
            return data
        failures.append(f"{name}: it drew nothing")
    if failures:
        raise NoGraphviz(f"could not draw this as {form}. " + " ".join(failures))
    either = " (its wheel brings Graphviz), or a 'dot' program: https://graphviz.org/download/"
    raise NoGraphviz(str(NoPackage("a drawing", "pygraphviz", either)))


class _Missing(Exception):
    """A program that is not installed."""


def _system(source: str, form: str, dpi: float) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise _Missing
    result = subprocess.run(
        [program, f"-T{form}", f"-Gdpi={dpi}"], input=source.encode("utf-8"), capture_output=True, check=False
    )
    if result.returncode:
        raise RuntimeError(
            result.stderr.decode("utf-8", "replace").strip() or f"exit status {result.returncode}"
        )
    return result.stdout


def _bundled(source: str, form: str, dpi: float) -> bytes:
    try:
        import pygraphviz
    except ImportError:
        raise _Missing from None
    graph = pygraphviz.AGraph(string=source)
    graph.graph_attr["dpi"] = str(dpi)
    data = graph.draw(format=form, prog="dot")
    return data if isinstance(data, bytes) else data.encode("utf-8")


PROGRAMS: dict[str, Callable[[str, str, float], bytes]] = {
    "the system's dot": _system,
    "pygraphviz": _bundled,
}
