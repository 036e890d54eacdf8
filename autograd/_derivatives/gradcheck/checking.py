"""`gradcheck`: derivatives compared with differences of the function.

The differences know their own error, so the check needs no tolerance guessed by its user: a fixed one passes
a wrong derivative where derivatives are small, and fails a right one where they are large.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from autograd._derivatives.differences.judging import AGREES, DISAGREES, UNDECIDED, Judgement, judge
from autograd._derivatives.differences.samples import Array, Line
from autograd._derivatives.gradcheck.derivatives import (
    Derivatives,
    OwnDerivatives,
    SuppliedDerivatives,
    next_order,
)
from autograd._derivatives.gradcheck.diagnosis import diagnose
from autograd._derivatives.gradcheck.points import (
    Function,
    Place,
    Point,
    numbers,
    on_line,
    output_places,
    read_point,
    run,
)
from autograd._derivatives.gradcheck.reports import Entry, GradientReport, UndecidedWarning
from autograd._derivatives.structures import leaves
from autograd._graph.context import no_grad, resumed
from autograd._graph.node import Node, name, topological_order
from autograd._graph.tracing import lenient
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.callers import warn
from autograd._support.checks import count, number_of
from autograd._table.rows import Row

__all__ = ["check", "gradcheck"]

OPTIONS = ("order", "gradient", "noise", "entries", "rng")

ALIKE = 1e-12  # relative: two modes that are nearer to each other than this are judged once


def gradcheck(
    f: Function,
    *args: Any,
    order: int = 1,
    gradient: Any = None,
    noise: float | None = None,
    entries: int | None = None,
    rng: int | np.random.Generator | None = None,
    **named: Any,
) -> Literal[True] | GradientReport:
    """Compare the derivatives of f at args, in reverse and in forward mode, with differences of f.

    The differences are of order 8, at steps from a quarter of max(|x|, 1) down to the spacing of floats; each
    knows its own error, from the disagreement of lower orders and from the noise of f. So f may be steep,
    flat, noisy, computed in float32, or at an end of its domain. Where f has a kink, a derivative is right if
    it lies between the slopes on the left and on the right; where f jumps, none is.

    Args:
        f: a function of Values and Tensors whose result is one number or one array, or a list or dict of
            them.
        args: where to check: numbers, arrays, Values or Tensors, or lists, tuples and dicts of them.
        order: up to which derivative; 2 checks the derivatives of the gradient as well.
        gradient: a derivative that someone else computed, to be checked in place of autograd's: a number, an
            array, or a list, tuple or dict in the structure of the arguments; for a result of several
            numbers, each part has the result's shape before the argument's. Or a function of the same
            arguments that gives it. Then f gets plain floats and arrays, and may be a function of any
            library; order=2 needs a function whose derivatives autograd can compute.
        noise: how far values of f may be off, if it is known, as of a simulation.
        entries: how many of the arguments' numbers to check, drawn from rng; by default all of them.
        rng: a seed or a generator, for entries.
        named: goes on to f, by name, as constants. For a function with an argument called order, gradient,
            noise, entries or rng, give `functools.partial` of it.

    Returns:
        True; where differences cannot tell, a `GradientReport`, which is false, and says why. Then a warning
        says so too.

    Raises:
        GradientError: naming the input, both derivatives, the step, the nearest kink, and the likely mistake.
        DomainError: when f has no value, or no derivative, at args.

    >>> from autograd import tanh
    >>> gradcheck(lambda x, y: tanh(x) * y, 0.3, 2.0, order=2)
    True
    >>> import math
    >>> gradcheck(math.sin, 0.3, gradient=math.cos)
    True
    """
    __tracebackhide__ = True
    report = check(f, args, named, order, gradient, noise, entries, rng)
    if report.verdict == DISAGREES:
        raise report.error()
    if report.verdict == UNDECIDED:
        warn(report.summary, UndecidedWarning)
        return report
    return True


def check(
    f: Function,
    args: tuple[Any, ...],
    named: dict[str, Any],
    order: int = 1,
    gradient: Any = None,
    noise: float | None = None,
    entries: int | None = None,
    rng: int | np.random.Generator | None = None,
) -> GradientReport:
    """The report of a check; see `gradcheck` for the arguments."""
    order = count(order, "gradcheck: order")
    level = _noise_level(noise)
    options = (order != 1, gradient is not None, noise is not None, entries is not None, rng is not None)
    _check_names(f, len(args), dict(zip(OPTIONS, options, strict=True)))
    call = functools.partial(f, **named) if named else f
    point = read_point(args)
    places = _draw(list(point.places()), entries, rng)
    with lenient(), no_grad():  # the transforms record all the same, and give plain numbers
        if gradient is None:
            return _report(_Check(call, point, places, level, noise is not None), order)
        if callable(gradient):
            slope = functools.partial(gradient, **named) if named else gradient
            values = slope(*(point.in_structure(_copies(point.leaves))))
        else:
            slope, values = None, gradient
        first = _Check(call, point, places, level, noise is not None, gradient=values)
        if order == 1:
            return _report(first, 1)
        return _join(_report(first, 1), _higher(slope, point, places, order))


def _higher(slope: Function | None, point: Point, places: list[Place], order: int) -> GradientReport:
    """The report on the derivatives of a gradient that someone gave as a function."""
    if slope is None:
        raise TypeError(
            "gradcheck: order=2 checks the derivatives of the gradient, and needs it as a function of the "
            "same arguments, gradient=lambda x: ...; numbers are checked with order=1"
        )
    try:
        with lenient(False):  # a number taken out of the graph is an error of the function
            second = _Check(slope, point, places, 0.0, False, first_order=2)
    except (TypeError, AttributeError, NotImplementedError) as error:
        raise TypeError(
            f"gradcheck: order=2 needs a gradient that autograd can differentiate, and of this one it cannot "
            f"({type(error).__name__}: {error}); order=1 checks the gradient itself"
        ) from error
    return _report(second, order - 1)


def _report(check: _Check, orders: int) -> GradientReport:
    """The report on a check and on those of higher orders, up to the first that does not agree."""
    report = check.report()
    while orders > 1 and report.verdict != DISAGREES and not report.reason:
        check, orders = check.next(), orders - 1
        report = _join(report, check.report())
    return report


def _join(first: GradientReport, second: GradientReport) -> GradientReport:
    if first.verdict == DISAGREES:
        return first
    both = first.entries + second.entries
    verdict = next((r.verdict for r in (second, first) if r.verdict != AGREES), AGREES)
    return GradientReport(
        verdict, both, first.reason or second.reason, second.diagnosis, second.kink or first.kink
    )


class _Check:
    """The derivatives of one order of a function at a point.

    Args:
        gradient: the derivatives, if someone gives them; else autograd's own.
        first_order: the order of these derivatives.
    """

    def __init__(
        self,
        f: Function,
        point: Point,
        places: list[Place],
        noise: float,
        noise_is_known: bool,
        gradient: Any = None,
        first_order: int = 1,
    ) -> None:
        self._f, self._point, self._places = f, point, places
        self._noise, self._noise_is_known, self._order = noise, noise_is_known, first_order
        self._is_supplied = gradient is not None
        self._run = run(f, point, as_nodes=not self._is_supplied)
        out = self._run(point.leaves)
        self._center = numbers(out)
        self._outputs = output_places(out) if self._center.size != 1 else [()]
        self._derivatives: Derivatives
        if self._is_supplied:
            self._derivatives = SuppliedDerivatives(gradient, point, self._center.size)
        else:
            self._derivatives = OwnDerivatives(f, point)

    def next(self) -> _Check:
        """The check of the derivatives of these derivatives."""
        f = next_order(self._f, self._point)
        return _Check(f, _flat_point(self._point), self._places, 0.0, False, first_order=self._order + 1)

    def report(self) -> GradientReport:
        again = numbers(self._run(self._point.leaves))
        if not np.array_equal(again, self._center, equal_nan=True) and not self._noise_is_known:
            return self._report_chance(again)
        misfit = (
            self._derivatives.misfit(self._point)
            if isinstance(self._derivatives, SuppliedDerivatives)
            else None
        )
        if misfit is not None:
            return self._report_misfit(misfit)
        self._largest = self._derivatives.largest()
        entries = [entry for place in self._places for entry in self._entries(place)]
        return self._conclude(entries)

    def _entries(self, place: Place) -> Iterator[Entry]:
        line = Line(on_line(self._run, self._point, place), self._point.number(place), self._center)
        judged: tuple[Array, list[Judgement]] | None = None
        for mode, analytic in self._derivatives.at(place).items():
            if judged is None or not _alike(judged[0], analytic):
                judged = analytic, judge(line, analytic, self._noise, largest=self._largest)
            for output, number, judgement in zip(self._outputs, analytic.tolist(), judged[1], strict=True):
                yield self._entry(place, output, mode, number, judgement)

    def _entry(
        self, place: Place, output: tuple[Any, ...], mode: str, analytic: float, j: Judgement
    ) -> Entry:
        i, index = place
        return Entry(
            i, self._point.labels[i], index, output, mode, self._order, analytic, j.numeric, j.error, j.step,
            j.slopes, j.verdict, j.reason,
        )  # fmt: skip

    def _conclude(self, entries: list[Entry]) -> GradientReport:
        verdicts = {entry.verdict for entry in entries}
        verdict = next((v for v in (DISAGREES, UNDECIDED) if v in verdicts), AGREES)
        if verdict == AGREES:
            return GradientReport(AGREES, tuple(entries))
        diagnosis = self._diagnose(entries) if verdict == DISAGREES else None
        kink = None if self._is_supplied else self._nearest_kink()
        return GradientReport(verdict, tuple(entries), diagnosis=diagnosis, kink=kink)

    def _diagnose(self, entries: list[Entry]) -> str | None:
        """The likely mistake in the derivatives by the first argument that has a wrong one."""
        first = next(entry for entry in entries if entry.verdict == DISAGREES)
        if first.reason and math.isfinite(first.analytic):  # at a kink or a jump, of which no mistake tells
            return None
        same = [entry for entry in entries if (entry.input, entry.mode) == (first.input, first.mode)]
        fields = (np.array([getattr(e, f) for e in same]) for f in ("analytic", "numeric", "error"))
        shape = (*np.shape(self._point.leaves[first.input]), self._center.size)
        if math.prod(shape) == len(same):
            several = (self._center.size,) if self._center.size > 1 else ()
            fields = (field.reshape((*shape[:-1], *several)) for field in fields)
        analytic, numeric, error = fields
        text = diagnose(analytic, numeric, 8 * error)
        if text is None and len(same) > 1:
            text = diagnose(first.analytic, first.numeric, 8 * first.error)
        lost = None if self._is_supplied else self._lost()
        return "; ".join(filter(None, (text, lost))) or None

    def _lost(self) -> str | None:
        """The error of f itself, where it takes numbers out of the graph: outside of gradcheck it is one."""
        try:
            with lenient(False):
                OwnDerivatives(self._f, self._point)
        except TypeError as error:
            return f"grad says of this function: {error}"
        except Exception:
            return None
        return None

    def _report_chance(self, again: Array) -> GradientReport:
        k = int(np.argmax(self._center != again)) if again.shape == self._center.shape else 0
        pair = (
            f"{float(self._center[k])!r} and {float(again[k])!r}"
            if again.shape == self._center.shape
            else f"{self._center.size} and {again.size} numbers"
        )
        return GradientReport(
            UNDECIDED,
            reason=f"f gives different results for the same numbers, {pair}: give it the same random numbers "
            "each time, or say how far they are apart, noise=",
        )

    def _report_misfit(self, i: int) -> GradientReport:
        """The report on a given derivative of another shape than its argument's."""
        assert isinstance(self._derivatives, SuppliedDerivatives)
        part, leaf = self._derivatives.parts[i], self._point.leaves[i]
        nothing = np.full(self._center.shape, math.nan)
        entries, numeric = [], np.full((np.size(leaf), self._center.size), math.nan)
        for k, place in enumerate(p for p in self._point.places() if p[0] == i):
            line = Line(on_line(self._run, self._point, place), self._point.number(place), self._center)
            for o, numbers_alone in enumerate(judge(line, nothing, self._noise)):
                judgement = replace(numbers_alone, reason="its shape is another")
                entries.append(self._entry(place, self._outputs[o], "given", math.nan, judgement))
                numeric[k, o] = judgement.numeric
        shape = np.shape(leaf) if self._center.size == 1 else (self._center.size, *np.shape(leaf))
        text = diagnose(part, numeric.T.reshape(shape))
        label = f" ({self._point.labels[i]})" if self._point.labels[i] else ""
        return GradientReport(
            DISAGREES, tuple(entries), reason=f"the gradient given for argument {i}{label}: {text}"
        )

    def _nearest_kink(self) -> str | None:
        """The operation in f nearest to a jump of its derivative."""
        parts = tuple(Tensor(a) if isinstance(a, np.ndarray) else Value(a) for a in self._point.leaves)
        with resumed():
            out = self._f(*self._point.in_structure(parts))
        nearest, kink = math.inf, None
        for node in topological_order(*(o for _, o in leaves(out) if isinstance(o, Node))):
            row: Any = node.op
            if isinstance(row, Row) and (distance := row.distance_to_kink(*node.inputs)) < nearest:
                at = ", ".join(map(name, node.args))
                nearest, kink = distance, f"that of {row.name}({at}), {distance:.3g} away"
        return kink


def _flat_point(point: Point) -> Point:
    """The point of a function of the leaves themselves."""
    return Point(point.leaves, point.labels, point.leaves)


def _copies(parts: Sequence[Any]) -> list[Any]:
    return [part.copy() if isinstance(part, np.ndarray) else part for part in parts]


def _alike(a: Array, b: Array) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.abs(a - b) <= ALIKE * np.abs(a)))


def _noise_level(noise: float | None) -> float:
    if noise is None:
        return 0.0
    number = number_of(noise)
    if number is None or not 0 <= number < math.inf:
        raise ValueError(
            f"gradcheck: noise is a number from 0, how far values of f may be off, not {noise!r:.80}"
        )
    return number


def _draw(places: list[Place], entries: int | None, rng: Any) -> list[Place]:
    """All places, or some of them, in order."""
    if entries is None:
        return places
    number = count(entries, "gradcheck: entries")
    if rng is None:
        raise TypeError(
            "gradcheck: entries are drawn at random; give rng=, a seed or a numpy.random.Generator"
        )
    if number >= len(places):
        return places
    chosen = np.random.default_rng(rng).choice(len(places), number, replace=False)
    return [places[k] for k in sorted(chosen)]


def _check_names(f: Function, positional: int, options: dict[str, Any]) -> None:
    """Refuse an option that f has an argument for as well: a call does not say which is meant."""
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        return
    for option, chosen in options.items():
        if chosen and option in names[positional:]:
            raise TypeError(
                f"gradcheck: f has an argument {option!r} of its own, and so has gradcheck; for that of f "
                f"give functools.partial(f, {option}=...), for that of gradcheck lambda x: f(x)"
            )
