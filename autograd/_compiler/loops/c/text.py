"""Statements of loops in C99."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import numpy as np

from autograd._compiler.loops.c.kernels import VECTOR_FUNCTIONS, kernel_sources, vector_functions
from autograd._compiler.loops.functions.c import C
from autograd._compiler.loops.functions.library import Library
from autograd._compiler.loops.statements import (
    COUNT,
    IS_FIRST,
    Add,
    Array,
    Assign,
    At,
    Call,
    Comment,
    Declare,
    Expression,
    Kernel,
    Local,
    Loop,
    Memory,
    Name,
    Section,
    Statement,
    arrays_in,
    names_in,
)
from autograd._compiler.loops.steps.places import RESERVED
from autograd._compiler.loops.straight import Operation
from autograd._graph.primitive import lookup
from autograd._table.rows import Row

__all__ = ["WIDTH", "StatementsInC", "wrapped"]

WIDTH = 110  # characters of a line
PART = 400  # statements of a function; a longer one takes compilers long

INFIX = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "greater": ">", "greater_equal": ">=",
    "less": "<", "less_equal": "<=", "equal": "==", "not_equal": "!=", "bitwise_and": "&&",
    "bitwise_or": "||", "logical_and": "&&", "logical_or": "||", "bitwise_xor": "!=", "logical_xor": "!=",
}  # fmt: skip
ROWS = {"remainder": "mod", "floor_divide": "floordiv"}  # NumPy's functions whose row has one on numbers
BINDS = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6}
UNARY, ATOM = 7, 9

# Functions of <math.h>, by NumPy's names.
SAME = re.findall(
    r"\w+",
    """exp expm1 log log1p sqrt sin cos tan sinh cosh tanh exp2 log2 log10 cbrt hypot fmod floor
    ceil trunc fabs fmax fmin copysign erf""",
)
LIBRARY: dict[str, str] = {
    **{name: name for name in SAME},
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "power": "pow", "arctan2": "atan2", "rint": "nearbyint", "absolute": "fabs",
}  # fmt: skip

# The others of NumPy, as expressions in x, y, z, or as functions.
FORMULAS = {
    "square": "x * x",
    "reciprocal": "1 / x",
    "degrees": "x * (180 / PI)",
    "rad2deg": "x * (180 / PI)",
    "radians": "x * (PI / 180)",
    "deg2rad": "x * (PI / 180)",
    "maximum": "x >= y || x != x ? x : y",
    "minimum": "x <= y || x != x ? x : y",
    "sign": "x > 0 ? 1 : x < 0 ? -1 : x",
}


EXCEPTIONS = """\
// At the start of a function: its floating-point exceptions are those of its own operations. For clang, which
// computes two divisions as a vector of four, in whose other lanes 0 is divided by 0.
#if defined(__clang__)
#define EXCEPTIONS _Pragma("STDC FENV_ACCESS ON")
#else
#define EXCEPTIONS
#endif"""
SHARED = "prepare", "end"  # sections of single numbers; in those of tiles, lanes fill whole vectors


class StatementsInC:
    """Prints sections as functions.

    Args:
        dtype: of real numbers.
        taken: names that no function can have.
        vectors: whether exp and tanh are functions that compilers make vectors of, and not those of math.h.

    Attributes:
        helpers: functions that the printed text calls.
    """

    def __init__(self, dtype: np.dtype[Any], taken: Iterable[str] = (), *, vectors: bool = True) -> None:
        self.dtype, self.suffix, self.vectors = dtype, "f" if dtype.itemsize == 4 else "", vectors
        self.helpers: dict[str, str] = {}
        self.library = Library(C, [*RESERVED, *taken])

    # -- sections -----------------------------------------------------------------------------

    def functions(self, section: Section) -> Iterator[tuple[str, str]]:
        """The functions of a section, and their calls."""
        groups: list[list[Statement]] = [[]]
        size = 0
        for statement in section.statements:
            if size > PART and isinstance(statement, Comment):  # of a step, with all numbers that it declares
                groups.append([])
                size = 0
            if not isinstance(statement, Kernel) or statement.name != "clear":
                groups[-1].append(statement)
                size += _size(statement)
        for number, group in enumerate(groups):
            if not group:
                continue
            name = section.name + (f"_{number + 1}" if len(groups) > 1 else "")
            yield self._function(name, section.title if number == 0 else "", group, section.name in SHARED)

    def exceptions(self) -> str:
        """The first line of a function of single numbers."""
        self.helpers["EXCEPTIONS"] = EXCEPTIONS
        return "    EXCEPTIONS"

    def _function(
        self, name: str, title: str, statements: list[Statement], is_shared: bool
    ) -> tuple[str, str]:
        body = [line for statement in statements for line in self._statement(statement, 1)]
        arrays = dict.fromkeys(arrays_in(statements))
        memories = {a.memory for a in arrays}
        parameters = ["struct scratch *restrict s"]
        arguments = ["s"]
        if Memory.THETA in memories:
            parameters.append("const real *restrict theta")
            arguments.append("theta")
        for array in dict.fromkeys(a for a in arrays if a.memory is Memory.X):
            parameters.append(f"const real *const *restrict {array.name}")
            arguments.append(array.name)
        if COUNT in names_in(statements):
            parameters.append("int count")
            arguments.append("count")
        if IS_FIRST in names_in(statements):
            parameters.append("int is_first")
            arguments.append("first == 0")
        if Memory.GRADIENT in memories:
            parameters.append("real *restrict gradient")
            arguments.append("gradient")
        views = []
        for array in arrays:
            whole = array.name in ("theta", "gradient")
            if array.memory is Memory.THETA and not whole:
                views.append(f"    const real *{array.name} = theta{_offset(array)};")
            elif array.memory is Memory.GRADIENT and not whole:
                views.append(f"    real *{array.name} = gradient{_offset(array)};")
            elif array.memory is Memory.SCRATCH and array.base is not None:
                views.append(f"    real *{array.name} = s->{array.base.name}{_offset(array)};")
        uses_scratch = any(line for line in (*body, *views) if "s->" in line)
        unused = [] if uses_scratch else ["    (void)s;"]
        head = wrapped(f"static void {name}(", parameters, ") {")
        comment = [f"// {title}."] if title else []
        exceptions = [self.exceptions()] if is_shared else []
        text = "\n".join([*comment, head, *exceptions, *unused, *views, *body, "}", ""])
        return f"{name}({', '.join(arguments)});", text

    def _statement(self, statement: Statement, depth: int) -> list[str]:
        pad = "    " * depth
        match statement:
            case Comment(text):
                return [*([""] if depth == 1 else []), f"{pad}// {text}"]
            case Declare(name, value, is_truth):
                return [f"{pad}const {'int' if is_truth else 'real'} {name.text} = {self.text(value)};"]
            case Local(array):
                return [f"{pad}real {array.name}{self.dimensions(array)} = {{0}};"]
            case Assign(target, value):
                return [f"{pad}{self.text(target)} = {self.text(value)};"]
            case Add(target, value):
                return [f"{pad}{self.text(target)} += {self.text(value)};"]
            case Kernel():
                return self._kernel(statement, depth)
            case Loop(index, start, stop, body, step):
                i = index.text
                by = f"{i}++" if step == 1 else f"{i} += {self.text(step)}"
                head = f"for (int {i} = {self.text(start)}; {i} < {self.text(stop)}; {by})"
                inner = [line for each in body for line in self._statement(each, depth + 1)]
                single = len(body) == 1
                return [f"{pad}{head}", *inner] if single else [f"{pad}{head} {{", *inner, f"{pad}}}"]

    def _kernel(self, kernel: Kernel, depth: int) -> list[str]:
        """A call of a kernel."""
        for text in kernel_sources(kernel.name):
            self.helpers.setdefault(text, text)
        pad, first = "    " * depth, self._array(kernel.arrays[0])
        if kernel.name == "add_lanes":
            return [f"{pad}add_lanes({first}, {kernel.sums});"]
        second, X = self._array(kernel.arrays[1]), kernel.arrays[2]
        if kernel.name == "outer":
            second = f"(const real (*)[LANES]){second}"
        sizes = f"{kernel.first}, {kernel.sums}, {kernel.terms}, count"
        if kernel.name == "outer":
            following = f"{X.name} + LANES" if X.memory is Memory.X else "NULL"
            sizes = f"{following}, {sizes}, {'is_first' if kernel.clears else '0'}"
        if X.memory is Memory.X:
            return [f"{pad}{kernel.name}({first}, {second}, {X.name}, {sizes});"]
        return [
            f"{pad}{{",
            f"{pad}    const real *rows[LANES];",
            f"{pad}    for (int e = 0; e < LANES; e++)",
            f"{pad}        rows[e] = s->{X.name}[e];",
            f"{pad}    {kernel.name}({first}, {second}, rows, {sizes});",
            f"{pad}}}",
        ]

    def _array(self, array: Array) -> str:
        """The name of an array in the text."""
        own = array.memory is Memory.SCRATCH and array.base is None
        return f"s->{array.name}" if own else array.name

    # -- operations ---------------------------------------------------------------------------

    def operation(self, operation: Operation) -> str:
        """A macro for the statements of an operation."""
        head = f"#define {operation.name}({', '.join(operation.places)})"
        lines = [line for statement in operation.statements for line in self._statement(statement, 1)]
        if len(lines) == 1:
            return f"{head} {lines[0].strip().rstrip(';')}"
        return " \\\n".join([f"{head} {{", *lines, "}"])

    # -- expressions --------------------------------------------------------------------------

    def text(self, expression: Expression) -> str:
        return self._text(expression)[0]

    def _within(self, expression: Expression, binds: int) -> str:
        text, own = self._text(expression)
        return text if own >= binds else f"({text})"

    def _text(self, expression: Expression) -> tuple[str, int]:
        match expression:
            case bool():
                return str(int(expression)), ATOM
            case int():
                return str(expression), ATOM
            case float():
                return self._number(expression)
            case Name(text):
                return text, ATOM
            case At(array, indices):
                return self._at(array, indices), ATOM
            case Call(Row() as row, args):
                return f"{self._row(row)}({', '.join(map(self.text, args))})", ATOM
            case Call(function, args):
                return self._call(str(function), args)

    def _number(self, x: float) -> tuple[str, int]:
        with np.errstate(all="ignore"):
            number = self.dtype.type(x)
        if not np.isfinite(number):
            return (
                "NAN" if math.isnan(x) else "INFINITY" if x > 0 else "-INFINITY"
            ), UNARY if x < 0 else ATOM
        text = str(number)
        text = text if re.search(r"[.e]", text) else f"{text}.0"
        return text + self.suffix, UNARY if text[0] == "-" else ATOM

    def _numbers(self, values: Any) -> list[str]:
        """The numbers of a table; at once where all are finite, since a table may have millions."""
        with np.errstate(all="ignore"):
            numbers = np.asarray(values, self.dtype)
        if not np.isfinite(numbers).all():
            return [self._number(float(v))[0] for v in values]
        # The text of NumPy's float64 is that of Python's float, which is written faster.
        each = numbers.tolist() if numbers.dtype == np.float64 else numbers
        return [f"{x}{self.suffix}" for x in each]

    def _at(self, array: Array, indices: tuple[Expression, ...]) -> str:
        flat = array.memory in (Memory.THETA, Memory.GRADIENT, Memory.NUMBERS) or array.base is not None
        if flat:
            total: Expression = 0
            for size, index in zip(array.shape, indices, strict=True):
                total = _plus(_times(total, size), index)
            return f"{array.name}[{self.text(total)}]"
        name = f"s->{array.name}" if array.memory is Memory.SCRATCH else array.name
        return name + "".join(f"[{self.text(index)}]" for index in indices)

    def _call(self, function: str, args: tuple[Expression, ...]) -> tuple[str, int]:
        if function in INFIX:
            sign = INFIX[function]
            binds = BINDS[sign]
            x, y = (
                self._within(args[0], binds),
                self._within(args[1], binds + (sign not in ("+", "*", "&&", "||"))),
            )
            if sign in ("&&", "||"):  # compilers warn of a || b && c
                x, y = (
                    self._within(args[0], binds if _sign(args[0]) == sign else ATOM),
                    self._within(args[1], ATOM),
                )
            # A sum or product keeps its order: x + (y + z) is another number than (x + y) + z.
            if sign in ("+", "*") and _sign(args[1]) in ("+", "-", "*", "/"):
                y = self._within(args[1], binds + 1)
            return f"{x} {sign} {y}", binds
        if function == "negative":
            return f"-{self._within(args[0], UNARY + 1)}", UNARY
        if function in ("positive", "conjugate"):
            return self._text(args[0])
        if function in ("invert", "logical_not"):
            return f"!{self._within(args[0], UNARY + 1)}", UNARY
        if function == "where":
            condition, chosen, other = (
                self._within(a, binds) for a, binds in zip(args, (1, 1, 0), strict=True)
            )
            return f"{condition} ? {chosen} : {other}", 0
        if function in ("isnan", "isfinite", "isinf", "signbit"):
            return f"({function}({self.text(args[0])}) != 0)", ATOM
        return f"{self._function_name(function)}({', '.join(map(self.text, args))})", ATOM

    def _function_name(self, function: str) -> str:
        if self.vectors and function in VECTOR_FUNCTIONS:
            self.helpers.update(vector_functions(function, self.dtype.itemsize))
            return VECTOR_FUNCTIONS[function][-1]
        if function in LIBRARY:
            return LIBRARY[function] + self.suffix
        if function in ROWS:
            return self._row(cast(Row, lookup(ROWS[function])))
        if function not in FORMULAS:
            raise NotImplementedError(f"there is no C for numpy.{function}")
        if function not in self.helpers:
            formula = FORMULAS[function]
            inputs = [v for v in "xyz" if re.search(rf"\b{v}\b", formula)]
            formula = formula.replace("PI", f"(real){math.pi!r}")
            parameters = ", ".join(f"real {v}" for v in inputs)
            self.helpers[function] = (
                f"static inline real {function}({parameters}) {{\n    return {formula};\n}}"
            )
        return function

    def _row(self, row: Row) -> str:
        """The name of a row's function on numbers."""
        name = self.library.function(row)
        return f"{name}{self.suffix}" if name in LIBRARY.values() else name

    # -- arrays -------------------------------------------------------------------------------

    def dimensions(self, array: Array) -> str:
        return "".join(f"[{size.text if isinstance(size, Name) else size}]" for size in array.shape)

    def table(self, array: Array) -> str:
        values = np.ravel(array.values)
        if array.memory is Memory.PLACES:
            top = int(values.max())
            kind = "unsigned char" if top < 256 else "unsigned short" if top < 65536 else "int"
            items = [str(v) for v in values.tolist()]
        else:
            kind, items = "real", self._numbers(values)
        return wrapped(f"static const {kind} {array.name}[{len(items)}] = {{", items, "};")


def _sign(expression: Expression) -> str | None:
    return INFIX.get(str(expression.function)) if isinstance(expression, Call) else None


def _plus(x: Expression, y: Expression) -> Expression:
    return y if x == 0 else x if y == 0 else Call("add", (x, y))


def _times(x: Expression, y: Expression) -> Expression:
    return 0 if x == 0 else x if y == 1 else Call("multiply", (x, y))


def _offset(array: Array) -> str:
    return f" + {array.offset}" if array.offset else ""


def _size(statement: Statement) -> int:
    return sum(map(_size, statement.body)) if isinstance(statement, Loop) else 1


def wrapped(start: str, items: Sequence[str], end: str) -> str:
    lines, pad = [start], " " * (7 if start.startswith(" ") else 3)
    for i, item in enumerate(items):
        last = "," if i + 1 < len(items) else end
        if len(lines[-1]) + len(item) + len(last) + 1 > WIDTH:
            lines.append(pad)
        lines[-1] += ("" if lines[-1][-1] in "({" else " ") + item + last
    return "\n".join(lines) if items else start + end
