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
TRACED       ``numpy.cos`` as a call to be written down       compiled programs (`compiler.kernels`)
a library's  ``jax.numpy.cos``, differentiated by its row     JAX, PyTorch (`compiler.elsewhere`)
===========  ===============================================  ============================
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from autograd._graph.context import SWITCHES

__all__ = ["ARRAYS", "FLOATS", "NODES", "NUMPY", "generate", "names_in"]

FLOATS: dict[str, Any] = SWITCHES  # generated code lives here, so it finds the switches here
ARRAYS: dict[str, Any] = {}
NODES: dict[str, Any] = {}

NUMPY: dict[Any, Callable[..., Any]] = {}  # NumPy's function, and ours that takes its place on nodes


def generate(source: str, function: str, names: dict[str, Any] = FLOATS) -> Any:
    """The function of that name in a generated source; its globals are those of a reading."""
    written: dict[str, Any] = {}
    exec(compile(source, f"<generated {function}>", "exec"), names, written)
    return written[function]


def names_in(text: str) -> set[str]:
    """The names an expression uses.

    >>> sorted(names_in("2 * x * cos(y)"))
    ['cos', 'x', 'y']
    """
    return {n.id for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, ast.Name)}
