"""All laws on one engine, each under a limit of time, with the likely cause of each violation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np

from autograd.testing._engines.adapters import autograd_engine
from autograd.testing._engines.engine import Engine, Function, Gradient
from autograd.testing._grading.causes.causes import OF_LAWS, cause_of
from autograd.testing._grading.causes.probes import agree
from autograd.testing._grading.files.spelling import Spelling, number_text
from autograd.testing._grading.limits import TimeIsUp, time_limit
from autograd.testing._grading.results import Example, LawResult
from autograd.testing._laws.collection import laws
from autograd.testing._laws.search.law import Law, LawSkipped
from autograd.testing._laws.search.trial import Form, form_of
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.operations import operation
from autograd.testing._programs.program import Program

__all__ = ["LAW_SECONDS", "chosen_laws", "examine"]

PROGRAM_SECONDS = 4.0  # of a loaded machine; a chain of 5000 nodes takes a tenth of one
LAW_SECONDS = 20.0
CAUSE_SECONDS = 5.0
WIDTH = 84
LACKING = "needs operations that the engine lacks"
WEIGHTS = {
    "operations run": 2.0, "values": 2.0, "derivatives of operations": 5.0, "chain rule": 3.0,
    "a leaf used several times": 3.0, "a result used several times": 3.0, "functions of several numbers": 2.0,
}  # fmt: skip


class _Limited(Engine):
    """An engine with a limit of time for each program."""

    def run(self, program: Program) -> tuple[float, Gradient]:
        try:
            with time_limit(PROGRAM_SECONDS):
                return super().run(program)
        except SystemExit as error:
            raise RuntimeError(f"it ends Python with sys.exit({error.code!r})") from error


def chosen_laws(names: Collection[str] | None) -> dict[str, Law]:
    """The laws of these names, in the order of blame; all of them by default.

    Raises:
        ValueError: for a name that no law has, or no name.
        TypeError: for one text in place of a collection.
    """
    if names is None:
        return dict(laws)
    if isinstance(names, str):
        raise TypeError(f"laws is a collection of names, such as [{names!r}]")
    if not names:
        raise ValueError("laws names no law; all are tested by default")
    if unknown := [name for name in names if name not in laws]:
        raise ValueError(f"no law is called {unknown[0]!r}; there are {', '.join(laws)}")
    return {name: law for name, law in laws.items() if name in names}


def examine(
    engine: Engine, spelling: Spelling, names: Collection[str] | None = None, seed: int = 0
) -> Iterator[LawResult]:
    """The result of each law, in the order of blame.

    An operation that is wrong by itself is left out of later laws. A law that is broken for the same reason
    as an earlier one follows from it.
    """
    uses = _Uses()
    limited = uses.counted(engine)
    causes: dict[str, str] = {}
    wrong: set[Form] = set()
    for law in chosen_laws(names).values():
        result = LawResult(law.name, law.statement, "held", WEIGHTS.get(law.name, 1.0))
        if reason := law.reason_to_skip(engine):
            yield replace(result, verdict="skipped", reason=reason)
            continue
        broken = replace(result, verdict="broken", share=0.0)
        if causes and not _usable(engine, wrong):
            yield replace(broken, follows=next(reversed(causes)))
            continue
        uses.count = 0
        try:
            with time_limit(LAW_SECONDS):
                violations = law.violations(limited, rng=np.random.default_rng(seed), without=wrong)
        except LawSkipped as skipped:
            yield replace(result, verdict="skipped", reason=str(skipped))
            continue
        except TimeIsUp as error:
            causes[law.name] = ""
            yield replace(broken, examples=(Example("", str(error)),))
            continue
        if not violations and not uses.count:  # nothing was tried
            if causes and _applies(law, engine):
                yield replace(broken, follows=next(reversed(causes)))
            else:
                yield replace(result, verdict="skipped", reason=LACKING)
            continue
        if not violations:
            yield result
            continue
        # A law about more than one sweep says nothing of its own where a single sweep is wrong.
        names_cause = law.name not in OF_LAWS or not any(name in causes for name in law.follows)
        examples = tuple(_example(limited, spelling, violation, names_cause) for violation in violations)
        share = 0.0
        if law.is_about_operations:
            forms = {form_of(line) for v in violations for line in v.program.lines}
            wrong |= forms
            share = 1 / (1 + len({operation for operation, _ in forms})) if _usable(engine, wrong) else 0.0
            examples = tuple(
                replace(e, operation=v.program.lines[-1].operation)
                for e, v in zip(examples, violations, strict=True)
            )
        follows = _explanation(law, examples[0].cause, causes)
        causes[law.name] = examples[0].cause
        yield replace(broken, share=share, examples=examples, follows=follows)


def _explanation(law: Law, cause: str, causes: Mapping[str, str]) -> str:
    """The first law that is broken for the same reason; where none is known, a law that explains this one."""
    if cause:
        return next((name for name, earlier in causes.items() if earlier == cause), "")
    return next((name for name in law.follows if name in causes), "")


def _usable(engine: Engine, wrong: set[Form]) -> bool:
    """Whether the engine has an operation on nodes that is not wrong by itself."""
    for name in engine.operations:
        constants = engine.constants.get(name, ())
        if (name, tuple(i in constants for i in range(operation(name).least))) not in wrong:
            return True
    return False


class _Uses:
    """The calls of an engine's operations, counted."""

    def __init__(self) -> None:
        self.count = 0

    def counted(self, engine: Engine) -> Engine:
        """The engine with limits of time."""
        return _Limited(
            **vars(engine) | {"operations": {k: self._of(f) for k, f in engine.operations.items()}}
        )

    def _of(self, function: Function) -> Function:
        def call(*args: Any) -> Any:
            self.count += 1
            try:
                return function(*args)
            except (SystemExit, GeneratorExit) as error:  # which would end the laws too
                raise RuntimeError(f"an operation raises {type(error).__name__}({error})") from error

        return call


def _applies(law: Law, engine: Engine) -> bool:
    """Whether a law has programs of an engine's operations, be they right or wrong."""

    def fail(*args: Any) -> NoReturn:
        raise ArithmeticError

    uses = _Uses()
    law.violations(uses.counted(replace(engine, operations=dict.fromkeys(engine.operations, fail))))
    return uses.count > 0


def _example(engine: Engine, spelling: Spelling, violation: Violation, names_cause: bool) -> Example:
    try:
        with time_limit(CAUSE_SECONDS):
            cause = cause_of(engine, spelling, violation) if names_cause else ""
    except Exception:  # an engine that fails in a new way leaves a violation without a cause
        cause = ""
    return Example(spelling.example(violation.script, WIDTH), _outcome(spelling, violation), cause)


def _outcome(spelling: Spelling, violation: Violation) -> str:
    """The engine's number and the right one."""
    if not violation.quantity:
        kind, _, text = str(violation.got).partition(": ")
        return text if kind == TimeIsUp.__name__ else f"raises {violation.got}"
    quantity = spelling.quantity(violation.quantity)
    got, expected = number_text(violation.got), number_text(violation.expected)
    if got == expected:
        got, expected = repr(violation.got), repr(violation.expected)
    origin = "right" if _is_right(violation) else violation.expected_from or "right"
    return f"{quantity} is {got}; {origin} is {expected}"


def _is_right(violation: Violation) -> bool:
    """Whether the expected number is the right gradient, and not only due by other numbers of the engine."""
    program = violation.program
    if violation.variable not in program.variables or isinstance(violation.expected, str):
        return False
    try:
        gradient = autograd_engine().run(program)[1]
    except Exception:  # outside of a domain
        return False
    return agree(gradient[program.variables.index(violation.variable)], violation.expected)
