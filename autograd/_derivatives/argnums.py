"""Which arguments a transform differentiates by: numbers, from the end if negative, and their names."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["check_argnums", "name_of", "resolve"]


def check_argnums(argnums: Any) -> tuple[tuple[int, ...], bool]:
    """The positions of arguments, and whether a single position was passed.

    Raises:
        TypeError: for anything but a whole number or a sequence of whole numbers.
        ValueError: for one that is named twice.
    """
    try:
        return (operator.index(argnums),), True
    except TypeError:
        pass
    try:
        places = tuple(map(operator.index, argnums))
    except TypeError:
        raise TypeError(
            f"argnums is the number of an argument, or a tuple of numbers, not {argnums!r}"
        ) from None
    if len(set(places)) < len(places):
        raise ValueError(f"argnums names an argument twice: {argnums!r}")
    return places, False


def resolve(
    f: Callable[..., Any], argnums: Iterable[int], args: Sequence[Any], named: dict[str, Any], transform: str
) -> list[int | str]:
    """The places of the arguments to differentiate by: numbers, or names where passed by name."""
    places: list[int | str] = []
    for i in argnums:
        place: int | str = i + len(args) if i < 0 else i
        if isinstance(place, int) and place >= len(args) and (name := _parameter(f, place)) in named:
            place = str(name)
        if isinstance(place, int) and not 0 <= place < len(args):
            raise ValueError(
                f"{transform}: argument {i} of {len(args)} does not exist"
                + (f" (and {', '.join(named)} by name)" if named else "")
            )
        if place in places:
            raise ValueError(f"argnums names an argument twice: {tuple(argnums)!r}")
        places.append(place)
    return places


def _parameter(f: Callable[..., Any], place: int) -> str | None:
    """The name of a function's parameter at a place, where it can be told."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # of a function written in C
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    by_place = [p.name for p in parameters if p.kind in kinds]
    return by_place[place] if place < len(by_place) else None


def name_of(f: Callable[..., Any], place: int | str) -> str:
    """How an error names an argument: as the function's parameter, or by its number."""
    if isinstance(place, str):
        return place
    return _parameter(f, place) or f"argument {place}"
