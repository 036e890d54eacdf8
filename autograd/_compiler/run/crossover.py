"""The numbers of examples up to which plain arithmetic is faster than arrays.

Both times are estimated from the program itself: arrays take NumPy's calls, whatever the number of examples;
plain arithmetic takes each operation again for every example. The constants are µs; only their ratios matter,
and these are about the same on other machines.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from inspect import isbuiltin

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Gather, RowStep, Step, Sum, in_order
from autograd._compiler.find.tape import CONSTANT, Tape
from autograd._compiler.numpy_code.calls import count_calls
from autograd._table.readings import FLOATS
from autograd._table.rows import Row

__all__ = ["plain_examples", "plain_examples_of_columns", "plain_time"]

OPERATION = 0.026  # of plain arithmetic: a line, forward or backward
BUILTIN, FUNCTION = 0.02, 0.1  # and what it calls, by whether that is written in C or in Python


@dataclass(frozen=True)
class _Call:
    """What a call takes, beside its operations: an example in plain arithmetic, NumPy's functions in arrays.

    Attributes:
        arrays: by how much a call of arrays is slower before any of NumPy's functions.
        function: one of these.
        example: one example.
    """

    arrays: float
    function: float
    example: float

    def examples(self, functions: float, operations: float) -> int:
        """Up to how many of them plain arithmetic is faster."""
        return max(int((self.arrays + self.function * functions) / (self.example + operations)), 0)


OUTPUTS, GRADIENT = _Call(1.3, 0.5, 0.35), _Call(-4.5, 0.4, 0.6)


def plain_examples(program: ArrayProgram, tape: Tape) -> tuple[int, int]:
    """Up to how many examples plain arithmetic is faster: for outputs alone, and with their gradient."""
    copies = _copies(program)
    forward, backward = np.sum([(copies, 2 * copies), *(_calls(step) for step in program.steps)], axis=0)
    own, contributions = _plain_arithmetic(tape)
    outputs = OUTPUTS.examples(forward, own)
    # One example needs no mean of gradients, so its gradient is faster wherever its outputs are.
    return outputs, max(GRADIENT.examples(forward + backward, own + contributions), min(outputs, 1))


def plain_examples_of_columns(tape: Tape) -> tuple[int, int]:
    """The same for arrays that are computed an operation at a time."""
    own, contributions = _plain_arithmetic(tape)
    calls = [(count * count_calls(row)[0], count * row.arity * 1.5) for row, count in _row_counts(tape)]
    forward, backward = np.sum(calls, axis=0)
    return OUTPUTS.examples(forward, own), GRADIENT.examples(forward + backward, own + contributions)


def plain_time(tape: Tape) -> float:
    """The time of one example in plain arithmetic, without a gradient."""
    return _plain_arithmetic(tape)[0]


def _plain_arithmetic(tape: Tape) -> tuple[float, float]:
    """The time of one example in plain arithmetic: forward, and backward."""
    rows = _row_counts(tape)
    own = sum(count * _plain(row.text) for row, count in rows)
    contributions = (count * _plain(text) for row, count in rows for text in row.contributions if text)
    return own, sum(contributions)


def _row_counts(tape: Tape) -> list[tuple[Row, int]]:
    counts = np.bincount(tape.code[tape.code > CONSTANT] - 2, minlength=len(tape.rows)).tolist()
    return list(zip(tape.rows, counts, strict=True))


def _calls(step: Step) -> tuple[float, float]:
    """The calls of NumPy's functions for a step: forward, and backward."""
    match step:
        case Sum(terms=terms):
            products = sum(term.factor is not None for term in terms)
            return products + max(len(terms) - 1, 1), 2 * products + len(terms)
        case RowStep(row=row):
            return count_calls(row)
    return 1, 2


def _copies(program: ArrayProgram) -> int:
    """From how many places rows are copied, since a step does not read them side by side."""
    operands = (operand for step in program.steps for operand in step.operands)
    gathers = {o.addresses.tobytes(): o.addresses for o in operands if isinstance(o, Gather)}
    copied = 0
    for addresses in gathers.values():
        if len(addresses) > 1 and not (addresses == addresses[0]).all():
            pieces = program.pieces(addresses)
            copied += 0 if len(pieces) == 1 and in_order(pieces[0].rows) else len(pieces)
    return copied


@functools.cache
def _plain(text: str) -> float:
    """The time of an operation in plain arithmetic."""
    called = (part.func for part in ast.walk(ast.parse(text)) if isinstance(part, ast.Call))
    functions = [FLOATS[name.id] for name in called if isinstance(name, ast.Name)]
    return OPERATION + sum(BUILTIN if isbuiltin(function) else FUNCTION for function in functions)
