"""The code of a page of documentation: its blocks, and a run of all of them in one namespace.

A block of ``python`` with prompts is a doctest. A block ``{picture} words for who cannot see it`` ends in an
object that is a picture: the site shows it under the lines. A block of Python under ``<!-- file: NAME -->``
is a file that later blocks find beside them, and one under ``<!-- needs LIBRARY -->`` runs where that
library is installed.
"""

from __future__ import annotations

import ast
import doctest
import importlib.util
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Block", "PageError", "blocks", "run"]

FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*?) -->\n)?(?P<fence>`{3,})(?P<kind>[^`\n]*)\n(?P<text>.*?)^(?P=fence)`*$",
    re.DOTALL | re.MULTILINE,
)
PROMPT = re.compile(r"^ *>>>", re.MULTILINE)


class PageError(Exception):
    """A block of a page does not run as printed."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, the comment before it, its text, and the line on which the text begins."""

    kind: str
    mark: str
    text: str
    line: int

    @property
    def is_picture(self) -> bool:
        return self.kind.startswith("{picture}")

    @property
    def is_left_out(self) -> bool:
        """Whether a library that the block needs is missing."""
        library = self.mark.removeprefix("needs ")
        return library != self.mark and importlib.util.find_spec(library) is None

    @property
    def is_doctest(self) -> bool:
        return self.kind == "python" and PROMPT.search(self.text) is not None


def blocks(text: str) -> Iterator[Block]:
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("text")) + 1
        yield Block(match["kind"].strip(), match["mark"] or "", match["text"], line)


def run(
    path: Path,
    show: Callable[[Any, Block], None],
    names: dict[str, Any] | None = None,
    checker: doctest.OutputChecker | None = None,
) -> int:
    """Run the blocks of a page one after another, in the working directory, and show each picture.

    Returns:
        the number of statements that ran.

    Raises:
        PageError: at the first block that fails, with the line of the page.
    """
    text = path.read_text(encoding="utf-8")
    namespace = {} if names is None else names  # where the names of the page are afterwards
    namespace["__name__"] = "__main__"
    count = 0
    for block in blocks(text):
        kind, _, operand = block.mark.partition(": ")
        if kind == "file":
            Path(operand).write_text(block.text, encoding="utf-8")
        elif block.is_left_out:
            continue
        elif block.is_doctest:
            count += _check(block, path, namespace, checker)
        elif block.is_picture:
            count += _show(block, path, namespace, show)
    return count


def _check(block: Block, path: Path, namespace: dict[str, Any], checker: doctest.OutputChecker | None) -> int:
    test = doctest.DocTestParser().get_doctest(block.text, {}, path.name, str(path), block.line - 1)
    test.globs = namespace
    output: list[str] = []
    runner = doctest.DocTestRunner(checker, verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    results = runner.run(test, out=output.append, clear_globs=False)
    if results.failed:
        raise PageError("".join(output))
    return results.attempted


def _show(block: Block, path: Path, namespace: dict[str, Any], show: Callable[[Any, Block], None]) -> int:
    examples = doctest.DocTestParser().get_examples(block.text)
    source = "".join(example.source for example in examples)
    tree = ast.parse(source)
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        raise PageError(f"{path}:{block.line}: the last line of a picture is no expression")
    last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
    try:
        exec(compile(tree, str(path), "exec"), namespace)
        value = eval(compile(last, str(path), "eval"), namespace)
        show(value, block)
    except Exception as error:
        raise PageError(f"{path}:{block.line}: {type(error).__name__}: {error}\n{source}") from error
    return len(examples)
