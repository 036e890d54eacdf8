"""The reverse sweep over Tensors with arrays as adjoints: the one that training a net depends on.

It does what `_derivatives.sweeps.adjoints` does, for a whole graph and without recording. On the small
arrays of a net an operation of NumPy takes 0.3 to 1 µs, so as little as possible is done beside
them: only nodes that are used more than once are counted, leaves are not visited, shapes are
looked at only where a row broadcasts.

The books are kept beside the graph, not in the nodes as `float_sweep` does. That costs a tenth of
a microsecond a node; for it, threads need not wait for each other's products of matrices, and an
exception leaves nothing to undo.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._derivatives import value_sweep
from autograd._graph.recorded_gradients import recorded
from autograd._nodes.tensor import Tensor
from autograd._table.array_rules.linear import add_at, getitem, sum_to

__all__ = ["adjoints", "sweep"]


def sweep(root: Tensor, seed: Any) -> None:
    """Set the adjoint of every node below `root`, adding to the leaves'; on an error of none."""
    found = adjoints(root, seed)
    with value_sweep.sweeping.current:  # threads that share leaves add to them one after the other
        totals, nodes_among_them = {}, False
        for node, adjoint in found.items():
            if node._op is None:
                held = node._adjoint
                if held is None:
                    totals[node] = adjoint
                elif type(held) is np.ndarray:
                    totals[node] = held + adjoint
                else:
                    totals[node], nodes_among_them = node.grad + adjoint, True
        if nodes_among_them:
            totals = recorded(totals)
        for node, adjoint in found.items():
            if node._op is not None:
                node._adjoint, node._exposed = adjoint, False
        for leaf, total in totals.items():
            leaf._adjoint = total


def adjoints(root: Tensor, seed: Any) -> dict[Tensor, Any]:
    """∂root/∂node · seed for the nodes the root was made from; nothing is written to the graph.

    A leaf's is an array that nobody else holds, if the seed is.

    >>> import numpy as np
    >>> x = Tensor([3.0, 4.0])
    >>> adjoints(x * x, np.array([1.0, 10.0]))[x]
    array([ 6., 80.])
    """
    unspoken = _used_again(root)
    found: dict[Tensor, Any] = {root: seed}
    # The nodes of which several parts were taken, as in a loop over rows, once the first has spoken: their
    # adjoints belong to this sweep alone. The others are added in place, not as zeros of the whole size each.
    sums: set[Tensor] = set()
    order = [root] if root._op is not None else []
    for node in order:  # each when the last that uses it has spoken
        op: Any = node._op
        pulls, broadcasts, indexes = op.array_pulls, op.broadcasts, op is getitem
        g, inputs, out, params = found[node], node._inputs, node._primal, node._params
        if op.joint:
            pulls = pulls.at(g, inputs, params)
        for i, parent in enumerate(node._args):
            if parent is None or pulls[i] is None:
                continue
            if indexes and parent in sums:
                add_at(found[parent], params["index"], g)
            else:
                gain = pulls[i](g, inputs, out, params)
                data = parent._primal
                if broadcasts and gain.shape != data.shape:
                    gain = sum_to.on_arrays(gain, data.shape)
                if gain.dtype is not data.dtype:
                    gain = gain.astype(data.dtype)
                if parent in found:
                    gain = found[parent] + gain
                elif parent._op is None and (
                    gain is g or gain.base is not None or not gain.flags.c_contiguous
                ):
                    gain = gain.copy()  # g, which a gain may be a view of, is other nodes' adjoint too
                found[parent] = gain
                if indexes and data.ndim:  # sums of no dimension are numbers, not arrays
                    sums.add(parent)
            if parent in unspoken:
                unspoken[parent] -= 1
                if not unspoken[parent]:
                    order.append(parent)
            elif parent._op is not None:
                order.append(parent)
    return found


def _used_again(root: Tensor) -> dict[Tensor, int]:
    """The interior nodes that are used more than once, and how often."""
    again: dict[Tensor, int] = {}
    reached = [root] if root._op is not None else []
    seen = {root}
    for node in reached:
        op: Any = node._op
        pulls = op.array_pulls
        for i, parent in enumerate(node._args):
            if parent is None or parent._op is None or pulls[i] is None:
                continue
            if parent in seen:
                again[parent] = again.get(parent, 1) + 1
            else:
                seen.add(parent)
                reached.append(parent)
    return again
