"""Markdown as strips of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from viz._lecture.paper.strips import Piece, Setting, Sizes, Strip, indented, words_of
from viz._lecture.text.highlighting import pieces as highlighted
from viz._lecture.text.markdown import PYTHON, tokens

__all__ = ["code_strips", "markdown_strips", "output_strips"]

INDENT = 1.4  # of a list, in the size of its type
BULLETS = "•–"
STYLES = {"strong": "B", "em": "I"}
KINDS = {  # of the pieces of Python: their type and the theme's colour
    "": ("mono", "ink"), "number": ("mono", "ink"), "string": ("mono", "negative"),
    "keyword": ("monoB", "positive"), "comment": ("monoI", "quiet"),
}  # fmt: skip


@lru_cache(maxsize=64)  # of the slide that is tried in several sizes
def markdown_strips(markdown: str, setting: Setting, sizes: Sizes, width: float) -> tuple[Strip, ...]:
    """The strips of a text."""
    return tuple(_Blocks(setting, sizes).strips(tokens(markdown), width))


@lru_cache(maxsize=64)
def code_strips(source: str, setting: Setting, size: float, width: float) -> tuple[Strip, ...]:
    """Lines of Python on a tinted panel."""
    return tuple(setting.code(code_lines(source), size, width, panel=True))


@lru_cache(maxsize=64)
def output_strips(text: str, setting: Setting, size: float, width: float) -> tuple[Strip, ...]:
    """Lines that code printed."""
    return tuple(setting.code(code_lines(text, is_python=False), size, width, panel=False))


class _Blocks:
    """Blocks of Markdown as strips."""

    def __init__(self, setting: Setting, sizes: Sizes) -> None:
        self.setting, self.sizes = setting, sizes

    def strips(self, read: Sequence[Any], width: float) -> Iterator[Strip]:
        size = self.sizes.text
        for token, inner in _blocks(read):
            match token.type:
                case "heading_open":
                    yield from self.heading(inner, int(token.tag[1:]), width)
                case "paragraph_open":
                    yield from self.paragraph(inner, width)
                case "bullet_list_open" | "ordered_list_open":
                    yield from self.items(token, inner, width)
                case "blockquote_open":
                    yield from indented(self.strips(inner, width - INDENT * size), INDENT * size)
                case "math_block" | "math_block_label":
                    yield self.setting.formula(token.content.strip(), size, width)
                case "fence" | "code_block":
                    lines = code_lines(token.content, token.info.strip().lower() in PYTHON)
                    yield from self.setting.code(lines, self.sizes.code, width, panel=True)
                case "table_open":
                    rows = list(_rows(inner))
                    yield from self.setting.table(rows, 1, size, width)

    def paragraph(self, inner: Sequence[Any], width: float) -> Iterator[Strip]:
        pieces = [piece for outer in inner for piece in outer.children or [] if piece.content.strip()]
        if pieces and all(piece.type == "math_inline_double" for piece in pieces):
            for piece in pieces:
                yield self.setting.formula(piece.content.strip(), self.sizes.text, width)
        else:
            yield from self.setting.paragraph(_pieces(inner), self.sizes.text, width)

    def heading(self, inner: Sequence[Any], level: int, width: float) -> list[Strip]:
        size = self.sizes.heading if level <= 2 else (self.sizes.heading + self.sizes.text) / 2
        pieces = [replace(p, style=_bold(p.style)) for p in _pieces(inner)]
        return [replace(strip, stays=True) for strip in self.setting.paragraph(pieces, size, width)]

    def items(self, token: Any, inner: Sequence[Any], width: float) -> Iterator[Strip]:
        size = self.sizes.text
        number = int(token.attrs.get("start", 1))
        bullet = BULLETS[(token.level // 2) % len(BULLETS)]
        for _, content in _blocks(inner):
            mark = f"{number}." if token.type == "ordered_list_open" else bullet
            left = max(INDENT * size, self.setting.width(Piece(f"{mark} "), size))
            strips = indented(self.strips(content, width - left), left)
            first = strips[0] if strips else self.setting.line([], size)
            down = next((placed.down for placed in first.placed), first.height * 0.7)
            sign = self.setting.line([(0.0, Piece(mark, colour="quiet"))], size).placed[0]
            first = replace(first, placed=(replace(sign, down=down), *first.placed), before=0.4 * size)
            yield from (first, *strips[1:])
            number += 1


def _bold(style: str) -> str:
    return style if style in ("math", "monoB") else {"I": "BI", "mono": "monoB"}.get(style, "B")


def _blocks(read: Sequence[Any]) -> Iterator[tuple[Any, Sequence[Any]]]:
    """Each block at the outermost level, and what is between its begin and its end."""
    i = 0
    while i < len(read):
        end = i
        if read[i].nesting == 1:
            depth = 1
            while depth:
                end += 1
                depth += read[end].nesting
        yield read[i], read[i + 1 : end]
        i = end + 1


def _rows(read: Sequence[Any]) -> Iterator[list[tuple[list[Piece], str]]]:
    """The rows of a table: for each cell its pieces and its side."""
    for _, part in _blocks(read):
        for _, row in _blocks(part):
            cells = []
            for cell, inner in _blocks(row):
                style = str(cell.attrs.get("style", ""))
                pieces = list(_pieces(inner))
                if cell.tag == "th":
                    pieces = [replace(piece, style=_bold(piece.style)) for piece in pieces]
                cells.append((pieces, style.removeprefix("text-align:") or "left"))
            yield cells


def _pieces(read: Sequence[Any]) -> Iterator[Piece]:
    """Inline Markdown as words and formulas."""
    marks: list[str] = []
    link = ""
    for token in (child for outer in read for child in outer.children or []):
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind in STYLES:
            if token.nesting == 1:
                marks.append(STYLES[kind])
            else:
                marks.remove(STYLES[kind])
        elif kind == "link":
            link = str(token.attrs["href"]) if token.nesting == 1 else ""
        elif kind in ("math_inline", "math_inline_double"):
            yield Piece(token.content, "math")
        elif kind == "hardbreak":
            yield Piece("\n")
        elif kind == "softbreak":
            yield Piece(" ")
        elif kind in ("text", "code_inline", "image"):
            style = "mono" if kind == "code_inline" else "".join(sorted({*marks}))
            colour = "positive" if link else "ink"
            yield from words_of(token.content, style, colour, link)


def code_lines(source: str, is_python: bool = True) -> list[list[Piece]]:
    """Lines of code or of other text in type of one width.

    Args:
        is_python: whether its words have the colours of Python.
    """
    lines: list[list[Piece]] = [[]]
    text = source.expandtabs().rstrip("\n")
    for kind, words in highlighted(text) if is_python else [("", text)]:
        style, colour = KINDS[kind]
        first, *more = words.split("\n")
        lines[-1].append(Piece(first, style, colour=colour))
        lines += ([Piece(line, style, colour=colour)] for line in more)
    return lines
