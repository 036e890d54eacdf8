"""``python -m benchmarks page``: the tables of docs/how-to/testing.md, each as its command makes it."""

from __future__ import annotations

import argparse
import contextlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import points
from benchmarks.checkers.promises import promises
from benchmarks.programs import command as programs

__all__ = ["PAGE", "main", "section", "table"]

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "testing.md"
CHECKERS = Path(__file__).with_name("CHECKERS.md")


def _right_and_wrong() -> str:
    """The first table of the report on checkers, as it was written last."""
    text = CHECKERS.read_text(encoding="utf-8")
    return text.split("## Right and wrong\n")[1].split("\n## ")[0].strip()


def _printed(main: Callable[[Sequence[str]], object], *arguments: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        main(arguments)
    return output.getvalue().strip()


TABLES: Mapping[str, Callable[[], str]] = {
    "checkers": _right_and_wrong,
    "checkers --promises": lambda: promises().strip().replace("](../", "](../../"),  # a folder deeper
    "points": lambda: _printed(points.main),
    "programs": lambda: _printed(programs.main),
}
"""The tables by their commands."""


def table(command: str) -> str:
    """The table that a command makes."""
    return TABLES[command]()


def section(text: str, command: str) -> str:
    """The table of a command as it stands in the text of the page."""
    return _place(text, command)[2]


def _place(text: str, command: str) -> re.Match[str]:
    match = re.search(rf"(<!-- python -m benchmarks {command} -->\n)(.*?)\n?(<!-- end -->)", text, re.DOTALL)
    if match is None:
        raise ValueError(f"{PAGE.name} has no place for the table of {command!r}")
    return match


def main(arguments: Sequence[str]) -> int:
    """Write the tables into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks page", description=__doc__)
    parser.add_argument(
        "commands",
        nargs="*",
        help="points and programs, which take some minutes; the others are always written",
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.commands) - set(TABLES):
        parser.error(f"no tables are called {sorted(unknown)}; there are {list(TABLES)}")
    chosen = dict.fromkeys(["checkers", "checkers --promises", *options.commands])
    tables = {command: table(command) for command in chosen}
    text = PAGE.read_text(encoding="utf-8")
    for command, written in tables.items():
        place = _place(text, command)
        text = text[: place.start()] + f"{place[1]}{written}\n{place[3]}" + text[place.end() :]
    PAGE.write_text(text, encoding="utf-8")
    return 0
