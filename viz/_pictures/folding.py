"""Folding: the quantities of a layer or of a neuron as one box, by their labels."""

from __future__ import annotations

from collections.abc import Callable

from viz._mathematics.latex import layer, letter_of
from viz._mathematics.typeset import Script, Symbol, to_text

__all__ = ["Fold", "by_layer", "by_neuron"]

Fold = Callable[[Symbol], str | None]


def by_layer(symbol: Symbol) -> str | None:
    r"""The layer a label names, as the title of the box that its quantities are folded into.

    >>> from viz._mathematics.latex import label
    >>> by_layer(label("w_{02}^{(1)}")), by_layer(label("y"))
    ('layer 1', None)
    """
    place = layer(_a_symbol(symbol, "by_layer"))
    return None if place is None else f"layer {place}"


def by_neuron(symbol: Symbol) -> str | None:
    r"""The neuron a label belongs to: z, a and b by their index, a weight w_{jk} by its first.

    >>> from viz._mathematics.latex import label
    >>> [by_neuron(label(name)) for name in ("w_{12}^{(3)}", "a_{1}^{(3)}", "b^{(1)}", "C_0")]
    ['neuron 1, layer 3', 'neuron 1, layer 3', 'neuron 0, layer 1', None]
    """
    place = layer(_a_symbol(symbol, "by_neuron"))
    if place is None:
        return None
    body = symbol.body
    index = to_text(body.sub) if isinstance(body, Script) and body.sub is not None else "0"
    first = index.split(",")[0]
    if first == index and len(index) == 2 and letter_of(symbol) == "w":
        first = index[0]  # w_{12} goes from neuron 2 to neuron 1
    return f"neuron {first.strip()}, layer {place}"


def _a_symbol(symbol: Symbol, function: str) -> Symbol:
    if not isinstance(symbol, Symbol):
        raise TypeError(
            f"{function} takes the symbol of a label, not {type(symbol).__name__} ({symbol!r:.80}): "
            f"pass the function itself, as in draw_chain(C, fold=viz.{function})"
        )
    return symbol
