"""A guard of the engine's state, and failing programs as scripts, for `chainrule._pytest_plugin`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd._graph.context import PAUSES, WATCHES
from autograd._graph.primitive import PRIMITIVES
from autograd._table.readings import ARRAYS, FLOATS, NODES
from autograd.extend import _define, _registry
from autograd.testing._programs.program import Program
from autograd.testing._programs.script import script

__all__ = ["EngineState", "OwnRows", "programs", "sections"]

STATES = {"no_grad()": PAUSES, "detect_anomaly()": WATCHES}


class OwnRows:
    """The rows from outside that are defined now."""

    def __init__(self) -> None:
        self.places, self.keys = {*_registry._latest}, {*PRIMITIVES}

    def restore(self) -> None:
        """Take all that were defined since then out of the table."""
        for place in _registry._latest.keys() - self.places:
            _define._retire(_registry._latest.pop(place))
        for key in [key for key in PRIMITIVES if key not in self.keys and "__" in key]:
            for names in (PRIMITIVES, FLOATS, ARRAYS, NODES):
                names.pop(key, None)


class EngineState:
    """The blocks `no_grad()` and `detect_anomaly()` of this context, and the rows from outside.

    >>> from autograd import no_grad
    >>> state = EngineState()
    >>> block = no_grad()
    >>> mark = block.__enter__()
    >>> state.restore(), state.restore()
    (['no_grad()'], [])
    """

    def __init__(self) -> None:
        self.rows = OwnRows()
        self.marks = {name: tuple(state.active()) for name, state in STATES.items()}

    def restore(self) -> list[str]:
        """Restore the state, and name the blocks that were still on."""
        self.rows.restore()
        names = []
        for name, state in STATES.items():
            more = [mark for mark in state.active() if mark not in self.marks[name]]
            for mark in more:
                mark.ended = True
            if more:
                names.append(name)
                state.marks.set(self.marks[name])
                state.switch()
        return names


def sections(error: BaseException) -> list[tuple[str, str]]:
    """The parts of a test's report on the programs with which it failed: each as a script that runs alone."""
    return [("program of the failing example", _as_script(program)) for program in programs(error)]


def _as_script(program: Program) -> str:
    out = program.outputs[0]
    drawing = f'# import viz; viz.render(viz.draw({out}), "program.svg")      # draws the graph'
    return f"{script(program)}\n{drawing}"


def programs(error: BaseException) -> list[Program]:
    """The programs that an error, or one of its group or causes, is about: in its attribute `program`, or
    else the innermost local variable."""
    programs: dict[Program, None] = {}
    for each in _errors(error, set()):
        program = getattr(each, "program", None)
        if isinstance(program, Program) or (program := _local(each)) is not None:
            programs[program] = None
    return list(programs)


def _errors(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    if id(error) in seen:
        return
    seen.add(id(error))
    yield error
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _errors(each, seen)
    for cause in (error.__cause__, error.__context__):
        if cause is not None:
            yield from _errors(cause, seen)


def _local(error: BaseException) -> Program | None:
    """The program among the local variables of the innermost frame that has one."""
    program, step = None, error.__traceback__
    while step is not None:
        variables: dict[str, Any] = step.tb_frame.f_locals
        program = next((x for x in variables.values() if isinstance(x, Program)), program)
        step = step.tb_next
    return program
