"""``python -m benchmarks checkers``: ask every checker, and print the tables."""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path

from benchmarks import peers
from benchmarks.checkers.cases import KINDS, Check, checks
from benchmarks.checkers.contenders import CONTENDERS
from benchmarks.checkers.judging import Answer, CheckerError, answers
from benchmarks.checkers.promises import promises
from benchmarks.checkers.tables import Verdicts, confusion
from benchmarks.report import surroundings
from benchmarks.runner import Runner

__all__ = ["main"]

RESULTS = Path(__file__).parents[1] / "CHECKERS.md"
NEEDED = ("numpy", "mpmath")  # by the cases


def main(arguments: list[str]) -> int:
    """Run the command."""
    libraries = [contender.peer for contender in CONTENDERS.values() if contender.peer]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks checkers",
        description="Ask checkers of derivatives which of many derivatives are right.",
        parents=[peers.options(libraries)],
    )
    parser.add_argument("kinds", nargs="*", help=f"of derivatives: {', '.join(KINDS)} (default: all)")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds for a verdict (default: 30)")
    parser.add_argument(
        "--promises", action="store_true", help="print only what each checker promises, which runs nothing"
    )
    parser.add_argument("--write", action="store_true", help=f"write benchmarks/{RESULTS.name}, too")
    options = parser.parse_args(arguments)
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"no kinds are called {sorted(unknown)}; there are {list(KINDS)}")
    if options.promises:
        print(promises())
        return 0
    installed = peers.installed(options.peers, [*NEEDED, *(options.peer or libraries)], options.install)
    runner = Runner(
        python={None: Path(sys.executable), **dict.fromkeys(installed, peers.interpreter(options.peers))},
        installed=installed,
        rounds=1,
        quick=False,
        threads=1,
    )
    verdicts = _ask(runner, options.kinds or list(KINDS), options.limit)
    facts = "\n".join(f"- {fact}: {value}" for fact, value in surroundings(installed).items())
    text = (
        f"# Checkers of derivatives\n\n`python -m benchmarks checkers` makes this.\n\n{facts}\n\n"
        f"{confusion(verdicts)}\n## What each checker promises\n\n{promises()}"
    )
    print(text)
    if options.write:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def _command(runner: Runner, name: str, kinds: list[str], first: int) -> list[str]:
    return runner.command(CONTENDERS[name], "judge", name, ",".join(kinds), str(first))


def _ask(runner: Runner, kinds: list[str], limit: float) -> Verdicts:
    questions: list[Check] = checks(kinds)
    by_name: dict[str, list[Answer]] = {}
    left_out: dict[str, str] = {}
    for name, contender in CONTENDERS.items():
        needed = (contender.peer, *NEEDED) if contender.peer else ()
        if missing := [library for library in needed if library not in runner.installed]:
            left_out[name] = f"{missing[0]} is not among the peers"
            continue
        runner.say(f"{name}: {len(questions)} verdicts")
        try:
            command = functools.partial(_command, runner, name, kinds)
            by_name[name] = answers(command, len(questions), limit, runner.environment(contender))
        except CheckerError as error:
            left_out[name] = f"it failed: {error}"
            runner.say(f"{name} is left out: {error}")
    return Verdicts(questions, by_name, left_out)
