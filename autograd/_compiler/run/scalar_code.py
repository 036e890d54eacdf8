"""The program as plain arithmetic on floats, one line for each operation.

Where nothing has the shape of a matrix, and for few examples, an array of two or three numbers costs
more than all its arithmetic. The text of a derivative is the row's own, its names replaced.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Sequence

import numpy as np

from autograd._compiler.find.tape import CONSTANT, PARAMETER, Tape
from autograd._table.readings import FLOATS, generate
from autograd._table.rows import Row

__all__ = ["straight_line"]

Evaluate = Callable[[Sequence[float], Sequence[float]], tuple[list[float], list[float]]]


def straight_line(tape: Tape, gradient: bool) -> Evaluate:
    """A function from theta and the inputs of one example to the outputs and their gradient.

    Args:
        tape: the lines to write.
        gradient: whether to write the backward pass, of the first output.

    >>> from autograd import Value
    >>> from autograd._compiler.find.tape import read
    >>> x, w = Value(2.0), Value(3.0)
    >>> straight_line(read([w * x * x], [x], [w]), True)([5.0], [2.0])
    ([20.0], [4.0])
    """
    inputs, wrt = dict.fromkeys(tape.inputs), dict.fromkeys(tape.wrt)
    parameters = [line for line in wrt if line not in inputs]
    given = [f"{_all(parameters)} = theta", f"{_all(inputs)} = x"]
    lines = given + [f"v{i} = {_forward(tape, i)}" for i in np.flatnonzero(tape.code > CONSTANT).tolist()]
    results = ", ".join(_name(tape, i) for i in tape.outputs)
    found = "[]"
    if gradient:
        lines += _backward(tape)
        found = "[" + ", ".join(f"g{i}" for i in tape.wrt) + "]"
    source = "\n".join(["def evaluate(theta, x):", *(f"    {line}" for line in lines)])
    source += f"\n    return [{results}], {found}\n"
    evaluate: Evaluate = generate(source, "evaluate", {**FLOATS, "inf": np.inf, "nan": np.nan})
    return evaluate


def _all(lines: Sequence[int] | dict[int, None]) -> str:
    return "".join(f"v{i}, " for i in lines) or "()"


def _name(tape: Tape, line: int) -> str:
    return repr(float(tape.numbers[line])) if tape.code[line] == CONSTANT else f"v{line}"


def _arguments(tape: Tape, line: int) -> tuple[Row, list[str]]:
    row = tape.rows[tape.code[line] - 2]
    return row, [
        f"({name})" if (name := _name(tape, i))[0] == "-" else name
        for i in tape.args[: row.arity, line].tolist()
    ]


def _forward(tape: Tape, line: int) -> str:
    row, args = _arguments(tape, line)
    return _value(row).format(**dict(zip(row.inputs, args, strict=True)))


def _backward(tape: Tape) -> list[str]:
    wanted = tape.depends & PARAMETER > 0
    lines: list[str] = []
    reached = {tape.outputs[0]}
    lines.append(f"g{tape.outputs[0]} = 1.0")
    for line in np.flatnonzero((tape.code > CONSTANT) & wanted).tolist()[::-1]:
        if line not in reached:
            continue
        row, args = _arguments(tape, line)
        names = {**dict(zip(row.inputs, args, strict=True)), "out": f"v{line}", "g": f"g{line}"}
        for argument, gain in zip(tape.args[: row.arity, line].tolist(), _gains(row), strict=True):
            if gain is not None and wanted[argument]:
                lines.append(f"g{argument} {'+' if argument in reached else ''}= {gain.format(**names)}")
                reached.add(argument)
    return lines + [f"g{line} = 0.0" for line in dict.fromkeys(tape.wrt) if line not in reached]


@functools.cache
def _value(row: Row) -> str:
    """A row as a template, its names to be filled in."""
    return _template(row, row.text)


@functools.cache
def _gains(row: Row) -> tuple[str | None, ...]:
    """The gains of a row as templates, their names to be filled in."""
    return tuple(None if gain is None else _template(row, gain) for gain in row.gains)


def _template(row: Row, text: str) -> str:
    tree = ast.parse(text, mode="eval")
    for name in ast.walk(tree):
        if isinstance(name, ast.Name) and name.id in (*row.inputs, "out", "g"):
            name.id = f"{{{name.id}}}"
    return ast.unparse(tree)
