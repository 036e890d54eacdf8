"""Derivatives estimated at many steps, each with its own error.

At a step h the samples x - 4h, …, x + 4h give central differences of orders 4, 6 and 8, and one-sided ones
of orders 2, 3 and 4 (weights: Fornberg, Mathematics of Computation 51, 1988). The disagreement of the orders
tells the truncation error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograd._derivatives.differences.noise import (
    are_single,
    are_whole,
    largest_size,
    measure_noise,
    measure_roughness,
    measure_stairs,
    noise_floor,
)
from autograd._derivatives.differences.samples import REACH, Array, Line

__all__ = ["CENTRAL", "TRUST", "Estimates", "estimate"]

TRUST = 8.0  # how many of its own error estimates a difference may be off

# Weights of f(x + kh) - f(x - kh), for k = 1, 2, 3, 4.
CENTRAL = np.array([[2 / 3, -1 / 12, 0, 0], [3 / 4, -3 / 20, 1 / 60, 0], [4 / 5, -1 / 5, 4 / 105, -1 / 280]])
# Weights of f(x + kh) - f(x).
ONE_SIDED = np.array([[2, -1 / 2, 0, 0], [3, -3 / 2, 1 / 3, 0], [4, -3, 4 / 3, -1 / 4]])
# The root of the sum of squares of all weights of the last row of each: how much noise they let through.
CENTRAL_NOISE, ONE_SIDED_NOISE = 1.2, 5.6


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
        known_noise: how far values of f may be off, if it is known.
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
    known_noise: float


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
        change = np.fmax(largest_size(forward), largest_size(backward))
        # x is rounded where f computes with it, as in sin(1000 * x).
        floor = noise_floor(samples) + change * ((slips + math.ulp(line.x) / 16) / h)
        stairs = measure_stairs(change, samples, h, line.x)
        # Rounding to stairs is uniform: its deviation is the height divided by the root of 12.
        floor = np.maximum(floor, np.maximum(stairs / 3, noise))
        level, right_level, left_level = (np.maximum(one, floor) for one in measure_noise(samples))
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
            roughness=measure_roughness(samples),
            noise=level,
            sizes=largest_size(samples),
            has_stairs=(stairs > noise) & ~are_single(samples),
            is_single=are_single(samples),
            is_whole=are_whole(samples),
            known_noise=noise,
        )


def _one_sided_error(orders: Array) -> Array:
    error: Array = np.maximum(np.abs(orders[2] - orders[1]), 0.3 * np.abs(orders[1] - orders[0]))
    return error
