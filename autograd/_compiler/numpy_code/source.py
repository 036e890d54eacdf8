"""The names, buffers and lines of a generated function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram

__all__ = ["Array", "Buffers", "Shape"]

Shape = tuple[int, bool]  # rows, and whether there is a column for each example
GIVEN = {"theta": "w", "gradient": "p", "X": "x"}  # with a call, and the letter for views of it


@dataclass(frozen=True)
class Array:
    """A name in the generated function: an array of shape (rows, examples or 1)."""

    name: str
    rows: int
    batched: bool
    temporary: bool = False

    @property
    def shape(self) -> Shape:
        return self.rows, self.batched


class Buffers:
    """What a function under construction refers to, and the lines it has so far.

    Attributes:
        program: what to write.
        dtype: of all its numbers.
        names: constants and functions.
        made: the lines that make buffers and views, once for each size of batch.
        given: views of what is given with a call, by their letter: w0, w1, … in that order.
        lines: those that are being written, of the way ahead or back.
    """

    def __init__(self, program: ArrayProgram, dtype: Any) -> None:
        self.program, self.dtype = program, dtype
        self.names: dict[str, Any] = {
            "np": np, "empty": np.empty, "zeros": np.zeros, "full": np.full, "dot": np.dot,
            "matmul": np.matmul, "add_up": np.add.reduceat,
        }  # fmt: skip
        self.made: list[str] = []
        self.given: dict[str, list[str]] = {letter: [] for letter in GIVEN.values()}
        self.ahead: list[str] = []
        self.back: list[str] = []
        self.lines = self.ahead
        self._numbers: dict[Any, str] = {}
        self._views: dict[str, str] = {}
        self._count = 0
        self._free: dict[Shape, list[str]] = {}

    def fresh(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def constant(self, array: Any) -> str:
        """A name for a number or an array that never changes."""
        array = np.asarray(array)
        key = (array.shape, array.dtype.str, array.tobytes())
        if key not in self._numbers:
            self._numbers[key] = self.fresh("k")
            self.names[self._numbers[key]] = array
        return self._numbers[key]

    def number(self, x: Any) -> str:
        return self.constant(np.asarray(x, self.dtype))

    def function(self, call: Any) -> str:
        name = getattr(call, "__name__", "f")
        name = name if name.isidentifier() and self.names.get(name, call) is call else self.fresh("f")
        self.names[name] = call
        return str(name)

    def buffer(self, shape: Shape, letter: str = "t", zeros: bool = False) -> str:
        name = self.fresh(letter)
        make = "zeros" if zeros else "empty"
        self.made.append(f"{name} = {make}(({shape[0]}, {'batch' if shape[1] else 1}), dtype)")
        return name

    def scratch(self, shape: Shape) -> Array:
        """A buffer for now."""
        waiting = self._free.setdefault(shape, [])
        return Array(waiting.pop() if waiting else self.buffer(shape), *shape, temporary=True)

    def release(self, array: Array) -> None:
        if array.temporary:
            self._free[array.rows, array.batched].append(array.name)

    def view(self, expression: str) -> str:
        """A name for a view: of a buffer made with it, of what is given when it is given."""
        start = re.match(r"(\w)(\d+)\b", expression)
        if start and start[1] in self.given:  # a view of a view
            expression = self.given[start[1]][int(start[2])] + expression[start.end() :]
            expression = expression.removesuffix(".T.T")
        if letter := GIVEN.get(re.split(r"\W", expression, maxsplit=1)[0]):
            views = self.given[letter]
            if expression not in views:
                views.append(expression)
            return f"{letter}{views.index(expression)}"
        if expression not in self._views:
            self._views[expression] = self.fresh("v")
            self.made.append(f"{self._views[expression]} = {expression}")
        return self._views[expression]

    def say(self, line: str) -> None:
        self.lines.append(line)
