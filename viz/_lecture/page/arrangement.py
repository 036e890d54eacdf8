"""Where the parts of a slide stand: pictures in a grid, code under them or beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viz._lecture.parts import SLIDE

__all__ = ["arrange"]

ROOM = (SLIDE[0] - 80.0, SLIDE[1] - 130.0)  # pixels inside the margins, without the bar of buttons
LEAST = 0.42 * SLIDE[1]  # the height that pictures have in any case, as in slides.css
LETTER, LINE = 13.2, 29.0  # of code
WIDEST = 0.48  # of a slide, for code beside pictures
MUCH = 1.15  # as large are pictures, at least, that move the code aside
TEXT, WORDS = 46.0, 110  # a line of text: its height, its signs


def arrange(shapes: Sequence[float], text: str, code: str) -> tuple[int, bool]:
    """How many columns of pictures there are, and whether the code is beside them: so that they are large.

    Sizes are those of a slide of 1920 by 1080 pixels.

    Args:
        shapes: of each picture its width by its height.
        text: Markdown above them.
        code: lines, with what they print.

    >>> wide, long = 16 / 9, "\\n".join(["x = 1"] * 20)
    >>> arrange([wide, wide], "# Title", ""), arrange([wide] * 4, "# Title", ""), arrange([6.0, 6.0], "", "")
    ((2, False), (2, False), (1, False))
    >>> arrange([wide], "# Title", long), arrange([wide], "# Title", "x = 1")
    ((1, True), (1, False))
    """
    lines, height = code.splitlines(), ROOM[1] - _height(text.splitlines(), WORDS, TEXT)
    column = min(WIDEST * ROOM[0], 60 + LETTER * max(map(len, lines), default=0))
    under = _height(lines, int(ROOM[0] / LETTER), LINE)
    fits_under = under + LEAST <= height
    below = _grid(shapes, ROOM[0], max(LEAST, height - under))
    beside = _grid(shapes, ROOM[0] - column, height)
    fits_beside = _height(lines, int((column - 50) / LETTER), LINE) <= height
    is_beside = bool(lines and shapes) and fits_beside and (beside[1] > MUCH * below[1] or not fits_under)
    return (beside if is_beside else below)[0], is_beside


def _height(lines: Sequence[str], signs: int, line: float) -> float:
    """The height of lines that are broken after so many signs."""
    return line * sum(math.ceil(len(text) / signs) for text in lines)


def _grid(shapes: Sequence[float], width: float, height: float) -> tuple[int, float]:
    """How many columns make the pictures largest in some room, and their area."""
    areas = []
    for columns in range(1, len(shapes) + 1):
        room = width / columns, height / math.ceil(len(shapes) / columns)
        areas.append((sum(min(room[0], room[1] * s) ** 2 / s for s in shapes), columns))
    area, columns = max(areas, default=(0.0, 1), key=lambda pair: pair[0])
    return columns, area
