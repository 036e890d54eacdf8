"""The text of a generated function: its names, constants, buffers, views and lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from autograd._compiler.array_program import in_order
from autograd._compiler.numpy_code.names import WRITTEN, Functions, Namespace, identifier

__all__ = ["GRADIENT", "THETA", "Array", "Origin", "Shape", "Source", "Variable", "X", "wrapped"]

Shape = tuple[int, bool]  # rows, and whether there is a column for each example
WIDTH = 100  # characters of a line

RESERVED = {"X", "array", "batch", "gradient_of_inputs", "run", "views_of"}


class Origin(Enum):
    """What a name stands for, or what it is a view of."""

    THETA = "the parameters, given with a call"
    GRADIENT = "their gradient, an array of the caller's"
    X = "the inputs, given with a call"
    CONSTANT = "numbers that never change"
    BUFFER = "an array of the function's own"


@dataclass(frozen=True)
class Variable:
    """A name in the generated code."""

    text: str
    origin: Origin

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Array(Variable):
    """An array of shape (rows, examples or 1)."""

    rows: int
    batched: bool
    temporary: bool = False

    @property
    def shape(self) -> Shape:
        return self.rows, self.batched


THETA, GRADIENT, X = (
    Variable("theta", Origin.THETA),
    Variable("gradient", Origin.GRADIENT),
    Variable("X", Origin.X),
)


class Source:
    """A module under construction: it makes buffers for a size of batch, and a function that works in them.

    Attributes:
        dtype: of all numbers.
        namespace: the constants and functions that the text does not define.
        setup: the lines that make buffers and views.
        lines: the lines of the function that are being written, forward or backward.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.namespace: dict[str, Any] = {}
        self.setup: list[str] = []
        self.forward: list[str] = []
        self.backward: list[str] = []
        self.lines = self.forward
        self.fresh = Namespace(RESERVED).fresh
        self.function = Functions(self.fresh, self.namespace)
        self._constants: dict[Any, Variable] = {}
        self._values: dict[str, Any] = {}
        self._definitions: list[str] = []
        self._views: dict[str, Variable] = {}
        self._expressions: dict[str, str] = {}  # of views of theta, gradient and X, by their names
        self._scratches = 0
        self._free: dict[Shape, list[str]] = {}
        self._add_up = self._comment = ""

    # -- names --------------------------------------------------------------------------------

    def constant(self, array: Any, preferred: str) -> Variable:
        """The name of a number or an array that never changes."""
        array = np.asarray(array)
        key = (array.shape, array.dtype.str, array.tobytes())
        if key not in self._constants:
            name = self._constants[key] = Variable(self.fresh(preferred), Origin.CONSTANT)
            self._values[name.text] = array
            if array.size <= WRITTEN and np.isfinite(array).all():
                dtype = f", {self.function(self.dtype.type)}" if array.dtype == self.dtype else ""
                self._definitions.append(f"{name} = array({array.tolist()}{dtype})")
            else:
                self._definitions.append(f"# {name}: {array.dtype}, shape {array.shape}")
                self.namespace[name.text] = array
        return self._constants[key]

    def number(self, x: float) -> Variable:
        return self.constant(np.asarray(x, self.dtype), identifier(f"{x:g}"))

    def index(self, rows: Any) -> str:
        """The text of an index: a slice for rows that lie in order."""
        if in_order(rows):
            return f"{int(rows[0])}:{int(rows[-1]) + 1}"
        return str(self.constant(rows, "rows"))

    # -- arrays -------------------------------------------------------------------------------

    def buffer(self, shape: Shape, preferred: str, make: Callable[..., Any] = np.empty) -> Array:
        """An array of the function's own."""
        name = self.fresh(preferred)
        self.setup.append(f"{name} = {self.allocation(shape, make)}")
        return Array(name, Origin.BUFFER, *shape)

    def matrix(self, shape: tuple[int, int], preferred: str) -> Variable:
        """A buffer that is the same for all sizes of batch."""
        name = Variable(self.fresh(preferred), Origin.BUFFER)
        self.setup.append(f"{name} = {self.function(np.empty)}({shape}, {self.function(self.dtype.type)})")
        return name

    def allocation(self, shape: Shape, make: Callable[..., Any] = np.empty, upright: bool = False) -> str:
        """The text that makes an array; upright: example by example in memory."""
        columns, dtype = "batch" if shape[1] else "1", self.function(self.dtype.type)
        sizes = f"{columns}, {shape[0]}" if upright else f"{shape[0]}, {columns}"
        return f"{self.function(make)}(({sizes}), {dtype}){'.T' if upright else ''}"

    def scratch(self, shape: Shape) -> Array:
        """A buffer for a while."""
        free = self._free.setdefault(shape, [])
        if not free:
            self._scratches += 1
            free.append(self.buffer(shape, f"t{self._scratches}").text)
        return Array(free.pop(), Origin.BUFFER, *shape, temporary=True)

    def release(self, array: Array) -> None:
        if array.temporary:
            self._free[array.shape].append(array.text)

    def view(self, of: Variable, suffix: str, preferred: str) -> Variable:
        """A view, made with the buffers, or with what it is a view of."""
        own = of.origin in (Origin.CONSTANT, Origin.BUFFER)
        expression = (
            of.text + suffix if own else _simplified(self._expressions.get(of.text, of.text) + suffix)
        )
        if expression not in self._views:
            name = self._views[expression] = Variable(self.fresh(preferred), of.origin)
            if own:
                self.setup.append(f"{name} = {expression}")
            else:
                self._expressions[name.text] = expression
        return self._views[expression]

    def rows(self, of: Variable, low: int, high: int, preferred: str) -> Variable:
        """A view of consecutive rows."""
        return self.view(of, f"[{low}:{high}]", preferred)

    def flat(self, of: Variable) -> Variable:
        return self.view(of, ".reshape(-1)", f"{of}_flat")

    def transposed(self, of: Variable) -> Variable:
        preferred = of.text.removesuffix("_T") if of.text.endswith("_T") else f"{of}_T"
        if of.origin is Origin.CONSTANT:
            return self.constant(self._values[of.text].T, preferred)
        return self.view(of, ".T", preferred)

    def static(self, expression: str, preferred: str, **functions: Callable[..., Any]) -> Variable:
        """An array that is the same in every call, computed with the buffers."""
        names = {text: self.function(call) for text, call in functions.items()}
        expression = expression.format(dtype=self.function(self.dtype.type), **names)
        if expression not in self._views:
            self._views[expression] = Variable(self.fresh(preferred), Origin.BUFFER)
            self.setup.append(f"{self._views[expression]} = {expression}")
        return self._views[expression]

    def add_up(self, rows: str, starts: Variable, into: Variable) -> None:
        """Add up consecutive rows."""
        if not self._add_up:
            self._add_up = self.fresh("add_up")
            self._definitions.append(f"{self._add_up} = {self.function(np.add)}.reduceat")
        self.write(f"{self._add_up}({rows}, {starts}, 0, None, {into})")

    # -- lines --------------------------------------------------------------------------------

    def write(self, line: str) -> None:
        self.lines.append(line)

    def comment(self, text: str) -> None:
        """A comment before the next line, unless the last one says the same."""
        if text != self._comment:
            self.lines += ["", f"# {text}"]
            self._comment = text

    def text(self, result: str, blocks: Iterable[str]) -> str:
        """The source of the module.

        Args:
            result: what the function returns.
            blocks: lines that make the buffers of blocks.
        """
        lines = [*self.forward, *self.backward]
        code = [line for line in lines if not line.startswith("#")]
        used = set(re.findall(r"\w+", "\n".join([*code, result])))
        views = {name: text for name, text in self._expressions.items() if name in used}
        of_X = {name: text for name, text in views.items() if text.startswith("X")}
        given = [name for name in views if name not in of_X]
        module = [
            wrapped("from numpy import ", sorted(self.function.imported)),
            "",
            "# A row for each scalar, a column for each example; batch is the number of examples.",
            *self._definitions,
            *blocks,
            *self.setup,
            "",
            "def views_of(theta, gradient):",
            wrapped("    return ", [views[name] for name in given], "", last=","),
            "",
            wrapped("def run", [*given, "X"], ":", brackets=True),
            *(f"    {name} = {text}" for name, text in of_X.items()),
            *(f"    {line}" if line else "" for line in lines),
            f"    return {result}",
        ]
        return "\n".join([*module, ""])


def _simplified(expression: str) -> str:
    """An expression of views, without the ones that a later one undoes."""
    if expression.count(".") < 2:
        return expression
    expression = re.sub(r"\.reshape\([^()]*\)(?=\.reshape)", "", expression).replace(".T.T", "")
    return re.sub(r"^(\w+)\.reshape\(-1, 1\)(\[[^]]*\])", r"\1\2.reshape(-1, 1)", expression)


def wrapped(start: str, names: list[str], end: str = "", last: str = "", brackets: bool = False) -> str:
    """A list in code, in brackets where it takes several lines."""
    text = ", ".join(names) + last if names else "()"
    if len(start) + len(text) + len(end) <= WIDTH - 2:
        return f"{start}({text}){end}" if brackets else f"{start}{text}{end}"
    indent = " " * (len(start) - len(start.lstrip()))
    lines = [""]
    for name in names:
        if lines[-1] and len(lines[-1]) + len(name) > WIDTH - len(indent) - 6:
            lines.append("")
        lines[-1] += f"{name}, "
    inner = (f"{indent}    {line.rstrip()}" for line in lines)
    return "\n".join([f"{start}(", *inner, f"{indent}){end}"])
