"""The code of functions before and after a change of their source, and the running functions that have it."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from types import CodeType, FunctionType
from typing import Any

__all__ = ["changed_codes", "functions_of", "inner_codes", "objects_of", "same_outside_of_functions"]


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
    """All objects of exactly these types in this process: closures and caches may be held by anything.

    >>> objects_of in objects_of(FunctionType)
    True
    """
    frozen = gc.get_freeze_count()
    if frozen:  # gc.get_objects leaves out frozen objects, as those of a process before it forks
        gc.unfreeze()
    try:
        return [candidate for candidate in gc.get_objects() if type(candidate) in kinds]
    finally:
        if frozen:
            gc.freeze()


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
