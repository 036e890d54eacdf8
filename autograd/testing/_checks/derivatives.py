"""The derivatives of a rule: beside differences, a reference, each other, and those on arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd._derivatives.differences.judging import DISAGREES, UNDECIDED
from autograd._derivatives.gradcheck import GradientReport
from autograd._derivatives.gradcheck.reports import Entry, describe
from autograd._derivatives.transforms import hessian, jvp, vjp
from autograd._graph.node import DomainError
from autograd._table.rows import ARITHMETIC
from autograd.testing._checks.gradient import check_gradient
from autograd.testing._checks.reference import overflows
from autograd.testing._checks.results import Aspect
from autograd.testing._checks.subjects import Subject
from autograd.testing._checks.values import Reference, compare, place
from autograd.testing._strategies.domains import Point

__all__ = ["check_array_derivatives", "check_differences", "check_precision", "smooth_points"]

ULPS = 64  # between a derivative on floats and the same on arrays
SMALLEST = float(np.finfo(float).smallest_normal)
NEAR_KINK = 1e-2  # nearer to a kink the second derivative is not checked: there it jumps
SHARES = (1, 0.83, 0.61, 0.37, 0.13, -1, -0.83, -0.61, -0.37, -0.13)  # of a step, where a kink may lie
HALF = len(SHARES) // 2
JUMP = "jump"  # in the reason of an entry: the function has no derivative there

Derivatives = dict[Point, list[float]]
"""The first derivatives at points, where they are finite."""


def smooth_points(subject: Subject, values: dict[Point, float]) -> tuple[Aspect, Derivatives]:
    """Whether there is a derivative inside of the domain; and the derivatives, where they are finite."""
    problems, derivatives, overflows = [], {}, 0
    for point, out in values.items():
        if not math.isfinite(out):
            continue
        try:
            partials = subject.partials(point, out)
        except OverflowError:  # the derivative may be that large, or only its formula
            overflows += 1
            continue
        except (ValueError, ZeroDivisionError) as error:
            is_kink = subject.domain.distance_to_kink(point) == 0
            if not (subject.is_at_an_end(point) or is_kink or subject.domain.in_words):
                problems.append(f"{place(subject, point)} has no derivative, inside of the domain: {error}")
            continue
        if all(map(math.isfinite, partials)):
            derivatives[point] = partials
    aspect = Aspect("derivative inside of the domain", len(values), overflows, tuple(problems))
    return aspect, derivatives


def check_differences(subject: Subject, points: Sequence[Point], order: int) -> list[Aspect]:
    """Whether first and second derivatives, in both modes, are those of differences."""
    checked, undecided = [0, 0], [0, 0]
    problems: tuple[list[str], list[str]] = ([], [])
    for point in points:
        is_smooth = subject.domain.distance_to_kink(point) > NEAR_KINK
        report = _report(subject, point, order if is_smooth else 1)
        if report is None:
            continue
        orders = {entry.order for entry in report.entries} | ({1} if not report.entries else set())
        for k in orders:
            entries = [entry for entry in report.entries if entry.order == k]
            checked[k - 1] += 1
            wrong = [e for e in entries if e.verdict == DISAGREES and _counts(subject, point, e)]
            if wrong:
                problems[k - 1].append(f"at {place(subject, point)}: {describe(wrong[0])}")
            elif any(e.verdict != "agrees" for e in entries) or (not entries and report.verdict == UNDECIDED):
                undecided[k - 1] += 1
        if not report.entries and report.verdict == DISAGREES:
            problems[0].append(f"at {place(subject, point)}: {report.summary}")
    names = ("first derivative", "second derivative")
    return [Aspect(names[k], checked[k], undecided[k], tuple(problems[k])) for k in range(order)]


def _report(subject: Subject, point: Point, order: int) -> GradientReport | None:
    """The report at a point, of the highest order that has a finite derivative there."""
    for k in range(order, 0, -1):
        try:
            return check_gradient(subject.call, *point, order=k, gradient=subject.derivative)
        except (DomainError, *ARITHMETIC, NotImplementedError):
            continue
    return None


def _counts(subject: Subject, point: Point, entry: Entry) -> bool:
    """Whether a disagreement is one: beside a kink, differences must neither cross it nor find a jump."""
    size = abs(subject.domain.value(point) or 0.0)
    if abs(entry.analytic) * math.ulp(point[entry.input]) > max(size, SMALLEST):
        return False  # so steep that floats beside each other have unrelated values
    if 0 < size < SMALLEST or max(abs(entry.analytic), abs(entry.numeric)) < SMALLEST:
        return False  # subnormal: numbers of few digits
    if subject.domain.kink is None:
        return True
    distance = subject.domain.distance_to_kink(point)
    if distance == 0 and (entry.slopes is None or JUMP in entry.reason):
        return False
    # The text of the kink is not a distance, but grows with it: evenly, unless the step crosses another kink.
    places = [_moved(point, entry.input, share * entry.step) for share in SHARES]
    if not all(map(subject.domain.holds, places)):
        return False
    distances = [subject.domain.distance_to_kink(place) for place in places]
    if distance > 0:
        sides = [[distance, *reversed(distances[:HALF])], [distance, *reversed(distances[HALF:])]]
        is_even = all(side in (sorted(side), sorted(side, reverse=True)) for side in sides)
        return is_even and all(abs(d - distance) <= distance / 2 for d in distances)
    ends = [distances[0]] * HALF + [distances[HALF]] * HALF
    return all(
        abs(d - abs(share) * end) <= end / 10 for share, d, end in zip(SHARES, distances, ends, strict=True)
    )


def _moved(point: Point, i: int, distance: float) -> Point:
    return (*point[:i], point[i] + distance, *point[i + 1 :])


def check_precision(
    subject: Subject,
    derivatives: Derivatives,
    reference: Reference,
    limits: tuple[float, float],
    order: int,
) -> Aspect:
    """Whether derivatives are those of the reference, to some units in the last place."""
    problems: list[str] = []
    points = [
        p for p in derivatives if subject.domain.distance_to_kink(p) > 0 and not subject.is_at_an_end(p)
    ]
    for point in points:
        n = len(point)
        units = [tuple(int(k == i) for k in range(n)) for i in range(n)]
        for unit, computed in zip(units, derivatives[point], strict=True):
            if problem := compare(computed, reference(point, unit), limits[0]):
                problems.append(f"the derivative {unit} at {place(subject, point)} {problem}")
        if order > 1:
            problems += _second(subject, point, units, reference, limits[1])
    return Aspect("derivatives beside the reference", len(points), problems=tuple(problems))


def _second(
    subject: Subject, point: Point, units: Sequence[tuple[int, ...]], reference: Reference, limit: float
) -> Iterator[str]:
    try:
        rows: Any = hessian(subject.call, tuple(range(len(point))))(*point)
    except DomainError:
        return
    for i, first in enumerate(units):
        for j, second in enumerate(units):
            orders = tuple(a + b for a, b in zip(first, second, strict=True))
            exact = reference(point, orders)
            if not overflows(exact) and (problem := compare(float(rows[i][j]), exact, limit)):
                yield f"the derivative {orders} at {place(subject, point)} {problem}"


def check_array_derivatives(subject: Subject, derivatives: Derivatives) -> Aspect:
    """Whether derivatives on arrays, in both modes, are those on floats."""
    problems: list[str] = []
    if derivatives:
        columns = [np.array(column) for column in zip(*derivatives, strict=True)]
        expected = np.array(list(derivatives.values())).T
        ones = np.ones(len(derivatives))
        with np.errstate(all="ignore"):
            _, pull = vjp(subject.call, *columns)
            modes: dict[str, Any] = {"reverse": pull(ones)}
            assert subject.row is not None
            if not subject.row.reverse_only:
                modes["forward"] = [
                    jvp(
                        subject.call,
                        columns,
                        [ones if k == i else np.zeros_like(ones) for k in range(len(columns))],
                    )[1]
                    for i in range(len(columns))
                ]
        for mode, gradients in modes.items():
            problems += _differing(subject, mode, [*derivatives], gradients, expected)
    return Aspect("derivatives on arrays", len(derivatives), problems=tuple(problems))


def _differing(
    subject: Subject, mode: str, points: Sequence[Point], gradients: Any, expected: Any
) -> Iterator[str]:
    for i, (gradient, references) in enumerate(zip(gradients, expected, strict=True)):
        for k, point in enumerate(points):
            x, y = float(gradient[k]), float(references[k])
            if not abs(x - y) <= ULPS * math.ulp(max(abs(x), abs(y))) and math.isfinite(y):
                at = f"by input {i} at {place(subject, point)}"
                yield f"{at} it is {x!r} on arrays in {mode} mode, and {y!r} on floats"
