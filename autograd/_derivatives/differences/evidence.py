"""The differences of one output at many steps, and whether f is smooth, bent, broken, flat or noisy at x."""

from __future__ import annotations

import math

import numpy as np

from autograd._derivatives.differences.estimates import TRUST, Estimates
from autograd._derivatives.differences.noise import EPS, NARROW, TINY
from autograd._derivatives.differences.samples import Array

__all__ = ["SINGLE", "Evidence"]

KINKS = 3  # steps that must see a kink, or a jump
ROUNDINGS = 6.0  # units of noise by which f changes, at most, where it does not change at all
SIGNAL = 30.0  # units of noise by which f changes, at least, where a slope is seen in noise
UNRELATED = 2.0**-10  # part of f by which its values at neighbouring floats differ, if they are unrelated
SINGLE = 2.0**-22  # part of f, and of its slope, that is lost in float32
UNDERFLOW = 2.0**-126  # below it float32 has fewer digits, or none
ROUGHLY = 0.03  # part of a slope to which coarse steps follow it
JUMPS = 64.0  # units of rounding that a jump is higher than
FINE = 2.0**-10  # steps below this part of max(|x|, 1) see one jump beside x, and no staircase


class Evidence:
    """The estimates of one output, finest step first; see `Estimates` for the arrays.

    Attributes:
        slope, error: the derivative at each step, from both sides, or from one at an end of the domain.
        largest: the largest |f| of all samples.
        has_stairs, is_single, is_whole: whether f is a staircase beside x, is computed in float32, or has
            whole numbers alone.
    """

    def __init__(self, estimates: Estimates, k: int, x: float) -> None:
        self.x = x
        self.steps = estimates.steps
        self.right, self.right_error = estimates.right[:, k], estimates.right_error[:, k]
        self.left, self.left_error = estimates.left[:, k], estimates.left_error[:, k]
        self.rightward, self.leftward = estimates.rightward[:, k], estimates.leftward[:, k]
        self.sizes, self.change = estimates.sizes[:, k], estimates.change[:, k]
        self.roughness, self.noise = estimates.roughness[:, k], estimates.noise[:, k]
        self.largest, self.has_stairs = float(self.sizes.max()), bool(estimates.has_stairs[k])
        self.is_single, self.is_whole = bool(estimates.is_single[k]), bool(estimates.is_whole[k])
        self.slope, self.error = estimates.central[:, k].copy(), estimates.central_error[:, k].copy()
        for side, error in ((self.right, self.right_error), (self.left, self.left_error)):
            ends = np.isnan(self.slope) & np.isfinite(side)
            self.slope[ends], self.error[ends] = side[ends], error[ends]
        self.known_noise = estimates.known_noise
        self.counts = self._counts()

    def _counts(self) -> Array:
        """Which steps count: all that at most one finer step denies."""
        usable = np.isfinite(self.slope) & np.isfinite(self.error)
        low, high = self.slope - TRUST * self.error, self.slope + TRUST * self.error
        with np.errstate(invalid="ignore"):
            apart = (low[:, None] > high[None]) | (high[:, None] < low[None])
        denied = np.tril(apart & usable[None] & usable[:, None], -1).sum(axis=1)
        counts: Array = usable & (denied <= 1)
        return counts

    def best(self) -> int | None:
        """The step of the least error among those that count; None without any."""
        error = np.where(self.counts, self.error, np.inf)
        k = int(np.argmin(error))
        return k if np.isfinite(error[k]) else None

    def contradicting(self, analytic: float, best: int, margin: float) -> int:
        """How many steps contradict a derivative and agree with the best step."""
        allowed = 0.25 * TRUST * self.error + margin * abs(analytic)
        with np.errstate(invalid="ignore"):
            contradicts = np.abs(analytic - self.slope) > allowed
            alike = np.abs(self.slope - self.slope[best]) <= TRUST * (self.error + self.error[best])
        return int(np.sum(self.counts & contradicts & alike))

    def scale(self, k: int) -> float:
        """The slope at which f changes among the samples of a step."""
        return float(self.change[k] / self.steps[k])

    def is_flat(self, k: int) -> bool:
        """Whether f changes by rounding alone among the samples of a step."""
        return bool(self.change[k] <= ROUNDINGS * self.noise[k]) and self.noise_reason(k) is None

    def noise_reason(self, k: int) -> str | None:
        """How noise of f, beyond rounding, hides its slope at a step; None where it does not."""
        if self.noise[k] <= 64 * (EPS * self.largest + TINY):
            return None
        between_floats = self.noise[min(1, k)]
        unrelated = UNRELATED * max(np.median(self.sizes), self.change[k])
        if not self.known_noise and between_floats > unrelated:
            return "the values of f at neighbouring floats are unrelated"
        if self.change[k] < SIGNAL * self.noise[k]:
            return "f is noisy, and its change drowns in the noise"
        return None

    def confirms(self, analytic: float, best: int, margin: float) -> bool:
        """Whether a derivative that is not 0 agrees, up to a margin, with a step about as good as the best.

        No two numbers agree to nine digits by chance, however large the error is that one of them states.
        """
        good = self.counts & (self.error <= 100 * self.error[best])
        near = np.abs(self.slope - analytic) <= margin * abs(analytic)
        return bool(analytic != 0 and (good & near).any())

    def is_lost_in_rounding(self, slope: float, step: float) -> bool:
        """Whether a slope that f has only near x, as y * log(x) may, would be lost in the rounding of f."""
        near = self.sizes[self.steps <= abs(self.x)]
        if not near.size or step <= abs(self.x):
            return False
        return bool(slope * abs(self.x) <= TRUST * EPS * near.max())

    def is_irregular(self, k: int, resolution: float) -> bool:
        """Whether a step sees no slope for noise, or is wider than x though neighbours are unrelated."""
        is_noisy = self.noise[k] > 64 * (EPS * self.largest + TINY)
        return bool(is_noisy and abs(self.slope[k]) <= resolution) or self.leaps(k)

    def leaps(self, k: int) -> bool:
        """Whether a step is wider than x, though the values of f at neighbouring floats are unrelated."""
        nearest = min(1, len(self.steps) - 1)
        is_rough = self.noise[nearest] > 0.1 * self.sizes[nearest] + TINY
        return bool(is_rough and 0 < abs(self.x) < self.steps[k])

    def is_staircase(self, slope: float) -> bool:
        """Whether f is constant over steps on which it would change by a slope, as trunc(x) is."""
        flat = (self.change == 0) & (self.noise <= 64 * (EPS * self.largest + TINY))
        lost = np.maximum(EPS * self.sizes, self.known_noise)
        return bool((flat & (abs(slope) * self.steps > lost)).any())

    def is_narrow(self, k: int) -> bool:
        """Whether f does not change at all on a step that is narrow beside x, as in float32."""
        return bool(self.change[k] == 0 and self.steps[k] <= NARROW / 4 * abs(self.x)) and not self.is_whole

    def is_below_single(self, slope: float, k: int) -> bool:
        """Whether f in float32 does not change at all on a step, and would not by a slope either."""
        change = abs(slope) * 4 * self.steps[k]
        is_single = self.is_single and not self.is_whole
        return bool(is_single and self.change[k] == 0 and change <= SINGLE * self.sizes[k] + UNDERFLOW)

    def follows(self, analytic: float) -> bool:
        """Whether steps on which f changes agree with a derivative: f may be constant by rounding alone."""
        near = np.abs(self.slope - analytic) <= ROUGHLY * abs(analytic)
        return bool((near & (self.change > 0)).sum() >= 2)

    def kink(self) -> int | None:
        """The step that knows the slopes of a kink at x best; None without one.

        A gap between the one-sided slopes that stays while the step shrinks.
        """
        gap, error = self.right - self.left, self.right_error + self.left_error
        places = np.arange(gap.size)
        with np.errstate(invalid="ignore"):
            sees = np.abs(gap) > TRUST * error
            usable = np.isfinite(gap) & np.isfinite(error)
        if not sees.any():
            return None
        best = int(np.argmin(np.where(sees, error / np.where(sees, np.abs(gap), 1.0), np.inf)))
        denies = usable & (places < best) & self._is_another(gap, error, best)
        if denies.sum() > 1:  # coarse steps see two slopes where finer ones see one, or other ones
            finer = np.flatnonzero(sees & ~denies & (places < best))
            if not finer.size:
                return None
            best = int(finer[-1])
        alike = sees & ~self._is_another(gap, error, best)
        if alike.sum() < KINKS:
            return None
        finest = usable & (places < np.flatnonzero(alike)[0])
        return None if (finest & self._is_another(gap, error, best)).any() else best

    def _is_another(self, gap: Array, error: Array, k: int) -> Array:
        """Where a gap is another than that of one step."""
        with np.errstate(invalid="ignore"):
            another: Array = np.abs(gap - gap[k]) > TRUST * (error + error[k])
        return another

    def jump(self) -> tuple[str, float] | None:
        """The side on which f jumps right beside x, and the height; None without a jump."""
        rough = self.roughness[self.steps < FINE * max(abs(self.x), 1.0)]
        for side, all_changes in (("right", self.rightward), ("left", self.leftward)):
            changes = all_changes[np.isfinite(all_changes)]
            if changes.size < KINKS or changes[0] == 0:
                continue
            height = float(changes[0])
            stays = np.abs(changes[: KINKS + 1] - height) <= 0.2 * abs(height)
            is_one = not (rough > abs(height) / 5).any()
            least = max(JUMPS * (EPS * self.largest + TINY), 2 * self.known_noise)
            if stays.all() and abs(height) > least and is_one:
                return side, height
        return None

    def is_alone(self) -> bool:
        """Whether f jumps on both sides of x, by the same height."""
        up, down = self.rightward[0], self.leftward[0]
        return bool(up != 0 and abs(up - down) <= 0.2 * abs(up))

    def span(self) -> float:
        """The widest step that counts, in floats."""
        counting = self.steps[self.counts]
        return float(counting.max() / math.ulp(self.x)) if counting.size else 0.0
