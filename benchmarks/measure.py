"""Clocks and scales, inside a contender's process."""

from __future__ import annotations

import resource
import statistics
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

__all__ = ["held_bytes", "median_of", "ms_a_call", "peak_bytes"]

LONG_ENOUGH = 0.02  # seconds: against which a clock's own cost and a switch of tasks are small


def held_bytes() -> int:
    """The resident memory of this process now; where that is not told, the largest it ever was."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return peak_bytes()
    return pages * resource.getpagesize()


def peak_bytes() -> int:
    """The largest resident memory this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def median_of(runs: Iterable[dict[str, float]]) -> dict[str, float]:
    """The median of each measure over several runs.

    >>> median_of([{"a": 1.0}, {"a": 9.0}, {"a": 2.0}])
    {'a': 2.0}
    """
    several = list(runs)
    return {key: statistics.median(run[key] for run in several) for key in several[0]}


def ms_a_call(call: Callable[[], Any], repeats: int) -> float:
    """The median time of a call in ms, after one to warm up; short calls are timed several at once."""
    call()
    start = perf_counter()
    call()
    together = max(1, int(LONG_ENOUGH / (perf_counter() - start)))

    def once() -> float:
        start = perf_counter()
        for _ in range(together):
            call()
        return (perf_counter() - start) / together * 1000

    return statistics.median(once() for _ in range(repeats))
