"""Every operation of a recorded graph, each a box."""

from __future__ import annotations

from typing import Any

from autograd._compiler.describe.row_names import row_name
from autograd._graph.node import Node, topological_order
from viz._formulas.expressions import CONSTANT, Call, Expr, Name, Numeral
from viz._formulas.names import symbols_of
from viz._formulas.setting import typeset
from viz._pictures.numbers import gradients, shape_or_number, values
from viz._pictures.picture import Box, Link, Picture, check_size, is_parameter, results

__all__ = ["operations_picture"]


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
    symbols = symbols_of(order, set(order))
    numbers = values(order)
    slopes = gradients(outputs, order) if grad else {}
    ids = {node: f"n{i}" for i, node in enumerate(order)}
    boxes: list[Box] = []
    links: list[Link] = []
    for node in order:
        args: list[Expr] = []
        for argument in node.args:
            if isinstance(argument, Node):
                args.append(Name(id(argument), symbols[argument]))
                links.append(Link(ids[argument], ids[node]))
                continue
            constant = shape_or_number(argument)
            if isinstance(constant, str):
                args.append(Name(len(boxes), CONSTANT))
            else:
                args.append(Numeral(constant))
            place = f"c{sum(box.kind == 'constant' for box in boxes)}"
            boxes.append(Box(place, "constant", typeset(args[-1]), None, constant, None))
            links.append(Link(place, ids[node]))
        symbol = symbols[node]
        kind = "operation" if args else "parameter" if is_parameter(symbol) else "data"
        formula = typeset(Call(node.op, tuple(args))) if node.op is not None else None
        boxes.append(
            Box(
                ids[node], kind, symbol, formula, numbers[node], slopes.get(node),
                full_name=node.label or "", note=row_name(node.op) if node.op is not None else "",
            )
        )  # fmt: skip
    nodes: dict[str, tuple[Node, ...]] = {id: (node,) for node, id in ids.items()}
    return Picture("operations", tuple(boxes), tuple(links), nodes=nodes)
