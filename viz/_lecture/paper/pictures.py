"""Pictures on paper: as vectors where they can be had, else as pixels; several beside each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from viz._layout.scene import SLIDE
from viz._lecture.paper.pen import Pen
from viz._lecture.parts import Picture
from viz._lecture.plots import figure_pdf
from viz._output.moving.motion import scaled
from viz._output.pdf import NoOutline, to_pdf
from viz._output.render import svg_png

__all__ = ["GAP", "Shown", "height_in", "seats", "width_in"]

GAP = 40.0  # pixels between pictures


class Shown:
    """A picture of a lecture, to be drawn in a rectangle.

    Attributes:
        type: the size of its smallest type, to its height.
        figure: matplotlib's, while it is as it was.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture, self.type = picture, picture.type
        is_changed = picture.figure is not None and picture.figure.stale  # since the picture was made of it
        self.figure = None if is_changed else picture.figure

    @property
    def aspect(self) -> float:
        """Its width over its height."""
        return self.picture.size[0] / self.picture.size[1]

    def draw(self, pen: Pen, x: float, y: float, width: float, height: float) -> None:
        vectors = self._vectors
        if vectors is None:
            pen.pixels(self._pixels, x, y, width, height, self.picture.words)
        else:
            pen.vectors(vectors, x, y, width, height)

    @cached_property
    def _vectors(self) -> bytes | None:
        """The picture as a PDF of one page."""
        if self.figure is not None:
            return figure_pdf(self.figure, self.picture.size)
        if self.picture.scene is None:
            return None
        try:
            return to_pdf(self.picture.scene)
        except NoOutline:  # of a sign that the viewer's fonts alone have
            return None

    @cached_property
    def _pixels(self) -> bytes:
        if self.picture.form == "png":
            return self.picture.data
        return svg_png(self.picture.data.decode("utf-8"), *scaled(self.picture.size, SLIDE[0]))


@dataclass(frozen=True)
class Seat:
    """A picture's rectangle, in pixels."""

    picture: Shown
    x: float
    y: float
    width: float
    height: float


def height_in(pictures: Sequence[Shown], width: float, height: float) -> float:
    """How high each of some pictures is in a rectangle of that size."""
    return _rows(pictures, width, height)[1]


def width_in(pictures: Sequence[Shown], width: float, height: float) -> float:
    """How wide pictures beside each other are in a rectangle of that size."""
    rows, high = _rows(pictures, width, height)
    return max(high * sum(shown.aspect for shown in row) + GAP * (len(row) - 1) for row in rows)


def _rows(pictures: Sequence[Shown], width: float, height: float) -> tuple[list[list[Shown]], float]:
    """Pictures in rows, so that they are as high as can be, all alike; and that height."""
    best: tuple[list[list[Shown]], float] = [[]], 0.0
    for count in range(1, len(pictures) + 1):
        across = math.ceil(len(pictures) / count)
        rows = [list(pictures[i : i + across]) for i in range(0, len(pictures), across)]
        high = (height - GAP * (len(rows) - 1)) / len(rows)
        for row in rows:
            high = min(high, (width - GAP * (len(row) - 1)) / sum(shown.aspect for shown in row))
        if high > best[1]:
            best = rows, high
    return best


def seats(pictures: Sequence[Shown], x: float, y: float, width: float, height: float) -> list[Seat]:
    """The places of pictures in a rectangle, in its middle."""
    rows, high = _rows(pictures, width, height)
    down = y + (height - high * len(rows) - GAP * (len(rows) - 1)) / 2
    placed = []
    for row in rows:
        wide = high * sum(shown.aspect for shown in row) + GAP * (len(row) - 1)
        across = x + (width - wide) / 2
        for shown in row:
            placed.append(Seat(shown, across, down, high * shown.aspect, high))
            across += high * shown.aspect + GAP
        down += high + GAP
    return placed
