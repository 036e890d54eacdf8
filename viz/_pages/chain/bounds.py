"""The range of a quantity, whatever its leaves are: σ(z) lies between 0 and 1, a square is never negative.

The rows of the table do not state their ranges: each row is evaluated all over the ranges of its arguments.
An end is known where extreme arguments, far away or next to an end as that of ln at 0, go no further than the
other arguments.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from autograd._table.rows import Row

__all__ = ["Range", "ranges"]

Range = tuple[float, float]

EVERYTHING: Range = (-math.inf, math.inf)
FAR = 1e50  # an argument beyond it is extreme
NEXT_TO = 1e-12  # of a range's length: so near to its end an argument is extreme
LONGEST = 1e5  # of a number line: beyond it an end says nothing
# The samples of an argument; the more arguments, the fewer of each.
ONE = (1e-6, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0, 1e3, 1e6, 1e100, 1e300)
TWO = (1e-3, 0.5, 1.0, 3.0, 30.0, 1e3, 1e100)
THREE = (0.5, 2.0, 1e3, 1e100)


def ranges(
    cells: Sequence[Any], rows: Mapping[str, Row], inputs: Collection[int], slots: Collection[int]
) -> dict[int, Range]:
    """The ranges of some cells of a program, infinite where no end is known.

    Args:
        cells: the program, as `Cells` has it.
        rows: the rows of its operations, by their keys.
        inputs: the slots of the leaves, which may have any number.
        slots: the cells to tell the ranges of.

    >>> from autograd._graph.primitive import lookup
    >>> cells = [0.5, ["sigmoid", 0], ["square", 0]]
    >>> ranges(cells, {name: lookup(name) for name in ("sigmoid", "square")}, {0}, {1, 2})
    {1: (0.0, 1.0), 2: (0.0, inf)}
    """
    known: dict[int, Range] = {}
    for slot in sorted(_below(cells, slots)):
        cell = cells[slot]
        if isinstance(cell, list):
            known[slot] = _range(rows[cell[0]], cell[1:], known)
        else:
            known[slot] = EVERYTHING if slot in inputs else (cell, cell)
    return {slot: known[slot] for slot in sorted(slots)}


def _below(cells: Sequence[Any], slots: Collection[int]) -> set[int]:
    reached, waiting = set[int](), list(slots)
    while waiting:
        if (slot := waiting.pop()) not in reached:
            reached.add(slot)
            waiting += cells[slot][1:] if isinstance(cells[slot], list) else []
    return reached


def _range(row: Row, arguments: Sequence[int], known: Mapping[int, Range]) -> Range:
    """The range of one operation. An argument in two places, as in x · x, has one number in both."""
    different = list(dict.fromkeys(arguments))
    sizes = (ONE, TWO, THREE)[len(different) - 1]
    usual: list[float] = []
    extreme: list[float] = []
    for samples in itertools.product(*(tuple(_samples(*known[slot], sizes)) for slot in different)):
        at = dict(zip(different, (number for number, _ in samples), strict=True))
        try:
            result = float(row.on_floats(*(at[slot] for slot in arguments))) + 0.0  # 0 for −0
        except (ArithmeticError, ValueError):
            continue
        if not math.isnan(result):
            (extreme if any(is_extreme for _, is_extreme in samples) else usual).append(result)
    if not usual:
        return EVERYTHING
    low, high = min(usual), max(usual)
    return (
        low if abs(low) <= LONGEST and min(extreme, default=low) >= low else -math.inf,
        high if abs(high) <= LONGEST and max(extreme, default=high) <= high else math.inf,
    )


def _samples(low: float, high: float, sizes: tuple[float, ...]) -> Iterator[tuple[float, bool]]:
    """Numbers from all over a range, and whether each is extreme."""
    if low == high:
        yield low, False
    elif math.isfinite(high - low):
        length = high - low
        yield from ((low + length * i / len(sizes), False) for i in range(len(sizes)))
        yield from ((high, False), (low + length * NEXT_TO, True), (high - length * NEXT_TO, True))
    else:
        start = low if math.isfinite(low) else high if math.isfinite(high) else 0.0
        yield start, False
        for size in sizes:
            yield from ((x, size > FAR) for x in (start - size, start + size) if low <= x <= high)
        if start in (low, high):
            next_to = start + (NEXT_TO if start == low else -NEXT_TO)
            yield next_to, True
