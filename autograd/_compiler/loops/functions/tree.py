"""Functions of numbers as trees: read from Python, printed in other languages.

An expression is a number or a truth. A `Call` has a Python function, of `math` or written in Python, for
which each language has one of the same meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Arithmetic", "AsNumber", "Assign", "Call", "Choice", "Code", "Comparison", "Definition", "Expression",
    "Flag", "For", "If", "Junction", "Negative", "Not", "Number", "Power", "Predicate", "Raise", "Return",
    "Statement", "Truth", "Untranslatable", "Variable", "assigned_names",
]  # fmt: skip


class Untranslatable(ValueError):
    """A function of numbers that cannot be carried over to another language."""


# -- expressions ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Variable:
    """A local variable of a function."""

    name: str


@dataclass(frozen=True)
class Code:
    """An operand that is code of the target language already: a name, an element of an array, a call."""

    text: str


@dataclass(frozen=True)
class Negative:
    operand: Expression


@dataclass(frozen=True)
class Arithmetic:
    sign: str  # + - * /
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Power:
    base: Expression
    exponent: Expression


@dataclass(frozen=True)
class Call:
    function: Callable[..., Any]
    arguments: tuple[Expression, ...]
    name: str = "f"  # for a lambda


@dataclass(frozen=True)
class Choice:
    test: Truth
    chosen: Expression
    otherwise: Expression


@dataclass(frozen=True)
class AsNumber:
    """1 for true, 0 for false."""

    truth: Truth


Expression = Number | Variable | Code | Negative | Arithmetic | Power | Call | Choice | AsNumber


# -- truths ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    sign: str  # < <= > >= == !=
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Junction:
    sign: str  # and, or
    parts: tuple[Truth, ...]


@dataclass(frozen=True)
class Not:
    truth: Truth


@dataclass(frozen=True)
class Predicate:
    name: str  # isfinite, isinf, isnan
    operand: Expression


@dataclass(frozen=True)
class Flag:
    """A condition that is code of the target language: the name of a truth."""

    text: str


Truth = Comparison | Junction | Not | Predicate | Flag


# -- statements -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Assign:
    name: str
    value: Expression


@dataclass(frozen=True)
class If:
    test: Truth
    body: Sequence[Statement]
    otherwise: Sequence[Statement]


@dataclass(frozen=True)
class For:
    """A counting loop over whole numbers that are known."""

    name: str
    counts: range
    body: Sequence[Statement]


@dataclass(frozen=True)
class Return:
    value: Expression


@dataclass(frozen=True)
class Raise:
    error: str
    message: str


Statement = Assign | If | For | Return | Raise


@dataclass(frozen=True)
class Definition:
    """A function of numbers.

    Attributes:
        name: in the language that it is for.
    """

    name: str
    arguments: Sequence[str]
    body: Sequence[Statement]


def assigned_names(statement: Statement) -> Iterator[str]:
    """The variables that a statement assigns to, each once, without the counters of loops."""
    match statement:
        case Assign(name):
            yield name
        case If(_, body, otherwise):
            yield from dict.fromkeys(n for s in (*body, *otherwise) for n in assigned_names(s))
        case For(_, _, body):
            yield from dict.fromkeys(n for s in body for n in assigned_names(s))
