"""Names and comments for generated code: those of the listing."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd._compiler.array_program import (
    ArrayProgram,
    Block,
    Gather,
    MatrixProduct,
    Number,
    Operand,
    RaggedSums,
    RowStep,
    Step,
    Sum,
    in_order,
)
from autograd._compiler.describe.line_names import LineNames
from autograd._compiler.describe.lines import Lines
from autograd._compiler.describe.text import OPERATORS, line_text, result_text

__all__ = [
    "NAMED_OUT",
    "WRITTEN",
    "Functions",
    "Names",
    "Namespace",
    "identifier",
    "matrix_name",
    "with_listing",
]

NAMED_OUT = {np.maximum, np.minimum}  # these take a third array for one more to compare
WRITTEN = 8  # numbers of a constant that is written out
LONGEST = 24  # characters of a name
JOINED = 4  # names of scalars that are side by side
LINE = re.compile(r"^( *(?:#|//) (?:backward: )?)@(\d+)$", re.MULTILINE)


class Names:
    """Identifiers for scalars: the names of the listing.

    A block that has no line of its own is part of the line that it is used in, and is called by its operands.
    The text of a line takes longer than its name, so the code that runs has the number of the line instead,
    which `with_listing` replaces where somebody reads it.

    Attributes:
        lines: the name of each block that has a line, in their order.
    """

    def __init__(self, program: ArrayProgram) -> None:
        self._program = program
        self.known = LineNames(program)
        self.lines = self.known.names
        self._steps = {step.block: step for step in program.steps}
        self._places = {block: place for place, block in enumerate(self.lines)}
        for step in reversed(program.steps):
            place = self._places.setdefault(step.block, len(self.lines))
            for block in self.known.reads[step.block]:
                if block not in self.lines:
                    self._places[block] = place
        self._identifiers: dict[bytes, str] = {}
        named = (*self.lines, program.inputs, program.parameters)
        if any(piece.block not in named for piece in program.pieces(program.outputs)):
            self._identifiers[program.outputs.tobytes()] = "result"

    def comment(self, block: Block | None = None) -> str:
        """The place of the line of the listing in which a block is computed, by default of the last."""
        return f"@{len(self.lines) if block is None else self._places[block]}"

    def of(self, addresses: Any) -> str:
        """An identifier for scalars; several may have the same."""
        key = addresses.tobytes()
        if key not in self._identifiers:
            self._identifiers[key] = identifier(self._text(addresses.ravel()))
        return self._identifiers[key]

    def _text(self, flat: Any) -> str:
        pieces = self._program.pieces(flat)
        first = sorted(pieces, key=lambda piece: int(piece.places[0]))[:JOINED]
        return "_".join(self._of_rows(piece.block, piece.rows) for piece in first)

    def _of_rows(self, block: Block, rows: Any) -> str:
        """The name of some scalars of a block."""
        if block is self._program.constants:
            numbers = self._program.numbers[rows]
            return f"{numbers.item(0):g}" if (numbers == numbers[0]).all() else "constants"
        if block in self.lines:
            whole = len(rows) == block.size and in_order(rows)
            return self.lines[block] if whole else self.lines[block] + _places(rows)
        if block in self._steps:
            return self._of_step(self._steps[block])
        letters = self.known.letter[rows + block.start]
        changes = [0, *(np.flatnonzero(letters[1:] != letters[:-1])[:JOINED] + 1)]
        several = [self.known.letters[letters[i]] for i in changes]
        if None in several or len(several) > JOINED:
            return ("theta" if block is self._program.parameters else "x") + _places(rows)
        if len(several) > 1:
            return "_".join(map(str, several))
        letter = str(several[0])
        family = self.known.families[letter]
        whole = len(rows) == len(family) and in_order(rows)
        return letter if whole else letter + _places(np.searchsorted(family, rows + block.start))

    def _of_step(self, step: Step) -> str:
        match step:
            case RowStep(row=row):
                names = [self._of_operand(operand) for operand in step.operands]
                return "_".join(names if str(row) in OPERATORS else [str(row), *names])
            case Sum():
                return "_".join(self._of_operand(operand) for operand in step.operands)
            case MatrixProduct() | RaggedSums():
                weights = identifier(self._text(step.weights.ravel()))
                if isinstance(step, MatrixProduct):
                    weights = matrix_name(weights, len(step.weights))
                return f"{weights}_{self._text(step.quantities.ravel())}"

    def _of_operand(self, operand: Operand) -> str:
        match operand:
            case Gather(addresses):
                return self._text(addresses)
            case Number(value):
                return f"{value:g}"
        return "constants"


def _places(rows: Any) -> str:
    """The places of scalars among those of one name."""
    if len(rows) == 1:
        return f"_{rows[0]}"
    return f"_{rows[0]}_{rows[-1] + 1}" if in_order(rows) else f"_{len(rows)}_rows"


def with_listing(source: str, program: ArrayProgram) -> str:
    """A source with the lines of the listing, where it has their numbers.

    Args:
        source: a text with comments of `Names.comment`.
        program: the program of these names.
    """
    if not LINE.search(source):
        return source
    lines = Lines(program)
    texts = ["   ".join(text) for text in (*map(line_text, lines.lines), result_text(lines))]
    return LINE.sub(lambda comment: comment[1] + texts[int(comment[2])], source)


class Namespace:
    """Names for variables, each given out once."""

    def __init__(self, reserved: Iterable[str]) -> None:
        self._taken = {*keyword.kwlist, *reserved}
        self._next: dict[str, int] = {}

    def fresh(self, preferred: str) -> str:
        """The preferred name, with a number behind it if it is taken."""
        name = preferred
        while name in self._taken:
            self._next[preferred] = self._next.get(preferred, 1) + 1
            name = f"{preferred}_{self._next[preferred]}"
        self._taken.add(name)
        return name


class Functions:
    """Names for functions in generated code: NumPy's are imported, others are handed to it.

    Args:
        fresh: gives a name that is not taken.
        namespace: gets the others by their names.

    Attributes:
        imported: the texts that import NumPy's.
    """

    def __init__(self, fresh: Callable[[str], str], namespace: dict[str, Any]) -> None:
        self._fresh, self._namespace = fresh, namespace
        self._names: dict[Any, str] = {np.array: "array"}
        self.imported = {"array"}

    def __call__(self, function: Callable[..., Any]) -> str:
        """The name of a function."""
        if function not in self._names:
            name = getattr(function, "__name__", "function")
            text = self._names[function] = self._fresh(identifier(name))
            if getattr(np, name, None) is function:
                self.imported.add(name if text == name else f"{name} as {text}")
            else:
                self._namespace[text] = function
        return self._names[function]


def identifier(text: str) -> str:
    """A text as the name of a variable.

    >>> identifier("v1[0:2]"), identifier("W1 @ x"), identifier("2.5")
    ('v1_0_2', 'W1_x', '_2_5')
    """
    if text.isascii() and text.isidentifier() and len(text) <= LONGEST:
        return text
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
