"""The page itself."""

from __future__ import annotations

import html

from viz._layout.themes import Theme
from viz._lecture.parts import Slide, Text
from viz._lecture.text.markdown import to_html

__all__ = ["document"]


def document(slides: tuple[Slide, ...], title: str, theme: Theme | None, projector: bool) -> str:
    """The HTML of a lecture."""
    body = "".join(to_html(p.markdown) for s in slides for p in s.parts if isinstance(p, Text))
    return f"<!doctype html><title>{html.escape(title)}</title>{body}"
