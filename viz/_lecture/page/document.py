"""The page itself: its slides, its contents, its script."""

from __future__ import annotations

import html
from string import Template
from typing import Any

from viz._layout.themes import Theme
from viz._lecture.page.body import body_of
from viz._lecture.parts import Slide
from viz._pages.parts.assembly import SHARED, asset, html_page, joined
from viz._pages.parts.colours import mode

__all__ = ["document"]

HERE = "viz._lecture.page"
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
    content = Template(asset(HERE, "body.html")).substitute(
        title=html.escape(title),
        slides="".join(body.slides),
        contents="".join(_entry(slide, i) for i, slide in enumerate(slides, start=1) if slide.title),
        last=len(slides),
    )
    data = {**_shared_lines(body.documents), "modes": {"theme": mode(theme), "projector": projector}}
    script = joined(SHARED, ("modes", "frame"), "js") + joined(HERE, SCRIPTS, "js")
    return html_page(title, theme, joined(HERE, STYLES, "css"), content, data, script)


def _shared_lines(documents: list[str]) -> dict[str, Any]:
    """Documents as the lines of all, each once, and of each document the runs of them: first line, length.

    >>> _shared_lines(["a\\nb\\nc", "b\\nc\\nd"])
    {'lines': ['a', 'b', 'c', 'd'], 'documents': [[0, 3], [1, 3]]}
    """
    places: dict[str, int] = {}
    documents_as_runs = []
    for document in documents:
        runs: list[int] = []
        for line in document.split("\n"):
            place = places.setdefault(line, len(places))
            if runs and place == runs[-2] + runs[-1]:
                runs[-1] += 1
            else:
                runs += [place, 1]
        documents_as_runs.append(runs)
    return {"lines": list(places), "documents": documents_as_runs}


def _entry(slide: Slide, number: int) -> str:
    return f'<li class="level{slide.level}"><a href="#{number}">{html.escape(slide.title)}</a></li>\n'
