"""Errors that are sent back through a net: deck E's two rules and the gradient, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._support.checks import count
from viz._mathematics.numerals import MINUS, as_fraction
from viz._pictures.arrays import Array, numbers
from viz._pictures.nets import read_net
from viz._plots.networks.layout import Column, NetLayout, visible_rows
from viz._plots.networks.pen import Pen, fitted
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import canvas, mpl, width_of
from viz._plots.parts.words import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["errors"]

APART, SIDE = 2.6, 1.1  # between two columns, and beside them
CLOSER, NARROWER = 2.2, 0.7  # the same where there are more columns, which have no sums
LEFT = 1.65  # of a column beside which sums stand, with as much less on the other side
ABOVE, BELOW = 1.5, 0.6  # the neurons
PITCHES = 1.25, 2.6  # from one neuron to the next: least and most
HEIGHT = 9 / 16  # of the picture, in its width, where there are few neurons
RADIUS, TYPE, LARGEST = 0.46, 0.22, 1.3  # of a neuron; of words; inches to a unit at most
DECIMALS = 3
WORKED = 12  # links between two columns that have numbers on them
NEAR_THE_OUTPUT = 0.82  # of a link: where its number stands, so that the shares of one error are together
TERMS = 3  # of a sum that is written out
RULES = {
    "split": ("shared by weight", r"$e_k = \sum_j \, e_j \, w_{jk} / \sum_i w_{ji}$"),
    "transposed": ("$W^T e$", r"$e_k = \sum_j \, e_j \, w_{jk}$"),
    "downhill": (
        r"$-\partial C/\partial a$: the gradient",
        r"$e_k = \sum_j \, e_j \, \sigma'(z_j) \, w_{jk}$",
    ),
}


def errors(net: Any, errors: Any, *, most: int = 8, ax: Axes | None = None) -> Axes:
    r"""Draw the errors of a net's neurons by three rules, each on the same net.

    From the left: each error shared among the links in proportion to their weights, with the shares on the
    links; multiplied by the weights, which are on the links; and -∂C/∂a, the true one. A neuron is blue
    where its error is above 0, orange below, the stronger the further from 0 in its own picture. In a net of
    two layers and up to three outputs the sums are worked out: of two hidden neurons over and under them, of
    more beside them. The inputs have no errors.

    Args:
        net: a net that `draw_network` draws, of two layers or more.
        errors: the errors of its layers, from ``nn.compare_errors(net, x, target)``: any object with
            ``split``, ``transposed`` and ``downhill``, each with an array for each layer.
        most: the most rows of a column; a larger layer shows its first and last neurons.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but a net and its errors.
        ValueError: for a net of one layer, and errors of another net.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 6, sending errors back; the slide's 0.32 + 0.1 = 0.42.

    >>> import nn
    >>> import viz
    >>> net = nn.MLP([2, 2, 2], use_bias=False, rng=0)
    >>> net.layers[1].W = [[2.0, 3.0], [1.0, 4.0]]
    >>> x = [1.0, 0.5]
    >>> ax = viz.errors(net, nn.compare_errors(net, x, net(x).data + [0.8, 0.5]))
    >>> [text.get_text() for text in ax.texts if " + " in text.get_text()][:2]
    ['0.32 + 0.1 = 0.42', '0.48 + 0.4 = 0.88']
    """
    reading, most = read_net(net, None), count(most, "most", 4)
    matrices = reading.weights[1:]
    if not matrices:
        raise ValueError("a net of one layer sends no errors back; errors draws nets of two layers or more")
    by_rule = {rule: _of_layers(errors, rule, reading.widths[1:]) for rule in RULES}

    widths = reading.widths[1:]
    apart, side = (APART, SIDE) if len(matrices) == 1 else (CLOSER, NARROWER)
    panel = 2 * side + apart * len(matrices)
    folds = [visible_rows(n, most) for n in widths]
    is_summed = len(matrices) == 1 and 1 < widths[-1] <= TERMS  # more columns have no room
    are_beside = is_summed and (widths[0] > 2 or widths[-1] > 2)
    left = LEFT if are_beside else side
    rows, width = max(folded.height for folded in folds), panel * len(RULES)
    pitch = float(np.clip((HEIGHT * width - ABOVE - BELOW) / rows, *PITCHES))
    height = ABOVE + pitch * rows + BELOW
    ax, points = canvas(ax, width, height, largest=LARGEST)
    middle = ABOVE + pitch * rows / 2
    for place, (rule, of_layers) in enumerate(by_rule.items()):
        columns = tuple(
            Column(
                x=place * panel + left + i * apart,
                top=middle - pitch * (folded.height - 1) / 2,
                visible=folded,
                pitch=pitch,
            )
            for i, folded in enumerate(folds)
        )
        layout = NetLayout(columns, width, height, apart, middle, height, (), RADIUS, TYPE, TYPE, TYPE, 0.0)
        panel_pen = _Panel(Pen(ax, palette_of(ax), points, layout), (place + 0.5) * panel, panel)
        panel_pen.words(*RULES[rule])
        for i, (W, (source, target)) in enumerate(zip(matrices, pairwise(columns), strict=True)):
            panel_pen.links(rule, W, source, target, i)
        for column, e in zip(columns, of_layers, strict=True):
            panel_pen.neurons(column, e, float(max(abs(e).max() for e in of_layers)))
        if is_summed and rule != "downhill":
            panel_pen.sums(_factors(rule, matrices[0]) * of_layers[1][:, None], columns[0], are_beside)
    return ax


def _of_layers(errors: Any, rule: str, widths: Sequence[int]) -> list[Array]:
    """The errors of each layer by one rule."""
    of_layers = getattr(errors, rule, None)
    if of_layers is None or callable(of_layers):  # as str.split
        raise TypeError(
            "errors draws what nn.compare_errors(net, x, target) gives, with split, transposed and downhill; "
            f"given {type(errors).__name__}"
        )
    arrays = [numbers(e, f"the errors of layer {i}") for i, e in enumerate(of_layers, start=1)]
    shapes = [e.shape for e in arrays]
    if shapes != [(n,) for n in widths]:
        raise ValueError(
            f"the layers of this net have {list(widths)} neurons, and the errors shapes {shapes}"
        )
    return arrays


class _Panel:
    """One net with the errors by one rule."""

    def __init__(self, pen: Pen, middle: float, width: float) -> None:
        self._pen, self._middle, self._width = pen, middle, width

    def words(self, title: str, formula: str) -> None:
        """The rule, over the net."""
        for y, text, size in ((0.3, title, 1.25 * TYPE), (0.85, formula, 1.1 * TYPE)):
            fitting = size * min(1.0, 0.95 * self._width / (size * width_of(text)))
            self._pen.write(self._middle, y, text, fitting, self._pen.palette.ink)

    def links(self, rule: str, W: Array, source: Column, target: Column, place: int) -> None:
        """The lines between two columns; few of them have shares or weights on them."""
        self._pen.weights(W, source, target, place + 1)
        if W.size <= WORKED and rule != "downhill":
            factors = _factors(rule, W)
            write = _share if rule == "split" else decimal
            texts = [write(x) for x in factors.ravel().tolist()]
            self._pen.on_links(texts, factors, source, target, share=NEAR_THE_OUTPUT)

    def neurons(self, column: Column, e: Array, largest: float) -> None:
        """The neurons of a column, coloured by their errors, with these in numbers."""
        shade = self._pen.palette.field()
        texts = [_three(x) for x in e.tolist()]
        size = min(0.26, fitted([texts[i] for i in column.visible.indices], RADIUS))
        for neuron, y in zip(column.visible.indices, column.y, strict=True):
            colour = mpl("colors").to_hex(shade(0.5 + float(e[neuron]) / (largest or 1.0) / 2))
            self._pen.circle(column.x, y, RADIUS, colour, f"e{neuron}")
            self._pen.write(column.x, y, texts[neuron], size, self._pen.palette.ink)
        self._pen.dots(column)

    def sums(self, terms: Array, column: Column, are_beside: bool) -> None:
        """At each neuron of a column, its error as the sum of the terms that its links bring back."""
        for neuron, y in zip(column.visible.indices, column.y, strict=True):
            of_neuron = terms[:, neuron].tolist()
            if are_beside:
                self._pen.beside(column.x, y, _stacked(of_neuron))
            elif neuron:
                self._pen.under(column.x, y, _sum(of_neuron))
            else:
                self._pen.over(column.x, y, _sum(of_neuron))


def _factors(rule: str, W: Array) -> Array:
    """The share of each output's error, or the factor of it, that each link sends back."""
    return W / W.sum(axis=1, keepdims=True) if rule == "split" else W


def _share(x: float) -> str:
    """A share, as a fraction where its decimals do not end.

    >>> _share(2 / 3), _share(0.4)
    ('2/3', '0.4')
    """
    fraction = as_fraction(x)
    return decimal(x) if fraction is None else str(fraction).replace("-", MINUS)


def _sum(terms: Sequence[float]) -> str:
    r"""A sum worked out; ≈ where the numbers as they are written add up to another.

    >>> _sum([0.32, 0.1]), _sum([0.3333, 0.3333])
    ('0.32 + 0.1 = 0.42', '0.333 + 0.333 ≈ 0.667')
    """
    text = decimal(terms[0])
    for term in terms[1:]:
        text += f" {'+' if term >= 0 else MINUS} {decimal(abs(term))}"
    return f"{text} {_equal(terms)} {decimal(sum(terms))}"


def _stacked(terms: Sequence[float]) -> str:
    r"""A sum worked out as on paper, a term a line, all with as many decimals.

    >>> _stacked([0.5, -0.25, 0.1]), _stacked([-0.3333, 0.3333])
    ('0.50\n− 0.25\n+ 0.10\n= 0.35', '−0.333\n+ 0.333\n= 0.000')
    """
    total = sum(terms)
    decimals = min(DECIMALS, max(len(decimal(x).partition(".")[2]) for x in (*terms, total)))

    def written(x: float) -> str:
        return f"{x:.{decimals}f}".replace("-", MINUS) if round(x, decimals) else f"{0:.{decimals}f}"

    lines = [f"{'+' if term >= 0 else MINUS} {written(abs(term))}" for term in terms[1:]]
    return "\n".join([written(terms[0]), *lines, f"{_equal(terms)} {written(total)}"])


def _equal(terms: Sequence[float]) -> str:
    written = np.round(terms, DECIMALS).sum()
    return "=" if abs(written - round(sum(terms), DECIMALS)) < 1e-6 else "≈"


def _three(x: float) -> str:
    """An error in its neuron.

    >>> _three(0.42), _three(-0.12996), _three(-1e-9)
    ('0.42', '−0.130', '0')
    """
    return decimal(x) if abs(x) >= 0.5 * 10**-DECIMALS else "0"
