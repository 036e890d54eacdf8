"""The page itself: its slides, its contents, its script."""

from __future__ import annotations

import html
from importlib import resources
from string import Template

from viz._layout.themes import Theme
from viz._lecture.page.body import body_of
from viz._lecture.parts import Slide
from viz._pages.parts.colours import colours, mode
from viz._pages.parts.data import script_json

__all__ = ["document"]

STYLES = ("page", "slides", "print")
SCRIPTS = ("show", "pages", "controls")


def document(slides: tuple[Slide, ...], title: str, theme: Theme | None, projector: bool) -> str:
    """The HTML of a lecture.

    Args:
        slides: all that it shows.
        title: of the window.
        theme: the colours that it begins with; None for light or dark ones, as the system has it.
        projector: whether it begins with larger type.

    >>> from viz._lecture.parts import Text
    >>> page = document((Slide("Nets", 1, (Text("# Nets"),)),), "Nets", None, False)
    >>> page[:15], "<h1>Nets</h1>" in page, 'href="#1"' in page
    ('<!doctype html>', True, True)
    """
    body = body_of(slides)
    data = {"documents": body.documents, "theme": mode(theme), "projector": projector}
    return Template(_asset("page.html")).substitute(
        title=html.escape(title),
        style=colours(theme) + "".join(_asset(f"{name}.css") for name in STYLES),
        slides="".join(body.slides),
        contents="".join(_entry(slide, i) for i, slide in enumerate(slides, start=1) if slide.title),
        last=len(slides),
        data=script_json(data),
        script="\n".join(_asset(f"{name}.js") for name in SCRIPTS),
    )


def _entry(slide: Slide, number: int) -> str:
    return f'<li class="level{slide.level}"><a href="#{number}">{html.escape(slide.title)}</a></li>\n'


def _asset(name: str) -> str:
    return resources.files("viz._lecture.page").joinpath("assets", name).read_text(encoding="utf-8")
