"""A program as plain data: a straight line of operations on variables and constants, and a point."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograd._graph.node import DomainError
from autograd._table.define import rows
from autograd._table.rows import Row
from autograd.testing._programs.latex import formula
from autograd.testing._programs.lines import Line, check_name
from autograd.testing._programs.operations import Operations, operation, row_named
from autograd.testing._programs.text import Parts, read, renamed, write

__all__ = ["Line", "Program"]


@dataclass(frozen=True, repr=False)
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
            check_name(name)
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
        return Program(*renamed(self._parts))

    def at(self, *point: float) -> Program:
        """The same calculation at another point."""
        return replace(self, point=point)

    @classmethod
    def parse(cls, text: str) -> Program:
        """The program of a text as `str` and `repr` write it: statements, a line or a semicolon each.

        Assignments of numbers are the variables and the point; names alone, as the last statement, are the
        outputs. A loop is a chain of one operation, and lines are called a, b, c, … then.

        Raises:
            ValueError: names the statement that no program has.

        >>> Program.parse("x = 3.0; y = 1.0; a = x * y; b = -a; a, b").outputs
        ('a', 'b')
        """
        return cls(*read(text))

    @property
    def latex(self) -> str:
        r"""The results as LaTeX; those that are used again are named, and defined after them.

        >>> print(Program.parse("x = 1.0; a = -x; b = exp(a); c = b + 0.5").latex)
        e^{-x} + 0.5
        """
        return formula(self._parts)

    def as_dict(self) -> dict[str, Any]:
        """The program as plain data for JSON, which `from_dict` reads.

        >>> Program.parse("x = 1.0; a = x * 2.0").as_dict()["lines"]
        [{'name': 'a', 'operation': 'mul', 'arguments': ['x', 2.0]}]
        """
        lines = [
            {"name": line.name, "operation": line.operation, "arguments": list(line.arguments)}
            for line in self.lines
        ]
        return {
            "variables": list(self.variables),
            "point": list(self.point),
            "lines": lines,
            "outputs": list(self.outputs),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Program:
        """The program of plain data.

        Raises:
            ValueError: where it has not the keys of `as_dict`, or is no program.
        """
        try:
            lines = [Line(d["name"], d["operation"], tuple(d["arguments"])) for d in data["lines"]]
            return cls(tuple(data["variables"]), tuple(data["point"]), tuple(lines), tuple(data["outputs"]))
        except (KeyError, TypeError) as error:
            raise ValueError(
                "a program as data has variables, point, lines (each with name, operation and arguments) and "
                f"outputs, as Program.as_dict() gives them: {type(error).__name__}: {error}"
            ) from None

    @property
    def _parts(self) -> Parts:
        return self.variables, self.point, self.lines, self.outputs

    def __str__(self) -> str:
        return "\n".join(write(self._parts))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """For Hypothesis and IPython, which else write the parts of a dataclass."""
        printer.text(repr(self))

    def __repr__(self) -> str:
        statements = write(self._parts)
        has_loops = any(statement.startswith("for ") for statement in statements)
        text = ("\n" if has_loops else "; ").join(statements)
        return f"Program.parse({text!r})"


class _Table(Mapping[str, Callable[..., Any]]):
    """The public rows by their names, as the table stands when it is asked."""

    def __getitem__(self, name: str) -> Row:
        row = row_named(name)
        if row is None:
            raise KeyError(name)
        return row

    def __iter__(self) -> Iterator[str]:
        return (row.name for row in rows() if row.public)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def table_operations() -> Mapping[str, Callable[..., Any]]:
    """The public rows of the table by their names."""
    return _Table()


def _add(known: set[str], name: str) -> None:
    if name in known:
        raise ValueError(f"the name {name!r} stands for two things")
    known.add(name)
