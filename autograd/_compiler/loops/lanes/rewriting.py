"""Expressions and statements of loops with others in place of their parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autograd._compiler.loops.statements import (
    Add,
    Assign,
    At,
    Call,
    Declare,
    Expression,
    Loop,
    Memory,
    Name,
    Statement,
    plus,
    times,
)

__all__ = ["flatten", "rewrite", "rewrite_statement", "substitute"]


def rewrite(e: Expression, change: Callable[[Expression], Expression | None]) -> Expression:
    """An expression with others in place of some of its parts."""
    changed = change(e)
    if changed is not None:
        return changed
    match e:
        case At(array, indices):
            return At(array, tuple(rewrite(index, change) for index in indices))
        case Call("add", (x, y)):
            return _sum(rewrite(x, change), rewrite(y, change))
        case Call("multiply", (x, y)):
            return _product(rewrite(x, change), rewrite(y, change))
        case Call(function, args):
            return Call(function, tuple(rewrite(arg, change) for arg in args))
    return e


def _sum(x: Expression, y: Expression) -> Expression:
    """Of indices in their simplest form; of numbers as it stands."""
    return plus(x, y) if isinstance(x, int) or isinstance(y, int) else Call("add", (x, y))


def _product(x: Expression, y: Expression) -> Expression:
    return times(x, y) if isinstance(x, int) or isinstance(y, int) else Call("multiply", (x, y))


def rewrite_statement(s: Statement, change: Callable[[Expression], Expression]) -> Statement:
    match s:
        case Declare(_, value):
            return replace(s, value=change(value))
        case Assign(target, value) | Add(target, value):
            return replace(s, target=change(target), value=change(value))  # type: ignore[arg-type]
        case Loop(_, start, stop, body):
            inner = [rewrite_statement(each, change) for each in body]
            return replace(s, start=change(start), stop=change(stop), body=inner)
    return s


def substitute(s: Statement, values: dict[Name, Expression]) -> Statement:
    """A statement with expressions in place of names."""

    def change(e: Expression) -> Expression | None:
        return values.get(e) if isinstance(e, Name) else None

    return rewrite_statement(s, lambda e: rewrite(e, change))


def flatten(e: Expression) -> Expression:
    """Numbers of arrays by one index; the lanes, which are the last dimension, have none."""

    def by_one_index(part: Expression) -> Expression | None:
        if not isinstance(part, At) or part.array.memory is Memory.X:
            return None
        place: Expression = 0
        for size, index in zip(part.array.shape, part.indices, strict=False):
            if isinstance(size, int):
                place = plus(times(place, size), flatten(index))
        return At(part.array, (place,))

    return rewrite(e, by_one_index)
