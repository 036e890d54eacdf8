"""Rounds over the contenders, each in its own process: A B C, A B C, ….

A machine that slows down for a while slows a whole round, so ratios are taken within a round.
"""

from __future__ import annotations

import json
import math
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.workload import OURS, Contender, Workload

__all__ = ["Outcome", "Runner", "last_words", "mismatch"]

CHILD = Path(__file__).parent / "child.py"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
ONE_THREAD_OF_JAX = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


@dataclass
class Outcome:
    """The results of the rounds of a workload."""

    workload: Workload
    runs: dict[tuple[int, str], list[dict[str, float]]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    mismatches: list[str] = field(default_factory=list)

    def median(self, case: int, contender: str, column: str) -> float | None:
        """The median of a measure over the rounds, or None where it was not measured."""
        measures = [run[column] for run in self.runs.get((case, contender), []) if column in run]
        return statistics.median(measures) if measures else None

    def ratio(self, case: int, contender: str, column: str, of: str = OURS) -> float | None:
        """Ours over theirs: the median of the ratios of each round."""
        ours, theirs = self.runs.get((case, of), []), self.runs.get((case, contender), [])
        rounds = zip(ours, theirs, strict=False)  # one may have failed before the last round
        ratios = [a[column] / b[column] for a, b in rounds if column in a and column in b]
        return statistics.median(ratios) if ratios else None


def mismatch(gradients: list[float], reference: list[float], rtol: float) -> str | None:
    """How gradients differ, or None when they agree.

    >>> mismatch([1.0, 2.0], [1.0, 2.0], 1e-9)
    >>> mismatch([1.0, 2.0], [1.0, 2.5], 1e-9)
    'differ by 0.2 of the largest'
    """
    if len(gradients) != len(reference):
        return f"are {len(gradients)} numbers, not {len(reference)}"
    largest = max(map(abs, reference))
    worst = max(abs(a - b) for a, b in zip(gradients, reference, strict=True))
    if math.isfinite(worst) and worst <= rtol * largest:
        return None
    return f"differ by {worst / largest if largest else worst:.2g} of the largest"


def last_words(stderr: str) -> str:
    """Why a process failed: its exception, or the last line of its output.

    >>> last_words("Traceback:\\n  ...\\ntorch.InductorError: no C++ compiler\\n\\nSet TORCH_LOGS\\n")
    'torch.InductorError: no C++ compiler'
    """
    lines = stderr.strip().splitlines() or ["it said nothing"]
    exceptions = [line for line in lines if re.match(r"[\w.]+(Error|Exception): ", line)]
    return (exceptions or lines)[-1]


@dataclass(frozen=True)
class Runner:
    """Runs workloads.

    Attributes:
        python: the interpreter of each contender's library; None is this project's.
        installed: the peers that can be run.
        rounds: how often each contender runs, in a process for all cases; once in a long workload.
        quick: fewer repeats in each process.
        threads: for BLAS; 0 leaves them as they are.
        say: shows progress.
    """

    python: Mapping[str | None, Path]
    installed: Collection[str]
    rounds: int
    quick: bool
    threads: int
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)

    def run(self, workload: Workload, check_only: bool = False) -> Outcome:
        """Compare the gradients of all contenders, then time them in rounds."""
        outcome, start = Outcome(workload), perf_counter()
        for name, contender in workload.contenders.items():
            if contender.peer is not None and contender.peer not in self.installed:
                outcome.left_out[name] = f"{contender.peer} is not among the peers"
            elif obstacle := contender.obstacle():
                outcome.left_out[name] = obstacle
        self._check(outcome)
        if not check_only:
            rounds = 1 if workload.is_long else self.rounds
            for turn in range(rounds):
                self.say(f"{workload.name}: round {turn + 1} of {rounds}")
                for name in workload.contenders:
                    self._time(outcome, name)
        self.say(f"{workload.name}: {perf_counter() - start:.0f} s in all")
        return outcome

    def _cases(self, outcome: Outcome, name: str) -> list[int]:
        workload = outcome.workload
        if name in outcome.left_out:
            return []
        return [case for case in workload.cases if name in workload.entries(case)]

    def _check(self, outcome: Outcome) -> None:
        workload = outcome.workload
        references: dict[int, list[float]] = {}
        for name in workload.contenders:
            cases = self._cases(outcome, name)
            gradients = self._child("check", outcome, cases, name) if cases else None
            for case, own in zip(cases, gradients or [], strict=False):
                reference = references.setdefault(case, own)
                if wrong := mismatch(own, reference, workload.rtol):
                    line = f"{workload.name} {case:,}: the gradients of {name} {wrong}"
                    outcome.mismatches.append(line)
                    self.say(f"MISMATCH in {line}")
        self.say(f"{workload.name}: gradients compared")

    def _time(self, outcome: Outcome, name: str) -> None:
        cases = self._cases(outcome, name)
        measured = self._child("time", outcome, cases, name) if cases else None
        for case, measures in zip(cases, measured or [], strict=False):
            outcome.runs.setdefault((case, name), []).append(measures)

    def _child(self, action: str, outcome: Outcome, cases: list[int], name: str) -> Any:
        """What a process of its own gives for each case; None, if it fails."""
        workload = outcome.workload
        contender = workload.contenders[name]
        numbers, pace = ",".join(map(str, cases)), "quick" if self.quick else "full"
        command = self.command(contender, action, workload.name, numbers, name, pace)
        environment = self.environment(contender)
        process = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if process.returncode:
            outcome.left_out[name] = f"it failed: {last_words(process.stderr)}"
            self.say(f"{workload.name}: {name} failed and is left out\n{process.stderr}")
            return None
        return json.loads(process.stdout.strip().splitlines()[-1])

    def command(self, contender: Contender, *arguments: str) -> list[str]:
        """The command of a contender's process."""
        peer = contender.peer
        # A peer is isolated from PYTHONPATH, which may lead to this project's autograd.
        return [str(self.python[peer]), "-P" if peer is None else "-I", str(CHILD), *arguments]

    def environment(self, contender: Contender) -> dict[str, str]:
        """The environment variables of a contender's process, with its number of threads."""
        environment = dict(os.environ)
        if contender.default_threads:
            for name in THREADS:
                environment.pop(name, None)
        elif self.threads:
            environment |= dict.fromkeys(THREADS, str(self.threads))
            if self.threads == 1:
                environment["XLA_FLAGS"] = ONE_THREAD_OF_JAX
        return environment
