"""The program as plain arithmetic on floats, one line for each operation.

For few examples and without matrices, calls on arrays of two or three numbers cost more than all their
arithmetic. The text of a derivative is the row's own, with other names.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.describe.line_names import LineNames
from autograd._compiler.find.tape import CONSTANT, PARAMETER, Tape
from autograd._compiler.numpy_code.names import Namespace, identifier, with_listing
from autograd._compiler.numpy_code.source import wrapped
from autograd._table.readings import FLOATS, compile_source, load
from autograd._table.rows import Row

__all__ = ["scalar_source", "straight_line"]

Evaluate = Callable[[Sequence[float], Sequence[float]], tuple[list[float], list[float]]]


def straight_line(tape: Tape, program: ArrayProgram, gradient: bool) -> Evaluate:
    """A function from theta and the inputs of one example to the outputs and their gradient.

    Args:
        tape: the lines to write.
        program: the program found in them, for names and comments.
        gradient: whether to write the backward pass, of the first output.
    """
    text = _ScalarWriter(tape, program).text(gradient)
    code = compile_source(text, "evaluate", lambda: with_listing(text, program))
    evaluate: Evaluate = load(code, {**FLOATS, "inf": np.inf, "nan": np.nan})
    return evaluate


def scalar_source(tape: Tape, program: ArrayProgram, gradient: bool) -> str:
    """The source of that function, its lines in the order of the program's listing.

    >>> from autograd import Value, compile
    >>> x, w = Value(2.0, label="x"), Value(3.0, label="w")
    >>> program = compile(w * x * x, [x], [w])
    >>> print(scalar_source(program._reference.tape, program._array_program, True))
    def evaluate(theta, inputs):
        (w,) = theta
        (x,) = inputs
    <BLANKLINE>
        # return w * x * x   (1)
        t2 = w * x
        t3 = t2 * x
    <BLANKLINE>
        d_t3 = 1.0
    <BLANKLINE>
        # backward: return w * x * x   (1)
        d_t2 = d_t3 * x
        d_w = d_t2 * x
        return [t3], [d_w]
    <BLANKLINE>
    """
    return with_listing(_ScalarWriter(tape, program).text(gradient), program)


class _ScalarWriter:
    def __init__(self, tape: Tape, program: ArrayProgram) -> None:
        self.tape, names = tape, LineNames(program).names
        preferred = {line: identifier(label) for line, label in enumerate(program.labels) if label}
        own: dict[int, int] = {}  # the place in the listing of lines that are named there
        for place, (block, name) in enumerate(names.items()):
            for row, line in enumerate(block.lines.tolist()):
                own[line], preferred[line] = place, name if block.size == 1 else f"{name}_{row}"
        # The others belong to the first line of the listing that they are needed for.
        places = own.copy()
        operations = np.flatnonzero(tape.code > CONSTANT).tolist()
        for line in reversed(operations):
            place = places.setdefault(line, len(names))
            for argument in self.row(line)[1]:
                if argument not in own:
                    places[argument] = min(place, places.get(argument, place))
        self.order = sorted(operations, key=lambda line: (places[line], line))
        self.places = places
        fresh = Namespace({*FLOATS, "evaluate", "inf", "inputs", "nan", "theta"}).fresh
        self.names = {line: fresh(preferred.get(line, f"t{line}")) for line in range(len(tape.code))}
        self.adjoints = {line: fresh(f"d_{name}") for line, name in self.names.items()}
        constants = np.flatnonzero(tape.code == CONSTANT).tolist()
        self.names |= {line: repr(float(tape.numbers[line])) for line in constants}

    def row(self, line: int) -> tuple[Row, list[int]]:
        row = self.tape.rows[self.tape.code[line] - 2]
        return row, self.tape.args[: row.arity, line].tolist()

    def text(self, gradient: bool) -> str:
        inputs, wrt = dict.fromkeys(self.tape.inputs), dict.fromkeys(self.tape.wrt)
        parameters = [line for line in wrt if line not in inputs]
        lines = [*self.unpacked(parameters, "theta"), *self.unpacked(inputs, "inputs")]
        place = None
        for line in self.order:
            if self.places[line] != place:
                place = self.places[line]
                lines += ["", f"# @{place}"]
            lines.append(f"{self.names[line]} = {self.forward(line)}")
        lines += self.backward() if gradient else []
        outputs = ", ".join(self.names[line] for line in self.tape.outputs)
        slopes = ", ".join(self.adjoints[line] for line in self.tape.wrt) if gradient else ""
        lines.append(f"return [{outputs}], [{slopes}]")
        indented = [f"    {line}" if line else "" for line in lines]
        return "\n".join(["def evaluate(theta, inputs):", *indented, ""])

    def unpacked(self, lines: Iterable[int], of: str) -> list[str]:
        names = [self.names[line] for line in lines]
        last = "," if len(names) == 1 else ""
        return wrapped("", names, f" = {of}", last, brackets=True).splitlines() if names else []

    def arguments(self, line: int) -> tuple[Row, dict[str, str]]:
        """A row, and the names of its arguments."""
        row, places = self.row(line)
        names = (self.names[place] for place in places)
        in_brackets = (f"({name})" if name[0] == "-" else name for name in names)
        return row, dict(zip(row.inputs, in_brackets, strict=True))

    def forward(self, line: int) -> str:
        row, names = self.arguments(line)
        return _value(row).format(**names)

    def backward(self) -> list[str]:
        tape = self.tape
        active = tape.depends & PARAMETER > 0
        output = tape.outputs[0]
        written, place = {output}, None
        lines = ["", f"{self.adjoints[output]} = 1.0"]
        for line in reversed(self.order):
            if not active[line] or line not in written:
                continue
            if self.places[line] != place:
                place = self.places[line]
                lines += ["", f"# backward: @{place}"]
            row, names = self.arguments(line)
            names |= {"out": self.names[line], "g": self.adjoints[line]}
            for argument, contribution in zip(self.row(line)[1], _contributions(row), strict=True):
                if contribution is not None and active[argument]:
                    sign = "+=" if argument in written else "="
                    lines.append(f"{self.adjoints[argument]} {sign} {contribution.format(**names)}")
                    written.add(argument)
        rest = [line for line in dict.fromkeys(tape.wrt) if line not in written]
        return [*lines, *(f"{self.adjoints[line]} = 0.0" for line in rest)]


@functools.cache
def _value(row: Row) -> str:
    """A row as a template, its names to be filled in."""
    return _template(row, row.text)


@functools.cache
def _contributions(row: Row) -> tuple[str | None, ...]:
    """The gradient contributions of a row as templates, their names to be filled in."""
    return tuple(None if text is None else _template(row, text) for text in row.contributions)


def _template(row: Row, text: str) -> str:
    tree = ast.parse(text, mode="eval")
    for name in ast.walk(tree):
        if isinstance(name, ast.Name) and name.id in (*row.inputs, "out", "g"):
            name.id = f"{{{name.id}}}"
    return ast.unparse(tree)
