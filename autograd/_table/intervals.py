"""The domain of a primitive: intervals of real numbers, read from text."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Interval"]


@dataclass(frozen=True)
class Interval:
    """A connected part of a primitive's domain, read from text such as ``(0, inf)`` or ``[-1, 1]``.

    >>> Interval.parse("[-1, 1)")
    Interval(low=-1.0, high=1.0, low_closed=True, high_closed=False)
    >>> 1.0 in Interval.parse("[-1, 1)")
    False
    """

    low: float
    high: float
    low_closed: bool
    high_closed: bool

    @classmethod
    def parse(cls, text: str) -> Interval:
        body = text.strip()
        ends = body[1:-1].split(",")
        if len(body) < 5 or body[0] not in "[(" or body[-1] not in ")]" or len(ends) != 2:
            raise ValueError(f"an interval reads like '(0, inf)' or '[-1, 1]', not {text!r}")
        try:
            low, high = map(float, ends)
        except ValueError:
            raise ValueError(f"an interval has numbers, inf or -inf at its ends, not {text!r}") from None
        if not low < high:
            raise ValueError(f"an interval's low end lies below its high end, not {text!r}")
        return cls(low, high, body[0] == "[", body[-1] == "]")

    def __contains__(self, x: float) -> bool:
        above = x >= self.low if self.low_closed else x > self.low
        below = x <= self.high if self.high_closed else x < self.high
        return above and below
