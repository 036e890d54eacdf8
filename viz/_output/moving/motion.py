"""A motion: one picture for each number, drawn with matplotlib, all of the size of a slide."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._support.checks import above
from autograd._support.checks import count as whole
from autograd._support.extras import extra
from viz._layout.scene import SLIDE
from viz._layout.slide.fitting import a_size
from viz._layout.themes import Theme, a_theme
from viz._output.moving.gif import gif
from viz._output.notebooks import GIF, PDF, PLAIN, SelfShown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["INCHES", "Motion", "contents", "scaled"]

INCHES = (12.0, 6.75)  # of a slide of 16 : 9: matplotlib's usual type of 10 points is 22 of 1080 pixels high
ROOM = {"left": 0.0, "right": 1.0, "bottom": 0.0, "top": 1.0}
NOTEBOOK = (960, 540)  # pixels of a motion that shows itself
INK = ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color", "ytick.color")
PAPER = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
MOST = 60  # frames of a motion that shows itself


class Motion(SelfShown):
    """Pictures one after another, for `viz.animate` and `viz.frames`; shows itself in a notebook as a GIF.

    `viz.descent_motion`, `viz.perceptron_motion`, `viz.training_motion` and `viz.images_motion` make motions.
    One of your own is a function that draws a picture, given its number from 0 on:

    Args:
        draw: draws a picture into an empty figure of matplotlib's: ``draw(figure, number)``. The figure is
            12 inches wide for a slide of 16 : 9, so that type of 9 points and more can be read.
        count: the number of pictures.
        seconds: how long each stays.

    All pictures have the axes where the last has them, so that nothing jumps.

    Raises:
        TypeError: for a draw that is no function.
        ValueError: for a count that is no whole number from 1, and for seconds that are not above 0.

    >>> import viz
    >>> def draw(figure, number):
    ...     viz.surface(lambda x, y: x**2 + number * y**2, name="C", ax=figure.add_subplot())
    >>> motion = Motion(draw, 4)    # viz.animate(motion, "valley.gif")
    >>> len(motion), motion.figure(2).axes[0].get_xlabel()
    (4, '$x$')
    """

    def __init__(self, draw: Callable[[Figure, int], object], count: int, seconds: float = 0.5) -> None:
        if not callable(draw):
            raise TypeError(
                "a Motion takes a function draw(figure, number) that draws one picture, not "
                f"{type(draw).__name__}"
            )
        self._draw, self._count = draw, whole(count, "count")
        self.seconds = above(seconds, "seconds")

    def __len__(self) -> int:
        return self._count

    def figure(self, number: int, size: tuple[int, int] = SLIDE, theme: Theme | None = None) -> Figure:
        """One picture as matplotlib's figure.

        Args:
            number: of the picture, from 0; -1 is the last.
            size: in pixels.
            theme: the colours; by default those of matplotlib's style.

        Raises:
            IndexError: for a number that no picture has.
            ValueError: for a size that is not two whole numbers from 100 to 10,000.
            ImportError: without matplotlib, with the command that installs it.
        """
        number = range(max(1, len(self)))[number]
        with self._styled(theme):
            figure = next(self._figures([number], a_size(size)))
            figure.draw_without_rendering()  # ticks that are made later would have other colours
        return figure

    def stills(
        self,
        kind: str,
        size: tuple[int, int],
        theme: Theme | None = None,
        most: int | None = None,
        inches: tuple[float, float] = INCHES,
    ) -> Iterator[bytes]:
        """The pictures as the contents of files: of a motion of more than `most`, some evenly spaced.

        Args:
            kind: svg, pdf, png, or rgb, three bytes for each pixel.
            size: in pixels.
            theme: the colours; by default those of matplotlib's style.
            most: the most pictures.
            inches: the least size of a figure, which type goes by.
        """
        for figure in self.figures(size, theme, most, inches):
            yield contents(figure, kind)

    def figures(
        self, size: tuple[int, int], theme: Theme | None, most: int | None, inches: tuple[float, float]
    ) -> Iterator[Figure]:
        """The pictures as matplotlib's figures, each until the next is drawn: as for `stills`."""
        with self._styled(theme):
            yield from self._figures(_evenly_spaced(len(self), most), size, inches)

    def _figures(
        self, numbers: list[int], size: tuple[int, int], inches: tuple[float, float] = INCHES
    ) -> Iterator[Figure]:
        """Pictures with the axes where the last has them."""
        if not len(self):
            raise ValueError(self._empty)
        last = len(self) - 1
        still, figure = _empty_figure(size, inches), _empty_figure(size, inches)
        self._draw(still, last)
        still.draw_without_rendering()  # which lays it out
        places = [ax.get_position(original=True).frozen() for ax in still.axes]
        for number in numbers:
            if number == last:
                yield still
                continue
            figure.clear()  # and not a new one, which would measure all texts anew
            figure.set_layout_engine("constrained")
            self._draw(figure, number)
            if len(figure.axes) == len(places):
                figure.set_layout_engine("none")
                for ax, place in zip(figure.axes, places, strict=True):
                    ax.set_position(place)
            yield figure

    def _styled(self, theme: Theme | None) -> AbstractContextManager[Any]:
        """Matplotlib's settings with the colours of a theme."""
        if theme is None:
            return nullcontext()
        theme = a_theme(theme)
        colours = dict.fromkeys(INK, theme.ink) | dict.fromkeys(PAPER, theme.paper)
        settings: AbstractContextManager[Any] = extra("matplotlib", "plots", "a motion").rc_context(colours)
        return settings

    def _picture_forms(self, wanted: Collection[str]) -> dict[str, str]:
        """A GIF, which a notebook shows also where it is not trusted; its last picture for paper; text."""
        if not len(self):
            return {PLAIN: f"{self!r}: {self._empty}"}
        forms = {PLAIN: repr(self)}
        with suppress(ImportError):
            if GIF in wanted:
                data = gif(self.stills("rgb", NOTEBOOK, most=MOST), NOTEBOOK, self.seconds)
                forms[GIF] = base64.b64encode(data).decode()
            if PDF in wanted:
                *_, last = self.stills("pdf", NOTEBOOK, most=1)
                forms[PDF] = base64.b64encode(last).decode()
        return forms

    @property
    def _empty(self) -> str:
        """The error of a motion without pictures."""
        return "this motion has no picture"

    def __repr__(self) -> str:
        return f"<Motion of {len(self)} pictures; viz.animate writes it as a GIF>"


def _empty_figure(size: tuple[int, int], in_inches: tuple[float, float]) -> Figure:
    """A figure of so many pixels, and at least of so many inches, which type goes by."""
    figures, agg = (
        extra(f"matplotlib.{name}", "plots", "a motion") for name in ("figure", "backends.backend_agg")
    )
    dots = min(n / inches for n, inches in zip(size, in_inches, strict=True))
    # Matplotlib cuts a fraction of a pixel off, which 1279.999 has.
    inches = [(n + 0.01) / dots for n in size]
    figure: Figure = figures.Figure(figsize=inches, dpi=dots, layout="constrained")
    # Plots size their letters by the room they have before the layout, which is nearly all there is.
    figure.subplotpars.update(**ROOM)
    agg.FigureCanvasAgg(figure)
    return figure


def _evenly_spaced(count: int, most: int | None) -> list[int]:
    """Up to `most` numbers below `count`, the first and the last among them.

    >>> _evenly_spaced(3, 60), _evenly_spaced(10, 4), _evenly_spaced(10, 1)
    ([0, 1, 2], [0, 3, 6, 9], [9])
    """
    if most is None or count <= most:
        return list(range(count))
    if most == 1:
        return [count - 1]
    return [math.floor(i * (count - 1) / (most - 1) + 0.5) for i in range(most)]


def contents(figure: Figure, kind: str) -> bytes:
    """A figure as the contents of a file, the same in every run."""
    if kind == "rgb":
        canvas: Any = figure.canvas
        canvas.draw()
        return bytes(np.asarray(canvas.buffer_rgba())[..., :3].tobytes())
    file = io.BytesIO()
    undated: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": None}
    with extra("matplotlib", "plots", "a motion").rc_context({"svg.hashsalt": "motion"}):
        figure.savefig(file, format=kind, dpi=figure.dpi, metadata=undated[kind])
    return file.getvalue()


def scaled(size: tuple[float, float], width: int) -> tuple[int, int]:
    """A size of the same shape and another width.

    >>> scaled((1920, 1080), 1280)
    (1280, 720)
    """
    return width, max(1, round(width * size[1] / size[0]))
