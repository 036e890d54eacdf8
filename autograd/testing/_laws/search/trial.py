"""One engine before one law: its runs, its precision, and the programs that it can be asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

import numpy as np

from autograd.testing._engines.engine import Engine
from autograd.testing._laws.search.rounding import reference
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.program import Line, Program
from autograd.testing._programs.smallest import smallest

__all__ = ["Draws", "Form", "Numbers", "Trial", "agree", "form_of", "rounded"]

Form = tuple[str, tuple[bool, ...]]
"""An operation, and which of its arguments are constants."""

Numbers = tuple[float, ...]
"""The value of a program, and after it its gradient."""

UNDECIDED = 1e-3  # a relative tolerance beyond which a comparison says nothing
PRECISIONS = (23, 10, 7)  # bits after the point: floats of 32 bits, of 16, and bfloat16


def form_of(line: Line) -> Form:
    """The operation of a line, and which of its arguments are constants."""
    return line.operation, tuple(isinstance(a, float) for a in line.arguments)


@dataclass(frozen=True)
class Draws:
    """Random programs for one engine, drawn when the first law asks for them; later laws use them again.

    Attributes:
        rng: of the choices.
        examples: the number of programs of each kind.
        drawn: the programs by their kind.
    """

    rng: np.random.Generator
    examples: int
    drawn: dict[str, list[Program]] = field(default_factory=dict)

    def of_kind(self, kind: str, draw: Callable[[], Program]) -> list[Program]:
        """The programs of a kind, of which `draw` makes one."""
        if kind not in self.drawn:
            self.drawn[kind] = [draw() for _ in range(self.examples)]
        return self.drawn[kind]


@dataclass(frozen=True)
class Trial:
    """An engine before a law.

    Attributes:
        law: the name of the law.
        engine: the adapter of the engine.
        draws: programs drawn at random.
        without: forms of operations to do without, since they are wrong by themselves.
    """

    law: str
    engine: Engine
    draws: Draws
    without: frozenset[Form] = frozenset()

    def allows(self, program: Program) -> bool:
        """Whether the engine has the operations of a program, in the forms that it takes."""
        return all(map(self.allows_line, program.lines))

    def allows_line(self, line: Line) -> bool:
        """Whether the engine has the operation of a line, with variables and constants in these places."""
        return self.engine.takes(line) and form_of(line) not in self.without

    def run(self, program: Program) -> Numbers:
        """The engine's value and gradient."""
        value, gradient = self.engine.run(program)
        return (value, *gradient)

    @cached_property
    def epsilon(self) -> float:
        """The spacing of the engine's numbers at 1: 2⁻⁵² of doubles, 2⁻²³ of floats of 32 bits."""
        try:
            error = abs(3.0 * self.engine.evaluate(lambda x: x, (1.0 / 3.0,)) - 1.0)
        except Exception:
            error = 0.0  # an engine that must compute something is taken to compute in doubles
        return next((2.0**-bits for bits in PRECISIONS if 2.0 ** -(bits + 3) < error < 2.0**-bits), 2.0**-52)

    def tolerances(self, program: Program) -> Numbers | None:
        """The errors that the engine may make; None where they may be as large as the numbers themselves."""
        right = reference(program)
        if right is None:
            return None
        tolerances = right.tolerances(self.epsilon)
        scale = max(1.0, *map(abs, right.gradient))
        return tolerances if max(tolerances[1:]) <= UNDECIDED * scale else None

    def difference(
        self,
        program: Program,
        got: Sequence[float],
        expected: Sequence[float],
        tolerances: Sequence[float],
        expected_from: str = "",
    ) -> Violation | None:
        """The violation by the first entry of a program's gradient that differs."""
        for name, x, y, tolerance in zip(program.variables, got, expected, tolerances, strict=True):
            if not agree(x, y, tolerance):
                return self.violation(program, f"{name}.grad", x, y, expected_from, name)
        return None

    def violation(
        self,
        program: Program,
        quantity: str,
        got: float | str,
        expected: float | str,
        expected_from: str = "",
        variable: str | None = None,
        script: str = "",
    ) -> Violation:
        """A violation of the law; the script is by default the program and its sweep."""
        operations = tuple(dict.fromkeys(line.operation for line in program.lines))
        script = script or self.script(program)
        if rounded(got) != rounded(expected):
            got, expected = rounded(got), rounded(expected)
        return Violation(
            self.law, program, quantity, got, expected, expected_from, script, operations, variable
        )

    def failure(self, program: Program, error: Exception, script: str = "") -> Violation:
        """A violation by a program that does not run."""
        text = f"{type(error).__name__}: {error!s:.300}".removesuffix(": ")
        return self.violation(program, "", text, "a result", script=script)

    def script(self, program: Program) -> str:
        """A program as one line of Python: an engine with nodes as its user writes it."""
        tape = self.engine.tape
        lines = renamed_output(program).lines
        if tape is None:
            points = [f"{name} = {x!r}" for name, x in zip(program.variables, program.point, strict=True)]
            return "; ".join([*points, *map(str, lines)])
        make = getattr(tape.variable, "__name__", "")
        make = make if make.isidentifier() else "Value"
        points = [f"{name} = {make}({x!r})" for name, x in zip(program.variables, program.point, strict=True)]
        texts = [f"{line.name} = {line.expression(self.engine.methods)}" for line in lines]
        return "; ".join([*points, *texts, "out.backward()"])

    def first(
        self, programs: Iterable[Program], test: Callable[[Program], Violation | None]
    ) -> Iterator[Violation]:
        """The violation by the first program that shows one, made as small as it goes with the same test."""

        def kind(program: Program) -> object:
            violation = test(program) if program.lines and self.allows(program) else None
            return violation and violation.kind

        for program in programs:
            if self.allows(program) and (violation := test(program)):
                try:
                    small = smallest(program, kind, constants=self.engine.constants)
                except ValueError:  # an engine that is wrong by chance is right the next time
                    small = program
                yield test(small) or violation
                return


def renamed_output(program: Program) -> Program:
    """The program with the line of its output called `out`."""
    name = program.outputs[0]
    if name in program.variables or name == "out":
        return program

    def rename(a: Any) -> Any:
        return "out" if a == name else a

    lines = tuple(
        Line(rename(line.name), line.operation, tuple(map(rename, line.arguments))) for line in program.lines
    )
    return replace(program, lines=lines, outputs=("out",))


def agree(x: float, y: float, tolerance: float) -> bool:
    """Whether two numbers are the same but for a tolerance; nan agrees with nan."""
    return x == y or abs(x - y) <= tolerance or (math.isnan(x) and math.isnan(y))


@overload
def rounded(x: float) -> float: ...
@overload
def rounded(x: float | str) -> float | str: ...
def rounded(x: float | str) -> float | str:
    """A number to twelve digits, so that no rounding of an engine is read in a report."""
    return x if isinstance(x, str) else float(f"{x:.12g}")
