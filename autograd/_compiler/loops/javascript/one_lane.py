"""Statements for a language without vectors: a tile is one example, and what a loop repeats is computed once.

The loops over the lanes of a tile are gone, and the index of the only lane is 0. Products of large matrices
take several rows at a time, which reads each factor once. What a loop does not change is computed before it:
a compiler cannot do so, since it does not know that arrays do not overlap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from autograd._compiler.loops.statements import (
    COUNT,
    LANES,
    Add,
    Array,
    Assign,
    At,
    Call,
    Declare,
    E,
    Expression,
    Kernel,
    Local,
    Loop,
    Memory,
    Name,
    Statement,
    plus,
    times,
)

__all__ = ["arrays_in", "expressions_in", "is_block", "one_lane", "parts_of"]

ROWS = 4  # of a matrix at a time
WORTHWHILE = 512  # terms of a product from which it is computed so


def one_lane(statements: Iterable[Statement]) -> list[Statement]:
    """Statements for tiles of one example."""
    lanes: dict[Name, Expression] = {LANES: 1, COUNT: 1, E: 0}
    loops = [s for each in statements for s in (each.loops if isinstance(each, Kernel) else [each])]
    single = [s for each in loops for s in _unrolled(_in_statement(_replaced(each, lanes), _flat))]
    fresh = _Fresh()
    return [s for statement in single for s in _improved(statement, fresh)]


# -- expressions ----------------------------------------------------------------------------------


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


def arrays_in(statements: Iterable[Statement]) -> Iterator[At]:
    """The numbers of arrays that statements read and write."""
    return (p for e in expressions_in(statements) for p in parts_of(e) if isinstance(p, At))


def _mapped(e: Expression, change: Callable[[Expression], Expression | None]) -> Expression:
    """An expression with others in place of some of its parts."""
    changed = change(e)
    if changed is not None:
        return changed
    match e:
        case At(array, indices):
            return At(array, tuple(_mapped(index, change) for index in indices))
        case Call("add", (x, y)):
            return _sum(_mapped(x, change), _mapped(y, change))
        case Call("multiply", (x, y)):
            return _product(_mapped(x, change), _mapped(y, change))
        case Call(function, args):
            return Call(function, tuple(_mapped(arg, change) for arg in args))
    return e


def _sum(x: Expression, y: Expression) -> Expression:
    """Of indices in their simplest form; of numbers as it stands."""
    return plus(x, y) if isinstance(x, int) or isinstance(y, int) else Call("add", (x, y))


def _product(x: Expression, y: Expression) -> Expression:
    return times(x, y) if isinstance(x, int) or isinstance(y, int) else Call("multiply", (x, y))


def _in_statement(s: Statement, change: Callable[[Expression], Expression]) -> Statement:
    match s:
        case Declare(_, value):
            return replace(s, value=change(value))
        case Assign(target, value) | Add(target, value):
            return replace(s, target=change(target), value=change(value))  # type: ignore[arg-type]
        case Loop(_, start, stop, body):
            inner = [_in_statement(each, change) for each in body]
            return replace(s, start=change(start), stop=change(stop), body=inner)
    return s


def _replaced(s: Statement, values: dict[Name, Expression]) -> Statement:
    """A statement with expressions in place of names."""

    def change(e: Expression) -> Expression | None:
        return values.get(e) if isinstance(e, Name) else None

    return _in_statement(s, lambda e: _mapped(e, change))


def _flat(e: Expression) -> Expression:
    """Numbers of arrays by one index; the lanes, which are the last dimension, have none."""

    def flatten(part: Expression) -> Expression | None:
        if not isinstance(part, At) or part.array.memory is Memory.X:
            return None
        place: Expression = 0
        for size, index in zip(part.array.shape, part.indices, strict=False):
            if isinstance(size, int):
                place = plus(times(place, size), _flat(index))
        return At(part.array, (place,))

    return _mapped(e, flatten)


# -- loops of one turn ----------------------------------------------------------------------------


def is_block(s: Statement) -> bool:
    """Whether a loop has one turn: it remains where it has numbers of its own."""
    return isinstance(s, Loop) and (s.start, s.stop) == (0, 1)


def _unrolled(s: Statement) -> list[Statement]:
    """The body of a loop of one turn; nothing for a loop of none."""
    if not isinstance(s, Loop):
        return [s]
    start, stop = s.start, s.stop
    is_short = isinstance(start, int) and isinstance(stop, int) and stop - start <= 1
    turns = s.body if not is_short else [_replaced(each, {s.index: start}) for each in s.body if start < stop]  # type: ignore[operator]
    body = [inner for each in turns for inner in _unrolled(each)]
    if len(body) == 1 and is_block(body[0]):
        body = [*body[0].body]  # type: ignore[union-attr]
    if not is_short:
        return [replace(s, body=body)]
    own = any(isinstance(each, (Declare, Local)) for each in body)
    return [Loop(s.index, 0, 1, body)] if own else body


# -- fewer reads ----------------------------------------------------------------------------------


class _Fresh:
    """Names for numbers that are computed before a loop."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Name:
        self.count += 1
        return Name(f"c{self.count}")


def _improved(s: Statement, fresh: _Fresh) -> list[Statement]:
    if not isinstance(s, Loop):
        return [s]
    if not any(isinstance(inner, Loop) for inner in s.body) and not is_block(s):
        return _hoisted(s, fresh)
    rows = _several_rows(s, fresh)
    if rows is not None:
        return rows
    return [replace(s, body=[inner for each in s.body for inner in _improved(each, fresh)])]


def _memory(array: Array) -> object:
    """The memory of an array: views of one array share it."""
    return array.memory if array.memory in (Memory.THETA, Memory.GRADIENT) else array.base or array


def _several_rows(s: Loop, fresh: _Fresh) -> list[Statement] | None:
    """A loop over the rows of a large matrix, several rows in each turn; None for another loop."""
    inner = [each for each in s.body if isinstance(each, Loop)]
    rest = [each for each in s.body if not isinstance(each, Loop)]
    if len(inner) != 1 or not all(isinstance(each, (Local, Assign, Add)) for each in rest):
        return None
    (columns,) = inner
    sizes = s.start, s.stop, columns.start, columns.stop
    if not all(isinstance(size, int) for size in sizes) or not all(isinstance(a, Add) for a in columns.body):
        return None
    start, stop, first, last = sizes
    if (stop - start) * (last - first) < WORTHWHILE or stop - start < ROWS:  # type: ignore[operator]
        return None
    adds = [each for each in (*rest, *columns.body) if isinstance(each, (Assign, Add))]
    written = {_memory(each.target.array) for each in adds if each.target.array.memory is not Memory.LOCAL}
    read = {_memory(p.array) for each in adds for p in parts_of(each.value) if isinstance(p, At)}
    if written & read:
        return None
    whole = stop - (stop - start) % ROWS  # type: ignore[operator]
    result: list[Statement] = []
    for low, high, rows in ((start, whole, ROWS), (whole, stop, 1)):
        if low == high:
            continue
        copies = [_copy(s, row, rows) for row in range(rows)]
        before = [each for copy in copies for each in copy if isinstance(each, Local)]
        sums = [each for copy in copies for loop in copy if isinstance(loop, Loop) for each in loop.body]
        after = [each for copy in copies for each in copy if isinstance(each, (Assign, Add))]
        body = [*before, *_hoisted(replace(columns, body=sums), fresh), *after]
        loop: Statement = Loop(s.index, low, high, body, rows)
        result += _unrolled(loop) if rows == 1 else [loop]
    return result


def _copy(s: Loop, row: int, rows: int) -> list[Statement]:
    """The body for one of several rows of a turn; its sums have names of their own."""
    if rows == 1:
        return [*s.body]
    arrays = {
        each.array: replace(each.array, name=f"{each.array.name}{row + 1}")
        for each in s.body
        if isinstance(each, Local)
    }

    def change(e: Expression) -> Expression | None:
        if e == s.index:
            return plus(s.index, row)
        return At(arrays[e.array], e.indices) if isinstance(e, At) and e.array in arrays else None

    body = [_in_statement(each, lambda e: _mapped(e, change)) for each in s.body]
    return [Local(arrays[each.array]) if isinstance(each, Local) else each for each in body]


def _hoisted(s: Loop, fresh: _Fresh) -> list[Statement]:
    """A loop without loops in it: what it does not change is before it, what it reads twice is read once."""
    written = {_memory(each.target.array) for each in s.body if isinstance(each, (Assign, Add))}
    declared = {each.name for each in s.body if isinstance(each, Declare)} | {s.index}

    def is_fixed(e: Expression) -> bool:
        parts = [*parts_of(e)]
        return not any(p in declared for p in parts if isinstance(p, Name)) and not any(
            isinstance(p, At) and _memory(p.array) in written for p in parts
        )

    before: dict[Expression, Name] = {}

    def hoist(e: Expression) -> Expression | None:
        if (isinstance(e, At) or is_index(e)) and is_fixed(e):
            return before.setdefault(e, before.get(e) or fresh())
        return None

    def is_index(e: Expression) -> bool:
        return isinstance(e, Call) and all(
            part.function in ("add", "multiply") if isinstance(part, Call) else isinstance(part, (int, Name))
            for part in parts_of(e)
        )

    def with_target(e: Expression) -> Expression:
        if isinstance(e, At) and _memory(e.array) in written:  # the number itself stays where it is
            return At(e.array, tuple(_mapped(index, hoist) for index in e.indices))
        return _mapped(e, hoist)

    body = [_in_statement(each, with_target) for each in s.body]
    reads = Counter(
        p
        for each in body
        if isinstance(each, (Assign, Add))
        for p in parts_of(each.value)
        if isinstance(p, At)
    )
    again = {
        p: fresh()
        for p, count in reads.items()
        if count > 1
        and _memory(p.array) not in written
        and not any(q in declared - {s.index} for q in parts_of(p))
    }
    once = [_in_statement(each, lambda e: _mapped(e, again.get)) for each in body]  # type: ignore[arg-type]
    inner: list[Statement] = [Declare(name, e) for e, name in again.items()]
    outer: list[Statement] = [Declare(name, e) for e, name in before.items()]
    return [*outer, replace(s, body=[*inner, *once])]
