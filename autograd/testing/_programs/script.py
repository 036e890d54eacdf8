"""A program as a Python script that runs alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from autograd.testing._programs.lines import Line, number_text
from autograd.testing._programs.operations import operation
from autograd.testing._programs.program import Program
from autograd.testing._programs.text import assignments

__all__ = ["script"]


def script(
    program: Program,
    *,
    module: str | None = "autograd",
    node: str | None = "Value",
    methods: bool = False,
    functions: Collection[str] = (),
) -> str:
    """A script that performs a program, and prints its results and the gradient of their sum.

    Args:
        module: from which the class of nodes and the functions are imported; None imports nothing.
        node: the class of nodes, with `data`, `grad` and `backward()`; None performs the program on numbers.
        methods: an operation of one argument is written as a method, ``x.tanh()``.
        functions: of mean, softmax and spread those that the module has; the others are written out.

    Raises:
        ValueError: where a variable has the name of a function, a class or a module that the script needs.

    >>> print(script(Program.parse("x = 2.0; a = exp(x); b = a * x"), module="student", methods=True))
    from student import Value
    <BLANKLINE>
    x = Value(2.0)
    a = x.exp()
    b = a * x
    b.backward()
    print("b =", b.data)
    print("x.grad =", x.grad)
    """
    calls: set[str] = set()
    express = _writer(methods, functions, calls)
    parts = (program.variables, program.point, program.lines, program.outputs)
    lines, outputs = assignments(parts, express)
    for i, (name, x) in enumerate(zip(program.variables, program.point, strict=True)):
        lines[i] = f"{name} = {f'{node}({number_text(x)})' if node else number_text(x)}"
    named = {line.name for line in program.lines} | set(program.variables)
    imports = sorted(calls | ({node} if node else set()))
    if taken := sorted(named & {*imports, "float", "print", "range"}):
        raise ValueError(f"the name {taken[0]!r} is needed by the script; give the variable another one")
    start = [f"from {module} import {', '.join(imports)}", ""] if module and imports else []
    if node:
        lines.append(
            f"{outputs[0]}.backward()" if len(outputs) == 1 else f"({' + '.join(outputs)}).backward()"
        )
    attribute = ".data" if node else ""
    lines += [f'print("{name} =", {name}{attribute})' for name in outputs]
    if node:
        lines += [f'print("{name}.grad =", {name}.grad)' for name in program.variables]
    return "\n".join([*start, *lines])


def _writer(methods: bool, functions: Collection[str], calls: set[str]) -> Callable[[Line], str]:
    """The right side of a line in the language of an engine; `calls` receives the functions that it needs."""

    def express(line: Line) -> str:
        if operation(line.operation).row is None and line.operation not in functions:
            texts = [a if isinstance(a, str) else number_text(a) for a in line.arguments]
            written = _Written(express)
            return str(operation(line.operation).definition(written, *map(_Text, texts)))
        text = line.expression(methods)
        if text.startswith(f"{line.operation}(") and line.operation != "abs":
            calls.add(line.operation)
        return text

    return express


class _Text(str):
    """The text of a name, a number or a call, which needs no parentheses."""


class _Written(dict[str, Callable[..., Any]]):
    """The operations on texts, with the names of arguments filled in."""

    def __init__(self, express: Callable[[Line], str]) -> None:
        super().__init__()
        self.express = express

    def __missing__(self, name: str) -> Callable[..., Any]:
        def apply(*args: str | float) -> str:
            holes = [f"argument_{i}_" if isinstance(a, str) else a for i, a in enumerate(args)]
            text = self.express(Line("result", name, tuple(holes)))
            is_call = text.startswith(f"{name}(")
            for hole, a in zip(holes, args, strict=True):
                if isinstance(a, str):
                    text = text.replace(str(hole), a if is_call or isinstance(a, _Text) else f"({a})")
            return _Text(text) if is_call else text

        return apply
