"""How many threads the matrix products of training may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

__all__ = ["fitting_threads"]

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
    with threadpool_limits(limits=1, user_api="blas"):
        yield
