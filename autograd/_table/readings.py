"""Where the names in a row's texts are looked up: each reading of the table is a namespace.

A row gives its partial derivatives as text in the engine's own operations: ``cos(x)`` is the partial of
sin. The same text is read in several ways, by looking its names up in several places, the first three of
them here:

===========  ===============================================  ============================
reading      ``cos`` means                                    used by
===========  ===============================================  ============================
FLOATS       ``math.cos``                                     `Value`, reverse and forward
ARRAYS       ``numpy.cos``                                    `Tensor`, reverse and forward
NODES        the primitive itself, which records on nodes     every higher order, formulas
TRACED       ``numpy.cos`` as a call to be written down       compiled programs (`_compiler.row_calls`)
a library's  ``jax.numpy.cos``, differentiated by its row     JAX, PyTorch (`_compiler.export`)
===========  ===============================================  ============================
"""

from __future__ import annotations

import ast
import itertools
import linecache
import weakref
from collections.abc import Callable
from types import CodeType
from typing import Any

from autograd._graph.context import SWITCHES

__all__ = ["ARRAYS", "FLOATS", "NODES", "NUMPY", "compile_source", "generate", "names_in"]

FLOATS: dict[str, Any] = SWITCHES  # generated code lives here, so it finds the switches here
ARRAYS: dict[str, Any] = {}
NODES: dict[str, Any] = {}

NUMPY: dict[Any, Callable[..., Any]] = {}  # NumPy's function, and ours that takes its place on nodes


_file_numbers = itertools.count(1)


def generate(source: str, function: str, names: dict[str, Any] = FLOATS) -> Any:
    r"""The function of that name in a generated source; its globals are those of a reading.

    >>> import inspect
    >>> double = generate("def double(x):\n    return 2 * x\n", "double")
    >>> print(inspect.getsource(double), end="")
    def double(x):
        return 2 * x
    """
    namespace: dict[str, Any] = {}
    exec(compile_source(source, function), names, namespace)
    return namespace[function]


def compile_source(source: str, function: str) -> CodeType:
    """The code of a generated source that defines this function.

    `inspect.getsource`, tracebacks and debuggers show its lines: they are in `linecache`, under a file name of
    their own, for as long as the function's code lives.
    """
    file = f"<generated {function} {next(_file_numbers)}>"
    code = compile(source, file, "exec")
    body = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == function)
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    weakref.finalize(body, linecache.cache.pop, file, None).atexit = False
    return code


def names_in(text: str) -> set[str]:
    """The names an expression uses.

    >>> sorted(names_in("2 * x * cos(y)"))
    ['cos', 'x', 'y']
    """
    return {n.id for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, ast.Name)}
