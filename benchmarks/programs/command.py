"""``python -m benchmarks programs``: the mistakes that drawn programs find, and how small they shrink."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

from autograd.testing import Program
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS
from benchmarks.programs.measuring import DESIGNS, DRAWS, Run, false_alarms

__all__ = ["main", "operations", "table"]

COLUMNS = (
    "design", "found", "bugs ever", "first failing draw (median)", "operations after Hypothesis, mean / max",
    "after smallest, mean / max", "seconds to shrink, Hypothesis / smallest",
)  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Run the command; 1 where the right engine is called wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks programs", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="runs for each mistake (default: 5)")
    parser.add_argument(
        "--bug", action="append", default=[], help="only mistakes with this text in their name"
    )
    parser.add_argument("--each", action="store_true", help="print the smallest program of each run, too")
    parser.add_argument(
        "--right",
        type=int,
        default=0,
        metavar="N",
        help="also count false alarms on the right engine in N programs",
    )
    options = parser.parse_args(arguments)
    bugs = [bug for bug in HOMEWORK_BUGS if all(text in bug.name for text in options.bug)]
    if not bugs:
        parser.error(f"no mistake has {options.bug} in its name; there are {[b.name for b in HOMEWORK_BUGS]}")
    rows = []
    for name, search in DESIGNS.items():
        runs = []
        for bug in bugs:
            for number in range(options.seeds):
                print(f"{name}: {bug.name}, seed {number}", file=sys.stderr)
                runs.append(search(bug, number))
                if options.each:
                    print(_line(runs[-1]))
        rows.append((name, runs))
    print(table(rows))
    print(
        f"\n{options.seeds} seeds of at most {DRAWS} draws for each of {len(bugs)} mistakes. "
        "A chain of one operation, repeated on its own result, counts as one. "
        "Seconds are of processor time."
    )
    wrong = false_alarms(options.right)
    for program, kind in wrong:
        print(f"\nthe right engine is called wrong ({kind}) on\n{program}")
    if options.right:
        print(f"\n{len(wrong)} false alarms on the right engine in {options.right:,} programs")
    return 1 if wrong else 0


def operations(program: Program) -> int:
    """The number of operations to read: a chain of one operation counts once.

    >>> operations(Program.parse("x = 1.0; a = -x; b = -a; c = -b; d = c * x"))
    2
    """
    runs = 0
    before = None
    for line in program.lines:
        if before is None or line.operation != before.operation or before.name not in line.names:
            runs += 1
        before = line
    return runs


def table(rows: Sequence[tuple[str, Sequence[Run]]]) -> str:
    """The runs of each design as a table of Markdown."""
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for name, runs in rows:
        hits = [run for run in runs if run.draw is not None]
        bugs = {run.bug for run in runs}
        cells = [name, f"{len(hits)}/{len(runs)}", f"{len({run.bug for run in hits})}/{len(bugs)}"]
        if hits:
            draws = statistics.median(run.draw for run in hits if run.draw)
            seconds = [statistics.mean(run.seconds[i] for run in hits) for i in range(2)]
            cells += [
                f"{draws:g}",
                _sizes([run.shrunk for run in hits]),
                _sizes([run.smallest for run in hits]),
                f"{seconds[0]:.2f} / {seconds[1]:.3f}",
            ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _sizes(programs: Sequence[Program | None]) -> str:
    counts = [operations(program) for program in programs if program]
    return f"{statistics.mean(counts):.2f} / {max(counts)}"


def _line(run: Run) -> str:
    if run.draw is None or run.shrunk is None or run.smallest is None:
        return f"{run.bug}: not found"
    sizes = f"{operations(run.shrunk)} -> {operations(run.smallest)} operations"
    seconds = f"{run.seconds[0]:.2f} + {run.seconds[1]:.3f} s"
    return f"{run.bug}: draw {run.draw}, {sizes}, {seconds}\n    {run.smallest!r}"
