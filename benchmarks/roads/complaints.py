"""The roads of this project's engine, held to the judge."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from autograd._graph.node import DomainError
from autograd.testing._judge.judge import judge
from autograd.testing._programs.program import Program
from autograd.testing._programs.smallest import smallest
from benchmarks.roads.roads import FLOAT32_ROADS, LIBRARY_ROADS, ROADS, SECOND_ORDER_ROADS, outcome

__all__ = ["complaints", "smallest_failure"]

LIBRARY_RTOL = 1e-9  # XLA's exponentials have fewer digits


def complaints(program: Program, roads: Collection[str] | None = None) -> dict[str, str]:
    """The roads whose results the judge does not accept, with its complaint about each.

    Args:
        program: of one output.
        roads: their names; by default all that need no other library.

    >>> from autograd.testing import Line
    >>> complaints(Program(("x",), (0.5,), (Line("a", "exp", ("x",)),)))
    {}
    """
    everything = {**ROADS, **FLOAT32_ROADS, **SECOND_ORDER_ROADS}
    chosen = everything if roads is None else roads
    second = bool(SECOND_ORDER_ROADS.keys() & chosen)
    right = judge(program, 2 if second else 1)
    single = judge(program, dtype="float32") if FLOAT32_ROADS.keys() & chosen else right
    result = {}
    for name in chosen:
        try:
            if name in SECOND_ORDER_ROADS:
                complaint = right.hessian_complaint(_hessian(name, program))
            elif name in LIBRARY_ROADS:
                complaint = right.complaint(*outcome(LIBRARY_ROADS[name], program), LIBRARY_RTOL)
            elif name in FLOAT32_ROADS:
                complaint = single.complaint(*outcome(FLOAT32_ROADS[name], program))
            else:
                complaint = right.complaint(*outcome(ROADS[name], program))
        except Exception as error:
            complaint = f"crashes: {type(error).__name__}: {error}"
        if complaint:
            result[name] = complaint
    return result


def _hessian(name: str, program: Program) -> tuple[tuple[float, ...], ...] | None:
    try:
        return SECOND_ORDER_ROADS[name](program)
    except DomainError:
        return None


def smallest_failure(program: Program, road: str) -> tuple[Program, str]:
    """The smallest program on which a road fails as it does on this one, and the complaint there."""

    def kind(p: Program) -> str:
        words = _only(complaints(p, [road])).split()
        return " ".join(words[:3])

    small = smallest(program, kind)
    return small, _only(complaints(small, [road]))


def _only(result: Mapping[str, str]) -> str:
    return next(iter(result.values()), "")
