"""Numbers of a domain, where functions and their derivatives break: its ends, tiny, huge, saturated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from autograd._support.extras import extra
from autograd._table.intervals import Interval
from autograd.testing._programs.numbers import NICE as SIMPLE
from autograd.testing._strategies.printing import computed, named

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["numbers"]

REALS = "(-inf, inf)"

# Magnitudes, in the order in which a failing number is replaced by a nicer one.
NICE = (*dict.fromkeys(map(abs, SIMPLE)), 0.1, 5.0)
# Where sigmoid, tanh, erf and exp saturate or overflow, and squares become too large for them.
SATURATED = (30.0, 40.0, 100.0, 20.0, 60.0, 300.0, 709.7, 745.0, 1000.0)
NEAR = 1e-8  # the square root of a float's accuracy, relative: where cancellation has lost half of the digits


def numbers(
    domain: str | Sequence[Interval] = REALS, *, places: Iterable[float] = (), dtype: DTypeLike = float
) -> SearchStrategy[float]:
    """Finite numbers of a domain: ordinary ones, and the places where derivatives break.

    Likely are nice numbers, the ends of the domain (open ends by the float next to them), 0.0 and -0.0, tiny
    numbers down to the subnormal ones, huge ones, multiples of pi, and numbers at which activations saturate;
    every float of the domain is possible. A failing number shrinks towards 1, 2, 0.5 and -1.

    Args:
        domain: intervals as in the table, such as ``"(0, inf)"`` or ``"[-1, 0) | (0, 1]"``.
        places: further numbers to make likely, such as kinks, with their neighbours and numbers at a distance
            of 1e-8; those outside of the domain are left out.
        dtype: float64, or float32 for numbers that float32 holds exactly.

    Raises:
        ImportError: without Hypothesis; names the command that installs it.
        ValueError: for a domain that is not written so, or has no number of that dtype.

    >>> from hypothesis import find
    >>> find(numbers(), lambda x: x > 0.7), find(numbers("(-inf, 0)"), lambda x: True)
    (1.0, -1.0)
    """
    parts, places, kind = intervals(domain), tuple(places), float_type(dtype)
    if all(low > high for low, high in (outermost(part, kind) for part in parts)):
        raise ValueError(f"no number of {kind} lies in {domain!r}")
    arguments = () if domain == REALS else (domain,)
    return named(  # type: ignore[no-any-return]
        numbers_of(parts, places, kind),
        "numbers",
        *arguments,
        places=places or None,
        dtype=None if kind == np.float64 else str(kind),
    )


def numbers_of(parts: Sequence[Interval], places: Iterable[float], kind: np.dtype[Any]) -> Any:
    """The strategy of `numbers`, as a part of others."""
    st = extra("hypothesis.strategies", "testing", "drawing numbers")
    everything = st.one_of([_floats(st, part, kind) for part in parts])
    likely = likely_numbers(parts, places, kind)
    # Of each the sign is drawn apart, so that -40 shrinks to -1 as 40 does to 1.
    sign = st.sampled_from((1.0, -1.0))
    sizes = [everything, *(st.sampled_from(xs) for xs in likely.magnitudes if xs)]
    return st.one_of(
        *(computed(Signed(parts), size, sign) for size in (*sizes[1:2], sizes[0], *sizes[2:])),
        *(listed(xs) for xs in likely.exact if xs),
        *(_scales(st, parts, kind, *exponents) for exponents in ((-2, 2), all_exponents(kind))),
    )


def listed(xs: Sequence[float]) -> SearchStrategy[float]:
    """One of several numbers. It takes as many choices as other numbers do: fewer would count as simpler."""
    st = extra("hypothesis.strategies", "testing", "drawing numbers")
    return computed(_first, st.sampled_from(xs), st.sampled_from((1.0, -1.0)))  # type: ignore[no-any-return]


def _first(x: float, unused: float) -> float:
    return x


class Likely(NamedTuple):
    """Numbers of a domain to make likely.

    Attributes:
        magnitudes: lists of absolute values, the first of nice numbers, then those at which activations
            saturate, and tiny, huge and other extreme ones.
        exact: lists of numbers: outermost ones and -0.0; places with their neighbours; at a distance of 1e-8
            from ends and places.
    """

    magnitudes: list[list[float]]
    exact: list[list[float]]


def likely_numbers(parts: Sequence[Interval], places: Iterable[float], kind: np.dtype[Any]) -> Likely:
    """The numbers of a domain to make likely."""
    round_to = rounding(kind)

    def inside(candidates: Iterable[float]) -> list[float]:
        rounded = {(x, math.copysign(1.0, x)): x for x in map(round_to, candidates)}  # 0.0 is not -0.0
        return [x for x in rounded.values() if is_inside(x, parts)]

    def sizes(candidates: Iterable[float]) -> list[float]:
        rounded = dict.fromkeys(abs(round_to(x)) for x in candidates)
        return [x for x in rounded if is_inside(x, parts) or is_inside(-x, parts)]

    nice = sizes((*NICE, *_middles(parts)))
    more = [[*nice[:2], *numbers] for numbers in map(sizes, (SATURATED, _extremes(kind))) if numbers]
    places, bounds = tuple(places), finite_ends(parts)
    outermost_numbers = itertools.chain.from_iterable(outermost(part, kind) for part in parts)
    exactly = (*places, *(y for x in places for y in beside(x, kind)))
    around = (
        *(y for x in bounds for y in beside(x, kind)),
        *(y for x in (*places, *bounds) for y in near(x)),
    )
    return Likely([nice, *more], [*map(inside, ((*outermost_numbers, -0.0), exactly, around))])


@dataclass(frozen=True)
class Signed:
    """A magnitude with a sign; with the other sign where only that lies in the intervals."""

    parts: Sequence[Interval]

    def __call__(self, magnitude: float, sign: float) -> float:
        x = sign * magnitude
        return x if is_inside(x, self.parts) else -x


def _middles(parts: Sequence[Interval]) -> Iterator[float]:
    """The middles of bounded intervals, which may have no other nice number."""
    return (part.low + (part.high - part.low) / 2 for part in parts if math.isfinite(part.high - part.low))


def intervals(domain: str | Sequence[Interval]) -> tuple[Interval, ...]:
    """The intervals of a domain from their text."""
    return tuple(map(Interval.parse, domain.split("|"))) if isinstance(domain, str) else tuple(domain)


def is_inside(x: float, parts: Sequence[Interval]) -> bool:
    """Whether a finite number lies in one of the intervals."""
    return math.isfinite(x) and any(x in part for part in parts)


def float_type(dtype: DTypeLike) -> np.dtype[Any]:
    """float32 or float64.

    Raises:
        ValueError: for another dtype.
    """
    kind = np.dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise ValueError(f"points are of float64 or float32, not of {kind}")
    return kind


def rounding(kind: np.dtype[Any]) -> Any:
    """The function that rounds a number to the dtype, as a float; too large numbers become infinite."""
    if kind == np.float64:
        return float

    def rounded(x: float) -> float:
        with np.errstate(over="ignore", under="ignore"):
            return float(np.float32(x))

    return rounded


def neighbour(x: float, direction: float, kind: np.dtype[Any]) -> float:
    """The next number of the dtype towards `direction`."""
    with np.errstate(over="ignore", under="ignore"):
        return float(np.nextafter(kind.type(x), kind.type(direction)))


def beside(x: float, kind: np.dtype[Any]) -> tuple[float, float]:
    """The neighbours of a number."""
    return neighbour(x, -math.inf, kind), neighbour(x, math.inf, kind)


def near(x: float) -> tuple[float, float]:
    """The numbers at a distance of 1e-8 on both sides, relative to a number beyond 1."""
    distance = NEAR * max(abs(x), 1.0)
    return x - distance, x + distance


def finite_ends(parts: Sequence[Interval]) -> list[float]:
    """The ends of intervals that are numbers."""
    return [end for part in parts for end in (part.low, part.high) if math.isfinite(end)]


def outermost(part: Interval, kind: np.dtype[Any]) -> tuple[float, float]:
    """The smallest and the largest number of the dtype in an interval; without any, in the wrong order."""
    largest = float(np.finfo(kind).max)
    low, high = (rounding(kind)(max(-largest, min(largest, end))) for end in (part.low, part.high))
    while low not in part and low <= part.low:
        low = neighbour(low, math.inf, kind)
    while high not in part and high >= part.high:
        high = neighbour(high, -math.inf, kind)
    return low, high


def _extremes(kind: np.dtype[Any]) -> Iterator[float]:
    info = np.finfo(kind)
    smallest, tiny, largest, eps = (
        float(x) for x in (info.smallest_subnormal, info.smallest_normal, info.max, info.eps)
    )
    yield from (0.0, smallest, tiny, tiny / 1024, largest, largest / 2, largest**0.5, 10 * largest**0.5)
    yield from (tiny**0.5, tiny**0.5 / 10, largest**0.75, 1 / eps, eps, eps**0.5, 1 + eps, 1 - eps / 2)
    yield from (math.pi / 2, math.pi, 2 * math.pi, 1e5)


def all_exponents(kind: np.dtype[Any]) -> tuple[int, int]:
    info = np.finfo(kind)
    return math.ceil(math.log10(info.smallest_subnormal)), math.floor(math.log10(info.max))


def _scales(st: Any, parts: Sequence[Interval], kind: np.dtype[Any], low: int, high: int) -> Any:
    """Numbers whose distance from 0, or from an end, is of any order of magnitude from 10^low to 10^high."""
    inward = {(end, sign) for p in parts for end, sign in ((p.low, 1), (p.high, -1)) if math.isfinite(end)}
    from_zero = {(0.0, sign) for p in parts for sign in (1, -1) if p.low <= 0 <= p.high}
    starts = sorted((inward | from_zero), key=lambda start: (abs(start[0]), -start[1]))
    widest = max(max(abs(p.low), abs(p.high)) for p in parts)
    top = min(high, math.ceil(math.log10(widest))) if math.isfinite(widest) else high
    if not starts or top <= low:
        return st.nothing()
    round_to = rounding(kind)

    def place(start: tuple[float, int], exponent: int, digits: float) -> float:
        end, sign = start
        return float(round_to(end + sign * digits * 10.0**exponent))

    digits = st.sampled_from((1.0, 2.0, 5.0, 3.0, 7.0, 1.5, 8.25))
    exponents = st.integers(low, top)
    return computed(place, st.sampled_from(starts), exponents, digits).filter(lambda x: is_inside(x, parts))


def _floats(st: Any, part: Interval, kind: np.dtype[Any]) -> Any:
    """Every number of an interval."""
    low, high = outermost(part, kind)
    if low > high:
        return st.nothing()
    bounds = (None if math.isinf(end) else x for end, x in ((part.low, low), (part.high, high)))
    return st.floats(*bounds, width=kind.itemsize * 8, allow_nan=False, allow_infinity=False)
