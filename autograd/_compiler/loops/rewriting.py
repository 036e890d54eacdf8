"""Expressions and statements of loops with others in place of their parts."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from autograd._compiler.loops.statements import (
    COUNT,
    LANES,
    Add,
    Array,
    Assign,
    At,
    Call,
    Comment,
    Declare,
    E,
    Expression,
    Kernel,
    Local,
    Loop,
    Memory,
    Name,
    Statement,
    Unit,
    arrays_in,
    plus,
    times,
)

__all__ = [
    "expressions_in",
    "flatten",
    "one_example",
    "parts_of",
    "rewrite",
    "rewrite_statement",
    "substitute",
]

SHORT = 4  # turns up to which a loop is written out


def parts_of(e: Expression) -> Iterator[Expression]:
    """An expression and all in it."""
    yield e
    match e:
        case At(_, several) | Call(_, several):
            for part in several:
                yield from parts_of(part)


def expressions_in(statements: Iterable[Statement]) -> Iterator[Expression]:
    """The expressions of statements, targets of assignments among them."""
    for statement in statements:
        match statement:
            case Declare(_, value):
                yield value
            case Assign(target, value) | Add(target, value):
                yield from (target, value)
            case Loop(_, start, stop, body):
                yield from (start, stop)
                yield from expressions_in(body)


def rewrite(e: Expression, change: Callable[[Expression], Expression | None]) -> Expression:
    """An expression with others in place of some of its parts."""
    changed = change(e)
    if changed is not None:
        return changed
    match e:
        case At(array, indices):
            return At(array, tuple(rewrite(index, change) for index in indices))
        case Call("add", (x, y)):
            return _sum(rewrite(x, change), rewrite(y, change))
        case Call("multiply", (x, y)):
            return _product(rewrite(x, change), rewrite(y, change))
        case Call(function, args):
            return Call(function, tuple(rewrite(arg, change) for arg in args))
    return e


def _sum(x: Expression, y: Expression) -> Expression:
    """Of indices in their simplest form; of numbers as it stands."""
    return plus(x, y) if isinstance(x, int) or isinstance(y, int) else Call("add", (x, y))


def _product(x: Expression, y: Expression) -> Expression:
    return times(x, y) if isinstance(x, int) or isinstance(y, int) else Call("multiply", (x, y))


def rewrite_statement(s: Statement, change: Callable[[Expression], Expression]) -> Statement:
    match s:
        case Declare(_, value):
            return replace(s, value=change(value))
        case Assign(target, value) | Add(target, value):
            return replace(s, target=change(target), value=change(value))  # type: ignore[arg-type]
        case Loop(_, start, stop, body):
            inner = [rewrite_statement(each, change) for each in body]
            return replace(s, start=change(start), stop=change(stop), body=inner)
    return s


def substitute(s: Statement, values: dict[Name, Expression]) -> Statement:
    """A statement with expressions in place of names."""

    def change(e: Expression) -> Expression | None:
        return values.get(e) if isinstance(e, Name) else None

    return rewrite_statement(s, lambda e: rewrite(e, change))


def flatten(e: Expression) -> Expression:
    """Numbers of arrays by one index; the lanes, which are the last dimension, have none."""

    def by_one_index(part: Expression) -> Expression | None:
        if not isinstance(part, At) or part.array.memory is Memory.X:
            return None
        place: Expression = 0
        for size, index in zip(part.array.shape, part.indices, strict=False):
            if isinstance(size, int):
                place = plus(times(place, size), flatten(index))
        return At(part.array, (place,))

    return rewrite(e, by_one_index)


# -- tiles of one example -------------------------------------------------------------------------


def one_example(unit: Unit) -> Unit:
    """A program for tiles of one example: short loops written out, without copies and zeros to add to."""
    flat = _Flat()
    lanes: dict[Name, Expression] = {LANES: 1, COUNT: 1, E: 0}
    sections = [
        [s for each in section.statements for s in flat.statements(each, lanes)] for section in unit.sections
    ]
    result, first = (flat.expression(e, lanes) for e in (unit.result[1], unit.first))
    share = flat.array(unit.share)
    together = {share, *(p.array for e in (result, first) for p in parts_of(e) if isinstance(p, At))}
    for statements in sections:
        together |= set(arrays_in(s for s in statements if isinstance(s, Loop)))
        together |= {array.base for array in arrays_in(statements) if array.base is not None}
    sections = _without_copies([_without_zeros(s, together) for s in sections], together)
    used = {share} | {a.base or a for s in sections for a in arrays_in(s)} | together
    prepare, forward, begin, backward, end = (
        replace(section, statements=_without_idle_comments(statements))
        for section, statements in zip(unit.sections, sections, strict=True)
    )
    return replace(
        unit,
        arrays=tuple(a for a in map(flat.array, unit.arrays) if a in used),
        prepare=prepare,
        forward=forward,
        begin=begin,
        backward=backward,
        end=end,
        result=(unit.result[0], result),
        first=first,
        share=share,
    )


class _Flat:
    """Writes loops out, on arrays of one dimension, without lanes."""

    def __init__(self) -> None:
        self._arrays: dict[Array, Array] = {}
        self._copies = itertools.count(1)

    def array(self, array: Array) -> Array:
        if array.memory is Memory.X:
            return array
        if array not in self._arrays:
            size = math.prod(n for n in array.shape if isinstance(n, int))
            base = None if array.base is None else self.array(array.base)
            self._arrays[array] = replace(array, shape=(size,), base=base)
        return self._arrays[array]

    def expression(self, e: Expression, values: Mapping[Name, Expression]) -> Expression:
        def change(part: Expression) -> Expression | None:
            if isinstance(part, Name):
                return values.get(part)
            if not isinstance(part, At) or part.array.memory is Memory.X:
                return None
            place: Expression = 0
            for size, index in zip(part.array.shape, part.indices, strict=True):
                if isinstance(size, int):
                    place = plus(times(place, size), rewrite(index, change))
            return At(self.array(part.array), (place,))

        return rewrite(e, change)

    def statements(self, s: Statement, values: Mapping[Name, Expression]) -> list[Statement]:
        """A statement with expressions in place of names."""
        match s:
            case Kernel(loops=loops):
                return [t for loop in loops for t in self.statements(loop, values)]
            case Local(array):
                return [Local(self.array(array))]
            case Loop(index, start, stop, body, step):
                start, stop = self.expression(start, values), self.expression(stop, values)
                step = step if isinstance(step, int) else 1
                if isinstance(start, int) and isinstance(stop, int):
                    turns = range(start, stop, step)
                    if len(turns) <= SHORT:
                        return [t for i in turns for t in self._turn(body, {**values, index: i})]
                return [Loop(index, start, stop, [t for e in body for t in self.statements(e, values)], step)]
        return [rewrite_statement(s, lambda e: self.expression(e, values))]

    def _turn(self, body: Sequence[Statement], values: dict[Name, Expression]) -> list[Statement]:
        """The statements of a turn; the numbers that they declare have names of their own."""
        turn: list[Statement] = []
        for s in body:
            if isinstance(s, Declare):
                name = Name(f"{s.name.text}_{next(self._copies)}")
                turn.append(replace(s, name=name, value=self.expression(s.value, values)))
                values[s.name] = name
            else:
                turn += self.statements(s, values)
        return [Loop(Name("i"), 0, 1, turn)] if any(isinstance(t, Local) for t in turn) else turn


def _element(e: Expression, together: set[Array]) -> At | None:
    """The element of a scratch array that statements outside of loops alone read and write."""
    if not isinstance(e, At) or e.array.memory is not Memory.SCRATCH or e.array in together:
        return None
    return e if isinstance(e.indices[0], int) else None


def _without_zeros(statements: Iterable[Statement], together: set[Array]) -> list[Statement]:
    """Statements where the first number that is added to zero is assigned."""
    zeros: dict[Expression, Statement] = {}
    result: list[Statement] = []
    for s in statements:
        if isinstance(s, (Declare, Assign, Add)):
            read = [p for p in parts_of(s.value) if p in zeros]
            result += [zeros.pop(p) for p in dict.fromkeys(read)]
        if isinstance(s, Assign) and s.value == 0.0 and _element(s.target, together):
            zeros[s.target] = s
        elif isinstance(s, Add) and s.target in zeros:
            del zeros[s.target]
            result.append(Assign(s.target, s.value))
        else:
            result.append(s)
    return [*result, *zeros.values()]


def _without_copies(sections: list[list[Statement]], together: set[Array]) -> list[list[Statement]]:
    """Statements that read a number where it was, not a copy of it."""
    writes = Counter(s.target for t in sections for s in t if isinstance(s, (Assign, Add)))
    copies: dict[Expression, Expression] = {}

    def is_fixed(e: Expression) -> bool:
        if isinstance(e, At) and e.array.memory in (Memory.X, Memory.THETA, Memory.NUMBERS):
            return all(isinstance(index, int) for index in e.indices)
        return _element(e, together) is not None and writes[e] == 1  # type: ignore[index]

    result: list[list[Statement]] = []
    for statements in sections:
        rest: list[Statement] = []
        result.append(rest)
        for each in statements:
            s = rewrite_statement(each, lambda e: rewrite(e, copies.get))
            if (
                isinstance(s, Assign)
                and _element(s.target, together)
                and writes[s.target] == 1
                and is_fixed(s.value)
            ):
                copies[s.target] = s.value
            else:
                rest.append(s)
    return result


def _without_idle_comments(statements: Sequence[Statement]) -> list[Statement]:
    """Statements without comments above another comment, or above none."""
    result: list[Statement] = []
    for s in reversed(statements):
        if not isinstance(s, Comment) or (result and not isinstance(result[-1], Comment)):
            result.append(s)
    return result[::-1]
