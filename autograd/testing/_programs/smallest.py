"""The smallest program that still fails, by steps on the program itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from autograd.testing._programs.lines import Argument, Line
from autograd.testing._programs.numbers import plainness
from autograd.testing._programs.operations import operation, operations
from autograd.testing._programs.program import Program
from autograd.testing._programs.rewriting import (
    at_variable,
    numbers,
    pruned,
    simpler,
    substituted,
    with_numbers,
    with_variables,
)

__all__ = ["error_type", "smallest"]
LONG = 40  # lines from which on only whole runs of lines are changed
VARIABLE, CONSTANT, LINE = 0, 1, 2  # the ranks of arguments


def smallest(
    program: Program,
    fails: Callable[[Program], Any],
    *,
    operations: Collection[str] | None = None,
    constants: Mapping[str, tuple[int, ...]] | None = None,
) -> Program:
    """The smallest program that shows the same failure.

    Lines become one of their arguments, a variable or a constant; two lines become one; variables, outputs
    and arguments are dropped; operations and numbers become simpler. Each step makes the program smaller in a
    fixed order, so the search ends, and the same program and `fails` give the same result.

    Args:
        program: fails.
        fails: tells of a program whether it shows the failure: false where it does not; else true, or the
            kind of its failure, such as the type of an exception or ``"wrong gradient"``. A smaller program
            counts only with an equal kind, and where `fails` raises it does not count. `error_type` makes one
            of a function that raises, as a test does.
        operations: names of the operations that may stand in the result, beside those of the program.
        constants: inputs that have to be constants, as an `Engine` has them: ``{"pow": (1,)}``.

    Raises:
        ValueError: where the program does not fail.

    Where every line of the program has a finite number, so has every line of the result.

    >>> program = Program.parse("x = 0.7; y = 3.1; a = sin(x); b = a * y; c = exp(b); d = c + a")
    >>> smallest(program, lambda p: "mul" in p.operations)
    Program.parse('x = 1.0; a = x * x')
    """
    kind = fails(program)
    if not kind:
        raise ValueError(f"the program does not fail: fails(program) is {kind!r}")
    allowed = program.operations if operations is None else frozenset(operations) | program.operations
    search = _Search(program, fails, kind, allowed, constants or {})
    search.run()
    for renamed in (with_variables(search.program, program.variables), search.program):
        if search.shows(renamed.with_lines_renamed()):
            return renamed.with_lines_renamed()
    return search.program


def error_type(check: Callable[[Program], object]) -> Callable[[Program], type[BaseException] | None]:
    """The failure of a check that raises, by the type of its error: for `smallest`.

    >>> def check(program):
    ...     assert program.values()["a"] < 4
    >>> program = Program(("x",), (3.0,), (Line("a", "mul", ("x", 2.0)),))
    >>> error_type(check)(program)
    <class 'AssertionError'>
    >>> print(smallest(program, error_type(check), operations=["add"]))
    x = 2.0
    a = x + x
    """

    def kind(program: Program) -> type[BaseException] | None:
        try:
            check(program)
        except Exception as error:
            return type(error)
        return None

    return kind


class _Search:
    """A program that fails, which becomes smaller."""

    def __init__(
        self,
        program: Program,
        fails: Callable[[Program], Any],
        kind: Any,
        allowed: frozenset[str],
        constants: Mapping[str, tuple[int, ...]],
    ) -> None:
        self.program = program
        self.fails = fails
        self.kind = kind
        self.constants = constants
        ranks = {name: rank for rank, name in enumerate(operations()) if name in allowed}
        self.ranks = ranks
        self.stays_defined = program.is_defined()
        self.measure = self.measured(program)
        self.tried: set[Program] = set()

    def shows(self, program: Program) -> bool:
        """Whether a program shows the failure in question."""
        try:
            return bool(self.fails(program) == self.kind)
        except Exception:
            return False

    def accept(self, candidate: Program | None) -> bool:
        """Go on with a candidate, if it is smaller and shows the failure."""
        if candidate is None:
            return False
        measure = self.measured(candidate)
        if measure >= self.measure:
            return False
        if candidate.size < LONG:
            if candidate in self.tried:
                return False
            self.tried.add(candidate)
        if (self.stays_defined and not candidate.is_defined()) or not self.shows(candidate):
            return False
        self.program, self.measure = candidate, measure
        return True

    def measured(self, program: Program) -> Any:
        """The size of a program, which each step lowers."""
        places = {name: (VARIABLE, i) for i, name in enumerate(program.variables)}
        places |= {line.name: (LINE, i) for i, line in enumerate(program.lines)}
        arguments = [a for line in program.lines for a in line.arguments]
        return (
            len(program.lines),
            len(program.outputs),
            len(arguments),
            len(program.variables),
            sum(self.ranks[line.operation] for line in program.lines),
            [places[a] if isinstance(a, str) else (CONSTANT, 0) for a in arguments],
            sorted(map(plainness, numbers(program)), reverse=True),
            [plainness(x) for x in numbers(program)],
        )

    def run(self) -> None:
        """Take steps until none is left."""
        self.accept(pruned(self.program))
        if self.program.size > 8:
            self.remove_blocks()
        measure = None
        while measure != self.measure:
            measure = self.measure
            for candidates in (
                self.fewer_outputs,
                self.fewer_lines,
                self.fewer_variables,
                self.simpler_operations,
                self.simpler_arguments,
                self.simpler_numbers,
            ):
                self.exhaust(candidates)

    def exhaust(self, candidates: Callable[[], Iterator[Program | None]]) -> None:
        """Try candidates; those of the smaller program after each success."""
        while any(map(self.accept, candidates())):
            pass

    def remove_blocks(self) -> None:
        """Blocks of lines stand for their first arguments: halves first, then ever smaller ones."""
        length = len(self.program.lines) // 2
        while length > 1:
            start = len(self.program.lines) - length
            while start > -length:
                lines = self.program.lines[max(start, 0) : start + length]
                removal = {line.name: line.names[0] for line in lines if line.names}
                if self.accept(substituted(self.program, removal, self.constants)):
                    start = min(start, len(self.program.lines)) - length
                elif self.repeats(max(start, 0), length):
                    start = min(start, self.start_of_run(start)) - length
                else:
                    start -= length
            length //= 2

    def repeats(self, start: int, length: int) -> bool:
        """Whether a block lies in a run of one operation, where one block is like another."""
        return self.start_of_run(start + length - 1) < start

    def start_of_run(self, index: int) -> int:
        """The first line of the run of one operation, each on the one before, in which a line lies."""
        lines = self.program.lines
        index = min(index, len(lines) - 1)
        while index > 0:
            line, before = lines[index], lines[index - 1]
            if line.operation != before.operation or before.name not in line.names:
                break
            index -= 1
        return max(index, 0)

    def fewer_outputs(self) -> Iterator[Program | None]:
        outputs = self.program.outputs
        if len(outputs) > 1:
            for i in range(len(outputs)):
                yield pruned(replace(self.program, outputs=(*outputs[:i], *outputs[i + 1 :])))

    def fewer_lines(self) -> Iterator[Program | None]:
        program = self.program
        lines = program.lines
        tried_run = None
        values = program.values() if self.stays_defined else {}
        for i in reversed(range(len(lines))):
            line = lines[i]
            if len(lines) > LONG:
                run = self.start_of_run(i)
                if run == tried_run:
                    continue
                tried_run = run
            targets: list[Argument] = [*line.names, *program.variables]
            if len(lines) <= LONG:
                targets += [earlier.name for earlier in lines[:i]]
            if line.name in values:
                targets.append(values[line.name])
            for target in dict.fromkeys(targets):
                yield substituted(program, {line.name: target}, self.constants)
            if line.name in values:
                for v in program.variables:
                    moved = at_variable(program, v, values[line.name])
                    yield substituted(moved, {line.name: v}, self.constants)

    def fewer_variables(self) -> Iterator[Program | None]:
        program = self.program
        for v, x in zip(program.variables, program.point, strict=True):
            targets: list[Argument] = [w for w in program.variables if w != v]
            for target in [*targets, x, 1.0]:
                yield substituted(program, {v: target}, self.constants)
            for w, y in zip(program.variables, program.point, strict=True):
                if w != v and x != y:
                    yield substituted(at_variable(program, w, x), {v: w}, self.constants)

    def simpler_operations(self) -> Iterator[Program | None]:
        program = self.program
        for name in sorted(program.operations, key=self.ranks.__getitem__, reverse=True):
            for other in self.simpler_than(name):
                yield self.with_lines(
                    self.performing(line, other) if line.operation == name else line for line in program.lines
                )
        if len(program.lines) > LONG:
            return
        for i, line in enumerate(program.lines):
            for shorter in self.with_fewer_arguments(line):
                yield self.with_line(i, shorter)
            for other in self.simpler_than(line.operation):
                yield self.with_line(i, self.performing(line, other))

    def simpler_than(self, name: str) -> Iterator[str]:
        return (other for other, rank in self.ranks.items() if rank < self.ranks[name])

    def performing(self, line: Line, name: str) -> Line | None:
        """A line with another operation, where that takes its arguments."""
        return self.line(line.name, name, line.arguments)

    def line(self, result: str, name: str, arguments: tuple[Argument, ...]) -> Line | None:
        """A line, unless it would be none of the language."""
        fixed = self.constants.get(name, ())
        if not operation(name).takes(len(arguments)) or any(isinstance(arguments[i], str) for i in fixed):
            return None
        if not any(isinstance(a, str) for a in arguments):
            return None
        return Line(result, name, arguments)

    def with_fewer_arguments(self, line: Line) -> Iterator[Line | None]:
        count = len(line.arguments)
        for dropped in range(count if count > 1 else 0):
            arguments = line.arguments[:dropped] + line.arguments[dropped + 1 :]
            for name in self.ranks:
                yield self.line(line.name, name, arguments)

    def simpler_arguments(self) -> Iterator[Program | None]:
        program = self.program
        if len(program.lines) > LONG:
            return
        values = program.values() if self.stays_defined else {}
        earlier: list[str] = list(program.variables)
        for i, line in enumerate(program.lines):
            for position, argument in enumerate(line.arguments):
                targets: list[Argument] = [name for name in earlier if name != argument]
                if isinstance(argument, str):
                    targets += [values[argument]] if argument in values else []
                    targets += [1.0, 2.0]
                for target in targets:
                    arguments = (*line.arguments[:position], target, *line.arguments[position + 1 :])
                    yield self.with_line(i, self.line(line.name, line.operation, arguments))
            earlier.append(line.name)

    def simpler_numbers(self) -> Iterator[Program | None]:
        program = self.program
        present = numbers(program)
        for x in sorted(dict.fromkeys(present), key=plainness, reverse=True):
            for y in simpler(x):
                yield with_numbers(program, [y if other == x else other for other in present])
        if len(present) <= LONG:
            for i, x in enumerate(present):
                for y in simpler(x):
                    yield with_numbers(program, [*present[:i], y, *present[i + 1 :]])

    def with_line(self, index: int, line: Line | None) -> Program | None:
        lines = self.program.lines
        return self.with_lines([*lines[:index], line, *lines[index + 1 :]])

    def with_lines(self, lines: Iterable[Line | None]) -> Program | None:
        lines = tuple(lines)
        present = tuple(line for line in lines if line is not None)
        return pruned(replace(self.program, lines=present)) if present == lines else None
