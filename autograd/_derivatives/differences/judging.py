"""Whether a derivative agrees with the differences of a function; or whether these cannot tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from autograd._derivatives.differences.estimates import EPS, TINY, TRUST, Estimates, estimate, noise_floor
from autograd._derivatives.differences.samples import Array, Line, ladder, step_below

__all__ = ["AGREES", "DISAGREES", "MARGIN", "UNDECIDED", "Judgement", "judge"]

AGREES, DISAGREES, UNDECIDED = "agrees", "disagrees", "cannot tell"

MARGIN = 1e-9  # part of a derivative that it may be off for roundings of its own
DIGITS = 2e-4  # part of a derivative that must be resolved, to say that it agrees
LEVEL = 1e-6  # part of the change of f beside x, in place of that, for a derivative that is nearly 0
FLAT = 1e-3  # the slope that must be resolved where f does not change at all
ROUNDINGS = 6.0  # how many units of noise f changes by, at most, where it does not change at all
NEGLIGIBLE = 1e-11  # part of the largest derivative of an output that is a rounding error
SIGNAL = 30.0  # how many units of noise f changes by, at least, where a slope is seen in noise
SEEN = 0.25  # part of a derivative that must be resolved, to say that another is wrong
CONFIRMING = 3  # steps that must contradict a derivative alike
KINKS = 3  # steps that must see a kink, or a jump
COARSE = 2.0**-6  # the spacing of floats at which a rounding to whole numbers looks smooth
RESOLVED = 2.0**40  # steps from here to the spacing of floats on which f is smooth: nothing hides between floats


@dataclass(frozen=True)
class Judgement:
    """What differences say of one derivative.

    Attributes:
        verdict: ``agrees``, ``disagrees`` or ``cannot tell``.
        reason: for the verdict, in words; empty for a derivative that agrees where f is smooth.
        numeric, error, step: the differences' own derivative; nan where there is none.
        slopes: at a kink, the derivatives from the left and from the right.
    """

    verdict: str
    reason: str
    numeric: float
    error: float
    step: float
    slopes: tuple[float, float] | None = None


def judge(
    line: Line, analytic: Array, noise: float = 0.0, margin: float = MARGIN, largest: Array | float = 0.0
) -> list[Judgement]:
    """Judge the derivatives of all outputs of a line.

    Args:
        analytic: one derivative for each output.
        noise: the absolute noise of f, if known.
        margin: part of a derivative that it may be off, beside the errors of the differences.
        largest: for each output, the largest derivative by any number: another that is a rounding error beside
            it counts as 0.

    >>> line = Line(lambda x: np.array([x * x]), 3.0, np.array([9.0]))
    >>> judge(line, np.array([6.0]))[0].verdict, judge(line, np.array([6.001]))[0].verdict
    ('agrees', 'disagrees')
    """
    analytic = np.ravel(np.asarray(analytic, dtype=float))
    largest = np.broadcast_to(largest, analytic.shape)
    judgements = _judge_quickly(line, analytic, margin, noise)
    doubtful = [j for j, judgement in enumerate(judgements) if judgement is None]
    if doubtful:
        some = line.columns(doubtful)
        estimates = estimate(some, ladder(line.x), noise)
        refined = _refinement(estimates)
        if refined:
            estimates = estimate(some, [*ladder(line.x), *refined], noise)
        for k, j in enumerate(doubtful):
            judgements[j] = _Column(estimates, k, line.x, float(largest[j])).judge(float(analytic[j]), margin)
    return [judgement for judgement in judgements if judgement is not None]


# -- the quick way: most derivatives agree at the first steps ---------------------------------------------

PROBES = (2, 5, 9)  # powers of 1/16 of the first step: where a spike or a kink would show


def _judge_quickly(line: Line, analytic: Array, margin: float, noise: float) -> list[Judgement | None]:
    judgements: list[Judgement | None] = [None] * analytic.size
    size = max(abs(line.x), 1.0)
    firsts = [step_below(size) - 5, step_below(size) - 9]
    if 0 < abs(line.x) < 0.25 and abs(line.x) > 1e-30:
        firsts.append(step_below(abs(line.x)) - 5)
    for first in firsts:
        step = math.ldexp(1.0, first)
        with np.errstate(all="ignore"):
            samples = line.around(step)
            ahead = samples[5:] - samples[3::-1]
            slope = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280]) @ ahead / step
            error = CENTRAL_QUICK * noise_floor(samples) / step
            far = line.at(line.x - size / 2), line.at(line.x + size / 2)
            constant = (samples == far[0]).all(axis=0) & (samples == far[1]).all(axis=0)
            constant &= (samples == samples[0]).all(axis=0) & (analytic == 0) & (error < FLAT)
            near = (np.abs(slope - analytic) <= margin * np.abs(analytic)) & (analytic != 0) & np.isfinite(analytic) & (noise == 0)
            settled = near | constant
            for power in PROBES:
                small = step / 16**power
                if small < math.ulp(line.x) or not settled.any():
                    continue
                ends = line.at(line.x + small), line.at(line.x - small)
                probe = (ends[0] - ends[1]) / (2 * small)
                slack = 4 * noise_floor(samples) / small + 0.01 * np.abs(analytic)
                settled &= np.where(constant, ends[0] == ends[1], np.abs(probe - analytic) <= slack)
                one = (ends[0] - line.center) / small  # a kink at x is in no central difference
                settled &= np.where(constant, ends[0] == line.center, np.abs(one - analytic) <= slack + 0.1 * np.abs(analytic))
        for j in np.flatnonzero(settled):
            if judgements[j] is None:
                judgements[j] = Judgement(AGREES, "", float(slope[j]), float(error[j]), step)
        if all(judgement is not None for judgement in judgements):
            break
    return judgements


CENTRAL_QUICK = 2.1


def _refinement(estimates: Estimates) -> list[float]:
    """Steps beside the best ones of the ladder."""
    error = np.where(np.isnan(estimates.central_error), np.inf, estimates.central_error)
    best = {int(k) for k in np.argmin(error, axis=0) if np.isfinite(error[k]).any()}
    exponents = {step_below(estimates.steps[k]) + d for k in best for d in (-3, -2, -1, 1, 2, 3)}
    known = {step_below(h) for h in estimates.steps}
    top, bottom = max(known), min(known)
    return [math.ldexp(1.0, e) for e in exponents - known if bottom < e < top]


# -- the careful way, one output at a time ---------------------------------------------------------------


class _Column:
    """The estimates of one output."""

    def __init__(self, estimates: Estimates, k: int, x: float, greatest: float) -> None:
        self.x, self.greatest = x, greatest
        self.steps = estimates.steps
        self.right, self.right_error = estimates.right[:, k], estimates.right_error[:, k]
        self.left, self.left_error = estimates.left[:, k], estimates.left_error[:, k]
        self.change = estimates.change[:, k]
        self.rightward, self.leftward = estimates.rightward[:, k], estimates.leftward[:, k]
        self.roughness, self.noise = estimates.roughness[:, k], estimates.noise[:, k]
        self.largest = float(estimates.largest[k])
        self.slope, self.error = _merge(estimates, k)

    def judge(self, analytic: float, margin: float) -> Judgement:
        best = self._best()
        if best is None:
            return Judgement(
                UNDECIDED, "no step has values of f on one side of x, or on both", math.nan, math.nan, math.nan
            )
        numeric, error, step = float(self.slope[best]), float(self.error[best]), float(self.steps[best])

        def verdict(kind: str, reason: str, slopes: tuple[float, float] | None = None) -> Judgement:
            return Judgement(kind, reason, numeric, error, step, slopes)

        if not math.isfinite(analytic):
            return verdict(DISAGREES, "it is no finite number")
        if self._hides_between_floats(analytic, numeric, best):
            return verdict(
                UNDECIDED, "by it f would change by all of its size between neighbouring floats"
            )
        jump = self._jump()
        if jump is not None and self._is_alone():
            return verdict(UNDECIDED, "f has another value at x than on both sides")
        if jump is not None:
            return self._judge_jump(jump, analytic, margin)
        kink = self._kink()
        if kink is not None:
            return self._judge_kink(kink, analytic, margin)
        if self._is_noise(best):
            return verdict(UNDECIDED, "f changes irregularly, by more than its slope")
        resolution = TRUST * error
        allowed = resolution + margin * max(abs(numeric), abs(analytic))
        if abs(analytic - numeric) <= allowed:
            return self._judge_agreement(analytic, best, verdict)
        if resolution > SEEN * max(abs(numeric), self._scale(best)) and not self._is_flat(best):
            return verdict(UNDECIDED, "the error of the differences is too large beside the derivative")
        if abs(analytic - numeric) * abs(self.x) <= TRUST * EPS * self.largest and step > abs(self.x) > 0:
            return verdict(UNDECIDED, f"no slope of this size would show beside {self.x:.3g}, for rounding")
        if analytic == 0 and math.ulp(self.x) >= COARSE and abs(abs(numeric) - 1) <= resolution:
            return verdict(UNDECIDED, "floats are so far apart here that rounding to whole numbers looks smooth")
        if self._contradicting(analytic, best, margin) < CONFIRMING:
            return verdict(UNDECIDED, "the differences of several steps disagree")
        return verdict(DISAGREES, "")

    def _scale(self, k: int) -> float:
        """The slope at which f changes among the samples of a step."""
        return float(self.change[k] / self.steps[k])

    def _is_flat(self, k: int) -> bool:
        """Whether f changes by rounding alone among the samples of a step."""
        return bool(self.change[k] <= ROUNDINGS * self.noise[k] and not self._is_noise(k))

    def _is_noise(self, k: int) -> bool:
        """Whether f changes by noise alone, beyond rounding, among the samples of a step."""
        is_rounding = self.noise[k] <= 64 * (EPS * self.largest + TINY)
        return bool(not is_rounding and self.change[k] < SIGNAL * self.noise[k])

    def _judge_agreement(self, analytic: float, best: int, verdict: object) -> Judgement:
        error, step, numeric = float(self.error[best]), float(self.steps[best]), float(self.slope[best])
        resolution = TRUST * error
        is_flat, scale = self._is_flat(best), self._scale(best)
        resolved = (
            resolution <= DIGITS * max(abs(analytic), abs(numeric))
            or resolution <= NEGLIGIBLE * self.greatest
            or (is_flat and analytic == 0 and resolution <= FLAT)
            or (not is_flat and resolution <= LEVEL * scale)
        )
        if resolved:
            return Judgement(AGREES, "", numeric, error, step)
        return Judgement(
            UNDECIDED, "the error of the differences is too large beside the derivative", numeric, error, step
        )

    def _valid(self) -> Array:
        """Which steps count: those that at most one finer step denies."""
        usable = np.isfinite(self.slope) & np.isfinite(self.error)
        low, high = self.slope - TRUST * self.error, self.slope + TRUST * self.error
        with np.errstate(invalid="ignore"):
            apart = (low[:, None] > high[None]) | (high[:, None] < low[None])
        denied = np.tril(apart & usable[None] & usable[:, None], -1).sum(axis=1)
        return usable & (denied <= 1)

    def _best(self) -> int | None:
        """The step with the least error of those that count."""
        error = np.where(self._valid(), self.error, np.inf)
        k = int(np.argmin(error))
        return k if np.isfinite(error[k]) else None

    def _contradicting(self, analytic: float, best: int, margin: float) -> int:
        """How many steps contradict a derivative, and agree with the best step."""
        allowed = 0.25 * TRUST * self.error + margin * abs(analytic)
        with np.errstate(invalid="ignore"):
            contradicts = np.abs(analytic - self.slope) > allowed
            alike = np.abs(self.slope - self.slope[best]) <= TRUST * (self.error + self.error[best])
        return int(np.sum(self._valid() & contradicts & alike))

    def _hides_between_floats(self, analytic: float, numeric: float, best: int) -> bool:
        """Whether f, with this derivative, would change by its own size from one float to the next.

        Then its values are not those of a smooth function, even if they look so: sin(x) at floats of a
        distance near 2π is as smooth as a line.
        """
        spacing = math.ulp(self.x)
        if abs(analytic - numeric) * spacing <= self.largest / 16:
            return False
        valid = self.steps[self._valid()]
        return float(valid.max() / spacing) < RESOLVED if valid.size else True

    # -- kinks and jumps --

    def _kink(self) -> int | None:
        """The step that knows best the slopes of a kink at x; None without one.

        A gap between the two one-sided slopes that stays while the step shrinks.
        """
        gap, error = self.right - self.left, self.right_error + self.left_error
        with np.errstate(invalid="ignore"):
            sees = np.abs(gap) > TRUST * error
            usable = np.isfinite(gap) & np.isfinite(error)
        if not sees.any():
            return None
        share = np.where(sees, error / np.where(sees, np.abs(gap), 1.0), np.inf)
        best = int(np.argmin(share))
        finer = usable & (np.arange(gap.size) < best)
        denies = finer & (np.abs(gap - gap[best]) > TRUST * (error + error[best]))
        if denies.sum() > 1:
            # The coarse steps see two slopes where finer ones see one, or other ones.
            settled = [k for k in np.flatnonzero(sees) if not denies[k] and k < best]
            if not settled:
                return None
            best = settled[-1]
        alike = sees & (np.abs(gap - gap[best]) <= TRUST * (error + error[best]))
        if alike.sum() < KINKS:
            return None
        finest = usable & (np.arange(gap.size) < np.flatnonzero(alike)[0])
        if (finest & (np.abs(gap - gap[best]) > TRUST * (error + error[best]))).any():
            return None
        return best

    def _judge_kink(self, k: int, analytic: float, margin: float) -> Judgement:
        slopes = float(self.left[k]), float(self.right[k])
        error = float(max(self.left_error[k], self.right_error[k]))
        slack = TRUST * error + margin * max(map(abs, slopes))
        low, high = min(slopes), max(slopes)
        inside = low - slack <= analytic <= high + slack
        text = f"f has a kink here, with the slopes {slopes[0]:.6g} on the left and {slopes[1]:.6g} on the right"
        reason = f"{text}; it lies between them" if inside else f"{text}; it does not lie between them"
        return Judgement(
            AGREES if inside else DISAGREES, reason, sum(slopes) / 2, error, float(self.steps[k]), slopes
        )

    def _jump(self) -> tuple[str, float] | None:
        """The side on which f jumps right beside x, and by how much; None without a jump."""
        rough = self.roughness[self.steps < 2.0**-10 * max(abs(self.x), 1.0)]
        for side, changes in (("right", self.rightward), ("left", self.leftward)):
            changes = changes[np.isfinite(changes)]
            if changes.size < KINKS or changes[0] == 0:
                continue
            height = changes[0]
            stays = np.abs(changes[: KINKS + 1] - height) <= 0.2 * abs(height)
            if stays.all() and abs(height) > 64 * EPS * self.largest and not (rough > abs(height) / 5).any():
                return side, float(height)
        return None

    def _is_alone(self) -> bool:
        """Whether f jumps on both sides of x, by the same height."""
        both = self.rightward[0], self.leftward[0]
        return bool(both[0] != 0 and abs(both[0] - both[1]) <= 0.2 * abs(both[0]))

    def _judge_jump(self, jump: tuple[str, float], analytic: float, margin: float) -> Judgement:
        side, height = jump
        neighbour = math.nextafter(self.x, math.inf if side == "right" else -math.inf)
        slope, error = (self.left, self.left_error) if side == "right" else (self.right, self.right_error)
        usable = np.isfinite(slope) & np.isfinite(error)
        k = int(np.argmin(np.where(usable, error, np.inf)))
        numeric, uncertainty, step = float(slope[k]), float(error[k]), float(self.steps[k])
        text = f"f jumps by {height:.6g} on the {side} of x"
        if _roundness(neighbour) > _roundness(self.x) and usable[k]:
            if abs(analytic - numeric) <= TRUST * uncertainty + margin * abs(numeric):
                return Judgement(
                    UNDECIDED, f"{text}, before the next float, {neighbour!r}", numeric, uncertainty, step
                )
            return Judgement(DISAGREES, text, numeric, uncertainty, step)
        return Judgement(DISAGREES, f"{text}: it has no derivative", height / math.ulp(self.x), uncertainty, step)


def _merge(estimates: Estimates, k: int) -> tuple[Array, Array]:
    """The derivative and its error at each step: from both sides, or from one at an end of the domain."""
    slope, error = estimates.central[:, k].copy(), estimates.central_error[:, k].copy()
    for side, uncertainty in (
        (estimates.right[:, k], estimates.right_error[:, k]),
        (estimates.left[:, k], estimates.left_error[:, k]),
    ):
        ends = np.isnan(slope) & np.isfinite(side)
        slope[ends], error[ends] = side[ends], uncertainty[ends]
    return slope, error


def _roundness(x: float) -> int:
    """How many bits at the end of a float's fraction are 0."""
    if x == 0:
        return 1100
    mantissa = int(abs(math.frexp(x)[0]) * 2**53)
    return (mantissa & -mantissa).bit_length() if abs(x) > 1e-300 else 0
