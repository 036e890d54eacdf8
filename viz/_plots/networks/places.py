"""Places for the numbers on links, where none stands on another."""

from __future__ import annotations

import numpy as np

from viz._pictures.arrays import Array

__all__ = ["places_on_links"]

SHARES = np.linspace(0.14, 0.86, 49)  # of a link: where its number may stand
ROUNDS = 4
AIR = 1.25  # around a number, in its own size


def places_on_links(links: Array, sizes: Array, preferred: float) -> Array:
    """A point on each link for a number on it.

    Each number in turn moves to the place on its link that is freest of the other numbers and of what lies
    beyond the link's ends, and then of the other links, in a few rounds.

    Args:
        links: the two ends of each, shape (n, 2, 2).
        sizes: the width and height of each number, shape (n, 2).
        preferred: the share of a link after which its number stands, if it is free there.

    Returns:
        The middles of the numbers, shape (n, 2).

    >>> crossing = np.array([[[0.0, 0.0], [4.0, 2.0]], [[0.0, 2.0], [4.0, 0.0]]])
    >>> one, other = places_on_links(crossing, np.full((2, 2), 0.5), 0.3)
    >>> bool(abs(one - other).max() > 0.5)
    True
    """
    starts, ways = links[:, 0], links[:, 1] - links[:, 0]
    candidates = starts[:, None] + SHARES[:, None] * ways[:, None]
    distances = _distances(candidates.reshape(-1, 2), links).reshape(len(links), len(SHARES), -1)
    on_links = np.maximum(0, 1 - distances / (0.6 * sizes[:, 1, None, None])).sum(axis=2)  # and on its own
    lengths = np.hypot(*ways.T)
    margins = (abs(ways) * sizes).sum(axis=1) / 2 / np.maximum(lengths, 1e-12) ** 2  # half a number
    beyond = np.maximum(0, margins[:, None] - np.minimum(SHARES, 1 - SHARES))
    places = starts + preferred * ways
    for _ in range(ROUNDS):
        for i, size in enumerate(sizes):
            apart = abs(candidates[i][:, None] - places)
            needed = AIR * (size + sizes) / 2
            overlaps = np.maximum(0, 1 - apart / needed).prod(axis=2)
            overlaps[:, i] = 0
            worst = 100 * (overlaps.sum(axis=1) + beyond[i]) + on_links[i] + abs(SHARES - preferred)
            places[i] = candidates[i][int(worst.argmin())]
    return places


def _distances(points: Array, links: Array) -> Array:
    """Of each point from each link, shape (points, links)."""
    starts, ways = links[:, 0], links[:, 1] - links[:, 0]
    offsets = points[:, None] - starts
    lengths = np.maximum((ways * ways).sum(axis=1), 1e-12)
    shares = np.clip((offsets * ways).sum(axis=2) / lengths, 0, 1)
    feet = offsets - shares[..., None] * ways
    distances: Array = np.hypot(feet[..., 0], feet[..., 1])
    return distances
