"""Shapes as a PDF of one page: lines and outlines, no fonts and no pixels, so it is sharp at any size.

A drawing holds filled and stroked paths in plain colours and nothing else, which is a small part of
PDF (ISO 32000-1, sections 8.4 and 8.5): writing it here spares a library of several megabytes.
"""

from __future__ import annotations

import re
import zlib

from viz._layout.scene import Curve, Flat, Inked, Point, Polygon, Rectangle, Scene, short, walk
from viz._mathematics.outlines import Bar, Glyph, Words

__all__ = ["NoOutline", "to_pdf"]

ROUND = 0.5523  # how far a Bézier piece's inner points lie, to look like a quarter of a circle


class NoOutline(ValueError):
    """A sign that only the viewer's own fonts could show."""


def to_pdf(scene: Scene) -> bytes:
    """One PDF document, the same bytes for the same scene.

    Raises:
        NoOutline: when a sign in it is in no font of ours.

    >>> to_pdf(Scene(10, 10, "nothing", "", "#FFFFFF", ()))[:8]
    b'%PDF-1.7'
    """
    page = [f"1 0 0 -1 0 {short(scene.height)} cm"]  # y downwards, as in the scene
    page.append(f"{_colour(scene.paper)} rg 0 0 {short(scene.width)} {short(scene.height)} re f")
    for shape in walk(scene.shapes):
        page += _shape(shape)
    stream = zlib.compress("\n".join(page).encode("ascii"), 9)
    title = scene.title.encode("utf-16-be", "replace").hex().upper()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(en)/ViewerPreferences<</DisplayDocTitle true>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {short(scene.width)} {short(scene.height)}]"
        f"/Resources<<>>/Contents 4 0 R>>".encode("ascii"),
        f"<</Length {len(stream)}/Filter/FlateDecode>>stream\n".encode("ascii") + stream + b"\nendstream",
        f"<</Title<FEFF{title}>/Producer(chainrule)>>".encode("ascii"),
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, with the table of where each begins."""
    data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # four bytes over 127 say that the file is binary
    starts = []
    for i, body in enumerate(objects, start=1):
        starts.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (i, body)
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    count = len(objects) + 1
    tail = (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}"
        f"trailer\n<</Size {count}/Root 1 0 R/Info {len(objects)} 0 R>>\nstartxref\n{len(data)}\n%%EOF\n"
    )
    return data + tail.encode("ascii")


def _shape(shape: Flat) -> list[str]:
    match shape:
        case Rectangle():
            dashes = f"[{short(3 * shape.thickness)}] 0 d" if shape.dashed else "[] 0 d"
            colours = (
                f"{_colour(shape.fill)} rg {_colour(shape.stroke)} RG {short(shape.thickness)} w {dashes}"
            )
            return [colours, *_rounded(shape), "B [] 0 d"]
        case Curve(points, stroke, thickness):
            pieces = [f"{_at(points[i : i + 3])} c" for i in range(1, len(points), 3)]
            return [f"{_colour(stroke)} RG {short(thickness)} w", f"{_at(points[:1])} m", *pieces, "S"]
        case Polygon(points, fill):
            lines = [f"{_at((point,))} l" for point in points[1:]]
            return [f"{_colour(fill)} rg", f"{_at(points[:1])} m", *lines, "h f"]
        case Inked(ink, x, y, colour):
            inner = [line for mark in ink.marks for line in _mark(mark)]
            return [f"q 1 0 0 1 {short(x)} {short(y)} cm {_colour(colour)} rg", *inner, "Q"]


def _mark(mark: Glyph | Bar | Words) -> list[str]:
    match mark:
        case Glyph(outline, x, y, size):
            scale = f"{size / 1000:.5f}"
            # The outline keeps its own coordinates, so that every use of a letter is the same text,
            # which the compression finds.
            return [f"q {scale} 0 0 {scale} {short(x)} {short(y)} cm", *_path(outline), "f Q"]
        case Bar(x, y, width, height):
            return [f"{short(x)} {short(y)} {short(width)} {short(height)} re f"]
        case Words(text):
            raise NoOutline(f"no font here has {text!r} for a pdf; an svg shows it in the viewer's fonts")


def _path(outline: str) -> list[str]:
    """The path of a letter: M, L, C and Z are PDF's own, a quadratic piece becomes a cubic one."""
    out: list[str] = []
    x = y = 0.0
    for command, numbers in re.findall(r"([MLQCZ])([^MLQCZ]*)", outline):
        at = [float(n) for n in numbers.split()]
        if command == "Q":
            (cx, cy), (ex, ey) = at[:2], at[2:]
            near = x + 2 * (cx - x) / 3, y + 2 * (cy - y) / 3
            far = ex + 2 * (cx - ex) / 3, ey + 2 * (cy - ey) / 3
            at = [*near, *far, ex, ey]
        operator = {"M": "m", "L": "l", "Z": "h"}.get(command, "c")
        out.append(" ".join([*map(short, at), operator]))
        x, y = at[-2:] or (x, y)
    return out


def _rounded(box: Rectangle) -> list[str]:
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    r = min(box.radius, box.width / 2, box.height / 2)
    k = r * (1 - ROUND)
    corners: list[tuple[Point, Point, Point, Point]] = [
        ((right - r, top), (right - k, top), (right, top + k), (right, top + r)),
        ((right, bottom - r), (right, bottom - k), (right - k, bottom), (right - r, bottom)),
        ((left + r, bottom), (left + k, bottom), (left, bottom - k), (left, bottom - r)),
        ((left, top + r), (left, top + k), (left + k, top), (left + r, top)),
    ]
    path = [f"{_at(((left + r, top),))} m"]
    for start, *bend in corners:
        path += [f"{_at((start,))} l", f"{_at(tuple(bend))} c"]
    return [*path, "h"]


def _colour(colour: str) -> str:
    return " ".join(f"{int(colour[i : i + 2], 16) / 255:.4g}" for i in (1, 3, 5))


def _at(points: tuple[Point, ...]) -> str:
    return " ".join(f"{short(x)} {short(y)}" for x, y in points)
