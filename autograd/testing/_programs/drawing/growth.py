"""Programs are grown from choices: those of a random generator, or of Hypothesis.

A program grows from its result down: an argument is a variable, a constant, a line that is there already,
or a new operation with arguments of its own. Each choice has its simplest outcome first, so a program
shrinks with its choices, and a choice that is deleted takes a whole subexpression away. A line without a
finite number at the point stands for its first argument: no program has to be rejected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from autograd._graph.node import DomainError
from autograd.testing._programs.drawing.language import Language
from autograd.testing._programs.lines import Argument, Line, names
from autograd.testing._programs.numbers import FAR, NICE, SATURATING, ends
from autograd.testing._programs.operations import Operation
from autograd.testing._programs.program import Program, table_operations

__all__ = ["Choices", "grow"]

DEEP = 1000  # the least length of a deep chain: Python's usual limit of recursion
TRIES = 4  # operations of a chain
MOST_NESTED = 100  # operations in operations, below the limit of recursion of this module's own calls
SCALE = 10.0  # of ordinary numbers
NUMBERS = (*NICE, *SATURATING)


class Choices(Protocol):
    """A source of choices, whose simplest outcome is the least whole number, or a number near 0."""

    def integer(self, least: int, most: int) -> int:
        """A whole number of a range, both ends included."""

    def real(self, scale: float) -> float:
        """A number of ordinary size, up to `scale`."""


def grow(choices: Choices, language: Language) -> Program:
    """A program of a language, every line of which has a finite number at the point."""
    growth = _Growth(choices, language)
    outputs = tuple([growth.output() for _ in range(language.outputs)])
    growth.add_unused_variables()
    variables = language.names[: len(growth.point)]
    program = Program(variables, tuple(growth.point), tuple(growth.lines), outputs)
    return program.without_unused_lines().with_lines_renamed()


class _Growth:
    """A program that is being grown: its lines so far and their numbers.

    The operation of a result is the first choice, and a variable has its number only when it is used:
    Hypothesis explores the first choices most, with the simplest outcomes after them.
    """

    def __init__(self, choices: Choices, language: Language) -> None:
        self.choices = choices
        self.language = language
        self.table = table_operations()
        self.lines: list[Line] = []
        self.places: dict[str, int] = {}  # of lines, by their names
        self.point: list[float] = []
        self.numbers: dict[str, float] = {}
        self.free_names = names(set(language.names))
        self.room = language.max_lines
        self.depth = 0

    def integer(self, most: int) -> int:
        return self.choices.integer(0, most) if most else 0

    def one(self, items: Sequence[Any]) -> Any:
        return items[self.integer(len(items) - 1)]

    def choose(self, options: Sequence[tuple[int, Callable[[], Any]]]) -> Any:
        """The outcome of one of several functions, each as likely as its weight; the simplest comes first.

        Weights are small: outcomes of one choice that give the same program are draws in vain.
        """
        place = self.integer(sum(weight for weight, _ in options) - 1)
        for weight, outcome in options:
            place -= weight
            if place < 0:
                return outcome()
        raise AssertionError("a choice lies within the weights")

    def number(self, hard: Sequence[float] = ()) -> float:
        """A number: simple, where exponentials saturate, of ordinary size, far out or at a hard place."""
        place = self.integer(len(NUMBERS) + (8 if hard else 6))
        if place < len(NUMBERS):
            return NUMBERS[place]
        if place < len(NUMBERS) + 5:
            return self.choices.real(SCALE)
        return float(self.one(FAR if place < len(NUMBERS) + 7 else hard))

    def variable(self) -> str:
        """The name of a variable; a new one has its number from here on."""
        place = self.integer(min(len(self.point), self.language.counts[1] - 1))
        if place == len(self.point):
            self.introduce()
        return self.language.names[place]

    def introduce(self) -> None:
        x = self.number([*self.point, *self.language.ends])
        self.numbers[self.language.names[len(self.point)]] = x
        self.point.append(x)

    def add_unused_variables(self) -> None:
        least, most = self.language.counts
        while len(self.point) < least:
            self.introduce()
        if len(self.point) < most and self.integer(7) == 7:
            self.introduce()

    def output(self) -> str:
        """The name of a result."""
        if not self.room:
            return self.name()
        idioms: list[Callable[[], str]] = []
        if self.room > 2:
            idioms += [*[self.residual] * 3, self.neuron, self.weighted_sum, self.chain]
        operations = self.language.operations
        place = self.integer(len(operations) + len(idioms) * (1 + len(operations) // 16) - 1)
        if place < len(operations):
            return self.operation(operations[place])
        return idioms[(place - len(operations)) % len(idioms)]()

    def name(self) -> str:
        """A variable, or a line that is there already."""
        return str(self.choose([(2, self.variable), (1, self.line)])) if self.lines else self.variable()

    def line(self) -> str:
        """A line that is there already, the last before the others."""
        return self.lines[-1 - self.integer(len(self.lines) - 1)].name

    def argument(self, others: Sequence[Argument] = ()) -> Argument:
        """An argument of an operation, after its other arguments."""
        options: list[tuple[int, Callable[[], Argument]]] = [
            (4, self.variable),
            (3, lambda: self.constant(others)),
        ]
        if others:
            options.append((2, lambda: others[-1]))
            if below := self.arguments_of(others[-1]):
                options.append((2, lambda: self.one(below)))
        if self.lines:
            options.append((2, self.line))
        if self.room and self.depth < MOST_NESTED:
            options.append((self.language.appetite, self.operation))
            if self.room > 2:
                options.append((1, self.weighted_sum))
        return self.choose(options)  # type: ignore[no-any-return]

    def arguments_of(self, name: Argument) -> tuple[str, ...]:
        """The arguments of a line: with it they make a residual connection, as in x + f(x)."""
        place = self.places.get(name) if isinstance(name, str) else None
        return () if place is None else self.lines[place].names

    def constant(self, others: Sequence[Argument] = ()) -> float:
        """A constant; ties with the other arguments are likely."""
        return self.number([self.numbers[a] for a in others if isinstance(a, str)])

    def operation(self, operation: Operation | None = None) -> str:
        """The name of a new line, or of the argument that it stands for."""
        operation = operation or self.one(self.language.operations)
        assert operation is not None
        self.room -= 1
        self.depth += 1
        arguments = self.arguments(operation)
        self.depth -= 1
        return self.add(operation, arguments)

    def arguments(self, operation: Operation) -> list[Argument]:
        """Arguments of an operation, now and then with one moved to a hard place.

        That is 0, a tie with another argument, an end of its domain, or far out.
        """
        count = operation.least
        if operation.most is None:
            count += self.integer(2)
        fixed = self.language.constants.get(operation.name, ())
        arguments: list[Argument] = []
        for position in range(count):
            if position in fixed:
                arguments.append(self.constant(arguments))
            else:
                arguments.append(self.argument(arguments))
        if not any(isinstance(a, str) for a in arguments):
            arguments[next(i for i in range(count) if i not in fixed)] = self.variable()
        if operation.row and self.room and (difference := self.language.find("sub")):
            position = next(i for i, a in enumerate(arguments) if isinstance(a, str))
            edges = ends(operation.row, position)
            if (rare := 3 if edges else 7) == self.integer(rare):
                ties = [self.value(a) for i, a in enumerate(arguments) if i != position]
                place = self.one([*edges, *ties, 0.0, *SATURATING[:2]])
                self.room -= 1
                name = str(arguments[position])
                arguments[position] = self.add(difference, [name, self.numbers[name] - place])
        return arguments

    def value(self, argument: Argument) -> float:
        return self.numbers[argument] if isinstance(argument, str) else argument

    def add(self, operation: Operation, arguments: Sequence[Argument]) -> str:
        """A line of an operation; its first argument in place of a line without a number."""
        try:
            x = operation.definition(self.table, *map(self.value, arguments))
        except DomainError:
            x = math.nan
        if not math.isfinite(x):
            return next(a for a in arguments if isinstance(a, str))
        name = next(self.free_names)
        self.places[name] = len(self.lines)
        self.lines.append(Line(name, operation.name, tuple(arguments)))
        self.numbers[name] = x
        return name

    def weighted_sum(self) -> str:
        """w x + w x + …, in the operations that the language has."""
        mul, add = self.language.find("mul"), self.language.find("add")
        if mul is None or add is None:
            return self.operation()
        total = None
        for _ in range(self.choices.integer(2, 3)):
            if not self.room:
                break
            self.room -= 1
            factors = [self.name(), self.choose([(2, self.name), (1, self.constant)])]
            term = self.add(mul, factors)
            if total is not None and self.room:
                self.room -= 1
                term = self.add(add, [total, term])
            total = term
        assert total is not None
        return total

    def neuron(self) -> str:
        """f(w x + w x + b) with an operation of one argument, such as tanh."""
        total = self.weighted_sum()
        add, single = self.language.find("add"), self.language.single
        if add is not None and self.room:
            self.room -= 1
            bias = self.choose([(1, self.name), (1, self.constant)])
            total = self.add(add, self.one([[total, bias], [bias, total]]))
        if single and self.room:
            self.room -= 1
            total = self.add(self.one(single), [total])
        return total

    def residual(self) -> str:
        """An operation on a node and on a line that uses it, as in x + f(x), often past a kink."""
        inner = self.operation(self.one(self.one([self.language.operations, self.language.kinked])))
        operation: Operation = self.one(self.language.operations)
        below = self.arguments_of(inner)
        if not below or operation.least < 2 or operation.name in self.language.constants or not self.room:
            return inner
        self.room -= 1
        both = self.one([[inner, below[0]], [below[0], inner]])
        return self.add(operation, both + [below[0]] * (operation.least - 2))

    def chain(self) -> str:
        """One operation again and again, on its own result.

        Most are deeper than a recursive search can go, and rare among programs, since one takes long.
        """
        if not self.language.deep or self.integer(3) == 0:
            return self.repeated(self.choices.integer(2, self.room))
        room, length = self.room, DEEP + self.integer(200)
        self.room += length  # for the chain alone
        name = self.repeated(length)
        self.room = room
        return name

    def repeated(self, length: int) -> str:
        """A chain; where one operation has no number any more, another one goes on."""
        name = self.name()
        end = len(self.lines) + length
        for _ in range(TRIES):
            operation = self.one(self.language.operations)
            others = self.arguments(operation)
            place = next(i for i, a in enumerate(others) if isinstance(a, str))
            while len(self.lines) < end and self.room:
                self.room -= 1
                count = len(self.lines)
                line = self.add(operation, [*others[:place], name, *others[place + 1 :]])
                if len(self.lines) == count:
                    break
                name = line
        return name
