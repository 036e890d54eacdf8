r"""Truth tables of gates, of functions and of nets."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import no_grad
from autograd._support.checks import count
from viz._layout.themes import LIGHT, Theme
from viz._mathematics.latex import label
from viz._plots.parts.arrays import Array, numbers
from viz._slides.parts.blocks import Block, Formula, Table
from viz._slides.parts.entries import decimals_of, numeral
from viz._slides.slide import SLIDE, Size, Slide

__all__ = ["truth_table"]

TWO, MOST_INPUTS = 2, 4


def truth_table(
    outputs: Mapping[str, Any], *, inputs: int | Sequence[str] = TWO, theme: Theme = LIGHT, size: Size = SLIDE
) -> Slide:
    r"""Write the truth table of gates: each combination of inputs 0 and 1, and a column for each gate.

    Args:
        outputs: from the heading of a column to its numbers, in the order of the rows, such as
            ``nn.data.gates.AND.Y``; or to a function of one example, such as an `nn.Perceptron` or a net.
        inputs: how many there are, at most 4; or their names.
        theme, size: the colours, and the slide in pixels.

    Raises:
        TypeError: for anything but a dict of numbers or functions.
        ValueError: for columns of another length, and for more than 4 inputs.

    Source: lecture section 4.

    >>> from nn.data import gates
    >>> print(truth_table({"AND": gates.AND.Y, "sum": lambda x: x[0] + x[1]}))
    x₁  x₂ │ AND  sum
    ───────┼─────────
    0   0  │  0    0
    0   1  │  0    1
    1   0  │  0    1
    1   1  │  1    2
    """
    if not isinstance(outputs, Mapping) or not outputs:
        raise TypeError(
            'truth_table takes a dict from headings to numbers or functions, such as {"AND": gates.AND.Y}, '
            f"not {outputs!r:.80}"
        )
    names = _names(inputs)
    examples = np.array(list(itertools.product((0.0, 1.0), repeat=len(names))))
    columns = {str(name): _column(column, examples, str(name)) for name, column in outputs.items()}
    head: tuple[Block, ...] = tuple(Formula(label(name)) for name in (*names, *columns))
    cells = [[numeral(x, 0) for x in column] for column in examples.T]
    for column in columns.values():
        cells.append([numeral(x, decimals_of(column, TWO)) for x in column])
    rows = [tuple(map(Formula, row)) for row in zip(*cells, strict=True)]
    alignment = "c" * len(names) + "|" + "c" * len(columns)
    return Slide(
        Table((head, *rows), alignment, has_head=True),
        title=f"The truth table of {', '.join(columns)}",
        size=size,
        theme=theme,
    )


def _names(inputs: Any) -> list[str]:
    if isinstance(inputs, (list, tuple)) and inputs and all(isinstance(name, str) for name in inputs):
        names = list(inputs)
    else:
        names = [f"x_{{{k}}}" for k in range(1, count(inputs, "inputs") + 1)]
    count(len(names), "inputs", 1, MOST_INPUTS)
    return names


def _column(column: Any, examples: Array, name: str) -> Array:
    """The numbers of a column, computed where it is a function."""
    if callable(column):
        with no_grad():
            column = [np.ravel(numbers(column(x), f"the output of {name}")) for x in examples]
    values = numbers(column, name).ravel()
    if len(values) != len(examples):
        raise ValueError(
            f"{name} has {len(values)} numbers for {len(examples)} rows: one for each combination of inputs"
        )
    return values
