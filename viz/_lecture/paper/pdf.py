"""A lecture as a PDF of 16 : 9, a page for each slide, or several for one that needs them."""

from __future__ import annotations

from autograd._support.callers import warn
from viz._layout.themes import LIGHT, Theme
from viz._lecture.paper.pages import draw_page, pages_of
from viz._lecture.paper.pen import Pen
from viz._lecture.paper.strips import Setting
from viz._lecture.parts import Slide

__all__ = ["to_pdf"]


def to_pdf(slides: tuple[Slide, ...], title: str, theme: Theme | None) -> bytes:
    """One PDF document.

    Type is 20 pixels of 1080 high or more: a slide whose picture would be smaller beside its text, or whose
    text is long, goes on for several pages.

    Args:
        theme: the colours; None for `viz.LIGHT`.

    Raises:
        ValueError: for a formula that is no LaTeX.
        ImportError: when a library for it is missing, and how to install it.

    Warns:
        UserWarning: for signs that no font here has.

    >>> from viz._lecture.parts import Text
    >>> to_pdf((Slide("One", 2, (Text("## One"),)),), "one slide", None)[:5]
    b'%PDF-'
    """
    pen = Pen(title, LIGHT if theme is None else theme)
    setting = Setting(pen)
    for slide in slides:
        for i, page in enumerate(pages_of(slide, setting)):
            pen.begin(slide.title if i == 0 else "")
            draw_page(page, pen)
    if pen.missing:
        warn(
            f"no font of a lecture's PDF has {', '.join(map(repr, pen.missing))}: it shows a question mark "
            "in a diamond in its place. Write it in other signs, or print the lecture's html file"
        )
    return pen.document()
