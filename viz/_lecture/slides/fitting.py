"""Pictures laid out for their room on a slide, so that their type is read from the last row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from viz._layout.scene import READABLE, SLIDE
from viz._layout.themes import Theme
from viz._lecture.parts import Code, Live, Moving, Part, Picture, Slide
from viz._lecture.plots import figure_picture, refitted_figure, type_of
from viz._lecture.showing import composed, drawn_parts, moving
from viz._lecture.slides.arrangement import Arrangement, arrangements
from viz._lecture.slides.contents import contents_of
from viz._lecture.slides.grouping import slides_of

__all__ = ["as_parts", "fitted", "type_in"]

WANTED = 21.5  # so that it is read in a room that is a little smaller, as on paper
SAME = 1.05  # times larger type is not worth a place for the code where it is not seen at once

Seen = Picture | Moving | Live


def as_parts(things: Iterable[Any], theme: Theme | None = None) -> tuple[Part, ...]:
    """Draw the parts of a lecture, in order: plain data from then on, whatever happens to the objects.

    A plot, a drawing or a GIF of `viz.animate` whose type would be too small beside the text and the code of
    its slide is laid out for its room there. `viz.lecture` takes the parts as it takes the objects, and they
    can be pickled: so processes can draw the parts of one lecture beside each other.

    Args:
        things: text in Markdown, and objects that show themselves, as for `viz.lecture`.
        theme: redraws the drawings, slides and motions; None keeps their colours.

    Raises:
        TypeError: for None, as a function returns that only prints.

    >>> as_parts(["# Nets", 2, {"a": 1}])
    (Text(markdown='# Nets'), Plain(text='2'), Plain(text="{'a': 1}"))
    """
    parts = drawn_parts(things, theme)
    changed: dict[int, Any] = {}
    for slide in slides_of(parts):
        changed |= _arranged(slide)[1]
    return tuple(_replaced(part, changed) for part in parts)


def fitted(slide: Slide) -> Slide:
    """The same slide with the arrangement in which the smallest type of its pictures is readable, if any is.

    A plot and a drawing whose type would be too small are laid out anew for their room. Where that does not
    help, the pictures have the whole slide, and the code is after them.
    """
    arrangement, changed = _arranged(slide)
    if arrangement is None:
        return slide
    share = arrangement.height / SLIDE[1] if arrangement.code == "after" else slide.share
    parts = tuple(_replaced(part, changed) for part in slide.parts)
    return replace(slide, parts=parts, columns=arrangement.columns, code=arrangement.code, share=share)


def _arranged(slide: Slide) -> tuple[Arrangement | None, dict[int, Any]]:
    """The arrangement of the pictures of a slide, and new pictures by the ids of those that they replace."""
    contents = contents_of(slide)
    if not contents.pictures:
        return None, {}
    shapes = [_shape(part) for part in contents.pictures]
    best: tuple[float, Arrangement, Sequence[Seen]] | None = None
    for arrangement in arrangements(shapes, contents.text, contents.lines, bool(contents.words)):
        pictures: Sequence[Seen] = [_refitted(part, arrangement.cell) for part in contents.pictures]
        size = min(type_in(part, arrangement.cell) for part in pictures)
        if best is None or size >= READABLE or size > SAME * best[0]:
            best = size, arrangement, pictures
        if size >= READABLE:
            break
    assert best is not None
    _, arrangement, pictures = best
    pairs = zip(contents.pictures, pictures, strict=True)
    return arrangement, {id(part): _drawn(picture) for part, picture in pairs if picture is not part}


def type_in(part: Seen, room: tuple[float, float]) -> float:
    """The pixels of the smallest type of a picture in a room; infinite where it has none, or is not known.

    >>> type_in(Picture("svg", b"", (1600.0, 900.0), "", type=0.02), (800.0, 900.0))
    9.0
    """
    still = _still(part)
    return math.inf if still is None else still.type * min(room[1], room[0] / _shape(part))


def _refitted(part: Seen, room: tuple[float, float]) -> Seen:
    """A picture laid out for a room, where its type would be too small in it; a figure is not drawn yet."""
    match part:
        case Live(still=still):
            return part if still is None else replace(part, still=_refitted_picture(still, room))
        case Moving():
            return _refitted_motion(part, room)
    return _refitted_picture(part, room)


def _refitted_motion(part: Moving, room: tuple[float, float]) -> Moving:
    if part.redraw is None or type_in(part, room) >= READABLE:
        return part
    width = int.from_bytes(part.gif[6:8], "little")  # which it keeps
    pixels = width / room[0]
    size, whole = (width, round(pixels * room[1])), round(pixels * SLIDE[1] * WANTED / READABLE)
    data, last = part.redraw(size, whole)
    larger = moving(data, last(), part.redraw)
    return max(part, larger, key=lambda motion: type_in(motion, room))


def _refitted_picture(part: Picture, room: tuple[float, float]) -> Picture:
    if part.room == room or type_in(part, room) >= READABLE:
        return part
    larger = part
    if part.figure is not None:
        figure = refitted_figure(part, room, WANTED)
        if figure is not None:
            width, height = figure.get_size_inches()
            larger = replace(part, data=b"", size=(width, height), figure=figure, type=type_of(figure))
    elif part.drawing is not None:
        size = round(room[0]), round(room[1])
        drawing, theme = part.drawing
        larger = composed(drawing, theme, size, round(SLIDE[1] * WANTED / READABLE))
    return replace(max(part, larger, key=lambda picture: type_in(picture, room)), room=room)


def _drawn(part: Any) -> Any:
    """A picture as a file, which a figure that was laid out anew is not yet."""
    if isinstance(part, Live):
        return replace(part, still=_drawn(part.still))
    if isinstance(part, Picture) and part.figure is not None and not part.data:
        return replace(figure_picture(part.figure), words=part.words, room=part.room)
    return part


def _shape(part: Seen) -> float:
    """The width of a picture by its height."""
    still = None if isinstance(part, Live) else _still(part)
    return SLIDE[0] / SLIDE[1] if still is None else still.size[0] / still.size[1]


def _still(part: Seen) -> Picture | None:
    """The picture itself, or the one that stands still; a live page fits itself into its room."""
    if isinstance(part, Live):
        return None
    return part.still if isinstance(part, Moving) else part


def _replaced(part: Part, changed: dict[int, Any]) -> Part:
    if isinstance(part, Code):
        return Code(part.source, *(changed.get(id(output), output) for output in part.outputs))
    replacement: Part = changed.get(id(part), part)
    return replacement
