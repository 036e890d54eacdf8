"""The parts of a slide by their kinds."""

from __future__ import annotations

from dataclasses import dataclass

from viz._lecture.parts import Code, Formula, Html, Live, Moving, Picture, Plain, Slide, Text

__all__ = ["Contents", "contents_of"]


@dataclass(frozen=True)
class Contents:
    """What a slide shows.

    Attributes:
        text: all its Markdown.
        words: formulas, tables and texts that stand among the pictures.
        pictures: in order.
        code: lines with their outputs, and what was printed.
    """

    text: str
    words: tuple[Formula | Html | Text, ...]
    pictures: tuple[Picture | Moving | Live, ...]
    code: tuple[Code | Plain, ...]

    @property
    def lines(self) -> list[str]:
        """The lines of each block of code, and of each that was printed."""
        return [block for part in self.code for block in _blocks(part)]


def contents_of(slide: Slide) -> Contents:
    """The parts of a slide by their kinds."""
    text = "".join(f"{part.markdown}\n\n" for part in slide.parts if isinstance(part, Text))
    code = tuple(part for part in slide.parts if isinstance(part, (Code, Plain)))
    seen = [
        output
        for part in slide.parts
        if not isinstance(part, Text)
        for output in (part.outputs if isinstance(part, Code) else (part,))
    ]
    return Contents(
        text,
        tuple(part for part in seen if isinstance(part, (Formula, Html, Text))),
        tuple(part for part in seen if isinstance(part, (Picture, Moving, Live))),
        code,
    )


def _blocks(part: Code | Plain) -> list[str]:
    if isinstance(part, Plain):
        return [part.text]
    return [part.source, *(output.text for output in part.outputs if isinstance(output, Plain))]
