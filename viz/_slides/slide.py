"""A slide: typeset mathematics that fills a screen, and the same as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from viz._layout.graphviz_programs import NoPackage
from viz._layout.scene import SLIDE, Scene, scaled
from viz._layout.slide.fitting import POINT, a_size
from viz._layout.themes import LIGHT, Theme, a_theme
from viz._mathematics.outlines import available
from viz._output.notebooks import SelfShown, picture_forms
from viz._output.render import scene_bytes
from viz._slides.parts.blocks import Block, to_latex
from viz._slides.parts.lines import to_text
from viz._slides.parts.placing import EM, Placed, place

__all__ = ["Size", "Slide"]

Size = tuple[int, int]
MARGIN = 0.06  # of the shorter side
LARGEST, ENOUGH = 0.11, 0.05  # sizes of type, of the height


class Slide(SelfShown):
    r"""Typeset mathematics composed for one slide: `viz.matrix`, `viz.cost_table` and others make it.

    It shows itself in a notebook, and `viz.render` writes it as svg, pdf or png. Printed, it is ``text``.
    It can be a part of `viz.equation`.

    Attributes:
        text: the same as lines of Unicode.
        latex: the same as LaTeX for math mode.
        size: in pixels.
        theme: its colours.
        title: what it shows, in words.

    >>> import viz
    >>> slide = viz.matrix([[1, 2], [3, 4]])
    >>> print(slide)
    ⎡1  2⎤
    ⎣3  4⎦
    >>> slide.latex
    '\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}'
    """

    def __init__(self, *arrangements: Block, title: str, size: Size = SLIDE, theme: Theme = LIGHT) -> None:
        """Of several arrangements of the same content, the first with large enough type is drawn.

        If none has that, it is the one with the largest. The first is written as text and LaTeX. The title is
        for those who cannot see the slide.
        """
        self.title = title
        self.size, self.theme = a_size(size), a_theme(theme)
        self._arrangements = arrangements

    @property
    def block(self) -> Block:
        """The content, as a part of another slide."""
        return self._arrangements[0]

    def in_theme(self, theme: Theme) -> Slide:
        """The same slide in other colours."""
        return Slide(*self._arrangements, title=self.title, size=self.size, theme=theme)

    @cached_property
    def text(self) -> str:
        """The content as lines of Unicode."""
        return to_text(self.block)

    @cached_property
    def latex(self) -> str:
        """The content as LaTeX, for math mode."""
        return to_latex(self.block)

    @cached_property
    def scene(self) -> Scene:
        """The slide as shapes.

        Raises:
            RuntimeError: without the library that typesets, with the command that installs it.
        """
        if not available():
            raise NoPackage("a slide", "ziamath")
        width, height = (POINT * side for side in self.size)
        margin = MARGIN * min(width, height)
        room = width - 2 * margin, height - 2 * margin
        placed = [place(arrangement, self.theme) for arrangement in self._arrangements]
        scales = [_scale(p, room, height) for p in placed]
        types = [scale * p.smallest_type for scale, p in zip(scales, placed, strict=True)]
        chosen = types.index(next((size for size in types if size >= ENOUGH * height), max(types)))
        scale, content = scales[chosen], placed[chosen]
        left, top = (width - scale * content.width) / 2, (height - scale * content.height) / 2
        base = top + scale * content.ascent
        shapes = scaled(content.shapes, scale, left, base)
        return Scene(width, height, self.title, self.text, self.theme.paper, shapes)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        lines = [line for line in self.text.splitlines() if line.strip()]
        return f"<a slide of {self.size[0]} x {self.size[1]} pixels, {len(lines)} lines of text; print it>"

    def _picture_forms(self, wanted: Collection[str]) -> dict[str, str]:
        # JupyterLab would prefer LaTeX to the picture, so it is not offered.
        return picture_forms(
            lambda form, width=None: scene_bytes(self.scene, form, width=width), self.text, wanted
        )


def _scale(content: Placed, room: tuple[float, float], height: float) -> float:
    return min(room[0] / content.width, room[1] / content.height, LARGEST * height / EM)
