"""``python -m benchmarks``: measure, and print the report."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from autograd._support.extras import extra
from benchmarks import page, peers, points
from benchmarks.plot import plot
from benchmarks.programs import command as programs
from benchmarks.report import report, surroundings
from benchmarks.roads import command as roads
from benchmarks.roads import precision
from benchmarks.runner import Runner
from benchmarks.workloads import workloads

RESULTS = Path(__file__).parent / "RESULTS.md"
PICTURES = {"compiled": "results.png", "example": "sizes.png"}  # by workload, beside the report


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 when contenders disagree on a gradient."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["checkers"]:
        return _checkers(arguments[1:])
    if arguments[:1] == ["programs"]:
        return programs.main(arguments[1:])
    if arguments[:1] == ["roads"]:
        return roads.main(arguments[1:])
    if arguments[:1] == ["precision"]:
        return precision.main(arguments[1:])
    if arguments[:1] == ["points"]:
        return points.main(arguments[1:])
    if arguments[:1] == ["page"]:
        return page.main(arguments[1:])
    registered = workloads()
    used = {"numpy", *(c.peer for workload in registered.values() for c in workload.contenders.values())}
    theirs = [name for name in peers.PEERS if name in used]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure this project beside its peers.",
        epilog="python -m benchmarks checkers, points, programs: tables on tests of derivatives; "
        "page: these tables in docs/how-to/testing.md (--help says more of each)",
        parents=[peers.options(theirs)],
    )
    parser.add_argument("workloads", nargs="*", help=f"which to run: {', '.join(registered)} (default: all)")
    parser.add_argument(
        "--quick", action="store_true", help="two rounds of fewer repeats, without the long workloads"
    )
    parser.add_argument("--rounds", type=int, help="rounds over the contenders (default: 5)")
    parser.add_argument("--check", action="store_true", help="compare the gradients only, without timing")
    parser.add_argument("--threads", type=int, default=1, help="BLAS threads; 0: as it comes (default: 1)")
    parser.add_argument(
        "--write",
        action="store_true",
        help=f"write {RESULTS.name} and {' and '.join(PICTURES.values())} beside this file, too",
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.workloads) - set(registered):
        parser.error(f"no workloads are called {sorted(unknown)}; there are {list(registered)}")
    if options.write:
        try:
            extra("matplotlib", "plots", "--write, which draws pictures,")
        except ImportError as error:
            parser.error(str(error))
    installed = peers.installed(options.peers, options.peer or theirs, options.install)
    runner = Runner(
        python={None: Path(sys.executable), **dict.fromkeys(installed, peers.interpreter(options.peers))},
        installed=installed,
        rounds=options.rounds or (2 if options.quick else 5),
        quick=options.quick,
        threads=options.threads,
    )
    short = [name for name, workload in registered.items() if not (options.quick and workload.is_long)]
    chosen = [registered[name] for name in options.workloads or short]
    outcomes = [runner.run(workload, check_only=options.check) for workload in chosen]
    wrong = [line for outcome in outcomes for line in outcome.mismatches]
    if not options.check:
        facts = surroundings(installed) | {
            "BLAS threads": str(options.threads or "as they come"),
            "rounds": f"{runner.rounds}{' (quick)' if options.quick else ''}",
        }
        text = report(outcomes, facts, PICTURES if options.write else {})
        print(text)
        if options.write:
            RESULTS.write_text(text, encoding="utf-8")
            for outcome in outcomes:
                if picture := PICTURES.get(outcome.workload.name):
                    plot(outcome, RESULTS.with_name(picture))
    if wrong:
        print("\nMISMATCH: the contenders do not compute the same\n" + "\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def _checkers(arguments: list[str]) -> int:
    try:
        extra("mpmath", "testing", "python -m benchmarks checkers")
    except ImportError as error:
        print(error, file=sys.stderr)
        return 2
    status: int = importlib.import_module("benchmarks.checkers.cli").main(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())
