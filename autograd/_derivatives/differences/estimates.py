"""Derivatives estimated at many steps, each with its own error.

At a step h the samples x - 4h, …, x + 4h give central differences of orders 4, 6 and 8, and one-sided ones
of orders 2, 3 and 4 (weights: Fornberg, Mathematics of Computation 51, 1988). The disagreement of the orders
tells the truncation error. High differences at smaller steps, in which nothing smooth is left, tell the
noise of f, also of a function computed in float32.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._derivatives.differences.samples import REACH, Array, Line

__all__ = ["EPS", "NARROW", "TINY", "TRUST", "Estimates", "estimate", "noise_floor"]

TRUST = 8.0  # how many of its own error estimates a difference may be off

EPS = float(np.finfo(float).eps)
TINY = 5e-324

# Weights of f(x + kh) - f(x - kh), for k = 1, 2, 3, 4.
CENTRAL = np.array([[2 / 3, -1 / 12, 0, 0], [3 / 4, -3 / 20, 1 / 60, 0], [4 / 5, -1 / 5, 4 / 105, -1 / 280]])
# Weights of f(x + kh) - f(x).
ONE_SIDED = np.array([[2, -1 / 2, 0, 0], [3, -3 / 2, 1 / 3, 0], [4, -3, 4 / 3, -1 / 4]])
# The root of the sum of squares of all weights of the last row of each: how much noise they let through.
CENTRAL_NOISE, ONE_SIDED_NOISE = 1.2, 5.6

FOURTH = np.array([1.0, -4, 6, -4, 1])
SIXTH = np.array([1.0, -6, 15, -20, 15, -6, 1])
EIGHTH = np.array([1.0, -8, 28, -56, 70, -56, 28, -8, 1])

# Stairs beside x are those of a smooth function in float32, or of a sum of far larger numbers, if one is this
# narrow beside x, this low beside f, or one of so many; and no whole number high, as those of floor(x).
NARROW, LOW, MANY = 2.0**-20, 2.0**-18, 2.0**16
WHOLE = 64.0  # greatest height of stairs of whole numbers
SEVERAL = 64.0  # stairs in a step at which f is no rougher than a few of them


@dataclass(frozen=True)
class Estimates:
    """Derivatives of several outputs by one number: arrays of shape (steps, outputs), finest step first.

    Attributes:
        steps: of shape (steps,).
        central, right, left: the derivative from both sides and from one; nan outside of the domain.
        central_error, right_error, left_error: estimated.
        change: how far f is from f(x) among the samples of a step, at most.
        rightward, leftward: f(x ± h) - f(x).
        noise: the noise of f that counts at a step.
        sizes: the largest |f| among the samples of a step.
        has_stairs: of shape (outputs,): whether f is a staircase beside x that float32 does not explain.
        is_single: of shape (outputs,): whether f is computed in float32.
        is_whole: of shape (outputs,): whether f has whole numbers alone.
    """

    steps: Array
    central: Array
    central_error: Array
    right: Array
    right_error: Array
    left: Array
    left_error: Array
    change: Array
    rightward: Array
    leftward: Array
    roughness: Array
    noise: Array
    sizes: Array
    has_stairs: Array
    is_single: Array
    is_whole: Array


def noise_floor(samples: Array) -> Array:
    """The rounding error that any function has: one unit in the last place of its largest sample."""
    return EPS * _largest(samples) + TINY


def _largest(samples: Array) -> Array:
    sizes = np.abs(samples)
    largest: Array = np.max(np.where(np.isnan(sizes), 0.0, sizes), axis=-2)
    return largest


def estimate(line: Line, steps: Sequence[float], noise: float = 0.0) -> Estimates:
    """The derivatives of a line at these steps.

    Args:
        noise: the absolute noise of f, if known.
    """
    h = np.array(sorted(steps))[:, None]
    with np.errstate(all="ignore"):
        samples = np.array([line.around(step) for step in h[:, 0].tolist()])
        slips = np.array([line.slip(step) for step in h[:, 0].tolist()])[:, None]
        x = samples[:, REACH]
        forward = samples[:, REACH + 1 :] - x[:, None]
        backward = x[:, None] - samples[:, REACH - 1 :: -1]
        central = np.einsum("ok,skm->osm", CENTRAL, forward + backward) / h
        right = np.einsum("ok,skm->osm", ONE_SIDED, forward) / h
        left = np.einsum("ok,skm->osm", ONE_SIDED, backward) / h
        change = np.fmax(_largest(forward), _largest(backward))
        # x is rounded where f computes with it, as in sin(1000 * x).
        floor = noise_floor(samples) + change * ((slips + math.ulp(line.x) / 16) / h)
        stairs = _measure_stairs(change, samples, h, line.x)
        floor = np.maximum(floor, np.maximum(stairs, noise))
        level, right_level, left_level = (np.maximum(one, floor) for one in _measure_noise(samples))
        central_error = np.maximum(np.abs(central[2] - central[1]), 0.02 * np.abs(central[1] - central[0]))
        central_error += CENTRAL_NOISE * level / h
        right_error = _one_sided_error(right) + ONE_SIDED_NOISE * right_level / h
        left_error = _one_sided_error(left) + ONE_SIDED_NOISE * left_level / h
        # A kink among the samples is in no central difference if it is near x.
        gap = np.abs(right[2] - left[2])
        central_error = np.where(
            gap > TRUST * (right_error + left_error), np.maximum(central_error, gap), central_error
        )
        return Estimates(
            steps=h[:, 0],
            central=central[2],
            central_error=central_error,
            right=right[2],
            right_error=right_error,
            left=left[2],
            left_error=left_error,
            change=change,
            rightward=forward[:, 0],
            leftward=-backward[:, 0],
            roughness=_measure_roughness(samples),
            noise=level,
            sizes=_largest(samples),
            has_stairs=(stairs > 0) & ~_are(np.float32, samples),
            is_single=_are(np.float32, samples) & ~_are(np.float16, samples),
            is_whole=_are_whole(samples),
        )


def _one_sided_error(orders: Array) -> Array:
    error: Array = np.maximum(np.abs(orders[2] - orders[1]), 0.3 * np.abs(orders[1] - orders[0]))
    return error


def _measure_noise(samples: Array) -> tuple[Array, Array, Array]:
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


def _measure_roughness(samples: Array) -> Array:
    """How rough f is beside x at each step, x itself left out."""
    beside = [samples[:, REACH + 1 :], samples[:, REACH - 1 :: -1]]
    third = [np.abs(s[:, 3] - 3 * s[:, 2] + 3 * s[:, 1] - s[:, 0]) / 4.5 for s in beside]
    rough: Array = np.nan_to_num(np.fmax(*third))
    return rough


def _measure_stairs(change: Array, samples: Array, steps: Array, x: float) -> Array:
    """The height of the stairs of a function that is rounded, as in float32; 0 where f is none."""
    sizes, flat = _largest(samples), change == 0
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
    rough = _measure_roughness(samples)[np.minimum(coarser + np.arange(3)[:, None], len(steps) - 1), columns]
    is_rounded &= (
        (rough.min(axis=0) <= 4 * height) & (rough.max(axis=0) >= height / 8) & (height > TINY / EPS)
    )
    return np.where(is_rounded, height, 0.0)


def _are(dtype: Any, samples: Array) -> Array:
    """Whether all values of an output are numbers of a dtype."""
    are: Array = ((samples.astype(dtype) == samples) | np.isnan(samples)).all(axis=(0, 1))
    return are


def _are_whole(samples: Array) -> Array:
    """Whether all values of an output are whole numbers, and f(x) is so small that it need not be one."""
    whole = (samples == np.rint(samples)) | np.isnan(samples)
    are: Array = whole.all(axis=(0, 1)) & (np.abs(samples[0, REACH]) < 2.0**52)
    return are
