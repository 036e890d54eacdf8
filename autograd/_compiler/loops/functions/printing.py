"""Trees as text, in the grammar that C and JavaScript share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

from autograd._compiler.loops.functions.tree import (
    Arithmetic,
    AsNumber,
    Assign,
    Call,
    Choice,
    Code,
    Comparison,
    Definition,
    Expression,
    Flag,
    For,
    If,
    Junction,
    Negative,
    Not,
    Number,
    Power,
    Predicate,
    Raise,
    Return,
    Statement,
    Truth,
    Variable,
    assigned_names,
)

__all__ = ["Printer"]

# How tightly signs bind, from the loosest.
ANY, CHOICE, TRUTHS, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(8)
BINDS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}


class Functions(Protocol):
    """The functions of a source, as the printer of one of them needs these."""

    def name_of(self, function: Callable[..., Any], name: str) -> str:
        """The name of a Python function."""

    def helper(self, name: str) -> str:
        """A function of the language's own."""


class Printer(ABC):
    """A language.

    Args:
        functions: names the functions that are called.

    Attributes:
        LANGUAGE: its name, for errors.
        COMPUTES: what it can compute, for errors.
        HELPERS: functions of its own that printed code may call, by their names.
        TAKEN: names that it has for something else.
        DECLARE: the word before a new variable.
    """

    LANGUAGE: ClassVar[str]
    COMPUTES: ClassVar[str]
    HELPERS: ClassVar[dict[str, str]]
    TAKEN: ClassVar[frozenset[str]]
    DECLARE: ClassVar[str]
    JUNCTIONS: ClassVar[dict[str, str]] = {"and": "&&", "or": "||"}
    SIGNS: ClassVar[dict[str, str]] = {"==": "==", "!=": "!="}

    def __init__(self, functions: Functions) -> None:
        self.functions = functions

    # -- for each language ----------------------------------------------------------------

    @abstractmethod
    def name(self, name: str) -> str:
        """A Python name as one that is free in this language."""

    @abstractmethod
    def number(self, value: float) -> str:
        """A number; one below 0 with its sign."""

    @abstractmethod
    def head(self, definition: Definition) -> str:
        """The head of a function, up to its brace."""

    @abstractmethod
    def native(self, function: Callable[..., Any]) -> str | None:
        """The function that the language has for one of Python's; None if it has none."""

    @abstractmethod
    def raised(self, statement: Raise) -> str:
        """An error where Python raises one."""

    @abstractmethod
    def power(self, power: Power) -> tuple[str, int]: ...

    @abstractmethod
    def predicate(self, name: str, operand: str) -> tuple[str, int]: ...

    def quotient(self, quotient: Arithmetic) -> tuple[str, int]:
        return self.signed(quotient)

    # -- functions ------------------------------------------------------------------------

    def function(self, definition: Definition) -> str:
        declared = {*definition.arguments}
        scattered: list[str] = []  # variables that are assigned_names to in a branch first
        lines = []
        for statement in definition.body:
            here = [name for name in assigned_names(statement) if name not in declared]
            declared.update(here)
            is_plain = isinstance(statement, Assign)
            scattered += [] if is_plain else here
            first, *rest = self.statement(statement)
            lines += [f"{self.DECLARE} {first}" if is_plain and here else first, *rest]
        top = [f"{self.DECLARE} {', '.join(map(self.name, scattered))};"] if scattered else []
        return "\n".join([f"{self.head(definition)} {{", *(f"  {line}" for line in (*top, *lines)), "}"])

    def block(self, body: Sequence[Statement]) -> list[str]:
        return [line for statement in body for line in self.statement(statement)]

    def statement(self, s: Statement) -> list[str]:
        match s:
            case Assign(name, value):
                return [f"{self.name(name)} = {self.expression(value)};"]
            case Return(value):
                return [f"return {self.expression(value)};"]
            case If(test, body, otherwise):
                rest = ["} else {", *self.indented(otherwise)] if otherwise else []
                return [f"if ({self.truth(test)}) {{", *self.indented(body), *rest, "}"]
            case For(name, counts, body):
                n = self.name(name)
                goes_on = f"{n} {'<' if counts.step > 0 else '>'} {counts.stop}"
                head = f"for ({self.DECLARE} {n} = {counts.start}; {goes_on}; {n} += {counts.step}) {{"
                return [head, *self.indented(body), "}"]
            case Raise():
                return [self.raised(s)]

    def indented(self, body: Sequence[Statement]) -> list[str]:
        return [f"  {line}" for line in self.block(body)]

    # -- expressions ----------------------------------------------------------------------

    def expression(self, e: Expression, at_least: int = ANY) -> str:
        """An expression, in parentheses where its signs bind less than they have to."""
        text, binds = self.bound(e)
        return text if binds >= at_least else f"({text})"

    def bound(self, e: Expression) -> tuple[str, int]:
        """An expression, and how tightly its signs bind."""
        match e:
            case Number(value):
                text = self.number(value)
                return text, SIGN if text.startswith("-") else ATOM
            case Variable(name):
                return self.name(name), ATOM
            case Code(text):
                return text, ATOM
            case Negative(operand):
                return f"-{self.expression(operand, ATOM)}", SIGN
            case Arithmetic(sign):
                return self.quotient(e) if sign == "/" else self.signed(e)
            case Power():
                return self.power(e)
            case Call(function, arguments, name):
                target = self.native(function) or self.functions.name_of(function, name)
                return f"{target}({', '.join(map(self.expression, arguments))})", ATOM
            case Choice(test, chosen, otherwise):
                texts = self.expression(chosen, CHOICE + 1), self.expression(otherwise, CHOICE)
                return f"{self.truth(test, CHOICE + 1)} ? {texts[0]} : {texts[1]}", CHOICE
            case AsNumber(truth):
                return f"({self.truth(truth, CHOICE + 1)} ? {self.number(1.0)} : {self.number(0.0)})", ATOM

    def signed(self, e: Arithmetic) -> tuple[str, int]:
        binds = BINDS[e.sign]
        left, right = self.expression(e.left, binds), self.expression(e.right, binds + 1)
        return f"{left} {e.sign} {right}", binds

    def truth(self, t: Truth, at_least: int = ANY) -> str:
        text, binds = self.bound_truth(t)
        return text if binds >= at_least else f"({text})"

    def bound_truth(self, t: Truth) -> tuple[str, int]:
        match t:
            case Comparison(sign, AsNumber(left), AsNumber(right)):
                sides = self.truth(left, ATOM), self.truth(right, ATOM)
                return f" {self.SIGNS.get(sign, sign)} ".join(sides), COMPARISON
            case Comparison(sign, left, right):
                sides = self.expression(left, COMPARISON + 1), self.expression(right, COMPARISON + 1)
                return f" {self.SIGNS.get(sign, sign)} ".join(sides), COMPARISON
            case Junction(sign, parts):
                return f" {self.JUNCTIONS[sign]} ".join(self.truth(p, TRUTHS + 1) for p in parts), TRUTHS
            case Not(truth):
                return f"!{self.truth(truth, ATOM)}", SIGN
            case Flag(text):
                return text, ATOM
            case Predicate(name, operand):
                return self.predicate(name, self.expression(operand, COMPARISON + 1))
