"""Laws about single operations: they run, leave inputs alone, have the right value and derivatives."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from autograd.testing._laws.search.law import Law
from autograd.testing._laws.search.rounding import Reference, reference
from autograd.testing._laws.search.trial import Trial, agree, rounded
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.operations import Operation, operations
from autograd.testing._programs.program import Line, Program

__all__ = ["DERIVATIVES", "INPUTS", "KINKS", "RUNS", "SEVERAL", "VALUES"]

# Nice numbers first, for the first that shows a mistake is reported. All are exact in 32 bits.
POINTS = (1.0, 2.0, 0.5, -1.0, 3.0, -0.5, -2.0, 0.0, 0.25, 1.5, 10.0, 25.0, -25.0, 1000.0, -1000.0)
PAIRS = (
    (1.0, 2.0), (2.0, 3.0), (3.0, 0.5), (-1.0, 2.0), (2.0, -0.5), (-1.5, -3.0), (0.25, 0.75), (25.0, 3.0),
)  # fmt: skip
TRIPLES = ((1.0, 2.0, 3.0), (0.0, 2.0, 3.0), (-1.0, 0.5, 2.0), (3.0, 2.0, 1.0))
CONSTANTS = {"pow": (2.0, 3.0, -1.0, 0.5, 1.0, 0.0)}
VARIABLES = ("x", "y", "z")
ORDINARY = 3.0  # the largest number at which an operation has to run, be it right or wrong
LARGEST = 1e15  # finite in 32 bits, as is its square
NEAR = 2.0**-20  # from a kink to the points on either side of it

Sample = tuple[Program, Reference]
Test = Callable[[Trial, Program, Reference], Violation | None]


def for_each_operation(test: Test, trial: Trial, of_several: bool = False) -> Iterator[Violation]:
    """The first violation of each row in each of its forms, or of each function of several numbers."""
    for operation in operations().values():
        if (operation.row is None) == of_several and operation.name in trial.engine.operations:
            for samples in forms(operation):
                if trial.allows(samples[0][0]):
                    violations = (test(trial, *sample) for sample in samples)
                    yield from itertools.islice(filter(None, violations), 1)


@functools.lru_cache(256)
def forms(operation: Operation) -> tuple[tuple[Sample, ...], ...]:
    """Programs of one operation on variables, and with a constant at either place, at points of its domain.

    Points at kinks are left out, and those where a number would overflow in 32 bits.
    """
    programs = [list(_on_variables(operation, count)) for count in _counts(operation)]
    if operation.row is not None and operation.least == 2:
        constants = CONSTANTS.get(operation.name, (2.0,))
        programs.append([_alone(operation, ("x", c), (x,)) for c in constants for x in POINTS[:12]])
        programs.append([_alone(operation, (2.0, "x"), (x,)) for x in POINTS[:12]])
    samples = ([sample for program in form if (sample := _sample(program))] for form in programs)
    return tuple(tuple(form) for form in samples if form)


def _counts(operation: Operation) -> tuple[int, ...]:
    return (operation.least,) if operation.most else (operation.least, 3)


def _on_variables(operation: Operation, count: int) -> Iterator[Program]:
    for point in {1: [(x,) for x in POINTS], 2: PAIRS, 3: TRIPLES}[count]:
        yield _alone(operation, VARIABLES[:count], point)


def _alone(operation: Operation, arguments: tuple[str | float, ...], point: tuple[float, ...]) -> Program:
    return Program(VARIABLES[: len(point)], point, (Line("a", operation.name, arguments),))


def _sample(program: Program) -> Sample | None:
    right = reference(program)
    if right is None or not right.is_smooth or max(abs(right.value), *map(abs, right.gradient)) > LARGEST:
        return None
    return program, right


def _is_ordinary(program: Program) -> bool:
    return max(map(abs, program.point)) <= ORDINARY


def _runs(trial: Trial, program: Program, right: Reference) -> Violation | None:
    if not _is_ordinary(program):
        return None
    try:
        trial.run(program)
    except Exception as error:
        return trial.failure(program, error)
    (line,) = program.lines
    whole = {line.operation: _on_integers(trial.engine.operations[line.operation])}
    try:
        trial.engine.evaluate(program.function(whole), program.point)
    except Exception as error:
        violation = trial.failure(program, error)
        return replace(violation, script=re.sub(r"\b(\d+)\.0\b", r"\1", violation.script))
    return None


def _on_integers(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose whole constants are integers."""

    def call(*args: Any) -> Any:
        return function(*(int(a) if type(a) is float and a.is_integer() else a for a in args))

    return call


def _inputs(trial: Trial, program: Program, right: Reference) -> Violation | None:
    tape = trial.engine.tape
    if tape is None:
        return None
    try:
        variables = [tape.variable(x) for x in program.point]
        before = [float(tape.value(x)) for x in variables]
        tape.backward(program.function(trial.engine.operations)(*variables))
        after = [float(tape.value(x)) for x in variables]
    except Exception:
        return None  # the law that operations run is about this
    for name, old, new in zip(program.variables, before, after, strict=True):
        if old != new:
            return trial.violation(program, f"{name}.data", new, old, "the number before")
    return None


def _value(trial: Trial, program: Program, right: Reference) -> Violation | None:
    try:
        value = float(trial.engine.evaluate(program.function(trial.engine.operations), program.point))
    except Exception as error:
        return None if _is_ordinary(program) else trial.failure(program, error)
    if agree(value, right.value, right.tolerances(trial.epsilon)[0]):
        return None
    return trial.violation(program, "out.data", value, right.value)


def _derivatives(trial: Trial, program: Program, right: Reference) -> Violation | None:
    if _value(trial, program, right):
        return None
    try:
        got = trial.run(program)[1:]
    except Exception as error:
        return None if _is_ordinary(program) else trial.failure(program, error)
    return trial.difference(program, got, right.gradient, right.tolerances(trial.epsilon)[1:])


def kinks(trial: Trial) -> Iterator[Violation]:
    """At a kink, each entry of the gradient is compared with the slopes on both sides of it."""
    for operation in operations().values():
        row = operation.row
        if row is not None and row.kink is not None and row.name in trial.engine.operations:
            points = itertools.product((0.0, 1.0), repeat=row.arity)
            programs = (_alone(operation, VARIABLES[: row.arity], point) for point in points)
            violations = (_kink(trial, program) for program in programs if trial.allows(program))
            yield from itertools.islice(filter(None, violations), 1)


def _kink(trial: Trial, program: Program) -> Violation | None:
    right = reference(program)
    if right is None or right.is_smooth:
        return None
    sides = [_slopes(program, i) for i in range(len(program.variables))]
    if None in sides:
        return None
    try:
        got = trial.run(program)[1:]
    except Exception as error:
        return trial.failure(program, error)
    for name, x, slopes in zip(program.variables, got, sides, strict=True):
        low, high = slopes or (-math.inf, math.inf)
        slack = 1e-4 * (1.0 + high - low)
        if not low - slack <= x <= high + slack:
            text = f"any number from {low} to {high}" if low < high else str(low)
            return trial.violation(program, f"{name}.grad", x, text, variable=name)
    return None


def _slopes(program: Program, i: int) -> tuple[float, float] | None:
    """The slopes by a variable on both sides of a point, sorted; None at a jump."""
    sides = []
    for step in (-NEAR, NEAR):
        point = [x + step if j == i else x for j, x in enumerate(program.point)]
        side = reference(program.at(*point))
        if side is None:
            return None
        sides.append((side.value, side.gradient[i]))
    (left, slope), (right, other) = sides
    if abs(left - right) > 64 * NEAR * (1 + abs(slope) + abs(other)):
        return None
    low, high = sorted((rounded(slope), rounded(other)))
    return low, high


RUNS = Law(
    "operations run",
    "each operation takes nodes, floats and integers on either side",
    functools.partial(for_each_operation, _runs),
    is_about_operations=True,
)
INPUTS = Law(
    "inputs are left alone",
    "f(x) and its sweep change no number of x",
    functools.partial(for_each_operation, _inputs),
    needs=("tape",),
    is_about_operations=True,
)
VALUES = Law(
    "values",
    "f(x) is the number that mathematics gives it, for each operation",
    functools.partial(for_each_operation, _value),
    is_about_operations=True,
)
DERIVATIVES = Law(
    "derivatives of operations",
    "∂f/∂xᵢ is the derivative that mathematics gives it, for each operation and each of its inputs",
    functools.partial(for_each_operation, _derivatives),
    is_about_operations=True,
)
KINKS = Law(
    "kinks",
    "f'(x) lies between f'(x-) and f'(x+) where f has a kink: relu'(0) is 0, 1 or between",
    kinks,
    is_about_operations=True,
)
SEVERAL = Law(
    "functions of several numbers",
    "mean, softmax and sums of repeated numbers have the derivatives that mathematics gives them",
    functools.partial(for_each_operation, _derivatives, of_several=True),
    follows=("a leaf used several times", "a result used several times"),
    is_about_operations=True,
)
