"""Drawings as files: typeset, or without the libraries for that as Graphviz draws them."""

from __future__ import annotations

import math
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import graphviz

from autograd._support.atomic import check_place, written_whole
from autograd._support.checks import between, count
from autograd._support.paths import as_path
from viz._layout.compose import compose
from viz._layout.graphviz_programs import NoPackage, graphviz_output
from viz._layout.scene import Scene, to_svg
from viz._layout.slide.fitting import compose_slide
from viz._mathematics.outlines import available
from viz._output.missing import warn_of_missing_signs
from viz._output.pdf import NoOutline, to_pdf

__all__ = [
    "FORMATS", "check_png", "checked_path", "picture_bytes", "render", "scene_bytes", "svg_png", "typeset",
]  # fmt: skip

FORMATS = ("svg", "pdf", "png")


# A png on a slide: as wide or high as a projector shows, if that is fine enough for its smallest letters.
LONGEST, FINEST, COARSEST = 2560, 192.0, 72.0  # pixels; dots per inch
# Pixels of a png in all: 600 MB while it is drawn. A poster of A0 at 300 dpi fits, and Pillow opens it.
MOST_PIXELS = 150_000_000
WIDEST = 20_000
SIDES = re.compile(r"""\swidth=["']([\d.]+).*?\sheight=["']([\d.]+)""")


def render(
    drawing: Any, path: str | os.PathLike[str], *, dpi: float | None = None, width: int | None = None
) -> Path:
    """Write a drawing to a file; the suffix says in which form.

    A slide, and a drawing of `viz.draw` or `viz.draw_chain`, is typeset: real mathematics as outlines, which
    look the same everywhere; Graphviz lays a drawing out. Any other graph, and a drawing where a library for
    that is missing, is drawn by the system's ``dot`` if there is one, else by the Graphviz inside the
    pygraphviz wheel. The file appears complete or not at all, and replaces an earlier file.

    Args:
        drawing: a drawing of `viz.draw` or `viz.draw_chain`, a `viz.Slide`, or any graphviz graph.
        path: a file name ending in .svg, .pdf or .png; it is returned.
        dpi: dots per inch of a png, from 1 to 2400; its letters are 18 to 21 points high, 72 to the inch.
        width: of a png, from 16 to 20,000 pixels, in place of dpi. With neither a `viz.Slide` has the pixels
            of its size, and a drawing is made for a slide: at 192 dpi, or where that were over 2560 pixels
            wide or high at fewer, but never below 72. In all a png has at most 150,000,000 pixels.
            Svg and pdf have no size in pixels, and are sharp at any size. For paper a drawing is
            composed in its shape: with `size=(1754, 1240)` of `viz.draw_chain`, that of A4 across, the type
            of a net of three layers is 9 points high or more.

    Raises:
        TypeError: for anything that is not a drawing.
        ValueError: for another suffix; for a dpi or a width out of range, or for both; for a png of more
            pixels than that; for a pdf of a slide's size, when a label has a sign that no font here has.
        FileNotFoundError, IsADirectoryError, PermissionError: when the folder cannot be written to, or
            the file is write-protected.
        RuntimeError: when no renderer is installed, or none could draw it; for a slide, and a drawing of a
            slide's size, when a library for typesetting is missing, and how to install it.

    >>> import tempfile, pathlib
    >>> from autograd import Value
    >>> from viz import draw
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = render(draw(Value(3.0, label="x") * 2), pathlib.Path(folder, "product.svg"))
    ...     path.read_text(encoding="utf-8").startswith("<?xml")
    True
    """
    slide = hasattr(type(drawing), "scene")
    if not slide and not isinstance(drawing, (graphviz.Graph, graphviz.Digraph, graphviz.Source)):
        plot = hasattr(drawing, "figure") or hasattr(drawing, "savefig")
        advice = "; a plot is saved by matplotlib: ax.figure.savefig(path)" if plot else ""
        raise TypeError(
            "render takes a drawing or a slide, such as viz.draw and viz.matrix return, not "
            f"{type(drawing).__name__}{advice}"
        )
    check_png(dpi, width)
    target = checked_path(path, FORMATS, "render")
    form = target.suffix.lower().removeprefix(".")
    if slide:
        pixels = drawing.size[0] if dpi is width is None else width
        data = scene_bytes(drawing.scene, form, dpi, pixels)
    elif getattr(drawing, "size", None) is not None and drawing.to_typeset is not None:
        if not available():
            raise NoPackage("a drawing of a size", "ziamath")
        pixels = drawing.size[0] if dpi is width is None else width
        data = scene_bytes(compose_slide(drawing.picture, drawing.theme, drawing.size), form, dpi, pixels)
    else:
        data = picture_bytes(drawing, form, dpi, width)
    with written_whole(target) as temporary:
        temporary.write_bytes(data)
    return target


def check_png(dpi: float | None, width: int | None) -> None:
    """The size of a png as users give it: in dots per inch, in pixels, or not at all.

    >>> check_png(96, 1920)
    Traceback (most recent call last):
        ...
    ValueError: give dpi=96 or width=1920, not both
    """
    if dpi is not None and width is not None:
        raise ValueError(f"give dpi={dpi!r} or width={width!r}, not both")
    if dpi is not None:
        between(dpi, "dpi", 1, 2400)
    if width is not None:
        count(width, "width", 16, WIDEST, " of pixels")


def checked_path(path: str | os.PathLike[str], suffixes: tuple[str, ...], function: str) -> Path:
    """A path that a file can be written to, before any work is done for it.

    >>> checked_path("chain.gif", FORMATS, "render")
    Traceback (most recent call last):
        ...
    ValueError: render writes .svg, .pdf and .png files, not 'chain.gif'
    """
    target = as_path(path)
    if target.suffix.lower().removeprefix(".") not in suffixes:
        *most, last = (f".{suffix}" for suffix in suffixes)
        written = f"{', '.join(most)} and {last}" if most else last
        raise ValueError(f"{function} writes {written} files, not {target.name!r}")
    check_place(target)
    return target


def picture_bytes(drawing: Any, form: str, dpi: float | None = None, width: int | None = None) -> bytes:
    """The file's contents: typeset, or where a library for that is missing, as Graphviz draws the DOT text.

    >>> from viz._output.dot import Drawing
    >>> picture_bytes(Drawing(), "png")[:4]
    b'\\x89PNG'
    """
    with suppress(NoPackage):
        scene = typeset(drawing) if form in FORMATS else None
        if scene is not None:
            if drawing.size is not None and dpi is None and width is None:
                width = drawing.size[0]
            try:
                return scene_bytes(scene, form, dpi, width)
            except NoOutline:
                warn_of_missing_signs(scene)  # Graphviz draws the text in this machine's fonts
    if form != "png":
        return graphviz_output(drawing.source, form)
    return graphviz_output(drawing.source, form, _graphviz_dpi(drawing.source, dpi, width))


def typeset(drawing: Any) -> Scene | None:
    """A drawing of ours as shapes; None for any other graph, and where a library for that is missing.

    Raises:
        NoPackage: without Graphviz, which lays it out.
    """
    picture = getattr(drawing, "to_typeset", None)
    if picture is None or not available():
        return None
    if drawing.size is None:
        return compose(picture, drawing.theme)
    return compose_slide(picture, drawing.theme, drawing.size)


def scene_bytes(scene: Scene, form: str, dpi: float | None = None, width: int | None = None) -> bytes:
    """A composed drawing in one of the forms.

    Args:
        dpi, width: the size of a png, as for `render`.

    Raises:
        ValueError: for a png of too many pixels.
        NoOutline: for a pdf with a sign that no font of ours has.
        NoPackage: for a png, where the library that makes one is not installed.
    """
    if form == "pdf":
        return to_pdf(scene)
    svg = to_svg(scene)
    if form == "svg":
        return svg.encode("utf-8")
    warn_of_missing_signs(scene)
    dots = png_dpi(scene.width, scene.height, dpi, width)
    if width is None:
        width = max(1, round(scene.width * dots / 72))
    height = max(1, round(width * scene.height / scene.width))
    return svg_png(svg, width, height)


def svg_png(svg: str, width: int, height: int) -> bytes:
    """An svg as png of that many pixels.

    Raises:
        NoPackage: where the library that makes one is not installed.
    """
    try:
        import resvg_py
    except ImportError:
        raise NoPackage("a typeset png", "resvg_py") from None
    ours = "<text" not in svg  # the fonts of the system are for signs that ours lack
    return bytes(resvg_py.svg_to_bytes(svg_string=_sized(svg, width, height), skip_system_fonts=ours))


def _sized(svg: str, width: int, height: int) -> str:
    """An svg that says its size in pixels: given beside it, the library rounds the height up.

    >>> _sized('<svg width="7.5pt" height="5pt"></svg>', 15, 10)
    '<svg width="15" height="10" viewBox="0 0 7.5 5"></svg>'
    """
    root = re.search(r"<svg\b[^>]*>", svg)
    if root is None:
        return svg
    bare = re.sub(r"\s(?:width|height)\s*=\s*([\"']).*?\1", "", root[0])
    view = ""
    size = SIDES.search(root[0])
    if "viewBox" not in bare and size is not None:
        view = f' viewBox="0 0 {size[1]} {size[2]}"'
    sized = f'<svg width="{width}" height="{height}"{view}{bare.removeprefix("<svg")}'
    return svg[: root.start()] + sized + svg[root.end() :]


def png_dpi(wide: float, high: float, dpi: float | None, width: int | None) -> float:
    """The dots per inch of a png of a drawing that is so many points wide and high.

    Raises:
        ValueError: for too many pixels; says how many there may be.

    >>> png_dpi(400, 200, None, None), png_dpi(1920, 500, None, None), png_dpi(400, 200, None, 1600)
    (192.0, 96.0, 288.0)
    >>> png_dpi(4000, 2000, 600, None)
    Traceback (most recent call last):
        ...
    ValueError: a png of 33,333 x 16,667 pixels has more than the 150,000,000 that it may have: \
    give width=17320 or dpi=311 or less, or write an .svg or a .pdf, which is sharp at any size
    """
    slide = max(COARSEST, min(FINEST, 72 * LONGEST / max(wide, high)))
    dots = dpi or (slide if width is None else 72 * width / wide)
    pixels = wide * dots / 72, high * dots / 72
    if pixels[0] * pixels[1] <= MOST_PIXELS:
        return dots
    most = math.sqrt(MOST_PIXELS * wide / high)  # pixels of width
    smaller = [
        f"{name}={int(number)}"
        for name, number, least in (("width", min(most, WIDEST), 16), ("dpi", 72 * most / wide, 1))
        if number >= least
    ]
    give = f"give {' or '.join(smaller)} or less, or " if smaller else ""
    raise ValueError(
        f"a png of {pixels[0]:,.0f} x {pixels[1]:,.0f} pixels has more than the {MOST_PIXELS:,} that it "
        f"may have: {give}write an .svg or "
        "a .pdf, which is sharp at any size"
    )


def _graphviz_dpi(source: str, dpi: float | None, width: int | None) -> float:
    """The dots per inch of a png that Graphviz alone draws: its svg states its size."""
    size = re.search(rb'<svg width="(\d+)pt" height="(\d+)pt"', graphviz_output(source, "svg"))
    if size is None:
        return dpi or FINEST
    wide, high = (max(1, int(n)) for n in size.groups())
    return png_dpi(wide, high, dpi, width)
