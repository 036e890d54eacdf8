"""``python -m benchmarks roads``: random programs by every road of the engine, judged by mpmath."""

from __future__ import annotations

import argparse
import contextlib
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from time import perf_counter

import numpy as np

from autograd.testing import Program, random_program
from benchmarks.roads.complaints import complaints, smallest_failure
from benchmarks.roads.roads import FLOAT32_ROADS, LIBRARY_ROADS, ROADS, SECOND_ORDER_ROADS

__all__ = ["main"]

PROFILES = {"short": 500, "long": 100_000}
SHOWN = 5  # programs that are made small and printed, for each road
MAX_LINES = 12
REPORT = 1_000  # programs between two lines of progress


def main(arguments: Sequence[str]) -> int:
    """Run the command; 1 where a road and the judge disagree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks roads", description=__doc__)
    parser.add_argument(
        "--profile", choices=PROFILES, default="short", help=f"programs: {PROFILES} (default: short)"
    )
    parser.add_argument("--programs", type=int, help="so many programs, in place of a profile")
    parser.add_argument("--seed", type=int, default=0, help="of the programs (default: 0)")
    parser.add_argument(
        "--library", action="append", choices=LIBRARY_ROADS, default=[], help="compiled for it, too"
    )
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # of NumPy, about infinities of Tensors
    roads = [*ROADS, *FLOAT32_ROADS, *SECOND_ORDER_ROADS, *options.library]
    failures: Counter[str] = Counter()
    count = options.programs or PROFILES[options.profile]
    start = perf_counter()
    for number, program in enumerate(_programs(options.seed, count), 1):
        for road, complaint in complaints(program, roads).items():
            failures[road] += 1
            if failures[road] <= SHOWN:
                _show(program, road, complaint)
        if number % REPORT == 0 or number == count:
            speed = (perf_counter() - start) / number
            print(f"{number:,} programs, {speed * 1e3:.1f} ms each, {failures.total()} failures", flush=True)
    for road in roads:
        print(f"{failures[road]:8,}  {road}")
    return 1 if failures else 0


def _programs(seed: int, count: int) -> Iterator[Program]:
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield random_program(rng, max_lines=MAX_LINES)


def _show(program: Program, road: str, complaint: str) -> None:
    with contextlib.suppress(ValueError):  # a failure that is not repeated is shown as it is
        program, complaint = smallest_failure(program, road)
    print(f"\n{road}: {complaint}\n{program}\n", flush=True)
