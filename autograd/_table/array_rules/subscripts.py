"""The notation of `einsum`: every form that NumPy takes, as one explicit text such as ``ij,jk->ik``."""

from __future__ import annotations

import functools
import operator
import string
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._graph.node import Node

__all__ = ["described", "explicit", "unpacked"]

LETTERS = string.ascii_uppercase + string.ascii_lowercase  # sorted, as the axes of an implicit result are
DOTS = "..."


def unpacked(arguments: Sequence[Any]) -> tuple[str, list[Any]]:
    """The subscripts as text and the operands, of either form of arguments.

    Raises:
        ValueError, TypeError: when there are no operands, or when a label is no whole number from 0 to 51.

    >>> unpacked(["i j, j", "W", "x"])
    ('ij,j', ['W', 'x'])
    >>> unpacked([2.0, [0, ...], 3.0, [...], [0]])
    ('A...,...->A', [2.0, 3.0])
    """
    if len(arguments) < 2:
        raise ValueError("einsum takes subscripts and operands, as in einsum('ij,j->i', W, x)")
    if isinstance(arguments[0], str):
        return "".join(arguments[0].split()), list(arguments[1:])
    pairs = len(arguments) // 2
    text = ",".join(map(_lettered, arguments[1 : 2 * pairs : 2]))
    if len(arguments) % 2:
        text += f"->{_lettered(arguments[-1])}"
    return text, list(arguments[: 2 * pairs : 2])


def _lettered(labels: Any) -> str:
    """A list of whole numbers, which stand for axes, in letters."""
    try:
        numbers = [label if label is Ellipsis else operator.index(label) for label in labels]
    except TypeError:
        raise TypeError(
            f"einsum: after each operand stands a list of whole numbers, one for each axis, not {labels!r}"
        ) from None
    for label in numbers:
        if label is not Ellipsis and not 0 <= label < len(LETTERS):
            raise ValueError(f"einsum: the labels of axes are whole numbers from 0 to 51, not {label}")
    return "".join(DOTS if label is Ellipsis else LETTERS[label] for label in numbers)


def explicit(subscripts: str, operands: Sequence[Any]) -> str:
    """Subscripts with a letter for every axis, the result's after an arrow.

    Args:
        subscripts: with or without ``->``; ``...`` stands for axes without letters, aligned at their end.
        operands: arrays with these axes.

    Raises:
        ValueError: when the subscripts do not fit each other or the shapes.

    >>> explicit("ij,jk", [np.ones((2, 3)), np.ones((3, 4))])
    'ij,jk->ik'
    >>> explicit("...i,i", [np.ones((5, 4, 2)), np.ones(2)])
    'ABi,i->AB'
    """
    labels = [x.label if isinstance(x, Node) else None for x in operands]
    return _explicit(subscripts, tuple(x.shape for x in operands), tuple(labels))


@functools.lru_cache(maxsize=1024)
def _explicit(subscripts: str, shapes: tuple[tuple[int, ...], ...], labels: tuple[str | None, ...]) -> str:
    wrong = f"einsum {subscripts!r}: "
    inputs, arrow, result = subscripts.partition("->")
    terms = inputs.split(",")
    for text in (*terms, result):
        if set(text.replace(DOTS, "", 1)) - set(LETTERS):
            raise ValueError(f"{wrong}{text!r} is not made of letters and at most one '...'")
    if len(terms) != len(shapes):
        raise ValueError(f"{wrong}subscripts for {len(terms)} operands, and {len(shapes)} given")
    names = list(map(_named, labels, shapes))
    without = [len(shape) - len(term.replace(DOTS, "")) for term, shape in zip(terms, shapes, strict=True)]
    for term, named, rest in zip(terms, names, without, strict=True):
        if rest < 0 or (rest and DOTS not in term):
            raise ValueError(f"{wrong}{term!r} does not have the axes of {named}")
    free = [letter for letter in LETTERS if letter not in subscripts]
    most = max(without)
    if most > len(free):
        raise ValueError(f"{wrong}more than {len(LETTERS)} axes")
    dots = free[:most]
    terms = [t.replace(DOTS, "".join(dots[most - n :])) for t, n in zip(terms, without, strict=True)]
    if not arrow:
        once = [letter for letter, times in Counter("".join(terms)).items() if times == 1]
        result = DOTS + "".join(sorted(set(once) - set(dots)))
    elif most and DOTS not in result:
        raise ValueError(f"{wrong}the result needs a '...' too, or a letter for each axis to sum over")
    result = result.replace(DOTS, "".join(dots))
    if alien := set(result) - set("".join(terms)):
        raise ValueError(f"{wrong}the result has {sorted(alien)}, and no operand has")
    if len(set(result)) < len(result):
        raise ValueError(f"{wrong}a letter stands in the result twice")
    _check_lengths(wrong, terms, shapes, names)
    return f"{','.join(terms)}->{result}"


def _check_lengths(
    wrong: str, terms: Sequence[str], shapes: Sequence[tuple[int, ...]], names: Sequence[str]
) -> None:
    """Axes with one letter are equally long, or 1 in other operands."""
    longest: dict[str, tuple[int, str]] = {}
    for term, shape, named in zip(terms, shapes, names, strict=True):
        lengths: dict[str, int] = {}
        for letter, length in zip(term, shape, strict=True):
            other, where = longest.get(letter, (1, named))
            if lengths.setdefault(letter, length) != length or (length != other and 1 not in (length, other)):
                raise ValueError(
                    f"{wrong}{letter!r} is {length} long in {named}, and "
                    f"{other if other != 1 else lengths[letter]} in {where}"
                )
            if length != 1:
                longest[letter] = (length, named)


def described(operand: Any) -> str:
    """An operand in an error: its label and shape."""
    return _named(operand.label if isinstance(operand, Node) else None, np.shape(operand))


def _named(label: str | None, shape: tuple[int, ...]) -> str:
    return f"{label or 'an array'} of shape {shape}"
