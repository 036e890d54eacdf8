"""Small programs on an engine, and their right numbers."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from autograd._graph.node import DomainError
from autograd.testing._engines.adapters import autograd_engine
from autograd.testing._engines.engine import Engine
from autograd.testing._grading.limits import time_limit
from autograd.testing._programs.operations import operation
from autograd.testing._programs.program import Line, Program

__all__ = ["Probe", "agree", "same"]

TOLERANCE = 1e-6
SECONDS = 0.5
ORDINARY = (0.5, 2.0, -1.5, 3.0, -0.7, 0.3, 1.5)


def agree(x: float, y: float) -> bool:
    """Whether two numbers are the same but for rounding.

    >>> agree(1.0, 1.0 + 1e-12), agree(1.0, 1.1), agree(math.nan, math.nan)
    (True, False, True)
    """
    return x == y or abs(x - y) <= TOLERANCE * max(abs(x), abs(y)) or (math.isnan(x) and math.isnan(y))


def same(xs: Sequence[float], ys: Sequence[float]) -> bool:
    """Whether two gradients are the same but for rounding, which an entry may have from larger ones.

    >>> same((1.0, 1e-15), (1.0, 0.0))
    True
    """
    rounding = 1e-9 * max(map(abs, (*xs, *ys)), default=0.0)
    return len(xs) == len(ys) and all(
        agree(x, y) or abs(x - y) <= rounding for x, y in zip(xs, ys, strict=True)
    )


@dataclass(frozen=True)
class Probe:
    """One engine, to be asked for the gradients of small programs.

    Attributes:
        engine: the adapter.
        right: the engine that is right.
    """

    engine: Engine
    right: Engine = field(default_factory=autograd_engine)

    def gradient(self, program: Program) -> tuple[float, ...] | None:
        """The engine's gradient; None where it fails."""
        if not all(map(self.engine.takes, program.lines)):
            return None
        try:
            with time_limit(SECONDS):
                return self.engine.run(program)[1]
        except Exception:
            return None

    def right_gradient(self, program: Program) -> tuple[float, ...] | None:
        """The right gradient; None where the program has none."""
        try:
            return self.right.run(program)[1]
        except (DomainError, ArithmeticError, ValueError):
            return None

    def is_right(self, program: Program) -> bool | None:
        """Whether the engine's gradient is right; None where it has none, or there is none."""
        got, right = self.gradient(program), self.right_gradient(program)
        return None if got is None or right is None else same(got, right)

    def exception(self, run: Callable[[], object]) -> Exception | None:
        """The exception of a call."""
        try:
            with time_limit(2 * SECONDS):
                run()
        except Exception as error:
            return error
        return None

    def of(self, line: Line) -> Program:
        """A line of variables as a program at an ordinary point, with a constant where one has to be."""
        constants = self.engine.constants.get(line.operation, ())
        arguments = tuple(3.0 if i in constants else a for i, a in enumerate(line.arguments))
        names = tuple(a for a in arguments if isinstance(a, str))
        return Program(names, ORDINARY[: len(names)], (Line("out", line.operation, arguments),))

    def is_wrong(self, line: Line) -> bool:
        """Whether an operation is wrong by itself at an ordinary point."""
        return any(self.is_right(program) is False for program in self.points(self.of(line)))

    def parts(self, program: Program) -> list[str]:
        """Other operations by which the engine computes one, as x - y by x + y * -1."""
        (line,) = program.lines
        methods = {f"__{name}__": name for name in self.engine.operations}
        methods |= {f"__r{name}__": name for name in self.engine.operations}
        calls: dict[str, None] = {}

        def watch(frame: FrameType, event: str, argument: object) -> None:
            if event == "call" and (name := methods.get(frame.f_code.co_name)):
                calls[name] = None

        if operation(line.operation).row is not None and sys.getprofile() is None:
            f = program.function(self.engine.operations)
            sys.setprofile(watch)
            try:
                with suppress(Exception), time_limit(SECONDS):
                    self.engine.evaluate(f, program.point)
            finally:
                sys.setprofile(None)
        return [name for name in calls if name != line.operation]

    def points(self, program: Program) -> Iterator[Program]:
        """A program of one line at ordinary points of its domain."""
        count = len(program.variables)
        for i in range(len(ORDINARY)):
            moved = program.at(*(ORDINARY[(i + 3 * k) % len(ORDINARY)] for k in range(count)))
            if moved.is_defined():
                yield moved

    def sound(self) -> list[str]:
        """Operations of two numbers whose own derivatives are right, products first."""
        names = []
        for name in ("mul", "add", "sub", "truediv", "maximum", "hypot"):
            program = Program(("x", "y"), (2.0, 3.0), (Line("out", name, ("x", "y")),))
            if self.is_right(program):
                names.append(name)
        return names


def number(call: Callable[[], Any]) -> float:
    """The result of a calculation with floats; nan where it has none."""
    try:
        return float(call())
    except (ArithmeticError, ValueError, TypeError):
        return math.nan
