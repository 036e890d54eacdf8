"""Verdicts in a checker's own process: one line of JSON for each check."""

from __future__ import annotations

import json
from collections.abc import Iterable
from time import process_time
from typing import TextIO

from benchmarks.checkers.cases import checks
from benchmarks.checkers.contenders import Judge

__all__ = ["CRASHED", "answer"]

CRASHED = "crashed"


def answer(judge: Judge, kinds: Iterable[str], first: int, output: TextIO) -> None:
    """Write that the checker is ready, and then its verdicts and seconds, from a first check on.

    An exception of a checker is a verdict too, with its text as a remark. The seconds are those of the
    processor in a second run, since the first computes the exact derivatives, longer than most checkers take.
    """
    remaining = checks(kinds)[first:]
    print(json.dumps("ready"), file=output, flush=True)
    for check in remaining:
        verdict, seconds, remark = CRASHED, 0.0, ""
        try:
            judge(check)
            start = process_time()
            verdict = judge(check)
            seconds = process_time() - start
        except Exception as error:
            remark = f"{type(error).__name__}: {error}"
        answer = {"verdict": verdict, "seconds": seconds, "remark": remark}
        print(json.dumps(answer), file=output, flush=True)
