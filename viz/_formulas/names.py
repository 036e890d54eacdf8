"""The symbols of nodes in a drawing."""

from __future__ import annotations

from autograd._graph.node import Node
from viz._mathematics.latex import label
from viz._mathematics.typeset import Symbol, to_text

__all__ = ["Names"]


class Names:
    """The symbols of nodes in a drawing: their labels, and generated names for those asked for.

    Args:
        order: the nodes in reading order.
        needing: the nodes that get a name v₁, v₂, … if they have no label.
    """

    def __init__(self, order: list[Node], needing: set[Node]) -> None:
        self.symbols: dict[Node, Symbol] = {}
        taken = set()
        for node in order:
            if node.label and node.label.strip():
                self.symbols[node] = label(node.label)
                taken.add(to_text(self.symbols[node]))
        count = 0
        for node in order:
            if node in needing and node not in self.symbols:
                while True:
                    count += 1
                    symbol = label(f"v_{{{count}}}")
                    if to_text(symbol) not in taken:
                        break
                self.symbols[node] = symbol

    def __call__(self, node: Node) -> Symbol | None:
        return self.symbols.get(node)
