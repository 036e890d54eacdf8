"""A program as a straight line: a call for each operation on single scalars, and one for its derivative.

All numbers lie in an array v, their adjoints at the same places of an array d. First come the places that all
examples share: constants, leaves, and results of parameters alone; then the results that each has of its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram, Column, Gather, Number, Operand, RowStep, Step, Sum
from autograd._compiler.loops.statements import (
    Add,
    Array,
    Assign,
    At,
    Expression,
    Heading,
    Memory,
    Name,
    Statement,
    plus,
)
from autograd._compiler.loops.steps.operations import Expressions, worth_keeping
from autograd._compiler.numpy_code.calls import contributions_of
from autograd._compiler.numpy_code.names import Namespace, identifier
from autograd._compiler.row_calls import Kernel, Symbol
from autograd._table.rows import SYMBOLS, Row

__all__ = ["D", "Operation", "StraightLine", "V", "in_parts", "is_scattered", "side_by_side", "straight_line"]

CALLS = 100  # in a function; a longer one takes compilers long, and V8 leaves it to its interpreter
LONG = 100  # steps
SMALL, FEW = 8, 2  # operations for each step, and for each block of several that a step reads scalars from

V, D = (Array(name, (1,), Memory.NUMBERS) for name in "vd")
OUT = Name("out")  # the place of a result

Value = int | float  # a place, or a constant


@dataclass(frozen=True)
class Operation:
    """A row of the table, or its gradient contributions, on the numbers at some places.

    Attributes:
        name: of the operation.
        places: names of its places: of the result, and of the arguments.
        statements: on the arrays v and d.
    """

    name: str
    places: tuple[str, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class StraightLine(Heading):
    """A program as calls of operations.

    Attributes:
        numbers: the constants, the first numbers of v.
        size: of v, and of d.
        shared: how many places all examples share; adjoints there add up over the examples.
        theta, columns, results: the places of the parameters, of the columns of X, and of the outputs.
        operations: all that are called.
        prepare, forward: calls once for all examples, and for each.
        backward, end: their derivatives, for each example, and once after all.
    """

    numbers: NDArray[Any]
    size: int
    shared: int
    theta: NDArray[Any]
    columns: NDArray[Any]
    results: NDArray[Any]
    operations: Sequence[Operation]
    prepare: Sequence[str]
    forward: Sequence[str]
    backward: Sequence[str]
    end: Sequence[str]


def is_scattered(program: ArrayProgram) -> bool:
    """Whether a program is long, and its steps are of few scalars, or read these from many places.

    Of such steps as loops the text is long, compilers take minutes for it, and caches do not hold the code.
    """
    if len(program.steps) <= LONG:
        return False
    operations = sum(step.operations for step in program.steps)
    read = [addresses for step in program.steps for addresses in step.reads()]
    copies = sum(count for addresses in read if (count := len(program.pieces(addresses))) > 1)
    return operations < SMALL * len(program.steps) + FEW * copies


def straight_line(
    program: ArrayProgram, dtype: np.dtype[Any], heading: Heading, taken: Sequence[str] = ()
) -> StraightLine:
    """The calls of a program, forward and backward.

    Args:
        program: the program.
        dtype: of all numbers.
        heading: the head of the source.
        taken: names that no operation can have.
    """
    lines = _Lines(program, dtype, taken)
    prepare, end = lines.of_steps(batched=False)
    shared = lines.count
    forward, backward = lines.of_steps(batched=True)
    return StraightLine(
        **vars(heading),
        numbers=np.array(lines.numbers),
        size=lines.count,
        shared=shared,
        theta=lines.places(program.wrt),
        columns=lines.places(program.columns),
        results=lines.places(program.outputs),
        operations=[*lines.operations.values()],
        prepare=prepare,
        forward=forward,
        backward=backward,
        end=end,
    )


def in_parts(name: str, calls: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Calls in functions of some calls each, with the names of these."""
    for number, start in enumerate(range(0, len(calls), CALLS), 1):
        yield f"{name}_{number}" if len(calls) > CALLS else name, calls[start : start + CALLS]


def side_by_side(calls: Iterable[str], width: int) -> Iterator[str]:
    """Statements of calls, in lines no longer than a width.

    >>> list(side_by_side(["SIN(2, 1)", "MUL(3, 2, 2)", "COS(4, 3)"], 30))
    ['SIN(2, 1); MUL(3, 2, 2);', 'COS(4, 3);']
    """
    line = ""
    for call in calls:
        if line and len(line) + len(call) + 2 > width:
            yield line
            line = ""
        line += f" {call};" if line else f"{call};"
    yield line


@dataclass(frozen=True)
class _Calls:
    """The operations of a row.

    Attributes:
        forward, backward: names of the operation, and of its derivative; "" where that is 0.
        kept: how many places follow that of the result, for what the derivative reads.
    """

    forward: str
    backward: str
    kept: int


class _Lines:
    """Writes the calls of steps.

    Attributes:
        count: how many places there are.
        numbers: the constants, in the order of their places.
        operations: by their names and statements.
    """

    def __init__(self, program: ArrayProgram, dtype: np.dtype[Any], taken: Sequence[str]) -> None:
        self.program, self.dtype = program, dtype
        self.operations: dict[Any, Operation] = {}
        self._fresh = Namespace(taken).fresh
        self._calls: dict[Any, _Calls] = {}
        self._needed = program.dependencies(program.outputs[:1])
        self.numbers: list[float] = program.numbers.tolist()
        self._constants = {_key(x): place for place, x in enumerate(self.numbers)}
        for x in program.all_numbers().tolist():
            if self._constants.setdefault(_key(x), len(self.numbers)) == len(self.numbers):
                self.numbers.append(x)
        leaves = program.inputs, program.parameters
        first = len(self.numbers)
        self.count = first + sum(block.size for block in leaves)
        # By address: of the constants of the program, of the other leaves, of the results of steps.
        self._places = [*range(program.constants.size), *range(first, self.count)]
        self._places += [-1] * sum(step.block.size for step in program.steps)
        self._active = [False] * first + [block.active for block in leaves for _ in range(block.size)]
        self._forward: list[str] = []
        self._backward: list[str] = []

    def of_steps(self, batched: bool) -> tuple[list[str], list[str]]:
        """The calls of the steps that are batched, or are not; and of their derivatives."""
        self._forward, self._backward = [], []
        for step in self.program.steps:
            if step.block.batched is batched:
                self._step(step)
        return self._forward, self._backward[::-1]

    def places(self, addresses: Any) -> NDArray[Any]:
        """The places of scalars."""
        return np.array([self._places[address] for address in addresses.tolist()], int)

    def _step(self, step: Step) -> None:
        block, mask = step.block, self._needed.get(step.block)
        needed = [False] * block.size if mask is None else mask.tolist()
        if isinstance(step, (RowStep, Sum)):
            self._places[block.start : block.start + block.size] = self._results(step, needed)
        else:
            for row in range(block.size):
                (self._places[block.start + row],) = self._results(step.scalar(row), [needed[row]])

    def _results(self, step: RowStep | Sum, needed: list[bool]) -> list[int]:
        """The places of the results of an elementwise step."""

        def values(operand: Operand) -> list[Value]:
            match operand:
                case Number(value):
                    return [value] * len(needed)
                case Column(numbers):
                    return list(numbers.tolist())
                case Gather(addresses):
                    return [*map(self._value, addresses.tolist())]

        def apply(row: Row, *args: list[Value]) -> list[Value]:
            return [*map(self._apply, itertools.repeat(row), zip(*args, strict=True), needed)]

        return [*map(self._placed, step.evaluate(values, apply))]

    def _value(self, address: int) -> Value:
        return self.numbers[address] if address < self.program.constants.size else self._places[address]

    def _placed(self, value: Value) -> int:
        return self._constants[_key(value)] if isinstance(value, float) else value

    def _apply(self, row: Row, args: tuple[Value, ...], needed: bool) -> int:
        """The place of the result of a row; its calls join the others."""
        names: tuple[str, ...] = ()  # of constants: one is a part of the operation, if the row looks at it
        if row.key in SYMBOLS:
            places = [*map(self._placed, args)]
        else:
            places = [arg for arg in args if isinstance(arg, int)]
            if len(places) < len(args):
                names = tuple([repr(arg) if isinstance(arg, float) else "" for arg in args])
        active = tuple([self._active[place] for place in places])
        moves = True in active
        key = row, names, active if needed and moves else None
        calls = self._calls.get(key)
        if calls is None:
            constants = [arg if names and isinstance(arg, float) else None for arg in args]
            calls = self._calls[key] = self._calls_of(row, constants, key[2] or (False,) * len(places))
        out = self.count
        self.count += 1 + calls.kept
        self._active += [moves] * (1 + calls.kept)
        arguments = f"({', '.join(map(str, (out, *places)))})"
        self._forward.append(calls.forward + arguments)
        if calls.backward:
            self._backward.append(calls.backward + arguments)
        return out

    def _calls_of(self, row: Row, constants: Sequence[float | None], active: Sequence[bool]) -> _Calls:
        """The operations of a row.

        Args:
            row: the row.
            constants: the arguments that are numbers; None for a place.
            active: which of the others get a contribution.
        """
        kernel = Kernel(self.dtype)
        named = zip(row.inputs, constants, strict=True)
        args = [kernel.symbol(name) if number is None else number for name, number in named]
        own: dict[Symbol, Expression] = {
            arg: At(V, (Name(arg.args[0]),)) for arg in args if isinstance(arg, Symbol)
        }
        out, g = kernel.applied(row, args), kernel.symbol("g")
        wanted = [*itertools.compress(own, active)]
        contributions = {
            arg: each
            for arg, each in contributions_of(kernel, [(row, args, out)], out, g, wanted).items()
            if each is not None
        }
        kept = worth_keeping(out, contributions.values(), {*own, g})
        targets = [At(V, (plus(OUT, i),)) for i in range(len(kept) + 1)]
        before = Expressions(own, itertools.count(1))
        values = before.write([out, *kept])
        known = {**own, g: At(D, (OUT,)), **dict(zip(kept, targets[1:], strict=True))}
        if isinstance(out, Symbol):
            known[out] = targets[0]
        after = Expressions(known, itertools.count(1))
        slopes = after.write(contributions.values())
        adds = (
            Add(At(D, (Name(arg.args[0]),)), slope) for arg, slope in zip(contributions, slopes, strict=True)
        )
        forward = [*before.statements, *map(Assign, targets, values)]
        backward = [*after.statements, *adds]
        places = (OUT.text, *(arg.args[0] for arg in own))
        name = identifier(row.name.strip("_")).upper()
        name = "".join(c if c.isascii() else f"u{ord(c):x}" for c in name)
        return _Calls(
            self._operation(name, places, forward),
            self._operation(f"D_{name}", places, backward) if contributions else "",
            len(kept),
        )

    def _operation(self, name: str, places: tuple[str, ...], statements: Sequence[Statement]) -> str:
        """The name of an operation; those of the same statements are one."""
        key = name, places, tuple(statements), repr(statements)  # 0.0 equals -0.0
        if key not in self.operations:
            self.operations[key] = Operation(self._fresh(name), places, tuple(statements))
        return self.operations[key].name


def _key(x: float) -> tuple[float, float]:
    """Different for 0 and -0, the same for each nan."""
    return (x, math.copysign(1.0, x)) if x == x else (math.inf, 0.0)
