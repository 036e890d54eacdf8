"""Matplotlib's figures as pictures of a lecture: svg while that is small, else png."""

from __future__ import annotations

import copy
import io
import math
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import combinations, islice
from typing import Any

from autograd._support.extras import extra
from viz._layout.scene import SLIDE
from viz._lecture.parts import Picture
from viz._plots.parts.room import smallest_type

__all__ = [
    "figure_pdf", "figure_picture", "figures_of", "offscreen", "open_figures", "refitted_figure", "type_of",
    "unchanged_settings",
]  # fmt: skip

MOST_POINTS = 8_000  # of the lines and marks of a figure that is written as svg
MOST_WORDS = 24  # texts of a picture that are said to those who cannot see it
MOST_BYTES = 250_000  # of such an svg
SHRINK = 0.4, 1.3  # of its width and height has a plot that is laid out anew, at least and at most
PATH, FINE = re.compile(rb' d="[^"]*"'), re.compile(rb"(\.\d\d)\d+")
COLOURS = 256  # of a png: with more, thin lines make it three times as large


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
    form, data = "svg", b""
    if sum(_points(figure)) <= MOST_POINTS:
        data = PATH.sub(lambda path: FINE.sub(rb"\1", path[0]), _file(figure, form, dots))
    if not 0 < len(data) <= MOST_BYTES:
        form, data = "png", _fewer_colours(_file(figure, "png", dots))
    type = type_of(figure)
    figure.stale = False  # until it is changed
    return Picture(form, data, size, words, paper=paper, figure=figure, type=type)


def type_of(figure: Any) -> float:
    """The size of the smallest type, to its height, of a figure that is laid out already."""
    engine = figure.get_layout_engine()
    if engine is not None:
        figure.set_layout_engine("none")  # to lay it out once more takes longer than to measure it
    size = smallest_type(figure, (math.inf, 1.0))
    if engine is not None:
        figure.set_layout_engine(engine)
    return size


def refitted_figure(picture: Picture, room: tuple[float, float], type: float) -> Any:
    """The figure of a plot laid out for a room of a slide, with type of so many pixels.

    A copy of the figure has fewer inches, so matplotlib puts fewer ticks and the same type into it. Where
    texts stand at places of the data, as the numbers in a net's neurons, its shape stays, and the type of its
    axes alone grows.

    Returns:
        The figure, not drawn yet; None where texts would overlap, and for a figure that cannot be copied.
    """
    axes = picture.figure.axes
    is_written_in = any(ax.texts and not ax.axison for ax in axes)
    if picture.figure.stale or (is_written_in and not any(ax.axison for ax in axes)):  # stale: changed since
        return None
    width, height = (float(inches) for inches in picture.figure.get_size_inches())
    dots = type / (picture.type * height)  # pixels of an inch
    low, high = SHRINK
    wide, tall = min(room[0] / dots, high * width), min(room[1] / dots, high * height)
    if not is_written_in and (wide < low * width or tall < low * height):
        return None
    figure = _copied(picture.figure)
    if figure is None:
        return None
    if is_written_in:
        _enlarge(figure, dots / min(room[0] / width, room[1] / height))
    else:
        figure.set_size_inches(wide, tall)
    faults = _faults(figure)
    return None if faults and faults > _faults(_copied(picture.figure)) else figure


def _copied(figure: Any) -> Any:
    """A copy that pyplot does not know; None of a figure with parts that cannot be copied."""
    try:
        copied = copy.deepcopy(figure)
    except Exception:  # whatever the parts of a figure raise
        return None
    if copied.canvas.manager is not None:
        extra("matplotlib.pyplot", "plots", "a plot").close(copied)
    if copied.get_layout_engine() is None and all(ax.get_subplotspec() is not None for ax in copied.axes):
        copied.set_layout_engine("tight")
    return copied


def _enlarge(figure: Any, times: float) -> None:
    """Make the type larger that stands around axes, and leave the type in them."""
    for ax in (ax for ax in figure.axes if ax.axison):
        ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
        ax.tick_params(labelsize=times * max((tick.get_size() for tick in ticks), default=0.0))
        for label in (ax.xaxis.label, ax.yaxis.label):
            label.set_size(times * label.get_size())


def _faults(figure: Any) -> int:
    """How many texts stand on another, or beyond the figure."""
    figure.draw_without_rendering()
    texts = figure.findobj(extra("matplotlib.text", "plots", "a plot").Text)
    boxes = [text.get_window_extent() for text in texts if text.get_visible() and text.get_text().strip()]
    room = figure.bbox.padded(1)
    beyond = sum(not (room.contains(*box.min) and room.contains(*box.max)) for box in boxes)
    return beyond + sum(bool(one.overlaps(other)) for one, other in combinations(boxes, 2))


def figure_pdf(figure: Any, size: tuple[float, float]) -> bytes:
    """A figure as a PDF of one page.

    Args:
        size: in pixels, for the images in it.
    """
    is_changed = figure.stale  # which saving it makes it forget
    data = _file(figure, "pdf", size[0] / float(figure.get_size_inches()[0]))
    figure.stale = is_changed
    return data


def _fewer_colours(png: bytes) -> bytes:
    """The same picture with a table of colours, where Pillow is installed."""
    try:
        images = extra("PIL.Image", "images", "a small png")
    except ImportError:
        return png
    file = io.BytesIO()
    with images.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(COLOURS, dither=images.Dither.NONE).save(file, "png")
    return file.getvalue()


def _paper(figure: Any) -> str:
    colours, colour = extra("matplotlib.colors", "plots", "a plot"), figure.get_facecolor()
    return str(colours.to_hex(colour)) if colour[3] else "#FFFFFF"


def _file(figure: Any, form: str, dots: float) -> bytes:
    """The contents of a file, the same in every run."""
    file = io.BytesIO()
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form)
    settings: dict[str, Any] = {"svg.hashsalt": "lecture", "savefig.bbox": None}
    if form == "pdf":
        settings["image.composite_image"] = False  # which is three times as fast
    with extra("matplotlib", "plots", "a plot").rc_context(settings):
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
        if ax.texts and not ax.axison:  # a picture that is written into its axes
            words.append(_listed(text.get_text() for text in ax.texts))
    said = (" ".join(text.replace("$", "").split()) for text in words)
    return "; ".join(dict.fromkeys(filter(None, said))) or "a plot"


def _listed(texts: Iterable[str]) -> str:
    """Texts in a picture, the first few of them.

    >>> _listed(["label 6", "", "0", "0.16"])
    'label 6, 0, 0.16'
    """
    return ", ".join(islice(filter(str.strip, texts), MOST_WORDS))


@contextmanager
def offscreen() -> Iterator[None]:
    """Plots open no windows meanwhile, and pyplot knows none of the figures that were open before.

    Windows open all the same where pyplot was imported with a backend that has them.
    """
    if "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules:
        sys.modules["matplotlib"].use("agg")
    backend = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = "agg"  # for a matplotlib that is imported meanwhile
    before = _managers().copy()
    _managers().clear()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*non-interactive, and thus cannot be shown")  # by show()
            yield
    finally:
        _managers().update(before)
        del os.environ["MPLBACKEND"]
        if backend is not None:
            os.environ["MPLBACKEND"] = backend


@contextmanager
def unchanged_settings() -> Iterator[None]:
    """Matplotlib's settings are at the end as before; of one that was imported meanwhile, as it began."""
    before = sys.modules.get("matplotlib")
    settings = None if before is None else before.rc_context()
    try:
        with settings or nullcontext():
            yield
    finally:
        if before is None and "matplotlib" in sys.modules:
            sys.modules["matplotlib"].rc_file_defaults()


@contextmanager
def open_figures() -> Iterator[Callable[[], list[Any]]]:
    """A function that gives the figures which pyplot has open; they are closed at the end."""
    try:
        yield lambda: [manager.canvas.figure for manager in _managers().values()]
    finally:
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")


def _managers() -> dict[int, Any]:
    """Where pyplot keeps its open figures."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    managers: dict[int, Any] = {} if helpers is None else helpers.Gcf.figs
    return managers
