"""Matplotlib's figures as pictures of a lecture: svg while that is small, else png."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd._support.extras import extra
from viz._lecture.parts import SLIDE, Picture

__all__ = ["figure_picture", "figures_of", "offscreen", "plots_left_open"]

MOST_POINTS = 4_000  # of the lines and marks of a figure that is written as svg
MOST_BYTES = 120_000  # of such an svg


def figures_of(thing: Any) -> list[Any]:
    """The figures of an axes, a figure, or an array or list of axes, each once; none of anything else.

    >>> figures_of("no plot"), figures_of([])
    ([], [])
    """
    things = list(thing.flat) if hasattr(thing, "flat") else thing
    things = things if isinstance(things, (list, tuple)) else [things]
    figures = [_figure(part) for part in things]
    return list({id(figure): figure for figure in figures}.values()) if all(figures) else []


def _figure(thing: Any) -> Any:
    """The whole figure that an axes is in, or a part of a figure; None for anything else."""
    if isinstance(thing, type) or not hasattr(thing, "get_figure"):
        return None
    figure = thing.get_figure()  # of a figure itself, or of a part of one; None after ax.remove()
    whole = getattr(figure, "figure", None)
    return whole if hasattr(whole, "savefig") else None


def figure_picture(figure: Any) -> Picture:
    """A figure as large as a slide, in its own colours."""
    width, height = (float(inches) for inches in figure.get_size_inches())
    dots = min(SLIDE[0] / width, SLIDE[1] / height)
    size, words, paper = (width * dots, height * dots), _words(figure), _paper(figure)
    if sum(_points(figure)) <= MOST_POINTS:
        svg = _file(figure, "svg", dots)
        if len(svg) <= MOST_BYTES:
            return Picture("svg", svg, size, words, paper=paper)
    return Picture("png", _file(figure, "png", dots), size, words, paper=paper)


def _paper(figure: Any) -> str:
    colours, colour = extra("matplotlib.colors", "plots", "a plot"), figure.get_facecolor()
    return str(colours.to_hex(colour)) if colour[3] else "#FFFFFF"


def _file(figure: Any, form: str, dots: float) -> bytes:
    """The contents of a file, the same in every run."""
    file = io.BytesIO()
    metadata = {"Date": None} if form == "svg" else None
    with extra("matplotlib", "plots", "a plot").rc_context({"svg.hashsalt": "lecture", "savefig.bbox": None}):
        figure.savefig(file, format=form, dpi=dots, metadata=metadata)
    return file.getvalue()


def _points(figure: Any) -> Iterator[int]:
    """How many points the parts of a figure have that can have many."""
    for artist in figure.findobj():
        if hasattr(artist, "get_paths"):  # a collection
            yield sum(len(path.vertices) for path in artist.get_paths()) + len(artist.get_offsets())
        elif hasattr(artist, "get_xydata"):  # a line
            yield len(artist.get_xydata())


def _words(figure: Any) -> str:
    """The titles and the names of the axes."""
    words = [figure.get_suptitle()]
    for ax in figure.axes:
        words.append(ax.get_title())
        across, up = (ax.get_xlabel(), ax.get_ylabel()) if ax.axison else ("", "")
        words.append(f"{up} over {across}" if across and up else across or up)
    said = (" ".join(text.replace("$", "").split()) for text in words)
    return "; ".join(dict.fromkeys(filter(None, said))) or "a plot"


@contextmanager
def offscreen() -> Iterator[None]:
    """Plots open no windows meanwhile, unless pyplot was imported with another backend before."""
    if "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules:
        sys.modules["matplotlib"].use("agg")
    before = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = "agg"  # of a matplotlib that is imported meanwhile
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*non-interactive, and thus cannot be shown")  # pyplot.show()
            yield
    finally:
        del os.environ["MPLBACKEND"]
        if before is not None:
            os.environ["MPLBACKEND"] = before


@contextmanager
def plots_left_open() -> Iterator[Callable[[], list[Any]]]:
    """A function that gives the figures opened since, which are closed at the end."""
    before = set(map(id, _open_figures()))

    def opened() -> list[Any]:
        return [figure for figure in _open_figures() if id(figure) not in before]

    try:
        yield opened
    finally:
        for figure in opened():
            sys.modules["matplotlib.pyplot"].close(figure)


def _open_figures() -> list[Any]:
    """Those that pyplot holds open, in the order of their numbers."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return [] if pyplot is None else [pyplot.figure(n) for n in pyplot.get_fignums()]
