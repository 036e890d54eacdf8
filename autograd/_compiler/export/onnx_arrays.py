"""An ONNX model of one example, with arrays for its columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._support.extras import extra

__all__ = ["with_arrays"]


def with_arrays(
    model: Any, inputs: Sequence[tuple[str, tuple[int, ...]]], outputs: Sequence[tuple[str, tuple[int, ...]]]
) -> Any:
    """A model of one example, with its columns as arrays: named, and in their shapes.

    Args:
        model: from `model`, with an axis of outputs.
        inputs: the arrays whose numbers, one after another, are the columns of X.
        outputs: the arrays whose numbers are the columns of the output.
    """
    onnx = extra("onnx", "onnx", "to_onnx")
    helper, inner = onnx.helper, "scalars."  # no part of an identifier
    model = onnx.compose.add_prefix(model, inner)
    graph = model.graph
    kind, result = graph.output[0].type.tensor_type.elem_type, graph.output[0].name
    before, after = [], []
    numbers = graph.initializer

    def whole_numbers(x: Any, name: str) -> str:
        numbers.append(onnx.numpy_helper.from_array(np.asarray(x, np.int64), inner + name))
        return inner + name

    if inputs:
        row = whole_numbers([1, -1], "row")
        rows = [f"{inner}{name}.row" for name, _ in inputs]
        for (name, _), flat in zip(inputs, rows, strict=True):
            before.append(helper.make_node("Reshape", [name, row], [flat]))
        before.append(helper.make_node("Concat", rows, [graph.input[0].name], axis=1))
    first = 0
    for name, shape in outputs:
        part, columns = f"{inner}{name}.row", np.arange(first, first + math.prod(shape))
        first += len(columns)
        of_part = whole_numbers(columns, f"{name}.columns")
        after.append(helper.make_node("Gather", [result, of_part], [part], axis=1))
        after.append(helper.make_node("Reshape", [part, whole_numbers(shape, f"{name}.shape")], [name]))
    nodes = [*before, *graph.node, *after]
    for field, new in (
        (graph.node, nodes),
        (graph.input, [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs]),
        (graph.output, [helper.make_tensor_value_info(name, kind, shape) for name, shape in outputs]),
    ):
        del field[:]
        field.extend(new)
    onnx.checker.check_model(model, full_check=True)
    return model
