"""Every operation of a recorded graph, one box each; of a compiled one, every line."""

from __future__ import annotations

from typing import Any

from autograd.compiler import Program
from autograd.graph import Node, topological_order
from viz.arguments import a_bool
from viz.compiled import program_picture
from viz.dot import Drawing, to_dot
from viz.expressions import CONSTANT, Call, Expr, Name, Number
from viz.picture import (
    Box,
    Link,
    Names,
    Picture,
    check_size,
    gradients,
    is_parameter,
    results,
    shape_or_number,
    values,
)
from viz.setting import typeset
from viz.themes import LIGHT, Theme

__all__ = ["draw"]


def draw(C: Any, *, grad: bool = True, theme: Theme = LIGHT, limit: int = 200) -> Drawing:
    """Draw every operation behind a result, with values and gradients.

    A box shows the node's name (its label, or v₁, v₂, …), how it was made, the name of the operation,
    its value and its gradient: the derivative of C by it, whatever an earlier ``backward()`` left on the
    graph, which is not changed. Of several results, and of an array, it is the derivative of their sum;
    where it does not exist, as that of √ at 0, the box says ``undefined``. A node used twice has two
    edges, constants have boxes of their own; one that is an array says so, ``const``, with its shape. The
    same graph gives the same DOT text in every run.

    Of a program of `autograd.compile` it draws the graph of arrays: a box for each line of its listing, with
    its formula and its shape. Over it stands the graph of scalars in which it was found, folded line by
    line: one quantity of each, how many such there are, and how many operations they are.

    Args:
        C: the result, a `Value` or a `Tensor`, or several in a list or array; arrays show their shapes.
            Or a program of `autograd.compile`.
        grad: whether boxes show gradients; without them it is the forward pass.
        theme: the colours, `viz.LIGHT`, `viz.DARK` or another `viz.Theme`.
        limit: the most boxes to draw, a whole number from 1.

    Returns:
        A `graphviz.Digraph` that shows itself in a notebook; see `viz.render` for files.

    Raises:
        TypeError: for anything that is not a node or a program, for a `grad` that is not True or False,
            and for a theme that is none.
        ValueError: for an empty list; when there are more nodes and constants than `limit`, or lines and
            leaves of a program; for a limit that is no whole number from 1.

    Source, of a program's drawing: lecture section 1, where one line for each neuron becomes one for a layer.

    >>> from autograd import Value
    >>> import viz
    >>> x = Value(3.0, label="x")
    >>> print(viz.tree(draw(2 * x)))
    v₁ = 2x (mul)  6.00  grad +1.00
    ├─ 2
    └─ x           3.00  grad +2.00
    >>> [line.strip().split(" [")[0] for line in draw(x * x).source.splitlines() if "->" in line]
    ['n0 -> n1', 'n0 -> n1']
    """
    if isinstance(C, Program):
        return to_dot(program_picture(C, limit=limit), theme)
    return to_dot(operations_picture(C, grad=a_bool(grad, "grad"), limit=limit), theme)


def operations_picture(C: Any, *, grad: bool = True, limit: int = 200) -> Picture:
    """The neutral picture that `draw` draws.

    >>> from autograd import Value
    >>> [box.kind for box in operations_picture(Value(3.0, label="x") * 2).boxes]
    ['data', 'constant', 'operation']
    """
    outputs = results("draw", C)
    order = topological_order(*outputs)
    constants = sum(not isinstance(a, Node) for node in order for a in node.args)
    check_size(
        len(order) + constants,
        limit,
        "nodes and constants",
        "label the results that matter and use draw_chain, which contracts the arithmetic between them",
    )
    names = Names(order, set(order))
    numbers = values(order)
    slopes = gradients(outputs, order) if grad else {}
    ids = {node: f"n{i}" for i, node in enumerate(order)}
    boxes: list[Box] = []
    links: list[Link] = []
    for node in order:
        args: list[Expr] = []
        for argument in node.args:
            if isinstance(argument, Node):
                args.append(Name(id(argument), names.symbols[argument]))
                links.append(Link(ids[argument], ids[node]))
                continue
            constant = shape_or_number(argument)
            if isinstance(constant, str):
                args.append(Name(id(argument), CONSTANT))
            else:
                args.append(Number(constant))
            place = f"c{sum(box.kind == 'constant' for box in boxes)}"
            boxes.append(Box(place, "constant", typeset(args[-1]), None, constant, None))
            links.append(Link(place, ids[node]))
        symbol = names.symbols[node]
        kind = "operation" if args else "parameter" if is_parameter(symbol) else "data"
        formula = typeset(Call(node.op, tuple(args))) if node.op is not None else None
        boxes.append(
            Box(
                ids[node], kind, symbol, formula, numbers[node], slopes.get(node),
                full_name=node.label or "", note=node.op.name.strip("_") if node.op is not None else "",
            )
        )  # fmt: skip
    return Picture("operations", tuple(boxes), tuple(links))
