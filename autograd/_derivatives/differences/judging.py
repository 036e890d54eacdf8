"""Whether a derivative agrees with the differences of a function; or whether these cannot tell."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from autograd._derivatives.differences.estimates import CENTRAL, TRUST, Estimates, estimate
from autograd._derivatives.differences.evidence import SINGLE, Evidence
from autograd._derivatives.differences.noise import noise_floor
from autograd._derivatives.differences.plateaus import levels_off, unit_beside
from autograd._derivatives.differences.samples import Array, Line, ladder, step_below
from autograd._derivatives.differences.teeth import first_jump

__all__ = ["AGREES", "DISAGREES", "MARGIN", "UNDECIDED", "Judgement", "judge"]

AGREES, DISAGREES, UNDECIDED = "agrees", "disagrees", "cannot tell"

MARGIN = 1e-9  # part of a derivative that its own roundings explain
DIGITS = 2e-4  # part of a derivative that must be resolved, to say that it agrees
LEVEL = 1e-6  # the same, beside the slope at which f changes around x, for a derivative that is nearly 0
NEGLIGIBLE = 1e-11  # the same, beside the largest derivative of the output
FLAT = 1e-3  # the slope that must be resolved where f does not change at all
SEEN = 0.25  # part of a derivative that must be resolved, to say that another is wrong
LOST = 2.0**-50  # a slope by which f changes less, over all steps, than floats of the size of x are apart
TOOTH = 2.0**-6  # part of f up to which a jump is a rounding; higher ones, as those of x % 1, belong to f
ROUNDING = 2.0**-40  # part of f up to which its jumps can be nothing but the rounding of float64
BESIDE = 2.0**-20  # part of max(|x|, 1): a jump as near as that hides the slope of f, however high
CONFIRMING = 3  # steps that must contradict a derivative alike
HUGE = 2.0**1016  # a derivative whose differences overflow
COARSE = 2.0**-6  # a spacing of floats at which rounding to whole numbers looks smooth
RESOLVED = 2.0**40  # floats in a step over which f is smooth: nothing hides between them

NO_NUMBER = "it is no finite number"
IRREGULAR = "f is irregular very near x"
LEVELS_OFF = "f levels off here, and its slope is lost in its rounding"
CONSTANT = "f is constant near x, and its steps farther out follow a line"
BECOMES_CONSTANT = "f is constant very near x, and not farther out"
TOO_LARGE = "the error of the differences is too large beside the derivative"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict of differences on one derivative.

    Attributes:
        verdict: ``agrees``, ``disagrees`` or ``cannot tell``.
        reason: for the verdict, in words; empty where f is smooth and the verdict is clear.
        numeric, error, step: the derivative by differences; nan where there is none.
        slopes: at a kink, the derivatives on the left and on the right.
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
        largest: for each output, the size of its largest derivative by any number: a smaller one that is a
            rounding error beside it counts as 0.

    >>> line = Line(lambda x: np.array([x * x]), 3.0, np.array([9.0]))
    >>> judge(line, np.array([6.0]))[0].verdict, judge(line, np.array([6.001]))[0].verdict
    ('agrees', 'disagrees')
    """
    analytic = np.ravel(np.asarray(analytic, dtype=float))
    largest = np.broadcast_to(largest, analytic.shape)
    settled = _judge_quickly(line, analytic, margin, noise)
    doubtful = [j for j in range(analytic.size) if j not in settled]
    if doubtful:
        with np.errstate(all="ignore"):
            settled.update(_settle(line, doubtful, analytic, noise, margin, largest))
    return [settled[j] for j in range(analytic.size)]


def _settle(
    line: Line, outputs: list[int], analytic: Array, noise: float, margin: float, largest: Array
) -> dict[int, Judgement]:
    """Judgements on some outputs, from all steps."""
    some, steps = line.columns(outputs), ladder(line.x)
    estimates = estimate(some, steps, noise)
    steps = [*steps, *_refinement(estimates)]
    estimates = estimate(some, steps, noise)
    return {
        j: _judge_rounded(
            some, k, Evidence(estimates, k, line.x), float(analytic[j]), margin, float(largest[j]), noise
        )
        for k, j in enumerate(outputs)
    }


def _judge_rounded(
    line: Line, output: int, evidence: Evidence, analytic: float, margin: float, largest: float, noise: float
) -> Judgement:
    """A judgement by all steps; where those within one tooth decide, by those over many."""
    first = _judge_carefully(line, output, evidence, analytic, margin, largest)
    is_flat_zero = first.verdict == AGREES and analytic == 0 and first.numeric == 0
    is_doubtful = is_flat_zero or first.verdict == DISAGREES or first.reason in (CONSTANT, BECOMES_CONSTANT)
    if not is_doubtful or evidence.is_whole or not math.isfinite(analytic):
        return first
    slope, finest = (0.0, 0.0) if first.reason == CONSTANT else (first.numeric, first.step)
    coarser = evidence.steps[evidence.steps > finest].tolist()
    jump = first_jump(lambda x: float(line.at(x)[output]), line.x, slope, analytic, coarser)
    if jump is None:
        return first
    height, distance = jump
    is_small = height <= TOOTH * evidence.largest
    if not is_small and (first.reason or distance > BESIDE * max(abs(line.x), 1.0)):
        return first
    one = line.columns([output])
    estimates = estimate(one, evidence.steps.tolist(), max(height, noise))
    over_teeth = Evidence(estimates, 0, line.x)
    second = _judge_carefully(one, 0, over_teeth, analytic, margin, largest)
    is_constant = analytic == slope == 0 and height > ROUNDING * evidence.largest
    if is_constant and second.verdict == DISAGREES:
        return replace(second, verdict=UNDECIDED, reason=CONSTANT)
    return second


def _refinement(estimates: Estimates) -> list[float]:
    """Steps beside the best ones of the ladder."""
    error = np.where(np.isnan(estimates.central_error), np.inf, estimates.central_error)
    best = {int(k) for k in np.argmin(error, axis=0) if np.isfinite(error[k]).any()}
    exponents = {step_below(estimates.steps[k]) + d for k in best for d in (-3, -2, -1, 1, 2, 3)}
    known = {step_below(h) for h in estimates.steps}
    return [math.ldexp(1.0, e) for e in exponents - known if min(known) < e < max(known)]


# -- most derivatives agree at the first step, or f is constant ------------------------------------------

CENTRAL_SUM = 2.1  # of the sizes of all weights of order 8
FIRST = (5, 9)  # the first steps are max(|x|, 1) / 2**5 and / 2**9
PRECISE = 1e-7  # part of a derivative that rounding of f may hide, at the first step
PROBES = (2, 5, 9)  # powers of 1/16 of a first step: where a spike or a kink would show


def _judge_quickly(line: Line, analytic: Array, margin: float, noise: float) -> dict[int, Judgement]:
    """Judgements on the outputs where one step tells, and finer ones have nothing against it."""
    settled: dict[int, Judgement] = {}
    if noise:
        return settled
    size = max(abs(line.x), 1.0)
    exponents = [step_below(size) - e for e in FIRST]
    if 1e-30 < abs(line.x) < 0.25:
        exponents.append(step_below(abs(line.x)) - FIRST[0])
    with np.errstate(all="ignore"):
        constant = analytic == 0
        for end in (line.x - size, line.x + size) if constant.any() else ():
            constant &= line.at(end) == line.center
        for exponent in exponents:
            step = math.ldexp(1.0, exponent)
            samples = line.around(step)
            coarser, slope = CENTRAL[-2:] @ (samples[5:] - samples[3::-1]) / step
            error = CENTRAL_SUM * noise_floor(samples) / step
            is_constant = constant & (samples == line.center).all(axis=0) & (error < FLAT)
            slack = margin * np.abs(analytic)
            slack += np.where(error <= PRECISE * np.abs(analytic), error, 0.0)
            is_near = (np.abs(slope - analytic) <= slack) & (analytic != 0) & np.isfinite(analytic)
            agrees = is_constant | is_near
            for small in (step / 16**power for power in PROBES):
                if small >= math.ulp(line.x) and agrees.any():
                    agrees &= _agrees_at(line, small, analytic, is_constant, noise_floor(samples))
            for j in np.flatnonzero(agrees).tolist():
                uncertainty = float(error[j] + abs(slope[j] - coarser[j]))
                settled.setdefault(j, Judgement(AGREES, "", float(slope[j]), uncertainty, step))
            if len(settled) == analytic.size:
                break
    return settled


def _agrees_at(line: Line, step: float, analytic: Array, is_constant: Array, floor: Array) -> Array:
    """Whether two samples of a fine step show nothing else: a spike, or a kink at x."""
    up, down = line.at(line.x + step), line.at(line.x - step)
    slack = 4 * floor / step + 0.01 * np.abs(analytic)
    smooth = (np.abs((up - down) / (2 * step) - analytic) <= slack) & (
        np.abs((up - line.center) / step - analytic) <= slack + 0.1 * np.abs(analytic)
    )
    agrees: Array = np.where(is_constant, (up == line.center) & (down == line.center), smooth)
    return agrees


# -- the others, one by one ---------------------------------------------------------------------------------


def _judge_carefully(
    line: Line, output: int, evidence: Evidence, analytic: float, margin: float, largest: float
) -> Judgement:
    best, nothing = evidence.best(), (math.nan, math.nan, math.nan)
    if best is None and not math.isfinite(analytic):
        return Judgement(DISAGREES, NO_NUMBER, *nothing)
    if best is None:
        return Judgement(UNDECIDED, "no step has values of f on one of the sides of x", *nothing)
    numeric, error, step = (float(a[best]) for a in (evidence.slope, evidence.error, evidence.steps))

    def judgement(verdict: str, reason: str = "") -> Judgement:
        return Judgement(verdict, reason, numeric, error, step)

    if not math.isfinite(analytic):
        return judgement(DISAGREES, NO_NUMBER)
    if abs(analytic) > HUGE and not evidence.confirms(analytic, best, min(margin, MARGIN)):
        return judgement(UNDECIDED, "it is so large that differences overflow")
    if _hides_between_floats(evidence, best, abs(analytic - numeric), abs(float(line.center[output]))):
        return judgement(UNDECIDED, "by it f would change by all of its size from one float to the next")
    jump = evidence.jump()
    if jump is not None:
        return _judge_jump(evidence, jump, analytic, margin) or judgement(
            UNDECIDED, "f has another value at x than on both sides"
        )
    kink = evidence.kink()
    if kink is not None and evidence.leaps(kink):
        return judgement(UNDECIDED, IRREGULAR)
    if kink is not None:
        return _judge_kink(evidence, kink, analytic, margin)
    noise = evidence.noise_reason(best)
    if noise is not None:
        return judgement(UNDECIDED, noise)
    if evidence.confirms(analytic, best, min(margin, MARGIN)):
        return judgement(AGREES)
    resolution, is_flat = TRUST * error, evidence.is_flat(best)
    if evidence.is_single:
        margin = max(margin, SINGLE)
    if abs(analytic - numeric) <= resolution + margin * max(abs(numeric), abs(analytic)):
        is_zero = is_flat and analytic == 0 and resolution <= FLAT
        if is_zero and line.center[output] and levels_off(lambda x: float(line.at(x)[output]), line.x):
            return judgement(UNDECIDED, LEVELS_OFF)
        is_resolved = (
            is_zero
            or resolution <= DIGITS * max(abs(analytic), abs(numeric))
            or resolution <= NEGLIGIBLE * largest
            or (not is_flat and resolution <= LEVEL * evidence.scale(best))
        )
        return judgement(AGREES) if is_resolved else judgement(UNDECIDED, TOO_LARGE)
    if resolution > SEEN * max(abs(numeric), evidence.scale(best)) and not is_flat:
        return judgement(UNDECIDED, TOO_LARGE)
    if evidence.is_irregular(best, resolution):
        return judgement(UNDECIDED, IRREGULAR)
    if evidence.is_lost_in_rounding(abs(analytic - numeric), step):
        return judgement(UNDECIDED, f"no such slope would show beside {evidence.x:.3g}, for rounding")
    if analytic == 0 and (evidence.has_stairs or evidence.is_whole or evidence.is_staircase(numeric)):
        return judgement(UNDECIDED, CONSTANT)
    if analytic == 0 and math.ulp(evidence.x) >= COARSE and abs(abs(numeric) - 1) <= resolution:
        return judgement(
            UNDECIDED, "floats are so far apart here that rounding to whole numbers looks smooth"
        )
    if analytic and is_flat and _levels_off_below(line, output, analytic, step):
        return judgement(UNDECIDED, LEVELS_OFF)
    if evidence.is_below_single(analytic - numeric, best):
        return judgement(UNDECIDED, "f is computed in float32, and such a slope is lost in its rounding")
    if is_flat and abs(analytic) <= LOST:
        return judgement(UNDECIDED, "such a slope is lost in the rounding of numbers as large as x")
    if is_flat and (evidence.is_narrow(best) or evidence.follows(analytic)):
        return judgement(UNDECIDED, BECOMES_CONSTANT)
    if evidence.contradicting(analytic, best, margin) < CONFIRMING:
        return judgement(UNDECIDED, "the differences of several steps disagree")
    return judgement(DISAGREES)


def _levels_off_below(line: Line, output: int, slope: float, step: float) -> bool:
    """Whether f levels off at x, and on a step would change by less than a rounding with a slope."""

    def f(x: float) -> float:
        return float(line.at(x)[output])

    size = max(abs(line.x), 1.0)
    unit = max(unit_beside(f, line.x, far) for far in (line.x - size, line.x + size))
    return abs(slope) * step <= unit and levels_off(f, line.x)


def _hides_between_floats(evidence: Evidence, best: int, distance: float, size: float) -> bool:
    """Whether f, with this derivative, would change by its own size from one float to the next.

    Then its values are not those of a smooth function, even if they look so: sin(x) at floats of a distance
    near 2π is as smooth as a line, and x**1e16 at 1 overflows on the right, and is 0 on the left.
    """
    change = distance * math.ulp(evidence.x)
    if change > evidence.largest / 16 and evidence.span() < RESOLVED:
        return True
    is_one_sided = not np.isfinite(evidence.right[best] + evidence.left[best])
    return change > size / 16 > 0 and bool(is_one_sided)


def _judge_kink(evidence: Evidence, k: int, analytic: float, margin: float) -> Judgement:
    slopes = float(evidence.left[k]), float(evidence.right[k])
    error = float(max(evidence.left_error[k], evidence.right_error[k]))
    slack = TRUST * error + margin * max(map(abs, slopes))
    is_between = min(slopes) - slack <= analytic <= max(slopes) + slack
    reason = (
        f"f has a kink here, with the slopes {slopes[0]:.6g} on the left and {slopes[1]:.6g} on the right; "
        f"{'it lies' if is_between else 'it does not lie'} between them"
    )
    verdict = AGREES if is_between else DISAGREES
    return Judgement(verdict, reason, sum(slopes) / 2, error, float(evidence.steps[k]), slopes)


def _judge_jump(
    evidence: Evidence, jump: tuple[str, float], analytic: float, margin: float
) -> Judgement | None:
    """A derivative where f jumps on a side of x; None where x alone has another value.

    The jump may be at x, or at the next float: at the rounder of the two.
    """
    if evidence.is_alone():
        return None
    side, height = jump
    x = evidence.x
    neighbour = math.nextafter(x, math.inf if side == "right" else -math.inf)
    slope, errors = (
        (evidence.left, evidence.left_error) if side == "right" else (evidence.right, evidence.right_error)
    )
    k = int(np.argmin(np.where(np.isfinite(slope) & np.isfinite(errors), errors, np.inf)))
    numeric, error, step = float(slope[k]), float(errors[k]), float(evidence.steps[k])
    if abs(analytic) * math.ulp(x) > abs(height) / 16:
        reason = f"by it f would change by {height:.6g} from x to the next float, as f does"
        return Judgement(UNDECIDED, reason, numeric, error, step)
    # Steps that are wider than the distance to the next jump see another slope with a smaller error.
    near = np.abs(slope - analytic) <= TRUST * errors + margin * np.abs(slope)
    resolved = TRUST * errors <= SEEN * abs(analytic)
    is_near = bool(near[k] or (near & resolved)[:2].any())
    if _roundness(neighbour) > _roundness(x) and is_near:
        reason = f"f jumps by {height:.6g} between x and the next float, {neighbour!r}"
        return Judgement(UNDECIDED, reason, numeric, error, step)
    reason = f"f jumps by {height:.6g} on the {side} of x, so it has no derivative here"
    return Judgement(DISAGREES, reason, numeric, error, step)


def _roundness(x: float) -> int:
    """How many bits at the end of a float's fraction are 0."""
    if x == 0:
        return 1100
    fraction = int(abs(math.frexp(x)[0]) * 2**53)
    return (fraction & -fraction).bit_length() if abs(x) > 1e-300 else 0
