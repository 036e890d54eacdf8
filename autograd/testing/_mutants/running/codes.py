"""The code of functions before and after a change of their source, and the running functions that have it."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import compress
from types import CodeType, FunctionType
from typing import Any

__all__ = [
    "changed_codes",
    "code_of",
    "functions_of",
    "inner_codes",
    "objects_of",
    "same_outside_of_functions",
]

EARLY = os.path.join  # a function that has been there since Python started


@lru_cache(4)  # compiled to see whether it is Python, and again to be planted
def code_of(source: str, file: str) -> CodeType:
    """The code of a module's source."""
    code: CodeType = compile(source, file, "exec", dont_inherit=True)
    return code


def changed_codes(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The codes inside a code, at every depth, that differ from their counterparts in the other.

    >>> old, new = (compile(f"a = lambda x: x\\nb = lambda x: {y}", "", "exec") for y in ("x + 1", "x - 1"))
    >>> [(a.co_firstlineno, b.co_firstlineno) for a, b in changed_codes(old, new)]
    [(2, 2)]
    """
    before, after = inner_codes(old), inner_codes(new)
    matcher = SequenceMatcher(None, [*map(_essence, before)], [*map(_essence, after)], autojunk=False)
    for operation, i, i_end, j, j_end in matcher.get_opcodes():
        if operation != "replace":
            continue
        rest = after[j:j_end]
        for code in before[i:i_end]:
            twin = next((other for other in rest if other.co_name == code.co_name), None)
            if twin is not None:
                rest = rest[rest.index(twin) + 1 :]
                yield code, twin
                yield from changed_codes(code, twin)


def objects_of(*kinds: type) -> list[Any]:
    """All functions of this process, and its objects of exactly these types: anything may hold closures.

    >>> objects_of in objects_of()
    True
    """
    kinds = (*kinds, FunctionType)
    objects = _objects_of(kinds)
    # gc.get_objects leaves out frozen objects, as those of a process before it forks: then an early function
    # is missing. gc.get_freeze_count would count all of them.
    if not any(x is EARLY for x in objects):
        gc.unfreeze()
        try:
            objects = _objects_of(kinds)
        finally:
            gc.freeze()
    return objects


def _objects_of(kinds: Sequence[type]) -> list[Any]:
    objects = gc.get_objects()
    return [*compress(objects, map(frozenset(kinds).__contains__, map(type, objects)))]


def functions_of(
    codes: Iterable[CodeType], names: dict[str, Any], objects: Iterable[Any]
) -> dict[CodeType, list[FunctionType]]:
    """The functions among objects with one of these codes and these globals."""
    functions: dict[CodeType, list[FunctionType]] = {code: [] for code in codes}
    for x in objects:
        if type(x) is FunctionType and x.__globals__ is names and x.__code__ in functions:
            functions[x.__code__].append(x)
    return functions


def same_outside_of_functions(old: CodeType, new: CodeType) -> bool:
    """Whether two codes do the same but for the bodies of the functions that they define."""
    return _essence(old, depth=0) == _essence(new, depth=0) and [c.co_name for c in inner_codes(old)] == [
        c.co_name for c in inner_codes(new)
    ]


def inner_codes(code: CodeType) -> list[CodeType]:
    """The codes of the functions that a code defines."""
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _essence(code: CodeType, depth: int | None = None) -> CodeType:
    """A code without its lines and its file; to a depth, without the codes in it."""
    below = None if depth is None else depth - 1

    def constant(x: Any) -> Any:
        if not isinstance(x, CodeType):
            return x
        return None if depth == 0 else _essence(x, below)

    constants = tuple(map(constant, code.co_consts))
    return code.replace(co_firstlineno=1, co_linetable=b"", co_filename="", co_consts=constants)
