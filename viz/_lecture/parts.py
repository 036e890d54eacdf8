"""The parts of a lecture, neutral: what a page, a PDF and a notebook are written from.

A lecture is a tuple of parts, and its slides are groups of them. `showing` makes parts of objects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from autograd._support.checks import a_text
from viz._layout.scene import Scene
from viz._output.moving.gif import Redraw

__all__ = [
    "Code", "Formula", "Html", "Live", "Moving", "Part", "Picture", "Place", "Plain", "Slide",
    "Text",
]  # fmt: skip

Place = Literal["under", "beside", "after"]


@dataclass(frozen=True)
class Text:
    """Markdown, with mathematics between $ and $, or $$ and $$."""

    markdown: str


@dataclass(frozen=True)
class Picture:
    """A picture that stands still, in its own colours on its own paper.

    Attributes:
        form: svg or png.
        data: the contents of such a file.
        size: width and height in pixels, of which only the shape matters: a picture is as large as its room.
        words: the picture for those who cannot see it.
        scene: the same as shapes, where it is one of ours.
        paper: the colour of its background.
        figure: the same as matplotlib's figure, where it is one.
        drawing: of a drawing that can be composed for another room, its picture and its theme.
        type: the size of its smallest type, to its height; infinite where it is not known.
        room: for which it was laid out, its width and height; None where its type was never too small.
    """

    form: str
    data: bytes
    size: tuple[float, float]
    words: str
    scene: Scene | None = None
    paper: str = "#FFFFFF"
    figure: Any = field(default=None, compare=False)
    drawing: Any = field(default=None, compare=False)
    type: float = math.inf
    room: tuple[float, float] | None = field(default=None, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """Without matplotlib's figure, which is no longer known to be as it was drawn."""
        return self.__dict__ | {"figure": None}


@dataclass(frozen=True)
class Moving:
    """A GIF.

    Attributes:
        still: its last picture, for readers who want no motion.
        frames: some of its pictures, for paper, where they stand beside each other; without them it has the
            still.
        redraw: draws it for another room, as `Gif.redraw` does.
    """

    gif: bytes
    still: Picture
    words: str
    frames: tuple[Picture, ...] = ()
    redraw: Redraw | None = field(default=None, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """Without the objects that it was drawn from."""
        return self.__dict__ | {"redraw": None}


@dataclass(frozen=True)
class Live:
    """A whole page, and a picture of it for paper; without one, paper has its words.

    Attributes:
        document: its HTML.
        words: its title.
        name: of its file.
    """

    document: str
    still: Picture | None
    words: str
    name: str = ""


@dataclass(frozen=True)
class Formula:
    """Mathematics in lines of its own.

    Attributes:
        latex: for math mode.
        mathml: without the ``<math>`` around it; empty where LaTeX is all there is.
        words: the same as Unicode text.
    """

    latex: str
    mathml: str
    words: str


@dataclass(frozen=True)
class Html:
    """A table, or other HTML of an object's own, and the same as text."""

    html: str
    words: str


@dataclass(frozen=True)
class Plain:
    """Text as a terminal shows it: printed lines, or an object's repr."""

    text: str


@dataclass(frozen=True, init=False)
class Code:
    """Lines of Python with their outputs, as a part of `viz.lecture`: `viz.run_script` gives them.

    The lines are shown in colours, and are not run.

    Args:
        source: the lines.
        outputs: what they made, each shown as a part of its own. Text is a value, with its quotes.

    Raises:
        TypeError: for a source that is no text.

    >>> Code("1 + 1", 2)
    Code(source='1 + 1', outputs=(2,))
    """

    source: str
    outputs: tuple[Any, ...]

    def __init__(self, source: str, *outputs: Any) -> None:
        object.__setattr__(self, "source", a_text(source, "the source of a Code"))
        object.__setattr__(self, "outputs", outputs)


Part = Text | Picture | Moving | Live | Formula | Html | Plain | Code


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        title: the text of its heading, without marks; empty for a slide that has none.
        level: 1 for a heading that begins a section, 2 for others, 0 without heading.
        parts: in order; the heading is the first line of the first of them.
        columns: of pictures.
        code: the place of the code: under the pictures, beside them, or after them, below the screen.
        share: of the slide's height, which the pictures have at least.
    """

    title: str
    level: int
    parts: tuple[Part, ...]
    columns: int = 1
    code: Place = "under"
    share: float = 0.42
