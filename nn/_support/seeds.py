"""Randomness is always handed in: a seed or a generator, never NumPy's global state."""

from __future__ import annotations

import numpy as np

from autograd._support.checks import is_whole

__all__ = ["Seed", "generator"]

Seed = int | np.integer | np.random.Generator


def generator(rng: Seed) -> np.random.Generator:
    """The generator of a seed; a generator is itself, so that calls share its stream.

    Raises:
        TypeError: for anything else, also None, with which no run could be repeated.
        ValueError: for a negative seed.

    >>> generator(7).integers(100) == generator(7).integers(100)
    np.True_
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if not is_whole(rng):
        raise TypeError(
            f"rng is a whole number or a numpy.random.Generator, not {type(rng).__name__} ({rng!r}); "
            "rng=0 is a good start"
        )
    if rng < 0:
        raise ValueError(f"rng is a seed from 0 up, not {rng}")
    return np.random.default_rng(rng)
