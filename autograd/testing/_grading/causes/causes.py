"""The likely mistake behind the violation of a law."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.testing._engines.engine import Engine
from autograd.testing._grading.causes.exceptions import MANY_VISITS, exception_cause
from autograd.testing._grading.causes.local_derivatives import NEARLY, local_cause
from autograd.testing._grading.causes.probes import Probe
from autograd.testing._grading.causes.sweeps import (
    is_shared,
    left_over,
    nothing_arrives,
    sweep_cause,
    wrong_seed,
)
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.operations import operation
from autograd.testing._programs.program import Line, Program
from autograd.testing._programs.rewriting import alone

__all__ = ["OF_LAWS", "cause_of"]

# The mistake behind a law about more than one sweep, which no single program shows.
OF_LAWS = {
    "a second backward": (
        "Gradients of results within the graph are left over from the first sweep, and the second one "
        "hands them on again: set them to 0 at the beginning of backward()."
    ),
    "gradients of their own": (
        "Two nodes share one gradient, an array that += changes for both: write {g} = {g} + "
        "…, which makes a new one."
    ),
    "no state left behind": (
        "Something is kept from one program to the next, or left to chance: look for a list of nodes in the "
        "module or in the class, for a default argument such as children=[], and for a loop over a set."
    ),
    "reuse after a failed program": (
        "A program that fails leaves something behind: look for a list of nodes, or a setting, in the "
        "module or in the class, that is set back only at the end."
    ),
}

EVIDENCE = {"a second backward": left_over, "gradients of their own": is_shared}


def cause_of(engine: Engine, spelling: Spelling, violation: Violation) -> str:
    """The likely mistake, in words of a student; empty where none fits, which is better than a wrong one."""
    probe = Probe(engine)
    if violation.law in OF_LAWS:
        evidence = EVIDENCE.get(violation.law)
        is_evident = evidence(probe) if evidence else bool(violation.quantity)
        return OF_LAWS[violation.law].format(g=spelling.gradient.format("self")) if is_evident else ""
    program = violation.program
    if not violation.quantity:
        error = probe.exception(lambda: engine.run(program))
        text = f"{type(error).__name__}: {error}" if error else str(violation.got)
        return exception_cause(error or Exception(), text, program, spelling)
    values = program.values() if program.is_defined() else None
    if values is None:
        return ""
    if name := _changed(engine, program):
        line = next(line for line in program.lines if name in line.names)
        short = spelling.call(line.operation, *map(str, line.arguments))
        number = spelling.number.format("self")
        return (
            f"{short} changes the number of {name}, which others use too: put the result into a new node, "
            f"and leave {number} alone."
        )
    if cause := nothing_arrives(probe) or wrong_seed(probe):
        return cause.format(g=spelling.gradient.format("out"))
    for line in program.lines:
        if cause := _value_cause(probe, spelling, line, values):
            return cause
        if parts := probe.parts(single := alone(line, values)[0]):
            if probe.is_right(single) is False:
                return _of_parts(probe, spelling, single, parts)
        elif cause := local_cause(probe, spelling, line, values):
            return cause
    if cause := sweep_cause(probe, spelling, program):
        return cause
    return MANY_VISITS if violation.law == "each node once" else _imprecise(spelling, violation)


def _of_parts(probe: Probe, spelling: Spelling, program: Program, parts: Sequence[str]) -> str:
    """The mistake in an operation that is made of others: in one of these, or else in the sweep."""
    (line,) = program.lines
    for name in parts:
        single = Line("out", name, ("x", "y", "z")[: operation(name).least])
        if not probe.parts(probe.of(single)) and probe.is_wrong(single):
            text = spelling.call(line.operation, *map(str, line.arguments))
            arguments = (a if isinstance(a, str) else "n" for a in probe.of(single).lines[0].arguments)
            part, where = spelling.call(name, *arguments), spelling.places.get(name)
            return f"{text} is computed by {part}, whose derivative is wrong" + (
                f" ({where})." if where else "."
            )
    return sweep_cause(probe, spelling, program)


def _imprecise(spelling: Spelling, violation: Violation) -> str:
    """A derivative that is nearly right."""
    got, expected = violation.got, violation.expected
    if isinstance(got, str) or isinstance(expected, str) or violation.expected_from or not expected:
        return ""
    error = abs(got - expected) / abs(expected)
    if not 0 < error < NEARLY or violation.variable is None:
        return ""
    return (
        f"{spelling.quantity(violation.quantity)} is right to {-math.log10(error):.0f} digits alone, as by a "
        "difference quotient, a rounded number, or a small number that is added: the chain rule is exact."
    )


def _changed(engine: Engine, program: Program) -> str:
    """The name of a variable or result whose number another operation changes."""
    tape = engine.tape
    if tape is None:
        return ""
    try:
        nodes = [tape.variable(x) for x in program.point]
        program.function(engine.operations)(*nodes)
        numbers = [tape.value(node) for node in nodes]
    except Exception:
        return ""
    for name, before, after in zip(program.variables, program.point, numbers, strict=True):
        if before != after:
            return name
    return ""


def _value_cause(probe: Probe, spelling: Spelling, line: Line, values: dict[str, float]) -> str:
    """The mistake in the value of a line."""
    program, _ = alone(line, values)
    try:
        got = probe.engine.evaluate(program.function(probe.engine.operations), program.point)
    except Exception:
        return ""
    right = program.values()["out"]
    if abs(got - right) <= 1e-6 * max(abs(right), 1e-3):
        return ""
    arguments = [a if isinstance(a, str) else f"{a:g}" for a in line.arguments]
    text = spelling.call(line.operation, *arguments)
    if len(arguments) == 2:
        swapped = Program(
            program.variables, program.point, (Line("out", line.operation, program.lines[0].arguments[::-1]),)
        )
        if swapped.is_defined() and abs(swapped.values()["out"] - got) <= 1e-9 * abs(got):
            return f"{text} gives {spelling.call(line.operation, *arguments[::-1])}: the two are exchanged."
    if abs(got + right) <= 1e-9 * abs(right):
        return f"{text} has the wrong sign."
    where = spelling.places.get(line.operation)
    return f"The result of {text} is wrong, before any derivative" + (f" ({where})." if where else ".")
