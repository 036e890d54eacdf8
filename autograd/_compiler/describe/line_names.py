"""The lines of a program and their names: the little that generated code needs of its listing."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Container, Iterator, Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Block, in_order

__all__ = ["LineNames", "array_name", "is_one_label", "short"]

DEPTH = 40  # of nested formulas; a deeper one gets a line of its own


class LineNames:
    """Which blocks have a line, and the letters of all scalars.

    A block without labels that is used once has no line: its formula is part of the formula that uses it.

    Attributes:
        labels: of each address.
        families: the addresses of the leaves that have a letter, by letters.
        names: of the blocks that have a line, in order.
        reads: for each computed block, the blocks that it is computed from.
        uses: for each block and each of its reads, whether one operand reads it as a whole.
    """

    def __init__(self, program: ArrayProgram) -> None:
        self.program = program
        self.labels: list[str | None] = []
        runs: list[tuple[str | None, int]] = []
        for block in program.blocks:
            labels = _chosen(program.labels, block.lines)
            self.labels += labels
            runs += _runs(labels, program.shapes)
        letters, sizes = zip(*runs, strict=True)
        numbers = {letter: number for number, letter in enumerate(dict.fromkeys(letters))}
        self.letters = list(numbers)
        self.letter = np.repeat([numbers[letter] for letter in letters], sizes)  # of each address
        first = program.inputs.start  # the parameters' addresses follow the inputs'
        of_leaves = self.letter[first : program.parameters.start + program.parameters.size]
        self.families = {
            letter: addresses + first
            for letter, number in numbers.items()
            if letter and len(addresses := np.flatnonzero(of_leaves == number))
        }
        used = {re.sub(r"\d", "", letter).lower() for letter in self.letters if letter}
        own = next(letter for letter in "vusrqpnmg" if letter not in used or letter == "g")
        self._unused = (f"{own}{i}" for i in itertools.count(1))  # of blocks without labels
        self._taken = set(self.families)
        self.reads: dict[Block, list[Block]] = {}
        self.uses: dict[Block, list[bool]] = {block: [] for block in program.blocks}
        self._count(program.outputs)
        for step in program.steps:
            self.reads[step.block] = [block for read in step.reads() for block in self._count(read)]
        self.names: dict[Block, str] = {}
        depths: dict[Block, int] = {}
        for step in program.steps:
            block = step.block
            depth = 1 + max((depths.get(read, 0) for read in self.reads[block]), default=0)
            letter = self.common_letter(slice(block.start, block.start + block.size))
            if letter is None and self.uses[block] == [True] and depth < DEPTH:
                depths[block] = depth
                continue
            self.names[block] = self.unused_name() if letter is None or letter in self._taken else letter
            self._taken.add(self.names[block])

    def _count(self, addresses: Any) -> list[Block]:
        """The blocks that addresses are in; each use of them is counted."""
        pieces = self.program.pieces(addresses)
        for piece in pieces:
            self.uses[piece.block].append(len(pieces) == 1 and piece.is_whole)
        return [piece.block for piece in pieces]

    def unused_name(self) -> str:
        return next(name for name in self._unused if name not in self._taken)

    def common_letter(self, addresses: Any) -> str | None:
        """The letter and layer that the labels of all these scalars share."""
        letters = self.letter[addresses]
        return self.letters[letters[0]] if (letters == letters[0]).all() else None

    def shape_of(self, labels: Sequence[str | None]) -> tuple[int, ...] | None:
        """The shape of the array that one label names, without axes of length 1, as that of one example."""
        shape = tuple(n for n in self.program.shapes.get(labels[0] or "", ()) if n > 1)
        return shape if is_one_label(labels) and math.prod(shape) == len(labels) else None


def short(label: str | None) -> str | None:
    r"""A label without its indices: `w_{jk}^{(1)}` is w1.

    >>> short(r"w_{12}^{(1)}"), short("y_3"), short(r"\beta"), short(None)
    ('w1', 'y', 'beta', None)
    """
    if not label:
        return None
    layer = re.search(r"\^\{?\(?(\w+)\)?\}?", label)
    letter = re.match(r"\\?([^\W\d_]+)", label)
    return f"{letter[1]}{layer[1] if layer else ''}" if letter else None


def array_name(label: str) -> str | None:
    r"""The name of an array by its label, whose subscript is no index.

    >>> array_name("W_{hh}^{(1)}"), array_name("b"), array_name('p["W"]')
    ('W1_hh', 'b', 'p_W')
    """
    name, rest = short(label), re.search(r"_\{?(\w+)\}?|\[(.*)\]", label)
    return "_".join([name, *re.findall(r"\w+", rest[0].lstrip("_"))]) if name and rest else name


def is_one_label(labels: Sequence[str | None]) -> bool:
    """Whether several scalars share one label, as the entries of a Tensor do."""
    return len(labels) > 1 and labels[0] is not None and labels.count(labels[0]) == len(labels)


def _chosen(labels: Sequence[str | None], lines: Any) -> list[str | None]:
    """The labels of some lines."""
    if in_order(lines) and lines[0] >= 0:
        return list(labels[lines[0] : lines[-1] + 1])
    return [labels[line] for line in lines.tolist()]


def _runs(labels: list[str | None], arrays: Container[str]) -> Iterator[tuple[str | None, int]]:
    """Labels without their indices, and how many neighbours differ by their indices alone.

    Args:
        labels: of scalars.
        arrays: the labels that name a whole array.
    """
    start, guesses = 0, len(labels) > 1
    while start < len(labels):
        if (label := labels[start]) is not None and label in arrays:
            size = _equal(labels, start)
            yield array_name(label), size
            start += size
            continue
        size = _guess(labels, start) if guesses else 1
        if size > 1 and not _are_alike(labels[start : start + size]):
            size, guesses = 1, False  # each guess looks at all that it spans
        if not guesses:
            while start + 2 * size <= len(labels) and _are_alike(labels[start : start + 2 * size]):
                size *= 2
        yield short(labels[start]), size
        start += size


def _equal(labels: list[str | None], start: int) -> int:
    """How many neighbours have one label, from a place on."""
    label, size, last = labels[start], 1, len(labels) - start
    while size < last and labels[start + size] == label:
        step = min(size, last - size)
        same = labels[start + size : start + size + step].count(label)
        size += step if same == step else next(i for i in range(step) if labels[start + size + i] != label)
        if same < step:
            break
    return size


def _guess(labels: list[str | None], start: int) -> int:
    """How many labels are like the one at a place, by those at twice, four times, ... the distance."""
    letter, size, last = short(labels[start]), 1, len(labels) - start
    while size < last and short(labels[start + min(2 * size, last) - 1]) == letter:
        size = min(2 * size, last)
    step = size
    while step := step // 2:
        if size + step <= last and short(labels[start + size + step - 1]) == letter:
            size += step
    return size


def _are_alike(labels: list[Any]) -> bool:
    """Whether labels start alike up to their index, and end alike from their power on."""
    if labels[0] is None or None in labels:
        return labels.count(None) == len(labels)
    start, index, rest = labels[0].partition("_")
    if not index:
        return labels.count(labels[0]) == len(labels)
    _, sign, power = rest.partition("^")
    text, others = "\n".join(labels), len(labels) - 1
    return (
        "^" not in start
        and text.endswith(sign + power)
        and text.count(f"{sign}{power}\n{start}{index}") == text.count("\n") == others
        and text.count("^") == (others + 1) * (sign + power).count("^")
    )
