"""Motions, and the forward and the backward pass, as numbered pictures of one layout and as a GIF."""

from __future__ import annotations

import io
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import DomainError
from autograd._nodes.value import Value
from autograd._support.atomic import check_place, written_whole
from autograd._support.checks import between, count
from autograd._support.extras import extra
from autograd._support.paths import as_path
from viz._layout.compose import Moment
from viz._layout.graphviz_programs import NoPackage
from viz._layout.scene import SLIDE, Scene
from viz._layout.slide.fitting import a_size, composed, slide_scene
from viz._layout.themes import LIGHT, Theme, a_theme
from viz._mathematics.outlines import available
from viz._mathematics.typeset import Math
from viz._output.moving.arithmetic import checkable, exact, in_parentheses
from viz._output.moving.gif import Gif, Redraw, gif
from viz._output.moving.marks import is_frame, marked
from viz._output.moving.motion import INCHES, Motion, contents, scaled
from viz._output.render import FORMATS, check_png, checked_path, scene_bytes
from viz._pictures.chain import chain_picture
from viz._pictures.numbers import UNDEFINED, sum_without_rounding
from viz._pictures.picture import Picture
from viz._pictures.steps import Equation, PictureNumbers, figure, steps_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["animate", "frames"]

MOST_PIXELS = 1_000_000_000  # of all frames of a GIF
SECONDS = 1.5  # that a frame of a computation stays
POINTS = 96.0  # pixels of a slide to an inch, as in a drawing


def frames(
    subject: Value | Motion,
    folder: str | os.PathLike[str],
    *,
    kind: str | None = None,
    theme: Theme | None = None,
    size: tuple[int, int] = SLIDE,
    dpi: float | None = None,
    width: int | None = None,
    limit: int = 60,
) -> list[Path]:
    """Write a motion, or the forward and backward pass of a computation, as numbered pictures for slides.

    Of a computation: first the empty graph, then the leaves' values, then one value a frame; then
    ∂C/∂C = 1 and one edge a frame, with its local derivative, and the gradient of its source once all uses of
    that quantity are in. Numbers appear when they are computed. Everything stands in the same place in every
    frame, and at its foot the calculation of the frame. The last frame is the drawing of
    `viz.draw_chain` with that size.

    Args:
        subject: the result of a computation; ``backward()`` need not have run, and nothing is written to the
            graph. Or a motion, such as `viz.descent_motion`.
        folder: a folder that exists, or whose parent does; frames of an earlier run are replaced, and
            deleted where this run has fewer. Each file is marked as a frame at its end; other files stay.
        kind: svg, pdf or png; by default svg of a computation, and png of a motion.
        theme: the colours, `viz.LIGHT` or `viz.DARK`; by default `viz.LIGHT`, and of a motion the colours of
            matplotlib's style.
        size: of a slide, width and height in pixels, as for `viz.draw_chain`.
        dpi, width: of a png that is to have other pixels than the slide, as for `viz.render`.
        limit: the most quantities of a computation, and the most frames of a motion: of one with more
            pictures, some evenly spaced. A whole number.

    Returns:
        The paths ``frame-01.svg``, ``frame-02.svg``, …: of a computation 4 + the number of computed
        quantities + the number of edges.

    Raises:
        TypeError: when the subject is no `Value` and no motion, and for a theme that is none.
        ValueError: for another kind; for a size, a dpi or a width out of range, or for both of these; for
            more than `limit` quantities; when the subject is a leaf; for a motion without pictures; for a
            pdf, when a label has a sign that no font here has.
        FileExistsError: when a file of that name is none of ours; nothing is written then.
        FileNotFoundError, NotADirectoryError, PermissionError: when the folder cannot be made or written to.
        RuntimeError: when Graphviz or a library for typesetting is missing, and how to install it.
        ImportError: of a motion, when matplotlib is missing, and how to install it.
        DomainError: when a derivative is undefined.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in frames((2 * Value(3.0, label="x")).with_label("y"), folder)]
    ['frame-01.svg', 'frame-02.svg', 'frame-03.svg', 'frame-04.svg', 'frame-05.svg', 'frame-06.svg']
    """
    if kind is None:
        kind = "png" if isinstance(subject, Motion) else "svg"
    if kind not in FORMATS:
        raise ValueError(f"kind is one of {', '.join(FORMATS)}, not {kind!r}")
    check_png(dpi, width)
    slide = a_size(size)
    if dpi is None and width is None:
        width = slide[0]
    target = as_path(folder)
    if not target.exists() and not target.parent.is_dir():
        raise FileNotFoundError(f"cannot make the folder {target}: there is no folder {target.parent}")
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(f"{str(target)!r} is not a folder; cannot write frames there")
    # All, before any is written.
    if isinstance(subject, Motion):
        if width is None:
            width = max(1, round(slide[0] * (dpi or POINTS) / POINTS))
        drawn = list(subject.stills(kind, scaled(slide, width), theme, count(limit, "limit")))
    else:
        scenes = _scenes(_animated_picture(subject, limit), LIGHT if theme is None else a_theme(theme), slide)
        drawn = [scene_bytes(still_scene, kind, dpi, width) for still_scene in scenes]
    digits = max(2, len(str(len(drawn))))
    paths = [target / f"frame-{i:0{digits}}.{kind}" for i in range(1, len(drawn) + 1)]
    target.mkdir(exist_ok=True)
    for path in paths:
        if check_place(path).exists() and not is_frame(path):
            raise FileExistsError(
                f"{path} is there, and no frame that viz.frames wrote: take it away, or give another folder"
            )
    earlier = [old for old in target.iterdir() if re.fullmatch(rf"frame-\d+\.{kind}", old.name)]
    for path, data in zip(paths, drawn, strict=True):
        with written_whole(path) as temporary:
            temporary.write_bytes(marked(data, kind))
    for old in earlier:
        if old not in paths and old.is_file() and is_frame(old):
            old.unlink()
    return paths


def animate(
    subject: Value | Motion,
    path: str | os.PathLike[str],
    *,
    seconds_per_frame: float | None = None,
    size: tuple[int, int] = (1280, 720),
    width: int | None = None,
    theme: Theme | None = None,
    limit: int = 60,
) -> Gif:
    """Write the frames of `viz.frames` as one GIF that runs for ever.

    The last frame stays three times as long as the others, and 1.5 seconds at least. Where nothing changes
    from one frame to the next, the GIF holds nothing.

    Args:
        subject: the result of a computation, to which nothing is written; or a motion, such as
            `viz.descent_motion`.
        path: a file name ending in .gif; it is returned, and shows the GIF in a notebook.
        seconds_per_frame: how long a frame stays, from 0.02 to 200 seconds; by default 1.5 of a computation,
            and the motion's own.
        size: of the slide that is composed, width and height in pixels.
        width: of the GIF, from 100 to 10,000 pixels; without it, that of the slide.
        theme, limit: as for `viz.frames`.

    Raises:
        ImportError: when Pillow, or of a motion matplotlib, is not installed, with the command that installs
            it.
        ValueError: for another suffix; for seconds or a width out of range; for more than 1,000,000,000
            pixels in all frames.
        FileNotFoundError, IsADirectoryError, PermissionError: when the folder cannot be written to.
        TypeError, ValueError, RuntimeError, DomainError: for a subject or a theme, as `viz.frames` raises
            them.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     y = (2 * Value(3.0, label="x")).with_label("y")
    ...     path = animate(y, pathlib.Path(folder, "y.gif"), width=300)
    ...     path.name, path.read_bytes()[:6]
    ('y.gif', b'GIF89a')
    """
    target = checked_path(path, ("gif",), "animate")
    if seconds_per_frame is None:
        seconds_per_frame = subject.seconds if isinstance(subject, Motion) else SECONDS
    # A GIF counts hundredths of a second in 16 bits, and its last frame stays three times as long.
    seconds = between(seconds_per_frame, "seconds_per_frame", 0.02, 200, " of seconds")
    slide = a_size(size)
    width = count(slide[0] if width is None else width, "width", 100, 10_000, " of pixels")
    extra("PIL.Image", "images", "an animated GIF")  # before anything is drawn
    pixels = scaled(slide, width)
    if isinstance(subject, Motion):
        limit = count(limit, "limit")
        _check_pixels(min(limit, len(subject)), pixels)
        redraw: Redraw = partial(_motion_gif, subject, theme, limit, seconds)
        data, last = redraw(pixels, pixels[1])
    else:
        picture, colours = _animated_picture(subject, limit), LIGHT if theme is None else a_theme(theme)
        redraw = partial(_computation_gif, picture, colours, width, seconds)
        data, last = redraw(slide, slide[1])
    with written_whole(target) as temporary:
        temporary.write_bytes(data)
    path = Gif(target)
    path.last, path.redraw = last, redraw
    return path


def _motion_gif(
    motion: Motion, theme: Theme | None, limit: int, seconds: float, size: tuple[int, int], whole: int
) -> tuple[bytes, Callable[[], Figure]]:
    """A motion for a part of a slide that is `whole` pixels high, and what draws its last figure."""
    dots = whole / INCHES[1]
    inches = size[0] / dots, size[1] / dots
    last: Figure

    def stills() -> Iterator[bytes]:
        nonlocal last
        for last in motion.figures(size, theme, limit, inches):
            yield contents(last, "rgb")

    data = gif(stills(), size, seconds)
    return data, lambda: last


def _computation_gif(
    picture: Picture, theme: Theme, width: int, seconds: float, size: tuple[int, int], whole: int
) -> tuple[bytes, Callable[[], Scene]]:
    """A computation for a part of a slide that is `whole` pixels high, and what gives its last picture."""
    scenes = list(_scenes(picture, theme, size, whole))
    pixels = scaled(size, width)
    _check_pixels(len(scenes), pixels)
    return gif((_rgb(scene, width) for scene in scenes), pixels, seconds), lambda: scenes[-1]


def _check_pixels(number: int, size: tuple[int, int]) -> None:
    """Raise ValueError for a GIF of too many pixels."""
    pixels = size[0] * size[1]
    if pixels * number > MOST_PIXELS:
        most = int(size[0] * math.sqrt(MOST_PIXELS / number / pixels))
        raise ValueError(
            f"{number} frames of {size[0]:,} x {size[1]:,} pixels are more than the "
            f"{MOST_PIXELS:,} pixels that a GIF is made of at most: give width={most} or less"
        )


def _rgb(scene: Scene, width: int) -> bytes:
    """The pixels of a composed drawing."""
    images: Any = extra("PIL.Image", "images", "an animated GIF")
    still = images.open(io.BytesIO(scene_bytes(scene, "png", width=width))).convert("RGB")
    return bytes(still.tobytes())


def _animated_picture(C: Value, limit: int) -> Picture:
    """The picture of a computation in which every number is there."""
    if not isinstance(C, Value):
        raise TypeError(f"an animation takes a Value or a motion, not {type(C).__name__} ({C!r:.80})")
    if C.is_leaf:
        raise ValueError("an animation needs a calculation, and this Value is a leaf")
    if not available():
        raise NoPackage("an animation", "ziamath")
    picture = chain_picture(C, limit=limit)
    if any(box.gradient is UNDEFINED for box in picture.boxes):
        adjoints(C, 1.0)  # raises, and says where; without every number there is no backward pass to show
    for link in picture.links:
        if link.number is None:  # as in a branch that where did not take
            raise DomainError(f"{link.text()} is undefined, and an animation shows every number")
    return picture


def _scenes(
    picture: Picture, theme: Theme, size: tuple[int, int], whole: int | None = None
) -> Iterator[Scene]:
    """The frames of a computation."""
    composition = composed(picture, theme, size, whole)
    for moment, caption in _moments(picture):
        yield slide_scene(composition, moment, caption)
    yield slide_scene(composition)


# -- the moments ------------------------------------------------------------------------------


def _moments(picture: Picture) -> Iterator[tuple[Moment, Sequence[Equation]]]:
    """The empty picture, the leaves, and a moment for each step of the two passes, with its calculation."""
    leaves = frozenset(box.id for box in picture.boxes if box.formula is None)
    yield Moment(), ()
    now = Moment(values=leaves)
    yield replace(now, boxes_now=leaves), ()
    for step in steps_of(picture, _numbers(picture)):
        links_now, equations = frozenset[int](), step.equations
        if step.kind == "forward":
            now = replace(now, values=now.values | {*step.boxes})
        elif step.kind == "backward":
            links_now = frozenset(step.links)
            links = now.links | links_now
            complete = links.issuperset(i for i, k in enumerate(picture.links) if k.source == step.boxes[0])
            gradients = now.gradients.union(step.boxes[:1] if complete else ())
            now = replace(now, links=links, gradients=gradients)
            if links_now and step.boxes[1] != picture.boxes[-1].id:
                equations = equations[1:]  # the local derivative stands in the picture
        else:
            continue
        yield (
            replace(now, boxes_now=frozenset(step.boxes[:1]), links_now=links_now),
            [checkable(e) for e in equations],
        )


def _numbers(picture: Picture) -> PictureNumbers:
    """The numbers of the recorded pass, for the steps."""
    values = {box.id: _number(box.value) for box in picture.boxes}
    gradients = {box.id: _number(box.gradient) for box in picture.boxes}
    slopes = {i: _number(link.number) for i, link in enumerate(picture.links)}
    products, totals = dict[int, float](), dict[int, float]()
    terms: dict[str, list[float]] = {box.id: [] for box in picture.boxes}
    for i in picture.backward_order():
        link = picture.links[i]
        products[i] = slopes[i] * gradients[link.target]
        terms[link.source].append(products[i])
        totals[i] = sum_without_rounding(terms[link.source])

    def figures(numbers: dict[Any, float]) -> dict[Any, Math]:
        return {key: figure(exact(x)) for key, x in numbers.items()}

    of_links = figures(slopes), figures(products), figures(totals)
    return PictureNumbers(figures(values), figures(gradients), *of_links, in_parentheses)


def _number(value: float | str | None) -> float:
    assert isinstance(value, float)  # without every number `_scenes` has raised
    return value
