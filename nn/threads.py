"""How many threads the matrix products of training may use."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from threadpoolctl import ThreadpoolController

from autograd import Tensor
from nn.parameters import Parameter

__all__ = ["fitting_threads", "multiplications"]

# Multiplications in the largest product of a step, below which a second thread waits for the first
# longer than it works: measured on two cores from 784 x 16 x 10 to 784 x 500 x 2000.
SMALL = 8_000_000


@contextmanager
def fitting_threads(multiplications: int) -> Iterator[None]:
    """One thread for NumPy's matrix products while they are small.

    On two cores, a 784-16-16-10 net in batches of 100 takes 1.7 times as long with two threads, and
    20 times as long when another program wants the cores too.
    """
    if multiplications > SMALL:
        yield
        return
    _enter()
    try:
        yield
    finally:
        _leave()


_lock = threading.Lock()
_inside: list[Any] = []  # one limit for all threads that fit at the same time: the last takes it off


def _enter() -> None:
    with _lock:
        _inside.append(_inside[0] if _inside else _libraries().limit(limits=1, user_api="blas"))


def _leave() -> None:
    with _lock:
        limit = _inside.pop()
        if not _inside:
            limit.restore_original_limits()


def multiplications(parameters: Iterable[Parameter], examples: int) -> int:
    """In the largest product of a net with these parameters and so many examples.

    >>> multiplications([Tensor([[1.0, 2.0, 3.0]] * 2), Tensor([1.0, 2.0])], 10)
    60
    """
    return examples * max((p.size if isinstance(p, Tensor) else 1 for p in parameters), default=0)


@functools.cache
def _libraries() -> ThreadpoolController:
    """The libraries with threads. NumPy's is loaded by now, and to look for it takes 0.6 ms."""
    return ThreadpoolController()
