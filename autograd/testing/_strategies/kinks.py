"""Points moved to ties of two inputs and to kinks, which numbers drawn for each input alone do not meet."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._table.rows import ARITHMETIC
from autograd.testing._strategies.domains import Domain, Point
from autograd.testing._strategies.numbers import beside, finite_ends, is_inside, near, rounding

__all__ = ["Mover", "Place", "kinks", "places"]

# Where the kink of a row is looked for, as zeros of its text and as changes of sign between neighbours.
SIZES = (1e-3, 0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0, 1e4, 1e8)
GRID = (0.0, *SIZES, *(-x for x in SIZES))
SIDES = (0, 0, 0, 1, 2, 3, 4)  # exactly, then beside it by one float and by 1e-8
HALVINGS = 80  # of an interval of the grid: down to neighbouring floats
TOLERANCE = 1e-6  # relative: a larger value between two signs is a jump of the text and no zero

Target = Callable[[], float | None]
"""A number to which an input of a point is moved; None where there turns out to be none."""

Place = tuple[Callable[[Domain, Point, int], Sequence[Target]], int, int]
"""A move of a point: to a tie or a kink, by which input, and to which side."""


def places(domain: Domain, has_kink: bool) -> list[Place]:
    """The ways to move points of a domain."""
    moves = [ties, kinks] if has_kink else [ties]
    return [(move, i, side) for move in moves for i in range(domain.arity) for side in SIDES]


@dataclass(frozen=True)
class Mover:
    """Moves a point to a tie or a kink, or beside it; the point stays where that leads out of the domain."""

    domain: Domain
    kind: np.dtype[Any]

    def __call__(self, point: Point, place: Place | None, which: int) -> Point:
        if place is None:
            return point
        find, i, side = place
        origin = (0.0,) * len(point)  # where a kink is a single point, as that of hypot
        point, targets = next(
            ((start, targets) for start in (point, origin) if (targets := find(self.domain, start, i))),
            (point, ()),
        )
        target = targets[which % len(targets)]() if targets else None
        round_to = rounding(self.kind)
        if target is None or not math.isfinite(round_to(target)):
            return point
        x = round_to(target)
        x = round_to((x, *beside(x, self.kind), *near(x))[side])
        moved = (*point[:i], x, *point[i + 1 :])
        return moved if self.domain.holds(moved) else point


def ties(domain: Domain, point: Point, i: int) -> Sequence[Target]:
    """The other inputs and their opposites."""
    return [lambda x=x: x for x in _others(point, i)]  # type: ignore[misc]


def _others(point: Point, i: int) -> list[float]:
    others = [x for k, x in enumerate(point) if k != i]
    return others + [-x for x in others]


def kinks(domain: Domain, point: Point, i: int) -> Sequence[Target]:
    """The numbers for one input at which the kink's text is 0 while the other inputs stay."""
    text = domain.kink
    assert text is not None

    def at(x: float) -> float:
        try:
            with np.errstate(all="ignore"):
                return float(text(*point[:i], x, *point[i + 1 :]))
        except ARITHMETIC:
            return math.nan

    parts = domain.parts[i]
    candidates = {*GRID, *_others(point, i), *finite_ends(parts)}
    grid = [(x, at(x)) for x in sorted(candidates, key=lambda x: (x, 0)) if is_inside(x, parts)]
    zeros: list[Target] = [lambda x=x: x for x, value in grid if value == 0]  # type: ignore[misc]
    for start, end in itertools.pairwise(grid):
        if start[1] * end[1] < 0:
            zeros.append(lambda start=start, end=end: _bisect(at, start, end[0]))  # type: ignore[misc]
    return zeros


def _bisect(text: Callable[[float], float], start: tuple[float, float], right: float) -> float | None:
    """The zero between two numbers with different signs; None where the text jumps."""
    left, at_left = start
    for _ in range(HALVINGS):
        middle = left + (right - left) / 2
        at = text(middle)
        if at == 0 or middle in (left, right):
            break
        left, right = (middle, right) if at * at_left > 0 else (left, middle)
    return middle if abs(at) <= TOLERANCE * max(abs(at_left), 1.0) else None
