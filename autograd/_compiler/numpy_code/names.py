"""Names and comments for generated code: those of the listing."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from autograd._compiler.array_program import ArrayProgram, Block
from autograd._compiler.describe.lines import Lines
from autograd._compiler.describe.text import formula_text, line_text, result_text

__all__ = ["Names", "Namespace", "identifier", "matrix_name"]

LONGEST = 24  # characters of a name


class Names:
    """What the listing of a program calls its scalars, and says of its steps.

    A block that has no line of its own is part of the line that it is used in, and is called by its formula.

    Attributes:
        lines: the name of each block that has a line, and the line; in their order.
        result: the last line.
    """

    def __init__(self, program: ArrayProgram) -> None:
        self._lines = Lines(program)
        self.result = _comment(result_text(self._lines))
        self.lines = {
            line.block: (line.name, _comment(line_text(line)))
            for line in self._lines.lines
            if line.block is not None
        }
        self._identifiers: dict[bytes, str] = {}
        if self._lines.result is not None:
            self._identifiers[program.outputs.tobytes()] = "result"
        self._comments = {block: comment for block, (_, comment) in self.lines.items()}
        for step in reversed(program.steps):
            comment = self._comments.setdefault(step.block, self.result)
            for piece in (piece for read in step.reads() for piece in program.pieces(read)):
                if piece.block not in self.lines:
                    self._comments[piece.block] = comment

    def comment(self, block: Block) -> str:
        """The line of the listing in which a block is computed."""
        return self._comments[block]

    def of(self, addresses: Any) -> str:
        """An identifier for scalars; several may have the same."""
        key = addresses.tobytes()
        if key not in self._identifiers:
            self._identifiers[key] = identifier(formula_text(self._lines.named(addresses)))
        return self._identifiers[key]


class Namespace:
    """Names for variables, each given out once."""

    def __init__(self, reserved: Iterable[str]) -> None:
        self._taken = {*keyword.kwlist, *reserved}
        self._next: dict[str, int] = {}

    def fresh(self, wanted: str) -> str:
        """A name that is not taken: the wanted one, or that with a number."""
        name = wanted
        while name in self._taken:
            self._next[wanted] = self._next.get(wanted, 1) + 1
            name = f"{wanted}_{self._next[wanted]}"
        self._taken.add(name)
        return name


def _comment(line: tuple[str, str]) -> str:
    return "   ".join(line)


def identifier(text: str) -> str:
    """A text as the name of a variable.

    >>> identifier("v1[0:2]"), identifier("W1 @ x"), identifier("2.5")
    ('v1_0_2', 'W1_x', '_2_5')
    """
    plain = unicodedata.normalize("NFKC", text.replace("-", " minus "))  # as Python reads names
    name = re.sub(r"\W+", "_", plain).strip("_")[:LONGEST].strip("_")
    name = name if name.isidentifier() else f"_{name}"
    return name if name.isidentifier() else "v"


def matrix_name(flat: str, rows: int) -> str:
    """The name of some scalars as a matrix: that of w1 is W1, as in the listing.

    >>> matrix_name("w1", 3), matrix_name("w1", 1), matrix_name("d_w1", 3)
    ('W1', 'w1_T', 'd_W1')
    """
    if rows == 1:
        return f"{flat}_T"
    if letter := re.fullmatch(r"(d_)?([a-z]\d*)", flat):
        return (letter[1] or "") + letter[2].capitalize()
    return f"{flat}_matrix"
