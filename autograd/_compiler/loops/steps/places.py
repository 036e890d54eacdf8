"""Addresses as arrays of loops: rows of blocks, in order or by a table of rows, or copies of them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Block, Piece, in_order
from autograd._compiler.find.addresses import last_places
from autograd._compiler.loops.statements import (
    LANES,
    Add,
    Array,
    Assign,
    At,
    Comment,
    E,
    Expression,
    Loop,
    Memory,
    Name,
    Statement,
    names_in,
    places_in,
    plus,
    times,
)
from autograd._compiler.numpy_code.names import Names, Namespace

__all__ = ["Places", "Rows", "joined", "over_lanes"]

# Names of the frame that a printer writes around the loops, and of functions of C and JavaScript.
RESERVED = [
    "LANES",
    "X",
    "base",
    "begin",
    "columns",
    "const",
    "count",
    "d",
    "e",
    "end",
    "e1",
    "first",
    "float",
    "double",
    "forward",
    "gradient",
    "i",
    "int",
    "isfinite",
    "j",
    "j0",
    "j1",
    "jn",
    "k",
    "l",
    "let",
    "long",
    "main",
    "n",
    "order",
    "outputs",
    "prepare",
    "real",
    "s",
    "scratch",
    "share",
    "static",
    "step",
    "struct",
    "theta",
    "total",
    "value",
    "var",
    "void",
    "y0",
    "y1",
    "yn",
]
JOINED = 50  # statements in one loop over the examples of a tile
NAMED = (
    64  # parameters up to which each one has a name of its own; inputs up to which each is copied to lanes
)


@dataclass(frozen=True)
class Rows:
    """Some scalars, one after another.

    Attributes:
        array: the array that they lie in; None for numbers that are the same in all rows.
        index: from the place of a scalar to its row in the array.
        size: how many they are.
        batched: whether each example has its own.
    """

    array: Array
    index: Callable[[Expression], Expression]
    size: int
    batched: bool
    number: float | None = None

    def at(self, i: Expression, lane: Expression = E) -> Expression:
        """The scalar at a place, of one example."""
        return self.number if self.number is not None else self.target(i, lane)

    def target(self, i: Expression, lane: Expression = E) -> At:
        row = self.index(i)
        return At(self.array, (row, lane) if self.batched else (row,))


class Places:
    """Where the scalars of a program lie.

    Attributes:
        number: numbers for names of local variables.
        arrays: of the scratch memory, in the order in which they are asked for.
        tables: constant arrays.
        prepare, load, forward: statements once in a call; at the beginning of a tile; for a tile.
    """

    def __init__(
        self, program: ArrayProgram, dtype: np.dtype[Any], pieces: tuple[int, ...], taken: Sequence[str]
    ) -> None:
        self.program, self.dtype, self.names = program, dtype, Names(program)
        self.fresh = Namespace([*RESERVED, *taken]).fresh
        self.number = itertools.count(1)
        self.arrays: list[Array] = []
        self.tables: list[Array] = []
        self.prepare: list[Statement] = []
        self.load: list[Statement] = []
        self.forward: list[Statement] = []
        self._pieces, self._cuts = pieces, np.cumsum([0, *pieces])
        self._tables: dict[tuple[Memory, bytes], Array] = {}
        self._gathered: dict[bytes, Rows] = {}
        self._views: dict[Any, Array] = {}
        self._blocks = {step.block: self._of_block(step.block) for step in program.steps}
        parameters = program.parameters
        self.theta = Array("theta", (parameters.size,), Memory.THETA)
        if (
            parameters.size
            and (rows := last_places(program.wrt, parameters.start, parameters.size)) is not None
        ):
            given, i = self.theta, Name("i")
            self.theta = self.scratch(self.fresh("parameters"), parameters.size, False)
            row = self.index(rows)
            self.prepare.append(
                over_lanes(i, parameters.size, [Assign(At(self.theta, (i,)), At(given, (row(i),)))], False)
            )
        self._columns = last_places(program.columns, program.inputs.start, program.inputs.size)
        self.inputs: Array | None = None

    def _of_block(self, block: Block) -> Array:
        name = self.identifier(self.names.of(block.addresses))
        return self.scratch(name, block.size, block.batched)

    def identifier(self, text: str) -> str:
        """A name in ASCII, given out once."""
        decomposed = unicodedata.normalize("NFKD", text)
        plain = "".join(
            c if c.isascii() else f"u{ord(c):x}" for c in decomposed if not unicodedata.combining(c)
        )
        return self.fresh(re.sub(r"^_+(?=\d)", "v", plain) if not plain[0].isalpha() else plain)

    def statements(self, batched: bool) -> list[Statement]:
        """The place for statements that compute scalars."""
        return self.forward if batched else self.prepare

    # -- arrays -------------------------------------------------------------------------------

    def scratch(self, name: str, size: int, batched: bool) -> Array:
        """An array of the program's own; its name is given out already."""
        array = Array(name, (size, LANES) if batched else (size,), Memory.SCRATCH)
        self.arrays.append(array)
        return array

    def table(self, rows: Any, preferred: str = "rows") -> Array:
        """A table of whole numbers."""
        return self._table(Memory.PLACES, np.asarray(rows, int), preferred)

    def numbers(self, numbers: Any, preferred: str = "numbers") -> Array:
        """A table of numbers."""
        return self._table(Memory.NUMBERS, np.asarray(numbers, self.dtype), preferred)

    def _table(self, memory: Memory, values: Any, preferred: str) -> Array:
        key = memory, values.tobytes()
        if key not in self._tables:
            array = Array(self.fresh(preferred), (len(values),), memory, values=values)
            self._tables[key] = array
            self.tables.append(array)
        return self._tables[key]

    def block(self, block: Block) -> Rows:
        """The array that a step fills."""
        return Rows(self._blocks[block], lambda i: i, block.size, block.batched)

    def view(self, of: Array, low: int, shape: tuple[int, ...], preferred: str) -> Array:
        """Consecutive numbers of theta, the gradient, or a row of scratch memory that is shaped like them."""
        key: Any = of, low, shape
        if key not in self._views:
            base = of if of.memory is Memory.SCRATCH else None
            name = self.identifier(preferred)
            self._views[key] = Array(name, shape, of.memory, low, base)
        return self._views[key]

    # -- scalars ------------------------------------------------------------------------------

    def rows(self, addresses: Any) -> Rows:
        """The scalars at some addresses, wherever they are."""
        flat = addresses.ravel()
        key = flat.tobytes()
        if key not in self._gathered:
            pieces = self.program.pieces(flat)
            single = len(pieces) == 1 and in_order(pieces[0].places)
            self._gathered[key] = self._of_piece(pieces[0]) if single else self._copied(flat, pieces)
        return self._gathered[key]

    def outside_sections(self, addresses: Any) -> Rows:
        """Scalars for the frame around the sections, in which views have no name."""
        rows = self.rows(addresses)
        view = rows.array
        whole = view.base or (self.theta if view.memory is Memory.THETA else view)
        if whole is view:
            return rows
        index = rows.index
        return Rows(whole, lambda i: plus(index(i), view.offset), rows.size, rows.batched, rows.number)

    def constants(self, numbers: Any) -> Rows:
        """Numbers as rows."""
        if (numbers == numbers[0]).all():
            return Rows(self.theta, lambda i: i, len(numbers), False, float(numbers[0]))
        return Rows(self.numbers(numbers), lambda i: i, len(numbers), False)

    def index(self, rows: Any) -> Callable[[Expression], Expression]:
        """From places to rows: a sum, or a table."""
        first = int(rows[0])
        step = int(rows[1]) - first if len(rows) > 1 else 1
        if (np.diff(rows) == step).all():
            return lambda i: plus(times(i, step), first)
        table = self.table(rows)
        return lambda i: int(rows[i]) if isinstance(i, int) else At(table, (i,))

    def _of_piece(self, piece: Piece) -> Rows:
        program, block, rows = self.program, piece.block, piece.rows
        if block is program.constants:
            return self.constants(program.numbers[rows])
        if block is program.inputs:
            return self._of_inputs(rows)
        if block is program.parameters:
            consecutive, low = in_order(rows), int(rows[0])
            if consecutive and (len(rows) > 1 or block.size <= NAMED):
                name = self.names.of(rows + block.start)
                return Rows(self.view(self.theta, low, (len(rows),), name), lambda i: i, len(rows), False)
            return Rows(self.theta, self.index(rows), len(rows), False)
        return Rows(self._blocks[block], self.index(rows), len(rows), block.batched)

    def _of_inputs(self, rows: Any) -> Rows:
        """Inputs, copied to lanes at the beginning of a tile."""
        block = self.program.inputs
        if block.size <= NAMED:
            if self.inputs is None:
                self.inputs = self.scratch(self.fresh("x"), block.size, True)
                self._load(self.inputs, np.arange(block.size))
            return Rows(self.inputs, self.index(rows), len(rows), True)
        array = self.scratch(self.identifier(self.names.of(rows + block.start)), len(rows), True)
        self._load(array, rows)
        return Rows(array, lambda i: i, len(rows), True)

    def _load(self, array: Array, rows: Any) -> None:
        columns = rows if self._columns is None else self._columns[rows]
        part = np.searchsorted(self._cuts, columns, "right") - 1
        for number in np.unique(part).tolist():
            places = np.flatnonzero(part == number)
            to, of = self.index(places), self.index(columns[places] - self._cuts[number])
            k = Name("k")
            value = At(self.columns(number), (E, of(k)))
            self.load.append(over_lanes(k, len(places), [Assign(At(array, (to(k), E)), value)]))

    def columns(self, piece: int) -> Array:
        """The rows of examples in one of the arrays of inputs."""
        key = "X", piece, 0
        if key not in self._views:
            name = f"X{piece + 1}" if len(self._pieces) > 1 else "X"
            self._views[key] = Array(name, (LANES, self._pieces[piece]), Memory.X, piece)
        return self._views[key]

    def consecutive_columns(self, addresses: Any) -> tuple[Array, int] | None:
        """The array and the first column of inputs that lie in order in each example; None for others."""
        pieces = self.program.pieces(addresses)
        if len(pieces) != 1 or pieces[0].block is not self.program.inputs:
            return None
        columns = pieces[0].rows if self._columns is None else self._columns[pieces[0].rows]
        part = np.searchsorted(self._cuts, columns[[0, -1]], "right") - 1
        if not in_order(columns) or part[0] != part[1]:
            return None
        return self.columns(int(part[0])), int(columns[0] - self._cuts[part[0]])

    def _copied(self, addresses: Any, pieces: list[Piece]) -> Rows:
        """An array into which rows of several blocks are copied."""
        batched = any(piece.block.batched for piece in pieces)
        array = self.scratch(self.identifier(self.names.of(addresses)), len(addresses), batched)
        i = Name("i")
        for piece in pieces:
            source = self._of_piece(piece)
            to = self.index(piece.places)
            lanes = (E,) if batched else ()
            copy = Assign(At(array, (to(i), *lanes)), source.at(i))
            self.statements(batched).append(over_lanes(i, source.size, [copy], batched))
        return Rows(array, lambda i: i, len(addresses), batched)

    def is_active(self, addresses: Any) -> bool:
        """Whether any of these scalars has an adjoint."""
        return any(piece.block.active for piece in self.program.pieces(addresses))


def over_lanes(index: Name, size: int, body: Sequence[Statement], batched: bool = True) -> Loop:
    """A loop over rows, and in it a loop over the examples of a tile; of one row, that loop alone."""
    if size == 1 and batched and index not in names_in(body):
        return Loop(E, 0, LANES, body)
    inner: Sequence[Statement] = [Loop(E, 0, LANES, body)] if batched else body
    return Loop(index, 0, size, inner)


def joined(statements: Sequence[Statement]) -> list[Statement]:
    """Statements with neighbouring loops over the same rows and the examples of a tile as one.

    A row and example reads and writes nothing of another one in such a loop.
    """
    result: list[Statement] = []
    comments: list[Statement] = []  # since the last loop, if that can be joined
    for statement in statements:
        last = result[-1] if result else None
        if isinstance(statement, Comment) and isinstance(last, Loop) and _tile(last):
            comments.append(statement)
        elif isinstance(last, Loop) and isinstance(statement, Loop) and _can_join(last, statement):
            first, second = _tile(last), _tile(statement)
            tile = Loop(E, 0, LANES, [*first, *comments, *second])
            result[-1] = tile if last.index == E else replace(last, body=[tile])
            comments = []
        else:
            result += [*comments, statement]
            comments = []
    return result + comments


def _tile(loop: Loop) -> Sequence[Statement]:
    """The statements of a loop over the examples of a tile, or over rows and in it examples; else none."""
    if (loop.index, loop.start, loop.stop) == (E, 0, LANES):
        return loop.body
    inner = loop.body[0]
    return _tile(inner) if len(loop.body) == 1 and isinstance(inner, Loop) and inner.index == E else ()


def _can_join(x: Loop, y: Loop) -> bool:
    first, second = _tile(x), _tile(y)
    if not first or not second or len(first) >= JOINED:
        return False
    if (x.index, x.start, x.stop, x.step) != (y.index, y.start, y.stop, y.step):
        return False
    body = [*first, *second]
    if x.index == E:
        return True
    if any(isinstance(s, Loop) for s in body):
        return False
    written = {s.target.array for s in body if isinstance(s, (Assign, Add))}
    if not all(array.memory is Memory.SCRATCH and array.base is None for array in written):
        return False
    changed = (at for at in places_in(body) if at.array in written or at.array.base in written)
    return all(at.indices == (x.index, E) for at in changed)
