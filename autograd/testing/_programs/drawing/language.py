"""The operations, variables and sizes of the programs that are to be grown, from a user's options."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from autograd.testing._programs.numbers import ends
from autograd.testing._programs.operations import Operation, operation
from autograd.testing._programs.operations import operations as all_operations

__all__ = ["Language", "default_operations", "language"]

DEFAULT_LINES = 12


@dataclass(frozen=True)
class Language:
    """The programs that can be grown.

    Attributes:
        operations: of their lines, the simplest first.
        names: of the variables.
        counts: the least and the largest number of variables.
        max_lines: the largest number of operations, but for deep chains.
        outputs: the number of results.
        constants: positions that have to be constants, by the names of operations.
        deep: whether a chain of over a thousand operations may occur.
    """

    operations: tuple[Operation, ...]
    names: tuple[str, ...]
    counts: tuple[int, int]
    max_lines: int
    outputs: int
    constants: Mapping[str, tuple[int, ...]]
    deep: bool

    def find(self, name: str) -> Operation | None:
        """The operation of that name, if the language has it for any two arguments."""
        return next((o for o in self.operations if o.name == name and name not in self.constants), None)

    @cached_property
    def single(self) -> tuple[Operation, ...]:
        """The operations of one argument."""
        return tuple(o for o in self.operations if o.most == 1)

    @cached_property
    def kinked(self) -> tuple[Operation, ...]:
        """The operations with a kink; all, where none has one."""
        return tuple(o for o in self.operations if o.row and o.row.kink) or self.operations

    @cached_property
    def ends(self) -> tuple[float, ...]:
        """The ends of all domains, but 0."""
        places = [x for o in self.operations if o.row for i in range(o.least) for x in ends(o.row, i)]
        return tuple(x for x in dict.fromkeys(places) if abs(x) > 0.5)

    @cached_property
    def appetite(self) -> int:
        """The weight of a new operation among the arguments: with 3 most programs are small."""
        return 3 if self.max_lines <= DEFAULT_LINES else 6


def default_operations() -> tuple[str, ...]:
    """All public rows of the table but the steps, whose derivative is 0, and mean, softmax and spread.

    Left out are floor, ceil, trunc, rint, sign and floordiv: no derivative goes through them, and a program
    with one tests less than it seems to.

    >>> [name for name in all_operations() if name not in default_operations()]
    ['floordiv', 'floor', 'ceil', 'trunc', 'rint', 'sign']
    """
    return tuple(name for name, o in all_operations().items() if _has_derivative(o))


def language(
    operations: Collection[str] | None = None,
    variables: int | range | Collection[str] = range(1, 4),
    max_lines: int | None = None,
    outputs: int = 1,
    constants: Mapping[str, tuple[int, ...]] | None = None,
) -> Language:
    """The language of a user's options: see `autograd.testing.random_program`.

    Raises:
        ValueError, TypeError: for an option without meaning, with what to give instead.
    """
    chosen = _operations(operations)
    names, counts = _variables(variables)
    if max_lines is not None:
        _check_whole("max_lines", max_lines, 0)
    _check_whole("outputs", outputs, 1)
    fixed = dict(constants or {})
    for name, positions in fixed.items():
        o = operation(name)
        if isinstance(positions, int):
            raise TypeError(f"constants[{name!r}] is a tuple of positions, such as ({positions},)")
        if wrong := [i for i in positions if not 0 <= i < o.least]:
            there = " and ".join(map(str, range(o.least)))
            raise ValueError(
                f"constants[{name!r}] has the position {wrong[0]}; {name} has the positions {there}"
            )
        if len(set(positions)) >= o.least:
            raise ValueError(f"constants[{name!r}] leaves no argument that can vary")
    deep = max_lines is None
    return Language(chosen, names, counts, DEFAULT_LINES if deep else max_lines or 0, outputs, fixed, deep)


def _operations(chosen: Collection[str] | None) -> tuple[Operation, ...]:
    if isinstance(chosen, str):
        raise TypeError(f"operations is a collection of names, such as [{chosen!r}]")
    table = all_operations()
    names = None if chosen is None else set(chosen)
    if names is not None:
        if not names:
            raise ValueError("operations is empty; give names such as ['add', 'mul', 'exp']")
        if odd := [name for name in names if not isinstance(name, str)]:
            raise TypeError(f"operations are names such as 'exp', not {odd[0]!r}")
        for name in names - table.keys():
            operation(name)  # raises
    return tuple([o for name, o in table.items() if (_has_derivative(o) if names is None else name in names)])


def _has_derivative(o: Operation) -> bool:
    """Whether a derivative goes through an operation somewhere."""
    return o.row is None or set(o.row.partials) != {"0"}


def _variables(variables: int | range | Collection[str]) -> tuple[tuple[str, ...], tuple[int, int]]:
    wrong = f"variables is a number, a range of numbers or a list of names, not {variables!r}"
    if isinstance(variables, bool | str | float):
        raise TypeError(wrong)
    if isinstance(variables, int):
        variables = range(variables, variables + 1)
    if isinstance(variables, range):
        if not variables or min(variables) < 1:
            raise ValueError(
                "a program has at least one variable: variables is a number from 1, or a range of those"
            )
        if abs(variables.step) != 1:
            raise ValueError(f"variables is a range without a step, not {variables!r}")
        most = max(variables)
        names = ("x", "y", "z")[:most] if most <= 3 else tuple(f"x{i}" for i in range(1, most + 1))
        return names, (min(variables), most)
    names = tuple(variables)
    if odd := [n for n in names if not isinstance(n, str)]:
        raise TypeError(f"names of variables are strings, not {odd[0]!r}")
    if odd := [n for n in names if not n.isidentifier() or keyword.iskeyword(n)]:
        raise ValueError(f"{odd[0]!r} is no name of Python")
    if len(set(names)) < len(names) or not names:
        raise ValueError(f"variables are different names, at least one, not {list(names)!r}")
    return names, (len(names), len(names))


def _check_whole(name: str, x: object, least: int) -> None:
    if isinstance(x, bool) or not isinstance(x, int):
        raise TypeError(f"{name} is a whole number from {least}, not {x!r}")
    if x < least:
        raise ValueError(f"{name} is a whole number from {least}, not {x}")
