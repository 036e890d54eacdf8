"""Values and derivatives of one operation, to as many digits as are asked for.

Derivatives are differences of mpmath's own functions, so no formula of a derivative is written here. The
digits follow from the differences themselves: a function is evaluated with more bits until the difference has
enough of them, or is too small to be seen in any float.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd._derivatives.transforms import hessian
from autograd._graph.node import DomainError
from autograd._support.extras import extra
from autograd._table.readings import generate
from autograd._table.rows import Row
from autograd.testing._judge.functions import reference_functions

__all__ = ["FAR", "Jet", "Undefined", "jet", "kink_error"]

Index = tuple[int, ...]
"""The inputs by which a derivative is, in order: (0, 1) is the mixed second one."""

STEP = 64  # bits: a step is 2**-STEP of the distance to the next place where a function is not smooth
GOOD, ROUGH = 90, 16  # bits of a result, and of a derivative that only tolerances are made of
INVISIBLE = -1200  # a power of 2 that is smaller than all floats, also when it is multiplied by 16 digits
FAR = 4_096  # a power of 2: beyond it numbers are neither floats nor evaluated
SHORTENED = 40  # times that a step gets shorter at most, because of a kink
MOST = 1_100  # bits by which a step gets shorter, or numbers longer, at once
ROUNDS = 20  # of them at most
GUARD = 10  # bits by which the error of a function may be larger than it shows
CROSS_CHECK = 32  # bits: a function is evaluated a second time with so many more

# Weights of equally spaced points for a derivative of order 0 to 3 of a step 1.
STENCILS: tuple[dict[int, float], ...] = (
    {0: 1.0}, {1: 0.5, -1: -0.5}, {1: 1.0, 0: -2.0, -1: 1.0}, {2: 0.5, 1: -1.0, -1: 1.0, -2: -0.5},
)  # fmt: skip


class Undefined(ArithmeticError):
    """A function has no real value."""


@dataclass(frozen=True)
class Jet:
    """A value and its derivatives.

    Attributes:
        value: of the function.
        partials: by the inputs of the derivative; 0 for one that is smaller than any float.
        undefined: the inputs by which there is no derivative.
        by_convention: whether the derivatives are the row's convention, on a kink or at the end of a domain.
    """

    value: Any
    partials: dict[Index, Any]
    undefined: frozenset[int] = frozenset()
    by_convention: bool = False


@functools.lru_cache(maxsize=20_000)
def jet(row: Row, function: Callable[..., Any], args: tuple[Any, ...], by: Index, order: int) -> Jet:
    """The value of a row and its derivatives up to an order.

    Args:
        row: for its domain and its kinks.
        function: the row, by mpmath.
        args: numbers of mpmath. On a kink, or at the end of a domain, the first derivatives are those of the
            row's own convention.
        by: the inputs to differentiate by.
        order: of the derivatives; those of this order have only a few digits.

    Raises:
        Undefined: where the function has no real value.
    """
    mpmath = extra("mpmath", "testing", "the right value of a program")
    mp = mpmath.mp
    value, bits = _value(mp, function, args)
    with mp.workprec(2 * GOOD):
        value = +value
    by = tuple(i for i in by if i not in row.inert)
    if value and mp.mag(value) < -FAR:
        return Jet(mp.mpf(0), {}, _as_the_row_has_it(mp, row, args, by, value).undefined)
    if not by or not order:
        return Jet(value, {})
    if mp.mag(value) > FAR:
        return Jet(value, {}, frozenset(by))
    scales = _scales(mp, row, args, by)
    if scales is None:
        return replace(_as_the_row_has_it(mp, row, args, by, value), by_convention=True)
    differences = _Differences(mp, mpmath.libmp.mpf_add, function, args, order, max(bits, GOOD), value)
    indices = [i for n in range(1, order + 1) for i in itertools.combinations_with_replacement(by, n)]
    with contextlib.suppress(Undefined):
        return _jet(value, differences.at(scales, indices))
    partials: dict[Index, Any] = {}
    rest: list[int] = []
    for i in by:
        try:
            partials |= differences.at(scales, [index for index in indices if set(index) == {i}])
        except Undefined:
            rest.append(i)
    mixed = [index for index in indices if len(set(index)) > 1 and not set(index) & {*rest}]
    with contextlib.suppress(Undefined):  # as for 0**y, whose base has no neighbours below it
        partials |= differences.at(scales, mixed)
    others = _as_the_row_has_it(mp, row, args, tuple(rest), value)
    return replace(_jet(value, partials | others.partials, others.undefined), by_convention=True)


def _jet(value: Any, partials: dict[Index, Any], undefined: Iterable[int] = ()) -> Jet:
    return Jet(value, partials, frozenset(undefined))


def _call(mp: Any, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    try:
        result = function(*args)
    except (ValueError, ZeroDivisionError):
        raise Undefined from None
    if isinstance(result, int | float):
        return mp.mpf(result)
    if not isinstance(result, mp.mpf) or not mp.isfinite(result):
        raise Undefined
    return result


def _value(mp: Any, function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, int]:
    """The function at args, and the bits that it takes: a few more change nothing, and a 0 is 0 with all."""
    bits = GOOD + 2 * GUARD
    while True:
        with mp.workprec(bits):
            value = _call(mp, function, args)
            mp.prec += CROSS_CHECK
            check = _call(mp, function, args)
            if check and abs(value - check) <= mp.ldexp(abs(check), -GOOD):
                return check, bits
        if bits > -INVISIBLE + 2 * max((abs(mp.mag(a)) for a in args if a), default=0):
            return check, bits
        bits *= 4


def _scales(mp: Any, row: Row, args: tuple[Any, ...], by: Index) -> list[Any] | None:
    """The distance of each input to the next point where the row is not smooth, at most 1; None if 0."""
    scales: list[Any] = [mp.mpf(0)] * row.arity
    for i in by:
        ends = [end for part in row.domain[i] for end in (part.low, part.high) if math.isfinite(end)]
        with mp.workprec(_digits_between(mp, args)):
            scale = min([mp.mpf(1), *(abs(args[i] - end) for end in ends)])
        if not scale and any(float(args[i]) in part for part in row.domain[i]):
            return None
        # As for 0**10, next to the domain of all powers: a longer step would show the tenth derivative.
        scales[i] = scale or mp.ldexp(1, INVISIBLE)
        if row.kink is not None:
            distance, slope = _kink_by(mp, row, args, i)
            if not distance:
                return None
            # Of hypot, an input beside a large one has a small slope, and yet leads to the kink.
            scales[i] = min(scales[i], distance / max(slope, 1))
    return scales


def _digits_between(mp: Any, args: tuple[Any, ...]) -> int:
    """Bits that hold sums, and whole quotients, of such numbers."""
    return 4 * GOOD + 2 * sum(abs(int(mp.mag(a))) for a in args if a)


def kink_error(row: Row, args: tuple[Any, ...], errors: Sequence[Any]) -> tuple[Any, Any]:
    """The distance of a row to its kink, and the change of the distance by errors of the arguments."""
    mp = extra("mpmath", "testing", "the right value of a program").mp
    distance, change = mp.inf, mp.mpf(0)
    for i, error in enumerate(errors):
        if error:
            distance, slope = _kink_by(mp, row, args, i)
            change += slope * error
    return distance, change


def _kink_by(mp: Any, row: Row, args: tuple[Any, ...], i: int) -> tuple[Any, Any]:
    """The distance of a row to its kink, and the slope of the distance by an input.

    The distance to a multiple of y goes up and down: the step gets shorter until it changes little.
    """
    kink = _kink(row)
    with mp.workprec(_digits_between(mp, args)):
        distance = abs(kink(*args))
        if not distance:
            return distance, mp.mpf(1)
        step = mp.ldexp(1, min(mp.mag(distance), 0) - STEP)
        for _ in range(SHORTENED):
            change = max(
                abs(abs(kink(*args[:i], args[i] + s, *args[i + 1 :])) - distance) for s in (step, -step)
            )
            if change <= mp.ldexp(distance, -STEP // 2):
                break
            step = mp.ldexp(step, -STEP)
            mp.prec += STEP
        return distance, change / step


@functools.cache
def _kink(row: Row) -> Callable[..., Any]:
    """The row's distance to its kink, by mpmath's functions; 1 if it has none."""
    names = dict(reference_functions())
    distance: Callable[..., Any] = generate(row._kink_source(row.kink or "1"), "kink", names)
    return distance


def _as_the_row_has_it(mp: Any, row: Row, args: tuple[Any, ...], by: Index, value: Any) -> Jet:
    """Derivatives on a kink or at the end of a domain: the row's own convention, if it has one."""
    numbers = tuple(map(float, args))
    partials: dict[Index, Any] = {}
    undefined = set()
    for i in by:
        try:
            partials[i,] = mp.mpf(row.float_partials[i](*numbers, float(value)))
        except (ValueError, ZeroDivisionError, OverflowError):
            undefined.add(i)
    inputs = tuple(i for i in by if i not in undefined)
    with contextlib.suppress(DomainError):
        second = hessian(row, inputs)(*numbers) if inputs else ()
        for i, j in itertools.combinations_with_replacement(range(len(inputs)), 2):
            partials[inputs[i], inputs[j]] = mp.mpf(float(second[i][j]))
    return _jet(value, partials, undefined)


class _Differences:
    """Derivatives as differences, each to its digits or to less than any float."""

    def __init__(
        self,
        mp: Any,
        add: Callable[..., Any],
        function: Callable[..., Any],
        args: tuple[Any, ...],
        order: int,
        bits: int,
        value: Any,
    ) -> None:
        self._mp, self._add, self._function, self._args = mp, add, function, args
        self._order, self._bits = order, bits
        self._large = max(mp.mag(value) if value else 0, 0) + GOOD // 2
        self._small = mp.mag(value) if value else INVISIBLE

    def at(self, scales: list[Any], indices: list[Index]) -> dict[Index, Any]:
        """The derivatives with these indices.

        Args:
            scales: how far each input is from where the function is not smooth.
        """
        if not indices:
            return {}
        mp = self._mp
        exponents = [mp.mag(scale) - STEP if scale else 0 for scale in scales]
        bits = self._bits + max(
            len(i) * STEP - (0 if len(i) < self._order else GOOD - ROUGH) for i in indices
        )
        bits += 2 * GUARD
        stencils = {index: tuple(_stencil(index, len(self._args))) for index in indices}
        for _ in range(ROUNDS):
            with mp.workprec(bits):
                partials, more, growth = self._to(bits, exponents, stencils)
                shorter = [0] * len(scales)
                if growth > 0:
                    shorter = [min(growth, MOST) if scale else 0 for scale in scales]
                elif not more:
                    shorter = self._curved(partials, exponents)
            if growth <= 0 and more:
                bits += more
            elif any(shorter):
                exponents = [e - less for e, less in zip(exponents, shorter, strict=True)]
                bits += self._order * max(shorter)
            else:
                break
        return partials

    def _to(
        self, bits: int, exponents: list[int], stencils: dict[Index, tuple[tuple[Index, float], ...]]
    ) -> tuple[dict[Index, Any], int, int]:
        """The differences with so many bits, how many more they need, and by how many the function grows."""
        mp = self._mp
        places = list(dict.fromkeys(place for stencil in stencils.values() for place, _ in stencil))
        moved = [self._moved(exponents, place) for place in places]
        points = dict(zip(places, (_call(mp, self._function, m) for m in moved), strict=True))
        largest = max(map(abs, points.values()))
        if largest and (growth := mp.mag(largest) - self._large) > 0:
            return {}, 0, growth
        error = mp.ldexp(largest, -bits)
        mp.prec += CROSS_CHECK
        for k in (0, -1):
            error = max(error, abs(_call(mp, self._function, moved[k]) - points[places[k]]))
        mp.prec -= CROSS_CHECK
        partials, more = {}, 0
        for index, stencil in stencils.items():
            unit = sum(exponents[i] for i in index)
            total = mp.mpf(0)
            for place, weight in stencil:
                total += weight * points[place]
            difference, own = mp.ldexp(total, -unit), mp.ldexp(error, GUARD - unit)
            partials[index] = difference if abs(difference) > own else mp.mpf(0)
            bits = GOOD if len(index) < self._order else ROUGH
            more = max(more, self._more_bits(index, partials[index], own, bits))
        return partials, more, 0

    def _more_bits(self, index: Index, difference: Any, error: Any, bits: int) -> int:
        """The number of further bits that a difference needs to have so many; 0 if it has them.

        A difference below all floats is still needed where it is multiplied by the arguments' errors, unless
        these change the value by less than its own rounding does.
        """
        mp = self._mp
        if not error:
            return 0
        effect = sum(mp.mag(self._args[i]) for i in index if self._args[i])
        invisible = int(mp.mag(error) - min(INVISIBLE, self._small - GOOD - effect))
        present = mp.mag(difference) - mp.mag(error) if difference else 0
        if invisible <= 0 or present >= bits:
            return 0
        if not difference:
            return min(invisible, MOST) + 1
        return min(invisible, int(bits - present)) + 1

    def _curved(self, partials: dict[Index, Any], exponents: list[int]) -> list[int]:
        """The bits by which each step is to be shorter, since a derivative changes too much within it."""
        mp = self._mp
        shorter = [0] * len(exponents)
        for index, derivative in partials.items():
            if len(index) < self._order and derivative:
                for i in set(index):
                    more = partials.get(tuple(sorted((*index, i))))
                    if more:
                        change = mp.mag(more) + exponents[i] - mp.mag(derivative)
                        shorter[i] = max(shorter[i], min(change + GOOD // 2, MOST))
        return shorter

    def _moved(self, exponents: list[int], place: Index) -> tuple[Any, ...]:
        mp = self._mp
        return tuple(
            mp.make_mpf(self._add(a._mpf_, mp.ldexp(mp.mpf(k), e)._mpf_)) if k else a
            for a, e, k in zip(self._args, exponents, place, strict=True)
        )


@functools.cache
def _stencil(index: Index, arity: int) -> tuple[tuple[Index, float], ...]:
    """The places of a difference, in steps of each input, and their weights."""
    stencils = [STENCILS[index.count(i)] for i in range(arity)]
    pairs = itertools.product(*(stencil.items() for stencil in stencils))
    return tuple((tuple(place for place, _ in p), math.prod(weight for _, weight in p)) for p in pairs)
