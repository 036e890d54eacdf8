"""The lines of calls that arrange, add up and multiply arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["CALLS", "index_text"]

FEW = 1024  # numbers to add up by a product with ones: of 16 sums of 10, 0.4 µs, and 1.1 by np.add.reduce


def _dot(writer: Any, call: Any, args: list[Any], into: Any) -> None:
    a, b = args
    columns = b.array.shape[1] if b.array.ndim > 1 else 1
    writer.multiplications = max(writer.multiplications, a.array.size * columns)
    writer.body.append(f"{writer.function(np.dot)}({a.text}, {b.text}, {into.text})")


def _matmul(writer: Any, call: Any, args: list[Any], into: Any) -> None:
    writer.body.append(f"{writer.function(np.matmul)}({args[0].text}, {args[1].text}, {into.text})")


def _sum(writer: Any, call: Any, args: list[Any], into: Any) -> None:
    (of,) = args
    x, text = of.array, of.text
    axes, keepdims = call.params["axis"], call.params["keepdims"]
    count = math.prod(x.shape[a] for a in axes)
    if writer.by_products and into.array.ndim == 0 and x.ndim and 0 < count <= FEW and x.flags.c_contiguous:
        flat = text if x.ndim == 1 else writer.reshaped(of, (count,))
        writer.body.append(f"{writer.function(np.dot)}({flat}, {_ones(writer, count, x.dtype)}, {into.text})")
        return
    if x.ndim == 2 and len(axes) == 1 and 0 < count <= FEW:
        ones = _ones(writer, count, x.dtype)
        target = writer.reshaped(into, (x.shape[1 - axes[0]],)) if keepdims else into.text
        pair = f"{ones}, {text}" if axes == (0,) else f"{text}, {ones}"
        writer.body.append(f"{writer.function(np.dot)}({pair}, {target})")
        return
    axis = None if len(axes) == x.ndim else axes[0] if len(axes) == 1 else axes
    writer.body.append(f"{writer.method(np.add, 'reduce')}({text}, {axis}, None, {into.text}, {keepdims})")


def _ones(writer: Any, count: int, dtype: Any) -> str:
    expression = f"{writer.function(np.ones)}({count}, {writer.function(dtype.type)})"
    return str(writer.once(f"ones_{count}", expression))


def _cumsum(writer: Any, call: Any, args: list[Any], into: Any) -> None:
    accumulate, axis = writer.method(np.add, "accumulate"), call.params["axis"]
    writer.body.append(f"{accumulate}({args[0].text}, {axis}, None, {into.text})")


def _concatenate(writer: Any, call: Any, args: list[Any], into: Any) -> None:
    function, axis = writer.function(np.concatenate), call.params["axis"]
    writer.body.append(f"{function}(({_listed(args)}), {axis}, {into.text})")


def _stack(writer: Any, call: Any, args: list[Any], into: Any) -> None:
    function, axis = writer.function(np.stack), call.params["axis"]
    writer.body.append(f"{function}(({_listed(args)}), {axis}, {into.text})")


def _take(writer: Any, call: Any, args: list[Any], into: Any) -> None:
    writer.body.append(f"{into.text}[...] = {args[0].text}[{index_text(writer, call.params['index'])}]")


def _puts(writer: Any, call: Any, args: list[Any], into: Any) -> None:
    writer.body.append(f"{into.text}.fill(0)")
    for array, index in zip(args, call.params["indices"], strict=True):
        parts, at = index if isinstance(index, tuple) else (index,), index_text(writer, index)
        if any(isinstance(part, np.ndarray) and part.dtype != bool for part in parts):
            add_at = writer.method(np.add, "at")  # a place that is named twice gets both
            writer.body.append(f"{add_at}({into.text}, {writer.held(index, 'places')}, {array.text})")
        else:
            writer.body.append(f"{into.text}[{at}] {'=' if len(args) == 1 else '+='} {array.text}")


def _listed(arrays: list[Any]) -> str:
    return "".join(f"{array.text}, " for array in arrays).rstrip()


CALLS: dict[str, Callable[..., None]] = {
    "dot": _dot, "matmul": _matmul, "sum": _sum, "cumsum": _cumsum, "concatenate": _concatenate, "stack": _stack,
    "take": _take, "puts": _puts,
}  # fmt: skip


def index_text(writer: Any, index: Any) -> str:
    """An index as it stands in brackets."""
    if isinstance(index, tuple):
        return f"{', '.join(_part(writer, part) for part in index)}," if index else "()"
    return _part(writer, index)


def _part(writer: Any, part: Any) -> str:
    if isinstance(part, slice):
        ends = ["" if x is None else str(int(x)) for x in (part.start, part.stop)]
        return ":".join(ends) + ("" if part.step is None else f":{int(part.step)}")
    if part is Ellipsis:
        return "..."
    if part is None or isinstance(part, (bool, np.bool_)):
        return str(part)
    return str(writer.held(part, "places")) if isinstance(part, (np.ndarray, list)) else str(int(part))
