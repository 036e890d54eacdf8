"""The places of a net's neurons, and the headings of their columns."""

from __future__ import annotations

from dataclasses import dataclass

from viz._mathematics.numerals import number
from viz._pictures.nets import Reading
from viz._plots.parts.room import LETTER, width_of
from viz._plots.parts.scales import brightness
from viz._plots.parts.words import as_text, times

__all__ = ["Column", "NetLayout", "arrange", "visible_rows"]

DOTS = 2  # rows that the three dots of a folded column take
STRIP = 1.6  # beside a folded column, for all its pixels
LEAST_WIDTH, KEY_WIDTH = 17.0, 21.0  # of a net, in the size of its words, for these; for the key of its lines
KEY = 13.0, 4.0  # width and height of the key in two lines, in the size of its words
RADIUS, BIAS = 0.43, 0.27  # of a neuron whose signals are in it, and what its bias takes under it
SIGNALS = "X: weighted sum,  O: output"


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
        pitch: from one row to the next.
    """

    x: float
    top: float
    visible: VisibleRows
    heading: tuple[str, ...] = ()
    pitch: float = 1.0

    @property
    def y(self) -> tuple[float, ...]:
        """Of the middles of the neurons that are shown."""
        return tuple(self.top + self.pitch * row for row in self.visible.rows)

    @property
    def dots(self) -> tuple[float, ...]:
        """Of the three dots that stand for other neurons; none where all are shown."""
        if self.visible.dots is None:
            return ()
        return tuple(self.top + self.pitch * (self.visible.dots + step) for step in (-0.45, 0.0, 0.45))


@dataclass(frozen=True)
class NetLayout:
    """A net as it is to be drawn; the unit is the distance between two neurons of a column.

    Attributes:
        columns: from the inputs on.
        width, height: of everything.
        apart: the distance between two columns.
        middle, foot: of the neurons, and of the text under the lines, from the top.
        words: the lines under all.
        radius: of a neuron.
        text, heading, label: the size of words, of those over a column, and of the outputs' names.
        side: of the example as a picture.
        key: the middle of the upper edge of the key of its lines, under the example; None for one under all.
    """

    columns: tuple[Column, ...]
    width: float
    height: float
    apart: float
    middle: float
    foot: float
    words: tuple[str, ...]
    radius: float
    text: float
    heading: float
    label: float
    side: float
    key: tuple[float, float] | None = None


def arrange(
    reading: Reading, named: list[str] | None, most: int, room: tuple[float, float], signals: bool = False
) -> NetLayout:
    """Place a net so that it fills the room there is, and nothing overlaps.

    Args:
        reading: the net.
        named: the names of the outputs.
        most: the most rows of a column.
        room: the width and height of the axes, in any unit.
        signals: whether numbers stand on the links and under the neurons.
    """
    widths = reading.widths
    folds = [visible_rows(n, most) for n in widths]
    rows = max(folded.height for folded in folds)
    text = 0.21 if signals else max(0.27, rows / 38)  # as large beside many neurons as beside few
    under = signals and any(b is not None for b in reading.biases)
    pitch = 1.0 + (BIAS if under else 0.0)
    tall = pitch * rows
    label, side = min(0.62, 1.3 * text), 0.6 * rows
    left = 2.4 if folds[0].dots is not None else 4 * text  # for a bracket with a number, or for a heading
    if reading.image is not None:
        left += side + 0.8 + (STRIP if folds[0].dots is not None else 0.0)
    beyond = max(4 * text, 1.0 + label * LETTER * max(map(len, named)) if named else 0.0)
    is_key_under_image = (
        reading.image is not None
        and not signals
        and side >= KEY[0] * text
        and (tall - side) / 2 >= KEY[1] * text
    )
    below = (4.9 if signals else 3.2 if is_key_under_image else 5.5) * text
    for is_in_one_line in (True, False):  # a number of neurons and their activation
        headings = [_heading(reading, place, is_in_one_line) for place in range(len(widths))]
        above = (1.3 * max(map(len, headings)) + 0.6) * text
        height, gaps = above + tall + below, len(widths) - 1
        right = max(beyond, LETTER * text * max(map(len, headings[-1][1:])) / 2)
        fitting = (height * room[0] / room[1] - left - right) / gaps
        apart = min(max(fitting, 2.2, 9 * text), (3.2 if signals else 2.2) + 0.55 * rows)
        longest = max(len(line) for lines in headings for line in lines[1:])  # the first is a symbol
        heading = min(text, 0.95 * apart / (LETTER * longest))
        if heading == text:
            break
    middle = above + tall / 2
    width = max(left + apart * gaps + right, (LEAST_WIDTH if signals else KEY_WIDTH) * text)
    left += (width - left - apart * gaps - right) / 2
    columns = tuple(
        Column(left + i * apart, middle - pitch * (folded.height - 1) / 2, folded, lines, pitch)
        for i, (folded, lines) in enumerate(zip(folds, headings, strict=True))
    )
    counts = _counts(reading, 0.95 * width / text)
    return NetLayout(
        columns, width, height, apart, middle, foot=above + tall + (1.5 if signals else 1.0) * text,
        words=(SIGNALS, counts) if signals and reading.activations is not None else ("", counts),
        radius=RADIUS if signals else min(0.49, 0.3 + rows / 80),
        text=text, heading=heading, label=label, side=side,
        key=(0.2 + side / 2, middle + side / 2 + 0.5 * text) if is_key_under_image else None,
    )  # fmt: skip


def _heading(reading: Reading, place: int, is_in_one_line: bool) -> tuple[str, ...]:
    """A layer's name in the lectures, its number of neurons, its activation, and its black and white."""
    n, last = reading.widths[place], len(reading.widths) - 1
    kind = "input" if place == 0 else "output" if place == last else "neuron"
    lines = [rf"$a^{{({place})}}$", f"{n:,} {kind}{'' if n == 1 else 's'}"]
    if place and reading.functions[place - 1] not in ("", "<lambda>"):
        activation = as_text(reading.functions[place - 1])
        lines[1:] = [f"{lines[1]}, {activation}"] if is_in_one_line else [lines[1], activation]
    if reading.activations is not None:
        low, high = brightness(reading.activations[place])
        if (low, high) != (0.0, 1.0):
            lines += [f"black {number(low)}", f"white {number(high)}"]
    return tuple(lines)


def _plural(n: int, noun: str) -> str:
    """
    >>> _plural(1, "weight"), _plural(12_960, "bias")
    ('1 weight', '12,960 biases')
    """
    ending = "" if n == 1 else "es" if noun.endswith("s") else "s"
    return f"{n:,} {noun}{ending}"


def _counts(reading: Reading, most: float) -> str:
    """The numbers of weights and biases, worked out unless that is wider than `most`."""
    products = [W.shape[::-1] for W in reading.weights]
    biases = [len(b) for b in reading.biases if b is not None]
    weights = sum(W.size for W in reading.weights)
    total = f": {weights + sum(biases):,} parameters" if biases else ""
    kinds = [_plural(weights, "weight"), _plural(sum(biases), "bias") if biases else "no biases"]
    in_short = f"{kinds[0]}, {kinds[1]}{total}"
    if len(products) > 1:
        kinds = [f"{times(products)} = {kinds[0]}", kinds[1]]
        if len(biases) > 1:
            kinds[1] = f"{times([n] for n in biases)} = {kinds[1]}"
    worked = f"{kinds[0]}, {kinds[1]}{total}"
    return worked if width_of(worked) <= most else in_short
