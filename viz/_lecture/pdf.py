"""A lecture as a PDF, one slide a page of 16 : 9."""

from __future__ import annotations

from viz._layout.themes import Theme
from viz._lecture.parts import Slide

__all__ = ["to_pdf"]


def to_pdf(slides: tuple[Slide, ...], title: str, theme: Theme | None) -> bytes:
    raise NotImplementedError
