"""The functions that grade a file, before and after it has run."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

from autograd.testing._laws.search.law import Law

__all__ = ["Guard"]

GUARDED = ("autograd", "json", "hmac", "math", "operator", "builtins")
REPLACED = ("print", "input", "open", "__import__", "_")  # by files with honest reasons


class Guard:
    """The functions, classes and laws of the modules that grade, and the standard ones on which they rest.

    >>> import math
    >>> guard, cosine = Guard(), math.cos
    >>> math.cos = math.sin
    >>> guard.change()
    'math.cos'
    >>> math.cos = cosine
    >>> guard.change()
    ''
    """

    def __init__(self) -> None:
        self.parts = _parts()

    def change(self) -> str:
        """The name of a part that is another one now; empty where all are as before."""
        now = _parts()
        for name, part in self.parts.items():
            if name not in now or any(x is not y for x, y in zip(part, now[name], strict=True)):
                return name
        return ""


def _parts() -> dict[str, tuple[Any, ...]]:
    parts: dict[str, tuple[Any, ...]] = {}
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] not in GUARDED:
            continue
        for name, x in list(vars(module).items()):
            if callable(x) and name not in REPLACED:
                parts[f"{module_name}.{name}"] = _identity(x)
                if isinstance(x, type) and x.__module__ == module_name:
                    methods = ((n, m) for n, m in vars(x).items() if callable(m) or isinstance(m, property))
                    parts |= {f"{module_name}.{name}.{n}": _identity(m) for n, m in methods}
            if isinstance(x, Law):
                parts[f"{module_name}.{name}"] = (x, *vars(x).values())
    return parts


def _identity(x: Any) -> tuple[Any, ...]:
    return (x, x.__code__, x.__defaults__, None) if isinstance(x, FunctionType) else (x, None, None, None)
