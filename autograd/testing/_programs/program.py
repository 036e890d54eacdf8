"""A program as plain data: a straight line of operations on variables and constants, and a point."""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograd._graph.node import DomainError
from autograd._graph.primitive import PRIMITIVES
from autograd._table.define import rows
from autograd._table.rows import Row
from autograd.testing._programs.operations import Operations, operation

__all__ = ["Line", "Program"]

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
    arguments: tuple[str | float, ...]

    def __post_init__(self) -> None:
        _check_name(self.name)
        numbers = tuple(a if isinstance(a, str) else float(a) for a in self.arguments)
        object.__setattr__(self, "arguments", numbers)
        if not operation(self.operation).takes(len(self.arguments)):
            raise ValueError(f"{self.operation} does not take {len(self.arguments)} argument(s)")

    @property
    def names(self) -> tuple[str, ...]:
        """Its arguments that are no constants."""
        return tuple(a for a in self.arguments if isinstance(a, str))

    def __str__(self) -> str:
        return f"{self.name} = {self.expression()}"

    def expression(self, methods: bool = False) -> str:
        """The right side, as Python: calls as functions, or those of one argument as methods."""
        texts = [
            a if isinstance(a, str) else f"({a!r})" if _is_signed(a) else repr(a) for a in self.arguments
        ]
        if self.operation in SIGNS:
            return SIGNS[self.operation].format(*texts)
        if methods and len(texts) == 1 and self.names:
            return f"{texts[0]}.{self.operation}()"
        return f"{self.operation}({', '.join(texts)})"


@dataclass(frozen=True)
class Program:
    """A calculation that any engine can perform, as plain data.

    Attributes:
        variables: their names.
        point: a number for each variable.
        lines: operations, each on variables, earlier lines and constants.
        outputs: the names of the results; by default the last line.

    Raises:
        ValueError: where a name is used before it has a value, or twice for two things, or an operation
            is unknown or gets too many or too few arguments.

    >>> program = Program(("x",), (3.0,), (Line("a", "mul", ("x", "x")), Line("b", "add", ("a", 1.0))))
    >>> print(program)
    x = 3.0
    a = x * x
    b = a + 1.0
    >>> program.values()
    {'x': 3.0, 'a': 9.0, 'b': 10.0}
    >>> from autograd import grad
    >>> grad(program.function())(3.0)
    6.0
    """

    variables: tuple[str, ...]
    point: tuple[float, ...]
    lines: tuple[Line, ...]
    outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "point", tuple(map(float, self.point)))
        if not self.outputs:
            last = self.lines[-1].name if self.lines else next(iter(self.variables), None)
            object.__setattr__(self, "outputs", (last,) if last else ())
        if len(self.variables) != len(self.point):
            raise ValueError(f"{len(self.variables)} variables, but {len(self.point)} numbers in the point")
        if not self.variables:
            raise ValueError("a program has at least one variable")
        known: set[str] = set()
        for name in self.variables:
            _check_name(name)
            _add(known, name)
        for line in self.lines:
            if unknown := [name for name in line.names if name not in known]:
                raise ValueError(
                    f"the line {str(line)!r} uses {unknown[0]!r}, which is not defined before it"
                )
            _add(known, line.name)
        if unknown := [name for name in self.outputs if name not in known]:
            raise ValueError(f"the output {unknown[0]!r} is no variable and no line")

    @property
    def size(self) -> int:
        """The number of its operations."""
        return len(self.lines)

    @property
    def operations(self) -> frozenset[str]:
        """The names of the operations in it."""
        return frozenset(line.operation for line in self.lines)

    def function(self, operations: Operations | None = None) -> Callable[..., Any]:
        """The program as a function of its variables: of one output a number, of several a tuple.

        Args:
            operations: of the engine, by their names; by default the rows of the table, which take floats,
                arrays, Values and Tensors.

        >>> Program(("x",), (2.0,), (Line("a", "exp", ("x",)),)).function()(0.0)
        1.0
        """
        engine = table_operations() if operations is None else operations

        def run(*variables: Any) -> Any:
            results = self._run(engine, variables)
            outputs = tuple(results[name] for name in self.outputs)
            return outputs[0] if len(outputs) == 1 else outputs

        return run

    def _run(self, engine: Operations, variables: tuple[Any, ...]) -> dict[str, Any]:
        results = dict(zip(self.variables, variables, strict=True))
        for line in self.lines:
            arguments = [results[a] if isinstance(a, str) else a for a in line.arguments]
            own = engine.get(line.operation)
            results[line.name] = (
                own(*arguments) if own else operation(line.operation).definition(engine, *arguments)
            )
        return results

    def values(self) -> dict[str, float]:
        """The number of each variable and of each line, by the table's functions on floats.

        Raises:
            DomainError: where a line has no value at the point.
        """
        return self._run(table_operations(), self.point)

    def is_defined(self) -> bool:
        """Whether each line has a finite value at the point."""
        try:
            return all(map(math.isfinite, self.values().values()))
        except DomainError:
            return False

    def without_unused_lines(self) -> Program:
        """The program without the lines that no output depends on; its variables stay.

        >>> lines = Line("a", "exp", ("x",)), Line("b", "sin", ("x",))
        >>> Program(("x",), (1.0,), lines, ("b",)).without_unused_lines().size
        1
        """
        used = set(self.outputs)
        for line in reversed(self.lines):
            if line.name in used:
                used.update(line.names)
        return replace(self, lines=tuple(line for line in self.lines if line.name in used))

    def with_lines_renamed(self) -> Program:
        """The program with lines called a, b, c, … in their order.

        >>> lines = Line("later", "exp", ("x",)), Line("end", "mul", ("later", "x"))
        >>> print(Program(("x",), (1.0,), lines).with_lines_renamed())
        x = 1.0
        a = exp(x)
        b = a * x
        """
        fresh = dict(zip([line.name for line in self.lines], names(set(self.variables)), strict=False))
        if all(old == new for old, new in fresh.items()):
            return self

        def renamed(a: str | float) -> str | float:
            return fresh.get(a, a) if isinstance(a, str) else a

        lines = tuple(
            Line(fresh[line.name], line.operation, tuple(map(renamed, line.arguments))) for line in self.lines
        )
        outputs = tuple(fresh.get(name, name) for name in self.outputs)
        return Program(self.variables, self.point, lines, outputs)

    def at(self, *point: float) -> Program:
        """The same calculation at another point."""
        return replace(self, point=point)

    def __str__(self) -> str:
        assignments = (f"{name} = {x!r}" for name, x in zip(self.variables, self.point, strict=True))
        return "\n".join([*assignments, *map(str, self.lines)])


class _Table(Mapping[str, Callable[..., Any]]):
    """The public rows by their names, as the table stands when it is asked."""

    def __getitem__(self, name: str) -> Row:
        row = PRIMITIVES[name]
        if isinstance(row, Row) and row.public:
            return row
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (row.name for row in rows() if row.public)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def table_operations() -> Mapping[str, Callable[..., Any]]:
    """The public rows of the table by their names."""
    return _Table()


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


def _check_name(name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is no name of Python")


def _add(known: set[str], name: str) -> None:
    if name in known:
        raise ValueError(f"the name {name!r} stands for two things")
    known.add(name)


def _is_signed(x: str | float) -> bool:
    return not isinstance(x, str) and math.copysign(1.0, x) < 0
