"""One line of a program."""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from autograd.testing._programs.operations import operation

__all__ = ["SIGNS", "Argument", "Line", "check_name", "names", "number_text"]

Argument = str | float
"""The name of a variable or of a line, or a constant."""

# Arithmetic as Python writes it; all else is a call.
SIGNS = {"add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "truediv": "{} / {}", "pow": "{} ** {}",
         "neg": "-{}", "mod": "{} % {}", "floordiv": "{} // {}"}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One operation of a program.

    Attributes:
        name: of its result.
        operation: a row of the table, or a function of several numbers such as ``mean``.
        arguments: names of variables and of earlier lines, and numbers, which are constants.

    >>> str(Line("a", "mul", ("x", 2.0)))
    'a = x * 2.0'
    """

    name: str
    operation: str
    arguments: tuple[Argument, ...]

    def __post_init__(self) -> None:
        check_name(self.name)
        arguments = tuple([a if type(a) is str or type(a) is float else _argument(a) for a in self.arguments])
        object.__setattr__(self, "arguments", arguments)
        if not operation(self.operation).takes(len(arguments)):
            raise ValueError(f"{self.operation} does not take {len(arguments)} argument(s)")

    @property
    def names(self) -> tuple[str, ...]:
        """The arguments that are names."""
        return tuple([a for a in self.arguments if type(a) is str])

    def with_names(self, new: Mapping[str, str]) -> Line:
        """The line with other names in its arguments."""
        if new.keys().isdisjoint(self.arguments):
            return self
        return replace(
            self, arguments=tuple([new.get(a, a) if isinstance(a, str) else a for a in self.arguments])
        )

    def __str__(self) -> str:
        return f"{self.name} = {self.expression()}"

    def expression(self, methods: bool = False) -> str:
        """The right side, as Python: calls as functions, or those of one argument as methods."""
        signed = self.operation in SIGNS and self.names
        texts = [
            a if isinstance(a, str) else f"({number_text(a)})" if signed and _is_signed(a) else number_text(a)
            for a in self.arguments
        ]
        if signed:
            return SIGNS[self.operation].format(*texts)
        if methods and len(texts) == 1 and self.names:
            return f"{texts[0]}.{self.operation}()"
        return f"{self.operation}({', '.join(texts)})"


def number_text(x: float) -> str:
    """A number as Python reads it.

    >>> number_text(-0.5), number_text(math.inf)
    ('-0.5', "float('inf')")
    """
    return repr(x) if math.isfinite(x) else f"float('{x}')"


def names(taken: frozenset[str] | set[str] = frozenset()) -> Iterator[str]:
    """Names for lines: a, b, …, w, a1, b1, …, without those that are taken.

    >>> stream = names({"a"})
    >>> next(stream), next(stream)
    ('b', 'c')
    """
    round_ = 0
    while True:
        for letter in "abcdefghijklmnopqrstuvw":
            name = f"{letter}{round_ or ''}"
            if name not in taken:
                yield name
        round_ += 1


def check_name(name: str) -> None:
    """Refuse a name that Python does not read.

    Raises:
        ValueError: names it.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is no name of Python")


def _argument(a: object) -> Argument:
    return a if isinstance(a, str) else float(a)  # type: ignore[arg-type]


def _is_signed(x: Argument) -> bool:
    return not isinstance(x, str) and math.copysign(1.0, x) < 0
