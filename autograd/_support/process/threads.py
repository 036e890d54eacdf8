"""One thread for small matrix products of NumPy: two would wait for each other longer than they work.

threadpoolctl finds NumPy's library; without it, the threads stay as they are.
"""

from __future__ import annotations

import functools
import importlib
from contextlib import nullcontext
from typing import Any

from autograd._support.process.locks import ProcessSetting

__all__ = ["few_threads", "numpys_libraries", "would_limit"]

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
    return _ONE_THREAD.changed() if would_limit(multiplications) else NOTHING


def would_limit(multiplications: int) -> bool:
    """Whether `few_threads` would change anything: not for large products, nor with one thread already."""
    if multiplications > SMALL:
        return False
    return bool(_ONE_THREAD.active) or any(library.get_num_threads() > 1 for library in numpys_libraries())


NOTHING = nullcontext()
_before: list[tuple[Any, int]] = []  # the libraries, and their numbers of threads


def _limit() -> None:
    if not _before:
        _before[:] = [(library, library.get_num_threads()) for library in numpys_libraries()]
        for library, _ in _before:
            library.set_num_threads(1)


def _unlimit() -> None:
    for library, threads in _before:
        if library.get_num_threads() == 1:  # otherwise somebody has set another number meanwhile
            # threadpoolctl obeys the first thread that set a number, perhaps not the last to leave.
            _let_go(library)
            library.set_num_threads(threads)
            _let_go(library)  # so that the user's own limits in other threads work
    _before.clear()


def _let_go(library: Any) -> None:
    """Let any thread set the number next; before threadpoolctl 3.7 any may."""
    if hasattr(library, "clear_controlling_thread"):
        library.clear_controlling_thread(force=True)


_ONE_THREAD = ProcessSetting(_limit, _unlimit)


@functools.cache
def numpys_libraries() -> list[Any]:
    """The libraries of matrix products that are loaded, NumPy's among them; the search takes 0.6 ms."""
    try:
        threadpoolctl = importlib.import_module("threadpoolctl")
    except ModuleNotFoundError:
        return []
    libraries: list[Any] = threadpoolctl.ThreadpoolController().select(user_api="blas").lib_controllers
    return libraries
