"""Statements for a language without vectors: a tile is one example, and invariants are computed before loops.

The loops over the lanes of a tile are gone, and the index of the only lane is 0. Products of large matrices
take several rows at a time, which reads each factor once. A number that a loop reads and does not change is
read before it: a compiler cannot do so, since it does not know that arrays do not overlap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from autograd._compiler.loops.lanes.rewriting import flatten, rewrite, rewrite_statement, substitute
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
    expressions_in,
    parts_of,
    plus,
)

__all__ = ["is_block", "names_in", "one_lane", "open_blocks"]

ROWS = 4  # of a matrix at a time
LARGE = 512  # elements of a matrix from which rows are joined


def one_lane(statements: Iterable[Statement]) -> list[list[Statement]]:
    """Statements for tiles of one example, in groups that have numbers of their own in common."""
    lanes: dict[Name, Expression] = {LANES: 1, COUNT: 1, E: 0}
    loops = [s for each in statements for s in (each.loops if isinstance(each, Kernel) else [each])]
    single = [s for each in loops for s in _unroll(rewrite_statement(substitute(each, lanes), flatten))]
    names = _Names()
    return [_reduce_reads(statement, names) for statement in single]


# -- names ---------------------------------------------------------------------------------------


def names_in(statements: Iterable[Statement]) -> set[str]:
    """The names that statements read, without those that loops in them declare."""
    names = {p.text for e in expressions_in(statements) for p in parts_of(e) if isinstance(p, Name)}
    return names - {n for s in statements if isinstance(s, Loop) for n in _declared_in(s)}


def _declared_in(s: Loop) -> Iterator[str]:
    yield s.index.text
    for each in s.body:
        if isinstance(each, Loop):
            yield from _declared_in(each)
        elif isinstance(each, Declare):
            yield each.name.text


# -- loops of one turn ----------------------------------------------------------------------------


def is_block(s: Statement) -> bool:
    """Whether a loop has one turn: it remains where it has numbers of its own."""
    return isinstance(s, Loop) and (s.start, s.stop) == (0, 1)


def _unroll(s: Statement) -> list[Statement]:
    """The body of a loop of one turn; nothing for a loop of none."""
    if not isinstance(s, Loop):
        return [s]
    start, stop = s.start, s.stop
    is_short = isinstance(start, int) and isinstance(stop, int) and stop - start <= 1
    turn = s.body
    if is_short:
        turn = [substitute(each, {s.index: start}) for each in s.body if start < stop]  # type: ignore[operator]
    body = [inner for each in turn for inner in _unroll(each)]
    if len(body) == 1 and is_block(body[0]):
        body = [*body[0].body]  # type: ignore[union-attr]
    if not is_short:
        return [replace(s, body=body)]
    own = any(isinstance(each, (Declare, Local)) for each in body)
    return [Loop(s.index, 0, 1, body)] if own else body


def open_blocks(statements: Iterable[Statement]) -> list[Statement]:
    """Statements of one function, without blocks around numbers whose names are free."""
    taken: set[str] = set()
    opened: list[Statement] = []
    for s in statements:
        body = [*s.body] if isinstance(s, Loop) and is_block(s) else [s]
        own = {_own_name(each) for each in body} - {None}
        is_free = not own & taken
        taken |= own  # type: ignore[arg-type]
        opened += body if is_free else [s]
    return opened


def _own_name(s: Statement) -> str | None:
    """The name that a statement declares."""
    return s.name.text if isinstance(s, Declare) else s.array.name if isinstance(s, Local) else None


# -- fewer reads ----------------------------------------------------------------------------------


class _Names:
    """Names for numbers that are computed before a loop."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Name:
        self.count += 1
        return Name(f"c{self.count}")


def _reduce_reads(s: Statement, names: _Names) -> list[Statement]:
    """The same loops with fewer reads of arrays."""
    if not isinstance(s, Loop):
        return [s]
    if not any(isinstance(inner, Loop) for inner in s.body) and not is_block(s):
        return _hoist(s, names)
    rows = _join_rows(s, names)
    if rows is not None:
        return rows
    return [replace(s, body=[inner for each in s.body for inner in _reduce_reads(each, names)])]


def _memory(array: Array) -> object:
    """The memory of an array: views of one array share it."""
    return array.memory if array.memory in (Memory.THETA, Memory.GRADIENT) else array.base or array


def _join_rows(s: Loop, names: _Names) -> list[Statement] | None:
    """A loop over the rows of a large matrix, with several rows in each turn; None for another loop."""
    inner = [each for each in s.body if isinstance(each, Loop)]
    rest = [each for each in s.body if not isinstance(each, Loop)]
    if len(inner) != 1 or not all(isinstance(each, (Local, Assign, Add)) for each in rest):
        return None
    (columns,) = inner
    if s.step != 1 or columns.step != 1:  # several are joined already
        return None
    sizes = s.start, s.stop, columns.start, columns.stop
    if not all(isinstance(size, int) for size in sizes) or not all(isinstance(a, Add) for a in columns.body):
        return None
    start, stop, first, last = sizes
    if (stop - start) * (last - first) < LARGE or stop - start < ROWS:  # type: ignore[operator]
        return None
    adds = [each for each in (*rest, *columns.body) if isinstance(each, (Assign, Add))]
    written = _written(each for each in adds if each.target.array.memory is not Memory.LOCAL)
    read = {_memory(p.array) for each in adds for p in parts_of(each.value) if isinstance(p, At)}
    if written & read:
        return None
    whole = stop - (stop - start) % ROWS  # type: ignore[operator]
    result: list[Statement] = []
    for low, high, rows in ((start, whole, ROWS), (whole, stop, 1)):
        if low == high:
            continue
        copies = [_row_of_turn(s, row, rows) for row in range(rows)]
        before = [each for copy in copies for each in copy if isinstance(each, Local)]
        sums = [each for copy in copies for loop in copy if isinstance(loop, Loop) for each in loop.body]
        after = [each for copy in copies for each in copy if isinstance(each, (Assign, Add))]
        body = [*before, *_hoist(replace(columns, body=sums), names), *after]
        loop: Statement = Loop(s.index, low, high, body, rows)
        result += _unroll(loop) if rows == 1 else [loop]
    return result


def _row_of_turn(s: Loop, row: int, rows: int) -> list[Statement]:
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

    body = [rewrite_statement(each, lambda e: rewrite(e, change)) for each in s.body]
    return [Local(arrays[each.array]) if isinstance(each, Local) else each for each in body]


def _hoist(s: Loop, names: _Names) -> list[Statement]:
    """A loop without loops in it, and before it the numbers that it reads and does not change."""
    written = _written(s.body)
    inner = {each.name for each in s.body if isinstance(each, Declare)} | {s.index}
    invariants: dict[Expression, Name] = {}

    def hoist(e: Expression) -> Expression | None:
        if not (isinstance(e, At) or _is_index(e)) or not _is_fixed(e, inner, written):
            return None
        if e not in invariants:
            invariants[e] = names()
        return invariants[e]

    def change(e: Expression) -> Expression:
        if (
            isinstance(e, At) and _memory(e.array) in written
        ):  # its index may be an invariant, the number is not
            return At(e.array, tuple(rewrite(index, hoist) for index in e.indices))
        return rewrite(e, hoist)

    body = _share_reads([rewrite_statement(each, change) for each in s.body], inner - {s.index}, names)
    return [*(Declare(name, e) for e, name in invariants.items()), replace(s, body=body)]


def _share_reads(body: list[Statement], inner: set[Name], names: _Names) -> list[Statement]:
    """Statements that read each number of an array once, if they do not change it.

    Args:
        inner: numbers that the statements declare.
    """
    written = _written(body)
    values = (each.value for each in body if isinstance(each, (Assign, Add)))
    counts = Counter(p for value in values for p in parts_of(value) if isinstance(p, At))
    shared = {p: names() for p, n in counts.items() if n > 1 and _is_fixed(p, inner, written)}

    def change(e: Expression) -> Expression:
        return rewrite(e, lambda part: shared.get(part) if isinstance(part, At) else None)

    declarations: list[Statement] = [Declare(name, e) for e, name in shared.items()]
    return [*declarations, *(rewrite_statement(each, change) for each in body)]


def _written(body: Iterable[Statement]) -> set[object]:
    return {_memory(each.target.array) for each in body if isinstance(each, (Assign, Add))}


def _is_fixed(e: Expression, inner: set[Name], written: set[object]) -> bool:
    """Whether an expression has no part that changes."""
    return not any(
        (isinstance(part, Name) and part in inner)
        or (isinstance(part, At) and _memory(part.array) in written)
        for part in parts_of(e)
    )


def _is_index(e: Expression) -> bool:
    """Whether an expression is arithmetic of whole numbers."""
    return isinstance(e, Call) and all(
        part.function in ("add", "multiply") if isinstance(part, Call) else isinstance(part, (int, Name))
        for part in parts_of(e)
    )
