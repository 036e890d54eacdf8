"""Points of a domain from a generator of random numbers, always the same for a seed: without Hypothesis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.testing._strategies.domains import Domain, Point
from autograd.testing._strategies.kinks import Mover, kinks, places
from autograd.testing._strategies.numbers import (
    Signed,
    all_exponents,
    float_type,
    is_inside,
    likely_numbers,
    neighbour,
    rounding,
)

__all__ = ["sample"]

ATTEMPTS = 20  # for each point, where the domain is known in words alone
ALWAYS = (0.0, 1.0, -1.0)  # besides ends and kinks
ORDINARY = (-2, 2)  # powers of ten


def sample(domain: Domain, count: int, rng: np.random.Generator) -> list[Point]:
    """Different points of a domain: its ends and kinks, and others drawn as `points` draws them.

    >>> from autograd.testing._strategies.domains import domain_of
    >>> xs = sample(domain_of("sqrt"), 50, np.random.default_rng(0))
    >>> (0.0,) in xs, min(xs) >= (0.0,), len({*xs})
    (True, True, 50)
    """
    kind = float_type(float)
    columns = [_Column(domain, i, kind) for i in range(domain.arity)]
    move, ways = Mover(domain, kind), places(domain, domain.kink is not None)
    # Each list of places in turn, so that none is left out.
    longest = max(len(column.exact) for column in columns)
    fixed = [tuple(column.exact_or_drawn(k, rng) for column in columns) for k in range(longest)]
    drawn: dict[Point, None] = dict.fromkeys(filter(domain.holds, fixed))
    for _ in range(ATTEMPTS * count):
        if len(drawn) >= count:
            break
        point = tuple(column.draw(rng) for column in columns)
        if domain.arity > 1 and rng.random() < 1 / 3:
            point = move(point, ways[rng.integers(len(ways))], int(rng.integers(16)))
        if domain.holds(point):
            drawn[point] = None
    return list(drawn)[:count] if longest <= count else list(drawn)


class _Column:
    """The numbers of one input."""

    def __init__(self, domain: Domain, i: int, kind: np.dtype[Any]) -> None:
        self.parts, self.kind = domain.parts[i], kind
        has_places = domain.kink is not None and domain.arity == 1
        targets = kinks(domain, (0.0,), 0) if has_places else ()
        zeros = sorted((x for target in targets if (x := target()) is not None), key=abs)[:3]
        likely = likely_numbers(self.parts, zeros, kind)
        self.magnitudes = [xs for xs in likely.magnitudes if xs]
        self.exact = [x for x in ALWAYS if is_inside(x, self.parts)] + [x for xs in likely.exact for x in xs]
        self.whole = domain.in_words

    def exact_or_drawn(self, k: int, rng: np.random.Generator) -> float:
        return self.exact[k] if k < len(self.exact) else self.draw(rng)

    def draw(self, rng: np.random.Generator) -> float:
        sign = 1.0 if rng.random() < 0.5 else -1.0
        if self.whole and rng.random() < 1 / 3:
            return sign * float(rng.integers(10))
        which = int(rng.integers(len(self.magnitudes) + 2))
        if which < len(self.magnitudes):
            return Signed(self.parts)(float(rng.choice(self.magnitudes[which])), sign)
        exponents = ORDINARY if which == len(self.magnitudes) else all_exponents(self.kind)
        size = float(rng.uniform(1, 10)) * 10.0 ** int(rng.integers(exponents[0], exponents[1] + 1))
        return self._inside(sign * size, rng)

    def _inside(self, x: float, rng: np.random.Generator) -> float:
        """The number itself, or one at that distance from an end of an interval, or between the two ends."""
        if is_inside(x, self.parts):
            return x
        part = self.parts[int(rng.integers(len(self.parts)))]
        ends = [(end, s) for end, s in ((part.low, 1), (part.high, -1)) if math.isfinite(end)]
        end, inward = ends[int(rng.integers(len(ends)))]
        x = rounding(self.kind)(end + inward * abs(x))
        if x == end:
            x = neighbour(end, inward * math.inf, self.kind)
        if x not in part and math.isfinite(part.high - part.low):
            x = part.low + (part.high - part.low) * float(rng.random())
        return x if x in part else end + inward
