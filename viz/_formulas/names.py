"""The symbols of nodes in a drawing."""

from __future__ import annotations

import itertools
from collections.abc import Collection

from autograd._graph.node import Node
from viz._formulas.formula import name_of
from viz._mathematics.latex import label
from viz._mathematics.typeset import Symbol, to_text

__all__ = ["symbols_of"]


def symbols_of(order: list[Node], unlabelled: Collection[Node]) -> dict[Node, Symbol]:
    """The symbols of labelled nodes, and v₁, v₂, … for nodes without a label.

    Args:
        order: the nodes in reading order.
        unlabelled: the nodes that get a symbol if they have no label.
    """
    symbols = {node: symbol for node in order if (symbol := name_of(node)) is not None}
    labels = {to_text(symbol) for symbol in symbols.values()}
    generated = (symbol for i in itertools.count(1) if to_text(symbol := label(f"v_{{{i}}}")) not in labels)
    return symbols | {n: next(generated) for n in order if n in unlabelled and n not in symbols}
