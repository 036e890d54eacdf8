"""The slides of a lecture: its parts in groups."""

from __future__ import annotations

from collections.abc import Sequence

from viz._lecture.parts import Code, Live, Moving, Part, Picture, Slide, Text
from viz._lecture.text.markdown import passages

__all__ = ["is_seen", "pictures_of", "slides_of"]


def slides_of(parts: Sequence[Part]) -> tuple[Slide, ...]:
    """Group the parts: a heading # or ##, or a line ---, begins a slide, and what follows is on it.

    Where there is none in the whole lecture, each slide has one part with pictures, after the text that
    leads to it.

    >>> from viz._lecture.parts import Plain
    >>> slides = slides_of([Text("# Nets\\nMany.\\n## One"), Plain("a"), Plain("b")])
    >>> [(slide.title, slide.level, len(slide.parts)) for slide in slides]
    [('Nets', 1, 1), ('One', 2, 3)]
    """
    slides: list[Slide] = []
    title, level, on_it = "", 0, list[Part]()

    def close() -> None:
        if on_it:
            slides.append(Slide(title, level, tuple(on_it)))
            on_it.clear()

    texts = [list(passages(part.markdown)) if isinstance(part, Text) else None for part in parts]
    is_marked = any(p.level is not None for text in texts if text is not None for p in text)
    for part, text in zip(parts, texts, strict=True):
        if text is None:
            if not is_marked and is_seen(part) and any(map(is_seen, on_it)):
                close()
            on_it.append(part)
            continue
        if not is_marked and any(map(is_seen, on_it)):
            close()
        for passage in text:
            if passage.level is not None:
                close()
                title, level = passage.title, passage.level
            if not passage.is_empty:
                on_it.append(Text(passage.markdown))
    close()
    return tuple(slides)


def is_seen(part: Part) -> bool:
    """Whether a part is a picture, or code that made one."""
    return bool(pictures_of(part))


def pictures_of(part: Part) -> list[Picture | Moving | Live]:
    """The pictures of a part: itself, or those among the outputs of code."""
    if isinstance(part, Code):
        return [output for output in part.outputs if isinstance(output, (Picture, Moving, Live))]
    return [part] if isinstance(part, (Picture, Moving, Live)) else []
