"""Any engine or library, as the laws and the programs of this kit see it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._table.define import rows
from autograd.testing._programs.operations import Operations
from autograd.testing._programs.program import Line, Program

__all__ = ["Engine", "Tape", "class_operations"]

Function = Callable[..., Any]
"""A function of an engine's own variables, with one result."""

Point = Sequence[float]
Gradient = tuple[float, ...]


@dataclass(frozen=True)
class Tape:
    """An engine whose nodes record operations, as micrograd's, PyTorch's and this project's do.

    Attributes:
        variable: makes a variable from a number.
        value: the number of a node.
        backward: runs the chain rule from a node.
        gradient: the gradient of a variable after that, None or a number.

    >>> from autograd import Value
    >>> tape = Tape(Value, lambda x: x.data, Value.backward, lambda x: x.grad)
    >>> tape.value(tape.variable(2.0))
    2.0
    """

    variable: Callable[[float], Any]
    value: Callable[[Any], float]
    backward: Callable[[Any], object]
    gradient: Callable[[Any], float | None]


@dataclass(frozen=True, repr=False)
class Engine:
    """An adapter: what an engine or a library does with functions of numbers.

    Attributes:
        name: for reports.
        operations: by the names of the table, as functions of its nodes and of numbers.
        evaluate: the number of a function at a point.
        gradient: its gradient there.
        tape: how nodes are made and swept, for an engine that has nodes.
        jvp: the derivative of a function at a point in a direction, of an engine with a forward mode.
        hessian: the second derivatives of a function at a point, as rows.
        mean_gradient: the gradient of the mean of a function over many examples, of an engine with batches:
            by its first variables; the others are the example.
        constants: inputs that have to be constants, by the names of operations: ``{"pow": (1,)}``
            for powers with an exponent that is a number.
        methods: whether an operation of one argument is written as a method, ``x.tanh()``.

    >>> from autograd import Value
    >>> from autograd.testing import Line, Program
    >>> program = Program(("x",), (3.0,), (Line("a", "mul", ("x", "x")),))
    >>> tape = Tape(Value, lambda x: x.data, Value.backward, lambda x: x.grad)
    >>> Engine.of_tape("Value", class_operations(Value), tape).run(program)
    (9.0, (6.0,))
    """

    name: str
    operations: Operations
    evaluate: Callable[[Function, Point], float]
    gradient: Callable[[Function, Point], Gradient]
    tape: Tape | None = None
    jvp: Callable[[Function, Point, Point], float] | None = None
    hessian: Callable[[Function, Point], Sequence[Gradient]] | None = None
    mean_gradient: Callable[[Function, Point, Sequence[Point]], Gradient] | None = None
    constants: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    methods: bool = False

    def __repr__(self) -> str:
        return f"<engine {self.name}, {len(self.operations)} operations>"

    @classmethod
    def of_tape(
        cls, name: str, operations: Mapping[str, Callable[..., Any]], tape: Tape, **more: Any
    ) -> Engine:
        """The adapter of an engine with nodes; `more` are further attributes, such as `constants`."""

        def evaluate(f: Function, point: Point) -> float:
            return _number(tape, f(*map(tape.variable, point)))

        def gradient(f: Function, point: Point) -> Gradient:
            return _swept(tape, f, point)[1]

        return cls(name, operations, evaluate, gradient, tape, **more)

    def takes(self, line: Line) -> bool:
        """Whether the engine has the operation of a line, with constants where it needs them."""
        return line.operation in self.operations and all(
            isinstance(line.arguments[i], float) for i in self.constants.get(line.operation, ())
        )

    def run(self, program: Program) -> tuple[float, Gradient]:
        """The result of a program of one output, and its gradient at the program's point.

        NumPy's warnings of overflows are left out: the numbers are to be judged.
        """
        with np.errstate(all="ignore"):
            return self._run(program)

    def _run(self, program: Program) -> tuple[float, Gradient]:
        f = program.function(self.operations)
        if self.tape is not None:
            return _swept(self.tape, f, program.point)
        value, gradient = float(self.evaluate(f, program.point)), self.gradient(f, program.point)
        if len(gradient) != len(program.point):
            raise ValueError(f"the gradient has {len(gradient)} entries for {len(program.point)} variables")
        return value, tuple(map(float, gradient))


def _swept(tape: Tape, f: Function, point: Point) -> tuple[float, Gradient]:
    variables = [tape.variable(x) for x in point]
    out = f(*variables)
    value = _number(tape, out)  # before the sweep, which a faulty engine lets change it
    if not isinstance(out, float | int):
        tape.backward(out)
    return value, tuple(_or_zero(tape.gradient(x)) for x in variables)


def _number(tape: Tape, out: Any) -> float:
    return float(out) if isinstance(out, float | int) else float(tape.value(out))


def _or_zero(gradient: float | None) -> float:
    return 0.0 if gradient is None else float(gradient)


OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "pow": operator.pow, "neg": operator.neg,
}  # fmt: skip


def class_operations(cls: type) -> dict[str, Callable[..., Any]]:
    """The operations of a class of nodes: Python's operators, and its methods with names of the table.

    >>> from autograd import Value
    >>> sorted(class_operations(Value))[:4]
    ['abs', 'acos', 'acosh', 'add']
    """
    available = {name: sign for name, sign in OPERATORS.items() if hasattr(cls, f"__{name}__")}
    if hasattr(cls, "__abs__"):
        available["abs"] = abs
    for row in rows():
        if (
            row.public
            and row.arity == 1
            and row.name not in available
            and callable(getattr(cls, row.name, None))
        ):
            available[row.name] = operator.methodcaller(row.name)
    return available
