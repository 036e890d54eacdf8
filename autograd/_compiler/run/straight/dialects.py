"""Operations as templates of Python's statements: on floats, and on arrays with a number for each example.

A straight line of code has a statement for each operation, and one for each gradient contribution. Rows are
the same in both dialects: on floats the texts of the table, in which small functions of `numerics` stand in
place of their calls; on arrays the calls of NumPy's functions that `row_calls` traces.
"""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import re
import textwrap
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from autograd._compiler.numpy_code.calls import order_calls
from autograd._compiler.row_calls import Kernel, Symbol
from autograd._table import numerics
from autograd._table.readings import FLOATS, generate
from autograd._table.rows import SYMBOLS, Row

__all__ = ["FIELD", "NEGATIVE", "OUT", "SAME", "Arrays", "Dialect", "Floats", "Numbers", "Template"]

# Of the arguments of a row; None for an argument that is no constant, or whose number makes no difference.
Numbers = tuple[float | None, ...]

OUT = 4  # the place of a row's result among the fields of a statement
FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Template:
    """An expression with fields, as ``{x} * {y}``, and the statements that prepare it.

    The fields are the inputs of a row, its result ``out``, and the adjoint ``g`` of that.

    Attributes:
        before: statements that assign to variables u1, u2, ... of their own.
        text: the expression.
    """

    before: tuple[str, ...]
    text: str

    def statement(self, form: str, inputs: Sequence[str]) -> tuple[str, tuple[int, ...]]:
        """The statement of a form, as ``{target} = {0}``, for ``%``; and the places of its fields.

        The places are those in x, y, z, the target, out, g, and the contributions so far.

        >>> Template((), "{x} % {y}").statement("{target} = {0}", "xy")
        ('    %s = %s %% %s\\n', (3, 0, 1))
        """
        places = {**{name: i for i, name in enumerate(inputs)}, "target": 3, "out": OUT, "g": 5, "held": 6}
        lines = [*self.before, form.replace("{0}", self.text)]
        text = "".join(f"    {line}\n" for line in lines).replace("%", "%%")
        return FIELD.sub("%s", text), tuple(places[name] for name in FIELD.findall(text))


# Contributions that are the adjoint itself, or the opposite of it: added without a product.
SAME, NEGATIVE = Template((), "{g}"), Template((), "-{g}")


class Dialect(ABC):
    """Templates of the rows of the table, for one piece of code.

    Attributes:
        names: of the functions and numbers in its templates, which are the code's globals.
    """

    names: dict[str, Any]

    @abstractmethod
    def value(self, row: Row, numbers: Numbers) -> Template:
        """The result of a row."""

    @abstractmethod
    def contributions(self, row: Row, numbers: Numbers) -> tuple[Template | None, ...]:
        """The gradient contribution to each argument of a row; None for 0."""

    def slopes(self, row: Row, numbers: Numbers, i: int) -> tuple[str, tuple[int, ...]] | None:
        """A function for the partial derivatives of many results of a row by their i-th arguments.

        They depend on no adjoint, so they need not be computed one by one. The function takes for each of
        some fields the arrays of all results; its name is returned, and the places of these fields.
        """
        return None

    @abstractmethod
    def specializes(self, row: Row) -> bool:
        """Whether the templates of a row differ from number to number."""

    @abstractmethod
    def number(self, x: float) -> str:
        """The text of a number."""


# -- floats ---------------------------------------------------------------------------------------


class Floats(Dialect):
    """On Python's floats."""

    def __init__(self) -> None:
        self.names = {**FLOATS, "inf": np.inf, "nan": np.nan}

    def value(self, row: Row, numbers: Numbers) -> Template:
        return _on_floats(row, row.text)

    def contributions(self, row: Row, numbers: Numbers) -> tuple[Template | None, ...]:
        return tuple(None if text is None else _on_floats(row, text) for text in row.contributions)

    def specializes(self, row: Row) -> bool:
        return False

    def number(self, x: float) -> str:
        return f"({x!r})" if repr(x)[0] == "-" else repr(x)


@functools.cache
def _on_floats(row: Row, text: str) -> Template:
    """An expression of the table, with the bodies of small functions in place of their calls."""
    body = _Inlined()
    tree = _Cheap().visit(body.visit(ast.parse(text, mode="eval").body))
    fields = {name: f"{{{name}}}" for name in (*row.inputs, "out", "g")}
    before = (line for part in body.before for line in _text(_Cheap().visit(part), fields).splitlines())
    return Template(tuple(before), _text(tree, fields))


def _text(tree: ast.AST, names: dict[str, str]) -> str:
    for part in ast.walk(tree):
        if isinstance(part, ast.Name) and part.id in names:
            part.id = names[part.id]
    return ast.unparse(ast.fix_missing_locations(tree))


class _Inlined(ast.NodeTransformer):
    """Replaces calls of functions whose body is short: a call takes as long as five products."""

    def __init__(self) -> None:
        self.before: list[ast.stmt] = []
        self.fresh = map("u{}".format, itertools.count(1))

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return node  # of its branches only one is evaluated

    visit_BoolOp = visit_Lambda = visit_IfExp  # type: ignore[assignment]

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = FLOATS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        body = _body(function) if isinstance(function, FunctionType) else None
        if body is None or node.keywords:
            return node
        parameters, statements = body
        names: dict[str, str] = {}
        for parameter, argument in zip(parameters, node.args, strict=True):
            names[parameter] = (argument if isinstance(argument, ast.Name) else self._assigned(argument)).id
        statements = ast.parse(ast.unparse(ast.Module(statements, []))).body  # a copy
        for part in ast.walk(ast.Module(statements, [])):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part.id not in names:
                names[part.id] = next(self.fresh)
        for part in ast.walk(ast.Module(statements, [])):
            if isinstance(part, ast.Name):
                part.id = names.get(part.id, part.id)
        *first, last = statements
        if isinstance(last, ast.Return) and not any(isinstance(each, ast.If) for each in first):
            self.before += first
            assert last.value is not None
            return last.value
        result = next(self.fresh)
        self.before += _assigning(statements, result)
        return ast.Name(result, ast.Load())

    def _assigned(self, value: ast.expr) -> ast.Name:
        name = next(self.fresh)
        self.before.append(ast.Assign([ast.Name(name, ast.Store())], value, lineno=0))
        return ast.Name(name, ast.Load())


def _assigning(statements: list[ast.stmt], result: str) -> list[ast.stmt]:
    """Statements that assign a result where these return it; after a branch that returns, the others."""
    first, *others = statements
    if isinstance(first, ast.Return):
        assert first.value is not None
        return [ast.Assign([ast.Name(result, ast.Store())], first.value, lineno=0)]
    if isinstance(first, ast.If):
        return [ast.If(first.test, _assigning(first.body, result), _assigning(others, result))]
    return [first, *_assigning(others, result)]


@functools.cache
def _body(function: FunctionType) -> tuple[list[str], list[ast.stmt]] | None:
    """The parameters and the statements of a function of `numerics`; None if they cannot stand for a call.

    They are assignments, and branches that end with a return. A function of `math` goes by its name in the
    table.
    """
    if not function.__module__.startswith(numerics.__name__):
        return None
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except OSError:  # installed without its source
        return None
    if not isinstance(tree, ast.FunctionDef) or tree.decorator_list:
        return None
    parameters = [argument.arg for argument in tree.args.args]
    statements = [part for part in tree.body if not isinstance(getattr(part, "value", None), ast.Constant)]
    plain = _Math(function.__globals__)
    statements = [plain.visit(part) for part in statements]
    own = {part.id for each in statements for part in ast.walk(each)
           if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}  # fmt: skip
    names = {part.id for each in statements for part in ast.walk(each) if isinstance(part, ast.Name)}
    assigned_parameter = own & set(parameters)
    sound = plain.sound and names <= {*own, *parameters, *plain.known} and not assigned_parameter
    return (parameters, statements) if sound and _returns(statements) else None


def _returns(statements: Sequence[ast.stmt]) -> bool:
    """Whether these are assignments, and branches that return, and a return at the end."""
    *first, last = statements or [ast.Pass()]
    return (isinstance(last, ast.Return) and last.value is not None) and all(
        isinstance(each, ast.Assign) or (isinstance(each, ast.If) and not each.orelse and _returns(each.body))
        for each in first
    )


class _Cheap(ast.NodeTransformer):
    """Writes 1.0 for 1, and |x| without a call, both exactly as they were.

    Python's arithmetic of an int and a float is three times as slow as that of floats.
    """

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(float(node.value)) if type(node.value) is int else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="abs"), args=[ast.Name(id=x)]):
                return ast.parse(f"{x} if {x} > 0.0 else 0.0 - {x}", mode="eval").body
        return node


class _Math(ast.NodeTransformer):
    """Writes ``exp`` for ``math.exp``, where that is the function on floats of this name."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names, self.sound = names, True
        self.known = {"abs"}  # Python's is a row, too

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        value = node.value
        function = getattr(self.names.get(value.id), node.attr, None) if isinstance(value, ast.Name) else None
        if function is None or FLOATS.get(node.attr) is not function:
            self.sound = False
            return node
        self.known.add(node.attr)
        return ast.Name(node.attr, ast.Load())


# -- arrays ---------------------------------------------------------------------------------------


class Arrays(Dialect):
    """On arrays of NumPy, all of one shape, by the quick functions of rows."""

    def __init__(self) -> None:
        self.names = {}
        self._functions: dict[Any, str] = {}
        self._slopes: dict[Any, tuple[str, tuple[int, ...]] | None] = {}

    def value(self, row: Row, numbers: Numbers) -> Template:
        kernel, args = self._kernel(row, numbers)
        return self._template(kernel.applied(row, args))

    def contributions(self, row: Row, numbers: Numbers) -> tuple[Template | None, ...]:
        kernel, args = self._kernel(row, numbers)
        out, g = kernel.symbol("{out}"), kernel.symbol("{g}")
        pulled = kernel.pulled(row, g, args, out)
        return tuple(None if each is None else self._contribution(each, g) for each in pulled)

    def slopes(self, row: Row, numbers: Numbers, i: int) -> tuple[str, tuple[int, ...]] | None:
        if (row, numbers, i) not in self._slopes:
            self._slopes[row, numbers, i] = self._slope(row, numbers, i)
        return self._slopes[row, numbers, i]

    def _slope(self, row: Row, numbers: Numbers, i: int) -> tuple[str, tuple[int, ...]] | None:
        kernel, args = self._kernel(row, numbers)
        out, g = kernel.symbol("{out}"), kernel.symbol("{g}")
        match kernel.pulled(row, g, args, out)[i]:
            case Symbol(call=np.multiply, args=(first, Symbol() as slope)) if first is g and slope.call:
                body = self._template(slope)
            case _:
                return None
        text = "\n".join([*(f"    {line}" for line in body.before), f"    return {body.text}", ""])
        fields = [name for name in (*row.inputs, "out", "g") if f"{{{name}}}" in text]
        if "g" in fields:
            return None
        name = f"slopes_{len(self._slopes)}"
        stacked = "".join(f"    {field} = stack({field})\n" for field in fields)
        source = f"def {name}({', '.join(fields)}):\n{stacked}{FIELD.sub(lambda field: field[1], text)}"
        self.names["stack"] = _stack
        self.names[name] = generate(source, name, self.names.copy())  # a copy: no circle
        return name, tuple(OUT if field == "out" else row.inputs.index(field) for field in fields)

    def specializes(self, row: Row) -> bool:
        return row.key not in SYMBOLS

    def _contribution(self, end: Any, g: Symbol) -> Template:
        if isinstance(end, Symbol) and end.call is np.negative and end.args == (g,):
            return NEGATIVE
        return SAME if end is g else self._template(end)

    def _kernel(self, row: Row, numbers: tuple[float | None, ...]) -> tuple[Kernel, list[Any]]:
        kernel = Kernel(np.dtype(float), quick=True)
        named = zip(row.inputs, numbers, strict=True)
        return kernel, [kernel.symbol(f"{{{name}}}") if x is None else x for name, x in named]

    def _template(self, end: Any) -> Template:
        """The calls that a symbol stands for, each into the array of an argument that it alone reads."""
        if not isinstance(end, Symbol):
            return Template((), self.number(end))
        if end.call is None:
            return Template((), end.args[0])
        order = order_calls([end], {})
        uses = Counter(a for symbol in order for a in set(symbol.args) if isinstance(a, Symbol))
        texts: dict[Symbol, str] = {}
        before: list[str] = []
        for i, symbol in enumerate(order):
            if symbol.call is None:
                texts[symbol] = symbol.args[0]
                continue
            args = [texts[a] if isinstance(a, Symbol) else self.number(a) for a in symbol.args]
            own = (a for a in symbol.args if isinstance(a, Symbol) and a.call is not None and uses[a] == 1)
            spare = next(filter(_gives_numbers, own), None)
            if spare is not None and _gives_numbers(symbol):
                args.append(f"out={texts[spare]}")
            text = f"{self._function(symbol.call)}({', '.join(args)})"
            if symbol is end:
                return Template(tuple(before), text)
            texts[symbol] = f"u{i}"
            before.append(f"u{i} = {text}")
        raise AssertionError("a symbol comes after its arguments")

    def _function(self, call: Callable[..., Any]) -> str:
        if call not in self._functions:
            name = getattr(call, "__name__", "")
            if getattr(np, name, None) is not call:  # a row's own may have any name
                name = f"function_{len(self._functions)}"
            self._functions[call] = name
            self.names[name] = call
        return self._functions[call]

    def number(self, x: float) -> str:
        """The name of an array of no dimension: with Python's number a call takes twice as long."""
        if isinstance(x, bool):
            return repr(x)
        text = re.sub(r"\W", "_", repr(x))
        name = f"number{text if x >= 0 and text[0] != '_' else '_minus' + text}"
        self.names.setdefault(name, np.array(x))
        return name


def _stack(arrays: Sequence[Any]) -> Any:
    """Arrays as the rows of one: several times as fast as `numpy.stack`."""
    return np.concatenate(arrays).reshape(len(arrays), -1)


def _gives_numbers(symbol: Symbol) -> bool:
    """Whether a call gives one array of numbers, and takes a place for it."""
    call = symbol.call
    if not isinstance(call, np.ufunc) or call.nout > 1 or symbol.is_truth:
        return False
    return not all(types.endswith("?") for types in call.types)
