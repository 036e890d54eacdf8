"""The forward pass of a tape, and its reverse sweep, as traced operations.

The derivative of a row is that of the table: its text for elementwise rows, its transposes for array rows.
Where it looks at numbers, as the shares of a maximum do, it is one call of the row's own pull on arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd._compiler.find.tensors.tape import Line, Tape
from autograd._compiler.tensors.structural import Shape
from autograd._compiler.tensors.traced import NeedsNumbers, Trace, Traced
from autograd._graph.primitive import Primitive
from autograd._table.array_rules.linear import getitem, puts, sum_to
from autograd._table.rows import Row

__all__ = ["forward", "gradient"]


def forward(trace: Trace, tape: Tape) -> list[Traced]:
    """Each line as a traced array."""
    leaves = enumerate(tape.lines[: tape.leaves])
    values = [trace.argument(place, line.shape, line.dtype) for place, line in leaves]
    for line in tape.lines[tape.leaves :]:
        values.append(trace.constant(line.constant) if line.row is None else _apply(trace, line, values))
    return values


def _apply(trace: Trace, line: Line, values: list[Traced]) -> Traced:
    row: Any = line.row
    args = [values[a] for a in line.args]
    try:
        return trace.apply(row, args, line.params)
    except (NeedsNumbers, ArithmeticError):
        return trace.opaque(row.on_arrays, row.key, args, line.params, line.shape, line.dtype)


def gradient(trace: Trace, tape: Tape, values: list[Traced], wrt: Sequence[int]) -> list[Traced]:
    """The derivative of the first output, one number, by some leaves.

    Args:
        values: of `forward`.
        wrt: the lines of the leaves.
    """
    depends = set(wrt)
    for place, line in enumerate(tape.lines):
        if any(a in depends for a in line.args):
            depends.add(place)
    root = tape.outputs[0]
    adjoints: dict[int, Traced] = {}
    parts: dict[
        int, list[tuple[Traced, Any]]
    ] = {}  # the adjoints of indexed parts, joined at the array's turn
    if root in depends:
        one = trace.array(1.0, values[root].shape, values[root].dtype)
        adjoints[root] = one if trace.dtype is not None else trace.filled(one)
    for place in reversed(range(len(tape.lines))):
        line = tape.lines[place]
        if place in parts:
            _accumulate(trace, adjoints, place, _joined(trace, parts.pop(place), values[place]))
        if line.row is None or place not in adjoints:
            continue
        g = adjoints.pop(place)
        if line.row is getitem:
            parts.setdefault(line.args[0], []).append((g, line.params["index"]))
            continue
        wanted = [i for i, a in enumerate(line.args) if a in depends]
        args = [values[a] for a in line.args]
        for i, contribution in _pull(trace, line, g, args, values[place], wanted):
            a = line.args[i]
            fits = contribution.shape == values[a].shape
            _accumulate(trace, adjoints, a, contribution if fits else _sum_to(trace, contribution, values[a]))
    return [
        adjoints[leaf] if leaf in adjoints else trace.array(0.0, values[leaf].shape, values[leaf].dtype)
        for leaf in wrt
    ]


def _accumulate(trace: Trace, adjoints: dict[int, Traced], place: int, contribution: Traced) -> None:
    former = adjoints.get(place)
    adjoints[place] = contribution if former is None else trace.add(former, contribution)


def _joined(trace: Trace, parts: list[tuple[Traced, Any]], array: Traced) -> Traced:
    params = {"indices": tuple(index for _, index in parts), "shape": array.shape}
    try:
        return trace.apply(puts, [g for g, _ in parts], params)
    except NeedsNumbers:
        return trace.opaque(puts.on_arrays, puts.key, [g for g, _ in parts], params, array.shape, array.dtype)


def _sum_to(trace: Trace, x: Traced, like: Traced) -> Traced:
    try:
        return trace.apply(sum_to, [x], {"shape": like.shape})
    except NeedsNumbers:
        return trace.opaque(sum_to.on_arrays, "sum_to", [x], {"shape": like.shape}, like.shape, like.dtype)


def _pull(
    trace: Trace, line: Line, g: Traced, args: list[Traced], out: Traced, wanted: list[int]
) -> list[tuple[int, Traced]]:
    """The contributions to the adjoints of some arguments, without those that are 0."""
    row: Any = line.row
    inert = getattr(row, "inert", ())
    wanted = [i for i in wanted if i not in inert]
    if trace.dtype is not None:
        try:
            return _traced_pull(trace, row, line.params, g, args, out, wanted)
        except (NeedsNumbers, ArithmeticError, TypeError, AttributeError):
            pass  # a transpose with a branch on numbers, or with functions that take arrays alone
    pulls = []
    for i in wanted:
        pull = _pull_on_arrays(row, i, line.params, len(args), args[i].shape, args[i].dtype)
        key = ("pull", row.key, i, args[i].shape, args[i].dtype, trace.frozen(line.params))
        pulled = trace.opaque(pull, key, [g, *args, out], {}, args[i].shape, args[i].dtype)
        pulls.append((i, pulled))
    return pulls


def _traced_pull(
    trace: Trace, row: Primitive, params: Any, g: Traced, args: list[Traced], out: Traced, wanted: list[int]
) -> list[tuple[int, Traced]]:
    if isinstance(row, Row):
        symbols = [a._symbol for a in args]
        contributions = trace.kernel.pulled(row, g._symbol, symbols, out._symbol)
        return [(i, trace.array(contributions[i], out.shape)) for i in wanted if contributions[i] is not None]
    pulls: Any = row.node_pulls
    if row.joint:
        pulls = pulls.at(g, args, params)
    pulled = []
    for i in wanted:
        contribution = trace.traced(pulls[i](g, args, out, params))
        if contribution.ndim == args[i].ndim == 2:
            contribution = _without_transpose(trace, contribution)
        pulled.append((i, contribution))
    return pulled


def _without_transpose(trace: Trace, x: Traced) -> Traced:
    """(A B)ᵀ as Bᵀ Aᵀ, so that a gradient has the memory order of its parameter."""
    call = getattr(x._symbol, "call", None)
    if getattr(call, "name", None) != "transpose":
        return x
    inner = x._symbol.args[0]
    if getattr(inner.call, "name", None) != "dot":
        return x
    a, b = (trace.array(s, trace.shapes[s], x.dtype) for s in inner.args)
    product: Traced = b.T @ a.T
    return product


def _pull_on_arrays(
    row: Any, i: int, params: Any, count: int, shape: Shape, dtype: Any
) -> Callable[..., Any]:
    """A row's pull for one argument, with a result of the argument's shape and dtype, as in a sweep."""

    def pull(g: Any, *arrays: Any) -> Any:
        inputs, out = arrays[:count], arrays[count]
        pulls = row.array_pulls.at(g, inputs, params) if row.joint else row.array_pulls
        contribution = pulls[i](g, inputs, out, params)
        if np.shape(contribution) != shape:
            contribution = sum_to.on_arrays(np.asarray(contribution), shape)
        return np.asarray(contribution, dtype)

    pull.__name__ = f"pull_{row.name}"
    return pull
