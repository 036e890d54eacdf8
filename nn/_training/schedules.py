"""Learning rates that change while a net learns: functions of the number of steps taken so far.

An optimizer takes one in place of a number, ``nn.SGD(params, nn.cosine_decay(0.5, steps=5000))``,
and so does whoever writes their own: any function from a number of steps, 0 at first, to a rate. An
epoch has ``math.ceil(examples / batch_size)`` steps. Those made here can be pickled.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable

from autograd._support.checks import above, between, count

__all__ = ["Schedule", "cosine_decay", "exponential_decay", "step_decay", "warmup"]

Schedule = Callable[[int], float]


def step_decay(start: float, factor: float, every: int) -> Schedule:
    """start · factor^⌊step / every⌋: `factor` times as large after each `every` steps.

    >>> [step_decay(1.0, 0.5, every=10)(step) for step in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """
    start, factor, every = above(start, "start"), above(factor, "factor"), count(every, "every")
    return functools.partial(_decay, operator.floordiv, start, factor, every)


def exponential_decay(start: float, factor: float, every: int) -> Schedule:
    """start · factor^(step / every): the same as `step_decay`, without the jumps.

    >>> [round(exponential_decay(1.0, 0.25, every=10)(step), 3) for step in (0, 5, 10)]
    [1.0, 0.5, 0.25]
    """
    start, factor, every = above(start, "start"), above(factor, "factor"), count(every, "every")
    return functools.partial(_decay, operator.truediv, start, factor, every)


def _decay(divide: Callable[[int, int], float], start: float, factor: float, every: int, step: int) -> float:
    return float(start * factor ** divide(step, every))


def cosine_decay(start: float, steps: int, end: float = 0.0) -> Schedule:
    """end + (start - end)(1 + cos(π step / steps)) / 2, and `end` from then on (Loshchilov and Hutter, 2017).

    >>> [round(cosine_decay(1.0, steps=10)(step), 3) for step in (0, 5, 10, 20)]
    [1.0, 0.5, 0.0, 0.0]
    """
    start, steps, end = above(start, "start"), count(steps, "steps"), between(end, "end", 0)
    return functools.partial(_cosine_decay, start, steps, end)


def _cosine_decay(start: float, steps: int, end: float, step: int) -> float:
    return float(end + (start - end) * (1 + math.cos(math.pi * min(step / steps, 1))) / 2)


def warmup(then: float | Schedule, steps: int) -> Schedule:
    """`then`, multiplied by (step + 1) / steps in the first `steps` steps.

    >>> [warmup(0.8, steps=4)(step) for step in (0, 1, 3, 9)]
    [0.2, 0.4, 0.8, 0.8]
    """
    return functools.partial(_warmup, then, count(steps, "steps"))


def _warmup(then: float | Schedule, steps: int, step: int) -> float:
    return (then(step) if callable(then) else then) * min((step + 1) / steps, 1)
