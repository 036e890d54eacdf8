"""Where the parts of a slide stand: pictures in a grid, code under them, beside them or after them.

Sizes are pixels of a slide of 1920 by 1080, as page.css and slides.css give them there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from viz._layout.scene import SLIDE
from viz._lecture.parts import Place

__all__ = ["Arrangement", "arrangements"]

ROOM = (SLIDE[0] - 76.0, SLIDE[1] - 92.0)  # inside the margins, over the bar of buttons
GAP = 15.0  # between text, pictures and code
BETWEEN = 18.0  # pictures
LEAST = 0.42 * SLIDE[1]  # the height that pictures have in any case
LETTER, LINE, PANEL = 12.4, 27.2, 23.0  # of code, and around it
WIDEST = 0.48  # of a slide, for code beside pictures
MUCH = 1.2  # as large are pictures, at least, that move the code aside
HEADING, TEXT, PARAGRAPH, DISPLAYED = 66.0, 39.0, 10.0, 92.0  # the heights of lines of text
WORDS = 115  # signs of such a line


@dataclass(frozen=True)
class Arrangement:
    """A way to arrange a slide.

    Attributes:
        columns: of pictures.
        code: its place: under the pictures, beside them, or after them, under the slide's lower edge.
        cell: the width and the height of the room of each picture.
        height: of all pictures.
    """

    columns: int
    code: Place
    cell: tuple[float, float]
    height: float


def arrangements(
    shapes: Sequence[float], text: str, codes: Sequence[str], aside: bool = False
) -> list[Arrangement]:
    """The arrangements of a slide, the one with the largest pictures first, of those that show all of it.

    With the code after the pictures, these have the whole slide; so it is the last, where there is code.

    Args:
        shapes: of each picture its width by its height.
        text: Markdown above them.
        codes: blocks of code, with what they print.
        aside: whether words, as a table, stand beside the pictures.

    >>> wide, long = 16 / 9, "\\n".join(["x = 1"] * 20)
    >>> [arrangements([shape] * n, "# Title", [])[0].columns for shape, n in [(wide, 2), (wide, 4), (6.0, 2)]]
    [2, 2, 1]
    >>> [[a.code for a in arrangements([wide], "# Title", [code])] for code in (long, "x = 1")]
    [['beside', 'after'], ['under', 'beside', 'after']]
    """
    width = ROOM[0] * (0.6 if aside else 1.0)
    height = ROOM[1] - _text_height(text)
    if not any(codes):
        return [_grid(shapes, "under", width, height)]
    longest = max(len(line) for code in codes for line in code.splitlines())
    column = min(WIDEST * ROOM[0], 60 + LETTER * longest)
    under = height - _code_height(codes, ROOM[0])
    seen = []
    if under >= LEAST:
        seen.append(_grid(shapes, "under", width, under))
    if _code_height(codes, column) <= height:
        seen.append(_grid(shapes, "beside", width - column - GAP, height))
    areas = [_area(shapes, arrangement) for arrangement in seen]
    if len(seen) == 2 and areas[1] > MUCH * areas[0]:
        seen.reverse()
    return [*seen, _grid(shapes, "after", width, height)]


def _text_height(markdown: str) -> float:
    """The height of Markdown, and of the gap under it."""
    height, is_formula = 0.0, False
    for line in markdown.strip().splitlines():
        if line.strip().startswith("$$") or is_formula:
            height += DISPLAYED
            is_formula ^= line.count("$$") % 2 == 1
        elif line.startswith("#"):
            height += HEADING
        elif line.strip():
            height += TEXT * math.ceil(len(line) / WORDS)
        else:
            height += PARAGRAPH
    return height + GAP


def _code_height(codes: Sequence[str], width: float) -> float:
    """The height of blocks of code, whose lines are broken at that width, and of the gap over them."""
    signs = int((width - 40) / LETTER)
    lines = sum(math.ceil(max(1, len(line)) / signs) for code in codes for line in code.splitlines())
    return LINE * lines + PANEL * len(codes) + GAP


def _grid(shapes: Sequence[float], code: Place, width: float, height: float) -> Arrangement:
    """The columns that make the pictures largest in some room."""
    grids = []
    for columns in range(1, len(shapes) + 1) or [1]:
        rows = math.ceil(len(shapes) / columns) or 1
        cell = ((width + BETWEEN) / columns - BETWEEN, (height + BETWEEN) / rows - BETWEEN)
        grids.append(Arrangement(columns, code, cell, height))
    return max(grids, key=lambda grid: _area(shapes, grid))


def _area(shapes: Sequence[float], arrangement: Arrangement) -> float:
    width, height = arrangement.cell
    return sum(min(width, height * shape) ** 2 / shape for shape in shapes)
