"""A drawing as shapes with their places, and the shapes as SVG. `pdf` writes the same as PDF."""

from __future__ import annotations

import hashlib
import html
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from viz._mathematics.outlines import Bar, Glyph, Ink, Words

__all__ = [
    "FONT", "READABLE", "SLIDE", "Curve", "Flat", "Group", "Inked", "Point", "Polygon", "Rectangle", "Scene",
    "Shape", "scaled", "short", "smallest_type", "to_svg", "walk",
]  # fmt: skip

# Verdana has the widths of DejaVu Sans, so a drawing laid out with one and shown with the other fits.
FONT = "DejaVu Sans,Verdana,sans-serif"

SLIDE = (1920, 1080)  # pixels of a slide, width and height
READABLE = 20.0  # of these has the smallest type that the back row can read

Point = tuple[float, float]


@dataclass(frozen=True)
class Rectangle:
    """By its upper left corner; the border is drawn half inside and half outside."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    fill: str
    stroke: str
    thickness: float
    dashed: bool = False


@dataclass(frozen=True)
class Curve:
    """A line of Bézier pieces: a start, then three points for each piece."""

    points: tuple[Point, ...]
    stroke: str
    thickness: float


@dataclass(frozen=True)
class Polygon:
    points: tuple[Point, ...]
    fill: str


@dataclass(frozen=True)
class Inked:
    """Mathematics or words from a point of their base line.

    Attributes:
        role: formula, value, gradient, derivative, number, note, title or caption.
    """

    ink: Ink
    x: float
    y: float
    colour: str
    role: str


Flat = Rectangle | Curve | Polygon | Inked


@dataclass(frozen=True)
class Group:
    """Shapes that belong together, with a sentence for those who cannot see them."""

    id: str
    kind: str
    says: str
    shapes: tuple[Flat, ...]


Shape = Flat | Group


@dataclass(frozen=True)
class Scene:
    """A whole drawing, in points from its upper left corner.

    Attributes:
        title, description: the drawing in words, for those who cannot see it.
        paper: the colour of the background.
    """

    width: float
    height: float
    title: str
    description: str
    paper: str
    shapes: tuple[Shape, ...]


def walk(shapes: tuple[Shape, ...]) -> Iterator[Flat]:
    """The shapes without their groups, in the order of drawing."""
    for shape in shapes:
        if isinstance(shape, Group):
            yield from walk(shape.shapes)
        else:
            yield shape


def scaled(shapes: Iterable[Shape], scale: float, dx: float, dy: float) -> tuple[Shape, ...]:
    """The same shapes in another size and place: each point times the scale, and moved.

    >>> scaled([Curve(((0, 0), (1, 1), (2, 2), (3, 3)), "#000000", 2.0)], 2.0, 10.0, 0.0)[0].points[-1]
    (16.0, 6.0)
    """
    return tuple(_scaled(shape, scale, dx, dy) for shape in shapes)


def _scaled(shape: Any, s: float, dx: float, dy: float) -> Any:
    def at(points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple((s * x + dx, s * y + dy) for x, y in points)

    match shape:
        case Group(shapes=shapes):
            return replace(shape, shapes=tuple(_scaled(inner, s, dx, dy) for inner in shapes))
        case Rectangle(x, y, width, height, radius, _, _, thickness):
            at_left, at_top = s * x + dx, s * y + dy
            thick = s * thickness
            return replace(
                shape,
                x=at_left,
                y=at_top,
                width=s * width,
                height=s * height,
                radius=s * radius,
                thickness=thick,
            )
        case Curve(points, _, thickness):
            return replace(shape, points=at(points), thickness=s * thickness)
        case Polygon(points):
            return replace(shape, points=at(points))
        case Inked(ink, x, y):
            return replace(shape, ink=_scaled_ink(ink, s), x=s * x + dx, y=s * y + dy)


def _scaled_ink(ink: Ink, s: float) -> Ink:
    sizes = {name: s * getattr(ink, name) for name in ("width", "ascent", "descent")}
    marks = tuple(
        replace(
            mark,
            **{
                name: s * getattr(mark, name)
                for name in ("x", "y", "size", "width", "height")
                if hasattr(mark, name)
            },
        )
        for mark in ink.marks
    )
    return replace(ink, marks=marks, **sizes)


def smallest_type(scene: Scene, size: tuple[float, float] = SLIDE) -> float:
    """The size of the smallest type, in pixels of a slide that the scene is fitted into.

    Raised and lowered signs count by the size of the line they belong to. Without type it is infinite.

    >>> ink = Ink(20, 15, 5, (Glyph("M0 0Z", 0, 0, 18.0), Glyph("M0 0Z", 9, -5, 12.6)), "x²")
    >>> smallest_type(Scene(960, 540, "", "", "#FFFFFF", (Inked(ink, 10, 20, "#000000", "formula"),)))
    36.0
    """
    scale = min(size[0] / scene.width, size[1] / scene.height)
    lines = (shape.ink.marks for shape in walk(scene.shapes) if isinstance(shape, Inked))
    sizes = ([mark.size for mark in marks if not isinstance(mark, Bar)] for marks in lines)
    return scale * min((max(line) for line in sizes if line), default=math.inf)


def to_svg(scene: Scene) -> str:
    """One SVG document, the same text for the same scene, with no id that another drawing has.

    >>> square = Rectangle(1, 1, 8, 8, 2, "#FFFFFF", "#000000", 1)
    >>> to_svg(Scene(10, 10, "a square", "one square", "#FFFFFF", (square,))).count("<rect")
    2
    """
    marks = (mark for shape in walk(scene.shapes) if isinstance(shape, Inked) for mark in shape.ink.marks)
    glyphs = dict.fromkeys(mark.outline for mark in marks if isinstance(mark, Glyph))
    outlines = {outline: i for i, outline in enumerate(glyphs)}
    prefix = f"c{hashlib.sha256(repr(scene).encode()).hexdigest()[:8]}"
    writer = _SvgWriter(prefix, outlines)
    body = "".join(writer.shape(shape) for shape in scene.shapes)
    defs = "".join(f'<path id="{prefix}g{i}" d="{outline}"/>\n' for outline, i in outlines.items())
    width, height = short(scene.width), short(scene.height)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}" '
        f'id="{prefix}svg" role="img" aria-labelledby="{prefix}title {prefix}desc">\n'
        # For browsers alone: CairoSVG and svglib know no height that is auto, and do not read @media.
        f"<style>@media screen {{ #{prefix}svg {{ max-width: 100%; height: auto }} }}</style>\n"
        f'<title id="{prefix}title">{html.escape(scene.title)}</title>\n'
        f'<desc id="{prefix}desc">{html.escape(scene.description)}</desc>\n'
        f"<defs>\n{defs}</defs>\n"
        f'<rect class="paper" width="{width}" height="{height}" fill="{scene.paper}"/>\n{body}</svg>\n'
    )


class _SvgWriter:
    """Writes shapes that use the outlines defined in the head of the file."""

    def __init__(self, prefix: str, outlines: dict[str, int]) -> None:
        self.prefix, self.outlines = prefix, outlines

    def shape(self, shape: Shape) -> str:
        match shape:
            case Group(id, kind, says, shapes):
                inner = "".join(map(self.shape, shapes))
                title = f"<title>{html.escape(says)}</title>\n" if says else ""
                return f'<g id="{self.prefix}{id}" class="{html.escape(kind)}">{title}{inner}</g>\n'
            case Rectangle(x, y, width, height, radius, fill, stroke, thickness, dashed):
                dashes = f' stroke-dasharray="{short(3 * thickness)}"' if dashed else ""
                return (
                    f'<rect x="{short(x)}" y="{short(y)}" width="{short(width)}" '
                    f'height="{short(height)}" rx="{short(radius)}" fill="{fill}" stroke="{stroke}" '
                    f'stroke-width="{short(thickness)}"{dashes}/>\n'
                )
            case Curve(points, stroke, thickness):
                return (
                    f'<path d="M{_points(points[:1])}C{_points(points[1:])}" fill="none" stroke="{stroke}" '
                    f'stroke-width="{short(thickness)}"/>\n'
                )
            case Polygon(points, fill):
                return f'<polygon points="{_points(points)}" fill="{fill}"/>\n'
            case Inked():
                return self.inked(shape)

    def inked(self, shape: Inked) -> str:
        ink = shape.ink
        latex = f' data-latex="{html.escape(ink.latex)}"' if ink.latex else ""
        marks = "".join(map(self.mark, ink.marks))
        return (
            f'<g class="{shape.role}" role="img" aria-label="{html.escape(ink.text)}"{latex} '
            f'fill="{shape.colour}" transform="translate({short(shape.x)} {short(shape.y)})">{marks}</g>\n'
        )

    def mark(self, mark: Glyph | Bar | Words) -> str:
        match mark:
            case Glyph(outline, x, y, size):
                return (
                    f'<use xlink:href="#{self.prefix}g{self.outlines[outline]}" '
                    f'transform="translate({short(x)} {short(y)})scale({size / 1000:.5g})"/>'
                )
            case Bar(x, y, width, height):
                return (
                    f'<rect x="{short(x)}" y="{short(y)}" width="{short(width)}" height="{short(height)}"/>'
                )
            case Words(text, x, y, size, width):
                return (
                    f'<text x="{short(x)}" y="{short(y)}" font-size="{short(size * 0.9)}" '
                    f'font-family="{FONT}" textLength="{short(width)}" '
                    f'lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>'
                )


def short(x: float) -> str:
    """Two decimals at most, and never -0.

    >>> short(1.5), short(-0.001), short(12.0)
    ('1.5', '0', '12')
    """
    text = f"{x:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{short(x)} {short(y)}" for x, y in points)
