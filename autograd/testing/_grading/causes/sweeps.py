"""Mistakes in the backward sweep: gradients that are lost, overwritten, handed on too early or too often.

Programs of a few shapes tell them apart, of operations whose own derivatives are right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from autograd.testing._grading.causes.probes import Probe, agree, same
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._programs.operations import operation
from autograd.testing._programs.program import Line, Program

__all__ = ["is_shared", "left_over", "nothing_arrives", "sweep_cause", "wrong_seed"]


EQUAL_NUMBERS = (
    "Two nodes with the same number are taken for one: the set of visited nodes must hold the nodes "
    "themselves, not their numbers (and a class with __eq__ needs __hash__ = object.__hash__)."
)
NOTHING = (
    "The sweep adds nothing to any gradient: it must set the gradient of the result to 1, and then go "
    "through the nodes from the result back to the variables, where each one adds to the gradients of "
    "those it was made from."
)
SEED = (
    "The sweep begins with {gradient:g} as the gradient of the result by itself, which is 1: set {g} = 1.0 "
    "there."
)
ENDS_EARLY = (
    "The sweep ends at the last operation: it must go on to the nodes from which that was made, each one "
    "after all nodes that use it (in reverse topological order)."
)
LOCAL_ONLY = (
    "The gradient of the result is left out: each operation multiplies its derivative by the gradient of "
    "its result ({out})."
)
ASSIGNED = (
    "The gradient of a node that is used twice is assigned, not added: write {g} += …, not {g} = …, so "
    "that each use adds its part."
)
ADDED_TWICE = (
    "The gradient of a node that is used twice is added twice: visit each node once, with a set of "
    "visited nodes."
)
ONE_OF_TWO_PARENTS = (
    "A node that is used twice in one operation, as in x * x, gets one of its two gradients: keep the "
    "parents in a list or tuple, with each use (a set, or a dict, keeps one of two)."
)
THIRD_USE = "A node gets no gradient from its third use on: each use adds to {g}, however many there are."
TOO_OFTEN = (
    "The gradient of a result that is used twice is handed on once for each use, and so too often: visit "
    "each node once (remember the visited ones in a set), and set the gradients of results to 0 before "
    "the sweep."
)
TOO_EARLY = (
    "A result that is used twice hands its gradient on before all uses have added to it: go through the "
    "nodes in reverse topological order, each one after all nodes that use it."
)

CHAINS = ({"z": 5.0}, {"z": 0.5})  # a large and a small gradient of the result within a chain
TWICE = ("a x y; b x z; c a b", "a x y; b z x; c a b", "a y x; b z x; c a b")
DIAMONDS = ("a x y; b a z; c b w; d a c", "a x y; b a z; c b w; d c a", "a x y; b a a; c b a")


def nothing_arrives(probe: Probe) -> str:
    """The mistake of a sweep that leaves every gradient at 0; empty where one is not 0."""
    gradients = [
        probe.gradient(
            Program(("x", "y")[:count], (0.5, 2.0)[:count], (Line("out", name, ("x", "y")[:count]),))
        )
        for name in probe.engine.operations
        if (count := operation(name).least) <= 2
    ]
    numbers = [g for gradient in gradients for g in gradient or ()]
    return NOTHING if numbers and not any(numbers) else ""


def wrong_seed(probe: Probe) -> str:
    """The mistake of a sweep that does not begin with 1; empty where it does, or where none tells."""
    tape = probe.engine.tape
    if tape is None:
        return ""
    try:
        x = tape.variable(3.0)
        tape.backward(x)
        gradient = float(tape.gradient(x) or 1.0)
    except Exception:
        return ""
    return "" if agree(gradient, 1.0) else SEED.format(g="{g}", gradient=gradient)


def sweep_cause(probe: Probe, spelling: Spelling, program: Program) -> str:
    """The mistake of the sweep that the program shows; empty where none fits."""
    sound = probe.sound()
    for name in sound:
        if any(probe.is_right(_shape(name, "a x y; b a z", **numbers)) is False for numbers in CHAINS):
            return _of_chains(probe, name).format(out=spelling.gradient.format("out"))
    for name in sound:
        separate = "a x y; b z w; c a b"
        if probe.is_right(_shape(name, separate, z=2.0, w=3.0)) is False and probe.is_right(
            _shape(name, separate)
        ):
            return EQUAL_NUMBERS
    if _goes_with_other_numbers(probe, program):
        return EQUAL_NUMBERS
    if _has_several_uses(program):
        causes = (_of_uses(probe, name) for name in sound)
        return next(filter(None, causes), "").format(g=spelling.gradient.format("self"))
    return ""


def _has_several_uses(program: Program) -> bool:
    names = [name for line in program.lines for name in line.names]
    return len(set(names)) < len(names)


def _of_chains(probe: Probe, op: str) -> str:
    """The mistake that a result within a chain shows."""
    chains = [_shape(op, "a x y; b a z", **numbers) for numbers in CHAINS]
    alone = probe.right_gradient(_shape(op, "a x y"))
    gradients = [got[:2] for chain in chains if (got := probe.gradient(chain))]
    if len(gradients) < len(chains) or alone is None:
        return ""
    if not any(map(any, gradients)):
        return ENDS_EARLY
    return LOCAL_ONLY if all(same(got, alone) for got in gradients) else ""


def _of_uses(probe: Probe, op: str) -> str:
    """The mistake that programs of one operation show, which use a variable or a result several times."""
    for text in TWICE:
        twice = _shape(op, text)
        got, parts = _uses_of_x(probe, twice)
        if probe.is_right(twice) is False and not agree(sum(parts), 0.0):
            if any(agree(got, part) for part in parts):
                return ASSIGNED if _is_one_part(probe) else ""
            return ADDED_TWICE if agree(got, 2 * sum(parts)) else ""
    square = _shape(op, "a x x")
    if probe.is_right(square) is False and probe.right_gradient(square) != (0.0,):
        got, _ = _uses_of_x(probe, square)
        _, parts = _uses_of_x(probe, _shape(op, "a x y", y=2.0))
        others = probe.right_gradient(_shape(op, "a y x", y=2.0)) or ()
        return ONE_OF_TWO_PARENTS if any(agree(got, part) for part in (*parts, *others[:1])) else ""
    thrice = _shape(op, "a x y; b z x; c a b; d c x")
    if probe.is_right(thrice) is False:
        got, parts = _uses_of_x(probe, thrice)
        return THIRD_USE if any(agree(got, sum(parts) - part) for part in parts) else ""
    for text in DIAMONDS:
        diamond = _shape(op, text)
        got, right = _uses_of_x(probe, diamond)[0], probe.right_gradient(diamond)
        if probe.is_right(diamond) is False and right and right[0]:
            return TOO_OFTEN if abs(got) > abs(right[0]) else TOO_EARLY
    return ""


def _is_one_part(probe: Probe) -> bool:
    """Whether two uses with different parts leave one of these, not always the larger; true if none tells."""
    mixed = Program.parse("x = 2.0; y = 3.0; z = 5.0; a = x * y; b = x * z; c = a + b")
    gradients = [probe.gradient(mixed.at(2.0, y, z)) for y, z in 4 * ((3.0, 5.0), (5.0, 3.0))]
    if None in gradients or probe.is_right(mixed) is not False:
        return True
    parts = [gradient[0] for gradient in gradients if gradient]
    return all(agree(x, 3.0) or agree(x, 5.0) for x in parts) and not all(agree(x, 5.0) for x in parts)


def left_over(probe: Probe) -> bool:
    """Whether a second sweep hands on again what the first one left in the results within a graph."""
    tape = probe.engine.tape
    if tape is None:
        return False
    for name in probe.sound():
        chain = _shape(name, "a x y; b a z")
        totals = []
        try:
            variables = [tape.variable(x) for x in chain.point]
            out = chain.function(probe.engine.operations)(*variables)
            for _ in range(2):
                tape.backward(out)
                totals.append(float(tape.gradient(variables[0]) or 0.0))
        except Exception:
            return False
        return any(agree(totals[1], factor * totals[0]) for factor in (3.0, 4.0))  # 4 where the root adds up
    return False


def is_shared(probe: Probe) -> bool:
    """Whether x and y of a sum have one gradient, which changes for both."""
    tape = probe.engine.tape
    if tape is None or not {"add", "mul"} <= {*probe.sound()}:
        return False
    add, mul = probe.engine.operations["add"], probe.engine.operations["mul"]
    try:
        x, y = tape.variable(2.0), tape.variable(3.0)
        tape.backward(add(x, y))
        before = tape.gradient(y)
        tape.backward(mul(x, x))
        return tape.gradient(x) == tape.gradient(y) != before
    except Exception:
        return False


def _uses_of_x(probe: Probe, program: Program) -> tuple[float, list[float]]:
    """The engine's gradient of x, and its right parts, one for each line that uses it."""
    gradient = probe.gradient(program)
    parts = []
    for i, line in enumerate(program.lines):
        if "x" in line.names:
            other = Line(line.name, line.operation, tuple("t" if a == "x" else a for a in line.arguments))
            lines = (*program.lines[:i], other, *program.lines[i + 1 :])
            variables, point = ("t", *program.variables), (program.point[0], *program.point)
            part = probe.right_gradient(Program(variables, point, lines, program.outputs))
            parts.append(part[0] if part else math.nan)
    return gradient[0] if gradient else math.nan, parts


def _goes_with_other_numbers(probe: Probe, program: Program) -> bool:
    """Whether a wrong gradient becomes right where all nodes have different numbers."""
    if not program.is_defined():
        return False
    numbers = list(program.values().values())
    if len({str(x) for x in numbers}) == len(numbers) or probe.is_right(program) is not False:
        return False
    moved = list(_moved(program))
    return bool(moved) and all(probe.is_right(p) for p in moved)


def _moved(program: Program) -> Iterator[Program]:
    """The program with its numbers and constants a little aside, where all nodes have different numbers."""
    for shift in (0.137, 0.291):
        steps = iter(shift * (1 + 0.17 * k) for k in range(10**6))
        lines = tuple(
            Line(
                line.name,
                line.operation,
                tuple(
                    a if isinstance(a, str) or line.operation == "pow" else a + next(steps)
                    for a in line.arguments
                ),
            )
            for line in program.lines
        )
        moved = Program(
            program.variables, tuple(x + next(steps) for x in program.point), lines, program.outputs
        )
        if moved.is_defined():
            numbers = [str(x) for x in moved.values().values()]
            if len(set(numbers)) == len(numbers):
                yield moved


def _shape(operation: str, text: str, **point: float) -> Program:
    """A program of one operation of two numbers, from a text such as "a x y; b a z"."""
    lines = []
    for part in text.split(";"):
        name, *arguments = part.split()
        lines.append(Line(name, operation, tuple(arguments)))
    numbers = {"x": 2.0, "y": 3.0, "z": 5.0, "w": 7.0} | point
    used = [n for n in "xyzw" if any(n in line.arguments for line in lines)]
    return Program(tuple(used), tuple(numbers[n] for n in used), tuple(lines))
