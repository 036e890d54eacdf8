"""The lectures' words for the entries of a negative gradient: its sign, and its relative size."""

from __future__ import annotations

__all__ = ["DEGREES", "in_words"]

# The least share of the largest entry, and its words; the first that fits is said.
DEGREES = ((1 / 2, "a lot"), (1 / 5, "somewhat"), (0.0, "a little"))


def in_words(desired: float, largest: float) -> str:
    """The lectures' words for a nudge.

    >>> in_words(-0.3, 0.5), in_words(0.1, 0.5), in_words(0.01, 0.5), in_words(0.0, 0.0)
    ('fall a lot', 'rise somewhat', 'rise a little', 'stay')
    """
    if desired == 0:
        return "stay"
    size = abs(desired) / largest
    degree = next(words for least, words in DEGREES if size >= least)
    return f"{'rise' if desired > 0 else 'fall'} {degree}"
