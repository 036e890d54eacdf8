"""Nodes that users give, and the symbols that nodes go by: their labels, or v₁, v₂, …"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from typing import Any

from autograd._graph.node import Node
from viz._mathematics.latex import label
from viz._mathematics.typeset import Atom, Script, Symbol, to_latex, to_text

__all__ = ["a_node", "below", "element_label", "name_of", "symbols_of"]


def a_node(argument: Any, function: str) -> Node:
    """A node of a recorded graph, checked before any work is done with it.

    >>> a_node(3, "formula")
    Traceback (most recent call last):
        ...
    TypeError: formula takes a Value or a Tensor, not int (3)
    """
    if not isinstance(argument, Node):
        kind = type(argument).__name__
        raise TypeError(f"{function} takes a Value or a Tensor, not {kind} ({argument!r:.80})")
    return argument


def name_of(node: Node) -> Symbol | None:
    """The symbol of a labelled node; an empty label is none."""
    return label(node.label) if node.label and node.label.strip() else None


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


def below(root: Node, names: Callable[[Node], Symbol | None]) -> tuple[list[Node], dict[Node, Symbol]]:
    """The nodes between `root` and the named ones below it, arguments first, and the names among them."""
    order: list[Node] = []
    symbols: dict[Node, Symbol] = {}

    def behind(node: Node) -> list[Node]:
        if (symbol := names(node)) is not None:
            symbols[node] = symbol
        return [] if symbol is not None and node is not root else list(node.parents)

    path = [(root, iter(behind(root)))]
    visited = {root}
    while path:
        node, parents = path[-1]
        for parent in parents:
            if parent not in visited:
                visited.add(parent)
                path.append((parent, iter(behind(parent))))
                break
        else:
            order.append(node)
            path.pop()
    return order, symbols


def element_label(name: str, index: Sequence[int | str], shape: Sequence[int]) -> str:
    r"""The label of one number of an array: of W^{(1)} the lectures' w_{12}^{(1)}, of weights weights[1, 2].

    Args:
        name: the label of the array.
        index: the number's place, in numbers or letters.
        shape: of the array.

    >>> element_label("W^{(1)}", (1, 2), (3, 4)), element_label("b", (12,), (16,))
    ('w_{12}^{(1)}', 'b_{12}')
    >>> element_label("weights", (1, 2), (3, 4))
    'weights[1, 2]'
    """
    body = label(name).body
    base, sup, sub = (body.base, body.sup, body.sub) if isinstance(body, Script) else (body, None, None)
    if not isinstance(base, Atom) or base.kind != "letter" or sub is not None:
        return f"{name}[{', '.join(map(str, index))}]"
    # w_{123} could be 1 and 23 or 12 and 3
    indices = ("" if max(shape) <= 10 else ",").join(map(str, index))
    letter = base.latex.lower() if len(base.latex) == 1 else base.latex  # not \Theta
    return f"{letter}_{{{indices}}}" + ("" if sup is None else f"^{{{to_latex(sup)}}}")
