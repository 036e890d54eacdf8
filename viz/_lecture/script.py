"""A script in cells, run cell by cell: the parts of a lecture."""

from __future__ import annotations
import __future__

import ast
import importlib
import io
import linecache
import os
import re
import shlex
import sys
import tokenize
import types
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from autograd._support.process.locks import Lock
from viz._lecture.parts import Code, Plain
from viz._lecture.plots import figure_picture, figures_of, offscreen, open_figures, unchanged_settings
from viz._lecture.showing import still_parts

__all__ = ["run_script"]

MARK = re.compile(r"# %%(?!%)(.*)")
COMMAND = re.compile(r"\s*(%%?|!)\s*\w")  # of IPython: a magic or a line of the shell
KINDS = {"markdown": "markdown", "md": "markdown", "raw": "raw"}
numbers = count(1)  # of scripts that are given as text
ONE_AT_A_TIME = Lock()  # printed lines, plots and `__main__` are of the whole process


@dataclass(frozen=True)
class Cell:
    """A cell of a script.

    Attributes:
        kind: code, markdown or raw.
        tags: that stand after its mark, such as remove_input.
        source: its lines without its mark.
        line: the number of the first of them in the file, from 1.
    """

    kind: str
    tags: frozenset[str]
    source: str
    line: int


def run_script(script: str | os.PathLike[str]) -> list[Any]:
    """Run a script in cells, and give its parts for `viz.lecture`.

    The form is the "percent" one of Jupytext, VS Code and Spyder: a line ``# %%`` begins a cell of code,
    ``# %% [markdown]`` one of text in comments. All cells run in one namespace, as in a notebook. A cell
    of code becomes a `viz.Code` with what it printed, what it showed by ``display``, which is there as in a
    notebook, the value of its last expression, unless that ends with a semicolon, and the plots that it left
    open. After the tag ``remove_input`` the code is not shown, after
    ``remove_cell`` nothing is, as in ``# %% tags=["remove_input"]``.

    Args:
        script: the path of a file, or the text itself.

    Returns:
        The parts in order: text as str, code as `viz.Code`.

    Raises:
        TypeError: for anything but a path or text.
        FileNotFoundError: when there is no such file.
        ValueError: for a notebook, with the command that makes it a script.
        SyntaxError: for a cell that is no Python, with its line; a note tells how to write a command of
            Jupyter, such as ``%matplotlib inline``.
        Exception: whatever a cell raises; its traceback points at the line of the file, and a note names the
            cell. What the cell printed until then is printed.
        RuntimeError: for a cell that ends Python, as `sys.exit` does.

    Afterwards, also after an error or Ctrl-C, the folder, ``sys.path``, ``sys.modules["__main__"]``, the
    figures that pyplot had open, and the settings of Matplotlib, warnings and NumPy's printing are as before.
    Scripts in several threads run one after the other.

    >>> text, code = run_script('''
    ... # %% [markdown]
    ... # # One neuron
    ... # It adds up.
    ... # %%
    ... print("w is", 2)
    ... 2 * 3
    ... ''')
    >>> text
    '# One neuron\\nIt adds up.'
    >>> code
    Code(source='print("w is", 2)\\n2 * 3', outputs=(Plain(text='w is 2'), Plain(text='6')))
    """
    name, text = _read(script)
    # Without a time, so that it is never out of date: tracebacks and inspect.getsource show what ran.
    linecache.cache[name] = (len(text), None, _lines(text), name)
    parts: list[Any] = []
    with ONE_AT_A_TIME.current, _as_main(name) as namespace, offscreen(), _settings():
        runner = _Runner(name, namespace)
        for i, cell in enumerate(cells_of(text), start=1):
            try:
                if cell.kind == "markdown":
                    parts.append(_text(cell.source))
                elif cell.kind == "code":
                    outputs = runner.run(cell)
                    if "remove_input" not in cell.tags:
                        outputs = (Code(cell.source.strip("\n"), *outputs),)
                    if "remove_cell" not in cell.tags and not _is_docstring(cell):
                        parts += outputs
            except BaseException as error:
                note = f"This was cell {i} of {name}, from line {cell.line} on."
                error.add_note(note)
                if isinstance(error, SyntaxError) and COMMAND.match(error.text or ""):
                    error.add_note(
                        "A line that begins with % or ! is a command of Jupyter, not Python: delete it, or "
                        "write '# ' before it, as Jupytext does, so that only notebooks run it."
                    )
                if isinstance(error, SystemExit):  # which would end the lecture's own script without a word
                    raise RuntimeError(f"a cell ends Python by sys.exit({error.code!r}): {note}") from error
                raise
    return parts


def _read(script: str | os.PathLike[str]) -> tuple[str, str]:
    """The name under which tracebacks know a script, and its text."""
    if isinstance(script, str) and (
        "\n" in script or not (script.endswith((".py", ".ipynb")) or os.path.isfile(script))
    ):
        return f"<script {next(numbers)}>", script.removeprefix("\ufeff")
    if not isinstance(script, (str, os.PathLike)):
        raise TypeError(f"a script is a path or text, not {type(script).__name__}")
    path = Path(os.fspath(script))
    if not path.is_file():
        raise FileNotFoundError(f"there is no script {str(path)!r}")
    if path.suffix == ".ipynb":
        command = shlex.join(["jupytext", "--to", "py:percent", str(path)])
        raise ValueError(
            f"{str(path)!r} is a notebook, not a script: convert it by `{command}` (pip install jupytext), "
            f"and run {str(path.with_suffix('.py'))!r}"
        )
    with tokenize.open(path) as file:  # in the encoding that Python would read it in
        return str(path.resolve()), file.read()


def _lines(text: str) -> list[str]:
    """The lines of a source as Python counts them: a page break in it, or a U+2028, ends none."""
    return io.StringIO(text, newline=None).readlines()


def cells_of(text: str) -> Iterator[Cell]:
    r"""The cells of a script that are not blank; lines before the first mark are one too.

    >>> [(cell.kind, cell.source, cell.line) for cell in cells_of("a\n# %% [markdown]\n# b\n# %% c\nd")]
    [('code', 'a', 1), ('markdown', '# b', 3), ('code', 'd', 5)]
    """
    lines = [line.removesuffix("\n") for line in _lines(text)]
    start = lines.index("# ---", 1) + 1 if lines[:1] == ["# ---"] and "# ---" in lines[1:] else 0
    marks = [i for i, line in enumerate(lines) if i >= start and MARK.fullmatch(line)]
    starts = [start, *(i + 1 for i in marks)]
    written = ["", *(lines[i] for i in marks)]
    for begin, end, options in zip(starts, [*marks, len(lines)], written, strict=True):
        source = "\n".join(lines[begin:end])
        kind = next((KINDS[word] for word in re.findall(r"\[(\w+)\]", options) if word in KINDS), "code")
        tags = frozenset(re.findall(r"\w+", options.partition("tags=")[2]))
        if source.strip():
            yield Cell(kind, tags, source, begin + 1)


def _is_docstring(cell: Cell) -> bool:
    """Whether a cell is the docstring of the file, before its first mark."""
    tree = ast.parse(cell.source)
    return cell.line == 1 and len(tree.body) == 1 and ast.get_docstring(tree) is not None


def _text(source: str) -> str:
    """The text of a Markdown cell: without the signs of its comments, or between its quotes."""
    if source.lstrip().startswith(("'''", '"""', "r'''", 'r"""')):
        return str(ast.literal_eval(source.strip())).strip("\n")
    return "\n".join(re.sub(r"^# ?", "", line) for line in source.splitlines()).strip("\n")


class _Runner:
    """Runs cells in one namespace; what a cell imports from `__future__` holds for those after it."""

    def __init__(self, name: str, namespace: dict[str, Any]) -> None:
        self.name, self.namespace, self.flags = name, namespace, 0
        self.outputs, self.figures = list[Any](), list[Any]()  # of the cell so far
        self.printed, self.taken = io.StringIO(), 0  # all that it printed, of which so much is in outputs
        namespace["display"] = self.display

    def display(self, *things: Any, **_: Any) -> None:
        """Show objects after what the cell has printed until now, as the ``display`` of a notebook does."""
        self._take_printed()
        for thing in things:
            self.figures += figures_of(thing)
            self.outputs += [Plain("None")] if thing is None else still_parts(thing)

    def _take_printed(self) -> None:
        text = self.printed.getvalue()[self.taken :]
        self.taken += len(text)
        if text := text.rstrip("\n"):
            self.outputs.append(Plain(text))

    def run(self, cell: Cell) -> tuple[Any, ...]:
        """The outputs of a cell: text and objects in order, the value of its last expression, and plots."""
        source = "\n" * (cell.line - 1) + cell.source
        tree = ast.parse(source, self.name)
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                features = (getattr(__future__, alias.name, None) for alias in statement.names)
                self.flags |= sum(feature.compiler_flag for feature in features if feature is not None)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        self.outputs, self.figures, self.printed, self.taken = [], [], io.StringIO(), 0
        value = None
        with open_figures() as figures, _display_of_ipython(self.display, cell.source):
            try:
                with redirect_stdout(self.printed):
                    exec(self._compiled(tree, "exec"), self.namespace)
                    if isinstance(last, ast.Expr):
                        value = eval(self._compiled(ast.Expression(last.value), "eval"), self.namespace)
            except BaseException:
                print(self.printed.getvalue(), end="")
                raise
            self._take_printed()
            is_shown = value is not None and not cell.source.rstrip().endswith(";")
            drawn = figures_of(value) if is_shown else []
            drawn += [figure for figure in self.figures if not figure.stale]  # not changed since
            others = [figure_picture(figure) for figure in figures() if figure not in drawn]
            outputs = still_parts(value) if is_shown else ()  # a page draws a picture of itself here
        return (*self.outputs, *outputs, *others)

    def _compiled(self, tree: ast.Module | ast.Expression, mode: str) -> types.CodeType:
        code: types.CodeType = compile(tree, self.name, mode, flags=self.flags, dont_inherit=True)
        return code


@contextmanager
def _as_main(name: str) -> Iterator[dict[str, Any]]:
    """The namespace of a module that is `__main__` meanwhile, its folder the first for imports."""
    module, before, folders = types.ModuleType("__main__"), sys.modules["__main__"], sys.path.copy()
    module.__file__ = name
    sys.modules["__main__"] = module
    if os.path.isabs(name):
        sys.path.insert(0, os.path.dirname(name))
    try:
        yield module.__dict__
    finally:
        sys.modules["__main__"] = before
        sys.path[:] = folders


@contextmanager
def _display_of_ipython(display: Callable[..., None], source: str) -> Iterator[None]:
    """In a cell that names IPython, `IPython.display.display` is another function meanwhile."""
    module: Any = None
    if "IPython" in source:
        with suppress(ImportError):  # which the cell itself will raise
            module = importlib.import_module("IPython.display")
    before = getattr(module, "display", None)
    try:
        if module is not None:
            module.display = display
        yield
    finally:
        if module is not None:
            module.display = before


@contextmanager
def _settings() -> Iterator[None]:
    """The folder, and the settings of NumPy and Matplotlib, are at the end as at the start."""
    with chdir("."), np.printoptions(), np.errstate(), unchanged_settings():
        yield
