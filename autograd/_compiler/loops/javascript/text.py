"""Statements of loops as lines of JavaScript."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd._compiler.loops import statements as loops
from autograd._compiler.loops.functions.calls import apply
from autograd._compiler.loops.functions.javascript import JavaScript
from autograd._compiler.loops.functions.library import Library
from autograd._compiler.loops.functions.tree import (
    Arithmetic,
    AsNumber,
    Choice,
    Code,
    Comparison,
    Expression,
    Flag,
    Junction,
    Negative,
    Not,
    Number,
    Predicate,
    Truth,
)
from autograd._compiler.loops.lanes.one_lane import is_block
from autograd._compiler.loops.statements import (
    Add,
    Array,
    Assign,
    At,
    Call,
    Comment,
    Declare,
    Kernel,
    Local,
    Loop,
    Memory,
    Name,
    Statement,
    plus,
)
from autograd._table.rows import Row

__all__ = ["WIDTH", "Text", "is_number", "number_list", "size"]

WIDTH = 110  # characters of a line

# Names of the frame around the loops, and of numbers inside of them.
FRAME = frozenset(
    re.findall(
        r"\w+",
        """INPUTS OUTPUTS PARAMETERS Float32Array Float64Array Int32Array Real X at backward begin check
        differentiate e end evaluate example examples forward gradient i k n numbers outputs prepare real
        results slopes start step theta value window""",
    )
)
INSIDE = re.compile(r"(c|t|total)\d*")

ARITHMETIC = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
COMPARISONS = {
    "greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=", "equal": "==", "not_equal": "!=",
}  # fmt: skip
JUNCTIONS = {"bitwise_and": "and", "logical_and": "and", "bitwise_or": "or", "logical_or": "or"}
DIFFERENT = ("bitwise_xor", "logical_xor")
NEGATIONS = ("invert", "logical_not")
PREDICATES = ("isfinite", "isinf", "isnan")


def is_number(array: Array) -> bool:
    """Whether an array is one parameter, which is passed as a number."""
    return array.memory is Memory.THETA and array.name != "theta" and size(array) == 1


def size(array: Array) -> int:
    """How many numbers an array holds for one example."""
    return math.prod(n for n in array.shape if isinstance(n, int))


def number_list(name: str, kind: str, numbers: Any) -> list[str]:
    """A constant array, in lines of no more than WIDTH."""
    items = [str(x) if kind != "Int32Array" else str(int(x)) for x in np.ravel(numbers)]
    items = [{"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(item, item) for item in items]
    text = f"const {name} = new {kind}([{', '.join(items)}]);"
    return textwrap.wrap(text, WIDTH - 2, subsequent_indent="  ", break_long_words=False)


class Text:
    """Prints statements.

    Args:
        arrays: all arrays that are not inside of loops.
        taken: names that no array or function can have.

    Attributes:
        names: of the arrays, as they are called in JavaScript.
        library: the functions that are called.
    """

    def __init__(self, arrays: Sequence[Array], taken: Iterable[str] = ()) -> None:
        self.names = {"theta": "theta", "gradient": "gradient"}
        taken = {*taken, *FRAME, *JavaScript.TAKEN, *JavaScript.HELPERS}
        for name in dict.fromkeys(array.name for array in arrays):
            free = name
            while free in taken or INSIDE.fullmatch(free):
                free += "_"
            taken.add(self.names.setdefault(name, free))
        self.library = Library(JavaScript, taken)
        self._printer = self.library.printer

    # -- statements -----------------------------------------------------------------------

    def lines(self, statements: Iterable[Statement]) -> list[str]:
        return [line for statement in statements for line in self._statement(statement)]

    def _statement(self, s: Statement) -> list[str]:
        match s:
            case Comment(text):
                return ["", f"// {text}"]
            case Declare(name, value, is_truth):
                printed = self._truth(value) if is_truth else None
                text = self._printer.truth(printed) if printed is not None else self.text(value)
                return [f"const {name.text} = {text};"]
            case Local(array):
                return [f"let {array.name} = 0;"]
            case Assign(target, value):
                return [f"{self.text(target)} = {self.text(value)};"]
            case Add(target, value):
                return [f"{self.text(target)} += {self.text(value)};"]
            case Kernel():
                return self.lines(s.loops)
            case Loop(_, _, _, body) if is_block(s):
                return ["{", *(f"  {line}" for line in self.lines(body)), "}"]
            case Loop(index, start, stop, body, step):
                i = index.text
                by = f"{i}++" if step == 1 else f"{i} += {step}"
                inner = self.lines(body)
                head = f"for (let {i} = {self.text(start)}; {i} < {self.text(stop)}; {by})"
                if len(inner) == 1 and not isinstance(body[0], Loop) and len(head) + len(inner[0]) < WIDTH:
                    return [f"{head} {inner[0]}"]
                return [f"{head} {{", *(f"  {line}" for line in inner), "}"]

    # -- expressions ----------------------------------------------------------------------

    def text(self, e: loops.Expression) -> str:
        return self._printer.expression(self._number(e))

    def _number(self, e: loops.Expression) -> Expression:
        match e:
            case int() | float():
                return Number(float(e))
            case Name(text):
                return Code(text)
            case At():
                return Code(self._at(e))
            case Call("negative", (x,)):
                return Negative(self._number(x))
            case Call("positive" | "conjugate", (x,)):
                return self._number(x)
            case Call("where", (condition, x, y)):
                return Choice(self._truth(condition), self._number(x), self._number(y))
            case Call(str() as function, (x, y)) if function in ARITHMETIC:
                return Arithmetic(ARITHMETIC[function], self._number(x), self._number(y))
            case Call(str() as function, args) if not self._is_truth(function):
                known: Any = math.copysign if function == "copysign" else getattr(np, function)
                return apply(known, [*map(self._number, args)])
            case Call(str()):
                return AsNumber(self._truth(e))
            case Call(Row() as row, args):
                self.library.function(row)  # where it has none, the error names the row
                return apply(row, [*map(self._number, args)])
        raise AssertionError(f"no expression of loops: {e!r}")

    def _is_truth(self, function: str) -> bool:
        kinds = (COMPARISONS, JUNCTIONS, DIFFERENT, NEGATIONS, PREDICATES, ("signbit",))
        return any(function in kind for kind in kinds)

    def _truth(self, e: loops.Expression) -> Truth:
        match e:
            case bool():
                return Flag("true" if e else "false")
            case Name(text):
                return Flag(text)
            case Call(str() as function, args) if self._is_truth(function):
                if function in COMPARISONS:
                    x, y = map(self._number, args)
                    return Comparison(COMPARISONS[function], x, y)
                if function in PREDICATES:
                    return Predicate(function, self._number(args[0]))
                if function == "signbit":
                    return Comparison(
                        "<", apply(math.copysign, [Number(1.0), self._number(args[0])]), Number(0.0)
                    )
                truths = tuple(map(self._truth, args))
                if function in NEGATIONS:
                    return Not(truths[0])
                if function in DIFFERENT:
                    return Comparison("!=", *map(AsNumber, truths))
                return Junction(JUNCTIONS[function], truths)
        return Comparison("!=", self._number(e), Number(0.0))

    def _at(self, at: At) -> str:
        array, indices = at.array, at.indices
        if array.memory is Memory.LOCAL:
            return array.name
        if array.memory is Memory.X:
            return f"X[{self.text(plus(Name('at'), indices[1]))}]"
        name = self.names[array.name]
        return name if is_number(array) else f"{name}[{self.text(indices[0])}]"
