"""How far the values of f are off: its rounding, its noise, and the stairs of a function with fewer digits.

High differences at smaller steps, in which nothing smooth is left, tell the noise.
"""

from __future__ import annotations

import numpy as np

from autograd._derivatives.differences.samples import REACH, Array

__all__ = [
    "EPS", "NARROW", "TINY", "are_single", "are_whole", "largest_size", "measure_noise", "measure_roughness",
    "measure_stairs", "noise_floor",
]  # fmt: skip

EPS = float(np.finfo(float).eps)
TINY = 5e-324

FOURTH = np.array([1.0, -4, 6, -4, 1])
SIXTH = np.array([1.0, -6, 15, -20, 15, -6, 1])
EIGHTH = np.array([1.0, -8, 28, -56, 70, -56, 28, -8, 1])

# Stairs beside x are those of a smooth function in float32, or of a sum of far larger numbers, if one is this
# narrow beside x, this low beside f, or one of so many; and no whole number high, as those of floor(x).
NARROW, LOW, MANY = 2.0**-20, 2.0**-18, 2.0**16
WHOLE = 64.0  # greatest height of stairs of whole numbers
FEW = 11  # digits, in bits, of numbers that are in float32 by chance
SEVERAL = 64.0  # stairs in a step at which f is no rougher than a few of them


def noise_floor(samples: Array) -> Array:
    """The rounding error that any function has: one unit in the last place of its largest sample."""
    return EPS * largest_size(samples) + TINY


def largest_size(samples: Array) -> Array:
    sizes = np.abs(samples)
    largest: Array = np.max(np.where(np.isnan(sizes), 0.0, sizes), axis=-2)
    return largest


def measure_noise(samples: Array) -> tuple[Array, Array, Array]:
    """The noise that counts at each step, from the smaller steps: for both sides, and for each of them.

    The high differences of noise of deviation 1 have the deviation sqrt(binomial(2n, n)).
    """
    eighth = np.abs(np.einsum("k,skm->sm", EIGHTH, samples)) / 113
    sixths = [np.einsum("k,skm->sm", SIXTH, samples[:, i : i + 7]) for i in range(3)]
    both = np.fmax(eighth, np.max(np.abs(sixths), axis=0) / 45)
    left, right = (
        np.abs(np.einsum("k,skm->sm", FOURTH, samples[:, i : i + REACH + 1])) / 8.4 for i in (0, REACH)
    )
    # A kink at x is in no difference of one side.
    return _from_smaller(np.fmin(both, np.fmax(left, right))), _from_smaller(right), _from_smaller(left)


def _from_smaller(noise: Array) -> Array:
    """For each step the largest noise of all smaller ones; for the two smallest their own."""
    smaller = np.maximum.accumulate(np.nan_to_num(noise), axis=0)
    counting: Array = np.concatenate([smaller[:1], smaller[1:2], smaller[1:-1]])
    return counting


def measure_roughness(samples: Array) -> Array:
    """How rough f is beside x at each step, x itself left out."""
    beside = [samples[:, REACH + 1 :], samples[:, REACH - 1 :: -1]]
    third = [np.abs(s[:, 3] - 3 * s[:, 2] + 3 * s[:, 1] - s[:, 0]) / 4.5 for s in beside]
    rough: Array = np.nan_to_num(np.fmax(*third))
    return rough


def measure_stairs(change: Array, samples: Array, steps: Array, x: float) -> Array:
    """The height of the stairs of a function that is rounded, as in float32; 0 where f is none."""
    sizes, flat = largest_size(samples), change == 0
    first = np.argmin(flat, axis=0)  # the finest step at which f changes
    columns = np.arange(change.shape[1])
    height, size = change[first, columns], sizes[first, columns]
    is_narrow = REACH * steps[first, 0] <= NARROW * abs(x)
    is_many = change.max(axis=0) >= MANY * max(abs(x), 1.0) * height
    is_rounded = flat[0] & flat[min(1, len(flat) - 1)] & ~flat[first, columns] & (height > 8 * EPS * size)
    is_rounded &= is_narrow | is_many | (height < LOW * size)
    is_rounded &= (height != np.rint(height)) | (height > WHOLE)
    # Between smooth functions and stairs the roughness at coarser steps tells: that of a few stairs.
    coarser = np.searchsorted(steps[:, 0], SEVERAL * steps[first, 0])
    rough = measure_roughness(samples)[np.minimum(coarser + np.arange(3)[:, None], len(steps) - 1), columns]
    is_rounded &= (
        (rough.min(axis=0) <= 4 * height) & (rough.max(axis=0) >= height / 8) & (height > TINY / EPS)
    )
    return np.where(is_rounded, height, 0.0)


def are_single(samples: Array) -> Array:
    """Whether all values of an output are numbers of float32, and some have more than a few digits."""
    fits = ((samples.astype(np.float32) == samples) | np.isnan(samples)).all(axis=(0, 1))
    few = np.ldexp(np.frexp(samples)[0], FEW)
    are: Array = fits & ((few != np.rint(few)) & np.isfinite(samples)).any(axis=(0, 1))
    return are


def are_whole(samples: Array) -> Array:
    """Whether all values of an output are whole numbers, and f(x) is so small that it need not be one."""
    whole = (samples == np.rint(samples)) | np.isnan(samples)
    are: Array = whole.all(axis=(0, 1)) & (np.abs(samples[0, REACH]) < 2.0**52)
    return are
