"""One step of an optimizer, taken whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd._support.callers import warn
from nn._nets.parameters import Parameter, all_finite, assign, numbers
from nn._training.optimizers.optimizer import Optimizer

__all__ = ["Diverged", "infinite_cost", "infinite_parameters", "take_step", "warnings_after_success"]


class Diverged(Exception):
    """The reason to end a run at a step, and the cost of its mini-batch."""

    def __init__(self, reason: str, cost: float) -> None:
        super().__init__(reason)
        self.cost = cost


def infinite_cost(value: float) -> Diverged:
    """The exception for a cost that is infinite or nan."""
    return Diverged(f"the cost is {value}", value)


def infinite_parameters(value: float) -> Diverged:
    """The exception for a step from this cost to parameters that are not finite."""
    return Diverged(f"from a cost of {value:.6g} it gave parameters that are not finite", value)


@contextmanager
def warnings_after_success() -> Iterator[None]:
    """Have NumPy's warnings of a program at the end, each kind once, and none beside an exception.

    They would name a line of generated code. A step that diverges overflows at many, and its error says so.
    """
    kinds: dict[str, None] = {}
    own = {kind: "call" for kind, how in np.geterr().items() if how == "warn"}
    with np.errstate(**own, call=lambda kind, _: kinds.setdefault(kind)):  # type: ignore[arg-type]
        yield
    for kind in kinds:
        warn(f"{kind} in steps of training, whose cost and parameters stayed finite", RuntimeWarning)


def take_step(optimizer: Any, params: Sequence[Parameter], value: float) -> None:
    """One step of any optimizer; after an exception parameters and optimizer are as before.

    An optimizer of another make keeps its memory where it likes, so only that of an `Optimizer` is restored.

    Args:
        params: all that the optimizer may move.
        value: the cost.

    Raises:
        Diverged: when a parameter is not finite after the step.
    """
    ours = optimizer if isinstance(optimizer, Optimizer) else None
    before, memory = numbers(params), None if ours is None else ours.memory
    try:
        optimizer.step()
        if not all_finite(params):
            raise infinite_parameters(value)
    except BaseException:  # also Ctrl-C between the first parameter and the last
        assign(params, before)
        if ours is not None and memory is not None:
            ours.memory = memory
        raise
