"""The slides as HTML."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass, field

from viz._lecture.page.arrangement import arrange
from viz._lecture.page.foreign import checked_html
from viz._lecture.parts import Code, Formula, Html, Live, Moving, Part, Picture, Plain, Slide, Text
from viz._lecture.text.highlighting import highlighted
from viz._lecture.text.markdown import to_html
from viz._lecture.text.mathematics import mathml
from viz._pages.parts.colours import is_dark_paper

__all__ = ["Body", "body_of"]

# The signs that an svg cannot have as they are, in an address that is an attribute between double quotes.
ESCAPES = str.maketrans({sign: f"%{ord(sign):02X}" for sign in '%#&"'})
LONGEST = 60  # signs of a formula that can be set larger


@dataclass
class Body:
    """The slides, and the documents of the pages that are live on them.

    Attributes:
        slides: each as HTML.
        documents: of the live pages, in order.
    """

    slides: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)


def body_of(slides: tuple[Slide, ...]) -> Body:
    """The HTML of all slides."""
    body = Body()
    for i, slide in enumerate(slides, start=1):
        label = html.escape(f"{i} of {len(slides)}" + (f": {slide.title}" if slide.title else ""))
        body.slides.append(
            f'<section class="slide level{slide.level}" id="slide{i}" role="group" '
            f'aria-roledescription="slide" aria-label="{label}">\n{_slide(slide, body)}</section>\n'
        )
    return body


def _slide(slide: Slide, body: Body) -> str:
    text, seen, code = "", list[Part](), list[Part]()
    for part in slide.parts:
        match part:
            case Text(markdown):
                text += markdown + "\n\n"
            case Code() | Plain():
                code.append(part)
                if isinstance(part, Code):
                    seen += (output for output in part.outputs if not isinstance(output, Plain))
            case _:
                seen.append(part)
    pictures = [part for part in seen if isinstance(part, (Picture, Moving, Live))]
    lines = "\n".join(map(_lines, code))
    columns, is_beside = arrange([_shape(part) for part in pictures], text, lines)
    written = f'<div class="text">\n{to_html(text)}</div>\n' if text else ""
    if seen:
        words = "".join(_words(part) for part in seen if part not in pictures)
        words = f'<div class="words">{words}</div>\n' if words else ""
        figures = "".join(_figure(part, body) for part in pictures)
        grid = f'<div class="pictures" style="--columns: {columns}">\n{figures}</div>\n'
        written += f'<div class="seen">\n{words}{grid if pictures else ""}</div>\n'
    if code:
        beside = " beside" if is_beside else ""
        written += f'<div class="code{beside}">\n{"".join(map(_code, code))}</div>\n'
    return written


def _shape(part: Picture | Moving | Live) -> float:
    match part:
        case Picture(size=(width, height)):
            return width / height
        case Moving(still=still):
            return _shape(still)
    return 16 / 9


def _lines(part: Part) -> str:
    """The lines of code that a slide shows, with what they printed."""
    match part:
        case Code(source, outputs):
            return "\n".join([source, *(output.text for output in outputs if isinstance(output, Plain))])
        case Plain(text):
            return text
    return ""


def _code(part: Part) -> str:
    match part:
        case Code(source, outputs):
            printed = "".join(_code(output) for output in outputs if isinstance(output, Plain))
            return f'<pre class="source"><code>{highlighted(source)}</code></pre>\n{printed}'
        case Plain(text):
            return f"<pre><samp>{html.escape(text)}</samp></pre>\n"
    return ""


def _words(part: Part) -> str:
    """A formula, a table or a text that stands among the pictures."""
    match part:
        case Formula(latex, content, words):
            size = "large" if max(map(len, words.splitlines()), default=0) <= LONGEST else "long"
            math = f'<math display="block" aria-label="{html.escape(words)}">{content}</math>'
            return f'<p class="{size}">{math if content else mathml(latex, display=True)}</p>\n'
        case Html(content):
            return f'<div class="html">{checked_html(content)}</div>\n'
        case Text(markdown):
            return f"<div>{to_html(markdown)}</div>\n"
    return ""


def _figure(part: Picture | Moving | Live, body: Body) -> str:
    match part:
        case Picture():
            return f"<figure>{_image(part)}</figure>\n"
        case Moving(gif, still, words):
            address = f"data:image/gif;base64,{base64.b64encode(gif).decode()}"
            moving = f'<img class="moving" alt="{html.escape(words)}" src="{address}">'
            return f"<figure>{moving}{_image(still, 'still')}</figure>\n"
        case Live(document, still, words):
            body.documents.append(document)
            picture = f"<p>{html.escape(words)}</p>" if still is None else _image(still)
            place = f'data-live="{len(body.documents) - 1}" data-name="{html.escape(words)}"'
            return f'<figure class="live" {place}>{picture}</figure>\n'


def _image(picture: Picture, *classes: str) -> str:
    kinds = [*classes, "dark" if is_dark_paper(picture.paper) else "light"]
    return (
        f'<img class="{" ".join(kinds)}" alt="{html.escape(picture.words)}" src="{_address(picture)}" '
        f'width="{picture.size[0]:.0f}" height="{picture.size[1]:.0f}">'
    )


def _address(picture: Picture) -> str:
    if picture.form == "png":
        return f"data:image/png;base64,{base64.b64encode(picture.data).decode()}"
    # As an image an svg is a document of its own: its ids and styles stay inside, its scripts do not run.
    svg = " ".join(picture.data.decode("utf-8", "replace").split())
    svg = svg if "'" in svg else svg.replace('"', "'")  # which need no escape
    return f"data:image/svg+xml,{svg.translate(ESCAPES)}"
