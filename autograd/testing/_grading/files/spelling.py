"""Programs in a student's own words: the names of the class, of its gradient and of its operations."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograd.testing._programs.lines import SIGNS

__all__ = ["Spelling", "number_text"]

LONG = 12  # statements, from which repetitions are written as a loop
OPERATORS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow",
             ast.USub: "neg"}  # fmt: skip


@dataclass(frozen=True)
class Spelling:
    """The spelling of programs with a student's class.

    Attributes:
        make: a node from a number, as ``Value({})``.
        number: of a node, as ``{}.data``.
        gradient: of a node, as ``{}.grad``.
        backward: the sweep from a node, as ``{}.backward()``.
        calls: operations with other names than the table's, as ``{}.ReLU()``; one place stands for all
            arguments of a function of several numbers.
        places: where operations are defined in the file, as ``__mul__, line 31``.
    """

    make: str = "Value({})"
    number: str = "{}.data"
    gradient: str = "{}.grad"
    backward: str = "{}.backward()"
    calls: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def call(self, operation: str, *arguments: str) -> str:
        """An operation on texts.

        >>> Spelling(calls={"relu": "{}.ReLU()"}).call("relu", "x"), Spelling().call("mul", "x", "y")
        ('x.ReLU()', 'x * y')
        """
        template = self.calls.get(operation) or SIGNS.get(operation)
        if template is None:
            template = f"{{}}.{operation}()" if len(arguments) == 1 else f"{operation}({{}})"
        count = template.count("{}")
        return (
            template.format(*arguments) if count == len(arguments) else template.format(", ".join(arguments))
        )

    def statements(self, script: str) -> list[str]:
        """A script for a class `Value` in these words, a statement each.

        >>> Spelling(make="Node({})", gradient="{}.g").statements("x = Value(1.0); out = x * x; x.grad")
        ['x = Node(1.0)', 'out = x * x', 'x.g']
        """
        code, mark, comment = script.partition("  # ")
        statements = [self._statement(node) for node in ast.parse(code.replace("; ", "\n")).body]
        return [*statements[:-1], statements[-1] + mark + comment]

    def example(self, script: str, width: int) -> str:
        """A script in these words as lines to paste, as few as fit the width; long chains as loops."""
        lines = [""]
        for statement in _with_loops(self.statements(script)):
            joined = f"{lines[-1]}; {statement}" if lines[-1] else statement
            alone = "for " in statement or "for " in lines[-1]
            if lines[-1] and (alone or len(joined) > width):
                lines.append(statement)
            else:
                lines[-1] = joined
        return "\n".join(lines)

    def quantity(self, text: str) -> str:
        """A text about a number such as ``x.grad`` in these words."""
        for name, template in (("grad", self.gradient), ("data", self.number)):
            text = re.sub(rf"\b(\w+)\.{name}\b", template.format(r"\1"), text)
        return text

    def _statement(self, node: ast.stmt) -> str:
        if isinstance(node, ast.Assign):
            return f"{', '.join(map(ast.unparse, node.targets))} = {self._expression(node.value)}"
        if isinstance(node, ast.For):
            return (
                f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}: {self._statement(node.body[0])}"
            )
        if isinstance(node, ast.Expr):
            return self._expression(node.value)
        return ast.unparse(node)

    def _expression(self, node: ast.expr) -> str:
        match node:
            case ast.Call(func=ast.Name(id=name), args=args) if name[:1].isupper():
                return self.make.format(*map(self._expression, args))
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.call(name, *map(self._operand, args))
            case ast.Call(func=ast.Attribute(value=value, attr="backward"), args=[]):
                return self.backward.format(self._operand(value))
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=args):
                return self.call(name, self._operand(value), *map(self._expression, args))
            case ast.Attribute(value=value, attr="grad"):
                return self.gradient.format(self._operand(value))
            case ast.Attribute(value=value, attr="data"):
                return self.number.format(self._operand(value))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return self.call(OPERATORS[type(op)], self._operand(left), self._operand(right))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Name() as operand):
                return self.call("neg", operand.id)
        return ast.unparse(node)

    def _operand(self, node: ast.expr) -> str:
        text = self._expression(node)
        return f"({text})" if isinstance(node, ast.BinOp | ast.UnaryOp) else text


def number_text(x: float | str) -> str:
    """A number for a reader: whole ones without a point, others to six digits.

    >>> number_text(2.0), number_text(0.1966119332414818), number_text(float("nan"))
    ('2', '0.196612', 'nan')
    """
    return x if isinstance(x, str) else f"{x:.6g}"


def _with_loops(statements: Sequence[str]) -> list[str]:
    """Many statements that do the same to the result before, as a loop."""
    if len(statements) <= LONG:
        return list(statements)
    lines: list[str] = []
    i = 0
    while i < len(statements):
        step = _step(statements, i)
        j = i
        while step and j < len(statements) and _step(statements, j) == step:
            j += 1
        if j - i <= 3 or step is None:
            lines.append(statements[i])
            i += 1
            continue
        last = statements[j - 1].partition(" = ")[0]
        first = statements[i - 1].partition(" = ")[0]
        lines += [f"{last} = {first}", f"for _ in range({j - i}): {last} = {step.replace('·', last)}"]
        i = j
    return lines


def _step(statements: Sequence[str], i: int) -> str | None:
    """The right side of a statement with a dot for the result before it; None where it does not use it."""
    if not i or " = " not in statements[i] or " = " not in statements[i - 1]:
        return None
    before = statements[i - 1].partition(" = ")[0]
    right = statements[i].partition(" = ")[2]
    step = re.sub(rf"\b{re.escape(before)}\b", "·", right)
    return step if step != right else None
