"""Guards: operations in a branch that is not taken get harmless arguments.

A program computes both branches of ``where(c, sqrt(x), 0)`` for every example. Where c does not hold, the
root may be undefined, and 0 times its derivative is nan. So the tape is rewritten: the root becomes
``sqrt(where(c, x, 1))``, for arrays, plain arithmetic and other libraries alike.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np

from autograd._compiler.find.tape import CONSTANT, INPUT, LEAF, PARAMETER, Tape
from autograd._graph.primitive import lookup
from autograd._table.rows import ARITHMETIC, Row

__all__ = ["guarded"]

# When a line is needed: True, False, or (c, need if c holds, need if it does not), a binary decision diagram
# whose conditions c are lines of the tape in ascending order, so that equal needs are equal tuples.
Need = Any
CONDITIONS = 8  # in the need of a line; with more, it counts as always needed

HUGE = 1e300  # an argument at which a row overflows, if any does
HARMLESS = (1.0, 0.5, 2.0, 0.0, -0.5)  # candidates for a harmless argument, before numbers of the domain
ANY = 0.7  # stands for the number of an argument without a guard


def guarded(tape: Tape) -> Tape:
    """The tape with its branches guarded; the same tape if no branch needs a guard.

    >>> from autograd import Value, sqrt, where
    >>> from autograd._compiler.find.tape import read
    >>> x = Value(2.0)
    >>> tape = guarded(read([where(x, sqrt(x), 0.0)], [x], []))
    >>> [str(tape.rows[code - 2]) for code in tape.code if code > CONSTANT]
    ['where', 'sqrt', 'where']
    """
    selecting = [i + 2 for i, row in enumerate(tape.rows) if row.selects]
    risky = [i + 2 for i, row in enumerate(tape.rows) if any(_risky_arguments(row))]
    if not selecting or not np.isin(tape.code, risky).any():
        return tape
    needs = _needs(tape, set(selecting))
    lines = np.flatnonzero(np.isin(tape.code, risky)).tolist()
    partly = [line for line in lines if isinstance(needs[line], tuple)]
    return _Rewriter(tape, needs).tape(partly) if partly else tape


# -- when a line is needed ------------------------------------------------------------------------


def _needs(tape: Tape, selecting: set[int]) -> list[Need]:
    needs: list[Need] = [False] * len(tape.code)
    for line in tape.outputs:
        needs[line] = True
    codes, args = tape.code.tolist(), tape.args.T.tolist()
    for line in range(len(codes) - 1, -1, -1):
        code, need = codes[line], needs[line]
        if code <= CONSTANT or need is False:
            continue
        places = [place for place in args[line] if place >= 0]
        if code in selecting:
            c, y, z = places
            needs[c] = _either(needs[c], need)
            needs[y] = _either(needs[y], _both(c, True, need))
            needs[z] = _either(needs[z], _both(c, False, need))
        else:
            for place in places:
                if needs[place] is not True:
                    needs[place] = _either(needs[place], need)
    return needs


def _choice(c: int, high: Need, low: Need) -> Need:
    return high if high == low else (c, high, low)


def _either(a: Need, b: Need) -> Need:
    """The need if there are two, with a limit to its conditions."""
    need = _union(a, b)
    return True if _conditions(need) > CONDITIONS else need


def _union(a: Need, b: Need) -> Need:
    if a is True or b is True:
        return True
    if a is False or a == b:
        return b
    if b is False:
        return a
    c = min(a[0], b[0])
    (a_high, a_low), (b_high, b_low) = (need[1:] if need[0] == c else (need, need) for need in (a, b))
    return _choice(c, _union(a_high, b_high), _union(a_low, b_low))


def _both(c: int, holds: bool, need: Need) -> Need:
    """The need if a condition, too, has to hold, or has not to."""
    if isinstance(need, tuple) and need[0] < c:
        return _choice(need[0], _both(c, holds, need[1]), _both(c, holds, need[2]))
    if isinstance(need, tuple) and need[0] == c:
        need = need[1] if holds else need[2]
    return _choice(c, need, False) if holds else _choice(c, False, need)


def _conditions(need: Need) -> int:
    return 1 + _conditions(need[1]) + _conditions(need[2]) if isinstance(need, tuple) else 0


# -- the tape, rewritten --------------------------------------------------------------------------


class _Rewriter:
    def __init__(self, tape: Tape, needs: list[Need]) -> None:
        self.old, self.needs = tape, needs
        self.rows = list(tape.rows)
        where = lookup("where")
        if where not in self.rows:
            self.rows.append(where)  # type: ignore[arg-type]
        self.where = self.rows.index(where) + 2  # type: ignore[arg-type]
        self.codes: list[int] = tape.code.tolist()
        self.args: list[list[int]] = tape.args.T.tolist()
        self.numbers: list[float] = tape.numbers.tolist()
        constants = np.flatnonzero(tape.code == CONSTANT).tolist()
        self.constants = {self.numbers[line]: line for line in reversed(constants)}
        self.known: dict[tuple[int, ...], int] = {}
        self.guards: dict[int, int] = {}

    def tape(self, lines: list[int]) -> Tape:
        """The tape with the arguments of these lines guarded."""
        for line in lines:
            row = self.rows[self.codes[line] - 2]
            places = self.args[line][: row.arity]
            fixed = tuple(
                self.numbers[place] if self.codes[place] == CONSTANT else None if is_risky else ANY
                for place, is_risky in zip(places, _risky_arguments(row), strict=True)
            )
            harmless = _harmless(row, fixed)
            if harmless is not None:
                self.args[line][: row.arity] = [
                    self.guard(self.needs[line], place, harmless) if number is None else place
                    for place, number in zip(places, fixed, strict=True)
                ]
        return self.in_order()

    def guard(self, need: Need, line: int, otherwise: float) -> int:
        """The line of: a line where it is needed, a number elsewhere."""
        if not isinstance(need, tuple):
            return line if need else self.constant(otherwise)
        c, *branches = need
        key = (c, *(self.guard(branch, line, otherwise) for branch in branches))
        if key not in self.known:
            self.known[key] = self.line(self.where, list(key), 0.0)
            self.guards[self.known[key]] = line
        return self.known[key]

    def constant(self, number: float) -> int:
        if number not in self.constants:
            self.constants[number] = self.line(CONSTANT, [-1, -1, -1], number)
        return self.constants[number]

    def line(self, code: int, args: list[int], number: float) -> int:
        self.codes.append(code)
        self.args.append(args)
        self.numbers.append(number)
        return len(self.codes) - 1

    def in_order(self) -> Tape:
        """The tape of all lines, in topological order."""
        order = self.order()
        new = {line: i for i, line in enumerate(order)}
        new[-1] = -1
        args = [[new[place] for place in self.args[line]] for line in order]
        depends: list[int] = []
        for line, places in zip(order, args, strict=True):
            bits = int(self.old.depends[line]) if self.codes[line] == LEAF else 0
            inert = self.rows[self.codes[line] - 2].inert if self.codes[line] > CONSTANT else ()
            for i, place in enumerate(places):
                # A guard has no derivative by its condition.
                if place >= 0:
                    bits |= depends[place] & (INPUT if i in inert else INPUT | PARAMETER)
            depends.append(bits)
        return replace(
            self.old,
            rows=self.rows,
            code=np.array(self.codes)[order],
            args=np.array(args).T,
            depends=np.array(depends),
            numbers=np.array(self.numbers)[order],
            inputs=[new[line] for line in self.old.inputs],
            wrt=[new[line] for line in self.old.wrt],
            outputs=[new[line] for line in self.old.outputs],
            nodes={node: new[line] for node, line in self.old.nodes.items()},
            guards={new[guard]: new[line] for guard, line in self.guards.items() if guard in new},
        )

    def order(self) -> list[int]:
        while True:
            order, circle = self.walk()
            if not circle:
                return order
            # The conditions of two branches may each depend on a guard of the other: one loses its guard.
            line = next(line for line in circle if self.args[line] != self.unguarded(line))
            self.args[line] = self.unguarded(line)

    def unguarded(self, line: int) -> list[int]:
        old: list[int] = self.old.args[:, line].tolist() if line < len(self.old.code) else self.args[line]
        return old

    def walk(self) -> tuple[list[int], list[int]]:
        """The lines in topological order; or else the lines of a circle."""
        placed: dict[int, None] = {}
        for first in range(len(self.old.code)):
            todo, waiting = [first], dict[int, None]()
            while todo:
                line = todo[-1]
                missing = [place for place in self.args[line] if place >= 0 and place not in placed]
                if line in placed or not missing:
                    placed[line] = None
                    waiting.pop(todo.pop(), None)
                elif circle := [place for place in missing if place in waiting]:
                    path = list(waiting)
                    return [], [*path[path.index(circle[0]) :], line]
                else:
                    waiting[line] = None
                    todo += missing
        return list(placed), []


# -- rows that can do harm -----------------------------------------------------------------------------


@functools.cache
def _risky_arguments(row: Row) -> tuple[bool, ...]:
    """Arguments that may lie outside the domain; all, for a row that may overflow or has no slope at 0.

    >>> [_risky_arguments(lookup(name)) for name in ("truediv", "exp", "mul", "atan2")]
    [(False, True), (True,), (False, False), (True, True)]
    """
    everywhere = [any(i.low == -math.inf and i.high == math.inf for i in parts) for parts in row.domain]
    if not all(everywhere):
        return tuple(not whole for whole in everywhere)
    try:
        for numbers in itertools.product((HUGE, -HUGE), repeat=row.arity):
            row.on_floats(*numbers)
        origin = [0.0] * row.arity
        out = row.on_floats(*origin)
        for partial in row.float_partials:
            partial(*origin, out)
    except (*ARITHMETIC, NotImplementedError):
        return (True,) * row.arity
    return (False,) * row.arity


@functools.cache
def _harmless(row: Row, fixed: tuple[float | None, ...]) -> float | None:
    """A number for the arguments that are None with which a row and its derivatives are finite.

    >>> [_harmless(lookup(name), (None,)) for name in ("log", "asin", "exp")]
    [1.0, 0.5, 1.0]
    """
    intervals = [interval for parts in row.domain for interval in parts]
    candidates = [end for i in intervals for end in (0.5 * (i.low + i.high), i.low + 1, i.high - 1)]
    for number in (*HARMLESS, *filter(math.isfinite, candidates)):
        numbers = [number if x is None else x for x in fixed]
        inside = all(
            x is not None or any(interval.low < number < interval.high for interval in parts)
            for x, parts in zip(fixed, row.domain, strict=True)
        )
        try:
            if inside and math.isfinite(out := row.on_floats(*numbers)):
                slopes = [partial(*numbers, out) for partial in row.float_partials]
                if all(map(math.isfinite, slopes)):
                    return number
        except (*ARITHMETIC, NotImplementedError):
            continue
    return None
