"""The order of the parameters and inputs of a program, as text."""

from __future__ import annotations

import itertools
import math
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, MatrixProduct, in_order
from autograd._compiler.describe.line_names import LineNames

__all__ = ["order_of_leaves"]

MOST = 12  # names that are listed
LONGEST = 60  # characters of a name


def order_of_leaves(program: ArrayProgram, known: LineNames, addresses: Any) -> str:
    """Names and sizes of leaves, in the order of their addresses: ``W1 (3 x 4), b1 (3)``.

    Args:
        program: the program.
        known: its names.
        addresses: of the numbers of theta, or of the columns of X.
    """
    names = list(_names(program, known, addresses))
    if len(names) > MOST:
        names = [*names[: MOST - 2], f"... ({len(names) - MOST + 1:,} more)", names[-1]]
    return ", ".join(textwrap.shorten(name, LONGEST, placeholder="...") for name in names)


def _names(program: ArrayProgram, known: LineNames, addresses: Any) -> Iterator[str]:
    matrices = {
        int(step.weights[0, 0]): step.weights.shape
        for step in program.steps
        if isinstance(step, MatrixProduct) and in_order(step.weights.ravel())
    }
    letters = known.letter[addresses]
    starts = np.flatnonzero((np.diff(letters) != 0) | (np.diff(addresses) != 1)) + 1
    for run in np.split(addresses, starts) if len(addresses) else ():
        letter: Any = known.letters[known.letter[run[0]]]
        labels = [known.labels[address] or "" for address in run.tolist()]
        is_family = letter is not None and np.array_equal(known.families[letter], run)
        shape = known.shape_of(labels) or matrices.get(int(run[0]), ())
        if is_family and len(shape) > 1 and shape[0] > 1 and math.prod(shape) == len(run):
            yield f"{_matrix_name(letter)} ({' x '.join(f'{n:,}' for n in shape)})"
        elif is_family and labels == sorted(labels, key=_indices):
            yield letter if len(run) == 1 else f"{letter} ({len(run):,})"
        else:
            for label, same in itertools.groupby(labels):
                count = len([*same])
                yield label if label and count == 1 else f"{count:,} {label or 'without a label'}"


def _indices(label: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", label)]


def _matrix_name(letter: str) -> str:
    """That of w1 is W1, as in the listing."""
    return letter.capitalize() if len(letter.rstrip("0123456789")) == 1 else letter
