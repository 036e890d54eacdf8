"""A page as a file, which shows itself in a notebook."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd._support.atomic import written_whole
from autograd._support.paths import SystemPath

__all__ = ["Page", "framed", "write_page"]


class Page(SystemPath):
    """The path of a page. In a notebook it shows the page itself, as long as the file is there.

    The whole page is in the notebook, so it needs no file there. A notebook that is not trusted yet, and a
    place that shows no frames, have the link under it alone.

    Attributes:
        still: a function that makes a picture of the page, for paper; None for a path that was made by hand,
            and where a package that draws it is missing.

    >>> Page("chain.html") == Path("chain.html"), Page("chain.html")._repr_html_()
    (True, None)
    """

    still: Callable[[], Any] | None = None

    def _repr_html_(self) -> str | None:
        try:
            page = self.read_text(encoding="utf-8")
        except OSError:
            return None
        address, name = (html.escape(text) for text in (self.as_posix(), self.name))
        return (
            f"{framed(page, self.name)}\n"
            f'<p><a href="{address}" target="_blank">{name}</a> has this page in a window of its own.</p>'
        )


def framed(document: str, title: str) -> str:
    """A page as HTML for the output of a notebook's cell.

    >>> framed("<p>1</p>", "one")[:70]
    '<iframe srcdoc="&lt;p&gt;1&lt;/p&gt;" sandbox="allow-scripts" title="o'
    """
    return (
        f'<iframe srcdoc="{html.escape(document)}" sandbox="allow-scripts" title="{html.escape(title)}" '
        'style="width: 100%; aspect-ratio: 16 / 9; min-height: 420px; border: 0"></iframe>'
    )


def write_page(path: Path, document: str, still: Callable[[], Any] | None) -> Page:
    """Write a page, whole or not at all.

    Args:
        still: makes a picture of it; None where nothing here draws one.
    """
    with written_whole(path) as temporary:
        # A surrogate alone, as in "\ud800", is no character that a file could hold.
        temporary.write_bytes(document.encode("utf-8", "replace"))
    page = Page(path)
    page.still = still
    return page
