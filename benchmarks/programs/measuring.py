"""How soon a mistake is found by drawn programs, and how small the program that shows it becomes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from autograd.testing import Engine, Program, expressions, random_program, smallest
from autograd.testing._engines.adapters import homework_engine
from autograd.testing._engines.homework_bugs import HomeworkBug, homework_source
from benchmarks.programs.comparison import failure

__all__ = ["DESIGNS", "Run", "false_alarms"]

DRAWS = 500


@dataclass(frozen=True)
class Run:
    """One search for a mistake.

    Attributes:
        bug: the mistake.
        draw: the number of the first program that failed, None where none did.
        shrunk: the program that Hypothesis ended with, or the program as it was drawn.
        smallest: the result of `smallest` from there.
        seconds: of processor time for shrinking, and for `smallest`.
    """

    bug: str
    draw: int | None = None
    shrunk: Program | None = None
    smallest: Program | None = None
    seconds: tuple[float, float] = (0.0, 0.0)


def _options(engine: Engine) -> dict[str, Any]:
    return {"operations": list(engine.operations), "constants": engine.constants}


def with_hypothesis(bug: HomeworkBug, number: int) -> Run:
    """A property test of a faulty engine by the strategy `expressions`."""
    engine = homework_engine(homework_source(bug))
    fails = failure(engine)
    draws, first, start = 0, None, 0.0
    shrunk: Program | None = None

    @settings(
        max_examples=DRAWS,
        deadline=None,
        database=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
    )
    @seed(number)
    @given(expressions(**_options(engine)))
    def test(program: Program) -> None:
        nonlocal draws, first, start, shrunk
        draws += 1
        if kind := fails(program):
            if first is None:
                first, start = draws, time.process_time()
            shrunk = program
            raise AssertionError(f"the engine is wrong: {kind}")

    try:
        test()
    except AssertionError:
        end = time.process_time()
    else:
        return Run(bug.name)
    assert shrunk is not None
    return _minimized(bug, first, shrunk, engine, end - start)


def with_generator(bug: HomeworkBug, number: int) -> Run:
    """Random programs of a seed, until the faulty engine fails."""
    engine = homework_engine(homework_source(bug))
    fails = failure(engine)
    rng = np.random.default_rng(number)
    for draw in range(1, DRAWS + 1):
        program = random_program(rng, **_options(engine))
        if fails(program):
            return _minimized(bug, draw, program, engine, 0.0)
    return Run(bug.name)


def _minimized(bug: HomeworkBug, draw: int | None, program: Program, engine: Engine, seconds: float) -> Run:
    start = time.process_time()
    least = smallest(program, failure(engine), **_options(engine))
    return Run(bug.name, draw, program, least, (seconds, time.process_time() - start))


DESIGNS: dict[str, Callable[[HomeworkBug, int], Run]] = {
    "expressions, shrunk by Hypothesis, then smallest": with_hypothesis,
    "random_program, then smallest": with_generator,
}


def false_alarms(count: int) -> list[tuple[Program, Any]]:
    """The programs, of a number of random ones, on which the right engine is called wrong."""
    engine = homework_engine(homework_source())
    fails, rng = failure(engine), np.random.default_rng(0)
    programs = (random_program(rng, **_options(engine)) for _ in range(count))
    return [(program, kind) for program in programs if (kind := fails(program))]
