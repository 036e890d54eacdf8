"""The truth table of a gate, with the answers of a net."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import no_grad
from viz._pictures.arrays import Array, numbers
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import canvas, mpl, width_of
from viz._plots.parts.words import decimal, names, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["truth_table"]

TYPE = 0.5  # the size of the type; a row is 1 high
LARGEST = 0.75  # inches to a row
AIR = 1.1  # beside the entries of a column
MOST = 16  # rows


def truth_table(
    net: Any, X: Any, y: Any, *, inputs: Sequence[Any] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the truth table of a gate: the inputs, the desired output, and the output of a net.

    An output on the wrong side of the middle between the two desired outputs is orange and bold.

    Args:
        net: takes the rows of X and gives (n,) or (n, 1): an `nn.Perceptron`, an `nn.MLP` with one output, or
            any such function.
        X: the inputs, shape (n, inputs), up to 16 rows.
        y: the desired outputs, shape (n,) or (n, 1): two different numbers.
        inputs: the names of the inputs; by default x₁, x₂, ….
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for a net that cannot be called.
        ValueError: for examples, desired outputs and outputs that do not fit each other.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 4, AND, OR and XOR.

    >>> import nn
    >>> import viz
    >>> gate, perceptron = nn.data.gates.AND, nn.Perceptron(2)
    >>> mistakes = perceptron.learn(gate.X, gate.signs, epochs=20)
    >>> ax = viz.truth_table(perceptron, gate.X, gate.signs)
    >>> [text.get_text() for text in ax.texts][-4:]
    ['−1', '−1', '−1', '1']
    """
    if not callable(net):
        raise TypeError(f"truth_table takes a net or another function of rows, not {type(net).__name__}")
    rows, desired = numbers(X, "X"), numbers(y, "y")
    if rows.ndim != 2 or not 1 <= len(rows) <= MOST:
        raise ValueError(
            f"a truth table has up to {MOST} rows: X has shape {rows.shape}, expected (n, inputs)"
        )
    if desired.shape not in ((len(rows),), (len(rows), 1)):
        raise ValueError(
            f"X has shape {rows.shape} and y {desired.shape}; expected y of shape ({len(rows)},)"
        )
    with no_grad():
        outputs = numbers(net(rows), "the net's output")
    if outputs.shape not in ((len(rows),), (len(rows), 1)):
        raise ValueError(f"the net gave shape {outputs.shape} for {len(rows)} rows; expected ({len(rows)},)")
    desired, outputs = desired.ravel(), outputs.ravel()
    heads = names(inputs, rows.shape[1], "inputs", "inputs") or [
        f"$x_{{{i + 1}}}$" for i in range(rows.shape[1])
    ]
    middle = (desired.min() + desired.max()) / 2
    wrong = (outputs > middle) != (desired > middle)
    columns = [*rows.T, desired, outputs]
    return _draw(ax, [*heads, "desired", "output"], columns, wrong)


def _written(column: Array) -> list[str]:
    """The numbers of a column: whole ones as they are, all others with two decimals.

    >>> _written(np.array([1.0, -1.0])), _written(np.array([4.5e-05, 1.0]))
    (['1', '−1'], ['0.00', '1.00'])
    """
    write = decimal if np.array_equal(column, np.round(column)) else short
    return [write(x) for x in column.tolist()]


def _draw(ax: Axes | None, heads: list[str], columns: list[Array], wrong: Array) -> Axes:
    texts = [_written(column) for column in columns]
    widths = [
        TYPE * max(map(width_of, [head, *entries])) + AIR for head, entries in zip(heads, texts, strict=True)
    ]
    lefts = np.cumsum([0.0, *widths])
    width, height = float(lefts[-1]), len(texts[0]) + 1.4
    ax, points = canvas(ax, width, height, largest=LARGEST)
    palette = palette_of(ax)
    line = mpl("lines").Line2D
    ax.add_line(line([0, width], [1.1, 1.1], color=palette.ink, lw=1.5))
    ax.add_line(line([lefts[-3]] * 2, [0.1, height - 0.1], color=palette.quiet, lw=1.0))
    for place, (head, entries) in enumerate(zip(heads, texts, strict=True)):
        x = (lefts[place] + lefts[place + 1]) / 2
        style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "size": TYPE * points}
        ax.text(x, 0.6, head, color=palette.ink, **style)
        for row, entry in enumerate(entries):
            is_wrong = place == len(heads) - 1 and bool(wrong[row])
            colour, weight = (palette.negative, "bold") if is_wrong else (palette.ink, "normal")
            ax.text(x, 1.75 + row, entry, color=colour, weight=weight, **style)
    return ax
