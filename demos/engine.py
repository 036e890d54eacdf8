"""Engine: reverse mode on one screen, in the source that runs, beside the numbers of one small graph.

A graph is made of nodes that keep their arguments; a row of the table says an operation's derivative; the
sweep goes from the result down.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

from autograd import Value, tanh, topological_order
from autograd._derivatives import sweeps
from autograd._table import rules
from chainrule.demos.options import Options

ROWS = ("mul", "tanh")  # shown as examples
Contributions = list[tuple[Value, list[tuple[Value, float]]]]


def build() -> tuple[Value, Value, Value]:
    """a, b and y = tanh(a b + a).

    >>> a, b, y = build()
    >>> f"{y:.4f}"
    '0.6351'
    """
    a, b = Value(0.5, label="a"), Value(0.5, label="b")
    u = (a * b).with_label("u")
    v = (u + a).with_label("v")
    return a, b, tanh(v).with_label("y")


def swept(y: Value) -> tuple[dict[Value, float], Contributions]:
    """The gradients of a result, and each node's contributions to its arguments, by the engine's loop.

    >>> a, b, y = build()
    >>> gradients, contributions = swept(y)
    >>> [str(node.label) for node, _ in contributions], f"{gradients[a]:.4f}"
    (['y', 'v', 'u'], '0.8949')
    """
    contributions: Contributions = []

    def pull(node: Any, gradients: dict[Any, Any]) -> Sequence[tuple[Any, Any]]:
        pairs: list[tuple[Value, float]] = node._pull(gradients[node], create_graph=False, among=None)
        contributions.append((node, pairs))
        return pairs

    operations = [node for node in topological_order(y) if not node.is_leaf]
    gradients: dict[Any, Any] = sweeps.reverse(y, 1.0, operations, pull)
    return gradients, contributions


def row(name: str) -> str:
    """The row of a primitive as it stands in the table.

    >>> row("neg")
    'Row("neg", operator.neg, np.negative, ("-1",), "-{x}", SUM, R),'
    """
    (line,) = re.findall(rf'^ *(Row\("{name}",.*)$', inspect.getsource(rules), re.MULTILINE)
    return re.sub(" {2,}", " ", line)


def _place(function: Any) -> str:
    """The module and the line in which a function stands."""
    return f"{function.__module__}, line {inspect.getsourcelines(function)[1]}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())


def run(options: Options) -> None:
    """Print a graph, rows, a generated function and the loop, and then each step of the loop."""
    a, b, y = build()
    print("\n  The graph of y = tanh(a b + a): each operation is a node with its arguments and its number.\n")
    for node in topological_order(y):
        operation = f"{node.op}({', '.join(str(p.label) for p in node.parents)})" if node.op else "a leaf"
        print(f"    {node.label} = {node:7.4f}   {operation}")

    print(f"\n  Two rows of the table, {rules.__name__}: functions on floats and arrays, partials, LaTeX.\n")
    print(_indented("\n".join(map(row, ROWS))))

    print("\n  From a row the engine writes the methods of a Value, and a step of its fastest sweep:\n")
    step: Any = tanh
    print(_indented(inspect.getsource(step.pull)))

    print(f"\n  The sweep that all others are held to, {_place(sweeps.reverse)}:\n")
    print(_indented(inspect.getsource(sweeps.reverse)))

    print("\n  Its steps in this graph, from ∂y/∂y = 1 down:\n")
    gradients, contributions = swept(y)
    for node, pairs in contributions:
        added = ",  ".join(f"∂y/∂{parent.label} += {number:.4f}" for parent, number in pairs)
        print(f"    ∂y/∂{node.label} = {gradients[node]:.4f}   {added}")

    y.backward()
    print("\n  So, and by y.backward():\n")
    for leaf in (a, b):
        print(f"    ∂y/∂{leaf.label} = {gradients[leaf]:.4f}   {leaf.label}.grad = {leaf.grad:.4f}")
