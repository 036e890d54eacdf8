"""Nodes that users give, and the symbols that nodes go by: their labels, y₀, y₁, … or v₁, v₂, …"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from autograd._graph.node import Node
from viz._mathematics.latex import label
from viz._mathematics.typeset import Atom, Script, Symbol, to_latex, to_text

__all__ = [
    "DESIRED", "a_node", "below", "element_label", "free_names", "index_of", "name_of",
    "subtracted_from_several", "symbols_of", "weights_of",
]  # fmt: skip

DESIRED = "ytd"  # the lectures' letter for desired outputs, and others where it is taken


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

    Desired outputs that cross-entropy is of have the lectures' names, y₀, y₁, … beside outputs a₀, a₁, …

    Args:
        order: the nodes in reading order.
        unlabelled: the nodes that get a symbol if they have no label.

    >>> import nn
    >>> from autograd import Value
    >>> from autograd._graph.node import topological_order
    >>> a, y = [Value(0.5, label=f"a_{i}") for i in (0, 1)], [Value(1.0), Value(0.0)]
    >>> symbols = symbols_of(topological_order(nn.cross_entropy(a, y)), y)
    >>> [to_text(symbols[node]) for node in (*a, *y)]
    ['a₀', 'a₁', 'y₀', 'y₁']
    """
    symbols = {node: symbol for node in order if (symbol := name_of(node)) is not None}
    symbols |= _desired(order, symbols, {n for n in unlabelled if n.is_leaf and n not in symbols})
    labels = {to_text(symbol) for symbol in symbols.values()}
    generated = (symbol for i in itertools.count(1) if to_text(symbol := label(f"v_{{{i}}}")) not in labels)
    return symbols | {n: next(generated) for n in order if n in unlabelled and n not in symbols}


def below(
    root: Node, names: Callable[[Node], Symbol | None], known: Collection[Node] = ()
) -> tuple[list[Node], dict[Node, Symbol]]:
    """The nodes between `root` and the named ones below it, arguments first, and the names among them.

    Args:
        root: the node.
        names: the symbol of a node that has a name.
        known: nodes below which nothing is looked for.
    """
    order: list[Node] = []
    symbols: dict[Node, Symbol] = {}

    def behind(node: Node) -> list[Node]:
        if (symbol := names(node)) is not None:
            symbols[node] = symbol
        is_end = node is not root and (symbol is not None or node in known)
        return [] if is_end else list(node.parents)

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


def index_of(symbol: Symbol) -> str | None:
    """The index of a symbol, as LaTeX.

    >>> index_of(label("a_{12}^{(1)}")), index_of(label("a"))
    ('12', None)
    """
    body = symbol.body
    return to_latex(body.sub) if isinstance(body, Script) and body.sub is not None else None


def free_names(
    letters: str, indices: Sequence[str], used: dict[str, list[str]], described: list[str]
) -> list[Symbol]:
    """Names with the first letter that no other quantity has with one of the indices.

    Args:
        letters: the letters to choose from; if all are taken, the last.
        indices: of the names.
        used: for each name in use, its subject; it is added to.
        described: the subject of these names, which may share its names.
    """
    for letter in letters:
        symbols = [
            label(f"{letter}_{index}" if len(index) == 1 else f"{letter}_{{{index}}}") for index in indices
        ]
        texts = [to_text(symbol) for symbol in symbols]
        if all(used.get(text, described) == described for text in texts):
            break
    used.update(dict.fromkeys(texts, described))
    return symbols


# -- desired outputs --------------------------------------------------------------------------


def _desired(order: Sequence[Node], symbols: dict[Node, Symbol], unnamed: set[Node]) -> dict[Node, Symbol]:
    """The lectures' names of leaves without a name that are the desired outputs of a cross-entropy."""
    names: dict[Node, Symbol] = {}
    used = {to_text(symbol): [""] for symbol in symbols.values()}
    for mean, outputs in subtracted_from_several(order).items() if unnamed else ():
        weights = weights_of(mean, outputs)
        pairs = [(index_of(symbols[a]), y) for a, y in weights[0].items() if a in symbols] if weights else []
        desired = [(index, y) for index, y in pairs if index is not None and y in unnamed and y not in names]
        indices = [index for index, _ in desired]
        taken = dict(used)
        several = free_names(DESIRED, indices, taken, [f"{len(names)}"]) if desired else []
        if len(set(indices)) == len(desired) and used.keys().isdisjoint(map(to_text, several)):
            names |= {y: symbol for (_, y), symbol in zip(desired, several, strict=True)}
            used = taken
    return names


def subtracted_from_several(order: Iterable[Node]) -> dict[Any, list[Any]]:
    """The intermediate results that are subtracted from several numbers, and these; but for logarithms.

    Softmax subtracts the largest number from all, and cross-entropy a weighted mean.

    Args:
        order: the nodes of a graph.
    """
    numbers: dict[Node, list[Any]] = {}
    for node in order:
        if not node.is_leaf and getattr(node.op, "name", "") in ("sub", "_below"):
            number, subtracted = node.args
            operation = getattr(subtracted.op, "name", "log") if isinstance(subtracted, Node) else "log"
            if isinstance(subtracted, Node) and "log" not in operation:
                numbers.setdefault(subtracted, []).append(number)
    return {node: several for node, several in numbers.items() if len(several) > 1}


def weights_of(mean: Node, numbers: Sequence[Any]) -> tuple[dict[Any, Any], Any] | None:
    """The weights by which numbers count in a weighted mean, and what it is divided by; None for no mean."""
    of = {x for x in numbers if isinstance(x, Node)}
    if getattr(mean.op, "name", "") != "truediv" or len(of) < len(numbers):
        return None
    numerator, total = mean.args
    weights: dict[Any, Any] = {}
    terms = [numerator]
    while terms:
        term = terms.pop()
        if not isinstance(term, Node):
            return None
        operation = "" if term.is_leaf else getattr(term.op, "name", "")
        if term in of:
            pairs = [(1.0, term)]
        elif operation == "add":
            terms += term.args
            continue
        elif operation == "mul":
            pairs = [(w, x) for w, x in (term.args, term.args[::-1]) if isinstance(x, Node) and x in of]
        else:
            return None
        if len(pairs) != 1 or pairs[0][1] in weights:
            return None
        weights[pairs[0][1]] = pairs[0][0]
    return weights, total
