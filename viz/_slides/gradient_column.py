r"""The negative gradient as a column, with a word for each entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Tensor
from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import Node
from autograd._support.checks import a_bool, count
from viz._formulas.names import a_node, name_of
from viz._layout.scene import SLIDE
from viz._layout.themes import LIGHT, Theme
from viz._mathematics.degrees import in_words
from viz._mathematics.latex import label, parse
from viz._mathematics.signs import EQUALS
from viz._mathematics.typeset import Math, line
from viz._pictures.arrays import Array, numbers
from viz._plots.parts.named import NamedNodes, Parameters
from viz._slides.parts.blocks import EMPTY, Block, Fenced, Formula, Row, Table, Words
from viz._slides.parts.entries import MOST_DECIMALS, VERTICAL, decimals_of, element, numeral
from viz._slides.slide import Size, Slide

__all__ = ["gradient"]

TWO = 2  # decimals, at least
ROW = 1.5  # the height of a row: that of a letter with a raised and a lowered sign
EIGHT = 8  # entries that are written out


def gradient(
    C: Any,
    parameters: Parameters | None = None,
    *,
    by_size: bool = False,
    most: int = EIGHT,
    theme: Theme = LIGHT,
    size: Size = SLIDE,
) -> Slide:
    r"""Write -∇C as a column in brackets, and beside each entry how its parameter should change.

    The sign says rise or fall, and the words compare an entry with the largest: "a lot" from half of it,
    "somewhat" from a fifth, else "a little".

    Args:
        C: the recorded cost, whose derivatives are taken; no ``.grad`` is read or changed. Or numbers, the
            entries of ∇C itself: an array, or a dict from names to numbers.
        parameters: the nodes to differentiate C by, a list or a dict, such as ``net.parameters()``; each
            number in a Tensor is an entry.
        by_size: whether the largest entry stands first; else the entries are in the parameters' order.
        most: the most rows; of more entries the first and the last are written, and dots.
        theme, size: the colours, and the slide in pixels.

    Raises:
        TypeError: for anything but nodes or numbers; for numbers with parameters, or a cost without them.
        ValueError: for a cost that is not one number, for no parameters, and for derivatives that are not
            finite.
        DomainError: where a derivative of the cost is undefined.

    Source: lecture section 2, "somewhat / a little / a lot".

    >>> print(gradient({"w_0": -0.31, "w_1": -0.03, "w_2": 1.25}))
          ⎡ 0.31⎤ w₀  rise somewhat
    −∇C = ⎢ 0.03⎥ w₁  rise a little
          ⎣−1.25⎦ w₂  fall a lot
    """
    most = count(most, "most", 3)
    if isinstance(C, Node):
        desired, names = _of_cost(C, parameters)
    elif parameters is None:
        desired, names = _of_numbers(C)
    else:
        raise TypeError(
            f"gradient takes parameters with a recorded cost; C is {type(C).__name__} ({C!r:.80})"
        )
    order: list[int] = (
        np.argsort(-abs(desired), kind="stable") if a_bool(by_size, "by_size") else np.arange(len(desired))
    ).tolist()
    shown: list[int | None] = list(order)
    if len(order) > most:
        first = most // 2
        shown = [*order[:first], None, *order[first - most + 1 :]]
    largest = float(abs(desired).max())
    decimals = _decimals([float(desired[i]) for i in shown if i is not None])
    entries: list[tuple[Block, ...]] = []
    words: list[tuple[Block, ...]] = []
    for i in shown:
        if i is None:
            entries.append((Formula(VERTICAL),))
            words.append((Formula(VERTICAL), EMPTY))
        else:
            x = float(desired[i])
            colour = "positive" if x > 0 else "negative" if x < 0 else "ink"
            entries.append((Formula(numeral(x, decimals), colour),))
            words.append((Formula(names(i)), Words(in_words(x, largest), colour, 0.75)))
    symbol = (name_of(C) if isinstance(C, Node) else None) or label("C")
    head = Formula(line(parse(r"-\nabla"), symbol, EQUALS))
    column = Fenced("[", Table(tuple(entries), "r", least=ROW), "]")
    return Slide(
        Row((head, column, Table(tuple(words), "ll", gap=0.6, least=ROW))),
        title="The negative gradient, entry by entry",
        size=size,
        theme=theme,
    )


def _decimals(entries: Sequence[float]) -> int:
    """The decimals of all entries: as many more as keep a small one from being printed as 0.

    >>> _decimals([0.31, -1.25]), _decimals([0.2, -0.00004]), _decimals([0.2, 1e-9])
    (2, 5, 3)
    """
    usual = max(TWO, decimals_of(np.array(entries)))
    least = min((abs(x) for x in entries if x), default=1.0)
    needed = -math.floor(math.log10(least))
    return max(usual, needed) if needed <= MOST_DECIMALS else usual


def _of_cost(C: Node, parameters: Any) -> tuple[Array, Callable[[int], Math]]:
    """The entries of -∇C, and a function that names them."""
    node = a_node(C, "gradient")
    if np.size(node.data) != 1:
        raise ValueError(
            f"gradient: C is one number, not an array of shape {np.shape(node.data)}; see its sum()"
        )
    if parameters is None:
        raise TypeError(
            "gradient of a recorded cost takes the parameters too: viz.gradient(C, net.parameters())"
        )
    named = NamedNodes(parameters, "gradient")
    seed = np.ones(node.shape, node.dtype) if isinstance(node, Tensor) else 1.0
    slopes = adjoints(node, seed, wrt=named.nodes)
    row = named.row([slopes.get(p, np.zeros(np.shape(p.data))) for p in named.nodes])

    def name(i: int) -> Math:
        whole, index, shape = named.place_of(i)
        return element(whole, index, shape) if shape else label(whole)

    return -numbers(row, "the gradient"), name


def _of_numbers(C: Any) -> tuple[Array, Callable[[int], Math]]:
    if isinstance(C, Mapping):
        labels = [str(name) for name in C]
        return -numbers(list(C.values()), "the gradient").ravel(), lambda i: label(labels[i])
    if not isinstance(C, Iterable):
        raise TypeError(f"gradient takes a recorded cost and its parameters, or numbers, not {C!r:.80}")
    array = numbers(C, "the gradient").ravel()
    return -array, lambda i: label(rf"\theta_{{{i}}}")
