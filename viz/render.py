"""Drawings as files: typeset, and where that cannot be, as Graphviz draws them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import graphviz

from autograd.atomic import check_place, written_whole
from viz.compose import compose
from viz.outlines import available
from viz.pdf import NoOutline, to_pdf
from viz.programs import graphviz_output
from viz.scene import Scene, to_svg

__all__ = ["checked_path", "picture_bytes", "render", "scene_bytes"]

FORMATS = ("svg", "pdf", "png")


def render(drawing: Any, path: str | os.PathLike[str], *, dpi: int = 192) -> Path:
    """Write a drawing to a file; the suffix says in which form.

    What `viz.draw` and `viz.draw_chain` made is typeset: real mathematics as outlines, which look the
    same everywhere, laid out by Graphviz. Any other graph, and any where a library for that is
    missing, is drawn by the system's ``dot`` if there is one, else by the Graphviz inside the
    pygraphviz wheel. The file appears complete or not at all, and replaces one that was there.

    Args:
        drawing: what `viz.draw` or `viz.draw_chain` returned, or any graphviz graph.
        path: a file name ending in .svg, .pdf or .png.
        dpi: dots per inch of a png; svg and pdf have no dots.

    Returns:
        The path.

    Raises:
        TypeError: for anything that is not a drawing.
        ValueError: for another suffix, or a dpi that is not positive.
        FileNotFoundError, IsADirectoryError, PermissionError: when the folder cannot be written to.
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
    if not dpi > 0:
        raise ValueError(f"dpi is a positive number, not {dpi!r}")
    target = checked_path(path, FORMATS, "render")
    data = picture_bytes(drawing, target.suffix.lower().removeprefix("."), dpi)
    with written_whole(target) as beside:
        beside.write_bytes(data)
    return target


def checked_path(path: str | os.PathLike[str], suffixes: tuple[str, ...], function: str) -> Path:
    """A path that a file can be written to, before any work is done for it.

    >>> checked_path("chain.gif", FORMATS, "render")
    Traceback (most recent call last):
        ...
    ValueError: render writes .svg, .pdf and .png files, not 'chain.gif'
    """
    target = Path(path)
    if target.suffix.lower().removeprefix(".") not in suffixes:
        *most, last = (f".{suffix}" for suffix in suffixes)
        written = f"{', '.join(most)} and {last}" if most else last
        raise ValueError(f"{function} writes {written} files, not {target.name!r}")
    check_place(target)
    return target


def picture_bytes(drawing: Any, form: str, dpi: int = 192) -> bytes:
    """The file's contents: typeset, or where a library for that is missing, as Graphviz draws the DOT text.

    >>> from viz.dot import Drawing
    >>> picture_bytes(Drawing(), "png")[:4]
    b'\\x89PNG'
    """
    picture = getattr(drawing, "to_typeset", None)
    if picture is not None and form in FORMATS and available():
        data = scene_bytes(compose(picture, drawing.theme), form, dpi)
        if data is not None:
            return data
    return graphviz_output(drawing.source, form, dpi if form == "png" else 72)


def scene_bytes(scene: Scene, form: str, dpi: float = 72, width: int | None = None) -> bytes | None:
    """A composed drawing in one of the forms; None where this form of it cannot be made here.

    Args:
        dpi, width: the size of a png, in dots per inch or in pixels.
    """
    if form == "pdf":
        try:
            return to_pdf(scene)
        except NoOutline:
            return None
    svg = to_svg(scene)
    if form == "svg":
        return svg.encode("utf-8")
    try:
        import resvg_py
    except ImportError:
        return None
    # A point is a pixel at 72 dpi. The fonts of the system are for signs that ours lack.
    size: dict[str, Any] = {"zoom": dpi / 72} if width is None else {"width": width}
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, dpi=72, skip_system_fonts="<text" not in svg, **size))
