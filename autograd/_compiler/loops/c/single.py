"""A program with its parameters as one C99 function of one example, without memory from the heap."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.loops.c.source import check_identifier, file_names
from autograd._compiler.loops.c.text import WIDTH, StatementsInC, wrapped
from autograd._compiler.loops.lanes.one_lane import is_block, one_lane, open_blocks
from autograd._compiler.loops.statements import (
    Add,
    Array,
    Assign,
    At,
    Call,
    Comment,
    Declare,
    Expression,
    Kernel,
    Local,
    Loop,
    Memory,
    Name,
    Statement,
    arrays_in,
    filled,
    parts_of,
    plus,
)
from autograd._compiler.loops.write import heading_of, write_loops
from autograd._compiler.numpy_code.names import with_listing
from autograd._table.rows import Row

__all__ = ["generate_function"]

COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
HEADERS = {  # and the words of the code that need each
    "fenv": r"\bfe[a-z]+\(",
    "math": "",
    "stdint": r"\buint\d+_t\b",
    "string": r"\bmem(cpy|set)\(",
}


def generate_function(program: ArrayProgram, dtype: Any, name: str, theta: NDArray[Any]) -> str:
    """The C99 source of one function, ``void NAME(const double *inputs, double *outputs)``.

    Args:
        program: the program.
        dtype: of all numbers, float32 or float64.
        name: of the function.
        theta: the numbers of its block of parameters, which are constants of the function.

    Raises:
        ValueError: for a name that is no identifier of C.
        Untranslatable, NotImplementedError: for a function that C lacks, which it names.
    """
    dtype = np.dtype(dtype)
    check_identifier(name)
    program = replace(program, wrt=program.parameters.addresses)
    heading = heading_of(program, dtype)
    unit = write_loops(program, dtype, heading, [name, "inputs", "outputs"])
    i, result = unit.result
    outputs = Array("outputs", (heading.outputs,), Memory.LOCAL)
    store = Loop(i, 0, heading.outputs, [Assign(At(outputs, (i,)), result)])
    sections = [*unit.prepare.statements, *unit.forward.statements, store]
    body = open_blocks(_without_unread(itertools.chain(*one_lane(sections)), outputs))
    printer = _OneExample(dtype, [name], outputs)
    arrays = [*dict.fromkeys(arrays_in(body))]
    printer.is_whole = any(a.name == "theta" for a in arrays)
    lines = [line for statement in body for line in printer.statement(statement, 1)]
    own = [*dict.fromkeys(a.base or a for a in arrays if a.memory is Memory.SCRATCH)]
    stack = sum(map(_size, own))
    tables = [a for a in arrays if a.memory in (Memory.NUMBERS, Memory.PLACES)]
    tables += _parameters(arrays, theta.astype(dtype))
    library = printer.library.source()
    code = [
        *(text + "\n" for text in printer.helpers.values()),
        *([library + "\n"] if library else []),
        f"void {name}(const real inputs[{max(heading.inputs, 1)}], real outputs[{heading.outputs}])",
        "{",
        *(f"    {line}" for table in tables for line in printer.table(table).splitlines()),
        *([wrapped("    real", [f"{a.name}[{_size(a)}]" for a in own], ";")] if own else []),
        *([] if any(a.memory is Memory.X for a in arrays) else ["    (void)inputs;"]),
        *lines,
        "}",
    ]
    text = _with_own_names("\n".join(code), name, "float" if dtype.itemsize == 4 else "double")
    plain = COMMENTS.sub("", text)
    title = [
        f"A calculation of {heading.inputs} inputs and {heading.outputs} outputs:",
        "",
        *(f"    {line}" for line in heading.listing.splitlines()),
        "",
        f"inputs: {heading.order[1]}." if heading.order[1] else "There are no inputs.",
        f"The parameters are constants. The function takes {stack * dtype.itemsize:,} bytes of the stack, no "
        "memory from the heap, and may be called in several threads. Numbers that are undefined are nan, and "
        "those too large infinite.",
    ]
    comment = "\n".join(f" * {line}".rstrip() for line in filled(title, WIDTH - 3))
    (signature,) = re.findall(rf"^void {name}\(.*\)$", text, re.MULTILINE)
    head = [
        f"/*{comment.replace('*/', '* /')[2:]}\n */",
        "",
        *(f"#include <{header}.h>" for header, use in HEADERS.items() if re.search(use, plain)),
        "",
        f"{signature};",
        "",
    ]
    return with_listing("\n".join([*head, text, ""]), program)


def _without_unread(statements: Iterable[Statement], outputs: Array) -> list[Statement]:
    """Statements without results that only a backward pass would read."""
    kept = [*statements]
    while True:
        parts = [part for value in _values(kept) for part in parts_of(value)]
        read = {part.array.base or part.array for part in parts if isinstance(part, At)} | {outputs}
        names = {part.text for part in parts if isinstance(part, Name)}
        shorter = _filtered(kept, read, names)
        if _count(shorter) == _count(kept):
            return kept
        kept = shorter


def _values(statements: Iterable[Statement]) -> Iterator[Expression]:
    """The expressions that statements read, indices of targets among them."""
    for statement in statements:
        match statement:
            case Declare(value=value):
                yield value
            case Assign(target, value) | Add(target, value):
                yield from (value, *target.indices)
            case Loop(_, start, stop, body):
                yield from (start, stop)
                yield from _values(body)


def _filtered(statements: Iterable[Statement], read: set[Array], names: set[str]) -> list[Statement]:
    kept: list[Statement] = []
    for statement in statements:
        match statement:
            case Assign(target) | Add(target) if (target.array.base or target.array) not in read:
                continue
            case Declare(name) if name.text not in names:
                continue
            case Local(array) if array not in read:
                continue
            case Loop(_, _, _, body):
                if inner := _filtered(body, read, names):
                    kept.append(replace(statement, body=inner))
                continue
        kept.append(statement)
    return kept


def _count(statements: Iterable[Statement]) -> int:
    return sum(1 + _count(s.body) if isinstance(s, Loop) else 1 for s in statements)


def _size(array: Array) -> int:
    return math.prod(n for n in array.shape if isinstance(n, int))


def _parameters(arrays: list[Array], theta: NDArray[Any]) -> list[Array]:
    """Constant arrays of the parameters: those with a name by this, others in one."""
    views = [a for a in arrays if a.memory is Memory.THETA]
    if any(a.name == "theta" for a in views):
        return [Array("theta", theta.shape, Memory.NUMBERS, values=theta)]
    return [
        Array(a.name, a.shape, Memory.NUMBERS, values=theta[a.offset : a.offset + _size(a)]) for a in views
    ]


def _with_own_names(code: str, prefix: str, real: str) -> str:
    """Code whose helpers have names of this file alone, and numbers the type of C."""
    names = {helper: f"{prefix}_{helper}" for helper in file_names(code)} | {"real": real}
    words = re.compile(rf"{COMMENTS.pattern}|\b(?:{'|'.join(map(re.escape, names))})\b", re.DOTALL)
    return words.sub(lambda word: names.get(word[0], word[0]), code)


class _OneExample(StatementsInC):
    """Prints statements of one lane; parameters, inputs and own arrays are arrays of the function."""

    def __init__(self, dtype: np.dtype[Any], taken: list[str], outputs: Array) -> None:
        super().__init__(dtype, taken, vectors=False)
        self.outputs = outputs
        self.is_whole = False  # whether theta is one array in the text
        self.whole: set[Name] = set()  # indices of loops, and parts of an index that are computed before one

    def statement(self, statement: Statement, depth: int) -> list[str]:
        return self._statement(statement, depth)

    def _statement(self, statement: Statement, depth: int) -> list[str]:
        pad = "    " * depth
        match statement:
            case Comment(text):
                return ["", f"{pad}// {text}"]
            case Declare(name, value) if self._is_whole_number(value):
                self.whole.add(name)
                return [f"{pad}const int {name.text} = {self.text(value)};"]
            case Local(array):
                return [f"{pad}real {array.name} = 0;"]
            case Kernel():
                return [line for each in statement.loops for line in self._statement(each, depth)]
            case Loop(_, _, _, body) if is_block(statement):
                inner = [line for each in body for line in self._statement(each, depth + 1)]
                return [f"{pad}{{", *inner, f"{pad}}}"]
            case Loop(index):
                self.whole.add(index)
        return super()._statement(statement, depth)

    def _is_whole_number(self, expression: Expression) -> bool:
        """Whether an expression is the index of an array, computed before a loop."""
        match expression:
            case bool() | float():
                return False
            case Name() | int():
                return isinstance(expression, int) or expression in self.whole
            case At(array):
                return array.memory is Memory.PLACES
            case Call(function, args):
                return function in ("add", "multiply") and all(map(self._is_whole_number, args))

    def _at(self, array: Array, indices: tuple[Expression, ...]) -> str:
        match array.memory:
            case Memory.LOCAL if array is not self.outputs:
                return array.name
            case Memory.X:
                return f"inputs[{self.text(indices[1])}]"
            case Memory.SCRATCH if array.base is not None:
                return f"{array.base.name}[{self.text(plus(indices[0], array.offset))}]"
            case Memory.THETA if self.is_whole:
                return f"theta[{self.text(plus(indices[0], array.offset))}]"
        return f"{array.name}[{self.text(indices[0])}]"

    def _text(self, expression: Expression) -> tuple[str, int]:
        text, binds = super()._text(expression)
        if isinstance(expression, Call) and isinstance(expression.function, Row) and self.dtype.itemsize == 4:
            return f"(real){text}", binds  # rows' functions compute in double
        return text, binds
