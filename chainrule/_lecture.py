"""``chainrule lecture SCRIPT [--as FORM] [--out FOLDER]``: a script in cells as slides, PDF or notebook."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import autograd
import nn
import viz

__all__ = ["main"]

FORMS = ("html", "pdf", "ipynb")
OURS = (autograd, nn, viz)  # imported before the script runs
DESCRIPTION = """\
Run a script in cells and make a lecture of it: its text, its code, and what the
code shows. A line "# %%" begins a cell of code, "# %% [markdown]" one of text,
as in VS Code, Spyder and Jupytext. A heading in a text begins a slide."""
EPILOG = """\
The script runs in this folder and imports modules that stand beside it; the
names autograd, nn and viz are always this library's."""


def main(arguments: Sequence[str], prog: str) -> int:
    """Run a script, write its lecture, and give the exit code: 1 where the script raises an error."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("script", type=Path, metavar="SCRIPT", help="a Python file in cells")
    parser.add_argument(
        "--as",
        dest="form",
        choices=FORMS,
        default=FORMS[0],
        help="slides in the browser, pages for paper, or a notebook (default: html)",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", default=Path(), help="for the file (default: this one)"
    )
    parsed = parser.parse_args(arguments)
    script, out = parsed.script.expanduser(), parsed.out.expanduser()
    if not script.is_file():
        parser.error(f"there is no script {script}")
    if not out.is_dir():
        parser.error(f"--out: there is no folder {out}")
    for module in OURS:
        if (own := script.resolve().parent / f"{module.__name__}.py").is_file():
            print(f"{prog}: {own} is not imported: {module.__name__} is this library's", file=sys.stderr)
    parts = _run(script, prog)
    if parts is None:
        return 1
    try:
        print(viz.lecture(parts, out / f"{script.stem}.{parsed.form}"))
    except (RuntimeError, TypeError, ValueError) as error:
        parser.exit(1, "\n".join([f"{prog}: error: {error}", *getattr(error, "__notes__", ())]) + "\n")
    return 0


def _run(script: Path, prog: str) -> list[Any] | None:
    """The parts of a script; None after an error in it, of which its own lines are printed."""
    try:
        return viz.run_script(script)
    except Exception as error:
        own = error.__traceback__
        while own is not None and own.tb_frame.f_code.co_filename != str(script.resolve()):
            own = own.tb_next
        traceback.print_exception(error.with_traceback(own))
        print(f"{prog}: the script raised an error, and no lecture was written", file=sys.stderr)
        return None
