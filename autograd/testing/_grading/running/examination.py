"""All laws on one engine, each under a limit of time, with the likely cause of each violation."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np

from autograd.testing._engines.engine import Engine, Gradient
from autograd.testing._grading.causes.causes import cause_of
from autograd.testing._grading.files.spelling import Spelling, number_text
from autograd.testing._grading.results import LawResult
from autograd.testing._grading.running.limits import time_limit
from autograd.testing._laws.collection import laws
from autograd.testing._laws.law import Law
from autograd.testing._laws.trial import Form, form_of
from autograd.testing._laws.violation import Violation
from autograd.testing._programs.program import Program

__all__ = ["LAW_SECONDS", "chosen_laws", "examine"]

PROGRAM_SECONDS = 2.0
LAW_SECONDS = 15.0
CAUSE_SECONDS = 5.0
WIDTH = 90


class _Limited(Engine):
    """An engine that has two seconds for each program."""

    def run(self, program: Program) -> tuple[float, Gradient]:
        with time_limit(PROGRAM_SECONDS):
            return super().run(program)


def chosen_laws(names: Collection[str] | None) -> dict[str, Law]:
    """The laws of these names, in the order of blame; all of them by default.

    Raises:
        ValueError: for a name that no law has.
    """
    if names is None:
        return dict(laws)
    if unknown := [name for name in names if name not in laws]:
        raise ValueError(f"no law is called {unknown[0]!r}; there are {', '.join(laws)}")
    return {name: law for name, law in laws.items() if name in names}


def examine(
    engine: Engine, spelling: Spelling, names: Collection[str] | None = None, seed: int = 0
) -> Iterator[LawResult]:
    """The result of each law, in the order of blame.

    An operation that is wrong by itself is left out of later laws. A cause is told once: a law that is broken for the same
    reason follows from the first one.
    """
    limited = _limited(engine)
    broken: dict[str, str] = {}
    wrong: set[Form] = set()
    for law in chosen_laws(names).values():
        result = LawResult(law.name, law.statement, "held")
        if reason := law.reason_to_skip(engine):
            yield replace(result, verdict="skipped", reason=reason)
            continue
        try:
            with time_limit(LAW_SECONDS):
                violations = law.violations(limited, rng=np.random.default_rng(seed), without=wrong)
        except TimeoutError:
            broken[law.name] = ""
            yield replace(result, verdict="broken", outcome=f"it does not end within {LAW_SECONDS:g} s")
            continue
        if not violations:
            yield result
            continue
        cause = _cause(limited, spelling, violations[0])
        follows = next((name for name in broken if cause and broken[name] == cause), "")
        follows = follows or next((name for name in law.follows if name in broken and not cause), "")
        broken[law.name] = cause
        if law.is_about_operations:
            wrong.update(form_of(line) for v in violations for line in v.program.lines)
        yield replace(
            result,
            verdict="broken",
            example=spelling.example(violations[0].script, WIDTH),
            outcome=_outcome(spelling, violations[0]),
            cause="" if follows else cause,
            follows=follows,
        )


def _limited(engine: Engine) -> Engine:
    return _Limited(**vars(engine))


def _cause(engine: Engine, spelling: Spelling, violation: Violation) -> str:
    try:
        with time_limit(CAUSE_SECONDS):
            return cause_of(engine, spelling, violation)
    except Exception:  # an engine that fails in a new way leaves a violation without a cause
        return ""


def _outcome(spelling: Spelling, violation: Violation) -> str:
    """The engine's number and the right one."""
    if not violation.quantity:
        return f"raises {violation.got}"
    quantity = spelling.quantity(violation.quantity)
    got, expected = number_text(violation.got), number_text(violation.expected)
    if got == expected:
        got, expected = repr(violation.got), repr(violation.expected)
    right = f"{violation.expected_from} is {expected}" if violation.expected_from else f"right is {expected}"
    return f"{quantity} is {got}; {right}"
