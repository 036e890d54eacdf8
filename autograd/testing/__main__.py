"""``python -m autograd.testing grade FILE…``: the laws of derivatives on students' engines."""

from __future__ import annotations

import argparse
import glob
import math
import os
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches
from io import TextIOWrapper
from pathlib import Path

from autograd.testing._grading.grade import grade
from autograd.testing._grading.reports.formats import csv_text, gradescope_text, json_text, junit_text
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.reports.text import COLORS, PLAIN, Style, marks_table, report
from autograd.testing._grading.running.processes import end_all
from autograd.testing._laws.collection import laws

INTERRUPTED = 130  # exit code after Ctrl-C: 128 plus the number of the signal
CANNOT_WRITE = USAGE = 2
ADAPTER = "adapter.py"

DESCRIPTION = """\
Test a student's engine by the laws of derivatives, and tell the likely
mistakes. A file defines a class of nodes as micrograd does: made from a number,
with operators and backward(), and with the number and the gradient as
attributes (data, grad). Notebooks (.ipynb) go too. An engine of another shape
needs an adapter of a few lines, which the message on such a file shows.

A law that holds has all its points. A law about single operations has half of
them with one wrong operation, a third with two, and so on."""

EPILOG = """\
exit status: 0 when all laws hold, 1 when one is broken, 2 when a file cannot be
run.

"""


def main(arguments: Sequence[str] | None = None, prog: str = "python -m autograd.testing") -> int:
    """Perform the command of the command line, and give the exit status."""
    parser, parsed = _parse(arguments, prog)
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal that lacks a letter shows another
        sys.stdout.reconfigure(errors="replace")
    paths = _submissions(parsed.files, parsed.adapter)
    if parsed.gradescope and len(paths) > 1:
        parser.error("--gradescope takes one file, as Gradescope grades one submission at a time")
    try:
        grades = []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            try:
                for result in _graded(pool, paths, parsed):
                    grades.append(result)
                    if not parsed.json:
                        _show(result, first=len(grades) == 1)
            except BaseException:
                end_all()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        _finish(grades, parsed)
        sys.stdout.flush()  # so that a pipe that was closed is noticed here
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of the output, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        parser.exit(CANNOT_WRITE, f"{parser.prog}: error: {error}\n")
    return max(result.status for result in grades)


def _parse(arguments: Sequence[str] | None, prog: str) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    parser = argparse.ArgumentParser(prog=prog, description="The kit for testing derivatives.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    command = commands.add_parser(
        "grade",
        help="test a student's engine by the laws of derivatives",
        description=DESCRIPTION,
        epilog=EPILOG + textwrap.fill(f"laws: {', '.join(laws)}", 80),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a module or a notebook")
    command.add_argument(
        "--class", dest="class_name", metavar="NAME", help="of the nodes, where a file has several"
    )
    command.add_argument(
        "--adapter",
        type=Path,
        metavar="FILE",
        help="for engines of another shape: a module with `engine`",
    )
    command.add_argument("--laws", metavar="NAMES", help="with commas between them (default: all)")
    command.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of programs drawn at random (default: 0)"
    )
    command.add_argument(
        "--out-of", type=float, default=20.0, metavar="N", help="the best mark (default: 20)"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write the marks for a spreadsheet")
    command.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit's XML")
    command.add_argument("--gradescope", type=Path, metavar="FILE", help="write Gradescope's results.json")
    words = sys.argv[1:] if arguments is None else list(arguments)
    if not words:
        parser.exit(USAGE, parser.format_help())
    if words[0].endswith((".py", ".ipynb")):
        parser.error(f"the files come after the command: {parser.prog} grade {shlex.join(words)}")
    parsed, more = parser.parse_known_args(words)
    if more:
        command.error(f"there is no option {more[0]}; --help lists them")
    parsed.laws = [name.strip() for name in parsed.laws.split(",")] if parsed.laws else None
    if unknown := [name for name in parsed.laws or () if name not in laws]:
        near = get_close_matches(unknown[0], laws, 1, 0.55)
        hint = f"did you mean {near[0]!r}? --help lists all" if near else f"there are {', '.join(laws)}"
        command.error(f"no law is called {unknown[0]!r}; {hint}")
    if parsed.adapter and not parsed.adapter.is_file():
        command.error(f"there is no adapter {parsed.adapter}")
    if parsed.seed < 0:
        command.error(f"--seed is a whole number from 0, not {parsed.seed}")
    if not 0 < parsed.out_of < math.inf:
        command.error(f"--out-of is the best mark, a number above 0, not {parsed.out_of:g}")
    for path in (parsed.csv, parsed.junit, parsed.gradescope):
        if path is not None and not path.parent.is_dir():  # before the files are graded, which takes long
            command.error(f"{path} cannot be written: there is no folder {path.parent}")
    return command, parsed


def _submissions(paths: Sequence[Path], adapter: Path | None) -> list[Path]:
    """The files to grade: also those that fit a pattern, which not every shell expands; no adapter."""
    files = [file for path in paths for file in _expanded(path)]
    chosen = adapter and adapter.resolve()
    return [file for file in files if file.name != ADAPTER and file.resolve() != chosen] or list(paths)


def _expanded(path: Path) -> list[Path]:
    if path.exists() or not any(c in str(path) for c in "*?["):
        return [path]
    return [Path(file) for file in sorted(glob.glob(str(path)))] or [path]


def _graded(pool: ThreadPoolExecutor, paths: Sequence[Path], parsed: argparse.Namespace) -> Iterator[Grade]:
    """The grades in the order of the files, several at a time."""

    def one(path: Path) -> Grade:
        return grade(
            path,
            laws=parsed.laws,
            seed=parsed.seed,
            adapter=parsed.adapter,
            class_name=parsed.class_name,
            out_of=parsed.out_of,
        )

    yield from pool.map(one, paths)


def _show(result: Grade, first: bool) -> None:
    print(
        ("" if first else "\n\n") + report(result, shutil.get_terminal_size((88, 24)).columns, _style()),
        flush=True,
    )


def _style() -> Style:
    return COLORS if sys.stdout.isatty() and "NO_COLOR" not in os.environ else PLAIN


def _finish(grades: Sequence[Grade], parsed: argparse.Namespace) -> None:
    """Print the table of marks, and write the files."""
    if parsed.json:
        print(json_text(grades), end="")
    elif len(grades) > 1:
        print("\n\n" + marks_table(grades, _style()))
    for path, text in (
        (parsed.csv, csv_text),
        (parsed.junit, junit_text),
        (parsed.gradescope, lambda grades: gradescope_text(grades[0])),
    ):
        if path is not None:
            path.write_text(text(grades), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
