"""The layered net: activations as brightness, weights as colour and width."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autograd._support.checks import a_bool, count
from viz._pictures.nets import Reading, read_net
from viz._plots.networks.layout import arrange
from viz._plots.networks.pen import Pen, signal
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import canvas, room_of
from viz._plots.parts.words import decimal, names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_network"]

DIGITS = 10  # outputs that are named 0, 1, 2, … without labels
DECIMALS = 3  # of a signal
WORKED = 5  # neurons of a column whose signals can be written
LARGEST_UNIT = 0.95  # inches from one neuron of a column to the next, in a new figure


def draw_network(
    net: Any,
    x: Any = None,
    *,
    signals: bool = False,
    by_hand: bool = False,
    most: int = 16,
    labels: Iterable[Any] | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw a net as columns of neurons, with its activations for an example.

    A neuron's brightness is its activation, black 0 and white 1, and the number stands in it where
    there is room; a column with numbers outside 0 … 1 says what its black and white are. A line is
    a weight: blue and solid above 0, orange and dashed below, the wider the further from 0, in
    proportion to the largest that is drawn between the two columns, which is written under them. Under all
    stand the numbers of weights and biases.

    Args:
        net: an `nn.MLP` or `nn.Sequential` of Tensors or Values, an `nn.Perceptron`, or any object with
            ``layers``, each with ``W``, ``b`` (or None) and ``activation``, and to be called. Layers without
            ``W`` between them, such as batch norm, change the activations that are drawn of the layer before.
        x: one example, shape (inputs,); without it there are no activations. Given as a picture,
            such as ``image.reshape(28, 28)``, it is shown beside the net, and beside a column that does not
            show all of its pixels, all of them in a column.
        signals: whether the signals are worked out in the picture: each weight on its line, each bias under
            its neuron, and in the neuron the weighted sum X over the output O, with three decimals. For
            nets of up to 5 neurons in a column.
        by_hand: with `signals`, whether each of them is computed from the three decimals that stand before
            it, as on paper and in deck E; the last ones may differ from the net's in the last digit.
        most: the most rows of a column; a larger layer shows its first and last neurons. Those of a
            28×28 image are two edges of it, mostly paper: the picture, and `weights`, show the rest.
        labels: the names of the outputs, where these are classes, such as ``range(3)``. The largest output is
            marked. Ten outputs are the digits by default, others have no names.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but a net.
        ValueError: for a batch, another shape, labels of another number, and numbers that are not
            finite; for `by_hand` without `signals`; with `signals`, for a column of more neurons, and for a
            net whose outputs are not the activations of weighted sums.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, the net 784-16-16-10 that reads digits; section 5, worked signals.

    >>> import numpy as np
    >>> import nn
    >>> import viz
    >>> net = nn.MLP([784, 16, 16, 10], rng=0)
    >>> ax = viz.draw_network(net, np.full(784, 0.5))
    >>> ax.figure.savefig("net.png")    # doctest: +SKIP

    >>> net = nn.MLP([2, 2], use_bias=False, rng=0)
    >>> net.layers[0].W = [[0.9, 0.3], [0.2, 0.8]]
    >>> ax = viz.draw_network(net, [1.0, 0.5], signals=True)
    >>> [text.get_text() for text in ax.texts if "X" in text.get_text()][:2]
    ['X 1.050\nO 0.741', 'X 0.600\nO 0.646']
    """
    signals, by_hand = a_bool(signals, "signals"), a_bool(by_hand, "by_hand")
    if by_hand and not signals:
        raise ValueError("by_hand=True rounds the signals, which signals=True shows; pass both")
    reading = read_net(net, x, worked=signals, decimals=DECIMALS if by_hand else None)
    most = count(most, "most", 4)
    widths = reading.widths
    if signals and max(widths) > WORKED:
        raise ValueError(
            f"signals=True writes the signals of up to {WORKED} neurons in a column, and this net has "
            f"{max(widths)} in one; draw it without signals"
        )
    named = names(labels, widths[-1], "labels", "outputs")
    if named is None and widths[-1] == DIGITS:
        named = [str(i) for i in range(DIGITS)]

    layout = arrange(reading, named, most, room_of(ax), signals)
    ax, points = canvas(ax, layout.width, layout.height, largest=LARGEST_UNIT * (1.5 if signals else 1.0))
    pen = Pen(ax, palette_of(ax), points, layout)
    for place, (W, (source, target)) in enumerate(
        zip(reading.weights, pairwise(layout.columns), strict=True)
    ):
        pen.weights(W, source, target, place + 1)
        if signals:
            pen.on_links([decimal(w) for w in W.ravel().tolist()], W, source, target)
        else:
            pen.widest(W, source, target)
    activations_of = reading.activations or [None] * len(widths)
    for place, (column, activations) in enumerate(zip(layout.columns, activations_of, strict=True)):
        if signals and activations is not None:
            worked = _signals(reading, place)
            pen.circles(column, place, activations, worked, lines=2 if place else 1)
        else:
            pen.neurons(column, place, activations)
        bias = reading.biases[place - 1] if place else None
        if signals and bias is not None:
            pen.biases(column, bias)
        pen.heading(column)
    is_folded = layout.columns[0].visible.dots is not None
    if is_folded:
        pen.bracket(layout.columns[0], widths[0])
    if reading.image is not None:
        pen.image(reading.image)
        if is_folded:
            pen.strip(reading.image, layout.columns[0])
    if named:
        pen.labels(layout.columns[-1], named, activations_of[-1])
    pen.words()
    if not signals:
        pen.key()
    return ax


def _signals(reading: Reading, place: int) -> list[str]:
    """The texts in the neurons of a column: an input, or X over O."""
    assert reading.activations is not None
    assert reading.sums is not None
    outputs = reading.activations[place].tolist()
    if not place:
        return [decimal(a) for a in outputs]
    return [signal(z, a) for z, a in zip(reading.sums[place - 1].tolist(), outputs, strict=True)]
