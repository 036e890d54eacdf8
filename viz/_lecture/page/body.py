"""The slides as HTML."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass, field

from viz._lecture.page.foreign import checked_html
from viz._lecture.parts import Code, Formula, Html, Live, Moving, Part, Picture, Plain, Slide, Text
from viz._lecture.slides.contents import Contents, contents_of
from viz._lecture.text.highlighting import highlighted
from viz._lecture.text.markdown import to_html
from viz._lecture.text.mathematics import mathml
from viz._mathematics.mathml import for_browsers
from viz._pages.parts.colours import is_dark_paper

__all__ = ["Body", "body_of"]

TITLE, SHORT = 4, 15  # lines of text, at most, of a slide that begins a section; in larger type
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
        contents = contents_of(slide)
        kind = _kind(slide, contents)
        body.slides.append(
            f'<section class="slide {kind}" id="slide{i}" role="group" aria-roledescription="slide" '
            f'aria-label="{label}">\n{_slide(slide, contents, body)}</section>\n'
        )
    return body


def _kind(slide: Slide, contents: Contents) -> str:
    """The class of a slide: pictured, a title over the code of its preparations, or text, short or long."""
    lines = sum(bool(line.strip()) for line in contents.text.splitlines())
    if contents.words or contents.pictures:
        return "pictured"
    if slide.level == 1 and lines <= TITLE:
        return "title"
    return "short" if lines <= SHORT and not contents.code else "long"


def _slide(slide: Slide, contents: Contents, body: Body) -> str:
    written = f'<div class="text">\n{to_html(contents.text)}</div>\n' if contents.text else ""
    if contents.words or contents.pictures:
        words = "".join(map(_words, contents.words))
        words = f'<div class="words">{words}</div>\n' if words else ""
        figures = "".join(_figure(part, body) for part in contents.pictures)
        style = f"--columns: {slide.columns}; --share: {slide.share:.3f}"
        grid = f'<div class="pictures" style="{style}">\n{figures}</div>\n' if figures else ""
        written += f'<div class="seen">\n{words}{grid}</div>\n'
    if contents.code:
        written += f'<div class="code {slide.code}">\n{"".join(map(_code, contents.code))}</div>\n'
    return written


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
            return f'<p class="{size}">{for_browsers(math if content else mathml(latex, display=True))}</p>\n'
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
