"""A student's file, a module or a notebook: its text, and its names once it has run."""

from __future__ import annotations

import builtins
import json
import linecache
import re
import sys
import tokenize
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from autograd.testing._grading.limits import TimeIsUp

__all__ = ["Cell", "SubmissionError", "place", "read_cells", "run_cells", "summary"]

NOTEBOOK = ".ipynb"
GUARD = 'put the code that tries the class out under `if __name__ == "__main__":`'


class SubmissionError(Exception):
    """A file that cannot be run, or has no class to grade; the message is for its author."""


class _InputRequested(SystemExit):
    """The file asks for input, and ends there, since nobody answers."""


@dataclass(frozen=True)
class Cell:
    """Code that runs as one piece: a whole module, or a code cell of a notebook.

    Attributes:
        text: the code.
        filename: for tracebacks.
        label: for messages, as "cell 3, "; empty for a module.
    """

    text: str
    filename: str
    label: str = ""


def read_cells(path: Path) -> list[Cell]:
    """The code of a module or of a notebook.

    Raises:
        SubmissionError: where there is no such file, or no code of Python in it.
    """
    if path.is_dir():
        raise SubmissionError(
            f"{path} is a folder: give the files in it, as in {path / '*.py'} or {path / '*' / '*.py'}"
        )
    try:
        if path.suffix == NOTEBOOK:
            return _notebook_cells(path, path.read_text(encoding="utf-8-sig"))
        with tokenize.open(path) as file:
            return [Cell(file.read(), str(path))]
    except FileNotFoundError:
        raise SubmissionError(f"there is no file {path}") from None
    except OSError as error:
        raise SubmissionError(f"{path} cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, SyntaxError):
        raise SubmissionError(f"{path} is not text in UTF-8: save it as UTF-8") from None


def _notebook_cells(path: Path, text: str) -> list[Cell]:
    try:
        sources = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        texts = ["".join(source) for source in sources]
    except (ValueError, KeyError, TypeError):
        raise SubmissionError(
            f"{path} is no notebook of Jupyter: export it as Python (File, Save and Export)"
        ) from None
    return [
        Cell(_without_magics(text), f"{path}[{i}]", f"cell {i}, ")
        for i, text in enumerate(texts, 1)
        if not re.match(r"\s*%%(?!time|capture)", text)
    ]


def _without_magics(text: str) -> str:
    """A cell without the lines for IPython alone, which begin with % or ! or end with ?."""
    return re.sub(r"^([ \t]*)([%!].*|.*\?)$", r"\1pass", text, flags=re.MULTILINE)


def run_cells(cells: Sequence[Cell], path: Path) -> tuple[ModuleType, list[str]]:
    """Run a file as a module, not as the main program; the module, and notes on parts that did not run.

    A file that ends Python (``sys.exit()``) or asks for input ends there. A cell of a notebook that fails is
    noted, and the next one runs.

    Raises:
        SubmissionError: where a module has a syntax error or raises an exception.
    """
    name = path.stem if path.stem not in sys.modules else f"{path.stem}_"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    notes: list[str] = []
    answer, builtins.input = builtins.input, _refuse_input
    try:
        for cell in cells:
            try:
                _run(cell, module)
            except _InputRequested as stop:
                notes.append(f"{place(stop, cell)} asks for input; the code above it is graded")
                break
            except SystemExit as stop:
                notes.append(f"{place(stop, cell)} ends Python; the code above it is graded")
                break
            except SubmissionError as error:
                if not cell.label:
                    raise
                notes.append(str(error))
    finally:
        builtins.input = answer
    return module, notes


def _refuse_input(prompt: object = "") -> NoReturn:
    raise _InputRequested


def _run(cell: Cell, module: ModuleType) -> None:
    linecache.cache[cell.filename] = len(cell.text), None, cell.text.splitlines(True), cell.filename
    try:
        code = compile(cell.text, cell.filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise SubmissionError(
            f"{cell.label}{f'line {error.lineno}: ' if error.lineno else ''}{error.msg}"
            + (f": {line}" if line else "")
        ) from None
    try:
        exec(code, module.__dict__)
    except MemoryError:
        raise SubmissionError(f"{cell.label}the file needs more memory than the limit; {GUARD}") from None
    except TimeIsUp as error:
        raise SubmissionError(
            f"{place(error, cell)} is still running when the time is up ({error}); {GUARD}"
        ) from None
    except ModuleNotFoundError as error:
        raise SubmissionError(
            f"{place(error, cell)} imports {error.name}, which is not installed here: pip install "
            f"{error.name}, or leave it out"
        ) from None
    except SystemExit:
        raise
    except BaseException as error:
        advice = "" if cell.label else f"; {GUARD}"
        raise SubmissionError(f"{place(error, cell)} raises {summary(error)}{advice}") from None


def summary(error: BaseException) -> str:
    """An exception in one line.

    >>> summary(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    """
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


def place(error: BaseException, *cells: Cell) -> str:
    """The last line of the cells that an exception passed: "line 12", or "cell 3, line 2"."""
    labels = {cell.filename: cell.label for cell in cells}
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in labels:
            return f"{labels[frame.filename]}line {frame.lineno}"
    return "the file"


def local_modules(folder: Path) -> set[str]:
    """The modules that were imported from a folder."""
    return {
        name
        for name, module in list(sys.modules.items())
        if (file := getattr(module, "__file__", None)) and _is_inside(file, folder)
    }


def _is_inside(file: Any, folder: Path) -> bool:
    try:
        return Path(file).resolve().is_relative_to(folder.resolve())
    except (OSError, TypeError, ValueError):
        return False
