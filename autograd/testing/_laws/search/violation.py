"""The violation of a law: the program that shows it, and the two numbers that differ."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.testing._programs.program import Program

__all__ = ["LawBroken", "Violation"]


@dataclass(frozen=True)
class Violation:
    """An example of an engine that breaks a law.

    Attributes:
        law: the name of the law.
        program: the smallest program known to break it.
        quantity: the number in question, such as ``x.grad``; empty where the program does not run.
        got: the number that the engine gives; the text of an exception where it gives none.
        expected: the right number, or the number that the engine gives on the other side of the law; a
            text where several are right.
        expected_from: the origin of the expected number; empty for a right number.
        script: the program as a line to paste.
        operations: the operations at fault, as far as the law can tell: of a law about single operations one,
            else all of the program.
        variable: whose gradient it is; None for a value.

    >>> from autograd.testing import Line
    >>> square = Program(("x",), (1.0,), (Line("a", "mul", ("x", "x")),))
    >>> script = "x = Value(1.0); out = x * x; out.backward()"
    >>> print(Violation("a leaf used several times", square, "x.grad", 1.0, 2.0, script=script))
    x = Value(1.0); out = x * x; out.backward()
    x.grad is 1.0, right is 2.0
    """

    law: str
    program: Program
    quantity: str
    got: float | str
    expected: float | str
    expected_from: str = ""
    script: str = ""
    operations: tuple[str, ...] = ()
    variable: str | None = None

    @property
    def kind(self) -> str:
        """The type of the exception where the program does not run; else ``"wrong number"``."""
        return "wrong number" if self.quantity else str(self.got).partition(":")[0]

    @property
    def message(self) -> str:
        """Both numbers in one sentence."""
        if not self.quantity:
            return f"it raises {self.got}"
        right = (
            f"{self.expected_from} is {self.expected}" if self.expected_from else f"right is {self.expected}"
        )
        return f"{self.quantity} is {self.got}, {right}"

    def __str__(self) -> str:
        return f"{self.script}\n{self.message}"


class LawBroken(AssertionError):
    """An engine breaks a law; `violation` is the example.

    Attributes:
        statement: the law in one sentence.
        violation: the smallest example known.

    >>> from autograd.testing import laws, mutants, autograd_engine
    >>> with mutants["value sweep: = for +="]:
    ...     laws["product rule"](autograd_engine())
    Traceback (most recent call last):
        ...
    autograd.testing.LawBroken: product rule: ∇(f g) = g ∇f + f ∇g
        x = Value(1.0); a = x * x; out = a * x; out.backward()
        x.grad is 1.0, g ∇f + f ∇g is 2.0
    """

    __module__ = "autograd.testing"  # where users find it

    def __init__(self, statement: str, violation: Violation) -> None:
        super().__init__(statement, violation)
        self.statement = statement
        self.violation = violation

    def __str__(self) -> str:
        indented = str(self.violation).replace("\n", "\n    ")
        return f"{self.violation.law}: {self.statement}\n    {indented}"
