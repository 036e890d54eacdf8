"""Laws about what a sweep leaves behind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from autograd.testing._engines.engine import Tape
from autograd.testing._laws.paths import SWEEP
from autograd.testing._laws.search.law import Law
from autograd.testing._laws.search.shapes import graphs
from autograd.testing._laws.search.trial import Numbers, Trial, agree
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.program import Program

__all__ = ["ALIASING", "FAILURE", "SECOND", "STATE"]

ANOTHER = tuple(
    Program.parse(f"x = 1.0; {text}")
    for text in ("a = x * x; b = a + x", "a = x + x", "a = x * 3.0", "a = exp(x)", "a = tanh(x)")
)
UNDEFINED = tuple(
    map(Program.parse, ("x = -1.0; a = log(x)", "x = 0.0; a = x * 2.0; b = 1.0 / a", "x = 1e4; a = exp(x)"))
)


def gradients(tape: Tape, variables: list[Any]) -> Numbers:
    """The gradients of variables as plain numbers, which a later sweep cannot change."""
    return tuple(float(tape.gradient(x) or 0.0) for x in variables)


def first_change(
    trial: Trial, program: Program, first: Numbers, again: Numbers, when: str
) -> Violation | None:
    """The first number of a program that is another one the second time, by more than rounding.

    Rounding is forgiven: an engine with a set of nodes adds in an order that depends on their addresses.
    """
    tolerances = trial.tolerances(program)
    if tolerances is None:
        return None
    for name, x, y, tolerance in zip(("", *program.variables), first, again, tolerances, strict=True):
        if not agree(x, y, tolerance):
            quantity = f"{name}.grad" if name else "out.data"
            return trial.violation(program, f"{quantity}, {when},", y, x, "the first time it", name or None)
    return None


def second_backward(trial: Trial) -> Iterator[Violation]:
    """Two sweeps of one graph: from its output twice, and from a result within it as well."""
    tape = trial.engine.tape
    factors: set[float] = set()  # 2 of engines that accumulate, 1 of those that replace

    def test(program: Program) -> Violation | None:
        tolerances = trial.tolerances(program)
        if tape is None or tolerances is None:
            return None
        output, inner = program.outputs[0], program.lines[0].name
        nodes_of = replace(program, outputs=(output, inner)).function(trial.engine.operations)
        for root in dict.fromkeys((output, inner)):
            alone = replace(program, outputs=(root,)).without_unused_lines()
            try:
                variables = [tape.variable(x) for x in program.point]
                nodes = dict(zip((output, inner), nodes_of(*variables), strict=True))
                tape.backward(nodes[output])
                first = gradients(tape, variables)
                of_root = trial.run(alone)[1:]
                tape.backward(nodes[root])
                second = gradients(tape, variables)
            except Exception:
                return None  # an engine may give up a graph that was swept
            entries = zip(program.variables, second, first, of_root, tolerances[1:], strict=True)
            for name, got, before, own, slack in entries:
                totals = {2.0: before + own, 1.0: own}
                if not before or not own:
                    continue
                fitting = {factor for factor, total in totals.items() if agree(got, total, 4.0 * slack)}
                if len(fitting) == 1 and not factors:
                    factors.update(fitting)
                if not fitting & (factors or fitting):
                    right = " or ".join(str(totals[factor]) for factor in sorted(factors or totals))
                    script = f"{trial.script(program)}; {'out' if root == output else root}.backward()"
                    return trial.violation(program, f"{name}.grad", got, right, variable=name, script=script)
        return None

    return trial.first(graphs(trial), test)


def aliasing(trial: Trial) -> Iterator[Violation]:
    """A sweep of another graph, on one of the variables: the gradients of the others stay as they are."""
    tape = trial.engine.tape
    another = next(filter(trial.allows, ANOTHER[1:]), None)

    def test(program: Program) -> Violation | None:
        if tape is None or another is None:
            return None
        for i, moved in enumerate(program.variables):
            try:
                variables = [tape.variable(x) for x in program.point]
                tape.backward(program.function(trial.engine.operations)(*variables))
                before = gradients(tape, variables)
                tape.backward(another.function(trial.engine.operations)(variables[i]))
                after = gradients(tape, variables)
            except Exception:
                return None
            right = another.lines[0].with_names({"x": moved}).expression(trial.engine.methods)
            script = f"{trial.script(program)}; other = {right}; other.backward()"
            for j, name in enumerate(program.variables):
                got, expected = after[j], before[j]
                if j != i and not agree(got, expected, 0.0):
                    expected_from = "before the second sweep it"
                    return trial.violation(
                        program, f"{name}.grad", got, expected, expected_from, name, script
                    )
        return None

    return trial.first((p for p in graphs(trial) if len(p.variables) > 1), test)


def repeatable(trial: Trial) -> Iterator[Violation]:
    """The same program twice, and once more after another program."""
    another = next(filter(trial.allows, ANOTHER), None)

    def test(program: Program) -> Violation | None:
        try:
            first = trial.run(program)
        except Exception:
            return None
        for between in (None, another):
            try:
                if between:
                    trial.run(between)
                again = trial.run(program)
            except Exception as error:
                return trial.failure(program, error, f"{trial.script(program)}  # a second time")
            when = "after another program" if between else "the second time"
            if violation := first_change(trial, program, first, again, when):
                return violation
        return None

    return trial.first(graphs(trial), test)


def after_failure(trial: Trial) -> Iterator[Violation]:
    """A program, a program that fails, and the first program again."""
    engine = trial.engine

    def interrupted(*xs: Any) -> Any:
        for program in ANOTHER:
            if trial.allows(program):
                program.function(engine.operations)(xs[0])
        raise ArithmeticError

    failing = [(p.function(engine.operations), p.point) for p in UNDEFINED if trial.allows(p)]

    def test(program: Program) -> Violation | None:
        try:
            first = trial.run(program)
        except Exception:
            return None
        for f, point in ((interrupted, (1.0,)), *failing):
            for attempt in (engine.evaluate, engine.gradient):
                with contextlib.suppress(Exception):
                    attempt(f, point)
        try:
            again = trial.run(program)
        except Exception as error:
            return trial.failure(program, error, f"{trial.script(program)}  # after a program that failed")
        return first_change(trial, program, first, again, "after a program that failed")

    return trial.first(graphs(trial), test)


SECOND = Law(
    "a second backward",
    "a second sweep adds ∂out/∂x to x.grad, or replaces x.grad by it; no result within the graph adds up too",
    second_backward,
    needs=("tape",),
    follows=SWEEP,
)
ALIASING = Law(
    "gradients of their own",
    "x.grad and y.grad are two numbers: a sweep that does not reach y leaves y.grad alone",
    aliasing,
    needs=("tape",),
    follows=SWEEP,
)
STATE = Law(
    "no state left behind",
    "a program gives the same numbers when it is run again, and after another program",
    repeatable,
    follows=SWEEP,
)
FAILURE = Law(
    "reuse after a failed program",
    "a program gives the same numbers after another one that raised an exception",
    after_failure,
    follows=("no state left behind",),
)
