"""Objects as parts of a lecture: as they show themselves in a notebook, pictures as large as a slide."""

from __future__ import annotations

import base64
import html
import inspect
import io
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import graphviz

from autograd._support.extras import extra
from viz._formulas.chain_rule import ChainRule
from viz._layout.scene import SLIDE, Scene, smallest_type, to_svg
from viz._layout.slide.fitting import LEGIBLE, compose_slide
from viz._layout.themes import Theme
from viz._lecture.parts import Code, Formula, Html, Live, Moving, Part, Picture, Plain, Text
from viz._lecture.plots import figure_picture, figures_of
from viz._mathematics.mathml import to_mathml
from viz._mathematics.outlines import available
from viz._output.dot import Drawing
from viz._output.moving.gif import Gif, Redraw, gif
from viz._output.moving.motion import Motion
from viz._output.render import picture_bytes
from viz._pages.parts.files import Page
from viz._slides import slide

__all__ = ["composed", "drawn_parts", "moving", "still_parts"]

DRAWING = (1840, 840)  # pixels of a slide between its heading and the lines under a drawing
MOTION = (1280, 540)  # pixels of a GIF: the shape of its part of a slide
INCHES = (11.0, 4.64)  # of a motion's figure, whose type of 9 points is then read from the last row
FRAME, FRAME_INCHES, FRAMES = (900, 760), (5.6, 4.73), 2  # of a motion on paper
MOST_FRAMES = 60
# The forms of an object, the best first, and the method that gives each.
KINDS = {
    "image/svg+xml": "svg", "text/html": "html", "text/latex": "latex", "text/markdown": "markdown",
    "image/gif": "gif", "image/png": "png",
}  # fmt: skip
PIXELS = {"image/gif", "image/png"}
TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
SVG = "{http://www.w3.org/2000/svg}svg"
PNG, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"  # the first bytes of a file, and the last
LENGTH = re.compile(r"\s*(\d*\.?\d+(?:[eE][-+]?\d+)?)\s*(?:px|pt|pc|mm|cm|in|em|ex)?\s*")


def drawn_parts(things: Iterable[Any], theme: Theme | None = None) -> tuple[Part, ...]:
    """The parts of a lecture, in order, as large as the objects make them.

    >>> drawn_parts(["# Nets", 2, {"a": 1}])
    (Text(markdown='# Nets'), Plain(text='2'), Plain(text="{'a': 1}"))
    """
    parts: list[Part] = []
    for i, thing in enumerate(things):
        try:
            _check_is_shown(thing)
            parts += _shown(thing, theme)
        except Exception as error:
            error.add_note(f"This is part {i} of the lecture, counted from 0: {type(thing).__name__}.")
            raise
    return tuple(parts)


def _check_is_shown(thing: Any) -> None:
    """A function or a module among the parts is a mistake: its repr is only an address in memory."""
    if inspect.isroutine(thing):
        raise _no_part(f"a function: call it, {thing.__name__}(...), and give what it returns")
    if inspect.ismodule(thing):
        cells = f"*viz.run_script({thing.__name__}.__file__)"
        raise _no_part(f"a module: for the cells of its file give {cells}")


def _no_part(thing: str) -> TypeError:
    """The error for something that is no part, with what to give instead."""
    return TypeError(f"a part of a lecture is text or an object that shows itself, not {thing}")


def still_parts(thing: Any) -> tuple[Any, ...]:
    """An output as it is now, whatever happens to the object later.

    Drawings, slides and motions stay themselves: they do not change, and a lecture may redraw them in its
    theme.

    >>> numbers = [1, 2]
    >>> still_parts(numbers), still_parts("# text")
    ((Plain(text='[1, 2]'),), (Plain(text="'# text'"),))
    """
    things = thing if isinstance(thing, (list, tuple)) else (thing,)
    if things and all(isinstance(t, (Drawing, slide.Slide, Motion)) for t in things):
        return tuple(things)
    return tuple(_output(thing, None))


def _shown(thing: Any, theme: Theme | None) -> Iterator[Part]:
    """The parts that an object becomes: of most objects one, of a list of pictures several."""
    if thing is None:
        raise _no_part(
            "None: a function that prints returns nothing; a script run by viz.run_script has its lines "
            "with what they print"
        )
    if isinstance(thing, Code):
        yield Code(thing.source, *(part for output in thing.outputs for part in _output(output, theme)))
    elif isinstance(thing, Part):
        yield thing
    elif type(thing) is str:
        yield Text(thing)
    elif isinstance(thing, Path):
        yield _file(thing, theme)
    elif figures := figures_of(thing):
        yield from map(figure_picture, figures)
    elif isinstance(thing, (list, tuple)):
        yield from _several(thing, theme)
    else:
        yield _ours(thing, theme) or _self_shown(thing) or Plain(repr(thing))


def _output(thing: Any, theme: Theme | None) -> Iterator[Part]:
    """The parts of an output. Text among outputs is a value, shown with its quotes, and no Markdown.

    Code among outputs is text, and its outputs follow.
    """
    for part in [Plain(repr(thing))] if type(thing) is str else _shown(thing, theme):
        if isinstance(part, Code):
            yield Plain(part.source)
            yield from part.outputs
        else:
            yield part


def _several(things: list[Any] | tuple[Any, ...], theme: Theme | None) -> list[Part]:
    """The parts of a list whose items all show themselves; of any other list its repr."""
    if (
        not things
        or any(t is None or isinstance(t, (str, int, float)) for t in things)
        or _holds_itself(things)
    ):
        return [Plain(repr(things))]
    parts = [part for t in things for part in _shown(t, theme)]
    return [Plain(repr(things))] if any(isinstance(part, Plain) for part in parts) else parts


def _holds_itself(things: list[Any] | tuple[Any, ...]) -> bool:
    todo, seen = [*things], set[int]()
    while todo:
        thing = todo.pop()
        if thing is things:
            return True
        if isinstance(thing, (list, tuple)) and id(thing) not in seen:
            seen.add(id(thing))
            todo += thing
    return False


def _ours(thing: Any, theme: Theme | None) -> Part | None:
    """A part from a drawing, a slide, a motion or a chain rule; None from anything else."""
    if isinstance(thing, (graphviz.Graph, graphviz.Digraph, graphviz.Source)):
        return _drawing(thing, theme)
    if isinstance(thing, slide.Slide):
        return _picture(thing.in_theme(theme or thing.theme).scene)
    if isinstance(thing, Motion):
        *_, last = thing.figures(MOTION, theme, 1, INCHES)
        still = figure_picture(last)
        data = gif(thing.stills("rgb", MOTION, theme, MOST_FRAMES, INCHES), MOTION, thing.seconds)
        frames = tuple(map(figure_picture, thing.figures(FRAME, theme, FRAMES, FRAME_INCHES)))
        return Moving(data, still, still.words, frames)
    if isinstance(thing, ChainRule):
        return Formula(thing.latex, _equations(thing), thing.text)
    return None


def _drawing(drawing: Any, theme: Theme | None) -> Picture:
    """A drawing of ours composed for its part of a slide; any other graph as Graphviz draws it."""
    picture = getattr(drawing, "to_typeset", None)
    if picture is not None and available():
        size, whole = (DRAWING, SLIDE[1]) if drawing.size is None else (drawing.size, None)
        return composed(picture, theme or drawing.theme, size, whole)
    return _svg(picture_bytes(drawing, "svg"), "a graph")


def composed(picture: Any, theme: Theme, size: tuple[int, int], whole: int | None = None) -> Picture:
    """A drawing composed for a part of a slide that is `whole` pixels high."""
    return _picture(compose_slide(picture, theme, size, whole), (picture, theme))


def _picture(scene: Scene, drawing: tuple[Any, Theme] | None = None) -> Picture:
    words = "\n".join(filter(None, (scene.title, scene.description)))
    size = smallest_type(scene, (math.inf, 1.0))
    data = to_svg(scene).encode("utf-8")
    return Picture(
        "svg", data, (scene.width, scene.height), words, scene, scene.paper, drawing=drawing, type=size
    )


def _svg(data: bytes, words: str) -> Picture:
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ValueError(f"this svg is no XML, so no browser would show it: {error}") from None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:  # of a file in another encoding, as it declares
        data = ElementTree.tostring(root)
    if root.tag == "svg":  # among HTML it needs no name of its language, in a file of its own it does
        data = data.replace(b"<svg", b'<svg xmlns="http://www.w3.org/2000/svg"', 1)
    elif root.tag != SVG:
        raise ValueError(f"this svg has a <{root.tag}> in place of its <svg>, so no browser would show it")
    width, height = _size(root)
    return Picture("svg", data, (width or 1.0, height or 1.0), words)


def _size(svg: ElementTree.Element) -> tuple[float, float]:
    """Width and height, of which only the shape matters; where an svg does not tell, a slide's."""
    box = re.split(r"[\s,]+", svg.get("viewBox", "").strip())
    sides = box[2:] if len(box) == 4 else [svg.get("width", ""), svg.get("height", "")]
    width, height = (LENGTH.fullmatch(side) for side in sides)
    return (float(width[1]), float(height[1])) if width and height else SLIDE


def _png(data: bytes, words: str) -> Picture:
    if not (data.startswith(PNG) and PNG_END in data):
        raise ValueError(f"this png is no PNG, or is cut off: {len(data)} bytes that begin with {data[:8]!r}")
    width, height = (int.from_bytes(data[i : i + 4]) for i in (16, 20))
    return Picture("png", data, (float(width or 1), float(height or 1)), words)


def _equations(rule: ChainRule) -> str:
    """The chain rule as a table of MathML: left sides, and right sides under each other."""
    rows = [
        f'<mtr><mtd columnalign="right">{"" if i else to_mathml(left)}</mtd>'
        f'<mtd columnalign="left"><mo>=</mo>{to_mathml(right)}</mtd></mtr>'
        for left, rights in rule.equations
        for i, right in enumerate(rights)
    ]
    return f'<mtable displaystyle="true">{"".join(rows)}</mtable>'


def _file(path: Path, theme: Theme | None) -> Part:
    """A page, a motion or a picture from its file."""
    words = path.stem.replace("_", " ").replace("-", " ")
    match path.suffix.lower():
        case ".html" | ".htm":
            return _page(path, theme)
        case ".gif":
            if isinstance(path, Gif) and path.last is not None:
                return moving(path.read_bytes(), path.last(), path.redraw)
            return _moving(path.read_bytes(), words)
        case ".svg":
            return _svg(path.read_bytes(), words)
        case ".png":
            return _png(path.read_bytes(), words)
    raise ValueError(
        f"a file in a lecture is a page (.html), a motion (.gif) or a picture (.svg, .png), not {path.name!r}"
    )


def _page(path: Path, theme: Theme | None) -> Live:
    document = path.read_text(encoding="utf-8")
    title = TITLE.search(document)
    still = path.still() if isinstance(path, Page) and path.still is not None else None
    pictures = [] if still is None else [p for p in _shown(still, theme) if isinstance(p, Picture)]
    words = html.unescape(title[1]).strip() if title else path.stem
    return Live(document, pictures[0] if pictures else None, words, path.name)


def moving(data: bytes, last: Any, redraw: Redraw | None) -> Moving:
    """A GIF that `viz.animate` drew, whose last picture is a scene or a figure."""
    still = _picture(last) if isinstance(last, Scene) else figure_picture(last)
    return Moving(data, still, still.words, redraw=redraw)


def _moving(data: bytes, words: str) -> Moving:
    """Any other GIF, and its last picture."""
    images = extra("PIL.Image", "images", "a GIF in a lecture")
    file = io.BytesIO()
    try:
        with images.open(io.BytesIO(data)) as image:
            image.seek(image.n_frames - 1)
            image.convert("RGB").save(file, "png")
    except (OSError, EOFError, ValueError, SyntaxError):  # Pillow's, whose words are of its own insides
        raise ValueError(f"this gif is no GIF, or is damaged: {len(data)} bytes") from None
    # Its type is taken to be that of a motion for a whole slide.
    return Moving(data, replace(_png(file.getvalue(), words), type=LEGIBLE), words)


def _self_shown(thing: Any) -> Part | None:
    """A part from the forms in which an object shows itself in a notebook; None if it has none."""
    forms = {} if isinstance(thing, type) else _forms(thing)
    words = str(forms.get("text/plain") or (thing if isinstance(thing, str) else repr(thing)))
    for kind, content in ((kind, forms[kind]) for kind in KINDS if forms.get(kind)):
        match kind:
            case "image/svg+xml":
                return _svg(content.encode("utf-8", "replace"), words)
            case "image/gif":
                return _moving(_bytes(content), words)
            case "image/png":
                return _png(_bytes(content), words)
            case "text/html":
                return Html(content, words)
            case "text/latex":
                latex = _without_dollars(content)
                return Text(content) if "$" in latex else Formula(latex, "", words)
            case "text/markdown":
                return Text(content)
    return Plain(words) if "text/plain" in forms else None


def _forms(thing: Any) -> dict[str, Any]:
    """What an object gives a notebook, by its MIME type."""
    methods = {kind: getattr(thing, f"_repr_{name}_", None) for kind, name in KINDS.items()}
    forms = {kind: _alone(method()) for kind, method in methods.items() if callable(method)}
    if callable(bundle := getattr(thing, "_repr_mimebundle_", None)):
        bundled = _alone(bundle(include={*KINDS, "text/plain"}, exclude=set())) or {}
        if not isinstance(bundled, dict):
            raise TypeError(f"_repr_mimebundle_ gives a dict of forms, not {bundled!r:.80}")
        forms |= bundled
    for kind in forms.keys() & KINDS.keys():
        is_text = isinstance(forms[kind], str)
        if forms[kind] is not None and not (is_text or (kind in PIXELS and isinstance(forms[kind], bytes))):
            wanted = "bytes, or text in base64," if kind in PIXELS else "text,"
            raise TypeError(f"an object gives {kind} as {wanted} not as {forms[kind]!r:.80}")
    return forms


def _alone(form: Any) -> Any:
    """A form without the metadata that may come with it."""
    return form[0] if isinstance(form, tuple) and form else form


def _bytes(content: str | bytes) -> bytes:
    return base64.b64decode(content) if isinstance(content, str) else content


def _without_dollars(latex: str) -> str:
    r"""The mathematics between dollar signs.

    >>> _without_dollars(r"$\displaystyle a^2$"), _without_dollars("$$a$$"), _without_dollars("a")
    ('a^2', 'a', 'a')
    """
    return latex.strip().strip("$").strip().removeprefix(r"\displaystyle").strip()
