"""Programs as text: Python statements, which run, and are read back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from autograd.testing._programs.lines import Argument, Line, names, number_text

__all__ = ["LOOP", "Parts", "assignments", "chains", "read", "renamed", "write"]

Parts = tuple[tuple[str, ...], tuple[float, ...], tuple[Line, ...], tuple[str, ...]]
"""The variables, the point, the lines and the outputs of a program."""

LOOP = 10  # operations from which on a chain is written as a loop

OPERATORS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow",
             ast.Mod: "mod", ast.FloorDiv: "floordiv"}  # fmt: skip

FORMS = "statements are like 'x = 2.0', 'a = x * x', 'a = exp(x)' and 'for _ in range(9): a = exp(a)'"


def write(parts: Parts) -> list[str]:
    """The statements of a program; the last names the outputs, unless the last line is the only one."""
    variables, _, lines, outputs = parts
    statements, shown = assignments(parts)
    if outputs != (lines[-1].name if lines else variables[0],):
        statements.append(", ".join(shown))
    return statements


def assignments(
    parts: Parts, express: Callable[[Line], str] = Line.expression
) -> tuple[list[str], tuple[str, ...]]:
    """The assignments of a program, and the names that its outputs have in them.

    A long chain of one operation is a loop. Then lines have names in the order of the statements, and in the
    order of the lines after `read`; so only a program whose lines are called a, b, c, … has loops.

    Args:
        parts: the program.
        express: the right side of a line as Python.
    """
    variables, point, lines, outputs = parts
    statements = [f"{name} = {number_text(x)}" for name, x in zip(variables, point, strict=True)]
    is_plain = renamed(parts) == parts
    fresh = names(set(variables))
    shown: dict[str, str] = {}

    def assign(line: Line) -> str:
        right = express(line.with_names(shown))
        name = shown[line.name] = next(fresh) if is_plain else line.name
        statements.append(f"{name} = {right}")
        return name

    for chain in chains(lines, outputs):
        if is_plain and len(chain) >= LOOP:
            name = assign(chain[0])
            again = express(chain[1].with_names(shown))
            statements.append(f"for _ in range({len(chain) - 1}): {name} = {again}")
            shown[chain[-1].name] = name
        else:
            for line in chain:
                assign(line)
    return statements, tuple(shown.get(name, name) for name in outputs)


def chains(lines: Sequence[Line], outputs: Sequence[str] = ()) -> list[Sequence[Line]]:
    """The lines in order, as chains: one operation again and again, each on the one before, used there alone.

    >>> _, _, lines, outputs = read("x = 1.0; a = -x; b = -a; c = -b; d = exp(c)")
    >>> [len(chain) for chain in chains(lines, outputs)]
    [3, 1]
    """
    uses = dict.fromkeys(outputs, 2)
    for line in lines:
        for name in set(line.names):
            uses[name] = uses.get(name, 0) + 1
    starts = [0]
    for i in range(1, len(lines)):
        line, before = lines[i], lines[i - 1]
        follows = line.operation == before.operation and before.name in line.names and uses[before.name] == 1
        if follows and i - starts[-1] > 1:  # as all but the first, whose argument may stand elsewhere
            follows = before.with_names({lines[i - 2].name: before.name}).arguments == line.arguments
        if not follows:
            starts.append(i)
    return [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True) if a < b]


def renamed(parts: Parts) -> Parts:
    """A program with lines called a, b, c, … in their order."""
    variables, point, lines, outputs = parts
    fresh = dict(zip([line.name for line in lines], names(set(variables)), strict=False))
    if all(old == new for old, new in fresh.items()):
        return parts
    new = tuple(replace(line.with_names(fresh), name=fresh[line.name]) for line in lines)
    return variables, point, new, tuple(fresh.get(name, name) for name in outputs)


def read(text: str) -> Parts:
    """The program of statements, each on a line of its own or after a semicolon.

    Raises:
        ValueError: for a statement that no program has.

    >>> variables, point, lines, outputs = read("x = 2.0; a = x * x; b = exp(a)")
    >>> lines[1]
    Line(name='b', operation='exp', arguments=('a',))
    """
    reader = _Reader()
    for statement in filter(None, (part.strip() for part in text.replace(";", "\n").splitlines())):
        try:
            reader.take(_parsed(statement))
        except ValueError as error:
            raise ValueError(f"cannot read {statement!r}: {error}") from None
    names_in_order = [*reader.point, *(line.name for line in reader.lines)]
    outputs = reader.outputs or (tuple(names_in_order[-1:]) if reader.lines else tuple(names_in_order[:1]))
    parts = (tuple(reader.point), tuple(reader.point.values()), tuple(reader.lines), outputs)
    return renamed(parts) if reader.has_loops else parts


class _Reader:
    """The parts of a program that have been read so far."""

    def __init__(self) -> None:
        self.point: dict[str, float] = {}
        self.lines: list[Line] = []
        self.outputs: tuple[str, ...] = ()
        self.has_loops = False
        self.current: dict[str, str] = {}  # the names of lines, by the names that a loop gave them

    def take(self, node: ast.stmt) -> None:
        if self.outputs:
            raise ValueError("the outputs are the last statement")
        match node:
            case ast.Expr(ast.Name(id=name)):
                self.outputs = (self.current.get(name, name),)
            case ast.Expr(ast.Tuple(elts)):
                self.outputs = tuple(self.current.get(str(a), str(a)) for a in map(_argument, elts))
            case ast.Assign([ast.Name(id=name)], value) if (x := _number(value)) is not None:
                if self.lines:
                    raise ValueError("variables come before lines")
                if name in self.point:
                    raise ValueError(f"the name {name!r} stands for two things")
                self.point[name] = x
            case ast.Assign([ast.Name(id=name)], value):
                self.lines.append(_line(name, value).with_names(self.current))
            case ast.For(
                ast.Name(), ast.Call(ast.Name("range"), [count]), [ast.Assign([ast.Name(id=name)], value)]
            ):
                self.repeat(name, _line(name, value), int(_number(count) or 0))
            case _:
                raise ValueError(FORMS)

    def repeat(self, name: str, line: Line, count: int) -> None:
        self.has_loops = True
        for i in range(count):
            last = f"{name}_{len(self.lines)}_{i}"
            self.lines.append(replace(line.with_names(self.current), name=last))
            self.current[name] = last


def _parsed(text: str) -> ast.stmt:
    try:
        (node,) = ast.parse(text).body
    except (SyntaxError, ValueError):
        raise ValueError(FORMS) from None
    return node


def _line(name: str, value: ast.expr) -> Line:
    """An assignment of one operation."""
    match value:
        case ast.UnaryOp(ast.USub(), operand):
            return Line(name, "neg", (_argument(operand),))
        case ast.BinOp(left, sign, right) if type(sign) in OPERATORS:
            return Line(name, OPERATORS[type(sign)], (_argument(left), _argument(right)))
        case ast.Call(ast.Name(operation), arguments, []):
            return Line(name, operation, tuple(map(_argument, arguments)))
    raise ValueError(FORMS)


def _argument(node: ast.expr) -> Argument:
    if isinstance(node, ast.Name):
        return node.id
    if (x := _number(node)) is not None:
        return x
    raise ValueError(f"one operation a line, on names and numbers; {FORMS}")


def _number(node: ast.expr) -> float | None:
    """The number of a literal, with its sign; also float('inf') and float('nan')."""
    match node:
        case ast.Constant(int() | float() as literal) if not isinstance(literal, bool):
            return float(literal)
        case ast.UnaryOp(ast.USub(), operand) if (x := _number(operand)) is not None:
            return -x
        case ast.Call(ast.Name("float"), [ast.Constant("inf" | "-inf" | "nan" as text)]):
            return float(text)
    return None
