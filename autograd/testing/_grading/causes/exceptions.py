"""Mistakes that end a program with an exception."""

from __future__ import annotations

import re

from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._programs.lines import Line
from autograd.testing._programs.program import Program

__all__ = ["MANY_VISITS", "exception_cause"]

DEEP = 100  # operations
REFLECTED = {"add": "__radd__", "sub": "__rsub__", "mul": "__rmul__", "truediv": "__rtruediv__",
             "pow": "__rpow__"}  # fmt: skip

ENDLESS_RECURSION = (
    "A method calls itself without end: look for one that leads back to itself, as __radd__ that adds "
    "other + self."
)
DEEP_RECURSION = (
    "The search for the order of nodes calls itself for each parent, and Python allows some 1000 nested "
    "calls: with {size} operations in a row it fails. Use a loop, with a list of the nodes that are still "
    "to be visited."
)
MANY_VISITS = (
    "It takes far too long: a node is visited once for each path that leads to it, and each use doubles "
    "the paths. Keep a set of visited nodes, and visit each one once."
)


def exception_cause(error: BaseException, text: str, program: Program, spelling: Spelling) -> str:
    """The mistake behind an exception of a program; empty where none fits.

    Args:
        error: the exception.
        text: its kind and message.
        program: that it ended.
        spelling: of the engine.
    """
    node = spelling.make.partition("(")[0]
    number = spelling.number.format("").strip(".")
    line = program.lines[-1] if program.lines else None
    if isinstance(error, RecursionError):
        return (DEEP_RECURSION if program.size >= DEEP else ENDLESS_RECURSION).format(size=program.size)
    if isinstance(error, TimeoutError):
        return MANY_VISITS if _has_uses(program) else ""
    if line is None:
        return ""
    if "NoneType" in text:
        gradient = spelling.gradient.partition(".")[2] or "grad"
        if isinstance(error, TypeError) and "unsupported operand" in text:
            return (
                f"A gradient is None when the first contribution is added to it: {gradient} must begin as "
                "0.0."
            )
        return f"The method for {_short(spelling, line)} gives None: its last line must be `return out`."
    if "str" in text and isinstance(error, TypeError):
        return "A number is kept as a text: make it a float."
    first = line.arguments[0]
    if isinstance(first, float) and line.operation in REFLECTED and "unsupported operand" in text:
        return (
            f"A number on the left, as in {_short(spelling, line)}, needs the method "
            f"{REFLECTED[line.operation]}: Python asks for it when the number does not know {node}."
        )
    constants = [a for a in line.arguments if isinstance(a, float)]
    if constants and isinstance(error, AttributeError | TypeError) and re.search(r"'(float|int)'", text):
        return (
            f"A plain number, as in {_short(spelling, line)}, is no {node} and has no {number}: begin with "
            f"`other = other if isinstance(other, {node}) else {spelling.make.format('other')}`."
        )
    if isinstance(error, MemoryError):
        return "It needs more memory than the limit."
    if isinstance(error, OverflowError):
        return (
            f"A number in {_short(spelling, line)} grows beyond the largest float: write it so that exp "
            "takes no large positive number."
        )
    if isinstance(error, ZeroDivisionError) and line.operation == "pow":
        return "x ** (n − 1) divides by 0 at x = 0 with n = 0, where the derivative is 0: treat n = 0 apart."
    if "not a number" in text:
        return "A node has one number, and its gradient must be one number too."
    return ""


def _has_uses(program: Program) -> bool:
    names = [name for line in program.lines for name in line.names]
    return len(set(names)) < len(names)


def _short(spelling: Spelling, line: Line) -> str:
    return spelling.call(line.operation, *(a if isinstance(a, str) else f"{a:g}" for a in line.arguments))
