"""Drawings as files, with the system's Graphviz or the one that pip installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import graphviz

__all__ = ["render"]

FORMATS = ("svg", "pdf", "png")


def render(drawing: Any, path: str | os.PathLike[str], *, dpi: int = 192) -> Path:
    """Write a drawing to a file; the suffix says in which form.

    The system's ``dot`` is used if there is one, else the Graphviz inside the pygraphviz wheel. The
    file appears complete or not at all, and replaces one that was there.

    Args:
        drawing: what `viz.draw` or `viz.draw_chain` returned, or any graphviz graph.
        path: a file name ending in .svg, .pdf or .png.
        dpi: dots per inch of a png; svg and pdf have no dots.

    Returns:
        The path.

    Raises:
        TypeError: for anything that is not a drawing.
        ValueError: for another suffix, or a dpi that is not positive.
        FileNotFoundError, NotADirectoryError, PermissionError: when the folder cannot be written to.
        RuntimeError: when no renderer is installed, or none could draw it.

    >>> import tempfile, pathlib
    >>> from autograd import Value
    >>> from viz.operations import draw
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = render(draw(Value(3.0, label="x") * 2), pathlib.Path(folder, "product.svg"))
    ...     path.read_text(encoding="utf-8").startswith("<?xml")
    True
    """
    if not isinstance(drawing, (graphviz.Graph, graphviz.Digraph, graphviz.Source)):
        raise TypeError(f"render takes a drawing, such as viz.draw returns, not {type(drawing).__name__}")
    target = Path(path)
    suffix = target.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise ValueError(f"render writes .svg, .pdf and .png files, not {target.name!r}")
    if not dpi > 0:
        raise ValueError(f"dpi is a positive number, not {dpi!r}")
    folder = target.parent
    if not folder.exists():
        raise FileNotFoundError(f"the folder {str(folder)!r} for {target.name!r} does not exist")
    if not folder.is_dir():
        raise NotADirectoryError(f"{str(folder)!r} is not a folder; cannot write {target.name!r} there")
    if target.is_dir():
        raise IsADirectoryError(f"{str(target)!r} is a folder; give a file name")
    data = picture_bytes(drawing, suffix, dpi)
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{target.stem}.", suffix=target.suffix)
    except OSError as error:
        why = f"cannot write to the folder {str(folder)!r}: {error.strerror}"
        raise type(error)(error.errno, why) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes files for their owner only; a picture gets the usual permissions
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return target


def picture_bytes(drawing: Any, form: str, dpi: int = 192) -> bytes:
    """The file's contents.

    >>> from viz.dot import Drawing
    >>> picture_bytes(Drawing(), "png")[:4]
    b'\\x89PNG'
    """
    failures: list[str] = []
    for renderer in (_system, _bundled):
        try:
            data = renderer(drawing.source, form, dpi if form == "png" else 72)
        except _Missing:
            continue
        except (OSError, RuntimeError, ValueError) as error:
            failures.append(f"{renderer.__doc__}: {error}")
            continue
        if data:
            return data
        failures.append(f"{renderer.__doc__}: it drew nothing")
    if failures:
        raise RuntimeError(f"could not draw this as {form}. " + " ".join(failures))
    raise RuntimeError(
        "nothing here can draw: there is no 'dot' program, and pygraphviz is not installed. Run\n"
        "    python -m pip install pygraphviz\n"
        "(its wheel brings Graphviz), or install Graphviz from https://graphviz.org/download/"
    )


class _Missing(Exception):
    """A renderer that is not installed."""


def _system(source: str, form: str, dpi: int) -> bytes:
    """the system's dot"""
    program = shutil.which("dot")
    if program is None:
        raise _Missing
    done = subprocess.run(
        [program, f"-T{form}", f"-Gdpi={dpi}"], input=source.encode("utf-8"), capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace").strip() or f"exit status {done.returncode}")
    return done.stdout


def _bundled(source: str, form: str, dpi: int) -> bytes:
    """pygraphviz"""
    try:
        import pygraphviz
    except ImportError:
        raise _Missing from None
    graph = pygraphviz.AGraph(string=source)
    graph.graph_attr["dpi"] = str(dpi)
    data = graph.draw(format=form, prog="dot")
    return data if isinstance(data, bytes) else data.encode("utf-8")
