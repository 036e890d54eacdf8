"""The places of a net's neurons, and the headings of their columns."""

from __future__ import annotations

from dataclasses import dataclass

from viz._mathematics.numerals import number
from viz._plots.parts.arrays import brightness
from viz._plots.parts.nets import Reading
from viz._plots.parts.room import LETTER
from viz._plots.parts.words import as_text

__all__ = ["Column", "NetLayout", "arrange", "visible_rows"]

DOTS = 2  # rows that the three dots of a folded column take


@dataclass(frozen=True)
class VisibleRows:
    """The visible neurons of a column: all, or the first and the last few.

    Attributes:
        indices: of the visible ones, in order.
        rows: their rows, from 0.
        dots: the row of the middle of the dots; None where nothing is left out.
        height: how many rows there are.
    """

    indices: tuple[int, ...]
    rows: tuple[float, ...]
    dots: float | None
    height: float

    def row_of(self, number: int) -> float:
        """The row of a neuron, or of the dots that stand for it."""
        if number in self.indices:
            return self.rows[self.indices.index(number)]
        assert self.dots is not None
        return self.dots


def visible_rows(n: int, most: int) -> VisibleRows:
    """The rows of n neurons in a column of at most `most` rows.

    >>> visible_rows(3, 16).indices, visible_rows(784, 6)
    ((0, 1, 2), VisibleRows(indices=(0, 1, 782, 783), rows=(0, 1, 4, 5), dots=2.5, height=6))
    """
    if n <= most:
        return VisibleRows(tuple(range(n)), tuple(range(n)), None, n)
    first, last = (most - DOTS + 1) // 2, (most - DOTS) // 2
    indices = (*range(first), *range(n - last, n))
    rows = (*range(first), *range(first + DOTS, most))
    return VisibleRows(indices, rows, first + (DOTS - 1) / 2, most)


@dataclass(frozen=True)
class Column:
    """One layer of neurons, placed.

    Attributes:
        x: of the middles of its neurons, from the left.
        top: of the middle of row 0, from the top.
        visible: which neurons are drawn, in which rows.
        heading: the lines over it.
    """

    x: float
    top: float
    visible: VisibleRows
    heading: tuple[str, ...]

    @property
    def y(self) -> tuple[float, ...]:
        """Of the middles of the neurons that are shown."""
        return tuple(self.top + row for row in self.visible.rows)


@dataclass(frozen=True)
class NetLayout:
    """A net as it is to be drawn; the unit is the distance between two neurons of a column.

    Attributes:
        columns: from the inputs on.
        width, height: of everything.
        apart: the distance between two columns.
        middle, foot: of the neurons, and of the text under the lines, from the top.
        radius: of a neuron.
        text, heading, label: the size of words, of those over a column, and of the outputs' names.
        side: of the example as a picture.
    """

    columns: tuple[Column, ...]
    width: float
    height: float
    apart: float
    middle: float
    foot: float
    radius: float
    text: float
    heading: float
    label: float
    side: float


def arrange(reading: Reading, named: list[str] | None, most: int, room: tuple[float, float]) -> NetLayout:
    """Place a net so that it fills the room there is, and nothing overlaps.

    Args:
        reading: the net.
        named: the names of the outputs.
        most: the most rows of a column.
        room: the width and height of the axes, in any unit.
    """
    widths = reading.widths
    folds = [visible_rows(n, most) for n in widths]
    headings = [_heading(reading, place) for place in range(len(widths))]
    rows = max(folded.height for folded in folds)
    text = max(0.27, rows / 32)  # as large beside many neurons as beside few
    label, side = min(0.62, 1.3 * text), 0.6 * rows
    left = 2.4 if folds[0].dots is not None else 4 * text  # for a bracket with a number, or for a heading
    left += side + 0.8 if reading.image is not None else 0.0
    right = max(4 * text, 1.0 + label * LETTER * max(map(len, named)) if named else 0.0)
    above, below = (1.3 * max(map(len, headings)) + 0.7) * text, 4.2 * text
    height, gaps = above + rows + below, len(widths) - 1
    fitting = (height * room[0] / room[1] - left - right) / gaps
    apart = min(max(fitting, 2.2, 9 * text), 2.2 + 0.55 * rows)
    longest = max(len(line) for lines in headings for line in lines[1:])  # the first is a symbol
    heading = min(text, 0.95 * apart / (LETTER * longest))
    middle = above + rows / 2
    columns = tuple(
        Column(left + i * apart, middle - (folded.height - 1) / 2, folded, lines)
        for i, (folded, lines) in enumerate(zip(folds, headings, strict=True))
    )
    return NetLayout(
        columns, left + apart * gaps + right, height, apart, middle,
        foot=above + rows + text, radius=min(0.42, 0.3 + rows / 80),
        text=text, heading=heading, label=label, side=side,
    )  # fmt: skip


def _heading(reading: Reading, place: int) -> tuple[str, ...]:
    """A layer's name in the lectures, its number of neurons, its activation, and its black and white."""
    n, last = reading.widths[place], len(reading.widths) - 1
    kind = "input" if place == 0 else "output" if place == last else "neuron"
    lines = [rf"$a^{{({place})}}$", f"{n:,} {kind}{'' if n == 1 else 's'}"]
    if place and reading.functions[place - 1] not in ("", "<lambda>"):
        lines.append(as_text(reading.functions[place - 1]))
    if reading.activations is not None:
        low, high = brightness(reading.activations[place])
        if (low, high) != (0.0, 1.0):
            lines += [f"black {number(low)}", f"white {number(high)}"]
    return tuple(lines)
