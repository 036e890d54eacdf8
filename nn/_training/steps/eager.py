"""Steps on nodes: the cost of each mini-batch is recorded and differentiated anew."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import DomainError, Tensor, Value, no_grad
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain
from autograd._support.collector import spared
from autograd._support.entering import locked
from nn._nets.outputs import chunks, take_rows
from nn._training.steps.dependence import ON_NODES, check_reached
from nn._training.steps.divergence import Diverged, infinite_cost, take_step
from nn._training.steps.examples import BLOCK, in_dtype
from nn._training.steps.side_effects import Snapshot, generators_of

__all__ = ["EagerSteps"]

Array = NDArray[Any]


class EagerSteps:
    """Steps of a net on nodes.

    Args:
        net, cost, optimizer: as for `fit`.
        params: all parameters of the net.
        moving: the parameters that the optimizer moves.
        X, Y: inputs, and desired outputs or labels.
        dtype: of the net.
    """

    compiled = None
    evaluates = False

    def __init__(
        self,
        net: Any,
        cost: Any,
        optimizer: Any,
        params: Sequence[Any],
        moving: Sequence[Any],
        X: Array,
        Y: Array,
        dtype: np.dtype[Any],
    ) -> None:
        self._net, self._cost, self._optimizer = net, cost, optimizer
        self._params, self._moving = params, moving
        self._X, self._Y, self._dtype = X, in_dtype(Y, dtype), dtype
        self._block = max(1, BLOCK // (max(1, X[0].size) * dtype.itemsize))
        self._sources = generators_of(net, cost)
        self._has_side_effects = not Snapshot(net, self._sources).is_empty
        self._reached = False  # whether the cost was seen to depend on a parameter

    def learn(self, rows: Array, size: int, costs: Array) -> Array:
        """Steps with some examples in mini-batches of a size.

        Args:
            rows: the places of the examples.
            costs: gets the cost of each mini-batch, nan for those to come after a step that fails.

        Returns:
            The outputs of these examples before their steps.

        Raises:
            Diverged: when the cost or a parameter stops being finite; the net is as before that step.
        """
        costs[:] = math.nan
        outputs, step = [], 0
        for x, y in self._batches(rows, size):
            costs[step], a = self._guarded_step(x, y)
            outputs.append(a)
            step += 1  # noqa: SIM113 - enumerate holds on to the last batch, see _batches
            del x, y
        return outputs[0] if len(outputs) == 1 else np.concatenate(outputs)

    def _batches(self, rows: Array, size: int) -> Iterator[tuple[Array, Array]]:
        """The mini-batches of some examples: X in the dtype of the net, and Y.

        Small batches are views of a larger block, since NumPy gathers one block faster than many. Only one
        block exists at a time: with two the allocator returns memory and asks for it again, 120 page
        faults a step, which doubled the time of an epoch in batches of 100 images.
        """
        block = size * max(1, self._block // size)
        for start in range(0, len(rows), block):
            places = rows[start : start + block]
            x = locked(take_rows(self._X, places).astype(self._dtype, copy=False))
            y = locked(take_rows(self._Y, places))
            for i in range(0, len(places), size):
                yield x[i : i + size], y[i : i + size]
            del x, y

    def _guarded_step(self, x: Array, y: Array) -> tuple[float, Array]:
        before = Snapshot(self._net, self._sources) if self._has_side_effects else None
        try:
            return self._step(x, y)
        except BaseException:
            if before is not None:
                before.put_back()
            raise

    def _step(self, x: Array, y: Array) -> tuple[float, Array]:
        try:
            # For each step anew: between them the collector looks as often as the user wants it to.
            with spared():
                value, outputs = self._differentiated(x, y)
        except DomainError as error:  # of Values, in place of inf and nan
            raise Diverged(str(error), math.nan) from error
        if not math.isfinite(value):
            raise infinite_cost(value)
        take_step(self._optimizer, self._params, value)
        return value, outputs

    def _differentiated(self, x: Array, y: Array) -> tuple[float, Array]:
        """The cost of a mini-batch and the outputs; the parameters get the gradients of a finite cost."""
        a = self._net(x)
        c = _one_number(self._cost(a, y))
        if not self._reached:
            check_reached(c, self._moving)
            self._reached = True
        if math.isfinite(plain(c)):
            self._optimizer.zero_grad()
            c.backward()
        # Nobody writes to the array of a Tensor, so it need not be copied.
        return float(plain(c)), a._array() if isinstance(a, Tensor) else plain_array(a)

    def forward(self, X: Array, Y: Array) -> tuple[float, Array]:
        """The mean cost of some examples and their outputs, with the net as it is."""
        total, parts = 0.0, []
        with no_grad():
            for x, y in chunks(X, in_dtype(Y, self._dtype)):
                outputs = self._net(x.astype(self._dtype, copy=False))
                total += float(self._cost(outputs, y)) * len(x)
                parts.append(plain_array(outputs))
        return total / len(X), np.concatenate(parts)

    def close(self) -> None:
        """Do nothing: the net has its parameters after each step."""


def _one_number(c: Any) -> Any:
    if not isinstance(c, (Value, Tensor)):
        raise TypeError(f"the cost gave {type(c).__name__} ({c!r}), not a Value or a Tensor. {ON_NODES}")
    if isinstance(c, Tensor) and c.size != 1:
        raise ValueError(f"the cost gave shape {c.shape}, not one number: take its sum or mean")
    return c
