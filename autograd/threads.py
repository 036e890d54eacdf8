"""One thread for NumPy's matrix products while they are small: two wait for each other longer than they work.

threadpoolctl finds NumPy's library; where it is not installed, the threads are left as they are.
"""

from __future__ import annotations

import functools
import importlib
import threading
from contextlib import nullcontext
from typing import Any

__all__ = ["few_threads", "would_limit"]

# Multiplications in the largest product of a step, above which two threads are quicker: measured on two
# cores from 784 x 16 x 10 to 784 x 500 x 2000.
SMALL = 8_000_000


def few_threads(multiplications: int) -> Any:
    """A context with one thread for matrix products, if the largest is a small one.

    On two cores, a 784-16-16-10 net in batches of 100 takes 1.7 times as long with two threads, and
    20 times as long when another program wants the cores too.

    Args:
        multiplications: in the largest product.
    """
    return _OneThread() if would_limit(multiplications) else NOTHING


def would_limit(multiplications: int) -> bool:
    """Whether `few_threads` has anything to do: not for large products, nor where there is one thread."""
    if multiplications > SMALL:
        return False
    return _inside > 0 or any(library.get_num_threads() > 1 for library in _libraries())


NOTHING = nullcontext()
_lock = threading.Lock()
_before: list[tuple[Any, int]] = []  # the libraries, and how many threads they had
_inside = 0  # one limit for all that are inside at the same time: the last takes it off


class _OneThread:
    """Written out, since a generator's context takes longer than a small product."""

    def __enter__(self) -> None:
        global _inside  # noqa: PLW0603 - the number of threads belongs to the process
        with _lock:
            if not _inside:
                _before[:] = [(library, library.get_num_threads()) for library in _libraries()]
                for library, _ in _before:
                    library.set_num_threads(1)
            _inside += 1

    def __exit__(self, *_: object) -> None:
        global _inside  # noqa: PLW0603
        with _lock:
            _inside -= 1
            if not _inside:
                for library, threads in _before:
                    library.set_num_threads(threads)


@functools.cache
def _libraries() -> list[Any]:
    """The libraries of matrix products. NumPy's is loaded by now; to look for it takes 0.6 ms."""
    try:
        threadpoolctl = importlib.import_module("threadpoolctl")
    except ModuleNotFoundError:
        return []
    found: list[Any] = threadpoolctl.ThreadpoolController().select(user_api="blas").lib_controllers
    return found
