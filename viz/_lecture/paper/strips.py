"""Text as strips: the lines that a page is filled with from its top."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from viz._lecture.paper.pen import Pen
from viz._lecture.text.mathematics import mathml, readable_latex
from viz._mathematics.outlines import Ink, from_mathml

__all__ = ["Piece", "Placed", "Setting", "Sizes", "Strip", "indented", "words_of"]

LEADING, CODE_LEADING = 1.4, 1.25  # of a line to the size of its type
MATHEMATICS = 1.12  # of its type to that of text, whose small letters are larger
MIDDLE = 0.26  # of a small letter over its base line, in the size of its type: half of its height
SLACK = 1e-6  # of a width, for sums of floats


@dataclass(frozen=True)
class Sizes:
    """Sizes of type, in pixels."""

    heading: float
    text: float
    code: float


@dataclass(frozen=True)
class Piece:
    """A word, a space, or a formula.

    Attributes:
        text: of a formula its LaTeX; of an end of a line "\\n".
        style: of the type, "", "B", "I", "BI", "mono", "monoB" or "monoI"; "math" for a formula.
        link: the address that it leads to.
        colour: the name of a theme's colour.
        scale: of a formula's type to that of its line, less than 1 where it would be wider than the line.
    """

    text: str
    style: str = ""
    link: str = ""
    colour: str = "ink"
    scale: float = 1.0


@dataclass(frozen=True)
class Placed:
    """A piece, or a formula that is set, from the left end of its base line.

    Attributes:
        across, down: from the upper left corner of its strip.
        size: of its type.
    """

    piece: Piece
    across: float
    down: float
    size: float
    ink: Ink | None = None


@dataclass(frozen=True)
class Strip:
    """What stands beside each other in lines that no end of a page parts.

    Attributes:
        before: the gap over it, which falls away at the top of a page.
        panel: the left and the right end of the tinted ground under it, as lines of code have; or None.
        rule: the ends of a line under it, as the head of a table has; or None.
        stays: whether the strip after it stands on the same page.
    """

    placed: tuple[Placed, ...]
    height: float
    before: float = 0.0
    panel: tuple[float, float] | None = None
    rule: tuple[float, float] | None = None
    stays: bool = False


def indented(strips: Iterable[Strip], across: float) -> list[Strip]:
    """The same strips further to the right."""

    def moved(ends: tuple[float, float] | None) -> tuple[float, float] | None:
        return None if ends is None else (ends[0] + across, ends[1] + across)

    return [
        replace(
            strip,
            placed=tuple(replace(placed, across=placed.across + across) for placed in strip.placed),
            panel=moved(strip.panel),
            rule=moved(strip.rule),
        )
        for strip in strips
    ]


def words_of(text: str, style: str = "", colour: str = "ink", link: str = "") -> Iterator[Piece]:
    """A text as words, and the spaces between them.

    >>> [piece.text for piece in words_of("one  two")]
    ['one', ' ', 'two']
    """
    for word in re.split(r"(\s+)", text):
        if word:
            yield Piece(" " if word.isspace() else word, style, link, colour)


class Setting:
    """Sets pieces in lines, measured by a pen."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen

    def ink(self, piece: Piece, size: float) -> Ink:
        """A formula in a line of text."""
        formula = mathml(piece.text).replace("<math", '<math display="inline"', 1)
        size *= MATHEMATICS * piece.scale
        return from_mathml(formula, size, readable_latex(piece.text), piece.text)

    def width(self, piece: Piece, size: float) -> float:
        if piece.style == "math":
            return self.ink(piece, size).width
        return self.pen.width(piece.text, piece.style, size)

    def broken(self, pieces: Iterable[Piece], size: float, width: float) -> list[list[tuple[float, Piece]]]:
        """Pieces in lines of at most that width, each with its left end.

        A line ends at a space; a word that is wider than a line is broken.
        """
        lines: list[list[tuple[float, Piece]]] = [[]]
        end = 0.0
        for word in _words(pieces):
            if word[0].text == "\n":
                lines.append([])
                end = 0.0
                continue
            space = word[0].style != "math" and word[0].text.isspace()
            wide = sum(self.width(piece, size) for piece in word)
            if space and not lines[-1]:
                continue  # at the start of a line
            if not space and end + wide > width + SLACK and lines[-1]:
                lines.append([])
                end = 0.0
            for piece in word if wide <= width else self._fragments(word, size, width):
                across = self.width(piece, size)
                if end + across > width + SLACK and lines[-1] and not space:
                    lines.append([])
                    end = 0.0
                lines[-1].append((end, piece))
                end += across
        return lines

    def _fragments(self, word: Iterable[Piece], size: float, width: float) -> list[Piece]:
        """A long word in pieces that fit."""
        fragments: list[Piece] = []
        for piece in word:
            if piece.style == "math":
                scale = min(1.0, width / self.width(piece, size))
                fragments.append(replace(piece, scale=scale))
                continue
            start, end = 0, 0.0
            for i, letter in enumerate(piece.text):
                across = self.width(replace(piece, text=letter), size)
                if i > start and end + across > width:
                    fragments.append(replace(piece, text=piece.text[start:i]))
                    start, end = i, 0.0
                end += across
            fragments.append(replace(piece, text=piece.text[start:]))
        return fragments

    def line(self, pieces: Sequence[tuple[float, Piece]], size: float, leading: float = LEADING) -> Strip:
        """One line as a strip, as high as its formulas need."""
        inks = [self.ink(piece, size) if piece.style == "math" else None for _, piece in pieces]
        ascent = max([(leading / 2 + MIDDLE) * size, *(ink.ascent for ink in inks if ink)])
        descent = max([(leading / 2 - MIDDLE) * size, *(ink.descent for ink in inks if ink)])
        placed = (
            Placed(piece, across, ascent, size, ink)
            for (across, piece), ink in zip(pieces, inks, strict=True)
        )
        return Strip(tuple(placed), ascent + descent)

    def paragraph(self, pieces: Iterable[Piece], size: float, width: float) -> list[Strip]:
        """Lines from left to right; the first has the gap before a paragraph."""
        strips = [self.line(line, size) for line in self.broken(pieces, size, width)]
        return [replace(strips[0], before=0.6 * size), *strips[1:]]

    def formula(self, latex: str, size: float, width: float, content: str = "") -> Strip:
        """A formula on a line of its own, in the middle: smaller, where it is wider than the room.

        Args:
            content: what stands in its ``<math>``, where that is known.
        """
        piece = Piece(latex, "math")
        formula = f'<math display="block">{content}</math>' if content else mathml(latex, display=True)
        ink = from_mathml(formula, MATHEMATICS * size, readable_latex(latex), latex)
        if ink.width > width:
            ink = from_mathml(formula, MATHEMATICS * size * width / ink.width, ink.text, latex)
        placed = Placed(piece, (width - ink.width) / 2, ink.ascent, size, ink)
        return Strip((placed,), ink.ascent + ink.descent, before=0.6 * size)

    def code(self, lines: Iterable[Iterable[Piece]], size: float, width: float, panel: bool) -> list[Strip]:
        """Lines in type of one width, on a tinted panel where asked; a long line goes on further right."""
        pad = 0.6 * size if panel else 0.0
        strips: list[Strip] = []
        for line in lines:
            first, *more = self.broken_code(list(line), size, width - 2 * pad)
            strips.append(self.line(first, size, CODE_LEADING))
            strips += (self.line(rest, size, CODE_LEADING) for rest in more)
        if not strips:
            return []
        strips = indented(strips, pad)
        if panel:
            strips = [replace(strip, panel=(0.0, width)) for strip in strips]
            gap = Strip((), 0.35 * size, panel=(0.0, width))
            strips = [replace(gap, stays=True), *strips[:-1], replace(strips[-1], stays=True), gap]
        return [replace(strips[0], before=0.6 * size), *strips[1:]]

    def broken_code(self, line: list[Piece], size: float, width: float) -> list[list[tuple[float, Piece]]]:
        """A line of code in lines of at most that width: each ends after a space, if it has one near its end.

        All but the first begin two letters further in.
        """
        text = "".join(piece.text for piece in line)
        letter = self.pen.width("0", "mono", size)
        most = max(8, int(width / letter + SLACK))
        lines: list[list[tuple[float, Piece]]] = []
        start, indent = 0, 0
        while start < len(text) or not lines:
            end = min(len(text), start + most - indent)
            if end < len(text):
                end = text.rfind(" ", end - most // 3, end) + 1 or end
            shown = _between(line, start, end)
            lines.append([(letter * (indent + at - start), piece) for at, piece in shown])
            start, indent = end, 2
        return lines

    def table(
        self, rows: Sequence[Sequence[tuple[list[Piece], str]]], heads: int, size: float, width: float
    ) -> list[Strip]:
        """Rows of cells, each with its pieces and whether it stands left, center or right."""
        columns = max(map(len, rows))
        gap = 1.2 * size

        def natural(column: int) -> float:
            cells = [row[column][0] for row in rows if column < len(row)]
            return max(sum(self.width(piece, size) for piece in cell) for cell in cells)

        wanted = [natural(column) for column in range(columns)]
        room = width - gap * (columns - 1)
        widths = _shared(wanted, room)
        lefts = [sum(widths[:i]) + gap * i for i in range(columns)]
        total = lefts[-1] + widths[-1]
        strips = []
        for number, row in enumerate(rows):
            placed: list[Placed] = []
            height = 0.0
            for (pieces, side), left, wide in zip(row, lefts, widths, strict=False):
                down = 0.0
                for line in self.broken(pieces, size, wide):
                    strip = self.line(line, size)
                    end = max((x + self.width(piece, size) for x, piece in line), default=0.0)
                    shift = left + {"right": 1.0, "center": 0.5}.get(side, 0.0) * (wide - end)
                    placed += (replace(p, across=p.across + shift, down=p.down + down) for p in strip.placed)
                    down += strip.height
                height = max(height, down)
            is_head = number < heads
            rule = (0.0, total) if number == heads - 1 else None
            strips.append(Strip(tuple(placed), height, rule=rule, stays=is_head))
        return [replace(strips[0], before=0.6 * size), *strips[1:]]


def _between(pieces: Iterable[Piece], start: int, end: int) -> Iterator[tuple[int, Piece]]:
    """The letters from one place to another in a text of pieces: each part with its place."""
    at = 0
    for piece in pieces:
        low, high = max(start, at), min(end, at + len(piece.text))
        if low < high:
            yield low, replace(piece, text=piece.text[low - at : high - at])
        at += len(piece.text)


def _words(pieces: Iterable[Piece]) -> Iterable[list[Piece]]:
    """Pieces that no end of a line may part; spaces and ends of lines are alone."""
    word: list[Piece] = []
    for piece in pieces:
        if piece.style != "math" and piece.text.isspace():
            if word:
                yield word
            yield [piece]
            word = []
        else:
            word.append(piece)
    if word:
        yield word


def _shared(wanted: list[float], room: float) -> list[float]:
    """Widths for columns: as they want while there is room; else the widest share what the others leave.

    >>> _shared([10, 20], 40), _shared([10, 90, 50], 100)
    ([10, 20], [10, 45.0, 45.0])
    """
    if sum(wanted) <= room:
        return wanted
    widths = list(wanted)
    for count, column in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        widths[column] = min(wanted[column], room / (len(wanted) - count))
        room -= widths[column]
    return widths
