"""A tape performed line by line, by functions of its rows.

An operation takes some ten times as long as in code written for the tape, but no code has to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd._compiler.find.tape import Tape
from autograd._compiler.run.straight.dialects import FIELD, Dialect, Template
from autograd._compiler.run.straight.lines import Lines
from autograd._table.readings import generate

__all__ = ["Walk"]


class Walk(Lines):
    """The lines of a tape as a function, which is called as generated code is.

    Args:
        tape: the lines.
        gradient: whether the gradient of the first output is computed, too.
        dialect: of the functions.

    >>> from autograd import Value, sin
    >>> from autograd._compiler.find.tape import read
    >>> from autograd._compiler.run.straight.dialects import Floats
    >>> x, w = Value(2.0), Value(3.0)
    >>> Walk(read([x * w * w], [x], [w]), True, Floats())([3.0], [2.0])
    ([18.0], [12.0])
    """

    def __init__(self, tape: Tape, gradient: bool, dialect: Dialect) -> None:
        super().__init__(tape, dialect)
        self._values: list[Any] = [None] * len(self.codes)
        names = dialect.names
        for line, x in self.numbers.items():
            self._values[line] = eval(dialect.number(x), names)
        # Columns, not a tuple for each line: a million of those keep the garbage collector busy.
        functions: dict[Any, Any] = {}
        forward = [self._value(line, functions) for line in self.operations]
        self._forward = [self.operations, forward, *self._operands(self.operations)]
        self._backward: list[list[Any]] | None = None
        if gradient:
            needed = [line for line in reversed(self.needed()) if self._pull(line, functions)[1]]
            pulls = [self._pull(line, functions) for line in needed]
            chosen = zip(map(self.args.__getitem__, needed), pulls, strict=True)
            targets = [[args[i] for i in active] for args, (_, active) in chosen]
            places = [[own[i] if i < len(own) else -1 for own in targets] for i in range(3)]
            of_rows = [function for function, _ in pulls]
            self._backward = [needed, of_rows, *self._operands(needed), *places]

    def _operands(self, lines: list[int]) -> list[list[int]]:
        """The lines of the arguments x, y and z; of a row of fewer, its first again."""
        args = self.tape.args[:, lines]
        args = np.where(args < 0, args[:1], args).tolist()
        return [args[min(i, len(args) - 1)] for i in range(3)]

    def _value(self, line: int, functions: dict[Any, Any]) -> Callable[..., Any]:
        key = self.key(line)
        if key not in functions:
            row = self.tape.rows[key[0] - 2]
            functions[key] = self._function(("x", "y", "z"), [self.dialect.value(row, key[1])])
        return functions[key]  # type: ignore[no-any-return]

    def _pull(self, line: int, functions: dict[Any, Any]) -> tuple[Callable[..., Any], list[int]]:
        """The function for the contributions of a line, and the arguments that get them."""
        key = self.key(line)
        active = tuple([self.active[place] for place in self.args[line][: len(key[1])]])
        if (key, active) not in functions:
            templates = self.dialect.contributions(self.tape.rows[key[0] - 2], key[1])
            chosen = {i: t for i, t in enumerate(templates) if t is not None and active[i]}
            function = self._function(("g", "x", "y", "z", "out"), list(chosen.values()))
            functions[key, active] = function, list(chosen)
        return functions[key, active]  # type: ignore[no-any-return]

    def _function(self, parameters: Sequence[str], templates: Sequence[Template]) -> Callable[..., Any]:
        """The function of the expression of a template; with g of up to three of them."""
        lines = []
        for i, template in enumerate(templates):
            lines += [*template.before, f"v{i} = {template.text}"]
        names = [f"v{i}" if i < len(templates) else "None" for i in range(3)]
        result = ", ".join(names) if "g" in parameters else "v0"
        body = "".join(f"    {FIELD.sub(lambda field: field[1], line)}\n" for line in lines)
        source = f"def function({', '.join(parameters)}):\n{body}    return {result}\n"
        return generate(source, "function", self.dialect.names)  # type: ignore[no-any-return]

    def __call__(
        self, theta: Sequence[Any], inputs: Sequence[Any], one: Any = 1.0
    ) -> tuple[list[Any], list[Any]]:
        values = self._values.copy()
        for line, number in zip(self.leaves, (*theta, *inputs), strict=True):
            values[line] = number
        for line, function, x, y, z in zip(*self._forward, strict=True):
            values[line] = function(values[x], values[y], values[z])
        outputs = [values[line] for line in self.tape.outputs]
        return outputs, [] if self._backward is None else self._slopes(values, one)

    def _slopes(self, values: list[Any], one: Any) -> list[Any]:
        adjoints: list[Any] = [None] * len(values)
        adjoints[self.tape.outputs[0]] = one
        for line, function, x, y, z, first, second, third in zip(*self._backward or (), strict=True):
            g = adjoints[line]
            if g is None:
                continue
            a, b, c = function(g, values[x], values[y], values[z], values[line])
            values[line] = adjoints[line] = None  # nothing before it reads it
            held = adjoints[first]
            adjoints[first] = a if held is None else held + a
            if second >= 0:
                held = adjoints[second]
                adjoints[second] = b if held is None else held + b
            if third >= 0:
                held = adjoints[third]
                adjoints[third] = c if held is None else held + c
        return [0.0 if adjoints[line] is None else adjoints[line] for line in self.tape.wrt]
