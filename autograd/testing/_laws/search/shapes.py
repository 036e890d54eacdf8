"""Programs of every shape for the laws: small ones that are written down here, and random ones."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from typing import Any

from autograd.testing._laws.search.trial import Trial
from autograd.testing._programs.drawing.random_programs import random_program
from autograd.testing._programs.operations import Operation, operations
from autograd.testing._programs.program import Line, Program
from autograd.testing._programs.rewriting import pruned

__all__ = ["chains", "graphs", "is_any", "is_chain", "is_moderate", "shares_a_leaf", "shares_a_result"]

CHAINS = (
    "a = x * 2.0; b = a * 3.0", "a = x * 2.0; b = a + 1.0", "a = x + 1.0; b = a * 3.0", "a = -x; b = exp(a)",
    "a = exp(x); b = log(a)", "a = tanh(x); b = sigmoid(a)",
    "a = sin(x); b = cos(a)", "a = 2.0 / x; b = 3.0 - a",
)  # fmt: skip
USES_OF_A_LEAF = (
    "a = x * x", "a = x + x", "a = x - x", "a = x / x", "a = x + x; b = a + x", "a = x * x; b = a * x",
    "a = exp(x); b = a * x", "a = exp(x); b = x + a", "a = -x; b = x * a",
    "a = sin(x); b = tanh(x); c = a * b", "a = x * 2.0; b = x + 1.0; c = a * b", "a = x + y; b = a + x",
    "a = x + y; b = y * a", "a = x * y; b = x * a", "a = x + x; b = a + x; c = b + x",
    "a = x - y; b = a * x; c = y + b",
)  # fmt: skip
USES_OF_A_RESULT = (
    "a = x + 1.0; b = a * a", "a = exp(x); b = a * a", "a = x * 2.0; b = a + a", "a = x + y; b = a * a",
    "a = x * 2.0; b = a + a; c = b + b", "a = x * y; b = a * a; c = b * a", "a = exp(x); b = -a; c = a + b",
    "a = x * 2.0; b = a * 3.0; c = a + b", "a = x * 2.0; b = a * 3.0; c = b + a",
    "a = x * 2.0; b = a * 3.0; c = b * 0.5; d = a + c", "a = x * 2.0; b = a * 3.0; c = b * 0.5; d = c + a",
    "a = x + y; b = a * x; c = a + b; d = c * a", "a = x + y; b = a + a; c = a + b; d = c + a",
)  # fmt: skip
POINT = "x = 0.5; y = 2.0; "

SMALLEST, LARGEST = 2.0**-10, 2.0**10  # of the numbers in a random program, so that 32 bits will do
LINES = 6


@functools.cache
def written_programs() -> tuple[Program, ...]:
    """The small programs of this room."""
    return tuple(
        pruned(Program.parse(POINT + text)) for text in (*CHAINS, *USES_OF_A_LEAF, *USES_OF_A_RESULT)
    )


def graphs(trial: Trial) -> Iterator[Program]:
    """Programs of any shape: small ones first, then random ones of moderate numbers."""
    yield from filter(trial.allows, written_programs())
    names = [operation.name for operation in _operations(trial)]

    def draw() -> Program:
        return random_program(
            trial.draws.rng, operations=names, max_lines=LINES, constants=trial.engine.constants
        )

    for program in trial.draws.of_kind("graphs", draw) if names else ():
        if program.lines and is_moderate(program) and trial.allows(program):
            yield program


def chains(trial: Trial) -> Iterator[Program]:
    """Programs of one path."""
    yield from (program for program in written_programs() if is_chain(program))
    choices = _operations(trial)
    if choices:
        yield from trial.draws.of_kind("chains", lambda: _random_chain(trial, choices))


def _operations(trial: Trial) -> list[Operation]:
    return [o for o in operations().values() if o.row and o.name in trial.engine.operations]


def _random_chain(trial: Trial, choices: list[Operation]) -> Program:
    """Two to four operations, each on the result of the one before and on constants."""

    def pick(items: Any) -> Any:
        return items[int(trial.draws.rng.random() * len(items))]

    program = Program(("x",), (pick((0.5, 2.0, -1.0, 1.5, -0.75, 3.0)),), ())
    for name in "abcd"[: pick((2, 3, 4))]:
        chosen = pick(choices)
        constants = trial.engine.constants.get(chosen.name, ())
        path = pick([i for i in range(chosen.least) if i not in constants])
        arguments = [program.outputs[0] if i == path else pick((2.0, 0.5, 3.0)) for i in range(chosen.least)]
        line = Line(name, chosen.name, tuple(arguments))
        longer = Program(("x",), program.point, (*program.lines, line))
        if trial.allows(longer) and is_moderate(longer):
            program = longer
    return program


def is_moderate(program: Program) -> bool:
    """Whether all numbers of a program are 0 or of ordinary size."""
    if not program.is_defined():
        return False
    constants = (a for line in program.lines for a in line.arguments if isinstance(a, float))
    return all(not x or SMALLEST <= abs(x) <= LARGEST for x in (*program.values().values(), *constants))


def is_any(program: Program) -> bool:
    """True, as for a law about programs of every shape."""
    return True


def is_chain(program: Program) -> bool:
    """Whether one path leads through all lines, and no two of its numbers are nearly equal."""
    if program.size < 2:
        return False
    values = [f"{x:.9g}" for x in program.values().values()]
    is_path = len(program.variables) == 1 == max(_uses(program).values())
    return is_path and len(set(values)) == len(values)


def shares_a_leaf(program: Program) -> bool:
    """Whether a variable is used several times, and no result is."""
    uses = _uses(program)
    return max(uses[name] for name in program.variables) > 1 and not shares_a_result(program)


def shares_a_result(program: Program) -> bool:
    """Whether a result is used several times."""
    uses = _uses(program)
    return any(uses[line.name] > 1 for line in program.lines)


def _uses(program: Program) -> Counter[str]:
    return Counter(name for line in program.lines for name in line.names)
