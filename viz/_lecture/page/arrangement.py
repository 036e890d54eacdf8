"""Where the parts of a slide stand: pictures in a grid, code under them or beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viz._lecture.parts import SLIDE

__all__ = ["grid", "is_beside"]

ROOM = (SLIDE[0] - 80.0, SLIDE[1] - 130.0)  # pixels inside the margins, without the bar of buttons
LETTER, LINE = 13.2, 29.0  # of code; a wider column than WIDEST leaves pictures too little
TEXT, WIDEST = 46.0, 0.48
WORDS = 110  # signs in a line of text


def grid(shapes: Sequence[float], room: tuple[float, float] = ROOM) -> tuple[int, float]:
    """How many columns make the pictures largest, and their area.

    Args:
        shapes: of each picture its width by its height.
        room: for all of them.

    >>> grid([16 / 9, 16 / 9])[0], grid([16 / 9] * 4)[0], grid([6.0, 6.0])[0]
    (2, 2, 1)
    """
    best = 1, 0.0
    for columns in range(1, len(shapes) + 1):
        width, height = room[0] / columns, room[1] / math.ceil(len(shapes) / columns)
        area = sum(min(width, height * shape) ** 2 / shape for shape in shapes)
        if area > best[1]:
            best = columns, area
    return best


def is_beside(shapes: Sequence[float], text: str, code: str) -> bool:
    """Whether pictures are larger with the code beside them than under them, on a slide of 16 : 9.

    >>> lines = "\\n".join(["x = 1"] * 12)
    >>> is_beside([16 / 9], "# Title", lines), is_beside([16 / 9], "# Title", "x = 1" * 20)
    (True, False)
    """
    if not shapes or not code:
        return False
    width, height = (
        ROOM[0],
        ROOM[1] - TEXT * sum(1 + len(line) // WORDS for line in text.splitlines() if line),
    )
    lines = code.splitlines()
    column = min(WIDEST * width, 60 + LETTER * max(map(len, lines)))
    below = grid(shapes, (width, max(0.45 * SLIDE[1], height - LINE * len(lines))))
    return grid(shapes, (width - column, height))[1] > below[1]
