"""Pictures in notebooks and on pages of documentation: the forms that each place can show."""

from __future__ import annotations

import base64
import html
import math
import re
from abc import abstractmethod
from collections.abc import Callable, Collection, Container
from contextlib import suppress
from typing import Any

from autograd._support.notebooks import asked_of, shell
from viz._layout.graphviz_programs import NoGraphviz, NoPackage
from viz._layout.scene import Scene
from viz._layout.slide.fitting import compose_slide
from viz._mathematics.outlines import available
from viz._output.pdf import NoOutline
from viz._output.render import picture_bytes, scene_bytes, typeset

__all__ = ["GIF", "IN_NOTEBOOK", "PDF", "PLAIN", "PNG", "SVG", "SelfShown", "drawing_forms", "picture_forms"]

IN_NOTEBOOK = 960  # pixels of a picture in a notebook: JupyterLab's cells have some 1070
WITHOUT_GRAPHVIZ = (1280, 720)  # pixels of a drawing that is composed, where no Graphviz lays it out
SVG, PNG, GIF, PDF, PLAIN = "image/svg+xml", "image/png", "image/gif", "application/pdf", "text/plain"
SVG_SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')
HEAD = re.compile(r"^\s*(?:<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|\s)*", re.DOTALL)


class SelfShown:
    """An object that is shown as a picture: by a notebook, by marimo and by sphinx-gallery."""

    @abstractmethod
    def _picture_forms(self, wanted: Collection[str]) -> dict[str, str]:
        """The picture in those of the wanted forms that can be made here, by their MIME types."""

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None, **_: object
    ) -> dict[str, str]:
        wanted = asked_of(dict.fromkeys((SVG, PNG, GIF, PDF, PLAIN), ""), include, exclude)
        return asked_of(self._picture_forms(wanted), include, exclude)

    def _repr_html_(self) -> str | None:
        """The picture on a page whose maker knows no other form, as sphinx-gallery.

        None in IPython and Jupyter, which take the bundle. HTML beside it would double the size of a
        notebook, and a notebook that is not trusted would show it in place of the png, without its picture.
        """
        if shell() is not None:
            return None
        forms = self._picture_forms((SVG, GIF, PLAIN))
        if svg := forms.get(SVG):
            return f'<div style="max-width: 100%">{_inline(svg)}</div>'
        words = html.escape(forms[PLAIN])
        if gif := forms.get(GIF):
            return f'<img alt="{words}" style="max-width: 100%" src="data:{GIF};base64,{gif}">'
        return f"<pre>{words}</pre>"


def drawing_forms(drawing: Any, words: str, wanted: Collection[str]) -> dict[str, str]:
    """The forms in which a notebook shows a drawing, as for `picture_forms`.

    Where there is no Graphviz, a drawing of ours is composed as for a slide; the words tell of it.
    """
    scene: Scene | None = None
    try:
        scene = typeset(drawing)
    except (NoGraphviz, NoPackage) as error:
        with suppress(NoPackage):
            if available():
                scene = compose_slide(drawing.to_typeset, drawing.theme, WITHOUT_GRAPHVIZ)
                words = f"{words}\n\n{error}"
    except NoOutline:
        pass

    def data(form: str, width: int | None = None) -> bytes:
        if scene is None:
            return picture_bytes(drawing, form, width=width)
        try:
            return scene_bytes(scene, form, width=width)
        except (NoOutline, NoPackage):
            return picture_bytes(drawing, form, width=width)

    return picture_forms(data, words, wanted)


def picture_forms(data: Callable[..., bytes], words: str, wanted: Collection[str]) -> dict[str, str]:
    """The forms of a picture, of which each place takes one.

    A notebook that is trusted shows the svg. One that is not trusted, as one that was handed out, shows the
    png. `nbconvert` to LaTeX takes the pdf; an svg without a pdf it would hand to Inkscape. JupyterLab shows
    an svg as wide as its file says, even beyond the cell, so a wide one says: as wide as the cell.

    Args:
        data: gives the bytes of "svg", "pdf" and, with a width in pixels, "png".
        words: the picture as text; a note is added where it cannot be drawn.
        wanted: the MIME types that are asked for. Other forms are not made.
    """
    forms: dict[str, str] = {}
    try:
        if SVG in wanted or PNG in wanted:
            svg = data("svg").decode("utf-8")
            size = SVG_SIZE.search(svg)
            width = IN_NOTEBOOK if size is None else math.ceil(float(size[1]) * 96 / 72)
            if SVG in wanted:
                is_wide = width > IN_NOTEBOOK
                forms[SVG] = SVG_SIZE.sub('width="100%"', svg, count=1) if is_wide else svg
            if PNG in wanted:
                forms[PNG] = _base64(data("png", max(16, min(IN_NOTEBOOK, width))))
    except (NoGraphviz, NoPackage) as error:
        words = f"{words}\n\n{error}"
    if PDF in wanted:
        with suppress(NoGraphviz, NoOutline, NoPackage):
            forms[PDF] = _base64(data("pdf"))
    if PLAIN in wanted:
        forms[PLAIN] = words
    return forms


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _inline(svg: str) -> str:
    """An svg as a part of a page, which is an element and no file of its own.

    >>> _inline('<?xml version="1.0"?><svg width="5pt"></svg>')
    '<svg width="5pt"></svg>'
    """
    return HEAD.sub("", svg, count=1)
