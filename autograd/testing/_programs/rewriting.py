"""Rewritten programs: names replaced, lines and variables dropped, other numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from autograd.testing._programs.lines import Argument, Line
from autograd.testing._programs.numbers import NICE, plainness
from autograd.testing._programs.program import Program

__all__ = [
    "alone", "at_variable", "numbers", "pruned", "simpler", "substituted", "with_numbers", "with_variables",
]  # fmt: skip


def substituted(
    program: Program, targets: Mapping[str, Argument], constants: Mapping[str, tuple[int, ...]]
) -> Program | None:
    """The program with variables and lines replaced by others or by constants; None if that is no program."""
    final: dict[str, Argument] = {}

    def follow(a: Argument) -> Argument:
        return final.get(a, a) if isinstance(a, str) else a

    for v in program.variables:
        if v in targets:
            final[v] = targets[v]
    lines = []
    for line in program.lines:
        if line.name in targets:
            final[line.name] = follow(targets[line.name])
            continue
        if any(a in final for a in line.names):
            arguments = tuple(map(follow, line.arguments))
            if not any(isinstance(a, str) for a in arguments):
                return None
            if any(isinstance(arguments[i], str) for i in constants.get(line.operation, ())):
                return None
            lines.append(Line(line.name, line.operation, arguments))
        else:
            lines.append(line)
    outputs = [follow(name) for name in program.outputs]
    named = tuple(name for name in outputs if isinstance(name, str))
    if len(named) < len(outputs):
        return None
    return pruned(replace(program, lines=tuple(lines), outputs=named))


def pruned(program: Program) -> Program:
    """The program without lines that no output depends on, and without unused variables but one."""
    program = program.without_unused_lines()
    used = {name for line in program.lines for name in line.names} | {*program.outputs}
    if used.issuperset(program.variables):
        return program
    pairs = [pair for pair in zip(program.variables, program.point, strict=True) if pair[0] in used]
    names, point = zip(*(pairs or [(program.variables[0], program.point[0])]), strict=True)
    return replace(program, variables=names, point=point)


def numbers(program: Program) -> list[float]:
    """The numbers of the point and the constants, in their order."""
    constants = [a for line in program.lines for a in line.arguments if not isinstance(a, str)]
    return [*program.point, *constants]


def with_numbers(program: Program, numbers: list[float]) -> Program:
    """The program with other numbers for those of `numbers`."""
    rest = iter(numbers)
    point = tuple(next(rest) for _ in program.point)
    lines = tuple(
        line
        if len(line.names) == len(line.arguments)
        else Line(
            line.name,
            line.operation,
            tuple(a if isinstance(a, str) else next(rest) for a in line.arguments),
        )
        for line in program.lines
    )
    return replace(program, point=point, lines=lines)


def with_variables(program: Program, names: tuple[str, ...]) -> Program:
    """The program with the first of other names for its variables, in order."""
    new = dict(zip(program.variables, names, strict=False))
    lines = tuple(line.with_names(new) for line in program.lines)
    outputs = tuple(new.get(name, name) for name in program.outputs)
    return Program(tuple(new.values()), program.point, lines, outputs)


def at_variable(program: Program, variable: str, x: float) -> Program:
    """The program with another number for one variable."""
    place = program.variables.index(variable)
    return replace(program, point=(*program.point[:place], x, *program.point[place + 1 :]))


def alone(line: Line, values: Mapping[str, float]) -> tuple[Program, list[int]]:
    """A line as a program with a variable for each argument; and the places of these arguments."""
    places = [i for i, a in enumerate(line.arguments) if isinstance(a, str)]
    names = ("x", "y", "z", "w", *(f"x{i}" for i in range(len(places))))
    own = dict(zip(places, names, strict=False))
    arguments = tuple(own.get(i, a) for i, a in enumerate(line.arguments))
    point = tuple(values[str(line.arguments[i])] for i in places)
    return Program(tuple(own.values()), point, (Line("out", line.operation, arguments),)), places


def simpler(x: float) -> Iterator[float]:
    """Numbers near x and far from it that are simpler, the simplest first."""
    candidates = list(NICE)
    if math.isfinite(x) and x not in NICE:
        candidates += [float(math.trunc(x)), -x]
        candidates += [float(f"{x:.{digits}g}") for digits in (1, 2, 3)]
        if abs(x) < 1e4:
            whole, part = math.trunc(x), abs(math.trunc(x)) // 2
            while part:
                candidates.append(float(whole - int(math.copysign(part, x))))
                part //= 2
        else:
            candidates += [30.0, -30.0, 1000.0, -1000.0, 1e8, 1e160]
    rank = plainness(x)
    yield from (y for y in dict.fromkeys(candidates) if plainness(y) < rank)
