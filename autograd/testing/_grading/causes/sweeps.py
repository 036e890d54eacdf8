"""Mistakes in the backward sweep: gradients that are lost, overwritten, handed on too early or too often.

Programs of a few shapes tell them apart, of operations whose own derivatives are right.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd.testing._grading.causes.probes import Probe, agree, same
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._programs.operations import operation
from autograd.testing._programs.program import Line, Program

__all__ = ["nothing_arrives", "sweep_cause"]


EQUAL_NUMBERS = (
    "Two nodes with the same number are taken for one: the set of visited nodes must hold "
    "the nodes themselves, not their "
    "numbers (and a class with __eq__ needs __hash__ = object.__hash__)."
)


NOTHING = (
    "The sweep adds nothing to any gradient: it must set the gradient of the result to 1, "
    "and then go through the nodes from the "
    "result back to the variables, where each one adds to the gradients of those it was made from."
)


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


def sweep_cause(probe: Probe, spelling: Spelling, program: Program) -> str:
    """The mistake of the sweep that the program shows; empty where none fits."""
    g = spelling.gradient.format("self")
    for name in probe.sound():
        if cause := _of_shapes(probe, name, g):
            return cause
    return EQUAL_NUMBERS if _goes_with_other_numbers(probe, program) else ""


def _of_shapes(probe: Probe, op: str, g: str) -> str:
    """The mistake that programs of one operation show."""
    line = _shape(op, "a x y")
    if probe.is_right(_shape(op, "a x y; b a z")) is False and probe.is_right(line):
        return _of_chains(probe, op, g)
    separate = "a x y; b z w; c a b"
    if probe.is_right(_shape(op, separate, z=2.0, w=3.0)) is False and probe.is_right(_shape(op, separate)):
        return EQUAL_NUMBERS
    two_lines = _shape(op, "a x y; b x z; c a b")
    if probe.is_right(two_lines) is False:
        return _of_two_uses(probe, two_lines, g)
    if probe.is_right(_shape(op, "a x x")) is False:
        return (
            "A node that is used twice in one operation, as in x * x, gets one of its two "
            "gradients: keep the parents in a "
            "list or tuple, with each use (a set, or a dict, keeps one of two)."
        )
    if probe.is_right(_shape(op, "a x y; b x z; c a b; d c x")) is False:
        return f"A node gets no gradient from its third use on: each use adds to {g}, however many there are."
    for text in ("a x y; b a z; c b w; d a c", "a x y; b a z; c b w; d c a", "a x y; b a a; c b a"):
        diamond = _shape(op, text)
        if probe.is_right(diamond) is False:
            return _of_diamonds(probe, op, diamond, g)
    return ""


def _of_chains(probe: Probe, op: str, g: str) -> str:
    chain = _shape(op, "a x y; b a z")
    if not same(chain.point, (2.0, 3.0, 5.0)):
        return ""
    got, right = probe.gradient(chain), probe.right_gradient(chain)
    if got is None or right is None:
        return ""
    alone = probe.right_gradient(_shape(op, "a x y"))
    if not any(got[:2]) and any(right[:2]):
        return "The sweep ends at the last operation: it must go on to the nodes from which that was made."
    if alone is not None and same(got[:2], alone) and not same(got[:2], right[:2]):
        return (
            "The gradient of the result is left out: each operation multiplies its "
            "derivative by the gradient of its result "
            "(out.grad)."
        )
    return ""


def _of_two_uses(probe: Probe, program: Program, g: str) -> str:
    got, right = probe.gradient(program), probe.right_gradient(program)
    assert got is not None
    assert right is not None
    parts = _parts(probe, program)
    if parts and any(agree(got[0], part) for part in parts):
        return (
            f"The gradient of a node that is used twice is assigned, not added: write {g} += …, "
            f"not {g} = …, so that each use adds its part."
        )
    if agree(got[0], 2 * right[0]):
        return (
            "The gradient of a node that is used twice is added twice: visit each node once, "
            "in a set of visited nodes."
        )
    return ""


def _of_diamonds(probe: Probe, op: str, program: Program, g: str) -> str:
    """A result that is used twice, where a variable that is used twice is right."""
    got, right = probe.gradient(program), probe.right_gradient(program)
    assert got is not None
    assert right is not None
    if got[0] and right[0] and abs(got[0]) > abs(right[0]) * 1.001:
        return (
            "The gradient of a result that is used twice is handed on once for each use, "
            "and so too often: visit each node once "
            "(remember the visited ones in a set), and set the gradients of results to 0 before the sweep."
        )
    return (
        "A result that is used twice hands its gradient on before all uses have added to "
        "it: go through the nodes in reverse "
        "topological order, each one after all nodes that use it."
    )


def _parts(probe: Probe, program: Program) -> list[float]:
    """The two parts of the gradient of x, which is used by the first line and by the second one."""
    lines = program.lines
    parts = []
    for i in (0, 1):
        renamed = [
            Line(line.name, line.operation, ("t", *line.arguments[1:])) if k == i else line
            for k, line in enumerate(lines)
        ]
        separate = Program(
            ("t", *program.variables), (program.point[0], *program.point), tuple(renamed), program.outputs
        )
        gradient = probe.right_gradient(separate)
        if gradient is not None:
            parts.append(gradient[0])
    return parts


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
