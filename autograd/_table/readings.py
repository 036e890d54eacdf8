"""The readings of the table: namespaces for the names in a row's texts.

The partial derivatives of a row are text in the engine's own operations: ``cos(x)`` is the partial of sin.
The same text has several readings, by the namespace of its names; the first three are here:

===========  ===============================================  ============================
reading      ``cos`` means                                    used by
===========  ===============================================  ============================
FLOATS       ``math.cos``                                     `Value`, reverse and forward
ARRAYS       ``numpy.cos``                                    `Tensor`, reverse and forward
NODES        the primitive itself, which records on nodes     every higher order, formulas
TRACED       ``numpy.cos`` as a call to be written down       compiled programs (`_compiler.row_calls`)
a library's  ``jax.numpy.cos``, differentiated by its row     JAX, PyTorch (`_compiler.export.arrays`)
===========  ===============================================  ============================
"""

from __future__ import annotations

import ast
import itertools
import linecache
import weakref
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

from autograd._graph.context import SWITCHES

__all__ = ["ARRAYS", "FLOATS", "MIXED", "NODES", "NUMPY", "compile_source", "generate", "load", "names_in"]

FLOATS: dict[str, Any] = SWITCHES  # also the globals of generated code, which reads the switches
ARRAYS: dict[str, Any] = {}
MIXED: dict[
    str, Any
] = {}  # ARRAYS where an operand may be a constant number: of numbers alone a function gives a float
NODES: dict[str, Any] = {}

NUMPY: dict[Any, Callable[..., Any]] = {}  # from NumPy's function to ours on nodes


_file_numbers = itertools.count(1)


def generate(source: str, function: str, names: dict[str, Any] = FLOATS) -> Any:
    r"""The function of that name in a generated source; its globals are those of a reading.

    >>> import inspect
    >>> double = generate("def double(x):\n    return 2 * x\n", "double")
    >>> print(inspect.getsource(double), end="")
    def double(x):
        return 2 * x
    """
    return load(compile_source(source, function), names)


def compile_source(source: str, function: str, shown: Callable[[], str] | None = None) -> CodeType:
    """The code of a generated source that defines this function.

    `inspect.getsource`, tracebacks and debuggers show its lines: they are in `linecache`, under a file name of
    their own, for as long as the function's code lives.

    Args:
        source: what is compiled.
        function: the name of the function.
        shown: gives the source as it is to be read, line by line the same but for comments.
    """
    file = f"<generated {function} {next(_file_numbers)}>"
    code = compile(source, file, "exec")
    body = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == function)
    linecache.cache[file] = len(source), None, _Lines(shown or source.__str__), file  # type: ignore[assignment]
    weakref.finalize(body, linecache.cache.pop, file, None).atexit = False
    return code


class _Lines(Sequence[str]):
    """The lines of a text that is made when they are first looked at."""

    def __init__(self, text: Callable[[], str]) -> None:
        self._text = text
        self._lines: list[str] | None = None

    def _read(self) -> list[str]:
        if self._lines is None:  # functools.cached_property would take a lock in Python 3.11
            self._lines = self._text().splitlines(keepends=True)
        return self._lines

    def __len__(self) -> int:
        return len(self._read())

    def __getitem__(self, index: Any) -> Any:
        return self._read()[index]


def load(code: CodeType, names: dict[str, Any]) -> Any:
    """The function that a code of `compile_source` defines, with the names of a reading for its globals."""
    namespace: dict[str, Any] = {}
    exec(code, names, namespace)
    (function,) = namespace.values()
    return function


def names_in(text: str) -> set[str]:
    """The names an expression uses.

    >>> sorted(names_in("2 * x * cos(y)"))
    ['cos', 'x', 'y']
    """
    return {n.id for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, ast.Name)}
