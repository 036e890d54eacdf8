"""Names and comments for generated code: those of the listing."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Block
from autograd._compiler.describe.lines import Lines
from autograd._compiler.describe.text import formula_text, line_text, result_text

__all__ = ["Names", "identifier", "matrix_name"]

LONGEST = 24  # characters of a name


class Names:
    """What the listing of a program calls its scalars, and says of its steps.

    A block that has no line of its own is part of the line that it is used in, and is called by its formula.
    """

    def __init__(self, program: ArrayProgram) -> None:
        self._lines = lines = Lines(program)
        self._outputs, result = program.outputs, result_text(lines)
        self._texts = {line.block: line_text(line) for line in lines.lines if line.block is not None}
        own = set(self._texts)
        for step in reversed(program.steps):
            text = self._texts.setdefault(step.block, result)
            for piece in (piece for read in step.reads() for piece in program.pieces(read)):
                if piece.block not in own:
                    self._texts[piece.block] = text
        self.result = "   ".join(result)

    def comment(self, block: Block) -> str:
        """The line of the listing in which a block is computed."""
        return "   ".join(self._texts[block])

    def of(self, addresses: Any) -> str:
        """An identifier for scalars; several may have the same."""
        if self._lines.result is not None and np.array_equal(addresses, self._outputs):
            return "result"
        return identifier(formula_text(self._lines.named(addresses)))


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
