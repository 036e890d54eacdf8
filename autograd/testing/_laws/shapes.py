"""Small programs of every shape: a chain, a leaf used several times, a result used several times."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd._table.define import rows
from autograd.testing._laws.trial import Trial
from autograd.testing._programs.operations import operation
from autograd.testing._programs.program import Line, Program

__all__ = ["chains", "graphs", "parse", "several_uses_of_a_leaf", "several_uses_of_a_result"]

SIGNS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow", ast.USub: "neg",
}  # fmt: skip
LARGEST = 1e3  # of the numbers in a program drawn at random


def parse(text: str, **point: float) -> Program:
    """A program from its text.

    >>> print(parse("a = exp(x); b = a * 2.0", x=1.0))
    x = 1.0
    a = exp(x)
    b = a * 2.0
    """
    lines = tuple(map(_line, ast.parse(text).body))
    return Program(tuple(point), tuple(point.values()), lines)


def _line(assignment: Any) -> Line:
    name, right = assignment.targets[0].id, assignment.value
    if isinstance(right, ast.Call):
        return Line(name, right.func.id, tuple(map(_argument_of, right.args)))  # type: ignore[attr-defined]
    if isinstance(right, ast.UnaryOp):
        return Line(name, SIGNS[type(right.op)], (_argument_of(right.operand),))
    return Line(name, SIGNS[type(right.op)], (_argument_of(right.left), _argument_of(right.right)))


def _argument_of(argument: Any) -> str | float:
    return argument.id if isinstance(argument, ast.Name) else float(argument.value)


def several_uses_of_a_leaf(trial: Trial) -> Iterator[Program]:
    """Programs that use a variable two times and more, and no result more than once."""
    for text in (
        "a = x * x", "a = x + x", "a = x - x", "a = x / x", "a = x * x; b = a * x", "a = x + x; b = a + x",
        "a = exp(x); b = a * x", "a = exp(x); b = x + a", "a = -x; b = x * a",
        "a = x + x; b = a + x; c = b + x", "a = tanh(x); b = sin(x); c = a * b", "a = x * 2.0; b = x + 1.0; c = a * b",
    ):  # fmt: skip
        yield parse(text, x=1.0)
    for text in ("a = x + y; b = a + x", "a = x * y; b = x * a", "a = x - y; b = a * x; c = y + b"):
        yield parse(text, x=2.0, y=3.0)
    yield from (p for p in graphs(trial) if not any(_uses(p)[line.name] > 1 for line in p.lines))


def several_uses_of_a_result(trial: Trial) -> Iterator[Program]:
    """Programs that use a result two times and more."""
    for text in (
        "a = exp(x); b = a * a", "a = x + 1.0; b = a * a", "a = x * 2.0; b = a + a", "a = x + y; b = a * a",
        "a = x * y; b = a * a; c = b * a", "a = x * 2.0; b = a + a; c = b + b",
        "a = exp(x); b = -a; c = a + b", "a = x * 2.0; b = a * 3.0; c = a + b", "a = x * 2.0; b = a * 3.0; c = b + a",
        "a = x * 2.0; b = a * 3.0; c = b * 0.5; d = a + c",
        "a = x * 2.0; b = a * 3.0; c = b * 0.5; d = c + a",
        "a = x + y; b = a * x; c = a + b; d = c * a", "a = x + y; b = a + a; c = a + b; d = c + a",
    ):  # fmt: skip
        program = parse(text, x=0.5, y=2.0)
        yield program if "y" in _uses(program) else Program(("x",), (0.5,), program.lines)
    yield from (p for p in graphs(trial) if any(_uses(p)[line.name] > 1 for line in p.lines))


def chains(trial: Trial) -> Iterator[Program]:
    """Programs of one path: each line uses the one before and constants."""
    for text in (
        "a = x * 2.0; b = a + 1.0", "a = x + 1.0; b = a * 3.0", "a = x * 2.0; b = a * 3.0; c = a - 1.0",
        "a = -x; b = exp(a)", "a = exp(x); b = log(a)", "a = tanh(x); b = sigmoid(a)",
    ):  # fmt: skip
        yield parse(text, x=0.5).without_unused_lines()
    yield from _drawn(trial, chain=True)


def graphs(trial: Trial) -> Iterator[Program]:
    """Programs drawn at random, of up to six lines on one to three variables."""
    yield from _drawn(trial, chain=False)


def _drawn(trial: Trial, chain: bool) -> Iterator[Program]:
    names = [row.name for row in rows() if row.public and row.name in trial.engine.operations]
    if not names:
        return
    for _ in range(trial.examples):
        program = _draw(trial, trial.rng, names, chain)
        if program.lines:
            yield program


def _draw(trial: Trial, rng: np.random.Generator, names: Sequence[str], chain: bool) -> Program:
    variables = ("x",) if chain else ("x", "y", "z")[: rng.integers(1, 4)]
    point = tuple(float(x) for x in rng.choice([0.5, 2.0, -1.0, 1.5, -0.75, 3.0], len(variables)))
    program = Program(variables, point, ())
    for name in "abcdef"[: rng.integers(2, 5 if chain else 7)]:
        for _ in range(4):
            chosen = operation(str(rng.choice(names)))
            arguments: list[str | float] = [_argument(rng, program, chain) for _ in range(chosen.least)]
            if chain:
                path = rng.integers(chosen.least)
                arguments = [
                    a if i == path else float(rng.choice([2.0, 0.5, 3.0])) for i, a in enumerate(arguments)
                ]
            for i in trial.engine.constants.get(chosen.name, ()):
                arguments[i] = float(rng.choice([2.0, 3.0, -1.0]))
            line = Line(name, chosen.name, tuple(arguments))
            longer = Program(variables, point, (*program.lines, line))
            if line.names and trial.allows_line(line) and _is_moderate(longer):
                program = longer
                break
    return program.without_unused_lines()


def _argument(rng: np.random.Generator, program: Program, chain: bool) -> str | float:
    results = [line.name for line in program.lines]
    if chain:
        return results[-1] if results else "x"
    if rng.random() < 0.1:
        return float(rng.choice([2.0, 0.5, -1.0]))
    if results and rng.random() < 0.6:
        return results[-1 - int(rng.integers(min(2, len(results))))]
    return str(rng.choice([*program.variables, *results]))


def _is_moderate(program: Program) -> bool:
    return program.is_defined() and max(map(abs, program.values().values())) <= LARGEST


def _uses(program: Program) -> dict[str, int]:
    uses = dict.fromkeys((*program.variables, *(line.name for line in program.lines)), 0)
    for line in program.lines:
        for name in line.names:
            uses[name] += 1
    return {name: count for name, count in uses.items() if count or name in program.outputs} | {
        line.name: uses[line.name] for line in program.lines
    }
